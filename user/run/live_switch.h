/* SPDX-License-Identifier: GPL-2.0 */
/*
 * live_switch: what a key changes while kvmtop runs: what is collected (collection.h), and what of it is shown (snapshot_choice.h).
 *
 * All functions are to be called between two frames of the live feed. Each returns 0, or a negative errno and in @why one line for the user: then all
 * is as it was.
 *
 * Where what is collected changes, another run begins in the recording. The snapshot before the switch is written there once more, so that
 * no interval is lost. What is shown is no matter of a recording, which has all that is counted. All other outputs show what is chosen.
 */
#ifndef KVMTOP_RUN_LIVE_SWITCH_H
#define KVMTOP_RUN_LIVE_SWITCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../model/ids.h"
#include "verify_readings.h"

struct collection;
struct detail_spec;
struct feed;
struct live_switch;
struct recorder;
struct scope;
struct slow_exits;

/* What it works with; all outlive it. */
struct live_switch_opts {
	struct collection *collection;
	struct recorder *recorder;   /* NULL: no --record */
	const struct scope *counted; /* -p, -g, --vcpu of the start: nothing else can be shown */
	enum latency latency;	     /* --latency of the start */
	struct verify_readings_opts verify;
};

/* 0 or -ENOMEM. */
int live_switch__new(const struct live_switch_opts *opts, struct live_switch **ret_switch);
/* Takes NULL. The feed must be gone. */
void live_switch__free(struct live_switch *live_switch);

/* Takes what slow exits there are before their programs go. It outlives the switch, or what is set next; NULL: nothing does. */
void live_switch__set_slow_exits(struct live_switch *live_switch,
				 const struct slow_exits *slow_exits);

/* The live feed, when it is there; before that nothing is to be switched. */
void live_switch__set_feed(struct live_switch *live_switch, struct feed *feed);

/* See collection.h. */
int live_switch__detail(struct live_switch *live_switch, const struct detail_spec *spec, char *why,
			size_t why_size);
int live_switch__slow(struct live_switch *live_switch, uint64_t slow_ns, char *why,
		      size_t why_size);
int live_switch__tracepoints(struct live_switch *live_switch, bool on, const char *fields,
			     char *why, size_t why_size);

/*
 * Only the VMs and vCPUs of @scope are shown (an empty one: all that are counted), also in the past, with all of their counts. What the others do
 * is counted on. -ENOENT: there is no such VM now, or what it asks for is not counted.
 */
int live_switch__scope(struct live_switch *live_switch, const struct scope *scope, char *why,
		       size_t why_size);

/*
 * No more times than @latency has are shown. Less than is measured changes nothing but that: exits cost what they did. For more other programs are
 * loaded, see collection__set_latency(): all counts begin at zero, and exits cost more from then on.
 */
int live_switch__latency(struct live_switch *live_switch, enum latency latency, char *why,
			 size_t why_size);

/* What is measured now, which is what exits cost. */
enum latency live_switch__measured(const struct live_switch *live_switch);

/*
 * From the next snapshot on what is counted is compared with KVM's statistics, or not any more. The programs for it are loaded for so long. -EOPNOTSUPP:
 * exits are not timed, so it is not known which of them are being handled.
 */
int live_switch__verify(struct live_switch *live_switch, bool on, char *why, size_t why_size);

/* What is to be given each snapshot for that; NULL: nothing. */
struct verify_readings *live_switch__readings(const struct live_switch *live_switch);

/* What the event view has counted begins at zero. */
void live_switch__reset(struct live_switch *live_switch);

/* The interval from now on. */
void live_switch__interval(struct live_switch *live_switch, uint64_t interval_ns);

/* Whether only some VMs or vCPUs are shown, of those that are counted. */
bool live_switch__is_selected(const struct live_switch *live_switch);

#endif
