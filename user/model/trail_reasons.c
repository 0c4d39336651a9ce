// SPDX-License-Identifier: GPL-2.0
#include "trail_reasons.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "frame.h"
#include "trail_row.h"

#define GROUP_SLOTS (1u << HIST_SUB_BITS)

struct entry {
	uint64_t code;
	uint32_t isa;
	float rate;
	uint32_t at; /* its counts */
	uint8_t first, n;
	bool hist_known;
};

struct scope {
	uint64_t vm_key;   /* 0: all */
	uint32_t vcpu;	   /* its id + 1; 0: all of the VM */
	uint32_t first, n; /* of the entries */
	bool all;	   /* others have not occurred */
};

struct trail_reasons {
	struct scope *scopes;
	struct entry *entries;
	uint32_t *counts;
	size_t n_scopes, n_entries, n_counts;
};

void trail_reasons__free(struct trail_reasons *reasons)
{
	if (!reasons)
		return;
	free(reasons->scopes);
	free(reasons->entries);
	free(reasons->counts);
	free(reasons);
}

DEFINE_CLEANUP(trail_reasons, struct trail_reasons, trail_reasons__free)

size_t trail_reasons__bytes(const struct trail_reasons *reasons)
{
	return !reasons ? 0
			: sizeof(*reasons) + reasons->n_scopes * sizeof(*reasons->scopes) +
				  reasons->n_entries * sizeof(*reasons->entries) +
				  reasons->n_counts * sizeof(*reasons->counts);
}

/* ---- making */

/* The groups that the histogram uses. */
static void groups_of(struct hist hist, struct entry *entry)
{
	if (!hist.n)
		return;
	entry->first = (uint8_t)(hist.first / GROUP_SLOTS);
	entry->n = (uint8_t)((hist.first + hist.n - 1) / GROUP_SLOTS + 1 - entry->first);
}

static int add_entry(struct trail_reasons *reasons, const struct frame_reason *from)
{
	struct entry entry = {
		.code = from->code,
		.isa = from->isa,
		.rate = (float)from->count.rate,
		.at = (uint32_t)reasons->n_counts,
		.hist_known = from->time.hist_valid,
	};
	struct entry *entries =
		reallocarray(reasons->entries, reasons->n_entries + 1, sizeof(*entries));
	uint32_t *counts;

	if (!entries)
		return -ENOMEM;
	reasons->entries = entries;
	if (entry.hist_known)
		groups_of(from->time.hist, &entry);
	if (entry.n) {
		counts =
			reallocarray(reasons->counts, reasons->n_counts + entry.n, sizeof(*counts));
		if (!counts)
			return -ENOMEM;
		reasons->counts = counts;
		memset(counts + entry.at, 0, entry.n * sizeof(*counts));
		for (uint32_t i = 0; i < from->time.hist.n; i++)
			counts[entry.at + (from->time.hist.first + i) / GROUP_SLOTS -
			       entry.first] += (uint32_t)from->time.hist.v[i];
		reasons->n_counts += entry.n;
	}
	entries[reasons->n_entries++] = entry;
	return 0;
}

/* The next one by how often they occurred, of equal ones by their place; @before NULL: the first one. */
static const struct frame_reason *next_of(const struct frame_reasons *from,
					  const struct frame_reason *before)
{
	const struct frame_reason *next = NULL;

	for (size_t i = 0; i < from->n; i++) {
		const struct frame_reason *reason = &from->v[i];

		if (!reason->count.delta_valid || !reason->count.delta)
			continue;
		if (before && (reason->count.delta > before->count.delta ||
			       (reason->count.delta == before->count.delta && reason <= before)))
			continue;
		if (!next || reason->count.delta > next->count.delta)
			next = reason;
	}
	return next;
}

/* Those of @from that occurred most, @max at most; @ret_all: there are no others. */
static int add_reasons(struct trail_reasons *reasons, const struct frame_reasons *from, size_t max,
		       bool *ret_all)
{
	const struct frame_reason *next = next_of(from, NULL);
	int err = 0;

	for (size_t i = 0; next && i < max && !err; i++) {
		err = add_entry(reasons, next);
		next = next_of(from, next);
	}
	*ret_all = *ret_all && !next;
	for (size_t i = 0; i < from->n; i++)
		if (!from->v[i].count.delta_valid)
			*ret_all = false;
	return err;
}

static int add_scope(struct trail_reasons *reasons, struct scope scope, size_t max,
		     const struct frame_reasons *exits, const struct frame_reasons *user_exits)
{
	struct scope *scopes =
		reallocarray(reasons->scopes, reasons->n_scopes + 1, sizeof(*scopes));
	int err;

	if (!scopes)
		return -ENOMEM;
	reasons->scopes = scopes;
	scope.first = (uint32_t)reasons->n_entries;
	scope.all = true;
	err = add_reasons(reasons, exits, max, &scope.all);
	if (!err)
		err = add_reasons(reasons, user_exits, max, &scope.all);
	scope.n = (uint32_t)reasons->n_entries - scope.first;
	scopes[reasons->n_scopes++] = scope;
	return err;
}

