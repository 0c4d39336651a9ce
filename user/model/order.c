// SPDX-License-Identifier: GPL-2.0
/* order: the value that a row is sorted by is made once, those that break ties when they are needed. */
#include "order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "item_rows.h"
#include "registry.h"

/* What a row is sorted by: a text, or a number. (Counts above 2^53 would not be exact.) */
struct sort_value {
	bool known;
	const char *text; /* NULL: compare @number */
	double number;
};

struct sort_item {
	struct row *row;
	struct sort_value value;
	size_t seq; /* the last tie breaker, so that the order is the same every time */
};

/* COLUMN_MAX: rows of this family have none. */
struct sort_def {
	const char *name;
	enum column_id exits; /* of VMs, vCPUs and reasons */
	enum column_id items; /* of statistics and of the event view */
	enum column_id keys;  /* of the drill-down */
};

#define NONE COLUMN_MAX

static const struct sort_def sort_defs[SORT_KEY_MAX] = {
#define SORT(id, word, exits, items, keys) [SORT_##id] = { word, exits, items, keys },
#include "columns.h"
};

/* ---- names */

const char *sort_key_name(enum sort_key key)
{
	return key < SORT_KEY_MAX ? sort_defs[key].name : NULL;
}

/* These are the same in all rows of a frame, or no order. */
static bool is_of_frame(enum column_id id)
{
	return id == COLUMN_TIME || id == COLUMN_INTERVAL_S || id == COLUMN_KIND ||
	       id == COLUMN_UNIT;
}

static bool is_word(const char *name, const char *word, size_t len)
{
	return name && strlen(name) == len && !strncmp(name, word, len);
}

static int find_key(const char *word, size_t len, unsigned int *ret_key)
{
	/* As the column is called in text. */
	if (is_word("total", word, len)) {
		*ret_key = SORT_COUNT;
		return 0;
	}
	for (unsigned int i = 0; i < SORT_KEY_MAX; i++) {
		if (!is_word(sort_defs[i].name, word, len))
			continue;
		*ret_key = i;
		return 0;
	}
	for (unsigned int i = 0; i < COLUMN_MAX; i++) {
		if (is_of_frame(i) || !is_word(registry_column(i)->name, word, len))
			continue;
		*ret_key = SORT_KEY_MAX + i;
		return 0;
	}
	return -EINVAL;
}

static bool is_label(enum column_id id)
{
	return registry_column(id)->type == COLUMN_LABEL;
}

/* ---- values */

static bool is_counted(enum row_kind kind)
{
	static const uint32_t kinds = ROW_BIT(ROW_VM_STAT) | ROW_BIT(ROW_VCPU_STAT) |
				      ROW_BIT(ROW_EVENT) | ROW_BIT(ROW_VM_EVENT) |
				      ROW_BIT(ROW_VCPU_EVENT);

	return kinds & ROW_BIT(kind);
}

static bool is_key(enum row_kind kind)
{
	return kind == ROW_VM_DETAIL || kind == ROW_VCPU_DETAIL;
}

static enum column_id column_of_def(const struct sort_def *def, enum row_kind kind)
{
	if (is_counted(kind))
		return def->items;
	return is_key(kind) ? def->keys : def->exits;
}

static bool is_scope(enum row_kind kind)
{
	return kind == ROW_VM || kind == ROW_VCPU;
}

/* Rows of statistics need not know their VM, and events are of many. */
static bool has_column(enum column_id id, enum row_kind kind)
{
	if (id == NONE || !(registry_column(id)->rows & ROW_BIT(kind)))
		return false;
	return !is_counted(kind) || !(registry_column(id)->rows & ROW_BIT(ROW_VM));
}

/* @kind ROW_KIND_MAX: as VMs and reasons have it. */
static enum column_id column_of(unsigned int key, enum row_kind kind)
{
	/* What is worst comes first, and what is busiest where that is no matter. */
	if (key == SORT_DEFAULT && is_scope(kind))
		key = SORT_LOST;
	return key < SORT_KEY_MAX ? column_of_def(&sort_defs[key], kind)
				  : (enum column_id)(key - SORT_KEY_MAX);
}

int order_parse(const char *word, struct order *ret_order)
{
	const char *colon = strchr(word, ':');
	size_t len = colon ? (size_t)(colon - word) : strlen(word);
	bool ascending = colon && !strcmp(colon, ":asc");
	struct order order = { .given = true };

	if (colon && !ascending && strcmp(colon, ":desc"))
		return -EINVAL;
	if (find_key(word, len, &order.key))
		return -EINVAL;
	/* What a label is in one kind of row is one in all. */
	if (colon)
		order.reversed = ascending != is_label(column_of(order.key, ROW_KIND_MAX));
	*ret_order = order;
	return 0;
}

/* Of texts only those that are the frame's: others end with the value. */
static struct sort_value value_of(enum column_id id, struct row *row)
{
	struct column_value value;
	const char *text;

