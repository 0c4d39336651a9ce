/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verify_readings: readings of KVM's statistics and of our counts, and what verify says of them.
 */
#ifndef KVMTOP_TESTS_VERIFY_READINGS_H
#define KVMTOP_TESTS_VERIFY_READINGS_H

#include <linux/kvm.h>

#include "../../user/arch/x86.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/stats.h"
#include "../../user/model/verify.h"
#include "unit.h"

#define __autoverify __cleanup(cleanup_verify)

DEFINE_CLEANUP(verify, struct verify, verify__free)

enum { S_EXITS, S_IO, S_INJ, S_REQ, S_MMIO, S_NESTED, S_HYPER, S_HIST, S_HIST_N = 4 };
#define N_VALUES (S_HIST + S_HIST_N)

#define ONE(name_, i)                                                              \
	{                                                                          \
		.name = (char[]){ name_ }, .n = 1, .first = (i), .offset = 8 * (i) \
	}

static struct stat_desc descs[] = {
	ONE("exits", S_EXITS),
	ONE("io_exits", S_IO),
	ONE("irq_injections", S_INJ),
	ONE("request_irq_exits", S_REQ),
	ONE("mmio_exits", S_MMIO),
	ONE("nested_run", S_NESTED),
	ONE("hypercalls", S_HYPER),
	{ .name = (char[]){ "halt_wait_hist" },
	  .type = STAT_LOG_HIST,
	  .n = S_HIST_N,
	  .first = S_HIST,
	  .offset = 8 * S_HIST },
};

static const struct stat_layout layout = {
	.v = descs, .n = ARRAY_SIZE(descs), .n_values = N_VALUES, .bytes = 8 * N_VALUES
};

/* Only exits are there. */
static const struct stat_layout exits_only = {
	.v = descs, .n = 1, .n_values = N_VALUES, .bytes = 8 * N_VALUES
};

/* Our counts. */
enum { B_CPUID, B_IO, B_INJ, B_WAIT, B_MMIO, B_WINDOW, B_MAX };

/* A reading, as the iterator over files makes it: KVM's, ours, KVM's; from time to time the vCPU goes on between. */
struct scratch {
	uint64_t before[N_VALUES], after[N_VALUES];
	struct tally exits[2], user[2], events[2];
};

static inline void scratch_tallies(struct scratch *s, uint32_t isa, const uint64_t b[B_MAX])
{
	s->exits[0] = (struct tally){ .isa = isa, .code = isa == ISA_VMX ? 10 : 0x72 };
	s->exits[1] = (struct tally){ .isa = isa, .code = isa == ISA_VMX ? 30 : 0x7b };
	s->user[0] = (struct tally){ .isa = ISA_USER, .code = KVM_EXIT_MMIO };
	s->user[1] = (struct tally){ .isa = ISA_USER, .code = KVM_EXIT_IRQ_WINDOW_OPEN };
	s->events[0] = (struct tally){ .isa = ISA_EVENT, .code = KVM_EVENT_INJ_VIRQ };
	s->events[1] = (struct tally){ .isa = ISA_EVENT, .code = KVM_EVENT_WAKEUP_WAITED };
	s->exits[0].count = b[B_CPUID];
	s->exits[1].count = b[B_IO];
	s->user[0].count = b[B_MMIO];
	s->user[1].count = b[B_WINDOW];
	s->events[0].count = b[B_INJ];
	s->events[1].count = b[B_WAIT];
}

static const struct verify_coverage all_covered = {
	.room = true, .exits = true, .user_exits = true, .events = UINT32_MAX
};

static inline struct verify *new_verify(void)
{
	struct verify *v = verify__new();

	assert_non_null(v);
	verify__set_coverage(v, &all_covered);
	return v;
}

static inline struct verify_reading make_reading(struct scratch *s)
{
	return (struct verify_reading){
		.vm_key = 1,
		.pid = 100,
		.vm_id = "100-4",
		.source = SOURCE_STATS,
		.layout = &layout,
		.before = s->before,
		.after = s->after,
		.exits = s->exits,
		.n_exits = 2,
		.user_exits = s->user,
		.n_user_exits = 2,
		.events = s->events,
		.n_events = 2,
	};
}

static inline enum verify_result results(struct verify *v, const struct verify_pair **ret_pairs,
					 size_t *ret_n)
{
	enum verify_result result;

	assert_int_equal(verify__pairs(v, ret_pairs, ret_n, &result), 0);
	return result;
}

static inline const struct verify_pair *find_pair(struct verify *v, const char *stat)
{
	const struct verify_pair *pairs;
	size_t n;

	results(v, &pairs, &n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(pairs[i].stat, stat))
			return &pairs[i];
	return NULL;
}

static inline enum verify_result result_of(struct verify *v)
{
	const struct verify_pair *pairs;
	size_t n;

	return results(v, &pairs, &n);
}

static inline void assert_why(struct verify *v, const char *stat, enum verify_verdict verdict,
			      const char *why)
{
	const struct verify_pair *pair = find_pair(v, stat);

	assert_non_null(pair);
	assert_string_equal(verify_verdict_name(pair->verdict), verify_verdict_name(verdict));
	if (why)
		assert_string_equal(pair->why, why);
	else
		assert_null(pair->why);
}

/* A quiet reading of exits: A lies still at @a, B is @b. */
static inline void add_still(struct verify *v, const struct stat_layout *of, uint64_t a, uint64_t b)
{
	struct scratch s = { .before = { [S_EXITS] = a }, .after = { [S_EXITS] = a } };
	struct verify_reading r = make_reading(&s);

	scratch_tallies(&s, ISA_VMX, (uint64_t[B_MAX]){ [B_CPUID] = b });
	r.layout = of;
	assert_int_equal(verify__add(v, &r), 0);
}

#endif
