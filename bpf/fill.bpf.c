// SPDX-License-Identifier: GPL-2.0
/* fill: see fill.bpf.h. */
#include "fill.bpf.h"
#include "maps.bpf.h"

/* So many numbers at a time, so that the verifier has short loops. */
#define STEP 8

_Static_assert(KVMTOP_FILL_PORTION % STEP == 0, "a portion is whole steps");

/* Global, see find.bpf.h. */
__noinline int fill_some(__u32 queue, __u64 first, __u64 end)
{
	if (queue == KVMTOP_QUEUE_VCPUS)
		return fill_queue(&free_vcpus, first, end, STEP);
	if (queue == KVMTOP_QUEUE_CELLS)
		return fill_queue(&free_cells, first, end, STEP);
	if (queue == KVMTOP_QUEUE_HISTS)
		return fill_queue(&free_hists, first, end, STEP);
	return 1;
}

SEC("?raw_tp")
int fill_free(struct bpf_raw_tracepoint_args *ctx)
{
	const __u64 queue = ctx->args[0], first = ctx->args[1], end = ctx->args[2];
	int err = 0;
	__u32 i;

	if (queue == KVMTOP_MEMORY_ADDRESS) {
		memory_address = (__u64)memory;
		return 0;
	}
#pragma clang loop unroll(disable)
	for (i = 0; i < KVMTOP_FILL_PORTION && !err; i += STEP)
		err = fill_some(queue, first + i, end);
	return err;
}
