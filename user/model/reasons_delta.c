// SPDX-License-Identifier: GPL-2.0
#include "reasons_delta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "frame.h"
#include "reasons.h"
#include "snapshot.h"
#include "time_sum.h"

/* The (isa, code) order, of tallies and of frame reasons. */
static int cmp_codes(uint32_t isa_a, uint64_t code_a, uint32_t isa_b, uint64_t code_b)
{
	if (isa_a != isa_b)
		return isa_a < isa_b ? -1 : 1;
	return (code_a > code_b) - (code_a < code_b);
}

static int cmp_reasons(const void *a, const void *b)
{
	const struct frame_reason *x = *(const struct frame_reason *const *)a;
	const struct frame_reason *y = *(const struct frame_reason *const *)b;

	return cmp_codes(x->isa, x->code, y->isa, y->code);
}

/* The growth of one value; false when it went backwards. */
static bool grown(uint64_t prev, uint64_t cur, uint64_t *ret_delta)
{
	if (cur < prev)
		return false;
	*ret_delta = cur - prev;
	return true;
}

static void counter_set_rate(struct counter *counter, const struct frame *frame)
{
	if (counter->delta_valid)
		counter->rate = (double)counter->delta / frame->interval_s;
}

static void counter_add(struct counter *sum, const struct counter *part)
{
	sum->total += part->total;
	if (!part->delta_valid)
		return;
	sum->delta += part->delta;
	sum->delta_valid = true;
}

/* What came from @prev to @cur, in @arena. -ERANGE: a slot went backwards. */
static int hist_delta(struct arena *arena, struct hist prev, struct hist cur,
		      struct hist *ret_delta)
{
	uint64_t growth[HIST_SLOTS];

	/* Most reasons of most VMs are idle. */
	if (prev.first == cur.first && prev.n == cur.n &&
	    (!cur.n || !memcmp(prev.v, cur.v, cur.n * sizeof(*cur.v))))
		return 0;
	if (!hist_growth(prev, cur, growth))
		return -ERANGE;
	return hist_copy(arena, hist_of(growth), ret_delta);
}

/* What was timed from @prev to @cur; left invalid when any part of it went backwards. */
static int time_from_tallies(struct frame *frame, struct time_delta *time, const struct tally *prev,
			     const struct tally *cur, uint64_t count_delta)
{
	const enum latency latency = frame->latency;
	struct time_delta t = { .valid = true, .total = time->total, .timed = count_delta };
	int err;

	if (latency == LATENCY_OFF || !grown(prev->sum_ns, cur->sum_ns, &t.delta_ns))
		return 0;

	if (latency == LATENCY_FULL && !cur->hist_missing) {
		err = hist_delta(frame->arena, prev->hist, cur->hist, &t.hist);
		if (err)
			return err == -ERANGE ? 0 : err;
		t.hist_valid = true;
		t.timed = hist_count(t.hist);
	}

	if (t.timed || t.delta_ns)
		t.max_ns = cur->max_ns;
	*time = t;
	return 0;
}

static int total_from_tally(struct frame *frame, struct time_total *total,
			    const struct tally *tally)
{
	if (frame->latency == LATENCY_OFF)
		return 0;
	*total = (struct time_total){
		.valid = true,
		.timed = tally->count,
		.sum_ns = tally->sum_ns,
		.max_ns = tally->max_total_ns,
		.hist_valid = frame->latency == LATENCY_FULL && !tally->hist_missing,
	};
	if (!total->hist_valid)
		return 0;
	total->timed = hist_count(tally->hist);
	return hist_copy(frame->arena, tally->hist, &total->hist);
}

static int reason_from_tallies(struct frame *frame, struct frame_reason *reason,
			       const struct tally *prev, const struct tally *cur)
{
	static const struct tally zero;
	int err;

	if (!prev)
		prev = &zero;
	reason->isa = cur->isa;
	reason->code = cur->code;
	reason->count.total = cur->count;
	reason->count.delta_valid =
		!frame->begun[PART_EXITS] && grown(prev->count, cur->count, &reason->count.delta);
	err = total_from_tally(frame, &reason->time.total, cur);
	if (err || !reason->count.delta_valid)
		return err;
	return time_from_tallies(frame, &reason->time, prev, cur, reason->count.delta);
}

/* Tallies that have counted anything, and of each what it was before (NULL: there was none), sorted. */
struct grown_tally {
	const struct tally *cur, *before;
};

