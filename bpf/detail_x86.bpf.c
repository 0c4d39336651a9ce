// SPDX-License-Identifier: GPL-2.0
/*
 * detail_x86: the tracepoints that say what an exit of x86 was about. Raw, or classic where raw
 * programs may be skipped: these tracepoints fire with preemption on, as kvm_userspace_exit does
 * (bpf/userexit.bpf.c). From 5.10 to 7.2 the raw arguments are the same but for kvm_page_fault's,
 * and the loader checks them. The classic records are the same, too. Where one is not, the loader
 * says where its fields are.
 */
#include "common_x86.bpf.h"
#include "detail.bpf.h"
#include "record.bpf.h"

/* 1: kvm_page_fault has the vCPU first (6.1 does, 5.10 does not; BTF or the format says which). */
const volatile __u32 cfg_fault_has_vcpu = 0;

static __always_inline __u64 sub_of(bool write, __u32 size)
{
	return (write ? KVMTOP_DETAIL_WRITE : KVMTOP_DETAIL_READ) |
	       size << KVMTOP_DETAIL_SIZE_SHIFT;
}

/* ---- kvm_msr(write, ecx, data, exception) */

SEC("?raw_tp/kvm_msr")
int raw_msr(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_MSR, (__u32)ctx->args[1], sub_of((__u32)ctx->args[0], 0));
}

RECORD(msr); /* write, ecx */

struct msr_record {
	__u64 common;
	__u32 write;
	__u32 ecx;
};

SEC("?tp/kvm/kvm_msr")
int classic_msr(struct msr_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_MSR, FIELD(ctx, msr, 1, ecx),
			    sub_of(FIELD(ctx, msr, 0, write), 0));
}

/*
 * ---- kvm_userspace_exit(reason, errno): MSRs that the VMM reads and writes
 * (KVM_CAP_X86_USER_SPACE_MSR, KVM_X86_SET_MSR_FILTER). kvm_msr does not fire for these
 * (kvm_emulate_rdmsr and _wrmsr in arch/x86/kvm/x86.c). KVM passes the MSR to the VMM in struct
 * kvm_run.
 */

#define KVM_EXIT_X86_RDMSR 29
#define KVM_EXIT_X86_WRMSR 30

/* The begin of struct kvm_run, which is UAPI, at an exit for an MSR. */
struct run_head {
	__u64 flags;
	__u32 exit_reason;
	__u32 more_flags;
	__u64 cr8, apic_base;
	__u8 error, pad[7];
	__u32 msr_reason; /* one of KVM_MSR_EXIT_REASON_* */
	__u32 index;
};

_Static_assert(__builtin_offsetof(struct run_head, index) == KVMTOP_RUN_MSR_INDEX,
	       "as user space knows it");

/* Where the pointer to struct kvm_run was found in struct kvm_vcpu; 0: nowhere yet. */
__u32 run_offset = 0;

/* Words of struct kvm_vcpu that are looked through, from behind its first member, struct kvm *, on. */
#define RUN_WORDS 64

/*
 * Whether vcpu + @offset has a pointer to a struct kvm_run with @reason, an exit for an MSR. Then
 * @ret_index is that MSR.
 */
static __always_inline bool is_run(__u64 vcpu, __u32 offset, __u32 reason, __u32 *ret_index)
{
	struct run_head head = {};
	__u64 run = load_u64(LOAD_PROBE, vcpu + offset);

	if (bpf_probe_read_kernel(&head, sizeof(head), (void *)run) || head.exit_reason != reason ||
	    head.error || !head.msr_reason || head.msr_reason & (head.msr_reason - 1))
		return false;
	*ret_index = head.index;
	return true;
}

/*
 * The same without BTF (5.10): the pointer is searched for at the first such exit. It is recognised
 * by what it points to, so it is checked each time.
 */
static __noinline __u64 find_user_msr(__u64 vcpu, __u64 reason)
{
	__u32 i, index;

	if (run_offset && is_run(vcpu, run_offset, reason, &index))
		return index;
	for (i = 1; i < RUN_WORDS; i++) {
		if (!is_run(vcpu, i * 8, reason, &index))
			continue;
		run_offset = i * 8;
		return index;
	}
	return KVMTOP_REASON_UNKNOWN;
}

/* The slot of the vCPU that the current thread leaves KVM_RUN of: the main program has just found it. NULL as of detail_thread(). */
static __always_inline struct kvmtop_vcpu *detail_leaving(void)
{
	struct kvmtop_vcpu *v = vcpu_slot(detail_hint()->slot);
	__u32 tid = bpf_get_current_pid_tgid();
	__u32 *slot;

	if (!v || v->tid != tid) {
		slot = bpf_map_lookup_elem(&by_tid, &tid);
		v = slot ? vcpu_slot(*slot) : NULL;
	}
	if (!v || v->tid != tid || v->state & KVMTOP_STATE_DEAD) {
		__sync_fetch_and_add(&detail_drops.unknown, 1);
		return NULL;
	}
	return v->state & KVMTOP_STATE_IGNORED ? NULL : v;
}

