/* SPDX-License-Identifier: GPL-2.0 */
/*
 * codec_samples: snapshots made by dice, the same ones each time, and whether two are the same: for tests of recordings.
 */
#ifndef KVMTOP_TESTS_CODEC_SAMPLES_H
#define KVMTOP_TESTS_CODEC_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/arch/x86.h"
#include "../../user/base/arena.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/codec.h"
#include "../../user/model/codec_fields.h"
#include "../../user/model/reasons.h"
#include "../../user/model/snapshot.h"
#include "../../user/model/stats.h"

/* xorshift64*: the same numbers on every machine. */
static inline uint64_t roll(uint64_t *dice)
{
	*dice ^= *dice >> 12;
	*dice ^= *dice << 25;
	*dice ^= *dice >> 27;
	return *dice * UINT64_C(0x2545F4914F6CDD1D);
}

static inline uint64_t roll_below(uint64_t *dice, uint64_t n)
{
	return n ? (roll(dice) >> 16) % n : 0;
}

/* Of any size, and now and then an extreme one. */
static inline uint64_t roll_number(uint64_t *dice)
{
	uint64_t number = roll(dice) >> roll_below(dice, 64);

	return roll_below(dice, 50) ? number : roll_below(dice, 2) ? UINT64_MAX : 1ull << 63;
}

/* What the samples are about. */
struct sample_world {
	struct stat_layout *vm_layout, *vcpu_layout;
	struct event_names events;
	struct reason_names *reasons;
	struct detail_names *details;
	uint64_t dice;
	uint64_t next_key;
	size_t max_vms; /* at once */
};

static inline void sample_world__init(struct sample_world *w, uint64_t seed)
{
	static const char *const vm_stats[] = { "remote_tlb_flush", "pages_4k" };
	static const char *const vcpu_stats[] = { "exits", "io_exits", "halt_wait_ns" };
	static const char *const events[] = { "kvm_entry", "kvm_pio", "kvm_msr" };

	*w = (struct sample_world){
		.vm_layout = stat_layout__from_names(vm_stats, ARRAY_SIZE(vm_stats)),
		.vcpu_layout = stat_layout__from_names(vcpu_stats, ARRAY_SIZE(vcpu_stats)),
		.events = { events, ARRAY_SIZE(events) },
		.reasons = reason_names__new(),
		.details = detail_names__new(),
		.dice = seed * 2654435761u + 1,
		.max_vms = 5,
	};
	detail_names__parse_ioports(w->details, "0060-0060 : keyboard\n  0070-0077 : rtc0\n");
}

static inline void sample_world__done(struct sample_world *w)
{
	stat_layout__free(w->vm_layout);
	stat_layout__free(w->vcpu_layout);
	reason_names__free(w->reasons);
	detail_names__free(w->details);
}

static inline struct codec_run sample_run(const struct sample_world *w)
{
	return (struct codec_run){
		.id = 7,
		.version = "v1-test",
		.host = { "host1", "6.18.0", "x86_64", 64 },
		.interval_ns = 1000000000,
		.detail_kinds = DETAIL_BIT(DETAIL_MSR) | DETAIL_BIT(DETAIL_PIO),
		.reasons = w->reasons,
		.details = w->details,
	};
}

static inline struct codec_context sample_context(const struct sample_world *w)
{
	return (struct codec_context){ 7, 8, w->vm_layout, w->vcpu_layout, &w->events };
}

/* Most numbers stay as they are or grow; @before NULL: there is none. NULL now and then. */
static inline const uint64_t *sample_values(struct sample_world *w, struct arena *arena,
					    const uint64_t *before, size_t n)
{
	uint64_t *v = arena__calloc(arena, n, sizeof(*v));

	if (!roll_below(&w->dice, 8))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		v[i] = before ? before[i] : roll_number(&w->dice);
		if (!roll_below(&w->dice, 3))
			v[i] += roll_number(&w->dice) >> 30;
	}
	return v;
}

static inline void sample_tally(struct sample_world *w, struct arena *arena,
				const struct tally *before, uint32_t isa, struct tally *tally)
{
	uint64_t slots[HIST_SLOTS] = { 0 };

	if (before)
		*tally = *before;
	else
		*tally = (struct tally){ .isa = isa, .code = roll_number(&w->dice) };
	tally->max_ns = 0;
	hist_copy(arena, tally->hist, &tally->hist);
	if (before && roll_below(&w->dice, 3))
		return;
	tally->count += roll_below(&w->dice, 1000);
	tally->sum_ns += roll_number(&w->dice) >> 20;
	tally->max_ns = roll_number(&w->dice) >> 24;
	tally->max_total_ns = tally->max_ns;
	tally->hist_missing = !roll_below(&w->dice, 10);
	for (uint32_t i = 0; before && i < before->hist.n; i++)
		slots[before->hist.first + i] = before->hist.v[i];
	for (uint64_t n = roll_below(&w->dice, 6); n; n--)
		slots[roll_below(&w->dice, HIST_SLOTS)] += 1 + roll_below(&w->dice, 500);
	hist_copy(arena, hist_of(slots), &tally->hist);
}

