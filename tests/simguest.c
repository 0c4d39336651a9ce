// SPDX-License-Identifier: GPL-2.0
/*
 * simguest - VMs whose every VM exit is known beforehand, for tests and benchmarks.
 *
 * Each vCPU runs a little real-mode program, assembled here, that leaves guest mode a known number
 * of times for each reason. At the end one JSON object per vCPU says what an observer must have
 * counted ("expect"), what KVM_RUN returned ("user") and what KVM itself says, of the vCPU and of its
 * VM ("kvm_stats" and "kvm_vm_stats", from statistics fds).
 *
 * The program, all of which fits in one page:
 *
 *	first touches; OUT READY	one vCPU at a time, see vcpu_main(); --nested on VMX: and all up to
 *					the first round's VMRESUME
 *   pass: rounds times { for each kind: N times its exit; spin }
 *	OUT DONE; jump to pass		as often as the VMM enters the guest again
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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
#define APIC_GPA 0xfee00000u	 /* FS points to it */
#define APIC_EOI 0xb0
#define APIC_SPIV 0xf0
#define APIC_LVTT 0x320
#define APIC_TMICT 0x380
#define APIC_TDCR 0x3e0

#define IRQ_LINE 5 /* that nobody else raises */

/* Both are intercepted by VMX and SVM and handled in the kernel; this write is ignored. */
#define MSR_IA32_APICBASE 0x1b
#define MSR_IA32_UCODE_WRITE 0x79
/* KVM on VMX goes back to the guest right away (fast path) if it has an APIC; this one's timer has another mode, so it is ignored. */
#define MSR_IA32_TSC_DEADLINE 0x6e0
/* KVM knows no such MSR; and two that a filter takes from it: the VMM has to read and write them. */
#define MSR_NONE 0x12340
#define MSR_FILTERED_READ 0x606
#define MSR_FILTERED_WRITE 0x611

struct config {
	/* exits per round */
	uint64_t cpuid, rdmsr, wrmsr, tsc_deadline, out, in, mmio, mmio_read, doorbell, hypercall,
		hlt, halt_irqchip, nested;
	uint64_t user_rdmsr, user_wrmsr, filter_rdmsr, filter_wrmsr, cr, string_out;
	uint64_t vmcall, vmmcall; /* hypercall, as this CPU's vendor does it */
	uint64_t vmresume, vmrun; /* nested, likewise */
	uint64_t rounds, passes, spin, keys;
	uint64_t vms, vcpus, generations, processes;
	uint64_t user_sleep_us, halt_us, gap_ms, ready_fd, irqs, park;
	uint64_t migrate, handover, forever, hold, step, in_thread, keep_stats_fds, time;
	uint64_t fail_entry;
	uint64_t first_fd;
	const char *go_file, *close_file, *name, *uuid; /* all fields from here on are text */
};

static bool has_irqchip(const struct config *cfg)
{
	return cfg->halt_irqchip || cfg->irqs || cfg->tsc_deadline;
}

static uint64_t user_msrs(const struct config *cfg)
{
	return cfg->user_rdmsr + cfg->user_wrmsr + cfg->filter_rdmsr + cfg->filter_wrmsr;
}

#define FIELD(name) offsetof(struct config, name)

struct vcpu {
	const struct config *cfg;
	struct fleet *fleet;
	struct vm *vm;
	unsigned int id;
	int fd, stats_fd; /* stats_fd: with --keep-stats-fds, else -1 */
	struct kvm_run *run;
	pthread_t thread;
	pid_t tid;
	uint64_t passes;
	uint64_t best_ns;  /* the fastest pass, KVM_RUN to OUT DONE */
	uint64_t user[64]; /* by kvm_run->exit_reason */
	uint64_t eintr;
};

struct vm {
	int fd, doorbell_fd; /* doorbell_fd: with --doorbell, else -1 */
	bool fd_closed;
	uint8_t *mem;
	pthread_mutex_t first_touch;
};

/* All VMs of a generation. */
struct fleet {
	const struct config *cfg;
	struct vm *vms;
	struct vcpu *vcpus; /* VM after VM */
	unsigned int n_vcpus;
	int kvm_run_size;
	pthread_barrier_t ready, go, touched;
	volatile bool done;
};

