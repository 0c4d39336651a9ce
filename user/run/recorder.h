/* SPDX-License-Identifier: GPL-2.0 */
/*
 * recorder: appends snapshots to a recording.
 *
 * Each record is one write, so a kvmtop that is killed loses the snapshot that it was writing at most. What is written is brought to the disk
 * now and then (fdatasync), so a host that crashes loses the last seconds. When the file has half of its size it becomes FILE.1,
 * in the place of an older one, and a new one is begun.
 */
#ifndef KVMTOP_RUN_RECORDER_H
#define KVMTOP_RUN_RECORDER_H

#include <stddef.h>
#include <stdint.h>

#include "../model/codec.h"

struct recorder;
struct snapshot;

struct recorder_opts {
	const char *path;
	uint64_t bytes_max;   /* of FILE and FILE.1 together, but for a snapshot */
	struct codec_run run; /* but for its id; all outlives the recorder */
};

/*
 * Opens a new file, or a recording to append to: ours (see own_file), and without another writer.
 * Any other file is not touched. 0, or a negative errno and in @why one line that says what is
 * wrong and what to do.
 */
int recorder__open(const struct recorder_opts *opts, char *why, size_t why_size,
		   struct recorder **ret_recorder);

/* How many bytes of a torn record were cut off the end of the file. */
uint64_t recorder__cut_bytes(const struct recorder *recorder);

/*
 * Appends @cur; @prev is the snapshot of the call before, or NULL. 0, or a negative errno: then this snapshot is not in it, and what is in it
 * is as whole as it was. The next one may be.
 */
int recorder__write(struct recorder *recorder, const struct snapshot *cur,
		    const struct snapshot *prev);

/*
 * From the next snapshot on it is another run in the file, with these kinds of details. The snapshot before that one begins it once more, if it was
 * written: so the interval between the two can be replayed.
 */
void recorder__begin_run(struct recorder *recorder, uint32_t detail_kinds,
			 const struct detail_names *details);

/* Brings all of it to the disk. 0, or a negative errno: the last snapshots may not be there. */
int recorder__sync(struct recorder *recorder);

/* Takes NULL. */
void recorder__close(struct recorder *recorder);

#endif
