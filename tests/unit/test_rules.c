// SPDX-License-Identifier: GPL-2.0
/* Each rule wins just above each of its limits, and is silent just below it. */
#include "rules_frame.h"

#include <errno.h>
#include <linux/kvm.h>

#include "../../user/model/rules_table.h"

/* Fills in a VM that has what the rule looks for; the limit @dim is met by @f times as much as is needed. */
typedef void (*build_fn)(struct test_frame *t, int dim, double f);

/* The value of a limit that is to be reached: in its dimension scaled, else @usual. */
static double least(int dim, int own, double limit, double f, double usual)
{
	return dim == own ? limit * f : usual;
}

static double most(int dim, int own, double limit, double f, double usual)
{
	return dim == own ? limit / f : usual;
}

/* ---- CPUs */

static void host_full(struct test_frame *t, int dim, double f)
{
	set_share(t, STATE_RUN_DELAY, least(dim, 0, 5, f, 12));
	set_want(t, least(dim, 1, 80, f, 97));
}

static void confined(struct test_frame *t, int dim, double f)
{
	set_share(t, STATE_RUN_DELAY, least(dim, 0, 5, f, 12));
	set_want(t, most(dim, 1, 80, f, 40));
}

static void starves(struct test_frame *t, int dim, double f)
{
	/* Those of half the vCPUs are 0; the last one makes the VM's delay what it is to be. */
	double pct[TEST_VCPUS] = { [2] = least(dim, 0, 20, f, 25) };

	if (dim == 1)
		pct[3] = 8 * 5 / f - pct[2];
	set_delays(t, pct);
}

static void host_interrupts(struct test_frame *t, int dim, double f)
{
	const double count = least(dim, 0, 5000, f, 9000) * TEST_VCPUS;

	set_share(t, STATE_KVM, 20);
	add_exits(t, SVM_INTR, count, ns_of(t, least(dim, 1, 3, f, 8), count));
}

static void stopped(struct test_frame *t, int dim, double f)
{
	set_share(t, STATE_VMM, least(dim, 0, 99, f, 100));
	if (dim == 1 && f < 1)
		add_exits(t, SVM_HLT, 1, 1000);
}

/* ---- what the VMM's control group and other threads do */

static void quota(struct test_frame *t, int dim, double f)
{
	struct frame_load *load = &t->vms[0].load;

	set_share(t, STATE_RUN_DELAY, 3);
	load->quota_valid = dim == 0 || f > 1;
	load->quota_pct = 150;
	load->throttled_pct = least(dim, 0, 1, f, 12);
	load->throttles_per_s = 9;
}

static void helpers(struct test_frame *t, int dim, double f)
{
	struct frame_load *load = &t->vms[0].load;

	load->aux_valid = dim == 0 || f > 1;
	load->aux_threads = 4;
	load->aux_pct = 30;
	load->aux_delay_pct = least(dim, 0, 5, f, 14);
}

/* ---- halts and spins */

static void spins(struct test_frame *t, int dim, double f)
{
	const double count = least(dim, 0, 500, f, 900) * TEST_VCPUS;

	set_share(t, STATE_KVM, 20);
	set_share(t, STATE_RUN_DELAY, least(dim, 1, 3, f, 4));
	add_exits(t, SVM_PAUSE, count, ns_of(t, 6, count));
}

static void pauses(struct test_frame *t, int dim, double f)
{
	const double count = least(dim, 0, 2000, f, 4000) * TEST_VCPUS;

	set_share(t, STATE_KVM, 20);
	set_share(t, STATE_RUN_DELAY, most(dim, 1, 1, f, 0.1));
	add_exits(t, SVM_PAUSE, count, ns_of(t, 6, count));
}

static void polls(struct test_frame *t, int dim, double f)
{
	const double vain = least(dim, 1, 50, f, 70);

	set_share(t, STATE_HALT_POLL, least(dim, 0, 10, f, 20));
	set_stat(t, RULE_STAT_POLL_FAIL_NS, vain * 1e6);
	set_stat(t, RULE_STAT_POLL_SUCCESS_NS, (100 - vain) * 1e6);
}

