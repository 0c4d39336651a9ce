// SPDX-License-Identifier: GPL-2.0
#include "arch/x86.h"
#include "base/cleanup.h"
#include "unit.h"

#include <errno.h>
#include <linux/kvm.h>

#include "../../user/model/stats.h"
#include "../../user/model/verify.h"
#include "../../user/sinks/verify.h"

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

/* ---- a vCPU that runs: each step is one thing that KVM does */

enum op {
	OP_NOP,
	OP_TRACE_EXIT,
	OP_TRACE_IO,
	OP_TRACE_INJ,
	OP_TRACE_WAIT,
	OP_TRACE_MMIO,
	OP_TRACE_WINDOW,
	OP_ENTRY,
	OP_COUNT, /* + S_* */
};

enum { B_CPUID, B_IO, B_INJ, B_WAIT, B_MMIO, B_WINDOW, B_MAX };
enum where { GUEST, KVM, VMM };

struct sim {
	uint64_t rng;
	bool late; /* an exit is traced after it is counted: SVM before 6.5 */
	enum op todo[16];
	size_t n, next;
	enum where where;
	uint64_t a[N_VALUES], b[B_MAX];
	uint64_t drop_at, twice_at; /* this exit; 0: none */
	uint64_t exits;
};

static uint64_t sim_random(struct sim *sim, uint64_t n)
{
	sim->rng ^= sim->rng << 13;
	sim->rng ^= sim->rng >> 7;
	sim->rng ^= sim->rng << 17;
	return (sim->rng >> 11) % n;
}

static void sim_todo(struct sim *sim, unsigned int op)
{
	assert_true(sim->n < ARRAY_SIZE(sim->todo));
	sim->todo[sim->n++] = (enum op)op;
}

static void sim_plan_inject(struct sim *sim)
{
	if (sim_random(sim, 3))
		return;
	sim_todo(sim, OP_TRACE_INJ);
	sim_todo(sim, OP_COUNT + S_INJ);
}

/* KVM counts, and then KVM_RUN returns. */
static void sim_plan_user(struct sim *sim)
{
	switch (sim_random(sim, 3)) {
	case 0:
		sim_todo(sim, OP_COUNT + S_MMIO);
		sim_todo(sim, OP_TRACE_MMIO);
		if (sim_random(sim, 2)) /* a second fragment */
			sim_todo(sim, OP_TRACE_MMIO);
		break;
	case 1:
		sim_todo(sim, OP_COUNT + S_REQ);
		sim_todo(sim, OP_TRACE_WINDOW);
		break;
	default:
		return;
	}
	for (uint64_t i = sim_random(sim, 3); i; i--)
		sim_todo(sim, OP_NOP);
}

/* From one time in the guest to the next. */
static void sim_plan(struct sim *sim)
{
	bool io = !sim_random(sim, 4);
	enum op trace = io ? OP_TRACE_IO : OP_TRACE_EXIT;

	sim->n = sim->next = 0;
	for (uint64_t i = sim_random(sim, 4); i; i--)
		sim_todo(sim, OP_NOP);
	sim_todo(sim, sim->late ? OP_COUNT + S_EXITS : trace);
	sim_todo(sim, sim->late ? trace : OP_COUNT + S_EXITS);
	if (io)
		sim_todo(sim, OP_COUNT + S_IO);
	if (!sim_random(sim, 5)) {
		sim_todo(sim, OP_COUNT + S_HIST + (unsigned int)sim_random(sim, S_HIST_N));
		sim_todo(sim, OP_TRACE_WAIT);
	}
	sim_plan_user(sim);
	sim_plan_inject(sim);
	sim_todo(sim, OP_ENTRY);
}

static void sim_trace(struct sim *sim, enum op op)
{
	static const int counters[] = {
		[OP_TRACE_EXIT] = B_CPUID, [OP_TRACE_IO] = B_IO,     [OP_TRACE_INJ] = B_INJ,
		[OP_TRACE_WAIT] = B_WAIT,  [OP_TRACE_MMIO] = B_MMIO, [OP_TRACE_WINDOW] = B_WINDOW,
	};
	uint64_t n = 1;

	if (op == OP_TRACE_EXIT || op == OP_TRACE_IO) {
		sim->where = KVM;
		sim->exits++;
		n = sim->exits == sim->drop_at ? 0 : sim->exits == sim->twice_at ? 2 : 1;
	} else if (op == OP_TRACE_MMIO || op == OP_TRACE_WINDOW) {
		sim->where = VMM;
	}
	sim->b[counters[op]] += n;
}

