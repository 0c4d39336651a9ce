/* SPDX-License-Identifier: GPL-2.0 */
/*
 * keys: the one table of keys: what does what, where, and how help and the bottom line say it. Pure.
 */
#ifndef KVMTOP_TUI_KEYS_H
#define KVMTOP_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What can be looked at. The first seven are on the digits. */
enum view_id {
	VIEW_VMS,
	VIEW_VCPUS,
	VIEW_REASONS,
	VIEW_EVENTS,
	VIEW_STATS,
	VIEW_SLOW,
	VIEW_TIMELINE,
	VIEW_VM, /* details of one thing: from here on */
	VIEW_VCPU,
	VIEW_REASON,
	VIEW_EVENT,
	VIEW_EXPLAIN, /* pages of text: from here on */
	VIEW_HELP,
	VIEW_MESSAGES,
	VIEW_VERIFY,
	VIEW_PICK, /* one of a list */
	VIEW_ID_MAX,
};

#define VIEW_BIT(id) (1u << (id))
#define VIEWS_ALL (VIEW_BIT(VIEW_ID_MAX) - 1)
#define VIEWS_TEXT                                                                \
	(VIEW_BIT(VIEW_EXPLAIN) | VIEW_BIT(VIEW_HELP) | VIEW_BIT(VIEW_MESSAGES) | \
	 VIEW_BIT(VIEW_VERIFY))
/* Those that show frames. */
#define VIEWS_DATA (VIEW_BIT(VIEW_EXPLAIN) - 1)
#define VIEWS_TOP (VIEW_BIT(VIEW_VM) - 1)

enum action {
	ACTION_NONE,
	ACTION_UP,
	ACTION_DOWN,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_OPEN,
	ACTION_BACK,
	ACTION_NEXT_VIEW,
	ACTION_PREVIOUS_VIEW,
	ACTION_VIEW, /* def->n: which */
	ACTION_SORT, /* def->n: 1 right, -1 left; as for all below */
	ACTION_REVERSE,
	ACTION_MENU,
	ACTION_FILTER,
	ACTION_REGEX,
	ACTION_CLEAR,
	ACTION_GUEST,
	ACTION_PID,
	ACTION_FINDINGS,
	ACTION_IDLE,
	ACTION_ZEROS,
	ACTION_CHILDREN,
	ACTION_BY,
	ACTION_UNITS,
	ACTION_PAUSE,
	ACTION_STEP,
	ACTION_GO_TO,
	ACTION_NEXT_FINDING,
	ACTION_LIVE,
	ACTION_EXPLAIN,
	ACTION_DETAIL,
	ACTION_TRACEPOINTS,
	ACTION_SLOW,
	ACTION_LATENCY,
	ACTION_VERIFY,
	ACTION_CLICK,
	ACTION_ZOOM,
	ACTION_TRENDS,
	ACTION_INTERVAL,
	ACTION_RESET,
	ACTION_FOLLOW,
	ACTION_WRITE,
	ACTION_SAVE,
	ACTION_QUIT_AND_PRINT,
	ACTION_MOUSE,
	ACTION_MESSAGES,
	ACTION_HELP,
	ACTION_COLUMNS,
	ACTION_MOVE_COLUMN,
	ACTION_REPAINT,
	ACTION_SUSPEND,
	ACTION_QUIT,
	ACTION_MAX,
};

/* The paragraphs of help. */
enum key_group {
	KEYS_MOVE,
	KEYS_VIEWS,
	KEYS_SORT,
	KEYS_FILTER,
	KEYS_SHOW,
	KEYS_TIME,
	KEYS_WRITE,
	KEYS_SET,
	KEYS_MAX,
};

#define KEYS_PER_DEF 5

struct key_def {
	uint32_t keys[KEYS_PER_DEF]; /* as in key_codes.h; 0: no more */
	uint32_t views;		     /* VIEW_BIT() of those where it works */
	enum action action;
	int n;	   /* what the action takes; see there */
	bool live; /* it changes what is measured: a recording has none of it */
	enum key_group group;
	const char *name; /* the keys, as help writes them; NULL: it is shown with the one before */
	const char *brief;	    /* in the bottom line; NULL: it is not there */
	const char *label;	    /* the keys in the bottom line; NULL: as @name */
	uint32_t brief_views;	    /* only there in these; 0: in all of @views */
	unsigned char rank;	    /* there: the lower, the sooner it gets a place */
	unsigned char past_rank;    /* the same while the past is shown; 0: not there then */
	const char *past_brief;	    /* NULL: as @brief */
	const char *recorded_brief; /* likewise, of a recording */
	const char *help;	    /* what it does */
	const char *origin;	    /* the program that users know it from, or "" */
};

size_t keys_count(void);
const struct key_def *keys_at(size_t i);

/* What @key does in @view; NULL: nothing. */
const struct key_def *keys_find(uint32_t key, enum view_id view);

const char *key_group_name(enum key_group group);

/* The place of @def in the bottom line of @view, from 1; 0: it is not there. */
unsigned int keys_rank(const struct key_def *def, enum view_id view);

/* What is shown. */
enum keys_time { KEYS_TIME_LIVE, KEYS_TIME_PAST, KEYS_TIME_RECORDED };

/* The keys of @view that are most useful, in at most @width columns, into @buf of @size. */
void keys_line(enum view_id view, enum keys_time time, size_t width, char *buf, size_t size);

#endif
