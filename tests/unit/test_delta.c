// SPDX-License-Identifier: GPL-2.0
#include "delta_frames.h"

#include <errno.h>

#include "big.h"

#include "../../user/model/vcpu_times.h"

static void new_and_gone_vms(void **state)
{
	const struct tally a[] = { make_tally(ISA_VMX, 10, 5, 100) };
	__autosnap struct snapshot *prev = make_snapshot(1, 2);
	__autosnap struct snapshot *cur = make_snapshot(2, 2);
	__autoframe struct frame *f = NULL;

	(void)state;
	make_vcpus(prev, &prev->vms[0], 1);
	set_exits(prev, &prev->vms[0].vcpus[0], a, 1);
	cur->vms[0].key = 3; /* new; key 1 has ended */
	cur->vms[1].ended = true;
	make_vcpus(cur, &cur->vms[0], 1);
	set_exits(cur, &cur->vms[0].vcpus[0], a, 1);

	f = compute(prev, cur);
	assert_int_equal(f->n_vms, 2);
	assert_int_equal(f->vms[0].exits.delta, 5);
	assert_true(f->vms[0].exits.delta_valid);
	assert_true(f->vms[1].ended);
	assert_int_equal(f->exits.total, 5);
	/* No exit is a known number of exits. */
	assert_true(f->vms[1].exits.delta_valid);
	assert_int_equal(f->vms[1].exits.delta, 0);
}

/* The same pid and fd, but another VM: it must not be compared with the one before. */
static void reused_pid(void **state)
{
	const struct tally a[] = { make_tally(ISA_VMX, 10, 1000, 100) };
	const struct tally b[] = { make_tally(ISA_VMX, 10, 1500, 100) };
	__autosnap struct snapshot *prev = one_vcpu(1, a, 1);
	__autosnap struct snapshot *cur = one_vcpu(2, b, 1);
	__autoframe struct frame *f = NULL;

	(void)state;
	cur->vms[0].key = 99;
	f = compute(prev, cur);
	assert_int_equal(f->vms[0].pid, 100);
	assert_int_equal(f->exits.delta, 1500);
}

static void vm_list_order(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 3);
	__autosnap struct snapshot *cur = make_snapshot(2, 3);
	__autoframe struct frame *f = NULL;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct tally p = make_tally(ISA_VMX, 10, 10 * (i + 1), 100);
		const struct tally c = make_tally(ISA_VMX, 10, 10 * (3 - i) + 1, 100);

		cur->vms[i].key = 3 - i; /* reversed */
		make_vcpus(prev, &prev->vms[i], 1);
		set_exits(prev, &prev->vms[i].vcpus[0], &p, 1);
		make_vcpus(cur, &cur->vms[i], 1);
		set_exits(cur, &cur->vms[i].vcpus[0], &c, 1);
	}
	f = compute(prev, cur);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(f->vms[i].key, 3 - i); /* the snapshot's order */
		assert_int_equal(f->vms[i].exits.delta, 1);
	}
}

static void vcpus_come_and_go(void **state)
{
	const struct tally a = make_tally(ISA_VMX, 10, 7, 100);
	const struct tally b = make_tally(ISA_VMX, 10, 9, 100);
	__autosnap struct snapshot *prev = make_snapshot(1, 1);
	__autosnap struct snapshot *cur = make_snapshot(2, 1);
	__autoframe struct frame *f = NULL;

	(void)state;
	make_vcpus(prev, &prev->vms[0], 2); /* ids 0, 3 */
	make_vcpus(cur, &cur->vms[0], 2);   /* ids 2, 3 */
	prev->vms[0].vcpus[1].vcpu_id = 3;
	cur->vms[0].vcpus[0].vcpu_id = 2;
	cur->vms[0].vcpus[1].vcpu_id = 3;
	for (size_t i = 0; i < 2; i++) {
		set_exits(prev, &prev->vms[0].vcpus[i], &a, 1);
		set_exits(cur, &cur->vms[0].vcpus[i], &b, 1);
	}
	f = compute(prev, cur);
	assert_int_equal(f->vms[0].vcpus[0].exits.delta, 9); /* new */
	assert_int_equal(f->vms[0].vcpus[1].exits.delta, 2);
	assert_int_equal(f->vms[0].exits.total, 18);
}

static void set_times(struct vcpu_sample *v, uint64_t guest, uint64_t kvm, uint64_t vmm)
{
	v->times = (struct vcpu_times){ .valid = true,
					.run_delay_valid = true,
					.wall_ns = guest + kvm + vmm,
					.ns = { guest, kvm, vmm } };
}

