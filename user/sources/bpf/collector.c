// SPDX-License-Identifier: GPL-2.0
#include "collector.h"

#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../vms.h"
#include "exits_priv.h"
#include "kvmtop.skel.h"

void exits__add_collector(struct exits *exits, struct collector *collector)
{
	struct collector **last = &exits->collectors;

	while (*last)
		last = &(*last)->next;
	collector->next = NULL;
	*last = collector;
}

void exits__remove_collector(struct exits *exits, const struct collector *collector)
{
	struct collector **at = &exits->collectors;

	while (*at && *at != collector)
		at = &(*at)->next;
	if (*at)
		*at = collector->next;
}

/* ---- what collectors see */

struct slots exits__slots(const struct exits *exits)
{
	return (struct slots){
		.vcpus = exits->vcpus,
		.n_slots = exits->n_slots,
		.spare = exits->spare,
		.n_spare = exits->n_spare,
	};
}

int exits__share_maps(const struct exits *exits, const struct shared_maps *maps)
{
	const struct {
		struct bpf_map *theirs, *ours;
	} pairs[] = {
		{ maps->memory, exits->skel->maps.bss },
		{ maps->vcpus, exits->skel->maps.vcpus },
		{ maps->spare_cells, exits->skel->maps.spare_cells },
		{ maps->by_vcpu, exits->skel->maps.by_vcpu },
		{ maps->by_tid, exits->skel->maps.by_tid },
		{ maps->filter_pids, exits->skel->maps.filter_pids },
		{ maps->filter_vcpus, exits->skel->maps.filter_vcpus },
		{ maps->ignored_pids, exits->skel->maps.ignored_pids },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		int err = 0;

		if (pairs[i].theirs)
			err = bpf_map__reuse_fd(pairs[i].theirs, bpf_map__fd(pairs[i].ours));
		if (err)
			return err;
	}
	return 0;
}

uint32_t exits__homes(const struct exits *exits)
{
	return exits->n_homes;
}

bool exits__counts_entries(const struct exits *exits)
{
	return exits->entries;
}

struct filtered exits__filtered(const struct exits *exits)
{
	return exits->filtered;
}

const struct inventory *exits__inventory(const struct exits *exits)
{
	return &exits->vms->inventory;
}

uint64_t exits__vm_key(const struct exits *exits, uint32_t slot)
{
	return slot < exits->n_slots ? exits->vm_keys[slot] : 0;
}

bool exits__is_retired(const struct exits *exits, uint32_t slot)
{
	return exits->slots[slot] == SLOT_RETIRED;
}

void exits__note_classic(struct exits *exits)
{
	exits->classic = true;
}

/* ---- the calls that the reader makes */

int collectors_collect(const struct exits *exits)
{
	int err = 0;

	for (const struct collector *collector = exits->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->collect)
			err = collector->ops->collect(collector->arg);
	return err;
}

int collectors_fill_before_exits(const struct exits *exits, uint32_t slot, bool ended,
				 struct arena *arena, struct vcpu_sample *sample)
{
	int err = 0;

	for (const struct collector *collector = exits->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_before_exits)
			err = collector->ops->fill_before_exits(collector->arg, slot, ended, arena,
								sample);
	return err;
}

int collectors_fill_after_exits(const struct exits *exits, uint32_t slot, bool ended,
				struct arena *arena, struct vcpu_sample *sample)
{
	int err = 0;

	for (const struct collector *collector = exits->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_after_exits)
			err = collector->ops->fill_after_exits(collector->arg, slot, ended, arena,
							       sample);
	return err;
}

int collectors_fill_vm(const struct exits *exits, const struct inventory_vm *vm,
		       struct arena *arena, struct vm_sample *sample)
{
	int err = 0;

	for (const struct collector *collector = exits->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_vm)
			err = collector->ops->fill_vm(collector->arg, vm, arena, sample);
	return err;
}

int collectors_fill_host(const struct exits *exits, struct snapshot *snapshot)
{
	int err = 0;

	for (const struct collector *collector = exits->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_host)
			err = collector->ops->fill_host(collector->arg, snapshot);
	return err;
}

void collectors_forget(const struct exits *exits, uint32_t slot)
{
	for (const struct collector *collector = exits->collectors; collector;
	     collector = collector->next)
		if (collector->ops->forget)
			collector->ops->forget(collector->arg, slot);
}

/* ---- precedence */

struct precedence exits__take_precedence(const struct exits *exits)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct precedence before = { .policy = exits->classic ? sched_getscheduler(0) : -1 };

	if (before.policy < 0 || sched_getparam(0, &before.param) ||
	    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
		before.policy = -1;
	return before;
}

void exits__end_precedence(const struct precedence *before)
{
	if (before->policy >= 0)
		sched_setscheduler(0, before->policy, &before->param);
}
