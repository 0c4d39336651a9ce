// SPDX-License-Identifier: GPL-2.0
#include "arch/x86.h"
#include "base/cleanup.h"
#include "unit.h"

#include <errno.h>

#include "../../user/model/delta.h"
#include "../../user/model/detail.h"
#include "../../user/model/query.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"

#define __autosnap __cleanup(cleanup_snapshot)
#define __autoframe __cleanup(cleanup_frame)

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

/* ---- what the user asks for */

static int add(struct detail_spec *spec, const char *word)
{
	return detail_spec__add(spec, word, strlen(word));
}

static void test_words(void **state)
{
	struct detail_spec spec = { 0 };

	(void)state;
	assert_int_equal(add(&spec, "msr"), 0);
	assert_int_equal(add(&spec, "hypercall"), 0);
	assert_int_equal(add(&spec, "rip:npf"), 0);
	assert_int_equal(spec.kinds, DETAIL_BIT(DETAIL_MSR) | DETAIL_BIT(DETAIL_HYPERCALL) |
					     DETAIL_BIT(DETAIL_HV_HYPERCALL) |
					     DETAIL_BIT(DETAIL_PC));
	assert_int_equal(spec.n_pc_reasons, 1);
	assert_string_equal(spec.pc_reasons[0], "npf");
	assert_false(spec.pc_all);
	assert_int_equal(add(&spec, "rip"), 0);
	assert_true(spec.pc_all);
	detail_spec__done(&spec);
	assert_int_equal(spec.kinds, 0);
}

static void test_wrong_words(void **state)
{
	static const char *const wrong[] = { "",     "ms",	"msrs", "MSR",
					     "rip:", "rip:x:y", "RIP",	" msr" };
	struct detail_spec spec = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		if (strcmp(wrong[i], "rip:x:y")) /* a reason may have any name */
			assert_int_equal(add(&spec, wrong[i]), -EINVAL);
	assert_int_equal(spec.kinds, 0);
	for (int i = 0; i < DETAIL_PC_MAX; i++)
		assert_int_equal(add(&spec, "rip:x:y"), 0);
	assert_int_equal(add(&spec, "rip:x:y"), -E2BIG);
	detail_spec__done(&spec);
}

static void test_all_words(void **state)
{
	const char *word, *help;
	struct detail_spec spec = { 0 };
	size_t n = 0;

	(void)state;
	for (; detail_spec__word(n, &word, &help); n++) {
		assert_true(strlen(help) > 5);
		assert_int_equal(add(&spec, word), 0);
	}
	assert_int_equal(spec.kinds, (1u << DETAIL_KIND_MAX) - 1);
	assert_int_equal(n, 12);
	detail_spec__done(&spec);
}

/* ---- names */

