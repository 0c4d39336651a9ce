/* SPDX-License-Identifier: GPL-2.0 */
/*
 * frame: what happened between two snapshots, immutable: counts, rates, shares, percentiles. Every
 * sink and screen reads this and nothing else. Unknown is not zero: each value says if it is known.
 */
#ifndef KVMTOP_MODEL_FRAME_H
#define KVMTOP_MODEL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "../base/hist.h"
#include "column_families.h"
#include "detail.h"
#include "item_counts.h"
#include "ids.h"
#include "load.h"
#include "snapshot.h"

struct arena;
struct findings;
struct reason_names;
struct stat_desc;
struct stat_layout;

struct counter {
	uint64_t total;	  /* since kvmtop attached */
	uint64_t delta;	  /* in this interval */
	double rate;	  /* delta per second of the real interval */
	bool delta_valid; /* false when the counter went backwards: no delta, no rate */
};

/* P50, P90, ...: those that are reported. */
enum percentile {
#define PERCENTILE_ID(id, ...) id,
	PERCENTILES(PERCENTILE_ID)
#undef PERCENTILE_ID
		PERCENTILE_MAX,
};

/* All times since kvmtop attached. */
struct time_total {
	bool valid;	 /* false: nothing was timed (LATENCY_OFF) */
	uint64_t timed;	 /* how many; as below */
	uint64_t sum_ns; /* of the handling times that have ended */
	uint64_t max_ns;
	bool hist_valid; /* as below */
	struct hist hist;
};

struct time_delta {
	bool valid;	   /* false: nothing was timed (LATENCY_OFF) */
	uint64_t delta_ns; /* handling time that ended in this interval */
	double share_pct; /* of the scope's (the VM's, the vCPU's) delta_ns; valid if share_valid */
	bool share_valid;
	uint64_t timed; /* how many were timed: delta less those still in flight */
	double avg_ns; /* valid if avg_valid (timed > 0; count stands in for it without a histogram) */
	bool avg_valid;
	bool max_valid;
	uint64_t max_ns; /* valid if max_valid */
	bool hist_valid; /* hist and the percentiles: LATENCY_FULL, and every part has a histogram */
	bool pct_valid;	 /* hist_valid and the histogram is not empty */
	uint64_t pct_ns[PERCENTILE_MAX];
	struct hist hist; /* in this interval */
	struct time_total total;
};

struct frame_reason {
	uint32_t isa;
	uint64_t code;
	char *name; /* the kernel's name, or the number as text; never NULL */
	struct counter count;
	struct time_delta time;
};

/* Reasons of one scope, sorted by (isa, code). */
struct frame_reasons {
	struct frame_reason *v;
	size_t n;
};

/* Time of the exits in which a key occurred. */
struct detail_time {
	bool valid; /* false: nothing was timed, or it went backwards */
	uint64_t delta_ns;
	double share_pct; /* of the scope's time of this kind; valid if share_valid */
	bool share_valid;
	double avg_ns; /* per event; valid if avg_valid */
	bool avg_valid;
};

/* What exits were about, one key. */
struct frame_detail {
	enum detail_kind kind;
	bool others; /* not one key, but all of its kind that are not shown */
	uint64_t key, sub;
	const char *name; /* NULL: it has none; not escaped */
	struct counter count;
	double share_pct; /* of the scope's events of this kind; valid if share_valid */
	bool share_valid;
	struct detail_time time;
};

/* Sorted by (kind, key, sub); the others of each kind that has had an event, by kind. */
struct frame_details {
	bool valid; /* false: not asked for */
	struct frame_detail *v;
	size_t n;
	struct frame_detail *others;
	size_t n_others;
};

/* Where the time of a vCPU went in this interval, or that of all vCPUs together. */
struct time_shares {
	bool valid;
	bool run_delay_valid; /* else that is in the others */
	uint64_t wall_ns;     /* which the parts add up to */
	uint64_t ns[STATE_MAX];
	double pct[STATE_MAX]; /* of wall_ns */
	bool slices_valid;
	uint64_t slices; /* how often threads of vCPUs were given a CPU */
};

/* Whether ns and pct of @state are known. */
static inline bool time_shares_known(const struct time_shares *shares, size_t state)
{
	return shares->valid && (state != STATE_RUN_DELAY || shares->run_delay_valid);
}

/* Whether the mean time of a wait for a CPU is known: there was one, or a thread got a CPU at once. */
static inline bool time_shares_wait_known(const struct time_shares *shares)
{
	return time_shares_known(shares, STATE_RUN_DELAY) && shares->slices_valid && shares->slices;
}

