/* SPDX-License-Identifier: GPL-2.0 */
/*
 * counters: opens what counts on this host, as far as the options ask for it.
 */
#ifndef KVMTOP_RUN_COUNTERS_H
#define KVMTOP_RUN_COUNTERS_H

#include "../sources/vms.h"

struct collection;
struct exits;
struct features;
struct kvm_stats;
struct options;
struct reason_names;

/* All zero: nothing is open. The collection may be empty. */
struct counters {
	struct vms vms;
	struct reason_names *names;
	struct exits *exits;
	struct kvm_stats *stats;
	struct collection *collection;
};

/*
 * Opens them; also after an error they are to be closed. 0, or a negative errno after one line on stderr unless it is
 * -ENOMEM.
 */
int counters__open(const struct options *options, const struct features *features,
		   struct counters *counters);

/* Only KVM's statistics. 0 or a negative errno. */
int counters__open_stats(const struct options *options, const struct features *features,
			 struct kvm_stats **ret_stats);

void counters__close(struct counters *counters);

#endif
