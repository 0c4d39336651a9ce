// SPDX-License-Identifier: GPL-2.0
/*
 * simguest - VMs whose every VM exit is known beforehand, for tests and benchmarks.
 *
 * Each vCPU runs a little real-mode program, assembled here, that leaves guest mode a known number
 * of times for each reason. At the end one JSON object per vCPU says what an observer must have
 * counted ("expect"), what KVM_RUN returned ("user") and what KVM itself says ("kvm_stats").
 *
 * The program, all of which fits in one page:
 *
 *	first touches; OUT READY	one vCPU at a time, see vcpu_main()
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
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096u
/*
 * Guest memory of one vCPU: only the first page is used. KVM's legacy MMU maps an aligned group of
 * 8 pages at once (PTE_PREFETCH_NUM), so that a neighbour's first touch would be lost in one group.
 */
#define REGION (8 * PAGE)
#define MAX_VCPUS (0x100000 / REGION) /* what real-mode segments reach */

/* In the page of a vCPU; the stack grows down from its end. */
#define TIMER_VECTOR 0x40
#define IDT_SIZE ((TIMER_VECTOR + 1) * 4)
#define EARLY_WAKEUPS 0x108 /* u32, counted by the guest, see emit_timer_handler() */
#define CODE_START 0x110
#define CODE_END 0xf00

/* Ports that no in-kernel device has. */
#define PORT_COUNTED 0x510
#define PORT_READY 0x511
#define PORT_DONE 0x512
#define PORT_FAULT 0x513

#define MMIO_GPA 0xd0000000u /* + one page per vCPU; no memory there. DS points to it */
#define APIC_GPA 0xfee00000u /* FS points to it */
#define APIC_EOI 0xb0
#define APIC_SPIV 0xf0
#define APIC_LVTT 0x320
#define APIC_TMICT 0x380
#define APIC_TDCR 0x3e0
#define HALT_NS 200000 /* KVM's APIC bus cycle is 1 ns */

/* Both are intercepted by VMX and SVM and handled in the kernel; this write is ignored. */
#define MSR_IA32_APICBASE 0x1b
#define MSR_IA32_UCODE_WRITE 0x79

struct config {
	/* exits per round */
	uint64_t cpuid, rdmsr, wrmsr, out, in, mmio, hypercall, hlt, halt_irqchip;
	uint64_t vmcall, vmmcall; /* hypercall, as this CPU's vendor does it */
	uint64_t rounds, passes, spin;
	uint64_t vms, vcpus, generations, processes;
	uint64_t user_sleep_us, ready_fd;
	uint64_t migrate, forever, hold, time;
	const char *go_file;
};

struct vcpu {
	const struct config *cfg;
	struct vm *vm;
	unsigned int id;
	int fd;
	struct kvm_run *run;
	pthread_t thread;
	pid_t tid;
	uint64_t passes;
	uint64_t best_ns;  /* the fastest pass, KVM_RUN to OUT DONE */
	uint64_t user[64]; /* by kvm_run->exit_reason */
	uint64_t eintr;
};

struct vm {
	int fd;
	uint8_t *mem;
	struct vcpu *vcpus;
	pthread_mutex_t first_touch;
};

struct fleet {
	const struct config *cfg;
	struct vm *vms;
	pthread_barrier_t ready, go, touched;
	volatile bool done;
};

static volatile sig_atomic_t stop;

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

#define BODY(...) .len = sizeof((uint8_t[]){ __VA_ARGS__ }), .bytes = { __VA_ARGS__ }

