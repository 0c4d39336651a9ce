// SPDX-License-Identifier: GPL-2.0
/*
 * guest_x86 - the guest on x86: what its VM and vCPUs are made of, and what an observer must count of its program.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "simguest.h"

bool has_irqchip(const struct config *cfg)
{
	return cfg->mix.halt_irqchip || cfg->irqs || cfg->mix.tsc_deadline;
}

static uint64_t touched_pages(const struct config *cfg)
{
	return (cfg->mix.touch_mib << 20) / PAGE;
}

static uint64_t user_msrs(const struct config *cfg)
{
	return cfg->mix.user_rdmsr + cfg->mix.user_wrmsr + cfg->mix.filter_rdmsr +
	       cfg->mix.filter_wrmsr;
}

const struct opt guest_opts[] = {
	{ "cpuid", "N", FIELD(mix.cpuid), "CPUID instructions per round" },
	{ "rdmsr", "N", FIELD(mix.rdmsr), "RDMSR" },
	{ "wrmsr", "N", FIELD(mix.wrmsr), "WRMSR" },
	{ "tsc-deadline", "N", FIELD(mix.tsc_deadline),
	  "WRMSR of the APIC timer's deadline, in a VM with KVM's APIC: an exit of VMX's fast "
	  "path" },
	{ "user-rdmsr", "N", FIELD(mix.user_rdmsr),
	  "RDMSR of an MSR that KVM does not know: the VMM's" },
	{ "user-wrmsr", "N", FIELD(mix.user_wrmsr), "WRMSR of it" },
	{ "filter-rdmsr", "N", FIELD(mix.filter_rdmsr),
	  "RDMSR of an MSR that a filter gives the VMM" },
	{ "filter-wrmsr", "N", FIELD(mix.filter_wrmsr), "WRMSR of another such" },
	{ "cr", "N", FIELD(mix.cr), "MOV from CR4" },
	{ "string-out", "N", FIELD(mix.string_out), "REP OUTS of 4 bytes to a port of the VMM" },
	{ "hypercall", "N", FIELD(mix.hypercall), "VMCALL or VMMCALL" },
	{ "out", "N", FIELD(mix.out), "OUT to a port of the VMM" },
	{ "in", "N", FIELD(mix.in), "IN from a port of the VMM" },
	{ "mmio", "N", FIELD(mix.mmio), "stores where no memory is" },
	{ "mmio-read", "N", FIELD(mix.mmio_read), "loads from there" },
	{ "doorbell", "N", FIELD(mix.doorbell), "stores to an ioeventfd of any length" },
	{ "keys", "K", FIELD(keys),
	  "use K different leaves, MSRs, hypercalls, ports, addresses in turn, all equally often" },
	{ "touch", "N", FIELD(mix.touch), "stores to as many pages that nothing has touched yet" },
	{ "touch-mib", "MIB", FIELD(mix.touch_mib),
	  "a power of two: of so much memory per vCPU (default 64). After all of it, they are no "
	  "exits" },
	{ "nested", "N", FIELD(mix.nested),
	  "VMRUN or VMRESUME of a nested guest that leaves at once, by CPUID" },
	{ "hlt", "N", FIELD(mix.hlt), "HLT without irqchip: returns to the VMM" },
	{ "halt-irqchip", "N", FIELD(mix.halt_irqchip),
	  "HLT with irqchip: blocks until a timer fires" },
	{ "halt-us", "US", FIELD(mix.halt_us), "for so long each (default 200)" },
	{ "spin", "N", FIELD(mix.spin), "guest loop iterations per round" },
	{ "fail-entry", "N", FIELD(fail_entry),
	  "at the start, N VM entries of each vCPU that the CPU refuses (VMX only)" },
};
const size_t n_guest_opts = sizeof(guest_opts) / sizeof(*guest_opts);

const unsigned int guest_region = REGION, guest_max_vcpus = MAX_VCPUS;

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

void guest_defaults(struct config *cfg)
{
	cfg->mix.halt_us = 200;
	cfg->mix.touch_mib = 64;
}

void guest_only_halts(struct config *cfg)
{
	cfg->mix = (struct guest_mix){ .halt_irqchip = cfg->mix.halt_irqchip,
				       .halt_us = cfg->mix.halt_us };
}

static void check_touch(const struct config *cfg)
{
	const struct guest_mix *mix = &cfg->mix;

	if (!mix->touch_mib || mix->touch_mib & (mix->touch_mib - 1) ||
	    cfg->vcpus * mix->touch_mib > (MMIO_GPA - TOUCHED_GPA) >> 20)
		die("--touch-mib: a power of two, and all vCPUs' at most %u",
		    (MMIO_GPA - TOUCHED_GPA) >> 20);
	if (!cfg->forever && cfg->rounds * cfg->passes * mix->touch > touched_pages(cfg))
		die("--touch: there are %" PRIu64 " pages (--touch-mib)", touched_pages(cfg));
}

void guest_check(struct config *cfg)
{
	struct guest_mix *mix = &cfg->mix;
	bool vmx = cpu_has_vmx();

	check_keys(cfg);
	if (mix->touch)
		check_touch(cfg);
	if (mix->hlt && has_irqchip(cfg))
		die("--hlt excludes --halt-irqchip and --irqs: a VM has an irqchip or not");
	if (!mix->halt_us || mix->halt_us > UINT32_MAX / 1000)
		die("--halt-us must be from 1 to %u", UINT32_MAX / 1000);
	if (cfg->fail_entry && !vmx)
		die("--fail-entry: only with VMX");
	*(vmx ? &mix->vmcall : &mix->vmmcall) = mix->hypercall;
	*(vmx ? &mix->vmresume : &mix->vmrun) = mix->nested;
}

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

void guest_vm_setup(struct vm *vm, const struct config *cfg)
{
	KVM(vm->fd, KVM_SET_TSS_ADDR, 0xfffbd000); /* VMX wants one */
	if (has_irqchip(cfg))
		KVM(vm->fd, KVM_CREATE_IRQCHIP, 0);
	if (user_msrs(cfg))
		vm_take_msrs(vm);
	if (cfg->mix.touch)
		vm_add_memory(vm, TOUCHED_GPA, cfg->vcpus * cfg->mix.touch_mib << 20);
}