/* Other programs count in the place of those of before: there are totals. How much of them is of the interval is not known. */
static void exits_begun(void **state)
{
	const struct tally a = make_tally(ISA_VMX, 10, 7, 100), b = make_tally(ISA_VMX, 10, 9, 100);
	__autosnap struct snapshot *prev = make_snapshot(1, 2);
	__autosnap struct snapshot *cur = make_snapshot(3, 2);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		make_vcpus(prev, &prev->vms[i], 1);
		make_vcpus(cur, &cur->vms[i], 1);
		set_exits(prev, &prev->vms[i].vcpus[0], &a, 1);
		set_times(&prev->vms[i].vcpus[0], 10, 10, 10);
		set_times(&cur->vms[i].vcpus[0], 20, 20, 20);
	}
	set_exits(cur, &cur->vms[0].vcpus[0], &b, 1); /* the other VM had none yet */
	for (uint64_t since = 2; since; since--) {
		__autoframe struct frame *f = NULL;
		const bool known = since == 1;

		cur->since_ns[PART_EXITS] = since * SEC_NS;
		f = compute(prev, cur);
		assert_int_equal(f->begun[PART_EXITS], !known);
		assert_int_equal(f->exits.total, 9);
		assert_int_equal(f->exits.delta_valid, known);
		assert_int_equal(f->vms[0].reasons.v[0].count.delta_valid, known);
		assert_int_equal(f->vms[0].reasons.v[0].time.valid, known);
		assert_true(f->vms[0].reasons.v[0].time.total.valid);
		for (size_t i = 0; i < 2; i++) {
			assert_int_equal(f->vms[i].exits.delta_valid, known);
			assert_int_equal(f->vms[i].vcpus[0].exits.delta_valid, known);
			assert_int_equal(f->vms[i].shares.valid, known);
		}
	}
}

static void time_shares_weighted(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 1);
	__autosnap struct snapshot *cur = make_snapshot(2, 1);
	__autoframe struct frame *f = NULL;
	const struct time_shares *vm;

	(void)state;
	make_vcpus(prev, &prev->vms[0], 2);
	make_vcpus(cur, &cur->vms[0], 3);
	set_times(&prev->vms[0].vcpus[0], 1000, 1000, 1000);
	set_times(&cur->vms[0].vcpus[0], 1600, 1300, 1100); /* 60, 30, 10 % of 1000 */
	set_times(&prev->vms[0].vcpus[1], 0, 0, 0);
	set_times(&cur->vms[0].vcpus[1], 0, 0, 0); /* no time at all */
	set_times(&cur->vms[0].vcpus[2], 0, 0, 3000);
	f = compute(prev, cur);
	assert_true(f->vms[0].vcpus[0].shares.valid);
	assert_near(f->vms[0].vcpus[0].shares.pct[STATE_GUEST], 60);
	assert_near(f->vms[0].vcpus[0].shares.pct[STATE_KVM], 30);
	assert_near(f->vms[0].vcpus[0].shares.pct[STATE_VMM], 10);
	assert_false(f->vms[0].vcpus[1].shares.valid);
	vm = &f->vms[0].shares;
	assert_true(vm->valid);
	assert_int_equal(vm->wall_ns, 4000);
	assert_near(vm->pct[STATE_GUEST], 15);
	assert_near(vm->pct[STATE_VMM], 77.5);
	assert_near(vm->pct[STATE_GUEST] + vm->pct[STATE_KVM] + vm->pct[STATE_VMM], 100);
	assert_near(f->shares.pct[STATE_VMM], 77.5);
}

static void time_shares_unknown(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 1);
	__autosnap struct snapshot *cur = make_snapshot(2, 1);
	__autoframe struct frame *f = NULL;

	(void)state;
	make_vcpus(prev, &prev->vms[0], 3);
	make_vcpus(cur, &cur->vms[0], 3);
	set_times(&prev->vms[0].vcpus[0], 1000, 10, 10);
	set_times(&cur->vms[0].vcpus[0], 900, 50, 10); /* backwards */
	set_times(&cur->vms[0].vcpus[1], 1, 1, 1);     /* not known before */
	f = compute(prev, cur);
	for (size_t i = 0; i < 3; i++)
		assert_false(f->vms[0].vcpus[i].shares.valid);
	assert_false(f->vms[0].shares.valid);
}

