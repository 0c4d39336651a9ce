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

bool vm_is_stopped(const struct frame_vm *vm)
{
	if (vm->exits.delta || !vm->exits.delta_valid || !vm->shares.valid)
		return false;
	return vm->held == HELD_STOPPED || vm->held == HELD_FROZEN ||
	       vm->shares.pct[STATE_VMM] >= STOPPED_PCT;
}

static bool lost(const struct time_shares *shares, uint64_t not_lost_ns, size_t n_vcpus,
		 double *ret_cpus)
{
	uint64_t ns;

	if (!time_shares_known(shares, STATE_RUN_DELAY) || !shares->wall_ns)
		return false;
	ns = shares->ns[STATE_VMM] > not_lost_ns ? shares->ns[STATE_VMM] - not_lost_ns : 0;
	ns += shares->ns[STATE_KVM] + shares->ns[STATE_RUN_DELAY];
	*ret_cpus = (double)ns / (double)shares->wall_ns * (double)n_vcpus;
	return true;
}

bool lost_cpus_of_vm(const struct frame_vm *vm, double *ret_cpus)
{
	size_t n = 0;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		n += vm->vcpus[i].shares.valid;
	return lost(&vm->shares, vm_is_stopped(vm) ? UINT64_MAX : halted_ns(&vm->user_exits), n,
		    ret_cpus);
}

bool lost_cpus_of_vcpu(const struct frame_vm *vm, const struct frame_vcpu *vcpu, double *ret_cpus)
{
	return lost(&vcpu->shares, vm_is_stopped(vm) ? UINT64_MAX : halted_ns(&vcpu->user_exits), 1,
		    ret_cpus);
}
