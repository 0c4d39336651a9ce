// SPDX-License-Identifier: GPL-2.0
/* What frames say as a whole: states, words, what is not known, and frames of any numbers. */
#include "rules_frame.h"

#include <errno.h>
#include <linux/kvm.h>

/* ---- states */

static const struct vm_state *state_of(struct test_frame *t)
{
	return &diagnose(t)->states[0];
}

static void idle_vms_have_no_finding(void **state)
{
	(void)state;
	for (int delay = 0; delay < 2; delay++) {
		struct test_frame t;

		test_frame__init(&t, 1);
		set_share(&t, STATE_HALT_BLOCK, 99.2 - 0.3 * delay);
		set_share(&t, STATE_GUEST, 0.4);
		set_share(&t, STATE_KVM, 0.4);
		set_share(&t, STATE_RUN_DELAY, 0.3 * delay);
		add_exits(&t, SVM_HLT, 250 * TEST_VCPUS, 4000000);
		add_exits(&t, SVM_MSR, 500 * TEST_VCPUS, 1500);
		add_exits(&t, SVM_INTR, 50 * TEST_VCPUS, 1500);
		assert_int_equal(diagnose(&t)->n, 0);
		assert_int_equal(state_of(&t)->rule, RULE_R29);
		assert_string_equal(state_of(&t)->text, "idle");
		assert_null(state_of(&t)->worst);
		test_frame__done(&t);
	}
}

static void states_of_vms(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	assert_int_equal(state_of(&t)->rule, RULE_R30);
	assert_string_equal(state_of(&t)->text, "fine");
	set_share(&t, STATE_GUEST, 80);
	assert_int_equal(state_of(&t)->rule, RULE_R27);
	assert_string_equal(state_of(&t)->text, "guest busy 80 %, not the host");
	set_share(&t, STATE_GUEST, 13);
	t.vcpus[3].shares.pct[STATE_GUEST] = 96;
	assert_int_equal(state_of(&t)->rule, RULE_R28);
	assert_string_equal(state_of(&t)->text, "vCPU 3 is full, others idle");
	t.vcpus[3].shares.pct[STATE_GUEST] = 94;
	set_share(&t, STATE_HALT_POLL, 1);
	set_share(&t, STATE_HALT_BLOCK, 96.5);
	assert_int_equal(state_of(&t)->rule, RULE_R30);
	set_share(&t, STATE_HALT_BLOCK, 97.5);
	assert_int_equal(state_of(&t)->rule, RULE_R29);
	t.vms[0].shares.valid = false;
	assert_int_equal(state_of(&t)->rule, 0);
	assert_string_equal(state_of(&t)->text, "");
	test_frame__done(&t);
}

/* A VM is fine only when a finding of it would have been shown. */
static void not_judged_yet(void **state)
{
	static const struct {
		double interval_s;
		int frames; /* that are not enough */
	} cases[] = { { 1, 3 }, { 0.5, 6 }, { 10, 3 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct diagnosis_opts opts = { .all_vms = true };
		struct diagnosis *diagnosis = diagnosis__new(&opts);
		struct test_frame t;

		test_frame__init(&t, cases[i].interval_s);
		for (int round = 0; round < 2; round++) {
			for (int n = 0; n < cases[i].frames; n++) {
				assert_int_equal(diagnosis__make(diagnosis, t.frame), 0);
				assert_string_equal(t.frame->findings->states[0].text,
						    "not judged yet");
			}
			assert_int_equal(diagnosis__make(diagnosis, t.frame), 0);
			assert_string_equal(t.frame->findings->states[0].text, "fine");
			diagnosis__reset(diagnosis);
		}
		test_frame__done(&t);
		diagnosis__free(diagnosis);
	}
}

/* Where the VMM has the interrupt controller a halt is an exit to it. */
static void halts_in_the_vmm_are_halts(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 99);
	add_exits(&t, SVM_HLT, 1000, ns_of(&t, 99, 1000));
	add_user_exits(&t, KVM_EXIT_HLT, 1000, ns_of(&t, 99, 1000));
	assert_int_equal(diagnose(&t)->n, 0);
	assert_int_equal(state_of(&t)->rule, RULE_R29);
	test_frame__done(&t);
}

/* ---- words */

