// SPDX-License-Identifier: GPL-2.0
#include "trail.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "frame.h"
#include "trail_reasons.h"

/* Hundredths of a percent, or this. */
#define PCT_UNKNOWN UINT16_MAX
/* The frame was not diagnosed. */
#define SEVERITY_UNKNOWN UINT8_MAX
/* A moment that is as long is not added to: a second, less what timers are off. */
#define MOMENT_S 0.95F

struct values {
	float exits; /* per second */
	uint16_t pct[STATE_MAX];
};

struct vm_row {
	uint64_t key;
	float lost;
	uint32_t first_vcpu, n_vcpus; /* in the moment's vcpus */
	uint8_t severity;
	struct values values;
};

struct vcpu_row {
	uint32_t id;
	struct values values;
};

struct moment {
	struct trail_moment moment;
	uint32_t run;
	float lost;
	struct values values;
	/* NULL: none, or not kept any more */
	struct vm_row *vms; /* sorted by key */
	struct vcpu_row *vcpus;
	struct trail_reasons *reasons;
	uint32_t n_vms, n_vcpus;
};

_Static_assert(sizeof(struct moment) <= 80 && sizeof(struct vm_row) <= 40 &&
		       sizeof(struct vcpu_row) <= 20,
	       "as the header says");

struct trail {
	struct moment moments[TRAIL_MOMENTS]; /* a ring */
	size_t first, n;
	uint64_t dropped; /* how many there were before */
	size_t with_vms;  /* the newest so many have those */
	size_t vm_bytes, vcpu_bytes;
	uint32_t run;
	bool broken; /* the next one is of another run */
	bool watching;
	struct trail_row watched;
};

static struct moment *trail__at(const struct trail *trail, size_t i)
{
	return (struct moment *)&trail->moments[(trail->first + i) % TRAIL_MOMENTS];
}

int trail__new(struct trail **ret_trail)
{
	*ret_trail = calloc(1, sizeof(**ret_trail));
	return *ret_trail ? 0 : -ENOMEM;
}

static void moment__release(struct moment *moment)
{
	free(moment->vms);
	free(moment->vcpus);
	trail_reasons__free(moment->reasons);
	*moment = (struct moment){ .n_vms = 0 };
}

static void cleanup_moment(struct moment *moment)
{
	moment__release(moment);
}

void trail__free(struct trail *trail)
{
	if (!trail)
		return;
	for (size_t i = 0; i < trail->n; i++)
		moment__release(trail__at(trail, i));
	free(trail);
}

size_t trail__bytes(const struct trail *trail)
{
	return trail->vm_bytes + trail->vcpu_bytes;
}

/* ---- a frame as a moment */

static struct values values_of(const struct counter *exits, const struct time_shares *shares)
{
	struct values values = { .exits = exits->delta_valid ? (float)exits->rate : NAN };

	for (size_t i = 0; i < STATE_MAX; i++)
		values.pct[i] = time_shares_known(shares, i) && shares->pct[i] < 655
					? (uint16_t)(shares->pct[i] * 100 + 0.5)
					: PCT_UNKNOWN;
	return values;
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = ((const struct vm_row *)a)->key, y = ((const struct vm_row *)b)->key;

	return (x > y) - (x < y);
}

static void take_vm(struct moment *moment, const struct frame_vm *vm, const struct trail_mark *mark)
{
	struct vm_row *row = &moment->vms[moment->n_vms++];

	*row = (struct vm_row){
		.key = vm->key,
		.lost = mark ? (float)mark->lost : NAN,
		.first_vcpu = moment->n_vcpus,
		.n_vcpus = (uint32_t)vm->n_vcpus,
		.severity = mark ? mark->severity : SEVERITY_UNKNOWN,
		.values = values_of(&vm->exits, &vm->shares),
	};
	for (size_t i = 0; i < vm->n_vcpus; i++)
		moment->vcpus[moment->n_vcpus++] = (struct vcpu_row){
			.id = vm->vcpus[i].vcpu_id,
			.values = values_of(&vm->vcpus[i].exits, &vm->vcpus[i].shares),
		};
	/* What some VM has lost is not known: neither is the sum. */
	moment->lost += row->lost;
}

