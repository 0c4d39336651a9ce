// SPDX-License-Identifier: GPL-2.0
/* trail: what it keeps of frames, how long, and what is a gap. */
#include "unit.h"

#include <math.h>

#include "../../user/model/frame.h"
#include "../../user/model/trail.h"
#include "../../user/model/trail_reasons.h"

#define BEGIN INT64_C(1700000000)
#define MAX_VMS 4

static struct trail *trail;

static int begin(void **state)
{
	(void)state;
	return trail__new(&trail);
}

static int end(void **state)
{
	(void)state;
	trail__free(trail);
	return 0;
}

/* 10 % in the guest for each unit of @busy, the rest halted, and 100 * @busy exits/s. */
static void set_scope(struct counter *exits, struct time_shares *shares, double busy)
{
	*exits = (struct counter){ .rate = 100 * busy, .delta_valid = busy >= 0 };
	*shares = (struct time_shares){ .valid = busy >= 0 };
	shares->pct[STATE_GUEST] = 10 * busy;
	shares->pct[STATE_HALT_BLOCK] = 100 - 10 * busy;
}

/* A frame that ends @at_s after BEGIN, of @n_vms VMs with two vCPUs each; of the last keys first. Below 0: unknown. */
static void add(double at_s, double interval_s, size_t n_vms, double busy)
{
	struct frame_vcpu vcpus[MAX_VMS][2];
	struct frame_vm vms[MAX_VMS];
	struct trail_mark marks[MAX_VMS];
	struct frame frame = { .interval_s = interval_s, .vms = vms, .n_vms = n_vms };
	const struct trail_note note = { .n_findings = 3, .worst = 1, .marks = marks };
	int64_t ns = (int64_t)(at_s * 1e9);

	memset(vms, 0, sizeof(vms));
	memset(vcpus, 0, sizeof(vcpus));
	frame.wall.tv_sec = BEGIN + ns / (int64_t)SEC_NS;
	frame.wall.tv_nsec = ns % (int64_t)SEC_NS;
	set_scope(&frame.exits, &frame.shares, busy);
	for (size_t i = 0; i < n_vms; i++) {
		vms[i].key = n_vms - i;
		vms[i].vcpus = vcpus[i];
		vms[i].n_vcpus = 2;
		set_scope(&vms[i].exits, &vms[i].shares, busy);
		for (size_t j = 0; j < 2; j++) {
			vcpus[i][j].vcpu_id = 5 + (uint32_t)j;
			set_scope(&vcpus[i][j].exits, &vcpus[i][j].shares, busy / (double)(1 + j));
		}
		marks[i] = (struct trail_mark){ .severity = (uint8_t)vms[i].key, .lost = 0.5 };
	}
	assert_int_equal(trail__add(trail, &frame, &note, false), 0);
}

/* The last @n values up to moment @end_at; a gap is -1. */
static void check(struct trail_row row, enum trail_measure measure, size_t end_at, size_t n,
		  const double *want)
{
	double values[16];

	trail__values(trail, &row, measure, end_at, n, values);
	for (size_t i = 0; i < n; i++)
		if (isnan(values[i]) ? want[i] != -1 : fabs(values[i] - want[i]) > 0.0051)
			fail_msg("value %zu is %g, not %g", i, values[i], want[i]);
}

static const struct trail_row host = { .kind = TRAIL_HOST };

static struct trail_row vm_row(uint64_t key)
{
	return (struct trail_row){ .kind = TRAIL_VM, .vm_key = key };
}

static struct trail_row vcpu_row(uint64_t key, uint32_t id)
{
	return (struct trail_row){ .kind = TRAIL_VCPU, .vm_key = key, .vcpu_id = id };
}

#define WANT(...) ((const double[]){ __VA_ARGS__ })

