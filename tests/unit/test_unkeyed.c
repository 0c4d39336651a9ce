// SPDX-License-Identifier: GPL-2.0
/* unkeyed: a slot that is read between any two of the stores that the BPF programs make. */
#include "unit.h"

#include "../../user/arch/x86.h"
#include "../../user/sources/bpf/unkeyed.h"

#define CPUID 0x72
#define MSR 0x7c
#define OTHER 0x60

static struct {
	struct kvmtop_vcpu v;
	struct kvmtop_detail_vcpu d;
	struct kvmtop_cell spare[4];
	struct unkeyed_reasons reasons;
	struct unkeyed unkeyed;
	bool timed;
	uint64_t ns;		    /* the time */
	struct detail_sum truth;    /* of MSR, of exits that are over */
	struct detail_sum reported; /* at the last look */
	bool watched;		    /* between any two stores */
} t;

static void begin(bool timed)
{
	memset(&t, 0, sizeof(t));
	t.timed = timed;
	t.ns = 1000;
	t.v.n_spare = 2; /* the MSR's cell is element 3 */
	t.v.spare[0] = 0;
	t.v.spare[1] = 3;
	t.v.n_own = 2;
	t.v.own[1] = (struct kvmtop_cell){ .isa = ISA_SVM, .reason = OTHER };
	t.v.own[2] = (struct kvmtop_cell){ .isa = ISA_SVM, .reason = CPUID };
	t.spare[0] = (struct kvmtop_cell){ .isa = ISA_USER, .reason = MSR, .count = 1000 };
	t.spare[3] = (struct kvmtop_cell){ .isa = ISA_SVM, .reason = MSR };
	t.reasons = (struct unkeyed_reasons){ .isa = ISA_SVM,
					      .mask = UINT64_MAX,
					      .kinds = DETAIL_BIT(DETAIL_MSR) };
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++)
		for (int i = 0; i < KVMTOP_DETAIL_RANGES; i++)
			t.reasons.ranges[kind][i].first = 1;
	t.reasons.ranges[DETAIL_MSR][1] = (struct kvmtop_detail_range){ MSR, MSR };
}

static struct unkeyed_view view(bool ended)
{
	return (struct unkeyed_view){ .vcpu = &t.v,
				      .detail = &t.d,
				      .spare = t.spare,
				      .n_spare = ARRAY_SIZE(t.spare),
				      .reasons = &t.reasons,
				      .timed = t.timed,
				      .ended = ended };
}

/* What is reported is never more than the truth, and never less than before. */
static void look_at(bool ended)
{
	const struct unkeyed_view v = view(ended);
	const struct detail_sum *reported = &t.unkeyed.reported[DETAIL_MSR];

	unkeyed__look(&t.unkeyed, &v);
	assert_true(reported->count >= t.reported.count && reported->sum_ns >= t.reported.sum_ns);
	assert_true(reported->count <= t.truth.count && reported->sum_ns <= t.truth.sum_ns);
	for (int kind = 0; kind < DETAIL_KIND_MAX; kind++)
		assert_true(kind == DETAIL_MSR || !t.unkeyed.reported[kind].count);
	t.reported = *reported;
}

static void look(void)
{
	look_at(false);
}

static void store(void)
{
	if (t.watched)
		look();
}

static struct kvmtop_cell *cell_of(uint64_t reason)
{
	return reason == MSR ? &t.spare[3] : reason == CPUID ? &t.v.own[2] : &t.v.own[1];
}

static uint32_t number_of(uint64_t reason)
{
	return reason == MSR ? KVMTOP_OWN_CELLS + 3 : reason == CPUID ? 2 : 1;
}

/* tally_exit() of bpf/tally.bpf.h. */
static void vm_exit(uint64_t reason)
{
	t.ns += 100;
	if (t.timed) {
		t.v.event_ns = t.ns;
		store();
		t.v.exit_place = KVMTOP_PLACE_COUNTING;
		store();
	}
	cell_of(reason)->count++;
	store();
	t.v.exit_place = KVMTOP_PLACE(number_of(reason));
	store();
}

/* detail_add() of bpf/detail.bpf.h, of an MSR. */
static void event(void)
{
	struct kvmtop_cell *cell =
		KVMTOP_PLACE_CELL(t.v.exit_place) == number_of(MSR) ? &t.spare[3] : NULL;
	uint64_t id = cell ? KVMTOP_EXIT_ID(number_of(MSR), cell->count) : 0;

	if (!cell || t.d.keyed_exit[DETAIL_MSR] == id)
		return;
	t.d.keyed[DETAIL_MSR].count++;
	store();
	t.d.keyed_exit[DETAIL_MSR] = id;
	store();
	t.d.n_pending = 1;
	store();
}