static int moment__make(struct moment *moment, const struct frame *frame,
			const struct trail_note *note, const struct trail_row *watched)
{
	size_t n_vcpus = 0;

	for (size_t i = 0; i < frame->n_vms; i++)
		n_vcpus += frame->vms[i].n_vcpus;
	moment->vms = calloc(frame->n_vms + 1, sizeof(*moment->vms));
	moment->vcpus = calloc(n_vcpus + 1, sizeof(*moment->vcpus));
	moment->reasons = trail_reasons__new(frame, watched);
	if (!moment->vms || !moment->vcpus || !moment->reasons)
		return -ENOMEM;
	moment->moment = (struct trail_moment){
		.wall_ns = timespec_ns(&frame->wall),
		.interval_s = (float)frame->interval_s,
		.n_findings = note ? note->n_findings : 0,
		.worst = note ? note->worst : 0,
	};
	moment->values = values_of(&frame->exits, &frame->shares);
	for (size_t i = 0; i < frame->n_vms; i++)
		take_vm(moment, &frame->vms[i], note ? &note->marks[i] : NULL);
	qsort(moment->vms, moment->n_vms, sizeof(*moment->vms), by_key);
	return 0;
}

static const struct vm_row *find_vm(const struct moment *moment, uint64_t key)
{
	const struct vm_row wanted = { .key = key };

	return moment->vms
		       ? bsearch(&wanted, moment->vms, moment->n_vms, sizeof(*moment->vms), by_key)
		       : NULL;
}

static const struct values *find_vcpu(const struct moment *moment, const struct vm_row *vm,
				      uint32_t id)
{
	for (uint32_t i = 0; moment->vcpus && i < vm->n_vcpus; i++)
		if (moment->vcpus[vm->first_vcpu + i].id == id)
			return &moment->vcpus[vm->first_vcpu + i].values;
	return NULL;
}

/* ---- short frames become one moment */

/* @old is of a part @weight of the time, @cur of the rest. What is not known is as the other one. */
static float blend(float old, float cur, float weight)
{
	return isnan(old) ? cur : isnan(cur) ? old : old * weight + cur * (1 - weight);
}

static void values__blend(struct values *cur, const struct values *old, float weight)
{
	cur->exits = blend(old->exits, cur->exits, weight);
	for (size_t i = 0; i < STATE_MAX; i++)
		if (cur->pct[i] == PCT_UNKNOWN)
			cur->pct[i] = old->pct[i];
		else if (old->pct[i] != PCT_UNKNOWN)
			cur->pct[i] = (uint16_t)(blend(old->pct[i], cur->pct[i], weight) + 0.5F);
}

static void vm_row__blend(struct moment *moment, struct vm_row *row, const struct moment *old,
			  float weight)
{
	const struct vm_row *before = find_vm(old, row->key);

	if (!before)
		return;
	row->lost = blend(before->lost, row->lost, weight);
	if (row->severity == SEVERITY_UNKNOWN ||
	    (before->severity != SEVERITY_UNKNOWN && before->severity > row->severity))
		row->severity = before->severity;
	values__blend(&row->values, &before->values, weight);
	for (uint32_t i = 0; i < row->n_vcpus; i++) {
		struct vcpu_row *vcpu = &moment->vcpus[row->first_vcpu + i];
		const struct values *values = find_vcpu(old, before, vcpu->id);

		if (values)
			values__blend(&vcpu->values, values, weight);
	}
}

/* Makes @moment of both. What is in @old alone has ended, and is not told any more. */
static void moment__merge(struct moment *moment, const struct moment *old)
{
	struct trail_moment *cur = &moment->moment;
	float sum_s = cur->interval_s + old->moment.interval_s;
	float weight = old->moment.interval_s / sum_s;

	cur->interval_s = sum_s;
	if (old->moment.n_findings > cur->n_findings)
		cur->n_findings = old->moment.n_findings;
	if (old->moment.worst > cur->worst)
		cur->worst = old->moment.worst;
	moment->lost = blend(old->lost, moment->lost, weight);
	values__blend(&moment->values, &old->values, weight);
	for (uint32_t i = 0; i < moment->n_vms; i++)
		vm_row__blend(moment, &moment->vms[i], old, weight);
}

