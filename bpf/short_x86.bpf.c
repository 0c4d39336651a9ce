// SPDX-License-Identifier: GPL-2.0
/*
 * short_x86: the programs of kvm_exit and kvm_entry of x86 with a short path (short.bpf.h): one for
 * each mode and each way to read the reason. The ways:
 *
 *   plain    by a plain load (6.2)
 *   current  SVM before that: from the VMCB that this CPU ran last, which kvm_amd's BTF has
 *   probe    by bpf_probe_read_kernel
 *   args     it is an argument (up to 5.15)
 *   classic  it is in the record of the classic tracepoint, which does not have the vCPU. The raw
 *            kvm_entry notes in the CPU's hint which one it is.
 */
#include "short.bpf.h"

/* arch/x86/kvm/svm/svm.h */
struct svm_cpu_data {
	struct vmcb *current_vmcb;
} __attribute__((preserve_access_index));

/* svm_data of kvm_amd, per CPU. Not an extern: libbpf would look for it in the BTF of all modules, on all kernels. */
static __always_inline const struct svm_cpu_data *svm_data_here(void)
{
	const void *data;

	asm volatile("%0 = %1 ll" : "=r"(data) : "i"(KVMTOP_CPU_DATA));
	return bpf_this_cpu_ptr(data);
}

enum way { WAY_PLAIN, WAY_CURRENT, WAY_PROBE };

static __always_inline int exit_long(enum way way, __u64 vcpu, __u32 isa)
{
	return way == WAY_PLAIN ? exit_long_plain(vcpu, isa) : exit_long_probe(vcpu, isa);
}

/* The reason of the vCPU's exit. False: this CPU ran another VMCB last. */
static __always_inline bool read_code(enum way way, const struct kvmtop_vcpu *v, __u32 *ret_code)
{
	const struct svm_cpu_data *cpu;
	const struct vmcb *vmcb;

	if (way == WAY_PLAIN)
		*ret_code = load_u32(LOAD_PLAIN, v->code_address);
	if (way == WAY_PROBE)
		*ret_code = load_u32(LOAD_PROBE, v->code_address);
	if (way != WAY_CURRENT)
		return true;
	cpu = svm_data_here();
	vmcb = cpu->current_vmcb;
	if (unlikely((__u64)vmcb + bpf_core_field_offset(struct vmcb, control.exit_code) !=
		     v->code_address))
		return false;
	*ret_code = vmcb->control.exit_code;
	return true;
}

/* An exit of @v, which may take the short path; @home: it is in one. */
static __always_inline __u64 short_exit_of(enum way way, struct kvmtop_vcpu *v, bool timed,
					   bool home)
{
	__u32 code;

	if (timed)
		v->event_ns = bpf_ktime_get_ns();
	barrier();
	if (unlikely(!read_code(way, v, &code)))
		return exit_long(way, v->vcpu, v->isa);
	if (unlikely(!short_count(v, code, timed, home)))
		return exit_rest(v, code);
	return 0;
}

/* What @v->short_exit is if an exit of @vcpu may take the short path. */
static __always_inline __u64 short_value(const struct kvm_vcpu *vcpu)
{
	return (__u64)vcpu + vcpu->arch.hflags;
}

/* Of a vCPU that is not in its first home. */
static __always_inline __u64 short_exit_other(enum way way, __u32 homes, __u64 *ctx, bool timed)
{
	const struct kvm_vcpu *vcpu = (const struct kvm_vcpu *)ctx[0];
	const struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v;

	if (!vcpu || hint->ignored_address == (__u64)vcpu)
		return 0;
	v = second_home(homes, vcpu);
	if (v->short_exit != short_value(vcpu))
		v = hinted_home(homes, hint);
	if (v->short_exit == short_value(vcpu))
		return short_exit_of(way, v, timed, true);
	v = hinted_far(homes, hint);
	if (v && v->short_exit == short_value(vcpu))
		return short_exit_of(way, v, timed, false);
	return exit_long(way, number_of(vcpu) + memory_address, ctx[1]);
}

#define SHORT_EXIT(name, way, homes, timed)                                    \
	static __noinline __u64 exit_other_##name(__u64 *ctx)                  \
	{                                                                      \
		return short_exit_other(way, homes, ctx, timed);               \
	}                                                                      \
	SEC("?tp_btf/kvm_exit")                                                \
	__u64 short_exit_##name(__u64 *ctx)                                    \
	{                                                                      \
		const struct kvm_vcpu *vcpu = (const struct kvm_vcpu *)ctx[0]; \
		struct kvmtop_vcpu *v;                                         \
                                                                               \
		/* It never is, but 6.12's verifier does not know. */          \
		if (!vcpu)                                                     \
			return 0;                                              \
		v = first_home(homes, vcpu);                                   \
		if (unlikely(v->short_exit != short_value(vcpu)))              \
			return exit_other_##name(ctx);                         \
		return short_exit_of(way, v, timed, true);                     \
	}

