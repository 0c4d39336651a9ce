// SPDX-License-Identifier: GPL-2.0
/*
 * delta: the one pure function that makes a frame from two snapshots.
 *
 * Bottom up: a reason of a vCPU comes from its two tallies. A VM's reasons are its vCPUs' merged,
 * the frame's are the VMs' merged. A scope's exits are the sum of its reasons. Only then are the
 * derived values (rate, average, percentiles, shares) worked out, the same way in every scope.
 */
#include "delta.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "detail_delta.h"
#include "item_delta.h"
#include "frame.h"
#include "reasons.h"
#include "snapshot.h"
#include "stats.h"
#include "stats_delta.h"
#include "time_sum.h"
#include "tracepoints_delta.h"
#include "vcpu_times.h"

#define NSEC_PER_SEC 1e9

struct delta_ctx {
	const struct snapshot *prev, *cur;
	struct frame *frame; /* being built */
	struct stats_delta stats;
	struct detail_delta details;
	struct tracepoints_delta tracepoints;
};

DEFINE_CLEANUP(frame, struct frame, frame__free)

/* delta__compute's (isa, code) order, of tallies and of frame reasons. */
static int cmp_codes(uint32_t isa_a, uint64_t code_a, uint32_t isa_b, uint64_t code_b)
{
	if (isa_a != isa_b)
		return isa_a < isa_b ? -1 : 1;
	return (code_a > code_b) - (code_a < code_b);
}

