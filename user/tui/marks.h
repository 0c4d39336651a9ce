/* SPDX-License-Identifier: GPL-2.0 */
/*
 * marks: what the findings of a frame say of a VM, as the screen shows it. Pure.
 */
#ifndef KVMTOP_TUI_MARKS_H
#define KVMTOP_TUI_MARKS_H

#include <stdbool.h>
#include <stddef.h>

#include "grid.h"

struct frame;
struct frame_vm;

enum mark { MARK_NONE, MARK_LOOK, MARK_ACT };

/* "!", "?" or " ". */
const char *mark_text(enum mark mark);
enum style mark_style(enum mark mark);

/* Whether findings are known at all. */
bool marks_known(const struct frame *frame);

/* The worst finding of the VM, or of any. */
enum mark mark_of_vm(const struct frame *frame, const struct frame_vm *vm);
enum mark mark_of_frame(const struct frame *frame);

/* Why, in at most @columns; "" if that is not known. */
const char *mark_why(const struct frame *frame, const struct frame_vm *vm, size_t columns);

/* Number of findings, or 0. */
size_t marks_count(const struct frame *frame);

#endif
