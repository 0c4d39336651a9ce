/* SPDX-License-Identifier: GPL-2.0 */
/*
 * memstream: a stream whose text is in memory, as of open_memstream(3). When it has no memory
 * to grow it fails at its end, where open_memstream silently keeps a part of the text.
 */
#ifndef KVMTOP_BASE_MEMSTREAM_H
#define KVMTOP_BASE_MEMSTREAM_H

#include <stddef.h>
#include <stdio.h>

/* What is written to the stream becomes *@text, of *@len bytes and a NUL, when it is closed; until then *@text is NULL. NULL: no memory. */
FILE *memstream_open(char **text, size_t *len);

/* Closes @mem, which makes *@text. 0, or -ENOMEM: then *@text is NULL, and nothing is left to free. */
int memstream_close(FILE *mem, char **text);

#endif
