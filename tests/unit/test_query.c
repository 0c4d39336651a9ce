// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <errno.h>

#include "../../user/arch/x86.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/frame.h"
#include "../../user/model/query.h"
#include "../../user/model/stats_rows.h"
#include "../../user/model/stats.h"
#include "../../user/model/item_rows.h"

/*
 * Three VMs:   pid  name   exits (total, delta)  shares       vCPUs: exits delta
 *              300  "bb"   1000, 10              guest 50 %   0: 4, 1: 6
 *              100  "cc"   10, 90                unknown      0: 90
 *              200  none   5, unknown            guest 70 %   3: 0, unknown: 0
 */
static struct frame_reason reasons[] = {
	{ .isa = ISA_SVM,
	  .code = 0x60,
	  .name = "interrupt",
	  .count = { 50, 5, 5, true },
	  .time = { .valid = true,
		    .delta_ns = 500,
		    .timed = 5,
		    .avg_ns = 100,
		    .avg_valid = true,
		    .max_ns = 400,
		    .hist_valid = true,
		    .pct_valid = true,
		    .pct_ns = { [P50] = 90, [P90] = 95, [P99] = 400, [P999] = 400 },
		    .hist = { (const uint64_t[]){ 5 }, 45, 1 } } },
	{ .isa = ISA_SVM,
	  .code = 0x72,
	  .name = "cpuid",
	  .count = { 20, 80, 80, true },
	  .time = { .valid = true,
		    .delta_ns = 400,
		    .timed = 80,
		    .avg_ns = 5,
		    .avg_valid = true,
		    .max_ns = 9,
		    .hist_valid = true,
		    .pct_valid = true,
		    .pct_ns = { [P50] = 5, [P90] = 7, [P99] = 9, [P999] = 9 },
		    .hist = { (const uint64_t[]){ 80 }, 5, 1 } } },
	{ .isa = ISA_SVM, .code = 0x7b, .name = "io", .count = { 90, 0, 0, false } },
	{ .isa = 9, .code = 0x7b, .name = "0x7b", .count = { 7, 5, 5, true } },
};

static struct frame_vcpu vcpus_bb[] = { { .vcpu_id = 0, .exits = { 400, 4, 4, true } },
					{ .vcpu_id = 1, .exits = { 600, 6, 6, true } } };
static struct frame_vcpu vcpus_cc[] = { { .vcpu_id = 0, .exits = { 10, 90, 90, true } } };
static struct frame_vcpu vcpus_none[] = { { .vcpu_id = 3, .exits = { 5, 0, 0, true } },
					  { .vcpu_id = VCPU_ID_UNKNOWN } };

/* KVM_EXIT_HLT. */
static struct frame_reason halt = { .isa = ISA_USER,
				    .code = 5,
				    .name = "KVM_EXIT_HLT",
				    .time = { .valid = true, .delta_ns = 4000 } };

static struct frame_vm vms[] = {
	{ .key = 1,
	  .pid = 300,
	  .name = "bb",
	  .exits = { 1000, 10, 10, true },
	  .shares = { .valid = true,
		      .run_delay_valid = true,
		      .wall_ns = 1000,
		      .pct = { 50, 20, 10, 3, 2, 15 } },
	  .vcpus = vcpus_bb,
	  .n_vcpus = 2,
	  .reasons = { &reasons[0], 1 } },
	{ .key = 2,
	  .pid = 100,
	  .name = "cc",
	  .exits = { 10, 90, 90, true },
	  .vcpus = vcpus_cc,
	  .n_vcpus = 1,
	  .reasons = { &reasons[0], 2 } },
	{ .key = 3,
	  .pid = 200,
	  .exits = { 5, 0, 0, false },
	  .shares = { .valid = true, .wall_ns = 1000, .pct = { 70, 10, 0, 5, 15, 0 } },
	  .vcpus = vcpus_none,
	  .n_vcpus = 2 },
};

static const struct frame frame = { .vms = vms,
				    .n_vms = 3,
				    .reasons = { reasons, sizeof(reasons) / sizeof(reasons[0]) } };

