// SPDX-License-Identifier: GPL-2.0
#include "kvm_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <linux/kvm.h>

#include "../arch/arch.h"
#include "../base/cleanup.h"
#include "../model/stats.h"
#include "kernel_btf.h"

#define HEADER_BYTES sizeof(struct kvm_stats_header)

/* Reads all of header, id and descriptors of @fd, and parses them. */
static int parse_fd(int fd, char *why, size_t why_size, struct stat_layout **ret_layout)
{
	__autofree char *head = NULL;
	char header[HEADER_BYTES];
	size_t bytes, done = 0;

	if (pread(fd, header, sizeof(header), 0) != (ssize_t)sizeof(header)) {
		snprintf(why, why_size, "a statistics fd without a header");
		return -EBADMSG;
	}
	bytes = stat_layout_head_bytes(header, sizeof(header));
	if (!bytes) {
		snprintf(why, why_size, "a statistics fd with a broken header");
		return -EBADMSG;
	}
	head = malloc(bytes);
	if (!head)
		return -ENOMEM;
	while (done < bytes) {
		ssize_t n = pread(fd, head + done, bytes - done, (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return stat_layout__parse(head, done, why, why_size, ret_layout);
}

/* The layout of what @fd, a VM or vCPU of our own, has. */
static int parse_stats_of(int fd, char *why, size_t why_size, struct stat_layout **ret_layout)
{
	__autoclose int stats = ioctl(fd, KVM_GET_STATS_FD, NULL);

	if (stats < 0) {
		snprintf(why, why_size, "KVM_GET_STATS_FD: %s", strerror(errno));
		return -errno;
	}
	return parse_fd(stats, why, why_size, ret_layout);
}

static int open_kvm(char *why, size_t why_size)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm >= 0)
		return kvm;
	snprintf(why, why_size, "/dev/kvm: %s", strerror(errno));
	return -errno;
}

static int create_vm(int kvm, char *why, size_t why_size, int *ret_vm, int *ret_vcpu)
{
	__autoclose int vm = ioctl(kvm, KVM_CREATE_VM, 0);
	int vcpu = vm < 0 ? -1 : ioctl(vm, KVM_CREATE_VCPU, 0);

	if (vcpu < 0) {
		snprintf(why, why_size, "cannot create a VM to ask: %s", strerror(errno));
		return -errno;
	}
	*ret_vm = take_fd(vm);
	*ret_vcpu = vcpu;
	return 0;
}

int kvm_create_own_vm(char *why, size_t why_size, int *ret_vm, int *ret_vcpu)
{
	__autoclose int kvm = open_kvm(why, why_size);

	return kvm < 0 ? kvm : create_vm(kvm, why, why_size, ret_vm, ret_vcpu);
}

int kvm_layout_from_vm(char *why, size_t why_size, struct stat_layout **ret_vm,
		       struct stat_layout **ret_vcpu)
{
	__autoclose int kvm = open_kvm(why, why_size);
	__autoclose int vm = -1;
	__autoclose int vcpu = -1;
	struct stat_layout *vm_layout;
	int err;

	if (kvm < 0)
		return kvm;
	if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_BINARY_STATS_FD) <= 0) {
		snprintf(why, why_size, "this kernel has no binary statistics (5.14)");
		return -EOPNOTSUPP;
	}
	err = create_vm(kvm, why, why_size, &vm, &vcpu);
	if (err)
		return err;
	err = parse_stats_of(vm, why, why_size, &vm_layout);
	if (err)
		return err;
	err = parse_stats_of(vcpu, why, why_size, ret_vcpu);
	if (err) {
		stat_layout__free(vm_layout);
		return err;
	}
	*ret_vm = vm_layout;
	return 0;
}

/* ---- BTF */

#define MAX_MEMBERS 512

struct members {
	const char *names[MAX_MEMBERS];
	uint32_t offsets[MAX_MEMBERS], n_values[MAX_MEMBERS];
	size_t n;
};

static const struct btf_type *resolve(const struct btf *btf, uint32_t id)
{
	int resolved = btf__resolve_type(btf, id);

	return resolved > 0 ? btf__type_by_id(btf, (uint32_t)resolved) : NULL;
}

static bool is_u64(const struct btf_type *type)
{
	return type && btf_is_int(type) && type->size == 8;
}

/* Whether @type is 64 bits, or a struct of nothing else: atomic64_t. */
static bool is_value(const struct btf *btf, const struct btf_type *type)
{
	if (type && btf_is_struct(type) && btf_vlen(type) == 1)
		type = resolve(btf, btf_members(type)->type);
	return is_u64(type);
}

