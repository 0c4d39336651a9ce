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

struct replay {
	struct piece pieces[PIECE_MAX];
	struct replay_info info;
	struct mark *marks;
	size_t n_marks, marks_size;

	uint8_t *chunk; /* what was read last */
	size_t chunk_n, chunk_size;
	struct position chunk_at;

	struct position next;
	struct codec_reader **readers; /* all that were read, as frames point to them */
	size_t n_readers;
	uint64_t run_number;
	const struct stat_layout **layouts; /* all different ones */
	size_t n_layouts;
	const struct event_names **events;
	size_t n_events;
	struct codec_context context; /* what it has is in those */
	struct replay_item *base; /* of the next snapshot; NULL: only one by itself can be read */
	uint64_t lost;
};

DEFINE_CLEANUP(replay, struct replay, replay__close)

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

static bool are_events_equal(const struct event_names *a, const struct event_names *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]))
			return false;
	return true;
}

static const struct event_names *keep_events(struct replay *replay,
					     const struct event_names **events)
{
	if (!*events)
		return NULL;
	for (size_t i = 0; i < replay->n_events; i++)
		if (are_events_equal(replay->events[i], *events))
			return replay->events[i];
	if (!GROW(replay->events, replay->n_events))
		return NULL;
	return replay->events[replay->n_events++] = take_ptr(*events);
}

static struct codec_reader *last_reader(const struct replay *replay)
{
	return replay->n_readers ? replay->readers[replay->n_readers - 1] : NULL;
}

/* What is the same is the same pointer: by it delta knows that two samples can be compared. */
static int read_context(struct replay *replay, const uint8_t *payload, size_t n)
{
	__cleanup(codec_context__release) struct codec_context context = { .events = NULL };
	struct codec_context had;
	int err = codec_read_context(payload, n, &context);

	if (err)
		return err;
	if (!last_reader(replay) || context.run_id != last_reader(replay)->run.id)
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

/* A run may go on in a new file. */
static int read_run(struct replay *replay, const uint8_t *payload, size_t n)
{
	const struct codec_reader *before = last_reader(replay);
	struct codec_reader *reader;
	int err = GROW(replay->readers, replay->n_readers) ? 0 : -ENOMEM;

	if (!err)
		err = codec_read_run(payload, n, &reader);
	if (err)
		return err;
	if (!before || before->run.id != reader->run.id)
		replay->run_number++;
	replay->readers[replay->n_readers++] = reader;
	replay->context = (struct codec_context){ .events = NULL };
	return 0;
}

static void drop_base(struct replay *replay)
{
	replay_item__put(replay->base);
	replay->base = NULL;
}

static int read_snapshot(struct replay *replay, enum record_type type, const uint8_t *payload,
			 size_t n)
{
	const struct codec_reader *reader = last_reader(replay);
	const struct snapshot *base =
		type == RECORD_DELTA && replay->base ? replay->base->snapshot : NULL;
	struct replay_item *item;
	int err;

	if (!reader || (type == RECORD_DELTA && !base))
		return -EBADMSG;
	item = calloc(1, sizeof(*item));
	if (!item)
		return -ENOMEM;
	item->refs = 1;
	item->run = &reader->run;
	item->run_number = replay->run_number;
	err = codec_read_snapshot(reader, &replay->context, base, payload, n, CODEC_MEMORY_MAX,
				  &item->snapshot);
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
	__autofree uint8_t *payload = NULL;
	const uint8_t *bytes;
	int err;

	at.at += RECORD_HEAD_BYTES;
	err = fetch(replay, at, head->bytes, &bytes);
	if (!err)
		err = record_unpack(head, bytes, &payload);
	if (!err && head->type == RECORD_RUN)
		err = read_run(replay, payload, head->raw_bytes);
	else if (!err && head->type == RECORD_CONTEXT)
		err = read_context(replay, payload, head->raw_bytes);
	else if (!err)
		return read_snapshot(replay, head->type, payload, head->raw_bytes);
	drop_base(replay);
	/* Then nobody knows what the snapshots after it are about. */
	if (err && (head->type == RECORD_RUN || head->type == RECORD_CONTEXT))
		replay->context = (struct codec_context){ .id = 0 };
	return err;
}

int replay__seek(struct replay *replay, int64_t wall_ns)
{
	const struct mark *mark = NULL;
	struct position where[2];

	for (size_t i = 0; i < replay->n_marks; i++)
		if (replay->marks[i].wall_ns <= wall_ns)
			mark = &replay->marks[i];
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
		/* Without them the snapshots are lost, and that is told. */
		if (err && err != -EBADMSG)
			return err;
	}
	replay->next = mark->key;
	return 0;
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
	for (size_t i = 0; i < replay->n_readers; i++)
		codec_reader__free(replay->readers[i]);
	for (size_t i = 0; i < replay->n_layouts; i++)
		stat_layout__free((struct stat_layout *)replay->layouts[i]);
	for (size_t i = 0; i < replay->n_events; i++)
		free((struct event_names *)replay->events[i]);
	for (size_t i = 0; i < PIECE_MAX; i++)
		if (replay->pieces[i].fd >= 0)
			close(replay->pieces[i].fd);
	free(replay->readers);
	free(replay->layouts);
	free(replay->events);
	free(replay->marks);
	free(replay->chunk);
	free(replay);
}
