/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fill.h: what user space tells the programs that fill queues: in their context three u64, the queue (enum kvmtop_queue; of programs
 * that know several), the first number, and the one behind the last.
 */
#ifndef KVMTOP_FILL_H
#define KVMTOP_FILL_H

/* So many numbers at once, which the verifier goes through one by one. */
#define KVMTOP_FILL_PORTION 64

enum kvmtop_queue {
	KVMTOP_QUEUE_VCPUS,
	KVMTOP_QUEUE_CELLS,
	KVMTOP_QUEUE_HISTS,
};

#endif
