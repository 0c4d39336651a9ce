/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail.bpf.h: counts and times of what exits are about, given the slot of the vCPU. The count is
 * made at the event. The time is that of the exit around it, added at the kvm_entry that ends the
 * exit. The main programs are attached first, so they run first. They take the time stamps; these
 * programs take none.
 */
#ifndef KVMTOP_DETAIL_BPF_H
#define KVMTOP_DETAIL_BPF_H

#include "arch.bpf.h"
#include "detail_maps.bpf.h"
#include "vcpu.bpf.h"

#include ARCH_KINDS

/* The part of a key that says in which direction and how many bytes (0: not known). */
static __always_inline __u64 sub_of(bool write, __u32 size)
{
	return (write ? KVMTOP_DETAIL_WRITE : KVMTOP_DETAIL_READ) |
	       size << KVMTOP_DETAIL_SIZE_SHIFT;
}

static __always_inline struct kvmtop_hint *detail_hint(void)
{
	return &detail_hints[bpf_get_smp_processor_id() & (KVMTOP_HINTS - 1)];
}

static __always_inline struct kvmtop_detail_vcpu *detail_of(__u32 slot)
{
	return bpf_map_lookup_elem(&detail_vcpus, &slot);
}

static __always_inline struct kvmtop_detail_cell *detail_cell(__u32 cell)
{
	return bpf_map_lookup_elem(&detail_cells, &cell);
}

static __always_inline struct kvmtop_vcpu *detail_slot_of(__u64 vcpu)
{
	__u32 *slot = bpf_map_lookup_elem(&by_vcpu, &vcpu);
	struct kvmtop_vcpu *v = slot ? vcpu_slot(*slot) : NULL;

	return v && v->vcpu == vcpu ? v : NULL;
}

/*
 * The slot of the vCPU that the current thread runs, when the hint does not know. Only the main
 * programs make slots. After the thread left KVM_RUN, and before its next entry (a read from the
 * VMM is completed there), it may run another vCPU. The system call identifies it, where it can.
 * NULL: not known; or filtered out, and @ret_ignored is set.
 */
static __always_inline struct kvmtop_vcpu *detail_thread_find(enum load how, bool *ret_ignored)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	__u32 tid = pid_tgid;
	__u32 *slot = bpf_map_lookup_elem(&by_tid, &tid);
	struct kvmtop_vcpu *v = slot ? vcpu_slot(*slot) : NULL;
	__u64 vcpu;

	if (v && (v->tid != tid || v->tgid != pid_tgid >> 32 || v->state & KVMTOP_STATE_DEAD))
		v = NULL;
	if (!v && ignores_process(how, detail_hint())) {
		*ret_ignored = true;
		return NULL;
	}
	if (!v || v->state & KVMTOP_STATE_CHECK) {
		vcpu = syscall_vcpu(how);
		if (vcpu)
			v = detail_slot_of(vcpu);
		if (!v)
			*ret_ignored = ignores_id(detail_hint(),
						  vcpu ? vcpu_id_of(how, vcpu) : KVMTOP_ID_UNKNOWN);
		if (v && vcpu && v->state & KVMTOP_STATE_CHECK &&
		    !vcpu_is_same(how, v, vcpu, pid_tgid >> 32))
			v = NULL;
	}
	if (v)
		detail_hint()->slot = v->slot;
	return v;
}

/* As above; an event of a vCPU that is not known is counted as lost. */
static __always_inline struct kvmtop_vcpu *detail_find(enum load how)
{
	bool ignored = false;
	struct kvmtop_vcpu *v = detail_thread_find(how, &ignored);

	if (!v && !ignored)
		__sync_fetch_and_add(&detail_drops.unknown, 1);
	return v;
}

static __noinline struct kvmtop_vcpu *detail_find_plain(void)
{
	return detail_find(LOAD_PLAIN);
}

static __noinline struct kvmtop_vcpu *detail_find_probe(void)
{
	return detail_find(LOAD_PROBE);
}

/*
 * The slot of the vCPU that the current thread runs. NULL: it is filtered out; or it is not known,
 * and the event is counted as lost.
 */