static int cmp_pairs(const void *a, const void *b)
{
	const struct tally *x = ((const struct grown_tally *)a)->cur,
			   *y = ((const struct grown_tally *)b)->cur;

	return cmp_codes(x->isa, x->code, y->isa, y->code);
}

/* Those before that are not in the same place: as pairs, too, and without what has not counted. */
static int pair_sorted(const struct tally *prev, size_t n_prev, struct grown_tally *pairs, size_t n)
{
	__autofree struct grown_tally *before = malloc((n_prev + 1) * sizeof(*before));
	size_t n_before = 0, p = 0;

	if (!before)
		return -ENOMEM;
	for (size_t i = 0; i < n_prev; i++)
		if (prev[i].count)
			before[n_before++].cur = &prev[i];
	qsort(before, n_before, sizeof(*before), cmp_pairs);
	for (size_t i = 0; i < n; i++) {
		while (p < n_before && cmp_pairs(&before[p], &pairs[i]) < 0)
			p++;
		pairs[i].before =
			p < n_before && !cmp_pairs(&before[p], &pairs[i]) ? before[p].cur : NULL;
	}
	return 0;
}

/* Most are few, or sorted already. */
static void sort_pairs(struct grown_tally *v, size_t n)
{
	if (n > 64) {
		qsort(v, n, sizeof(*v), cmp_pairs);
		return;
	}
	for (size_t i = 1; i < n; i++) {
		const struct grown_tally pair = v[i];
		size_t j = i;

		for (; j && cmp_pairs(&pair, &v[j - 1]) < 0; j--)
			v[j] = v[j - 1];
		v[j] = pair;
	}
}

/* A source mostly gives tallies in the order in which it gave them before, with new ones behind. */
static int make_pairs(const struct tally *prev, size_t n_prev, const struct tally *cur,
		      size_t n_cur, struct grown_tally **ret_pairs, size_t *ret_n)
{
	struct grown_tally *pairs = malloc((n_cur + 1) * sizeof(*pairs));
	bool in_place = n_prev <= n_cur;
	size_t n = 0;

	if (!pairs)
		return -ENOMEM;
	for (size_t i = 0; i < n_prev && in_place; i++)
		in_place = prev[i].code == cur[i].code && prev[i].isa == cur[i].isa;
	for (size_t i = 0; i < n_cur; i++)
		if (cur[i].count)
			pairs[n++] = (struct grown_tally){
				&cur[i], in_place && i < n_prev && prev[i].count ? &prev[i] : NULL
			};
	sort_pairs(pairs, n);
	if (!in_place && pair_sorted(prev, n_prev, pairs, n)) {
		free(pairs);
		return -ENOMEM;
	}
	*ret_pairs = pairs;
	*ret_n = n;
	return 0;
}

/* Derived values of all reasons of a scope, and in @exits (which may be NULL) their sum. */
static void finish_reasons(const struct frame *frame, struct frame_reasons *reasons,
			   struct counter *exits)
{
	struct counter sum = { .delta_valid = !reasons->n && !frame->begun[PART_EXITS] };
	uint64_t scope_ns = 0;

	for (size_t i = 0; i < reasons->n; i++) {
		struct frame_reason *r = &reasons->v[i];

		counter_set_rate(&r->count, frame);
		counter_add(&sum, &r->count);
		time_delta__finish(&r->time);
		scope_ns += r->time.delta_ns; /* 0 when not valid */
	}

	for (size_t i = 0; i < reasons->n; i++) {
		struct time_delta *t = &reasons->v[i].time;

		t->share_valid = t->valid && scope_ns;
		if (t->share_valid)
			t->share_pct = 100.0 * (double)t->delta_ns / (double)scope_ns;
	}

	counter_set_rate(&sum, frame);
	if (exits)
		*exits = sum;
}

/* One vCPU's reasons. @prev_v may be NULL: then all of them started at zero. */
static int reasons_from_tallies(struct frame *frame, const struct tally *prev_v, size_t prev_n,
				const struct tally *cur_v, size_t cur_n,
				struct frame_reasons *reasons)
{
	__autofree struct grown_tally *pairs = NULL;
	size_t n;

	if (make_pairs(prev_v, prev_n, cur_v, cur_n, &pairs, &n))
		return -ENOMEM;
	reasons->v = arena__calloc(frame->arena, n, sizeof(*reasons->v));
	if (!reasons->v)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (reason_from_tallies(frame, &reasons->v[i], pairs[i].before, pairs[i].cur))
			return -ENOMEM;
	reasons->n = n;
	return 0;
}