static volatile sig_atomic_t stop;
static volatile sig_atomic_t unplug, plug; /* --park */

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("simguest: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static int kvm_ioctl(int fd, const char *name, unsigned long request, unsigned long arg)
{
	int ret = ioctl(fd, request, arg);

	if (ret < 0)
		die("%s: %s", name, strerror(errno));
	return ret;
}
#define KVM(fd, request, arg) kvm_ioctl(fd, #request, request, (unsigned long)(arg))

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* ---- the guest's program: 16-bit code, 0x66 makes an instruction 32-bit ---- */

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
/* The opcode, and in SS the operand, of VMXON, VMCLEAR, VMPTRLD; which of them a prefix tells. */
#define VMX_POINTER(i) 0x0f, 0xc7, 0x36, IMM16(IN_VMX_PAGE(VMX_POINTERS + 8 * (i)))

#define INC(at) 0x66, 0x36, 0xff, 0x06, IMM16(at) /* inc dword ss:[at] */

#define BODY(...) .len = sizeof((uint8_t[]){ __VA_ARGS__ }), .bytes = { __VA_ARGS__ }

/*
 * With --keys K (a power of two) each of these uses K different ones in turn: the base, and what follows it. The MSRs are the
 * MTRRs' (16 can be read and written); hypercalls from 100 on do not exist, which is traced before KVM says so.
 */
#define KEYED_PORT 0x600
#define KEYED_MSR 0x200
#define KEYED_MSRS 16u
#define KEYED_HYPERCALL 100
#define KEYED_MMIO_STEP 8
#define MAX_KEYS (PAGE / KEYED_MMIO_STEP)

/* Bytes of --string-out: an exit each, and on an emulated CPU one more, for none. */
#define STRING_LEN 4

/* Register = (ESI & mask) + base; the mask is filled in by emit_keyed(). ESI counts down. */
#define MASK32 0, 0, 0, 0
#define EAX_KEY(base) 0x66, 0x89, 0xf0, 0x66, 0x25, MASK32, 0x66, 0x05, IMM32(base)
#define ECX_KEY(base) 0x66, 0x89, 0xf1, 0x66, 0x81, 0xe1, MASK32, 0x66, 0x81, 0xc1, IMM32(base)
#define DX_KEY(base) 0x89, 0xf2, 0x81, 0xe2, 0, 0, 0x81, 0xc2, IMM16(base)
#define BX_KEY 0x89, 0xf3, 0x81, 0xe3, 0, 0, 0xc1, 0xe3, 3 /* times KEYED_MMIO_STEP */

#define KEYED(mask_at_, mask_size_, ...)                  \
	.mask_at = (mask_at_), .mask_size = (mask_size_), \
	.keyed_len = sizeof((uint8_t[]){ __VA_ARGS__ }), .keyed = { __VA_ARGS__ }

/* What one round consists of, in this order. Each may use any register but ESI and EDI. */
static const struct kind {
	size_t count; /* where in struct config */
	uint8_t len, bytes[24];
	uint8_t keyed_len, mask_at, mask_size, keyed[32]; /* with --keys */
} KINDS[] = {
	{ FIELD(cpuid), BODY(EAX(0), ECX(0), 0x0f, 0xa2),
	  KEYED(5, 4, EAX_KEY(0), ECX(0), 0x0f, 0xa2) },
	{ FIELD(rdmsr), BODY(ECX(MSR_IA32_APICBASE), 0x0f, 0x32),
	  KEYED(6, 4, ECX_KEY(KEYED_MSR), 0x0f, 0x32) },
	{ FIELD(wrmsr), BODY(ECX(MSR_IA32_UCODE_WRITE), 0x0f, 0x30),
	  KEYED(6, 4, ECX_KEY(KEYED_MSR), EAX(0), 0x66, 0x31, 0xd2, 0x0f, 0x30) },
	{ FIELD(tsc_deadline),
	  BODY(ECX(MSR_IA32_TSC_DEADLINE), EAX(0), 0x66, 0x31, 0xd2, 0x0f, 0x30) },
	{ FIELD(user_rdmsr), BODY(ECX(MSR_NONE), 0x0f, 0x32) },
	{ FIELD(user_wrmsr), BODY(ECX(MSR_NONE), 0x0f, 0x30) },
	{ FIELD(filter_rdmsr), BODY(ECX(MSR_FILTERED_READ), 0x0f, 0x32) },
	{ FIELD(filter_wrmsr), BODY(ECX(MSR_FILTERED_WRITE), 0x0f, 0x30) },
	{ FIELD(cr), BODY(0x0f, 0x20, 0xe0) }, /* mov eax, cr4 */
	/* push si; xor si, si; mov cx, STRING_LEN; mov dx, PORT_COUNTED; rep outs dx, cs:[si]; pop si */
	{ FIELD(string_out), BODY(0x56, 0x31, 0xf6, 0xb9, IMM16(STRING_LEN), 0xba,
				  IMM16(PORT_COUNTED), 0xf3, 0x2e, 0x6e, 0x5e) },
	/* KVM_HC_VAPIC_POLL_IRQ does nothing */
	{ FIELD(vmcall), BODY(EAX(1), 0x0f, 0x01, 0xc1),
	  KEYED(5, 4, EAX_KEY(KEYED_HYPERCALL), 0x0f, 0x01, 0xc1) },
	{ FIELD(vmmcall), BODY(EAX(1), 0x0f, 0x01, 0xd9),
	  KEYED(5, 4, EAX_KEY(KEYED_HYPERCALL), 0x0f, 0x01, 0xd9) },
	{ FIELD(out), BODY(OUT(PORT_COUNTED)), KEYED(4, 2, DX_KEY(KEYED_PORT), 0xee) },
	{ FIELD(in), BODY(0xba, IMM16(PORT_COUNTED), 0xec), KEYED(4, 2, DX_KEY(KEYED_PORT), 0xec) },
	{ FIELD(mmio), BODY(MMIO_WRITE), KEYED(4, 2, BX_KEY, 0x88, 0x07) },
	{ FIELD(mmio_read), BODY(0xa0, IMM16(0)), KEYED(4, 2, BX_KEY, 0x8a, 0x07) },
	{ FIELD(doorbell), BODY(DOORBELL) },
	{ FIELD(hlt), BODY(0xf4) },
	{ FIELD(vmrun), BODY(EAX(0), 0x0f, 0x01, 0xd8) }, /* vmrun; EAX: the VMCB */
	{ FIELD(vmresume), BODY(CALL(IN_VMX_PAGE(VMX_RESUME))) },
	/* cli; arm the timer; sti; hlt: sti takes effect after hlt */
	{ FIELD(halt_irqchip), BODY(0xfa, APIC_WRITE(APIC_TMICT, 0), 0xfb, 0xf4) },
	{ FIELD(spin), BODY(0x90) },
};

static void emit(struct code *code, const uint8_t *bytes, unsigned int len)
{
	if (code->len + len > CODE_END)
		die("the guest's program is too long");
	memcpy(code->page + code->len, bytes, len);
	code->len += len;
}
#define EMIT(code, ...) emit(code, (uint8_t[]){ __VA_ARGS__ }, sizeof((uint8_t[]){ __VA_ARGS__ }))

/* The offset from the end of a 2-byte operand, about to be emitted, back to target. */
static unsigned int back16(const struct code *code, unsigned int opcode_len, unsigned int target)
{
	return target - (code->len + opcode_len + 2);
}

#define JBE(code, target) 0x0f, 0x86, IMM16(back16(code, 2, target))
#define JNE(code, target) 0x0f, 0x85, IMM16(back16(code, 2, target))

/* In APIC timer ticks: KVM's APIC bus cycle is 1 ns. */
static uint32_t halt_ticks(const struct config *cfg)
{
	return cfg->halt_us * 1000;
}

/* The body of a kind with what is only known now: the mask for --keys, the vCPU's VMCB, the time of a halt. Returns its length. */
static unsigned int emit_keyed(struct code *code, const struct kind *kind, const struct config *cfg,
			       unsigned int region)
{
	uint8_t body[sizeof(kind->keyed)];
	uint32_t mask = cfg->keys - 1;

	if (kind->count == FIELD(vmrun)) {
		uint32_t vmcb = region + VMCB_PAGE * PAGE;

		memcpy(body, kind->bytes, kind->len);
		memcpy(body + 2, &vmcb, sizeof(vmcb));
		emit(code, body, kind->len);
		return kind->len;
	}
	if (kind->count == FIELD(halt_irqchip)) {
		uint32_t ticks = halt_ticks(cfg);

		memcpy(body, kind->bytes, kind->len);
		memcpy(body + 7, &ticks, sizeof(ticks));
		emit(code, body, kind->len);
		return kind->len;
	}
	if (cfg->keys <= 1 || !kind->keyed_len) {
		emit(code, kind->bytes, kind->len);
		return kind->len;
	}
	memcpy(body, kind->keyed, sizeof(body));
	memcpy(body + kind->mask_at, &mask, kind->mask_size);
	emit(code, body, kind->keyed_len);
	return kind->keyed_len;
}

static void emit_round(struct code *code, const struct config *cfg, unsigned int region)
{
	const struct kind *kind;
	unsigned int len;

	for (kind = KINDS; kind < KINDS + sizeof(KINDS) / sizeof(*KINDS); kind++) {
		uint64_t n = *(const uint64_t *)((const char *)cfg + kind->count);

		if (!n)
			continue;
		EMIT(code, 0x66, 0xbe, IMM32(n)); /* mov esi, n */
		len = emit_keyed(code, kind, cfg, region);
		EMIT(code, 0x66, 0x4e, 0x75, -(len + 4)); /* dec esi; jnz body */
	}
}

/*
 * The timer must wake a HLT, or that would never end. An interrupt between STI and HLT comes too
 * early, so the timer is armed again. Processors do not let this happen, nor deliver an interrupt
 * twice; QEMU's TCG does both now and then, if it leaves its loop between the injection and the
 * next VM exit (hence EOI first). The guest counts what it got; HLT exits stay as many as asked for.
 */
static void emit_timer_handler(struct code *code, const struct config *cfg)
{
	EMIT(code, APIC_WRITE(APIC_EOI, 0), INC(INTERRUPTS));
	EMIT(code, 0x55, 0x89, 0xe5);		   /* push bp; mov bp, sp */
	EMIT(code, 0x8b, 0x6e, 2);		   /* mov bp, [bp + 2]: where to return to */
	EMIT(code, 0x80, 0x7e, 0, 0xf4, 0x75, 16); /* cmp byte [bp], HLT; jne past the next two */
	EMIT(code, APIC_WRITE(APIC_TMICT, halt_ticks(cfg)), INC(EARLY_ONES)); /* 10 and 6 bytes */
	EMIT(code, 0x5d, 0xcf);						      /* pop bp; iret */
}

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
 * has it go on behind that. Thereafter L1 writes no field, so that whether KVM gives it a shadow VMCS makes no difference to a
 * round: L2 leaves by the same CPUID each time. VMX instructions say by CF or ZF that they failed; an entry that was refused is
 * an exit for another reason.
 */
static void emit_vmx_start(struct code *code, unsigned int region, unsigned int fault)
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

/* Writes vCPU's program and interrupt table into its page. Returns where it starts. */
static unsigned int assemble(uint8_t *page, unsigned int region, const struct config *cfg)
{
	struct code code = { page, CODE_START };
	unsigned int fault = code.len, timer, start, pass, round, i;

	EMIT(&code, OUT(PORT_FAULT));
	timer = code.len;
	emit_timer_handler(&code, cfg);
	for (i = 0; i < IDT_SIZE / 4; i++)
		memcpy(page + i * 4,
		       (uint8_t[]){ IMM16(i == TIMER_VECTOR ? timer : fault), IMM16(region >> 4) },
		       4);

	start = code.len;
	if (cfg->mmio || cfg->mmio_read)
		EMIT(&code, MMIO_WRITE);
	if (cfg->doorbell)
		EMIT(&code, DOORBELL);
	if (cfg->halt_irqchip)
		EMIT(&code, APIC_WRITE(APIC_EOI, 0));
	if (cfg->vmresume)
		emit_vmx_start(&code, region, fault);
	EMIT(&code, OUT(PORT_READY));
	pass = code.len;
	EMIT(&code, 0x66, 0xbf, IMM32(cfg->rounds)); /* mov edi, rounds */
	round = code.len;
	emit_round(&code, cfg, region);
	EMIT(&code, 0x66, 0x4f); /* dec edi */
	EMIT(&code, JNE(&code, round));
	EMIT(&code, OUT(PORT_DONE));
	EMIT(&code, 0xe9, IMM16(back16(&code, 1, pass))); /* jmp pass */
	return start;
}

/* ---- VMs and vCPUs ---- */

static void set_segment(struct kvm_segment *seg, uint32_t base)
{
	seg->base = base;
	seg->selector = base >> 4;
}

static void set_lapic_reg(struct kvm_lapic_state *lapic, unsigned int reg, uint32_t value)
{
	memcpy(lapic->regs + reg, &value, sizeof(value));
}

/* A one-shot timer that the guest arms by writing TMICT. */
static void vcpu_setup_lapic(struct vcpu *vcpu)
{
	struct kvm_mp_state runnable = { KVM_MP_STATE_RUNNABLE };
	struct kvm_lapic_state lapic;

	KVM(vcpu->fd, KVM_GET_LAPIC, &lapic);
	set_lapic_reg(&lapic, APIC_SPIV, 0x1ff);
	set_lapic_reg(&lapic, APIC_LVTT, TIMER_VECTOR);
	set_lapic_reg(&lapic, APIC_TDCR, 0xb); /* divide by 1 */
	KVM(vcpu->fd, KVM_SET_LAPIC, &lapic);
	KVM(vcpu->fd, KVM_SET_MP_STATE, &runnable);
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
static void vcpu_setup_nested(struct vcpu *vcpu, struct kvm_sregs *sregs, unsigned int region,
			      int kvm_fd)
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
	if (vcpu->cfg->vmresume)
		vcpu_setup_vmx(vcpu, sregs, region);
	else
		vcpu_setup_svm(vcpu, sregs, region);
}

static void vcpu_create(struct vcpu *vcpu, int kvm_fd)
{
	unsigned int region = vcpu->id * REGION;
	struct kvm_regs regs = { .rflags = 2, .rsp = PAGE };
	struct kvm_sregs sregs;

	vcpu->fd = KVM(vcpu->vm->fd, KVM_CREATE_VCPU, vcpu->id);
	vcpu->run = mmap(NULL, vcpu->fleet->kvm_run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		die("mmap of kvm_run: %s", strerror(errno));
	KVM(vcpu->fd, KVM_GET_SREGS, &sregs);
	set_segment(&sregs.cs, region);
	set_segment(&sregs.ss, region);
	set_segment(&sregs.ds, MMIO_GPA + vcpu->id * PAGE);
	set_segment(&sregs.fs, APIC_GPA);
	set_segment(&sregs.gs, DOORBELL_GPA + vcpu->id * PAGE);
	sregs.idt.base = region;
	sregs.idt.limit = IDT_SIZE - 1;
	if (vcpu->cfg->nested)
		vcpu_setup_nested(vcpu, &sregs, region, kvm_fd);
	KVM(vcpu->fd, KVM_SET_SREGS, &sregs);
	regs.rip = assemble(vcpu->vm->mem + region, region, vcpu->cfg);
	KVM(vcpu->fd, KVM_SET_REGS, &regs);
	if (has_irqchip(vcpu->cfg))
		vcpu_setup_lapic(vcpu);
	vcpu->stats_fd = vcpu->cfg->keep_stats_fds ? KVM(vcpu->fd, KVM_GET_STATS_FD, 0) : -1;
}

/* MSRs that KVM does not know go to the VMM, and two that it does. */
static void vm_take_msrs(const struct vm *vm)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_X86_USER_SPACE_MSR,
				      .args = { KVM_MSR_EXIT_REASON_UNKNOWN |
						KVM_MSR_EXIT_REASON_FILTER } };
	uint64_t allowed = ~0ull & ~1ull & ~(1ull << (MSR_FILTERED_WRITE - MSR_FILTERED_READ));
	struct kvm_msr_filter filter = {
		.ranges[0] = { .flags = KVM_MSR_FILTER_READ | KVM_MSR_FILTER_WRITE,
			       .nmsrs = MSR_FILTERED_WRITE - MSR_FILTERED_READ + 1,
			       .base = MSR_FILTERED_READ,
			       .bitmap = (uint8_t *)&allowed },
	};

	KVM(vm->fd, KVM_ENABLE_CAP, &cap);
	KVM(vm->fd, KVM_X86_SET_MSR_FILTER, &filter);
}