static void says_what_the_host_lacks(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_RUN_DELAY, 18);
	set_want(&t, 95);
	assert_string_equal(diagnose(&t)->v[0].text, "waits for a CPU 18 %: host is full");
	assert_string_equal(diagnose(&t)->v[0].long_text,
			    "waits for a CPU 18.0 % (worst vCPU 18 %): VMs want 95.0 of 100 CPUs");
	set_want(&t, 94);
	assert_string_equal(diagnose(&t)->v[0].text, "waits for a CPU 18 %: nearly full");
	assert_int_equal(diagnose(&t)->v[0].severity, SEVERITY_ACT);
	set_share(&t, STATE_RUN_DELAY, 9);
	assert_int_equal(diagnose(&t)->v[0].severity, SEVERITY_LOOK);
	test_frame__done(&t);
}

/* What is wanted is not known of a VM: the host may be full or not. */
static void claims_nothing_that_is_not_known(void **state)
{
	const struct diagnosis_opts some = { .all_vms = false };
	struct diagnosis *diagnosis = diagnosis__new(&some);
	const struct findings *findings;
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_RUN_DELAY, 18);
	set_want(&t, 99);
	t.vms[1].shares.run_delay_valid = false;
	findings = diagnose(&t);
	assert_false(findings->want_known);
	assert_int_equal(findings->n, 1);
	assert_int_equal(findings->v[0].rule, RULE_R1);
	assert_true(findings->v[0].incomplete);
	assert_string_equal(findings->v[0].text, "waits for a CPU 18 % (incomplete)");
	assert_non_null(strstr(findings->v[0].long_text, " (numbers incomplete)"));
	assert_null(strstr(findings->v[0].long_text, "full"));
	/* nor where -p or -g left some out */
	t.vms[1].shares.run_delay_valid = true;
	assert_true(diagnose(&t)->want_known);
	assert_int_equal(diagnosis__make_single(diagnosis, t.frame), 0);
	assert_false(t.frame->findings->want_known);
	assert_true(t.frame->findings->v[0].incomplete);
	diagnosis__free(diagnosis);
	test_frame__done(&t);
}

static void an_unknown_delay_is_said(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_RUN_DELAY, 50);
	t.vms[0].shares.run_delay_valid = false;
	assert_int_equal(diagnose(&t)->n, 0);
	assert_string_equal(state_of(&t)->text, "delay not known");
	test_frame__done(&t);
}

/* Statistics that the kernel lacks: the rules that need them do not apply, and others do. */
static void old_kernels(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_KVM, 50);
	add_exits(&t, SVM_NPF, 80000, ns_of(&t, 12, 80000));
	set_stat(&t, RULE_STAT_PF_TAKEN, 80000);
	set_stat(&t, RULE_STAT_PF_FIXED, 80000);
	set_stat(&t, RULE_STAT_PAGES_4K, 80000);
	assert_int_equal(diagnose(&t)->v[0].rule, RULE_R15);
	t.vms[0].vcpu_stats.n = 0;
	assert_int_equal(diagnose(&t)->v[0].rule, RULE_R9);
	assert_int_equal(t.frame->findings->n, 1);
	t.vms[0].vcpu_stats.n = RULE_STAT_VM;
	t.vms[0].stats.source = STATS_NONE;
	t.vms[0].stats.n = 0;
	assert_int_equal(diagnose(&t)->v[0].rule, RULE_R9);
	test_frame__done(&t);
}

static void drops_are_said(void **state)
{
	const struct diagnosis_opts opts = { .all_vms = true, .seconds = 0.1 };
	struct diagnosis *diagnosis = diagnosis__new(&opts);
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_KVM, 30);
	add_exits(&t, SVM_XSETBV, 8000, ns_of(&t, 12, 8000))->name = (char *)"xsetbv";
	t.frame->drops[DROP_MISSED] = 5; /* before the first frame */
	for (int i = 0; i < 4; i++)
		assert_int_equal(diagnosis__make(diagnosis, t.frame), 0);
	assert_int_equal(t.frame->findings->n, 1);
	assert_false(t.frame->findings->v[0].incomplete);
	assert_string_equal(t.frame->findings->v[0].text, "xsetbv 8.0k/s take 12 %");
	t.frame->drops[DROP_MISSED] = 6;
	assert_int_equal(diagnosis__make(diagnosis, t.frame), 0);
	assert_true(t.frame->findings->v[0].incomplete);
	/* a histogram that there was no room for */
	assert_int_equal(diagnosis__make(diagnosis, t.frame), 0);
	assert_false(t.frame->findings->v[0].incomplete);
	t.reasons[0].time.hist_valid = false;
	assert_int_equal(diagnosis__make(diagnosis, t.frame), 0);
	assert_true(t.frame->findings->v[0].incomplete);
	diagnosis__free(diagnosis);
	test_frame__done(&t);
}

