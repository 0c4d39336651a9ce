/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list_columns: the columns of a list: which of them there is room for, and how wide they are. Pure.
 */
#ifndef KVMTOP_TUI_LIST_COLUMNS_H
#define KVMTOP_TUI_LIST_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/list_choice.h"
#include "../model/registry.h"
#include "list.h"
#include "list_row.h"

enum cell_kind {
	CELL_VALUE, /* the column of the registry */
	CELL_MARK,  /* selected; finding */
	CELL_BAR,   /* time shares of the VM or vCPU */
	CELL_TREND, /* the view's, by list_draw's callback; as CELL_OWN */
	CELL_WHY,
	CELL_OWN,
};

struct list_column {
	const char *title; /* NULL: the registry's */
	enum cell_kind kind;
	enum column_id id; /* COLUMN_MAX: none. Of CELL_VALUE, and what rows are sorted by */
	uint8_t no;	   /* shown when all with a smaller number have room */
	uint8_t min;	   /* columns */
	uint8_t good, max; /* as wide as that if there is room; 0: as min */
	uint16_t from;	   /* only on a screen of so many columns */
	uint8_t instead;   /* when it is shown, those with this number are not */
	bool left;
	bool blank;	  /* nothing is shown where it is not known, as most rows have none */
	bool chosen;	  /* shown only if the user wants it */
	bool by_view;	  /* the view alone says whether it is there */
	bool unsorted;	  /* rows cannot be sorted by it */
	const char *help; /* what it means, for the help line; NULL: the registry's */
};

struct list_def {
	const char *name; /* of the table, where a view has several */
	const struct list_column *columns;
	size_t n;
	size_t sort; /* index of the column that rows are sorted by at first */
	enum list_kind kind;
};

/* For tables of them: COLUMN_@id_ of the registry. */
#define LIST_VALUE(id_, no_, min_, ...)                                       \
	{                                                                     \
		.id = COLUMN_##id_, .no = (no_), .min = (min_), ##__VA_ARGS__ \
	}
/* One that is drawn otherwise: CELL_@kind_. */
#define LIST_CELL(kind_, title_, no_, min_, ...)                                        \
	{                                                                               \
		.title = (title_), .kind = CELL_##kind_, .id = COLUMN_MAX, .no = (no_), \
		.min = (min_), ##__VA_ARGS__                                            \
	}

struct list_layout {
	uint16_t at[LIST_COLUMNS], width[LIST_COLUMNS];
	bool shown[LIST_COLUMNS];
};

/*
 * @width columns from @first on, on a screen of @screen_width. @off: bits of columns that are not wanted. @list says in which order they stand.
 */
void list_layout__fit(const struct list_def *def, const struct list *list, uint64_t off,
		      size_t first, size_t width, size_t screen_width, struct list_layout *ret);

/* The index of the column that has place @i from the left, whether it is shown or not. */
static inline size_t list__column_at(const struct list *list, size_t i)
{
	return list->moved ? list->places[i] : i;
}

/* The place of column @index, and moves it @by places. What has no title stays where it is, as does what would pass it. */
size_t list__place_of(const struct list *list, const struct list_def *def, size_t index);
void list__move_column(struct list *list, const struct list_def *def, size_t index, int by);

const char *list_column__title(const struct list_column *column);
const char *list_column__help(const struct list_column *column);
/* Whether texts and labels ascend unless they are reversed. */
bool list_column__ascends(const struct list_column *column);

/* The value of the column in @row, rounded to what is shown: what looks equal is equal. Its text is valid as long as the frame. */
void list_column__value(const struct list_column *column, const struct frame *frame,
			const struct list_row *row, struct list_value *ret);

/* Whether rows can be sorted by it. */
bool list_column__sorts(const struct list_column *column);

#endif
