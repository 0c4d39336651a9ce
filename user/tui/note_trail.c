// SPDX-License-Identifier: GPL-2.0
#include "note_trail.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../model/event_trail.h"
#include "../model/frame.h"
#include "../model/registry.h"
#include "../model/trail.h"
#include "list_row.h"
#include "marks.h"

static double lost_of(const struct frame *frame, const struct frame_vm *vm)
{
	const struct list_row list_row = { .kind = ROW_VM, .vm = vm };
	struct column_value value;
	struct row row;

	list_row__registry(&list_row, frame, &row);
	registry_get(COLUMN_LOST_CPUS, &row, &value);
	return value.type == VALUE_UNKNOWN ? (double)NAN : registry_number(&value);
}

int note_trail(struct trail *trail, const struct frame *frame, bool live)
{
	__autofree struct trail_mark *marks = calloc(frame->n_vms + 1, sizeof(*marks));
	struct trail_note note = { .worst = (uint8_t)mark_of_frame(frame), .marks = marks };

	if (!marks)
		return -ENOMEM;
	for (size_t i = 0; i < frame->n_vms; i++) {
		marks[i].severity = (uint8_t)mark_of_vm(frame, &frame->vms[i]);
		marks[i].lost = lost_of(frame, &frame->vms[i]);
	}
	note.n_findings = frame->findings ? (uint32_t)frame->findings->n : 0;
	return trail__add(trail, frame, marks_known(frame) ? &note : NULL, live);
}

int note_events(struct event_trail *events, const struct trail *trail, const struct frame *frame,
		const struct trail_row *watched)
{
	const size_t n = trail__count(trail, INT64_MAX);

	/* Of a recording, a frame of the past is not added again. */
	if (!n || trail__moment(trail, n - 1).wall_ns != timespec_ns(&frame->wall))
		return 0;
	return event_trail__note(events, trail__number(trail) + n - 1, frame, watched);
}
