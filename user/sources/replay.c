// SPDX-License-Identifier: GPL-2.0
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../model/record.h"
#include "../model/snapshot.h"
#include "replay_context.h"
#include "replay_file.h"

/* Where reading can begin: a snapshot by itself, and what it is about. */
struct mark {
	struct position key, run, context;
	int64_t wall_ns;
};

struct replay {
	struct replay_file *file;
	struct replay_info info;
	struct mark *marks;
	size_t n_marks, marks_size;
	struct time_span *gaps;
	bool begins_run; /* while it is scanned */

	struct position next;
	struct replay_context *context; /* what the next snapshot is about */
	struct replay_item *base; /* of the next snapshot; NULL: only one by itself can be read */
	uint64_t lost;
};

DEFINE_CLEANUP(replay, struct replay, replay__close)

/* As one number. A file is smaller than 2^63 bytes. */
static uint64_t place_of(struct position at)
{
	return (uint64_t)at.piece << 63 | at.at;
}

/* ---- what there is */

static int add_mark(struct replay *replay, struct mark mark, struct position key, int64_t wall_ns)
{
	if (replay->n_marks == replay->marks_size) {
		size_t size = replay->marks_size ? 2 * replay->marks_size : 64;
		struct mark *marks = reallocarray(replay->marks, size, sizeof(*marks));

		if (!marks)
			return -ENOMEM;
		replay->marks = marks;
		replay->marks_size = size;
	}
	mark.key = key;
	mark.wall_ns = wall_ns;
	replay->marks[replay->n_marks++] = mark;
	return 0;
}

/* A run begins with the snapshot of @wall_ns. */
static int note_gap(struct replay *replay, int64_t wall_ns)
{
	struct replay_info *info = &replay->info;
	struct time_span *gaps =
		reallocarray(replay->gaps, info->n_gaps + 1, sizeof(*replay->gaps));

	if (!gaps)
		return -ENOMEM;
	gaps[info->n_gaps++] = (struct time_span){ info->last_ns, wall_ns };
	info->gaps = replay->gaps = gaps;
	return 0;
}

static int note_snapshot(struct replay *replay, struct position at, const struct record_head *head,
			 const struct mark *mark)
{
	struct replay_info *info = &replay->info;
	int err = info->n && replay->begins_run ? note_gap(replay, head->wall_ns) : 0;

	if (!info->n++)
		info->first_ns = head->wall_ns;
	info->last_ns = head->wall_ns;
	replay->begins_run = false;
	if (!err && head->type == RECORD_KEY)
		err = add_mark(replay, *mark, at, head->wall_ns);
	return err;
}

static int note_record(struct replay *replay, struct position at, const struct record_head *head,
		       struct mark *mark)
{
	switch (head->type) {
	case RECORD_RUN:
		replay->info.n_runs++;
		replay->begins_run = true;
		mark->run = at;
		mark->context = at; /* none yet */
		return 0;
	case RECORD_CONTEXT:
		mark->context = at;
		return 0;
	default:
		return note_snapshot(replay, at, head, mark);
	}
}

/* What is from @from to @to is in no record. */
static void note_damage(struct replay *replay, struct position from, uint64_t to)
{
	struct replay_info *info = &replay->info;

	if (from.piece == PIECE_FILE && to == replay_file__size(replay->file, from.piece)) {
		info->torn_bytes = to - from.at;
		return;
	}
	if (!info->damaged_bytes)
		info->damaged_at = from.at;
	info->damaged_bytes += to - from.at;
}

static int scan_piece(struct replay *replay, int piece)
{
	struct position at = { .piece = piece };
	struct mark mark = { .run = at, .context = at };

	while (at.at < replay_file__size(replay->file, piece)) {
		struct position from = at;
		struct record_head head;
		int err = replay_file__head(replay->file, at, &head);

		if (!err) {
			err = note_record(replay, at, &head, &mark);
			at.at += RECORD_HEAD_BYTES + (uint64_t)head.bytes;
		} else if (err == -EBADMSG || err == -EPROTO) {
			err = replay_file__find(replay->file, &at);
			note_damage(replay, from, at.at);
		}
		if (err)
			return err;
	}
	return 0;
}

