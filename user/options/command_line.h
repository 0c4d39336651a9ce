/* SPDX-License-Identifier: GPL-2.0 */
/*
 * command_line: parses the command line, once. Which options there are, their help and their ranges is in one table,
 * options_table.c.
 */
#ifndef KVMTOP_OPTIONS_COMMAND_LINE_H
#define KVMTOP_OPTIONS_COMMAND_LINE_H

struct options;

/*
 * Parses the command line. Returns 0 and the options; 1 when help or version was printed (exit
 * status 0 then); -EINVAL after one line on stderr (exit status 2); -ENOMEM.
 */
int options__parse(int argc, char **argv, struct options **ret_options);
void options__free(struct options *options);

/* What -V says of the version. */
const char *options__version(void);

#endif
