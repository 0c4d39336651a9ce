// SPDX-License-Identifier: GPL-2.0
/*
 * detail: the BPF object of the drill-down (--detail) and of slow exits (--slower-than). Loaded for these only, so that the
 * main programs pay nothing for it; it shares the maps of kvmtop.bpf.c.
 */
#include "arch.bpf.h"
#include "detail.bpf.h"
#include "fill.bpf.h"

#include ARCH_DETAIL

SEC("?raw_tp")
int fill_cells(struct bpf_raw_tracepoint_args *ctx)
{
	return fill_queue(&free_detail_cells, ctx->args[1], ctx->args[2], KVMTOP_FILL_PORTION);
}
