// SPDX-License-Identifier: GPL-2.0
/* codec_read: bytes as a snapshot. The mirror of codec_write.c, and wary: the bytes may be anything. */
#include "codec.h"

#include <errno.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/wire.h"
#include "codec_fields.h"
#include "snapshot.h"
#include "stats.h"

/* Stands in for an element without bytes of its own. */
#define ALLOC_MIN 16u

struct decoder {
	struct wire_in in;
	const struct codec_reader *reader;
	const struct codec_context *context;
	struct snapshot *snapshot;	 /* being made */
	const struct vm_sample **before; /* of each of its VMs */
	size_t memory_left;
	int err; /* why in.bad, if not that the bytes are */
};

static const struct snapshot no_snapshot;
static const struct vm_sample no_vm;
static const struct vcpu_sample no_vcpu;
static const struct tally no_tally;
static const struct detail_tally no_detail;
static const struct detail_sum no_sum;

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)

static void fail(struct decoder *d, int err)
{
	if (!d->in.bad)
		d->err = err;
	d->in.bad = true;
}

/* @n zeroed elements; NULL: it is all over. */
static void *take(struct decoder *d, uint64_t n, size_t size)
{
	size_t bytes;
	void *v;

	if (d->in.bad)
		return NULL;
	if (__builtin_mul_overflow(n, size, &bytes) ||
	    __builtin_add_overflow(bytes, ALLOC_MIN, &bytes) || bytes > d->memory_left) {
		fail(d, -E2BIG);
		return NULL;
	}
	v = arena__calloc(d->snapshot->arena, n, size);
	if (!v)
		fail(d, -ENOMEM);
	d->memory_left -= bytes;
	return v;
}

static uint64_t get_delta(struct decoder *d, uint64_t before)
{
	return before + wire_get(&d->in);
}

static bool get_bool(struct decoder *d, bool before)
{
	uint64_t value = get_delta(d, before);

	d->in.bad |= value > 1;
	return value == 1;
}

static void get_fields(struct decoder *d, const struct codec_fields *fields, void *to,
		       const void *before)
{
	for (size_t i = 0; i < fields->n && !d->in.bad; i++) {
		const struct codec_field *field = &fields->v[i];
		uint64_t from = field->alone ? 0 : codec_field__get(field, before);

		d->in.bad |= !codec_field__set(field, to, get_delta(d, from));
	}
}

static const uint64_t *get_array(struct decoder *d, const uint64_t *before, size_t n)
{
	uint64_t *v = take(d, n, sizeof(*v));

	for (size_t i = 0; v && i < n; i++)
		v[i] = get_delta(d, before ? before[i] : 0);
	return v;
}

static const uint64_t *get_values(struct decoder *d, const uint64_t *before, size_t n)
{
	return get_bool(d, before != NULL) ? get_array(d, before, n) : NULL;
}

/* Numbers by the writer's words, as ours; what we have no word for is passed over. */
static void get_words(struct decoder *d, const struct codec_words *words, uint64_t *v,
		      const uint64_t *before)
{
	for (size_t i = 0; i < words->n; i++) {
		int own = words->own[i];
		uint64_t value = get_delta(d, own >= 0 ? before[own] : 0);

		if (own >= 0)
			v[own] = value;
	}
}

static const char *get_text(struct decoder *d, const char *before)
{
	uint64_t n = wire_get(&d->in);
	const char *bytes;
	char *text;

	if (n == 1 || (!n && !before))
		return NULL;
	if (n > 2) {
		bytes = wire_get_bytes(&d->in, n - 2);
		n -= 2;
	} else {
		bytes = n ? "" : before;
		n = strlen(bytes);
	}
	text = bytes ? take(d, n + 1, 1) : NULL;
	if (!text)
		return NULL;
	memcpy(text, bytes, n);
	d->in.bad |= memchr(text, '\0', n) != NULL;
	fmt_limit(text); /* earlier kvmtops wrote longer ones */
	return text;
}

static void get_hist(struct decoder *d, struct hist *hist, struct hist before)
{
	uint64_t *v;

	if (hist->first + hist->n > HIST_SLOTS) {
		d->in.bad = true;
		return;
	}
	v = hist->n ? take(d, hist->n, sizeof(*v)) : NULL;
	for (uint32_t i = 0; v && i < hist->n; i++) {
		uint32_t slot = hist->first + i;

		v[i] = get_delta(d, slot >= before.first && slot - before.first < before.n
					    ? before.v[slot - before.first]
					    : 0);
	}
	hist->v = v;
}

