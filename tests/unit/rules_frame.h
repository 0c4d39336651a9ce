/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_frame: a frame that is made by hand for the tests of the diagnosis. It has one VM that they fill in, and one that only uses CPUs.
 */
#ifndef KVMTOP_TESTS_RULES_FRAME_H
#define KVMTOP_TESTS_RULES_FRAME_H

#include "unit.h"

#include "../../user/arch/x86.h"
#include "../../user/arch/x86_codes.h"
#include "../../user/model/diagnosis.h"
#include "../../user/model/finding.h"
#include "../../user/model/frame.h"
#include "../../user/model/rules_facts.h"
#include "../../user/model/stats.h"

#define TEST_VCPUS 8
#define TEST_CPUS 100
#define TEST_REASONS 8

/* All of one second of a VM of TEST_VCPUS vCPUs. */
struct test_frame {
	struct frame *frame;
	struct frame_vm vms[2];
	struct frame_vcpu vcpus[TEST_VCPUS], other;
	struct frame_reason reasons[TEST_REASONS], user[TEST_REASONS];
	struct frame_detail details[4];
	struct frame_stat vcpu_stats[RULE_STAT_MAX], vm_stats[RULE_STAT_MAX];
	struct stat_layout *vcpu_layout, *vm_layout;
};

static const char *const test_stats[] = {
#define STAT(id, name) name,
	RULE_VCPU_STATS(STAT) RULE_VM_STATS(STAT)
#undef STAT
};

/* The VM's share of @state, in all of its vCPUs alike. */
static inline void set_share(struct test_frame *t, enum vcpu_state state, double pct)
{
	const uint64_t wall_ns = t->vcpus[0].shares.wall_ns;

	for (size_t i = 0; i < TEST_VCPUS; i++) {
		t->vcpus[i].shares.pct[state] = pct;
		t->vcpus[i].shares.ns[state] = (uint64_t)(pct / 100 * (double)wall_ns);
	}
	t->vms[0].shares.pct[state] = pct;
	t->vms[0].shares.ns[state] = TEST_VCPUS * t->vcpus[0].shares.ns[state];
}

/* Run delays that differ. */
static inline void set_delays(struct test_frame *t, const double pct[TEST_VCPUS])
{
	struct time_shares *sum = &t->vms[0].shares;

	sum->ns[STATE_RUN_DELAY] = 0;
	for (size_t i = 0; i < TEST_VCPUS; i++) {
		struct time_shares *shares = &t->vcpus[i].shares;

		shares->pct[STATE_RUN_DELAY] = pct[i];
		shares->ns[STATE_RUN_DELAY] = (uint64_t)(pct[i] * 1e7);
		sum->ns[STATE_RUN_DELAY] += shares->ns[STATE_RUN_DELAY];
	}
	sum->pct[STATE_RUN_DELAY] = 100 * (double)sum->ns[STATE_RUN_DELAY] / (double)sum->wall_ns;
}

/* What all VMs together want: the other VM has what the first one does not. */
static inline void set_want(struct test_frame *t, double cpus)
{
	const struct time_shares *own = &t->vms[0].shares;
	const double wants = (double)(own->ns[STATE_GUEST] + own->ns[STATE_KVM] +
				      own->ns[STATE_HALT_POLL] + own->ns[STATE_RUN_DELAY]) /
			     1e9;

	t->vms[1].shares.ns[STATE_GUEST] = cpus > wants ? (uint64_t)((cpus - wants) * 1e9) : 0;
}

static inline struct frame_reason make_reason(const struct test_frame *t, uint32_t isa,
					      uint64_t code, double count, double ns)
{
	return (struct frame_reason){
		.isa = isa,
		.code = code,
		.name = (char *)"reason",
		.count = { .total = (uint64_t)count,
			   .delta = (uint64_t)count,
			   .rate = count / t->frame->interval_s,
			   .delta_valid = true },
		.time = { .valid = true,
			  .delta_ns = (uint64_t)(count * ns),
			  .timed = (uint64_t)count,
			  .avg_ns = ns,
			  .avg_valid = true,
			  .max_valid = true,
			  .max_ns = (uint64_t)(2 * ns),
			  .hist_valid = true,
			  .pct_valid = true,
			  .pct_ns = { [P99] = (uint64_t)ns } },
	};
}

/* @count exits of @ns each, of the whole VM. */
static inline struct frame_reason *add_exits(struct test_frame *t, uint64_t code, double count,
					     double ns)
{
	struct frame_reasons *reasons = &t->vms[0].reasons;

	assert_true(reasons->n < TEST_REASONS);
	reasons->v[reasons->n] = make_reason(t, ISA_SVM, code, count, ns);
	t->vms[0].exits.delta += (uint64_t)count;
	return &reasons->v[reasons->n++];
}