static inline struct tally *sample_tallies(struct sample_world *w, struct arena *arena,
					   const struct tally *before, size_t n_before,
					   uint32_t isa, size_t *ret_n)
{
	size_t n = n_before + (roll_below(&w->dice, 3) == 0);
	struct tally *v = arena__calloc(arena, n, sizeof(*v));

	for (size_t i = 0; i < n; i++)
		sample_tally(w, arena, i < n_before ? &before[i] : NULL, isa, &v[i]);
	*ret_n = n;
	return v;
}

static inline void sample_details(struct sample_world *w, struct arena *arena,
				  struct vcpu_sample *vcpu)
{
	struct detail_sum *sums = arena__calloc(arena, DETAIL_KIND_MAX, sizeof(*sums));

	vcpu->n_details = roll_below(&w->dice, 4);
	vcpu->details = arena__calloc(arena, vcpu->n_details, sizeof(*vcpu->details));
	for (size_t i = 0; i < vcpu->n_details; i++)
		vcpu->details[i] = (struct detail_tally){
			.kind = (enum detail_kind)roll_below(&w->dice, DETAIL_KIND_MAX),
			.key = roll_number(&w->dice),
			.sub = roll_below(&w->dice, 3),
			.count = roll_number(&w->dice),
			.sum_ns = roll_number(&w->dice),
		};
	for (size_t i = 0; i < DETAIL_KIND_MAX; i++)
		sums[i] = (struct detail_sum){ roll_number(&w->dice), roll_number(&w->dice) };
	vcpu->detail_sums = roll_below(&w->dice, 4) ? sums : NULL;
}

static inline void sample_vcpu(struct sample_world *w, struct arena *arena,
			       const struct vcpu_sample *before, uint32_t id,
			       struct vcpu_sample *vcpu)
{
	static const struct vcpu_sample none;

	if (!before)
		before = &none;
	*vcpu = *before;
	vcpu->vcpu_id = id;
	vcpu->tid = (pid_t)roll_below(&w->dice, 100000);
	vcpu->times.valid = roll_below(&w->dice, 4);
	vcpu->held = (enum vcpu_held)roll_below(&w->dice, HELD_MAX);
	if (roll_below(&w->dice, 3))
		vcpu->thread = (struct vcpu_thread){
			.slices_known = roll_below(&w->dice, 4),
			.slices = vcpu->thread.slices + (roll_number(&w->dice) >> 40),
			.cpu_known = true,
			.cpu = (uint32_t)roll_below(&w->dice, 512),
		};
	vcpu->times.wall_ns += roll_number(&w->dice) >> 10;
	for (size_t i = 0; i < STATE_MAX; i++)
		vcpu->times.ns[i] += roll_number(&w->dice) >> 10;
	vcpu->exits =
		sample_tallies(w, arena, before->exits, before->n_exits, ISA_SVM, &vcpu->n_exits);
	vcpu->user_exits = sample_tallies(w, arena, before->user_exits, before->n_user_exits,
					  ISA_USER, &vcpu->n_user_exits);
	sample_details(w, arena, vcpu);
	vcpu->place.in_guest = roll_below(&w->dice, 2);
	vcpu->stats_source = (enum stats_source)roll_below(&w->dice, STATS_SOURCE_MAX);
	vcpu->stats = sample_values(w, arena, before->stats, w->vcpu_layout->n_values);
	vcpu->tracepoints = sample_values(w, arena, before->tracepoints, w->events.n);
}

static inline const char *sample_name(struct sample_world *w, struct arena *arena)
{
	static const char *const names[] = { NULL, "", "web01", "b\303\244r\n\x1b[31m", "x" };

	return arena__strdup(arena, names[roll_below(&w->dice, ARRAY_SIZE(names))]);
}

