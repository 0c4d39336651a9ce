// SPDX-License-Identifier: GPL-2.0
/*
 * nested_x86 - guests of the guest's own (--nested), by SVM and by VMX.
 */
#include <inttypes.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simguest.h"

/* Intel's VMCS, manual volume 3, appendix B; and the MSRs about it, appendix A. */
#define VMCS_HOST_CS_SELECTOR 0x0c02
#define VMCS_HOST_SS_SELECTOR 0x0c04
#define VMCS_HOST_TR_SELECTOR 0x0c0c
#define VMCS_LINK_POINTER 0x2800
#define VMCS_LINK_POINTER_HIGH 0x2801
#define VMCS_PIN_CONTROLS 0x4000
#define VMCS_CPU_CONTROLS 0x4002
#define VMCS_EXIT_CONTROLS 0x400c
#define VMCS_ENTRY_CONTROLS 0x4012
#define VMCS_EXIT_REASON 0x4402
#define VMCS_GUEST_CS_LIMIT 0x4802
#define VMCS_GUEST_ACCESS_RIGHTS 0x4814 /* ES, CS, SS, DS, FS, GS, LDTR, TR, 2 apart */
#define VMCS_GUEST_CR0 0x6800
#define VMCS_GUEST_CR3 0x6802
#define VMCS_GUEST_CR4 0x6804
#define VMCS_GUEST_DR7 0x681a
#define VMCS_GUEST_RIP 0x681e
#define VMCS_GUEST_RFLAGS 0x6820
#define VMCS_HOST_CR0 0x6c00
#define VMCS_HOST_CR3 0x6c02
#define VMCS_HOST_CR4 0x6c04
#define VMCS_HOST_GDTR_BASE 0x6c0c
#define VMCS_HOST_RSP 0x6c14
#define VMCS_HOST_RIP 0x6c16
#define SEGMENT_UNUSABLE 0x10000
#define EXIT_REASON_VMCALL 18
#define MSR_IA32_FEATURE_CONTROL 0x3a
#define FEATURE_CONTROL_VMXON 5 /* locked; VMXON outside SMX */
#define MSR_IA32_VMX_BASIC 0x480
#define MSR_IA32_VMX_TRUE_PIN 0x48d
#define MSR_IA32_VMX_TRUE_CPU 0x48e
#define MSR_IA32_VMX_TRUE_EXIT 0x48f
#define MSR_IA32_VMX_TRUE_ENTRY 0x490
#define CR0_NE 0x20
#define CR4_VMXE 0x2000

/* L2: mov dx, PORT_COUNTED; out dx, al; vmcall; cpuid; jmp to that. AMD's begins with the CPUID. */
static const uint8_t L2_CODE[] = {
	0x66, 0xba, IMM16(PORT_COUNTED), 0xee, 0x0f, 0x01, 0xc1, 0x0f, 0xa2, 0xeb, 0xfc
};
#define L2_CPUID 8

/*
 * With VMX the guest becomes a hypervisor, fills its VMCS, and enters its guest once, by VMLAUNCH, as VMRESUME is for later
 * entries only. L2's OUT is none of L1's business: KVM takes it to the VMM, and L2 goes on. Its VMCALL brings L1 back, which
 * has it go on behind that. Thereafter L1 writes no field: L2 leaves by the same CPUID each time. So a shadow VMCS, if
 * KVM gives it one, makes no difference to a round. VMX instructions say by CF or ZF that they failed; an entry that
 * was refused is an exit for another reason.
 */
void emit_vmx_start(struct code *code, unsigned int region, unsigned int fault)
{
	unsigned int loop;

	EMIT(code, 0x36, 0xf3, VMX_POINTER(0)); /* vmxon ss:[pointer] */
	EMIT(code, JBE(code, fault));
	EMIT(code, 0x36, 0x66, VMX_POINTER(1)); /* vmclear ss:[pointer] */
	EMIT(code, JBE(code, fault));
	EMIT(code, 0x36, VMX_POINTER(1)); /* vmptrld ss:[pointer] */
	EMIT(code, JBE(code, fault));

	EMIT(code, 0xbd, IMM16(IN_VMX_PAGE(VMX_FIELDS))); /* mov bp, VMX_FIELDS */
	loop = code->len;
	EMIT(code, 0x66, 0x8b, 0x46, 0); /* mov eax, [bp] */
	EMIT(code, 0x0f, 0x79, 0x46, 4); /* vmwrite eax, [bp + 4] */
	EMIT(code, JBE(code, fault));
	EMIT(code, 0x83, 0xc5, 8, 0x66, 0x83, 0x7e, 0, 0); /* add bp, 8; cmp dword [bp], 0 */
	EMIT(code, JNE(code, loop));

	EMIT(code, CALL(IN_VMX_PAGE(VMX_LAUNCH)));
	EMIT(code, EAX(VMCS_EXIT_REASON), 0x0f, 0x78, 0xc1); /* vmread ecx, eax */
	EMIT(code, 0x66, 0x83, 0xf9, EXIT_REASON_VMCALL);    /* cmp ecx, EXIT_REASON_VMCALL */
	EMIT(code, JNE(code, fault));
	EMIT(code, EAX(VMCS_GUEST_RIP), ECX(region + L2_PAGE * PAGE + L2_CPUID));
	EMIT(code, 0x0f, 0x79, 0xc1); /* vmwrite eax, ecx */
	EMIT(code, JBE(code, fault));
}

