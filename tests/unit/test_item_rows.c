// SPDX-License-Identifier: GPL-2.0
#include "item_frames.h"

#include "../../user/model/delta.h"

static void children(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .isa = ISA_SVM });
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1);
	struct item_row row;

	(void)state;
	set_reasons(&vm, &p, 10, 7);
	item_feed__take(feed, &frame);
	assert_row(feed, "kvm_exit", 23, 23);
	assert_row(feed, "kvm_exit(CPUID)", 5, 5);
	assert_row(feed, "kvm_exit(HLT)", 17, 17); /* of both levels */
	assert_row(feed, "kvm_exit(1279)", 1, 1);
	assert_row(feed, "kvm_exit(INTR)", 0, 0);    /* the constant's name, and not "interrupt" */
	assert_row(feed, "kvm_exit(PF_EXCP)", 0, 0); /* there is no constant */
	assert_row(feed, "kvm_userspace_exit", 5, 5);
	assert_row(feed, "kvm_userspace_exit(IO)", 2, 2);
	assert_row(feed, "kvm_userspace_exit(EINTR)", 3, 3);
	assert_row(feed, "kvm_userspace_exit(MMIO)", 0, 0);
	assert_no_row(feed, "kvm_exit(EPT_VIOLATION)");
	assert_no_row(feed, "exits");
	assert_true(find_in(feed, NULL, "kvm_exit(HLT)", &row));
	assert_string_equal(row.parent, "kvm_exit");
	assert_int_equal(row.source, ITEM_TRACEPOINT);
}

/* Without a list: of a host that is not known. */
static void unknown_isa(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .isa = 0 });
	struct frame_reason reasons[] = { { 7, 12, .count = count_of(3, 3) },
					  { ISA_VMX, 0x80000021, .count = count_of(2, 2) },
					  { ISA_SVM, REASON_UNKNOWN, .count = count_of(1, 1) } };
	struct frame_vm vm = { .key = 1, .reasons = { reasons, 3 } };
	struct frame frame = frame_of(&vm, 1);

	(void)state;
	item_feed__take(feed, &frame);
	assert_no_row(feed, "kvm_exit(HLT)");
	assert_row(feed, "kvm_exit", 6, 6);
	assert_row(feed, "kvm_exit(12)", 3, 3);
	assert_row(feed, "kvm_exit(INVALID_STATE)", 2, 2);
	assert_row(feed, "kvm_exit(UNKNOWN_REASON)", 1, 1);
}

/* VMs end and begin, and the totals lose nothing. */
static void totals(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .stats = true, .isa = ISA_SVM });
	struct vm_parts p[2] = { 0 };
	struct frame_vm vms[2] = { { .key = 1 }, { .key = 2 } };
	struct frame both = frame_of(vms, 2), second = frame_of(&vms[1], 1);

	(void)state;
	set_stats(&vms[0], &p[0], 60, 20); /* 40 of them were before */
	set_stats(&vms[1], &p[1], 5, 5);
	set_reasons(&vms[0], &p[0], 10, 0);
	set_reasons(&vms[1], &p[1], 4, 0);
	item_feed__take(feed, &both);
	assert_row(feed, "exits", 25, 25);
	assert_row(feed, "kvm_exit(HLT)", 14, 14);
	assert_row(feed, "hist", 2, 2);
	set_stats(&vms[1], &p[1], 8, 3);
	set_reasons(&vms[1], &p[1], 6, 0);
	item_feed__take(feed, &second);
	assert_row(feed, "exits", 28, 3);
	assert_row(feed, "kvm_exit(HLT)", 16, 2);
	assert_row(feed, "pages", 92, 92 - (40 + 95)); /* a gauge is what there is */
}