static void sleeps(struct test_frame *t, int dim, double f)
{
	set_share(t, STATE_HALT_BLOCK, least(dim, 1, 20, f, 60));
	add_exits(t, SVM_HLT, least(dim, 0, 5000, f, 9000) * TEST_VCPUS, 60000);
}

/* ---- exits */

static void reason(struct test_frame *t, int dim, double f)
{
	set_share(t, STATE_KVM, least(dim, 1, 5, f, 30));
	add_exits(t, SVM_XSETBV, 8000, ns_of(t, least(dim, 0, 5, f, 12), 8000));
}

static void key(struct test_frame *t, int dim, double f)
{
	set_share(t, STATE_KVM, 30);
	add_exits(t, SVM_MSR, 8000, ns_of(t, 13, 8000));
	t->vms[0].details.valid = true;
	t->vms[0].details.n = 1;
	t->details[0] = (struct frame_detail){
		.kind = DETAIL_MSR,
		.key = 0x6e0,
		.sub = 2,
		.count = { .delta = 8000, .rate = 8000, .delta_valid = true },
		.time = { .valid = true,
			  .delta_ns = (uint64_t)(ns_of(t, least(dim, 0, 5, f, 12), 8000) * 8000) },
	};
}

static void nested(struct test_frame *t, int dim, double f)
{
	const double share = least(dim, 0, 20, f, 50), cost = least(dim, 1, 5, f, 12);
	struct frame_reason *inner;

	set_share(t, STATE_KVM, 30);
	inner = add_exits(t, SVM_CPUID, share * 100, ns_of(t, cost, share * 100));
	inner->isa |= ISA_L2;
	add_exits(t, SVM_HLT, (100 - share) * 100, 1000);
}

static void bus_locks(struct test_frame *t, int dim, double f)
{
	add_exits(t, SVM_BUS_LOCK, least(dim, 0, 10, f, 50), 1000);
}

static void encrypted(struct test_frame *t, int dim, double f)
{
	set_share(t, STATE_KVM, 30);
	add_exits(t, SVM_VMGEXIT, 8000, ns_of(t, least(dim, 0, 5, f, 12), 8000));
}

static void emulates(struct test_frame *t, int dim, double f)
{
	set_stat(t, RULE_STAT_IO_EXITS, 300);
	set_stat(t, RULE_STAT_MMIO_EXITS, 200);
	set_stat(t, RULE_STAT_EMULATED, 500 + least(dim, 0, 2000, f, 4000) * TEST_VCPUS);
}

/* ---- the VMM */

static void answers(struct test_frame *t, int dim, double f, int64_t user, uint64_t code)
{
	const double cost = least(dim, 0, 5, f, 12);

	set_share(t, STATE_KVM, 1);
	set_share(t, STATE_VMM, least(dim, 1, 5, f, 30));
	add_exits(t, code, 8000, ns_of(t, cost, 8000));
	add_user_exits(t, user, 8000, ns_of(t, cost, 8000));
}

static void port(struct test_frame *t, int dim, double f)
{
	answers(t, dim, f, KVM_EXIT_IO, SVM_IOIO);
}

static void mmio(struct test_frame *t, int dim, double f)
{
	answers(t, dim, f, KVM_EXIT_MMIO, SVM_NPF);
}

static void slow_vmm(struct test_frame *t, int dim, double f)
{
	struct frame_reason *exit;

	set_share(t, STATE_VMM, 3);
	exit = add_user_exits(t, KVM_EXIT_IO, least(dim, 1, 100, f, 300), 1000);
	exit->time.pct_ns[P99] = (uint64_t)least(dim, 0, 10e6, f, 20e6);
}

/* The same in a frame of 20 seconds, where another limit counts. */
static void slow_vmm_rate(struct test_frame *t, int dim, double f)
{
	struct frame_reason *exit;

	set_share(t, STATE_VMM, 3);
	exit = add_user_exits(t, KVM_EXIT_IO, least(dim, 0, 200, f, 300), 1000);
	exit->time.pct_ns[P99] = 20000000;
}

static void vmm_pauses(struct test_frame *t, int dim, double f)
{
	const double per_s = dim == 0 ? 10 * f : dim == 3 ? 500 / f : 100;
	const double mean_ns = dim == 0 ? 20e6 : dim == 3 ? 2.2e6 : least(dim, 1, 2e6, f, 4e6);

	set_share(t, STATE_VMM, least(dim, 2, 15, f, 100));
	add_user_exits(t, -EINTR, per_s * TEST_VCPUS, mean_ns);
}