/* A sum of histograms as the frame keeps it. That of only one, which the frame has, is that one. */
static int keep_hist(struct arena *arena, const struct hist_sum *sum, struct hist *hist)
{
	return sum->own && hist->n ? hist_copy(arena, *hist, hist) : 0;
}

/* Folds those of the @n sorted @parts that are of the same (isa, code) as the first. Returns how many, or -ENOMEM. */
static ssize_t fold_reason(struct arena *arena, const struct frame_reason *const *parts, size_t n,
			   struct frame_reason *r)
{
	struct time_sum sum;
	size_t i;

	time_sum__init(&sum);
	r->isa = parts[0]->isa;
	r->code = parts[0]->code;
	for (i = 0; i < n && !cmp_reasons(&parts[0], &parts[i]); i++) {
		counter_add(&r->count, &parts[i]->count);
		time_sum__add(&sum, &parts[i]->time);
		time_sum__add_total(&sum, &parts[i]->time.total);
	}
	time_sum__finish(&sum);
	r->time = sum.time;
	if (keep_hist(arena, &sum.hist, &r->time.hist) ||
	    keep_hist(arena, &sum.total_hist, &r->time.total.hist))
		return -ENOMEM;
	return (ssize_t)i;
}

/* Folds @n sorted @parts into @reasons, one for each (isa, code). */
static int fold_reasons(struct arena *arena, const struct frame_reason *const *parts, size_t n,
			struct frame_reasons *reasons)
{
	ssize_t folded;

	for (size_t i = 0; i < n; i += (size_t)folded) {
		folded = fold_reason(arena, parts + i, n - i, &reasons->v[reasons->n++]);
		if (folded < 0)
			return (int)folded;
	}
	return 0;
}

/* Merges two sorted rows, which follow one another. */
static void merge_two(const struct frame_reason **from, size_t n_first, size_t n,
		      const struct frame_reason **to)
{
	size_t a = 0, b = n_first;

	for (size_t i = 0; i < n; i++)
		if (b == n || (a < n_first && cmp_reasons(&from[a], &from[b]) <= 0))
			to[i] = from[a++];
		else
			to[i] = from[b++];
}

/*
 * Sorts @v, which is @n_rows sorted rows: row i begins at @at[i], and the last one ends at @at[n_rows]. In each round two neighbours become
 * one. @spare has as much room; returns where the result is.
 */
static const struct frame_reason **merge_rows(const struct frame_reason **v,
					      const struct frame_reason **spare, size_t *at,
					      size_t n_rows)
{
	while (n_rows > 1) {
		const struct frame_reason **to = spare;
		size_t n = 0;

		for (size_t i = 0; i < n_rows; i += 2, n++) {
			const size_t end = i + 2 < n_rows ? i + 2 : n_rows;

			merge_two(v + at[i], at[i + 1] - at[i], at[end] - at[i], to + at[i]);
			at[n] = at[i];
		}
		at[n] = at[n_rows];
		n_rows = n;
		spare = v;
		v = to;
	}
	return v;
}

static size_t count_distinct(const struct frame_reason *const *sorted, size_t n)
{
	size_t distinct = 0;

	for (size_t i = 0; i < n; i++)
		distinct += !i || cmp_reasons(&sorted[i - 1], &sorted[i]);
	return distinct;
}

/* The reasons of a scope: those of its parts, which are sorted, merged by (isa, code). */
static int merge_reasons(struct frame *frame, const struct frame_reasons *const *lists,
			 size_t n_lists, struct frame_reasons *merged)
{
	__autofree const struct frame_reason **parts = NULL;
	__autofree size_t *at = malloc((n_lists + 1) * sizeof(*at));
	const struct frame_reason **sorted;
	size_t n = 0;

	if (!at)
		return -ENOMEM;
	for (size_t i = 0; i < n_lists; i++) {
		at[i] = n;
		n += lists[i]->n;
	}
	at[n_lists] = n;
	parts = malloc((2 * n + 1) * sizeof(*parts));
	if (!parts)
		return -ENOMEM;
	for (size_t i = 0; i < n_lists; i++)
		for (size_t j = 0; j < lists[i]->n; j++)
			parts[at[i] + j] = &lists[i]->v[j];
	sorted = merge_rows(parts, parts + n, at, n_lists);

	merged->v = arena__calloc(frame->arena, count_distinct(sorted, n), sizeof(*merged->v));
	if (!merged->v)
		return -ENOMEM;
	return fold_reasons(frame->arena, sorted, n, merged);
}