/* A count grows by up to 64 bits, without a sign; only a gauge shrinks. */
static void large(void **state)
{
	__autofeed struct item_feed *feed = new_feed((struct asked){ .stats = true });
	const uint64_t much = UINT64_C(1) << 63;
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame first = frame_of(&vm, 1), frame = frame_of(&vm, 1);
	char text[ITEM_DELTA_SIZE];
	struct item_row row;

	(void)state;
	set_stats(&vm, &p, 4, 4);
	item_feed__take(feed, &first);
	set_stats(&vm, &p, 4 + much, much);
	item_feed__take(feed, &frame);
	assert_true(find_in(feed, NULL, "exits", &row));
	assert_string_equal(item_row__delta(&row, text), "9223372036854775808");
	assert_near(row.rate, (double)much / 2);
	assert_true(find_in(feed, NULL, "pages", &row));
	assert_near(row.rate, (double)row.delta / 2);
}

static void past(void **state)
{
	__autofeed struct item_feed *feed = new_feed((struct asked){ .stats = true, .past = true });
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1);

	(void)state;
	set_stats(&vm, &p, 60, 20);
	item_feed__take(feed, &frame);
	assert_row(feed, "exits", 60, 20);
	set_stats(&vm, &p, 70, 10);
	item_feed__take(feed, &frame);
	assert_row(feed, "exits", 70, 10);
}

/* What could not be read for a while has grown when it can be. */
static void unknown(void **state)
{
	__autofeed struct item_feed *feed = new_feed((struct asked){ .stats = true });
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1), none = frame_of(NULL, 0);

	(void)state;
	item_feed__take(feed, &none);
	assert_row(feed, "exits", 0, 0); /* of no VM */
	set_stats(&vm, &p, 60, 60);
	item_feed__take(feed, &frame);
	vm.stats = (struct frame_stats){ STATS_NONE, NULL, 0 };
	item_feed__take(feed, &frame);
	assert_unknown(feed, "exits");
	set_stats(&vm, &p, 75, 15);
	item_feed__take(feed, &frame);
	assert_row(feed, "exits", 75, 15);
	set_stats(&vm, &p, 3, 0); /* root has set it to 0 */
	item_feed__take(feed, &frame);
	assert_unknown(feed, "exits");
	set_stats(&vm, &p, 5, 2);
	item_feed__take(feed, &frame);
	assert_row(feed, "exits", 77, 2);
	item_feed__take(feed, &none);
	assert_row(feed, "exits", 77, 0);
}

static void assert_gauge(const struct item_feed *feed, const struct frame_vm *vm, bool unread)
{
	struct item_row row;

	assert_true(find_in(feed, vm, "pages", &row));
	assert_int_equal(row.unread, unread);
}

/* A gauge is what there is now: an earlier one is not known to be it. */
static void unread_gauge(void **state)
{
	__autofeed struct item_feed *feed = new_feed((struct asked){ .stats = true });
	struct vm_parts p[2] = { 0 };
	struct frame_vm vms[2] = { { .key = 1 }, { .key = 2 } };
	struct frame frame = frame_of(vms, 2);

	(void)state;
	set_stats(&vms[0], &p[0], 60, 60);
	set_stats(&vms[1], &p[1], 10, 10);
	item_feed__take(feed, &frame);
	assert_gauge(feed, NULL, false);
	assert_gauge(feed, &vms[0], false);
	vms[0].stats = (struct frame_stats){ STATS_NONE, NULL, 0 };
	item_feed__take(feed, &frame);
	assert_gauge(feed, NULL, true);
	assert_gauge(feed, &vms[0], true);
	assert_gauge(feed, &vms[1], false);
	assert_unknown(feed, "pages");
	set_stats(&vms[0], &p[0], 70, 10);
	item_feed__take(feed, &frame);
	assert_row(feed, "pages", 30 + 90, -10);
	assert_gauge(feed, NULL, false);
	/* The part of a VM that has ended is not in the sum any more. */
	vms[0].ended = true;
	vms[0].stats = (struct frame_stats){ STATS_NONE, NULL, 0 };
	item_feed__take(feed, &frame);
	assert_gauge(feed, &vms[0], true);
	assert_row(feed, "pages", 90, -30);
	assert_gauge(feed, NULL, false);
}

