// SPDX-License-Identifier: GPL-2.0
#include "delta_frames.h"

#include "../../user/model/time_sum.h"

static const struct frame_reason *find_reason(const struct frame_reasons *reasons, uint32_t isa,
					      uint64_t code)
{
	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->v[i].isa == isa && reasons->v[i].code == code)
			return &reasons->v[i];
	fail_msg("no reason %u/%lu", isa, (unsigned long)code);
	return NULL;
}

static void counts_and_rates(void **state)
{
	const struct tally a[] = { make_tally(ISA_SVM, 0x72, 100, 1000) };
	const struct tally b[] = { make_tally(ISA_SVM, 0x72, 300, 1000) };
	__autosnap struct snapshot *prev = one_vcpu(10, a, 1);
	__autosnap struct snapshot *cur = one_vcpu(12, b, 1);
	__autoframe struct frame *f = compute(prev, cur);
	const struct frame_reason *r = &f->vms[0].vcpus[0].reasons.v[0];

	(void)state;
	assert_near(f->interval_s, 2);
	assert_int_equal(f->wall.tv_sec, cur->wall.tv_sec);
	assert_int_equal(r->count.total, 300);
	assert_int_equal(r->count.delta, 200);
	assert_true(r->count.delta_valid);
	assert_near(r->count.rate, 100);
	assert_string_equal(f->vms[0].id, "100-10");
	assert_int_equal(f->exits.total, 300);
	assert_int_equal(f->exits.delta, 200);
	assert_near(f->exits.rate, 100);
	assert_string_equal(f->host.kernel, "6.12");
}

static void time_of_a_reason(void **state)
{
	const struct tally a[] = { make_tally(ISA_SVM, 0x72, 100, 600) };
	struct tally b = make_tally(ISA_SVM, 0x72, 201, 600);
	__autosnap struct snapshot *prev = one_vcpu(1, a, 1);
	__autosnap struct snapshot *cur = NULL;
	__autoframe struct frame *f = NULL;
	const struct time_delta *t;

	(void)state;
	/* The last of the 101 exits is still in flight: counted, not timed. */
	b.hist = make_hist(200, 600, 0, 600);
	b.sum_ns = 200 * 600;
	cur = one_vcpu(2, &b, 1);
	f = compute(prev, cur);
	t = &f->vms[0].vcpus[0].reasons.v[0].time;
	assert_true(t->valid && t->avg_valid && t->hist_valid && t->pct_valid && t->share_valid);
	assert_int_equal(t->delta_ns, 60000);
	assert_int_equal(t->timed, 100);
	assert_near(t->avg_ns, 600);
	assert_int_equal(t->max_ns, 600);
	assert_int_equal(t->hist.first, hist_slot(600));
	assert_int_equal(t->hist.n, 1);
	assert_int_equal(t->hist.v[0], 100);
	assert_near(t->share_pct, 100);
	assert_int_equal(t->pct_ns[P50], 588); /* the middle of 576 to 600: no exit took longer */
	assert_int_equal(t->pct_ns[P99], 588);
	assert_int_equal(t->pct_ns[P999], 600); /* the last of them */
	assert_true(t->total.valid && t->total.hist_valid);
	assert_int_equal(t->total.timed, 200);
	assert_int_equal(t->total.sum_ns, 120000);
	assert_int_equal(t->total.max_ns, 600);
	assert_int_equal(hist_count(t->total.hist), 200);
}

/* With --latency mean: an exit that was counted before and ended now has a maximum, but no mean. */
static void maximum_without_mean(void **state)
{
	struct tally a = make_tally(ISA_SVM, 0x60, 4, 1000), b = a;
	__autosnap struct snapshot *prev = NULL, *cur = NULL;
	__autoframe struct frame *f = NULL;
	const struct time_delta *time;

	(void)state;
	b.sum_ns += 5000;
	b.max_ns = 5000;
	prev = one_vcpu(1, &a, 1);
	cur = one_vcpu(2, &b, 1);
	prev->latency = cur->latency = LATENCY_MEAN;
	f = compute(prev, cur);
	time = &f->vms[0].vcpus[0].reasons.v[0].time;
	assert_false(time->avg_valid);
	assert_true(time->max_valid);
	assert_int_equal(time->max_ns, 5000);
}

