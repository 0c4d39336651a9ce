// SPDX-License-Identifier: GPL-2.0
/* empty: programs that do nothing, to measure what being attached costs. */
#include "vmlinux.h"

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("raw_tp/kvm_exit")
int empty_exit(void *ctx)
{
	return 0;
}

SEC("raw_tp/kvm_entry")
int empty_entry(void *ctx)
{
	return 0;
}
