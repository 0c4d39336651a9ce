// SPDX-License-Identifier: GPL-2.0
#include "history.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/wire.h"
#include "codec.h"
#include "codec_items.h"
#include "item_counts.h"
#include "item_defs.h"
#include "record.h"
#include "snapshot.h"

/*
 * To unpack a snapshot takes all those before it in its stretch. So on a large host a stretch is shorter: it has so many bytes of numbers, which
 * take some 0.2 s. It has a few snapshots at least, or those by themselves would be most of the history.
 */
#define STRETCH_MAX 60
#define STRETCH_MIN 8
#define STRETCH_NUMBERS ((size_t)32 << 20)

/* No stretch is a larger part of the bound: dropping one must leave the most of the history. */
#define STRETCH_SHARE 4

/* What malloc takes for itself. */
#define MALLOC_BYTES 16

struct packed {
	uint8_t *record; /* malloc'ed */
	size_t bytes;
	int64_t wall_ns;
	/* What the event view has counted, behind so many bytes of the payload, and of which events: one of their owners. NULL: nothing. */
	size_t items_at;
	const struct item_defs *items;
};

struct stretch {
	struct packed v[STRETCH_MAX];
	size_t n;
	uint64_t first; /* the number of v[0] */
	size_t bytes;	/* with its own */
	size_t numbers; /* bytes of v[0] before it was deflated */
	/* What is not packed, as it outlives the history. */
	struct codec_context context;
	const struct detail_names *detail_names;
	const struct item_opts *item_opts;
};

struct history {
	size_t bytes_max, bytes;
	struct codec_reader *reader; /* knows our own words */
	struct stretch **v;	     /* the oldest first, without gaps */
	size_t n, room;
	uint64_t next; /* the number of the next snapshot */
	uint64_t last_context_id;
	struct wire_out out;
	/* What was unpacked last; NULL: nothing. */
	struct snapshot *prev, *cur;
	uint64_t unpacked; /* the number of @cur */
};

DEFINE_CLEANUP(history, struct history, history__free)
DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)

/* ---- its life */

/* What is written here is read here: by the same words. */
static int make_reader(struct history *history)
{
	static const struct codec_run run;
	int err = codec_write_run(&run, &history->out);

	return err ? err : codec_read_run(history->out.v, history->out.n, &history->reader);
}

int history__new(size_t bytes_max, struct history **ret_history)
{
	__cleanup(cleanup_history) struct history *history = calloc(1, sizeof(*history));
	int err;

	if (!history)
		return -ENOMEM;
	history->bytes_max = bytes_max;
	err = make_reader(history);
	if (err)
		return err;
	*ret_history = take_ptr(history);
	return 0;
}

static void forget_unpacked(struct history *history)
{
	snapshot__free(history->prev);
	snapshot__free(history->cur);
	history->prev = history->cur = NULL;
}

static void drop_oldest(struct history *history)
{
	struct stretch *oldest = history->v[0];

	for (size_t i = 0; i < oldest->n; i++) {
		free(oldest->v[i].record);
		item_defs__free(oldest->v[i].items);
	}
	history->bytes -= oldest->bytes;
	free(oldest);
	history->n--;
	memmove(&history->v[0], &history->v[1], history->n * sizeof(struct stretch *));
}

static void drop_all(struct history *history)
{
	while (history->n)
		drop_oldest(history);
}

void history__free(struct history *history)
{
	if (!history)
		return;
	forget_unpacked(history);
	drop_all(history);
	codec_reader__free(history->reader);
	wire_release(&history->out);
	free(history->v);
	free(history);
}

/* ---- adding */

static struct stretch *newest(const struct history *history)
{
	return history->n ? history->v[history->n - 1] : NULL;
}

static bool is_context(const struct stretch *stretch, const struct snapshot *snapshot)
{
	return stretch->context.vm_layout == snapshot->vm_layout &&
	       stretch->context.vcpu_layout == snapshot->vcpu_layout &&
	       stretch->context.events == snapshot->event_names &&
	       stretch->detail_names == snapshot->detail_names &&
	       stretch->item_opts == snapshot->item_opts;
}

static bool is_full(const struct history *history, const struct stretch *stretch)
{
	return stretch->n == STRETCH_MAX || stretch->bytes >= history->bytes_max / STRETCH_SHARE ||
	       (stretch->n >= STRETCH_MIN && stretch->n * stretch->numbers >= STRETCH_NUMBERS);
}

/* Whether @cur can be packed as what changed since the one before it. */
static bool goes_on(const struct history *history, const struct snapshot *cur)
{
	const struct stretch *last = newest(history);

	return last && !is_full(history, last) && is_context(last, cur);
}

static int begin_stretch(struct history *history, const struct snapshot *cur)
{
	struct stretch *stretch;

	if (history->n == history->room) {
		size_t room = history->room + STRETCH_MAX;
		struct stretch **v = reallocarray(history->v, room, sizeof(*v));

		if (!v)
			return -ENOMEM;
		history->v = v;
		history->room = room;
	}
	stretch = calloc(1, sizeof(*stretch));
	if (!stretch)
		return -ENOMEM;
	stretch->first = history->next;
	stretch->bytes = sizeof(*stretch) + MALLOC_BYTES;
	stretch->context = (struct codec_context){
		.id = ++history->last_context_id,
		.vm_layout = cur->vm_layout,
		.vcpu_layout = cur->vcpu_layout,
		.events = cur->event_names,
	};
	stretch->detail_names = cur->detail_names;
	stretch->item_opts = cur->item_opts;
	history->bytes += stretch->bytes;
	history->v[history->n++] = stretch;
	return 0;
}