int reasons_delta__vcpu(struct frame *frame, const struct vcpu_sample *prev,
			const struct vcpu_sample *cur, struct frame_vcpu *vcpu)
{
	static const struct vcpu_sample none;
	int err;

	if (!prev)
		prev = &none;
	err = reasons_from_tallies(frame, prev->exits, prev->n_exits, cur->exits, cur->n_exits,
				   &vcpu->reasons);
	if (!err)
		err = reasons_from_tallies(frame, prev->user_exits, prev->n_user_exits,
					   cur->user_exits, cur->n_user_exits, &vcpu->user_exits);
	if (err)
		return err;
	finish_reasons(frame, &vcpu->reasons, &vcpu->exits);
	finish_reasons(frame, &vcpu->user_exits, NULL);
	return 0;
}

int reasons_delta__vm(struct frame *frame, struct frame_vm *vm)
{
	__autofree const struct frame_reasons **lists = NULL;
	int err;

	lists = malloc((vm->n_vcpus + 1) * sizeof(*lists));
	if (!lists)
		return -ENOMEM;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		lists[i] = &vm->vcpus[i].reasons;
	err = merge_reasons(frame, lists, vm->n_vcpus, &vm->reasons);
	if (err)
		return err;
	for (size_t i = 0; i < vm->n_vcpus; i++)
		lists[i] = &vm->vcpus[i].user_exits;
	err = merge_reasons(frame, lists, vm->n_vcpus, &vm->user_exits);
	if (err)
		return err;

	finish_reasons(frame, &vm->reasons, &vm->exits);
	finish_reasons(frame, &vm->user_exits, NULL);
	return 0;
}

int reasons_delta__frame(struct frame *frame)
{
	__autofree const struct frame_reasons **lists = NULL;
	int err;

	lists = malloc((frame->n_vms + 1) * sizeof(*lists));
	if (!lists)
		return -ENOMEM;

	for (size_t i = 0; i < frame->n_vms; i++)
		lists[i] = &frame->vms[i].reasons;
	err = merge_reasons(frame, lists, frame->n_vms, &frame->reasons);
	if (err)
		return err;
	for (size_t i = 0; i < frame->n_vms; i++)
		lists[i] = &frame->vms[i].user_exits;
	err = merge_reasons(frame, lists, frame->n_vms, &frame->user_exits);
	if (err)
		return err;

	finish_reasons(frame, &frame->reasons, &frame->exits);
	finish_reasons(frame, &frame->user_exits, NULL);
	return 0;
}

/* Every scope's reasons are among the frame's, so each name is made once and shared. */
static int make_names(struct arena *arena, const struct reason_names *names,
		      struct frame_reasons *reasons)
{
	char buf[128];

	for (size_t i = 0; i < reasons->n; i++) {
		struct frame_reason *r = &reasons->v[i];

		reason_names__format(names, r->isa, r->code, buf, sizeof(buf));
		r->name = arena__strdup(arena, buf);
		if (!r->name)
			return -ENOMEM;
	}
	return 0;
}

static void share_names(const struct frame_reasons *from, struct frame_reasons *to)
{
	size_t f = 0;

	for (size_t i = 0; i < to->n; i++) {
		struct frame_reason *r = &to->v[i];

		while (from->v[f].code != r->code || from->v[f].isa != r->isa)
			f++;
		r->name = from->v[f].name;
	}
}

int reasons_delta__name(struct frame *frame, const struct reason_names *names)
{
	if (make_names(frame->arena, names, &frame->reasons) ||
	    make_names(frame->arena, names, &frame->user_exits))
		return -ENOMEM;

	for (size_t i = 0; i < frame->n_vms; i++) {
		struct frame_vm *vm = &frame->vms[i];

		share_names(&frame->reasons, &vm->reasons);
		share_names(&frame->user_exits, &vm->user_exits);
		for (size_t j = 0; j < vm->n_vcpus; j++) {
			share_names(&frame->reasons, &vm->vcpus[j].reasons);
			share_names(&frame->user_exits, &vm->vcpus[j].user_exits);
		}
	}
	return 0;
}
