/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen_start: the screen as the options ask for it.
 */
#ifndef KVMTOP_RUN_SCREEN_START_H
#define KVMTOP_RUN_SCREEN_START_H

#include <stdint.h>

struct options;
struct screen;
struct screen_opts;
struct term;

/* @shown has what the options do not say: recorded, kvm, exit_path, statistics. 0 or -ENOMEM. */
int screen_start__new(const struct options *options, const struct term *term,
		      const struct screen_opts *shown, struct screen **ret_screen);

/* The key of the view that they ask for; 0: the first one. */
uint32_t screen_start__key(const struct options *options);

#endif