static void test_names(void **state)
{
	static const struct {
		enum detail_kind kind;
		uint64_t key;
		const char *name;
	} cases[] = {
		{ DETAIL_MSR, 0x10, "MSR_IA32_TSC" },
		{ DETAIL_MSR, 0x1b, "MSR_IA32_APICBASE" },
		{ DETAIL_MSR, 0xc0000080, "MSR_EFER" },
		{ DETAIL_MSR, 0x6e0, "MSR_IA32_TSC_DEADLINE" },
		{ DETAIL_MSR, 0x4b564d01, "MSR_KVM_SYSTEM_TIME_NEW" },
		{ DETAIL_MSR, 0x830, "X2APIC_ICR" },
		{ DETAIL_MSR, 0x40000001, "HV_X64_MSR_HYPERCALL" },
		{ DETAIL_MSR, 0xdeadbeef, NULL },
		{ DETAIL_HYPERCALL, 1, "KVM_HC_VAPIC_POLL_IRQ" },
		{ DETAIL_HYPERCALL, 5, "KVM_HC_KICK_CPU" },
		{ DETAIL_HYPERCALL, 1000, NULL },
		{ DETAIL_HV_HYPERCALL, 2, "HVCALL_FLUSH_VIRTUAL_ADDRESS_SPACE" },
		{ DETAIL_VECTOR, 0xec, "LOCAL_TIMER_VECTOR" },
		{ DETAIL_CPUID, 0, NULL },
		{ DETAIL_PIO, 0x60, NULL },
		{ DETAIL_KIND_MAX, 0x60, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *name = detail_names__lookup(NULL, cases[i].kind, cases[i].key);

		if (cases[i].name) {
			assert_non_null(name);
			assert_string_equal(name, cases[i].name);
		} else {
			assert_null(name);
		}
	}
}

static void test_ports(void **state)
{
	static const char text[] = "0000-0cf7 : PCI Bus 0000:00\n"
				   "  0060-0060 : keyboard\n"
				   "  0070-0071 : rtc_cmos\n"
				   "    0070-0071 : rtc0\n"
				   "  hello\n"
				   "  0200-0100 : backwards\n"
				   "  0300-0300 :\n"
				   "0cf8-0cff : PCI conf1\n"
				   "6000-603f : 0000:00:01.3\n"
				   "  6000-6003 : ACPI PM1a_EVT_BLK";
	struct detail_names *names = detail_names__new();

	(void)state;
	assert_non_null(names);
	assert_int_equal(detail_names__parse_ioports(names, text), 0);
	assert_string_equal(detail_names__lookup(names, DETAIL_PIO, 0x60), "keyboard");
	assert_string_equal(detail_names__lookup(names, DETAIL_PIO, 0x71), "rtc0");
	assert_string_equal(detail_names__lookup(names, DETAIL_PIO, 0xcfc), "PCI conf1");
	assert_null(detail_names__lookup(names, DETAIL_PIO, 0x61));
	assert_null(detail_names__lookup(names, DETAIL_PIO, 0x200));
	assert_null(detail_names__lookup(names, DETAIL_PIO, 0x300));
	/* Where the host has it, the guest need not. */
	assert_null(detail_names__lookup(names, DETAIL_PIO, 0x6001));
	assert_null(detail_names__lookup(names, DETAIL_CPUID, 0x60));
	/* As a user sees it that is not root. */
	assert_int_equal(detail_names__parse_ioports(names, "0000-0000 : keyboard\n"), 0);
	assert_null(detail_names__lookup(names, DETAIL_PIO, 0));
	detail_names__free(names);
}

static void test_keys(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(detail_key_format(DETAIL_MSR, 0x1b, buf, sizeof(buf)), "0x1b");
	assert_string_equal(detail_key_format(DETAIL_CR, 4, buf, sizeof(buf)), "cr4");
	assert_string_equal(detail_key_format(DETAIL_HYPERCALL, 12, buf, sizeof(buf)), "12");
	assert_string_equal(detail_key_format(DETAIL_MMIO, UINT64_MAX, buf, sizeof(buf)),
			    "0xffffffffffffffff");
	assert_string_equal(detail_dir_name(DETAIL_PIO, DETAIL_READ | 4 << DETAIL_SIZE_SHIFT),
			    "read");
	assert_string_equal(detail_dir_name(DETAIL_MSR, DETAIL_WRITE), "write");
	assert_null(detail_dir_name(DETAIL_CPUID, 0));
	assert_int_equal(detail_size(DETAIL_PIO, DETAIL_READ | 4 << DETAIL_SIZE_SHIFT), 4);
	assert_int_equal(detail_size(DETAIL_PAGE, 0x100000006), 0);
}

/* ---- a frame */

struct vcpu_details {
	struct detail_sum msrs; /* all of them */
	struct detail_tally v[4];
	size_t n;
};

#define MSR(key_, count_, ns_)                                                            \
	{                                                                                 \
		.kind = DETAIL_MSR, .key = (key_), .sub = DETAIL_READ, .count = (count_), \
		.sum_ns = (ns_)                                                           \
	}

static struct snapshot *snap(uint64_t sec, const struct vcpu_details *details, size_t n)
{
	struct snapshot *s = make_snapshot(sec, 1);

	make_vcpus(s, &s->vms[0], n);
	for (size_t i = 0; i < n; i++) {
		struct vcpu_sample *vcpu = &s->vms[0].vcpus[i];
		struct detail_sum *sums = arena__calloc(s->arena, DETAIL_KIND_MAX, sizeof(*sums));

		sums[DETAIL_MSR] = details[i].msrs;
		vcpu->detail_sums = sums;
		vcpu->n_details = details[i].n;
		vcpu->details = arena__calloc(s->arena, 4, sizeof(*vcpu->details));
		memcpy(vcpu->details, details[i].v, sizeof(details[i].v));
	}
	return s;
}

static struct frame *compute(const struct snapshot *prev, const struct snapshot *cur)
{
	static const struct host_info host;
	struct reason_names *names = reason_names__new();
	struct frame *frame = NULL;

	assert_non_null(names);
	assert_int_equal(delta__compute(prev, cur, &host, names, &frame), 0);
	reason_names__free(names);
	return frame;
}

static void check_row(const struct frame_detail *row, uint64_t key, uint64_t total, uint64_t delta,
		      uint64_t delta_ns)
{
	if (!row->others)
		assert_int_equal(row->key, key);
	assert_int_equal(row->count.total, total);
	assert_true(row->count.delta_valid);
	assert_int_equal(row->count.delta, delta);
	assert_true(row->time.valid);
	assert_int_equal(row->time.delta_ns, delta_ns);
}

static void test_growth(void **state)
{
	static const struct vcpu_details before = { { 10, 100 },
						    { MSR(3, 4, 40), MSR(1, 6, 60) },
						    2 };
	/* In another order, one twice (two slots of one vCPU), one new. */
	static const struct vcpu_details after = {
		{ 30, 500 }, { MSR(1, 6, 60), MSR(9, 10, 200), MSR(3, 4, 40), MSR(1, 4, 40) }, 4
	};
	__autosnap struct snapshot *prev = snap(1, &before, 1);
	__autosnap struct snapshot *cur = snap(3, &after, 1);
	__autoframe struct frame *frame = compute(prev, cur);
	const struct frame_details *d = &frame->vms[0].vcpus[0].details;

	(void)state;
	assert_true(d->valid);
	assert_int_equal(d->n, 3);
	check_row(&d->v[0], 1, 10, 4, 40);
	check_row(&d->v[1], 3, 4, 0, 0);
	check_row(&d->v[2], 9, 10, 10, 200);
	assert_near(d->v[2].count.rate, 5);
	assert_near(d->v[2].share_pct, 50);
	assert_near(d->v[2].time.share_pct, 50);
	assert_near(d->v[2].time.avg_ns, 20);
	assert_false(d->v[1].time.avg_valid);
	assert_int_equal(d->n_others, 1);
	check_row(&d->others[0], 0, 6, 6, 160);
	assert_true(d->others[0].others);
}

/*
 * Switched on in the interval: there are totals. How much of them is of the interval is not known, also if there were
 * some before.
 */
static void test_begun(void **state)
{
	static const struct vcpu_details before = { { 10, 100 }, { MSR(3, 4, 40) }, 1 };
	static const struct vcpu_details after = { { 30, 500 }, { MSR(3, 20, 40) }, 1 };
	__autosnap struct snapshot *prev = snap(1, &before, 1);
	__autosnap struct snapshot *cur = snap(3, &after, 1);
	const struct frame_detail *rows[2];

	(void)state;
	cur->since_ns[PART_DETAIL] = 2 * SEC_NS;
	{
		__autoframe struct frame *frame = compute(prev, cur);

		assert_true(frame->begun[PART_DETAIL]);
		rows[0] = &frame->vms[0].details.v[0];
		rows[1] = &frame->vms[0].details.others[0];
		for (size_t i = 0; i < 2; i++) {
			assert_false(rows[i]->count.delta_valid);
			assert_false(rows[i]->share_valid);
			assert_false(rows[i]->time.valid);
		}
		assert_int_equal(rows[0]->count.total, 20);
		assert_int_equal(rows[1]->count.total, 10);
	}
	prev->since_ns[PART_DETAIL] = cur->since_ns[PART_DETAIL] = SEC_NS - 1;
	{
		__autoframe struct frame *frame = compute(prev, cur);

		assert_false(frame->begun[PART_DETAIL]);
		check_row(&frame->vms[0].details.v[0], 3, 20, 16, 0);
	}
}

/* A key whose tally is taken back goes on among the others, and may come again: the sum always holds. */
static void test_eviction(void **state)
{
	static const struct vcpu_details steps[] = {
		{ { 100, 1000 }, { MSR(1, 60, 600), MSR(2, 40, 400) }, 2 },
		{ { 130, 1300 }, { MSR(1, 80, 800) }, 1 },		    /* 2 went, at 50 */
		{ { 190, 1900 }, { MSR(1, 81, 810), MSR(2, 55, 550) }, 2 }, /* and is back */
		{ { 200, 2000 },
		  { MSR(1, 81, 810), MSR(2, 5, 50) },
		  2 }, /* and again between two */
	};
	static const uint64_t others[][2] = { { 0, 0 }, { 50, 10 }, { 54, 4 }, { 114, 5 } };

	(void)state;
	for (size_t i = 1; i < ARRAY_SIZE(steps); i++) {
		__autosnap struct snapshot *prev = snap(i, &steps[i - 1], 1);
		__autosnap struct snapshot *cur = snap(i + 1, &steps[i], 1);
		__autoframe struct frame *frame = compute(prev, cur);
		const struct frame_details *d = &frame->vms[0].details;
		uint64_t total = 0, delta = 0, ns = 0;

		assert_int_equal(d->n_others, 1);
		assert_int_equal(d->others[0].count.total, others[i][0]);
		assert_int_equal(d->others[0].count.delta, others[i][1]);
		for (size_t j = 0; j < d->n; j++) {
			total += d->v[j].count.total;
			delta += d->v[j].count.delta;
			ns += d->v[j].time.delta_ns;
		}
		assert_int_equal(total + d->others[0].count.total, steps[i].msrs.count);
		assert_int_equal(delta + d->others[0].count.delta,
				 steps[i].msrs.count - steps[i - 1].msrs.count);
		assert_int_equal(ns + d->others[0].time.delta_ns,
				 steps[i].msrs.sum_ns - steps[i - 1].msrs.sum_ns);
	}
}

static const struct vcpu_details two_before[] = { { { 0, 0 }, { MSR(0, 0, 0) }, 0 },
						  { { 0, 0 }, { MSR(0, 0, 0) }, 0 } };
static const struct vcpu_details two_after[] = {
	{ { 17, 170 }, { MSR(5, 10, 100), MSR(2, 7, 70) }, 2 },
	{ { 60, 600 }, { MSR(5, 20, 200), MSR(9, 30, 300) }, 2 },
};

static void test_merge(void **state)
{
	__autosnap struct snapshot *prev = snap(1, two_before, 2);
	__autosnap struct snapshot *cur = snap(2, two_after, 2);
	__autoframe struct frame *frame = compute(prev, cur);
	const struct frame_details *d = &frame->vms[0].details;

	(void)state;
	assert_int_equal(d->n, 3);
	check_row(&d->v[0], 2, 7, 7, 70);
	check_row(&d->v[1], 5, 30, 30, 300);
	check_row(&d->v[2], 9, 30, 30, 300);
	assert_int_equal(d->n_others, 1);
	check_row(&d->others[0], 0, 10, 10, 100);
	assert_near(d->others[0].share_pct, 1000.0 / 77);
}

/* What an encrypted guest asks for is called as the reason that another guest's exit has. */
static void test_vmgexit(void **state)
{
	static const struct vcpu_details details[] = {
		{ { 0, 0 },
		  { { .kind = DETAIL_VMGEXIT, .key = 0x7b, .count = 3 },
		    { .kind = DETAIL_VMGEXIT, .key = 0x80000010, .count = 2 },
		    { .kind = DETAIL_VMGEXIT, .key = 0x12345, .count = 1 } },
		  3 },
	};
	__autosnap struct snapshot *prev = snap(1, two_before, 1);
	__autosnap struct snapshot *cur = snap(2, details, 1);
	__autoframe struct frame *frame = compute(prev, cur);
	const struct frame_details *d = &frame->vms[0].details;

	(void)state;
	assert_int_equal(d->n, 3);
	assert_string_equal(d->v[0].name, "io");
	assert_null(d->v[1].name);
	assert_string_equal(d->v[2].name, "vmgexit_page_state_change");
	assert_string_equal(detail_kind_name(DETAIL_VMGEXIT), "vmgexit");
}

static void test_off(void **state)
{
	__autosnap struct snapshot *prev = make_snapshot(1, 1);
	__autosnap struct snapshot *cur = make_snapshot(2, 1);
	__autoframe struct frame *frame = NULL;

	(void)state;
	make_vcpus(cur, &cur->vms[0], 1);
	frame = compute(prev, cur);
	assert_false(frame->vms[0].details.valid);
	assert_false(frame->vms[0].vcpus[0].details.valid);
}

static void check_order(const struct frame *frame, struct query query, const uint64_t *keys,
			size_t n, size_t want_left_out)
{
	__autofree struct row *rows = NULL;
	size_t n_rows, left_out;

	assert_int_equal(query__details(&query, frame, &rows, &n_rows, &left_out), 0);
	assert_int_equal(n_rows, n);
	assert_int_equal(left_out, want_left_out);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(rows[i].detail->others, !keys[i]);
		assert_int_equal(rows[i].detail->key, keys[i]);
		assert_int_equal(rows[i].vcpu != NULL, query.by == BY_VCPU);
	}
}

