/* SPDX-License-Identifier: GPL-2.0 */
/*
 * features_run: --features: what works for the user, and what to do where it does not. With -v also the features that
 * this comes from, and how the statistics of each VM are read.
 */
#ifndef KVMTOP_RUN_FEATURES_RUN_H
#define KVMTOP_RUN_FEATURES_RUN_H

struct features;
struct options;

/* Writes to stdout. 0 or -ENOMEM. */
int features_run(const struct options *options, const struct features *features);

#endif
