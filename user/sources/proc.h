/* SPDX-License-Identifier: GPL-2.0 */
/*
 * proc: what /proc knows of a VMM: its name for the VM, whether it lives, which KVM fds it holds. The root is
 * a parameter, so that tests bring their own. Knows nothing of BPF.
 */
#ifndef KVMTOP_SOURCES_PROC_H
#define KVMTOP_SOURCES_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../model/ids.h"

#define PROC_ROOT "/proc"

struct vmm_info {
	char *name; /* the VMM's name for its VM, or NULL: it has none; not escaped */
	char *comm; /* or NULL: not readable; not escaped */
	char *aliases[VM_ALIAS_MAX]; /* or NULL; not escaped */
	uint64_t
		start_ticks; /* when it was started, in clock ticks since boot: differs for a reused pid */
};

/* 0, -ESRCH when there is no such process, -ENOMEM. What may not be read is left NULL. */
int proc_vmm_read(const char *proc_root, pid_t pid, struct vmm_info *ret_info);
void vmm_info__release(struct vmm_info *info);

/*
 * Whether @pid is still the process that started at @start_ticks, and not yet a zombie. True if
 * that is unknown (no right, no memory).
 */
bool proc_alive(const char *proc_root, pid_t pid, uint64_t start_ticks);

/* Where in the kernel a vCPU's thread sleeps: by the function, which not every kernel finds (wchan). */
struct thread_sleep {
	bool in_halt;  /* KVM's, because the vCPU has nothing to do */
	bool in_fault; /* userfaultfd's: a page comes from elsewhere */
};

/* What is not known stays false. */
void proc_thread_sleep(const char *proc_root, pid_t pid, pid_t tid, struct thread_sleep *ret_sleep);

/* Whether @pid has a thread @tid. True if that is unknown. */
bool proc_has_thread(const char *proc_root, pid_t pid, pid_t tid);

/* Whether the kernel keeps run delays (CONFIG_SCHED_INFO). */
bool proc_has_run_delay(const char *proc_root);

/* The process that thread @tid belongs to. 0, -ESRCH, -EACCES, -ENOMEM, -EINVAL. */
int proc_process_of(const char *proc_root, pid_t tid, pid_t *ret_pid);

/*
 * The fds of @pid that are VMs, ascending; malloc'ed, NULL when there is none. 0, -ESRCH, -EACCES (not ours
 * to look at: CAP_SYS_PTRACE), -ENOMEM.
 */
int proc_kvm_vm_fds(const char *proc_root, pid_t pid, int **ret_fds, size_t *ret_n);

/* Whether @pid holds a VM: its fd, or that of one of its vCPUs. Errors as above. */
int proc_is_vmm(const char *proc_root, pid_t pid, bool *ret_is_vmm);

/* How many vCPU ids the fds of @pid have. Two VMs in one process count the ids they share once. Errors as above. */
int proc_vcpu_count(const char *proc_root, pid_t pid, size_t *ret_n);

/* The text of /proc/ioports, NUL-terminated, malloc'ed. 0 or a negative errno. */
int proc_read_ioports(const char *proc_root, char **ret_text, size_t *ret_len);

/*
 * Every process that holds a VM, whatever its binary is called, ascending; malloc'ed, NULL when there is
 * none. @ret_denied is how many processes could not be looked into. 0, or a negative errno of @proc_root.
 */
int proc_find_vmms(const char *proc_root, pid_t **ret_pids, size_t *ret_n, size_t *ret_denied);

/*
 * The name of the VM that a VMM was started with, from the bytes of its /proc/PID/cmdline and the text of its
 * /proc/PID/cgroup (NULL: not known). Pure, both may be hostile. Malloc'ed, no longer than fmt_limit() has it; NULL: it has
 * none (or no memory).
 */
char *vmm_name_parse(const char *cmdline, size_t len, const char *cgroup);

/*
 * The file of QEMU's -readconfig, which may name the VM if the command line itself does not. And
 * the name in the text of such a file. Likewise.
 */
char *vmm_config_path(const char *cmdline, size_t len);
char *vmm_config_name(const char *text);

/* What else the VM is called there, likewise. */
char *vmm_alias_parse(const char *cmdline, size_t len, enum vm_alias which);

#endif
