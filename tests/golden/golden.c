// SPDX-License-Identifier: GPL-2.0
/*
 * golden: fixed snapshots through delta and each sink, compared with the files beside this one.
 *
 *   golden [--update] [DIR]	 DIR: tests/golden; --update writes the files instead (then read the diff)
 */
#include <errno.h>
#include <limits.h>
#include <jansson.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../user/arch/x86.h"
#include "../../user/base/arena.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/delta.h"
#include "../../user/model/item_counts.h"
#include "../../user/model/item_opts.h"
#include "../../user/model/item_filter.h"
#include "../../user/model/item_rows.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/model/slow.h"
#include "../../user/model/snapshot.h"
#include "../../user/model/stats.h"
#include "../../user/sinks/csv.h"
#include "../../user/sinks/item_log.h"
#include "../../user/sinks/item_table.h"
#include "../../user/sinks/openmetrics.h"
#include "../../user/sinks/sink.h"
#include "../../user/sinks/slow.h"

#define MSEC 1000000ull

/* SVM's and VMX's codes that are used here, and KVM_EXIT_*. */
enum { SVM_CPUID = 0x72, SVM_HLT = 0x78, SVM_IOIO = 0x7b, SVM_NPF = 0x400, SVM_NEW = 0x4ff };
enum { VMX_EPT_VIOLATION = 48, VMX_HLT = 12 };
enum { USER_IO = 2, USER_MMIO = 6 };

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)
DEFINE_CLEANUP(names, struct reason_names, reason_names__free)
DEFINE_CLEANUP(filter, struct item_filter, item_filter__free)
DEFINE_CLEANUP(rows, struct item_rows, item_rows__free)

/* ---- snapshots */

/* One reason: @count exits, half of them of 1.5 * 2^@slot ns, the others of half as long, and so on. */
struct exits {
	uint32_t isa;
	uint64_t code;
	uint64_t count;
	unsigned int slot;
};

static void fill_tally(struct snapshot *s, struct tally *tally, const struct exits *e,
		       unsigned int tick)
{
	uint64_t *hist = arena__calloc(s->arena, HIST_SLOTS, sizeof(*hist));
	uint64_t left = e->count * tick;

	if (!hist)
		return;
	*tally = (struct tally){ .isa = e->isa, .code = e->code, .count = left };
	for (unsigned int slot = e->slot; left; slot--) {
		uint64_t n = slot > 1 ? (left + 1) / 2 : left;

		hist[hist_slot((3ull << slot) / 2)] = n;
		tally->sum_ns += n * ((3ull << slot) / 2);
		left -= n;
	}
	tally->max_ns = (13ull << e->slot) / 8 - 7;
	tally->max_total_ns = (14ull << e->slot) / 8;
	tally->hist = hist_of(hist);
}

static struct tally *make_tallies(struct snapshot *s, const struct exits *e, size_t n,
				  unsigned int tick)
{
	struct tally *v = arena__calloc(s->arena, n + 1, sizeof(*v));

	for (size_t i = 0; v && i < n; i++)
		fill_tally(s, &v[i], &e[i], tick);
	return v;
}

#define SET_EXITS(s, vcpu, e, tick)                                     \
	((vcpu)->exits = make_tallies((s), (e), ARRAY_SIZE(e), (tick)), \
	 (vcpu)->n_exits = ARRAY_SIZE(e))
#define SET_USER_EXITS(s, vcpu, e, tick)                                     \
	((vcpu)->user_exits = make_tallies((s), (e), ARRAY_SIZE(e), (tick)), \
	 (vcpu)->n_user_exits = ARRAY_SIZE(e))

static void init_vm(struct snapshot *s, struct vm_sample *vm, pid_t pid, const char *name,
		    size_t n_vcpus)
{
	*vm = (struct vm_sample){ .key = (uint64_t)pid,
				  .pid = pid,
				  .vm_fd = 12,
				  .name = name,
				  .comm = "qemu-system-x86" };
	vm->vcpus = arena__calloc(s->arena, n_vcpus, sizeof(*vm->vcpus));
	vm->n_vcpus = n_vcpus;
	for (size_t i = 0; i < n_vcpus; i++)
		vm->vcpus[i] =
			(struct vcpu_sample){ .vcpu_id = (uint32_t)i, .tid = pid + 4 + (pid_t)i };
}

/* Where the time of a second went: percentages, in the order of enum vcpu_state. */
static void set_times(const struct snapshot *s, struct vcpu_sample *vcpu, unsigned int tick,
		      const unsigned int pct[STATE_MAX])
{
	if (s->latency == LATENCY_OFF)
		return;
	vcpu->times.valid = true;
	vcpu->times.run_delay_valid = pct[STATE_RUN_DELAY] != UINT_MAX;
	vcpu->times.wall_ns = 1000 * MSEC * tick;
	for (size_t i = 0; i < STATE_MAX; i++)
		if (pct[i] != UINT_MAX)
			vcpu->times.ns[i] = 10 * MSEC * pct[i] * tick;
}

#define PCT(...) ((const unsigned int[STATE_MAX]){ __VA_ARGS__ })

/* A busy VM: two vCPUs, many reasons, userspace exits, one of them interrupted. */
static void make_busy_vm(struct snapshot *s, struct vm_sample *vm, unsigned int tick)
{
	static const struct exits vcpu0[] = {
		{ ISA_SVM, SVM_NPF, 4321, 14 },	 { ISA_SVM, SVM_HLT, 2000, 20 },
		{ ISA_SVM, SVM_CPUID, 500, 10 }, { ISA_SVM, SVM_IOIO, 77, 17 },
		{ ISA_SVM, SVM_NEW, 1, 9 },
	};
	static const struct exits vcpu1[] = {
		{ ISA_SVM, SVM_NPF, 123456, 15 },
		{ ISA_SVM, REASON_UNKNOWN, 3, 12 },
	};
	static const struct exits user[] = {
		{ ISA_USER, USER_IO, 70, 16 },
		{ ISA_USER, USER_MMIO, 12, 15 },
		{ ISA_USER, (uint64_t)-EINTR, 5, 13 },
	};

	init_vm(s, vm, 3111, "web01", 2);
	SET_EXITS(s, &vm->vcpus[0], vcpu0, tick);
	SET_EXITS(s, &vm->vcpus[1], vcpu1, tick);
	SET_USER_EXITS(s, &vm->vcpus[0], user, tick);
	set_times(s, &vm->vcpus[0], tick, PCT(50, 11, 8, 2, 19, 10));
	set_times(s, &vm->vcpus[1], tick, PCT(90, 10));
	vm->vcpus[0].held = HELD_NOT;
	vm->vcpus[1].held = HELD_NOT;
}