/* One statistic of KVM in this interval. */
struct frame_stat {
	const struct stat_desc *desc;
	/* STAT_CUMULATIVE of one value: total since the VM began; no delta when it is new or was reset. */
	struct counter count;
	/* STAT_INSTANT, STAT_PEAK: as it is now, and less what it was, if it is one value */
	uint64_t value;
	int64_t change;
	bool change_valid;
	/* histograms, and whatever has several values: desc->n each; delta NULL when one went backwards or it is new */
	const uint64_t *totals, *deltas;
};

struct frame_stats {
	enum stats_source source; /* STATS_NONE: not known, n is 0 */
	struct frame_stat *v;	  /* in the kernel's order */
	size_t n;
};

/* The kvm:* tracepoints of a scope, by frame->event_names: n each. */
struct frame_tracepoints {
	bool valid; /* false: not counted, n is 0 */
	struct counter *v;
	size_t n;
};

struct frame_vcpu {
	uint32_t vcpu_id;
	pid_t tid;
	struct counter exits; /* the sum of its reasons */
	struct frame_reasons reasons;
	struct frame_reasons user_exits;
	struct time_shares shares;
	struct vcpu_times times; /* in all, since the vCPU was first seen */
	enum vcpu_held held;
	struct vcpu_thread thread; /* at the end of the interval */
	struct frame_stats stats;
	struct frame_details details;
	struct frame_tracepoints tracepoints;
	struct item_list items; /* as below */
};

struct frame_vm {
	uint64_t key;
	pid_t pid;
	int vm_fd;  /* below 0: not known */
	char *id;   /* see vm_id() */
	char *name; /* NULL: the VMM has no name for it */
	char *comm; /* NULL: not known */
	bool ended;
	struct counter exits;	      /* the sum of its vCPUs */
	struct frame_reasons reasons; /* merged over its vCPUs */
	struct frame_reasons user_exits;
	struct time_shares shares;
	enum vcpu_held held; /* what holds all of its vCPUs, but for those that are parked */
	struct frame_vcpu *vcpus;
	size_t n_vcpus;
	struct frame_load load;
	struct frame_stats stats;      /* its own */
	struct frame_stats vcpu_stats; /* summed over its vCPUs; gauges and peaks are left out */
	struct frame_details details;  /* merged over its vCPUs */
	struct frame_tracepoints tracepoints; /* its vCPUs' and those that are of none of them */
	struct item_list items;		      /* of frame->items->defs; empty: not asked for */
};

struct host_info {
	const char *name, *kernel, *arch;
	unsigned int cpus;
};

struct frame {
	struct arena *arena;
	unsigned int owners;  /* atomic; the last one frees it */
	struct timespec wall; /* end of the interval */
	double interval_s;    /* real, not nominal */
	double asked_s;	      /* as long as it was to be; 0: not known */
	struct host_info host;
	enum latency latency;
	bool begun[PART_MAX]; /* switched on in this interval: it has totals, and no deltas yet */
	struct source_state sources[SOURCE_ID_MAX];
	uint64_t drops[DROP_CAUSE_MAX];
	uint64_t
		hist_full; /* reasons of vCPUs that have no histogram, as there was no room: cumulative */
	struct counter exits;	      /* of all VMs */
	struct frame_reasons reasons; /* merged over all VMs */
	struct frame_reasons user_exits;
	struct time_shares shares;
	struct frame_vm *vms; /* in the snapshot's order */
	size_t n_vms;
	/* What statistics there are, also without a VM; as in the snapshot. NULL: not known. */
	const struct stat_layout *vm_layout, *vcpu_layout;
	const struct event_names *event_names; /* NULL: none are counted */
	struct frame_tracepoints
		tracepoints;		 /* its VMs' and those that are of no VM that we know */
	const struct item_counts *items; /* of the event view; NULL: not asked for */
	const struct findings *findings; /* finding.h; of diagnosis__make(), NULL: not asked for */
};

/* An empty frame with an arena, which has one owner; NULL: no memory. */
struct frame *frame__new(void);

/* One owner more, in any thread; each calls frame__free() once. */
const struct frame *frame__share(const struct frame *frame);

/* Takes NULL. */
void frame__free(const struct frame *frame);

/*
 * What tells a VM without a name from others, into @buf: the @pid of its process. If the process has another VM in the
 * frame, it is the VM's @id. The frame need not have this VM any more.
 */
void frame__vm_tag(const struct frame *frame, pid_t pid, const char *id,
		   char buf[static VM_ID_SIZE]);

/* What was not counted, of all causes. */
uint64_t frame__drops(const struct frame *frame);

/* How many exits of all @reasons there were in the interval, as far as that is known. */
uint64_t frame_reasons__exits(const struct frame_reasons *reasons);

#endif
