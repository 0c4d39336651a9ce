// SPDX-License-Identifier: GPL-2.0
/* registry: its tables are whole, and each kind of row has a value in each of its columns. */
#include "unit.h"

#include <ctype.h>
#include <linux/kvm.h>

#include "../../user/arch/x86.h"
#include "../../user/model/frame.h"
#include "../../user/model/item_rows.h"
#include "../../user/model/registry.h"
#include "../../user/model/slow.h"
#include "../../user/model/stats.h"
#include "../../user/model/stats_rows.h"

static struct frame_reason exit_reason = {
	.isa = ISA_SVM | ISA_L2,
	.code = 0x72,
	.name = "L2:cpuid",
	.count = { 40, 10, 5, true },
	.time = { .valid = true,
		  .delta_ns = 1000,
		  .share_pct = 50,
		  .share_valid = true,
		  .timed = 10,
		  .avg_ns = 100,
		  .avg_valid = true,
		  .max_valid = true,
		  .max_ns = 300,
		  .hist_valid = true,
		  .pct_valid = true,
		  .pct_ns = { 90, 200, 300, 300 },
		  .hist = { (const uint64_t[]){ 10 }, 45, 1 } },
};
static struct frame_reason user_reason = {
	.isa = ISA_USER, .code = (uint64_t)-4, .name = "EINTR", .count = { 6, 3, 1.5, true }
};
static struct frame_vcpu vcpu = { .vcpu_id = 1,
				  .tid = 43,
				  .exits = { 40, 10, 5, true },
				  .reasons = { &exit_reason, 1 },
				  .user_exits = { &user_reason, 1 },
				  .shares = { .valid = true,
					      .run_delay_valid = true,
					      .wall_ns = 100,
					      .ns = { [STATE_RUN_DELAY] = 30 },
					      .pct = { 50, 20, 10, 5, 5, 10 },
					      .slices_valid = true,
					      .slices = 4 },
				  .thread = { .cpu_known = true, .cpu = 0 },
				  .held = HELD_PARKED };
static struct frame_vm vm = {
	.pid = 42,
	.id = (char[]){ "42-7" },
	.name = (char[]){ "web" },
	.comm = (char[]){ "qemu" },
	.exits = { 40, 10, 5, true },
	.reasons = { &exit_reason, 1 },
	.user_exits = { &user_reason, 1 },
	.shares = { .valid = true,
		    .run_delay_valid = true,
		    .wall_ns = 100,
		    .ns = { [STATE_RUN_DELAY] = 70 },
		    .pct = { 50, 20, 10, 5, 5, 10 },
		    .slices_valid = true,
		    .slices = 10 },
	.held = HELD_FROZEN,
	.load = { .quota_valid = true, .throttled_pct = 2.5, .aux_valid = true, .aux_pct = 130 },
	.vcpus = &vcpu,
	.n_vcpus = 1
};
static const struct frame frame = { .wall = { 1769850487, 0 },
				    .interval_s = 2,
				    .shares = { .valid = true, .wall_ns = 10000 } };
static const struct stat_desc desc = { .name = (char[]){ "halt_wait_ns" },
				       .type = STAT_CUMULATIVE,
				       .unit = STAT_UNIT_SECONDS,
				       .exponent = -9,
				       .n = 1 };
static const struct stats_row stat = { .desc = &desc, .count = { 9, 4, 2, true } };
static const struct frame_detail detail = { .kind = DETAIL_PIO,
					    .key = 0x60,
					    .sub = DETAIL_READ | 4 << DETAIL_SIZE_SHIFT,
					    .name = "keyboard",
					    .count = { 8, 2, 1, true },
					    .share_pct = 20,
					    .share_valid = true,
					    .time = { true, 500, 25, true, 250, true } };
