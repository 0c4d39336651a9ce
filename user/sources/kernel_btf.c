// SPDX-License-Identifier: GPL-2.0
#include "kernel_btf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "../base/cleanup.h"

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
	err = read_module("kvm", types->vmlinux, &types->kvm);
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
	btf__free(types->vmlinux); /* which the others lie on */
	free(types);
}

int kernel_btf_error(int err)
{
	__autobtf struct btf *btf = NULL;

	if (err != -ESRCH)
		return err;
	btf = kernel_btf();
	return btf ? err : -errno;
}