static struct tally *get_tallies(struct decoder *d, const struct tally *before_v, size_t n_before,
				 size_t *ret_n)
{
	uint64_t n = get_delta(d, n_before);
	struct tally *v = take(d, n, sizeof(*v));

	for (size_t i = 0; v && i < n && !d->in.bad; i++) {
		const struct tally *before = i < n_before ? &before_v[i] : &no_tally;

		get_fields(d, &codec_tally_key, &v[i], before);
		if (!codec_fields__equal(&codec_tally_key, &v[i], before))
			before = &no_tally;
		get_fields(d, &codec_tally, &v[i], before);
		get_hist(d, &v[i].hist, before->hist);
	}
	*ret_n = v ? n : 0;
	return v;
}

static void get_details(struct decoder *d, struct vcpu_sample *vcpu,
			const struct vcpu_sample *before_vcpu)
{
	uint64_t n = get_delta(d, before_vcpu->n_details);
	struct detail_tally *v = take(d, n, sizeof(*v));

	for (size_t i = 0; v && i < n && !d->in.bad; i++) {
		const struct detail_tally *before =
			i < before_vcpu->n_details ? &before_vcpu->details[i] : &no_detail;

		get_fields(d, &codec_detail_key, &v[i], before);
		if (!codec_fields__equal(&codec_detail_key, &v[i], before))
			before = &no_detail;
		get_fields(d, &codec_detail, &v[i], before);
	}
	vcpu->details = v;
	vcpu->n_details = v ? n : 0;
}

static const struct detail_sum *get_detail_sums(struct decoder *d, const struct detail_sum *before)
{
	size_t n = d->reader->n_kinds;
	struct detail_sum *sums;

	if (!get_bool(d, before != NULL))
		return NULL;
	sums = take(d, DETAIL_KIND_MAX, sizeof(*sums));
	for (size_t i = 0; sums && i < n; i++)
		get_fields(d, &codec_detail_sum, &sums[i], before ? &before[i] : &no_sum);
	return sums;
}

static size_t n_values(const struct stat_layout *layout)
{
	return layout ? layout->n_values : 0;
}

static size_t n_events(const struct decoder *d)
{
	return d->context->events ? d->context->events->n : 0;
}

static void get_vcpu(struct decoder *d, struct vcpu_sample *vcpu, const struct vcpu_sample *before)
{
	get_fields(d, &codec_vcpu, vcpu, before);
	if (vcpu->vcpu_id != before->vcpu_id)
		before = &no_vcpu;
	get_words(d, &d->reader->states, vcpu->times.ns, before->times.ns);
	vcpu->exits = get_tallies(d, before->exits, before->n_exits, &vcpu->n_exits);
	vcpu->user_exits =
		get_tallies(d, before->user_exits, before->n_user_exits, &vcpu->n_user_exits);
	vcpu->tracepoints = get_values(d, before->tracepoints, n_events(d));
	get_details(d, vcpu, before);
	vcpu->detail_sums = get_detail_sums(d, before->detail_sums);
	vcpu->stats = get_values(d, before->stats, n_values(d->context->vcpu_layout));
}

/* In the order of their ids, none twice. */
static void get_vcpus(struct decoder *d, struct vm_sample *vm, const struct vm_sample *before)
{
	uint64_t n = get_delta(d, before->n_vcpus);
	struct vcpu_sample *v = take(d, n, sizeof(*v));

	for (size_t i = 0; v && i < n && !d->in.bad; i++) {
		get_vcpu(d, &v[i], i < before->n_vcpus ? &before->vcpus[i] : &no_vcpu);
		d->in.bad |= i && v[i].vcpu_id <= v[i - 1].vcpu_id;
	}
	vm->vcpus = v;
	vm->n_vcpus = v ? n : 0;
}

static void get_vm(struct decoder *d, struct vm_sample *vm, const struct vm_sample *before)
{
	const struct codec_context *context = d->context;

	get_fields(d, &codec_vm, vm, before);
	vm->name = get_text(d, before->name);
	vm->comm = get_text(d, before->comm);
	vm->stats = get_values(d, before->stats, n_values(context->vm_layout));
	vm->vcpu_sums = get_values(d, before->vcpu_sums, n_values(context->vcpu_layout));
	vm->tracepoints = get_values(d, before->tracepoints, n_events(d));
	get_vcpus(d, vm, before);
}

static void get_vms(struct decoder *d, const struct snapshot *base)
{
	uint64_t n = get_delta(d, base->n_vms), next = 0;
	struct vm_sample *v = take(d, n, sizeof(*v));

	d->before = take(d, n, sizeof(const struct vm_sample *));
	for (size_t i = 0; v && d->before && i < n && !d->in.bad; i++) {
		uint64_t which = wire_get(&d->in);
		uint64_t found = which ? which - 2 : next;

		d->in.bad |= which != 1 && found >= base->n_vms;
		if (d->in.bad)
			break;
		d->before[i] = which == 1 ? &no_vm : &base->vms[found];
		get_vm(d, &v[i], d->before[i]);
		if (which != 1)
			next = found + 1;
	}
	d->snapshot->vms = v;
	d->snapshot->n_vms = v ? n : 0;
}

