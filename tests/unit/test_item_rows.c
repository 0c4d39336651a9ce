// SPDX-License-Identifier: GPL-2.0
#include "arch/x86.h"
#include "item_feed.h"

#include <errno.h>
#include <time.h>

#include "../../user/model/delta.h"
#include "../../user/model/item_sort.h"
#include "../../user/model/query.h"
#include "../../user/model/reasons.h"
#include "../../user/model/stats.h"
#include "../../user/sinks/item_log.h"

enum { SVM_HLT = 0x78, SVM_CPUID = 0x72, SVM_PF = 0x4e, USER_IO = 2 };

static struct reason_names *names;

static int make_names(void **state)
{
	(void)state;
	names = reason_names__new();
	return names ? 0 : -1;
}

static int free_names(void **state)
{
	(void)state;
	reason_names__free(names);
	return 0;
}

/* ---- frames */

enum { EXITS, GAUGE, HIST, HALT_NS, N_STATS };

static struct stat_desc descs[N_STATS] = {
	[EXITS] = { .name = "exits", .type = STAT_CUMULATIVE, .n = 1 },
	[GAUGE] = { .name = "pages", .type = STAT_INSTANT, .n = 1, .first = 1 },
	[HIST] = { .name = "hist", .type = STAT_LOG_HIST, .n = 2, .first = 2 },
	[HALT_NS] = { .name = "halt_wait_ns", .type = STAT_CUMULATIVE, .n = 1, .first = 4 },
};
static const struct stat_layout layout = { .v = descs, .n = N_STATS, .n_values = 5 };

static const char *const item_list[] = { "kvm_entry", "kvm_exit", "kvm_pio" };
static const struct event_names event_names = { item_list, ARRAY_SIZE(item_list) };

static struct counter count_of(uint64_t total, uint64_t delta)
{
	return (struct counter){ .total = total, .delta = delta, .delta_valid = true };
}

/* What one VM has in a frame of 2 s; the arrays live as long as it does. */
struct vm_parts {
	struct frame_reason reasons[4], user[2];
	struct frame_stat stats[N_STATS];
	struct counter tracepoints[3];
	uint64_t hist[2], hist_delta[2];
};

static void set_stats(struct frame_vm *vm, struct vm_parts *p, uint64_t exits, uint64_t delta)
{
	p->hist[0] = p->hist_delta[1] = 1;
	p->hist[1] = 2 * exits;
	p->stats[EXITS] = (struct frame_stat){ &descs[EXITS], .count = count_of(exits, delta) };
	p->stats[GAUGE] = (struct frame_stat){ &descs[GAUGE], .value = 100 - exits };
	p->stats[HIST] =
		(struct frame_stat){ &descs[HIST], .totals = p->hist, .deltas = p->hist_delta };
	p->stats[HALT_NS] =
		(struct frame_stat){ &descs[HALT_NS], .count = count_of(1000000, 1000) };
	vm->stats = (struct frame_stats){ STATS_FD, p->stats, N_STATS };
}

static void set_reasons(struct frame_vm *vm, struct vm_parts *p, uint64_t hlt, uint64_t nested)
{
	p->reasons[0] = (struct frame_reason){ ISA_SVM, SVM_CPUID, .count = count_of(5, 5) };
	p->reasons[1] = (struct frame_reason){ ISA_SVM, SVM_HLT, .count = count_of(hlt, hlt) };
	p->reasons[2] = (struct frame_reason){ ISA_SVM | ISA_L2, SVM_HLT,
					       .count = count_of(nested, nested) };
	p->reasons[3] = (struct frame_reason){ ISA_SVM, 0x4ff, .count = count_of(1, 1) };
	vm->reasons = (struct frame_reasons){ p->reasons, 4 };
	p->user[0] = (struct frame_reason){ ISA_USER, USER_IO, .count = count_of(2, 2) };
	p->user[1] = (struct frame_reason){ ISA_USER, (uint64_t)-EINTR, .count = count_of(3, 3) };
	vm->user_exits = (struct frame_reasons){ p->user, 2 };
}

static void set_tracepoints(struct frame_tracepoints *to, struct counter *v, uint64_t total,
			    uint64_t delta)
{
	for (size_t i = 0; i < ARRAY_SIZE(item_list); i++)
		v[i] = count_of(total, delta);
	*to = (struct frame_tracepoints){ true, v, ARRAY_SIZE(item_list) };
}

