/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kvmtop.h: THE contract between the BPF programs and user space: what is in the maps, who writes it,
 * and the limits. Fixed-width fields only, explicit padding; all values are zero before first use.
 *
 * Every vCPU that has been seen has a slot, and in it a cell for every exit reason that it had. A
 * vCPU is run by one thread at a time, and the tracepoints fire in that thread. So slots and cells
 * have a single writer: no atomics, no per-CPU copies. User space reads them through mmap, without
 * a system call. The kernel side only takes free slots. User space gives them back, as it knows
 * when a VM is destroyed.
 *
 * The first slots are the homes, in the memory (see KVMTOP_HOMES_SMALL). A program finds a home by an
 * addition, from the address of the vCPU. The map "claims" says which are taken. All other slots are elements of the array "vcpus", the free ones in the queue "free_vcpus". A vCPU has
 * such a slot if its homes are taken; finding it takes longer. Behind these slots the array has a
 * mark for each CPU. A mark looks like a slot, and names the vCPU that is filtered out and ran there
 * last.
 *
 * With KVMTOP_LATENCY_FULL a cell also has a histogram, as long as there are free ones (queue
 * "free_hists"). The first KVMTOP_NEAR_HISTS() are in that memory, too, the others in the array "hists".
 */
#ifndef KVMTOP_BPF_KVMTOP_H
#define KVMTOP_BPF_KVMTOP_H

#include "record.h"

/*
 * Slots of a histogram of ns: 2^KVMTOP_HIST_SUB_BITS equal ones per octave. So a slot is at most
 * 1/8 as wide as its lower bound; 0 to 7 ns have one each. The last octave begins at
 * 2^(KVMTOP_HIST_OCTAVES - 1) ns (9 minutes), and its last slot is open.
 */
#define KVMTOP_HIST_SUB_BITS 3
#define KVMTOP_HIST_OCTAVES 40
#define KVMTOP_HIST_SLOTS ((KVMTOP_HIST_OCTAVES - KVMTOP_HIST_SUB_BITS + 1) << KVMTOP_HIST_SUB_BITS)

/* Entries of a vCPU's index from reason to cell; a power of two. */
#define KVMTOP_INDEX_SIZE 128

/* How far a reason may sit behind its home position in the index. */
#define KVMTOP_INDEX_PROBES 8

/*
 * Cells in a slot, the first of which is never used; a power of two. A vCPU with more reasons takes further
 * ones from the array "spare_cells", free ones from the queue "free_cells", up to KVMTOP_SPARE_MAX,
 * found by a search.
 */
#define KVMTOP_OWN_CELLS 16
#define KVMTOP_SPARE_MAX 48

/*
 * Number of a cell as its vCPU knows it: 0 none; up to KVMTOP_OWN_CELLS - 1 an element of "own";
 * above that element number - KVMTOP_OWN_CELLS of spare_cells.
 */
#define KVMTOP_CELL_NONE 0u

/*
 * Where the cell of the exit being handled is (exit_place). Of an own cell: how many bytes it lies
 * behind the first one. Otherwise KVMTOP_PLACE_FAR and the cell's number above. It may be a spare
 * cell, or none if the exit was dropped. Or the end of the exit is not for the short path, as a
 * halt's.
 */
#define KVMTOP_PLACE_NONE 0u	 /* in the guest: no exit is being handled */
#define KVMTOP_PLACE_FAR 1u	 /* not an own cell's for the short path: KVMTOP_PLACE_OWN is 0 */
#define KVMTOP_PLACE_COUNTING 3u /* far, and it is being counted */
#define KVMTOP_PLACE_ENDING 4u	 /* it has ended: its time is being added */
#define KVMTOP_CELL_SHIFT 6	 /* of sizeof(struct kvmtop_cell) */
#define KVMTOP_PLACE_OWN ((KVMTOP_OWN_CELLS - 1) << KVMTOP_CELL_SHIFT)
#define KVMTOP_FAR_SHIFT 10
#define KVMTOP_PLACE_FAR_OF(cell) ((__u32)(cell) << KVMTOP_FAR_SHIFT | KVMTOP_PLACE_FAR)
#define KVMTOP_PLACE(cell)                                                      \
	((cell)-1u < KVMTOP_OWN_CELLS - 1u ? (__u32)(cell) << KVMTOP_CELL_SHIFT \
					   : KVMTOP_PLACE_FAR_OF(cell))