static __always_inline int handle_user_msr(enum load how, struct kvmtop_vcpu *v, __u32 reason)
{
	struct kvmtop_detail_key key = { .kind = KVMTOP_DETAIL_MSR };

	if (bpf_core_field_exists(struct kvm_vcpu, run))
		key.key = load_u32(how, load_field_u64(how, v->vcpu, struct kvm_vcpu, run) +
						KVMTOP_RUN_MSR_INDEX);
	else
		key.key = find_user_msr(v->vcpu, reason);
	if (key.key == KVMTOP_REASON_UNKNOWN)
		return KEEP_EVENT; /* an exit without a key: it is among the others */
	key.sub = sub_of(reason == KVM_EXIT_X86_WRMSR, 0);
	detail_add(v, &key, KVMTOP_DETAIL_MSR);
	return KEEP_EVENT;
}

/* With an errno the reason is a left-over (bpf/userexit.bpf.c). */
static __always_inline int handle_userspace_exit(__u32 reason, __s32 error)
{
	struct kvmtop_vcpu *v;

	if (error < 0 || (reason != KVM_EXIT_X86_RDMSR && reason != KVM_EXIT_X86_WRMSR))
		return KEEP_EVENT;
	v = detail_leaving();
	if (!v || !v->vcpu)
		return KEEP_EVENT;
	if (cfg_plain)
		return handle_user_msr(LOAD_PLAIN, v, reason);
	return handle_user_msr(LOAD_PROBE, v, reason);
}

SEC("?raw_tp/kvm_userspace_exit")
int raw_userspace_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_userspace_exit(ctx->args[0], ctx->args[1]);
}

RECORD(userspace_exit); /* reason, errno */

SEC("?tp/kvm/kvm_userspace_exit")
int classic_userspace_exit(struct user_record *ctx)
{
	return handle_userspace_exit(FIELD(ctx, userspace_exit, 0, reason),
				     FIELD(ctx, userspace_exit, 1, error));
}

/* ---- kvm_pio(rw, port, size, count, data): rw is 1 for OUT (KVM_PIO_OUT) */

SEC("?raw_tp/kvm_pio")
int raw_pio(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_PIO, (__u32)ctx->args[1],
			    sub_of((__u32)ctx->args[0], ctx->args[2]));
}

RECORD(pio); /* rw, port, size */

struct pio_record {
	__u64 common;
	__u32 rw;
	__u32 port;
	__u32 size;
};

SEC("?tp/kvm/kvm_pio")
int classic_pio(struct pio_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_PIO, FIELD(ctx, pio, 1, port),
			    sub_of(FIELD(ctx, pio, 0, rw), FIELD(ctx, pio, 2, size)));
}

/* ---- kvm_cpuid(function, index, ...) */

SEC("?raw_tp/kvm_cpuid")
int raw_cpuid(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_CPUID, (__u32)ctx->args[0], 0);
}

RECORD(cpuid); /* function */

struct cpuid_record {
	__u64 common;
	__u32 function;
};

SEC("?tp/kvm/kvm_cpuid")
int classic_cpuid(struct cpuid_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_CPUID, FIELD(ctx, cpuid, 0, function), 0);
}

/* ---- kvm_cr(rw, cr, val): rw is 1 for a write */

SEC("?raw_tp/kvm_cr")
int raw_cr(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_CR, (__u32)ctx->args[1], sub_of((__u32)ctx->args[0], 0));
}

RECORD(cr); /* rw, cr */

struct cr_record {
	__u64 common;
	__u32 rw;
	__u32 cr;
};

SEC("?tp/kvm/kvm_cr")
int classic_cr(struct cr_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_CR, FIELD(ctx, cr, 1, cr),
			    sub_of(FIELD(ctx, cr, 0, rw), 0));
}

/* ---- kvm_mmio(type, len, gpa, val) */

/*
 * KVM_TRACE_MMIO_* of include/trace/events/kvm.h. A read that the VMM serves is two events: the first, unsatisfied, is not
 * counted, so that each read is one.
 */
enum { MMIO_READ_UNSATISFIED, MMIO_READ, MMIO_WRITE };

static __always_inline int handle_mmio(__u32 type, __u32 len, __u64 gpa)
{
	if (type == MMIO_READ_UNSATISFIED)
		return KEEP_EVENT;
	return detail_event(KVMTOP_DETAIL_MMIO, gpa, sub_of(type == MMIO_WRITE, len));
}