/* A name that wants to be somewhere else on the screen, on a backend that is not known. */
static void make_hostile_vm(struct snapshot *s, struct vm_sample *vm, unsigned int tick)
{
	static const struct exits exits[] = { { 7, 0x8000000000000001ull, 40, 11 } };

	init_vm(s, vm, 4000,
		"a\x1b[2J\"\\\xe2\x80\xae\xff\xc2\x9b"
		"東京\n",
		1);
	vm->comm = "evil\x07\x80";
	SET_EXITS(s, &vm->vcpus[0], exits, tick);
	set_times(s, &vm->vcpus[0], tick, PCT(99, 1, 0, 0, 0, UINT_MAX));
	vm->vcpus[0].held = HELD_FROZEN;
}

/* Ends in the second interval; VMX with a failed entry. */
static void make_ending_vm(struct snapshot *s, struct vm_sample *vm, unsigned int tick)
{
	static const struct exits exits[] = {
		{ ISA_VMX, VMX_EPT_VIOLATION, 900, 12 },
		{ ISA_VMX, 0x80000000u | VMX_HLT, 2, 11 },
	};

	init_vm(s, vm, 4100, "a-vm-with-quite-a-long-name-as-clouds-have", 1);
	vm->ended = tick > 1;
	SET_EXITS(s, &vm->vcpus[0], exits, tick);
	set_times(s, &vm->vcpus[0], tick, PCT(10, 20, 50, 1, 18, 1));
}

/* No name, fd not known, nothing happens: it is stopped. The thread of a vCPU that never entered the guest has exited. */
static void make_quiet_vm(struct snapshot *s, struct vm_sample *vm)
{
	init_vm(s, vm, 5000, NULL, 2);
	vm->vm_fd = -1;
	vm->comm = "fc_vcpu 0";
	vm->vcpus[0].vcpu_id = 0;
	vm->vcpus[1].vcpu_id = VCPU_ID_UNKNOWN;
	vm->vcpus[1].tid = 0;
	vm->vcpus[0].held = HELD_STOPPED;
	vm->vcpus[1].held = HELD_PARKED;
}

/* @tick 1 or 2: the beginning and the end of the interval that is shown. */
static struct snapshot *make_snapshot(unsigned int tick, enum latency latency)
{
	struct snapshot *s = snapshot__new();

	if (!s)
		return NULL;
	s->mono_ns = 1000 * MSEC * tick;
	s->wall = (struct timespec){ .tv_sec = 1769850486 + tick, .tv_nsec = 654321000 };
	s->latency = latency;
	s->sources[SOURCE_TRACEPOINTS].used = true;
	return s;
}

static struct snapshot *make_several(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_snapshot(tick, latency);

	if (!s)
		return NULL;
	s->n_vms = 4;
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	make_busy_vm(s, &s->vms[0], tick);
	make_hostile_vm(s, &s->vms[1], tick);
	make_ending_vm(s, &s->vms[2], tick);
	make_quiet_vm(s, &s->vms[3]);
	s->drops[DROP_MAP_FULL] = 3;
	return s;
}

/* No room for the histogram of one of the reasons. */
static struct snapshot *make_hist_full(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_snapshot(tick, latency);
	struct tally *missing;

	if (!s)
		return NULL;
	s->n_vms = 1;
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	make_busy_vm(s, &s->vms[0], tick);
	missing = &s->vms[0].vcpus[1].exits[0];
	missing->hist = (struct hist){ .v = NULL };
	missing->hist_missing = true;
	s->hist_full = 1;
	return s;
}

/* Names that a spreadsheet would compute, or split. */
static struct snapshot *make_formulas(unsigned int tick, enum latency latency)
{
	static const char *const names[] = {
		"=cmd|' /C calc'!A0",
		"-1+1",
		"+1",
		" @SUM(A1:A9)",
		"a;  =1+1",
		"b\",=1,-2",
		"＝1+1",
		"web-01=a@b",
		"\t=1",
		"\r\n=1",
		"-",
		"",
	};
	struct snapshot *s = make_snapshot(tick, latency);

	if (!s)
		return NULL;
	s->n_vms = ARRAY_SIZE(names);
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	for (size_t i = 0; s->vms && i < s->n_vms; i++)
		init_vm(s, &s->vms[i], 8000 + (pid_t)i, names[i], 1);
	return s;
}

static struct snapshot *make_none(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_snapshot(tick, latency);

	if (s)
		s->sources[SOURCE_STATS] =
			(struct source_state){ true, "denied: lockdown=\x1b[1mintegrity" };
	return s;
}

/* KVM's statistics: of each kind one, in the order of their values. */
static struct stat_desc vm_descs[] = {
	{ .name = "remote_tlb_flush", .type = STAT_CUMULATIVE, .n = 1, .first = 0 },
	{ .name = "pages_4k", .type = STAT_INSTANT, .n = 1, .first = 1 },
	{ .name = "max_mmu_page_hash_collisions", .type = STAT_PEAK, .n = 1, .first = 2 },
	{ .name = "page_sizes", .type = STAT_INSTANT, .n = 2, .first = 3 },
};
static const struct stat_layout vm_layout = { vm_descs, ARRAY_SIZE(vm_descs), 5, 40, 0 };

static struct stat_desc vcpu_descs[] = {
	{ .name = "exits", .type = STAT_CUMULATIVE, .n = 1, .first = 0 },
	{ .name = "halt_wait_ns",
	  .type = STAT_CUMULATIVE,
	  .unit = STAT_UNIT_SECONDS,
	  .exponent = -9,
	  .n = 1,
	  .first = 1 },
	{ .name = "halt_wait_hist",
	  .type = STAT_LOG_HIST,
	  .unit = STAT_UNIT_SECONDS,
	  .exponent = -9,
	  .n = 4,
	  .first = 2 },
	{ .name = "read_hist",
	  .type = STAT_LINEAR_HIST,
	  .unit = STAT_UNIT_BYTES,
	  .pow2 = true,
	  .exponent = 10,
	  .bucket_size = 8,
	  .n = 2,
	  .first = 6 },
	{ .name = "blocking", .type = STAT_INSTANT, .unit = STAT_UNIT_BOOLEAN, .n = 1, .first = 8 },
	{ .name = "by_side",
	  .type = STAT_CUMULATIVE,
	  .unit = STAT_UNIT_CYCLES,
	  .n = 2,
	  .first = 9 },
};
static const struct stat_layout vcpu_layout = { vcpu_descs, ARRAY_SIZE(vcpu_descs), 11, 88, 0 };

/* @base grown by @tick. */
static const uint64_t *make_values(const struct snapshot *s, const uint64_t *base, size_t n,
				   unsigned int tick)
{
	uint64_t *v = arena__calloc(s->arena, n, sizeof(*v));

	for (size_t i = 0; v && i < n; i++)
		v[i] = base[i] * tick;
	return v;
}

