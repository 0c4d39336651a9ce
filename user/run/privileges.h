/* SPDX-License-Identifier: GPL-2.0 */
/*
 * privileges: what this process may do is cut down to what reading the counters takes, once all that counts is in place.
 * What a source needs is not known here but tried.
 */
#ifndef KVMTOP_RUN_PRIVILEGES_H
#define KVMTOP_RUN_PRIVILEGES_H

#include <stdbool.h>

struct exits;
struct stats_iter;
struct kvm_stats;

/* What is read from now on; each may be NULL. */
struct privileges_needs {
	struct exits *exits;
	struct kvm_stats *stats;
	struct stats_iter *iterator; /* of --verify */
	bool opens;		     /* parts of it are switched on only later */
	bool writes_files;	     /* which are renamed, or reopened, in folders of others */
};

/* Whatever this process might execute gets no privileges. To be called before there are other threads. */
void privileges_seal(void);

/*
 * Gives up all capabilities of this thread but those that the sources need from now on, for good.
 * Threads that there are already keep theirs. When that fails, a message says so, and all are kept.
 */
void privileges_drop(const struct privileges_needs *needs);

#endif
