/* SPDX-License-Identifier: GPL-2.0 */
/* cases: what golden compares: which snapshots, written how, with which file. */
#ifndef KVMTOP_TESTS_GOLDEN_CASES_H
#define KVMTOP_TESTS_GOLDEN_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../../user/model/snapshot.h"
#include "../../user/sinks/sink.h"

struct frame;

struct golden_case {
	const char *file;
	int (*write)(FILE *out, const struct frame *frame, const struct view *view);
	struct snapshot *(*make)(unsigned int tick, enum latency latency);
	enum latency latency;
	struct view view;
	/* Of the event view: */
	const char *fields;
	bool no_children, no_past, selected;
	bool second; /* the frame after the first one */
	bool findings;
};

extern const struct golden_case cases[];
extern const size_t n_cases;

#endif