static void test_query(void **state)
{
	__autosnap struct snapshot *prev = snap(1, two_before, 2);
	__autosnap struct snapshot *cur = snap(2, two_after, 2);
	__autoframe struct frame *frame = compute(prev, cur);

	(void)state;
	check_order(frame, (struct query){ 0 }, (uint64_t[]){ 5, 9, 2, 0 }, 4, 0);
	check_order(frame, (struct query){ .top = 1 }, (uint64_t[]){ 5, 0 }, 2, 2);
	check_order(frame, (struct query){ .by = BY_VCPU, .order = { .key = SORT_VCPU } },
		    (uint64_t[]){ 2, 5, 5, 9, 0 }, 5, 0);
	check_order(frame, (struct query){ .by = BY_VCPU, .order = { .key = SORT_TIME } },
		    (uint64_t[]){ 9, 5, 5, 2, 0 }, 5, 0);
	check_order(frame, (struct query){ .by = BY_VCPU, .order = { .key = SORT_P99 }, .top = 2 },
		    (uint64_t[]){ 9, 5, 0 }, 3, 2);
}

/* ---- reasons by name */

static void test_reason_code(void **state)
{
	struct reason_names *names = reason_names__new();
	uint64_t code = 0;

	(void)state;
	assert_non_null(names);
	assert_int_equal(reason_names__find(names, ISA_SVM, "npf", &code), 0);
	assert_int_equal(code, 0x400);
	assert_int_equal(reason_names__find(names, ISA_VMX, "cpuid", &code), 0);
	assert_int_equal(code, 10);
	assert_int_equal(reason_names__find(names, ISA_SVM, "0x72", &code), 0);
	assert_int_equal(code, 0x72);
	assert_int_equal(reason_names__find(names, ISA_SVM, "EPT_VIOLATION", &code), -ENOENT);
	assert_int_equal(reason_names__find(names, ISA_SVM, "12x", &code), -ENOENT);
	reason_names__free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	    cmocka_unit_test(test_wrong_words),
		cmocka_unit_test(test_all_words),   cmocka_unit_test(test_names),
		cmocka_unit_test(test_ports),	    cmocka_unit_test(test_keys),
		cmocka_unit_test(test_growth),	    cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_merge),	    cmocka_unit_test(test_off),
		cmocka_unit_test(test_vmgexit),	    cmocka_unit_test(test_query),
		cmocka_unit_test(test_reason_code), cmocka_unit_test(test_begun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
