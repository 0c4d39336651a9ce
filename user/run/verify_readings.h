/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verify_readings: reads what was counted and KVM's statistics at the same time, and has them compared (model/verify.h).
 */
#ifndef KVMTOP_RUN_VERIFY_READINGS_H
#define KVMTOP_RUN_VERIFY_READINGS_H

#include <stddef.h>

struct exits;
struct kernel_types;
struct kvm_stats;
struct scope;
struct snapshot;
struct stats_iter;
struct verify;
struct verify_readings;

/* What it works with; all outlive it. */
struct verify_readings_opts {
	struct exits *exits;
	struct kvm_stats *stats;
	const struct kernel_types *types; /* only while it is opened */
	const struct scope *scope;
};

/* Loads the programs that it needs. A source that is not to be had is none of the failures. 0 or -ENOMEM. */
int verify_readings__open(const struct verify_readings_opts *opts,
			  struct verify_readings **ret_readings);
/* Takes NULL. */
void verify_readings__close(struct verify_readings *readings);

/* Right before exits__read() of @snapshot. 0 or -ENOMEM. */
int verify_readings__begin(struct verify_readings *readings, struct snapshot *snapshot);
/* Right after that, when VMs that are not asked for are no longer in @snapshot. 0 or -ENOMEM. */
int verify_readings__end(struct verify_readings *readings, const struct snapshot *snapshot);

/* What came of all readings. */
struct verify *verify_readings__verify(const struct verify_readings *readings);
/* NULL: it was not to be had, see verify_readings__iterator_error(). */
struct stats_iter *verify_readings__iterator(const struct verify_readings *readings);
const char *verify_readings__iterator_error(const struct verify_readings *readings);

#endif