static const struct item_row item = {
	.name = "kvm_exit(HLT)", .total = 7, .delta_valid = true, .delta = 2, .rate = 1
};
static const struct item_row gauge = {
	.name = "pages_4k", .source = ITEM_STATISTIC, .kind = ITEM_GAUGE, .total = 9
};
static const struct slow_exit slow = { .wall = { 1769850488, 5000000 },
				       .pid = 42,
				       .vm_fd = 7,
				       .name = "web",
				       .comm = "qemu",
				       .vcpu_id = 1,
				       .tid = 43,
				       .ns = 123456,
				       .isa = ISA_VMX,
				       .code = 48,
				       .reason = "EPT_VIOLATION",
				       .pc_known = true,
				       .pc = 0xfff0,
				       .gpa_known = true,
				       .gpa = 0xfee00000,
				       .about_known = true,
				       .kind = DETAIL_MMIO,
				       .key = 0xfee000b0,
				       .sub = DETAIL_WRITE | 4 << DETAIL_SIZE_SHIFT,
				       .about = "apic" };

static const struct row rows[ROW_KIND_MAX] = {
	[ROW_VM] = { .vm = &vm },
	[ROW_VM_REASON] = { .vm = &vm, .reason = &exit_reason, .scope_exits = 20 },
	[ROW_VM_USER_EXIT] = { .vm = &vm, .reason = &user_reason, .scope_exits = 3 },
	[ROW_VCPU] = { .vm = &vm, .vcpu = &vcpu },
	[ROW_REASON] = { .reason = &exit_reason, .scope_exits = 20 },
	[ROW_USER_EXIT] = { .reason = &user_reason, .scope_exits = 3 },
	[ROW_SLOT] = { .reason = &exit_reason, .slot = 45, .slot_exits = 10 },
	[ROW_USER_SLOT] = { .reason = &user_reason, .slot = HIST_SLOTS - 1, .slot_exits = 3 },
	[ROW_VM_STAT] = { .vm = &vm, .stat = &stat },
	[ROW_VCPU_STAT] = { .vm = &vm, .vcpu = &vcpu },
	[ROW_VM_DETAIL] = { .vm = &vm, .detail = &detail },
	[ROW_VCPU_DETAIL] = { .vm = &vm, .vcpu = &vcpu, .detail = &detail },
	[ROW_SLOW] = { .slow = &slow },
	[ROW_DROP] = { .name = "map_full", .dropped = 3 },
	[ROW_SOURCE] = { .name = "stats", .error = "denied" },
	[ROW_EVENT] = { .item = &item },
	[ROW_VM_EVENT] = { .vm = &vm, .item = &gauge },
	[ROW_VCPU_EVENT] = { .vm = &vm, .vcpu = &vcpu, .item = &item },
};

/* A cell as text: "" when it is unknown. */
static const char *cell(enum row_kind kind, enum column_id id)
{
	static char text[128];
	struct row row = rows[kind];
	struct column_value value;

	row.kind = kind;
	row.frame = kind == ROW_SLOW ? NULL : &frame;
	registry_get(id, &row, &value);
	text[0] = '\0';
	if (value.type == VALUE_TEXT)
		snprintf(text, sizeof(text), "%s", value.text);
	else if (value.type != VALUE_UNKNOWN)
		snprintf(text, sizeof(text), "%g", registry_number(&value));
	return text;
}

static void tables(void **state)
{
	(void)state;
	for (int i = 0; i < COLUMN_MAX; i++) {
		const struct column *c = registry_column((enum column_id)i);

		assert_non_null(c->get);
		assert_true(c->rows && c->rows < ROW_BIT(ROW_KIND_MAX));
		assert_true(isupper(c->help[0]) || isdigit(c->help[0]));
		assert_int_equal(c->help[strlen(c->help) - 1], '.');
		if (!c->name) /* in tables of text and JSON only */
			continue;
		/* a name has its unit */
		if (c->unit == UNIT_NS)
			assert_string_equal(c->name + strlen(c->name) - 3, "_ns");
		if (c->unit == UNIT_PCT)
			assert_string_equal(c->name + strlen(c->name) - 4, "_pct");
		for (int j = 0; j < i; j++) {
			const char *other = registry_column((enum column_id)j)->name;

			assert_true(!other || strcmp(c->name, other));
		}
	}
	for (int i = 0; i < ROW_KIND_MAX; i++) {
		assert_non_null(row_kind_name((enum row_kind)i));
		assert_non_null(row_kind_help((enum row_kind)i));
	}
}