static __always_inline struct kvmtop_vcpu *detail_thread(void)
{
	struct kvmtop_hint *hint = detail_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);
	__u32 tid = bpf_get_current_pid_tgid();

	if (v && v->tid == tid && !v->state)
		return v;
	if (cfg_plain ? hint_ignores_process(LOAD_PLAIN, hint)
		      : hint_ignores_process(LOAD_PROBE, hint))
		return NULL;
	return cfg_plain ? detail_find_plain() : detail_find_probe();
}

/*
 * Notes in the hint if the vCPU at address @vcpu, which has no slot, is filtered out. Returns NULL.
 */
static __always_inline struct kvmtop_vcpu *detail_ignore(enum load how, __u64 vcpu)
{
	if (!ignores_process(how, detail_hint()) && has_vcpu_id())
		ignores_id(detail_hint(), vcpu_id_of(how, vcpu));
	return NULL;
}

static __noinline struct kvmtop_vcpu *detail_ignore_plain(__u64 vcpu)
{
	return detail_ignore(LOAD_PLAIN, vcpu);
}

static __noinline struct kvmtop_vcpu *detail_ignore_probe(__u64 vcpu)
{
	return detail_ignore(LOAD_PROBE, vcpu);
}

/* The slot of the vCPU at address @vcpu; NULL: not known, or filtered out. */
static __always_inline struct kvmtop_vcpu *detail_vcpu(__u64 vcpu)
{
	struct kvmtop_hint *hint = detail_hint();
	struct kvmtop_vcpu *v = vcpu_slot(hint->slot);

	if (!v || v->vcpu != vcpu) {
		if (cfg_plain ? hint_ignores(LOAD_PLAIN, hint, vcpu)
			      : hint_ignores(LOAD_PROBE, hint, vcpu))
			return NULL;
		v = detail_slot_of(vcpu);
		if (!v)
			return cfg_plain ? detail_ignore_plain(vcpu) : detail_ignore_probe(vcpu);
		hint->slot = v->slot;
	}
	return v->state ? NULL : v;
}

static __always_inline bool is_key(const struct kvmtop_detail_cell *c,
				   const struct kvmtop_detail_key *key)
{
	return c->state == KVMTOP_CELL_USED && c->key.key == key->key && c->key.sub == key->sub &&
	       c->key.slot == key->slot && c->key.kind == key->kind;
}

/* A free cell, now @key's; 0: there is none. */
static __always_inline __u32 cell_new(const struct kvmtop_detail_key *key)
{
	struct kvmtop_detail_cell *c;
	__u32 cell = 0;

	if (bpf_map_pop_elem(&free_detail_cells, &cell))
		return 0;
	c = detail_cell(cell);
	if (!c)
		return 0;
	c->key = *key;
	if (bpf_map_update_elem(&detail_index, key, &cell, BPF_ANY)) {
		bpf_map_push_elem(&free_detail_cells, &cell, BPF_ANY);
		return 0;
	}
	/* Only now: user space deletes the key from the index when it takes a cell in use back. */
	barrier();
	c->state = KVMTOP_CELL_USED;
	return cell;
}

/*
 * The exit being handled began at @exit_ns. Pending cells of an earlier exit, which no entry ended,
 * are not timed.
 */
static __always_inline void detail_begin(struct kvmtop_detail_vcpu *d, __u64 exit_ns)
{
	if (d->exit_ns == exit_ns)
		return;
	d->exit_ns = exit_ns;
	d->n_pending = 0;
}

static __always_inline __u32 exit_cell_number(const struct kvmtop_vcpu *v)
{
	__u32 place = v->exit_place;

	return KVMTOP_PLACE_CELL(place);
}

static __always_inline struct kvmtop_cell *exit_cell_of(struct kvmtop_vcpu *v)
{
	__u32 cell = exit_cell_number(v), element = cell - KVMTOP_OWN_CELLS;

	if (cell == KVMTOP_CELL_NONE)
		return NULL;
	if (cell >= KVMTOP_OWN_CELLS)
		return bpf_map_lookup_elem(&spare_cells, &element);
	return &v->own[cell & (KVMTOP_OWN_CELLS - 1)];
}

static __always_inline bool is_reason_of(__u64 kind, __u64 reason)
{
	__u32 i;

	reason &= cfg_reason_mask;
	for (i = 0; i < KVMTOP_DETAIL_RANGES; i++)
		if (reason >= cfg_reasons[kind][i].first && reason <= cfg_reasons[kind][i].last)
			return true;
	return false;
}