static void keys_have_names(void **state)
{
	struct test_frame t;
	const struct finding *finding;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 30);
	add_user_exits(&t, KVM_EXIT_IO, 8000, ns_of(&t, 12, 8000));
	assert_string_equal(diagnose(&t)->v[0].text, "VMM: port I/O 12 %");
	t.vms[0].details.valid = true;
	t.vms[0].details.n = 1;
	t.details[0] = (struct frame_detail){ .kind = DETAIL_PIO,
					      .key = 0x608,
					      .time = { .valid = true, .delta_ns = 1000 } };
	finding = diagnose(&t)->v;
	assert_string_equal(finding->text, "VMM: port 0x608, PM timer 12 %");
	assert_non_null(strstr(finding->next, "clock"));
	/* Hardly any of them are this one. */
	t.vms[0].details.n = 2;
	t.details[1] = t.details[0];
	t.details[1].key = 0x99;
	t.details[1].time.delta_ns = 999;
	assert_string_equal(diagnose(&t)->v[0].text, "VMM: port 0x608, PM timer 12 %");
	t.vms[0].details.n = 4;
	t.details[2] = t.details[3] = t.details[1];
	assert_string_equal(diagnose(&t)->v[0].text, "VMM: port I/O 12 %");
	test_frame__done(&t);
}

static void a_held_vm_is_called_so(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 100);
	assert_string_equal(diagnose(&t)->v[0].text, "stopped in its VMM");
	t.vms[0].held = HELD_STOPPED;
	assert_string_equal(diagnose(&t)->v[0].text, "stopped (SIGSTOP or a debugger)");
	t.vms[0].held = HELD_FROZEN;
	assert_string_equal(diagnose(&t)->v[0].text, "frozen by its cgroup's freezer");
	assert_int_equal(t.frame->findings->v[0].severity, SEVERITY_LOOK);
	test_frame__done(&t);
}

/* It had no exit since kvmtop began: it is found, and what the host is asked for is known all the same. */
static void a_silent_vm_is_found(void **state)
{
	const struct findings *findings;
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	t.vms[0].shares.valid = false;
	t.vms[0].exits.delta_valid = true;
	findings = diagnose(&t);
	assert_true(findings->want_known);
	assert_int_equal(findings->n, 1);
	assert_int_equal(findings->v[0].rule, RULE_R23);
	assert_string_equal(findings->v[0].text, "no exits: paused, or hangs");
	t.vms[0].held = HELD_STOPPED;
	assert_string_equal(diagnose(&t)->v[0].text, "stopped (SIGSTOP or a debugger)");
	assert_non_null(strstr(t.frame->findings->v[0].long_text, "since kvmtop began"));
	t.vms[0].exits.delta = 1;
	assert_int_equal(diagnose(&t)->n, 0);
	assert_false(t.frame->findings->want_known);
	test_frame__done(&t);
}

/* What the same accesses take in KVM is no second finding. */
static void what_the_vmm_answers_is_said_once(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 40);
	set_share(&t, STATE_KVM, 20);
	add_exits(&t, SVM_IOIO, 8000, ns_of(&t, 32, 8000));
	add_user_exits(&t, KVM_EXIT_IO, 8000, ns_of(&t, 12, 8000));
	add_exits(&t, SVM_NPF, 80000, ns_of(&t, 42, 80000));
	add_user_exits(&t, KVM_EXIT_MMIO, 40000, ns_of(&t, 13, 40000));
	assert_non_null(finding_of(diagnose(&t), RULE_R11));
	assert_non_null(finding_of(t.frame->findings, RULE_R12));
	assert_null(finding_of(t.frame->findings, RULE_R9));
	/* With fewer answers these are faults of another kind. */
	t.vms[0].user_exits.v[1].count.delta = 39999;
	assert_non_null(finding_of(diagnose(&t), RULE_R9));
	test_frame__done(&t);
}

