/* SPDX-License-Identifier: GPL-2.0 */
/*
 * openmetrics_stats: KVM's own statistics as metrics, whatever the kernel has: the VM's own, and those of its vCPUs
 * summed up. Times are in seconds, so a name's "_ns" becomes "_seconds".
 */
#ifndef KVMTOP_SINKS_OPENMETRICS_STATS_H
#define KVMTOP_SINKS_OPENMETRICS_STATS_H

struct render;

/* What the names of these metrics begin with; the rest is whatever the kernel has. */
#define METRICS_STAT_PREFIX "kvmtop_stat_"

/* Families and samples of KVM's own statistics. */
void openmetrics_stats__write(struct render *r);

#endif
