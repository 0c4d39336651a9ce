/* SPDX-License-Identifier: GPL-2.0 */
/*
 * delta_frames: the frame of two snapshots, and small snapshots to make it of.
 */
#ifndef KVMTOP_TESTS_DELTA_FRAMES_H
#define KVMTOP_TESTS_DELTA_FRAMES_H

#include "../../user/arch/x86.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/delta.h"
#include "../../user/model/frame.h"
#include "../../user/model/reasons.h"
#include "unit.h"

static const struct host_info host = { .name = "h", .kernel = "6.12", .arch = "x86_64", .cpus = 4 };

#define __autosnap __cleanup(cleanup_snapshot)
#define __autoframe __cleanup(cleanup_frame)

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(frame, struct frame, frame__free)

static inline struct frame *compute(const struct snapshot *prev, const struct snapshot *cur)
{
	struct reason_names *names = reason_names__new();
	struct frame *frame = NULL;

	assert_non_null(names);
	assert_int_equal(delta__compute(prev, cur, &host, names, &frame), 0);
	reason_names__free(names);
	return frame;
}

/* A snapshot of one VM with one vCPU that has the tallies @v. */
static inline struct snapshot *one_vcpu(uint64_t sec, const struct tally *v, size_t n)
{
	struct snapshot *s = make_snapshot(sec, 1);

	make_vcpus(s, &s->vms[0], 1);
	set_exits(s, &s->vms[0].vcpus[0], v, n);
	return s;
}

#endif