static void sim_step(struct sim *sim)
{
	enum op op;

	if (sim->next == sim->n)
		sim_plan(sim);
	op = sim->todo[sim->next++];
	if (op >= OP_COUNT)
		sim->a[op - OP_COUNT]++;
	else if (op == OP_ENTRY)
		sim->where = GUEST;
	else if (op != OP_NOP)
		sim_trace(sim, op);
}

/* A reading, as the iterator over files makes it: KVM's, ours, KVM's; from time to time the vCPU goes on between. */
struct scratch {
	uint64_t before[N_VALUES], after[N_VALUES];
	struct tally exits[2], user[2], events[2];
};

static void scratch_tallies(struct scratch *s, uint32_t isa, const uint64_t b[B_MAX])
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

static struct verify *new_verify(void)
{
	struct verify *v = verify__new();

	assert_non_null(v);
	verify__set_coverage(v, &all_covered);
	return v;
}

static struct verify_reading make_reading(struct scratch *s)
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

static void sim_run(struct sim *sim, uint64_t steps)
{
	while (steps--)
		sim_step(sim);
}

/* Reads all of @sims as one vCPU: one of them, or the sums of debugfs. */
static void sims_read(struct sim *sims, size_t n, uint32_t vcpu_id, enum source_id source,
		      struct verify *v)
{
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);
	uint64_t b[B_MAX] = { 0 };

	for (size_t k = 0; k < n; k++) {
		struct sim *sim = &sims[k];

		for (size_t i = 0; i < N_VALUES; i++)
			s.before[i] += sim->a[i];
		sim_run(sim, sim_random(sim, 2) * sim_random(sim, 9));
		for (size_t i = 0; i < B_MAX; i++)
			b[i] += sim->b[i];
		r.in_flight += sim->where == KVM;
		r.in_guest += sim->where == GUEST;
		r.in_vmm += sim->where == VMM;
		sim_run(sim, sim_random(sim, 2) * sim_random(sim, 9));
		for (size_t i = 0; i < N_VALUES; i++)
			s.after[i] += sim->a[i];
	}
	scratch_tallies(&s, sims->late ? ISA_SVM : ISA_VMX, b);
	r.vcpu_id = vcpu_id;
	r.source = source;
	assert_int_equal(verify__add(v, &r), 0);
}

static struct sim make_sim(uint64_t seed, bool late)
{
	struct sim sim = { .rng = 0x9e3779b97f4a7c15 ^ (seed << 17), .late = late };

	/* as if it had run before kvmtop came */
	for (size_t i = 0; i < N_VALUES; i++)
		if (i != S_NESTED)
			sim.a[i] = 1000 + seed * i;
	return sim;
}

/* ---- results */

static enum verify_result results(struct verify *v, const struct verify_pair **ret_pairs,
				  size_t *ret_n)
{
	enum verify_result result;

	assert_int_equal(verify__pairs(v, ret_pairs, ret_n, &result), 0);
	return result;
}

static const struct verify_pair *find_pair(struct verify *v, const char *stat)
{
	const struct verify_pair *pairs;
	size_t n;

	results(v, &pairs, &n);
	for (size_t i = 0; i < n; i++)
		if (!strcmp(pairs[i].stat, stat))
			return &pairs[i];
	return NULL;
}

static enum verify_result result_of(struct verify *v)
{
	const struct verify_pair *pairs;
	size_t n;

	return results(v, &pairs, &n);
}