/* Many answers are the guest's doing, slow ones the VMM's. */
static void slow_answers_are_not_many(void **state)
{
	struct test_frame t;
	struct frame_reason *exit;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_VMM, 40);
	add_user_exits(&t, KVM_EXIT_IO, 200, 12e6);
	exit = &t.vms[0].user_exits.v[0];
	exit->time.pct_valid = true;
	exit->time.timed = 200;
	exit->time.pct_ns[P99] = 20000000;
	assert_null(finding_of(diagnose(&t), RULE_R11));
	assert_string_equal(finding_of(t.frame->findings, RULE_R13)->text,
			    "VMM needs 12ms for each I/O");
	/* A few are enough for a mean. */
	exit->time.timed = 10;
	assert_non_null(finding_of(diagnose(&t), RULE_R13));
	exit->time.timed = 9;
	assert_null(finding_of(diagnose(&t), RULE_R13));
	/* One in 100 is slow, and there are too many: both. */
	exit->time.timed = 200;
	exit->time.avg_ns = 999999;
	set_share(&t, STATE_VMM, 5);
	exit->count.delta = 2000;
	exit->time.delta_ns = (uint64_t)ns_of(&t, 5, 1);
	assert_string_equal(finding_of(diagnose(&t), RULE_R13)->text,
			    "VMM needs 20ms for 1 % of I/O");
	assert_non_null(finding_of(t.frame->findings, RULE_R11));
	test_frame__done(&t);
}

static void polling_is_worse_where_others_wait(void **state)
{
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	set_share(&t, STATE_HALT_POLL, 21);
	set_stat(&t, RULE_STAT_POLL_FAIL_NS, 62);
	set_stat(&t, RULE_STAT_POLL_SUCCESS_NS, 38);
	assert_int_equal(diagnose(&t)->v[0].severity, SEVERITY_LOOK);
	assert_string_equal(t.frame->findings->v[0].text, "halt polling 21 %, 62 % in vain");
	set_want(&t, 97);
	t.vms[1].shares.pct[STATE_RUN_DELAY] = 6;
	t.vms[1].shares.ns[STATE_RUN_DELAY] = 480000000;
	assert_int_equal(finding_of(diagnose(&t), RULE_R7)->severity, SEVERITY_ACT);
	test_frame__done(&t);
}

/* ---- any numbers */

static uint64_t random_state;

/* Xorshift: the same numbers every time. */
static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Of all magnitudes, now and then with what no sum should have. */
static double random_double(void)
{
	static const double odd[] = { 0, -1, 1e300, __builtin_inf(), __builtin_nan("") };
	const uint64_t n = next_random();

	return n % 50 < ARRAY_SIZE(odd) ? odd[n % 50] : (double)(next_random() >> n % 64);
}

static void random_shares(struct time_shares *shares)
{
	shares->valid = next_random() % 8;
	shares->run_delay_valid = next_random() % 4;
	shares->wall_ns = next_random() >> next_random() % 64;
	for (size_t i = 0; i < STATE_MAX; i++) {
		shares->ns[i] = next_random() >> next_random() % 64;
		shares->pct[i] = random_double();
	}
}

static void random_time(struct time_delta *time)
{
	time->valid = next_random() % 8;
	time->delta_ns = next_random() >> next_random() % 64;
	time->timed = next_random() % 1000;
	time->avg_ns = random_double();
	time->pct_valid = next_random() % 2;
	time->hist_valid = next_random() % 8;
	time->pct_ns[P99] = next_random() >> next_random() % 64;
	time->max_ns = next_random() >> next_random() % 64;
}

static void random_reasons(struct frame_reasons *reasons, bool user)
{
	static const int64_t user_codes[] = { KVM_EXIT_IO,	     KVM_EXIT_MMIO, KVM_EXIT_HLT,
					      KVM_EXIT_X86_BUS_LOCK, -EINTR,	    99 };

	for (size_t i = 0; i < TEST_REASONS; i++) {
		struct frame_reason *reason = &reasons->v[i];
		const uint64_t n = next_random();

		*reason = (struct frame_reason){
			.isa = user ? ISA_USER : 1 + n % 2 + (n % 9 ? 0 : ISA_L2),
			.code = user ? (uint64_t)user_codes[n % ARRAY_SIZE(user_codes)]
				     : next_random() % 0x404,
			.name = (char *)"a-reason-with-a-very-long-name-which-no-row-has-room-for-"
					"and-which-goes-on-and-on-and-on-and-on-and-on-and-on\x1b",
			.count = { .delta = next_random() >> next_random() % 64,
				   .rate = random_double(),
				   .delta_valid = next_random() % 8 },
		};
		random_time(&reason->time);
	}
	reasons->n = next_random() % (TEST_REASONS + 1);
}