static void values(void **state)
{
	(void)state;
	add(1, 1, 1, 1);
	add(2, 1, 2, -1);
	add(3, 1, 2, 3.333);
	assert_int_equal(trail__count(trail, INT64_MAX), 3);
	check(host, TRAIL_EXITS, 3, 4, WANT(-1, 100, -1, 333.3));
	check(host, TRAIL_LOST, 3, 3, WANT(0.5, 1, 1));
	check(vm_row(1), TRAIL_EXITS, 3, 3, WANT(100, -1, 333.3));
	check(vm_row(1), TRAIL_LOST, 3, 3, WANT(0.5, 0.5, 0.5));
	check(vm_row(2), TRAIL_STATE + STATE_GUEST, 3, 3, WANT(-1, -1, 33.33));
	check(vm_row(2), TRAIL_STATE + STATE_HALT_BLOCK, 3, 3, WANT(-1, -1, 66.67));
	check(vm_row(2), TRAIL_STATE + STATE_RUN_DELAY, 3, 3, WANT(-1, -1, -1));
	check(vm_row(7), TRAIL_EXITS, 3, 3, WANT(-1, -1, -1));
	check(vcpu_row(1, 6), TRAIL_EXITS, 3, 3, WANT(50, -1, 166.65));
	check(vcpu_row(1, 6), TRAIL_LOST, 3, 1, WANT(-1));
	check(vcpu_row(1, 7), TRAIL_EXITS, 3, 1, WANT(-1));
	/* As it was at the first and second one. */
	check(vm_row(1), TRAIL_EXITS, 2, 2, WANT(100, -1));
	check(vm_row(1), TRAIL_EXITS, 0, 2, WANT(-1, -1));
}

static void marks(void **state)
{
	(void)state;
	add(1, 1, 1, 1);
	add(2, 1, 2, 1);
	assert_int_equal(trail__mark(trail, 0, 2, 1), 1);
	assert_int_equal(trail__mark(trail, 0, 2, 2), TRAIL_ABSENT);
	assert_int_equal(trail__mark(trail, 1, 2, 2), 2);
	assert_int_equal(trail__moment(trail, 1).n_findings, 3);
	assert_int_equal(trail__moment(trail, 1).worst, 1);
	assert_int_equal(trail__moment(trail, 0).wall_ns, (BEGIN + 1) * (int64_t)SEC_NS);
}

static void order_of_time(void **state)
{
	(void)state;
	add(10, 1, 1, 1);
	add(11, 1, 1, 2);
	/* Of the past, and what is there already. */
	add(10.5, 0.5, 1, 7);
	add(10, 1, 1, 7);
	add(11, 1, 1, 7);
	assert_int_equal(trail__count(trail, INT64_MAX), 2);
	assert_int_equal(trail__count(trail, (BEGIN + 10) * (int64_t)SEC_NS), 1);
	assert_int_equal(trail__count(trail, (BEGIN + 10) * (int64_t)SEC_NS - 1), 0);
	check(host, TRAIL_EXITS, 2, 2, WANT(100, 200));
	/* The clock was set back. */
	add(9, 1, 1, 3);
	add(10, 1, 1, 4);
	assert_int_equal(trail__count(trail, INT64_MAX), 2);
	check(host, TRAIL_EXITS, 2, 3, WANT(-1, 300, 400));
}

static void gaps(void **state)
{
	(void)state;
	add(1, 1, 1, 1);
	add(2.4, 1, 1, 2); /* a late timer is none */
	add(5, 1, 1, 3);
	add(15, 10, 1, 4); /* a long interval is none */
	assert_int_equal(trail__count(trail, INT64_MAX), 5);
	check(host, TRAIL_EXITS, 5, 5, WANT(100, 200, -1, 300, 400));
	check(host, TRAIL_LOST, 5, 5, WANT(0.5, 0.5, -1, 0.5, 0.5));
	check(host, TRAIL_STATE + STATE_GUEST, 5, 5, WANT(10, 20, -1, 30, 40));
	check(vm_row(1), TRAIL_EXITS, 5, 5, WANT(100, 200, -1, 300, 400));
	assert_true(trail__moment(trail, 2).gap);
	assert_int_equal(trail__mark(trail, 2, 5, 1), TRAIL_UNKNOWN);
}

/* The VM of another run is another one. */
static void another_run(void **state)
{
	(void)state;
	add(1, 1, 1, 1);
	trail__break(trail);
	add(2, 1, 1, 2);
	assert_int_equal(trail__count(trail, INT64_MAX), 3);
	check(host, TRAIL_EXITS, 3, 3, WANT(100, -1, 200));
	check(vm_row(1), TRAIL_EXITS, 3, 3, WANT(-1, -1, 200));
	check(vm_row(1), TRAIL_EXITS, 1, 1, WANT(100));
	assert_int_equal(trail__mark(trail, 0, 3, 1), TRAIL_UNKNOWN);
	assert_int_equal(trail__mark(trail, 0, 1, 1), 1);
	assert_int_equal(trail__mark(trail, 2, 3, 1), 1);
}