static void assert_why(struct verify *v, const char *stat, enum verify_verdict verdict,
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
static void add_still(struct verify *v, const struct stat_layout *of, uint64_t a, uint64_t b)
{
	struct scratch s = { .before = { [S_EXITS] = a }, .after = { [S_EXITS] = a } };
	struct verify_reading r = make_reading(&s);

	scratch_tallies(&s, ISA_VMX, (uint64_t[B_MAX]){ [B_CPUID] = b });
	r.layout = of;
	assert_int_equal(verify__add(v, &r), 0);
}

/* ---- tests */

static void overlap(const uint64_t a[2], const uint64_t b[2])
{
	assert_true(a[0] <= b[1] && b[0] <= a[1]);
}

static void running_vcpu_holds(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		struct sim sim = make_sim(seed, seed % 2);
		struct verify *v __autoverify = new_verify();
		const struct verify_pair *pairs;
		size_t n;

		sim_run(&sim, sim_random(&sim, 20));
		for (int i = 0; i < 500; i++) {
			sim_run(&sim, sim_random(&sim, 40));
			sims_read(&sim, 1, 3, SOURCE_STATS, v);
		}
		assert_int_equal(results(v, &pairs, &n), VERIFY_RESULT_OK);
		assert_int_equal(n, 8);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(pairs[i].verdict, VERIFY_OK);
			assert_true(pairs[i].stats_valid && !pairs[i].debugfs_valid);
			if (pairs[i].class == VERIFY_EXACT)
				overlap(pairs[i].tracepoint, pairs[i].stats);
		}
	}
}

/* 100,000 exits, of which one is not counted, or twice. */
static void one_wrong_in_100000(bool late, bool twice)
{
	struct sim sim = make_sim(5, late);
	struct verify *v __autoverify = new_verify();

	sim.drop_at = twice ? 0 : 61234;
	sim.twice_at = twice ? 61234 : 0;
	while (sim.exits < 100000) {
		sim_run(&sim, 100 + sim_random(&sim, 2000));
		sims_read(&sim, 1, 1, SOURCE_STATS, v);
		if (sim.exits < 61234)
			assert_int_not_equal(result_of(v), VERIFY_RESULT_MISMATCH);
	}
	assert_int_equal(result_of(v), VERIFY_RESULT_MISMATCH);
	assert_why(v, "exits", VERIFY_MISMATCH,
		   twice ? "vCPU 1: kvmtop counted 1 more than KVM"
			 : "vCPU 1: kvmtop counted 1 fewer than KVM");
	assert_why(v, "irq_injections", VERIFY_OK, NULL);
}

static void one_dropped(void **state)
{
	(void)state;
	one_wrong_in_100000(false, false);
	one_wrong_in_100000(true, false);
}

static void one_counted_twice(void **state)
{
	(void)state;
	one_wrong_in_100000(false, true);
	one_wrong_in_100000(true, true);
}

/* Without what may be in flight, these readings would not hold. */
static void in_flight(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { .before = { [S_EXITS] = 50 }, .after = { [S_EXITS] = 50 } };
	struct verify_reading r = make_reading(&s);
	const struct verify_pair *pair;

	(void)state;
	scratch_tallies(&s, ISA_SVM, (uint64_t[B_MAX]){ [B_CPUID] = 7 });
	assert_int_equal(verify__add(v, &r), 0);
	s.exits[0].count = 8; /* traced, not yet counted */
	r.in_flight = 1;
	assert_int_equal(verify__add(v, &r), 0);
	pair = find_pair(v, "exits");
	assert_int_equal(pair->verdict, VERIFY_OK);
	assert_int_equal(pair->tracepoint[0], 0);
	assert_int_equal(pair->tracepoint[1], 1);
	assert_int_equal(pair->stats[0], 0);
	assert_int_equal(pair->stats[1], 0);
	r.in_flight = 0;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "exits", VERIFY_MISMATCH, "vCPU 0: kvmtop counted 1 more than KVM");
}

/* Only SVM's KVM (before 6.5) counts an exit while we still take the vCPU to be in the guest. */
static void counted_before_traced(void **state)
{
	(void)state;
	for (uint32_t isa = ISA_VMX; isa <= ISA_SVM; isa++) {
		struct verify *v __autoverify = new_verify();
		struct scratch s = { .before = { 50 }, .after = { 50 } };
		struct verify_reading r = make_reading(&s);

		scratch_tallies(&s, isa, (uint64_t[B_MAX]){ [B_CPUID] = 7 });
		assert_int_equal(verify__add(v, &r), 0);
		s.before[S_EXITS] = s.after[S_EXITS] = 51;
		r.in_guest = 1;
		assert_int_equal(verify__add(v, &r), 0);
		assert_int_equal(find_pair(v, "exits")->verdict,
				 isa == ISA_SVM ? VERIFY_OK : VERIFY_MISMATCH);
	}
}

