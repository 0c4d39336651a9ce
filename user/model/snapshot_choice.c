// SPDX-License-Identifier: GPL-2.0
#include "snapshot_choice.h"

#include <errno.h>

#include "../base/arena.h"
#include "guest.h"
#include "scope.h"
#include "snapshot.h"

/* --detail: only these kinds. */
static int select_details(const struct snapshot_choice *choice, struct arena *arena,
			  struct vcpu_sample *vcpu)
{
	struct detail_tally *v = arena__calloc(arena, vcpu->n_details, sizeof(*v));
	struct detail_sum *sums = arena__calloc(arena, DETAIL_KIND_MAX, sizeof(*sums));
	size_t n = 0;

	if (!v || !sums)
		return -ENOMEM;
	for (size_t i = 0; i < vcpu->n_details; i++)
		if (choice->detail_kinds & DETAIL_BIT(vcpu->details[i].kind))
			v[n++] = vcpu->details[i];
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++)
		if (choice->detail_kinds & DETAIL_BIT(kind))
			sums[kind] = vcpu->detail_sums[kind];
	vcpu->details = v;
	vcpu->n_details = n;
	vcpu->detail_sums = sums;
	return 0;
}

static int select_vcpus(const struct snapshot_choice *choice, struct arena *arena,
			struct vm_sample *vm)
{
	struct vcpu_sample *v = arena__calloc(arena, vm->n_vcpus, sizeof(*v));
	size_t n = 0;

	if (!v)
		return -ENOMEM;
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		if (!scope__has_vcpu(choice->scope, vm->vcpus[i].vcpu_id))
			continue;
		v[n] = vm->vcpus[i];
		if (choice->detail_kinds && v[n].detail_sums &&
		    select_details(choice, arena, &v[n]))
			return -ENOMEM;
		n++;
	}
	vm->vcpus = v;
	vm->n_vcpus = n;
	return 0;
}

/* Fills @to with those of @from that are chosen; there is room for all, and @more. */
static int select_vms(const struct snapshot_choice *choice, const struct snapshot *from,
		      size_t more, struct snapshot *to)
{
	bool whole = !choice->scope->n_vcpu_ids && !choice->detail_kinds;

	to->vms = arena__calloc(to->arena, from->n_vms + more, sizeof(*to->vms));
	to->n_vms = 0;
	if (!to->vms)
		return -ENOMEM;
	for (size_t i = 0; i < from->n_vms; i++) {
		struct vm_sample *vm = &to->vms[to->n_vms];

		if (!scope__has_pid(choice->scope, from->vms[i].pid))
			continue;
		*vm = from->vms[i];
		if (!whole && select_vcpus(choice, to->arena, vm))
			return -ENOMEM;
		to->n_vms++;
	}
	if (choice->guest)
		guest_filter__apply(choice->guest, to);
	return 0;
}

int snapshot_choice__apply(const struct snapshot_choice *choice, const struct snapshot *from,
			   size_t more, struct snapshot **ret_chosen)
{
	struct snapshot *chosen = snapshot__new();
	struct arena *arena;

	if (!chosen)
		return -ENOMEM;
	arena = chosen->arena;
	*chosen = *from;
	chosen->arena = arena;
	chosen->items = NULL; /* it is @from that owns it */
	chosen->include_past |= choice->include_past;
	if (choice->latency < chosen->latency)
		chosen->latency = choice->latency;
	if (!scope__is_all(choice->scope))
		chosen->host_tracepoints = NULL;
	if (select_vms(choice, from, more, chosen)) {
		snapshot__free(chosen);
		return -ENOMEM;
	}
	*ret_chosen = chosen;
	return 0;
}
