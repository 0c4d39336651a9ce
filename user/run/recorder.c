// SPDX-License-Identifier: GPL-2.0
#include "recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/own_file.h"
#include "../base/wire.h"
#include "../model/record.h"
#include "../model/snapshot.h"
#include "../sources/replay.h"

/*
 * How often a snapshot stands by itself, which limits what a damaged part or --since costs. It does
 * so when such snapshots are a small part of the file; these two are the shortest and longest
 * distances.
 */
#define KEY_EVERY_MIN 60
#define KEY_EVERY_MAX 600
#define KEY_SHARE 4 /* the bytes of the others are so many times its own */

#define SYNC_EVERY_NS UINT64_C(5000000000)

struct recorder {
	struct recorder_opts opts;
	char *older; /* FILE.1 */
	int fd;
	uint64_t bytes; /* of FILE, all whole records */
	uint64_t cut_bytes;
	struct codec_context
		context; /* of the last snapshot; id 0: none of this run in this file yet */
	bool repeats;	 /* the last snapshot is to be the first one of this run, too */
	uint64_t next_context_id;
	unsigned int since_key;		 /* snapshots */
	uint64_t key_bytes, delta_bytes; /* of the last one by itself, and of those after it */
	const struct snapshot
		*last; /* that was written; only compared; NULL: the next stands by itself */
	uint64_t synced_ns;
	struct wire_out out;
};

DEFINE_CLEANUP(recorder, struct recorder, recorder__close)

static int __attribute__((format(printf, 4, 5)))
refuse(int err, char *why, size_t why_size, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, why_size, fmt, args);
	va_end(args);
	return err;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return timespec_ns(&now);
}

/* ---- the file */

/* The names of VMs are private: 0600. */
static int open_file(const char *path, int flags, char *why, size_t why_size)
{
	const struct own_file_opts opts = { .flags = O_RDWR | O_APPEND | flags, .mode = 0600 };
	char what[256];
	struct stat st;
	int fd = own_file__open(path, &opts, what, sizeof(what), &st);

	if (fd < 0)
		return refuse(fd, why, why_size, "%s: %s", path, what);
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return fd;
	close(fd);
	return refuse(-EBUSY, why, why_size, "%s: another kvmtop records to it: give another file",
		      path);
}

/* Looks at what is in a file; of one that is no recording says so. */
static int check_file(const char *path, char *why, size_t why_size, struct replay_info *ret_info)
{
	struct replay *replay = NULL;
	char what[512];
	int err = replay__open(path, false, what, sizeof(what), &replay);

	if (err == -EBADMSG || err == -EPROTO)
		return refuse(err, why, why_size, "%s; it is left as it is: give another file",
			      what);
	if (err)
		return refuse(err, why, why_size, "%s", what);
	*ret_info = *replay__info(replay);
	replay__close(replay);
	return 0;
}

/* What it will be renamed over must be a recording, too. */
static int check_older(const struct recorder *recorder, char *why, size_t why_size)
{
	struct replay_info info;

	return access(recorder->older, F_OK) ? 0
					     : check_file(recorder->older, why, why_size, &info);
}

/* A record that was cut off goes: what is behind it could not be found as fast. */
static int cut_torn(struct recorder *recorder, const struct replay_info *info, char *why,
		    size_t why_size)
{
	if (info->torn_bytes && ftruncate(recorder->fd, (off_t)info->whole_bytes))
		return refuse(-errno, why, why_size, "%s: %s", recorder->opts.path,
			      strerror(errno));
	recorder->bytes = info->whole_bytes;
	recorder->cut_bytes = info->torn_bytes;
	return 0;
}

int recorder__open(const struct recorder_opts *opts, char *why, size_t why_size,
		   struct recorder **ret_recorder)
{
	__cleanup(cleanup_recorder) struct recorder *recorder = calloc(1, sizeof(*recorder));
	struct replay_info info;
	int err;

