/* SPDX-License-Identifier: GPL-2.0 */
/* stats_snapshots: fixed snapshots for golden with KVM's statistics. */
#ifndef KVMTOP_TESTS_GOLDEN_STATS_SNAPSHOTS_H
#define KVMTOP_TESTS_GOLDEN_STATS_SNAPSHOTS_H

#include "../../user/model/snapshot.h"

/* As make_snapshot(); see what each says. */
struct snapshot *make_stats(unsigned int tick, enum latency latency);
struct snapshot *make_host_stats(unsigned int tick, enum latency latency);
struct snapshot *make_steady_stats(unsigned int tick, enum latency latency);
struct snapshot *make_unread_stats(unsigned int tick, enum latency latency);
struct snapshot *make_stats_unmounted(unsigned int tick, enum latency latency);
struct snapshot *make_both(unsigned int tick, enum latency latency);
struct snapshot *make_no_stats(unsigned int tick, enum latency latency);

#endif
