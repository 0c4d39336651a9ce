// SPDX-License-Identifier: GPL-2.0
#include "detail_delta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../arch/arch.h"
#include "../base/arena.h"
#include "../base/cleanup.h"
#include "frame.h"
#include "reasons.h"
#include "snapshot.h"

static int cmp_keys(enum detail_kind kind_a, uint64_t key_a, uint64_t sub_a,
		    enum detail_kind kind_b, uint64_t key_b, uint64_t sub_b)
{
	if (kind_a != kind_b)
		return kind_a < kind_b ? -1 : 1;
	if (key_a != key_b)
		return key_a < key_b ? -1 : 1;
	return (sub_a > sub_b) - (sub_a < sub_b);
}

static int cmp_tallies(const void *a, const void *b)
{
	const struct detail_tally *x = a, *y = b;

	return cmp_keys(x->kind, x->key, x->sub, y->kind, y->key, y->sub);
}

static int cmp_details(const void *a, const void *b)
{
	const struct frame_detail *x = a, *y = b;

	return cmp_keys(x->kind, x->key, x->sub, y->kind, y->key, y->sub);
}

/* The tallies of @sample sorted, no key twice; malloc'ed. */
static int sort_tallies(const struct vcpu_sample *sample, struct detail_tally **ret_sorted,
			size_t *ret_n)
{
	size_t n = sample ? sample->n_details : 0, folded = 0;
	struct detail_tally *v = calloc(n + 1, sizeof(*v));

	if (!v)
		return -ENOMEM;
	if (n)
		memcpy(v, sample->details, n * sizeof(*v));
	qsort(v, n, sizeof(*v), cmp_tallies);
	for (size_t i = 0; i < n; i++) {
		if (folded && !cmp_tallies(&v[folded - 1], &v[i])) {
			v[folded - 1].count += v[i].count;
			v[folded - 1].sum_ns += v[i].sum_ns;
		} else {
			v[folded++] = v[i];
		}
	}
	*ret_sorted = v;
	*ret_n = folded;
	return 0;
}

/* From @from (which may be NULL: zero) to @to. */
static void set_growth(const struct detail_delta *d, struct frame_detail *detail,
		       const struct detail_sum *from, const struct detail_sum *to)
{
	static const struct detail_sum zero;

	if (!from)
		from = &zero;
	detail->count.total = to->count;
	if (d->frame->begun[PART_DETAIL])
		return;
	detail->count.delta_valid = to->count >= from->count;
	if (detail->count.delta_valid)
		detail->count.delta = to->count - from->count;
	detail->time.valid = d->frame->latency != LATENCY_OFF && detail->count.delta_valid &&
			     to->sum_ns >= from->sum_ns;
	if (detail->time.valid)
		detail->time.delta_ns = to->sum_ns - from->sum_ns;
}

/*
 * An instruction is named after the exit reason that it causes, in the code space @isa. An
 * encrypted guest's request is named after the reason of another guest's equal exit.
 */
static int set_name(const struct detail_delta *d, struct frame_detail *detail, uint32_t isa)
{
	const struct detail_kind_def *def = arch_detail_kind(detail->kind);
	char buf[128];

	if (detail->kind == DETAIL_PC) {
		reason_names__format(d->reasons, isa, detail->sub, buf, sizeof(buf));
	} else if (def && def->reasons_of &&
		   reason_names__lookup(d->reasons, def->reasons_of, detail->key)) {
		reason_names__format(d->reasons, def->reasons_of, detail->key, buf, sizeof(buf));
	} else {
		detail->name = detail_names__lookup(d->names, detail->kind, detail->key);
		return 0;
	}
	detail->name = arena__strdup(d->frame->arena, buf);
	return detail->name ? 0 : -ENOMEM;
}

