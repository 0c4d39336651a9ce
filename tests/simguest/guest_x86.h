/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest_x86 - the guest on x86: the layout of its memory, and what its parts share. These are the VM and its vCPUs
 * (guest_x86.c), the program (program_x86.c), and guests of its own (nested_x86.c).
 */
#ifndef SIMGUEST_GUEST_X86_H
#define SIMGUEST_GUEST_X86_H

#include <stdbool.h>
#include <stdint.h>

struct config;
struct kvm_sregs;
struct vcpu;

/* Exits per round. */
struct guest_mix {
	uint64_t cpuid, rdmsr, wrmsr, tsc_deadline, out, in, mmio, mmio_read, doorbell, hypercall,
		hlt, halt_irqchip, nested, spin;
	uint64_t user_rdmsr, user_wrmsr, filter_rdmsr, filter_wrmsr, cr, string_out, touch;
	uint64_t vmcall, vmmcall; /* hypercall, as this CPU's vendor does it */
	uint64_t vmresume, vmrun; /* nested, likewise */
	uint64_t halt_us;	  /* a halt of halt_irqchip */
	uint64_t touch_mib;	  /* for touch, of each vCPU */
};

#define PAGE 4096u
/*
 * Guest memory of one vCPU: only the first page is used (but for --nested). KVM's legacy MMU maps an aligned group of
 * 8 pages at once (PTE_PREFETCH_NUM), so that a neighbour's first touch would be lost in one group.
 */
#define REGION (8 * PAGE)
#define MAX_VCPUS (0x100000 / REGION) /* what real-mode segments reach */

/* Further pages of a vCPU with --nested. */
enum {
	DIRECTORY_PAGE = 1,
	VMCB_PAGE,
	HSAVE_PAGE,
	L2_PAGE,
	VMX_PAGE,
	/* VMX in place of SVM */
	VMCS_PAGE = VMCB_PAGE,
	VMXON_PAGE = HSAVE_PAGE,
};

/* In VMX_PAGE: code of the guest that is a hypervisor (L1; its own guest is L2), and what it reads. */
#define VMX_RESUME 0
#define VMX_LAUNCH 8
#define VMX_EXIT 16
#define VMX_POINTERS 32 /* u64 each: the VMXON region, the VMCS */
#define VMX_GDT 48
#define VMX_FIELDS 256 /* struct vmcs_field each, the last one 0 */
#define IN_VMX_PAGE(offset) (VMX_PAGE * PAGE + (offset))

/* In the page of a vCPU; the stack grows down from its end. */
#define TIMER_VECTOR 0x40
#define IDT_SIZE ((TIMER_VECTOR + 1) * 4)
#define INTERRUPTS 0x108 /* u32, both counted by the guest, see emit_timer_handler() */
#define EARLY_ONES 0x10c
#define CODE_START 0x110
#define CODE_END 0xf00

/* Ports that no in-kernel device has. */
#define PORT_COUNTED 0x510
#define PORT_READY 0x511
#define PORT_DONE 0x512
#define PORT_FAULT 0x513

#define MMIO_GPA 0xd0000000u	 /* + one page per vCPU; no memory there. DS points to it */
#define DOORBELL_GPA 0xd8000000u /* likewise, with an ioeventfd. GS points to it */
#define TOUCHED_GPA \
	0x10000000u /* + --touch-mib per vCPU, memory that nothing has touched yet. ES points to it */
#define APIC_GPA 0xfee00000u /* FS points to it */
#define APIC_EOI 0xb0
#define APIC_SPIV 0xf0
#define APIC_LVTT 0x320
#define APIC_TMICT 0x380
#define APIC_TDCR 0x3e0

/* Both are intercepted by VMX and SVM and handled in the kernel; this write is ignored. */
#define MSR_IA32_APICBASE 0x1b
#define MSR_IA32_UCODE_WRITE 0x79
/*
 * KVM on VMX goes back to the guest at once (fast path) if it has an APIC. This one's timer has another mode, so the
 * MSR is ignored.
 */
#define MSR_IA32_TSC_DEADLINE 0x6e0
/* KVM knows no such MSR; and two that a filter takes from it: the VMM has to read and write them. */
#define MSR_NONE 0x12340
#define MSR_FILTERED_READ 0x606
#define MSR_FILTERED_WRITE 0x611

/* Bytes of --string-out: an exit each, and on an emulated CPU one more, for none. */
#define STRING_LEN 4

/* ---- code: 16-bit, 0x66 makes an instruction 32-bit ---- */

struct code {
	uint8_t *page;
	unsigned int len;
};

#define IMM16(x) (uint8_t)(x), (uint8_t)((x) >> 8)
#define IMM32(x) IMM16(x), IMM16((x) >> 16)
#define OUT(port) 0xba, IMM16(port), 0xee /* mov dx, port; out dx, al */
#define EAX(x) 0x66, 0xb8, IMM32(x)
#define ECX(x) 0x66, 0xb9, IMM32(x)
#define APIC_WRITE(reg, x) 0x64, 0x66, 0xc7, 0x06, IMM16(reg), IMM32(x) /* mov dword fs:[reg], x */
#define MMIO_WRITE 0xa2, IMM16(0)					/* mov ds:[0], al */
#define DOORBELL 0x65, 0xa2, IMM16(0)					/* mov gs:[0], al */

#define CALL(at) 0xb8, IMM16(at), 0xff, 0xd0 /* mov ax, at; call ax */
/* The opcode, and in SS the operand, of VMXON, VMCLEAR, VMPTRLD; a prefix says which. */
#define VMX_POINTER(i) 0x0f, 0xc7, 0x36, IMM16(IN_VMX_PAGE(VMX_POINTERS + 8 * (i)))

#define INC(at) 0x66, 0x36, 0xff, 0x06, IMM16(at) /* inc dword ss:[at] */

#define BODY(...) .len = sizeof((uint8_t[]){ __VA_ARGS__ }), .bytes = { __VA_ARGS__ }

void emit(struct code *code, const uint8_t *bytes, unsigned int len);
#define EMIT(code, ...) emit(code, (uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))

/* The offset from the end of a 2-byte operand, about to be emitted, back to target. */
static inline unsigned int back16(const struct code *code, unsigned int opcode_len,
				  unsigned int target)
{
	return target - (code->len + opcode_len + 2);
}

#define JBE(code, target) 0x0f, 0x86, IMM16(back16(code, 2, target))
#define JNE(code, target) 0x0f, 0x85, IMM16(back16(code, 2, target))

/* ---- between the parts ---- */

/* The VM has KVM's interrupt controllers. */
bool has_irqchip(const struct config *cfg);

/* Writes vCPU's program and interrupt table into its page. Returns where it starts. */
unsigned int assemble(uint8_t *page, unsigned int region, const struct config *cfg);

/* Ends the process if the numbers of --keys do not fit the program. */
void check_keys(const struct config *cfg);

/* With VMX the program begins with this; an instruction that fails goes to @fault. */
void emit_vmx_start(struct code *code, unsigned int region, unsigned int fault);

/* Lets the vCPU run a guest of its own; changes @sregs. */
void vcpu_setup_nested(struct vcpu *vcpu, struct kvm_sregs *sregs, unsigned int region, int kvm_fd);

/* What is expected with @n entries to each nested guest. */
void print_nested(const struct vcpu *vcpu, uint64_t n);

/* A number of the guest's, @offset behind the begin of the vCPU's memory. */
uint32_t guest_u32(const struct vcpu *vcpu, unsigned int offset);

#endif
