// SPDX-License-Identifier: GPL-2.0
#include "verify_readings.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(running_vcpu_holds),	 cmocka_unit_test(one_dropped),
		cmocka_unit_test(one_counted_twice),	 cmocka_unit_test(in_flight),
		cmocka_unit_test(counted_before_traced), cmocka_unit_test(several_vcpus),
		cmocka_unit_test(debugfs_sums),
	};

	return cmocka_run_group_tests_name("verify_running", tests, NULL, NULL);
}
