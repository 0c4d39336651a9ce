/* SPDX-License-Identifier: GPL-2.0 */
/* writers: what golden writes beside what a sink writes of a frame: files with headers, slow exits, logs of the event view. */
#ifndef KVMTOP_TESTS_GOLDEN_WRITERS_H
#define KVMTOP_TESTS_GOLDEN_WRITERS_H

#include <stdbool.h>
#include <stdio.h>

#include "../../user/sinks/sink.h"

struct frame;

/* As a sink writes: 0 or a negative errno. */
int write_slow(FILE *out, const struct frame *frame, const struct view *view);
int write_slow_json(FILE *out, const struct frame *frame, const struct view *view);
int write_protobuf(FILE *out, const struct frame *frame, const struct view *view);
int write_csv(FILE *out, const struct frame *frame, const struct view *view);
int write_slow_csv(FILE *out, const struct frame *frame, const struct view *view);
int write_once(FILE *out, const struct frame *frame, const struct view *view);
int write_names(FILE *out, const struct frame *frame, const struct view *view);
int write_std(FILE *out, const struct frame *frame, const struct view *view);
int write_log_csv(FILE *out, const struct frame *frame, const struct view *view);

/* Not with HTTP=0. */
bool has_protobuf(void);

#endif
