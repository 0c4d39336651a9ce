/* SPDX-License-Identifier: GPL-2.0 */
/*
 * simguest - what its parts share: the options, the VMs, and what an architecture has to say of its guest.
 */
#ifndef SIMGUEST_H
#define SIMGUEST_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "guest.h"

struct kvm_run;

struct config {
	struct guest_mix mix; /* exits per round */
	uint64_t rounds, passes, keys;
	uint64_t vms, vcpus, generations, processes;
	uint64_t user_sleep_us, sleep_one_in, gap_ms, ready_fd, irqs, park;
	uint64_t migrate, handover, forever, hold, step, in_thread, keep_stats_fds, time;
	uint64_t fail_entry, others_halt;
	uint64_t first_fd;
	const char *go_file, *close_file, *name, *uuid; /* all fields from here on are text */
};

#define FIELD(name) offsetof(struct config, name)

struct opt {
	const char *name, *arg; /* no arg: a flag */
	size_t field;
	const char *help;
};

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
	uint64_t until_sleep; /* exits since the last sleep, see --sleep-one-in */
};

struct vm {
	int fd, doorbell_fd; /* doorbell_fd: with --doorbell, else -1 */
	bool fd_closed;
	uint8_t *mem, *more_mem; /* more_mem: of vm_add_memory(), or NULL */
	uint64_t more_bytes;
	pthread_mutex_t first_touch;
};

/* All VMs of a generation. */
struct fleet {
	const struct config *cfg;
	struct config others; /* of the vCPUs that only halt, see --others-halt */
	struct vm *vms;
	struct vcpu *vcpus; /* VM after VM */
	unsigned int n_vcpus;
	int kvm_run_size;
	pthread_barrier_t ready, go, touched;
	volatile bool done;
};

/* ---- main.c ---- */

extern volatile sig_atomic_t stop;
extern volatile sig_atomic_t unplug, plug; /* --park */

__attribute__((format(printf, 1, 2), noreturn)) void die(const char *fmt, ...);

int kvm_ioctl(int fd, const char *name, unsigned long request, unsigned long arg);
#define KVM(fd, request, arg) kvm_ioctl(fd, #request, request, (unsigned long)(arg))

/* ---- run.c ---- */

/* Gives the VM memory at @gpa, none of which is there until it is touched. */
void vm_add_memory(struct vm *vm, uint64_t gpa, uint64_t bytes);

void spawn(pthread_t *thread, void *(*fn)(void *), void *arg);
void fleet_create(struct fleet *fleet, const struct config *cfg, int kvm_fd);
void fleet_run(struct fleet *fleet);
void fleet_destroy(struct fleet *fleet);

/* ---- report.c ---- */

/* What an observer must have counted of the vCPU, a line of JSON. */
void vcpu_print(const struct vcpu *vcpu, unsigned int generation);

/* ---- the guest, guest_ARCH.c ---- */

extern const struct opt guest_opts[];
extern const size_t n_guest_opts;

/* Guest memory of one vCPU, in bytes, and how many vCPUs a VM may have. */
extern const unsigned int guest_region, guest_max_vcpus;

/* Before and after the options are read; ends the process if they do not fit. */
void guest_defaults(struct config *cfg);
void guest_check(struct config *cfg);

/* Leaves of a mix only the halts. */
void guest_only_halts(struct config *cfg);

/* What a VM needs before its vCPUs. */
void guest_vm_setup(struct vm *vm, const struct config *cfg);

/* Where the vCPU's ioeventfd is; 0: there is none. */
uint64_t guest_doorbell(const struct config *cfg, unsigned int vcpu_id);

/* The vCPU's registers and program. */
void guest_vcpu_setup(struct vcpu *vcpu, int kvm_fd);

/* What an exit to user space means; completes it. */
enum guest_says { GUEST_GOES_ON, GUEST_READY, GUEST_DONE };
enum guest_says guest_exit(struct vcpu *vcpu);

/* Entries that the CPU refuses, as many as --fail-entry says. */
void guest_fail_entry(struct vcpu *vcpu);

/* Parts of the report: what an observer must have counted, and what KVM_RUN returned. */
void guest_print_expect(const struct vcpu *vcpu);
void guest_print_user(const struct vcpu *vcpu);
uint64_t guest_exits_per_round(const struct config *cfg);

#endif