/* ---- page faults */

/* Of @taken faults that many each second. */
static void set_faults(struct test_frame *t, double cost, double fixed_pct, double fast_pct)
{
	set_share(t, STATE_KVM, 50);
	add_exits(t, SVM_NPF, 80000, ns_of(t, cost, 80000));
	set_stat(t, RULE_STAT_PF_TAKEN, 80000);
	set_stat(t, RULE_STAT_PF_FIXED, 800 * fixed_pct);
	set_stat(t, RULE_STAT_PF_FAST, 800 * fast_pct);
}

static void fills(struct test_frame *t, int dim, double f)
{
	set_faults(t, least(dim, 0, 5, f, 12), least(dim, 1, 50, f, 90), 0);
	set_stat(t, RULE_STAT_PAGES_4K, least(dim, 2, 36000, f, 80000));
}

static void dirty(struct test_frame *t, int dim, double f)
{
	set_faults(t, least(dim, 0, 5, f, 12), 20, least(dim, 1, 50, f, 70));
}

/* The other sign of it: pages do not grow, and TLBs are flushed. */
static void dirty_flushes(struct test_frame *t, int dim, double f)
{
	set_faults(t, 12, 20, 10);
	set_stat(t, RULE_STAT_TLB_FLUSHES, least(dim, 0, 10, f, 30));
	set_stat(t, RULE_STAT_PAGES_4K, most(dim, 1, 8000, f, 0));
}

static void far_memory(struct test_frame *t, int dim, double f)
{
	/* Eight vCPUs' second is 8e9 ns: 12 % by 200 us each are 4,800. */
	const double count = dim == 2 ? 100 * f : 4800;
	const double mean_ns = dim == 0 ? 200e3 * f : dim == 2 ? 5e6 : 300e3;

	set_share(t, STATE_KVM, 50);
	add_exits(t, SVM_NPF, count, mean_ns)->time.pct_ns[P99] = 1000000;
}

static void far_memory_p99(struct test_frame *t, int dim, double f)
{
	const double cost = least(dim, 1, 2, f, 4);

	set_share(t, STATE_KVM, 50);
	add_exits(t, SVM_NPF, 80000, ns_of(t, cost, 80000))->time.pct_ns[P99] =
		(uint64_t)least(dim, 0, 5e6, f, 8e6);
}

static void torn_down(struct test_frame *t, int dim, double f)
{
	set_faults(t, least(dim, 0, 5, f, 12), least(dim, 1, 50, f, 90), 0);
	set_stat(t, RULE_STAT_PAGES_4K, most(dim, 2, 36000, f, 0));
}

static const struct {
	enum rule_id rule;
	build_fn build;
	int dims;
	double seconds; /* of the frame; 0: 1 */
} cases[] = {
	{ RULE_R1, host_full, 2, 0 },	{ RULE_R2, confined, 2, 0 },
	{ RULE_R3, quota, 2, 0 },	{ RULE_R4, starves, 2, 0 },
	{ RULE_R5, spins, 2, 0 },	{ RULE_R6, pauses, 2, 0 },
	{ RULE_R7, polls, 2, 0 },	{ RULE_R8, sleeps, 2, 0 },
	{ RULE_R9, reason, 2, 0 },	{ RULE_R10, key, 1, 0 },
	{ RULE_R11, port, 2, 0 },	{ RULE_R12, mmio, 2, 0 },
	{ RULE_R13, slow_vmm, 2, 0 },	{ RULE_R13, slow_vmm_rate, 1, 20 },
	{ RULE_R14, vmm_pauses, 4, 0 }, { RULE_R15, fills, 3, 0 },
	{ RULE_R16, dirty, 2, 0 },	{ RULE_R16, dirty_flushes, 2, 0 },
	{ RULE_R17, far_memory, 1, 0 }, { RULE_R17, far_memory_p99, 2, 0 },
	{ RULE_R18, torn_down, 3, 0 },	{ RULE_R19, emulates, 1, 0 },
	{ RULE_R20, nested, 2, 0 },	{ RULE_R21, host_interrupts, 2, 0 },
	{ RULE_R22, bus_locks, 1, 0 },	{ RULE_R23, stopped, 2, 0 },
	{ RULE_R24, encrypted, 1, 0 },	{ RULE_R25, helpers, 2, 0 },
};

