/* SPDX-License-Identifier: GPL-2.0 */
/*
 * note_trail: a frame, with what its diagnosis says, into the trail. Pure.
 */
#ifndef KVMTOP_TUI_NOTE_TRAIL_H
#define KVMTOP_TUI_NOTE_TRAIL_H

#include <stdbool.h>

struct frame;
struct trail;

/* 0 or -ENOMEM. */
int note_trail(struct trail *trail, const struct frame *frame, bool live);

#endif