/* What no row above can have. */
static bool is_empty(enum row_kind kind, enum column_id id)
{
	bool user = kind == ROW_VM_USER_EXIT || kind == ROW_USER_EXIT;

	if (kind == ROW_VCPU_STAT) /* its statistics are not known */
		return id >= COLUMN_NAME;
	if (kind == ROW_VM_EVENT) /* a gauge */
		return id == COLUMN_TOTAL || id == COLUMN_DELTA || id == COLUMN_PER_S;
	if (kind == ROW_EVENT || kind == ROW_VCPU_EVENT)
		return id == COLUMN_VALUE;
	return (kind == ROW_VM_STAT && id == COLUMN_VALUE) || /* it is a counter */
	       (kind == ROW_USER_SLOT && id == COLUMN_SLOT_HI_NS) ||
	       (user && (id == COLUMN_OF_VM_PCT || id == COLUMN_FROM)) ||
	       (user && id >= COLUMN_TIME_NS && id <= COLUMN_MAX_NS) || /* it was not timed */
	       id == COLUMN_ERROR_CODE;					/* of pages */
}

static void every_cell(void **state)
{
	(void)state;
	for (int kind = 0; kind < ROW_KIND_MAX; kind++) {
		for (int id = 0; id < COLUMN_MAX; id++) {
			const struct column *c = registry_column((enum column_id)id);
			bool has = c->rows & ROW_BIT(kind) &&
				   !is_empty((enum row_kind)kind, (enum column_id)id);

			if (!*cell((enum row_kind)kind, (enum column_id)id) == has)
				fail_msg("%s in a row %s: '%s'", c->name,
					 row_kind_name((enum row_kind)kind),
					 cell((enum row_kind)kind, (enum column_id)id));
		}
	}
}