/* @base NULL: by itself. 0, -E2BIG or -ENOMEM. */
static int pack(struct history *history, const struct snapshot *cur, const struct snapshot *base,
		struct packed *ret_packed)
{
	uint8_t *record, *shrunk;
	int err;

	wire_reset(&history->out);
	err = codec_write_snapshot(newest(history)->context.id, cur, base, &history->out);
	ret_packed->items_at = history->out.n;
	if (!err && cur->items)
		err = codec_write_items(cur->items, base ? base->items : NULL, &history->out);
	ret_packed->wall_ns = timespec_ns(&cur->wall);
	if (!err)
		err = record_make(base ? RECORD_DELTA : RECORD_KEY, ret_packed->wall_ns,
				  history->out.v, history->out.n, true, &record,
				  &ret_packed->bytes);
	if (err)
		return err;
	/* It was made with room for a record that cannot be packed. */
	shrunk = realloc(record, ret_packed->bytes);
	ret_packed->record = shrunk ? shrunk : record;
	ret_packed->items = cur->items ? item_defs__share(cur->items->defs) : NULL;
	return 0;
}

/* Puts it into the newest stretch; older ones make room. One that is too large even then leaves nothing. */
static void keep(struct history *history, const struct packed *packed)
{
	struct stretch *last = newest(history);

	if (!last->n)
		last->numbers = history->out.n;
	last->v[last->n++] = *packed;
	last->bytes += packed->bytes + MALLOC_BYTES;
	history->bytes += packed->bytes + MALLOC_BYTES;
	while (history->n && history->bytes > history->bytes_max)
		drop_oldest(history);
}

int history__add(struct history *history, const struct snapshot *cur, const struct snapshot *prev)
{
	const struct snapshot *base = prev && goes_on(history, cur) ? prev : NULL;
	struct packed packed;
	int err = base ? 0 : begin_stretch(history, cur);

	if (!err)
		err = pack(history, cur, base, &packed);
	if (!err)
		keep(history, &packed);
	else
		drop_all(history); /* so that there is no gap */
	history->next++;
	return err == -E2BIG ? 0 : err;
}

/* ---- what there is */

struct history_range history__range(const struct history *history)
{
	return (struct history_range){
		.first = history->n ? history->v[0]->first : history->next,
		.end = history->next,
	};
}

size_t history__bytes(const struct history *history)
{
	return history->bytes;
}

/* The stretch that has snapshot @number; NULL: none. */
static const struct stretch *find(const struct history *history, uint64_t number)
{
	size_t low = 0,
	       high = history->n; /* the last that begins at @number or before is below high */

	while (high - low > 1) {
		const size_t middle = low + (high - low) / 2;

		if (history->v[middle]->first <= number)
			low = middle;
		else
			high = middle;
	}
	if (!history->n || history->v[low]->first > number ||
	    number - history->v[low]->first >= history->v[low]->n)
		return NULL;
	return history->v[low];
}

int64_t history__wall_ns(const struct history *history, uint64_t number)
{
	const struct stretch *stretch = find(history, number);

	return stretch->v[number - stretch->first].wall_ns;
}

/* ---- unpacking */

static int unpack(const struct history *history, const struct stretch *stretch,
		  const struct packed *packed, const struct snapshot *base,
		  struct snapshot **ret_snapshot)
{
	__autofree uint8_t *payload = NULL;
	__cleanup(cleanup_snapshot) struct snapshot *snapshot = NULL;
	struct record_head head;
	int err = record_parse_head(packed->record, &head);

	if (!err)
		err = record_unpack(&head, packed->record + RECORD_HEAD_BYTES, &payload);
	if (!err)
		err = codec_read_snapshot(history->reader, &stretch->context, base, payload,
					  packed->items_at, CODEC_MEMORY_MAX, &snapshot);
	if (!err && packed->items)
		err = codec_read_items(packed->items, base ? base->items : NULL,
				       payload + packed->items_at,
				       head.raw_bytes - packed->items_at, &snapshot->items);
	if (err)
		return err;
	snapshot->detail_names = stretch->detail_names;
	snapshot->item_opts = stretch->item_opts;
	*ret_snapshot = take_ptr(snapshot);
	return 0;
}

/* Goes on to the snapshot after @cur, or where there is none to snapshot @number, from the one by itself before it. */
static int go_on(struct history *history, uint64_t number)
{
	const struct stretch *stretch = find(history, number);
	size_t at = number - stretch->first;
	__cleanup(cleanup_snapshot) struct snapshot *snapshot = NULL;
	int err = unpack(history, stretch, &stretch->v[at], at ? history->cur : NULL, &snapshot);

	if (err)
		return err;
	snapshot__free(history->prev);
	history->prev = history->cur;
	history->cur = take_ptr(snapshot);
	history->unpacked = number;
	return 0;
}

int history__unpack(struct history *history, uint64_t number, const struct snapshot **ret_prev,
		    const struct snapshot **ret_cur)
{
	const struct stretch *from = number ? find(history, number - 1) : NULL;
	uint64_t next;

	if (!from || !find(history, number))
		return -ENODATA;
	/* From what was unpacked last, if that is no further than from the one by itself. */
	next = history->unpacked + 1;
	if (!history->cur || next < from->first || history->unpacked > number) {
		forget_unpacked(history);
		next = from->first;
	}
	for (; next <= number; next++) {
		int err = go_on(history, next);

		if (err) {
			forget_unpacked(history);
			return err;
		}
	}
	*ret_prev = history->prev;
	*ret_cur = history->cur;
	return 0;
}