static int open_piece(struct replay *replay, enum replay_piece piece, const char *path, char *why,
		      size_t why_size)
{
	int err = replay_file__add(replay->file, piece, path, why, why_size);

	if (err)
		return err;
	replay->info.pieces[piece] = true;
	replay->info.bytes += replay_file__size(replay->file, piece);
	err = scan_piece(replay, piece);
	return err ? replay_file__refuse(why, why_size, path, strerror(-err), err) : 0;
}

static int open_older(struct replay *replay, const char *path, char *why, size_t why_size)
{
	__autofree char *older = NULL;

	if (asprintf(&older, "%s.1", path) < 0) {
		older = NULL;
		return replay_file__refuse(why, why_size, path, strerror(ENOMEM), -ENOMEM);
	}
	return access(older, F_OK) ? 0 : open_piece(replay, PIECE_OLDER, older, why, why_size);
}

int replay__open(const char *path, bool pieces, char *why, size_t why_size,
		 struct replay **ret_replay)
{
	__cleanup(cleanup_replay) struct replay *replay = calloc(1, sizeof(*replay));
	int err;

	if (replay) {
		replay->file = replay_file__new();
		replay->context = replay_context__new();
	}
	if (!replay || !replay->file || !replay->context)
		return replay_file__refuse(why, why_size, path, strerror(ENOMEM), -ENOMEM);
	err = pieces ? open_older(replay, path, why, why_size) : 0;
	if (!err)
		err = open_piece(replay, PIECE_FILE, path, why, why_size);
	/* Its writer may have ended when it had renamed it. */
	if (err == -ENOENT && replay->info.pieces[PIECE_OLDER])
		err = 0;
	if (err)
		return err;
	replay->info.whole_bytes =
		replay_file__size(replay->file, PIECE_FILE) - replay->info.torn_bytes;
	replay->next.piece = replay->info.pieces[PIECE_OLDER] ? PIECE_OLDER : PIECE_FILE;
	*ret_replay = take_ptr(replay);
	return 0;
}

const struct replay_info *replay__info(const struct replay *replay)
{
	return &replay->info;
}

/* ---- reading */

static void drop_base(struct replay *replay)
{
	replay_item__put(replay->base);
	replay->base = NULL;
}