/* Of any length, which lets KVM on VMX ring it without a look at the instruction (kvm_fast_mmio). */
static void vm_add_doorbells(struct vm *vm, uint64_t vcpus)
{
	uint64_t i;

	vm->doorbell_fd = eventfd(0, EFD_CLOEXEC);
	if (vm->doorbell_fd < 0)
		die("eventfd: %s", strerror(errno));
	for (i = 0; i < vcpus; i++) {
		struct kvm_ioeventfd doorbell = { .addr = DOORBELL_GPA + i * PAGE,
						  .fd = vm->doorbell_fd };

		KVM(vm->fd, KVM_IOEVENTFD, &doorbell);
	}
}

static void vm_create(struct vm *vm, const struct config *cfg, int kvm_fd)
{
	struct kvm_userspace_memory_region mem = { .memory_size = cfg->vcpus * REGION };

	vm->fd = KVM(kvm_fd, KVM_CREATE_VM, 0);
	vm->mem = mmap(NULL, mem.memory_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (vm->mem == MAP_FAILED)
		die("mmap of guest memory: %s", strerror(errno));
	/* A huge page made later would take the mapping away and fault once more. */
	madvise(vm->mem, mem.memory_size, MADV_NOHUGEPAGE);
	mem.userspace_addr = (uintptr_t)vm->mem;
	KVM(vm->fd, KVM_SET_USER_MEMORY_REGION, &mem);
	KVM(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000); /* VMX wants one */
	if (has_irqchip(cfg))
		KVM(vm->fd, KVM_CREATE_IRQCHIP, 0);
	if (user_msrs(cfg))
		vm_take_msrs(vm);
	vm->doorbell_fd = -1;
	if (cfg->doorbell)
		vm_add_doorbells(vm, cfg->vcpus);
	pthread_mutex_init(&vm->first_touch, NULL);
}

static void fleet_create(struct fleet *fleet, const struct config *cfg, int kvm_fd)
{
	unsigned int i;

	*fleet = (struct fleet){
		.cfg = cfg,
		.vms = calloc(cfg->vms, sizeof(struct vm)),
		.vcpus = calloc(cfg->vms * cfg->vcpus, sizeof(struct vcpu)),
		.n_vcpus = cfg->vms * cfg->vcpus,
		.kvm_run_size = KVM(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0),
	};
	if (!fleet->vms || !fleet->vcpus)
		die("out of memory");
	for (i = 0; i < cfg->vms; i++)
		vm_create(&fleet->vms[i], cfg, kvm_fd);
	for (i = 0; i < fleet->n_vcpus; i++) {
		fleet->vcpus[i] = (struct vcpu){ .cfg = cfg,
						 .fleet = fleet,
						 .vm = &fleet->vms[i / cfg->vcpus],
						 .id = i % cfg->vcpus };
		vcpu_create(&fleet->vcpus[i], kvm_fd);
	}
	pthread_barrier_init(&fleet->ready, NULL, fleet->n_vcpus + 1);
	pthread_barrier_init(&fleet->go, NULL, fleet->n_vcpus + 1);
	pthread_barrier_init(&fleet->touched, NULL, fleet->n_vcpus);
}

static void fleet_destroy(struct fleet *fleet)
{
	unsigned int i;

	for (i = 0; i < fleet->n_vcpus; i++) {
		if (fleet->vcpus[i].stats_fd >= 0)
			close(fleet->vcpus[i].stats_fd);
		munmap(fleet->vcpus[i].run, fleet->kvm_run_size);
		close(fleet->vcpus[i].fd);
	}
	for (i = 0; i < fleet->cfg->vms; i++) {
		if (!fleet->vms[i].fd_closed)
			close(fleet->vms[i].fd);
		if (fleet->vms[i].doorbell_fd >= 0)
			close(fleet->vms[i].doorbell_fd);
		munmap(fleet->vms[i].mem, fleet->cfg->vcpus * REGION);
	}
	free(fleet->vcpus);
	free(fleet->vms);
}

/* ---- running ---- */

/* Runs vcpu until it writes to port; everything else is only counted. */
static void vcpu_run_until(struct vcpu *vcpu, unsigned int port)
{
	struct kvm_run *run = vcpu->run;

	for (;;) {
		if (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
			if (errno != EINTR)
				die("KVM_RUN: %s", strerror(errno));
			vcpu->eintr++;
			continue;
		}
		switch (run->exit_reason) {
		case KVM_EXIT_IO:
			if (run->io.port == PORT_FAULT)
				die("vCPU %u: the guest took an exception", vcpu->id);
			break;
		case KVM_EXIT_MMIO:
		case KVM_EXIT_HLT:
			break;
		case KVM_EXIT_X86_RDMSR:
		case KVM_EXIT_X86_WRMSR:
			run->msr.error = 0;
			break;
		default:
			die("vCPU %u: unexpected exit to user space, reason %u", vcpu->id,
			    run->exit_reason);
		}
		vcpu->user[run->exit_reason]++;
		if (vcpu->cfg->user_sleep_us)
			usleep(vcpu->cfg->user_sleep_us);
		if (run->exit_reason == KVM_EXIT_IO && run->io.port == port)
			return;
	}
}

static void spawn(pthread_t *thread, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	int err;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * 1024); /* there may be thousands */
	err = pthread_create(thread, &attr, fn, arg);
	if (err)
		die("cannot start a thread: %s", strerror(err));
	pthread_attr_destroy(&attr);
}

