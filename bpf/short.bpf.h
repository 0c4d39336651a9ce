/* SPDX-License-Identifier: GPL-2.0 */
/*
 * short.bpf.h: the short path of kvm_exit and kvm_entry. It serves a vCPU in its home, or in the slot
 * that the CPU's hint names. Nothing unusual may have happened since its last event, and its exit's
 * reason must have a cell at its home position. Everything else takes the long path, out of line. That
 * decides whether the next event may take the short one.
 *
 * One comparison proves three things. It is that vCPU, it has not left KVM_RUN, and its exit is not a
 * nested guest's. short_exit is the vCPU's address plus the flags of its mode, as they were at an
 * exit on the long path. Guest mode is one of them. Whatever has to be looked at sets short_exit and
 * short_entry to 0. The classic kvm_exit does not have the vCPU: there short_exit is the thread's address.
 *
 * Instructions that kvmtop adds to one CPUID exit, what was tried and what each step gained:
 * user/docs/cost.md.
 */
#ifndef KVMTOP_SHORT_BPF_H
#define KVMTOP_SHORT_BPF_H

#include "compat.bpf.h"
#include "filter.bpf.h"
#include "find.bpf.h"
#include "maps.bpf.h"
#include "tally.bpf.h"

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Whether the flags are known that say in which mode a vCPU is. */
static __always_inline bool has_mode_flags(void)
{
	return bpf_core_field_exists(struct kvm_vcpu, arch.hflags);
}

static __always_inline __u32 mode_flags(enum load how, __u64 vcpu)
{
	return has_mode_flags() ? load_field_u32(how, vcpu, struct kvm_vcpu, arch.hflags) : 0;
}

/* The next events of the vCPU at address @vcpu, in slot @v, may take the short path. */
static __always_inline void short_set(struct kvmtop_vcpu *v, __u64 vcpu)
{
	if (v->state)
		return;
	v->short_entry = vcpu;
	v->short_exit = cfg_short == KVMTOP_SHORT_THREAD ? v->task : vcpu + v->flags;
}

/*
 * After an exit on the long path that was not a nested guest's. Its reason was read at @address (0:
 * it was an argument).
 */
static __always_inline void short_begin(enum load how, struct kvmtop_vcpu *v, __u64 vcpu, __u32 isa,
					__u64 address)
{
	if (!cfg_short)
		return;
	v->isa = isa;
	v->code_address = address;
	v->flags = mode_flags(how, vcpu);
	short_set(v, vcpu);
}

/* After an entry on the long path. */
static __always_inline void short_resume(struct kvmtop_vcpu *v, __u64 vcpu)
{
	if (v->isa)
		short_set(v, vcpu);
	/* For the exit to user space, which has the thread only. */
	cpu_hint()->slot = v->slot;
}

/* The address @pointer less that of the memory, as a number. */
static __always_inline __u64 number_of(const void *pointer)
{
	__u64 n = (__u64)pointer;

	asm volatile("%0 -= %1" : "+r"(n) : "r"(memory));
	return n;
}

/*
 * The two homes of the vCPU at @pointer that programs look at. They are looked at in different
 * functions, so that the first one computes nothing for the second.
 */
static __always_inline struct kvmtop_vcpu *first_home(__u32 homes, const void *pointer)
{
	return home_in(homes, KVMTOP_HOME(number_of(pointer)));
}

static __always_inline struct kvmtop_vcpu *second_home(__u32 homes, const void *pointer)
{
	return home_in(homes, KVMTOP_HOME(number_of(pointer)) + (1 << KVMTOP_SLOT_SHIFT));
}

/* The slot that the CPU's hint names if it is a home; otherwise some home. */
static __always_inline struct kvmtop_vcpu *hinted_home(__u32 homes, const struct kvmtop_hint *hint)
{
	return home_in(homes, (__u64)hint->slot << KVMTOP_SLOT_SHIFT);
}

/* The slot that the CPU's hint names if it is no home; otherwise NULL. */
static __always_inline struct kvmtop_vcpu *hinted_far(__u32 homes, const struct kvmtop_hint *hint)
{
	__u32 slot = hint->slot - homes;

	return bpf_map_lookup_elem(&vcpus, &slot);
}

