/* SPDX-License-Identifier: GPL-2.0 */
/*
 * lost: how many CPUs a VM or vCPU would have used and did not get. That is the time in KVM, in the VMM and waiting for a CPU. Pure.
 */
#ifndef KVMTOP_MODEL_LOST_H
#define KVMTOP_MODEL_LOST_H

#include <stdbool.h>

struct frame_vcpu;
struct frame_vm;

/*
 * Whether the VM is stopped, so that nothing takes its time away: no vCPU has had an exit, and all their time is the VMM's. Or a signal or a
 * freezer holds all of them.
 */
bool vm_is_stopped(const struct frame_vm *vm);

/*
 * (kvm + vmm + run_delay) / 100 * its vCPUs whose time is known. Halts that the VMM handles (KVM_EXIT_HLT) are left out, once they have
 * ended. So is the VMM's time while the VM is stopped. false: the times are not known, or the run delay is not.
 */
bool lost_cpus_of_vm(const struct frame_vm *vm, double *ret_cpus);
/* @vm is the one that it is of. */
bool lost_cpus_of_vcpu(const struct frame_vm *vm, const struct frame_vcpu *vcpu, double *ret_cpus);

/* From this share of the time on, in percent, a VM without exits is stopped in its VMM. */
#define STOPPED_PCT 99

#endif