/* Its thread is to end, and there is no other yet. */
static bool is_unplugged(const struct vcpu *vcpu)
{
	return vcpu->cfg->park && vcpu->id == vcpu->cfg->park && unplug && !plug;
}

/* Until the vCPU has done so many passes, or with --forever until the end. */
static void vcpu_run_passes(struct vcpu *vcpu, uint64_t passes)
{
	uint64_t start, ns;

	while (vcpu->cfg->forever ? !stop : vcpu->passes < passes) {
		if (is_unplugged(vcpu))
			return;
		start = now_ns();
		vcpu_run_until(vcpu, PORT_DONE);
		ns = now_ns() - start;
		if (!vcpu->passes++ || ns < vcpu->best_ns)
			vcpu->best_ns = ns;
	}
}

/* The second half of the passes of a vCPU whose first half another thread did. */
static void *vcpu_second_half(void *arg)
{
	struct vcpu *vcpu = arg;

	vcpu->tid = gettid();
	vcpu_run_passes(vcpu, vcpu->cfg->passes);
	return NULL;
}

/* Goes on with the VM's next vCPU, as all threads do; a single vCPU gets a new thread. */
static void vcpu_hand_over(struct vcpu *vcpu)
{
	pthread_t other;

	if (vcpu->cfg->vcpus == 1) {
		spawn(&other, vcpu_second_half, vcpu);
		pthread_join(other, NULL);
		return;
	}
	pthread_barrier_wait(&vcpu->fleet->touched);
	vcpu_second_half(vcpu->id + 1 < vcpu->cfg->vcpus ? vcpu + 1 : vcpu - vcpu->id);
}