/*
 * A VM with all statistics, of which a vCPU was reset. One that has its own only, and a number above JSON's. One with
 * sums from debugfs. One that is new.
 */
static struct snapshot *make_stats(unsigned int tick, enum latency latency)
{
	static const uint64_t vm_base[] = { 17, 400, UINT64_MAX / 2, 3, 4 };
	static const uint64_t vcpu_base[] = { 1000, 123456789, 0, 5, 7, 0, 1, 2, 1, 8, 9 };
	struct snapshot *s = make_snapshot(tick, latency);

	if (!s)
		return NULL;
	s->vm_layout = &vm_layout;
	s->vcpu_layout = &vcpu_layout;
	s->n_vms = tick > 1 ? 4 : 3;
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	for (size_t i = 0; i < s->n_vms; i++) {
		struct vm_sample *vm = &s->vms[i];

		init_vm(s, vm, 6000 + (pid_t)i, NULL, i ? 1 : 2);
		if (i == 2) {
			vm->vcpu_sums = make_values(s, vcpu_base, vcpu_layout.n_values, tick);
			continue;
		}
		vm->stats = make_values(s, vm_base, vm_layout.n_values, tick);
		vm->stats_source = STATS_FD;
		for (size_t j = 0; i != 1 && j < vm->n_vcpus; j++) {
			vm->vcpus[j].stats = make_values(s, vcpu_base, vcpu_layout.n_values,
							 j ? 3 - tick : tick);
			vm->vcpus[j].stats_source = j ? STATS_ITERATOR : STATS_FD;
		}
	}
	s->sources[SOURCE_STATS].used = true;
	return s;
}

/* As a kernel has them: what kvm_stat shows, some of it zero. */
static struct stat_desc host_vm_descs[] = {
	{ .name = "remote_tlb_flush", .type = STAT_CUMULATIVE, .n = 1, .first = 0 },
	{ .name = "mmu_flooded", .type = STAT_CUMULATIVE, .n = 1, .first = 1 },
	{ .name = "pages_4k", .type = STAT_INSTANT, .n = 1, .first = 2 },
	{ .name = "nx_lpage_splits", .type = STAT_INSTANT, .n = 1, .first = 3 },
};
static const struct stat_layout host_vm_layout = { host_vm_descs, ARRAY_SIZE(host_vm_descs), 4, 32,
						   0 };

static struct stat_desc host_vcpu_descs[] = {
	{ .name = "exits", .type = STAT_CUMULATIVE, .n = 1, .first = 0 },
	{ .name = "io_exits", .type = STAT_CUMULATIVE, .n = 1, .first = 1 },
	{ .name = "signal_exits", .type = STAT_CUMULATIVE, .n = 1, .first = 2 },
	{ .name = "halt_poll_success_ns",
	  .type = STAT_CUMULATIVE,
	  .unit = STAT_UNIT_SECONDS,
	  .exponent = -9,
	  .n = 1,
	  .first = 3 },
	{ .name = "halt_wait_hist",
	  .type = STAT_LOG_HIST,
	  .unit = STAT_UNIT_SECONDS,
	  .exponent = -9,
	  .n = 4,
	  .first = 4 },
	{ .name = "guest_mode",
	  .type = STAT_INSTANT,
	  .unit = STAT_UNIT_BOOLEAN,
	  .n = 1,
	  .first = 8 },
};
static const struct stat_layout host_vcpu_layout = { host_vcpu_descs, ARRAY_SIZE(host_vcpu_descs),
						     9, 72, 0 };

/* Two VMs, all of whose statistics are known, and one with a vCPU that was reset. */
static struct snapshot *make_host_stats(unsigned int tick, enum latency latency)
{
	static const uint64_t vm_base[] = { 170, 0, 40000, 0 };
	static const uint64_t vcpu_base[] = { 61234, 777, 0, 250123456, 0, 5, 7, 0, 1 };
	struct snapshot *s = make_snapshot(tick, latency);

	if (!s)
		return NULL;
	s->vm_layout = &host_vm_layout;
	s->vcpu_layout = &host_vcpu_layout;
	s->n_vms = 3;
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	for (size_t i = 0; i < s->n_vms; i++) {
		struct vm_sample *vm = &s->vms[i];

		init_vm(s, vm, 7002 - (pid_t)i, i ? "db\x1b[1m" : NULL, 2);
		vm->stats = make_values(s, vm_base, host_vm_layout.n_values, tick);
		vm->stats_source = STATS_ITERATOR;
		for (size_t j = 0; j < vm->n_vcpus; j++) {
			unsigned int times = i == 2 && j ? 3 - tick : tick;

			vm->vcpus[j].stats =
				make_values(s, vcpu_base, host_vcpu_layout.n_values, times);
			vm->vcpus[j].stats_source = STATS_ITERATOR;
		}
	}
	s->sources[SOURCE_STATS].used = true;
	return s;
}

/* The same without the VM that was reset. */
static struct snapshot *make_steady_stats(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_host_stats(tick, latency);

	if (s)
		s->n_vms = 2;
	return s;
}

/* From the third one on the first VM cannot be read. */
static struct snapshot *make_unread_stats(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_steady_stats(tick, latency);
	struct vm_sample *vm = s && tick > 2 ? &s->vms[0] : NULL;

	if (!vm)
		return s;
	vm->stats_source = STATS_NONE;
	for (size_t i = 0; i < vm->n_vcpus; i++)
		vm->vcpus[i].stats_source = STATS_NONE;
	return s;
}

/* debugfs is not missed, as the statistics come from elsewhere. */
static struct snapshot *make_stats_unmounted(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_steady_stats(tick, latency);

	if (s)
		s->sources[SOURCE_DEBUGFS] = (struct source_state){ true, "not mounted" };
	return s;
}

/* Exits beside statistics. */
static struct snapshot *make_both(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_steady_stats(tick, latency);

	if (!s)
		return NULL;
	make_busy_vm(s, &s->vms[1], tick);
	s->vms[1].stats = s->vms[0].stats;
	s->vms[1].stats_source = STATS_ITERATOR;
	return s;
}

/* None may be read. */
static struct snapshot *make_no_stats(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_snapshot(tick, latency);

	if (!s)
		return NULL;
	s->n_vms = 2;
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	make_busy_vm(s, &s->vms[0], tick);
	make_ending_vm(s, &s->vms[1], tick);
	s->sources[SOURCE_STATS] =
		(struct source_state){ true, "denied: lockdown=\x1b[1mintegrity" };
	s->sources[SOURCE_DEBUGFS] = (struct source_state){ true, "not mounted" };
	return s;
}

