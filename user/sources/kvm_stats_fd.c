// SPDX-License-Identifier: GPL-2.0
/*
 * kvm_stats_fd: a vCPU's statistics by the statistics fd that its VMM holds, instead of what the iterator has read.
 */
#include "kvm_stats_priv.h"

#include <stdlib.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../model/stats.h"
#include "proc.h"
#include "stats_fd.h"

/* How soon the statistics fds of a VMM are looked for again; the next time twice as late, up to the above. */
#define FIND_FIRST_NS 1000000000ull

static void read_stats_fds(struct kvm_stats *stats, const struct vmm *vmm, struct found_vm *vm)
{
	__autofree char *data = malloc(stats->vcpu_layout->bytes);
	__autoclose int pidfd = stats_fd_open_process(vmm->pid);

	if (!data || pidfd < 0)
		return;
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		struct found_vcpu *vcpu = &vm->vcpus[i];
		uint64_t *values;

		if (vcpu->vcpu_id >= vmm->n_stats_fds || vmm->stats_fds[vcpu->vcpu_id] < 0)
			continue;
		if (stats_fd_read(pidfd, vmm->stats_fds[vcpu->vcpu_id], vcpu->vcpu_id,
				  stats->vcpu_layout, data))
			continue;
		values = kvm_stats_decode(stats, stats->vcpu_layout, data);
		if (!values)
			return;
		vcpu->values = values;
		vcpu->source = STATS_FD;
	}
}

/*
 * A statistics fd does not show its VM, so the process must have only one VM. If another VM takes
 * its place, the fds are looked for again.
 */
static void find_stats_fds(struct kvm_stats *stats, struct vmm *vmm, uint64_t kvm)
{
	const uint64_t now_ns = clock_now_ns();

	if (vmm->looked_for == kvm && now_ns < vmm->look_ns)
		return;
	/* Soon at first: the VMM may be about to open them. */
	if (vmm->looked_for != kvm)
		vmm->look_gap_ns = FIND_FIRST_NS;
	else if (vmm->look_gap_ns < FIND_INTERVAL_NS / 2)
		vmm->look_gap_ns *= 2;
	free(vmm->stats_fds);
	vmm->stats_fds = NULL;
	vmm->n_stats_fds = 0;
	vmm->looked_for = 0;
	for (size_t i = 0; i < stats->n_vms; i++)
		if (stats->vms[i].ident.pid == vmm->pid && stats->vms[i].ident.kvm != kvm)
			return;
	if (stats_fd_find(PROC_ROOT, vmm->pid, &vmm->stats_fds, &vmm->n_stats_fds))
		return;
	vmm->looked_for = kvm;
	vmm->look_ns = now_ns + vmm->look_gap_ns;
}

void kvm_stats_use_fds(struct kvm_stats *stats)
{
	/* Without a statistics fd the place of the values in one is not known. */
	if (!stats->vcpu_layout->data_offset || stats->opts.only == STATS_ITERATOR)
		return;
	for (size_t i = 0; i < stats->n_vms; i++) {
		struct vmm *vmm = kvm_stats_find_vmm(stats, stats->vms[i].ident.pid);

		if (!vmm)
			continue;
		find_stats_fds(stats, vmm, stats->vms[i].ident.kvm);
		if (vmm->n_stats_fds)
			read_stats_fds(stats, vmm, &stats->vms[i]);
	}
}
