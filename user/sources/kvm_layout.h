/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvm_layout: what KVM's binary statistics are, from the running kernel. It reads the descriptors
 * of a throw-away VM's statistics fds, which every VM of the host shares. Where /dev/kvm is
 * refused, it reads BTF.
 */
#ifndef KVMTOP_SOURCES_KVM_LAYOUT_H
#define KVMTOP_SOURCES_KVM_LAYOUT_H

#include <stddef.h>

struct kernel_types;
struct stat_layout;

/*
 * 0, or a negative errno and in @why one line. -EOPNOTSUPP: this kernel has no binary statistics (before 5.14).
 */
int kvm_layout_from_vm(char *why, size_t why_size, struct stat_layout **ret_vm,
		       struct stat_layout **ret_vcpu);

/*
 * From struct kvm_vm_stat and kvm_vcpu_stat: names and offsets are the kernel's. BTF does not mark
 * counters, so all but arrays count as cumulative. 0, or a negative errno and in @why one line.
 * @types may be NULL.
 */
int kvm_layout_from_btf(const struct kernel_types *types, char *why, size_t why_size,
			struct stat_layout **ret_vm, struct stat_layout **ret_vcpu);

/* Makes a throw-away VM with a vCPU, to examine. 0, or a negative errno and in @why one line. */
int kvm_create_own_vm(char *why, size_t why_size, int *ret_vm, int *ret_vcpu);

#endif
