/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_writer: JSON that is written as it is made, in ASCII, without a tree of it. Knows nothing of what is in it.
 *
 * The caller closes what it opened, and writes a key before each value of an object, and there only. That is all there
 * is to keep; a library would do no more for us, and those that were tried cost more (see json_writer.c).
 */
#ifndef KVMTOP_SINKS_JSON_WRITER_H
#define KVMTOP_SINKS_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "growing.h"

struct json_writer {
	FILE *out;
	struct growing text; /* not handed to @out yet */
	bool comma;	     /* there is a value before the next one */
	int err;	     /* the first; nothing is written any more */
};

/*
 * Begins as { .out = FILE }. Ends a line: 0, -ENOMEM, -EPIPE (the reader has closed), or another
 * error of the stream.
 */
int json_writer__finish(struct json_writer *w);

void json_writer__object(struct json_writer *w);
void json_writer__array(struct json_writer *w);
void json_writer__end_object(struct json_writer *w);
void json_writer__end_array(struct json_writer *w);

/* Text from outside is escaped: bytes that are not UTF-8 become the text "\xNN". */
void json_writer__key(struct json_writer *w, const char *key);
void json_writer__text(struct json_writer *w, const char *text); /* NULL: null */
void json_writer__null(struct json_writer *w);
void json_writer__bool(struct json_writer *w, bool value);

/* What is above INT64_MAX is a real number, as few readers take more for an integer. */
void json_writer__u64(struct json_writer *w, uint64_t value);
void json_writer__i64(struct json_writer *w, int64_t value);

/* Rounded to @decimals (at most 9) behind the point, of which there always is one; null if it is not finite. */
void json_writer__real(struct json_writer *w, double value, unsigned int decimals);

#endif