/* The number of the cell there. */
#define KVMTOP_PLACE_CELL(place)                                \
	((place)&KVMTOP_PLACE_FAR ? (place) >> KVMTOP_FAR_SHIFT \
				  : ((place)&KVMTOP_PLACE_OWN) >> KVMTOP_CELL_SHIFT)

/*
 * Programs reach the homes and the near histograms by an addition: they are in the memory, one element of a map.
 * It begins with the homes. Kernels before 6.5 or so allow an element 4 MiB, so the memory has one of two
 * sizes. Homes are slots at a place that the vCPU's address gives; a power of two.
 */
#define KVMTOP_HOMES_SMALL 1024u
#define KVMTOP_HOMES_LARGE 4096u
#define KVMTOP_NEAR_SMALL 1408u /* histograms; whole pages */
#define KVMTOP_NEAR_LARGE 16384u
/* Without histograms: whole pages again, for what the verifier thinks is touched behind the last home. */
#define KVMTOP_NEAR_LEAST 64u
#define KVMTOP_NEAR_HISTS(homes) \
	((homes) == KVMTOP_HOMES_LARGE ? KVMTOP_NEAR_LARGE : KVMTOP_NEAR_SMALL)
#define KVMTOP_SLOT_SHIFT 11 /* of sizeof(struct kvmtop_vcpu) */
#define KVMTOP_HOME_MASK(homes) (((homes)-1) << KVMTOP_SLOT_SHIFT)
/* Where histogram @hist is in a memory with so many homes, in bytes. */
#define KVMTOP_HIST_AT(homes, hist) \
	(((homes) << KVMTOP_SLOT_SHIFT) + (hist) * (__u32)sizeof(struct kvmtop_hist))
/*
 * Which home a vCPU would have, in bytes, by its address less that of the homes. Neighbours in the
 * kernel's memory are spread. The lowest bits do not matter.
 */
#define KVMTOP_HOME(n) ((n)*0x61c88647ull >> 21)
/* So many homes in a row may be a vCPU's. Programs look at the first two and at what the CPU's hint names, then they search. */
#define KVMTOP_HOME_TRIES 8

/*
 * Shorter exits are not looked at for thread switches: two switches take longer. Their histogram's
 * slot comes from a table.
 */
#define KVMTOP_HIST_TABLE 4096

/* One hint per CPU; CPUs beyond share them. A power of two. */
#define KVMTOP_HINTS 1024

#define KVMTOP_COMM_LEN 16

/* How many of the VMM's file descriptors are looked at to find the one of the VM. */
#define KVMTOP_FD_SCAN 256

/* isa of userspace exits, in addition to the kernel's KVM_ISA_* numbers. */
#define KVMTOP_ISA_USER 0xffffffffu

/* Set in the isa of an exit from a nested guest (L2), which a hypervisor in the VM (L1) runs. */
#define KVMTOP_ISA_L2 0x100u

/*
 * isa of the tracepoints other than exits that --verify counts; their reason is one of
 * KVMTOP_EVENT_*.
 */
#define KVMTOP_ISA_EVENT 0xfffffffdu

#define KVMTOP_EVENT_WAKEUP_WAITED 0
#define KVMTOP_EVENT_WAKEUP_POLLED 1
#define KVMTOP_EVENT_NESTED_ENTRY 2
#define KVMTOP_EVENT_ARCH 3 /* from here on: those of one architecture */
#define KVMTOP_EVENT_MAX 8

/* isa of a slot's last cell while the cell is free: no exit and no event has this isa. */
#define KVMTOP_ISA_NONE 0xfffffffeu

/* Reason of an exit that is counted although its reason could not be read. */
#define KVMTOP_REASON_UNKNOWN 0xffffffffffffffffull

/* vcpu_id or vm_fd that is not known. */
#define KVMTOP_ID_UNKNOWN 0xffffffffu