/* A VM entry that VMX refuses, as code must not be a segment for data. KVM comes back with it each time. */
static void vcpu_fail_entry(struct vcpu *vcpu)
{
	struct kvm_sregs good, bad;
	uint64_t i;

	KVM(vcpu->fd, KVM_GET_SREGS, &good);
	bad = good;
	bad.cs.type = 1;
	KVM(vcpu->fd, KVM_SET_SREGS, &bad);
	for (i = 0; i < vcpu->cfg->fail_entry; i++) {
		KVM(vcpu->fd, KVM_RUN, 0);
		if (vcpu->run->exit_reason != KVM_EXIT_FAIL_ENTRY)
			die("vCPU %u: an entry that must fail ends with reason %u", vcpu->id,
			    vcpu->run->exit_reason);
		vcpu->user[KVM_EXIT_FAIL_ENTRY]++;
	}
	KVM(vcpu->fd, KVM_SET_SREGS, &good);
}

static void *vcpu_main(void *arg)
{
	struct vcpu *vcpu = arg;
	const struct config *cfg = vcpu->cfg;

	vcpu->tid = gettid();
	pthread_barrier_wait(&vcpu->fleet->ready);
	pthread_barrier_wait(&vcpu->fleet->go);

	/*
	 * A fault is taken once more if it meets another vCPU that builds the same page tables, or,
	 * up to 5.11, any change of the process's memory map, such as the end of a thread makes.
	 */
	pthread_mutex_lock(&vcpu->vm->first_touch);
	vcpu_run_until(vcpu, PORT_READY);
	pthread_mutex_unlock(&vcpu->vm->first_touch);
	pthread_barrier_wait(&vcpu->fleet->touched);
	if (cfg->fail_entry)
		vcpu_fail_entry(vcpu);

	vcpu_run_passes(vcpu, cfg->handover ? cfg->passes / 2 : cfg->passes);
	if (cfg->handover)
		vcpu_hand_over(vcpu);
	return NULL;
}

/* Keeps moving the vCPU threads from CPU to CPU, while they run. */
static void *migrate_main(void *arg)
{
	struct fleet *fleet = arg;
	cpu_set_t all, one;
	unsigned int i, cpu = 0;

	sched_getaffinity(0, sizeof(all), &all);
	while (!fleet->done) {
		for (i = 0; i < fleet->n_vcpus; i++) {
			do
				cpu = (cpu + 1) % CPU_SETSIZE;
			while (!CPU_ISSET(cpu, &all));
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			sched_setaffinity(fleet->vcpus[i].tid, sizeof(one), &one);
		}
		usleep(300);
	}
	return NULL;
}

/* Raises and lowers an interrupt line of each VM, in a thread that is no vCPU's. */
static void *irqs_main(void *arg)
{
	const struct fleet *fleet = arg;
	const struct config *cfg = fleet->cfg;

	for (unsigned int vm = 0; vm < cfg->vms; vm++)
		for (uint64_t i = 0; i < cfg->irqs * (vm + 1); i++) {
			struct kvm_irq_level line = { .irq = IRQ_LINE, .level = !(i & 1) };

			KVM(fleet->vms[vm].fd, KVM_IRQ_LINE, &line);
		}
	return NULL;
}

/* As QEMU does with a vCPU that is unplugged, and plugged in again: its thread ends, and later a new one runs it. */
static void park(struct vcpu *vcpu)
{
	pthread_join(vcpu->thread, NULL);
	while (!plug && !stop)
		usleep(1000);
	spawn(&vcpu->thread, vcpu_second_half, vcpu);
}

static void wait_for_go(const struct config *cfg)
{
	if (cfg->ready_fd && write(cfg->ready_fd, "ready\n", 6) != 6)
		die("--ready-fd %" PRIu64 ": %s", cfg->ready_fd, strerror(errno));
	while (cfg->go_file && access(cfg->go_file, F_OK) && !stop)
		usleep(1000);
}

/* Closes the VMs' own fds when the file --close-vm-fds is there, while the vCPUs may be running. */
static void *close_main(void *arg)
{
	const struct fleet *fleet = arg;
	const struct config *cfg = fleet->cfg;

	while (access(cfg->close_file, F_OK) && !fleet->done)
		usleep(1000);
	for (unsigned int i = 0; i < cfg->vms; i++) {
		close(fleet->vms[i].fd);
		fleet->vms[i].fd_closed = true;
	}
	return NULL;
}

static void fleet_run(struct fleet *fleet)
{
	pthread_t migrate, irqs, closer;
	unsigned int i;

	for (i = 0; i < fleet->n_vcpus; i++)
		spawn(&fleet->vcpus[i].thread, vcpu_main, &fleet->vcpus[i]);
	pthread_barrier_wait(&fleet->ready);
	wait_for_go(fleet->cfg);
	if (fleet->cfg->migrate)
		spawn(&migrate, migrate_main, fleet);
	if (fleet->cfg->close_file)
		spawn(&closer, close_main, fleet);
	pthread_barrier_wait(&fleet->go);
	if (fleet->cfg->park)
		park(&fleet->vcpus[fleet->cfg->park]);
	for (i = 0; i < fleet->n_vcpus; i++)
		pthread_join(fleet->vcpus[i].thread, NULL);
	fleet->done = true;
	if (fleet->cfg->migrate)
		pthread_join(migrate, NULL);
	if (fleet->cfg->close_file)
		pthread_join(closer, NULL);
	if (fleet->cfg->irqs) {
		spawn(&irqs, irqs_main, fleet);
		pthread_join(irqs, NULL);
	}
}

