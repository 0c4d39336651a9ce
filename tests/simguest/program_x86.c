// SPDX-License-Identifier: GPL-2.0
/*
 * program_x86 - the guest's program on x86, assembled here, all of which fits in one page:
 *
 *	first touches; OUT READY	one vCPU at a time, see vcpu_main(); --nested on VMX: and all up to
 *					the first round's VMRESUME
 *   pass: rounds times { for each kind: N times its exit; spin }
 *	OUT DONE; jump to pass		as often as the VMM enters the guest again
 */
#include <string.h>

#include "simguest.h"

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

/* Register = (ESI & mask) + base; the mask is filled in by emit_keyed(). ESI counts down. */
#define MASK32 0, 0, 0, 0
#define EAX_KEY(base) 0x66, 0x89, 0xf0, 0x66, 0x25, MASK32, 0x66, 0x05, IMM32(base)
#define ECX_KEY(base) 0x66, 0x89, 0xf1, 0x66, 0x81, 0xe1, MASK32, 0x66, 0x81, 0xc1, IMM32(base)
#define DX_KEY(base) 0x89, 0xf2, 0x81, 0xe2, 0, 0, 0x81, 0xc2, IMM16(base)
#define BX_KEY 0x89, 0xf3, 0x81, 0xe3, 0, 0, 0xc1, 0xe3, 3 /* times KEYED_MMIO_STEP */

#define KEYED(mask_at_, mask_size_, ...)                  \
	.mask_at = (mask_at_), .mask_size = (mask_size_), \
	.keyed_len = sizeof((uint8_t[]){ __VA_ARGS__ }), .keyed = { __VA_ARGS__ }

/* What one round consists of, in this order. Each may use any register but ESI and EDI, and EBP, which is touch's. */
static const struct kind {
	size_t count; /* where in struct config */
	uint8_t len, bytes[24];
	uint8_t keyed_len, mask_at, mask_size, keyed[32]; /* with --keys */
} KINDS[] = {
	{ FIELD(mix.cpuid), BODY(EAX(0), ECX(0), 0x0f, 0xa2),
	  KEYED(5, 4, EAX_KEY(0), ECX(0), 0x0f, 0xa2) },
	{ FIELD(mix.rdmsr), BODY(ECX(MSR_IA32_APICBASE), 0x0f, 0x32),
	  KEYED(6, 4, ECX_KEY(KEYED_MSR), 0x0f, 0x32) },
	{ FIELD(mix.wrmsr), BODY(ECX(MSR_IA32_UCODE_WRITE), 0x0f, 0x30),
	  KEYED(6, 4, ECX_KEY(KEYED_MSR), EAX(0), 0x66, 0x31, 0xd2, 0x0f, 0x30) },
	{ FIELD(mix.tsc_deadline),
	  BODY(ECX(MSR_IA32_TSC_DEADLINE), EAX(0), 0x66, 0x31, 0xd2, 0x0f, 0x30) },
	{ FIELD(mix.user_rdmsr), BODY(ECX(MSR_NONE), 0x0f, 0x32) },
	{ FIELD(mix.user_wrmsr), BODY(ECX(MSR_NONE), 0x0f, 0x30) },
	{ FIELD(mix.filter_rdmsr), BODY(ECX(MSR_FILTERED_READ), 0x0f, 0x32) },
	{ FIELD(mix.filter_wrmsr), BODY(ECX(MSR_FILTERED_WRITE), 0x0f, 0x30) },
	{ FIELD(mix.cr), BODY(0x0f, 0x20, 0xe0) }, /* mov eax, cr4 */
	/* push si; xor si, si; mov cx, STRING_LEN; mov dx, PORT_COUNTED; rep outs dx, cs:[si]; pop si */
	{ FIELD(mix.string_out), BODY(0x56, 0x31, 0xf6, 0xb9, IMM16(STRING_LEN), 0xba,
				      IMM16(PORT_COUNTED), 0xf3, 0x2e, 0x6e, 0x5e) },
	/* KVM_HC_VAPIC_POLL_IRQ does nothing */
	{ FIELD(mix.vmcall), BODY(EAX(1), 0x0f, 0x01, 0xc1),
	  KEYED(5, 4, EAX_KEY(KEYED_HYPERCALL), 0x0f, 0x01, 0xc1) },
	{ FIELD(mix.vmmcall), BODY(EAX(1), 0x0f, 0x01, 0xd9),
	  KEYED(5, 4, EAX_KEY(KEYED_HYPERCALL), 0x0f, 0x01, 0xd9) },
	{ FIELD(mix.out), BODY(OUT(PORT_COUNTED)), KEYED(4, 2, DX_KEY(KEYED_PORT), 0xee) },
	{ FIELD(mix.in), BODY(0xba, IMM16(PORT_COUNTED), 0xec),
	  KEYED(4, 2, DX_KEY(KEYED_PORT), 0xec) },
	{ FIELD(mix.mmio), BODY(MMIO_WRITE), KEYED(4, 2, BX_KEY, 0x88, 0x07) },
	{ FIELD(mix.mmio_read), BODY(0xa0, IMM16(0)), KEYED(4, 2, BX_KEY, 0x8a, 0x07) },
	{ FIELD(mix.doorbell), BODY(DOORBELL) },
	/* add ebp, PAGE; and ebp, the mask of --touch-mib; mov es:[ebp], al */
	{ FIELD(mix.touch), BODY(0x66, 0x81, 0xc5, IMM32(PAGE), 0x66, 0x81, 0xe5, MASK32, 0x67,
				 0x26, 0x88, 0x45, 0) },
	{ FIELD(mix.hlt), BODY(0xf4) },
	{ FIELD(mix.vmrun), BODY(EAX(0), 0x0f, 0x01, 0xd8) }, /* vmrun; EAX: the VMCB */
	{ FIELD(mix.vmresume), BODY(CALL(IN_VMX_PAGE(VMX_RESUME))) },
	/* cli; arm the timer; sti; hlt: sti takes effect after hlt */
	{ FIELD(mix.halt_irqchip), BODY(0xfa, APIC_WRITE(APIC_TMICT, 0), 0xfb, 0xf4) },
	{ FIELD(mix.spin), BODY(0x90) },
};