static struct frame frame_of(struct frame_vm *vms, size_t n)
{
	return (struct frame){ .interval_s = 2,
			       .vms = vms,
			       .n_vms = n,
			       .vm_layout = &layout,
			       .event_names = &event_names };
}

/* ---- rows */

static struct item_feed *new_feed(struct asked asked)
{
	asked.names = names;
	return item_feed__new(&asked);
}

/* The row of all VMs (or of @vm) with this name. */
static bool find_in(const struct item_feed *feed, const struct frame_vm *vm, const char *name,
		    struct item_row *ret_row)
{
	__autofree struct item_row *list = NULL;
	size_t n;

	assert_int_equal(item_rows__list(feed->rows, vm, NULL, &list, &n), 0);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].name, name))
			continue;
		*ret_row = list[i];
		return true;
	}
	return false;
}

static void assert_row(const struct item_feed *feed, const char *name, uint64_t total,
		       int64_t delta)
{
	struct item_row row;

	if (!find_in(feed, NULL, name, &row))
		fail_msg("no row %s", name);
	if (row.total != total || !row.delta_valid || row.delta != delta)
		fail_msg("%s: %llu, %lld%s", name, (unsigned long long)row.total,
			 (long long)row.delta, row.delta_valid ? "" : " (not known)");
	assert_near(row.rate, (double)delta / 2);
}

static void assert_unknown(const struct item_feed *feed, const char *name)
{
	struct item_row row;

	assert_true(find_in(feed, NULL, name, &row));
	assert_false(row.delta_valid);
	assert_int_equal(row.delta, 0);
}

static void assert_no_row(const struct item_feed *feed, const char *name)
{
	struct item_row row;

	assert_false(find_in(feed, NULL, name, &row));
}

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

static bool matches(const char *regex, const char *name)
{
	struct item_filter *filter;
	char why[64];
	bool yes;

	assert_int_equal(item_filter__new(regex, why, sizeof(why), &filter), 0);
	yes = item_filter__matches(filter, name);
	item_filter__free(filter);
	return yes;
}

