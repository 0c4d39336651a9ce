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
#include "user_msr_x86.bpf.h"

/* 1: kvm_page_fault has the vCPU first (6.1 does, 5.10 does not; BTF or the format says which). */
const volatile __u32 cfg_fault_has_vcpu = 0;

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

/* ---- kvm_userspace_exit(reason, errno): MSRs that the VMM reads and writes */

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