/* Now and then nothing is known. */
static inline void sample_load(struct sample_world *w, struct vmm_load *load)
{
	if (!roll_below(&w->dice, 4)) {
		*load = (struct vmm_load){ .quota_known = false };
		return;
	}
	load->quota_known = roll_below(&w->dice, 4);
	load->throttled_ns += roll_number(&w->dice) >> 20;
	load->quota_pct = (uint32_t)roll_number(&w->dice);
	load->vcpus = (uint32_t)roll_below(&w->dice, 9);
	load->pressure_known = roll_below(&w->dice, 2);
	load->memory_full_ns += roll_number(&w->dice) >> 20;
	load->swap_known = true;
	load->swap_bytes = roll_number(&w->dice);
	load->cpus_allowed = (uint32_t)roll_below(&w->dice, 99);
	load->aux_known = roll_below(&w->dice, 2);
	load->aux_run_ns += roll_number(&w->dice) >> 20;
	load->aux_delay_ns += roll_number(&w->dice) >> 20;
}

static inline void sample_vm(struct sample_world *w, struct arena *arena,
			     const struct vm_sample *before, struct vm_sample *vm)
{
	static const struct vm_sample none;
	size_t n = 1 + roll_below(&w->dice, 3);

	*vm = before ? *before : none;
	if (!before) {
		vm->key = ++w->next_key;
		vm->pid = 1000 + (pid_t)vm->key;
		vm->vm_fd = (int)roll_below(&w->dice, 20) - 3;
	}
	if (!before || !roll_below(&w->dice, 5)) {
		vm->name = sample_name(w, arena);
		vm->comm = sample_name(w, arena);
	} else {
		vm->name = arena__strdup(arena, before->name);
		vm->comm = arena__strdup(arena, before->comm);
	}
	vm->ended = !roll_below(&w->dice, 10);
	vm->later = before ? before->later : roll_below(&w->dice, 2);
	vm->stats_source = (enum stats_source)roll_below(&w->dice, STATS_SOURCE_MAX);
	vm->stats = sample_values(w, arena, vm->stats, w->vm_layout->n_values);
	vm->vcpu_sums = sample_values(w, arena, vm->vcpu_sums, w->vcpu_layout->n_values);
	vm->tracepoints = sample_values(w, arena, vm->tracepoints, w->events.n);
	sample_load(w, &vm->load);
	vm->vcpus = arena__calloc(arena, n, sizeof(*vm->vcpus));
	for (size_t i = 0; i < n; i++)
		sample_vcpu(w, arena, before && i < before->n_vcpus ? &before->vcpus[i] : NULL,
			    (uint32_t)(2 * i), &vm->vcpus[i]);
	vm->n_vcpus = n;
}

/* What comes after @before (NULL: the first one): some VMs go, some come, all change a little. */
static inline struct snapshot *sample_next(struct sample_world *w, const struct snapshot *before)
{
	static const struct snapshot none = { .mono_ns = 1, .wall = { .tv_sec = 1700000000 } };
	struct snapshot *s = snapshot__new();
	struct arena *arena = s->arena;

	if (!before)
		before = &none;
	*s = *before;
	s->arena = arena;
	s->mono_ns += 1 + roll_below(&w->dice, 2000000000);
	s->wall.tv_sec += 1;
	s->wall.tv_nsec = (long)roll_below(&w->dice, 1000000000);
	s->latency = (enum latency)roll_below(&w->dice, 3);
	s->include_past = roll_below(&w->dice, 2);
	s->hist_full += roll_below(&w->dice, 2);
	s->drops[DROP_DETAIL] += roll_below(&w->dice, 3);
	s->sources[SOURCE_STATS] = (struct source_state){
		.used = roll_below(&w->dice, 2),
		.error = roll_below(&w->dice, 2) ? "denied: lockdown=integrity" : NULL,
	};
	s->vm_layout = w->vm_layout;
	s->vcpu_layout = w->vcpu_layout;
	s->event_names = &w->events;
	s->host_tracepoints = sample_values(w, arena, before->host_tracepoints, w->events.n);
	s->vms = arena__calloc(arena, before->n_vms + 2, sizeof(*s->vms));
	s->n_vms = 0;
	for (size_t i = 0; i < before->n_vms; i++)
		if (!before->vms[i].ended && roll_below(&w->dice, 12))
			sample_vm(w, arena, &before->vms[i], &s->vms[s->n_vms++]);
	if (s->n_vms < w->max_vms && roll_below(&w->dice, 2))
		sample_vm(w, arena, NULL, &s->vms[s->n_vms++]);
	return s;
}

/* ---- whether two are the same; what is not recorded does not matter */

