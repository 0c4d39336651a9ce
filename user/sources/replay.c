// SPDX-License-Identifier: GPL-2.0
#include "replay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../model/event_names.h"
#include "../model/record.h"
#include "../model/snapshot.h"
#include "../model/stats.h"

/* What is read at once, at least. */
#define CHUNK_BYTES ((size_t)256 << 10)

enum { PIECE_OLDER, PIECE_FILE, PIECE_MAX };

struct piece {
	int fd; /* -1: there is none */
	uint64_t size;
};

struct position {
	int piece;
	uint64_t at;
};

/* Where reading can begin: a snapshot by itself, and what it is about. */
struct mark {
	struct position key, run, context;
	int64_t wall_ns;
};

/* A run that was read: frames point to what it has. */
struct kept_run {
	struct codec_reader *reader;
	struct position at; /* so that it is kept once, however often it is read */
	uint64_t number;
};

struct replay {
	struct piece pieces[PIECE_MAX];
	struct replay_info info;
	struct mark *marks;
	size_t n_marks, marks_size;

	uint8_t *chunk; /* what was read last */
	size_t chunk_n, chunk_size;
	struct position chunk_at;

	struct position next;
	struct kept_run *runs;
	size_t n_runs;
	const struct kept_run *run; /* that the next snapshot is of; NULL: none was read */
	uint64_t last_number;
	const struct stat_layout **layouts; /* all different ones */
	size_t n_layouts;
	const struct event_names **events;
	size_t n_events;
	struct codec_context context; /* what it has is in those */
	struct replay_item *base; /* of the next snapshot; NULL: only one by itself can be read */
	uint64_t lost;
};

DEFINE_CLEANUP(replay, struct replay, replay__close)

/* As one number. A file is smaller than 2^63 bytes. */
static uint64_t place_of(struct position at)
{
	return (uint64_t)at.piece << 63 | at.at;
}

/* Makes room for one more in an array. */
#define GROW(v, n)                                                            \
	({                                                                    \
		typeof(v) __grown = reallocarray((v), (n) + 1, sizeof(*(v))); \
		if (__grown)                                                  \
			(v) = __grown;                                        \
		__grown != NULL;                                              \
	})

/* ---- bytes */

