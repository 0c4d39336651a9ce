// SPDX-License-Identifier: GPL-2.0
/*
 * bpf_filter: what is filtered out in the kernel (bpf/filter.bpf.h). Pids and ids are known from the start; which VMs are not asked for by
 * name is learnt as they appear.
 */
#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../base/cleanup.h"
#include "../model/scope.h"
#include "bpf_priv.h"
#include "bpf_collector.h"
#include "kvmtop.skel.h"
#include "vms.h"

struct bpf_filtered bpf_filtered_by(const struct scope *scope)
{
	return (struct bpf_filtered){
		.pids = scope->n_pids > 0,
		.vcpus = scope->n_vcpu_ids > 0,
		.names = scope->guest != NULL,
	};
}

int bpf_exit_prepare_filters(struct bpf_exit *bpf, const struct scope *scope)
{
	const struct bpf_filtered filtered = bpf->filtered;
	struct kvmtop_bpf *skel = bpf->skel;

	skel->rodata->cfg_filter_pids = filtered.pids;
	skel->rodata->cfg_filter_vcpus = filtered.vcpus;
	skel->rodata->cfg_filter_names = filtered.names;
	return bpf_map__set_max_entries(skel->maps.filter_pids, (uint32_t)scope->n_pids + 1) ?:
	       bpf_map__set_max_entries(skel->maps.filter_vcpus,
					(uint32_t)scope->n_vcpu_ids + 1) ?:
	       bpf_map__set_max_entries(skel->maps.ignored_pids,
					filtered.names ? (uint32_t)bpf->n_slots : 1);
}

int bpf_exit_fill_filters(const struct bpf_exit *bpf, const struct scope *scope)
{
	const uint32_t yes = 1;
	int err;

	for (size_t i = 0; i < scope->n_pids; i++) {
		err = bpf_map_update_elem(bpf_map__fd(bpf->skel->maps.filter_pids), &scope->pids[i],
					  &yes, BPF_ANY);
		if (err)
			return err;
	}
	for (size_t i = 0; i < scope->n_vcpu_ids; i++) {
		err = bpf_map_update_elem(bpf_map__fd(bpf->skel->maps.filter_vcpus),
					  &scope->vcpu_ids[i], &yes, BPF_ANY);
		if (err)
			return err;
	}
	return 0;
}

/* False: there is no room, so its VMs take slots as others do. */
static bool add_ignored(struct bpf_exit *bpf, uint32_t tgid, uint64_t start_ns)
{
	int map = bpf_map__fd(bpf->skel->maps.ignored_pids);
	struct ignored_process *more;

	for (size_t i = 0; i < bpf->n_ignored; i++)
		if (bpf->ignored[i].tgid == tgid && bpf->ignored[i].start_ns == start_ns)
			return true;
	more = reallocarray(bpf->ignored, bpf->n_ignored + 1, sizeof(*more));
	if (!more)
		return false;
	bpf->ignored = more;
	if (bpf_map_update_elem(map, &tgid, &start_ns, BPF_ANY))
		return false;
	more[bpf->n_ignored++] = (struct ignored_process){ tgid, start_ns };
	return true;
}

void bpf_exit__ignore_vm(struct bpf_exit *bpf, uint64_t key)
{
	struct inventory_vm *vm = bpf->filtered.names ? vms__find(bpf->vms, key) : NULL;
	struct precedence precedence;

	/* Without a vCPU its start may be known to a clock tick only; and it takes nothing. */
	if (!vm || !vm->n_vcpus)
		return;
	precedence = bpf_exit__take_precedence(bpf);
	if (add_ignored(bpf, vm->tgid, bpf->vcpus[vm->vcpus[0].slot].start_ns)) {
		bpf_exit_retire_vcpus(bpf, vm);
		vm->n_vcpus = 0;
	}
	bpf_exit__end_precedence(&precedence);
}

void bpf_exit_forget_ignored(struct bpf_exit *bpf)
{
	int map = bpf_map__fd(bpf->skel->maps.ignored_pids);
	size_t n = 0;

	for (size_t i = 0; i < bpf->n_ignored; i++) {
		const struct ignored_process process = bpf->ignored[i];
		uint64_t start_ns;

		if (vms__process_alive(bpf->vms, process.tgid, process.start_ns))
			bpf->ignored[n++] = process;
		/* Another process of this pid may be there already. */
		else if (!bpf_map_lookup_elem(map, &process.tgid, &start_ns) &&
			 start_ns == process.start_ns)
			bpf_map_delete_elem(map, &process.tgid);
	}
	bpf->n_ignored = n;
}