static void put(uint8_t *page, unsigned int offset, uint64_t value, unsigned int size)
{
	memcpy(page + offset, &value, size);
}

static void vcpu_set_msr(const struct vcpu *vcpu, uint32_t index, uint64_t value)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msrs = { { .nmsrs = 1 }, { .index = index, .data = value } };

	if (KVM(vcpu->fd, KVM_SET_MSRS, &msrs) != 1)
		die("KVM does not take MSR 0x%x", index);
}

static uint64_t vcpu_get_msr(const struct vcpu *vcpu, uint32_t index)
{
	struct {
		struct kvm_msrs head;
		struct kvm_msr_entry entry;
	} msrs = { { .nmsrs = 1 }, { .index = index } };

	if (KVM(vcpu->fd, KVM_GET_MSRS, &msrs) != 1)
		die("KVM has no MSR 0x%x", index);
	return msrs.entry.data;
}

/* AMD's VMCB, manual volume 2, appendix B. */
#define VMCB_INTERCEPT3 0x00c
#define VMCB_INTERCEPT4 0x010
#define VMCB_IOPM 0x040
#define VMCB_MSRPM 0x048
#define VMCB_ASID 0x058
#define VMCB_SEGMENTS 0x400 /* ES, CS, SS, DS, FS, GS, GDTR, LDTR, IDTR, TR, 16 bytes each */
#define VMCB_EFER 0x4d0
#define VMCB_CR0 0x558
#define VMCB_DR7 0x560
#define VMCB_DR6 0x568
#define VMCB_RFLAGS 0x570
#define VMCB_PAT 0x668
#define INTERCEPT_CPUID (1u << 18)
#define INTERCEPT_VMRUN 1u
#define EFER_SVME 0x1000
#define MSR_VM_HSAVE_PA 0xc0010117

/* L2 in real mode. The RIP of the VMCB stays, so it exits at the same place each time. */
static void vmcb_create(uint8_t *mem, unsigned int region)
{
	uint8_t *vmcb = mem + region + VMCB_PAGE * PAGE;
	unsigned int i;

	memcpy(mem + region + L2_PAGE * PAGE, L2_CODE + L2_CPUID, sizeof(L2_CODE) - L2_CPUID);
	put(vmcb, VMCB_INTERCEPT3, INTERCEPT_CPUID, 4);
	put(vmcb, VMCB_INTERCEPT4, INTERCEPT_VMRUN, 4);
	/* Nothing of it is looked at, as no I/O and no MSR is intercepted. */
	put(vmcb, VMCB_IOPM, 0, 8);
	put(vmcb, VMCB_MSRPM, 0, 8);
	put(vmcb, VMCB_ASID, 1, 4);
	for (i = 0; i < 10; i++) {
		uint8_t *seg = vmcb + VMCB_SEGMENTS + i * 16;

		put(seg, 2, i == 1 ? 0x9b : i == 7 ? 0x82 : i == 9 ? 0x8b : 0x93, 2);
		put(seg, 4, 0xffff, 4);
		put(seg, 8, i == 1 ? region + L2_PAGE * PAGE : 0, 8);
		put(seg, 0, i == 1 ? (region + L2_PAGE * PAGE) >> 4 : 0, 2);
	}
	put(vmcb, VMCB_EFER, EFER_SVME, 8);
	put(vmcb, VMCB_CR0, 0x10, 8);
	put(vmcb, VMCB_DR7, 0x400, 8);
	put(vmcb, VMCB_DR6, 0xffff0ff0, 8);
	put(vmcb, VMCB_RFLAGS, 2, 8);
	put(vmcb, VMCB_PAT, 0x0007040600070406, 8);
}

static void vcpu_setup_svm(struct vcpu *vcpu, struct kvm_sregs *sregs, unsigned int region)
{
	vmcb_create(vcpu->vm->mem, region);
	sregs->efer |= EFER_SVME;
	vcpu_set_msr(vcpu, MSR_VM_HSAVE_PA, region + HSAVE_PAGE * PAGE);
}

struct vmcs_field {
	uint32_t field, value;
};