static const struct detail_tally details0[] = {
	{ .kind = DETAIL_MSR,
	  .key = 0x6e0,
	  .sub = DETAIL_WRITE,
	  .count = 1200,
	  .sum_ns = 1200 * 2500 },
	{ .kind = DETAIL_MSR, .key = 0x12345, .sub = DETAIL_READ, .count = 3, .sum_ns = 3 * 99999 },
	{ .kind = DETAIL_PIO,
	  .key = 0x60,
	  .sub = DETAIL_READ | 4 << DETAIL_SIZE_SHIFT,
	  .count = 70,
	  .sum_ns = 70 * 12345 },
	{ .kind = DETAIL_PAGE,
	  .key = 0xfee00000,
	  .sub = 0x10000000d,
	  .count = 40,
	  .sum_ns = 400000 },
	{ .kind = DETAIL_CR, .key = 4, .sub = DETAIL_WRITE, .count = 1, .sum_ns = 1000 },
};
static const struct detail_tally details1[] = {
	{ .kind = DETAIL_MSR,
	  .key = 0x6e0,
	  .sub = DETAIL_WRITE,
	  .count = 100,
	  .sum_ns = 100 * 3000 },
	{ .kind = DETAIL_PC,
	  .key = 0xffffffff81234567,
	  .sub = SVM_CPUID,
	  .count = 5,
	  .sum_ns = 5000 },
};

static void set_details(const struct snapshot *s, struct vcpu_sample *vcpu,
			const struct detail_tally *v, size_t n, unsigned int tick)
{
	struct detail_sum *sums = arena__calloc(s->arena, DETAIL_KIND_MAX, sizeof(*sums));

	vcpu->details = arena__calloc(s->arena, n, sizeof(*v));
	vcpu->n_details = n;
	vcpu->detail_sums = sums;
	for (size_t i = 0; sums && vcpu->details && i < n; i++) {
		vcpu->details[i] = v[i];
		vcpu->details[i].count *= tick;
		vcpu->details[i].sum_ns *= tick;
		sums[v[i].kind].count += vcpu->details[i].count;
		sums[v[i].kind].sum_ns += vcpu->details[i].sum_ns;
	}
	/* What had no room. */
	sums[DETAIL_MSR].count += 17 * tick;
	sums[DETAIL_MSR].sum_ns += 17000 * tick;
}

/* The busy VM and the one with the hostile name, with --detail. */
static struct snapshot *make_details(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_snapshot(tick, latency);

	if (!s)
		return NULL;
	s->n_vms = 2;
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	make_busy_vm(s, &s->vms[0], tick);
	make_hostile_vm(s, &s->vms[1], tick);
	set_details(s, &s->vms[0].vcpus[0], details0, ARRAY_SIZE(details0), tick);
	set_details(s, &s->vms[0].vcpus[1], details1, ARRAY_SIZE(details1), tick);
	set_details(s, &s->vms[1].vcpus[0], details1, ARRAY_SIZE(details1), tick);
	s->drops[DROP_SLOW] = 2;
	return s;
}

/* Reasons that are not known in full, which is rare: one in flight, one idle, one that went backwards; keys likewise. */
static struct snapshot *make_rare(unsigned int tick, enum latency latency)
{
	static const struct exits exits[] = {
		{ ISA_SVM | ISA_L2, SVM_CPUID, 10, 10 },
		{ ISA_SVM, SVM_IOIO, 1, 10 },
		{ ISA_SVM, SVM_HLT, 30, 12 },
	};
	static const struct detail_tally keys[] = {
		{ .kind = DETAIL_PIO, .key = 0x60, .sub = DETAIL_READ, .count = 1, .sum_ns = 9 },
	};
	struct snapshot *s = make_snapshot(tick, latency);
	struct vcpu_sample *vcpu;

	if (!s)
		return NULL;
	s->n_vms = 1;
	s->vms = arena__calloc(s->arena, s->n_vms, sizeof(*s->vms));
	init_vm(s, &s->vms[0], 9000, NULL, 1);
	s->vms[0].comm = NULL;
	vcpu = &s->vms[0].vcpus[0];
	SET_EXITS(s, vcpu, exits, 1);
	vcpu->exits[0].max_ns = 0;
	vcpu->exits[1].sum_ns = vcpu->exits[1].max_ns = vcpu->exits[1].max_total_ns = 0;
	vcpu->exits[1].hist = (struct hist){ .v = NULL };
	vcpu->exits[2].count -= tick;
	set_details(s, vcpu, keys, ARRAY_SIZE(keys), 1);
	return s;
}

static const struct slow_exit slow_exits[] = {
	{ .wall = { 1769850487, 654321987 },
	  .pid = 3111,
	  .vm_fd = 12,
	  .name = "web01",
	  .comm = "qemu-system-x86",
	  .vcpu_id = 1,
	  .tid = 3116,
	  .ns = 20123456,
	  .isa = ISA_SVM,
	  .code = SVM_IOIO,
	  .reason = "io",
	  .pc_known = true,
	  .pc = 0xffffffff81234567,
	  .about_known = true,
	  .kind = DETAIL_PIO,
	  .key = 0x60,
	  .sub = DETAIL_READ | 1 << DETAIL_SIZE_SHIFT,
	  .about = "key\x1b[2Jboard" },
	{ .wall = { 1769850488, 1000 },
	  .pid = 4000,
	  .vm_fd = VM_FD_NONE,
	  .comm = "evil\x07\x80\"\n",
	  .vcpu_id = VCPU_ID_UNKNOWN,
	  .tid = 4004,
	  .ns = 1500,
	  .isa = 7,
	  .code = 1,
	  .reason = "0x1",
	  .gpa_known = true,
	  .gpa = 0xfee000b0 },
	{ .wall = { 1769850489, 0 },
	  .pid = 4001,
	  .vm_fd = 3,
	  .tid = 4002,
	  .ns = 999,
	  .isa = ISA_SVM,
	  .code = REASON_UNKNOWN,
	  .reason = "unknown",
	  .about_known = true,
	  .kind = DETAIL_PAGE,
	  .key = 0xfee000b0,
	  .sub = 0x10000000d },
};

static int write_slow(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	for (size_t i = 0; i < ARRAY_SIZE(slow_exits); i++)
		if (slow__write(out, &slow_exits[i], view))
			return -EIO;
	return 0;
}

static int write_slow_json(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	(void)view;
	for (size_t i = 0; i < ARRAY_SIZE(slow_exits); i++)
		if (json__write_slow(out, &slow_exits[i]))
			return -EIO;
	return 0;
}

