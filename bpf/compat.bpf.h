/* SPDX-License-Identifier: GPL-2.0 */
/*
 * compat.bpf.h: how kernel memory is read here, and every difference between kernels.
 */
#ifndef KVMTOP_COMPAT_BPF_H
#define KVMTOP_COMPAT_BPF_H

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

/*
 * Two ways to read a word of kernel memory; always a compile-time constant, so that a program holds one.
 *
 * LOAD_PLAIN: an ordinary load that the kernel guards against faults, two instructions or so. The
 * verifier wants a typed pointer. bpf_rdonly_cast makes one of any address (6.2, fd264ca02094 "bpf:
 * Add a kfunc to type cast from bpf uapi ctx to kernel ctx"). It knows types of vmlinux only. So a
 * struct of vmlinux whose first member has the right size stands in. Works under
 * lockdown=confidentiality.
 *
 * LOAD_PROBE: bpf_probe_read_kernel, about 80 instructions. Drop when the baseline is 6.2.
 */
enum load { LOAD_PLAIN, LOAD_PROBE };

extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/*
 * The ids of types in the BTF of vmlinux. The kernel has no such enum. The loader puts it into the
 * BTF that relocates the programs (user/sources/bpf/object_types.c), so an id is a constant in a
 * program.
 */
enum kvmtop_type_ids {
	KVMTOP_ID_TIMESPEC64,
	KVMTOP_ID_REFCOUNT, /* struct refcount_struct */
};

#define TYPE_ID(value) ((__u32)bpf_core_enum_value(enum kvmtop_type_ids, value))

static __always_inline __u64 load_u64(enum load how, __u64 addr)
{
	__u64 value = 0;

	if (how == LOAD_PLAIN) {
		const struct timespec64 *word =
			bpf_rdonly_cast((void *)addr, TYPE_ID(KVMTOP_ID_TIMESPEC64));

		return word->tv_sec;
	}
	bpf_probe_read_kernel(&value, sizeof(value), (void *)addr);
	return value;
}

static __always_inline __u32 load_u32(enum load how, __u64 addr)
{
	__u32 value = 0;

	if (how == LOAD_PLAIN) {
		const struct refcount_struct *word =
			bpf_rdonly_cast((void *)addr, TYPE_ID(KVMTOP_ID_REFCOUNT));

		return word->refs.counter;
	}
	bpf_probe_read_kernel(&value, sizeof(value), (void *)addr);
	return value;
}

/* Values of @field of the @type at address @base, by one relocated load. */
#define load_field_u64(how, base, type, field) \
	load_u64(how, (base) + bpf_core_field_offset(type, field))
#define load_field_u32(how, base, type, field) \
	load_u32(how, (base) + bpf_core_field_offset(type, field))

/*
 * Bounds a 64-bit index in a way that the verifier sees. 6.1's verifier forgets what the compiler
 * knows; 5.10's follows branches that exclude each other and then trusts no comparison. The
 * compiler would drop a plain mask as redundant.
 */
#define MASK(i, mask) asm volatile("%0 &= %1" : "+r"(i) : "ri"((__u64)(mask)))

/*
 * What a program on a classic tracepoint returns: 0 hides the event from all users of perf (perf_trace_run_bpf_submit). Of a raw one
 * it does not matter.
 */
#define KEEP_EVENT 1

#endif