	if (!recorder)
		return refuse(-ENOMEM, why, why_size, "%s", strerror(ENOMEM));
	recorder->fd = -1;
	recorder->opts = *opts;
	recorder->opts.run.id = (uint64_t)now_ns();
	recorder->next_context_id = recorder->opts.run.id;
	recorder->synced_ns = clock_now_ns();
	if (asprintf(&recorder->older, "%s.1", opts->path) < 0) {
		recorder->older = NULL;
		return refuse(-ENOMEM, why, why_size, "%s", strerror(ENOMEM));
	}
	err = check_older(recorder, why, why_size);
	if (err)
		return err;
	recorder->fd = open_file(opts->path, 0, why, why_size);
	if (recorder->fd < 0)
		return recorder->fd;
	err = check_file(opts->path, why, why_size, &info);
	if (!err)
		err = cut_torn(recorder, &info, why, why_size);
	if (err)
		return err;
	*ret_recorder = take_ptr(recorder);
	return 0;
}

uint64_t recorder__cut_bytes(const struct recorder *recorder)
{
	return recorder->cut_bytes;
}

/* Whether the name is still that of our file; false, too, when it is nothing's. */
static bool is_there(const struct recorder *recorder, int folder, const char *name)
{
	struct stat ours, there;

	return !fstat(recorder->fd, &ours) && !fstatat(folder, name, &there, 0) &&
	       ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/*
 * FILE becomes FILE.1, in the folder that is found by the rules of own_file. What is not ours stays where it is. 1; 0: there is no FILE any
 * more; or a negative errno.
 */
static int make_older(const struct recorder *recorder, int folder, const char *name,
		      const char *older)
{
	if (!is_there(recorder, folder, name))
		return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) ? 0 : -EEXIST;
	return renameat(folder, name, folder, older) ? -errno : 1;
}

/* The newest snapshots are the most useful ones. */
static int begin_new_file(struct recorder *recorder)
{
	__autofree char *name = NULL, *older = NULL;
	char why[512];
	__autoclose int folder = own_file__folder(recorder->opts.path, why, sizeof(why), &name);
	int fd, renamed;

	if (folder < 0)
		return folder;
	if (asprintf(&older, "%s.1", name) < 0) {
		older = NULL;
		return -ENOMEM;
	}
	if (check_older(recorder, why, sizeof(why)))
		return -EEXIST;
	fdatasync(recorder->fd);
	renamed = make_older(recorder, folder, name, older);
	if (renamed < 0)
		return renamed;
	fd = open_file(recorder->opts.path, O_EXCL, why, sizeof(why));
	if (fd < 0) {
		/* Then the old one goes on, and this is tried again. */
		if (renamed && renameat(folder, older, folder, name))
			return -errno;
		return fd;
	}
	close(recorder->fd);
	recorder->fd = fd;
	recorder->bytes = 0;
	recorder->context.id = 0;
	return 0;
}

/* ---- records */

/* All of it or nothing. */
static int append(struct recorder *recorder, const uint8_t *bytes, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t written = write(recorder->fd, bytes + done, n - done);
		int err = written < 0 ? -errno : -ENOSPC;

		if (err == -EINTR)
			continue;
		if (written <= 0) {
			/* Should this fail, the next reader sees that it is torn. */
			if (done && ftruncate(recorder->fd, (off_t)recorder->bytes))
				return -errno;
			return err;
		}
		done += (size_t)written;
	}
	recorder->bytes += n;
	return 0;
}

/* What is in recorder->out. */
static int write_record(struct recorder *recorder, enum record_type type, int64_t at_ns)
{
	__autofree uint8_t *record = NULL;
	size_t n;
	int err = record_make(type, at_ns, recorder->out.v, recorder->out.n, true, &record, &n);

	return err ? err : append(recorder, record, n);
}

static bool is_context(const struct recorder *recorder, const struct snapshot *snapshot)
{
	const struct codec_context *context = &recorder->context;

	return context->id && context->vm_layout == snapshot->vm_layout &&
	       context->vcpu_layout == snapshot->vcpu_layout &&
	       context->events == snapshot->event_names;
}

static int write_run(struct recorder *recorder)
{
	int err;

	wire_reset(&recorder->out);
	err = codec_write_run(&recorder->opts.run, &recorder->out);
	return err ? err : write_record(recorder, RECORD_RUN, now_ns());
}