uint64_t guest_doorbell(const struct config *cfg, unsigned int vcpu_id)
{
	return cfg->mix.doorbell ? DOORBELL_GPA + vcpu_id * PAGE : 0;
}

void guest_vcpu_setup(struct vcpu *vcpu, int kvm_fd)
{
	unsigned int region = vcpu->id * REGION;
	struct kvm_regs regs = { .rflags = 2, .rsp = PAGE };
	struct kvm_sregs sregs;

	KVM(vcpu->fd, KVM_GET_SREGS, &sregs);
	set_segment(&sregs.cs, region);
	set_segment(&sregs.ss, region);
	set_segment(&sregs.ds, MMIO_GPA + vcpu->id * PAGE);
	set_segment(&sregs.fs, APIC_GPA);
	if (vcpu->cfg->mix.touch) {
		set_segment(&sregs.es, TOUCHED_GPA + vcpu->id * (vcpu->cfg->mix.touch_mib << 20));
		sregs.es.limit = UINT32_MAX;
		sregs.es.g = 1;
	}
	set_segment(&sregs.gs, DOORBELL_GPA + vcpu->id * PAGE);
	sregs.idt.base = region;
	sregs.idt.limit = IDT_SIZE - 1;
	if (vcpu->cfg->mix.nested)
		vcpu_setup_nested(vcpu, &sregs, region, kvm_fd);
	KVM(vcpu->fd, KVM_SET_SREGS, &sregs);
	regs.rip = assemble(vcpu->vm->mem + region, region, vcpu->cfg);
	KVM(vcpu->fd, KVM_SET_REGS, &regs);
	if (has_irqchip(vcpu->cfg))
		vcpu_setup_lapic(vcpu);
}