/* Events of no VM count unless VMs were chosen. */
static void tracepoints(void **state)
{
	struct vm_parts p = { 0 };
	struct counter host[3];
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1);

	(void)state;
	for (int selected = 0; selected < 2; selected++) {
		__autofeed struct item_feed *feed =
			new_feed((struct asked){ .tracepoints = true, .selected = selected });

		set_tracepoints(&frame.tracepoints, host, 100, 40);
		set_tracepoints(&vm.tracepoints, p.tracepoints, 30, 10);
		item_feed__take(feed, &frame);
		/* What came before the first interval is in no total: not all is counted from the same moment on. */
		assert_row(feed, "kvm_pio", selected ? 10 : 40, selected ? 10 : 40);
		assert_row(feed, "kvm_exit", 0, 0); /* from the reasons */
		set_tracepoints(&frame.tracepoints, host, 107, 7);
		set_tracepoints(&vm.tracepoints, p.tracepoints, 34, 4);
		item_feed__take(feed, &frame);
		assert_row(feed, "kvm_entry", selected ? 14 : 47, selected ? 4 : 7);
	}
}

/* Off for a while, and on again: they are counted from zero then, and what they had before is in the totals. */
static void switched_again(void **state)
{
	struct vm_parts p = { 0 };
	struct counter host[3];
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1), off = frame, begun = frame;

	(void)state;
	off.event_names = NULL;
	begun.begun[PART_TRACEPOINTS] = true;
	for (int selected = 0; selected < 2; selected++) {
		__autofeed struct item_feed *feed =
			new_feed((struct asked){ .tracepoints = true, .selected = selected });
		struct frame then[] = { frame, off, begun, frame };

		for (size_t i = 0; i < ARRAY_SIZE(then); i++) {
			const bool known = i != 2;

			set_tracepoints(&then[i].tracepoints, host, i == 3 ? 60 : 50, 10);
			set_tracepoints(&vm.tracepoints, p.tracepoints, i == 3 ? 60 : 50, 10);
			for (size_t j = 0; j < ARRAY_SIZE(host); j++)
				host[j].delta_valid = p.tracepoints[j].delta_valid = known;
			if (i == 1)
				then[i].tracepoints = vm.tracepoints =
					(struct frame_tracepoints){ .n = 0 };
			item_feed__take(feed, &then[i]);
			if (i == 2)
				assert_unknown(feed, "kvm_pio");
		}
		assert_row(feed, "kvm_pio", 10 + 50 + 10, 10);
	}
}

/* Exits are taken in another way: they begin at zero, and may soon be more than they were. Nothing is lost, and no growth is made up. */
static void exits_begin_again(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .isa = ISA_SVM });
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1), begun = frame, after = frame;

	(void)state;
	set_reasons(&vm, &p, 10, 7);
	item_feed__take(feed, &frame);
	assert_row(feed, "kvm_exit", 23, 23);
	set_reasons(&vm, &p, 40, 7);
	for (size_t i = 0; i < ARRAY_SIZE(p.reasons); i++)
		p.reasons[i].count.delta_valid = false;
	begun.begun[PART_EXITS] = true;
	item_feed__take(feed, &begun);
	assert_unknown(feed, "kvm_exit");
	set_reasons(&vm, &p, 50, 7);
	item_feed__take(feed, &after);
	assert_row(feed, "kvm_exit", 23 + 53 + 10, 10);
}

/* Off: what exits come to is in the totals still, and not known of this interval. */
static void switched_off(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .isa = ISA_SVM });
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1), off = frame;

	(void)state;
	set_reasons(&vm, &p, 10, 7);
	item_feed__take(feed, &frame);
	assert_row(feed, "kvm_exit", 23, 23);
	feed->opts.tracepoints = false;
	item_feed__take(feed, &off);
	assert_unknown(feed, "kvm_exit");
	assert_unknown(feed, "kvm_exit(CPUID)");
}