static inline bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static inline bool same_values(const uint64_t *a, const uint64_t *b, size_t n)
{
	return a && b ? !memcmp(a, b, n * sizeof(*a)) : !a && !b;
}

static inline bool same_tallies(const struct tally *a, size_t n_a, const struct tally *b,
				size_t n_b)
{
	bool same = n_a == n_b;

	for (size_t i = 0; same && i < n_a; i++)
		same = a[i].isa == b[i].isa && a[i].code == b[i].code && a[i].count == b[i].count &&
		       a[i].sum_ns == b[i].sum_ns && a[i].max_ns == b[i].max_ns &&
		       a[i].max_total_ns == b[i].max_total_ns &&
		       a[i].hist_missing == b[i].hist_missing &&
		       a[i].hist.first == b[i].hist.first && a[i].hist.n == b[i].hist.n &&
		       (!a[i].hist.n || same_values(a[i].hist.v, b[i].hist.v, a[i].hist.n));
	return same;
}

static inline bool same_details(const struct vcpu_sample *a, const struct vcpu_sample *b)
{
	bool same = a->n_details == b->n_details && !a->detail_sums == !b->detail_sums;

	for (size_t i = 0; same && i < a->n_details; i++) {
		const struct detail_tally *x = &a->details[i], *y = &b->details[i];

		same = x->kind == y->kind && x->key == y->key && x->sub == y->sub &&
		       x->count == y->count && x->sum_ns == y->sum_ns;
	}
	return same && (!a->detail_sums || !memcmp(a->detail_sums, b->detail_sums,
						   DETAIL_KIND_MAX * sizeof(*a->detail_sums)));
}

static inline bool same_vcpus(const struct sample_world *w, const struct vcpu_sample *a,
			      const struct vcpu_sample *b)
{
	return a->vcpu_id == b->vcpu_id && a->tid == b->tid && a->held == b->held &&
	       codec_fields__equal(&codec_thread, &a->thread, &b->thread) &&
	       a->times.valid == b->times.valid &&
	       a->times.run_delay_valid == b->times.run_delay_valid &&
	       a->times.wall_ns == b->times.wall_ns &&
	       same_values(a->times.ns, b->times.ns, STATE_MAX) &&
	       a->place.in_guest == b->place.in_guest && a->stats_source == b->stats_source &&
	       same_tallies(a->exits, a->n_exits, b->exits, b->n_exits) &&
	       same_tallies(a->user_exits, a->n_user_exits, b->user_exits, b->n_user_exits) &&
	       same_details(a, b) && same_values(a->stats, b->stats, w->vcpu_layout->n_values) &&
	       same_values(a->tracepoints, b->tracepoints, w->events.n);
}

static inline bool same_vms(const struct sample_world *w, const struct vm_sample *a,
			    const struct vm_sample *b)
{
	bool same = a->key == b->key && a->pid == b->pid && a->vm_fd == b->vm_fd &&
		    same_text(a->name, b->name) && same_text(a->comm, b->comm) &&
		    a->ended == b->ended && a->later == b->later &&
		    a->stats_source == b->stats_source && a->n_vcpus == b->n_vcpus &&
		    same_values(a->stats, b->stats, w->vm_layout->n_values) &&
		    same_values(a->vcpu_sums, b->vcpu_sums, w->vcpu_layout->n_values) &&
		    same_values(a->tracepoints, b->tracepoints, w->events.n) &&
		    codec_fields__equal(&codec_load, &a->load, &b->load);

	for (size_t i = 0; same && i < a->n_vcpus; i++)
		same = same_vcpus(w, &a->vcpus[i], &b->vcpus[i]);
	return same;
}

static inline bool same_snapshots(const struct sample_world *w, const struct snapshot *a,
				  const struct snapshot *b)
{
	bool same = a->mono_ns == b->mono_ns && a->wall.tv_sec == b->wall.tv_sec &&
		    a->wall.tv_nsec == b->wall.tv_nsec && a->latency == b->latency &&
		    a->include_past == b->include_past && a->hist_full == b->hist_full &&
		    same_values(a->drops, b->drops, DROP_CAUSE_MAX) && a->n_vms == b->n_vms &&
		    same_values(a->host_tracepoints, b->host_tracepoints, w->events.n);

	for (size_t i = 0; same && i < SOURCE_ID_MAX; i++)
		same = a->sources[i].used == b->sources[i].used &&
		       same_text(a->sources[i].error, b->sources[i].error);
	for (size_t i = 0; same && i < a->n_vms; i++)
		same = same_vms(w, &a->vms[i], &b->vms[i]);
	return same;
}

#endif
