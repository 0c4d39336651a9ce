// SPDX-License-Identifier: GPL-2.0
#include "delta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "detail_delta.h"
#include "item_delta.h"
#include "frame.h"
#include "load.h"
#include "reasons_delta.h"
#include "snapshot.h"
#include "stats.h"
#include "stats_delta.h"
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

/* How often its thread was given a CPU, if it is the same one as before. */
static void set_slices(const struct vcpu_sample *prev, const struct vcpu_sample *cur,
		       struct time_shares *shares)
{
	if (!prev || prev->tid != cur->tid || !prev->thread.slices_known ||
	    !cur->thread.slices_known || cur->thread.slices < prev->thread.slices)
		return;
	shares->slices_valid = true;
	shares->slices = cur->thread.slices - prev->thread.slices;
}

/* Time of a vCPU in this interval; invalid when it is not known. */
static struct time_shares shares_delta(const struct frame *frame, const struct vcpu_sample *prev,
				       const struct vcpu_sample *cur)
{
	static const struct vcpu_times zero = { .valid = true };
	const struct vcpu_times *from = prev ? &prev->times : &zero;
	struct time_shares d = { .run_delay_valid = cur->times.run_delay_valid };

	d.valid = !frame->begun[PART_EXITS] && from->valid && cur->times.valid &&
		  cur->times.wall_ns > from->wall_ns;
	if (!d.valid)
		return d;
	d.wall_ns = cur->times.wall_ns - from->wall_ns;
	vcpu_times_grown(from->ns, cur->times.ns, d.ns);
	set_slices(prev, cur, &d);
	return d;
}

static void shares_add(struct time_shares *sum, const struct time_shares *part)
{
	if (!part->valid)
		return;
	sum->run_delay_valid = part->run_delay_valid && (!sum->valid || sum->run_delay_valid);
	sum->slices_valid = part->slices_valid && (!sum->valid || sum->slices_valid);
	sum->slices += part->slices;
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

	err = reasons_delta__vcpu(ctx->frame, prev, cur, vcpu);
	if (!err)
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
	vcpu->thread = cur->thread;
	vcpu->shares = shares_delta(ctx->frame, prev, cur);
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
		    reasons_delta__vm(frame, &frame->vms[i]))
			return -ENOMEM;
		include_past(ctx, &frame->vms[i].vcpu_stats, &frame->vms[i].exits);
		load__delta(before ? &before->load : NULL, &vm->load, frame->interval_s,
			    &frame->vms[i].load);
		shares_add(&frame->shares, &frame->vms[i].shares);
	}
	shares_finish(&frame->shares);
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
	if (frame_set_context(&ctx, host) || frame_set_vms(&ctx) || reasons_delta__frame(frame) ||
	    tracepoints_delta__frame(&ctx.tracepoints) || reasons_delta__name(frame, names) ||
	    (cur->item_opts && item_delta__frame(cur->item_opts, prev->items, frame)))
		return -ENOMEM;
	*ret_frame = take_ptr(frame);
	return 0;
}