static void of_one_vm(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .per_vcpu = true, .isa = ISA_SVM });
	struct vm_parts p = { 0 };
	struct frame_vcpu vcpu = { .vcpu_id = 3 };
	struct frame_vm vm = { .key = 9, .vcpus = &vcpu, .n_vcpus = 1 };
	struct frame frame = frame_of(&vm, 1);
	struct item_row *list, row;
	size_t n;

	(void)state;
	set_reasons(&vm, &p, 10, 0);
	vcpu.reasons = vm.reasons;
	item_feed__take(feed, &frame);
	assert_true(find_in(feed, &vm, "kvm_exit", &row));
	assert_int_equal(row.total, 16);
	assert_false(find_in(feed, &vm, "kvm_exit(INTR)", &row)); /* it never had one */
	assert_int_equal(item_rows__list(feed->rows, &vm, &vcpu, &list, &n), 0);
	assert_int_equal(n, 5);
	assert_string_equal(list[0].name, "kvm_exit");
	assert_int_equal(list[0].total, 16);
	free(list);
}

/* What is shown of a frame stays what it is, whatever comes later. */
static void paused(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .stats = true, .isa = 0 });
	struct vm_parts p[2] = { 0 };
	struct frame_vm vms[2] = { { .key = 1 }, { .key = 1 } };
	struct frame first = frame_of(&vms[0], 1), second = frame_of(&vms[1], 1);
	const struct item_counts *counts;
	struct item_rows *paused_rows, *rows;
	size_t n;

	(void)state;
	set_stats(&vms[0], &p[0], 5, 5);
	item_feed__take(feed, &first);
	counts = item_counts__share(first.items);
	n = first.items->defs->n;
	paused_rows = take_ptr(feed->rows);
	set_stats(&vms[1], &p[1], 9, 4);
	set_reasons(&vms[1], &p[1], 10, 0);
	item_feed__take(feed, &second);
	assert_row(feed, "exits", 9, 4);
	assert_row(feed, "kvm_exit(HLT)", 10, 10);
	assert_true(second.items->defs->n > n);
	/* The first one as it was; its events, too. */
	rows = feed->rows;
	feed->rows = paused_rows;
	assert_row(feed, "exits", 5, 5);
	assert_no_row(feed, "kvm_exit(HLT)");
	feed->rows = rows;
	item_rows__free(paused_rows);
	item_counts__free(counts);
}

/* Any frame can be made again, of the counts before it. */
static void made_again(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .stats = true, .isa = ISA_SVM });
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame first = frame_of(&vm, 1), second = frame_of(&vm, 1);
	const struct item_counts *before;

	(void)state;
	set_stats(&vm, &p, 5, 5);
	set_reasons(&vm, &p, 10, 0);
	item_feed__take(feed, &first);
	before = item_counts__share(first.items);
	set_stats(&vm, &p, 9, 4);
	set_reasons(&vm, &p, 14, 0);
	for (int i = 0; i < 3; i++) {
		item_feed__take(feed, &second);
		assert_row(feed, "exits", 9, 4);
		assert_row(feed, "kvm_exit(HLT)", 14, 4);
		assert_ptr_equal(second.items->defs, before->defs); /* nothing is new */
		item_counts__free(feed->counts);
		feed->counts = item_counts__share(before);
	}
	item_counts__free(before);
}

static struct snapshot *snapshot_of(unsigned int tick, size_t n_vms, const struct item_opts *opts)
{
	struct snapshot *s = make_snapshot(tick, n_vms);
	const struct tally hlt = make_tally(ISA_SVM, SVM_HLT, 10 * tick, 1000);

	s->item_opts = opts;
	for (size_t i = 0; i < n_vms; i++) {
		make_vcpus(s, &s->vms[i], 1);
		set_exits(s, &s->vms[i].vcpus[0], &hlt, 1);
	}
	return s;
}

