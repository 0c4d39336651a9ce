/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_files: what is shown, into files or onto the terminal after the screen is gone.
 */
#ifndef KVMTOP_RUN_SCREEN_FILES_H
#define KVMTOP_RUN_SCREEN_FILES_H

#include <stddef.h>
#include <stdio.h>

struct frame;
struct grid;
struct options;

/*
 * Writes @frame as kvmtop-HOST-TIME.txt and .json into the current folder: new files, which only their owner may read. 0, or a negative errno;
 * @said has one line in any case.
 */
int screen_files__write(const struct options *options, const struct frame *frame, char *said,
			size_t said_size);

/* The lines of @grid as text. */
void screen_files__print(const struct grid *grid, FILE *out);

#endif