#define SHORT_EXITS(name, way, homes)             \
	SHORT_EXIT(off_##name, way, homes, false) \
	SHORT_EXIT(timed_##name, way, homes, true)

/* Kernels with a large memory have plain loads. */
SHORT_EXITS(plain, WAY_PLAIN, KVMTOP_HOMES_LARGE)
SHORT_EXITS(small, WAY_PLAIN, KVMTOP_HOMES_SMALL)
SHORT_EXITS(current, WAY_CURRENT, KVMTOP_HOMES_SMALL)
SHORT_EXITS(probe, WAY_PROBE, KVMTOP_HOMES_SMALL)

/* An exit of @v for reason @code, which may take the short path; @home: it is in one. */
static __always_inline __u64 short_exit_code(struct kvmtop_vcpu *v, __u32 code, bool timed,
					     bool home)
{
	__u64 now_ns = 0;

	if (timed) {
		now_ns = bpf_ktime_get_ns();
		v->event_ns = now_ns;
	}
	barrier();
	if (unlikely(!short_count(v, code, timed, home)))
		return exit_rest(v, code);
	return now_ns;
}

/* The first home of the vCPU whose address is a number only. */
static __always_inline struct kvmtop_vcpu *number_home(__u64 vcpu)
{
	return home_in(KVMTOP_HOMES_SMALL, KVMTOP_HOME(vcpu - memory_address));
}

/* Of a vCPU that is not in its first home. */
static __noinline __u64 short_exit_args_other(__u64 vcpu, __u32 isa, __u32 code, bool timed)
{
	const struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v;

	if (hint->ignored_address == vcpu)
		return 0;
	v = hinted_home(KVMTOP_HOMES_SMALL, hint);
	if (v->short_exit == vcpu)
		return short_exit_code(v, code, timed, true);
	v = hinted_far(KVMTOP_HOMES_SMALL, hint);
	if (v && v->short_exit == vcpu)
		return short_exit_code(v, code, timed, false);
	return exit_long_args(vcpu, isa, code);
}

/* Where the arguments have no types, there is one home to look at. */
static __always_inline __u64 short_exit_args(struct bpf_raw_tracepoint_args *ctx, bool timed)
{
	__u64 vcpu = ctx->args[1];
	struct kvmtop_vcpu *v = number_home(vcpu);
	__u32 code = ctx->args[0];

	if (unlikely(v->short_exit != vcpu))
		return short_exit_args_other(vcpu, ctx->args[2], code, timed);
	return short_exit_code(v, code, timed, true);
}

SEC("?raw_tp/kvm_exit")
__u64 short_exit_off_args(struct bpf_raw_tracepoint_args *ctx)
{
	return short_exit_args(ctx, false);
}

SEC("?raw_tp/kvm_exit")
__u64 short_exit_timed_args(struct bpf_raw_tracepoint_args *ctx)
{
	return short_exit_args(ctx, true);
}

/* Of a vCPU that is not in a home, or that the hint does not name. */
static __noinline int short_exit_classic_other(struct record *ctx, bool timed)
{
	const struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v;

	if (hint->ignored_tid == (__u32)bpf_get_current_pid_tgid())
		return KEEP_EVENT;
	v = hinted_far(KVMTOP_HOMES_SMALL, hint);
	if (!v || v->short_exit != bpf_get_current_task())
		return handle_record(ctx);
	short_exit_code(v, FIELD(ctx, exit, 0, exit_reason), timed, false);
	return KEEP_EVENT;
}

/* The record has no address of the vCPU. Until it leaves KVM_RUN, the thread runs no other one. */
static __always_inline int short_exit_classic(struct record *ctx, bool timed)
{
	struct kvmtop_vcpu *v = hinted_home(KVMTOP_HOMES_SMALL, cpu_hint());

	if (unlikely(v->short_exit != bpf_get_current_task()))
		return short_exit_classic_other(ctx, timed);
	short_exit_code(v, FIELD(ctx, exit, 0, exit_reason), timed, true);
	return KEEP_EVENT;
}

SEC("?tp/kvm/kvm_exit")
int short_exit_off_classic(struct record *ctx)
{
	return short_exit_classic(ctx, false);
}

SEC("?tp/kvm/kvm_exit")
int short_exit_timed_classic(struct record *ctx)
{
	return short_exit_classic(ctx, true);
}

static __always_inline int entry_long(enum load how, __u64 vcpu, bool counted)
{
	return how == LOAD_PLAIN ? entry_long_plain(vcpu, counted)
				 : entry_long_probe(vcpu, counted);
}

static __always_inline __u64 short_entry_of(enum load how, __u32 homes, struct kvmtop_vcpu *v,
					    __u32 latency, bool counted)
{
	if (counted)
		v->entries++;
	if (latency == KVMTOP_LATENCY_OFF)
		return 0;
	return short_end(how, homes, v, latency == KVMTOP_LATENCY_FULL);
}

/* Of a vCPU that is not in its first home. */
static __always_inline __u64 short_entry_other(enum load how, __u32 homes, __u64 *ctx,
					       __u32 latency, bool counted)
{
	const void *vcpu = (const void *)ctx[0];
	const struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v;

	if (hint->ignored_address == (__u64)vcpu)
		return 0;
	v = second_home(homes, vcpu);
	if (v->short_entry != (__u64)vcpu)
		v = hinted_home(homes, hint);
	if (v->short_entry == (__u64)vcpu)
		return short_entry_of(how, homes, v, latency, counted);
	v = hinted_far(homes, hint);
	if (v && v->short_entry == (__u64)vcpu)
		return short_entry_of(how, homes, v, latency, counted);
	return entry_long(how, number_of(vcpu) + memory_address, counted);
}

/* Where the vCPU's address is a number only. */
static __always_inline __u64 short_entry_numbered(struct kvmtop_vcpu *v, __u32 latency,
						  bool counted)
{
	return short_entry_of(LOAD_PROBE, KVMTOP_HOMES_SMALL, v, latency, counted);
}

/* Of a vCPU that is not in its first home; the hint names it already. */
static __noinline __u64 short_entry_args_other(__u64 vcpu, __u32 latency, bool counted)
{
	const struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v;

	if (hint->ignored_address == vcpu)
		return 0;
	v = hinted_home(KVMTOP_HOMES_SMALL, hint);
	if (v->short_entry == vcpu)
		return short_entry_numbered(v, latency, counted);
	v = hinted_far(KVMTOP_HOMES_SMALL, hint);
	if (v && v->short_entry == vcpu)
		return short_entry_numbered(v, latency, counted);
	return entry_long(LOAD_PROBE, vcpu, counted);
}

/* Where the arguments have no types, there is one home to look at. */
static __always_inline __u64 short_entry_args(__u64 vcpu, __u32 latency, bool counted)
{
	struct kvmtop_vcpu *v = number_home(vcpu);

	if (unlikely(v->short_entry != vcpu))
		return short_entry_args_other(vcpu, latency, counted);
	return short_entry_numbered(v, latency, counted);
}

/* Of a vCPU that the hint does not name: from now on it does, for the classic kvm_exit. */
static __noinline __u64 short_entry_classic_other(__u64 vcpu, __u32 latency, bool counted)
{
	struct kvmtop_hint *hint = cpu_hint();
	struct kvmtop_vcpu *v;

	if (hint->ignored_address == vcpu)
		return 0;
	v = number_home(vcpu);
	if (v->short_entry != vcpu)
		return short_entry_args_other(vcpu, latency, counted);
	hint->slot = v->slot;
	return short_entry_numbered(v, latency, counted);
}

/* With the classic kvm_exit, which finds the vCPU by the hint. */
static __always_inline __u64 short_entry_classic(__u64 vcpu, __u32 latency, bool counted)
{
	struct kvmtop_vcpu *v = hinted_home(KVMTOP_HOMES_SMALL, cpu_hint());

	if (unlikely(v->short_entry != vcpu))
		return short_entry_classic_other(vcpu, latency, counted);
	return short_entry_numbered(v, latency, counted);
}

#define SHORT_ENTRY(name, how, homes, latency, counted)                      \
	static __noinline __u64 entry_other_##name(__u64 *ctx)               \
	{                                                                    \
		return short_entry_other(how, homes, ctx, latency, counted); \
	}                                                                    \
	SEC("?tp_btf/kvm_entry")                                             \
	__u64 short_entry_##name(__u64 *ctx)                                 \
	{                                                                    \
		const void *vcpu = (const void *)ctx[0];                     \
		struct kvmtop_vcpu *v = first_home(homes, vcpu);             \
                                                                             \
		if (unlikely(v->short_entry != (__u64)vcpu))                 \
			return entry_other_##name(ctx);                      \
		return short_entry_of(how, homes, v, latency, counted);      \
	}

#define SHORT_ENTRY_RAW(way, name, latency, counted)                          \
	SEC("?raw_tp/kvm_entry")                                              \
	__u64 short_entry_##name##_##way(struct bpf_raw_tracepoint_args *ctx) \
	{                                                                     \
		return short_entry_##way(ctx->args[0], latency, counted);     \
	}

#define SHORT_ENTRIES(name, latency, counted)                                       \
	SHORT_ENTRY(name##_plain, LOAD_PLAIN, KVMTOP_HOMES_LARGE, latency, counted) \
	SHORT_ENTRY(name##_small, LOAD_PLAIN, KVMTOP_HOMES_SMALL, latency, counted) \
	SHORT_ENTRY(name##_probe, LOAD_PROBE, KVMTOP_HOMES_SMALL, latency, counted) \
	SHORT_ENTRY_RAW(args, name, latency, counted)                               \
	SHORT_ENTRY_RAW(classic, name, latency, counted)

SHORT_ENTRIES(mean, KVMTOP_LATENCY_MEAN, false)
SHORT_ENTRIES(full, KVMTOP_LATENCY_FULL, false)
SHORT_ENTRIES(counted_off, KVMTOP_LATENCY_OFF, true)
SHORT_ENTRIES(counted_mean, KVMTOP_LATENCY_MEAN, true)
SHORT_ENTRIES(counted_full, KVMTOP_LATENCY_FULL, true)
/* Nothing but the hint. */
SHORT_ENTRY_RAW(classic, off, KVMTOP_LATENCY_OFF, false)