static int write_protobuf(FILE *out, const struct frame *frame, const struct view *view)
{
	__autofree char *bytes = NULL;
	size_t len;
	int err = openmetrics__render(EXPOSITION_PROTOBUF, frame, view, &bytes, &len);

	if (err)
		return err;
	return fwrite(bytes, 1, len, out) == len ? 0 : -EIO;
}

/* Not with HTTP=0. */
static bool has_protobuf(void)
{
	struct exposition e;
	int err = exposition__init(&e, EXPOSITION_PROTOBUF);

	exposition__done(&e);
	return err != -ENOTSUP;
}

static int write_csv(FILE *out, const struct frame *frame, const struct view *view)
{
	return csv__write_header(out, view) ?: csv__write(out, frame, view);
}

static int write_slow_csv(FILE *out, const struct frame *frame, const struct view *view)
{
	int err = csv__write_header(out, view);

	for (size_t i = 0; i < ARRAY_SIZE(slow_exits) && !err; i++)
		err = csv__write_slow(out, &slow_exits[i], view);
	return err ? err : csv__write(out, frame, view);
}

/* ---- logs and rows of the event view */

static int write_once(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	return item_once__write(out, view->items);
}

static int write_names(FILE *out, const struct frame *frame, const struct view *view)
{
	(void)frame;
	return item_names__write(out, view->items);
}

static int write_log(FILE *out, const struct frame *frame, const struct view *view, bool csv)
{
	const struct item_log_opts opts = { .csv = csv };
	struct item_log *log = item_log__new(&opts);
	__autofree char *header = NULL, *row = NULL;

	if (log && !item_log__take_columns(log, view->items)) {
		header = item_log__header(log);
		row = item_log__row(log, view->items, &frame->wall);
	}
	item_log__free(log);
	return header && row && fprintf(out, "%s%s", header, row) > 0 ? 0 : -ENOMEM;
}

static int write_std(FILE *out, const struct frame *frame, const struct view *view)
{
	return write_log(out, frame, view, false);
}

static int write_log_csv(FILE *out, const struct frame *frame, const struct view *view)
{
	return write_log(out, frame, view, true);
}

/* ---- cases */

struct golden_case {
	const char *file;
	int (*write)(FILE *out, const struct frame *frame, const struct view *view);
	struct snapshot *(*make)(unsigned int tick, enum latency latency);
	enum latency latency;
	struct view view;
	/* Of the event view: */
	const char *fields;
	bool no_children, no_past, selected;
	bool second; /* the frame after the first one */
};

#define TEXT(file_, latency_, ...)                                                \
	{                                                                         \
		.file = file_ ".txt", .write = text__write, .make = make_several, \
		.latency = latency_, .view = {                                    \
			__VA_ARGS__                                               \
		}                                                                 \
	}
#define STATS(file_, make_, ...)                                             \
	{                                                                    \
		.file = file_ ".txt", .write = text__write, .make = (make_), \
		.latency = LATENCY_OFF, .view = {                            \
			.stats = true,                                       \
			__VA_ARGS__                                          \
		}                                                            \
	}
/* Not all names, as the build's headers may have more or fewer. */
#define EVENT_FIELDS                                                                     \
	"kvm_(userspace_)?exit($|.(HLT|NPF|CPUID|MSR|EPT_VIO|IOIO|IO.|MMIO|EINTR|[0-9]|" \
	"UNKNOWN_R))"
#define EVENTS(file_, write_, ...)                                                                \
	{                                                                                         \
		.file = (file_), .write = (write_), .make = make_several, .latency = LATENCY_OFF, \
		.selected = true, __VA_ARGS__                                                     \
	}
