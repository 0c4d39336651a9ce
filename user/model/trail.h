/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trail: what was measured lately, few numbers of each frame: for trends, the time bar and the timeline, also when the frames are gone. Pure.
 *
 * It is a row of moments. A moment is a frame, or all frames of a second if they are shorter. Those that are kept take:
 * - 80 bytes each, of all VMs together; the last TRAIL_MOMENTS (two hours of seconds);
 * - 40 bytes per VM, of the last TRAIL_ROWS moments, and of those before as long as all these take at most TRAIL_VM_BYTES;
 * - 20 bytes per vCPU, of the last TRAIL_ROWS moments;
 * - of the same ones, about 70 bytes per exit reason that is kept (trail_reasons.h), which are some hundreds. Of the frames in a second, only the
 *   last one has these.
 */
#ifndef KVMTOP_MODEL_TRAIL_H
#define KVMTOP_MODEL_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ids.h"
#include "trail_row.h"

#define TRAIL_MOMENTS 7200
#define TRAIL_ROWS 240
#define TRAIL_VM_BYTES (8u << 20)

struct frame;
struct trail;
struct trail_reason;

/* What the diagnosis says of a VM. */
struct trail_mark {
	uint8_t severity; /* enum severity of its worst finding */
	double lost; /* CPUs that it would have used and did not get; not a number: not known */
};

struct trail_note {
	uint32_t n_findings;		/* of the frame */
	uint8_t worst;			/* enum severity */
	const struct trail_mark *marks; /* by frame->vms */
};

enum trail_measure {
	TRAIL_STATE,			       /* and an enum vcpu_state: its share in percent */
	TRAIL_EXITS = TRAIL_STATE + STATE_MAX, /* per second */
	TRAIL_LOST,			       /* CPUs; of a vCPU: not known */
	TRAIL_MEASURE_MAX,
};

struct trail_moment {
	int64_t wall_ns;  /* its end, CLOCK_REALTIME */
	float interval_s; /* how long it took; of a gap 0 */
	uint32_t n_findings;
	uint8_t worst; /* enum severity */
	bool gap;      /* something between two moments was not measured */
};

/* No mark: the VM was not there; that is not known. */
#define TRAIL_ABSENT (-1)
#define TRAIL_UNKNOWN (-2)

/* 0 or -ENOMEM. */
int trail__new(struct trail **ret_trail);
/* Takes NULL. */
void trail__free(struct trail *trail);

/*
 * Adds @frame with @note (NULL: it was not diagnosed). Of a recording, one that ends at or before the last moment is of the past and is not
 * added. One from before all of them makes them forgotten. What is @live is never of the past: where it ends before the last moment, the clock
 * was set back, and all are forgotten. Time that is left out is a gap. 0 or -ENOMEM: then it is as before.
 */
int trail__add(struct trail *trail, const struct frame *frame, const struct trail_note *note,
	       bool live);

/* The next frame is of another run: there is a gap, and VMs are other ones even if their keys are the same. */
void trail__break(struct trail *trail);

/* From now on, more is kept of @row, a VM or a vCPU; NULL: of none. */
void trail__watch(struct trail *trail, const struct trail_row *row);

/* How many moments there are that end at @wall_ns or before; INT64_MAX: all. */
size_t trail__count(const struct trail *trail, int64_t wall_ns);

/* Moment 0 is the one with this number, of all that there were. */
uint64_t trail__number(const struct trail *trail);

/* Moment @i, from 0, the oldest; it is below trail__count(). */
struct trail_moment trail__moment(const struct trail *trail, size_t i);

/*
 * The mark of a VM at moment @i, which is below @end: its severity, TRAIL_ABSENT or TRAIL_UNKNOWN. The VM is of the run that moment
 * @end - 1 is of.
 */
int trail__mark(const struct trail *trail, size_t i, size_t end, uint64_t vm_key);

/*
 * The last @n values of @measure before moment @end (trail__count()), oldest first. Not a number: there is none, it is not known, or it was in
 * another run than that of the last of them.
 */
void trail__values(const struct trail *trail, const struct trail_row *row,
		   enum trail_measure measure, size_t end, size_t n, double *ret_values);

/*
 * Exit reason @code of @isa of @row at moment @i, which is below @end; moments count as for trail__values(). False: it is not known.
 */
bool trail__reason(const struct trail *trail, const struct trail_row *row, uint32_t isa,
		   uint64_t code, size_t i, size_t end, struct trail_reason *ret);

/* The memory that it takes, besides what every trail takes. */
size_t trail__bytes(const struct trail *trail);

#endif