enum guest_says guest_exit(struct vcpu *vcpu)
{
	struct kvm_run *run = vcpu->run;

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		switch (run->io.port) {
		case PORT_FAULT:
			die("vCPU %u: the guest took an exception", vcpu->id);
		case PORT_READY:
			return GUEST_READY;
		case PORT_DONE:
			return GUEST_DONE;
		}
		return GUEST_GOES_ON;
	case KVM_EXIT_MMIO:
	case KVM_EXIT_HLT:
		return GUEST_GOES_ON;
	case KVM_EXIT_X86_RDMSR:
	case KVM_EXIT_X86_WRMSR:
		run->msr.error = 0;
		return GUEST_GOES_ON;
	}
	die("vCPU %u: unexpected exit to user space, reason %u", vcpu->id, run->exit_reason);
}

/* A VM entry that VMX refuses, as code must not be a segment for data. KVM comes back with it each time. */
void guest_fail_entry(struct vcpu *vcpu)
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

uint32_t guest_u32(const struct vcpu *vcpu, unsigned int offset)
{
	uint32_t value;

	memcpy(&value, vcpu->vm->mem + vcpu->id * REGION + offset, sizeof(value));
	return value;
}

void guest_print_expect(const struct vcpu *vcpu)
{
	const struct config *c = vcpu->cfg;
	uint64_t n = c->rounds * vcpu->passes, halts = n * c->mix.halt_irqchip;
	uint32_t interrupts = guest_u32(vcpu, INTERRUPTS);
	uint64_t apic_writes =
		halts + guest_u32(vcpu, EARLY_ONES) + interrupts + !!c->mix.halt_irqchip;

	printf("\"expect\":{\"cpuid\":%" PRIu64 ",\"msr\":%" PRIu64 ",\"io\":%" PRIu64
	       ",\"npf_mmio\":%" PRIu64 ",\"npf_apic\":%" PRIu64 ",\"npf_first_touch\":1"
	       ",\"hypercall\":%" PRIu64 ",\"hlt\":%" PRIu64,
	       n * c->mix.cpuid,
	       n * (c->mix.rdmsr + c->mix.wrmsr + c->mix.tsc_deadline + user_msrs(c)),
	       n * (c->mix.out + c->mix.in + c->mix.string_out * STRING_LEN) + vcpu->passes + 1,
	       n * (c->mix.mmio + c->mix.mmio_read + c->mix.doorbell) +
		       (c->mix.mmio || c->mix.mmio_read) + !!c->mix.doorbell,
	       apic_writes, n * c->mix.hypercall, n * c->mix.hlt + halts);
	if (c->mix.touch)
		printf(",\"npf_touched\":%" PRIu64, n * c->mix.touch);
	if (c->fail_entry)
		printf(",\"INVALID_STATE\":%" PRIu64, c->fail_entry);
	printf("}");
	if (c->mix.nested)
		print_nested(vcpu, n * c->mix.nested);
	/* Of these, KVM may take an APIC write twice (7.2 does). */
	printf(",\"spurious_interrupts\":%" PRIu64, interrupts - halts);
}

void guest_print_user(const struct vcpu *vcpu)
{
	printf(",\"user\":{\"KVM_EXIT_IO\":%" PRIu64 ",\"KVM_EXIT_MMIO\":%" PRIu64
	       ",\"KVM_EXIT_HLT\":%" PRIu64 ",\"KVM_EXIT_FAIL_ENTRY\":%" PRIu64
	       ",\"EINTR\":%" PRIu64 "}",
	       vcpu->user[KVM_EXIT_IO], vcpu->user[KVM_EXIT_MMIO], vcpu->user[KVM_EXIT_HLT],
	       vcpu->user[KVM_EXIT_FAIL_ENTRY], vcpu->eintr);
	if (user_msrs(vcpu->cfg))
		printf(",\"user_msrs\":{\"KVM_EXIT_X86_RDMSR\":%" PRIu64
		       ",\"KVM_EXIT_X86_WRMSR\":%" PRIu64 "}",
		       vcpu->user[KVM_EXIT_X86_RDMSR], vcpu->user[KVM_EXIT_X86_WRMSR]);
}

uint64_t guest_exits_per_round(const struct config *cfg)
{
	const struct guest_mix *c = &cfg->mix;

	return c->cpuid + c->rdmsr + c->wrmsr + c->tsc_deadline + c->hypercall + c->out + c->in +
	       c->mmio + c->mmio_read + c->doorbell + c->hlt + c->halt_irqchip * 3 +
	       user_msrs(cfg) + c->cr + c->string_out + c->touch;
}
