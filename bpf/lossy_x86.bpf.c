// SPDX-License-Identifier: GPL-2.0
/*
 * lossy_x86: programs that leave out one exit in cfg_lose_one_in, for tests of --verify, which must
 * find what is missing. The shipped object has none of them (kvmtop.bpf.c). The share is
 * approximate, as the count is not atomic.
 */
#include "record.bpf.h"

const volatile __u32 cfg_lose_one_in = 1;

static __always_inline bool is_to_be_lost(void)
{
	static __u32 n_exits SEC(".data");

	return ++n_exits % cfg_lose_one_in == 0;
}

SEC("?raw_tp/kvm_exit")
int exit_lossy_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return is_to_be_lost() ? 0 : handle_exit(LOAD_PLAIN, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_exit")
int exit_lossy_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return is_to_be_lost() ? 0 : handle_exit(LOAD_PROBE, ctx->args[0], ctx->args[1]);
}

SEC("?tp/kvm/kvm_exit")
int exit_lossy_classic(struct record *ctx)
{
	return is_to_be_lost() ? KEEP_EVENT : handle_record(ctx);
}