/* ---- the ring */

static size_t vm_bytes_of(const struct moment *moment)
{
	return moment->vms ? (moment->n_vms + 1) * sizeof(*moment->vms) : 0;
}

static size_t vcpu_bytes_of(const struct moment *moment)
{
	return (moment->vcpus ? (moment->n_vcpus + 1) * sizeof(*moment->vcpus) : 0) +
	       trail_reasons__bytes(moment->reasons);
}

static void trail__drop_vms(struct trail *trail, struct moment *moment)
{
	trail->vm_bytes -= vm_bytes_of(moment);
	free(moment->vms);
	moment->vms = NULL;
}

static void trail__drop_vcpus(struct trail *trail, struct moment *moment)
{
	trail->vcpu_bytes -= vcpu_bytes_of(moment);
	free(moment->vcpus);
	moment->vcpus = NULL;
	trail_reasons__free(moment->reasons);
	moment->reasons = NULL;
}

static void trail__remove(struct trail *trail, struct moment *moment)
{
	trail__drop_vms(trail, moment);
	trail__drop_vcpus(trail, moment);
	*moment = (struct moment){ .n_vms = 0 };
}

/* Takes over what @moment holds. */
static void trail__push(struct trail *trail, struct moment *moment)
{
	if (trail->n == TRAIL_MOMENTS) {
		trail__remove(trail, trail__at(trail, 0));
		trail->first = (trail->first + 1) % TRAIL_MOMENTS;
		trail->n--;
		trail->dropped++;
		if (trail->with_vms > trail->n)
			trail->with_vms = trail->n;
	}
	moment->run = trail->run;
	*trail__at(trail, trail->n++) = *moment;
	trail->with_vms++;
	trail->vm_bytes += vm_bytes_of(moment);
	trail->vcpu_bytes += vcpu_bytes_of(moment);
	*moment = (struct moment){ .n_vms = 0 };
	if (trail->n > TRAIL_ROWS)
		trail__drop_vcpus(trail, trail__at(trail, trail->n - 1 - TRAIL_ROWS));
	while (trail->with_vms > TRAIL_ROWS && trail->vm_bytes > TRAIL_VM_BYTES)
		trail__drop_vms(trail, trail__at(trail, trail->n - trail->with_vms--));
}

static void trail__push_gap(struct trail *trail, int64_t wall_ns)
{
	struct moment gap = {
		.moment = { .wall_ns = wall_ns, .gap = true },
		.lost = NAN,
		.values = { .exits = NAN },
	};

	memset(gap.values.pct, 0xff, sizeof(gap.values.pct)); /* PCT_UNKNOWN */
	trail__push(trail, &gap);
}

static void trail__clear(struct trail *trail)
{
	for (size_t i = 0; i < trail->n; i++)
		trail__remove(trail, trail__at(trail, i));
	trail->dropped += trail->n;
	trail->n = trail->with_vms = 0;
}

void trail__break(struct trail *trail)
{
	trail->broken = true;
}

/* Whether there is time between @last and @moment, which comes after it. */
static bool is_apart(const struct moment *last, const struct moment *moment)
{
	const double interval_s = (double)moment->moment.interval_s;
	double since_s = ((double)moment->moment.wall_ns - (double)last->moment.wall_ns) / 1e9;

	return since_s > interval_s + (interval_s > 1 ? interval_s / 2 : 0.5);
}

void trail__watch(struct trail *trail, const struct trail_row *row)
{
	trail->watching = row;
	if (row)
		trail->watched = *row;
}