static void random_details(struct test_frame *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(t->details); i++)
		t->details[i] = (struct frame_detail){
			.kind = (enum detail_kind)(next_random() % DETAIL_KIND_MAX),
			.key = next_random() >> next_random() % 64,
			.sub = next_random() % 4,
			.name = next_random() % 2 ? NULL : t->reasons[0].name,
			.count = { .delta_valid = true, .rate = random_double() },
			.time = { .valid = true, .delta_ns = next_random() >> next_random() % 64 },
		};
	t->vms[0].details.valid = next_random() % 2;
	t->vms[0].details.n = next_random() % (ARRAY_SIZE(t->details) + 1);
}

static void random_frame(struct test_frame *t)
{
	t->frame->interval_s =
		next_random() % 20 ? (double)(next_random() % 100) / 10 : random_double();
	t->frame->host.cpus = next_random() % 3 ? (unsigned int)next_random() % 300 : 0;
	random_shares(&t->vms[0].shares);
	random_shares(&t->vms[1].shares);
	for (size_t i = 0; i < TEST_VCPUS; i++)
		random_shares(&t->vcpus[i].shares);
	random_reasons(&t->vms[0].reasons, false);
	random_reasons(&t->vms[0].user_exits, true);
	random_details(t);
	for (unsigned int i = 0; i < RULE_STAT_MAX; i++)
		set_stat(t, i, (double)(next_random() >> (2 + next_random() % 62)));
	t->vms[0].held = (enum vcpu_held)(next_random() % HELD_MAX);
	t->vms[0].exits.delta_valid = next_random() % 8;
}

static void check(const struct finding *finding, size_t counts[RULE_ID_MAX])
{
	assert_true(finding->cost_pct >= 0 && finding->cost_pct <= 100);
	assert_true(finding->strength >= 1);
	assert_non_null(memchr(finding->text, '\0', FINDING_TEXT_SIZE));
	assert_non_null(memchr(finding->long_text, '\0', FINDING_LONG_SIZE));
	assert_true(finding->text[0] && finding->long_text[0]);
	assert_true(finding->n_evidence <= EVIDENCE_MAX);
	assert_int_equal(finding->incomplete,
			 strstr(finding->text, "(incomplete)") &&
				 strstr(finding->long_text, "(numbers incomplete)"));
	counts[finding->rule]++;
}

static void any_numbers(void **state)
{
	size_t counts[RULE_ID_MAX] = { 0 }, kinds = 0;
	struct test_frame t;

	(void)state;
	random_state = 88172645463325252ull;
	for (int i = 0; i < 20000; i++) {
		const struct findings *findings;

		test_frame__init(&t, 1);
		random_frame(&t);
		findings = diagnose(&t);
		for (size_t j = 0; j < findings->n; j++)
			check(&findings->v[j], counts);
		test_frame__done(&t);
	}
	/* They are not all turned away at once. */
	for (size_t i = 0; i < RULE_ID_MAX; i++)
		kinds += counts[i] > 0;
	assert_true(kinds >= 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_vms_have_no_finding),
		cmocka_unit_test(states_of_vms),
		cmocka_unit_test(not_judged_yet),
		cmocka_unit_test(halts_in_the_vmm_are_halts),
		cmocka_unit_test(says_what_the_host_lacks),
		cmocka_unit_test(claims_nothing_that_is_not_known),
		cmocka_unit_test(an_unknown_delay_is_said),
		cmocka_unit_test(old_kernels),
		cmocka_unit_test(drops_are_said),
		cmocka_unit_test(keys_have_names),
		cmocka_unit_test(a_held_vm_is_called_so),
		cmocka_unit_test(a_silent_vm_is_found),
		cmocka_unit_test(what_the_vmm_answers_is_said_once),
		cmocka_unit_test(slow_answers_are_not_many),
		cmocka_unit_test(polling_is_worse_where_others_wait),
		cmocka_unit_test(any_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