SEC("?raw_tp/kvm_mmio")
int raw_mmio(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_mmio(ctx->args[0], ctx->args[1], ctx->args[2]);
}

RECORD(mmio); /* type, len, gpa */

struct mmio_record {
	__u64 common;
	__u32 type;
	__u32 len;
	__u64 gpa;
};

SEC("?tp/kvm/kvm_mmio")
int classic_mmio(struct mmio_record *ctx)
{
	return handle_mmio(FIELD(ctx, mmio, 0, type), FIELD(ctx, mmio, 1, len),
			   FIELD(ctx, mmio, 2, gpa));
}

/*
 * ---- kvm_fast_mmio(gpa): a write to the doorbell of an ioeventfd without a length. KVM does not decode it (handle_ept_misconfig
 * in arch/x86/kvm/vmx/vmx.c), so it has no size, and there is no kvm_mmio.
 */

SEC("?raw_tp/kvm_fast_mmio")
int raw_fast_mmio(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_MMIO, ctx->args[0], sub_of(true, 0));
}

RECORD(fast_mmio); /* gpa */

struct fast_mmio_record {
	__u64 common;
	__u64 gpa;
};

SEC("?tp/kvm/kvm_fast_mmio")
int classic_fast_mmio(struct fast_mmio_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_MMIO, FIELD(ctx, fast_mmio, 0, gpa), sub_of(true, 0));
}

/* ---- kvm_vmgexit_enter(vcpu_id, ghcb): what an encrypted guest (SEV-ES, SNP) asks for; all such exits have the reason vmgexit */

/* What vmlinux.h does not have of it. */
struct ghcb_save_area___detail {
	u64 sw_exit_code;
} __attribute__((preserve_access_index));

struct ghcb___detail {
	struct ghcb_save_area___detail save;
} __attribute__((preserve_access_index));

SEC("?raw_tp/kvm_vmgexit_enter")
int raw_vmgexit_enter(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 ghcb = ctx->args[1], code;

	if (!bpf_core_field_exists(struct ghcb___detail, save.sw_exit_code))
		return KEEP_EVENT;
	code = cfg_plain
		       ? load_field_u64(LOAD_PLAIN, ghcb, struct ghcb___detail, save.sw_exit_code)
		       : load_field_u64(LOAD_PROBE, ghcb, struct ghcb___detail, save.sw_exit_code);
	return detail_event(KVMTOP_DETAIL_VMGEXIT, code, 0);
}

RECORD(vmgexit_enter); /* exit_reason */

struct vmgexit_record {
	__u64 common;
	__u32 vcpu_id;
	__u32 pad;
	__u64 exit_reason;
};

SEC("?tp/kvm/kvm_vmgexit_enter")
int classic_vmgexit_enter(struct vmgexit_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_VMGEXIT, FIELD(ctx, vmgexit_enter, 0, exit_reason), 0);
}

/* ---- kvm_hypercall(nr, ...), kvm_hv_hypercall(code, ...) */

SEC("?raw_tp/kvm_hypercall")
int raw_hypercall(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_HYPERCALL, ctx->args[0], 0);
}

RECORD(hypercall); /* nr */

struct hypercall_record {
	__u64 common;
	__u64 nr;
};

SEC("?tp/kvm/kvm_hypercall")
int classic_hypercall(struct hypercall_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_HYPERCALL, FIELD(ctx, hypercall, 0, nr), 0);
}

SEC("?raw_tp/kvm_hv_hypercall")
int raw_hv_hypercall(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_HV_HYPERCALL, (__u16)ctx->args[0], 0);
}

RECORD(hv_hypercall); /* code */

/* var_cnt, which came after 5.15, is behind the code. */
struct hv_hypercall_record {
	__u64 common;
	__u16 rep_cnt;
	__u16 rep_idx;
	__u32 pad;
	__u64 ingpa;
	__u64 outgpa;
	__u16 code;
};

SEC("?tp/kvm/kvm_hv_hypercall")
int classic_hv_hypercall(struct hv_hypercall_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_HV_HYPERCALL, FIELD(ctx, hv_hypercall, 0, code), 0);
}

/* ---- kvm_inj_virq(vector, ...) */

SEC("?raw_tp/kvm_inj_virq")
int raw_inj_virq(struct bpf_raw_tracepoint_args *ctx)
{
	return detail_event(KVMTOP_DETAIL_VECTOR, (__u32)ctx->args[0], 0);
}

RECORD(inj_virq); /* vector */

struct virq_record {
	__u64 common;
	__u32 vector;
};

SEC("?tp/kvm/kvm_inj_virq")
int classic_inj_virq(struct virq_record *ctx)
{
	return detail_event(KVMTOP_DETAIL_VECTOR, FIELD(ctx, inj_virq, 0, vector), 0);
}