static void several_vcpus(void **state)
{
	struct sim sims[3] = { make_sim(1, false), make_sim(2, false), make_sim(3, false) };
	struct verify *v __autoverify = new_verify();
	const struct verify_pair *pair;

	(void)state;
	sims[1].drop_at = 900;
	for (int i = 0; i < 600; i++) {
		for (uint32_t k = 0; k < 3; k++) {
			sim_run(&sims[k], sim_random(&sims[k], 60));
			if (k == 2 && i < 300) /* appears later */
				continue;
			sims_read(&sims[k], 1, k, SOURCE_STATS, v);
		}
	}
	assert_true(sims[1].exits > 1200);
	assert_why(v, "exits", VERIFY_MISMATCH, "vCPU 1: kvmtop counted 1 fewer than KVM");
	assert_why(v, "irq_injections", VERIFY_OK, NULL);
	pair = find_pair(v, "irq_injections");
	overlap(pair->tracepoint, pair->stats);
	assert_true(pair->stats[0] > 500);
}

/* A whole VM in one file, and the vCPUs by themselves; the one that is wrong is found by both. */
static void debugfs_sums(void **state)
{
	(void)state;
	for (int wrong = 0; wrong < 2; wrong++) {
		struct sim sims[2] = { make_sim(1, false), make_sim(2, false) };
		struct verify *v __autoverify = new_verify();
		const struct verify_pair *pair;

		sims[1].drop_at = wrong ? 2000 : 0;
		for (int i = 0; i < 2000; i++) {
			sim_run(&sims[0], sim_random(&sims[0], 60));
			sim_run(&sims[1], sim_random(&sims[1], 60));
			sims_read(sims, 2, VCPU_ID_UNKNOWN, SOURCE_DEBUGFS, v);
			if (!wrong)
				sims_read(&sims[0], 1, 0, SOURCE_STATS, v);
		}
		assert_why(v, "exits", wrong ? VERIFY_MISMATCH : VERIFY_OK,
			   wrong ? "all vCPUs (debugfs): kvmtop counted 1 fewer than KVM" : NULL);
		pair = find_pair(v, "exits");
		assert_true(pair->debugfs_valid);
		assert_true(pair->stats_valid == !wrong);
		/* debugfs shows the first bucket only */
		assert_true((find_pair(v, "halt_wait_hist") != NULL) == !wrong);
	}
}

static void classes(void **state)
{
	/* A, B: what three quiet readings say, and which classes hold */
	static const struct {
		uint64_t a[3], b[3];
		bool exact, at_least, at_most;
	} cases[] = {
		{ { 10, 20, 30 }, { 0, 10, 20 }, true, true, true },
		{ { 10, 21, 31 }, { 0, 10, 20 }, false, true, false },
		{ { 10, 19, 29 }, { 0, 10, 20 }, false, false, true },
		{ { 10, 21, 30 }, { 0, 10, 20 }, false, false, false },
		{ { 0, UINT64_MAX, UINT64_MAX }, { 0, 0, 1 }, false, false, false },
		{ { 0, 0, 1 }, { 0, UINT64_MAX, UINT64_MAX }, false, false, false },
		{ { 0, 0, 0 }, { 0, 0, 0 }, true, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct verify_bounds b = { 0 };

		for (int k = 0; k < 3; k++)
			verify_bounds__add(&b, cases[i].a[k], cases[i].a[k], cases[i].b[k], 0, 0);
		assert_int_equal(verify_bounds__hold(&b, VERIFY_EXACT), cases[i].exact);
		assert_int_equal(verify_bounds__hold(&b, VERIFY_AT_LEAST), cases[i].at_least);
		assert_int_equal(verify_bounds__hold(&b, VERIFY_AT_MOST), cases[i].at_most);
		assert_true(verify_bounds__hold(&b, VERIFY_NEAR));
	}
}

/* mmio_exits is at most our events; hypercalls is near. */
static void at_most_and_near(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);

	(void)state;
	scratch_tallies(&s, ISA_VMX, (uint64_t[B_MAX]){ 0 });
	assert_int_equal(verify__add(v, &r), 0);
	s.user[0].count = 9;
	s.before[S_MMIO] = s.after[S_MMIO] = 4;
	s.before[S_HYPER] = s.after[S_HYPER] = 77;
	assert_int_equal(verify__add(v, &r), 0);
	assert_int_equal(result_of(v), VERIFY_RESULT_OK);
	assert_why(v, "mmio_exits", VERIFY_OK, "KVM counts an access of several fragments once");
	assert_why(v, "hypercalls", VERIFY_OK,
		   "KVM counts a hypercall again that the VMM completed");
	s.before[S_MMIO] = s.after[S_MMIO] = 6; /* 2 since, without an event */
	assert_int_equal(verify__add(v, &r), 0);
	assert_int_equal(result_of(v), VERIFY_RESULT_MISMATCH);
	assert_why(v, "mmio_exits", VERIFY_MISMATCH, "vCPU 0: kvmtop counted 2 fewer than KVM");
}

