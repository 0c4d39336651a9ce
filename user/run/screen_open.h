/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_open: whether there is a screen, and the terminal for it.
 */
#ifndef KVMTOP_RUN_SCREEN_OPEN_H
#define KVMTOP_RUN_SCREEN_OPEN_H

struct options;
struct term;

/*
 * Takes the settings into @options, as far as options do not say otherwise, and opens the terminal. @ret_term NULL: there are to be tables, and where
 * the terminal is the reason one line says so. 0, or a negative errno after one line on stderr unless it is -ENOMEM.
 */
int screen_open(struct options *options, struct term **ret_term);

#endif
