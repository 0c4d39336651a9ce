// SPDX-License-Identifier: GPL-2.0
#include "lost.h"

#include <linux/kvm.h>

#include "frame.h"

static uint64_t halted_ns(const struct frame_reasons *user_exits)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < user_exits->n; i++) {
		const struct frame_reason *exit = &user_exits->v[i];

		if (exit->code == KVM_EXIT_HLT && exit->time.valid)
			sum += exit->time.delta_ns;
	}
	return sum;
}

static bool lost(const struct time_shares *shares, const struct frame_reasons *user_exits,
		 size_t n_vcpus, double *ret_cpus)
{
	const uint64_t halted = halted_ns(user_exits);
	uint64_t ns;

	if (!time_shares_known(shares, STATE_RUN_DELAY) || !shares->wall_ns)
		return false;
	ns = shares->ns[STATE_VMM] > halted ? shares->ns[STATE_VMM] - halted : 0;
	ns += shares->ns[STATE_KVM] + shares->ns[STATE_RUN_DELAY];
	*ret_cpus = (double)ns / (double)shares->wall_ns * (double)n_vcpus;
	return true;
}

bool lost_cpus_of_vm(const struct frame_vm *vm, double *ret_cpus)
{
	size_t n = 0;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		n += vm->vcpus[i].shares.valid;
	return lost(&vm->shares, &vm->user_exits, n, ret_cpus);
}

bool lost_cpus_of_vcpu(const struct frame_vcpu *vcpu, double *ret_cpus)
{
	return lost(&vcpu->shares, &vcpu->user_exits, 1, ret_cpus);
}