static void reset_statistic(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct verify *w __autoverify = new_verify();
	struct scratch s = { .before = { 5 }, .after = { 4 } };
	struct verify_reading r = make_reading(&s);

	(void)state;
	add_still(v, &layout, 100, 10);
	add_still(v, &layout, 110, 20);
	add_still(v, &layout, 3, 22);
	add_still(v, &layout, 900, 23);
	assert_why(v, "exits", VERIFY_SKIPPED, "the statistic was reset");
	assert_why(v, "irq_injections", VERIFY_OK, NULL);
	assert_int_equal(result_of(v), VERIFY_RESULT_OK);

	assert_int_equal(verify__add(w, &r), 0); /* within the first reading */
	assert_why(w, "exits", VERIFY_SKIPPED, "the statistic was reset");
}

static void hostile_values(void **state)
{
	static const uint64_t odd[] = { 0, 1, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX };
	struct verify *v __autoverify = new_verify();

	(void)state;
	for (size_t i = 0; i < 25; i++) {
		struct scratch s;
		struct verify_reading r = make_reading(&s);

		memset(&s, 0, sizeof(s));
		for (size_t k = 0; k < N_VALUES; k++) {
			s.before[k] = k < S_INJ ? i : odd[i / 5];
			s.after[k] = k < S_INJ ? UINT64_MAX - i : odd[i / 5];
		}
		scratch_tallies(&s, ISA_VMX,
				(uint64_t[B_MAX]){ odd[i % 5], odd[4], odd[i % 5], odd[i % 5] });
		r.vcpu_id = (uint32_t)(i % 2);
		r.in_flight = r.in_guest = r.in_vmm = UINT32_MAX;
		assert_int_equal(verify__add(v, &r), 0);
		result_of(v);
	}
}

static void ended_vm(void **state)
{
	struct verify *v __autoverify = new_verify();

	(void)state;
	add_still(v, &exits_only, 10, 0);
	verify__vm_ended(v, 77); /* never heard of */
	verify__vm_ended(v, 1);
	assert_why(v, "exits", VERIFY_SKIPPED, "the VM ended before the second reading");
	add_still(v, &exits_only, 20, 0);
	assert_int_equal(result_of(v), VERIFY_RESULT_NONE);

	verify__free(v);
	v = new_verify();
	add_still(v, &exits_only, 10, 0);
	add_still(v, &exits_only, 15, 5);
	verify__vm_ended(v, 1);
	add_still(v, &exits_only, 99, 5); /* too late to count */
	assert_why(v, "exits", VERIFY_OK, "the VM ended");
	assert_int_equal(find_pair(v, "exits")->stats[1], 5);
}

/* In debugfs another VM has the name of one that has ended: its statistics are not compared with those counts. */
static void replaced_vm(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { .before = { [S_EXITS] = 0 }, .after = { [S_EXITS] = 0 } };
	struct verify_reading r = make_reading(&s);

	(void)state;
	r.source = SOURCE_DEBUGFS;
	r.instance = 7;
	scratch_tallies(&s, ISA_SVM, (uint64_t[B_MAX]){ [B_CPUID] = 0 });
	assert_int_equal(verify__add(v, &r), 0);
	assert_int_equal(verify__add(v, &r), 0);
	s.exits[0].count = 3;
	r.instance = 8;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "exits", VERIFY_OK, "the VM ended");
	r.instance = 7;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "exits", VERIFY_OK, "the VM ended");
}

static void missed_events(void **state)
{
	struct verify *v __autoverify = new_verify();

	(void)state;
	add_still(v, &layout, 10, 0);
	add_still(v, &layout, 15, 5);
	verify__set_coverage(v, &(struct verify_coverage){ .exits = false });
	assert_why(v, "exits", VERIFY_SKIPPED, "events were dropped: the counts are not complete");
	assert_false(find_pair(v, "exits")->tracepoint_valid);
	assert_int_equal(result_of(v), VERIFY_RESULT_NONE);
}

