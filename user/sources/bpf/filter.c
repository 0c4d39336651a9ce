// SPDX-License-Identifier: GPL-2.0
/*
 * filter: what is filtered out in the kernel (bpf/filter.bpf.h). Pids and ids are known from the
 * start. Names of VMs become known as the VMs appear.
 */
#include <errno.h>
#include <stdlib.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../../model/scope.h"
#include "../vms.h"
#include "collector.h"
#include "exits_priv.h"
#include "kvmtop.skel.h"

struct filtered filtered_by(const struct scope *scope)
{
	return (struct filtered){
		.pids = scope->n_pids > 0,
		.vcpus = scope->n_vcpu_ids > 0,
		.names = scope->guest != NULL,
	};
}

int exits_prepare_filters(struct exits *exits, const struct scope *scope)
{
	const struct filtered filtered = exits->filtered;
	struct kvmtop_bpf *skel = exits->skel;

	skel->rodata->cfg_filter_pids = filtered.pids;
	skel->rodata->cfg_filter_vcpus = filtered.vcpus;
	skel->rodata->cfg_filter_names = filtered.names;
	return bpf_map__set_max_entries(skel->maps.filter_pids, (uint32_t)scope->n_pids + 1) ?:
	       bpf_map__set_max_entries(skel->maps.filter_vcpus,
					(uint32_t)scope->n_vcpu_ids + 1) ?:
	       bpf_map__set_max_entries(skel->maps.ignored_pids,
					filtered.names ? (uint32_t)exits->n_slots : 1);
}

int exits_fill_filters(const struct exits *exits, const struct scope *scope)
{
	const uint32_t yes = 1;
	int err;

	for (size_t i = 0; i < scope->n_pids; i++) {
		err = bpf_map_update_elem(bpf_map__fd(exits->skel->maps.filter_pids),
					  &scope->pids[i], &yes, BPF_ANY);
		if (err)
			return err;
	}
	for (size_t i = 0; i < scope->n_vcpu_ids; i++) {
		err = bpf_map_update_elem(bpf_map__fd(exits->skel->maps.filter_vcpus),
					  &scope->vcpu_ids[i], &yes, BPF_ANY);
		if (err)
			return err;
	}
	return 0;
}

/* False: there is no room, so its VMs take slots like others. */
static bool add_ignored(struct exits *exits, uint32_t tgid, uint64_t start_ns)
{
	int map = bpf_map__fd(exits->skel->maps.ignored_pids);
	struct ignored_process *more;

	for (size_t i = 0; i < exits->n_ignored; i++)
		if (exits->ignored[i].tgid == tgid && exits->ignored[i].start_ns == start_ns)
			return true;
	more = reallocarray(exits->ignored, exits->n_ignored + 1, sizeof(*more));
	if (!more)
		return false;
	exits->ignored = more;
	if (bpf_map_update_elem(map, &tgid, &start_ns, BPF_ANY))
		return false;
	more[exits->n_ignored++] = (struct ignored_process){ tgid, start_ns };
	return true;
}

void exits__ignore_vm(struct exits *exits, uint64_t key)
{
	struct inventory_vm *vm = exits->filtered.names ? vms__find(exits->vms, key) : NULL;
	struct precedence precedence;

	/*
	 * Without a vCPU the process's start may be known to a clock tick only, and it costs
	 * nothing.
	 */
	if (!vm || !vm->n_vcpus)
		return;
	precedence = exits__take_precedence(exits);
	if (add_ignored(exits, vm->tgid, exits->vcpus[vm->vcpus[0].slot].start_ns)) {
		exits_retire_vcpus(exits, vm);
		vm->n_vcpus = 0;
	}
	exits__end_precedence(&precedence);
}

void exits_forget_ignored(struct exits *exits)
{
	int map = bpf_map__fd(exits->skel->maps.ignored_pids);
	size_t n = 0;

	for (size_t i = 0; i < exits->n_ignored; i++) {
		const struct ignored_process process = exits->ignored[i];
		uint64_t start_ns;

		if (vms__process_alive(exits->vms, process.tgid, process.start_ns))
			exits->ignored[n++] = process;
		/* Another process of this pid may be there already. */
		else if (!bpf_map_lookup_elem(map, &process.tgid, &start_ns) &&
			 start_ns == process.start_ns)
			bpf_map_delete_elem(map, &process.tgid);
	}
	exits->n_ignored = n;
}
