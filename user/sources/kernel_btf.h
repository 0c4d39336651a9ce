/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kernel_btf: the types of the running kernel and of its modules; and why they cannot be had.
 */
#ifndef KVMTOP_SOURCES_KERNEL_BTF_H
#define KVMTOP_SOURCES_KERNEL_BTF_H

#include <stdint.h>

#include "../arch/arch.h"

struct btf;
struct type_index;

/* NULL and errno: ENOENT if this kernel has none; ENOMEM, EMFILE and others if it cannot be read. To be freed. */
struct btf *kernel_btf(void);

/* Of a module, on top of @vmlinux. NULL and errno: ENOENT if it has none: it is built in, not loaded, or the kernel is old. */
struct btf *kernel_btf_module(const char *module, struct btf *vmlinux);

/* The type of that name and kind that the module of @btf (NULL: none has it) has itself, or a negative errno. */
int kernel_btf_own(const struct btf *btf, const char *name, uint32_t kind);

/* A file descriptor of the kernel's BTF object of a module; to be closed. 0 or a negative errno. */
int kernel_btf_fd(const char *module, int *ret_fd);

/* For __attribute__((cleanup)). */
void kernel_btf_cleanup(struct btf **btf);
#define __autobtf __attribute__((cleanup(kernel_btf_cleanup)))

/* The kernel's, and those of KVM's modules, which are NULL where one is built in, not loaded, or has none. */
struct kernel_types {
	struct btf *vmlinux;
	struct type_index *names;		  /* of vmlinux */
	struct btf *kvm, *vendors[ARCH_ISAS_MAX]; /* of the modules of arch_here() */
};

/* 0, or a negative errno: -ENOENT, this kernel has none; -ENOMEM, -EMFILE and others, some cannot be read. */
int kernel_types__new(struct kernel_types **ret_types);
void kernel_types__free(struct kernel_types *types);

/*
 * The type of that name and kind that the module of @btf has, or else the kernel; @btf: one of @types, or NULL. An id in @btf, or in
 * vmlinux if it is NULL; or -ENOENT.
 */
int kernel_types__find(const struct kernel_types *types, const struct btf *btf, const char *name,
		       uint32_t kind);

/*
 * What @err of loading a BPF object is: libbpf says -ESRCH, "no valid kernel BTF", whatever kept it from reading that
 * (btf__load_vmlinux_btf in tools/lib/bpf/btf.c).
 */
int kernel_btf_error(int err);

#endif