static int fill_chunk(struct replay *replay, struct position from, size_t n)
{
	const struct piece *piece = &replay->pieces[from.piece];
	uint64_t left = piece->size - from.at;
	size_t want = n > CHUNK_BYTES ? n : CHUNK_BYTES;

	if (want > left)
		want = (size_t)left;
	if (want > replay->chunk_size) {
		uint8_t *chunk = realloc(replay->chunk, want);

		if (!chunk)
			return -ENOMEM;
		replay->chunk = chunk;
		replay->chunk_size = want;
	}
	replay->chunk_at = from;
	replay->chunk_n = 0;
	while (replay->chunk_n < want) {
		ssize_t got = pread(piece->fd, replay->chunk + replay->chunk_n,
				    want - replay->chunk_n, (off_t)(from.at + replay->chunk_n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got) /* it was cut meanwhile */
			break;
		replay->chunk_n += (size_t)got;
	}
	return replay->chunk_n < n ? -EBADMSG : 0;
}

/* @n bytes from @from on, until the next call. -EBADMSG: the file ends before. */
static int fetch(struct replay *replay, struct position from, size_t n, const uint8_t **ret_bytes)
{
	uint64_t size = replay->pieces[from.piece].size;
	uint64_t skip = from.at - replay->chunk_at.at;
	int err;

	if (from.at > size || size - from.at < n)
		return -EBADMSG;
	if (from.piece != replay->chunk_at.piece || from.at < replay->chunk_at.at ||
	    skip > replay->chunk_n || replay->chunk_n - skip < n) {
		err = fill_chunk(replay, from, n);
		if (err)
			return err;
		skip = 0;
	}
	*ret_bytes = replay->chunk + skip;
	return 0;
}

/* The head of the record at @at, if the whole of it is there. 0, -EBADMSG, -EPROTO or another negative errno. */
static int read_head(struct replay *replay, struct position at, struct record_head *ret_head)
{
	const uint8_t *bytes;
	int err = fetch(replay, at, RECORD_HEAD_BYTES, &bytes);

	if (!err)
		err = record_parse_head(bytes, ret_head);
	if (!err && replay->pieces[at.piece].size - at.at - RECORD_HEAD_BYTES < ret_head->bytes)
		err = -EBADMSG;
	return err;
}

/* The first whole record behind @at, or the end. 0 or a negative errno. */
static int find_record(struct replay *replay, struct position *at)
{
	const uint64_t size = replay->pieces[at->piece].size;

	for (at->at++; at->at < size;) {
		uint64_t left = size - at->at;
		size_t n = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
		const uint8_t *bytes, *found;
		struct record_head head;
		int err = fetch(replay, *at, n, &bytes);

		if (err)
			return err == -EBADMSG ? 0 : err;
		found = memmem(bytes, n, RECORD_MAGIC, RECORD_MAGIC_BYTES);
		if (!found) { /* it may be in part at the end of these */
			at->at += left > n ? n - (RECORD_MAGIC_BYTES - 1) : n;
			continue;
		}
		at->at += (uint64_t)(found - bytes);
		err = read_head(replay, *at, &head);
		if (err != -EBADMSG && err != -EPROTO)
			return err;
		at->at++;
	}
	return 0;
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

static int note_record(struct replay *replay, struct position at, const struct record_head *head,
		       struct mark *mark)
{
	struct replay_info *info = &replay->info;

	switch (head->type) {
	case RECORD_RUN:
		info->n_runs++;
		mark->run = at;
		mark->context = at; /* none yet */
		return 0;
	case RECORD_CONTEXT:
		mark->context = at;
		return 0;
	default:
		if (!info->n++)
			info->first_ns = head->wall_ns;
		info->last_ns = head->wall_ns;
		return head->type == RECORD_KEY ? add_mark(replay, *mark, at, head->wall_ns) : 0;
	}
}

/* What is from @from to @to is in no record. */
static void note_damage(struct replay *replay, struct position from, uint64_t to)
{
	struct replay_info *info = &replay->info;

	if (from.piece == PIECE_FILE && to == replay->pieces[from.piece].size) {
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

	while (at.at < replay->pieces[piece].size) {
		struct position from = at;
		struct record_head head;
		int err = read_head(replay, at, &head);

		if (!err) {
			err = note_record(replay, at, &head, &mark);
			at.at += RECORD_HEAD_BYTES + (uint64_t)head.bytes;
		} else if (err == -EBADMSG || err == -EPROTO) {
			err = find_record(replay, &at);
			note_damage(replay, from, at.at);
		}
		if (err)
			return err;
	}
	return 0;
}

static int refuse(char *why, size_t why_size, const char *path, const char *what, int err)
{
	snprintf(why, why_size, "%s: %s", path, what);
	return err;
}

/* Whether it begins as a recording does; what is torn may be shorter than a head, but not another's. */
static int check_magic(struct replay *replay, int piece, const char *path, char *why,
		       size_t why_size)
{
	const struct position start = { .piece = piece };
	uint64_t size = replay->pieces[piece].size;
	size_t n = size < RECORD_MAGIC_BYTES ? (size_t)size : RECORD_MAGIC_BYTES;
	const uint8_t *bytes;
	int err = n ? fetch(replay, start, n, &bytes) : 0;

	if (err)
		return refuse(why, why_size, path, strerror(-err), err);
	if (n && memcmp(bytes, RECORD_MAGIC, n < RECORD_MAGIC_BYTES ? n : n - 1))
		return refuse(why, why_size, path, "not a recording of kvmtop", -EBADMSG);
	if (n == RECORD_MAGIC_BYTES && bytes[n - 1] != RECORD_MAGIC[n - 1])
		return refuse(why, why_size, path,
			      "a recording in another format: it takes the kvmtop that wrote it",
			      -EPROTO);
	return 0;
}

static int open_piece(struct replay *replay, int number, const char *path, char *why,
		      size_t why_size)
{
	struct piece *piece = &replay->pieces[number];
	struct stat st;
	int err;

	piece->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (piece->fd < 0)
		return refuse(why, why_size, path, strerror(errno), -errno);
	if (fstat(piece->fd, &st))
		return refuse(why, why_size, path, strerror(errno), -errno);
	if (!S_ISREG(st.st_mode))
		return refuse(why, why_size, path, "not a regular file", -EBADMSG);
	piece->size = (uint64_t)st.st_size;
	err = check_magic(replay, number, path, why, why_size);
	if (err)
		return err;
	replay->info.pieces[number] = true;
	replay->info.bytes += piece->size;
	err = scan_piece(replay, number);
	return err ? refuse(why, why_size, path, strerror(-err), err) : 0;
}

static int open_older(struct replay *replay, const char *path, char *why, size_t why_size)
{
	__autofree char *older = NULL;

	if (asprintf(&older, "%s.1", path) < 0) {
		older = NULL;
		return refuse(why, why_size, path, strerror(ENOMEM), -ENOMEM);
	}
	return access(older, F_OK) ? 0 : open_piece(replay, PIECE_OLDER, older, why, why_size);
}

int replay__open(const char *path, bool pieces, char *why, size_t why_size,
		 struct replay **ret_replay)
{
	__cleanup(cleanup_replay) struct replay *replay = calloc(1, sizeof(*replay));
	int err;

	if (!replay)
		return refuse(why, why_size, path, strerror(ENOMEM), -ENOMEM);
	replay->pieces[PIECE_OLDER].fd = replay->pieces[PIECE_FILE].fd = -1;
	err = pieces ? open_older(replay, path, why, why_size) : 0;
	if (!err)
		err = open_piece(replay, PIECE_FILE, path, why, why_size);
	/* Its writer may have ended when it had renamed it. */
	if (err == -ENOENT && replay->info.pieces[PIECE_OLDER])
		err = 0;
	if (err)
		return err;
	replay->info.whole_bytes = replay->pieces[PIECE_FILE].size - replay->info.torn_bytes;
	replay->next.piece = replay->info.pieces[PIECE_OLDER] ? PIECE_OLDER : PIECE_FILE;
	*ret_replay = take_ptr(replay);
	return 0;
}

const struct replay_info *replay__info(const struct replay *replay)
{
	return &replay->info;
}

/* ---- reading */

static const struct stat_layout *keep_layout(struct replay *replay,
					     const struct stat_layout **layout)
{
	if (!*layout)
		return NULL;
	for (size_t i = 0; i < replay->n_layouts; i++)
		if (stat_layout__equal(replay->layouts[i], *layout))
			return replay->layouts[i];
	if (!GROW(replay->layouts, replay->n_layouts))
		return NULL;
	return replay->layouts[replay->n_layouts++] = take_ptr(*layout);
}

static const struct event_names *keep_events(struct replay *replay,
					     const struct event_names **events)
{
	if (!*events)
		return NULL;
	for (size_t i = 0; i < replay->n_events; i++)
		if (event_names__equal(replay->events[i], *events))
			return replay->events[i];
	if (!GROW(replay->events, replay->n_events))
		return NULL;
	return replay->events[replay->n_events++] = take_ptr(*events);
}

/* What is the same is the same pointer: by it delta knows that two samples can be compared. */
static int read_context(struct replay *replay, const uint8_t *payload, size_t n)
{
	__cleanup(codec_context__release) struct codec_context context = { .events = NULL };
	struct codec_context had;
	int err = codec_read_context(payload, n, &context);

	if (err)
		return err;
	if (!replay->run || context.run_id != replay->run->reader->run.id)
		return -EBADMSG;
	had = context;
	replay->context = (struct codec_context){
		.run_id = context.run_id,
		.id = context.id,
		.vm_layout = keep_layout(replay, &context.vm_layout),
		.vcpu_layout = keep_layout(replay, &context.vcpu_layout),
		.events = keep_events(replay, &context.events),
	};
	if ((had.vm_layout && !replay->context.vm_layout) ||
	    (had.vcpu_layout && !replay->context.vcpu_layout) ||
	    (had.events && !replay->context.events))
		return -ENOMEM;
	return 0;
}

static const struct kept_run *find_run(const struct replay *replay, struct position at)
{
	for (size_t i = 0; i < replay->n_runs; i++)
		if (replay->runs[i].at.piece == at.piece && replay->runs[i].at.at == at.at)
			return &replay->runs[i];
	return NULL;
}

/* A run may go on in a new file. */
static uint64_t number_of(struct replay *replay, const struct codec_reader *reader)
{
	for (size_t i = 0; i < replay->n_runs; i++)
		if (replay->runs[i].reader->run.id == reader->run.id)
			return replay->runs[i].number;
	return ++replay->last_number;
}

static int keep_run(struct replay *replay, struct position at, const uint8_t *payload, size_t n)
{
	struct kept_run kept = { .at = at };
	const size_t before = replay->run ? (size_t)(replay->run - replay->runs) : 0;
	int err = GROW(replay->runs, replay->n_runs) ? 0 : -ENOMEM;

	if (!err && replay->run)
		replay->run = &replay->runs[before];
	if (!err)
		err = codec_read_run(payload, n, &kept.reader);
	if (err)
		return err;
	kept.number = number_of(replay, kept.reader);
	replay->runs[replay->n_runs] = kept;
	replay->run = &replay->runs[replay->n_runs++];
	return 0;
}

static int read_run(struct replay *replay, struct position at, const uint8_t *payload, size_t n)
{
	const struct kept_run *kept = find_run(replay, at);
	int err = kept ? 0 : keep_run(replay, at, payload, n);

	if (kept)
		replay->run = kept;
	if (!err)
		replay->context = (struct codec_context){ .events = NULL };
	return err;
}

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
	struct replay_item *item;
	int err;

	if (!replay->run || (type == RECORD_DELTA && !base))
		return -EBADMSG;
	item = calloc(1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	item->refs = 1;
	item->run = &replay->run->reader->run;
	item->run_number = replay->run->number;
	item->place = place_of(at);
	err = codec_read_snapshot(replay->run->reader, &replay->context, base, payload, n,
				  CODEC_MEMORY_MAX, &item->snapshot);
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
	int err = fetch(replay, behind, head->bytes, &bytes);

	if (!err)
		err = record_unpack(head, bytes, &payload);
	if (!err && head->type == RECORD_RUN)
		err = read_run(replay, at, payload, head->raw_bytes);
	else if (!err && head->type == RECORD_CONTEXT)
		err = read_context(replay, payload, head->raw_bytes);
	else if (!err)
		return read_snapshot(replay, at, head->type, payload, head->raw_bytes);
	drop_base(replay);
	/* Then the meaning of the snapshots after it is unknown. */
	if (err && (head->type == RECORD_RUN || head->type == RECORD_CONTEXT))
		replay->context = (struct codec_context){ .id = 0 };
	return err;
}

/* Begins with what @mark is about; NULL: with the first record. */
static int begin_at(struct replay *replay, const struct mark *mark)
{
	struct position where[2];

	drop_base(replay);
	replay->lost = 0;
	replay->context = (struct codec_context){ .id = 0 };
	replay->next = (struct position){
		.piece = replay->info.pieces[PIECE_OLDER] ? PIECE_OLDER : PIECE_FILE,
	};
	if (!mark)
		return 0;
	where[0] = mark->run;
	where[1] = mark->context;
	for (size_t i = 0; i < ARRAY_SIZE(where); i++) {
		struct record_head head;
		int err = read_head(replay, where[i], &head);

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

		if (at->at >= replay->pieces[at->piece].size) {
			if (at->piece == PIECE_FILE)
				return -ENODATA;
			*at = (struct position){ .piece = PIECE_FILE };
			continue;
		}
		err = read_head(replay, *at, ret_head);
		if (!err) {
			*ret_at = *at;
			at->at += RECORD_HEAD_BYTES + (uint64_t)ret_head->bytes;
			return 0;
		}
		if (err == -EBADMSG || err == -EPROTO)
			err = find_record(replay, at);
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
	for (size_t i = 0; i < replay->n_runs; i++)
		codec_reader__free(replay->runs[i].reader);
	for (size_t i = 0; i < replay->n_layouts; i++)
		stat_layout__free((struct stat_layout *)replay->layouts[i]);
	for (size_t i = 0; i < replay->n_events; i++)
		free((struct event_names *)replay->events[i]);
	for (size_t i = 0; i < PIECE_MAX; i++)
		if (replay->pieces[i].fd >= 0)
			close(replay->pieces[i].fd);
	free(replay->runs);
	free(replay->layouts);
	free(replay->events);
	free(replay->marks);
	free(replay->chunk);
	free(replay);
}
