/* SPDX-License-Identifier: GPL-2.0 */
/*
 * state: all that the screen has: what is shown, views and how they came to be, and what the user has chosen. Pure.
 */
#ifndef KVMTOP_TUI_STATE_H
#define KVMTOP_TUI_STATE_H

#include "../model/list_choice.h"
#include "filter.h"
#include "grid.h"
#include "input.h"
#include "messages.h"
#include "slow_log.h"
#include "view.h"

/* Views that were opened one from another. */
#define STATE_DEPTH 8

/* How long the order stays after a key that moves the selection; also how long a hint is shown, and an ended row at least. */
#define STATE_HOLD_NS UINT64_C(5000000000)
#define STATE_GONE_FRAMES 3

struct state {
	struct view_ctx ctx;
	struct grid grid;
	struct filter filter;
	struct input input;
	struct messages messages;
	struct trail *trail;
	struct event_trail *events;
	struct slow_log slow;
	/* Those on the digits are kept; @stack begins with one of them, the others are its own. */
	struct view tops[VIEW_VM];
	struct view *stack[STATE_DEPTH];
	size_t depth;
	bool opens_reason; /* when there is one */
	bool follow;
	bool mouse;
	char hint[256];				  /* escaped */
	uint64_t hint_until_ns;			  /* 0: it was not drawn yet */
	struct list_choice chosen[LIST_KIND_MAX]; /* how lists are, also those that come */
	size_t click_row, click_column;
	size_t seen_messages; /* so many were there when they were looked at */
};

/* Why lists are filled again. */
enum refill {
	REFILL_NEW_FRAME,   /* the next one: what it lacks has ended */
	REFILL_OTHER_FRAME, /* of another time */
	REFILL_CHANGED,	    /* the same one, in another way or in another view */
};

/* 0 or -ENOMEM. */
int state__init(struct state *state, const struct screen_opts *opts);
void state__release(struct state *state);

struct view *state__view(const struct state *state);

/* The lists of the view that is seen. 0 or -ENOMEM. */
int state__refill(struct state *state, enum refill why);

/* Opens view @id on @subject (NULL: all) above the one that is seen. 0, or -ENOENT: there is no such view; -EMFILE: there are too many; -ENOMEM. */
int state__open(struct state *state, enum view_id id, const struct subject *subject);
/* Closes the view that is seen; false: it is the first one. */
bool state__close(struct state *state);
/* Closes all, and shows the top view @id. 0 or -ENOENT. */
int state__switch(struct state *state, enum view_id id);

/* The user has changed the order or the columns of list @i of @view: so are all of its kind from now on. */
void state__chose(struct state *state, struct view *view, size_t i);

/* A line for the help line, for some seconds. @text is escaped already. */
void state__hint(struct state *state, const char *text);

/* The key was about rows: they stay where they are for a while. */
void state__hold(struct state *state);
bool state__held(const struct state *state);

#endif