/* The maximum went to the interval before: what the histogram and the sum allow stands in for it. */
static void maximum_of_the_interval_before(void **state)
{
	struct tally a = make_tally(ISA_SVM, 0x60, 4, 1000), b = a;
	__autosnap struct snapshot *prev = NULL, *cur = NULL;
	__autoframe struct frame *f = NULL;
	const struct time_delta *time;

	(void)state;
	b.count++;
	b.sum_ns += 5000;
	b.hist = make_hist(4, 1000, 1, 5000);
	b.max_ns = 0;
	prev = one_vcpu(1, &a, 1);
	cur = one_vcpu(2, &b, 1);
	f = compute(prev, cur);
	time = &f->vms[0].vcpus[0].reasons.v[0].time;
	assert_true(time->max_valid);
	assert_int_equal(time->max_ns, 5000);
}

static void only_in_flight(void **state)
{
	struct tally b = { .isa = ISA_SVM, .code = 0x78, .count = 1 };
	__autosnap struct snapshot *prev = make_snapshot(1, 0);
	__autosnap struct snapshot *cur = one_vcpu(2, &b, 1);
	__autoframe struct frame *f = compute(prev, cur);
	const struct time_delta *t = &f->vms[0].reasons.v[0].time;

	(void)state;
	assert_int_equal(f->vms[0].reasons.v[0].count.delta, 1);
	assert_true(t->valid && t->hist_valid);
	assert_false(t->avg_valid || t->pct_valid || t->share_valid);
}

static void latency_mean_and_off(void **state)
{
	const struct tally a[] = { make_tally(ISA_VMX, 10, 4, 500) };
	__autosnap struct snapshot *prev = make_snapshot(1, 0);
	__autosnap struct snapshot *cur = one_vcpu(2, a, 1);
	__autoframe struct frame *mean = NULL;
	__autoframe struct frame *off = NULL;

	(void)state;
	prev->latency = cur->latency = LATENCY_MEAN;
	mean = compute(prev, cur);
	assert_true(mean->reasons.v[0].time.valid && mean->reasons.v[0].time.avg_valid);
	assert_int_equal(mean->reasons.v[0].time.timed, 4);
	assert_near(mean->reasons.v[0].time.avg_ns, 500);
	assert_false(mean->reasons.v[0].time.hist_valid || mean->reasons.v[0].time.pct_valid);
	assert_int_equal(mean->latency, LATENCY_MEAN);

	prev->latency = cur->latency = LATENCY_OFF;
	off = compute(prev, cur);
	assert_false(off->reasons.v[0].time.valid || off->reasons.v[0].time.avg_valid);
	assert_int_equal(off->reasons.v[0].count.delta, 4);
}

/* What was not timed before has no time in this interval, or the whole past would be in it. */
static void latency_of_both(void **state)
{
	const struct tally a[] = { make_tally(ISA_VMX, 10, 4, 0) };
	const struct tally b[] = { make_tally(ISA_VMX, 10, 9, 500) };
	__autosnap struct snapshot *prev = one_vcpu(1, a, 1);
	__autosnap struct snapshot *cur = one_vcpu(2, b, 1);
	__autoframe struct frame *f = NULL;

	(void)state;
	prev->latency = LATENCY_OFF;
	f = compute(prev, cur);
	assert_int_equal(f->latency, LATENCY_OFF);
	assert_false(f->reasons.v[0].time.valid);
	assert_int_equal(f->reasons.v[0].count.delta, 5);
}

static void backwards_counter(void **state)
{
	const struct tally a[] = { make_tally(ISA_VMX, 10, 500, 100),
				   make_tally(ISA_VMX, 12, 10, 100) };
	const struct tally b[] = { make_tally(ISA_VMX, 10, 20, 100),
				   make_tally(ISA_VMX, 12, 15, 100) };
	__autosnap struct snapshot *prev = one_vcpu(1, a, 2);
	__autosnap struct snapshot *cur = one_vcpu(2, b, 2);
	__autoframe struct frame *f = compute(prev, cur);
	const struct frame_reason *back = find_reason(&f->reasons, ISA_VMX, 10);

	(void)state;
	assert_int_equal(back->count.total, 20);
	assert_false(back->count.delta_valid);
	assert_near(back->count.rate, 0);
	assert_false(back->time.valid || back->time.avg_valid || back->time.pct_valid);
	/* The sums: its total counts, its delta does not. */
	assert_int_equal(f->exits.total, 35);
	assert_int_equal(f->exits.delta, 5);
	assert_true(f->exits.delta_valid);
	assert_near(find_reason(&f->reasons, ISA_VMX, 12)->time.share_pct, 100);
}