/* Exits to user space that were missed say nothing of the other pairs. */
static void missed_user_exits(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct verify_coverage coverage = all_covered;

	(void)state;
	add_still(v, &layout, 10, 0);
	add_still(v, &layout, 15, 5);
	coverage.user_exits = false;
	verify__set_coverage(v, &coverage);
	assert_why(v, "exits", VERIFY_OK, NULL);
	assert_why(v, "request_irq_exits", VERIFY_SKIPPED,
		   "this kernel's tracepoint is not there, or some of its events were missed");
	assert_int_equal(result_of(v), VERIFY_RESULT_OK);
}

/* Before 5.14 debugfs called them otherwise. */
static void names_of_5_10(void **state)
{
	static const char *const names[] = { "exits", "request_irq" };
	struct stat_layout *old = stat_layout__from_names(names, 2);
	struct verify *v __autoverify = new_verify();
	uint64_t values[2] = { 10, 7 };
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);

	(void)state;
	assert_non_null(old);
	r.layout = old;
	r.source = SOURCE_DEBUGFS;
	r.vcpu_id = VCPU_ID_UNKNOWN;
	r.before = r.after = values;
	scratch_tallies(&s, ISA_SVM, (uint64_t[B_MAX]){ 0 });
	assert_int_equal(verify__add(v, &r), 0);
	values[1] = 9;
	s.user[1].count = 2;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "request_irq_exits", VERIFY_OK, NULL);
	assert_int_equal(find_pair(v, "request_irq_exits")->debugfs[0], 2);
	assert_null(find_pair(v, "irq_injections"));
	stat_layout__free(old);
}

#if defined(__x86_64__)
static void nested_guest(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);

	(void)state;
	add_still(v, &layout, 10, 0);
	scratch_tallies(&s, ISA_VMX, (uint64_t[B_MAX]){ 0 });
	s.before[S_EXITS] = s.after[S_EXITS] = 10;
	s.after[S_NESTED] = 1;
	s.before[S_IO] = s.after[S_IO] = 5; /* would be a mismatch */
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "io_exits", VERIFY_SKIPPED, "a nested guest ran");
	assert_why(v, "exits", VERIFY_OK, NULL);
}

static void reasons_not_read(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);

	(void)state;
	add_still(v, &layout, 10, 0);
	scratch_tallies(&s, ISA_VMX, (uint64_t[B_MAX]){ [B_CPUID] = 1 });
	s.exits[0].code = REASON_UNKNOWN;
	s.before[S_EXITS] = s.after[S_EXITS] = 11;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "io_exits", VERIFY_SKIPPED, "the reason of some exits could not be read");
	assert_why(v, "exits", VERIFY_OK, NULL);
}

/* A bus lock's flag (bit 26) does not hide the reason; an entry that failed is none. */
static void vmx_flags(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);

	(void)state;
	scratch_tallies(&s, ISA_VMX, (uint64_t[B_MAX]){ 0 });
	assert_int_equal(verify__add(v, &r), 0);
	s.exits[0].code = 30 | 1u << 31;
	s.exits[0].count = 3;
	s.exits[1].code = 30 | 1u << 26;
	s.exits[1].count = 4;
	s.before[S_EXITS] = s.after[S_EXITS] = 7;
	s.before[S_IO] = s.after[S_IO] = 4;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "io_exits", VERIFY_OK, NULL);
	assert_int_equal(find_pair(v, "io_exits")->tracepoint[0], 4);
}
#endif

/* A kernel without kvm_inj_virq: unknown is not zero. */
static void event_not_counted(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);
	struct verify_coverage coverage = all_covered;

	(void)state;
	coverage.events &= ~(1u << KVM_EVENT_INJ_VIRQ | 1u << KVM_EVENT_HV_HYPERCALL);
	verify__set_coverage(v, &coverage);
	scratch_tallies(&s, ISA_VMX, (uint64_t[B_MAX]){ 0 });
	assert_int_equal(verify__add(v, &r), 0);
	s.before[S_INJ] = s.after[S_INJ] = 5;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "irq_injections", VERIFY_SKIPPED,
		   "this kernel's tracepoint is not there, or some of its events were missed");
	assert_false(find_pair(v, "irq_injections")->tracepoint_valid);
	assert_int_equal(find_pair(v, "irq_injections")->stats[0], 5);
	assert_int_equal(find_pair(v, "hypercalls")->verdict, VERIFY_OK);
	assert_int_equal(result_of(v), VERIFY_RESULT_OK);
}