int trail__add(struct trail *trail, const struct frame *frame, const struct trail_note *note,
	       bool live)
{
	const int64_t wall_ns = timespec_ns(&frame->wall);
	struct moment moment __cleanup(cleanup_moment) = { .n_vms = 0 };
	struct moment *last;
	int err;

	if (!live && trail->n && wall_ns <= trail__at(trail, trail->n - 1)->moment.wall_ns &&
	    wall_ns >= trail__at(trail, 0)->moment.wall_ns)
		return 0;
	err = moment__make(&moment, frame, note, trail->watching ? &trail->watched : NULL);
	if (err)
		return err;
	if (trail->n && wall_ns < trail__at(trail, live ? trail->n - 1 : 0)->moment.wall_ns)
		trail__clear(trail);
	last = trail->n ? trail__at(trail, trail->n - 1) : NULL;
	trail->run += trail->broken;
	if (last && (trail->broken || is_apart(last, &moment))) {
		trail__push_gap(trail, last->moment.wall_ns);
	} else if (last && !last->moment.gap && last->moment.interval_s < MOMENT_S) {
		moment__merge(&moment, last);
		trail__remove(trail, last);
		trail->n--;
		trail->with_vms--;
	}
	trail->broken = false;
	trail__push(trail, &moment);
	return 0;
}

/* ---- what is asked */

size_t trail__count(const struct trail *trail, int64_t wall_ns)
{
	size_t low = 0, high = trail->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (trail__at(trail, middle)->moment.wall_ns <= wall_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t trail__number(const struct trail *trail)
{
	return trail->dropped;
}

struct trail_moment trail__moment(const struct trail *trail, size_t i)
{
	return trail__at(trail, i)->moment;
}

int trail__mark(const struct trail *trail, size_t i, size_t end, uint64_t vm_key)
{
	const struct moment *moment = trail__at(trail, i);
	const struct vm_row *row = find_vm(moment, vm_key);

	if (!moment->vms || moment->run != trail__at(trail, end - 1)->run)
		return TRAIL_UNKNOWN;
	if (!row)
		return TRAIL_ABSENT;
	return row->severity == SEVERITY_UNKNOWN ? TRAIL_UNKNOWN : row->severity;
}

static double value_of(const struct values *values, float lost, enum trail_measure measure)
{
	if (measure == TRAIL_LOST)
		return (double)lost;
	if (measure == TRAIL_EXITS)
		return (double)values->exits;
	return values->pct[measure - TRAIL_STATE] == PCT_UNKNOWN
		       ? NAN
		       : values->pct[measure - TRAIL_STATE] / 100.0;
}

static double moment__value(const struct moment *moment, const struct trail_row *row,
			    enum trail_measure measure)
{
	const struct vm_row *vm;
	const struct values *vcpu;

	if (row->kind == TRAIL_HOST)
		return value_of(&moment->values, moment->lost, measure);
	vm = find_vm(moment, row->vm_key);
	if (!vm)
		return NAN;
	if (row->kind == TRAIL_VM)
		return value_of(&vm->values, vm->lost, measure);
	vcpu = find_vcpu(moment, vm, row->vcpu_id);
	return vcpu ? value_of(vcpu, NAN, measure) : NAN;
}

void trail__values(const struct trail *trail, const struct trail_row *row,
		   enum trail_measure measure, size_t end, size_t n, double *ret_values)
{
	uint32_t run = end ? trail__at(trail, end - 1)->run : 0;

	for (size_t i = 0; i < n; i++) {
		const struct moment *moment = end + i >= n ? trail__at(trail, end + i - n) : NULL;

		/* Of the host all runs count. */
		ret_values[i] = moment && (row->kind == TRAIL_HOST || moment->run == run)
					? moment__value(moment, row, measure)
					: NAN;
	}
}

bool trail__reason(const struct trail *trail, const struct trail_row *row, uint32_t isa,
		   uint64_t code, size_t i, size_t end, struct trail_reason *ret)
{
	const struct moment *moment = trail__at(trail, i);

	return (row->kind == TRAIL_HOST || moment->run == trail__at(trail, end - 1)->run) &&
	       trail_reasons__get(moment->reasons, row, isa, code, ret);
}