/* Recordings of before something was known end before it. */
static bool is_at_end(const struct decoder *d)
{
	return d->in.bad || (d->in.p == d->in.end && !d->in.zeros);
}

/* What a later kvmtop knows more is not known to us. */
static void get_held(struct decoder *d)
{
	if (is_at_end(d))
		return;
	wire_get_within(&d->in, 1, UINT8_MAX);
	for (size_t i = 0; i < d->snapshot->n_vms; i++) {
		struct vm_sample *vm = &d->snapshot->vms[i];

		for (size_t j = 0; j < vm->n_vcpus && !d->in.bad; j++) {
			uint64_t held = get_delta(d, HELD_NOT);

			vm->vcpus[j].held = held < HELD_MAX ? (enum vcpu_held)held : HELD_UNKNOWN;
		}
	}
}

/* Parts that we do not know are passed over. */
static void get_since(struct decoder *d, const struct snapshot *base)
{
	size_t n = is_at_end(d) ? 0 : wire_get_within(&d->in, 1, UINT8_MAX);

	for (size_t i = 0; i < n && !d->in.bad; i++) {
		uint64_t since_ns = get_delta(d, i < PART_MAX ? base->since_ns[i] : 0);

		if (i < PART_MAX)
			d->snapshot->since_ns[i] = since_ns;
	}
}

/* @n numbers: those that we do not know are passed over; those that an earlier kvmtop does not have are not known. */
static void get_some(struct decoder *d, size_t n, const struct codec_fields *fields, void *to,
		     const void *before)
{
	const struct codec_fields ours = { fields->v, n < fields->n ? n : fields->n };

	get_fields(d, &ours, to, before);
	for (size_t i = ours.n; i < n; i++)
		wire_get(&d->in);
}

static void get_loads(struct decoder *d)
{
	size_t n = is_at_end(d) ? 0 : wire_get_within(&d->in, 1, UINT8_MAX);

	for (size_t i = 0; n && i < d->snapshot->n_vms && !d->in.bad; i++)
		get_some(d, n, &codec_load, &d->snapshot->vms[i].load, &d->before[i]->load);
}

static void get_threads(struct decoder *d)
{
	size_t n = is_at_end(d) ? 0 : wire_get_within(&d->in, 1, UINT8_MAX);

	for (size_t i = 0; n && i < d->snapshot->n_vms && !d->in.bad; i++) {
		struct vm_sample *vm = &d->snapshot->vms[i];
		const struct vm_sample *before = d->before[i];

		for (size_t j = 0; j < vm->n_vcpus && !d->in.bad; j++)
			get_some(d, n, &codec_thread, &vm->vcpus[j].thread,
				 j < before->n_vcpus ? &before->vcpus[j].thread : &no_vcpu.thread);
	}
}

static void get_sources(struct decoder *d, const struct snapshot *base)
{
	const struct codec_words *words = &d->reader->sources;

	for (size_t i = 0; i < words->n; i++) {
		static const struct source_state none;
		int own = words->own[i];
		const struct source_state *before = own >= 0 ? &base->sources[own] : &none;
		struct source_state state = { .used = get_bool(d, before->used) };

		state.error = get_text(d, before->error);
		if (own >= 0)
			d->snapshot->sources[own] = state;
	}
}

static void get_snapshot(struct decoder *d, const struct snapshot *base)
{
	struct snapshot *snapshot = d->snapshot;

	d->in.bad |= wire_get(&d->in) != d->context->id || !d->context->id;
	get_fields(d, &codec_snapshot, snapshot, base);
	get_words(d, &d->reader->drops, snapshot->drops, base->drops);
	get_sources(d, base);
	snapshot->host_tracepoints = get_values(d, base->host_tracepoints, n_events(d));
	get_vms(d, base);
	get_held(d);
	get_since(d, base);
	get_loads(d);
	get_threads(d);
	snapshot->vm_layout = d->context->vm_layout;
	snapshot->vcpu_layout = d->context->vcpu_layout;
	snapshot->event_names = d->context->events;
	snapshot->detail_names = d->reader->details;
}

int codec_read_snapshot(const struct codec_reader *reader, const struct codec_context *context,
			const struct snapshot *base, const void *bytes, size_t n, size_t memory_max,
			struct snapshot **ret_snapshot)
{
	__cleanup(cleanup_snapshot) struct snapshot *snapshot = snapshot__new();
	struct decoder d = {
		.in = wire_in_of(bytes, n),
		.reader = reader,
		.context = context,
		.snapshot = snapshot,
		.memory_left = memory_max,
	};

	if (!snapshot)
		return -ENOMEM;
	get_snapshot(&d, base ? base : &no_snapshot);
	if (d.in.bad)
		return d.err ? d.err : -EBADMSG;
	*ret_snapshot = take_ptr(snapshot);
	return 0;
}
