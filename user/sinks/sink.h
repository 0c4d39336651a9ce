/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sink: a batch consumer of frames. Sinks read frames and write to a stream; they never read sources.
 */
#ifndef KVMTOP_SINKS_SINK_H
#define KVMTOP_SINKS_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "../model/query.h"

struct item_rows;
struct frame;
struct slow_exit;

/* What a view shows; a slice of the options. */
struct view {
	struct query query;
	bool by_given; /* only the table of query.by; else the VMs and below them the reasons */
	/* The event view: rows as of the frame that is shown, or NULL; by_given: per VM or per vCPU. */
	const struct item_rows *items;
	bool stats, tracepoints; /* which of them are in it */
	bool fields; /* -f or -x: these are about events, also where there are statistics only, and in JSON */
	bool hist; /* histograms of the reasons */
	const char
		*hist_reason; /* only of this one (a name, any case, or a number), or NULL: all */
	unsigned int width;   /* columns of the terminal; 0: not a terminal, no line is cut */
	unsigned int height;  /* its lines; 0: not a terminal, all is to be shown */
	bool utf8;	      /* bars may use block characters */
	bool recorded;	      /* frames are of a recording */
	bool skip_idle;	      /* CSV, JSON: without what had nothing in the interval */
	bool detail, slow;    /* what exits are about, slow exits: columns of CSV */
	const char *version;  /* of kvmtop; NULL: not known */
};

/*
 * Writes one frame. 0, -EPIPE when the reader has closed, or another negative errno of the stream.
 * Flushes.
 */
int text__write(FILE *out, const struct frame *frame, const struct view *view);

/* The same of one slow exit: schema kvmtop.slow/1. */
int json__write_slow(FILE *out, const struct slow_exit *slow);

/* One JSON object and a newline: schema kvmtop.frame/1. */
int json__write(FILE *out, const struct frame *frame, const struct view *view);

/* OpenMetrics 1.0, to its "# EOF"; and Prometheus' text format 0.0.4. */
int openmetrics__write(FILE *out, const struct frame *frame, const struct view *view);
int prometheus__write(FILE *out, const struct frame *frame, const struct view *view);

#endif
