// SPDX-License-Identifier: GPL-2.0
/* codec_write: a snapshot as bytes. codec_read.c is its mirror: what is changed here is changed there. */
#include "codec.h"

#include <errno.h>
#include <string.h>

#include "../base/wire.h"
#include "codec_fields.h"
#include "snapshot.h"
#include "stats.h"

/* What the difference is from where there is nothing before. */
static const struct snapshot no_snapshot;
static const struct vm_sample no_vm;
static const struct vcpu_sample no_vcpu;
static const struct tally no_tally;
static const struct detail_tally no_detail;
static const struct detail_sum no_sums[DETAIL_KIND_MAX];

static void put_delta(struct wire_out *out, uint64_t value, uint64_t before)
{
	wire_put(out, value - before);
}

static void put_fields(struct wire_out *out, const struct codec_fields *fields, const void *from,
		       const void *before)
{
	for (size_t i = 0; i < fields->n; i++) {
		const struct codec_field *field = &fields->v[i];

		put_delta(out, codec_field__get(field, from),
			  field->alone ? 0 : codec_field__get(field, before));
	}
}

static void put_array(struct wire_out *out, const uint64_t *v, const uint64_t *before, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_delta(out, v[i], before ? before[i] : 0);
}

/* Values that may not be known. */
static void put_values(struct wire_out *out, const uint64_t *v, const uint64_t *before, size_t n)
{
	put_delta(out, v != NULL, before != NULL);
	if (v)
		put_array(out, v, before, n);
}

/* 0: as before, 1: none, else its length and 2. */
static void put_text(struct wire_out *out, const char *text, const char *before)
{
	if (text == before || (text && before && !strcmp(text, before))) {
		wire_put(out, 0);
		return;
	}
	wire_put(out, text ? strlen(text) + 2 : 1);
	if (text && *text)
		wire_put_bytes(out, text, strlen(text));
}

static void put_hist(struct wire_out *out, struct hist hist, struct hist before)
{
	for (uint32_t i = 0; i < hist.n; i++) {
		uint32_t slot = hist.first + i;

		put_delta(out, hist.v[i],
			  slot >= before.first && slot - before.first < before.n
				  ? before.v[slot - before.first]
				  : 0);
	}
}

static void put_tallies(struct wire_out *out, const struct tally *v, size_t n,
			const struct tally *before_v, size_t n_before)
{
	put_delta(out, n, n_before);
	for (size_t i = 0; i < n; i++) {
		const struct tally *before = i < n_before ? &before_v[i] : &no_tally;

		put_fields(out, &codec_tally_key, &v[i], before);
		if (!codec_fields__equal(&codec_tally_key, &v[i], before))
			before = &no_tally;
		put_fields(out, &codec_tally, &v[i], before);
		put_hist(out, v[i].hist, before->hist);
	}
}

static void put_details(struct wire_out *out, const struct vcpu_sample *vcpu,
			const struct vcpu_sample *before_vcpu)
{
	put_delta(out, vcpu->n_details, before_vcpu->n_details);
	for (size_t i = 0; i < vcpu->n_details; i++) {
		const struct detail_tally *before =
			i < before_vcpu->n_details ? &before_vcpu->details[i] : &no_detail;

		put_fields(out, &codec_detail_key, &vcpu->details[i], before);
		if (!codec_fields__equal(&codec_detail_key, &vcpu->details[i], before))
			before = &no_detail;
		put_fields(out, &codec_detail, &vcpu->details[i], before);
	}
}

static void put_detail_sums(struct wire_out *out, const struct detail_sum *sums,
			    const struct detail_sum *before)
{
	put_delta(out, sums != NULL, before != NULL);
	for (size_t kind = 0; sums && kind < DETAIL_KIND_MAX; kind++)
		put_fields(out, &codec_detail_sum, &sums[kind],
			   before ? &before[kind] : &no_sums[kind]);
}

static size_t n_values(const struct stat_layout *layout)
{
	return layout ? layout->n_values : 0;
}

static size_t n_events(const struct snapshot *snapshot)
{
	return snapshot->event_names ? snapshot->event_names->n : 0;
}

static void put_vcpu(struct wire_out *out, const struct snapshot *snapshot,
		     const struct vcpu_sample *vcpu, const struct vcpu_sample *before)
{
	put_fields(out, &codec_vcpu, vcpu, before);
	if (vcpu->vcpu_id != before->vcpu_id)
		before = &no_vcpu;
	put_array(out, vcpu->times.ns, before->times.ns, STATE_MAX);
	put_tallies(out, vcpu->exits, vcpu->n_exits, before->exits, before->n_exits);
	put_tallies(out, vcpu->user_exits, vcpu->n_user_exits, before->user_exits,
		    before->n_user_exits);
	put_values(out, vcpu->tracepoints, before->tracepoints, n_events(snapshot));
	put_details(out, vcpu, before);
	put_detail_sums(out, vcpu->detail_sums, before->detail_sums);
	put_values(out, vcpu->stats, before->stats, n_values(snapshot->vcpu_layout));
}

static void put_vm(struct wire_out *out, const struct snapshot *snapshot,
		   const struct vm_sample *vm, const struct vm_sample *before)
{
	put_fields(out, &codec_vm, vm, before);
	put_text(out, vm->name, before->name);
	put_text(out, vm->comm, before->comm);
	put_values(out, vm->stats, before->stats, n_values(snapshot->vm_layout));
	put_values(out, vm->vcpu_sums, before->vcpu_sums, n_values(snapshot->vcpu_layout));
	put_values(out, vm->tracepoints, before->tracepoints, n_events(snapshot));
	put_delta(out, vm->n_vcpus, before->n_vcpus);
	for (size_t i = 0; i < vm->n_vcpus; i++)
		put_vcpu(out, snapshot, &vm->vcpus[i],
			 i < before->n_vcpus ? &before->vcpus[i] : &no_vcpu);
}