/* What seemed to be KVM's time turns out to have been a halt: the parts still add up to the whole. */
static void time_shares_settled(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 1);
	__autosnap struct snapshot *cur = make_snapshot(2, 1);
	__autoframe struct frame *f = NULL;
	struct vcpu_times *t;

	(void)state;
	make_vcpus(prev, &prev->vms[0], 2);
	make_vcpus(cur, &cur->vms[0], 2);
	set_times(&prev->vms[0].vcpus[0], 0, 500, 0);
	set_times(&cur->vms[0].vcpus[0], 0, 100, 0);
	t = &cur->vms[0].vcpus[0].times;
	t->ns[STATE_HALT_BLOCK] = 1300;
	t->ns[STATE_RUN_DELAY] = 100;
	t->wall_ns = 1500;
	t->run_delay_valid = false;
	/* It may have been several other things: 80 too many of 60 and 50. */
	set_times(&prev->vms[0].vcpus[1], 0, 0, 80);
	set_times(&cur->vms[0].vcpus[1], 60, 50, 0);
	f = compute(prev, cur);
	assert_int_equal(f->vms[0].vcpus[1].shares.wall_ns, 30);
	assert_int_equal(f->vms[0].vcpus[1].shares.ns[STATE_GUEST], 0);
	assert_int_equal(f->vms[0].vcpus[1].shares.ns[STATE_KVM], 30);
	assert_int_equal(f->vms[0].vcpus[0].shares.ns[STATE_KVM], 0);
	assert_int_equal(f->vms[0].vcpus[0].shares.ns[STATE_HALT_BLOCK], 900);
	assert_near(f->vms[0].vcpus[0].shares.pct[STATE_HALT_BLOCK], 90);
	assert_near(f->vms[0].vcpus[0].shares.pct[STATE_RUN_DELAY], 10);
	assert_false(time_shares_known(&f->vms[0].vcpus[0].shares, STATE_RUN_DELAY));
	assert_true(time_shares_known(&f->vms[0].vcpus[1].shares, STATE_RUN_DELAY));
	/* Where it is unknown for one vCPU, it is unknown for the VM. */
	assert_false(time_shares_known(&f->vms[0].shares, STATE_RUN_DELAY));
	assert_true(time_shares_known(&f->vms[0].shares, STATE_KVM));
}

/* A stretch that has not ended may be read in another part each time. What is reported of it does not go back, and adds up. */
static void times_that_are_reported(void **state)
{
	uint64_t reported[STATE_MAX] = { 0 }, read[STATE_MAX] = { 0 }, before[STATE_MAX];
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 100000; round++) {
		size_t from = (size_t)rand_r(&seed) % STATE_MAX,
		       to = (size_t)rand_r(&seed) % STATE_MAX;
		uint64_t moved = (uint64_t)rand_r(&seed) % 100, sum_read = 0, sum_reported = 0;

		memcpy(before, reported, sizeof(reported));
		moved = moved < read[from] ? moved : read[from];
		read[from] -= moved;
		read[to] += moved;
		read[(size_t)rand_r(&seed) % STATE_MAX] += (uint64_t)rand_r(&seed) % 300;
		vcpu_times_take(reported, read);
		for (size_t i = 0; i < STATE_MAX; i++) {
			assert_true(reported[i] >= before[i]);
			sum_read += read[i];
			sum_reported += reported[i];
		}
		assert_int_equal(sum_reported, sum_read);
	}
	/* Once each stretch stays in its part, each part is reported as it is. */
	for (size_t i = 0; i < STATE_MAX; i++)
		read[i] += 1000000;
	vcpu_times_take(reported, read);
	assert_memory_equal(reported, read, sizeof(reported));
}

/* Its only vCPU waited 10 ms of a second, and its thread @tid has had @slices. */
static struct snapshot *waiting(uint64_t sec, pid_t tid, uint64_t slices, bool known)
{
	struct snapshot *s = make_snapshot(sec, 1);
	struct vcpu_sample *v;

	make_vcpus(s, &s->vms[0], 1);
	v = &s->vms[0].vcpus[0];
	v->tid = tid;
	v->times = (struct vcpu_times){ true, true, sec * 1000000000, { 0 } };
	v->times.ns[STATE_RUN_DELAY] = sec * 10000000;
	v->thread = (struct vcpu_thread){ known, slices, true, 3 };
	return s;
}

