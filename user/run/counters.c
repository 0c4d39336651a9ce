// SPDX-License-Identifier: GPL-2.0
#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../arch/words.h"
#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/log.h"
#include "../model/item_filter.h"
#include "../model/inventory.h"
#include "../model/reasons.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "../sources/bpf/drilldown.h"
#include "../sources/bpf/exits.h"
#include "../sources/bpf/tracepoints.h"
#include "../sources/features.h"
#include "../sources/kvm_stats.h"
#include "../sources/limits.h"
#include "../sources/proc.h"
#include "../sources/tracefs.h"
#include "live.h"

DEFINE_CLEANUP(filter, struct item_filter, item_filter__free)

int counters__open_stats(const struct options *options, const struct features *features,
			 struct kvm_stats **ret_stats)
{
	const struct kvm_stats_opts opts = {
		.only = options->knobs.stats_source,
		.scope = &options->scope,
		.types = features->types,
	};
	int err = kvm_stats__open(&opts, ret_stats);

	if (err)
		return err;
	if (kvm_stats__error(*ret_stats))
		log_info("no statistics of KVM: %s", kvm_stats__error(*ret_stats));
	else
		log_info("statistics of KVM: by %s",
			 stats_source_name(kvm_stats__source(*ret_stats)));
	return 0;
}

static void read_names(const struct features *features, struct reason_names *names)
{
	static const struct {
		const char *event;
		int (*parse)(struct reason_names *names, const char *text, size_t len);
	} formats[] = {
		{ "kvm_exit", reason_names__parse_exit_format },
		{ "kvm_userspace_exit", reason_names__parse_userspace_exit_format },
	};

	if (!features->v[FEATURE_TRACEFS].ok) {
		log_info("tracefs: %s", features->v[FEATURE_TRACEFS].why);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		__autofree char *text = NULL;
		size_t len;
		int n = tracefs_read_format(formats[i].event, &text, &len);

		if (!n)
			n = formats[i].parse(names, text, len);
		if (n < 0)
			log_info("no names from the format of %s (%s): using the UAPI headers'",
				 formats[i].event, strerror(-n));
	}
}

/* How many vCPUs the host has now, as far as we may look. */
static size_t count_vcpus(void)
{
	__autofree pid_t *pids = NULL;
	size_t n_pids = 0, denied, total = 0, n;

	if (proc_find_vmms(PROC_ROOT, &pids, &n_pids, &denied))
		return 0;
	for (size_t i = 0; i < n_pids; i++)
		if (!proc_vcpu_count(PROC_ROOT, pids[i], &n))
			total += n;
	return total;
}

static int open_exits(const struct options *options, const struct features *features,
		      struct vms *vms, struct exits **ret_exits)
{
	const struct exits_opts opts = {
		/* Without times nobody knows whether an exit is being handled. */
		.latency = options->verify && options->latency == LATENCY_OFF ? LATENCY_MEAN
									      : options->latency,
		.events = options->verify,
		.entries = options->tracepoints,
		.note_exit = options->detail.kinds,
		.knobs = options->knobs,
		.scope = &options->scope,
		.vms = vms,
		.n_vcpus = count_vcpus(),
		.proc_root = PROC_ROOT,
	};
	char why[512] = "";
	int err = exits__open(&opts, features, why, sizeof(why), ret_exits);

	if (err && err != -ENOMEM) /* which main says */
		log_error("cannot count VM exits: %s%s", why[0] ? why : strerror(-err),
			  limits_hit(err) ? "" : " (-vv says more)");
	if (!err)
		log_info("exit path: %s", exit_path_name(exits__path(*ret_exits)));
	return err;
}

/* The codes of the reasons of --detail PC:REASON. 0, or -EINVAL after a line. */
static int find_pc_reasons(const struct detail_spec *spec, const struct reason_names *names,
			   struct drilldown_opts *opts, uint64_t *codes)
{
	for (size_t i = 0; i < spec->n_pc_reasons && !spec->pc_all; i++) {
		if (reason_names__find(names, drilldown_isa(), spec->pc_reasons[i], &codes[i])) {
			log_error("--detail " ARCH_PC ":%s: no exit reason has this name",
				  spec->pc_reasons[i]);
			return -EINVAL;
		}
		opts->n_pc_reasons++;
	}
	opts->pc_all = spec->pc_all;
	opts->pc_reasons = codes;
	return 0;
}