/* Exits that are neither VMX's nor SVM's: shown, and never wrong. */
static void other_isa(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct scratch s = { 0 };
	struct verify_reading r = make_reading(&s);

	(void)state;
	r.layout = &exits_only;
	scratch_tallies(&s, 3, (uint64_t[B_MAX]){ [B_CPUID] = 5 });
	assert_int_equal(verify__add(v, &r), 0);
	s.before[S_EXITS] = s.after[S_EXITS] = 40;
	assert_int_equal(verify__add(v, &r), 0);
	assert_why(v, "exits", VERIFY_OK, "not known to be exact for this kind of VM");
	assert_int_equal(find_pair(v, "exits")->class, VERIFY_NEAR);
	assert_int_equal(result_of(v), VERIFY_RESULT_NONE);
}

static void result_kinds(void **state)
{
	struct verify *v __autoverify = new_verify();
	const struct verify_pair *pairs;
	size_t n;

	(void)state;
	assert_int_equal(results(v, &pairs, &n), VERIFY_RESULT_NONE);
	assert_int_equal(n, 0);
	add_still(v, &exits_only, 10, 0);
	assert_int_equal(results(v, &pairs, &n), VERIFY_RESULT_NONE);
	assert_int_equal(n, 1);
	assert_why(v, "exits", VERIFY_SKIPPED, "fewer than two readings");
	assert_false(find_pair(v, "exits")->tracepoint_valid);
	add_still(v, &exits_only, 12, 2);
	assert_int_equal(result_of(v), VERIFY_RESULT_OK);
	add_still(v, &exits_only, 15, 2);
	assert_int_equal(result_of(v), VERIFY_RESULT_MISMATCH);
	assert_why(v, "exits", VERIFY_MISMATCH, "vCPU 0: kvmtop counted 3 fewer than KVM");
	assert_string_equal(verify_class_name(VERIFY_AT_LEAST), "at-least");
	assert_string_equal(verify_result_name(VERIFY_RESULT_NONE), "none");
}

/* ---- output */

static const struct verify_pair shown[] = {
	{ .pid = 3111,
	  .vm_id = "3111-4",
	  .stat = "exits",
	  .event = "kvm_exit",
	  .class = VERIFY_EXACT,
	  .tracepoint_valid = true,
	  .tracepoint = { 100, 101 },
	  .stats_valid = true,
	  .stats = { 101, 101 } },
	{ .pid = 3111,
	  .vm_id = "3111-4",
	  .stat = "io_exits",
	  .event = "kvm_exit(io)",
	  .class = VERIFY_EXACT,
	  .tracepoint_valid = true,
	  .stats_valid = true,
	  .verdict = VERIFY_MISMATCH,
	  .stats = { 1, 2 },
	  .why = "vCPU 1: kvmtop counted 1 fewer than KVM" },
	{ .pid = 3111,
	  .vm_id = "3111-4",
	  .stat = "hypercalls",
	  .event = "kvm_hypercall",
	  .class = VERIFY_NEAR,
	  .verdict = VERIFY_SKIPPED,
	  .why = "fewer than two readings" },
};

static const struct verify_report report = {
	.pairs = shown,
	.n = 3,
	.result = VERIFY_RESULT_MISMATCH,
	.sources = { [SOURCE_TRACEPOINTS] = { .used = true },
		     [SOURCE_STATS] = { .used = true },
		     [SOURCE_DEBUGFS] = { .used = true,
					  .error = "denied (lockdown=integrity)\033" } },
	.interval_s = 1.0003,
};

static void assert_output(int (*print)(FILE *, const struct verify_report *),
			  const struct verify_report *of, const char *expected)
{
	__autofree char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(print(out, of), 0);
	fclose(out);
	assert_string_equal(text, expected);
}

