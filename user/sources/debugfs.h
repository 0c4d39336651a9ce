/* SPDX-License-Identifier: GPL-2.0 */
/*
 * debugfs: KVM's statistics as files, /sys/kernel/debug/kvm/<pid>-<fd>/NAME. A vCPU's are summed over the VM there, and of a
 * histogram only the first bucket is shown, so histograms are left out. The root is a parameter, so that tests bring
 * their own.
 */
#ifndef KVMTOP_SOURCES_DEBUGFS_H
#define KVMTOP_SOURCES_DEBUGFS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DEBUGFS_KVM_ROOT "/sys/kernel/debug/kvm"

struct stat_layout;

/* What its folder is named after (kvm_create_vm_debugfs in virt/kvm/kvm_main.c). */
struct debugfs_vm {
	pid_t creator; /* the thread that created it; any of its process, which may go on without it */
	int fd;
	/* Of the folder. A VM that comes in the place of another has a folder of the same name, and another inode. */
	uint64_t inode;
};

/*
 * Whether it can be read. 0, -ENOENT (not mounted, or no KVM), -EPERM (lockdown) or -EACCES. In @why one line:
 * "not mounted", "denied: lockdown=integrity".
 */
int debugfs_probe(const char *root, char *why, size_t why_size);

/* The VMs it has, malloc'ed. 0 or negative errno. */
int debugfs_vms(const char *root, struct debugfs_vm **ret_vms, size_t *ret_n);

/*
 * The statistics that files of @vm have: those of @known (NULL: all) without histograms. Cumulative
 * where it is not known. 0 or negative errno, -ENOENT: no such VM, -EAGAIN: it is so new that not
 * all may be there yet.
 */
int debugfs_layout(const char *root, const struct debugfs_vm *vm, const struct stat_layout *known,
		   struct stat_layout **ret_layout);

/*
 * Their values, @layout->n_values of them. 0 or negative errno, -ENOENT: the VM has ended, another
 * may be in its place.
 */
int debugfs_read(const char *root, const struct debugfs_vm *vm, const struct stat_layout *layout,
		 uint64_t *values);

#endif