/* Four frames of a quarter of a second are one moment, those of a second each their own, even if they are some percent shorter. */
static void short_frames(void **state)
{
	(void)state;
	add(0.25, 0.25, 1, 0);
	add(0.5, 0.25, 2, 4);
	add(0.75, 0.25, 2, -1);
	add(1, 0.25, 2, 4);
	add(1.98, 0.98, 2, 5);
	add(2.98, 0.98, 2, 6);
	assert_int_equal(trail__count(trail, INT64_MAX), 3);
	assert_int_equal(trail__mark(trail, 0, 3, 1), 1);
	/* Of what is known: 0 and 4 are 2, the unknown is as before, so 2 of 3 quarters and 4. */
	check(host, TRAIL_EXITS, 3, 3, WANT(250, 500, 600));
	check(vm_row(1), TRAIL_STATE + STATE_GUEST, 3, 3, WANT(25, 50, 60));
	check(vm_row(2), TRAIL_EXITS, 3, 3, WANT(400, 500, 600));
	check(vcpu_row(1, 6), TRAIL_EXITS, 3, 3, WANT(125, 250, 300));
	assert_int_equal(trail__moment(trail, 0).wall_ns, (BEGIN + 1) * (int64_t)SEC_NS);
	assert_near(trail__moment(trail, 0).interval_s, 1);
}

static void bounds(void **state)
{
	size_t vcpus, after;

	(void)state;
	for (int i = 1; i <= TRAIL_ROWS; i++)
		add(i, 1, 2, i % 10);
	vcpus = trail__bytes(trail);
	for (int i = TRAIL_ROWS + 1; i <= 2 * TRAIL_ROWS; i++)
		add(i, 1, 2, i % 10);
	after = trail__bytes(trail);
	assert_true(after > vcpus && after < 2 * vcpus); /* VMs, and the same of all else */
	/* What is older has VMs, and no vCPUs. */
	check(vcpu_row(1, 5), TRAIL_EXITS, TRAIL_ROWS + 1, 2, WANT(-1, 100));
	check(vm_row(1), TRAIL_EXITS, TRAIL_ROWS + 1, 2, WANT(0, 100));
	for (int i = 2 * TRAIL_ROWS + 1; i <= TRAIL_MOMENTS + 25; i++)
		add(i, 1, 2, i % 10);
	assert_int_equal(trail__count(trail, INT64_MAX), TRAIL_MOMENTS);
	assert_int_equal(trail__moment(trail, 0).wall_ns, (BEGIN + 26) * (int64_t)SEC_NS);
	check(vm_row(1), TRAIL_EXITS, TRAIL_MOMENTS, 3, WANT(300, 400, 500));
	assert_true(trail__bytes(trail) < TRAIL_VM_BYTES);
}

/* Of many VMs those of the last TRAIL_ROWS moments are kept, and the numbers of all together for longer. */
static void many_vms(void **state)
{
	const size_t n_vms = 2000;
	__autofree struct frame_vm *vms = calloc(n_vms, sizeof(*vms));
	struct frame frame = { .interval_s = 1, .vms = vms, .n_vms = n_vms };
	size_t n = 3 * TRAIL_ROWS;

	(void)state;
	assert_non_null(vms);
	set_scope(&frame.exits, &frame.shares, 7);
	for (size_t i = 0; i < n_vms; i++) {
		vms[i].key = 1 + i;
		set_scope(&vms[i].exits, &vms[i].shares, 7);
	}
	for (size_t i = 0; i < n; i++) {
		frame.wall.tv_sec = BEGIN + (time_t)i;
		assert_int_equal(trail__add(trail, &frame, NULL, false), 0);
	}
	/* Of VMs without exits the reasons are next to nothing. */
	assert_true(trail__bytes(trail) < TRAIL_ROWS * (n_vms * 40 + 2000));
	check(vm_row(2000), TRAIL_EXITS, n - TRAIL_ROWS + 1, 2, WANT(-1, 700));
	check(vm_row(2000), TRAIL_EXITS, n, 1, WANT(700));
	check(host, TRAIL_EXITS, 2, 2, WANT(700, 700));
	check(host, TRAIL_LOST, n, 1, WANT(-1));
	assert_int_equal(trail__mark(trail, 0, n, 1), TRAIL_UNKNOWN);
	assert_int_equal(trail__mark(trail, n - 1, n, 1), TRAIL_UNKNOWN); /* not diagnosed */
}

