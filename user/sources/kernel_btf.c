// SPDX-License-Identifier: GPL-2.0
#include "kernel_btf.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/btf.h>

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

int kernel_btf_error(int err)
{
	__autobtf struct btf *btf = NULL;

	if (err != -ESRCH)
		return err;
	btf = kernel_btf();
	return btf ? err : -errno;
}
