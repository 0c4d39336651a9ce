/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail.h: THE contract between the drill-down's BPF programs (detail.bpf.c) and user space, as
 * kvmtop.h is for the main programs. Fixed-width fields only, explicit padding, all zero before
 * first use.
 *
 * What an exit was about (an MSR, a port, an address) is counted in a cell per (slot of the vCPU,
 * kind, key, sub). The kernel side finds it by a hash, and takes new ones from the queue
 * "free_detail_cells"; a cell has one writer, its vCPU's thread. User space reads cells through
 * mmap. It takes the coldest cells back before they run out: in state KVMTOP_CELL_RETIRED no event
 * finds a cell any more. An event that has just found it has until the next read to finish. An
 * event that finds no cell is counted in the vCPU's "others", so nothing is lost. Some exits have
 * no event with a key. User space derives them: exits for the kind's reasons that are not among the
 * "keyed" ones.
 */
#ifndef KVMTOP_BPF_DETAIL_H
#define KVMTOP_BPF_DETAIL_H

#include "record.h"

/* What a key is. The numbers are those of enum detail_kind in user/model/detail.h. */
#define KVMTOP_DETAIL_MMIO 0	  /* key: guest physical address; sub: direction, size */
#define KVMTOP_DETAIL_HYPERCALL 1 /* key: number */
/* 2 is a kind of x86, as recordings have it. */
#define KVMTOP_DETAIL_VECTOR 3 /* key: vector of an injected interrupt */
#define KVMTOP_DETAIL_FAULT 4  /* key: error code of a page fault */
#define KVMTOP_DETAIL_PAGE 5   /* key: address of its page; sub: error code */
#define KVMTOP_DETAIL_PC 6     /* key: the guest's instruction; sub: exit reason */
#define KVMTOP_DETAIL_ARCH 7   /* from here on: those of one architecture; no two share one */
#define KVMTOP_DETAIL_MAX 12
#define KVMTOP_DETAIL_NONE 0xffffffffu

/* Room for the kinds in arrays: a power of two, so that an index is bounded by a mask. */
#define KVMTOP_DETAIL_ROOM 16

/* sub of kinds with a direction: 1 or 2, and the size in bytes above it. */
#define KVMTOP_DETAIL_READ 1u
#define KVMTOP_DETAIL_WRITE 2u
#define KVMTOP_DETAIL_SIZE_SHIFT 8

/* At most this many keys of one exit get its time; the others are only counted. A power of two. */
#define KVMTOP_DETAIL_PENDING 8

/* Reasons that KVMTOP_DETAIL_PC can be restricted to. */
#define KVMTOP_PC_REASONS 8

/* Ranges of exit reasons that exits of one kind have, at most. */
#define KVMTOP_DETAIL_RANGES 3

/* Values of kvmtop_detail_cell.state; written by user space but for the second. */
#define KVMTOP_CELL_FREE 0u
#define KVMTOP_CELL_USED 1u
#define KVMTOP_CELL_RETIRED 2u

struct kvmtop_detail_key {
	__u64 key;
	__u64 sub;
	__u32 slot;
	__u32 kind;
};

/* A cache line. Element 0 is not used: 0 is no cell. */
struct kvmtop_detail_cell {
	struct kvmtop_detail_key key;
	__u64 count;
	__u64 sum_ns;
	__u32 state;
	__u32 seq; /* grows each time the cell is given back */
	__u64 pad[2];
};

struct kvmtop_detail_sum {
	__u64 count;
	__u64 sum_ns;
};

/* Exit reasons from first to last; none if first is above last. */
struct kvmtop_detail_range {
	__u64 first, last;
};

/*
 * One exit of a vCPU: the number of its reason's cell (kvmtop_vcpu.exit_cell), and below it the low bits of that cell's count, with
 * this exit. 0: none.
 */