#define N_REASONS 20

/* One second with @n reasons, the rarest first, of a VM that has them in its vCPU 5. */
static void add_reasons(time_t at_s, size_t n)
{
	struct frame_reason reasons[N_REASONS];
	struct frame_vcpu vcpu = { .vcpu_id = 5, .reasons = { reasons, n } };
	struct frame_vm vm = { .key = 3, .reasons = { reasons, n }, .vcpus = &vcpu, .n_vcpus = 1 };
	struct frame frame = { .interval_s = 1, .reasons = { reasons, n }, .vms = &vm, .n_vms = 1 };

	memset(reasons, 0, sizeof(reasons));
	frame.wall.tv_sec = BEGIN + at_s;
	vm.exits = (struct counter){ .delta = 1, .delta_valid = true };
	for (size_t i = 0; i < n; i++) {
		reasons[i].code = i;
		reasons[i].isa = 1;
		reasons[i].count =
			(struct counter){ .delta = i, .rate = (double)i, .delta_valid = true };
		reasons[i].time.hist_valid = i != 19;
		reasons[i].time.hist = make_hist(i, 1024, 1, 4097);
	}
	assert_int_equal(trail__add(trail, &frame, NULL, false), 0);
}

static void reasons(void **state)
{
	const struct trail_row vm = vm_row(3), vcpu = vcpu_row(3, 5), other = vcpu_row(3, 6);
	struct trail_reason reason;
	struct trail_hist hist;

	(void)state;
	add_reasons(1, N_REASONS);
	add_reasons(2, 8); /* code 0 has not occurred, so that is all of them */
	trail__watch(trail, &vcpu);
	add_reasons(3, N_REASONS);
	/* Only the 8 that occurred most; of all VMs 16. */
	assert_true(trail__reason(trail, &vm, 1, 12, 0, 3, &reason));
	assert_near(reason.rate, 12);
	assert_false(trail__reason(trail, &vm, 1, 11, 0, 3, &reason));
	assert_true(trail__reason(trail, &host, 1, 4, 0, 3, &reason));
	assert_false(trail__reason(trail, &host, 1, 3, 0, 3, &reason));
	assert_false(trail__reason(trail, &vcpu, 1, 12, 0, 3, &reason));
	/* One that did not occur is known if all others are. */
	assert_true(trail__reason(trail, &vm, 1, 0, 1, 3, &reason));
	assert_near(reason.rate, 0);
	assert_true(reason.hist_known);
	assert_true(trail__reason(trail, &vm, 2, 7, 1, 3, &reason));
	assert_near(reason.rate, 0);
	/* What is watched has all. */
	assert_true(trail__reason(trail, &vm, 1, 1, 2, 3, &reason));
	assert_true(trail__reason(trail, &vcpu, 1, 1, 2, 3, &reason));
	assert_near(reason.rate, 1);
	assert_false(trail__reason(trail, &other, 1, 1, 2, 3, &reason));
	/* Its histogram, by octaves. */
	assert_true(trail__reason(trail, &vm, 1, 15, 2, 3, &reason));
	trail_reason__hist(&reason, &hist);
	assert_int_equal(hist_count(hist.hist), 16);
	assert_int_equal(hist.v[hist_slot(1024)], 15);
	assert_int_equal(hist.v[hist_slot(4096)], 1);
	assert_true(trail__reason(trail, &vm, 1, 19, 2, 3, &reason));
	assert_false(reason.hist_known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(values, begin, end),
		cmocka_unit_test_setup_teardown(marks, begin, end),
		cmocka_unit_test_setup_teardown(order_of_time, begin, end),
		cmocka_unit_test_setup_teardown(gaps, begin, end),
		cmocka_unit_test_setup_teardown(another_run, begin, end),
		cmocka_unit_test_setup_teardown(short_frames, begin, end),
		cmocka_unit_test_setup_teardown(bounds, begin, end),
		cmocka_unit_test_setup_teardown(many_vms, begin, end),
		cmocka_unit_test_setup_teardown(reasons, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
