/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ids: the small vocabularies that sources, model and sinks share. Code spaces of exit reasons,
 * what is timed, causes of drops, sources.
 */
#ifndef KVMTOP_MODEL_IDS_H
#define KVMTOP_MODEL_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../arch/pairs.h"

/*
 * Code space that an exit reason is in. Those of the kernel's own backends are in arch/; other backends bring their own
 * numbers, which are shown as numbers. These are ours.
 */
enum {
	/* set in one of those for exits of a nested guest (L2), which a hypervisor in the VM (L1) runs */
	ISA_L2 = 0x100u,
	/* the reasons of kvm_userspace_exit (KVM_EXIT_* or, when negative as int64_t, -errno) */
	ISA_USER = 0xffffffffu,
	/* other tracepoints, codes of enum kvm_event */
	ISA_EVENT = 0xfffffffdu,
};

/* Whether it is of a nested guest. */
bool isa_is_nested(uint32_t isa);

/* The code space without that. */
uint32_t isa_base(uint32_t isa);

/* What else identifies a VM, for -g. */
enum vm_alias {
	VM_ALIAS_ID, /* Proxmox' number */
	VM_ALIAS_UUID,
	VM_ALIAS_MAX,
};

/* Code of an exit that was counted although its reason could not be read. */
#define REASON_UNKNOWN UINT64_MAX

/*
 * Id of a vCPU whose thread left KVM_RUN but which never entered the guest: its id is not known
 * yet.
 */
#define VCPU_ID_UNKNOWN UINT32_MAX

enum latency {
	LATENCY_OFF,  /* counts only */
	LATENCY_MEAN, /* and sum and maximum of the handling time */
	LATENCY_FULL, /* and its log2 histogram */
};

/* Where a vCPU and its thread are; at any moment in one of them. */
enum vcpu_state {
	STATE_GUEST, /* in guest mode: kvm_entry to kvm_exit */
	/* What is left of these when the vCPU was in none of those below: */
	STATE_KVM, /* in KVM: kvm_exit to kvm_entry, less the VMM's */
	STATE_VMM, /* in the VMM: kvm_userspace_exit to kvm_entry */
	/* Away: */
	STATE_HALT_POLL,  /* halted, KVM polling for something to do */
	STATE_HALT_BLOCK, /* halted, its thread asleep */
	STATE_RUN_DELAY,  /* runnable, and waiting for a CPU */
	STATE_MAX,
};

/* What keeps a vCPU's thread from going on, other than the scheduler. */
enum vcpu_held {
	HELD_UNKNOWN,
	HELD_NOT,
	HELD_STOPPED, /* by a signal (SIGSTOP), or by a debugger */
	HELD_FROZEN,  /* by the freezer of its cgroup */
	HELD_PARKED,  /* there is no thread: its VMM has unplugged the vCPU */
	HELD_MAX,
};

/* Why an event was not counted, or not where it belongs. Order and number as in bpf/kvmtop.h. */
enum drop_cause {
	DROP_MAP_FULL,	  /* "map_full": no slot was left for the vCPU, or no cell for the reason */
	DROP_MISSED,	  /* "missed": events the kernel did not hand to our programs (recursion) */
	DROP_DETAIL,	  /* "detail": events that the drill-down did not count */
	DROP_SLOW,	  /* "slow": slow exits that were not shown */
	DROP_TRACEPOINTS, /* "tracepoints": events of -t of which it is not known whose they are */
	DROP_FRAMES, /* "frames": those that stdout had no room for; all were recorded and logged */
	DROP_CAUSE_MAX,
};

/*
 * How the reason of an exit is read, cheapest first (the BPF programs of the architecture say what each is). AUTO: the
 * first that this kernel offers.
 */
enum exit_path {
	EXIT_PATH_AUTO,
	EXIT_PATH_PLAIN,
	EXIT_PATH_PROBE,
	EXIT_PATH_ARGS,
	EXIT_PATH_CLASSIC,
	EXIT_PATH_MAX,
};

enum source_id {
	SOURCE_TRACEPOINTS,
	SOURCE_STATS,
	SOURCE_DEBUGFS,
	SOURCE_ID_MAX,
};

/* How the statistics of a VM or vCPU were read, best first. */
enum stats_source {
	STATS_NONE,	/* not known */
	STATS_FD,	/* a statistics fd that the VMM holds */
	STATS_ITERATOR, /* the BPF iterator over the files of the VMM */
	STATS_DEBUGFS,	/* debugfs: sums over the vCPUs */
	STATS_SOURCE_MAX,
};

/* Room for the id of a VM. */
#define VM_ID_SIZE 32

/*
 * The id of a VM: "<pid>-<vm fd>", as in KVM's debugfs. @vm_fd is -1 where the fd was never known:
 * "<pid>-?". Also where another VM of the process has that id, as the fd was closed and used again.
 * A further such VM of the process has -2: "<pid>-?2", and so on. An id is the VM's as long as it
 * lives, whatever is learnt or closed meanwhile.
 */
void vm_id(pid_t pid, int vm_fd, char id[static VM_ID_SIZE]);

/*
 * What a VM is called, not escaped, into @buf: its @name. A VM without one has @tag in front, which tells it from others,
 * and the name of its VMM, "42-7 [qemu]"; NULL: without a tag. Without anything it is FMT_UNKNOWN.
 */
void vm_label(const char *name, const char *comm, const char *tag, char *buf, size_t size);

/* "fd", "iterator", "debugfs"; "none". */
const char *stats_source_name(enum stats_source source);

/* "guest", "kvm", "vmm", "halt_poll", "halt_block", "run_delay". */
const char *vcpu_state_name(enum vcpu_state state);

/* "no", "stopped", "frozen", "parked"; NULL: not known. */
const char *vcpu_held_name(enum vcpu_held held);

/* JSON and metric name of a drop cause or a source, e.g. "map_full"; never NULL for a valid one. */
const char *drop_cause_name(enum drop_cause cause);
const char *source_id_name(enum source_id source);

/*
 * Short lower-case name of a code space ("user", or an architecture's), or NULL for one that has no name: it
 * is shown as a number. Of a nested guest: as of any.
 */
const char *isa_name(uint32_t isa);

#endif