#define EVENTS_UNREAD(file_, write_, ...)                                      \
	{                                                                      \
		.file = (file_), .write = (write_), .make = make_unread_stats, \
		.fields = "exits|pages_4k", .second = true, .view = {          \
			.stats = true,                                         \
			.fields = true,                                        \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define DETAIL(file_, latency_, ...)                                              \
	{                                                                         \
		.file = file_ ".txt", .write = text__write, .make = make_details, \
		.latency = latency_, .view = {                                    \
			__VA_ARGS__                                               \
		}                                                                 \
	}
#define CSV(file_, make_, latency_, ...)                                                        \
	{                                                                                       \
		.file = file_ ".csv", .write = write_csv, .make = (make_), .latency = latency_, \
		.view = {                                                                       \
			__VA_ARGS__                                                             \
		}                                                                               \
	}
#define JSON(file_, latency_, ...)                                                 \
	{                                                                          \
		.file = file_ ".json", .write = json__write, .make = make_several, \
		.latency = latency_, .view = {                                     \
			__VA_ARGS__                                                \
		}                                                                  \
	}

#define PROTOBUF(file_, make_, latency_)                                       \
	{                                                                      \
		.file = file_ ".pb", .write = write_protobuf, .make = (make_), \
		.latency = latency_, .view = {                                 \
			.version = "1.2-\"3\"",                                \
		}                                                              \
	}

#define METRICS(file_, write_, make_, latency_, ...)                                           \
	{                                                                                      \
		.file = file_ ".txt", .write = (write_), .make = (make_), .latency = latency_, \
		.view = {                                                                      \
			.version = "1.2-\"3\"",                                                \
			__VA_ARGS__                                                            \
		}                                                                              \
	}

static const struct golden_case cases[] = {
	TEXT("default", LATENCY_FULL, .utf8 = true),
	TEXT("default-ascii", LATENCY_FULL, .utf8 = false),
	TEXT("default-120", LATENCY_FULL, .width = 120, .utf8 = true),
	TEXT("default-80", LATENCY_FULL, .width = 80, .utf8 = true),
	TEXT("default-60", LATENCY_FULL, .width = 60, .utf8 = true),
	TEXT("default-20", LATENCY_FULL, .width = 20, .utf8 = true),
	TEXT("default-top2", LATENCY_FULL, .query = { .top = 2 }),
	TEXT("default-mean", LATENCY_MEAN, .width = 100),
	TEXT("default-off", LATENCY_OFF, .width = 100),
	TEXT("vm", LATENCY_FULL, .by_given = true,
	     .query = { .by = BY_VM, .order = { .key = SORT_PID } }),
	TEXT("vcpu", LATENCY_FULL, .by_given = true, .query = { .by = BY_VCPU }),
	TEXT("vcpu-80", LATENCY_FULL, .by_given = true, .width = 80, .query = { .by = BY_VCPU }),
	TEXT("reason", LATENCY_FULL, .by_given = true, .query = { .by = BY_REASON }),
	TEXT("reason-p99-top3", LATENCY_FULL, .by_given = true, .width = 80,
	     .query = { .by = BY_REASON, .order = { .key = SORT_P99 }, .top = 3 }),
	TEXT("hist", LATENCY_FULL, .hist = true),
	TEXT("hist-80-utf8", LATENCY_FULL, .hist = true, .width = 80, .utf8 = true,
	     .query = { .top = 2 }),
	TEXT("hist-40", LATENCY_FULL, .hist = true, .width = 40, .query = { .top = 1 }),
	TEXT("hist-npf", LATENCY_FULL, .hist = true, .hist_reason = "NPF"),
	TEXT("hist-user", LATENCY_FULL, .hist = true, .hist_reason = "kvm_exit_io"),
	TEXT("hist-number", LATENCY_FULL, .hist = true, .hist_reason = "0x78"),
	TEXT("hist-never", LATENCY_FULL, .hist = true,
	     .hist_reason = "n\x1b"
			    "ever"),
	TEXT("hist-mean", LATENCY_MEAN, .hist = true),
	JSON("full", LATENCY_FULL, .utf8 = true),
	JSON("mean", LATENCY_MEAN, .utf8 = true),
	JSON("off", LATENCY_OFF, .utf8 = true),
	JSON("sort-default", LATENCY_OFF, .query = { .order = { .given = true } }),
	JSON("top1", LATENCY_OFF, .query = { .order = { .key = SORT_NAME }, .top = 1 }),
	{ .file = "stats.json", .write = json__write, .make = make_stats, .latency = LATENCY_OFF },
	{ .file = "stats.json",
	  .write = json__write,
	  .make = make_stats,
	  .latency = LATENCY_OFF,
	  .view = { .stats = true, .query = { .top = 4, .order = { .key = SORT_NAME } } } },
	STATS("stats", make_steady_stats, .width = 80),
	STATS("stats-kinds", make_stats, .utf8 = true),
	STATS("stats-reset", make_host_stats, .utf8 = true),
	STATS("stats-unmounted", make_stats_unmounted, .width = 80),
	STATS("stats-top2", make_steady_stats,
	      .query = { .top = 2, .order = { .key = SORT_COUNT } }),
	STATS("stats-name", make_steady_stats, .query = { .order = { .key = SORT_NAME } }),
	STATS("stats-20", make_steady_stats, .width = 20),
	STATS("stats-vm", make_host_stats, .by_given = true,
	      .query = { .by = BY_VM, .order = { .key = SORT_P99 } }),
	STATS("stats-vm-kinds", make_stats, .by_given = true, .query = { .by = BY_VM, .top = 2 }),
	STATS("stats-vcpu", make_host_stats, .by_given = true,
	      .query = { .by = BY_VCPU, .top = 3 }),
	STATS("stats-vcpu-kinds", make_stats, .by_given = true, .query = { .by = BY_VCPU }),
	STATS("stats-denied", make_no_stats, .utf8 = true),
	STATS("stats-denied-vm", make_no_stats, .by_given = true, .query = { .by = BY_VM }),
	STATS("stats-denied-vcpu", make_no_stats, .by_given = true, .query = { .by = BY_VCPU }),
	STATS("stats-none", make_none, .utf8 = true),
	EVENTS("events.txt", text__write, .view = { .tracepoints = true, .width = 80 }),
	{ .file = "events-both.txt",
	  .write = text__write,
	  .make = make_both,
	  .latency = LATENCY_OFF,
	  .view = { .stats = true, .tracepoints = true, .width = 80 } },
	EVENTS("events-x.txt", text__write, .view = { .tracepoints = true }, .no_children = true),
	EVENTS("events-f.txt", text__write, .view = { .tracepoints = true },
	       .fields = "kvm_exit\\((HLT|NPF)"),
	EVENTS("events-top2.txt", text__write,
	       .view = { .tracepoints = true,
			 .query = { .top = 2, .order = { .key = SORT_COUNT } } }),
	EVENTS("events-vm.txt", text__write,
	       .view = { .tracepoints = true, .by_given = true, .query = { .by = BY_VM } }),
	EVENTS("events-vcpu.txt", text__write,
	       .view = { .tracepoints = true, .by_given = true, .query = { .by = BY_VCPU } }),
	EVENTS("events-once.txt", write_once, .view = { .tracepoints = true }),
	EVENTS("events-names.txt", write_names, .view = { .tracepoints = true }),
	EVENTS("events-o.csv", write_csv, .view = { .tracepoints = true }),
	EVENTS("events-o-f.csv", write_csv,
	       .view = { .tracepoints = true,
			 .fields = true,
			 .query = { .order = { .key = SORT_NAME } } },
	       .fields = "kvm_exit\\((HLT|NPF)"),
	EVENTS("events-o-vm.csv", write_csv,
	       .view = { .tracepoints = true, .by_given = true, .query = { .by = BY_VM } }),
	EVENTS("events-o-vcpu.csv", write_csv,
	       .view = { .tracepoints = true,
			 .by_given = true,
			 .query = { .by = BY_VCPU, .top = 2 } }),
	EVENTS("events-f.json", json__write,
	       .view = { .tracepoints = true, .fields = true, .query = { .top = 2 } },
	       .fields = "kvm_exit\\((HLT|NPF)"),
	EVENTS("events-top2.json", json__write,
	       .view = { .tracepoints = true,
			 .fields = true,
			 .query = { .top = 2, .order = { .key = SORT_COUNT } } }),
	{ .file = "events-x-vm.json",
	  .write = json__write,
	  .make = make_host_stats,
	  .view = { .stats = true,
		    .tracepoints = true,
		    .fields = true,
		    .by_given = true,
		    .query = { .by = BY_VM } },
	  .no_children = true },
	{ .file = "events-x-vcpu.json",
	  .write = json__write,
	  .make = make_host_stats,
	  .view = { .stats = true,
		    .fields = true,
		    .skip_idle = true,
		    .by_given = true,
		    .query = { .by = BY_VCPU, .order = { .key = SORT_NAME } } },
	  .no_children = true },
	EVENTS_UNREAD("events-unread.txt", text__write, .width = 80),
	EVENTS_UNREAD("events-unread.csv", write_csv, .by_given = true, .query = { .by = BY_VM }),
	EVENTS_UNREAD("events-unread.json", json__write, .by_given = true,
		      .query = { .by = BY_VM }),
	EVENTS("events.log", write_std, .view = { .tracepoints = true }),
	EVENTS("events.csv", write_log_csv, .view = { .tracepoints = true }),
	{ .file = "stats-once.txt",
	  .write = write_once,
	  .make = make_steady_stats,
	  .view = { .stats = true },
	  .no_past = true },
	{ .file = "stats.csv",
	  .write = write_log_csv,
	  .make = make_host_stats,
	  .view = { .stats = true } },
	{ .file = "stats.log",
	  .write = write_std,
	  .make = make_steady_stats,
	  .view = { .stats = true } },
	{ .file = "hist-full.txt",
	  .write = text__write,
	  .make = make_hist_full,
	  .latency = LATENCY_FULL },
	{ .file = "hist-full.json",
	  .write = json__write,
	  .make = make_hist_full,
	  .latency = LATENCY_FULL },
	DETAIL("detail", LATENCY_FULL, .utf8 = true),
	DETAIL("detail-80", LATENCY_FULL, .width = 80, .query = { .top = 3 }),
	DETAIL("detail-off", LATENCY_OFF, .by_given = true, .query = { .by = BY_VM }),
	DETAIL("detail-vcpu-time", LATENCY_MEAN, .by_given = true, .width = 120,
	       .query = { .by = BY_VCPU, .order = { .key = SORT_TIME } }),
	{ .file = "detail.json",
	  .write = json__write,
	  .make = make_details,
	  .latency = LATENCY_MEAN },
	{ .file = "slow.txt", .write = write_slow, .make = make_none, .latency = LATENCY_FULL },
	{ .file = "slow-40.txt",
	  .write = write_slow,
	  .make = make_none,
	  .latency = LATENCY_FULL,
	  .view = { .width = 40, .utf8 = true } },
	{ .file = "slow.json",
	  .write = write_slow_json,
	  .make = make_none,
	  .latency = LATENCY_FULL },
	METRICS("openmetrics", openmetrics__write, make_several, LATENCY_FULL),
	METRICS("openmetrics-mean", openmetrics__write, make_several, LATENCY_MEAN),
	METRICS("openmetrics-off", openmetrics__write, make_several, LATENCY_OFF),
	METRICS("openmetrics-top1", openmetrics__write, make_several, LATENCY_OFF,
		.query = { .top = 1 }),
	METRICS("openmetrics-hist-full", openmetrics__write, make_hist_full, LATENCY_FULL),
	METRICS("openmetrics-kinds", openmetrics__write, make_stats, LATENCY_OFF),
	METRICS("openmetrics-stats", openmetrics__write, make_host_stats, LATENCY_OFF),
	METRICS("openmetrics-none", openmetrics__write, make_none, LATENCY_FULL),
	PROTOBUF("protobuf", make_several, LATENCY_FULL),
	PROTOBUF("protobuf-mean", make_several, LATENCY_MEAN),
	PROTOBUF("protobuf-hist-full", make_hist_full, LATENCY_FULL),
	PROTOBUF("protobuf-kinds", make_stats, LATENCY_OFF),
	PROTOBUF("protobuf-stats", make_host_stats, LATENCY_OFF),
	PROTOBUF("protobuf-none", make_none, LATENCY_FULL),
	METRICS("prometheus", prometheus__write, make_several, LATENCY_FULL),
	METRICS("prometheus-kinds", prometheus__write, make_stats, LATENCY_OFF),
	METRICS("prometheus-stats", prometheus__write, make_host_stats, LATENCY_OFF),
	{ .file = "none.txt", .write = text__write, .make = make_none, .latency = LATENCY_FULL },
	{ .file = "rare.json", .write = json__write, .make = make_rare, .latency = LATENCY_FULL },
	{ .file = "rare-off.json",
	  .write = json__write,
	  .make = make_rare,
	  .latency = LATENCY_OFF },
	CSV("csv", make_several, LATENCY_FULL, .utf8 = true),
	CSV("csv-ascii", make_several, LATENCY_OFF, .width = 80,
	    .query = { .order = { .key = SORT_PID } }),
	CSV("csv-top2", make_several, LATENCY_MEAN,
	    .query = { .top = 2, .order = { .key = SORT_NAME } }),
	CSV("csv-vm", make_several, LATENCY_FULL, .by_given = true, .query = { .by = BY_VM }),
	CSV("csv-vcpu", make_several, LATENCY_FULL, .by_given = true,
	    .query = { .by = BY_VCPU, .order = { .key = SORT_VCPU } }),
	CSV("csv-reason", make_several, LATENCY_FULL, .by_given = true,
	    .query = { .by = BY_REASON, .order = { .key = SORT_P99 }, .top = 4 }),
	CSV("csv-hist", make_several, LATENCY_FULL, .hist = true),
	CSV("csv-hist-npf", make_several, LATENCY_FULL, .hist = true, .hist_reason = "NPF"),
	CSV("csv-hist-full", make_hist_full, LATENCY_FULL, .hist = true),
	CSV("csv-stats", make_stats, LATENCY_OFF, .stats = true),
	CSV("csv-stats-vm", make_host_stats, LATENCY_OFF, .stats = true, .by_given = true,
	    .query = { .by = BY_VM, .order = { .key = SORT_NAME } }),
	CSV("csv-stats-vcpu", make_host_stats, LATENCY_OFF, .stats = true, .by_given = true,
	    .query = { .by = BY_VCPU, .top = 2 }),
	CSV("csv-stats-denied", make_no_stats, LATENCY_OFF, .stats = true),
	CSV("csv-detail", make_details, LATENCY_FULL, .detail = true, .by_given = true,
	    .query = { .by = BY_VM }),
	CSV("csv-detail-vcpu", make_details, LATENCY_MEAN, .detail = true, .by_given = true,
	    .query = { .by = BY_VCPU, .top = 2 }),
	CSV("csv-formulas", make_formulas, LATENCY_OFF, .by_given = true),
	CSV("csv-none", make_none, LATENCY_FULL, .utf8 = true),
	{ .file = "csv-slow.csv",
	  .write = write_slow_csv,
	  .make = make_none,
	  .latency = LATENCY_FULL,
	  .view = { .slow = true, .by_given = true } },
	{ .file = "none.json", .write = json__write, .make = make_none, .latency = LATENCY_FULL },
};

/* ---- running them */

static char *read_file(const char *path, size_t *ret_len)
{
	FILE *f __autofclose = fopen(path, "r");
	struct stat st;
	char *text;

	if (!f || fstat(fileno(f), &st))
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	if (!text || fread(text, 1, (size_t)st.st_size, f) != (size_t)st.st_size) {
		free(text);
		return NULL;
	}
	text[st.st_size] = '\0';
	*ret_len = (size_t)st.st_size;
	return text;
}

/* Names as a kernel gives them, so that the build's headers do not matter. */
static struct reason_names *make_names(const char *dir)
{
	static const struct {
		const char *file;
		int (*parse)(struct reason_names *, const char *, size_t);
	} formats[] = {
		{ "kvm_exit.6.18-x86.format", reason_names__parse_exit_format },
		{ "kvm_userspace_exit.6.18-x86.format", reason_names__parse_userspace_exit_format },
	};
	struct reason_names *names = reason_names__new();

	for (size_t i = 0; names && i < ARRAY_SIZE(formats); i++) {
		__autofree char *text = NULL;
		char path[4096];
		size_t len = 0;

		snprintf(path, sizeof(path), "%s/../data/%s", dir, formats[i].file);
		text = read_file(path, &len);
		if (!text || formats[i].parse(names, text, len) <= 0) {
			fprintf(stderr, "golden: %s: no names in it\n", path);
			reason_names__free(names);
			return NULL;
		}
	}
	return names;
}

static bool has_events(const struct golden_case *c)
{
	return c->view.stats || c->view.tracepoints;
}

/* What the event view counts, if that is shown; -i: as a VM's totals are, which golden snapshots begin with. */
static struct item_opts item_opts_of(const struct golden_case *c, const struct reason_names *names)
{
	return (struct item_opts){
		.stats = c->view.stats,
		.tracepoints = c->view.tracepoints,
		.past = !c->no_past,
		.selected = c->selected,
		.per_vcpu = c->view.by_given && c->view.query.by == BY_VCPU,
		.names = names,
		.isa = ISA_SVM,
	};
}

static bool write_case(const struct golden_case *c, FILE *out, const struct frame *frame)
{
	struct item_filter *filter __cleanup(cleanup_filter) = NULL;
	struct item_rows *rows __cleanup(cleanup_rows) = NULL;
	struct item_spec spec = { .stats = c->view.stats,
				  .tracepoints = c->view.tracepoints,
				  .no_children = c->no_children };
	struct view view = c->view;
	char why[64];

	if (item_filter__new(c->fields, why, sizeof(why), &filter))
		return false;
	spec.filter = filter;
	if (has_events(c) && item_rows__new(frame, &spec, &rows))
		return false;
	view.items = rows;
	return !c->write(out, frame, &view);
}

/* To the next frame. 0, or it cannot be made. */
static int go_on(const struct golden_case *c, const struct host_info *host,
		 const struct reason_names *names, struct snapshot **prev, struct snapshot **cur,
		 struct frame **frame)
{
	snapshot__take_items(*cur, (*frame)->items);
	frame__free(*frame);
	*frame = NULL;
	snapshot__free(*prev);
	*prev = *cur;
	*cur = c->make(3, c->latency);
	if (!*cur)
		return -ENOMEM;
	(*cur)->item_opts = (*prev)->item_opts;
	return delta__compute(*prev, *cur, host, names, frame);
}

static char *render(const struct golden_case *c, const struct reason_names *names, size_t *ret_len)
{
	static const struct host_info hosts[] = { { "host1", "6.18.0", "x86_64", 64 }, { 0 } };
	const struct host_info *host = &hosts[c->make == make_rare];
	struct snapshot *prev __cleanup(cleanup_snapshot) = c->make(1, c->latency);
	struct snapshot *cur __cleanup(cleanup_snapshot) = c->make(2, c->latency);
	struct frame *frame __cleanup(cleanup_frame) = NULL;
	char *text = NULL;
	const struct item_opts opts = item_opts_of(c, names);
	FILE *out = open_memstream(&text, ret_len);

	if (cur && has_events(c))
		cur->item_opts = &opts;
	if (!out || !prev || !cur || delta__compute(prev, cur, host, names, &frame) ||
	    (c->second && go_on(c, host, names, &prev, &cur, &frame)) ||
	    !write_case(c, out, frame) || fclose(out)) {
		fprintf(stderr, "golden: %s: cannot be made\n", c->file);
		exit(EXIT_FAILURE);
	}
	return text;
}

static bool is_json(const struct golden_case *c, const char *text, size_t len)
{
	json_error_t error;
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (!json)
		fprintf(stderr, "golden: %s: %s\n", c->file, error.text);
	json_decref(json);
	return json && text[len - 1] == '\n' && !memchr(text, '\n', len - 1);
}

static bool check(const struct golden_case *c, const char *dir, bool update,
		  const struct reason_names *names)
{
	__autofree char *text = NULL, *expected = NULL;
	size_t len, expected_len = 0;
	char path[4096];
	FILE *f;

	text = render(c, names, &len);
	if (c->write == json__write && !is_json(c, text, len))
		return false;
	snprintf(path, sizeof(path), "%s/%s", dir, c->file);
	if (update) {
		f = fopen(path, "w");
		return f && fwrite(text, 1, len, f) == len && !fclose(f);
	}
	expected = read_file(path, &expected_len);
	if (expected && expected_len == len && !memcmp(expected, text, len))
		return true;
	fprintf(stderr, "golden: %s differs; it would be:\n%s", path,
		c->write == write_protobuf ? "(bytes)\n" : text);
	return false;
}

/* What a sink says of a stream that takes nothing. */
static bool fails_with(int err, FILE *out, const struct reason_names *names)
{
	FILE *stream __autofclose = out;
	struct snapshot *prev __cleanup(cleanup_snapshot) = make_none(1, LATENCY_OFF);
	struct snapshot *cur __cleanup(cleanup_snapshot) = make_none(2, LATENCY_OFF);
	struct frame *frame __cleanup(cleanup_frame) = NULL;
	static const struct host_info host;
	static const struct view view;

	if (!stream || !prev || !cur || delta__compute(prev, cur, &host, names, &frame))
		return false;
	return text__write(stream, frame, &view) == err &&
	       json__write(stream, frame, &view) == err &&
	       csv__write(stream, frame, &view) == err &&
	       openmetrics__write(stream, frame, &view) == err;
}

static bool check_errors(const struct reason_names *names)
{
	int fds[2];

	signal(SIGPIPE, SIG_IGN);
	if (pipe(fds))
		return false;
	close(fds[0]);
	if (fails_with(-EPIPE, fdopen(fds[1], "w"), names) &&
	    fails_with(-ENOSPC, fopen("/dev/full", "w"), names))
		return true;
	fprintf(stderr, "golden: a failed write was not reported\n");
	return false;
}

static bool report(bool ok, const char *name)
{
	printf("%s - golden: %s\n", ok ? "ok" : "not ok", name);
	return ok;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && !strcmp(argv[1], "--update");
	const char *dir = argc > 1 + update ? argv[1 + update] : "tests/golden";
	struct reason_names *names __cleanup(cleanup_names) = make_names(dir);
	size_t failed = 0;

	setenv("TZ", "UTC", 1);
	tzset();
	setlocale(LC_CTYPE, "C.UTF-8"); /* for the width of letters */
	if (!names)
		return EXIT_FAILURE;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (cases[i].write == write_protobuf && !has_protobuf())
			printf("skip - golden: %s: not built in\n", cases[i].file);
		else
			failed += !report(check(&cases[i], dir, update, names), cases[i].file);
	failed += !report(check_errors(names), "a failed write is reported");
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
