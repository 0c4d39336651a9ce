// SPDX-License-Identifier: GPL-2.0
/* What -z leaves out of CSV and JSON: what is idle, nothing that is unknown, and no count of the interval. */
#include "unit.h"

#include <jansson.h>

#include "../../user/arch/x86.h"
#include "../../user/model/idle.h"
#include "../../user/sinks/csv.h"
#include "output.h"

enum { BUSY, IDLE, SPINNING, ENDED, NO_TIMES, IDLE_NO_TIMES, N_VMS };

/* Of 1 s that passes between two of them, in @state. */
static struct vcpu_times times_in(enum vcpu_state state, int at)
{
	struct vcpu_times times = { .valid = true, .run_delay_valid = true };

	times.wall_ns = (uint64_t)(1 + at) * SEC_NS;
	times.ns[STATE_HALT_BLOCK] = SEC_NS;
	times.ns[state] += (uint64_t)at * SEC_NS;
	return times;
}

static struct snapshot *make_host(int at)
{
	struct snapshot *s = make_snapshot(1 + (uint64_t)at, N_VMS);

	for (size_t i = 0; i < N_VMS; i++) {
		bool busy = at && (i == BUSY || i == NO_TIMES);
		const struct tally tallies[] = {
			make_tally(ISA_SVM, 0x72, busy ? 25 : 5, 1000), /* cpuid */
			make_tally(ISA_SVM, 0x78, 7, 1000),		/* hlt */
		};

		make_vcpus(s, &s->vms[i], 2);
		s->vms[i].ended = i == ENDED;
		for (size_t j = 0; j < 2; j++) {
			set_exits(s, &s->vms[i].vcpus[j], j ? &tallies[1] : tallies, j ? 1 : 2);
			if (i != NO_TIMES && i != IDLE_NO_TIMES)
				s->vms[i].vcpus[j].times = times_in(
					i == SPINNING ? STATE_GUEST : STATE_HALT_BLOCK, at);
		}
	}
	return s;
}

static struct frame *make_frame(void)
{
	return frame_between(make_host(0), make_host(1));
}

static void what_is_idle(void **state)
{
	static const bool idle[N_VMS] = { [IDLE] = true, [IDLE_NO_TIMES] = true };
	struct frame *frame = make_frame();
	struct counter unknown = { .total = 5 }, zero = { .total = 5, .delta_valid = true };

	(void)state;
	for (size_t i = 0; i < N_VMS; i++)
		if (frame_vm__is_idle(&frame->vms[i]) != idle[i])
			fail_msg("VM %zu is %s", i, idle[i] ? "not idle" : "idle");
	assert_false(frame_vcpu__is_idle(&frame->vms[BUSY].vcpus[0]));
	assert_true(frame_vcpu__is_idle(&frame->vms[BUSY].vcpus[1]));
	assert_false(frame_vcpu__is_idle(&frame->vms[SPINNING].vcpus[0]));
	assert_false(counter_is_idle(&unknown));
	assert_true(counter_is_idle(&zero));
	frame__free(frame);
}

/* The sum over VMs and vCPUs of what @key of their reasons is. */
static json_int_t sum_of(const json_t *frame, const char *key)
{
	const json_t *vm, *vcpu, *reason;
	json_int_t sum = 0;
	size_t i, j, k;

	json_array_foreach(json_object_get(frame, "vms"), i, vm)
		json_array_foreach(json_object_get(vm, "vcpus"), j, vcpu)
			json_array_foreach(json_object_get(vcpu, "reasons"), k, reason) sum +=
		json_integer_value(json_object_get(json_object_get(reason, "count"), key));
	return sum;
}

static json_t *json_of(const struct frame *frame, bool skip_idle)
{
	const struct view view = { .skip_idle = skip_idle };
	char *text = output_of(json__write, frame, &view);
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	free(text);
	return json;
}

static void in_json(void **state)
{
	struct frame *frame = make_frame();
	json_t *all = json_of(frame, false), *some = json_of(frame, true);
	const json_t *vms = json_object_get(some, "vms"), *busy = json_array_get(vms, 0);

	(void)state;
	assert_int_equal(json_array_size(json_object_get(all, "vms")), N_VMS);
	assert_int_equal(json_array_size(vms), 4);
	assert_int_equal(json_array_size(json_object_get(busy, "vcpus")), 1);
	assert_int_equal(json_array_size(json_object_get(busy, "reasons")), 1);
	assert_int_equal(json_integer_value(json_object_get(busy, "vcpu_count")), 2);
	assert_int_equal(sum_of(some, "delta"), 2 * 20);
	assert_int_equal(sum_of(some, "delta"), sum_of(all, "delta"));
	assert_true(sum_of(some, "total") < sum_of(all, "total"));
	json_decref(all);
	json_decref(some);
	frame__free(frame);
}

static size_t lines_of(const struct frame *frame, const struct view *view, const char *kind)
{
	char *text = output_of(csv__write, frame, view), *rest, *line;
	size_t n = 0;

	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		n += strstr(line, kind) != NULL;
	free(text);
	return n;
}

static void in_csv(void **state)
{
	struct frame *frame = make_frame();
	struct view view = { .query = { .by = BY_VM } };

	(void)state;
	assert_int_equal(lines_of(frame, &view, ",vm,"), N_VMS);
	assert_int_equal(lines_of(frame, &view, ",vm_reason,"), 2 * N_VMS);
	view.skip_idle = true;
	assert_int_equal(lines_of(frame, &view, ",vm,"), 4);
	assert_int_equal(lines_of(frame, &view, ",vm_reason,"), 2);
	view.by_given = true;
	view.query.by = BY_VCPU;
	assert_int_equal(lines_of(frame, &view, ",vcpu,"), 1 + 1 + 2);
	view.query.by = BY_REASON;
	assert_int_equal(lines_of(frame, &view, ",reason,"), 1);
	frame__free(frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_idle),
		cmocka_unit_test(in_json),
		cmocka_unit_test(in_csv),
	};

	return cmocka_run_group_tests_name("idle", tests, NULL, NULL);
}
