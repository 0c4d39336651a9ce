/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scene_more: what only some pictures of the made-up host show: statistics of KVM, and what exits were about.
 */
#ifndef KVMTOP_TESTS_SCENE_MORE_H
#define KVMTOP_TESTS_SCENE_MORE_H

#include "../../user/base/arena.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/snapshot.h"
#include "../../user/model/stats.h"

static const char *const scene_vm_stats[] = { "remote_tlb_flush", "pages_4k", "nx_lpage_splits",
					      "not-known-to-us" };
static const char *const scene_vcpu_stats[] = { "exits", "halt_poll_fail_ns", "pf_taken",
						"hypercalls" };

/* Layouts that live as long as the program. */
static inline const struct stat_layout *scene_layout(bool vcpu)
{
	static struct stat_layout *layouts[2];
	struct stat_layout **layout = &layouts[vcpu];

	if (*layout)
		return *layout;
	*layout = stat_layout__from_names(vcpu ? scene_vcpu_stats : scene_vm_stats,
					  vcpu ? ARRAY_SIZE(scene_vcpu_stats)
					       : ARRAY_SIZE(scene_vm_stats));
	if (*layout && !vcpu) {
		(*layout)->v[1].type = STAT_INSTANT;
	} else if (*layout) {
		(*layout)->v[1].unit = STAT_UNIT_SECONDS;
		(*layout)->v[1].exponent = -9;
	}
	return *layout;
}

/* @n of them: each has @base times its place, and grows by that every second; the last one is always zero. */
static inline const uint64_t *scene_stats(const struct snapshot *s, size_t n, uint64_t base,
					  unsigned int sec)
{
	uint64_t *v = arena__calloc(s->arena, n, sizeof(*v));

	for (size_t i = 0; v && i + 1 < n; i++)
		v[i] = base * (i + 1) * (sec + 1);
	return v;
}

static inline void scene_add_keys(const struct snapshot *s, struct vcpu_sample *vcpu,
				  unsigned int sec)
{
	static const struct detail_tally keys[] = {
		{ DETAIL_MMIO, 0xfebc0000, DETAIL_WRITE | 4u << DETAIL_SIZE_SHIFT, 700, 9100000 },
		{ DETAIL_MMIO, 0xfee000b0, DETAIL_READ | 8u << DETAIL_SIZE_SHIFT, 30, 60000 },
		{ DETAIL_FAULT, 6, 0, 55, 800000 },
	};
	struct detail_sum *sums = arena__calloc(s->arena, DETAIL_KIND_MAX, sizeof(*sums));
	struct detail_tally *v = arena__calloc(s->arena, ARRAY_SIZE(keys), sizeof(*v));

	if (!sums || !v)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		v[i] = keys[i];
		v[i].count *= sec + 1;
		v[i].sum_ns *= sec + 1;
		sums[v[i].kind].count += v[i].count;
		sums[v[i].kind].sum_ns += v[i].sum_ns;
	}
	vcpu->details = v;
	vcpu->n_details = ARRAY_SIZE(keys);
	vcpu->detail_sums = sums;
}

/* To a snapshot of second @sec that has its VMs. */
static inline void scene_add_more(struct snapshot *s, unsigned int sec)
{
	s->vm_layout = scene_layout(false);
	s->vcpu_layout = scene_layout(true);
	for (size_t i = 0; i < s->n_vms; i++) {
		struct vm_sample *vm = &s->vms[i];

		vm->stats_source = STATS_ITERATOR;
		vm->stats = scene_stats(s, ARRAY_SIZE(scene_vm_stats), 10 + i, sec);
		for (size_t j = 0; j < vm->n_vcpus; j++) {
			vm->vcpus[j].stats_source = STATS_ITERATOR;
			vm->vcpus[j].stats =
				scene_stats(s, ARRAY_SIZE(scene_vcpu_stats), 1000 + j, sec);
			scene_add_keys(s, &vm->vcpus[j], sec);
		}
	}
}

static const char *const scene_events[] = { "kvm_entry",    "kvm_exit",		 "kvm_hypercall",
					    "kvm_inj_virq", "kvm_msr",		 "kvm_page_fault",
					    "kvm_set_irq",  "kvm_userspace_exit" };
static const struct event_names scene_event_names = { scene_events, ARRAY_SIZE(scene_events) };

/* Each vCPU has more of them than the one before; kvm_hypercall and what is of no vCPU have none. */
static inline void scene_add_tracepoints(struct snapshot *s, unsigned int sec)
{
	s->event_names = &scene_event_names;
	for (size_t i = 0; i < s->n_vms; i++) {
		struct vm_sample *vm = &s->vms[i];

		vm->tracepoints =
			arena__calloc(s->arena, ARRAY_SIZE(scene_events), sizeof(*vm->tracepoints));
		for (size_t j = 0; j < vm->n_vcpus; j++) {
			uint64_t *v = arena__calloc(s->arena, ARRAY_SIZE(scene_events), sizeof(*v));

			for (size_t k = 0; v && k < ARRAY_SIZE(scene_events); k++)
				v[k] = k == 2 ? 0 : (100 + j) * (k + 1) * (sec + sec * sec / 20);
			vm->vcpus[j].tracepoints = v;
		}
	}
}

#endif