/* tally_entry(), and detail_entry(), which comes after it. */
static void entry(uint64_t reason, bool keyed)
{
	uint64_t ns = 10;

	t.ns += ns;
	if (reason == MSR && !keyed)
		t.truth = (struct detail_sum){ t.truth.count + 1, t.truth.sum_ns + ns };
	if (!t.timed)
		return;
	if (reason == CPUID) { /* on the short path */
		t.v.event_ns = t.ns;
		store();
		t.v.exit_place = KVMTOP_PLACE_NONE;
		store();
		cell_of(reason)->sum_ns += ns;
		store();
	} else {
		t.v.exit_place |= KVMTOP_PLACE_ENDING;
		store();
		cell_of(reason)->sum_ns += ns;
		store();
		t.v.event_ns = t.ns;
		store();
		t.v.exit_place = KVMTOP_PLACE_NONE;
		store();
	}
	if (t.d.n_pending) {
		t.d.keyed[DETAIL_MSR].sum_ns += ns;
		store();
		t.d.n_pending = 0;
		store();
	}
}

static void whole(uint64_t reason, bool keyed)
{
	vm_exit(reason);
	if (keyed) {
		event();
		event(); /* a second key of the same exit */
	}
	entry(reason, keyed);
}

static void mix(void)
{
	static const uint64_t reasons[] = { OTHER, MSR, CPUID, MSR, MSR, OTHER, MSR };

	for (unsigned int i = 0; i < 200; i++)
		whole(reasons[i % ARRAY_SIZE(reasons)],
		      reasons[i % ARRAY_SIZE(reasons)] == MSR && i % 3);
	whole(OTHER, false);
}

static void timed(void **state)
{
	(void)state;
	for (int watched = 0; watched < 2; watched++) {
		begin(true);
		t.watched = watched;
		mix();
		look();
		assert_true(t.truth.count > 30);
		assert_int_equal(t.reported.count, t.truth.count);
		assert_int_equal(t.reported.sum_ns, t.truth.sum_ns);
	}
}

static void untimed(void **state)
{
	(void)state;
	begin(false);
	mix();
	look();
	assert_int_equal(t.reported.count, t.truth.count);
}

/*
 * Its event may come as long as the exit is not over. Where that is not known, it may come until the exit is still the
 * last one at the next look.
 */
static void last_exit(void **state)
{
	(void)state;
	begin(true);
	vm_exit(MSR);
	for (int i = 0; i < 3; i++)
		look();
	event();
	look();
	entry(MSR, true);
	look();
	assert_int_equal(t.reported.count, 0);
	begin(false);
	vm_exit(MSR);
	look();
	assert_int_equal(t.reported.count, 0);
	entry(MSR, false);
	look();
	assert_int_equal(t.reported.count, 1);
}

static void ended(void **state)
{
	(void)state;
	begin(true);
	vm_exit(MSR);
	look();
	assert_int_equal(t.reported.count, 0);
	t.truth.count = 1;
	look_at(true);
	assert_int_equal(t.reported.count, 1);
}

/* The exits before had events that were not seen. */
static void from_some_point_on(void **state)
{
	struct unkeyed_view v;

	(void)state;
	begin(true);
	mix();
	vm_exit(MSR); /* and no more is known of this one */
	v = view(false);
	unkeyed__begin(&t.unkeyed, &v);
	t.truth =
		(struct detail_sum){ .sum_ns = 10 }; /* how long that one takes is not held apart */
	entry(MSR, true);
	look();
	assert_int_equal(t.reported.count, 0);
	mix();
	look();
	assert_int_equal(t.reported.count, t.truth.count);
}

/* The last exit was dropped when it was to begin: it does at the next look, and what came before is nobody's still. */
static void begins_later(void **state)
{
	struct unkeyed_view v;

	(void)state;
	begin(true);
	mix();
	t.v.exit_place = KVMTOP_PLACE(KVMTOP_CELL_NONE);
	v = view(false);
	unkeyed__begin(&t.unkeyed, &v);
	t.truth = (struct detail_sum){ 0 };
	look();
	mix();
	t.truth = (struct detail_sum){ 0 };
	look();
	assert_int_equal(t.reported.count, 0);
	mix();
	look();
	assert_true(t.truth.count);
	assert_int_equal(t.reported.count, t.truth.count);
}

static void vmx_flags_and_nested(void **state)
{
	(void)state;
	begin(true);
	t.reasons.isa = ISA_VMX;
	t.reasons.mask = 0xffff;
	t.spare[3].isa = ISA_VMX | ISA_L2;
	t.spare[3].reason = 0x80000000 | MSR;
	whole(MSR, false);
	whole(MSR, true);
	look();
	assert_int_equal(t.reported.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timed),
		cmocka_unit_test(untimed),
		cmocka_unit_test(last_exit),
		cmocka_unit_test(ended),
		cmocka_unit_test(from_some_point_on),
		cmocka_unit_test(begins_later),
		cmocka_unit_test(vmx_flags_and_nested),
	};

	return cmocka_run_group_tests_name("unkeyed", tests, NULL, NULL);
}
