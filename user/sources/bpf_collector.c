// SPDX-License-Identifier: GPL-2.0
#include "bpf_collector.h"

#include <bpf/libbpf.h>

#include "../base/cleanup.h"
#include "bpf_priv.h"
#include "kvmtop.skel.h"
#include "vms.h"

void bpf_exit__add_collector(struct bpf_exit *bpf, struct bpf_collector *collector)
{
	struct bpf_collector **last = &bpf->collectors;

	while (*last)
		last = &(*last)->next;
	collector->next = NULL;
	*last = collector;
}

void bpf_exit__remove_collector(struct bpf_exit *bpf, const struct bpf_collector *collector)
{
	struct bpf_collector **at = &bpf->collectors;

	while (*at && *at != collector)
		at = &(*at)->next;
	if (*at)
		*at = collector->next;
}

/* ---- what collectors see */

struct bpf_slots bpf_exit__slots(const struct bpf_exit *bpf)
{
	return (struct bpf_slots){
		.vcpus = bpf->vcpus,
		.n_slots = bpf->n_slots,
		.spare = bpf->spare,
		.n_spare = bpf->n_spare,
	};
}

int bpf_exit__share_maps(const struct bpf_exit *bpf, const struct bpf_shared_maps *maps)
{
	const struct {
		struct bpf_map *theirs, *ours;
	} pairs[] = {
		{ maps->vcpus, bpf->skel->maps.vcpus },
		{ maps->spare_cells, bpf->skel->maps.spare_cells },
		{ maps->by_vcpu, bpf->skel->maps.by_vcpu },
		{ maps->by_tid, bpf->skel->maps.by_tid },
		{ maps->filter_pids, bpf->skel->maps.filter_pids },
		{ maps->filter_vcpus, bpf->skel->maps.filter_vcpus },
		{ maps->ignored_pids, bpf->skel->maps.ignored_pids },
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

struct bpf_filtered bpf_exit__filtered(const struct bpf_exit *bpf)
{
	return bpf->filtered;
}

const struct inventory *bpf_exit__inventory(const struct bpf_exit *bpf)
{
	return &bpf->vms->inventory;
}

uint64_t bpf_exit__vm_key(const struct bpf_exit *bpf, uint32_t slot)
{
	return slot < bpf->n_slots ? bpf->vm_keys[slot] : 0;
}

bool bpf_exit__is_retired(const struct bpf_exit *bpf, uint32_t slot)
{
	return bpf->slots[slot] == SLOT_RETIRED;
}

void bpf_exit__note_classic(struct bpf_exit *bpf)
{
	bpf->classic = true;
}

/* ---- the calls that the reader makes */

int bpf_collectors_collect(const struct bpf_exit *bpf)
{
	int err = 0;

	for (const struct bpf_collector *collector = bpf->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->collect)
			err = collector->ops->collect(collector->arg);
	return err;
}

int bpf_collectors_fill_before_exits(const struct bpf_exit *bpf, uint32_t slot, bool gone,
				     struct arena *arena, struct vcpu_sample *sample)
{
	int err = 0;

	for (const struct bpf_collector *collector = bpf->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_before_exits)
			err = collector->ops->fill_before_exits(collector->arg, slot, gone, arena,
								sample);
	return err;
}

int bpf_collectors_fill_after_exits(const struct bpf_exit *bpf, uint32_t slot, bool gone,
				    struct arena *arena, struct vcpu_sample *sample)
{
	int err = 0;

	for (const struct bpf_collector *collector = bpf->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_after_exits)
			err = collector->ops->fill_after_exits(collector->arg, slot, gone, arena,
							       sample);
	return err;
}

int bpf_collectors_fill_vm(const struct bpf_exit *bpf, const struct inventory_vm *vm,
			   struct arena *arena, struct vm_sample *sample)
{
	int err = 0;

	for (const struct bpf_collector *collector = bpf->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_vm)
			err = collector->ops->fill_vm(collector->arg, vm, arena, sample);
	return err;
}

int bpf_collectors_fill_host(const struct bpf_exit *bpf, struct snapshot *snapshot)
{
	int err = 0;

	for (const struct bpf_collector *collector = bpf->collectors; collector && !err;
	     collector = collector->next)
		if (collector->ops->fill_host)
			err = collector->ops->fill_host(collector->arg, snapshot);
	return err;
}

void bpf_collectors_forget(const struct bpf_exit *bpf, uint32_t slot)
{
	for (const struct bpf_collector *collector = bpf->collectors; collector;
	     collector = collector->next)
		if (collector->ops->forget)
			collector->ops->forget(collector->arg, slot);
}

/* ---- precedence */

struct precedence bpf_exit__take_precedence(const struct bpf_exit *bpf)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct precedence before = { .policy = bpf->classic ? sched_getscheduler(0) : -1 };

	if (before.policy < 0 || sched_getparam(0, &before.param) ||
	    sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first))
		before.policy = -1;
	return before;
}

void bpf_exit__end_precedence(const struct precedence *before)
{
	if (before->policy >= 0)
		sched_setscheduler(0, before->policy, &before->param);
}