/* The names of ports, which are the host's. */
static struct detail_names *read_detail_names(void)
{
	__autofree char *text = NULL;
	struct detail_names *names = detail_names__new();
	size_t len;

	if (names && !proc_read_ioports(PROC_ROOT, &text, &len) &&
	    detail_names__parse_ioports(names, text)) {
		detail_names__free(names);
		return NULL;
	}
	return names;
}

/* --detail, --slower-than. */
static int open_detail(const struct options *options, const struct features *features,
		       const struct reason_names *names, struct exits *exits,
		       struct drilldown **ret_detail)
{
	uint64_t codes[DETAIL_PC_MAX];
	struct drilldown_opts opts = {
		.kinds = options->detail.kinds,
		.latency = options->latency,
		.slow_ns = options->slower_than_ns,
		.knobs = options->knobs,
	};
	char why[512];
	int err = find_pc_reasons(&options->detail, names, &opts, codes);

	if (err)
		return err;
	err = drilldown__open(&opts, exits, features, why, sizeof(why), ret_detail);
	if (err && err != -ENOMEM)
		log_error("cannot look into exits (--detail, --slower-than): %s", why);
	return err;
}

/* kvm_exit and kvm_userspace_exit are counted anyway, and -f may ask for their children. */
static bool is_event_wanted(const char *event, void *arg)
{
	return !strcmp(event, "kvm_exit") || !strcmp(event, "kvm_userspace_exit") ||
	       item_filter__matches(arg, event);
}

/* -t; with -f only what it asks for costs anything. */
static int open_tracepoints(const struct options *options, const struct features *features,
			    struct exits *exits, const struct kvm_stats *stats,
			    struct tracepoints **ret_tracepoints)
{
	__cleanup(cleanup_filter) struct item_filter *filter = NULL;
	struct tracepoints_opts opts = {
		.is_wanted = is_event_wanted,
		.only_some_vms = !scope__is_all(&options->scope),
	};
	char why[512] = "";
	int err = item_filter__new(options->list_items ? NULL : options->fields, why, sizeof(why),
				   &filter);

	opts.arg = filter;
	kvm_stats__ioctls(stats, &opts.vm_ioctl, &opts.vcpu_ioctl);
	if (!err)
		err = tracepoints__open(&opts, exits, features, why, sizeof(why), ret_tracepoints);
	if (err && err != -ENOMEM)
		log_error("cannot count tracepoints (-t): %s", why);
	if (!err)
		log_info("tracepoints: %zu %s counted", tracepoints__names(*ret_tracepoints)->n,
			 fmt_plural(tracepoints__names(*ret_tracepoints)->n, "is", "are"));
	return err;
}

int counters__open(const struct options *options, const struct features *features,
		   struct counters *counters)
{
	int err;

	counters->vms.proc_root = PROC_ROOT;
	counters->names = reason_names__new();
	if (!counters->names)
		return -ENOMEM;
	read_names(features, counters->names);
	err = open_exits(options, features, &counters->vms, &counters->exits);

	if (!err)
		err = counters__open_stats(options, features, &counters->stats);
	if (err)
		return err;
	live__join(&(struct live){
		.vms = &counters->vms, .exits = counters->exits, .stats = counters->stats });
	/* After those, which make a VM of their own: its events are nobody's. */
	if (options->detail.kinds || options->slower_than_ns) {
		counters->detail_names = read_detail_names();
		err = counters->detail_names ? open_detail(options, features, counters->names,
							   counters->exits, &counters->detail)
					     : -ENOMEM;
	}
	if (!err && options->tracepoints)
		err = open_tracepoints(options, features, counters->exits, counters->stats,
				       &counters->tracepoints);
	return err;
}

/* In the opposite order of how they were opened. */
void counters__close(struct counters *counters)
{
	kvm_stats__close(counters->stats);
	tracepoints__close(counters->tracepoints);
	drilldown__close(counters->detail);
	detail_names__free(counters->detail_names);
	exits__close(counters->exits);
	vms__done(&counters->vms);
	reason_names__free(counters->names);
}