static void set_key(const struct detail_delta *d, struct frame_detail *detail,
		    const struct detail_tally *cur, const struct detail_tally *prev)
{
	const struct detail_sum to = { cur->count, cur->sum_ns };
	const struct detail_sum from = { prev ? prev->count : 0, prev ? prev->sum_ns : 0 };

	*detail = (struct frame_detail){ .kind = cur->kind, .key = cur->key, .sub = cur->sub };
	/* One that lost its tally and got a new one between the two began at zero. */
	set_growth(d, detail, prev && prev->count <= cur->count ? &from : NULL, &to);
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* Takes @part out of @all. */
static void subtract(struct frame_detail *all, const struct frame_detail *part)
{
	all->count.total = less(all->count.total, part->count.total);
	if (part->count.delta_valid)
		all->count.delta = less(all->count.delta, part->count.delta);
	if (part->time.valid)
		all->time.delta_ns = less(all->time.delta_ns, part->time.delta_ns);
}

static void add(struct frame_detail *sum, const struct frame_detail *part)
{
	sum->count.total += part->count.total;
	if (part->count.delta_valid) {
		sum->count.delta += part->count.delta;
		sum->count.delta_valid = true;
	}
	if (part->time.valid) {
		sum->time.delta_ns += part->time.delta_ns;
		sum->time.valid = true;
	}
}

/* What is derived of one row, given all of its kind in the scope. */
static void finish_row(const struct detail_delta *d, struct frame_detail *row,
		       const struct frame_detail *all)
{
	struct detail_time *time = &row->time;

	if (row->count.delta_valid)
		row->count.rate = (double)row->count.delta / d->frame->interval_s;
	row->share_valid = row->count.delta_valid && all->count.delta;
	if (row->share_valid)
		row->share_pct = 100.0 * (double)row->count.delta / (double)all->count.delta;
	time->share_valid = time->valid && all->time.delta_ns;
	if (time->share_valid)
		time->share_pct = 100.0 * (double)time->delta_ns / (double)all->time.delta_ns;
	time->avg_valid = time->valid && row->count.delta;
	if (time->avg_valid)
		time->avg_ns = (double)time->delta_ns / (double)row->count.delta;
}

/* The derived values of all rows of a scope. */
static void finish(const struct detail_delta *d, struct frame_details *details)
{
	struct frame_detail all[DETAIL_KIND_MAX] = { 0 };

	for (size_t i = 0; i < details->n; i++)
		add(&all[details->v[i].kind], &details->v[i]);
	for (size_t i = 0; i < details->n_others; i++)
		add(&all[details->others[i].kind], &details->others[i]);
	for (size_t i = 0; i < details->n; i++)
		finish_row(d, &details->v[i], &all[details->v[i].kind]);
	for (size_t i = 0; i < details->n_others; i++)
		finish_row(d, &details->others[i], &all[details->others[i].kind]);
}

static int set_keys(const struct detail_delta *d, const struct vcpu_sample *prev_sample,
		    const struct vcpu_sample *cur_sample, struct frame_details *details)
{
	__autofree struct detail_tally *prev = NULL;
	__autofree struct detail_tally *cur = NULL;
	size_t n_prev = 0, n_cur = 0, p = 0;

	if (sort_tallies(prev_sample, &prev, &n_prev) || sort_tallies(cur_sample, &cur, &n_cur))
		return -ENOMEM;
	details->v = arena__calloc(d->frame->arena, n_cur, sizeof(*details->v));
	if (!details->v)
		return -ENOMEM;
	details->n = n_cur;
	for (size_t i = 0; i < n_cur; i++) {
		while (p < n_prev && cmp_tallies(&prev[p], &cur[i]) < 0)
			p++;
		set_key(d, &details->v[i], &cur[i],
			p < n_prev && !cmp_tallies(&prev[p], &cur[i]) ? &prev[p] : NULL);
		if (set_name(d, &details->v[i],
			     cur_sample->n_exits ? isa_base(cur_sample->exits[0].isa) : 0))
			return -ENOMEM;
	}
	return 0;
}

int detail_delta__vcpu(const struct detail_delta *d, const struct vcpu_sample *prev,
		       const struct vcpu_sample *cur, struct frame_details *details)
{
	const struct detail_sum *prev_sums = prev ? prev->detail_sums : NULL;
	struct frame_detail others[DETAIL_KIND_MAX] = { 0 };
	int err;

	if (!cur->detail_sums)
		return 0;
	details->valid = true;
	err = set_keys(d, prev, cur, details);
	details->others = arena__calloc(d->frame->arena, DETAIL_KIND_MAX, sizeof(*details->others));
	if (err || !details->others)
		return -ENOMEM;
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		others[kind].kind = (enum detail_kind)kind;
		others[kind].others = true;
		set_growth(d, &others[kind], prev_sums ? &prev_sums[kind] : NULL,
			   &cur->detail_sums[kind]);
	}
	for (size_t i = 0; i < details->n; i++)
		subtract(&others[details->v[i].kind], &details->v[i]);
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++)
		if (others[kind].count.total || others[kind].count.delta)
			details->others[details->n_others++] = others[kind];
	finish(d, details);
	return 0;
}

/* Sorted rows into @v, one for each key; returns how many these are. */
static size_t fold(const struct frame_detail *parts, size_t n, struct frame_detail *v)
{
	size_t folded = 0;

	for (size_t i = 0; i < n; i++) {
		if (!i || cmp_details(&parts[i - 1], &parts[i])) {
			v[folded] = (struct frame_detail){ .kind = parts[i].kind,
							   .others = parts[i].others,
							   .key = parts[i].key,
							   .sub = parts[i].sub,
							   .name = parts[i].name };
			folded++;
		}
		add(&v[folded - 1], &parts[i]);
	}
	return folded;
}

/* Merges the rows (of vCPUs) that @rows gives. */
static int merge(const struct detail_delta *d, const struct frame_vm *vm, bool others,
		 struct frame_detail **ret_v, size_t *ret_n)
{
	__autofree struct frame_detail *parts = NULL;
	struct frame_detail *v;
	size_t n = 0;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		n += others ? vm->vcpus[i].details.n_others : vm->vcpus[i].details.n;
	parts = calloc(n + 1, sizeof(*parts));
	v = arena__calloc(d->frame->arena, n, sizeof(*v));
	if (!parts || !v)
		return -ENOMEM;
	n = 0;
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		const struct frame_details *from = &vm->vcpus[i].details;
		size_t more = others ? from->n_others : from->n;

		if (more)
			memcpy(parts + n, others ? from->others : from->v, more * sizeof(*parts));
		n += more;
	}
	qsort(parts, n, sizeof(*parts), cmp_details);
	*ret_n = fold(parts, n, v);
	*ret_v = v;
	return 0;
}

int detail_delta__vm(const struct detail_delta *d, struct frame_vm *vm)
{
	struct frame_details *details = &vm->details;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		details->valid |= vm->vcpus[i].details.valid;
	if (!details->valid)
		return 0;
	if (merge(d, vm, false, &details->v, &details->n) ||
	    merge(d, vm, true, &details->others, &details->n_others))
		return -ENOMEM;
	finish(d, details);
	return 0;
}
