// SPDX-License-Identifier: GPL-2.0
/*
 * x86_classes: the classes of x86's exit reasons, and its hints. Ports are QEMU's and the PC's; MSRs are the architecture's.
 */
#include "x86_classes.h"

#include <linux/kvm.h>

#include "x86.h"
#include "x86_codes.h"

#define CLASS(code_, class_)                                    \
	{                                                       \
		.code = (code_), .class = REASON_CLASS_##class_ \
	}

const struct arch_class x86_svm_classes[X86_SVM_CLASSES] = {
	CLASS(SVM_NPF, FAULT),
	CLASS(SVM_HLT, HALT),
	CLASS(SVM_IDLE_HLT, HALT),
	CLASS(SVM_MWAIT, HALT),
	CLASS(SVM_MWAIT_COND, HALT),
	CLASS(SVM_INTR, IRQ),
	CLASS(SVM_MSR, REGISTER),
	CLASS(SVM_IOIO, PORT),
	CLASS(SVM_CPUID, FEATURES),
	CLASS(SVM_VMMCALL, CALL),
	CLASS(SVM_PAUSE, PAUSE),
	CLASS(SVM_VMRUN, ENTRY),
	CLASS(SVM_BUS_LOCK, BUS_LOCK),
	CLASS(SVM_VMGEXIT, ENCRYPTED),
	CLASS(SVM_READ_CR0, CONTROL),
	CLASS(SVM_READ_CR2, CONTROL),
	CLASS(SVM_READ_CR3, CONTROL),
	CLASS(SVM_READ_CR4, CONTROL),
	CLASS(SVM_READ_CR8, CONTROL),
	CLASS(SVM_WRITE_CR0, CONTROL),
	CLASS(SVM_WRITE_CR2, CONTROL),
	CLASS(SVM_WRITE_CR3, CONTROL),
	CLASS(SVM_WRITE_CR4, CONTROL),
	CLASS(SVM_WRITE_CR8, CONTROL),
	CLASS(SVM_CR0_SEL_WRITE, CONTROL),
	CLASS(SVM_CR0_WRITE_TRAP, CONTROL),
	CLASS(SVM_CR3_WRITE_TRAP, CONTROL),
	CLASS(SVM_CR4_WRITE_TRAP, CONTROL),
	CLASS(SVM_CR8_WRITE_TRAP, CONTROL),
	CLASS(SVM_EFER_WRITE_TRAP, REGISTER),
};

const struct arch_class x86_vmx_classes[X86_VMX_CLASSES] = {
	CLASS(VMX_EPT_VIOLATION, FAULT),
	CLASS(VMX_EPT_MISCONFIG, FAULT),
	CLASS(VMX_HLT, HALT),
	CLASS(VMX_MWAIT_INSTRUCTION, HALT),
	CLASS(VMX_UMWAIT, HALT),
	CLASS(VMX_TPAUSE, HALT),
	CLASS(VMX_EXTERNAL_INTERRUPT, IRQ),
	CLASS(VMX_MSR_READ, REGISTER),
	CLASS(VMX_MSR_WRITE, REGISTER),
	CLASS(VMX_MSR_READ_IMM, REGISTER),
	CLASS(VMX_MSR_WRITE_IMM, REGISTER),
	CLASS(VMX_IO_INSTRUCTION, PORT),
	CLASS(VMX_CPUID, FEATURES),
	CLASS(VMX_VMCALL, CALL),
	CLASS(VMX_PAUSE_INSTRUCTION, PAUSE),
	CLASS(VMX_CR_ACCESS, CONTROL),
	CLASS(VMX_BUS_LOCK, BUS_LOCK),
	CLASS(VMX_TDCALL, ENCRYPTED),
	CLASS(VMX_VMLAUNCH, ENTRY),
	CLASS(VMX_VMRESUME, ENTRY),
};

const struct arch_class x86_user_classes[X86_USER_CLASSES] = {
	CLASS(KVM_EXIT_X86_RDMSR, REGISTER),
	CLASS(KVM_EXIT_X86_WRMSR, REGISTER),
	CLASS(KVM_EXIT_X86_BUS_LOCK, BUS_LOCK),
};

#define ORIGIN(user_, isa_, code_)                                                  \
	{                                                                           \
		.user = KVM_EXIT_##user_, .isa = ISA_##isa_, .code = isa_##_##code_ \
	}

/* Devices in memory are known to be some from the second access on: then they are a misconfiguration to VMX. */
const struct arch_origin x86_origins[X86_ORIGINS] = {
	ORIGIN(IO, SVM, IOIO),
	ORIGIN(IO, VMX, IO_INSTRUCTION),
	ORIGIN(MMIO, SVM, NPF),
	ORIGIN(MMIO, VMX, EPT_MISCONFIG),
	ORIGIN(MMIO, VMX, EPT_VIOLATION),
	ORIGIN(HLT, SVM, HLT),
	ORIGIN(HLT, VMX, HLT),
	ORIGIN(HYPERCALL, SVM, VMMCALL),
	ORIGIN(HYPERCALL, VMX, VMCALL),
	ORIGIN(X86_RDMSR, SVM, MSR),
	ORIGIN(X86_RDMSR, VMX, MSR_READ),
	ORIGIN(X86_WRMSR, SVM, MSR),
	ORIGIN(X86_WRMSR, VMX, MSR_WRITE),
};

#define SLOW_CLOCK                                                                         \
	"the guest reads a slow clock: let it use kvm-clock or the TSC; Windows: hv-time " \
	"and hv-stimer"
#define TIMER "the guest's timer: a tickless guest, fewer timers; Windows: hv-stimer-direct"
#define NO_APICV "an APIC access that hardware could do: are APICv or AVIC on?"

/* The first that has the key counts. */
const struct arch_hint x86_hints[X86_HINTS] = {
	{ DETAIL_PIO, 0x608, 0x608, "PM timer", SLOW_CLOCK },
	{ DETAIL_PIO, 0xb008, 0xb008, "PM timer", SLOW_CLOCK },
	{ DETAIL_PIO, 0x40, 0x43, "PIT", SLOW_CLOCK },
	{ DETAIL_PIO, 0x70, 0x71, "RTC", SLOW_CLOCK },
	{ DETAIL_PIO, 0x3f8, 0x3ff, "serial", "console output: fewer messages, or virtio-console" },
	{ DETAIL_PIO, 0x1f0, 0x1f7, "IDE", "an emulated disk: use virtio" },
	{ DETAIL_PIO, 0x60, 0x64, "keyboard", "the guest polls the keyboard controller" },
	{ DETAIL_MMIO, 0xfed00000, 0xfed003ff, "HPET", SLOW_CLOCK "; QEMU: hpet=off" },
	{ DETAIL_MMIO, 0xa0000, 0xbffff, "VGA",
	  "an emulated display: a serial console is cheaper" },
	{ DETAIL_MSR, 0x6e0, 0x6e0, "TSC_DEADLINE", TIMER },
	{ DETAIL_MSR, 0x400000b0, 0x400000b7, "Hyper-V timer", TIMER },
	{ DETAIL_MSR, 0x830, 0x830, "IPI", "IPIs: are APICv or AVIC on? Paravirtual IPIs help" },
	{ DETAIL_MSR, 0x80b, 0x80b, "EOI", NO_APICV },
	{ DETAIL_MSR, 0x838, 0x838, "APIC timer", TIMER },
	{ DETAIL_MSR, 0x800, 0x8ff, "APIC", NO_APICV },
};