static inline struct frame_reason *add_user_exits(struct test_frame *t, int64_t code, double count,
						  double ns)
{
	struct frame_reasons *user = &t->vms[0].user_exits;

	assert_true(user->n < TEST_REASONS);
	user->v[user->n] = make_reason(t, ISA_USER, (uint64_t)code, count, ns);
	return &user->v[user->n++];
}

/* So many of it, so that they take @pct of the VM's time. */
static inline double ns_of(const struct test_frame *t, double pct, double count)
{
	return pct / 100 * (double)t->vms[0].shares.wall_ns / count;
}

static inline void set_stat(struct test_frame *t, enum rule_stat stat, double delta)
{
	struct frame_stat *v =
		stat >= RULE_STAT_VM ? &t->vm_stats[stat - RULE_STAT_VM] : &t->vcpu_stats[stat];

	v->count = (struct counter){ .delta = (uint64_t)delta, .delta_valid = true };
	v->change = (int64_t)delta;
	v->change_valid = true;
}

/* All are there, and nothing has changed. */
static inline void init_stats(struct test_frame *t)
{
	struct frame_vm *vm = &t->vms[0];

	t->vcpu_layout = stat_layout__from_names(test_stats, RULE_STAT_VM);
	t->vm_layout =
		stat_layout__from_names(test_stats + RULE_STAT_VM, RULE_STAT_MAX - RULE_STAT_VM);
	assert_true(t->vcpu_layout && t->vm_layout);
	for (unsigned int i = RULE_STAT_PAGES_4K; i <= RULE_STAT_PAGES_1G; i++)
		t->vm_layout->v[i - RULE_STAT_VM].type = STAT_INSTANT;
	for (unsigned int i = 0; i < RULE_STAT_MAX; i++) {
		if (i < RULE_STAT_VM)
			t->vcpu_stats[i].desc = &t->vcpu_layout->v[i];
		else
			t->vm_stats[i - RULE_STAT_VM].desc = &t->vm_layout->v[i - RULE_STAT_VM];
		set_stat(t, i, 0);
	}
	vm->stats =
		(struct frame_stats){ STATS_ITERATOR, t->vm_stats, RULE_STAT_MAX - RULE_STAT_VM };
	vm->vcpu_stats = (struct frame_stats){ STATS_ITERATOR, t->vcpu_stats, RULE_STAT_VM };
	t->frame->vm_layout = t->vm_layout;
	t->frame->vcpu_layout = t->vcpu_layout;
}

static inline void init_vm(struct test_frame *t, double seconds)
{
	struct time_shares whole = { .valid = true,
				     .run_delay_valid = true,
				     .wall_ns = (uint64_t)(seconds * 1e9) };
	struct frame_vm *vm = &t->vms[0];

	*vm = (struct frame_vm){ .key = 7,
				 .pid = 100,
				 .id = (char *)"100-4",
				 .vcpus = t->vcpus,
				 .n_vcpus = TEST_VCPUS,
				 .held = HELD_NOT,
				 .exits = { .delta_valid = true },
				 .reasons = { t->reasons, 0 },
				 .user_exits = { t->user, 0 },
				 .details = { .v = t->details } };
	for (size_t i = 0; i < TEST_VCPUS; i++) {
		t->vcpus[i].vcpu_id = (uint32_t)i;
		t->vcpus[i].shares = whole;
	}
	whole.wall_ns *= TEST_VCPUS;
	vm->shares = whole;
	t->other.shares = whole;
	t->vms[1] = (struct frame_vm){
		.key = 8, .id = (char *)"200-4", .shares = whole, .vcpus = &t->other, .n_vcpus = 1
	};
}

/* A VM of which nothing is to be said, in a frame of @seconds; the host is not full. */
static inline void test_frame__init(struct test_frame *t, double seconds)
{
	memset(t, 0, sizeof(*t));
	t->frame = frame__new();
	assert_non_null(t->frame);
	t->frame->interval_s = seconds;
	t->frame->latency = LATENCY_FULL;
	t->frame->host.cpus = TEST_CPUS;
	t->frame->vms = t->vms;
	t->frame->n_vms = 2;
	init_vm(t, seconds);
	init_stats(t);
}

static inline void test_frame__done(struct test_frame *t)
{
	frame__free(t->frame);
	stat_layout__free(t->vcpu_layout);
	stat_layout__free(t->vm_layout);
}

/* What the frame alone says; it lives as long as the frame. */
static inline const struct findings *diagnose(struct test_frame *t)
{
	const struct diagnosis_opts opts = { .all_vms = true };
	struct diagnosis *diagnosis = diagnosis__new(&opts);

	assert_non_null(diagnosis);
	assert_int_equal(diagnosis__make_single(diagnosis, t->frame), 0);
	diagnosis__free(diagnosis);
	return t->frame->findings;
}

/* That of a rule, of the first VM; NULL: there is none. */
static inline const struct finding *finding_of(const struct findings *findings, enum rule_id rule)
{
	for (size_t i = 0; i < findings->n; i++)
		if (findings->v[i].rule == rule)
			return &findings->v[i];
	return NULL;
}

#endif
