/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record.bpf.h: reads fields of a classic tracepoint's record. Where the record is as the program's
 * struct has it, this is a load. The verifier knows the knob and removes the other branch.
 */
#ifndef KVMTOP_RECORD_BPF_H
#define KVMTOP_RECORD_BPF_H

#include "compat.bpf.h"

#include "record.h"

/* The knob for the record of @event, which the loader fills. */
#define RECORD(event) const volatile struct kvmtop_record cfg_record_##event = {}

static __always_inline __u64 record_read(void *ctx, const volatile struct kvmtop_field *field)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, field->size, ctx + field->offset);
	return value;
}

/* @member of the record @ctx, which is field @i of the knob. */
#define FIELD(ctx, event, i, member)                                                     \
	(cfg_record_##event.relocated ? record_read((ctx), &cfg_record_##event.field[i]) \
				      : (__u64)(ctx)->member)

/* The record of kvm_userspace_exit, from its "format" file. */
struct user_record {
	__u64 common;
	__u32 reason;
	__s32 error;
};

#endif
