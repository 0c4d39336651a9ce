/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_run: --replay: frames of a recording, as the loop makes them of what runs now, to the same outputs.
 */
#ifndef KVMTOP_RUN_REPLAY_RUN_H
#define KVMTOP_RUN_REPLAY_RUN_H

#include <stdbool.h>

struct options;
struct term;

/*
 * Shows what @options ask for, on the screen of @term if there is one (or NULL); @ret_to_act: see outputs__is_to_act(). 0, or a negative errno after
 * one line on stderr.
 */
int replay_run(const struct options *options, struct term *term, bool *ret_to_act);

#endif
