// SPDX-License-Identifier: GPL-2.0
/*
 * run - the VMs of a generation, and the threads of their vCPUs.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "simguest.h"

#define IRQ_LINE 5 /* that nothing else raises */

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void vcpu_create(struct vcpu *vcpu, int kvm_fd)
{
	vcpu->fd = KVM(vcpu->vm->fd, KVM_CREATE_VCPU, vcpu->id);
	vcpu->run = mmap(NULL, vcpu->fleet->kvm_run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
			 vcpu->fd, 0);
	if (vcpu->run == MAP_FAILED)
		die("mmap of kvm_run: %s", strerror(errno));
	guest_vcpu_setup(vcpu, kvm_fd);
	vcpu->stats_fd = vcpu->cfg->keep_stats_fds ? KVM(vcpu->fd, KVM_GET_STATS_FD, 0) : -1;
}

/* Of any length, which lets some KVMs ring it without a look at the instruction (kvm_fast_mmio). */
static void vm_add_doorbells(struct vm *vm, const struct config *cfg)
{
	uint64_t i;

	vm->doorbell_fd = eventfd(0, EFD_CLOEXEC);
	if (vm->doorbell_fd < 0)
		die("eventfd: %s", strerror(errno));
	for (i = 0; i < cfg->vcpus; i++) {
		struct kvm_ioeventfd doorbell = { .addr = guest_doorbell(cfg, i),
						  .fd = vm->doorbell_fd };

		KVM(vm->fd, KVM_IOEVENTFD, &doorbell);
	}
}

void vm_add_memory(struct vm *vm, uint64_t gpa, uint64_t bytes)
{
	struct kvm_userspace_memory_region mem = { .slot = 1,
						   .guest_phys_addr = gpa,
						   .memory_size = bytes };

	vm->more_mem = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (vm->more_mem == MAP_FAILED)
		die("mmap of guest memory: %s", strerror(errno));
	vm->more_bytes = bytes;
	madvise(vm->more_mem, bytes, MADV_NOHUGEPAGE); /* a fault for each page */
	mem.userspace_addr = (uintptr_t)vm->more_mem;
	KVM(vm->fd, KVM_SET_USER_MEMORY_REGION, &mem);
}

static void vm_create(struct vm *vm, const struct config *cfg, int kvm_fd)
{
	struct kvm_userspace_memory_region mem = { .memory_size = cfg->vcpus * guest_region };

	vm->fd = KVM(kvm_fd, KVM_CREATE_VM, 0);
	vm->mem = mmap(NULL, mem.memory_size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (vm->mem == MAP_FAILED)
		die("mmap of guest memory: %s", strerror(errno));
	/* A huge page made later would remove the mapping and fault once more. */
	madvise(vm->mem, mem.memory_size, MADV_NOHUGEPAGE);
	mem.userspace_addr = (uintptr_t)vm->mem;
	KVM(vm->fd, KVM_SET_USER_MEMORY_REGION, &mem);
	guest_vm_setup(vm, cfg);
	vm->doorbell_fd = -1;
	if (guest_doorbell(cfg, 0))
		vm_add_doorbells(vm, cfg);
	pthread_mutex_init(&vm->first_touch, NULL);
}

void fleet_create(struct fleet *fleet, const struct config *cfg, int kvm_fd)
{
	unsigned int i;

	*fleet = (struct fleet){
		.cfg = cfg,
		.others = *cfg,
		.vms = calloc(cfg->vms, sizeof(struct vm)),
		.vcpus = calloc(cfg->vms * cfg->vcpus, sizeof(struct vcpu)),
		.n_vcpus = cfg->vms * cfg->vcpus,
		.kvm_run_size = KVM(kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0),
	};
	if (!fleet->vms || !fleet->vcpus)
		die("out of memory");
	guest_only_halts(&fleet->others);
	for (i = 0; i < cfg->vms; i++)
		vm_create(&fleet->vms[i], cfg, kvm_fd);
	for (i = 0; i < fleet->n_vcpus; i++) {
		const bool other = cfg->others_halt && i % cfg->vcpus;

		fleet->vcpus[i] = (struct vcpu){ .cfg = other ? &fleet->others : cfg,
						 .fleet = fleet,
						 .vm = &fleet->vms[i / cfg->vcpus],
						 .id = i % cfg->vcpus };
		vcpu_create(&fleet->vcpus[i], kvm_fd);
	}
	pthread_barrier_init(&fleet->ready, NULL, fleet->n_vcpus + 1);
	pthread_barrier_init(&fleet->go, NULL, fleet->n_vcpus + 1);
	pthread_barrier_init(&fleet->touched, NULL, fleet->n_vcpus);
}

void fleet_destroy(struct fleet *fleet)
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
		if (fleet->vms[i].more_mem)
			munmap(fleet->vms[i].more_mem, fleet->vms[i].more_bytes);
		munmap(fleet->vms[i].mem, fleet->cfg->vcpus * guest_region);
	}
	free(fleet->vcpus);
	free(fleet->vms);
}

static bool is_time_to_sleep(struct vcpu *vcpu)
{
	return ++vcpu->until_sleep >= vcpu->cfg->sleep_one_in && !(vcpu->until_sleep = 0);
}

/* Runs vcpu until its guest says so; everything else is only counted. */
static void vcpu_run_until(struct vcpu *vcpu, enum guest_says until)
{
	struct kvm_run *run = vcpu->run;
	enum guest_says says;

	for (;;) {
		if (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
			if (errno != EINTR)
				die("KVM_RUN: %s", strerror(errno));
			vcpu->eintr++;
			continue;
		}
		says = guest_exit(vcpu);
		vcpu->user[run->exit_reason]++;
		if (vcpu->cfg->user_sleep_us && is_time_to_sleep(vcpu))
			usleep(vcpu->cfg->user_sleep_us);
		if (says == until)
			return;
	}
}

void spawn(pthread_t *thread, void *(*fn)(void *), void *arg)
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
		vcpu_run_until(vcpu, GUEST_DONE);
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

static void *vcpu_main(void *arg)
{
	struct vcpu *vcpu = arg;
	const struct config *cfg = vcpu->cfg;

	vcpu->tid = gettid();
	pthread_barrier_wait(&vcpu->fleet->ready);
	pthread_barrier_wait(&vcpu->fleet->go);

	/*
	 * A fault is taken once more if it meets another vCPU that builds the same page tables. Up to 5.11 that happens also
	 * at any change of the process's memory map, such as the end of a thread makes.
	 */
	pthread_mutex_lock(&vcpu->vm->first_touch);
	vcpu_run_until(vcpu, GUEST_READY);
	pthread_mutex_unlock(&vcpu->vm->first_touch);
	pthread_barrier_wait(&vcpu->fleet->touched);
	if (cfg->fail_entry)
		guest_fail_entry(vcpu);

	vcpu_run_passes(vcpu, cfg->handover ? cfg->passes / 2 : cfg->passes);
	if (cfg->handover)
		vcpu_hand_over(vcpu);
	return NULL;
}

/* Keeps migrating the vCPU threads from CPU to CPU, while they run. */
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

void fleet_run(struct fleet *fleet)
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