/* One of a union (struct kvm_vm_stat's pages) may have it under another name already. */
static bool is_known(const struct members *members, uint32_t offset)
{
	for (size_t i = 0; i < members->n; i++)
		if (offset >= members->offsets[i] &&
		    offset < members->offsets[i] + 8 * members->n_values[i])
			return true;
	return false;
}

/* Adds the members of @type, and of structs and unions within it, that are values or arrays of that. */
static void collect(const struct btf *btf, const struct btf_type *type, uint32_t base,
		    struct members *members)
{
	const struct btf_member *m = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++, m++) {
		uint32_t offset = base + btf_member_bit_offset(type, (uint32_t)i) / 8;
		const char *name = btf__name_by_offset(btf, m->name_off);
		const struct btf_type *t = resolve(btf, m->type);
		uint32_t n = 1;

		if (t && btf_is_composite(t) && !is_value(btf, t)) {
			collect(btf, t, offset, members);
			continue;
		}
		if (t && btf_is_array(t)) {
			n = btf_array(t)->nelems;
			t = resolve(btf, btf_array(t)->type);
		}
		if (!is_value(btf, t) || !name || !*name || members->n == MAX_MEMBERS ||
		    is_known(members, offset))
			continue;
		members->names[members->n] = name;
		members->offsets[members->n] = offset;
		members->n_values[members->n++] = n;
	}
}

/* NULL: it has always had the name of the member; or the kernel is newer, and debugfs has that name. */
static const struct arch_old_stat *find_old_name(const char *member)
{
	const struct arch *arch = arch_here();

	for (size_t i = 0; i < arch->n_old_stats; i++)
		if (!strcmp(arch->old_stats[i].member, member))
			return &arch->old_stats[i];
	return NULL;
}

static int layout_of_struct(const struct kernel_types *types, const struct btf *btf,
			    const char *name, struct stat_layout **ret_layout)
{
	const bool old_names =
		kernel_types__find(types, btf, "kvm_vcpu_stat_generic", BTF_KIND_STRUCT) < 0;
	int id = kernel_types__find(types, btf, name, BTF_KIND_STRUCT);
	__autofree struct members *members = calloc(1, sizeof(*members));
	bool gauges[MAX_MEMBERS] = { false };
	struct stat_layout *layout;
	size_t first = 0;

	if (!members)
		return -ENOMEM;
	if (id <= 0)
		return -ENOENT;
	collect(btf, btf__type_by_id(btf, (uint32_t)id), 0, members);
	for (size_t i = 0; i < members->n; i++) {
		const struct arch_old_stat *old =
			old_names ? find_old_name(members->names[i]) : NULL;

		if (!old)
			continue;
		members->names[i] = old->name;
		gauges[i] = old->gauge;
	}
	layout = stat_layout__from_names(members->names, members->n);
	if (!layout)
		return -ENOMEM;
	layout->bytes = 0;
	for (size_t i = 0; i < layout->n; i++) {
		struct stat_desc *desc = &layout->v[i];

		desc->offset = members->offsets[i];
		desc->n = members->n_values[i];
		desc->type = desc->n > 1 ? STAT_LOG_HIST : STAT_CUMULATIVE;
		if (gauges[i])
			desc->type = STAT_INSTANT;
		desc->first = first;
		first += desc->n;
		if (layout->bytes < desc->offset + 8u * desc->n)
			layout->bytes = desc->offset + 8u * desc->n;
	}
	layout->n_values = first;
	*ret_layout = layout;
	return 0;
}

int kvm_layout_from_btf(const struct kernel_types *types, char *why, size_t why_size,
			struct stat_layout **ret_vm, struct stat_layout **ret_vcpu)
{
	const struct btf *btf = types ? types->kvm ?: types->vmlinux : NULL;
	struct stat_layout *vm;
	int err;

	if (!btf ||
	    (!types->kvm && kernel_types__find(types, NULL, "kvm_vm_stat", BTF_KIND_STRUCT) < 0)) {
		snprintf(why, why_size, "no BTF of KVM");
		return -ENOENT;
	}
	err = layout_of_struct(types, btf, "kvm_vm_stat", &vm);
	if (!err) {
		err = layout_of_struct(types, btf, "kvm_vcpu_stat", ret_vcpu);
		if (err)
			stat_layout__free(vm);
	}
	if (err) {
		snprintf(why, why_size, "no statistics in KVM's BTF");
		return err;
	}
	*ret_vm = vm;
	return 0;
}
