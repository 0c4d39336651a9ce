/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options_check: what only the whole command line shows: what options imply, and which do not go together.
 */
#ifndef KVMTOP_OPTIONS_OPTIONS_CHECK_H
#define KVMTOP_OPTIONS_OPTIONS_CHECK_H

struct option_parse;

/* Completes the options. 0, or -EINVAL after one line that says what to leave out. */
int options_check(struct option_parse *parse);

#endif