/*
 * A slot of no vCPU, never free. Whatever is filtered out has it, unless it has a mark. A hint that
 * was never set names it, too.
 */
#define KVMTOP_SLOT_IGNORED 0u

/* No slot. */
#define KVMTOP_SLOT_NONE 0xffffffffu

/* How the short path knows the vCPU of an exit: values of cfg_short. */
#define KVMTOP_SHORT_NONE 0   /* there is none */
#define KVMTOP_SHORT_VCPU 1   /* by the vCPU's address */
#define KVMTOP_SHORT_THREAD 2 /* by the thread's */

/* What is timed: values of cfg_latency. */
#define KVMTOP_LATENCY_OFF 0
#define KVMTOP_LATENCY_MEAN 1
#define KVMTOP_LATENCY_FULL 2

/* Bits of kvmtop_vcpu.state; 0 is the usual case. */
#define KVMTOP_STATE_CHECK 1u	/* left KVM_RUN: may be another vCPU or thread when it comes back */
#define KVMTOP_STATE_IGNORED 2u /* filtered out: of KVMTOP_SLOT_IGNORED and of marks */
#define KVMTOP_STATE_DEAD 4u	/* destroyed: another vCPU has its struct kvm_vcpu */

/* A cell's histogram. The counts wrap: user space, which reads them often enough, makes them whole. */
struct kvmtop_hist {
	__u32 count[KVMTOP_HIST_SLOTS];
};

/* Element of "hists" that no cell has. */
#define KVMTOP_HIST_NONE 0u

/* One (isa, reason) of one vCPU. */
struct kvmtop_cell {
	__u64 reason;
	__u32 isa;
	__u32 hist; /* number of its histogram, or KVMTOP_HIST_NONE */
	__u64 count;
	__u64 sum_ns;
	__u64 max_ns; /* since user space last exchanged it for 0 */
	/* Of the short path: */
	__u32 code; /* the reason, if such exits may be counted there; otherwise KVMTOP_CODE_NONE */
	__u32 hist_offset; /* of its histogram in the memory, in bytes; or KVMTOP_OFFSET_FAR */
	__u64 pad[2];	   /* one cache line in all */
};

/* In a program: user space puts the address of the variable there that says what a CPU ran last. */
#define KVMTOP_CPU_DATA 0x6b766d746f70c0deull

/* No exit has this code. */
#define KVMTOP_CODE_NONE 0x5a5a5a5au

#define KVMTOP_OFFSET_FAR 0xffffffffu

/* So that a slot has the size that homes have. */
#define KVMTOP_VCPU_PAD 52

/*
 * One vCPU. Written by its thread only, or while that sleeps, by bpf/migrated.bpf.c. User space
 * zeroes the slot before giving it back.
 *
 * The sums of times (guest_ns, kvm_ns, vmm_ns, block_ns, poll_ns, delay_ns) divide the time from
 * registered_ns to the last event. Each ns is in exactly one of them, except in the middle of an
 * update. User space relies on it. What is in no other sum was in the guest: guest_ns is brought up
 * to date only before another sum grows off the short path (KVMTOP_GUEST_NS).
 */
struct kvmtop_vcpu {
	/* Touched at every exit: one cache line. */
	__u64 vcpu; /* address of its struct kvm_vcpu; 0: free, destroyed, or not known yet */
	/* Of the short path (bpf/short.bpf.h): the same while nothing is to be looked at, otherwise 0. */
	__u64 short_entry;
	__u64 short_exit; /* the same plus @flags, while the exit is to be read at @code_address; or @task */
	__u64 code_address; /* of what says why it exits */
	__u64 event_ns;	    /* last kvm_exit or kvm_entry */
	__u64 kvm_ns; /* sum: kvm_exit to kvm_entry, or to kvm_userspace_exit if that comes first */
	__u64 user_ns;	  /* last kvm_userspace_exit; 0: there was an entry since */
	__u32 exit_place; /* KVMTOP_PLACE of the exit being handled */
	__u32 state;	  /* KVMTOP_STATE_* */