static void text_output(void **state)
{
	struct verify_report small = { .pairs = shown, .n = 1, .result = VERIFY_RESULT_OK };

	(void)state;
	assert_output(verify__write_text, &report,
		      "tracepoints: ok\n"
		      "stats: ok\n"
		      "debugfs: denied (lockdown=integrity)\\x1b\n"
		      "VM      STAT        EVENT          CLASS  TRACEPOINT   KVM  DEBUGFS  "
		      "VERDICT   WHY\n"
		      "3111-4  exits       kvm_exit       exact    100..101   101        -  ok\n"
		      "3111-4  io_exits    kvm_exit(io)   exact           0  1..2        -  "
		      "mismatch  vCPU 1: kvmtop counted 1 fewer than KVM\n"
		      "3111-4  hypercalls  kvm_hypercall  near            -     -        -  "
		      "skipped   fewer than two readings\n"
		      "1 pair does not hold\n");
	assert_output(verify__write_text, &small,
		      "VM      STAT   EVENT     CLASS  TRACEPOINT  KVM  DEBUGFS  VERDICT  WHY\n"
		      "3111-4  exits  kvm_exit  exact    100..101  101        -  ok\n"
		      "the one exact pair holds\n");
	small = (struct verify_report){ .result = VERIFY_RESULT_NONE };
	assert_output(verify__write_text, &small, "nothing could be compared\n");
}

static void json_output(void **state)
{
	static const struct verify_report none = { .result = VERIFY_RESULT_NONE, .interval_s = -1 };

	(void)state;
	assert_output(
		verify__write_json, &report,
		"{\"schema\": \"kvmtop.verify/1\", \"result\": \"mismatch\", \"interval_s\": "
		"1.0003, "
		"\"sources\": {\"tracepoints\": \"ok\", \"stats\": \"ok\", "
		"\"debugfs\": \"denied (lockdown=integrity)\\u001B\"}, \"pairs\": ["
		"{\"pid\": 3111, \"vm\": \"3111-4\", \"stat\": \"exits\", \"event\": \"kvm_exit\", "
		"\"class\": \"exact\", \"tracepoint\": [100, 101], \"stats\": [101, 101], "
		"\"debugfs\": null, \"verdict\": \"ok\", \"why\": null}, "
		"{\"pid\": 3111, \"vm\": \"3111-4\", \"stat\": \"io_exits\", "
		"\"event\": \"kvm_exit(io)\", \"class\": \"exact\", \"tracepoint\": [0, 0], "
		"\"stats\": [1, 2], \"debugfs\": null, \"verdict\": \"mismatch\", "
		"\"why\": \"vCPU 1: kvmtop counted 1 fewer than KVM\"}, "
		"{\"pid\": 3111, \"vm\": \"3111-4\", \"stat\": \"hypercalls\", "
		"\"event\": \"kvm_hypercall\", \"class\": \"near\", \"tracepoint\": null, "
		"\"stats\": null, \"debugfs\": null, \"verdict\": \"skipped\", "
		"\"why\": \"fewer than two readings\"}]}\n");
	assert_output(
		verify__write_json, &none,
		"{\"schema\": \"kvmtop.verify/1\", \"result\": \"none\", \"interval_s\": null, "
		"\"sources\": {\"tracepoints\": null, \"stats\": null, \"debugfs\": null}, "
		"\"pairs\": []}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(running_vcpu_holds),
		cmocka_unit_test(one_dropped),
		cmocka_unit_test(one_counted_twice),
		cmocka_unit_test(in_flight),
		cmocka_unit_test(counted_before_traced),
		cmocka_unit_test(several_vcpus),
		cmocka_unit_test(debugfs_sums),
		cmocka_unit_test(classes),
		cmocka_unit_test(at_most_and_near),
		cmocka_unit_test(reset_statistic),
		cmocka_unit_test(hostile_values),
		cmocka_unit_test(ended_vm),
		cmocka_unit_test(replaced_vm),
		cmocka_unit_test(missed_events),
		cmocka_unit_test(missed_user_exits),
		cmocka_unit_test(names_of_5_10),
#if defined(__x86_64__)
		cmocka_unit_test(nested_guest),
		cmocka_unit_test(reasons_not_read),
		cmocka_unit_test(vmx_flags),
#endif
		cmocka_unit_test(event_not_counted),
		cmocka_unit_test(other_isa),
		cmocka_unit_test(result_kinds),
		cmocka_unit_test(text_output),
		cmocka_unit_test(json_output),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