/* From snapshot to snapshot, also of a VM that has ended; and a frame outlives them. */
static void carried(void **state)
{
	const struct item_opts opts = { .tracepoints = true, .isa = ISA_SVM, .names = names };
	const struct item_spec spec = { .tracepoints = true };
	static const struct host_info host;
	struct snapshot *prev = snapshot_of(1, 2, &opts);
	struct item_feed feed = { .rows = NULL };
	struct frame *frame = NULL;
	struct item_row row;

	(void)state;
	for (unsigned int tick = 2; tick < 5; tick++) {
		struct snapshot *cur = snapshot_of(tick, tick == 2 ? 2 : 1, &opts);

		frame__free(frame);
		assert_int_equal(delta__compute(prev, cur, &host, names, &frame), 0);
		snapshot__take_items(cur, frame->items);
		snapshot__free(prev);
		prev = cur;
	}
	snapshot__free(prev);
	assert_int_equal(item_rows__new(frame, &spec, &feed.rows), 0);
	assert_true(find_in(&feed, NULL, "kvm_exit(HLT)", &row));
	assert_int_equal(row.total, 40); /* 2 VMs, and twice the one that is left */
	assert_int_equal(row.delta, 10);
	assert_true(find_in(&feed, &frame->vms[0], "kvm_exit", &row));
	assert_int_equal(row.total, 30);
	item_rows__free(feed.rows);
	frame__free(frame);
}

/* Without the event view nothing is counted for it. */
static void not_asked_for(void **state)
{
	const struct item_spec spec = { .tracepoints = true, .stats = true };
	static const struct host_info host;
	struct snapshot *prev = snapshot_of(1, 1, NULL), *cur = snapshot_of(2, 1, NULL);
	struct item_row *list = NULL;
	struct item_rows *rows;
	struct frame *frame;
	size_t n = 1;

	(void)state;
	assert_int_equal(delta__compute(prev, cur, &host, names, &frame), 0);
	assert_null(frame->items);
	assert_null(cur->items);
	assert_int_equal(item_rows__new(frame, &spec, &rows), 0);
	assert_int_equal(item_rows__list(rows, NULL, NULL, &list, &n), 0);
	assert_int_equal(n, 0);
	free(list);
	item_rows__free(rows);
	frame__free(frame);
	snapshot__free(prev);
	snapshot__free(cur);
}

static void fields(void **state)
{
	struct asked asked = { .tracepoints = true,
			       .stats = true,
			       .isa = ISA_SVM,
			       .fields = "kvm_exit\\((HLT|4)|ex" };
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1);

	(void)state;
	for (int no_children = 0; no_children < 2; no_children++) {
		__autofeed struct item_feed *feed = NULL;

		asked.no_children = no_children;
		feed = new_feed(asked);
		set_reasons(&vm, &p, 10, 0);
		set_stats(&vm, &p, 4, 4);
		item_feed__take(feed, &frame);
		/* The parent comes with its child, and is the sum of all. */
		assert_row(feed, "kvm_exit", 16, 16);
		assert_row(feed, "exits", 4, 4);
		if (no_children)
			assert_no_row(feed, "kvm_exit(HLT)");
		else
			assert_row(feed, "kvm_exit(HLT)", 10, 10);
		assert_no_row(feed, "kvm_exit(CPUID)");
		assert_no_row(feed, "kvm_userspace_exit");
		assert_no_row(feed, "pages");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children),
		cmocka_unit_test(unknown_isa),
		cmocka_unit_test(totals),
		cmocka_unit_test(past),
		cmocka_unit_test(unknown),
		cmocka_unit_test(tracepoints),
		cmocka_unit_test(switched_again),
		cmocka_unit_test(switched_off),
		cmocka_unit_test(exits_begin_again),
		cmocka_unit_test(of_one_vm),
		cmocka_unit_test(paused),
		cmocka_unit_test(made_again),
		cmocka_unit_test(carried),
		cmocka_unit_test(not_asked_for),
		cmocka_unit_test(fields),
		cmocka_unit_test(large),
		cmocka_unit_test(unread_gauge),
	};

	return cmocka_run_group_tests_name("item_rows", tests, make_names, free_names);
}