static int write_context(struct recorder *recorder, const struct snapshot *snapshot)
{
	const struct codec_context context = {
		.run_id = recorder->opts.run.id,
		.id = ++recorder->next_context_id,
		.vm_layout = snapshot->vm_layout,
		.vcpu_layout = snapshot->vcpu_layout,
		.events = snapshot->event_names,
	};
	int err = recorder->context.id ? 0 : write_run(recorder);

	if (err)
		return err;
	wire_reset(&recorder->out);
	err = codec_write_context(&context, &recorder->out);
	if (!err)
		err = write_record(recorder, RECORD_CONTEXT, now_ns());
	if (!err)
		recorder->context = context;
	return err;
}

static int write_snapshot(struct recorder *recorder, const struct snapshot *cur,
			  const struct snapshot *base)
{
	uint64_t before = recorder->bytes, bytes;
	int err;

	wire_reset(&recorder->out);
	err = codec_write_snapshot(recorder->context.id, cur, base, &recorder->out);
	if (!err)
		err = write_record(recorder, base ? RECORD_DELTA : RECORD_KEY,
				   timespec_ns(&cur->wall));
	if (err)
		return err;
	bytes = recorder->bytes - before;
	recorder->since_key = base ? recorder->since_key + 1 : 1;
	recorder->delta_bytes = base ? recorder->delta_bytes + bytes : 0;
	recorder->key_bytes = base ? recorder->key_bytes : bytes;
	return 0;
}

static bool is_key_due(const struct recorder *recorder)
{
	return recorder->since_key >= KEY_EVERY_MAX ||
	       (recorder->since_key >= KEY_EVERY_MIN &&
		recorder->delta_bytes >= KEY_SHARE * recorder->key_bytes);
}

/* The disk may be slow, and what runs on this host needs it, too. */
static void sync_now_and_then(struct recorder *recorder)
{
	uint64_t now = clock_now_ns();

	if (now - recorder->synced_ns < SYNC_EVERY_NS)
		return;
	fdatasync(recorder->fd);
	recorder->synced_ns = clock_now_ns();
}

/* @prev is there, and was the last one. */
static int repeat(struct recorder *recorder, const struct snapshot *prev)
{
	int err = write_context(recorder, prev);

	return err ? err : write_snapshot(recorder, prev, NULL);
}

static int add(struct recorder *recorder, const struct snapshot *cur, const struct snapshot *prev)
{
	bool follows = prev && prev == recorder->last;
	bool alone = !follows || is_key_due(recorder);
	int err = 0;

	recorder->last = NULL;
	if (recorder->bytes >= recorder->opts.bytes_max / 2) {
		err = begin_new_file(recorder);
		alone = true;
	}
	if (!err && recorder->repeats && follows)
		err = repeat(recorder, prev);
	recorder->repeats &= err != 0;
	if (!err && !is_context(recorder, cur)) {
		err = write_context(recorder, cur);
		alone = true;
	}
	if (!err)
		err = write_snapshot(recorder, cur, alone ? NULL : prev);
	if (!err)
		recorder->last = cur;
	return err;
}

int recorder__write(struct recorder *recorder, const struct snapshot *cur,
		    const struct snapshot *prev)
{
	int err = add(recorder, cur, prev);

	if (!err)
		sync_now_and_then(recorder);
	return err;
}

void recorder__begin_run(struct recorder *recorder, uint32_t detail_kinds,
			 const struct detail_names *details)
{
	struct codec_run *run = &recorder->opts.run;
	const uint64_t now = (uint64_t)now_ns();

	run->id = now > run->id ? now : run->id + 1;
	run->detail_kinds = detail_kinds;
	run->details = details;
	recorder->context.id = 0;
	recorder->repeats = true;
}

int recorder__sync(struct recorder *recorder)
{
	return fdatasync(recorder->fd) ? -errno : 0;
}

void recorder__close(struct recorder *recorder)
{
	if (!recorder)
		return;
	if (recorder->fd >= 0) {
		fdatasync(recorder->fd);
		close(recorder->fd);
	}
	wire_release(&recorder->out);
	free(recorder->older);
	free(recorder);
}
