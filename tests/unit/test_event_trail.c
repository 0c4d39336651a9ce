// SPDX-License-Identifier: GPL-2.0
/* event_value and event_trail: what a frame says of one event, and what is kept of it. */
#include "unit.h"

#include <math.h>

#include "../../user/model/event_trail.h"
#include "../../user/model/event_value.h"
#include "../../user/model/item_counts.h"
#include "../../user/model/item_delta.h"
#include "../../user/model/item_opts.h"
#include "../tui/scene.h"

/* Two VMs of one and two vCPUs. */
static const struct scene_vm two_vms[] = {
	{ "a", "q", 1, 1, 1000, { 90, 3, 0, 0, 7, 0 }, 0, 0 },
	{ "b", "q", 2, 2, 2000, { 90, 2, 0, 0, 8, 0 }, 0, 0 },
};
static const struct scene all = { two_vms, 2, 4, .more = true, .traced = true };
static const struct scene untraced = { two_vms, 2, 4, .noise = 0 };

static struct event_id id_of(enum event_kind kind, const char *name)
{
	struct event_id id = { .kind = kind };

	snprintf(id.name, sizeof(id.name), "%s", name);
	return id;
}

static struct event_value value_of(const struct frame *frame, enum event_kind kind,
				   const char *name, int vm, int vcpu)
{
	const struct event_id id = id_of(kind, name);
	const struct frame_vm *of = vm < 0 ? NULL : &frame->vms[vm];
	struct event_value value;
	struct event_ref ref;

	assert_true(event_ref__find(frame, &id, &ref));
	event_ref__get(&ref, of, vcpu < 0 ? NULL : &of->vcpus[vcpu], &value);
	return value;
}

static void check_value(const struct event_value *value, uint64_t total, double rate)
{
	assert_true(value->total_known && value->rate_known);
	assert_int_equal(value->total, total);
	assert_near(value->rate, rate);
}

/* ---- in one frame */

static void tracepoints_are_found(void **state)
{
	struct frame *frame = scene_frame(&all, 1);
	struct event_value value;

	(void)state;
	assert_non_null(frame);
	/* kvm_msr is the fifth, see scene_add_tracepoints(): of a vCPU 5 * (100 + its number) in the first second, and as many in this one. */
	value = value_of(frame, EVENT_TRACEPOINT, "kvm_msr", 1, 1);
	check_value(&value, 1010, 505);
	value = value_of(frame, EVENT_TRACEPOINT, "kvm_msr", 1, -1);
	check_value(&value, 2010, 1005);
	value = value_of(frame, EVENT_TRACEPOINT, "kvm_msr", -1, -1);
	check_value(&value, 3010, 1505);
	frame__free(frame);
}

/* Without tracepoints, exits are what they are counted as. */
static void exits_are_found_without_tracepoints(void **state)
{
	struct frame *frame = scene_frame(&untraced, 1);
	struct event_id id = id_of(EVENT_TRACEPOINT, "kvm_msr");
	struct event_value value;
	struct event_ref ref;

	(void)state;
	assert_non_null(frame);
	assert_false(event_ref__find(frame, &id, &ref));
	value = value_of(frame, EVENT_TRACEPOINT, EVENT_EXIT, -1, -1);
	check_value(&value, frame->exits.total, frame->exits.rate);
	value = value_of(frame, EVENT_TRACEPOINT, EVENT_EXIT, 1, 0);
	check_value(&value, frame->vms[1].vcpus[0].exits.total, 1000);
	value = value_of(frame, EVENT_TRACEPOINT, EVENT_USER_EXIT, 0, -1);
	check_value(&value, 20, 10);
	id = id_of(EVENT_VM_STAT, "remote_tlb_flush");
	assert_false(event_ref__find(frame, &id, &ref));
	id = id_of(EVENT_ITEM_STATISTIC, "remote_tlb_flush");
	assert_false(event_ref__find(frame, &id, &ref));
	id = id_of(EVENT_NONE, "");
	assert_false(event_ref__find(frame, &id, &ref));
	frame__free(frame);
}

