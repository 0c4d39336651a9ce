/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verify_run: --verify: reads what was counted and KVM's statistics at the same time, again and again, and has them
 * compared.
 */
#ifndef KVMTOP_RUN_VERIFY_RUN_H
#define KVMTOP_RUN_VERIFY_RUN_H

#include "../model/verify.h"

struct exits;
struct features;
struct kvm_stats;
struct options;

/*
 * Compares for options->count intervals (0: one), or until a SIGINT or SIGTERM, and writes the report. 0, or a
 * negative errno after one line on stderr.
 */
int verify_run(const struct options *options, const struct features *features, struct exits *exits,
	       struct kvm_stats *stats, enum verify_result *ret_result);

#endif
