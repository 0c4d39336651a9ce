// SPDX-License-Identifier: GPL-2.0
/*
 * item_inventory: the names come from exit reasons (the children), the tracepoints that are counted, and KVM's statistics.
 */
#include "item_inventory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "item_defs.h"
#include "item_opts.h"
#include "frame.h"
#include "reasons.h"
#include "stats.h"

/* Larger than any name of a reason with what is around it. */
#define NAME_SIZE 192

/* A list that is being made. */
struct maker {
	struct item_defs *defs;
	const struct item_opts *opts;
	uint32_t isa; /* of the codes that are added */
};

DEFINE_CLEANUP(defs, const struct item_defs, item_defs__free)

/* ---- exits */

static const struct item_def *add_tracepoint(struct item_defs *defs, const char *name,
					     const struct item_def *parent, bool host)
{
	char copy[NAME_SIZE];
	const struct item_def like = { .name = copy, .parent = parent, .host = host };

	snprintf(copy, sizeof(copy), "%s", name);
	return item_defs__add(defs, &like);
}

/* A reason_code_fn: the item of a code of maker->isa, if it has none yet. */
static int add_code(void *arg, uint64_t code)
{
	const struct maker *maker = arg;
	struct item_defs *defs = maker->defs;
	struct item_code key = { .isa = isa_base(maker->isa), .code = code };
	const struct item_def *parent = key.isa == ISA_USER ? defs->user_exit : defs->exit;
	char name[NAME_SIZE], reason[NAME_SIZE / 2];

	if (item_defs__of_code(defs, key.isa, code))
		return 0;
	reason_names__short(maker->opts->names, key.isa, code, reason, sizeof(reason));
	snprintf(name, sizeof(name), "%s(%s)", parent->name, reason);
	key.def = add_tracepoint(defs, name, parent, false);
	return key.def ? item_defs__add_code(defs, &key) : -ENOMEM;
}

/* kvm_exit, kvm_userspace_exit and their children, as far as they have names. */
static int add_exits(struct maker *maker)
{
	const struct item_opts *opts = maker->opts;
	struct item_defs *defs = maker->defs;
	int err = 0;

	defs->exit = add_tracepoint(defs, "kvm_exit", NULL, false);
	defs->user_exit = add_tracepoint(defs, "kvm_userspace_exit", NULL, false);
	if (!defs->exit || !defs->user_exit)
		return -ENOMEM;
	maker->isa = opts->isa;
	if (opts->isa)
		err = reason_names__each(opts->names, opts->isa, add_code, maker);
	maker->isa = ISA_USER;
	if (!err)
		err = reason_names__each(opts->names, ISA_USER, add_code, maker);
	/* KVM_RUN that a signal ended: not a reason of KVM's, but every VMM has it. */
	return err ? err : add_code(maker, (uint64_t)-EINTR);
}

static int add_reasons(struct maker *maker, const struct frame_reasons *reasons)
{
	int err = 0;

	for (size_t i = 0; i < reasons->n && !err; i++) {
		maker->isa = reasons->v[i].isa;
		err = add_code(maker, reasons->v[i].code);
	}
	return err;
}

/* ---- statistics and tracepoints */

/* Nanoseconds and the like. Where the layout does not know units, the name has it. */
static enum item_kind kind_of(const struct stat_desc *desc)
{
	bool hist = desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
	size_t len = strlen(desc->name);

	if (desc->type == STAT_INSTANT || desc->type == STAT_PEAK)
		return ITEM_GAUGE;
	if (hist)
		return ITEM_COUNT;
	if (desc->unit == STAT_UNIT_BYTES || desc->unit == STAT_UNIT_SECONDS ||
	    desc->unit == STAT_UNIT_CYCLES)
		return ITEM_AMOUNT;
	return len > 3 && !strcmp(desc->name + len - 3, "_ns") ? ITEM_AMOUNT : ITEM_COUNT;
}