static void all_backwards(void **state)
{
	const struct tally a[] = { make_tally(ISA_VMX, 10, 500, 100) };
	const struct tally b[] = { make_tally(ISA_VMX, 10, 20, 100) };
	__autosnap struct snapshot *prev = one_vcpu(1, a, 1);
	__autosnap struct snapshot *cur = one_vcpu(2, b, 1);
	__autoframe struct frame *f = compute(prev, cur);

	(void)state;
	assert_false(f->vms[0].exits.delta_valid || f->exits.delta_valid);
	assert_int_equal(f->exits.total, 20);
}

static void backwards_time_only(void **state)
{
	struct tally a = make_tally(ISA_VMX, 10, 10, 100);
	struct tally b = make_tally(ISA_VMX, 10, 20, 100);
	__autosnap struct snapshot *prev = NULL;
	__autosnap struct snapshot *cur = NULL;
	__autoframe struct frame *f = NULL;

	(void)state;
	a.hist = make_hist(5, 100, 5, 200); /* not in b */
	prev = one_vcpu(1, &a, 1);
	cur = one_vcpu(2, &b, 1);
	f = compute(prev, cur);
	assert_true(f->reasons.v[0].count.delta_valid);
	assert_int_equal(f->reasons.v[0].count.delta, 10);
	assert_false(f->reasons.v[0].time.valid || f->reasons.v[0].time.hist_valid);
}

static void merges_over_vcpus_and_vms(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 2);
	__autosnap struct snapshot *cur = make_snapshot(2, 2);
	__autoframe struct frame *f = NULL;
	const struct frame_reason *r;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make_vcpus(cur, &cur->vms[i], 2);
		for (size_t j = 0; j < 2; j++) {
			/* unsorted, and one that never happened */
			const struct tally v[] = {
				make_tally(ISA_SVM, 0x7b, 10 * (j + 1), 4000),
				make_tally(ISA_SVM, 0x72, 100, 100 + 50 * j),
				make_tally(ISA_SVM, 0x60, 0, 0),
			};

			set_exits(cur, &cur->vms[i].vcpus[j], v, 3);
		}
	}
	f = compute(prev, cur);
	assert_int_equal(f->vms[0].reasons.n, 2);
	assert_int_equal(f->vms[0].reasons.v[0].code, 0x72);
	assert_int_equal(f->vms[0].reasons.v[1].code, 0x7b);
	assert_string_equal(f->vms[0].reasons.v[0].name, "cpuid");
	assert_string_equal(f->vms[1].vcpus[1].reasons.v[1].name, "io");
	assert_int_equal(f->vms[0].exits.total, 230);
	assert_int_equal(f->exits.total, 460);

	r = find_reason(&f->vms[0].reasons, ISA_SVM, 0x72);
	assert_int_equal(r->time.timed, 200);
	assert_int_equal(r->time.max_ns, 150);
	assert_int_equal(r->time.hist.first, hist_slot(100));
	assert_int_equal(hist_count(r->time.hist), 200);
	assert_int_equal(r->time.hist.v[0], 100);
	assert_int_equal(r->time.hist.v[r->time.hist.n - 1], 100);
	assert_near(r->time.avg_ns, 125);
	assert_int_equal(r->time.pct_ns[P50], 99); /* of 96 to 103 */
	assert_int_equal(r->time.pct_ns[P99], 147);
	assert_int_equal(r->time.pct_ns[P999], 150);
	/* 200 * 125 of 200 * 125 + 30 * 4000 */
	assert_near(r->time.share_pct, 100.0 * 25000 / 145000);
	assert_int_equal(find_reason(&f->reasons, ISA_SVM, 0x7b)->count.total, 60);
}

/* Two vCPUs with the tallies @a and @b, before and after. */
static struct snapshot *two_vcpus(uint64_t sec, const struct tally *a, const struct tally *b)
{
	struct snapshot *s = make_snapshot(sec, 1);

	make_vcpus(s, &s->vms[0], 2);
	set_exits(s, &s->vms[0].vcpus[0], a, 1);
	set_exits(s, &s->vms[0].vcpus[1], b, 1);
	return s;
}