	__u64 guest_ns;	  /* sum: kvm_entry to kvm_exit, see above */
	__u64 vmm_ns;	  /* sum: kvm_userspace_exit to kvm_entry */
	__u32 user_cell;  /* of the last userspace exit */
	__u32 slot;	  /* number of this slot, set by user space before use */
	__u32 flags;	  /* of its mode, as they were when it exited last off the short path */
	__u32 isa;	  /* of its exits; 0: not known yet */
	__u64 user_exits; /* KVM's vcpu->stat.exits at the last userspace exit */
	union {
		__u64 user_runs; /* how often it had left KVM_RUN then, by a statistic of KVM's */
		__u64 user_counted; /* while vcpu is 0: see bpf/userexit.bpf.c */
	};

	/*
	 * Identity. tgid, start_ns and comm are set before registered_ns. The rest follows; vcpu
	 * (above) is the last. Only tid changes later. Unlike vcpu, address stays when the vCPU is
	 * destroyed.
	 */
	__u64 kvm;	     /* address of its struct kvm; 0: not known */
	__u64 address;	     /* of its struct kvm_vcpu; 0: not known */
	__u64 start_ns;	     /* start of the VMM, CLOCK_BOOTTIME */
	__u64 registered_ns; /* when it was first seen, CLOCK_MONOTONIC; 0: free */
	__u32 tgid;	     /* of the VMM */
	__u32 tid;     /* of the thread that ran it last; 0: that thread runs another vCPU now */
	__u32 vcpu_id; /* KVM's number */
	__u32 vm_fd;   /* the VMM's fd of the VM */
	__u16 fresh;   /* 1: has the address of a destroyed vCPU */
	__u16 nests;   /* 1: may run guests of its own */
	__u32 n_own;   /* own cells in use */
	__u32 n_spare; /* spare cells in use */
	__u32 migrated_asleep;	    /* 1: see seen_delay_ns */
	char comm[KVMTOP_COMM_LEN]; /* of the VMM (its first thread) */

	/*
	 * Sums of the waiting time between kvm_exit and kvm_entry, as of the last look
	 * (bpf/wait.bpf.h).
	 */
	__u64 block_ns; /* halted and blocked, and not waiting for a CPU */
	__u64 poll_ns;	/* halted and polling */
	__u64 delay_ns; /* runnable, and waiting for a CPU */
	__u64 exit_wait_ns; /* of the exit being handled, up to the last userspace exit; of an ended exit, in all */
	__u64 wait_event_ns; /* event_ns of the entry that ended that exit */
	/*
	 * The thread's address, and how often it had been switched in at the last look. More
	 * switches since: there is a reason to look.
	 */
	__u64 task;
	__u64 seen_runs;
	/*
	 * KVM's statistics at the last look. Where there are none, what kvm_vcpu_wakeup has
	 * reported since.
	 */
	__u64 halt_block_ns, halt_poll_ns;
	__u64 halt_poll_success_ns;
	/*
	 * The thread's run delay at the last look. With migrated_asleep: its growth from then to
	 * the migration (bpf/migrated.bpf.c).
	 */
	__u64 seen_delay_ns;
	__u64 entries; /* how often kvm_entry happened, if that is counted */

	__u8 index[KVMTOP_INDEX_SIZE]; /* hash of (isa, reason) to own cell; 0: none */
	__u32 spare[KVMTOP_SPARE_MAX]; /* elements of spare_cells, in order of appearance */
	__u64 pad[KVMTOP_VCPU_PAD];
	struct kvmtop_cell own[KVMTOP_OWN_CELLS];
};

/* When the exit being handled began; 0: the vCPU is in the guest. */
#define KVMTOP_EXIT_NS(v) ((v)->exit_place ? (v)->event_ns : 0)

/* Largest struct kvm_vm_stat or kvm_vcpu_stat, in bytes; x86 has about 1,100. A power of two. */
#define KVMTOP_STAT_MAX 4096

/*
 * What the iterator over files writes for each VM fd and vCPU fd, followed by stat_bytes of the
 * struct's statistics. With cfg_verify, more follows for a vCPU that has a slot. It is the slot
 * (struct kvmtop_vcpu), its n_spare spare cells, the slot's first cache line again, and the
 * statistics again. So our counts lie between two readings of KVM's.
 */
