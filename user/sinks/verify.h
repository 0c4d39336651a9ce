/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verify: what --verify found, as text or as JSON (schema kvmtop.verify/1).
 */
#ifndef KVMTOP_SINKS_VERIFY_H
#define KVMTOP_SINKS_VERIFY_H

#include <stddef.h>
#include <stdio.h>

#include "../model/snapshot.h"
#include "../model/verify.h"

struct verify_report {
	const struct verify_pair *pairs;
	size_t n;
	enum verify_result result;
	struct source_state sources[SOURCE_ID_MAX];
	double interval_s;  /* from the first to the last reading */
	unsigned int width; /* of the terminal; 0: not a terminal, no line is cut */
};

/* 0, -EPIPE when the reader has closed, or another negative errno of the stream. Flushes. */
int verify__write_text(FILE *out, const struct verify_report *report);
int verify__write_json(FILE *out, const struct verify_report *report);

#endif