/* Since kvmtop attached: of all that there is, also when nothing happened in the interval. */
static void times_in_all(void **state)
{
	struct tally a = make_tally(ISA_SVM, 0x72, 990, 100),
		     b = make_tally(ISA_SVM, 0x72, 10, 5000);
	__autosnap struct snapshot *prev = NULL, *cur = NULL;
	__autoframe struct frame *f = NULL;
	const struct time_delta *t;
	struct time_derived d;

	(void)state;
	a.max_ns = b.max_ns = 0;
	prev = two_vcpus(1, &a, &b);
	cur = two_vcpus(2, &a, &b);
	f = compute(prev, cur);
	t = &f->vms[0].reasons.v[0].time;
	assert_true(t->valid && t->hist_valid);
	assert_false(t->pct_valid || t->avg_valid || t->max_valid);
	assert_true(t->total.valid && t->total.hist_valid);
	assert_int_equal(t->total.timed, 1000);
	d = time_total__derive(&t->total);
	assert_true(d.avg_valid && d.pct_valid && d.max_valid);
	assert_near(d.avg_ns, 149);
	assert_int_equal(d.pct_ns[P50], 99);
	assert_int_equal(d.pct_ns[P99], 99);
	assert_in_range(d.pct_ns[P999], 4800, 5000);
	assert_int_equal(d.max_ns, 5000);
	d = time_total__derive(&f->vms[0].vcpus[1].reasons.v[0].time.total);
	assert_int_equal(d.pct_ns[P50], 4804); /* of 4608 to 5000 */
}

/* There was no room for a histogram of one vCPU. Then the VM has none either, where that vCPU took part. */
static void missing_histogram(void **state)
{
	const struct tally none = { .isa = ISA_SVM, .code = 0x72, .hist_missing = true };
	struct tally a = make_tally(ISA_SVM, 0x72, 50, 100), b = make_tally(ISA_SVM, 0x72, 5, 800);
	__autosnap struct snapshot *prev = NULL, *cur = NULL, *idle = NULL;
	__autoframe struct frame *f = NULL, *g = NULL;
	const struct time_delta *vm, *v;

	(void)state;
	b.hist = (struct hist){ .v = NULL };
	b.hist_missing = true;
	prev = two_vcpus(1, &a, &none);
	a.count++;
	a.sum_ns += 100;
	a.hist = make_hist(51, 100, 0, 100);
	cur = two_vcpus(2, &a, &b);
	f = compute(prev, cur);
	vm = &f->vms[0].reasons.v[0].time;
	v = &f->vms[0].vcpus[1].reasons.v[0].time;
	assert_true(v->valid && v->avg_valid && v->max_valid);
	assert_int_equal(v->timed, 5);
	assert_near(v->avg_ns, 800);
	assert_false(v->hist_valid || v->pct_valid || v->total.hist_valid);
	assert_true(f->vms[0].vcpus[0].reasons.v[0].time.pct_valid);
	assert_true(vm->valid && vm->avg_valid && vm->max_valid && vm->total.valid);
	assert_false(vm->hist_valid || vm->pct_valid || vm->total.hist_valid);
	assert_int_equal(vm->hist.n, 0);
	assert_int_equal(vm->total.timed, 56);
	assert_false(f->reasons.v[0].time.hist_valid);

	/* In the next interval it does nothing. */
	a.count++;
	a.sum_ns += 100;
	a.hist = make_hist(52, 100, 0, 100);
	b.max_ns = 0;
	idle = two_vcpus(3, &a, &b);
	g = compute(cur, idle);
	vm = &g->vms[0].reasons.v[0].time;
	assert_true(vm->hist_valid && vm->pct_valid);
	assert_int_equal(vm->pct_ns[P50], 100);
	assert_false(vm->total.hist_valid || time_total__derive(&vm->total).pct_valid);
	assert_true(time_total__derive(&vm->total).avg_valid);
}