/* At least so many exits has a VM that is among those with most. */
static uint64_t least_exits(const struct frame *frame)
{
	uint64_t most[TRAIL_REASONS_VMS] = { 0 };

	/* Each replaces the least of those so far. */
	for (size_t i = 0; i < frame->n_vms; i++) {
		uint64_t exits = frame->vms[i].exits.delta_valid ? frame->vms[i].exits.delta : 0;
		size_t least = 0;

		for (size_t j = 1; j < TRAIL_REASONS_VMS; j++)
			if (most[j] < most[least])
				least = j;
		if (exits > most[least])
			most[least] = exits;
	}
	for (size_t j = 1; j < TRAIL_REASONS_VMS; j++)
		if (most[j] < most[0])
			most[0] = most[j];
	return most[0];
}

static int add_vm(struct trail_reasons *reasons, const struct frame_vm *vm,
		  const struct trail_row *watched, bool most)
{
	const bool wanted = watched && watched->kind != TRAIL_HOST && watched->vm_key == vm->key;
	int err = 0;

	if (most || wanted)
		err = add_scope(reasons, (struct scope){ .vm_key = vm->key },
				wanted ? SIZE_MAX : TRAIL_REASONS_EACH, &vm->reasons,
				&vm->user_exits);
	for (size_t i = 0, n = 0; wanted && i < vm->n_vcpus && !err; i++) {
		const bool looked_at =
			watched->kind == TRAIL_VCPU && vm->vcpus[i].vcpu_id == watched->vcpu_id;

		if (looked_at || n++ < TRAIL_REASONS_VCPUS)
			err = add_scope(reasons,
					(struct scope){ .vm_key = vm->key,
							.vcpu = vm->vcpus[i].vcpu_id + 1 },
					looked_at ? SIZE_MAX : TRAIL_REASONS_EACH,
					&vm->vcpus[i].reasons, &vm->vcpus[i].user_exits);
	}
	return err;
}

struct trail_reasons *trail_reasons__new(const struct frame *frame, const struct trail_row *watched)
{
	struct trail_reasons *reasons __cleanup(cleanup_trail_reasons) =
		calloc(1, sizeof(*reasons));
	const uint64_t least = least_exits(frame);
	size_t left = TRAIL_REASONS_VMS;

	if (!reasons || add_scope(reasons, (struct scope){ .vm_key = 0 }, 2 * TRAIL_REASONS_EACH,
				  &frame->reasons, &frame->user_exits))
		return NULL;
	for (size_t i = 0; i < frame->n_vms; i++) {
		const struct counter *exits = &frame->vms[i].exits;
		const bool most = left && exits->delta_valid && exits->delta >= least;

		left -= most;
		if (add_vm(reasons, &frame->vms[i], watched, most))
			return NULL;
	}
	return take_ptr(reasons);
}

/* ---- asking */

bool trail_reasons__get(const struct trail_reasons *reasons, const struct trail_row *row,
			uint32_t isa, uint64_t code, struct trail_reason *ret)
{
	const uint64_t vm_key = row->kind == TRAIL_HOST ? 0 : row->vm_key;
	const uint32_t vcpu = row->kind == TRAIL_VCPU ? row->vcpu_id + 1 : 0;
	const struct scope *scope = NULL;

	for (size_t i = 0; reasons && i < reasons->n_scopes; i++)
		if (reasons->scopes[i].vm_key == vm_key && reasons->scopes[i].vcpu == vcpu)
			scope = &reasons->scopes[i];
	if (!scope)
		return false;
	for (uint32_t i = 0; i < scope->n; i++) {
		const struct entry *entry = &reasons->entries[scope->first + i];

		if (entry->isa != isa || entry->code != code)
			continue;
		*ret = (struct trail_reason){ .rate = (double)entry->rate,
					      .hist_known = entry->hist_known,
					      .v = reasons->counts + entry->at,
					      .first = entry->first,
					      .n = entry->n };
		return true;
	}
	*ret = (struct trail_reason){ .hist_known = true };
	return scope->all;
}

void trail_reason__hist(const struct trail_reason *reason, struct trail_hist *ret)
{
	memset(ret->v, 0, sizeof(ret->v));
	for (uint32_t i = 0; i < reason->n; i++)
		ret->v[(reason->first + i) * GROUP_SLOTS] = reason->v[i];
	ret->hist = hist_of(ret->v);
}