	if (id == COLUMN_KEY && row->detail)
		return (struct sort_value){ .known = true, .number = (double)row->detail->key };
	if (id == COLUMN_ERROR_CODE && row->detail)
		return (struct sort_value){ .known = true, .number = (double)row->detail->sub };
	registry_get(id, row, &value);
	/* As they are shown: what is less is no difference. */
	if (id == COLUMN_LOST_CPUS && value.type == VALUE_REAL)
		value.real = (double)(int64_t)(100 * value.real + 0.5) / 100;
	/* A VM without a name is known by its VMM's. */
	if (id == COLUMN_VM_NAME && value.type == VALUE_UNKNOWN)
		registry_get(COLUMN_COMM, row, &value);
	text = value.type == VALUE_TEXT ? value.text : NULL;
	return (struct sort_value){
		.known = value.type != VALUE_UNKNOWN,
		.text = text == value.buf ? "" : text,
		.number = registry_number(&value),
	};
}

/* ---- comparing */

static int cmp_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int cmp_values(const struct sort_value *a, const struct sort_value *b, bool ascending)
{
	int order;

	if (!a->known || !b->known)
		return b->known - a->known;
	if (a->text && b->text)
		order = strcmp(a->text, b->text);
	else
		order = (a->number > b->number) - (a->number < b->number);
	return ascending ? order : -order;
}

static int cmp_ids(const struct row *a, const struct row *b)
{
	int order = 0;

	if (a->vm)
		order = (a->vm->pid > b->vm->pid) - (a->vm->pid < b->vm->pid);
	if (!order && a->vm)
		order = cmp_u64(a->vm->key, b->vm->key); /* two VMs of one process */
	if (!order && a->vcpu)
		order = cmp_u64(a->vcpu->vcpu_id, b->vcpu->vcpu_id);
	if (!order && a->reason)
		order = cmp_u64(a->reason->isa, b->reason->isa);
	if (!order && a->reason)
		order = cmp_u64(a->reason->code, b->reason->code);
	return order;
}

/* A gauge has neither rate nor total. */
static int cmp_counted(struct row *a, struct row *b)
{
	static const enum column_id ties[] = { COLUMN_PER_S, COLUMN_TOTAL, COLUMN_VALUE,
					       COLUMN_NAME };
	int order = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ties) && !order; i++) {
		const struct sort_value x = value_of(ties[i], a), y = value_of(ties[i], b);

		order = cmp_values(&x, &y, is_label(ties[i]));
	}
	return order;
}

/* What rows are compared by, besides their value. */
struct direction {
	bool ascending;
	enum column_id then; /* of ties; NONE: by what they are */
};

/* Events that are no counts come after those that are, whatever the order. */
static int cmp_classes(const struct row *a, const struct row *b)
{
	return a->item ? (a->item->kind != ITEM_COUNT) - (b->item->kind != ITEM_COUNT) : 0;
}

static int cmp_items(const void *a, const void *b, void *arg)
{
	const struct sort_item *x = a, *y = b;
	const struct direction *direction = arg;
	int order = cmp_classes(x->row, y->row);

	if (!order)
		order = cmp_values(&x->value, &y->value, direction->ascending);
	if (!order && direction->then != NONE) {
		const struct sort_value then_x = value_of(direction->then, x->row),
					then_y = value_of(direction->then, y->row);

		order = cmp_values(&then_x, &then_y, direction->ascending);
	}
	if (!order && is_counted(x->row->kind))
		order = cmp_counted(x->row, y->row);
	else if (!order && !is_key(x->row->kind))
		order = cmp_ids(x->row, y->row);
	return order ? order : cmp_u64(x->seq, y->seq);
}

/* Moves each row to the place that its item has, along the circles that they make: a row is large. */
static void arrange(struct row *rows, struct sort_item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t at = i, from;
		struct row first;

		if (items[i].seq == i)
			continue;
		first = rows[i];
		while ((from = items[at].seq) != i) {
			rows[at] = rows[from];
			items[at].seq = at;
			at = from;
		}
		rows[at] = first;
		items[at].seq = at;
	}
}

int order_rows(const struct order *order, struct row *rows, size_t n)
{
	__autofree struct sort_item *items = reallocarray(NULL, n + 1, sizeof(*items));
	enum column_id id;
	struct direction direction = { .then = NONE };
	bool reversed;

	if (!items)
		return -ENOMEM;
	if (!n)
		return 0;
	id = column_of(order->key, rows[0].kind);
	reversed = order->reversed && has_column(id, rows[0].kind);
	if (!has_column(id, rows[0].kind))
		id = column_of(SORT_DEFAULT, rows[0].kind);
	direction.ascending = is_label(id) != reversed;
	if (id == COLUMN_LOST_CPUS)
		direction.then = COLUMN_EXITS;
	for (size_t i = 0; i < n; i++)
		items[i] = (struct sort_item){ &rows[i], value_of(id, &rows[i]), i };
	qsort_r(items, n, sizeof(*items), cmp_items, &direction);
	arrange(rows, items, n);
	return 0;
}