static int read_snapshot(struct replay *replay, struct position at, enum record_type type,
			 const uint8_t *payload, size_t n)
{
	const struct snapshot *base =
		type == RECORD_DELTA && replay->base ? replay->base->snapshot : NULL;
	const struct kept_run *run = replay_context__run(replay->context);
	struct replay_item *item;
	int err;

	if (!run || (type == RECORD_DELTA && !base))
		return -EBADMSG;
	item = calloc(1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	item->refs = 1;
	item->run = &run->reader->run;
	item->run_number = run->number;
	item->place = place_of(at);
	err = codec_read_snapshot(run->reader, replay_context__now(replay->context), base, payload,
				  n, CODEC_MEMORY_MAX, &item->snapshot);
	drop_base(replay);
	if (err)
		replay_item__put(item);
	else
		replay->base = item;
	return err;
}

/* What the record at @at is about; -EBADMSG: it is damaged. */
static int read_record(struct replay *replay, struct position at, const struct record_head *head)
{
	const struct position behind = { at.piece, at.at + RECORD_HEAD_BYTES };
	__autofree uint8_t *payload = NULL;
	const uint8_t *bytes;
	int err = replay_file__fetch(replay->file, behind, head->bytes, &bytes);

	if (!err)
		err = record_unpack(head, bytes, &payload);
	if (!err && head->type == RECORD_RUN)
		err = replay_context__read_run(replay->context, at, payload, head->raw_bytes);
	else if (!err && head->type == RECORD_CONTEXT)
		err = replay_context__read(replay->context, payload, head->raw_bytes);
	else if (!err)
		return read_snapshot(replay, at, head->type, payload, head->raw_bytes);
	drop_base(replay);
	/* Then the meaning of the snapshots after it is unknown. */
	if (err && (head->type == RECORD_RUN || head->type == RECORD_CONTEXT))
		replay_context__forget(replay->context);
	return err;
}

/* Begins with what @mark is about; NULL: with the first record. */
static int begin_at(struct replay *replay, const struct mark *mark)
{
	struct position where[2];

	drop_base(replay);
	replay->lost = 0;
	replay_context__forget(replay->context);
	replay->next = (struct position){
		.piece = replay->info.pieces[PIECE_OLDER] ? PIECE_OLDER : PIECE_FILE,
	};
	if (!mark)
		return 0;
	where[0] = mark->run;
	where[1] = mark->context;
	for (size_t i = 0; i < ARRAY_SIZE(where); i++) {
		struct record_head head;
		int err = replay_file__head(replay->file, where[i], &head);

		if (!err && head.type != RECORD_KEY && (!i || head.type == RECORD_CONTEXT))
			err = read_record(replay, where[i], &head);
		/* Without them the snapshots are lost, and that is reported. */
		if (err && err != -EBADMSG)
			return err;
	}
	replay->next = mark->key;
	return 0;
}

/* The last one of @wall_ns or before it; NULL: none. */
static const struct mark *mark_at(const struct replay *replay, int64_t wall_ns)
{
	const struct mark *mark = NULL;

	for (size_t i = 0; i < replay->n_marks; i++)
		if (replay->marks[i].wall_ns <= wall_ns)
			mark = &replay->marks[i];
	return mark;
}

/* The last one that is before @place; NULL: none. */
static const struct mark *mark_before(const struct replay *replay, uint64_t place)
{
	size_t low = 0, high = replay->n_marks;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (place_of(replay->marks[middle].key) < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &replay->marks[low - 1] : NULL;
}

static uint64_t start_of(const struct mark *mark)
{
	return mark ? place_of(mark->key) : 0;
}

uint64_t replay__start_at(const struct replay *replay, int64_t wall_ns)
{
	return start_of(mark_at(replay, wall_ns));
}

uint64_t replay__start_before(const struct replay *replay, uint64_t place)
{
	return start_of(mark_before(replay, place));
}

int replay__seek(struct replay *replay, int64_t wall_ns)
{
	return begin_at(replay, mark_at(replay, wall_ns));
}

int replay__seek_place(struct replay *replay, uint64_t place)
{
	return begin_at(replay, mark_before(replay, place + 1));
}

/* Goes on to the next record. -ENODATA: there is none. */
static int next_record(struct replay *replay, struct position *ret_at, struct record_head *ret_head)
{
	struct position *at = &replay->next;

	for (;;) {
		int err;

		if (at->at >= replay_file__size(replay->file, at->piece)) {
			if (at->piece == PIECE_FILE)
				return -ENODATA;
			*at = (struct position){ .piece = PIECE_FILE };
			continue;
		}
		err = replay_file__head(replay->file, *at, ret_head);
		if (!err) {
			*ret_at = *at;
			at->at += RECORD_HEAD_BYTES + (uint64_t)ret_head->bytes;
			return 0;
		}
		if (err == -EBADMSG || err == -EPROTO)
			err = replay_file__find(replay->file, at);
		if (err)
			return err;
		drop_base(replay); /* what was there may have been the one before the next */
	}
}

int replay__next(struct replay *replay, struct replay_item **ret_item)
{
	for (;;) {
		struct record_head head;
		struct position at;
		int err = next_record(replay, &at, &head);

		if (!err)
			err = read_record(replay, at, &head);
		if (!err && replay->base) {
			*ret_item = replay_item__get(replay->base);
			return 0;
		}
		if (err == -EBADMSG || err == -E2BIG) {
			replay->lost += head.type == RECORD_KEY || head.type == RECORD_DELTA;
			err = 0;
		}
		if (err)
			return err;
	}
}

uint64_t replay__lost(const struct replay *replay)
{
	return replay->lost;
}

struct replay_item *replay_item__get(struct replay_item *item)
{
	item->refs++;
	return item;
}

void replay_item__put(struct replay_item *item)
{
	if (!item || --item->refs)
		return;
	snapshot__free(item->snapshot);
	free(item);
}

void replay__close(struct replay *replay)
{
	if (!replay)
		return;
	drop_base(replay);
	replay_context__free(replay->context);
	replay_file__free(replay->file);
	free(replay->marks);
	free(replay->gaps);
	free(replay);
}
