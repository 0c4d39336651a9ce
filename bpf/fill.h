/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fill.h: the context of the programs that fill queues. Three u64: the queue (enum kvmtop_queue,
 * for programs that know several), the first number, and the one after the last.
 */
#ifndef KVMTOP_FILL_H
#define KVMTOP_FILL_H

/* Numbers per call. The verifier goes through them one by one. */
#define KVMTOP_FILL_PORTION 64

enum kvmtop_queue {
	KVMTOP_QUEUE_VCPUS,
	KVMTOP_QUEUE_CELLS,
	KVMTOP_QUEUE_HISTS,
	KVMTOP_MEMORY_ADDRESS, /* no queue: notes where the memory is */
};

#endif
