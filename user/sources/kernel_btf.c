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
	/* That tells no reason; and nothing is there if only the files in /boot could have been. */
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

static int read_types(struct kernel_types *types)
{
	struct {
		const char *name;
		struct btf **btf;
	} modules[] = {
		{ "kvm", &types->kvm },
		{ "kvm_amd", &types->amd },
		{ "kvm_intel", &types->intel },
	};

	types->vmlinux = kernel_btf();
	if (!types->vmlinux)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		*modules[i].btf = kernel_btf_module(modules[i].name, types->vmlinux);
		if (!*modules[i].btf && errno != ENOENT)
			return -errno;
	}
	return 0;
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
	btf__free(types->amd);
	btf__free(types->intel);
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
