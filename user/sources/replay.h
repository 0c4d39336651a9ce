/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay: snapshots from a recording. The files are hostile: broken parts are passed over and
 * reported, and a file that is no recording is refused. Older snapshots may be in a second file,
 * FILE.1, which comes first.
 */
#ifndef KVMTOP_SOURCES_REPLAY_H
#define KVMTOP_SOURCES_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/codec.h"

struct replay;
struct snapshot;
struct time_span;

/* What is in a recording, by the envelopes of its records. */
struct replay_info {
	uint64_t n;		   /* snapshots */
	uint64_t n_runs;	   /* in pieces: one that goes on in the other piece counts twice */
	int64_t first_ns, last_ns; /* wall time of the first snapshot and of the last */
	const struct time_span *gaps; /* between one run and the next; the replay's */
	size_t n_gaps;
	bool pieces[2];		/* which there are: FILE.1, FILE */
	uint64_t bytes;		/* of both */
	uint64_t damaged_bytes; /* in between, that are in no record */
	uint64_t damaged_at;	/* the first of them */
	uint64_t torn_bytes;	/* after the last whole record of FILE */
	uint64_t whole_bytes;	/* of FILE without them */
};

/* A snapshot that was read. */
struct replay_item {
	struct snapshot *snapshot;
	const struct codec_run *run;
	uint64_t run_number; /* two of the same number may be compared */
	uint64_t place;	     /* in the recording: that of a later one is greater; see below */
	unsigned int refs;
};

/*
 * Opens a recording; @pieces: with FILE.1, if there is one. 0, or a negative errno and why in one line: -EBADMSG: it is none, -EPROTO: it is of another
 * version of the format.
 */
int replay__open(const char *path, bool pieces, char *why, size_t why_size,
		 struct replay **ret_replay);

const struct replay_info *replay__info(const struct replay *replay);

/* The next snapshot will be one of @wall_ns or not long before it, or the very first one. 0 or a negative errno. */
int replay__seek(struct replay *replay, int64_t wall_ns);

/*
 * The place of the last snapshot by itself that is before @place, and of the last that is not after
 * @wall_ns. Reading can begin there. 0: there is none, and reading begins with the first of all.
 */
uint64_t replay__start_before(const struct replay *replay, uint64_t place);
uint64_t replay__start_at(const struct replay *replay, int64_t wall_ns);

/* The next snapshot will be that of @place or not long before it, or the very first one. 0 or a negative errno. */
int replay__seek_place(struct replay *replay, uint64_t place);

/*
 * The next snapshot; @ret_item holds it until replay_item__put, and not longer than @replay. 0; -ENODATA: there are no more; or another negative errno: -EPROTO: what
 * wrote it knows more than this kvmtop.
 */
int replay__next(struct replay *replay, struct replay_item **ret_item);

/* How many snapshots could not be read since the seek, besides what the info has. */
uint64_t replay__lost(const struct replay *replay);

struct replay_item *replay_item__get(struct replay_item *item);
/* Takes NULL. */
void replay_item__put(struct replay_item *item);

void replay__close(struct replay *replay);

#endif
