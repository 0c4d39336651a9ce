// SPDX-License-Identifier: GPL-2.0
#include "kernel_btf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/types.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "../base/cleanup.h"
#include "type_index.h"

#define BTF_ROOT "/sys/kernel/btf"
#define VMLINUX BTF_ROOT "/vmlinux"

void kernel_btf_cleanup(struct btf **btf)
{
	btf__free(*btf);
}

struct btf *kernel_btf(void)
{
	struct btf *btf = btf__load_vmlinux_btf();

	if (btf)
		return btf;
	/* That gives no reason. Nor is there anything if only files in /boot were missing. */
	if (!access(VMLINUX, F_OK))
		return btf__parse_raw(VMLINUX);
	errno = ENOENT;
	return NULL;
}

struct btf *kernel_btf_module(const char *module, struct btf *vmlinux)
{
	char path[128];

	snprintf(path, sizeof(path), BTF_ROOT "/%s", module);
	if (access(path, F_OK)) {
		errno = ENOENT;
		return NULL;
	}
	return btf__load_module_btf(module, vmlinux);
}

int kernel_btf_own(const struct btf *btf, const char *name, uint32_t kind)
{
	const struct btf *base = btf ? btf__base_btf(btf) : NULL;

	for (uint32_t id = base ? btf__type_cnt(base) : 1; btf && id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_kind(type) == kind &&
		    !strcmp(btf__name_by_offset(btf, type->name_off), name))
			return (int)id;
	}
	return -ENOENT;
}

/* Whether @fd is the BTF object of @module. */
static bool is_module(int fd, const char *module)
{
	char name[64] = "";
	struct bpf_btf_info info = { .name = (uintptr_t)name, .name_len = sizeof(name) };
	uint32_t len = sizeof(info);

	return !bpf_obj_get_info_by_fd(fd, &info, &len) && info.kernel_btf && !strcmp(name, module);
}

int kernel_btf_fd(const char *module, int *ret_fd)
{
	uint32_t id = 0;
	int fd;

	while (!bpf_btf_get_next_id(id, &id)) {
		fd = bpf_btf_get_fd_by_id(id);
		if (fd < 0 && errno == ENOENT)
			continue; /* it has ended */
		if (fd < 0)
			return -errno;
		if (is_module(fd, module)) {
			*ret_fd = fd;
			return 0;
		}
		close(fd);
	}
	return -errno;
}

/* NULL in @ret_btf: it has none. */
static int read_module(const char *module, struct btf *vmlinux, struct btf **ret_btf)
{
	*ret_btf = kernel_btf_module(module, vmlinux);
	return *ret_btf || errno == ENOENT ? 0 : -errno;
}

static int read_types(struct kernel_types *types)
{
	const struct arch *arch = arch_here();
	int err;

	types->vmlinux = kernel_btf();
	if (!types->vmlinux)
		return -errno;
	err = type_index__new(types->vmlinux, &types->names)
		      ?: read_module("kvm", types->vmlinux, &types->kvm);
	for (size_t i = 0; i < arch->n_isas && !err; i++)
		if (arch->isas[i].module)
			err = read_module(arch->isas[i].module, types->vmlinux, &types->vendors[i]);
	return err;
}

int kernel_types__new(struct kernel_types **ret_types)
{
	struct kernel_types *types = calloc(1, sizeof(*types));
	int err = types ? read_types(types) : -ENOMEM;

	if (err) {
		kernel_types__free(types);
		return err;
	}
	*ret_types = types;
	return 0;
}

void kernel_types__free(struct kernel_types *types)
{
	if (!types)
		return;
	btf__free(types->kvm);
	for (size_t i = 0; i < ARRAY_SIZE(types->vendors); i++)
		btf__free(types->vendors[i]);
	type_index__free(types->names);
	btf__free(types->vmlinux); /* which the others lie on */
	free(types);
}

int kernel_types__find(const struct kernel_types *types, const struct btf *btf, const char *name,
		       uint32_t kind)
{
	int id = btf && btf != types->vmlinux ? kernel_btf_own(btf, name, kind) : -ENOENT;

	return id > 0 ? id : type_index__find(types->names, name, kind);
}

int kernel_btf_error(int err)
{
	__autobtf struct btf *btf = NULL;

	if (err != -ESRCH)
		return err;
	btf = kernel_btf();
	return btf ? err : -errno;
}
