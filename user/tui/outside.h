/* SPDX-License-Identifier: GPL-2.0 */
/*
 * outside: what the screen gets from the world: options, time, its own cost.
 */
#ifndef KVMTOP_TUI_OUTSIDE_H
#define KVMTOP_TUI_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "glyphs.h"

struct list_choice;
struct rules_set;
struct time_span;

/* What is constant. Texts outlive the screen. */
struct screen_opts {
	const char *version;
	enum glyph_set glyphs;
	/* How lists are at first, one for each enum list_kind; NULL: as this version has them. Not looked at later. */
	const struct list_choice *chosen;
	bool recorded; /* of --replay: there is no live */
	double interval_s;
	const struct rules_set *rules; /* whose limits are explained; NULL: those of the table */
	bool mouse;		       /* is on at first */
	const char *fields; /* only these events at first, see filter__set_regex(); NULL: all */
	bool no_children;   /* at first */
	bool hist; /* the histogram of a reason is what is asked for: it is opened when there is one */
	const char *reason; /* this one; NULL: that with the most exits */
	/* By what exits are counted and statistics read, for those who see no VM. NULL: not known. */
	const char *kvm, *exit_path, *statistics;
	bool cursor_on_selection; /* for those who hear the screen read out */
};

/* How the picture relates to time. */
enum screen_mode { SCREEN_LIVE, SCREEN_PAUSED, SCREEN_PLAYING, SCREEN_AT_END };

struct screen_time {
	enum screen_mode mode;
	bool has_past; /* first_ns and last_ns (CLOCK_REALTIME) can be looked at */
	int64_t first_ns, last_ns;
	uint64_t frames; /* how many these are */
	bool about;	 /* that is not quite known */
	/* In which nothing was measured. They outlive the screen. */
	const struct time_span *gaps;
	size_t n_gaps;
	double interval_s;
	double took_s; /* how long the last refresh took; shown if it is more than the interval */
};

/* What kvmtop itself costs and lacks; below 0: not known. */
struct screen_self {
	double cpu_pct;
	uint64_t history_bytes, history_max_bytes;
	const char *recording; /* --record; NULL: none */
	uint64_t recorded_bytes, recorded_max_bytes;
	uint64_t slow_ns; /* exits of at least this long are shown; 0: none are */
};

struct verify_pair;

/* What came of comparing what was counted with KVM's statistics (model/verify.h), for the view of it. */
struct screen_verified {
	const struct verify_pair *pairs; /* of all VMs */
	size_t n;
	double seconds;	 /* since the first reading */
	const char *why; /* it cannot be compared; NULL: it can */
};

#endif
