/* SPDX-License-Identifier: GPL-2.0 */
/*
 * live: the sources of a host that runs, which do not know one another, read as one.
 */
#ifndef KVMTOP_RUN_LIVE_H
#define KVMTOP_RUN_LIVE_H

struct exits;
struct kvm_stats;
struct snapshot;
struct vms;

/* What is read; nothing of it is live's. */
struct live {
	struct vms *vms; /* that of @exits */
	struct exits *exits;
	struct kvm_stats *stats;
};

/* Lets the inventory ask KVM's statistics, from now on, which files are of which VM. */
void live__join(const struct live *live);

/* Reads all sources into @snapshot, which is empty. 0 or a negative errno. */
int live__read(const struct live *live, struct snapshot *snapshot);

#endif