/*
 * Notes that the exit being handled has an event of @kind, if its reason is about that kind. User
 * space derives the exits without one. True: it is the exit's first one.
 */
static __always_inline bool detail_note_keyed(struct kvmtop_vcpu *v, struct kvmtop_detail_vcpu *d,
					      __u64 kind)
{
	struct kvmtop_cell *c;
	__u64 id;

	if (!(cfg_reason_kinds & 1u << kind))
		return false;
	c = exit_cell_of(v);
	if (!c)
		return false;
	id = KVMTOP_EXIT_ID(exit_cell_number(v), c->count);
	if (d->keyed_exit[kind] == id || !is_reason_of(kind, c->reason))
		return false;
	d->keyed[kind].count++;
	barrier();
	d->keyed_exit[kind] = id;
	return true;
}

/*
 * Notes that @cell gets the time of the exit, once. So do the keyed exits of kind @keyed - 1,
 * unless @keyed is 0.
 */
static __always_inline void detail_pend(struct kvmtop_detail_vcpu *d, __u32 cell, __u32 seq,
					__u32 keyed)
{
	__u64 i, n = d->n_pending;

	for (i = 0; i < KVMTOP_DETAIL_PENDING; i++) {
		if (i >= n)
			break;
		if (d->pending[i].cell == cell && d->pending[i].seq == seq)
			return;
	}
	if (n >= KVMTOP_DETAIL_PENDING)
		return;
	MASK(n, KVMTOP_DETAIL_PENDING - 1);
	d->pending[n].cell = cell;
	d->pending[n].seq = seq;
	d->pending[n].keyed = keyed;
	d->n_pending = n + 1;
}

/* Counts @key, which is of @kind. Out of line: one copy for all programs. */
static __noinline int detail_add(struct kvmtop_vcpu *v, struct kvmtop_detail_key *key, __u64 kind)
{
	struct kvmtop_detail_vcpu *d;
	struct kvmtop_detail_cell *c;
	__u32 cell, *known, keyed;
	__u64 about;

	if (!v || !key)
		return 0;
	d = detail_of(v->slot);
	if (!d)
		return 0;
	key->slot = v->slot;
	if (cfg_timed)
		detail_begin(d, KVMTOP_EXIT_NS(v));
	d->last_kind = kind;
	d->last_key = key->key;
	d->last_sub = key->sub;

	about = DETAIL_ABOUT(kind);
	MASK(about, KVMTOP_DETAIL_ROOM - 1);
	keyed = detail_note_keyed(v, d, about) ? about + 1 : 0;
	MASK(kind, KVMTOP_DETAIL_ROOM - 1);
	cell = d->last[kind];
	c = detail_cell(cell);
	if (!c || !is_key(c, key)) {
		known = bpf_map_lookup_elem(&detail_index, key);
		cell = known ? *known : cell_new(key);
		c = cell ? detail_cell(cell) : NULL;
		d->last[kind] = cell;
	}
	/* It may have been taken back since. */
	if (!c || !cell || !is_key(c, key)) {
		d->others[kind].count++;
		if (cfg_timed && d->exit_ns)
			detail_pend(d, 0, kind, keyed);
		return 0;
	}
	c->count++;
	if (cfg_timed && d->exit_ns)
		detail_pend(d, cell, c->seq, keyed);
	return 0;
}

/* An event of the current thread. */
static __always_inline int detail_event(__u32 kind, __u64 key, __u64 sub)
{
	struct kvmtop_detail_key whole = { .key = key, .sub = sub, .kind = kind };
	struct kvmtop_vcpu *v = detail_thread();

	if (v)
		detail_add(v, &whole, kind);
	return KEEP_EVENT;
}

static __always_inline void add_time(struct kvmtop_detail_vcpu *d,
				     const struct kvmtop_detail_pending *pending, __u64 ns)
{
	__u32 cell = pending->cell, seq = pending->seq;
	struct kvmtop_detail_cell *c;
	__u64 kind = seq, keyed = pending->keyed;

	if (keyed) {
		keyed--;
		MASK(keyed, KVMTOP_DETAIL_ROOM - 1);
		d->keyed[keyed].sum_ns += ns;
	}
	if (!cell) {
		MASK(kind, KVMTOP_DETAIL_ROOM - 1);
		d->others[kind].sum_ns += ns;
		return;
	}
	c = detail_cell(cell);
	/*
	 * The cell was given back and may be in use again: the time is lost. It takes a very long
	 * exit for that.
	 */
	if (c && c->seq == seq)
		c->sum_ns += ns;
}