/* The pids of the VM rows that @sort makes, as one number: 300, 100, 200 is 312. */
static int vm_order_of(struct order sort)
{
	const struct query query = { .by = BY_VM, .order = sort };
	__autofree struct row *rows = NULL;
	size_t n, left_out;
	int order = 0;

	assert_int_equal(query__rows(&query, &frame, &rows, &n, &left_out), 0);
	assert_int_equal(n, 3);
	assert_int_equal(left_out, 0);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(rows[i].vm);
		assert_null(rows[i].vcpu);
		assert_null(rows[i].reason);
		order = 10 * order + rows[i].vm->pid / 100;
	}
	return order;
}

static int vm_order(enum sort_key sort)
{
	return vm_order_of((struct order){ .key = sort });
}

static int vm_order_by(const char *word)
{
	struct order order;

	assert_int_equal(order_parse(word, &order), 0);
	return vm_order_of(order);
}

static void vm_rows(void **state)
{
	(void)state;
	assert_int_equal(vm_order(SORT_DEFAULT), 312); /* what it lost is known of one */
	assert_int_equal(vm_order(SORT_PID), 123);
	assert_int_equal(vm_order(SORT_NAME), 312);
	assert_int_equal(vm_order(SORT_COUNT), 312);
	assert_int_equal(vm_order(SORT_RATE), 132);
	assert_int_equal(vm_order(SORT_GUEST), 231);
	assert_int_equal(vm_order(SORT_BLOCK), 231);
	/* Unknown is last. */
	assert_int_equal(vm_order(SORT_DELAY), 312);
	assert_int_equal(vm_order(SORT_KVM), 321);
	assert_int_equal(vm_order(SORT_VMM), 321);
	assert_int_equal(vm_order(SORT_TIME), 132);
	/* the averages of all their exits: 100; (500 + 400) / 85; none */
	assert_int_equal(vm_order(SORT_AVG), 312);
	assert_int_equal(vm_order(SORT_P50), 312);
	assert_int_equal(vm_order(SORT_MAX_NS), 132); /* a tie: by pid */
	assert_int_equal(vm_order(SORT_REASON), 312); /* not a VM's: as by default */
}

/* By default what was lost counts, as it is shown, and then the exits. */
static void by_lost_cpus(void **state)
{
	struct time_shares before[ARRAY_SIZE(vms)];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vms); i++) {
		before[i] = vms[i].shares;
		vms[i].shares.valid = vms[i].shares.run_delay_valid = true;
		vms[i].shares.wall_ns = 100000;
		vms[i].vcpus[0].shares.valid = true;
	}
	vms[0].shares.ns[STATE_KVM] = 3000;
	vms[1].shares.ns[STATE_VMM] = 5000;
	vms[2].shares.ns[STATE_RUN_DELAY] = 4000;
	assert_int_equal(vm_order(SORT_DEFAULT), 123);
	assert_int_equal(vm_order_by("lost:asc"), 321);
	assert_int_equal(vm_order_by("lost_cpus"), 123);
	/* What the VMM does for a halt is no loss. */
	vms[1].user_exits = (struct frame_reasons){ &halt, 1 };
	assert_int_equal(vm_order(SORT_DEFAULT), 231);
	vms[1].user_exits = (struct frame_reasons){ NULL, 0 };
	/* 0.03, 0.03 and 0.03: by exits, and what is not known is last */
	vms[1].shares.ns[STATE_VMM] = 3400;
	vms[2].shares.ns[STATE_RUN_DELAY] = 2600;
	assert_int_equal(vm_order(SORT_DEFAULT), 132);
	vms[1].shares.run_delay_valid = false;
	assert_int_equal(vm_order(SORT_DEFAULT), 321);
	for (size_t i = 0; i < ARRAY_SIZE(vms); i++) {
		vms[i].shares = before[i];
		vms[i].vcpus[0].shares.valid = false;
	}
}

