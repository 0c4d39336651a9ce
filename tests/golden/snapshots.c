// SPDX-License-Identifier: GPL-2.0
#include "snapshots.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>

#include "../../user/arch/x86.h"
#include "../../user/base/arena.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/detail.h"
#include "../../user/model/ids.h"

#define MSEC 1000000ull

/* SVM's and VMX's codes that are used here, and KVM_EXIT_*. */
enum { SVM_CPUID = 0x72, SVM_HLT = 0x78, SVM_IOIO = 0x7b, SVM_NPF = 0x400, SVM_NEW = 0x4ff };
enum { VMX_EPT_VIOLATION = 48, VMX_HLT = 12 };
enum { USER_IO = 2, USER_MMIO = 6 };

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

void init_vm(struct snapshot *s, struct vm_sample *vm, pid_t pid, const char *name, size_t n_vcpus)
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
void make_busy_vm(struct snapshot *s, struct vm_sample *vm, unsigned int tick)
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
	vm->vcpus[0].thread = (struct vcpu_thread){ true, 1000 + 400 * tick, true, 41 };
	vm->vcpus[1].thread = (struct vcpu_thread){ true, 2000 + 50 * tick, true, 0 };
	vm->load = (struct vmm_load){ .quota_known = true,
				      .throttled_ns = 42 * MSEC * tick,
				      .throttles = 3 * tick,
				      .quota_pct = 150,
				      .vcpus = 2,
				      .swap_known = true,
				      .cpus_allowed = 16,
				      .aux_known = true,
				      .aux_threads = 5,
				      .aux_run_ns = 123 * MSEC * tick,
				      .aux_delay_ns = 20 * MSEC * tick };
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
void make_ending_vm(struct snapshot *s, struct vm_sample *vm, unsigned int tick)
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

struct snapshot *make_snapshot(unsigned int tick, enum latency latency)
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

struct snapshot *make_several(unsigned int tick, enum latency latency)
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
struct snapshot *make_hist_full(unsigned int tick, enum latency latency)
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
struct snapshot *make_formulas(unsigned int tick, enum latency latency)
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

struct snapshot *make_none(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_snapshot(tick, latency);

	if (s)
		s->sources[SOURCE_STATS] =
			(struct source_state){ true, "denied: lockdown=\x1b[1mintegrity" };
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
struct snapshot *make_details(unsigned int tick, enum latency latency)
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
struct snapshot *make_rare(unsigned int tick, enum latency latency)
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
