// SPDX-License-Identifier: GPL-2.0
#include "past.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/clock.h"
#include "../model/frame.h"

/* ---- VMs */

/* Where @key is or would be. */
static size_t place_of(const struct past *past, uint64_t key)
{
	size_t low = 0, high = past->n_vms;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (past->vms[middle]->key < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct past_vm *find_vm(const struct past *past, uint64_t key)
{
	const size_t at = place_of(past, key);

	return at < past->n_vms && past->vms[at]->key == key ? past->vms[at] : NULL;
}

static int add_vm(struct past *past, uint64_t key, struct past_vm **ret_vm)
{
	const size_t at = place_of(past, key);
	struct past_vm *vm;

	if (past->n_vms == past->room) {
		size_t room = past->room ? 2 * past->room : 16;
		struct past_vm **vms = reallocarray(past->vms, room, sizeof(*vms));

		if (!vms)
			return -ENOMEM;
		past->vms = vms;
		past->room = room;
	}
	vm = calloc(1, sizeof(*vm));
	if (!vm)
		return -ENOMEM;
	vm->key = key;
	memmove(&past->vms[at + 1], &past->vms[at], (past->n_vms - at) * sizeof(*past->vms));
	past->vms[at] = vm;
	past->n_vms++;
	*ret_vm = vm;
	return 0;
}

/* Those that no frame of the past has. */
static void drop_old(struct past *past)
{
	size_t kept = 0;

	for (size_t i = 0; i < past->n_vms; i++) {
		if (past->vms[i]->last + PAST_FRAMES < past->frames)
			free(past->vms[i]);
		else
			past->vms[kept++] = past->vms[i];
	}
	past->n_vms = kept;
}

/* ---- taking in */

static void take_vm(struct past_vm *vm, const struct frame *frame, const struct frame_vm *from,
		    uint64_t number)
{
	const uint64_t since = number - vm->last;
	struct past_sample *sample = &vm->samples[number % PAST_FRAMES];

	/* Frames that did not have it. */
	for (uint64_t i = 1; i < since && i < PAST_FRAMES; i++)
		vm->samples[(number - i) % PAST_FRAMES].measured = false;
	vm->last = number;
	sample->measured = true;
	sample->mark = (uint8_t)mark_of_vm(frame, from);
	sample->v[PAST_EXITS] = from->exits.delta_valid ? (float)from->exits.rate : NAN;
	sample->v[PAST_DELAY] = time_shares_known(&from->shares, STATE_RUN_DELAY)
					? (float)from->shares.pct[STATE_RUN_DELAY]
					: NAN;
	sample->v[PAST_LOST] = NAN;
}

int past__take(struct past *past, const struct frame *frame)
{
	const uint64_t number = past->frames++;

	past->wall_ns[number % PAST_FRAMES] = timespec_ns(&frame->wall);
	past->marks[number % PAST_FRAMES] = (uint8_t)mark_of_frame(frame);
	for (size_t i = 0; i < frame->n_vms; i++) {
		struct past_vm *vm = find_vm(past, frame->vms[i].key);

		if (!vm) {
			int err = add_vm(past, frame->vms[i].key, &vm);

			if (err)
				return err;
			vm->last = number;
		}
		take_vm(vm, frame, &frame->vms[i], number);
	}
	if (number % PAST_FRAMES == 0)
		drop_old(past);
	return 0;
}

/* ---- reading */

static uint64_t first_frame(const struct past *past)
{
	return past->frames > PAST_FRAMES ? past->frames - PAST_FRAMES : 0;
}

/* The number behind that of the frame at @wall_ns; 0: there is none. */
static uint64_t end_at(const struct past *past, int64_t wall_ns)
{
	for (uint64_t i = past->frames; i > first_frame(past); i--)
		if (past->wall_ns[(i - 1) % PAST_FRAMES] == wall_ns)
			return i;
	return 0;
}

bool past__values(const struct past *past, uint64_t key, enum past_value which, int64_t wall_ns,
		  size_t n, double *ret)
{
	const struct past_vm *vm = find_vm(past, key);
	const uint64_t end = end_at(past, wall_ns), first = first_frame(past);

	for (size_t i = 0; i < n; i++) {
		const uint64_t number = end - (n - i); /* wraps around: then it is no frame's */
		const struct past_sample *sample = NULL;

		if (vm && number >= first && number < end && number <= vm->last)
			sample = &vm->samples[number % PAST_FRAMES];
		ret[i] = sample && sample->measured ? (double)sample->v[which] : NAN;
	}
	return vm && end;
}

void past__marks(const struct past *past, int64_t first_ns, int64_t last_ns, size_t n, uint8_t *ret)
{
	const double span = (double)last_ns - (double)first_ns;

	memset(ret, MARK_NONE, n);
	for (uint64_t i = first_frame(past); i < past->frames && n && span > 0; i++) {
		const size_t slot = i % PAST_FRAMES;
		const double at = ((double)past->wall_ns[slot] - (double)first_ns) / span;
		size_t cell;

		if (at < 0 || at > 1)
			continue;
		cell = (size_t)(at * (double)n);
		cell = cell < n ? cell : n - 1;
		if (past->marks[slot] > ret[cell])
			ret[cell] = past->marks[slot];
	}
}

size_t past__findings(const struct past *past)
{
	size_t n = 0;

	for (uint64_t i = first_frame(past); i < past->frames; i++)
		n += past->marks[i % PAST_FRAMES] != MARK_NONE;
	return n;
}

void past__release(struct past *past)
{
	for (size_t i = 0; i < past->n_vms; i++)
		free(past->vms[i]);
	free(past->vms);
	*past = (struct past){ .frames = 0 };
}