static void statistics_are_found(void **state)
{
	struct frame *frame = scene_frame(&all, 1);
	struct event_value value;

	(void)state;
	assert_non_null(frame);
	/* See scene_stats(): of the first VM 10, of the second 11 a second. */
	value = value_of(frame, EVENT_VM_STAT, "remote_tlb_flush", 1, -1);
	check_value(&value, 33, 11);
	value = value_of(frame, EVENT_VM_STAT, "remote_tlb_flush", -1, -1);
	check_value(&value, 63, 21);
	assert_false(value_of(frame, EVENT_VM_STAT, "remote_tlb_flush", 1, 0).total_known);
	/* A gauge, which is the second. */
	value = value_of(frame, EVENT_VM_STAT, "pages_4k", 0, -1);
	check_value(&value, 60, 20);
	value = value_of(frame, EVENT_VCPU_STAT, "pf_taken", 1, 1);
	check_value(&value, 9009, 3003);
	value = value_of(frame, EVENT_VCPU_STAT, "pf_taken", 1, -1);
	check_value(&value, 18009, 6003);
	value = value_of(frame, EVENT_VCPU_STAT, "pf_taken", -1, -1);
	check_value(&value, 27009, 9003);
	frame__free(frame);
}

/* What the event view has counted is as its rows have it. */
static void items_are_found(void **state)
{
	struct reason_names *names = reason_names__new();
	const struct item_opts opts = {
		.stats = true, .tracepoints = true, .names = names, .per_vcpu = true
	};
	const struct item_counts *first;
	struct frame *frame = scene_frame(&all, 1), *next = scene_frame(&all, 2);
	struct event_value value;
	struct event_id id = id_of(EVENT_ITEM_TRACEPOINT, "remote_tlb_flush");
	struct event_ref ref;

	(void)state;
	assert_non_null(names);
	assert_int_equal(item_delta__frame(&opts, NULL, frame), 0);
	first = frame->items;
	assert_int_equal(item_delta__frame(&opts, first, next), 0);
	value = value_of(next, EVENT_ITEM_TRACEPOINT, "kvm_msr", 1, 1);
	assert_true(value.total_known && value.rate_known);
	assert_near(value.rate, 505);
	value = value_of(next, EVENT_ITEM_STATISTIC, "remote_tlb_flush", -1, -1);
	assert_near(value.rate, 21);
	value = value_of(next, EVENT_ITEM_STATISTIC, "pages_4k", 0, -1);
	check_value(&value, 80, 20);
	assert_false(value_of(next, EVENT_ITEM_STATISTIC, "remote_tlb_flush", 1, 1).total_known);
	assert_false(event_ref__find(next, &id, &ref));
	frame__free(frame);
	frame__free(next);
	reason_names__free(names);
}

/* ---- over time */

static struct event_trail *trail;

static int begin(void **state)
{
	(void)state;
	trail = event_trail__new();
	return trail ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	event_trail__free(trail);
	return 0;
}

static void note(uint64_t number, const struct scene *scene, unsigned int sec,
		 const struct trail_row *watched)
{
	struct frame *frame = scene_frame(scene, sec);

	assert_non_null(frame);
	assert_int_equal(event_trail__note(trail, number, frame, watched), 0);
	frame__free(frame);
}

static const struct trail_row host = { .kind = TRAIL_HOST };
static const struct trail_row vm_b = { .kind = TRAIL_VM, .vm_key = 2 };
static const struct trail_row vcpu_b1 = { .kind = TRAIL_VCPU, .vm_key = 2, .vcpu_id = 1 };

/* The last @n values before number @end_at; -1: not known. */
static void check(const struct trail_row *row, enum event_kind kind, const char *name,
		  uint64_t end_at, size_t n, const double *want)
{
	const struct event_id id = id_of(kind, name);
	double values[16];

	event_trail__values(trail, row, &id, end_at, n, values);
	for (size_t i = 0; i < n; i++)
		if (isnan(values[i]) ? want[i] != -1 : fabs(values[i] - want[i]) > 0.01)
			fail_msg("value %zu is %g, not %g", i, values[i], want[i]);
}