#define KVMTOP_EXIT_COUNT_BITS 40
#define KVMTOP_EXIT_ID(cell, count)                \
	((__u64)(cell) << KVMTOP_EXIT_COUNT_BITS | \
	 ((count) & ((1ull << KVMTOP_EXIT_COUNT_BITS) - 1)))

/* A cell of the exit being handled, to get its time; cell 0: the others of kind seq. */
struct kvmtop_detail_pending {
	__u32 cell;
	__u32 seq;
	__u32 keyed; /* 1 + the kind whose keyed exits get the time, too; 0: none */
	__u32 pad;
};

/* What is known of an exit in addition to its reason. */
#define KVMTOP_EXIT_PC 1u   /* pc */
#define KVMTOP_EXIT_INFO 2u /* info1, info2 */

/* One vCPU, by its slot. Written by its thread; user space sets keyed_exit at the start, and zeroes all before it gives the slot back. */
struct kvmtop_detail_vcpu {
	__u64 exit_ns; /* begin of the exit that the pending ones are of */
	__u32 n_pending;
	__u32 pad0;
	__u32 last[KVMTOP_DETAIL_ROOM]; /* cell of each kind's last event: a guess */
	struct kvmtop_detail_pending pending[KVMTOP_DETAIL_PENDING];

	/* Of the last kvm_exit, when its program is attached. */
	__u64 slow_exit_ns; /* begin; 0: over, or not seen */
	__u64 reason;
	__u64 pc;	    /* address of the guest's instruction */
	__u64 info1, info2; /* KVM's exit_info; 0: not known */
	__u32 isa;
	__u32 known; /* KVMTOP_EXIT_* */

	__u32 last_kind; /* last key of the exit that began at exit_ns */
	__u32 pad;
	__u64 last_key, last_sub;

	struct kvmtop_detail_sum others[KVMTOP_DETAIL_ROOM];

	/*
	 * By kind: the exits for one of its reasons in which an event had a key, and the last of
	 * them. The vCPU's other exits for these reasons had no key. The count grows first: a
	 * reader that sees the exit sees it counted.
	 */
	struct kvmtop_detail_sum keyed[KVMTOP_DETAIL_ROOM];
	__u64 keyed_exit[KVMTOP_DETAIL_ROOM]; /* KVMTOP_EXIT_ID */
};

/* An exit that took longer than the threshold, through the ring buffer "slow". */
struct kvmtop_slow_record {
	__u64 entry_ns; /* its end, CLOCK_MONOTONIC */
	__u64 ns;	/* how long it took */
	__u64 reason;
	__u64 pc; /* address of the guest's instruction */
	__u64 info1, info2;
	__u64 key, sub; /* what it was about; kind KVMTOP_DETAIL_NONE: not known */
	__u32 isa;
	__u32 known; /* KVMTOP_EXIT_* */
	__u32 kind;
	__u32 slot;
	__u32 vcpu_id;
	__u32 tgid;
	__u32 tid;
	__u32 pad;
};

/* What user space sets while the programs run. */
struct kvmtop_detail_control {
	__u64 slow_ended; /* 1: no more slow exits */
};

struct kvmtop_detail_drops {
	__u64 unknown; /* events of a thread that is not (yet) known as a vCPU's; atomic */
	__u64 slow;    /* slow exits that found no room in the ring buffer; atomic */
};

_Static_assert(sizeof(struct kvmtop_detail_key) == 24, "kvmtop_detail_key has a hole");
_Static_assert(sizeof(struct kvmtop_detail_cell) == 64, "kvmtop_detail_cell is a cache line");
_Static_assert(sizeof(struct kvmtop_detail_pending) == 16, "kvmtop_detail_pending has a hole");
_Static_assert(sizeof(struct kvmtop_slow_record) == 96, "kvmtop_slow_record has a hole");
_Static_assert(KVMTOP_DETAIL_MAX <= KVMTOP_DETAIL_ROOM, "all kinds have room");

#endif