/* How often a thread got a CPU is known of the same thread only, and not where nothing grew. */
static void waits(void **state)
{
	static const struct {
		pid_t tid;
		uint64_t slices;
		bool known, valid, mean;
	} cases[] = {
		{ 5, 140, true, true, true },	{ 5, 100, true, true, false },
		{ 6, 140, true, false, false }, { 5, 140, false, false, false },
		{ 5, 90, true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		__autosnap struct snapshot *prev = waiting(1, 5, 100, true);
		__autosnap struct snapshot *cur =
			waiting(2, cases[i].tid, cases[i].slices, cases[i].known);
		__autoframe struct frame *f = compute(prev, cur);
		const struct time_shares *shares = &f->vms[0].shares;

		assert_int_equal(shares->slices_valid, cases[i].valid);
		assert_int_equal(time_shares_wait_known(shares), cases[i].mean);
		assert_int_equal(shares->slices, cases[i].mean ? 40 : 0);
		assert_int_equal(shares->ns[STATE_RUN_DELAY], 10000000);
		assert_int_equal(f->vms[0].vcpus[0].thread.cpu, 3);
	}
}

static void zero_interval(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(5, 0);
	__autosnap struct snapshot *cur = make_snapshot(5, 0);
	struct frame *f = NULL;

	(void)state;
	assert_int_equal(delta__compute(prev, cur, &host, NULL, &f), -EINVAL);
	cur->mono_ns--;
	assert_int_equal(delta__compute(prev, cur, &host, NULL, &f), -EINVAL);
	assert_null(f);
}

static void identity_and_context(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 0);
	__autosnap struct snapshot *cur = make_snapshot(2, 1);
	__autoframe struct frame *f = NULL;
	char name[] = "web01";
	char error[] = "denied: lockdown=integrity";

	(void)state;
	cur->vms[0].vm_fd = -1;
	cur->vms[0].name = name;
	cur->drops[DROP_MAP_FULL] = 3;
	cur->sources[SOURCE_DEBUGFS].used = true;
	cur->sources[SOURCE_DEBUGFS].error = error;
	f = compute(prev, cur);
	name[0] = error[0] = '!'; /* the frame has its own */
	assert_string_equal(f->vms[0].id, "100-?");
	assert_string_equal(f->vms[0].name, "web01");
	assert_null(f->vms[0].comm);
	assert_int_equal(f->drops[DROP_MAP_FULL], 3);
	assert_string_equal(f->sources[SOURCE_DEBUGFS].error, "denied: lockdown=integrity");
	assert_null(f->sources[SOURCE_TRACEPOINTS].error);
	assert_int_equal(f->reasons.n, 0);
	assert_true(f->exits.delta_valid);
}

static void empty_snapshots(void **state)
{
	__autosnap struct snapshot *prev = snapshot__new();
	__autosnap struct snapshot *cur = snapshot__new();
	__autoframe struct frame *f = NULL;

	(void)state;
	cur->mono_ns = 1;
	f = compute(prev, cur);
	assert_int_equal(f->n_vms, 0);
	assert_int_equal(f->exits.total, 0);
}

/* 1,000 VMs of 4 vCPUs, with 48,000 reasons and their histograms of one slot: some 300 bytes each. */
static void a_thousand_vms(void **state)
{
	__autosnap struct snapshot *prev = big_snapshot(1, 10);
	__autosnap struct snapshot *cur = big_snapshot(2, 30);
	size_t before = in_use(), bytes;
	__autoframe struct frame *f = NULL;

	(void)state;
	f = compute(prev, cur);
	bytes = in_use() - before;
	/* sum of the keys 1..1000 */
	assert_int_equal(f->exits.delta, 20ULL * 500500 * BIG_VCPUS * BIG_REASONS);
	for (size_t j = 0; j < f->n_vms; j++)
		assert_int_equal(f->vms[j].vcpus[3].exits.delta, 20 * f->vms[j].key * BIG_REASONS);
	print_message("1,000 VMs x 4 vCPUs x 12 reasons: %zu bytes\n", bytes);
	assert_true(!COUNTS_BYTES || bytes < 20000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_and_gone_vms),
		cmocka_unit_test(reused_pid),
		cmocka_unit_test(vm_list_order),
		cmocka_unit_test(vcpus_come_and_go),
		cmocka_unit_test(exits_begun),
		cmocka_unit_test(time_shares_weighted),
		cmocka_unit_test(time_shares_unknown),
		cmocka_unit_test(time_shares_settled),
		cmocka_unit_test(times_that_are_reported),
		cmocka_unit_test(waits),
		cmocka_unit_test(zero_interval),
		cmocka_unit_test(identity_and_context),
		cmocka_unit_test(empty_snapshots),
		cmocka_unit_test(a_thousand_vms),
	};

	return cmocka_run_group_tests_name("delta", tests, NULL, NULL);
}