static void vcpu_rows(void **state)
{
	const struct query query = { .by = BY_VCPU };
	const struct query by_id = { .by = BY_VCPU, .order = { .key = SORT_VCPU } };
	__autofree struct row *rows = NULL;
	__autofree struct row *rows_by_id = NULL;
	size_t n, left_out;

	(void)state;
	assert_int_equal(query__rows(&query, &frame, &rows, &n, &left_out), 0);
	assert_int_equal(n, 5);
	assert_ptr_equal(rows[0].vcpu, &vcpus_cc[0]);
	assert_ptr_equal(rows[0].vm, &vms[1]);
	assert_ptr_equal(rows[1].vcpu, &vcpus_bb[1]);
	assert_ptr_equal(rows[2].vcpu, &vcpus_bb[0]);
	assert_ptr_equal(rows[4].vcpu, &vcpus_none[1]);

	assert_int_equal(query__rows(&by_id, &frame, &rows_by_id, &n, &left_out), 0);
	assert_ptr_equal(rows_by_id[0].vcpu, &vcpus_cc[0]); /* pid 100 before 300 */
	assert_ptr_equal(rows_by_id[1].vcpu, &vcpus_bb[0]);
	assert_ptr_equal(rows_by_id[2].vcpu, &vcpus_bb[1]);
	assert_ptr_equal(rows_by_id[4].vcpu, &vcpus_none[1]); /* its id is not known */
}

/* The low hex digits of the codes that @sort puts in order. */
static int reason_order(enum sort_key sort)
{
	const struct query query = { .by = BY_REASON, .order = { .key = sort } };
	__autofree struct row *rows = NULL;
	__autofree const struct frame_reason **sorted = NULL;
	size_t n, left_out;
	int order = 0;

	assert_int_equal(query__rows(&query, &frame, &rows, &n, &left_out), 0);
	assert_int_equal(n, 4);
	assert_int_equal(query__reasons(&query, reasons, 4, &sorted), 0);
	assert_null(sorted[4]);
	for (size_t i = 0; i < n; i++) {
		assert_null(rows[i].vm);
		assert_ptr_equal(rows[i].reason, sorted[i]); /* both say the same */
		order = 10 * order + 1 + (int)(rows[i].reason - reasons);
	}
	return order;
}

static void reason_rows(void **state)
{
	(void)state;
	assert_int_equal(reason_order(SORT_DEFAULT), 2143); /* 1 and 4 tie: by isa */
	assert_int_equal(reason_order(SORT_RATE), 2143);
	assert_int_equal(reason_order(SORT_COUNT), 3124);
	assert_int_equal(reason_order(SORT_REASON), 4213);
	assert_int_equal(reason_order(SORT_TIME), 1234);
	assert_int_equal(reason_order(SORT_AVG), 1234);
	assert_int_equal(reason_order(SORT_P90), 1234);
	assert_int_equal(reason_order(SORT_P99), 1234);
	assert_int_equal(reason_order(SORT_P999), 1234);
	assert_int_equal(reason_order(SORT_PID), 2143);
	assert_int_equal(reason_order(SORT_GUEST), 2143);
}

static void top(void **state)
{
	struct query query = { .by = BY_VCPU, .top = 2 };
	__autofree struct row *rows = NULL;
	__autofree struct row *all = NULL;
	size_t n, left_out;

	(void)state;
	assert_int_equal(query__rows(&query, &frame, &rows, &n, &left_out), 0);
	assert_int_equal(n, 2);
	assert_int_equal(left_out, 3);
	assert_ptr_equal(rows[1].vcpu, &vcpus_bb[1]);

	query.top = 50;
	assert_int_equal(query__rows(&query, &frame, &all, &n, &left_out), 0);
	assert_int_equal(n, 5);
	assert_int_equal(left_out, 0);
}

static void nothing(void **state)
{
	static const struct frame none;

	(void)state;
	for (enum row_by by = 0; by < ROW_BY_MAX; by++) {
		const struct query query = { .by = by, .top = 3 };
		__autofree struct row *rows = NULL;
		size_t n = 9, left_out = 9;

		assert_int_equal(query__rows(&query, &none, &rows, &n, &left_out), 0);
		assert_int_equal(n, 0);
		assert_int_equal(left_out, 0);
		assert_non_null(rows);
	}
}

