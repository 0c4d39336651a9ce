/* SPDX-License-Identifier: GPL-2.0 */
/*
 * view: what each view of the screen is made of. A view is a const struct view_ops in a file of its own (view_X.c), listed in views.c.
 *
 * Around it, paint.c draws the first line (path, time) and the last two (help line, keys). The rest is the view's. Its lists are
 * filled when there is another frame, filter or order, and drawn when the picture is asked for. Keys never reach it.
 */
#ifndef KVMTOP_TUI_VIEW_H
#define KVMTOP_TUI_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/event_value.h"
#include "keys.h"
#include "list.h"
#include "outside.h"

struct event_trail;
struct filter;
struct frame;
struct grid;
struct list_def;
struct messages;
struct slow_log;
struct trail;

enum units { UNITS_PER_S, UNITS_INTERVAL, UNITS_TOTAL, UNITS_MAX };

/* What all views see. They change nothing in it but the grid. */
struct view_ctx {
	struct screen_opts opts;
	const struct frame *frame; /* NULL: there is none yet */
	struct screen_time time;
	struct screen_self self;
	struct grid *grid;
	const struct filter *filter;
	const struct trail *trail;	  /* of the last frames: trends and marks */
	const struct event_trail *events; /* of the same ones */
	const struct messages *messages;
	const struct slow_log *slow;		/* the last slow exits */
	const struct screen_verified *verified; /* NULL: nothing was compared yet */
	uint64_t now_ns;			/* CLOCK_MONOTONIC */
	enum units units;
	bool trends;	 /* they are to be shown */
	bool children;	 /* x: of events */
	bool vcpus;	 /* x: of VMs */
	bool zeros;	 /* z: events and statistics that never happened are shown, too */
	unsigned int by; /* b: 0 all together, 1 by VM, 2 by vCPU */
	int panel; /* + and -: lines that a panel has more, or steps that a heat map is wider */
};

/* Rectangle of the grid that a view may draw in, over its whole width. */
struct area {
	size_t row, height;
};

#define SUBJECT_NAME 80

/* What a view is about; zeroes: all. The name is escaped: of the row that was opened, as it was. */
struct subject {
	struct row_id id;
	uint32_t vcpu_id; /* valid if has_vcpu */
	bool has_vcpu;
	uint32_t isa; /* of a reason, valid if has_reason */
	uint64_t code;
	bool has_reason;
	struct event_id event;	 /* EVENT_NONE: it is about none */
	char name[SUBJECT_NAME]; /* how it stands in the path */
};

#define VIEW_LISTS 4

/* A view on the screen, and what the user has chosen in it. */
struct view {
	const struct view_ops *ops;
	struct subject subject;
	struct list lists[VIEW_LISTS];
	size_t at; /* the list that has the keys */
	size_t scroll,
		pages; /* of a page of text: the first line that is seen; how many there are */
	size_t seen;   /* how many lines were seen when it was drawn last */
	const struct view *below; /* that it was opened from; NULL: none */
	/* Of a list to pick from. */
	enum action choice; /* what is chosen */
	char typed[32];	    /* only rows with this are left */
};

struct view_ops {
	enum view_id id;
	const char *name;	      /* "VMs" */
	const struct list_def *lists; /* NULL: it has none, and is a page of text */
	size_t n_lists;

	/* Adds all rows of list @i that are to be shown (list__add); their values are set by list_def__value(). 0 or -ENOMEM. */
	int (*fill)(const struct view_ctx *ctx, struct view *view, size_t i);
	/*
	 * Whether @old, which was in the frame before, has ended, so that it is to be shown for a while. Then @buf gets its name. NULL: nothing ends.
	 */
	bool (*ended)(const struct view_ctx *ctx, const struct list_row *old, char *buf,
		      size_t size);
	/* Behind the path in the first line. NULL: nothing. */
	void (*info)(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size);
	/* In @area. 0 or -ENOMEM. */
	int (*draw)(const struct view_ctx *ctx, struct view *view, struct area area);
	/* What Enter opens: the view, and what it is to be about. False: nothing. NULL: never anything. */
	bool (*open)(const struct view_ctx *ctx, const struct view *view, enum view_id *ret_id,
		     struct subject *ret_subject);
	/*
	 * The moment (CLOCK_REALTIME) that Enter leads to with that; 0: none, what is shown stays. NULL: never any. @clicked: the column of
	 * the pointer, in a row; SIZE_MAX: it was a key.
	 */
	int64_t (*when)(const struct view_ctx *ctx, const struct view *view, size_t clicked);
	/* For the help line: about the list that has the keys. NULL: nothing. */
	void (*hint)(const struct view_ctx *ctx, const struct view *view, char *buf, size_t size);
};

static inline struct list *view__list(struct view *view)
{
	return &view->lists[view->at];
}

#endif