/* The number of the VM before that is this one, looked for from @from on; @base->n_vms: there is none. */
static size_t find_before(const struct snapshot *base, const struct vm_sample *vm, size_t from)
{
	for (size_t i = from; i < base->n_vms; i++)
		if (base->vms[i].key == vm->key)
			return i;
	for (size_t i = 0; i < from && i < base->n_vms; i++)
		if (base->vms[i].key == vm->key)
			return i;
	return base->n_vms;
}

/* VMs come and go, so each says which one it was before: 0 the next one, 1 none, else its number and 2. */
static void put_vms(struct wire_out *out, const struct snapshot *snapshot,
		    const struct snapshot *base)
{
	size_t next = 0;

	put_delta(out, snapshot->n_vms, base->n_vms);
	for (size_t i = 0; i < snapshot->n_vms; i++) {
		size_t found = find_before(base, &snapshot->vms[i], next);
		bool none = found == base->n_vms;

		wire_put(out, none ? 1 : found == next ? 0 : found + 2);
		put_vm(out, snapshot, &snapshot->vms[i], none ? &no_vm : &base->vms[found]);
		if (!none)
			next = found + 1;
	}
}

/* What holds the vCPUs, in their order, as the difference from the usual; before it, how many such numbers there are. */
static void put_held(struct wire_out *out, const struct snapshot *snapshot)
{
	wire_put(out, HELD_MAX);
	for (size_t i = 0; i < snapshot->n_vms; i++)
		for (size_t j = 0; j < snapshot->vms[i].n_vcpus; j++)
			put_delta(out, snapshot->vms[i].vcpus[j].held, HELD_NOT);
}

/*
 * When parts were switched on, before it how many such numbers there are. Mostly none was: then nothing is put, unless something comes
 * behind it (@always).
 */
static void put_since(struct wire_out *out, const struct snapshot *snapshot,
		      const struct snapshot *base, bool always)
{
	bool any = always;

	for (size_t i = 0; i < PART_MAX; i++)
		any |= snapshot->since_ns[i];
	if (!any)
		return;
	wire_put(out, PART_MAX);
	put_array(out, snapshot->since_ns, base->since_ns, PART_MAX);
}

static bool has_loads(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_vms; i++)
		if (!codec_fields__equal(&codec_load, &snapshot->vms[i].load, &no_vm.load))
			return true;
	return false;
}

static bool has_threads(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_vms; i++)
		for (size_t j = 0; j < snapshot->vms[i].n_vcpus; j++)
			if (!codec_fields__equal(&codec_thread, &snapshot->vms[i].vcpus[j].thread,
						 &no_vcpu.thread))
				return true;
	return false;
}

/* What each VM's VMM uses, in the VMs' order; before it how many numbers each has. */
static void put_loads(struct wire_out *out, const struct snapshot *snapshot,
		      const struct snapshot *base)
{
	size_t found = 0;

	wire_put(out, codec_load.n);
	for (size_t i = 0; i < snapshot->n_vms; i++) {
		const struct vm_sample *vm = &snapshot->vms[i];

		found = find_before(base, vm, found);
		put_fields(out, &codec_load, &vm->load,
			   found < base->n_vms ? &base->vms[found].load : &no_vm.load);
	}
}

/*
 * The threads of the vCPUs, in their order; before it how many numbers each has. The vCPU before is the one in the same place. Nothing is put
 * if all are 0. What comes behind it must put this always.
 */
static void put_threads(struct wire_out *out, const struct snapshot *snapshot,
			const struct snapshot *base)
{
	size_t found = 0;

	wire_put(out, codec_thread.n);
	for (size_t i = 0; i < snapshot->n_vms; i++) {
		const struct vm_sample *vm = &snapshot->vms[i], *before;

		found = find_before(base, vm, found);
		before = found < base->n_vms ? &base->vms[found] : &no_vm;
		for (size_t j = 0; j < vm->n_vcpus; j++)
			put_fields(out, &codec_thread, &vm->vcpus[j].thread,
				   j < before->n_vcpus ? &before->vcpus[j].thread
						       : &no_vcpu.thread);
	}
}

int codec_write_snapshot(uint64_t context_id, const struct snapshot *snapshot,
			 const struct snapshot *base, struct wire_out *out)
{
	const bool threads = has_threads(snapshot), loads = threads || has_loads(snapshot);

	if (!base)
		base = &no_snapshot;
	wire_put(out, context_id);
	put_fields(out, &codec_snapshot, snapshot, base);
	put_array(out, snapshot->drops, base->drops, DROP_CAUSE_MAX);
	for (size_t i = 0; i < SOURCE_ID_MAX; i++) {
		put_delta(out, snapshot->sources[i].used, base->sources[i].used);
		put_text(out, snapshot->sources[i].error, base->sources[i].error);
	}
	put_values(out, snapshot->host_tracepoints, base->host_tracepoints, n_events(snapshot));
	put_vms(out, snapshot, base);
	put_held(out, snapshot);
	put_since(out, snapshot, base, loads);
	if (loads)
		put_loads(out, snapshot, base);
	if (threads)
		put_threads(out, snapshot, base);
	return wire_finish(out);
}