/* ---- the report ---- */

static void pread_all(int fd, void *buf, size_t len, off_t offset)
{
	if (pread(fd, buf, len, offset) != (ssize_t)len)
		die("cannot read KVM's statistics");
}

/* A number, or of a histogram all its buckets. */
static void print_kvm_stat(int fd, const struct kvm_stats_desc *desc, off_t offset)
{
	bool hist = (desc->flags & KVM_STATS_TYPE_MASK) == KVM_STATS_TYPE_LINEAR_HIST ||
		    (desc->flags & KVM_STATS_TYPE_MASK) == KVM_STATS_TYPE_LOG_HIST;
	unsigned int i;

	printf("\"%s\":%s", desc->name, hist ? "[" : "");
	for (i = 0; i < desc->size; i++) {
		uint64_t value;

		pread_all(fd, &value, sizeof(value), offset + i * sizeof(value));
		printf("%s%" PRIu64, i ? "," : "", value);
	}
	printf("%s", hist ? "]" : "");
}

/* Of a VM or vCPU. */
static void print_kvm_stats(int kvm_fd)
{
	int fd = ioctl(kvm_fd, KVM_GET_STATS_FD, 0);
	struct kvm_stats_header head;
	size_t desc_size;
	unsigned int i;

	if (fd < 0) {
		printf("null"); /* before 5.14 */
		return;
	}
	pread_all(fd, &head, sizeof(head), 0);
	desc_size = sizeof(struct kvm_stats_desc) + head.name_size;
	putchar('{');
	for (i = 0; i < head.num_desc; i++) {
		char buf[sizeof(struct kvm_stats_desc) + 256] __attribute__((aligned(8)));
		struct kvm_stats_desc *desc = (void *)buf;

		if (desc_size > sizeof(buf))
			die("the names of KVM's statistics are too long");
		pread_all(fd, buf, desc_size, head.desc_offset + i * desc_size);
		printf("%s", i ? "," : "");
		print_kvm_stat(fd, desc, head.data_offset + desc->offset);
	}
	putchar('}');
	close(fd);
}