/* Of the GDT; those for CS and SS make L1's segments what they were before L2 ran. */
enum { SELECTOR_CS = 8, SELECTOR_SS = 16, SELECTOR_TR = 24 };

/* A segment of 64 KB, of a type that has been accessed. */
static uint64_t descriptor(uint32_t base, uint8_t access)
{
	return 0xffff | (uint64_t)(base & 0xffffff) << 16 | (uint64_t)access << 40;
}

/*
 * What L1 writes into its VMCS. All else is 0, which is what a VMCS of zeroes means to KVM. No controls but those that must be
 * set, the low half of the MSRs: of L2's instructions, only those exit to L1 that always do. L2 has L1's page tables.
 */
static void vmx_fields(struct vcpu *vcpu, const struct kvm_sregs *sregs, unsigned int region)
{
	const struct vmcs_field fields[] = {
		{ VMCS_LINK_POINTER, ~0u },
		{ VMCS_LINK_POINTER_HIGH, ~0u },
		{ VMCS_PIN_CONTROLS, vcpu_get_msr(vcpu, MSR_IA32_VMX_TRUE_PIN) },
		{ VMCS_CPU_CONTROLS, vcpu_get_msr(vcpu, MSR_IA32_VMX_TRUE_CPU) },
		{ VMCS_EXIT_CONTROLS, vcpu_get_msr(vcpu, MSR_IA32_VMX_TRUE_EXIT) },
		{ VMCS_ENTRY_CONTROLS, vcpu_get_msr(vcpu, MSR_IA32_VMX_TRUE_ENTRY) },
		{ VMCS_HOST_CS_SELECTOR, SELECTOR_CS },
		{ VMCS_HOST_SS_SELECTOR, SELECTOR_SS },
		{ VMCS_HOST_TR_SELECTOR, SELECTOR_TR },
		{ VMCS_HOST_CR0, sregs->cr0 },
		{ VMCS_HOST_CR3, sregs->cr3 },
		{ VMCS_HOST_CR4, sregs->cr4 },
		{ VMCS_HOST_GDTR_BASE, region + IN_VMX_PAGE(VMX_GDT) },
		{ VMCS_HOST_RSP, PAGE - 2 }, /* where CALL left its return address */
		{ VMCS_HOST_RIP, region + IN_VMX_PAGE(VMX_EXIT) },
		{ VMCS_GUEST_CS_LIMIT, ~0u },
		{ VMCS_GUEST_ACCESS_RIGHTS, SEGMENT_UNUSABLE },
		{ VMCS_GUEST_ACCESS_RIGHTS + 2, 0xc09b }, /* CS: 32-bit code, 4 GB */
		{ VMCS_GUEST_ACCESS_RIGHTS + 4, SEGMENT_UNUSABLE },
		{ VMCS_GUEST_ACCESS_RIGHTS + 6, SEGMENT_UNUSABLE },
		{ VMCS_GUEST_ACCESS_RIGHTS + 8, SEGMENT_UNUSABLE },
		{ VMCS_GUEST_ACCESS_RIGHTS + 10, SEGMENT_UNUSABLE },
		{ VMCS_GUEST_ACCESS_RIGHTS + 12, SEGMENT_UNUSABLE },
		{ VMCS_GUEST_ACCESS_RIGHTS + 14, 0x8b }, /* TR: a busy TSS */
		{ VMCS_GUEST_CR0, sregs->cr0 },
		{ VMCS_GUEST_CR3, sregs->cr3 },
		{ VMCS_GUEST_CR4, sregs->cr4 },
		{ VMCS_GUEST_DR7, 0x400 },
		{ VMCS_GUEST_RIP, region + L2_PAGE * PAGE },
		{ VMCS_GUEST_RFLAGS, 2 },
	};

	memcpy(vcpu->vm->mem + region + IN_VMX_PAGE(VMX_FIELDS), fields, sizeof(fields));
}

/*
 * A VM exit comes back to flat 32-bit segments. L1 needs its own CS and SS only: memory that its others point to is not mapped
 * with --nested.
 */
static void vmx_code(uint8_t *page)
{
	struct code code = { page, VMX_RESUME };

	EMIT(&code, 0x0f, 0x01, 0xc3, OUT(PORT_FAULT)); /* vmresume */
	code.len = VMX_LAUNCH;
	EMIT(&code, 0x0f, 0x01, 0xc2, OUT(PORT_FAULT)); /* vmlaunch */
	code.len = VMX_EXIT;
	EMIT(&code, 0xb8, IMM32(SELECTOR_SS), 0x8e, 0xd0); /* mov eax, SELECTOR_SS; mov ss, eax */
	EMIT(&code, 0x66, 0xea, IMM16(IN_VMX_PAGE(code.len + 6)), IMM16(SELECTOR_CS)); /* jmp */
	EMIT(&code, 0xc3);							       /* ret */
}

