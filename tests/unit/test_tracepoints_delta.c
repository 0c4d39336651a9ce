// SPDX-License-Identifier: GPL-2.0
#include "base/cleanup.h"
#include "unit.h"

#include "../../user/model/delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"

#define __autosnap __cleanup(cleanup_snapshot)
#define __autoframe __cleanup(cleanup_frame)

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

enum { MSR, PIO, N };
static const char *const list[N] = { "kvm_msr", "kvm_pio" };
static const struct event_names names = { .v = list, .n = N };

static const uint64_t none[N] = { 0, 0 };
static const uint64_t small[N] = { 3, 10 };
static const uint64_t large[N] = { 5, 40 };
static const uint64_t host[N] = { 100, 0 };
/* What @host becomes when the VM of @large, @large, @small is not there any more. */
static const uint64_t host_after[N] = { 100 + 5 + 5 + 3, 0 + 40 + 40 + 10 };

/* @n_vms VMs, each with two vCPUs of @vcpu and @own beside them, at second @sec. */
static struct snapshot *snap(uint64_t sec, size_t n_vms, const uint64_t *vcpu, const uint64_t *own,
			     const uint64_t *of_host)
{
	struct snapshot *s = make_snapshot(sec, n_vms);

	s->event_names = &names;
	s->host_tracepoints = of_host;
	for (size_t i = 0; i < n_vms; i++) {
		make_vcpus(s, &s->vms[i], 2);
		s->vms[i].tracepoints = own;
		s->vms[i].vcpus[0].tracepoints = s->vms[i].vcpus[1].tracepoints = vcpu;
	}
	return s;
}

static struct frame *compute(const struct snapshot *prev, const struct snapshot *cur)
{
	static const struct host_info info = { .name = "host1" };
	struct reason_names *reasons = reason_names__new();
	struct frame *frame = NULL;

	assert_int_equal(delta__compute(prev, cur, &info, reasons, &frame), 0);
	reason_names__free(reasons);
	return frame;
}

static void check(const struct frame_tracepoints *got, size_t event, uint64_t total, uint64_t delta)
{
	assert_true(got->valid);
	assert_int_equal(got->n, N);
	assert_int_equal(got->v[event].total, total);
	assert_true(got->v[event].delta_valid);
	assert_int_equal(got->v[event].delta, delta);
	assert_near(got->v[event].rate, delta / 2.0);
}

static void test_sums(void **state)
{
	struct snapshot *prev __autosnap = snap(10, 2, small, none, host);
	struct snapshot *cur __autosnap = snap(12, 2, large, small, host);
	struct frame *frame __autoframe = compute(prev, cur);

	(void)state;
	assert_ptr_equal(frame->event_names, &names);
	check(&frame->vms[0].vcpus[1].tracepoints, PIO, 40, 30);
	check(&frame->vms[1].tracepoints, PIO, 40 + 40 + 10, 30 + 30 + 10);
	check(&frame->vms[1].tracepoints, MSR, 5 + 5 + 3, 2 + 2 + 3);
	check(&frame->tracepoints, PIO, 2 * 90, 2 * 70);
	check(&frame->tracepoints, MSR, 2 * 13 + 100, 2 * 7);
}

/* A VM that begins, and all that there was from the beginning on, start at zero. */
static void test_new_vm(void **state)
{
	struct snapshot *prev __autosnap = snap(10, 0, NULL, NULL, none);
	struct snapshot *cur __autosnap = snap(12, 1, large, small, host);
	struct frame *frame __autoframe = compute(prev, cur);

	(void)state;
	check(&frame->vms[0].vcpus[0].tracepoints, PIO, 40, 40);
	check(&frame->vms[0].tracepoints, PIO, 90, 90);
	check(&frame->tracepoints, MSR, 113, 113);
}

/* The counts of a VM that has ended are the host's: they have not happened again, and do not go backwards. */
static void test_gone_vm(void **state)
{
	struct snapshot *prev __autosnap = snap(10, 1, large, small, host);
	struct snapshot *cur __autosnap = snap(12, 0, NULL, NULL, host_after);
	struct frame *frame __autoframe = compute(prev, cur);

	(void)state;
	check(&frame->tracepoints, MSR, 113, 0);
	check(&frame->tracepoints, PIO, 90, 0);
}

/* With only some VMs there is no host: all is what these have. */
static void test_some_vms(void **state)
{
	struct snapshot *prev __autosnap = snap(10, 2, large, small, NULL);
	struct snapshot *cur __autosnap = snap(12, 1, large, large, NULL);
	struct frame *frame __autoframe = compute(prev, cur);

	(void)state;
	check(&frame->tracepoints, PIO, 120, 30);
}

/* Switched on in the interval, for the first time or once more: there are totals only. */
static void test_begun(void **state)
{
	struct snapshot *prev __autosnap = snap(10, 1, small, small, host);
	struct snapshot *cur __autosnap = snap(12, 1, large, large, host);

	(void)state;
	cur->since_ns[PART_TRACEPOINTS] = 11 * SEC_NS;
	for (int once_more = 1; once_more >= 0; once_more--) {
		struct frame *frame __autoframe = NULL;
		const struct counter *all, *one, *vcpu;

		prev->event_names = once_more ? &names : NULL;
		frame = compute(prev, cur);
		all = &frame->tracepoints.v[PIO];
		one = &frame->vms[0].tracepoints.v[PIO];
		vcpu = &frame->vms[0].vcpus[0].tracepoints.v[PIO];
		assert_int_equal(all->total, 120);
		assert_int_equal(one->total, 120);
		assert_int_equal(vcpu->total, 40);
		assert_false(all->delta_valid || one->delta_valid || vcpu->delta_valid);
	}
}

static void test_not_counted(void **state)
{
	struct snapshot *prev __autosnap = snap(10, 1, NULL, NULL, NULL);
	struct snapshot *cur __autosnap = snap(12, 1, NULL, NULL, NULL);
	struct frame *frame __autoframe = NULL;

	(void)state;
	cur->event_names = NULL;
	frame = compute(prev, cur);
	assert_null(frame->event_names);
	assert_false(frame->tracepoints.valid);
	assert_false(frame->vms[0].tracepoints.valid);
	assert_false(frame->vms[0].vcpus[0].tracepoints.valid);
}

/* One that went backwards has no delta. */
static void test_backwards(void **state)
{
	struct snapshot *prev __autosnap = snap(10, 1, large, none, none);
	struct snapshot *cur __autosnap = snap(12, 1, small, none, none);
	struct frame *frame __autoframe = compute(prev, cur);

	(void)state;
	assert_false(frame->vms[0].vcpus[0].tracepoints.v[PIO].delta_valid);
	assert_int_equal(frame->vms[0].vcpus[0].tracepoints.v[PIO].total, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),	  cmocka_unit_test(test_new_vm),
		cmocka_unit_test(test_gone_vm),	  cmocka_unit_test(test_some_vms),
		cmocka_unit_test(test_begun),	  cmocka_unit_test(test_not_counted),
		cmocka_unit_test(test_backwards),
	};

	return cmocka_run_group_tests_name("tracepoints_delta", tests, NULL, NULL);
}
