/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter.bpf.h: what is filtered out. A vCPU that is filtered out keeps no slot and no element of a
 * map. So each of its events must be recognised again, and cheaply.
 *
 * Marks. A mark looks like a slot, so the usual way to a slot finds it, at the same cost. There is
 * one per CPU, behind the slots: for the vCPU that ran there last, if it is filtered out. A mark is
 * valid while its vCPU is in KVM_RUN: it cannot be destroyed there, and its address cannot be
 * reused. When the thread exits to user space, the mark must be checked (KVMTOP_STATE_CHECK). For
 * that the thread must find the mark, so it has one at most. It takes back its mark on another CPU
 * before it makes a new one (mark_take).
 *
 * Hints. Where no mark is valid, the CPU's hint usually answers without a lookup in a map. A
 * filter's answer for a pid or a vCPU id never changes. Its answer for a name is the same as long
 * as the process lives.
 */
#ifndef KVMTOP_FILTER_BPF_H
#define KVMTOP_FILTER_BPF_H

#include "compat.bpf.h"
#include "maps.bpf.h"

/*
 * The home @offset bytes behind the first one; higher bits of @offset do not matter, nor those of a
 * slot's size. In objects other than the main one it may be NULL.
 */
#ifdef KVMTOP_MEMORY_MAP
static __always_inline struct kvmtop_vcpu *home_at(__u64 offset)
{
	__u32 zero = 0;
	void *element = bpf_map_lookup_elem(&memory_map, &zero);

	if (!element)
		return NULL;
	MASK(offset, KVMTOP_HOME_MASK(cfg_homes));
	return element + offset;
}
#else
/* In a memory with @homes homes. */
static __always_inline struct kvmtop_vcpu *home_in(__u32 homes, __u64 offset)
{
	void *in = memory;

	MASK(offset, KVMTOP_HOME_MASK(homes));
	return in + offset;
}

static __always_inline struct kvmtop_vcpu *home_at(__u64 offset)
{
	return home_in(cfg_homes, offset);
}
#endif

static __always_inline struct kvmtop_vcpu *vcpu_slot(__u32 slot)
{
	if (slot < cfg_homes)
		return home_at((__u64)slot << KVMTOP_SLOT_SHIFT);
	slot -= cfg_homes;
	return bpf_map_lookup_elem(&vcpus, &slot);
}

static __always_inline __u32 hint_number(void)
{
	return bpf_get_smp_processor_id() & (KVMTOP_HINTS - 1);
}

static __always_inline struct kvmtop_hint *cpu_hint(void)
{
	return &hints[hint_number()];
}

static __always_inline bool has_filter(void)
{
	return cfg_filter_pids || cfg_filter_vcpus || cfg_filter_names;
}

/* Start of the current process, CLOCK_BOOTTIME (task_struct.start_boottime, 5.5). */
static __always_inline __u64 process_start_ns(enum load how)
{
	__u64 task = bpf_get_current_task();
	__u64 leader = load_field_u64(how, task, struct task_struct, group_leader);

	return load_field_u64(how, leader, struct task_struct, start_boottime);
}

/*
 * Whether the id can be read from struct kvm_vcpu. Otherwise only the record of the classic
 * kvm_exit has it.
 */
static __always_inline bool has_vcpu_id(void)
{
	return bpf_core_field_exists(struct kvm_vcpu, vcpu_id);
}

static __always_inline __u32 vcpu_id_of(enum load how, __u64 vcpu)
{
	if (!has_vcpu_id())
		return KVMTOP_ID_UNKNOWN;
	return load_field_u32(how, vcpu, struct kvm_vcpu, vcpu_id);
}

/* Whether the hint knows that the current process is filtered out. */
static __always_inline bool hint_ignores_process(enum load how, const struct kvmtop_hint *hint)
{
	__u32 tgid;

	if (!cfg_filter_pids && !cfg_filter_names)
		return false;
	tgid = bpf_get_current_pid_tgid() >> 32;
	if (tgid != hint->ignored_tgid)
		return false;
	return !cfg_filter_names || hint->ignored_start_ns == process_start_ns(how);
}