/* A little above, and a little below, so that whole numbers of exits do not matter. */
#define ABOVE 1.01
#define BELOW 0.97

static void check_finding(const struct finding *finding)
{
	assert_true(finding->cost_pct >= 0 && finding->cost_pct <= 100);
	assert_true(strlen(finding->text) > 0 && strlen(finding->text) < FINDING_TEXT_SIZE);
	assert_true(strlen(finding->long_text) > 0);
	assert_true(strlen(finding->long_text) < FINDING_LONG_SIZE - 1);
	assert_non_null(finding->next);
	assert_true(finding->n_evidence > 0 && finding->n_evidence <= EVIDENCE_MAX);
	assert_true(finding->severity == SEVERITY_LOOK || finding->severity == SEVERITY_ACT);
}

static void wins_above_its_limits_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (int dim = 0; dim < cases[i].dims; dim++) {
			const double seconds = cases[i].seconds > 0 ? cases[i].seconds : 1;
			const struct findings *findings;
			struct test_frame t;

			test_frame__init(&t, seconds);
			cases[i].build(&t, dim, ABOVE);
			findings = diagnose(&t);
			if (!findings->n || findings->v[0].rule != cases[i].rule)
				fail_msg("case %zu, R%d, limit %d: R%d wins (%s)", i, cases[i].rule,
					 dim, findings->n ? (int)findings->v[0].rule : 0,
					 findings->n ? findings->v[0].text : "nothing");
			check_finding(&findings->v[0]);
			test_frame__done(&t);

			test_frame__init(&t, seconds);
			cases[i].build(&t, dim, BELOW);
			if (finding_of(diagnose(&t), cases[i].rule))
				fail_msg("case %zu, R%d: applies below limit %d", i, cases[i].rule,
					 dim);
			test_frame__done(&t);
		}
	}
}

static double number_of(const struct finding *finding, const char *name)
{
	for (size_t i = 0; i < finding->n_evidence; i++)
		if (!strcmp(finding->evidence[i].name, name))
			return finding->evidence[i].value;
	return -1;
}

static bool has_word(const struct finding *finding, const char *word)
{
	return finding && strstr(finding->long_text, word);
}

/* It is one to act on from 5 % on. */
static void quota_severity(void **state)
{
	static const double pct[] = { 4.9, 5.1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pct); i++) {
		const struct finding *finding;
		struct test_frame t;

		test_frame__init(&t, 1);
		quota(&t, 0, pct[i]);
		finding = finding_of(diagnose(&t), RULE_R3);
		assert_non_null(finding);
		assert_int_equal(finding->severity, i ? SEVERITY_ACT : SEVERITY_LOOK);
		assert_true(number_of(finding, "quota_cpus") > 1.49);
		assert_true(number_of(finding, "quota_cpus") < 1.51);
		assert_true(number_of(finding, "aux_threads") < 0);
		test_frame__done(&t);
	}
}

/* The quota explains a wait beside CPUs that are free; a full host is full with it, too. */
static void quota_explains_confined(void **state)
{
	const struct findings *findings;
	struct test_frame t;

	(void)state;
	test_frame__init(&t, 1);
	quota(&t, 0, 12);
	set_share(&t, STATE_RUN_DELAY, 30);
	set_want(&t, 40);
	findings = diagnose(&t);
	assert_non_null(finding_of(findings, RULE_R3));
	assert_null(finding_of(findings, RULE_R2));
	test_frame__done(&t);

	test_frame__init(&t, 1);
	quota(&t, 0, 12);
	set_share(&t, STATE_RUN_DELAY, 30);
	set_want(&t, 97);
	findings = diagnose(&t);
	assert_non_null(finding_of(findings, RULE_R3));
	assert_non_null(finding_of(findings, RULE_R1));
	test_frame__done(&t);
}

