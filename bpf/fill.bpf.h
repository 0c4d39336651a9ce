/* SPDX-License-Identifier: GPL-2.0 */
/*
 * fill.bpf.h: puts the numbers of the elements that are free at first into a queue. User space runs
 * it (BPF_PROG_TEST_RUN), instead of one system call for each element.
 */
#ifndef KVMTOP_FILL_BPF_H
#define KVMTOP_FILL_BPF_H

#include "fill.h"
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

/* From @first to before @end, @most at most. 0, or 1: it is full. */
static __always_inline int fill_queue(void *queue, __u64 first, __u64 end, __u32 most)
{
	__u32 i;

	for (i = 0; i < most; i++) {
		__u32 number = (__u32)first + i;

		if (number >= end)
			break;
		if (bpf_map_push_elem(queue, &number, BPF_ANY))
			return 1;
	}
	return 0;
}

#endif
