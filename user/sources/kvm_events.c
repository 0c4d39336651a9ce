// SPDX-License-Identifier: GPL-2.0
#include "kvm_events.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/btf.h>

#include "../base/cleanup.h"
#include "kernel_btf.h"
#include "limits.h"
#include "tracefs.h"

struct names {
	char **v;
	size_t n;
};

static void cleanup_names(struct names *names)
{
	kvm_events_free(names->v, names->n);
}

static int add(struct names *names, const char *name)
{
	char **v;

	for (size_t i = 0; i < names->n; i++)
		if (!strcmp(names->v[i], name))
			return 0;
	v = reallocarray(names->v, names->n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	names->v = v;
	v[names->n] = strdup(name);
	if (!v[names->n])
		return -ENOMEM;
	names->n++;
	return 0;
}

/* Folders of events/kvm; next to them are the files "enable" and "filter". */
static int list_tracefs(struct names *names)
{
	__autoclosedir DIR *dir = opendir(TRACEFS_ROOT "/events/kvm");
	const struct dirent *entry;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			err = add(names, entry->d_name);
	return err;
}

/*
 * The types of tracepoints are named btf_trace_EVENT, of whichever system they are. Those of KVM's MMU, which are not in
 * "kvm" but in "kvmmmu", begin with these words.
 */
static bool is_kvm_event(const char *event)
{
	static const char *const others[] = { "kvm_mmu_", "kvm_tdp_mmu_" };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strncmp(event, others[i], strlen(others[i])))
			return false;
	return !strncmp(event, "kvm_", 4) || !strcmp(event, "vcpu_match_mmio");
}

static int list_btf(struct names *names, const struct btf *btf, uint32_t first)
{
	static const char prefix[] = "btf_trace_";
	uint32_t end = btf__type_cnt(btf);
	int err = 0;

	for (uint32_t id = first; id < end && !err; id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, type->name_off);

		if (btf_is_typedef(type) && !strncmp(name, prefix, strlen(prefix)) &&
		    is_kvm_event(name + strlen(prefix)))
			err = add(names, name + strlen(prefix));
	}
	return err;
}

/* KVM is a module, or built in. */
static int list_types(struct names *names)
{
	__autobtf struct btf *vmlinux = kernel_btf();
	__autobtf struct btf *kvm = vmlinux ? kernel_btf_module("kvm", vmlinux) : NULL;

	if (kvm)
		return list_btf(names, kvm, btf__type_cnt(vmlinux));
	return vmlinux && errno == ENOENT ? list_btf(names, vmlinux, 1) : -errno;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int kvm_events_list(char ***ret_names, size_t *ret_n)
{
	struct names names __cleanup(cleanup_names) = { 0 };
	int err = list_tracefs(&names);

	if (err && !limits_hit(err))
		err = list_types(&names);
	if (!err && !names.n)
		err = -ENOENT;
	if (err)
		return err;
	qsort(names.v, names.n, sizeof(*names.v), by_name);
	*ret_n = names.n;
	*ret_names = take_ptr(names.v);
	names.n = 0;
	return 0;
}

void kvm_events_free(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}