void emit(struct code *code, const uint8_t *bytes, unsigned int len)
{
	if (code->len + len > CODE_END)
		die("the guest's program is too long");
	memcpy(code->page + code->len, bytes, len);
	code->len += len;
}

/* In APIC timer ticks: KVM's APIC bus cycle is 1 ns. */
static uint32_t halt_ticks(const struct config *cfg)
{
	return cfg->mix.halt_us * 1000;
}

/* The body of @kind with @number in it. Returns its length. */
static unsigned int emit_number(struct code *code, const struct kind *kind, unsigned int at,
				uint32_t number)
{
	uint8_t body[sizeof(kind->bytes)];

	memcpy(body, kind->bytes, kind->len);
	memcpy(body + at, &number, sizeof(number));
	emit(code, body, kind->len);
	return kind->len;
}

/*
 * The body of a kind with what is only known now: a mask, an address, or a time. Returns its length.
 */
static unsigned int emit_keyed(struct code *code, const struct kind *kind, const struct config *cfg,
			       unsigned int region)
{
	uint8_t body[sizeof(kind->keyed)];
	uint32_t mask = cfg->keys - 1;

	if (kind->count == FIELD(mix.vmrun))
		return emit_number(code, kind, 2, region + VMCB_PAGE * PAGE);
	if (kind->count == FIELD(mix.halt_irqchip))
		return emit_number(code, kind, 7, halt_ticks(cfg));
	if (kind->count == FIELD(mix.touch))
		return emit_number(code, kind, 10, (uint32_t)(cfg->mix.touch_mib << 20) - PAGE);
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
 * early, so the timer is armed again. Processors do not let this happen, nor deliver an interrupt twice. QEMU's TCG
 * does both now and then, if it leaves its loop between the injection and the next VM exit (hence EOI first). The guest
 * counts what it got; HLT exits stay as many as asked for.
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

unsigned int assemble(uint8_t *page, unsigned int region, const struct config *cfg)
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
	if (cfg->mix.mmio || cfg->mix.mmio_read)
		EMIT(&code, MMIO_WRITE);
	if (cfg->mix.doorbell)
		EMIT(&code, DOORBELL);
	if (cfg->mix.halt_irqchip)
		EMIT(&code, APIC_WRITE(APIC_EOI, 0));
	if (cfg->mix.vmresume)
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

/* Each key is used equally often. */
void check_keys(const struct config *cfg)
{
	const struct kind *kind;

	if (cfg->keys > MAX_KEYS || cfg->keys & (cfg->keys - 1))
		die("--keys: a power of two, at most %u", MAX_KEYS);
	if (cfg->keys > KEYED_MSRS && (cfg->mix.rdmsr || cfg->mix.wrmsr))
		die("--keys: there are %u MSRs", KEYED_MSRS);
	for (kind = KINDS; kind < KINDS + sizeof(KINDS) / sizeof(*KINDS); kind++)
		if (kind->keyed_len && cfg->keys &&
		    *(const uint64_t *)((const char *)cfg + kind->count) % cfg->keys)
			die("--keys: every number must be a multiple of it");
}
