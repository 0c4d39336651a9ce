/* SPDX-License-Identifier: GPL-2.0 */
/*
 * why: the report of --why, as text or as JSON (schema kvmtop.why/1).
 */
#ifndef KVMTOP_SINKS_WHY_H
#define KVMTOP_SINKS_WHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct view;
struct why_report;

struct why_view {
	const struct view
		*view; /* its width, its letters, and query.top: so many VMs or findings, 0: all */
	bool joined;   /* a line for each finding with its begin and end, and not for each VM */
	bool bold;     /* a terminal: what needs action stands out */
	bool more;     /* with evidence and what can be done, and all findings of a VM */
};

/* 0, -EPIPE when the reader has closed, -ENOMEM, or another negative errno of the stream. Flushes. */
int why__write_text(FILE *out, const struct why_report *report, const struct why_view *view);
int why__write_json(FILE *out, const struct why_report *report, const struct why_view *view);

#endif