/* The items of a layout, by its index; NULL: no memory. */
static const struct item_def **add_layout(struct item_defs *defs, const struct stat_layout *layout)
{
	const struct item_def **map =
		arena__calloc(defs->arena, layout ? layout->n + 1 : 1, sizeof(*map));

	for (size_t i = 0; map && layout && i < layout->n; i++) {
		const struct item_def like = { .name = layout->v[i].name,
					       .source = ITEM_STATISTIC,
					       .kind = kind_of(&layout->v[i]),
					       .desc = &layout->v[i] };

		map[i] = item_defs__add(defs, &like);
		if (!map[i])
			return NULL;
	}
	return map;
}

static int add_stats(struct item_defs *defs, const struct frame *frame)
{
	defs->vm_layout = frame->vm_layout;
	defs->vcpu_layout = frame->vcpu_layout;
	defs->by_vm_stat = add_layout(defs, frame->vm_layout);
	defs->by_vcpu_stat = add_layout(defs, frame->vcpu_layout);
	return defs->by_vm_stat && defs->by_vcpu_stat ? 0 : -ENOMEM;
}

static int add_event_names(struct item_defs *defs, const struct event_names *names)
{
	defs->event_names = names;
	defs->by_tracepoint =
		arena__calloc(defs->arena, names ? names->n + 1 : 1, sizeof(*defs->by_tracepoint));
	if (!defs->by_tracepoint)
		return -ENOMEM;
	for (size_t i = 0; names && i < names->n; i++) {
		const struct item_def *def = add_tracepoint(defs, names->v[i], NULL, true);

		if (!def)
			return -ENOMEM;
		/* These come from the reasons, so that they are the sums of their children. */
		if (def != defs->exit && def != defs->user_exit)
			defs->by_tracepoint[i] = def;
	}
	return 0;
}

/* ---- the list */

static int add_all(struct maker *maker, const struct frame *frame)
{
	const struct item_opts *opts = maker->opts;
	int err = opts->tracepoints ? add_exits(maker) : 0;

	if (!err && opts->stats)
		err = add_stats(maker->defs, frame);
	if (!err && opts->tracepoints)
		err = add_event_names(maker->defs, frame->event_names)
			      ?: add_reasons(maker, &frame->reasons)
			      ?: add_reasons(maker, &frame->user_exits);
	return err;
}

static int make(const struct item_defs *before, const struct item_opts *opts,
		const struct frame *frame, const struct item_defs **ret_defs)
{
	__cleanup(cleanup_defs) const struct item_defs *made = NULL;
	struct item_defs *defs = item_defs__new();
	struct maker maker = { .defs = defs, .opts = opts };

	made = defs;
	if (!defs || (before && item_defs__copy(before, defs)) || add_all(&maker, frame))
		return -ENOMEM;
	item_defs__sort(defs);
	*ret_defs = take_ptr(made);
	return 0;
}

static bool has_codes(const struct item_defs *defs, const struct frame_reasons *reasons)
{
	for (size_t i = 0; i < reasons->n; i++)
		if (!item_defs__of_code(defs, reasons->v[i].isa, reasons->v[i].code))
			return false;
	return true;
}

/* Whether @defs has all that is in @frame. */
static bool is_whole(const struct item_defs *defs, const struct item_opts *opts,
		     const struct frame *frame)
{
	if (opts->stats &&
	    (defs->vm_layout != frame->vm_layout || defs->vcpu_layout != frame->vcpu_layout))
		return false;
	return !opts->tracepoints ||
	       (defs->event_names == frame->event_names && has_codes(defs, &frame->reasons) &&
		has_codes(defs, &frame->user_exits));
}

int item_inventory(const struct item_defs *before, const struct item_opts *opts,
		   const struct frame *frame, const struct item_defs **ret_defs)
{
	if (!before || !is_whole(before, opts, frame))
		return make(before, opts, frame, ret_defs);
	*ret_defs = item_defs__share(before);
	return 0;
}