/* What waits for its quota does not wait for the host's CPUs, which are free. */
static void quota_is_not_a_full_host(void **state)
{
	(void)state;
	for (int known = 0; known < 2; known++) {
		const struct findings *findings;
		struct test_frame t;

		test_frame__init(&t, 1);
		t.frame->host.cpus = TEST_VCPUS;
		set_share(&t, STATE_GUEST, 50);
		set_share(&t, STATE_RUN_DELAY, 50);
		t.vms[0].load.quota_valid = known;
		t.vms[0].load.throttled_pct = 50;
		findings = diagnose(&t);
		assert_near(findings->want_cpus, known ? TEST_VCPUS / 2 : TEST_VCPUS);
		assert_int_equal(finding_of(findings, RULE_R1) != NULL, !known);
		assert_int_equal(finding_of(findings, RULE_R3) != NULL, known);
		assert_null(finding_of(findings, RULE_R2));
		test_frame__done(&t);
	}
}

/* Eight vCPUs on four CPUs do not make a host of eight full. */
static void pinned_is_not_a_full_host(void **state)
{
	(void)state;
	for (uint32_t cpus = 0; cpus <= 8; cpus += 4) {
		const struct findings *findings;
		struct test_frame t;

		test_frame__init(&t, 1);
		t.frame->host.cpus = 8;
		set_share(&t, STATE_GUEST, 50);
		set_share(&t, STATE_RUN_DELAY, 50);
		t.vms[0].load.cpus_allowed = cpus;
		findings = diagnose(&t);
		assert_near(findings->want_cpus, cpus == 4 ? 4 : 8);
		assert_int_equal(finding_of(findings, RULE_R2) != NULL, cpus == 4);
		assert_int_equal(finding_of(findings, RULE_R1) != NULL, cpus != 4);
		test_frame__done(&t);
	}
}

/* The CPUs that it may use; no such evidence where that is not known. */
static void confined_to_cpus(void **state)
{
	(void)state;
	for (uint32_t cpus = 0; cpus <= TEST_CPUS; cpus += TEST_CPUS / 2) {
		const struct finding *finding;
		struct test_frame t;

		test_frame__init(&t, 1);
		confined(&t, 0, 2);
		t.vms[0].load.cpus_allowed = cpus;
		finding = finding_of(diagnose(&t), RULE_R2);
		assert_non_null(finding);
		check_finding(finding);
		assert_near(number_of(finding, "cpus_allowed"), cpus ? (double)cpus : -1);
		assert_int_equal(has_word(finding, "may use 50 of them"), cpus == TEST_CPUS / 2);
		test_frame__done(&t);
	}
}

/* Memory that is not swapped out may be shared memory that is: only what is known to be is said. */
static void swapped(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct finding *finding;
		struct test_frame t;

		test_frame__init(&t, 1);
		far_memory(&t, 0, 2);
		t.vms[0].load.swap_known = i > 0;
		t.vms[0].load.swap_bytes = i > 1 ? UINT64_MAX : 0;
		t.vms[0].load.pressure_valid = i > 1;
		t.vms[0].load.memory_full_pct = 7;
		finding = finding_of(diagnose(&t), RULE_R17);
		assert_non_null(finding);
		check_finding(finding);
		assert_int_equal(has_word(finding, "perhaps"), i < 2);
		assert_int_equal(number_of(finding, "swap_bytes") >= 0, i > 0);
		assert_near(number_of(finding, "memory_full_pct"), i > 1 ? 7 : -1);
		test_frame__done(&t);
	}
}

static void every_rule_has_a_case(void **state)
{
	enum rule_id id;

	(void)state;
	for (size_t i = 0; (id = rule_tried(i)); i++) {
		bool found = false;

		for (size_t j = 0; j < ARRAY_SIZE(cases); j++)
			found |= cases[j].rule == id;
		if (!found)
			fail_msg("R%d has no case", id);
		assert_non_null(rule_of(id)->find);
		assert_non_null(rule_of(id)->next);
		assert_non_null(rule_of(id)->data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wins_above_its_limits_only),
		cmocka_unit_test(every_rule_has_a_case),
		cmocka_unit_test(quota_severity),
		cmocka_unit_test(quota_explains_confined),
		cmocka_unit_test(quota_is_not_a_full_host),
		cmocka_unit_test(pinned_is_not_a_full_host),
		cmocka_unit_test(confined_to_cpus),
		cmocka_unit_test(swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
