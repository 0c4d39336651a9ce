// SPDX-License-Identifier: GPL-2.0
/* fill: see fill.bpf.h. */
#include "fill.bpf.h"
#include "maps.bpf.h"

SEC("?raw_tp")
int fill_free(struct bpf_raw_tracepoint_args *ctx)
{
	switch (ctx->args[0]) {
	case KVMTOP_MEMORY_ADDRESS:
		memory_address = (__u64)&memory;
		return 0;
	case KVMTOP_QUEUE_VCPUS:
		return fill_queue(&free_vcpus, ctx->args[1], ctx->args[2]);
	case KVMTOP_QUEUE_CELLS:
		return fill_queue(&free_cells, ctx->args[1], ctx->args[2]);
	case KVMTOP_QUEUE_HISTS:
		return fill_queue(&free_hists, ctx->args[1], ctx->args[2]);
	}
	return 1;
}