#define WANT(...) ((const double[]){ __VA_ARGS__ })

static void all_vms_are_kept_and_what_is_watched(void **state)
{
	(void)state;
	note(7, &all, 1, NULL);
	note(8, &all, 2, &vm_b);
	note(9, &all, 3, &vcpu_b1);
	check(&host, EVENT_TRACEPOINT, "kvm_msr", 10, 4, WANT(-1, 1505, 1505, 1505));
	check(&host, EVENT_VM_STAT, "remote_tlb_flush", 10, 3, WANT(21, 21, 21));
	/* A gauge is what it was. */
	check(&host, EVENT_VM_STAT, "pages_4k", 10, 3, WANT(126, 168, 210));
	check(&host, EVENT_VCPU_STAT, "pf_taken", 9, 2, WANT(9003, 9003));
	check(&vm_b, EVENT_TRACEPOINT, "kvm_msr", 10, 3, WANT(-1, 1005, 1005));
	check(&vm_b, EVENT_VCPU_STAT, "pf_taken", 10, 3, WANT(-1, 6003, 6003));
	check(&vcpu_b1, EVENT_TRACEPOINT, "kvm_msr", 10, 3, WANT(-1, -1, 505));
	check(&vcpu_b1, EVENT_VCPU_STAT, "pf_taken", 10, 3, WANT(-1, -1, 3003));
	check(&host, EVENT_TRACEPOINT, "no_such", 10, 3, WANT(-1, -1, -1));
	check(&host, EVENT_VM_STAT, "kvm_msr", 10, 3, WANT(-1, -1, -1));
	check(&host, EVENT_TRACEPOINT, "kvm_msr", 0, 2, WANT(-1, -1));
}

/* Two frames that are one moment: the mean. Tracepoints that are switched on later have no past. */
static void parts_of_a_moment_are_one(void **state)
{
	(void)state;
	note(0, &untraced, 1, NULL);
	note(1, &all, 2, NULL);
	note(1, &all, 19, NULL);
	check(&host, EVENT_TRACEPOINT, EVENT_USER_EXIT, 1, 1, WANT(30));
	/* 16 * (sec + sec * sec / 20): one a second, and the twentieth has three. */
	check(&host, EVENT_TRACEPOINT, "kvm_set_irq", 2, 2, WANT(-1, (2107 + 3 * 2107) / 2.0));
}

/* Another run has other VMs, of the same keys. */
static void runs_are_apart(void **state)
{
	(void)state;
	note(0, &all, 1, &vm_b);
	event_trail__break(trail);
	note(2, &all, 2, &vm_b);
	check(&vm_b, EVENT_TRACEPOINT, "kvm_msr", 3, 3, WANT(-1, -1, 1005));
	check(&vm_b, EVENT_TRACEPOINT, "kvm_msr", 1, 1, WANT(1005));
	check(&host, EVENT_TRACEPOINT, "kvm_msr", 3, 3, WANT(1505, -1, 1505));
}

static void old_moments_go(void **state)
{
	(void)state;
	note(0, &all, 1, NULL);
	note(EVENT_TRAIL_MOMENTS, &all, 2, NULL);
	check(&host, EVENT_TRACEPOINT, "kvm_msr", 1, 1, WANT(-1));
	check(&host, EVENT_TRACEPOINT, "kvm_msr", EVENT_TRAIL_MOMENTS + 1, 2, WANT(-1, 1505));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracepoints_are_found),
		cmocka_unit_test(exits_are_found_without_tracepoints),
		cmocka_unit_test(statistics_are_found),
		cmocka_unit_test(items_are_found),
		cmocka_unit_test_setup_teardown(all_vms_are_kept_and_what_is_watched, begin, end),
		cmocka_unit_test_setup_teardown(parts_of_a_moment_are_one, begin, end),
		cmocka_unit_test_setup_teardown(runs_are_apart, begin, end),
		cmocka_unit_test_setup_teardown(old_moments_go, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
