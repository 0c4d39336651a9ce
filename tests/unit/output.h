/* SPDX-License-Identifier: GPL-2.0 */
/*
 * output: frames of snapshots, and what a sink writes of them.
 */
#ifndef KVMTOP_TESTS_OUTPUT_H
#define KVMTOP_TESTS_OUTPUT_H

#include "../../user/model/delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "../../user/sinks/sink.h"
#include "unit.h"

/* Frees both snapshots. */
static inline struct frame *frame_between(struct snapshot *prev, struct snapshot *cur)
{
	struct reason_names *names = reason_names__new();
	struct frame *frame = NULL;

	assert_non_null(names);
	assert_int_equal(delta__compute(prev, cur, &(struct host_info){ .cpus = 1 }, names, &frame),
			 0);
	reason_names__free(names);
	snapshot__free(prev);
	snapshot__free(cur);
	return frame;
}

typedef int (*write_fn)(FILE *out, const struct frame *frame, const struct view *view);

/* Malloc'ed. */
static inline char *output_of(write_fn write, const struct frame *frame, const struct view *view)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(write(out, frame, view), 0);
	fclose(out);
	return text;
}

#endif