/* An address as far behind @v as the own cell at @place is behind the first one: its first own cell is that cell. */
static __always_inline struct kvmtop_vcpu *short_cell(struct kvmtop_vcpu *v, __u64 place)
{
	return (void *)v + place;
}

/* Counts an exit of @v for reason @code; @home: it is one. False: not here. */
static __always_inline bool short_count(struct kvmtop_vcpu *v, __u32 code, bool timed, bool home)
{
	__u64 place = v->index[code & (KVMTOP_INDEX_SIZE - 1)] << KVMTOP_CELL_SHIFT;
	struct kvmtop_vcpu *at;

	/* Behind a home there is memory for what the verifier thinks possible. */
	if (!home)
		MASK(place, KVMTOP_PLACE_OWN);
	at = short_cell(v, place);
	if (unlikely(at->own[0].code != code))
		return false;
	/*
	 * A reader that finds the count without the place, one instruction later, takes the exit for the
	 * next one. Interrupts are off here.
	 */
	at->own[0].count++;
	barrier();
	if (timed)
		v->exit_place = place;
	return true;
}

/* A time below SWITCH_MIN_NS into a histogram that is not near. Global, see find.bpf.h. */
__noinline int short_hist_far(__u32 hist, __u32 ns)
{
	struct kvmtop_hist *h;

	if (hist == KVMTOP_HIST_NONE || ns >= SWITCH_MIN_NS)
		return 0;
	h = hist_at(hist);
	if (h)
		h->count[cfg_hist_slots[ns]]++;
	return 0;
}

/* Whether @ns is now in the near histogram of the cell at @at; it may have another one. */
static __always_inline bool short_hist(__u32 homes, const struct kvmtop_vcpu *at, __u64 ns)
{
	__u32 offset = at->own[0].hist_offset;

	if (unlikely(offset > KVMTOP_HIST_AT(homes, KVMTOP_NEAR_HISTS(homes) - 1)))
		return false;
	((struct kvmtop_hist *)((void *)memory + offset))->count[cfg_hist_slots[ns]]++;
	return true;
}

/*
 * Global functions: the end of an exit that is to be looked at, or of none, at @now_ns, of the vCPU
 * in slot @slot.
 */
__noinline int entry_rest_plain(__u32 slot, __u64 now_ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);

	if (v)
		tally_entry(LOAD_PLAIN, v, now_ns);
	return 0;
}

__noinline int entry_rest_probe(__u32 slot, __u64 now_ns)
{
	struct kvmtop_vcpu *v = vcpu_slot(slot);

	if (v)
		tally_entry(LOAD_PROBE, v, now_ns);
	return 0;
}

static __always_inline int entry_rest(enum load how, const struct kvmtop_vcpu *v, __u64 now_ns)
{
	return how == LOAD_PLAIN ? entry_rest_plain(v->slot, now_ns)
				 : entry_rest_probe(v->slot, now_ns);
}

/* An exit of @code, which has no cell at its home position, or is a halt. */
static __always_inline int exit_rest(const struct kvmtop_vcpu *v, __u32 code)
{
	return tally_exit_at(v->slot, v->isa, code, v->event_ns);
}

/*
 * The end of the exit that @v is in. What programs on raw tracepoints return does not matter. So those on the short path return what
 * is in the register of results already.
 */
static __always_inline __u64 short_end(enum load how, __u32 homes, struct kvmtop_vcpu *v, bool full)
{
	__u64 now_ns = bpf_ktime_get_ns(), ns = now_ns - v->event_ns;
	__u64 place = v->exit_place;
	struct kvmtop_vcpu *at;

	MASK(place, KVMTOP_PLACE_OWN);
	/* None, or one at a far place; or one that is to be looked at. */
	if (unlikely(!place) || unlikely(ns >= SWITCH_MIN_NS))
		return entry_rest(how, v, now_ns);
	at = short_cell(v, place);
	v->event_ns = now_ns;
	v->exit_place = KVMTOP_PLACE_NONE;
	barrier();
	v->kvm_ns += ns;
	at->own[0].sum_ns += ns;
	if (unlikely(ns > at->own[0].max_ns))
		at->own[0].max_ns = ns;
	if (full && !short_hist(homes, at, ns))
		return short_hist_far(at->own[0].hist, ns);
	return now_ns;
}

#endif