static void vcpu_setup_vmx(struct vcpu *vcpu, struct kvm_sregs *sregs, unsigned int region)
{
	uint8_t *mem = vcpu->vm->mem + region, *page = mem + VMX_PAGE * PAGE;
	uint32_t revision = vcpu_get_msr(vcpu, MSR_IA32_VMX_BASIC);

	memcpy(mem + L2_PAGE * PAGE, L2_CODE, sizeof(L2_CODE));
	put(mem + VMXON_PAGE * PAGE, 0, revision, 4);
	put(mem + VMCS_PAGE * PAGE, 0, revision, 4);
	put(page, VMX_POINTERS, region + VMXON_PAGE * PAGE, 8);
	put(page, VMX_POINTERS + 8, region + VMCS_PAGE * PAGE, 8);
	put(page, VMX_GDT + SELECTOR_CS, descriptor(region, 0x9b), 8);
	put(page, VMX_GDT + SELECTOR_SS, descriptor(region, 0x93), 8);
	vmx_code(page);
	sregs->cr0 |= CR0_NE;
	sregs->cr4 |= CR4_VMXE;
	vmx_fields(vcpu, sregs, region);
	vcpu_set_msr(vcpu, MSR_IA32_FEATURE_CONTROL, FEATURE_CONTROL_VMXON);
}

/* KVM lets only a guest with paging run guests: all of memory is mapped as it is, in pages of 4 MB. */
void vcpu_setup_nested(struct vcpu *vcpu, struct kvm_sregs *sregs, unsigned int region, int kvm_fd)
{
	struct {
		struct kvm_cpuid2 head;
		struct kvm_cpuid_entry2 entries[256];
	} *cpuid = calloc(1, sizeof(*cpuid));

	if (!cpuid)
		die("out of memory");
	cpuid->head.nent = 256;
	KVM(kvm_fd, KVM_GET_SUPPORTED_CPUID, cpuid);
	KVM(vcpu->fd, KVM_SET_CPUID2, cpuid);
	free(cpuid);
	put(vcpu->vm->mem + region, DIRECTORY_PAGE * PAGE, 0x83, 4);
	sregs->cr0 |= 0x80000001; /* PG, PE */
	sregs->cr3 = region + DIRECTORY_PAGE * PAGE;
	sregs->cr4 |= 0x10; /* PSE */
	if (vcpu->cfg->mix.vmresume)
		vcpu_setup_vmx(vcpu, sregs, region);
	else
		vcpu_setup_svm(vcpu, sregs, region);
}

/* Of those that emit_vmx_start() writes: a write is no exit if KVM has a shadow VMCS (vmcs_shadow_fields.h, from 5.3 on). */
static bool is_shadowed(uint32_t field)
{
	switch (field) {
	case VMCS_PIN_CONTROLS:
	case VMCS_CPU_CONTROLS:
	case VMCS_GUEST_CR0:
	case VMCS_GUEST_CR3:
	case VMCS_GUEST_CR4:
	case VMCS_GUEST_RIP:
	case VMCS_GUEST_RFLAGS:
		return true;
	}
	return false;
}

static bool kvm_shadows_vmcs(void)
{
	FILE *f = fopen("/sys/module/kvm_intel/parameters/enable_shadow_vmcs", "re");
	bool yes = f && fgetc(f) == 'Y';

	if (f)
		fclose(f);
	return yes;
}

/* VMWRITEs that exit. */
static unsigned int vmwrites(const struct vcpu *vcpu, bool shadow)
{
	unsigned int at, n = !shadow; /* RIP, see emit_vmx_start() */
	uint32_t field;

	for (at = IN_VMX_PAGE(VMX_FIELDS); (field = guest_u32(vcpu, at)); at += 8)
		n += !shadow || !is_shadowed(field);
	return n;
}

void print_nested(const struct vcpu *vcpu, uint64_t n)
{
	bool shadow;

	if (vcpu->cfg->mix.vmrun) {
		printf(",\"nested\":{\"vmrun\":%" PRIu64 ",\"L2:cpuid\":%" PRIu64 "}", n, n);
		return;
	}
	shadow = kvm_shadows_vmcs();
	printf(",\"nested\":{\"VMON\":1,\"VMCLEAR\":1,\"VMPTRLD\":1,\"VMWRITE\":%u,\"VMLAUNCH\":1"
	       ",\"L2:IO_INSTRUCTION\":1,\"L2:VMCALL\":1",
	       vmwrites(vcpu, shadow));
	if (!shadow) /* nor is reading the exit reason one */
		printf(",\"VMREAD\":1");
	printf(",\"VMRESUME\":%" PRIu64 ",\"L2:CPUID\":%" PRIu64 "}", n, n);
}