static uint32_t guest_u32(const struct vcpu *vcpu, unsigned int offset)
{
	uint32_t value;

	memcpy(&value, vcpu->vm->mem + vcpu->id * REGION + offset, sizeof(value));
	return value;
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

/* With @n entries to each nested guest. */
static void print_nested(const struct vcpu *vcpu, uint64_t n)
{
	bool shadow;

	if (vcpu->cfg->vmrun) {
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

static void print_expect(const struct vcpu *vcpu)
{
	const struct config *c = vcpu->cfg;
	uint64_t n = c->rounds * vcpu->passes, halts = n * c->halt_irqchip;
	uint32_t interrupts = guest_u32(vcpu, INTERRUPTS);
	uint64_t apic_writes = halts + guest_u32(vcpu, EARLY_ONES) + interrupts + !!c->halt_irqchip;

	printf("\"expect\":{\"cpuid\":%" PRIu64 ",\"msr\":%" PRIu64 ",\"io\":%" PRIu64
	       ",\"npf_mmio\":%" PRIu64 ",\"npf_apic\":%" PRIu64 ",\"npf_first_touch\":1"
	       ",\"hypercall\":%" PRIu64 ",\"hlt\":%" PRIu64,
	       n * c->cpuid, n * (c->rdmsr + c->wrmsr + c->tsc_deadline + user_msrs(c)),
	       n * (c->out + c->in + c->string_out * STRING_LEN) + vcpu->passes + 1,
	       n * (c->mmio + c->mmio_read + c->doorbell) + (c->mmio || c->mmio_read) +
		       !!c->doorbell,
	       apic_writes, n * c->hypercall, n * c->hlt + halts);
	if (c->fail_entry)
		printf(",\"INVALID_STATE\":%" PRIu64, c->fail_entry);
	printf("}");
	if (c->nested)
		print_nested(vcpu, n * c->nested);
	/* Of these, KVM may take an APIC write twice (7.2 does). */
	printf(",\"spurious_interrupts\":%" PRIu64, interrupts - halts);
}

/* Of the fastest pass: one that is shorter than a timer tick of the host can be free of noise. */
static void print_time(const struct vcpu *vcpu)
{
	const struct config *c = vcpu->cfg;
	uint64_t exits =
		1 + c->rounds * (c->cpuid + c->rdmsr + c->wrmsr + c->tsc_deadline + c->hypercall +
				 c->out + c->in + c->mmio + c->mmio_read + c->doorbell + c->hlt +
				 c->halt_irqchip * 3 + user_msrs(c) + c->cr + c->string_out);

	printf(",\"time\":{\"ns\":%" PRIu64 ",\"exits\":%" PRIu64 ",\"ns_per_exit\":%.2f}",
	       vcpu->best_ns, exits, (double)vcpu->best_ns / exits);
}

static void vcpu_print(const struct vcpu *vcpu, unsigned int generation)
{
	printf("{\"pid\":%d,\"tid\":%d,\"generation\":%u,\"vm\":%td,\"vm_fd\":%d,", getpid(),
	       vcpu->tid, generation, vcpu->vm - vcpu->fleet->vms, vcpu->vm->fd);
	printf("\"vcpu\":%u,", vcpu->id);
	print_expect(vcpu);
	printf(",\"user\":{\"KVM_EXIT_IO\":%" PRIu64 ",\"KVM_EXIT_MMIO\":%" PRIu64
	       ",\"KVM_EXIT_HLT\":%" PRIu64 ",\"KVM_EXIT_FAIL_ENTRY\":%" PRIu64
	       ",\"EINTR\":%" PRIu64 "}",
	       vcpu->user[KVM_EXIT_IO], vcpu->user[KVM_EXIT_MMIO], vcpu->user[KVM_EXIT_HLT],
	       vcpu->user[KVM_EXIT_FAIL_ENTRY], vcpu->eintr);
	if (user_msrs(vcpu->cfg))
		printf(",\"user_msrs\":{\"KVM_EXIT_X86_RDMSR\":%" PRIu64
		       ",\"KVM_EXIT_X86_WRMSR\":%" PRIu64 "}",
		       vcpu->user[KVM_EXIT_X86_RDMSR], vcpu->user[KVM_EXIT_X86_WRMSR]);
	if (vcpu->cfg->time)
		print_time(vcpu);
	printf(",\"kvm_stats\":");
	print_kvm_stats(vcpu->fd);
	printf(",\"kvm_vm_stats\":");
	if (vcpu->vm->fd_closed)
		printf("null");
	else
		print_kvm_stats(vcpu->vm->fd);
	printf("}\n");
}

/* ---- the process ---- */

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		unplug = 1;
	else if (sig == SIGUSR2)
		plug = 1;
	else
		stop = 1;
}

/* Until a signal, or the end of standard input. */
static void hold(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char buf[256];

	while (!stop)
		if (poll(&in, 1, 100) > 0 && read(STDIN_FILENO, buf, sizeof(buf)) <= 0)
			break;
}

/* Says that the VMs are gone, and waits for a line. Read byte by byte, as there may be lines for later. */
static void step(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte = 0;

	printf("no VM\n");
	fflush(stdout);
	while (!stop && byte != '\n')
		if (poll(&in, 1, 100) > 0 && read(STDIN_FILENO, &byte, 1) <= 0)
			break;
}

/* Those below are taken, so that all fds from now on are @first or above. */
static void take_fds_below(int first)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	while (fd >= 0 && fd < first - 1)
		fd = dup(fd);
	if (fd < 0)
		die("--first-fd %d: %s", first, strerror(errno));
}

static void run_process(const struct config *cfg, bool last)
{
	int kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	unsigned int generation, i;

	if (kvm_fd < 0)
		die("cannot open /dev/kvm: %s", strerror(errno));
	if (cfg->first_fd)
		take_fds_below((int)cfg->first_fd);
	for (generation = 0; generation < cfg->generations && !stop; generation++) {
		struct fleet fleet;

		if (generation)
			usleep(cfg->gap_ms * 1000);
		fleet_create(&fleet, cfg, kvm_fd);
		fleet_run(&fleet);
		for (i = 0; i < fleet.n_vcpus; i++)
			vcpu_print(&fleet.vcpus[i], generation);
		fflush(stdout);
		if (cfg->hold && last && generation == cfg->generations - 1)
			hold();
		fleet_destroy(&fleet);
		if (cfg->step)
			step();
	}
	close(kvm_fd);
}

struct process {
	const struct config *cfg;
	bool last;
};

static void *process_main(void *arg)
{
	const struct process *process = arg;

	run_process(process->cfg, process->last);
	return NULL;
}

static void start_process(const struct config *cfg, bool last)
{
	struct process process = { .cfg = cfg, .last = last };
	pthread_t thread;

	if (!cfg->in_thread) {
		run_process(cfg, last);
		return;
	}
	spawn(&thread, process_main, &process);
	pthread_join(thread, NULL);
}

static const struct opt {
	const char *name, *arg; /* no arg: a flag */
	size_t field;
	const char *help;
} OPTS[] = {
	{ "cpuid", "N", FIELD(cpuid), "CPUID instructions per round" },
	{ "rdmsr", "N", FIELD(rdmsr), "RDMSR" },
	{ "wrmsr", "N", FIELD(wrmsr), "WRMSR" },
	{ "tsc-deadline", "N", FIELD(tsc_deadline),
	  "WRMSR of the APIC timer's deadline, in a VM with KVM's APIC: an exit of VMX's fast "
	  "path" },
	{ "user-rdmsr", "N", FIELD(user_rdmsr),
	  "RDMSR of an MSR that KVM does not know: the VMM's" },
	{ "user-wrmsr", "N", FIELD(user_wrmsr), "WRMSR of it" },
	{ "filter-rdmsr", "N", FIELD(filter_rdmsr), "RDMSR of an MSR that a filter gives the VMM" },
	{ "filter-wrmsr", "N", FIELD(filter_wrmsr), "WRMSR of another such" },
	{ "cr", "N", FIELD(cr), "MOV from CR4" },
	{ "string-out", "N", FIELD(string_out), "REP OUTS of 4 bytes to a port of the VMM" },
	{ "hypercall", "N", FIELD(hypercall), "VMCALL or VMMCALL" },
	{ "out", "N", FIELD(out), "OUT to a port of the VMM" },
	{ "in", "N", FIELD(in), "IN from a port of the VMM" },
	{ "mmio", "N", FIELD(mmio), "stores where no memory is" },
	{ "mmio-read", "N", FIELD(mmio_read), "loads from there" },
	{ "doorbell", "N", FIELD(doorbell), "stores to an ioeventfd of any length" },
	{ "keys", "K", FIELD(keys),
	  "use K different leaves, MSRs, hypercalls, ports, addresses in turn, all equally often" },
	{ "nested", "N", FIELD(nested),
	  "VMRUN or VMRESUME of a nested guest that leaves at once, by CPUID" },
	{ "hlt", "N", FIELD(hlt), "HLT without irqchip: returns to the VMM" },
	{ "halt-irqchip", "N", FIELD(halt_irqchip),
	  "HLT with irqchip: blocks until a timer fires" },
	{ "halt-us", "US", FIELD(halt_us), "for so long each (default 200)" },
	{ "spin", "N", FIELD(spin), "guest loop iterations per round" },
	{ "rounds", "R", FIELD(rounds), "repeat this mix R times in the guest" },
	{ "passes", "P", FIELD(passes), "repeat all rounds P times, in the VMM" },
	{ "vms", "V", FIELD(vms), "VMs in the process" },
	{ "vcpus", "C", FIELD(vcpus), "vCPUs, each with its thread, per VM" },
	{ "generations", "G", FIELD(generations), "do all that G times, each time with new VMs" },
	{ "processes", "P", FIELD(processes), "do all that in P processes, one after the other" },
	{ "gap-ms", "MS", FIELD(gap_ms), "wait so long between two generations" },
	{ "user-sleep-us", "US", FIELD(user_sleep_us), "sleep in the VMM at each of its exits" },
	{ "irqs", "N", FIELD(irqs),
	  "in the end, change an interrupt line of the first VM N times, of the second 2 N, ..." },
	{ "park", "ID", FIELD(park),
	  "SIGUSR1 ends the thread of the first VM's vCPU ID (not 0), SIGUSR2 gives it a new one" },
	{ "fail-entry", "N", FIELD(fail_entry),
	  "at the start, N VM entries of each vCPU that the CPU refuses (VMX only)" },
	{ "migrate", NULL, FIELD(migrate), "keep moving the threads between CPUs" },
	{ "handover", NULL, FIELD(handover), "other threads run the vCPUs' second half of passes" },
	{ "forever", NULL, FIELD(forever), "repeat until SIGINT or SIGTERM" },
	{ "hold", NULL, FIELD(hold), "then keep the VMs until SIGINT, SIGTERM or end of input" },
	{ "step", NULL, FIELD(step),
	  "after each generation, when its VMs are gone, write a line and wait for one" },
	{ "first-fd", "FD", FIELD(first_fd), "the first VM's fd, the others follow" },
	{ "close-vm-fds", "PATH", FIELD(close_file),
	  "close the VMs' own fds when PATH exists, or all vCPUs are done" },
	{ "in-thread", NULL, FIELD(in_thread), "create the VMs in another thread than the first" },
	{ "keep-stats-fds", NULL, FIELD(keep_stats_fds),
	  "hold a statistics fd of each vCPU, as QEMU does from 8.1 on" },
	{ "ready-fd", "FD", FIELD(ready_fd), "write a line to FD when all threads exist" },
	{ "go-file", "PATH", FIELD(go_file),
	  "then wait until PATH exists, before the first KVM_RUN" },
	{ "time", NULL, FIELD(time), "report the time of the fastest pass" },
	{ "name", "NAME", FIELD(name), "nothing: it is for those who read our command line" },
	{ "uuid", "UUID", FIELD(uuid), "the same" },
};
#define N_OPTS (sizeof(OPTS) / sizeof(*OPTS))

static void usage(void)
{
	printf("Usage: simguest [OPTION...]\n\n"
	       "Run VMs that leave guest mode a known number of times; print what to expect.\n\n");
	for (const struct opt *opt = OPTS; opt < OPTS + N_OPTS; opt++) {
		int len = printf("  --%s %s", opt->name, opt->arg ? opt->arg : "");

		printf("%*s%s\n", 24 - len, "", opt->help);
	}
}

static uint64_t parse_number(const char *name, const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 0);

	if (!*text || *end || n > UINT32_MAX)
		die("--%s: not a number below 2^32: %s", name, text);
	return n;
}

