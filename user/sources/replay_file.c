// SPDX-License-Identifier: GPL-2.0
#include "replay_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../model/record.h"

/* What is read at once, at least. */
#define CHUNK_BYTES ((size_t)256 << 10)

struct piece {
	int fd; /* -1: there is none */
	uint64_t size;
};

struct replay_file {
	struct piece pieces[PIECE_MAX];
	uint8_t *chunk; /* what was read last */
	size_t chunk_n, chunk_size;
	struct position chunk_at;
};

struct replay_file *replay_file__new(void)
{
	struct replay_file *file = calloc(1, sizeof(*file));

	for (size_t i = 0; file && i < PIECE_MAX; i++)
		file->pieces[i].fd = -1;
	return file;
}

void replay_file__free(struct replay_file *file)
{
	if (!file)
		return;
	for (size_t i = 0; i < PIECE_MAX; i++)
		if (file->pieces[i].fd >= 0)
			close(file->pieces[i].fd);
	free(file->chunk);
	free(file);
}

uint64_t replay_file__size(const struct replay_file *file, int piece)
{
	return file->pieces[piece].size;
}

static int fill_chunk(struct replay_file *file, struct position from, size_t n)
{
	const struct piece *piece = &file->pieces[from.piece];
	uint64_t left = piece->size - from.at;
	size_t want = n > CHUNK_BYTES ? n : CHUNK_BYTES;

	if (want > left)
		want = (size_t)left;
	if (want > file->chunk_size) {
		uint8_t *chunk = realloc(file->chunk, want);

		if (!chunk)
			return -ENOMEM;
		file->chunk = chunk;
		file->chunk_size = want;
	}
	file->chunk_at = from;
	file->chunk_n = 0;
	while (file->chunk_n < want) {
		ssize_t got = pread(piece->fd, file->chunk + file->chunk_n, want - file->chunk_n,
				    (off_t)(from.at + file->chunk_n));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got) /* it was cut meanwhile */
			break;
		file->chunk_n += (size_t)got;
	}
	return file->chunk_n < n ? -EBADMSG : 0;
}

int replay_file__fetch(struct replay_file *file, struct position from, size_t n,
		       const uint8_t **ret_bytes)
{
	uint64_t size = file->pieces[from.piece].size;
	uint64_t skip = from.at - file->chunk_at.at;
	int err;

	if (from.at > size || size - from.at < n)
		return -EBADMSG;
	if (from.piece != file->chunk_at.piece || from.at < file->chunk_at.at ||
	    skip > file->chunk_n || file->chunk_n - skip < n) {
		err = fill_chunk(file, from, n);
		if (err)
			return err;
		skip = 0;
	}
	*ret_bytes = file->chunk + skip;
	return 0;
}

int replay_file__head(struct replay_file *file, struct position at, struct record_head *ret_head)
{
	const uint8_t *bytes;
	int err = replay_file__fetch(file, at, RECORD_HEAD_BYTES, &bytes);

	if (!err)
		err = record_parse_head(bytes, ret_head);
	if (!err && file->pieces[at.piece].size - at.at - RECORD_HEAD_BYTES < ret_head->bytes)
		err = -EBADMSG;
	return err;
}

int replay_file__find(struct replay_file *file, struct position *at)
{
	const uint64_t size = file->pieces[at->piece].size;

	for (at->at++; at->at < size;) {
		uint64_t left = size - at->at;
		size_t n = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
		const uint8_t *bytes, *found;
		struct record_head head;
		int err = replay_file__fetch(file, *at, n, &bytes);

		if (err)
			return err == -EBADMSG ? 0 : err;
		found = memmem(bytes, n, RECORD_MAGIC, RECORD_MAGIC_BYTES);
		if (!found) { /* it may be in part at the end of these */
			at->at += left > n ? n - (RECORD_MAGIC_BYTES - 1) : n;
			continue;
		}
		at->at += (uint64_t)(found - bytes);
		err = replay_file__head(file, *at, &head);
		if (err != -EBADMSG && err != -EPROTO)
			return err;
		at->at++;
	}
	return 0;
}

int replay_file__refuse(char *why, size_t why_size, const char *path, const char *what, int err)
{
	snprintf(why, why_size, "%s: %s", path, what);
	return err;
}

/* Whether it begins as a recording does; what is torn may be shorter than a head, but not another's. */
static int check_magic(struct replay_file *file, int piece, const char *path, char *why,
		       size_t why_size)
{
	const struct position start = { .piece = piece };
	uint64_t size = file->pieces[piece].size;
	size_t n = size < RECORD_MAGIC_BYTES ? (size_t)size : RECORD_MAGIC_BYTES;
	const uint8_t *bytes;
	int err = n ? replay_file__fetch(file, start, n, &bytes) : 0;

	if (err)
		return replay_file__refuse(why, why_size, path, strerror(-err), err);
	if (n && memcmp(bytes, RECORD_MAGIC, n < RECORD_MAGIC_BYTES ? n : n - 1))
		return replay_file__refuse(why, why_size, path, "not a recording of kvmtop",
					   -EBADMSG);
	if (n == RECORD_MAGIC_BYTES && bytes[n - 1] != RECORD_MAGIC[n - 1])
		return replay_file__refuse(why, why_size, path,
					   "a recording in another format: replay it with the "
					   "version of kvmtop that made it",
					   -EPROTO);
	return 0;
}

int replay_file__add(struct replay_file *file, enum replay_piece number, const char *path,
		     char *why, size_t why_size)
{
	struct piece *piece = &file->pieces[number];
	struct stat st;

	piece->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (piece->fd < 0)
		return replay_file__refuse(why, why_size, path, strerror(errno), -errno);
	if (fstat(piece->fd, &st))
		return replay_file__refuse(why, why_size, path, strerror(errno), -errno);
	if (!S_ISREG(st.st_mode))
		return replay_file__refuse(why, why_size, path, "not a regular file", -EBADMSG);
	piece->size = (uint64_t)st.st_size;
	return check_magic(file, number, path, why, why_size);
}
