// SPDX-License-Identifier: GPL-2.0
#include "verify_readings.h"

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

/* The screen compares what is counted anyway: that is not the kernel's fault. */
static void events_not_asked_for(void **state)
{
	struct verify *v __autoverify = new_verify();
	struct verify_coverage coverage = all_covered;

	(void)state;
	add_still(v, &layout, 10, 0);
	add_still(v, &layout, 15, 5);
	coverage.events = 0;
	coverage.no_events = true;
	verify__set_coverage(v, &coverage);
	assert_why(v, "exits", VERIFY_OK, NULL);
	assert_why(v, "irq_injections", VERIFY_SKIPPED, "only kvmtop --verify counts these events");
	coverage.room = false;
	verify__set_coverage(v, &coverage);
	assert_why(v, "irq_injections", VERIFY_SKIPPED,
		   "events were dropped: the counts are not complete");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes),
		cmocka_unit_test(at_most_and_near),
		cmocka_unit_test(reset_statistic),
		cmocka_unit_test(hostile_values),
		cmocka_unit_test(ended_vm),
		cmocka_unit_test(replaced_vm),
		cmocka_unit_test(missed_events),
		cmocka_unit_test(missed_user_exits),
		cmocka_unit_test(events_not_asked_for),
		cmocka_unit_test(names_of_5_10),
#if defined(__x86_64__)
		cmocka_unit_test(nested_guest),
		cmocka_unit_test(reasons_not_read),
		cmocka_unit_test(vmx_flags),
#endif
		cmocka_unit_test(event_not_counted),
		cmocka_unit_test(other_isa),
		cmocka_unit_test(result_kinds),
	};

	return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
