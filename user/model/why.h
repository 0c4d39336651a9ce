/* SPDX-License-Identifier: GPL-2.0 */
/*
 * why: joins the findings of many frames (--why): each with its begin, end, mean and peak; and what VMs lost meanwhile. Pure.
 */
#ifndef KVMTOP_MODEL_WHY_H
#define KVMTOP_MODEL_WHY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "finding.h"
#include "frame.h"

struct why;

/* A finding while it lasted. Times are CLOCK_REALTIME. */
struct why_finding {
	struct finding
		peak; /* as it was when it cost most; its VM and vCPU have ids and names only */
	enum severity severity; /* the worst */
	int64_t from_ns, to_ns, peak_ns;
	double mean_pct;
	size_t vm; /* among struct why_report's */
};

/* A VM, over all frames that had it. */
struct why_vm {
	uint64_t key;
	char *id, *name, *comm; /* the last two may be NULL; not escaped */
	pid_t pid;
	bool ended;
	enum rule_id state; /* of its last frame; 0: not known */
	bool lost_known;
	double lost_cpus;	/* mean of the frames in which that is known */
	enum severity severity; /* the worst of its findings */
};

struct why_report {
	const struct why_finding *const *findings; /* by the time when they began */
	size_t n_findings;
	const struct why_vm *vms;
	size_t n_vms;
	int64_t from_ns, to_ns;
	double seconds; /* that frames cover */
	size_t n_frames;
	size_t running, vcpus; /* in the last frame */
	unsigned int host_cpus;
	const char *host_name; /* or NULL; not escaped */
	bool want_known;
	double want_cpus; /* mean of the frames in which that is known */
	bool timed;	  /* false: no frame had times, so nothing can be said */
	bool to_act;	  /* there was something to act on */
};

/* NULL: no memory. */
struct why *why__new(void);
/* Takes NULL. */
void why__free(struct why *why);

/* What follows is of another run: its VMs are others. */
void why__begin_anew(struct why *why);

/* Takes the next frame, with its findings. 0 or -ENOMEM. */
int why__take(struct why *why, const struct frame *frame);

/* What there was so far; it lives until the next frame is taken. */
const struct why_report *why__report(struct why *why);

#endif
