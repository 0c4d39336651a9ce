/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_trail: how often each event of KVM happened lately, beside a trail (trail.h), whose moments it has. Pure.
 *
 * Of all VMs together it keeps every event, of the last EVENT_TRAIL_MOMENTS moments: 4 bytes each, so about 200 KiB for 200 events. Of a VM that
 * is watched, and of a vCPU that is, it keeps the same from then on.
 */
#ifndef KVMTOP_MODEL_EVENT_TRAIL_H
#define KVMTOP_MODEL_EVENT_TRAIL_H

#include <stddef.h>
#include <stdint.h>

#include "trail_row.h"

#define EVENT_TRAIL_MOMENTS 240

struct event_id;
struct event_trail;
struct frame;

/* NULL: no memory. */
struct event_trail *event_trail__new(void);
/* Takes NULL. */
void event_trail__free(struct event_trail *trail);

/*
 * @frame is moment @number of the trail, of all that there were, or a part of it: then the last one had the same number. @watched: a VM or a vCPU;
 * NULL: none. 0 or -ENOMEM.
 */
int event_trail__note(struct event_trail *trail, uint64_t number, const struct frame *frame,
		      const struct trail_row *watched);

/* The next frame is of another run: VMs are other ones even if their keys are the same. */
void event_trail__break(struct event_trail *trail);

/*
 * The rates of the last @n moments before number @end, oldest first, per second; of a gauge what it was. Not a number: not known, or of another run.
 */
void event_trail__values(const struct event_trail *trail, const struct trail_row *row,
			 const struct event_id *id, uint64_t end, size_t n, double *ret_values);

#endif