/* Each key is used equally often. */
static void check_keys(const struct config *cfg)
{
	const struct kind *kind;

	if (cfg->keys > MAX_KEYS || cfg->keys & (cfg->keys - 1))
		die("--keys: a power of two, at most %u", MAX_KEYS);
	if (cfg->keys > KEYED_MSRS && (cfg->rdmsr || cfg->wrmsr))
		die("--keys: there are %u MSRs", KEYED_MSRS);
	for (kind = KINDS; kind < KINDS + sizeof(KINDS) / sizeof(*KINDS); kind++)
		if (kind->keyed_len && cfg->keys &&
		    *(const uint64_t *)((const char *)cfg + kind->count) % cfg->keys)
			die("--keys: every number must be a multiple of it");
}

static void parse_options(int argc, char **argv, struct config *cfg, bool vmx)
{
	struct option longopts[N_OPTS + 2] = { [N_OPTS] = { "help", no_argument, NULL, 'h' } };
	unsigned int i;
	int c;

	for (i = 0; i < N_OPTS; i++)
		longopts[i] = (struct option){ OPTS[i].name, !!OPTS[i].arg, NULL, 256 + i };
	while ((c = getopt_long(argc, argv, "h", longopts, NULL)) != -1) {
		void *field;

		if (c == 'h') {
			usage();
			exit(0);
		}
		if (c == '?')
			exit(1);
		field = (char *)cfg + OPTS[c - 256].field;
		if (OPTS[c - 256].field >= FIELD(go_file))
			*(const char **)field = optarg;
		else
			*(uint64_t *)field = optarg ? parse_number(OPTS[c - 256].name, optarg) : 1;
	}
	if (optind < argc)
		die("unknown argument %s (try --help)", argv[optind]);
	if (!cfg->rounds || !cfg->passes || !cfg->vms || !cfg->generations || !cfg->processes)
		die("--rounds, --passes, --vms, --generations, --processes: at least 1");
	if (!cfg->vcpus || cfg->vcpus > MAX_VCPUS)
		die("--vcpus must be from 1 to %u", MAX_VCPUS);
	check_keys(cfg);
	if (cfg->hlt && has_irqchip(cfg))
		die("--hlt excludes --halt-irqchip and --irqs: a VM has an irqchip or not");
	if (!cfg->halt_us || cfg->halt_us > UINT32_MAX / 1000)
		die("--halt-us must be from 1 to %u", UINT32_MAX / 1000);
	if (cfg->park && (cfg->park >= cfg->vcpus || !cfg->forever))
		die("--park needs --forever, and a vCPU of that id");
	if (cfg->fail_entry && !vmx)
		die("--fail-entry: only with VMX");
	if (cfg->handover && (cfg->passes < 2 || cfg->forever))
		die("--handover needs --passes, at least 2");
}

/* KVM on VMX takes VMCALL and VMRESUME, on SVM VMMCALL and VMRUN. */
static bool cpu_has_vmx(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[8192];
	bool vmx = false;

	while (f && !vmx && fgets(line, sizeof(line), f))
		vmx = !strncmp(line, "flags", 5) && strstr(line, " vmx");
	if (f)
		fclose(f);
	return vmx;
}

int main(int argc, char **argv)
{
	struct config cfg = { .halt_us = 200,
			      .rounds = 1,
			      .passes = 1,
			      .vms = 1,
			      .vcpus = 1,
			      .generations = 1,
			      .processes = 1 };
	struct sigaction sa = { .sa_handler = on_signal };
	bool vmx = cpu_has_vmx();
	struct rlimit files;
	uint64_t i;

	parse_options(argc, argv, &cfg, vmx);
	*(vmx ? &cfg.vmcall : &cfg.vmmcall) = cfg.hypercall;
	*(vmx ? &cfg.vmresume : &cfg.vmrun) = cfg.nested;
	if (cfg.park) {
		sigaction(SIGUSR1, &sa, NULL);
		sigaction(SIGUSR2, &sa, NULL);
	}
	if (cfg.forever || cfg.hold || cfg.step) {
		sigaction(SIGINT, &sa, NULL);
		sigaction(SIGTERM, &sa, NULL);
	}
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (cfg.processes == 1) {
		start_process(&cfg, true);
		return 0;
	}
	for (i = 0; i < cfg.processes && !stop; i++) {
		int status;
		pid_t pid = fork();

		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (!pid) {
			start_process(&cfg, i == cfg.processes - 1);
			exit(0);
		}
		while (waitpid(pid, &status, 0) < 0)
			if (errno != EINTR)
				die("waitpid: %s", strerror(errno));
			else if (stop)
				kill(pid, SIGTERM);
		if (status)
			die("process %d failed", pid);
	}
	return 0;
}