/* ---- kvm_page_fault([vcpu,] address, error_code) */

static __always_inline int handle_fault(__u64 address, __u64 code)
{
	if (cfg_kinds & 1u << KVMTOP_DETAIL_FAULT)
		detail_event(KVMTOP_DETAIL_FAULT, code, 0);
	if (cfg_kinds & 1u << KVMTOP_DETAIL_PAGE)
		detail_event(KVMTOP_DETAIL_PAGE, address & ~0xfffull, code);
	return KEEP_EVENT;
}

SEC("?raw_tp/kvm_page_fault")
int raw_page_fault(struct bpf_raw_tracepoint_args *ctx)
{
	if (cfg_fault_has_vcpu)
		return handle_fault(ctx->args[1], ctx->args[2]);
	return handle_fault(ctx->args[0], (__u32)ctx->args[1]);
}

RECORD(page_fault); /* fault_address, error_code */

struct fault_record {
	__u64 common;
	__u64 vcpu_id;
	__u64 guest_rip;
	__u64 address;
	__u64 code;
};

SEC("?tp/kvm/kvm_page_fault")
int classic_page_fault(struct fault_record *ctx)
{
	return handle_fault(FIELD(ctx, page_fault, 0, address), FIELD(ctx, page_fault, 1, code));
}

/* Without the vCPU. A program of its own: none may read behind the end of the record. */
struct old_fault_record {
	__u64 common;
	__u64 address;
	__u32 code;
};

SEC("?tp/kvm/kvm_page_fault")
int classic_page_fault_old(struct old_fault_record *ctx)
{
	return handle_fault(FIELD(ctx, page_fault, 0, address), FIELD(ctx, page_fault, 1, code));
}

/* ---- kvm_exit: for rip and slow exits */

/*
 * Raw: on SVM the VMCB has all of it. On VMX only the classic record has the guest's rip, which
 * takes a VMREAD. So the classic program is attached there; this one serves slow exits where there
 * is no record.
 */
static __always_inline int handle_exit_raw(enum load how, __u64 vcpu, __u32 isa)
{
	struct detail_exit e = { .isa = isa };
	struct kvmtop_vcpu *v = detail_vcpu(vcpu);
	__u64 vmcb;

	if (!v)
		return 0;
	if (bpf_core_type_exists(struct vcpu_vmx) && isa == KVM_ISA_VMX) {
		e.reason = vmx_exit_reason(how, vcpu);
		detail_exit(v, &e);
		return 0;
	}
	if (!bpf_core_type_exists(struct vcpu_svm) || isa != KVM_ISA_SVM)
		return 0;
	e.known = KVMTOP_EXIT_PC | KVMTOP_EXIT_INFO;
	vmcb = load_field_u64(how, vcpu, struct vcpu_svm, vmcb);
	e.reason = load_field_u32(how, vmcb, struct vmcb, control.exit_code);
	if (cfg_slow_ns || (cfg_pc && is_pc_reason(e.reason)))
		e.pc = load_field_u64(how, vmcb, struct vmcb, save.rip);
	if (cfg_slow_ns) {
		e.info1 = load_field_u64(how, vmcb, struct vmcb, control.exit_info_1);
		e.info2 = load_field_u64(how, vmcb, struct vmcb, control.exit_info_2);
	}
	detail_exit(v, &e);
	return 0;
}

SEC("?raw_tp/kvm_exit")
int detail_exit_plain(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_exit_raw(LOAD_PLAIN, ctx->args[0], ctx->args[1]);
}

SEC("?raw_tp/kvm_exit")
int detail_exit_probe(struct bpf_raw_tracepoint_args *ctx)
{
	return handle_exit_raw(LOAD_PROBE, ctx->args[0], ctx->args[1]);
}

RECORD(exit); /* exit_reason, guest_rip, isa, info1, info2 */

/* As in exit_x86.bpf.c. */
struct exit_record {
	__u64 common;
	__u32 exit_reason;
	__u32 pad0;
	__u64 guest_rip;
	__u32 isa;
	__u32 pad1;
	__u64 info1;
	__u64 info2;
};

SEC("?tp/kvm/kvm_exit")
int detail_exit_classic(struct exit_record *ctx)
{
	struct detail_exit e = {
		.reason = FIELD(ctx, exit, 0, exit_reason),
		.pc = FIELD(ctx, exit, 1, guest_rip),
		.isa = FIELD(ctx, exit, 2, isa),
		.known = KVMTOP_EXIT_PC | KVMTOP_EXIT_INFO,
		.info1 = FIELD(ctx, exit, 3, info1),
		.info2 = FIELD(ctx, exit, 4, info2),
	};
	struct kvmtop_vcpu *v = detail_thread();

	if (v)
		detail_exit(v, &e);
	return KEEP_EVENT;
}
