// SPDX-License-Identifier: GPL-2.0
#include "stats_snapshots.h"

#include <stdint.h>

#include "../../user/base/arena.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/stats.h"
#include "snapshots.h"

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
struct snapshot *make_stats(unsigned int tick, enum latency latency)
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
struct snapshot *make_host_stats(unsigned int tick, enum latency latency)
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
struct snapshot *make_steady_stats(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_host_stats(tick, latency);

	if (s)
		s->n_vms = 2;
	return s;
}

/* From the third one on the first VM cannot be read. */
struct snapshot *make_unread_stats(unsigned int tick, enum latency latency)
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
struct snapshot *make_stats_unmounted(unsigned int tick, enum latency latency)
{
	struct snapshot *s = make_steady_stats(tick, latency);

	if (s)
		s->sources[SOURCE_DEBUGFS] = (struct source_state){ true, "not mounted" };
	return s;
}

/* Exits beside statistics. */
struct snapshot *make_both(unsigned int tick, enum latency latency)
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
struct snapshot *make_no_stats(unsigned int tick, enum latency latency)
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