/* As Python's re.match(). */
static void filter(void **state)
{
	struct item_filter *f;
	char why[64] = "";

	(void)state;
	assert_true(matches(NULL, "kvm_exit") && matches("", "kvm_exit"));
	assert_true(matches("kvm_e", "kvm_exit") && matches(".*exit", "kvm_exit"));
	assert_false(matches("exit", "kvm_exit"));
	assert_true(matches("x|kvm_exit$", "kvm_exit"));
	assert_false(matches("kvm_exit$", "kvm_exit(HLT)"));
	assert_true(matches("kvm_exit\\(H", "kvm_exit(HLT)"));
	assert_int_equal(item_filter__new("a)(b", why, sizeof(why), &f), -EINVAL);
	assert_int_equal(item_filter__new("(a", why, sizeof(why), &f), -EINVAL);
	assert_true(*why);
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

/* ---- the order */

static const struct item_row sorted_rows[] = {
	{ "a", .total = 50, .delta_valid = true, .delta = 1, .rate = 1 },
	{ "b", .total = 9, .delta_valid = true, .delta = 5, .rate = 5 },
	{ "b(x)", "b", .total = 4, .delta_valid = true, .delta = 4, .rate = 4 },
	{ "b(y)", "b", .total = 5, .delta_valid = true, .delta = 1, .rate = 1 },
	{ "b(z)", "b", .delta_valid = true },
	{ "gauge", .kind = ITEM_GAUGE, .total = 1000, .delta_valid = true },
	{ "ns", .kind = ITEM_AMOUNT, .total = 99999, .delta_valid = true, .delta = 9, .rate = 9 },
	{ "u", .total = 70 },
	{ "zero", .delta_valid = true },
};

static void assert_order(struct query query, const char *expected, size_t left_out)
{
	struct item_row rows[ARRAY_SIZE(sorted_rows)];
	struct item_table table;
	char text[128] = "";

	memcpy(rows, sorted_rows, sizeof(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].parent)
			rows[i].parent = rows[1].name; /* as rows have it */
	assert_int_equal(item_table__make(rows, ARRAY_SIZE(rows), &query, &table), 0);
	for (size_t i = 0; i < table.n; i++) {
		strcat(text, i ? " " : "");
		strcat(text, table.v[i].name);
	}
	assert_string_equal(text, expected);
	assert_int_equal(table.left_out, left_out);
	assert_int_equal(table.zero, 2);
	assert_int_equal(table.sums[ITEM_TRACEPOINT].total, 129);
	assert_true(table.sums[ITEM_TRACEPOINT].rate_valid);
	assert_near(table.sums[ITEM_TRACEPOINT].rate, 6);
	assert_false(table.sums[ITEM_STATISTIC].there);
	item_table__done(&table);
}

static void order(void **state)
{
	(void)state;
	assert_order((struct query){ .order = { .key = SORT_DEFAULT } }, "b b(x) b(y) a u ns gauge",
		     0);
	assert_order((struct query){ .order = { .key = SORT_COUNT } }, "u a b b(y) b(x) ns gauge",
		     0);
	assert_order((struct query){ .order = { .key = SORT_NAME } }, "a b b(x) b(y) u gauge ns",
		     0);
	assert_order((struct query){ .order = { .key = SORT_RATE }, .top = 1 }, "b b(x)", 5);
}

/* What is counted as a tracepoint and as a statistic is not counted twice. */
static void sums(void **state)
{
	static const struct item_row rows[] = {
		{ "exits", .source = ITEM_STATISTIC, .total = 8, .delta_valid = true, .rate = 2 },
		{ "kvm_exit", .total = 7, .delta_valid = true, .rate = 1 },
		{ "kvm_entry", .total = 5, .delta_valid = true, .rate = 3 },
		{ "halt_ns", .source = ITEM_STATISTIC, .kind = ITEM_AMOUNT, .total = 1000 },
	};
	const struct query query = { .order = { .key = SORT_DEFAULT } };
	struct item_table table;

	(void)state;
	assert_int_equal(item_table__make(rows, ARRAY_SIZE(rows), &query, &table), 0);
	assert_int_equal(table.sums[ITEM_STATISTIC].total, 8);
	assert_near(table.sums[ITEM_STATISTIC].rate, 2);
	assert_int_equal(table.sums[ITEM_TRACEPOINT].total, 12);
	assert_near(table.sums[ITEM_TRACEPOINT].rate, 4);
	item_table__done(&table);
}

/* ---- logs */

static void assert_text(char *text, const char *expected)
{
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void log_csv(void **state)
{
	__autofeed struct item_feed *feed =
		new_feed((struct asked){ .tracepoints = true, .fields = "kvm_exit", .isa = 0 });
	const struct item_log_opts opts = { .csv = true, .skip_zero = true };
	struct item_log *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	item_feed__take(feed, &frame);
	assert_int_equal(item_log__take_columns(log, feed->rows), 0);
	assert_text(item_log__header(log), "timestamp,kvm_exit\n");
	assert_text(item_log__row(log, feed->rows, &wall), ""); /* nothing happened */
	set_reasons(&vm, &p, 10, 0);
	item_feed__take(feed, &frame);
	assert_int_equal(item_log__has_new(log, feed->rows), 1);
	assert_text(item_log__row(log, feed->rows, &wall), "2026-01-31 09:08:07,16\n");
	assert_int_equal(item_log__take_columns(log, feed->rows), 0);
	assert_int_equal(item_log__has_new(log, feed->rows), 0);
	assert_text(item_log__header(log),
		    "timestamp,kvm_exit,kvm_exit(1279),kvm_exit(CPUID),kvm_exit(HLT)\n");
	item_log__free(log);
}

/* Another run of a recording may lack an event: then its column is unknown, and the others stay where they are. */
static void log_fewer(void **state)
{
	__autofeed struct item_feed *both = new_feed(
		(struct asked){ .tracepoints = true, .fields = "kvm_exit$|kvm_userspace_exit$" });
	__autofeed struct item_feed *one =
		new_feed((struct asked){ .tracepoints = true, .fields = "kvm_userspace_exit$" });
	const struct item_log_opts opts = { .csv = true };
	struct item_log *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	struct frame frame = frame_of(NULL, 0), next = frame_of(NULL, 0);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	item_feed__take(both, &frame);
	item_feed__take(one, &next);
	assert_int_equal(item_log__take_columns(log, one->rows), 0);
	assert_int_equal(item_log__has_new(log, both->rows), 1);
	assert_text(item_log__row(log, both->rows, &wall), "2026-01-31 09:08:07,0\n");
	assert_int_equal(item_log__take_columns(log, both->rows), 0);
	assert_int_equal(item_log__has_new(log, one->rows), 0);
	assert_text(item_log__row(log, one->rows, &wall), "2026-01-31 09:08:07,,0\n");
	item_log__free(log);
}

/* An exit that another run had has not happened in this one; the statistics of another run are not known. */
static void log_children(void **state)
{
	struct asked asked = { .tracepoints = true, .stats = true, .fields = "kvm_exit|exits" };
	__autofeed struct item_feed *first = new_feed(asked), *second = new_feed(asked);
	const struct item_log_opts csv_opts = { .csv = true }, opts = { 0 };
	struct item_log *csv = item_log__new(&csv_opts), *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	struct vm_parts p = { 0 };
	struct frame_vm vm = { .key = 1 };
	struct frame frame = frame_of(&vm, 1), next = frame_of(NULL, 0);

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	set_reasons(&vm, &p, 10, 0);
	set_stats(&vm, &p, 4, 4);
	item_feed__take(first, &frame);
	next.vm_layout = NULL;
	item_feed__take(second, &next);
	assert_int_equal(item_log__take_columns(csv, first->rows), 0);
	assert_int_equal(item_log__take_columns(log, first->rows), 0);
	assert_text(item_log__header(csv),
		    "timestamp,exits,kvm_exit,kvm_exit(1279),kvm_exit(CPUID),kvm_exit(HLT)\n");
	assert_text(item_log__row(csv, first->rows, &wall), "2026-01-31 09:08:07,4,16,1,5,10\n");
	assert_text(item_log__row(csv, second->rows, &wall), "2026-01-31 09:08:07,,0,0,0,0\n");
	assert_text(item_log__row(log, second->rows, &wall),
		    "2026-01-31 09:08:07         -         0         0         0         0\n");
	item_log__free(csv);
	item_log__free(log);
}

/* A header every 20 rows, and not above the first: that is written when a file is opened. */
static void log_std(void **state)
{
	__autofeed struct item_feed *feed = new_feed((struct asked){
		.tracepoints = true, .fields = "kvm_exit$|kvm_pio|kvm_userspace_exit$" });
	const struct item_log_opts opts = { 0 };
	struct item_log *log = item_log__new(&opts);
	const struct timespec wall = { 1769850487, 0 };
	const char *row = "2026-01-31 09:08:07         0         -         0\n";
	const char *header = "kvm_exit kvm_pio kvm_userspace_exit \n";
	struct frame frame = frame_of(NULL, 0);

	(void)state;
	item_feed__take(feed, &frame);
	assert_int_equal(item_log__take_columns(log, feed->rows), 0);
	assert_text(item_log__header(log), header);
	for (int i = 0; i < 45; i++) {
		char expected[256];

		snprintf(expected, sizeof(expected), "%s%s", i && !(i % 20) ? header : "", row);
		assert_text(item_log__row(log, feed->rows, &wall), expected);
	}
	item_log__free(log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(children),	  cmocka_unit_test(unknown_isa),
		cmocka_unit_test(totals),	  cmocka_unit_test(past),
		cmocka_unit_test(unknown),	  cmocka_unit_test(tracepoints),
		cmocka_unit_test(switched_again), cmocka_unit_test(switched_off),
		cmocka_unit_test(of_one_vm),	  cmocka_unit_test(filter),
		cmocka_unit_test(paused),	  cmocka_unit_test(made_again),
		cmocka_unit_test(carried),	  cmocka_unit_test(not_asked_for),
		cmocka_unit_test(fields),	  cmocka_unit_test(order),
		cmocka_unit_test(sums),		  cmocka_unit_test(log_csv),
		cmocka_unit_test(large),	  cmocka_unit_test(log_fewer),
		cmocka_unit_test(log_std),	  cmocka_unit_test(unread_gauge),
		cmocka_unit_test(log_children),
	};

	return cmocka_run_group_tests_name("item_rows", tests, make_names, free_names);
}
