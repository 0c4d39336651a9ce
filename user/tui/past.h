/* SPDX-License-Identifier: GPL-2.0 */
/*
 * past: what trends and the time bar need of the last frames: a few numbers of each VM, and the worst finding of each frame. Pure.
 */
#ifndef KVMTOP_TUI_PAST_H
#define KVMTOP_TUI_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "marks.h"

/* So many frames. */
#define PAST_FRAMES 256

enum past_value { PAST_EXITS, PAST_DELAY, PAST_LOST, PAST_VALUES };

struct past_sample {
	float v[PAST_VALUES]; /* NAN: not known */
	uint8_t mark;	      /* enum mark */
	bool measured;
};

/* One VM, by frame number modulo PAST_FRAMES. */
struct past_vm {
	uint64_t key;
	uint64_t last; /* the number of the last frame that had it */
	struct past_sample samples[PAST_FRAMES];
};

struct past {
	uint64_t frames; /* so many were taken in */
	int64_t wall_ns[PAST_FRAMES];
	uint8_t marks[PAST_FRAMES];
	struct past_vm **vms; /* sorted by key */
	size_t n_vms, room;
};

/* @frame follows the one before. 0 or -ENOMEM. */
int past__take(struct past *past, const struct frame *frame);

/*
 * The @n values of VM @key up to the frame at @wall_ns, the newest last; NAN where there is none. False: nothing is known of that time.
 */
bool past__values(const struct past *past, uint64_t key, enum past_value which, int64_t wall_ns,
		  size_t n, double *ret);

/* The worst mark of the frames in each of @n equal parts of the time from @first_ns to @last_ns. */
void past__marks(const struct past *past, int64_t first_ns, int64_t last_ns, size_t n,
		 uint8_t *ret);

/* How many of the frames have findings. */
size_t past__findings(const struct past *past);

void past__release(struct past *past);

#endif