static void sort_words(void **state)
{
	struct order order;

	(void)state;
	for (enum sort_key i = 0; i < SORT_KEY_MAX; i++) {
		assert_non_null(sort_key_name(i));
		assert_int_equal(order_parse(sort_key_name(i), &order), 0);
		assert_int_equal(order.key, i);
		assert_false(order.reversed);
	}
	assert_null(sort_key_name(SORT_KEY_MAX));
	assert_int_equal(order_parse("total", &order), 0);
	assert_int_equal(order.key, SORT_COUNT);
	assert_int_equal(order_parse("vm_id", &order), 0);
	assert_int_equal(order.key, SORT_KEY_MAX + COLUMN_VM_ID);
}

static void bad_sort_words(void **state)
{
	static const char *const bad[] = { "bogus",	  "",	":asc",	      "pid:", "pid:up",
					   "pid:asc:asc", "pi", "interval_s", "kind" };
	struct order order = { .key = SORT_P50 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(order_parse(bad[i], &order), -EINVAL);
	assert_int_equal(order.key, SORT_P50);
}

/* What is not known is last in both directions. */
static void directions(void **state)
{
	(void)state;
	assert_int_equal(vm_order_by("pid:asc"), 123);
	assert_int_equal(vm_order_by("pid:desc"), 321);
	assert_int_equal(vm_order_by("name:desc"), 132);
	assert_int_equal(vm_order_by("count:desc"), 312);
	assert_int_equal(vm_order_by("count:asc"), 213);
	assert_int_equal(vm_order_by("rate:asc"), 312);
	assert_int_equal(vm_order_by("guest:asc"), 321);
	assert_int_equal(vm_order_by("vcpus"), 231); /* a tie: by pid */
	assert_int_equal(vm_order_by("vcpus:asc"), 123);
}

/* A column that rows of this kind do not have is as the default, in its direction, too. */
static void no_such_column(void **state)
{
	static const char *const words[] = { "pid:desc", "name:desc", "guest:asc", "tid",
					     "vm_id:desc" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		__autofree const struct frame_reason **sorted = NULL;
		struct query query = { .by = BY_REASON };

		assert_int_equal(order_parse(words[i], &query.order), 0);
		assert_int_equal(query__reasons(&query, reasons, 4, &sorted), 0);
		assert_string_equal(sorted[0]->name, "cpuid");
	}
}

/* Whatever column is asked for: no row of a kind has less than the order looks at. */
static void all_columns(void **state)
{
	static const struct stat_desc descs[] = { { .name = "a" }, { .name = "b" } };
	static const struct item_row items[] = { { .name = "x" },
						 { .name = "y", .kind = ITEM_GAUGE } };
	struct stats_row stats[] = { { .desc = &descs[0] }, { .desc = &descs[1], .gauge = true } };

	(void)state;
	for (unsigned int key = 0; key < SORT_KEY_MAX + COLUMN_MAX; key++) {
		const struct order order = { .key = key };
		struct row of_stats[] = { { .kind = ROW_VM_STAT, .stat = &stats[0] },
					  { .kind = ROW_VM_STAT, .stat = &stats[1] } };
		struct row of_items[] = { { .kind = ROW_EVENT, .item = &items[0] },
					  { .kind = ROW_EVENT, .item = &items[1] } };
		bool of_frame = key == SORT_KEY_MAX + COLUMN_TIME ||
				key == SORT_KEY_MAX + COLUMN_INTERVAL_S;
		bool named = key < SORT_KEY_MAX || registry_column(key - SORT_KEY_MAX)->name;

		if (of_frame || !named) /* no word of --sort */
			continue;
		assert_int_equal(order_rows(&order, of_stats, 2), 0);
		assert_int_equal(order_rows(&order, of_items, 2), 0);
		vm_order_of(order);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vm_rows),     cmocka_unit_test(by_lost_cpus),
		cmocka_unit_test(vcpu_rows),   cmocka_unit_test(reason_rows),
		cmocka_unit_test(top),	       cmocka_unit_test(nothing),
		cmocka_unit_test(sort_words),  cmocka_unit_test(bad_sort_words),
		cmocka_unit_test(directions),  cmocka_unit_test(no_such_column),
		cmocka_unit_test(all_columns),
	};

	return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