static __always_inline void report_slow(const struct kvmtop_vcpu *v,
					const struct kvmtop_detail_vcpu *d, __u64 ns)
{
	bool about = d->exit_ns == d->slow_exit_ns && d->n_pending;
	struct kvmtop_slow_record *r;

	if (detail_control.slow_ended)
		return;
	r = bpf_ringbuf_reserve(&slow, sizeof(*r), 0);
	if (!r) {
		__sync_fetch_and_add(&detail_drops.slow, 1);
		return;
	}
	r->entry_ns = v->event_ns;
	r->ns = ns;
	r->reason = d->reason;
	r->pc = d->pc;
	r->info1 = d->info1;
	r->info2 = d->info2;
	r->key = d->last_key;
	r->sub = d->last_sub;
	r->isa = d->isa;
	r->known = d->known;
	r->kind = about ? d->last_kind : KVMTOP_DETAIL_NONE;
	r->slot = v->slot;
	r->vcpu_id = v->vcpu_id;
	r->tgid = v->tgid;
	r->tid = v->tid;
	r->pad = 0;
	bpf_ringbuf_submit(r, 0);
}

/* kvm_entry, after the main program, which has just taken the time stamp. */
SEC("?raw_tp/kvm_entry")
int detail_entry(struct bpf_raw_tracepoint_args *ctx)
{
	struct kvmtop_vcpu *v = detail_vcpu(ctx->args[0]);
	struct kvmtop_detail_vcpu *d = v ? detail_of(v->slot) : NULL;
	__u64 end_ns, ns;
	__u32 i, n;

	if (!d)
		return 0;
	/* As if the exit had ended earlier by the waiting time in it. */
	end_ns = v->event_ns - (v->wait_event_ns == v->event_ns ? v->exit_wait_ns : 0);
	if (cfg_slow_ns && d->slow_exit_ns) {
		ns = end_ns - d->slow_exit_ns;
		if (ns >= cfg_slow_ns && end_ns >= d->slow_exit_ns)
			report_slow(v, d, ns);
		d->slow_exit_ns = 0;
	}
	n = d->n_pending;
	if (!n)
		return 0;
	ns = end_ns >= d->exit_ns ? end_ns - d->exit_ns : 0;
	for (i = 0; i < KVMTOP_DETAIL_PENDING; i++) {
		if (i >= n)
			break;
		add_time(d, &d->pending[i], ns);
	}
	d->n_pending = 0;
	return 0;
}

static __always_inline bool is_pc_reason(__u64 reason)
{
	__u32 i;

	if (cfg_pc != 1)
		return cfg_pc;
	for (i = 0; i < KVMTOP_PC_REASONS; i++)
		if (i < cfg_n_pc_reasons && cfg_pc_reason[i] == reason)
			return true;
	return false;
}

/* What a kvm_exit reports; info1 and info2 are KVM's exit_info. */
struct detail_exit {
	__u64 reason, pc, info1, info2;
	__u32 isa, known; /* KVMTOP_EXIT_* */
};

/* kvm_exit of the vCPU in slot @v, after the main program. */
static __always_inline void detail_exit(struct kvmtop_vcpu *v, const struct detail_exit *e)
{
	struct kvmtop_detail_key key = { .key = e->pc, .sub = e->reason, .kind = KVMTOP_DETAIL_PC };
	struct kvmtop_detail_vcpu *d;

	if (cfg_slow_ns) {
		d = detail_of(v->slot);
		if (d) {
			d->slow_exit_ns = KVMTOP_EXIT_NS(v);
			d->reason = e->reason;
			d->isa = e->isa;
			d->pc = e->pc;
			d->info1 = e->info1;
			d->info2 = e->info2;
			d->known = e->known;
		}
	}
	if (cfg_pc && is_pc_reason(e->reason))
		detail_add(v, &key, KVMTOP_DETAIL_PC);
}

#endif