/* Whether the hint knows that vCPUs of this id are filtered out. */
static __always_inline bool hint_ignores_id(const struct kvmtop_hint *hint, __u32 vcpu_id)
{
	return cfg_filter_vcpus && hint->ignored_vcpu == vcpu_id + 1;
}

/*
 * Whether the hint knows that the vCPU at address @vcpu, which the current thread runs, is filtered
 * out.
 */
static __always_inline bool hint_ignores(enum load how, const struct kvmtop_hint *hint, __u64 vcpu)
{
	if (hint_ignores_process(how, hint))
		return true;
	return cfg_filter_vcpus && has_vcpu_id() && hint_ignores_id(hint, vcpu_id_of(how, vcpu));
}

/* Whether the process @tgid, that of the current thread, is filtered out. */
static __always_inline bool is_process_ignored(enum load how, __u32 tgid)
{
	__u64 *start_ns;

	if (cfg_filter_pids && !bpf_map_lookup_elem(&filter_pids, &tgid))
		return true;
	if (!cfg_filter_names)
		return false;
	start_ns = bpf_map_lookup_elem(&ignored_pids, &tgid);
	return start_ns && *start_ns == process_start_ns(how);
}

/* The same for the current process; notes it in the hint. */
static __always_inline bool ignores_process(enum load how, struct kvmtop_hint *hint)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;

	if (!is_process_ignored(how, tgid))
		return false;
	hint->ignored_tgid = tgid;
	if (cfg_filter_names)
		hint->ignored_start_ns = process_start_ns(how);
	return true;
}

/*
 * Whether vCPUs of this id are filtered out; notes it in the hint. An id that is not known (yet) is
 * filtered out.
 */
static __always_inline bool ignores_id(struct kvmtop_hint *hint, __u32 vcpu_id)
{
	if (!cfg_filter_vcpus || bpf_map_lookup_elem(&filter_vcpus, &vcpu_id))
		return false;
	if (vcpu_id != KVMTOP_ID_UNKNOWN)
		hint->ignored_vcpu = vcpu_id + 1;
	return true;
}

/* The mark that @hint has is not valid any more. */
static __always_inline void mark_end(struct kvmtop_hint *hint)
{
	hint->ignored_address = 0;
	hint->ignored_tid = 0;
}

/* Takes back the mark of @tid, the current thread, on any CPU but @keep. */
static __always_inline void mark_take_back(__u32 tid, __u32 keep)
{
	__u32 i;

	for (i = 0; i < KVMTOP_HINTS; i++) {
		struct kvmtop_vcpu *mark;

		if (i >= cfg_n_marks)
			break;
		if (mark_tids[i] != tid || i == keep)
			continue;
		/*
		 * Another thread may be taking this mark just now. It then has none, and makes it
		 * again. So nothing else is changed.
		 */
		mark = vcpu_slot(cfg_first_mark + i);
		if (mark)
			mark->vcpu = 0;
		mark_end(&hints[i]);
	}
}

/* Marks the vCPU at address @vcpu (id @vcpu_id), which the current thread runs, as filtered out. Returns the mark or, without, slot KVMTOP_SLOT_IGNORED. */
static __always_inline struct kvmtop_vcpu *mark_take(__u64 vcpu, __u32 vcpu_id)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u32 cpu = hint_number(), tid = pid_tgid;
	struct kvmtop_vcpu *mark;

	if (cpu >= cfg_n_marks)
		return vcpu_slot(KVMTOP_SLOT_IGNORED);
	mark = vcpu_slot(cfg_first_mark + cpu);
	if (!mark)
		return NULL;
	if (mark->tid != tid || !mark->vcpu) {
		mark_take_back(tid, cpu);
		mark_tids[cpu] = tid;
		mark->tid = tid;
		mark->tgid = pid_tgid >> 32;
	}
	mark->vcpu_id = vcpu_id;
	mark->state = KVMTOP_STATE_IGNORED;
	mark->vcpu = vcpu;
	hints[cpu].slot = cfg_first_mark + cpu;
	hints[cpu].ignored_address = vcpu;
	hints[cpu].ignored_tid = tid;
	return mark;
}

#endif
