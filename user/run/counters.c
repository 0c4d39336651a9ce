// SPDX-License-Identifier: GPL-2.0
#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/inventory.h"
#include "../model/reasons.h"
#include "../model/snapshot.h"
#include "../options/options.h"
#include "../sources/bpf/exits.h"
#include "../sources/features.h"
#include "../sources/kvm_stats.h"
#include "../sources/limits.h"
#include "../sources/proc.h"
#include "../sources/tracefs.h"
#include "collection.h"
#include "live.h"

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
			log_info("no names from the format of %s (%s): names are from the kernel "
				 "headers",
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

/* Without times the programs note which exit a vCPU is in only if they are told to: keys are that exit's. */
static bool notes_exits(const struct options *options)
{
	return options->detail.kinds || options->knobs.switch_at;
}

static int open_exits(const struct options *options, const struct features *features,
		      struct vms *vms, struct exits **ret_exits)
{
	const struct exits_opts opts = {
		/* Without times it is not known whether an exit is being handled. */
		.latency = options->verify && options->latency == LATENCY_OFF ? LATENCY_MEAN
									      : options->latency,
		.events = options->verify,
		.entries = options->tracepoints,
		.note_exit = notes_exits(options),
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
			  limits_hit(err) ? ""
					  : " (kvmtop --features says what works, -vv what the "
					    "kernel refused)");
	if (!err)
		log_info("exit path: %s", exit_path_name(exits__path(*ret_exits)));
	return err;
}

/* --detail, --slower-than, -t: after exits and statistics, which make a VM of their own: its events are not counted. */
static int open_collection(const struct options *options, const struct features *features,
			   struct counters *counters)
{
	const struct collection_opts opts = { .exits = counters->exits,
					      .features = features,
					      .stats = counters->stats,
					      .names = counters->names,
					      .latency = options->latency,
					      .notes_exits = notes_exits(options),
					      .slow_ns = options->slower_than_ns,
					      .only_some_vms = !scope__is_all(&options->scope),
					      .knobs = options->knobs };
	int err = collection__new(&opts, &counters->collection);

	if (!err && (options->detail.kinds || options->slower_than_ns))
		err = collection__open_detail(counters->collection, &options->detail);
	if (!err && options->tracepoints)
		err = collection__open_tracepoints(counters->collection,
						   options->list_items ? NULL : options->fields);
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
	return open_collection(options, features, counters);
}

/* In the opposite order of how they were opened. */
void counters__close(struct counters *counters)
{
	collection__free(counters->collection);
	kvm_stats__close(counters->stats);
	exits__close(counters->exits);
	vms__done(&counters->vms);
	reason_names__free(counters->names);
}