/* What one round consists of, in this order. Each may use any register but ESI and EDI. */
static const struct kind {
	size_t count; /* where in struct config */
	uint8_t len, bytes[24];
} KINDS[] = {
	{ offsetof(struct config, cpuid), BODY(EAX(0), ECX(0), 0x0f, 0xa2) },
	{ offsetof(struct config, rdmsr), BODY(ECX(MSR_IA32_APICBASE), 0x0f, 0x32) },
	{ offsetof(struct config, wrmsr), BODY(ECX(MSR_IA32_UCODE_WRITE), 0x0f, 0x30) },
	/* KVM_HC_VAPIC_POLL_IRQ does nothing */
	{ offsetof(struct config, vmcall), BODY(EAX(1), 0x0f, 0x01, 0xc1) },
	{ offsetof(struct config, vmmcall), BODY(EAX(1), 0x0f, 0x01, 0xd9) },
	{ offsetof(struct config, out), BODY(OUT(PORT_COUNTED)) },
	{ offsetof(struct config, in), BODY(0xba, IMM16(PORT_COUNTED), 0xec) },
	{ offsetof(struct config, mmio), BODY(MMIO_WRITE) },
	{ offsetof(struct config, hlt), BODY(0xf4) },
	/* cli; arm the timer; sti; hlt: sti takes effect after hlt */
	{ offsetof(struct config, halt_irqchip),
	  BODY(0xfa, APIC_WRITE(APIC_TMICT, HALT_NS), 0xfb, 0xf4) },
	{ offsetof(struct config, spin), BODY(0x90) },
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

static void emit_round(struct code *code, const struct config *cfg)
{
	const struct kind *kind;

	for (kind = KINDS; kind < KINDS + sizeof(KINDS) / sizeof(*KINDS); kind++) {
		uint64_t n = *(const uint64_t *)((const char *)cfg + kind->count);

		if (!n)
			continue;
		EMIT(code, 0x66, 0xbe, IMM32(n)); /* mov esi, n */
		emit(code, kind->bytes, kind->len);
		EMIT(code, 0x66, 0x4e, 0x75, -(kind->len + 4)); /* dec esi; jnz body */
	}
}

/*
 * The timer must wake a HLT, or that would never end. An interrupt between STI and HLT comes too
 * early, so the timer is armed again, and counted, for these are two more exits. Processors do not
 * let this happen; under QEMU's TCG it was seen about once in 1,000 halts of crowded vCPUs.
 */
static void emit_timer_handler(struct code *code)
{
	EMIT(code, 0x55, 0x89, 0xe5);		     /* push bp; mov bp, sp */
	EMIT(code, 0x8b, 0x6e, 2);		     /* mov bp, [bp + 2]: where to return to */
	EMIT(code, 0x80, 0x7e, 0, 0xf4, 0x75, 16);   /* cmp byte [bp], HLT; jne past the next two */
	EMIT(code, APIC_WRITE(APIC_TMICT, HALT_NS)); /* 10 bytes */
	EMIT(code, 0x66, 0x36, 0xff, 0x06, IMM16(EARLY_WAKEUPS)); /* inc dword ss:[], 6 bytes */
	EMIT(code, 0x5d, APIC_WRITE(APIC_EOI, 0), 0xcf);	  /* pop bp; EOI; iret */
}

/* Writes vCPU's program and interrupt table into its page. Returns where it starts. */
static unsigned int assemble(uint8_t *page, unsigned int region, const struct config *cfg)
{
	struct code code = { page, CODE_START };
	unsigned int fault = code.len, timer, start, pass, round, i;

	EMIT(&code, OUT(PORT_FAULT));
	timer = code.len;
	emit_timer_handler(&code);
	for (i = 0; i < IDT_SIZE / 4; i++)
		memcpy(page + i * 4,
		       (uint8_t[]){ IMM16(i == TIMER_VECTOR ? timer : fault), IMM16(region >> 4) },
		       4);

	start = code.len;
	if (cfg->mmio)
		EMIT(&code, MMIO_WRITE);
	if (cfg->halt_irqchip)
		EMIT(&code, APIC_WRITE(APIC_EOI, 0));
	EMIT(&code, OUT(PORT_READY));
	pass = code.len;
	EMIT(&code, 0x66, 0xbf, IMM32(cfg->rounds)); /* mov edi, rounds */
	round = code.len;
	emit_round(&code, cfg);
	EMIT(&code, 0x66, 0x4f);				 /* dec edi */
	EMIT(&code, 0x0f, 0x85, IMM16(back16(&code, 2, round))); /* jnz round */
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

static void vcpu_create(struct vcpu *vcpu, int kvm_fd)
{
	unsigned int region = vcpu->id * REGION;
	struct kvm_regs regs = { .rflags = 2, .rsp = PAGE };
	struct kvm_sregs sregs;
	int size = KVM(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);

	vcpu->fd = KVM(vcpu->vm->fd, KVM_CREATE_VCPU, vcpu->id);
	vcpu->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		die("mmap of kvm_run: %s", strerror(errno));
	KVM(vcpu->fd, KVM_GET_SREGS, &sregs);
	set_segment(&sregs.cs, region);
	set_segment(&sregs.ss, region);
	set_segment(&sregs.ds, MMIO_GPA + vcpu->id * PAGE);
	set_segment(&sregs.fs, APIC_GPA);
	sregs.idt.base = region;
	sregs.idt.limit = IDT_SIZE - 1;
	KVM(vcpu->fd, KVM_SET_SREGS, &sregs);
	regs.rip = assemble(vcpu->vm->mem + region, region, vcpu->cfg);
	KVM(vcpu->fd, KVM_SET_REGS, &regs);
	if (vcpu->cfg->halt_irqchip)
		vcpu_setup_lapic(vcpu);
}

static void vm_create(struct vm *vm, const struct config *cfg, int kvm_fd)
{
	struct kvm_userspace_memory_region mem = { .memory_size = cfg->vcpus * REGION };
	unsigned int i;

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
	if (cfg->halt_irqchip)
		KVM(vm->fd, KVM_CREATE_IRQCHIP, 0);

	pthread_mutex_init(&vm->first_touch, NULL);
	vm->vcpus = calloc(cfg->vcpus, sizeof(*vm->vcpus));
	if (!vm->vcpus)
		die("out of memory");
	for (i = 0; i < cfg->vcpus; i++) {
		vm->vcpus[i] = (struct vcpu){ .cfg = cfg, .vm = vm, .id = i };
		vcpu_create(&vm->vcpus[i], kvm_fd);
	}
}

static void vm_destroy(struct vm *vm, const struct config *cfg, int kvm_fd)
{
	int size = KVM(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
	unsigned int i;

	for (i = 0; i < cfg->vcpus; i++) {
		munmap(vm->vcpus[i].run, size);
		close(vm->vcpus[i].fd);
	}
	close(vm->fd);
	munmap(vm->mem, cfg->vcpus * REGION);
	free(vm->vcpus);
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

static struct fleet *fleet_of_thread; /* set before any thread starts */

static void *vcpu_main(void *arg)
{
	struct vcpu *vcpu = arg;
	const struct config *cfg = vcpu->cfg;
	uint64_t start, ns;

	vcpu->tid = gettid();
	pthread_barrier_wait(&fleet_of_thread->ready);
	pthread_barrier_wait(&fleet_of_thread->go);

	/*
	 * A fault is taken once more if it meets another vCPU that builds the same page tables, or,
	 * up to 5.11, any change of the process's memory map, such as the end of a thread makes.
	 */
	pthread_mutex_lock(&vcpu->vm->first_touch);
	vcpu_run_until(vcpu, PORT_READY);
	pthread_mutex_unlock(&vcpu->vm->first_touch);
	pthread_barrier_wait(&fleet_of_thread->touched);

	while (cfg->forever ? !stop : vcpu->passes < cfg->passes) {
		start = now_ns();
		vcpu_run_until(vcpu, PORT_DONE);
		ns = now_ns() - start;
		if (!vcpu->passes++ || ns < vcpu->best_ns)
			vcpu->best_ns = ns;
	}
	return NULL;
}

#define for_each_vcpu(fleet, vcpu)                                                         \
	for (struct vm *vm_ = (fleet)->vms; vm_ < (fleet)->vms + (fleet)->cfg->vms; vm_++) \
		for (vcpu = vm_->vcpus; vcpu < vm_->vcpus + (fleet)->cfg->vcpus; vcpu++)

/* Keeps moving the vCPU threads from CPU to CPU, while they run. */
static void *migrate_main(void *arg)
{
	struct fleet *fleet = arg;
	cpu_set_t all, one;
	struct vcpu *vcpu;
	int cpu = 0;

	sched_getaffinity(0, sizeof(all), &all);
	while (!fleet->done) {
		for_each_vcpu(fleet, vcpu)
		{
			do
				cpu = (cpu + 1) % CPU_SETSIZE;
			while (!CPU_ISSET(cpu, &all));
			CPU_ZERO(&one);
			CPU_SET(cpu, &one);
			sched_setaffinity(vcpu->tid, sizeof(one), &one);
		}
		usleep(300);
	}
	return NULL;
}

static void wait_for_go(const struct config *cfg)
{
	if (cfg->ready_fd && write(cfg->ready_fd, "ready\n", 6) != 6)
		die("--ready-fd %" PRIu64 ": %s", cfg->ready_fd, strerror(errno));
	while (cfg->go_file && access(cfg->go_file, F_OK) && !stop)
		usleep(1000);
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

static void fleet_run(struct fleet *fleet)
{
	const struct config *cfg = fleet->cfg;
	pthread_t migrate;
	struct vcpu *vcpu;

	fleet_of_thread = fleet;
	pthread_barrier_init(&fleet->ready, NULL, cfg->vms * cfg->vcpus + 1);
	pthread_barrier_init(&fleet->go, NULL, cfg->vms * cfg->vcpus + 1);
	pthread_barrier_init(&fleet->touched, NULL, cfg->vms * cfg->vcpus);
	for_each_vcpu(fleet, vcpu) spawn(&vcpu->thread, vcpu_main, vcpu);
	pthread_barrier_wait(&fleet->ready);
	wait_for_go(cfg);
	if (cfg->migrate)
		spawn(&migrate, migrate_main, fleet);
	pthread_barrier_wait(&fleet->go);
	for_each_vcpu(fleet, vcpu) pthread_join(vcpu->thread, NULL);
	fleet->done = true;
	if (cfg->migrate)
		pthread_join(migrate, NULL);
}

/* ---- the report ---- */

static void pread_all(int fd, void *buf, size_t len, off_t offset)
{
	if (pread(fd, buf, len, offset) != (ssize_t)len)
		die("cannot read the vCPU's statistics");
}

static void print_kvm_stats(int vcpu_fd)
{
	int fd = ioctl(vcpu_fd, KVM_GET_STATS_FD, 0);
	struct kvm_stats_header head;
	size_t desc_size;
	const char *sep = "";
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
		uint64_t value;

		if (desc_size > sizeof(buf))
			die("the names of KVM's statistics are too long");
		pread_all(fd, buf, desc_size, head.desc_offset + i * desc_size);
		if (desc->size != 1)
			continue;
		pread_all(fd, &value, sizeof(value), head.data_offset + desc->offset);
		printf("%s\"%s\":%" PRIu64, sep, desc->name, value);
		sep = ",";
	}
	putchar('}');
	close(fd);
}

static void print_expect(const struct vcpu *vcpu)
{
	const struct config *c = vcpu->cfg;
	uint64_t n = c->rounds * vcpu->passes;
	uint32_t early;

	memcpy(&early, vcpu->vm->mem + vcpu->id * REGION + EARLY_WAKEUPS, sizeof(early));
	printf("\"expect\":{\"cpuid\":%" PRIu64 ",\"msr\":%" PRIu64 ",\"io\":%" PRIu64
	       ",\"npf_mmio\":%" PRIu64 ",\"npf_apic\":%" PRIu64 ",\"npf_first_touch\":1"
	       ",\"hypercall\":%" PRIu64 ",\"hlt\":%" PRIu64 "}",
	       n * c->cpuid, n * (c->rdmsr + c->wrmsr), n * (c->out + c->in) + vcpu->passes + 1,
	       n * c->mmio + !!c->mmio, (n * c->halt_irqchip + early) * 2 + !!c->halt_irqchip,
	       n * c->hypercall, n * (c->hlt + c->halt_irqchip));
}

/* Of the fastest pass: one that is shorter than a timer tick of the host can be free of noise. */
static void print_time(const struct vcpu *vcpu)
{
	const struct config *c = vcpu->cfg;
	uint64_t exits = 1 + c->rounds * (c->cpuid + c->rdmsr + c->wrmsr + c->hypercall + c->out +
					  c->in + c->mmio + c->hlt + c->halt_irqchip * 3);

	printf(",\"time\":{\"ns\":%" PRIu64 ",\"exits\":%" PRIu64 ",\"ns_per_exit\":%.2f}",
	       vcpu->best_ns, exits, (double)vcpu->best_ns / exits);
}

static void fleet_print(const struct fleet *fleet, unsigned int generation)
{
	struct vcpu *vcpu;

	for_each_vcpu(fleet, vcpu)
	{
		printf("{\"pid\":%d,\"tid\":%d,\"generation\":%u,\"vm\":%td,\"vm_fd\":%d,\"vcpu\":%"
		       "u,",
		       getpid(), vcpu->tid, generation, vcpu->vm - fleet->vms, vcpu->vm->fd,
		       vcpu->id);
		print_expect(vcpu);
		printf(",\"user\":{\"KVM_EXIT_IO\":%" PRIu64 ",\"KVM_EXIT_MMIO\":%" PRIu64
		       ",\"KVM_EXIT_HLT\":%" PRIu64 ",\"EINTR\":%" PRIu64 "}",
		       vcpu->user[KVM_EXIT_IO], vcpu->user[KVM_EXIT_MMIO], vcpu->user[KVM_EXIT_HLT],
		       vcpu->eintr);
		if (vcpu->cfg->time)
			print_time(vcpu);
		printf(",\"kvm_stats\":");
		print_kvm_stats(vcpu->fd);
		printf("}\n");
	}
	fflush(stdout);
}

/* ---- the process ---- */

static void on_signal(int sig)
{
	(void)sig;
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

static void run_process(const struct config *cfg, bool last)
{
	int kvm_fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	unsigned int generation, i;

	if (kvm_fd < 0)
		die("cannot open /dev/kvm: %s", strerror(errno));
	for (generation = 0; generation < cfg->generations && !stop; generation++) {
		struct fleet fleet = { .cfg = cfg, .vms = calloc(cfg->vms, sizeof(struct vm)) };

		if (!fleet.vms)
			die("out of memory");
		for (i = 0; i < cfg->vms; i++)
			vm_create(&fleet.vms[i], cfg, kvm_fd);
		fleet_run(&fleet);
		fleet_print(&fleet, generation);
		if (cfg->hold && last && generation == cfg->generations - 1)
			hold();
		for (i = 0; i < cfg->vms; i++)
			vm_destroy(&fleet.vms[i], cfg, kvm_fd);
		free(fleet.vms);
	}
	close(kvm_fd);
}

static const struct opt {
	const char *name, *arg; /* no arg: a flag */
	size_t field;
	const char *help;
} OPTS[] = {
#define OPT(name, arg, field, help)                             \
	{                                                       \
		name, arg, offsetof(struct config, field), help \
	}
	OPT("cpuid", "N", cpuid, "CPUID instructions per round"),
	OPT("rdmsr", "N", rdmsr, "RDMSR"),
	OPT("wrmsr", "N", wrmsr, "WRMSR"),
	OPT("hypercall", "N", hypercall, "VMCALL or VMMCALL"),
	OPT("out", "N", out, "OUT to a port of the VMM"),
	OPT("in", "N", in, "IN from a port of the VMM"),
	OPT("mmio", "N", mmio, "stores where no memory is"),
	OPT("hlt", "N", hlt, "HLT without irqchip: returns to the VMM"),
	OPT("halt-irqchip", "N", halt_irqchip,
	    "HLT with in-kernel APIC: blocks until its timer fires"),
	OPT("spin", "N", spin, "guest loop iterations per round"),
	OPT("rounds", "R", rounds, "repeat this mix R times in the guest"),
	OPT("passes", "P", passes,
	    "repeat all rounds P times, with one exit to the VMM after each"),
	OPT("vms", "V", vms, "VMs in the process"),
	OPT("vcpus", "C", vcpus, "vCPUs, each with its thread, per VM"),
	OPT("generations", "G", generations, "do all that G times, each time with new VMs"),
	OPT("processes", "P", processes, "do all that in P processes, one after the other"),
	OPT("user-sleep-us", "US", user_sleep_us, "sleep in the VMM at each of its exits"),
	OPT("migrate", NULL, migrate, "keep moving the threads between CPUs"),
	OPT("forever", NULL, forever, "repeat until SIGINT or SIGTERM"),
	OPT("hold", NULL, hold, "then keep the VMs until SIGINT, SIGTERM or end of input"),
	OPT("ready-fd", "FD", ready_fd, "write a line to FD when all threads exist"),
	OPT("go-file", "PATH", go_file, "then wait until PATH exists, before the first KVM_RUN"),
	OPT("time", NULL, time, "report the time of the fastest pass"),
};
#define N_OPTS (sizeof(OPTS) / sizeof(*OPTS))

static void usage(void)
{
	printf("Usage: simguest [OPTION...]\n\n"
	       "Run VMs that leave guest mode a known number of times, and print what to "
	       "expect.\n\n");
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

static void parse_options(int argc, char **argv, struct config *cfg)
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
		if (OPTS[c - 256].field == offsetof(struct config, go_file))
			cfg->go_file = optarg;
		else
			*(uint64_t *)field = optarg ? parse_number(OPTS[c - 256].name, optarg) : 1;
	}
	if (optind < argc)
		die("unknown argument %s (try --help)", argv[optind]);
	if (!cfg->rounds || !cfg->passes || !cfg->vms || !cfg->generations || !cfg->processes)
		die("--rounds, --passes, --vms, --generations, --processes: at least 1");
	if (!cfg->vcpus || cfg->vcpus > MAX_VCPUS)
		die("--vcpus must be from 1 to %u", MAX_VCPUS);
	if (cfg->hlt && cfg->halt_irqchip)
		die("--hlt and --halt-irqchip exclude each other: one VM has an irqchip or has "
		    "none");
}

/* KVM on VMX takes VMCALL, on SVM VMMCALL. */
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
	struct config cfg = {
		.rounds = 1, .passes = 1, .vms = 1, .vcpus = 1, .generations = 1, .processes = 1
	};
	struct sigaction sa = { .sa_handler = on_signal };
	struct rlimit files;
	uint64_t i;

	parse_options(argc, argv, &cfg);
	*(cpu_has_vmx() ? &cfg.vmcall : &cfg.vmmcall) = cfg.hypercall;
	if (cfg.forever || cfg.hold) {
		sigaction(SIGINT, &sa, NULL);
		sigaction(SIGTERM, &sa, NULL);
	}
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (cfg.processes == 1) {
		run_process(&cfg, true);
		return 0;
	}
	for (i = 0; i < cfg.processes && !stop; i++) {
		int status;
		pid_t pid = fork();

		if (pid < 0)
			die("fork: %s", strerror(errno));
		if (!pid) {
			run_process(&cfg, i == cfg.processes - 1);
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
