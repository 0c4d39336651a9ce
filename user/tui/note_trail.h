/* SPDX-License-Identifier: GPL-2.0 */
/*
 * note_trail: a frame, with what its diagnosis says, into the trail, and its events beside it. Pure.
 */
#ifndef KVMTOP_TUI_NOTE_TRAIL_H
#define KVMTOP_TUI_NOTE_TRAIL_H

#include <stdbool.h>

struct event_trail;
struct frame;
struct trail;
struct trail_row;

/* 0 or -ENOMEM. */
int note_trail(struct trail *trail, const struct frame *frame, bool live);

/* Then its events; @watched as of event_trail__note(). 0 or -ENOMEM. */
int note_events(struct event_trail *events, const struct trail *trail, const struct frame *frame,
		const struct trail_row *watched);

#endif