struct kvmtop_stat_record {
	__u32 bytes; /* with all that follows */
	__u32 stat_bytes;
	__u32 slot_bytes; /* of the slot; 0: none */
	__u32 n_spare;
	__u64 kvm;	/* address of the struct kvm */
	__u64 vcpu;	/* of the struct kvm_vcpu; 0: this is the VM's own */
	__u64 start_ns; /* start of the VMM, CLOCK_BOOTTIME */
	__u32 tgid;
	__u32 fd;
	__u32 vcpu_id;
	__u32 tid; /* that ran the vCPU last; 0: none did */
	char comm[KVMTOP_COMM_LEN];
};

/* Bits of kvmtop_thread.flags. */
#define KVMTOP_THREAD_ON_CPU 1u
#define KVMTOP_THREAD_FROZEN 2u /* by the freezer of its cgroup */

/* The kernel does not say which CPU a thread is on. */
#define KVMTOP_CPU_UNKNOWN 0xffffffffu

/* What the thread of a slot's vCPU was doing when it was looked at last (bpf/threads.bpf.c). Written while user space reads. */
struct kvmtop_thread {
	__u64 seen_ns;	  /* when, CLOCK_MONOTONIC; 0: never */
	__u64 started_ns; /* when the thread began, CLOCK_MONOTONIC */
	__u64 delay_ns;	  /* its waits for a CPU that have ended, since it began */
	__u64 queued_ns; /* since when it waits for a CPU, by the scheduler's clock; 0: it does not */
	__u64 slices;	 /* how often it was given a CPU, since it began */
	__u32 tid;
	__u32 state; /* the kernel's TASK_*; 0: runnable */
	__u32 flags; /* KVMTOP_THREAD_* */
	__u32 cpu;   /* that it is on, or was on last; KVMTOP_CPU_UNKNOWN */
};

/* One moment by two clocks: the scheduler's (rq_clock), which is at most a little late, and CLOCK_MONOTONIC. */
struct kvmtop_sched_clock {
	__u64 sched_ns; /* 0: not known */
	__u64 mono_ns;
};

/*
 * Which slot the CPU's last vCPU has: a guess, checked at each use. And what was filtered out there
 * last (bpf/filter.bpf.h). One cache line.
 */
struct kvmtop_hint {
	__u32 slot;
	__u32 ignored_tgid;	/* a process that is filtered out; 0: none */
	__u64 ignored_start_ns; /* its start, CLOCK_BOOTTIME */
	__u32 ignored_vcpu;	/* 1 + a vCPU's id that is; 0: none */
	__u32 ignored_tid;	/* of the thread that runs ignored_address; 0: none */
	__u64 ignored_address; /* of the vCPU that the CPU's mark names, while it is in KVM_RUN; 0: none */
	__u32 pad[8];
};

/* Exits that were not counted, or not in full. Many writers: atomic. */
struct kvmtop_drops {
	__u64 map_full; /* no slot for the vCPU, or no cell for the reason */
	/*
	 * Not lost: userspace exits for which the first of several programs did not run, and
	 * another one counted.
	 */
	__u64 rescued;
	/* Not lost: cells that count without a histogram, as none was free. */
	__u64 hist_full;
};

_Static_assert(sizeof(struct kvmtop_cell) == 1 << KVMTOP_CELL_SHIFT, "kvmtop_cell has a hole");
_Static_assert(sizeof(struct kvmtop_hist) == 4 * KVMTOP_HIST_SLOTS &&
		       sizeof(struct kvmtop_hist) % 64 == 0,
	       "kvmtop_hist is whole cache lines");
_Static_assert(sizeof(struct kvmtop_vcpu) == 1 << KVMTOP_SLOT_SHIFT,
	       "kvmtop_vcpu has the size of a home");
_Static_assert(sizeof(struct kvmtop_stat_record) == 72, "kvmtop_stat_record has a hole");
_Static_assert(sizeof(struct kvmtop_thread) == 56, "kvmtop_thread has a hole");
_Static_assert(sizeof(struct kvmtop_hint) == 64, "kvmtop_hint is a cache line");

#endif