/* Exits to the VMM come from the reason that the same scope has, of either code space. */
static void origins(void **state)
{
	static const struct {
		uint32_t isa;
		uint64_t exit, user;
		const char *from;
	} cases[] = {
		{ ISA_SVM, 0x7b, KVM_EXIT_IO, "x" },   { ISA_SVM, 0x400, KVM_EXIT_MMIO, "x" },
		{ ISA_VMX, 30, KVM_EXIT_IO, "x" },     { ISA_VMX, 49, KVM_EXIT_MMIO, "x" },
		{ ISA_VMX, 48, KVM_EXIT_MMIO, "x" },   { ISA_VMX, 48, KVM_EXIT_IO, NULL },
		{ ISA_SVM, 0x400, KVM_EXIT_IO, NULL }, { ISA_SVM, 0x7b, KVM_EXIT_SHUTDOWN, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frame_reason there = { .isa = cases[i].isa,
					      .code = cases[i].exit,
					      .name = (char[]){ "x" } };
		struct frame_reason left = { .isa = ISA_USER, .code = cases[i].user };
		const struct frame of = { .reasons = { &there, 1 } };
		struct row row = { .kind = ROW_USER_EXIT, .frame = &of, .reason = &left };
		struct column_value value;

		registry_get(COLUMN_FROM, &row, &value);
		assert_int_equal(value.type == VALUE_TEXT, !!cases[i].from);
		if (cases[i].from)
			assert_string_equal(value.text, cases[i].from);
		/* A VM's are not those of all VMs. */
		row.vm = &vm;
		registry_get(COLUMN_FROM, &row, &value);
		assert_int_equal(value.type, VALUE_UNKNOWN);
	}
}

static void values(void **state)
{
	static const struct {
		enum row_kind kind;
		enum column_id id;
		const char *text;
	} cases[] = {
		{ ROW_VM, COLUMN_TIME, "2026-01-31T09:08:07.000Z" },
		{ ROW_VM, COLUMN_EXITS_TOTAL, "40" },
		{ ROW_VM, COLUMN_USER_EXITS_PER_S, "1.5" },
		{ ROW_VM, COLUMN_MAX_NS, "300" },
		{ ROW_VCPU, COLUMN_HALT_BLOCK_PCT, "5" },
		{ ROW_VCPU, COLUMN_RUN_DELAY_PCT, "10" },
		{ ROW_VM, COLUMN_HELD, "frozen" },
		{ ROW_VM, COLUMN_QUOTA_PCT, "2.5" },
		{ ROW_VM, COLUMN_AUX_PCT, "130" },
		{ ROW_VM, COLUMN_WAIT_NS, "7" },
		{ ROW_VCPU, COLUMN_WAIT_NS, "8" },
		{ ROW_VCPU, COLUMN_CPU, "0" },
		{ ROW_VCPU, COLUMN_HELD, "parked" },
		{ ROW_VM_REASON, COLUMN_ISA, "svm" },
		{ ROW_VM_REASON, COLUMN_NESTED, "1" },
		{ ROW_REASON, COLUMN_EXITS_SHARE_PCT, "50" },
		{ ROW_REASON, COLUMN_P999_NS, "300" },
		{ ROW_REASON, COLUMN_OF_VM_PCT, "10" },
		{ ROW_USER_EXIT, COLUMN_CODE, "-4" },
		{ ROW_USER_EXIT, COLUMN_EXITS_SHARE_PCT, "100" },
		{ ROW_SLOT, COLUMN_SLOT_EXITS, "10" },
		{ ROW_VM_STAT, COLUMN_UNIT, "ns" },
		{ ROW_EVENT, COLUMN_NAME, "kvm_exit(HLT)" },
		{ ROW_EVENT, COLUMN_ORIGIN, "tracepoint" },
		{ ROW_VCPU_EVENT, COLUMN_DELTA, "2" },
		{ ROW_VM_EVENT, COLUMN_ORIGIN, "statistic" },
		{ ROW_VM_EVENT, COLUMN_VALUE, "9" },
		{ ROW_VM_STAT, COLUMN_TOTAL, "9" },
		{ ROW_VM_DETAIL, COLUMN_KEY, "0x60" },
		{ ROW_VM_DETAIL, COLUMN_DIR, "read" },
		{ ROW_VM_DETAIL, COLUMN_SIZE_BYTES, "4" },
		{ ROW_VM_DETAIL, COLUMN_TIME_SHARE_PCT, "25" },
		{ ROW_SLOW, COLUMN_TIME, "2026-01-31T09:08:08.005Z" },
		{ ROW_SLOW, COLUMN_VM_ID, "42-7" },
		{ ROW_SLOW, COLUMN_GPA, "0xfee00000" },
		{ ROW_SLOW, COLUMN_KEY, "0xfee000b0" },
		{ ROW_SLOW, COLUMN_TIME_NS, "123456" },
		{ ROW_DROP, COLUMN_TOTAL, "3" },
		{ ROW_SOURCE, COLUMN_ERROR, "denied" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_string_equal(cell(cases[i].kind, cases[i].id), cases[i].text);
}

/* VMs without a name look alike without a column of pids. An empty name is none. */
static void labels_without_a_name(void **state)
{
	struct frame_vm vms[] = {
		{ .pid = 42, .id = (char[]){ "42-7" }, .comm = (char[]){ "qemu" } },
		{ .pid = 43, .id = (char[]){ "43-7" }, .comm = (char[]){ "qemu" } },
		{ .pid = 43, .id = (char[]){ "43-8" }, .name = (char[]){ "web" } },
		{ .pid = 44,
		  .id = (char[]){ "44-7" },
		  .name = (char[]){ "" },
		  .comm = (char[]){ "q" } },
		{ .pid = 45, .id = (char[]){ "45-7" } },
		{ .pid = 46, .id = (char[]){ "46-7" }, .ended = true },
		{ .pid = 46, .id = (char[]){ "46-?" }, .comm = (char[]){ "" } },
	};
	static const char *const plain[] = {
		"[qemu]", "[qemu]", "web", "[q]", "-", "(ended) -", "-"
	};
	static const char *const tagged[] = { "42 [qemu]", "43-7 [qemu]",  "web", "44 [q]",
					      "45",	   "(ended) 46-7", "46-?" };
	const struct frame of = { .vms = vms, .n_vms = ARRAY_SIZE(vms) };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vms); i++) {
		struct row row = { .kind = ROW_VM, .frame = &of, .vm = &vms[i] };
		struct column_value value;

		registry_get(COLUMN_VM_LABEL, &row, &value);
		assert_string_equal(value.text, plain[i]);
		row.with_id = true;
		registry_get(COLUMN_VM_LABEL, &row, &value);
		assert_string_equal(value.text, tagged[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(every_cell),
		cmocka_unit_test(origins),
		cmocka_unit_test(values),
		cmocka_unit_test(labels_without_a_name),
	};

	return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
