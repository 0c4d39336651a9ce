/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_frames: frames with a little of all that the event view counts, and the rows that come of them.
 */
#ifndef KVMTOP_TESTS_ITEM_FRAMES_H
#define KVMTOP_TESTS_ITEM_FRAMES_H

#include <errno.h>

#include "../../user/arch/x86.h"
#include "../../user/model/reasons.h"
#include "../../user/model/stats.h"
#include "item_feed.h"

enum { SVM_HLT = 0x78, SVM_CPUID = 0x72, SVM_PF = 0x4e, USER_IO = 2 };

static struct reason_names *names;

static inline int make_names(void **state)
{
	(void)state;
	names = reason_names__new();
	return names ? 0 : -1;
}

static inline int free_names(void **state)
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

static inline struct counter count_of(uint64_t total, uint64_t delta)
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

static inline void set_stats(struct frame_vm *vm, struct vm_parts *p, uint64_t exits,
			     uint64_t delta)
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

static inline void set_reasons(struct frame_vm *vm, struct vm_parts *p, uint64_t hlt,
			       uint64_t nested)
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

static inline void set_tracepoints(struct frame_tracepoints *to, struct counter *v, uint64_t total,
				   uint64_t delta)
{
	for (size_t i = 0; i < ARRAY_SIZE(item_list); i++)
		v[i] = count_of(total, delta);
	*to = (struct frame_tracepoints){ true, v, ARRAY_SIZE(item_list) };
}

static inline struct frame frame_of(struct frame_vm *vms, size_t n)
{
	return (struct frame){ .interval_s = 2,
			       .vms = vms,
			       .n_vms = n,
			       .vm_layout = &layout,
			       .event_names = &event_names };
}

/* ---- rows */

static inline struct item_feed *new_feed(struct asked asked)
{
	asked.names = names;
	return item_feed__new(&asked);
}

/* The row of all VMs (or of @vm) with this name. */
static inline bool find_in(const struct item_feed *feed, const struct frame_vm *vm,
			   const char *name, struct item_row *ret_row)
{
	__autofree struct item_row *list = NULL;
	size_t n;

	*ret_row = (struct item_row){ .name = NULL };
	assert_int_equal(item_rows__list(feed->rows, vm, NULL, &list, &n), 0);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].name, name))
			continue;
		*ret_row = list[i];
		return true;
	}
	return false;
}

static inline void assert_row(const struct item_feed *feed, const char *name, uint64_t total,
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

static inline void assert_unknown(const struct item_feed *feed, const char *name)
{
	struct item_row row;

	assert_true(find_in(feed, NULL, name, &row));
	assert_false(row.delta_valid);
	assert_int_equal(row.delta, 0);
}

static inline void assert_no_row(const struct item_feed *feed, const char *name)
{
	struct item_row row;

	assert_false(find_in(feed, NULL, name, &row));
}

#endif
