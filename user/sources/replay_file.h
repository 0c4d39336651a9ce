/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_file: the bytes of a recording, which may be in two pieces, and where the records among them are.
 */
#ifndef KVMTOP_SOURCES_REPLAY_FILE_H
#define KVMTOP_SOURCES_REPLAY_FILE_H

#include <stddef.h>
#include <stdint.h>

struct record_head;
struct replay_file;

/* FILE.1, FILE. */
enum replay_piece { PIECE_OLDER, PIECE_FILE, PIECE_MAX };

struct position {
	int piece;
	uint64_t at;
};

/* Without pieces yet; NULL: no memory. */
struct replay_file *replay_file__new(void);
/* Takes NULL. */
void replay_file__free(struct replay_file *file);

/*
 * Opens one piece. 0, or a negative errno and why in one line: -EBADMSG: it is no recording, -EPROTO: it is of another
 * version of the format.
 */
int replay_file__add(struct replay_file *file, enum replay_piece piece, const char *path, char *why,
		     size_t why_size);

/* Says in one line why @path is not taken, and returns @err. */
int replay_file__refuse(char *why, size_t why_size, const char *path, const char *what, int err);

/* Bytes; 0: there is no such piece. */
uint64_t replay_file__size(const struct replay_file *file, int piece);

/* @n bytes from @from on, until the next call. -EBADMSG: the file ends before. */
int replay_file__fetch(struct replay_file *file, struct position from, size_t n,
		       const uint8_t **ret_bytes);

/* The head of the record at @at, if the whole of it is there. 0, -EBADMSG, -EPROTO or another negative errno. */
int replay_file__head(struct replay_file *file, struct position at, struct record_head *ret_head);

/* The first whole record behind @at, or the end. 0 or a negative errno. */
int replay_file__find(struct replay_file *file, struct position *at);

#endif
