/* SPDX-License-Identifier: GPL-2.0 */
/*
 * memstream: ends a stream of open_memstream(3), and says whether there is a text.
 */
#ifndef KVMTOP_BASE_MEMSTREAM_H
#define KVMTOP_BASE_MEMSTREAM_H

#include <stdio.h>

/* Closes @mem, which makes *@text. 0, or -ENOMEM: then *@text is NULL, and nothing is left to free. */
int memstream_close(FILE *mem, char **text);

#endif