/* How many vCPUs and VMs the same exits are spread over makes no difference. */
static void merges_exactly(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 0), *cur = make_snapshot(2, 3);
	__autosnap struct snapshot *all = NULL;
	__autoframe struct frame *f = NULL, *g = NULL;
	struct tally sum = { .isa = ISA_SVM, .code = 0x72 };
	uint64_t v[HIST_SLOTS] = { 0 };

	(void)state;
	for (size_t i = 0; i < 9; i++) {
		struct vm_sample *vm = &cur->vms[i / 3];
		struct tally t = make_tally(ISA_SVM, 0x72, 7 * i + 1, 100 << i);

		if (i % 3 == 0)
			make_vcpus(cur, vm, 3);
		set_exits(cur, &vm->vcpus[i % 3], &t, 1);
		sum.count += t.count;
		sum.sum_ns += t.sum_ns;
		sum.max_ns = sum.max_total_ns = t.max_ns;
		v[t.hist.first] += t.count;
	}
	sum.hist = hist_of(v);
	all = one_vcpu(2, &sum, 1);
	f = compute(prev, cur);
	g = compute(prev, all);
	assert_int_equal(f->reasons.v[0].time.hist.n, sum.hist.n);
	assert_memory_equal(f->reasons.v[0].time.hist.v, sum.hist.v, sum.hist.n * sizeof(*v));
	assert_memory_equal(&f->reasons.v[0].time.pct_ns, &g->reasons.v[0].time.pct_ns,
			    PERCENTILE_MAX * sizeof(uint64_t));
	assert_memory_equal(f->reasons.v[0].time.total.hist.v, sum.hist.v, sum.hist.n * sizeof(*v));
	assert_int_equal(f->reasons.v[0].time.max_ns, g->reasons.v[0].time.max_ns);
}

static void isa_keeps_codes_apart(void **state)
{
	const struct tally v[] = { make_tally(ISA_SVM, 1, 3, 100), make_tally(ISA_VMX, 1, 4, 100),
				   make_tally(7, 1, 5, 100),
				   make_tally(ISA_SVM, REASON_UNKNOWN, 6, 100) };
	__autosnap struct snapshot *prev = make_snapshot(1, 0);
	__autosnap struct snapshot *cur = one_vcpu(2, v, 4);
	__autoframe struct frame *f = compute(prev, cur);

	(void)state;
	assert_int_equal(f->reasons.n, 4);
	assert_string_equal(f->reasons.v[0].name, "EXTERNAL_INTERRUPT");
	assert_string_equal(f->reasons.v[2].name, "unknown");
	assert_string_equal(f->reasons.v[3].name, "0x1");
	assert_int_equal(f->reasons.v[3].isa, 7);
	assert_int_equal(f->exits.total, 18);
}

static void user_exits_are_apart(void **state)
{
	struct tally user[] = { make_tally(ISA_USER, 2, 4, 9000),
				make_tally(ISA_USER, (uint64_t)-4, 1, 1000) };
	const struct tally hw = make_tally(ISA_SVM, 0x7b, 4, 500);
	__autosnap struct snapshot *prev = make_snapshot(1, 0);
	__autosnap struct snapshot *cur = one_vcpu(2, &hw, 1);
	__autoframe struct frame *f = NULL;

	(void)state;
	cur->vms[0].vcpus[0].user_exits = user;
	cur->vms[0].vcpus[0].n_user_exits = 2;
	f = compute(prev, cur);
	assert_int_equal(f->exits.total, 4); /* not 9 */
	assert_int_equal(f->vms[0].user_exits.n, 2);
	assert_string_equal(f->vms[0].user_exits.v[0].name, "KVM_EXIT_IO");
	assert_string_equal(f->user_exits.v[1].name, "EINTR");
	assert_near(f->reasons.v[0].time.share_pct, 100);
	assert_near(f->user_exits.v[0].time.share_pct, 100.0 * 36 / 37);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_and_rates),
		cmocka_unit_test(time_of_a_reason),
		cmocka_unit_test(maximum_without_mean),
		cmocka_unit_test(maximum_of_the_interval_before),
		cmocka_unit_test(only_in_flight),
		cmocka_unit_test(latency_mean_and_off),
		cmocka_unit_test(latency_of_both),
		cmocka_unit_test(backwards_counter),
		cmocka_unit_test(all_backwards),
		cmocka_unit_test(backwards_time_only),
		cmocka_unit_test(merges_over_vcpus_and_vms),
		cmocka_unit_test(times_in_all),
		cmocka_unit_test(missing_histogram),
		cmocka_unit_test(merges_exactly),
		cmocka_unit_test(isa_keeps_codes_apart),
		cmocka_unit_test(user_exits_are_apart),
	};

	return cmocka_run_group_tests_name("reasons_delta", tests, NULL, NULL);
}
