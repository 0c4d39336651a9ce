/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_context: what the snapshots of a recording are about: their run, and the layouts and names that their values go by. Each is
 * kept once, for as long as this: frames point to it.
 */
#ifndef KVMTOP_SOURCES_REPLAY_CONTEXT_H
#define KVMTOP_SOURCES_REPLAY_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "replay_file.h"

struct codec_context;
struct codec_reader;
struct replay_context;

/* A run that was read. */
struct kept_run {
	struct codec_reader *reader;
	struct position at; /* so that it is kept once, however often it is read */
	uint64_t number;    /* the same if a run goes on in another piece */
};

/* Nothing was read yet; NULL: no memory. */
struct replay_context *replay_context__new(void);
/* Takes NULL. */
void replay_context__free(struct replay_context *about);

/*
 * Takes the payload of a record of a run, which is at @at, or of a context. Snapshots are about that from now on. 0 or a negative errno; -EBADMSG: it
 * is damaged, or the context is of another run.
 */
int replay_context__read_run(struct replay_context *about, struct position at,
			     const uint8_t *payload, size_t n);
int replay_context__read(struct replay_context *about, const uint8_t *payload, size_t n);

/* The context is not known from now on; the run is. */
void replay_context__forget(struct replay_context *about);

/* The run that was read last; NULL: none was. Valid until the next is read. */
const struct kept_run *replay_context__run(const struct replay_context *about);
/* What it says now. */
const struct codec_context *replay_context__now(const struct replay_context *about);

#endif
