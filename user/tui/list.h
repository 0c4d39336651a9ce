/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list: rows of a table on the screen: their order from frame to frame, which one is selected, and which are seen. Pure; knows nothing of
 * what is in them.
 */
#ifndef KVMTOP_TUI_LIST_H
#define KVMTOP_TUI_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "list_row.h"

/* More columns than any list has; they are bits, too. */
#define LIST_COLUMNS 40

struct list {
	struct list_row *rows; /* in the order that is shown */
	size_t n;
	struct list_row *old; /* those before, while the list is filled */
	size_t n_old;
	size_t room, room_old;
	size_t *index; /* a hash table of the old rows */
	size_t n_index;
	size_t in_all; /* rows that there would be without filters */
	size_t zero;   /* beside those, as what they are about never happened */
	void *store; /* what the rows' @own point to, if the view has made that: malloc'ed, the list's */
	/* The selection. */
	bool selected;
	struct row_id id; /* of the row that is */
	size_t at;	  /* where that is */
	size_t top;	  /* the first row that is seen */
	size_t lines;	  /* how many were seen when it was drawn last; 0: never */
	/* Where it was drawn last, for clicks. */
	size_t header_row; /* 0: without */
	size_t first_row;  /* of @lines; 0: not at all */
	size_t first_column, width;
	/* The order. */
	size_t sort; /* index of a column of the view */
	bool reversed;
	uint64_t off;		      /* bits: columns that the user does not want */
	bool moved;		      /* the user has put columns elsewhere: */
	uint8_t places[LIST_COLUMNS]; /* indices of all columns, from left to right */
	uint64_t held_until_ns;
};

/* What was shown is old from now on, and the list is empty. */
void list__begin(struct list *list);
/* Takes a copy of @row. 0 or -ENOMEM. */
int list__add(struct list *list, const struct list_row *row);
/* Between all list__add() and list__arrange(): finds out where each row was. 0 or -ENOMEM. */
int list__match(struct list *list);
/* After list__match(): whether the old row number @i is among those that were added. */
bool list__has(const struct list *list, size_t i);
/* Adds the old row number @i, which is not there any more. @gone becomes the list's, also if this fails. 0 or -ENOMEM. */
int list__keep(struct list *list, size_t i, struct gone_row *gone);
/* Puts the rows in order, and the selection and the window on them. 0 or -ENOMEM. */
int list__arrange(struct list *list, const struct list_rules *rules);

/* The row that is selected, else the first; NULL: there is none. */
const struct list_row *list__current(const struct list *list);

/* Selects the row so many further on. The first time it is one that is seen. */
void list__move(struct list *list, long by);
void list__select_last(struct list *list);
/* Selects row number @i, if there is one. */
void list__select(struct list *list, size_t i);
/* Nothing is selected, and the top is seen. */
void list__select_none(struct list *list);

/* So many lines are there: the window is moved as far as that is needed. */
void list__fit(struct list *list, size_t lines);

void list__release(struct list *list);

#endif