static int cmp_tallies(const void *a, const void *b)
{
	const struct tally *x = *(const struct tally *const *)a;
	const struct tally *y = *(const struct tally *const *)b;

	return cmp_codes(x->isa, x->code, y->isa, y->code);
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

static void counter_set_rate(struct counter *counter, const struct delta_ctx *ctx)
{
	if (counter->delta_valid)
		counter->rate = (double)counter->delta / ctx->frame->interval_s;
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
static int time_from_tallies(struct delta_ctx *ctx, struct time_delta *time,
			     const struct tally *prev, const struct tally *cur,
			     uint64_t count_delta)
{
	const enum latency latency = ctx->frame->latency;
	struct time_delta t = { .valid = true, .total = time->total, .timed = count_delta };
	int err;

	if (latency == LATENCY_OFF || !grown(prev->sum_ns, cur->sum_ns, &t.delta_ns))
		return 0;

	if (latency == LATENCY_FULL && !cur->hist_missing) {
		err = hist_delta(ctx->frame->arena, prev->hist, cur->hist, &t.hist);
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

static int total_from_tally(struct delta_ctx *ctx, struct time_total *total,
			    const struct tally *tally)
{
	if (ctx->frame->latency == LATENCY_OFF)
		return 0;
	*total = (struct time_total){
		.valid = true,
		.timed = tally->count,
		.sum_ns = tally->sum_ns,
		.max_ns = tally->max_total_ns,
		.hist_valid = ctx->frame->latency == LATENCY_FULL && !tally->hist_missing,
	};
	if (!total->hist_valid)
		return 0;
	total->timed = hist_count(tally->hist);
	return hist_copy(ctx->frame->arena, tally->hist, &total->hist);
}

static int reason_from_tallies(struct delta_ctx *ctx, struct frame_reason *reason,
			       const struct tally *prev, const struct tally *cur)
{
	static const struct tally zero;
	int err;

	if (!prev)
		prev = &zero;
	reason->isa = cur->isa;
	reason->code = cur->code;
	reason->count.total = cur->count;
	reason->count.delta_valid = grown(prev->count, cur->count, &reason->count.delta);
	err = total_from_tally(ctx, &reason->time.total, cur);
	if (err || !reason->count.delta_valid)
		return err;
	return time_from_tallies(ctx, &reason->time, prev, cur, reason->count.delta);
}

/* Pointers to those tallies of @v that have counted anything, sorted. */
static int sort_tallies(const struct tally *v, size_t n, const struct tally ***ret_sorted,
			size_t *ret_n)
{
	const struct tally **sorted = malloc((n + 1) * sizeof(*sorted));
	size_t n_used = 0;

	if (!sorted)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (v[i].count)
			sorted[n_used++] = &v[i];
	qsort(sorted, n_used, sizeof(*sorted), cmp_tallies);
	*ret_sorted = sorted;
	*ret_n = n_used;
	return 0;
}

/* Derived values of all reasons of a scope, and in @exits (which may be NULL) their sum. */
static void finish_reasons(const struct delta_ctx *ctx, struct frame_reasons *reasons,
			   struct counter *exits)
{
	struct counter sum = { .delta_valid = !reasons->n };
	uint64_t scope_ns = 0;

	for (size_t i = 0; i < reasons->n; i++) {
		struct frame_reason *r = &reasons->v[i];

		counter_set_rate(&r->count, ctx);
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

	counter_set_rate(&sum, ctx);
	if (exits)
		*exits = sum;
}

/* One vCPU's reasons. @prev_v may be NULL: then all of them started at zero. */
static int reasons_from_tallies(struct delta_ctx *ctx, const struct tally *prev_v, size_t prev_n,
				const struct tally *cur_v, size_t cur_n,
				struct frame_reasons *reasons)
{
	__autofree const struct tally **prev = NULL;
	__autofree const struct tally **cur = NULL;
	size_t n_prev, n_cur;
	size_t p = 0;

	if (sort_tallies(prev_v, prev_n, &prev, &n_prev) ||
	    sort_tallies(cur_v, cur_n, &cur, &n_cur))
		return -ENOMEM;

	reasons->v = arena__calloc(ctx->frame->arena, n_cur, sizeof(*reasons->v));
	if (!reasons->v)
		return -ENOMEM;
	for (size_t i = 0; i < n_cur; i++) {
		const struct tally *before = NULL;

		while (p < n_prev && cmp_tallies(&prev[p], &cur[i]) < 0)
			p++;
		if (p < n_prev && !cmp_tallies(&prev[p], &cur[i]))
			before = prev[p];
		if (reason_from_tallies(ctx, &reasons->v[i], before, cur[i]))
			return -ENOMEM;
	}
	reasons->n = n_cur;
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

static size_t count_distinct(const struct frame_reason *const *sorted, size_t n)
{
	size_t distinct = 0;

	for (size_t i = 0; i < n; i++)
		distinct += !i || cmp_reasons(&sorted[i - 1], &sorted[i]);
	return distinct;
}

/* The reasons of a scope: those of its parts, merged by (isa, code). */
static int merge_reasons(struct delta_ctx *ctx, const struct frame_reasons *const *lists,
			 size_t n_lists, struct frame_reasons *merged)
{
	__autofree const struct frame_reason **parts = NULL;
	size_t n = 0;

	for (size_t i = 0; i < n_lists; i++)
		n += lists[i]->n;
	parts = malloc((n + 1) * sizeof(*parts));
	if (!parts)
		return -ENOMEM;

	n = 0;
	for (size_t i = 0; i < n_lists; i++)
		for (size_t j = 0; j < lists[i]->n; j++)
			parts[n++] = &lists[i]->v[j];
	qsort(parts, n, sizeof(*parts), cmp_reasons);

	merged->v = arena__calloc(ctx->frame->arena, count_distinct(parts, n), sizeof(*merged->v));
	if (!merged->v)
		return -ENOMEM;
	return fold_reasons(ctx->frame->arena, parts, n, merged);
}

/* Time of a vCPU in this interval; invalid when it is not known. */
static struct time_shares shares_delta(const struct vcpu_sample *prev,
				       const struct vcpu_sample *cur)
{
	static const struct vcpu_times zero = { .valid = true };
	const struct vcpu_times *from = prev ? &prev->times : &zero;
	struct time_shares d = { .run_delay_valid = cur->times.run_delay_valid };

	d.valid = from->valid && cur->times.valid &&
		  grown(from->wall_ns, cur->times.wall_ns, &d.wall_ns) && d.wall_ns;
	if (d.valid)
		vcpu_times_grown(from->ns, cur->times.ns, d.ns);
	return d;
}

static void shares_add(struct time_shares *sum, const struct time_shares *part)
{
	if (!part->valid)
		return;
	sum->run_delay_valid = part->run_delay_valid && (!sum->valid || sum->run_delay_valid);
	sum->valid = true;
	sum->wall_ns += part->wall_ns;
	for (size_t i = 0; i < STATE_MAX; i++)
		sum->ns[i] += part->ns[i];
}

static void shares_finish(struct time_shares *shares)
{
	for (size_t i = 0; i < STATE_MAX && shares->valid; i++)
		shares->pct[i] = 100 * (double)shares->ns[i] / (double)shares->wall_ns;
}

/* -i: the total is KVM's own. Where that is not known it stays ours. */
static void include_past(const struct delta_ctx *ctx, const struct frame_stats *stats,
			 struct counter *exits)
{
	if (!ctx->cur->include_past)
		return;
	for (size_t i = 0; i < stats->n; i++)
		if (!strcmp(stats->v[i].desc->name, "exits"))
			exits->total = stats->v[i].count.total;
}

static int vcpu_from_samples(struct delta_ctx *ctx, struct frame_vcpu *vcpu,
			     const struct vcpu_sample *prev, const struct vcpu_sample *cur)
{
	int err;

	vcpu->vcpu_id = cur->vcpu_id;
	vcpu->tid = cur->tid;

	err = reasons_from_tallies(ctx, prev ? prev->exits : NULL, prev ? prev->n_exits : 0,
				   cur->exits, cur->n_exits, &vcpu->reasons);
	if (err)
		return err;
	err = reasons_from_tallies(ctx, prev ? prev->user_exits : NULL,
				   prev ? prev->n_user_exits : 0, cur->user_exits,
				   cur->n_user_exits, &vcpu->user_exits);
	if (err)
		return err;
	finish_reasons(ctx, &vcpu->reasons, &vcpu->exits);
	finish_reasons(ctx, &vcpu->user_exits, NULL);

	err = stats_delta__vcpu(&ctx->stats, prev, cur, &vcpu->stats);
	if (!err)
		err = detail_delta__vcpu(&ctx->details, prev, cur, &vcpu->details);
	if (!err)
		err = tracepoints_delta__vcpu(&ctx->tracepoints, prev, cur, vcpu);
	if (err)
		return err;
	include_past(ctx, &vcpu->stats, &vcpu->exits);
	vcpu->times = cur->times;
	vcpu->held = cur->held;
	vcpu->shares = shares_delta(prev, cur);
	shares_finish(&vcpu->shares);
	return 0;
}

/* What holds all vCPUs that have a thread; HELD_NOT if one of them goes on. */
static enum vcpu_held vm_held(const struct frame_vm *vm)
{
	enum vcpu_held held = HELD_UNKNOWN;

	for (size_t i = 0; i < vm->n_vcpus; i++) {
		enum vcpu_held one = vm->vcpus[i].held;

		if (one == HELD_UNKNOWN || one == HELD_PARKED)
			continue;
		if (held != HELD_UNKNOWN && held != one)
			return HELD_NOT;
		held = one;
	}
	return held;
}

static int vm_set_vcpus(struct delta_ctx *ctx, struct frame_vm *vm, const struct vm_sample *prev,
			const struct vm_sample *cur)
{
	size_t n_prev = prev ? prev->n_vcpus : 0;
	size_t p = 0;

	vm->vcpus = arena__calloc(ctx->frame->arena, cur->n_vcpus, sizeof(*vm->vcpus));
	if (!vm->vcpus)
		return -ENOMEM;
	vm->n_vcpus = cur->n_vcpus;

	for (size_t i = 0; i < cur->n_vcpus; i++) {
		const struct vcpu_sample *v = &cur->vcpus[i];
		const struct vcpu_sample *before = NULL;
		int err;

		while (p < n_prev && prev->vcpus[p].vcpu_id < v->vcpu_id)
			p++;
		if (p < n_prev && prev->vcpus[p].vcpu_id == v->vcpu_id)
			before = &prev->vcpus[p];
		err = vcpu_from_samples(ctx, &vm->vcpus[i], before, v);
		if (err)
			return err;
		/* By their time, so that the VM's shares are weighted. */
		shares_add(&vm->shares, &vm->vcpus[i].shares);
	}
	shares_finish(&vm->shares);
	vm->held = vm_held(vm);
	return 0;
}

static int vm_merge_reasons(struct delta_ctx *ctx, struct frame_vm *vm)
{
	__autofree const struct frame_reasons **lists = NULL;
	int err;

	lists = malloc((vm->n_vcpus + 1) * sizeof(*lists));
	if (!lists)
		return -ENOMEM;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		lists[i] = &vm->vcpus[i].reasons;
	err = merge_reasons(ctx, lists, vm->n_vcpus, &vm->reasons);
	if (err)
		return err;
	for (size_t i = 0; i < vm->n_vcpus; i++)
		lists[i] = &vm->vcpus[i].user_exits;
	err = merge_reasons(ctx, lists, vm->n_vcpus, &vm->user_exits);
	if (err)
		return err;

	finish_reasons(ctx, &vm->reasons, &vm->exits);
	finish_reasons(ctx, &vm->user_exits, NULL);
	return 0;
}

/* A copy of @s, which may be NULL. */
static int copy_string(struct arena *arena, const char *s, char **ret_copy)
{
	char *copy = arena__strdup(arena, s);

	if (s && !copy)
		return -ENOMEM;
	*ret_copy = copy;
	return 0;
}

static int vm_set_identity(struct arena *arena, struct frame_vm *vm, const struct vm_sample *cur)
{
	char id[VM_ID_SIZE];

	vm_id(cur->pid, cur->vm_fd, id);
	vm->key = cur->key;
	vm->pid = cur->pid;
	vm->vm_fd = cur->vm_fd;
	vm->ended = cur->ended;
	if (copy_string(arena, id, &vm->id) || copy_string(arena, cur->name, &vm->name) ||
	    copy_string(arena, cur->comm, &vm->comm))
		return -ENOMEM;
	return 0;
}

static int cmp_vm_keys(const void *a, const void *b)
{
	const struct vm_sample *x = *(const struct vm_sample *const *)a;
	const struct vm_sample *y = *(const struct vm_sample *const *)b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Pointers to the VMs of @snapshot, sorted by key; NULL: no memory. */
static const struct vm_sample **index_vms(const struct snapshot *snapshot)
{
	const struct vm_sample **index = malloc((snapshot->n_vms + 1) * sizeof(*index));

	if (!index)
		return NULL;
	for (size_t i = 0; i < snapshot->n_vms; i++)
		index[i] = &snapshot->vms[i];
	qsort(index, snapshot->n_vms, sizeof(*index), cmp_vm_keys);
	return index;
}

static int frame_set_vms(struct delta_ctx *ctx)
{
	__autofree const struct vm_sample **index = index_vms(ctx->prev);
	struct frame *frame = ctx->frame;
	const struct snapshot *cur = ctx->cur;

	if (!index)
		return -ENOMEM;
	frame->vms = arena__calloc(frame->arena, cur->n_vms, sizeof(*frame->vms));
	if (!frame->vms)
		return -ENOMEM;
	frame->n_vms = cur->n_vms;

	for (size_t i = 0; i < cur->n_vms; i++) {
		const struct vm_sample *vm = &cur->vms[i];
		const struct vm_sample **found =
			bsearch(&vm, index, ctx->prev->n_vms, sizeof(*index), cmp_vm_keys);
		const struct vm_sample *before = found ? *found : NULL;

		ctx->stats.vcpus_from_zero = before ? before->stats != NULL : vm->later;

		if (vm_set_identity(frame->arena, &frame->vms[i], vm) ||
		    vm_set_vcpus(ctx, &frame->vms[i], before, vm) ||
		    stats_delta__vm(&ctx->stats, before, vm, &frame->vms[i]) ||
		    detail_delta__vm(&ctx->details, &frame->vms[i]) ||
		    tracepoints_delta__vm(&ctx->tracepoints, before, vm, &frame->vms[i]) ||
		    vm_merge_reasons(ctx, &frame->vms[i]))
			return -ENOMEM;
		include_past(ctx, &frame->vms[i].vcpu_stats, &frame->vms[i].exits);
		shares_add(&frame->shares, &frame->vms[i].shares);
	}
	shares_finish(&frame->shares);
	return 0;
}

static int frame_merge_reasons(struct delta_ctx *ctx)
{
	__autofree const struct frame_reasons **lists = NULL;
	struct frame *frame = ctx->frame;
	int err;

	lists = malloc((frame->n_vms + 1) * sizeof(*lists));
	if (!lists)
		return -ENOMEM;

	for (size_t i = 0; i < frame->n_vms; i++)
		lists[i] = &frame->vms[i].reasons;
	err = merge_reasons(ctx, lists, frame->n_vms, &frame->reasons);
	if (err)
		return err;
	for (size_t i = 0; i < frame->n_vms; i++)
		lists[i] = &frame->vms[i].user_exits;
	err = merge_reasons(ctx, lists, frame->n_vms, &frame->user_exits);
	if (err)
		return err;

	finish_reasons(ctx, &frame->reasons, &frame->exits);
	finish_reasons(ctx, &frame->user_exits, NULL);
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
		if (copy_string(arena, buf, &r->name))
			return -ENOMEM;
	}
	return 0;
}

static void share_names(const struct frame_reasons *from, struct frame_reasons *to)
{
	size_t f = 0;

	for (size_t i = 0; i < to->n; i++) {
		struct frame_reason *r = &to->v[i];

		while (cmp_codes(from->v[f].isa, from->v[f].code, r->isa, r->code))
			f++;
		r->name = from->v[f].name;
	}
}

static int frame_set_names(struct frame *frame, const struct reason_names *names)
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

static int frame_set_context(struct delta_ctx *ctx, const struct host_info *host)
{
	struct frame *frame = ctx->frame;
	const struct snapshot *prev = ctx->prev;
	const struct snapshot *cur = ctx->cur;

	frame->wall = cur->wall;
	frame->interval_s = (double)(cur->mono_ns - prev->mono_ns) / NSEC_PER_SEC;
	/* What @prev did not time has no delta. */
	frame->latency = cur->latency < prev->latency ? cur->latency : prev->latency;
	for (size_t i = 0; i < DROP_CAUSE_MAX; i++)
		frame->drops[i] = cur->drops[i];
	for (size_t i = 0; i < PART_MAX; i++)
		frame->begun[i] = snapshot__part_begun(prev, cur, (enum snapshot_part)i);
	frame->hist_full = cur->hist_full;
	frame->vm_layout = cur->vm_layout;
	frame->vcpu_layout = cur->vcpu_layout;

	for (size_t i = 0; i < SOURCE_ID_MAX; i++) {
		frame->sources[i].used = cur->sources[i].used;
		frame->sources[i].error = arena__strdup(frame->arena, cur->sources[i].error);
		if (cur->sources[i].error && !frame->sources[i].error)
			return -ENOMEM;
	}

	frame->host.cpus = host->cpus;
	frame->host.name = arena__strdup(frame->arena, host->name);
	frame->host.kernel = arena__strdup(frame->arena, host->kernel);
	frame->host.arch = arena__strdup(frame->arena, host->arch);
	if ((host->name && !frame->host.name) || (host->kernel && !frame->host.kernel) ||
	    (host->arch && !frame->host.arch))
		return -ENOMEM;
	return 0;
}

int delta__compute(const struct snapshot *prev, const struct snapshot *cur,
		   const struct host_info *host, const struct reason_names *names,
		   struct frame **ret_frame)
{
	__cleanup(cleanup_frame) struct frame *frame = NULL;
	struct delta_ctx ctx = { .prev = prev, .cur = cur };

	if (cur->mono_ns <= prev->mono_ns)
		return -EINVAL;

	frame = frame__new();
	if (!frame)
		return -ENOMEM;
	ctx.frame = frame;
	ctx.stats = (struct stats_delta){ .prev = prev, .cur = cur, .frame = frame };
	ctx.details = (struct detail_delta){ .frame = frame,
					     .names = cur->detail_names,
					     .reasons = names };
	ctx.tracepoints = (struct tracepoints_delta){ .prev = prev, .cur = cur, .frame = frame };
	if (frame_set_context(&ctx, host) || frame_set_vms(&ctx) || frame_merge_reasons(&ctx) ||
	    tracepoints_delta__frame(&ctx.tracepoints) || frame_set_names(frame, names) ||
	    (cur->item_opts && item_delta__frame(cur->item_opts, prev->items, frame)))
		return -ENOMEM;
	*ret_frame = take_ptr(frame);
	return 0;
}
