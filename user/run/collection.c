// SPDX-License-Identifier: GPL-2.0
#include "collection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../arch/words.h"
#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/fmt.h"
#include "../base/log.h"
#include "../model/detail.h"
#include "../model/item_filter.h"
#include "../model/event_names.h"
#include "../model/reasons.h"
#include "../model/snapshot.h"
#include "../sources/bpf/drilldown.h"
#include "../sources/bpf/exits.h"
#include "../sources/bpf/tracepoints.h"
#include "../sources/kvm_stats.h"
#include "../sources/proc.h"

struct collection {
	struct collection_opts opts;
	struct drilldown *detail;      /* NULL: neither keys nor slow exits */
	uint32_t kinds;		       /* of its keys */
	struct detail_spec spec;       /* they were asked for by */
	void (*write_slow)(void *arg); /* NULL: nobody waits for them */
	void *write_arg;
	struct detail_names *detail_names;
	struct tracepoints *tracepoints; /* NULL: they are not counted */
	char *fields;			 /* the events that were asked for; NULL: all */
	struct event_names_list event_names;
	uint64_t since_ns[PART_MAX];   /* as in snapshots */
	uint64_t lost[DROP_CAUSE_MAX]; /* by what was closed */
};

DEFINE_CLEANUP(filter, struct item_filter, item_filter__free)

/* ---- the drill-down */

/* The codes of the reasons of --detail PC:REASON. 0, or -EINVAL and @why. */
static int find_pc_reasons(const struct collection *collection, const struct detail_spec *spec,
			   struct drilldown_opts *opts, uint64_t *codes, char *why, size_t why_size)
{
	for (size_t i = 0; i < spec->n_pc_reasons && !spec->pc_all; i++) {
		if (reason_names__find(collection->opts.names, drilldown_isa(), spec->pc_reasons[i],
				       &codes[i])) {
			snprintf(why, why_size,
				 "--detail " ARCH_PC ":%s: no exit reason has this name",
				 spec->pc_reasons[i]);
			return -EINVAL;
		}
		opts->n_pc_reasons++;
	}
	opts->pc_all = spec->pc_all;
	opts->pc_reasons = codes;
	return 0;
}

/* The names of ports, which are the host's. 0 or -ENOMEM. */
static int read_detail_names(struct collection *collection)
{
	__autofree char *text = NULL;
	struct detail_names *names = collection->detail_names ? NULL : detail_names__new();
	size_t len;

	if (collection->detail_names)
		return 0;
	if (!names)
		return -ENOMEM;
	if (!proc_read_ioports(PROC_ROOT, &text, &len) &&
	    detail_names__parse_ioports(names, text)) {
		detail_names__free(names);
		return -ENOMEM;
	}
	collection->detail_names = names;
	return 0;
}

static int open_detail(struct collection *collection, const struct detail_spec *spec,
		       uint64_t slow_ns, char *why, size_t why_size, struct drilldown **ret_detail)
{
	const struct collection_opts *with = &collection->opts;
	uint64_t codes[DETAIL_PC_MAX];
	struct drilldown_opts opts = {
		.kinds = spec->kinds,
		.latency = with->latency,
		.slow_ns = slow_ns,
		.slow_held = collection__slow(collection),
		.knobs = with->knobs,
	};
	char what[512] = "";
	int err = find_pc_reasons(collection, spec, &opts, codes, why, why_size);

	if (!err)
		err = read_detail_names(collection);
	if (err)
		return err;
	err = drilldown__open(&opts, with->exits, with->features, what, sizeof(what), ret_detail);
	if (err)
		snprintf(why, why_size, "cannot look into exits (--detail, --slower-than): %s",
			 what);
	return err;
}

int collection__open_detail(struct collection *collection, const struct detail_spec *spec)
{
	char why[640];
	struct drilldown *detail = NULL;
	int err =
		open_detail(collection, spec, collection->opts.slow_ns, why, sizeof(why), &detail);

	if (err && err != -ENOMEM) /* which main says */
		log_error("%s", why);
	if (err)
		return err;
	collection->detail = detail;
	collection->kinds = spec->kinds;
	return detail_spec__copy(spec, &collection->spec);
}

static void close_detail(struct collection *collection)
{
	drilldown__add_drops(collection->detail, collection->lost);
	drilldown__close(take_ptr(collection->detail));
	collection->since_ns[PART_DETAIL] = 0;
	collection->kinds = 0;
}

/* What the old one has reported is taken before it goes. */
static void hand_over_slow(struct collection *collection, struct drilldown *detail)
{
	if (!collection->opts.slow_ns)
		return;
	drilldown__end_slow(collection->detail);
	if (detail)
		drilldown__begin_slow(detail);
	if (collection->write_slow)
		collection->write_slow(collection->write_arg);
}

/* The new one is opened first: when that fails the old one goes on. No snapshot comes in between that would have both. */
static int reopen_detail(struct collection *collection, const struct detail_spec *asked,
			 uint64_t slow_ns, char *why, size_t why_size)
{
	struct drilldown *detail = NULL;
	struct detail_spec spec = { 0 };
	int err = detail_spec__copy(asked, &spec);

	if (!err && (spec.kinds || slow_ns))
		err = open_detail(collection, &spec, slow_ns, why, why_size, &detail);
	if (err) {
		detail_spec__done(&spec);
		return err;
	}
	hand_over_slow(collection, detail);
	close_detail(collection);
	detail_spec__done(&collection->spec);
	collection->spec = spec;
	collection->detail = detail;
	collection->kinds = spec.kinds;
	collection->opts.slow_ns = slow_ns;
	collection->since_ns[PART_DETAIL] = spec.kinds ? clock_now_ns() : 0;
	return 0;
}

int collection__set_detail(struct collection *collection, const struct detail_spec *spec, char *why,
			   size_t why_size)
{
	int err;

	if (!spec->kinds && !collection->kinds)
		return 0;
	if (spec->kinds && collection->opts.latency == LATENCY_OFF &&
	    !collection->opts.notes_exits) {
		snprintf(why, why_size,
			 "keys need times, or --detail from the start: --latency off takes none");
		return -EOPNOTSUPP;
	}
	err = reopen_detail(collection, spec, collection->opts.slow_ns, why, why_size);
	if (err == -ENOMEM)
		snprintf(why, why_size, "--detail: %s", strerror(ENOMEM));
	return err;
}

int collection__set_slow(struct collection *collection, uint64_t slow_ns, char *why,
			 size_t why_size)
{
	int err;

	if (slow_ns == collection->opts.slow_ns)
		return 0;
	if (slow_ns && collection->opts.latency == LATENCY_OFF) {
		snprintf(why, why_size, "slow exits need times, and --latency off takes none");
		return -EOPNOTSUPP;
	}
	err = reopen_detail(collection, &collection->spec, slow_ns, why, why_size);
	if (err == -ENOMEM)
		snprintf(why, why_size, "slow exits: %s", strerror(ENOMEM));
	return err;
}

void collection__set_slow_writer(struct collection *collection, void (*write)(void *arg), void *arg)
{
	collection->write_slow = write;
	collection->write_arg = arg;
}

/* ---- tracepoints */

/* kvm_exit and kvm_userspace_exit are counted anyway, and -f may ask for their children. */
static bool is_event_wanted(const char *event, void *arg)
{
	return !strcmp(event, "kvm_exit") || !strcmp(event, "kvm_userspace_exit") ||
	       item_filter__matches(arg, event);
}

/* With -f only what it asks for costs anything. */
static int open_tracepoints(struct collection *collection, const char *fields, bool at_start,
			    char *why, size_t why_size, struct tracepoints **ret_tracepoints)
{
	__cleanup(cleanup_filter) struct item_filter *filter = NULL;
	struct tracepoints_opts opts = {
		.is_wanted = is_event_wanted,
		.only_some_vms = collection->opts.only_some_vms,
		.at_start = at_start,
		.kept = &collection->event_names,
	};
	char what[512] = "";
	int err = item_filter__new(fields, what, sizeof(what), &filter);

	opts.arg = filter;
	kvm_stats__ioctls(collection->opts.stats, &opts.vm_ioctl, &opts.vcpu_ioctl);
	if (!err)
		err = tracepoints__open(&opts, collection->opts.exits, collection->opts.features,
					what, sizeof(what), ret_tracepoints);
	if (err)
		snprintf(why, why_size, "cannot count tracepoints (-t): %s",
			 err == -ENOMEM ? strerror(ENOMEM) : what);
	return err;
}

/* 0 or -ENOMEM. */
static int keep_fields(struct collection *collection, const char *fields)
{
	char *copy = fields ? strdup(fields) : NULL;

	if (fields && !copy)
		return -ENOMEM;
	free(collection->fields);
	collection->fields = copy;
	return 0;
}

int collection__open_tracepoints(struct collection *collection, const char *fields)
{
	char why[640];
	int err = open_tracepoints(collection, fields, true, why, sizeof(why),
				   &collection->tracepoints);
	size_t n;

	if (err && err != -ENOMEM) /* which main says */
		log_error("%s", why);
	if (!err)
		err = keep_fields(collection, fields);
	if (err)
		return err;
	n = tracepoints__names(collection->tracepoints)->n;
	log_info("tracepoints: %zu %s counted", n, fmt_plural(n, "is", "are"));
	return 0;
}

static void close_tracepoints(struct collection *collection)
{
	tracepoints__add_drops(collection->tracepoints, collection->lost);
	tracepoints__close(take_ptr(collection->tracepoints));
	collection->since_ns[PART_TRACEPOINTS] = 0;
}

int collection__set_tracepoints(struct collection *collection, bool on, const char *fields,
				char *why, size_t why_size)
{
	struct tracepoints *tracepoints = NULL;
	int err = on ? open_tracepoints(collection, fields, false, why, why_size, &tracepoints) : 0;

	if (!err)
		err = keep_fields(collection, on ? fields : NULL);
	if (err) {
		tracepoints__close(tracepoints);
		return err;
	}
	close_tracepoints(collection);
	collection->tracepoints = tracepoints;
	collection->since_ns[PART_TRACEPOINTS] = on ? clock_now_ns() : 0;
	return 0;
}

/* ---- exits */

/* With programs that work with the new ones. What cannot be had again is off. */
static void open_again(struct collection *collection, bool tracepoints)
{
	struct detail_spec spec = collection->spec;
	const uint64_t slow_ns = collection->opts.slow_ns;
	__autofree char *fields = take_ptr(collection->fields);
	char why[640] = "";

	collection->spec = (struct detail_spec){ 0 };
	collection->opts.slow_ns = 0;
	if ((spec.kinds || slow_ns) && reopen_detail(collection, &spec, slow_ns, why, sizeof(why)))
		log_warning("%s; they are off now", *why ? why : "keys and slow exits: no memory");
	detail_spec__done(&spec);
	if (tracepoints && collection__set_tracepoints(collection, true, fields, why, sizeof(why)))
		log_warning("%s; they are off now", why);
}

int collection__set_latency(struct collection *collection, enum latency latency, char *why,
			    size_t why_size)
{
	struct collection_opts *with = &collection->opts;
	const bool tracepoints = collection->tracepoints;
	struct exits *next = NULL;
	char what[512] = "";
	int err = exits__open_mode(with->exits, latency, with->features, what, sizeof(what), &next);

	if (err) {
		snprintf(why, why_size, "exits cannot be timed otherwise (--latency): %s",
			 err == -ENOMEM ? strerror(ENOMEM) : what);
		return err;
	}
	hand_over_slow(collection, NULL);
	close_detail(collection);
	close_tracepoints(collection);
	exits__take_mode(with->exits, next);
	with->latency = latency;
	collection->since_ns[PART_EXITS] = clock_now_ns();
	open_again(collection, tracepoints);
	return 0;
}

/* ---- all of it */

void collection__note(const struct collection *collection, struct snapshot *snapshot)
{
	snapshot->detail_names = collection->detail_names;
	memcpy(snapshot->since_ns, collection->since_ns, sizeof(snapshot->since_ns));
	for (size_t i = 0; i < DROP_CAUSE_MAX; i++)
		snapshot->drops[i] += collection->lost[i];
}

struct drilldown *collection__slow(const struct collection *collection)
{
	return collection && collection->opts.slow_ns ? collection->detail : NULL;
}

bool collection__has_tracepoints(const struct collection *collection)
{
	return collection->tracepoints;
}

uint32_t collection__kinds(const struct collection *collection)
{
	return collection->kinds;
}

const struct detail_names *collection__detail_names(const struct collection *collection)
{
	return collection->detail_names;
}

int collection__new(const struct collection_opts *opts, struct collection **ret_collection)
{
	struct collection *collection = calloc(1, sizeof(*collection));

	if (!collection)
		return -ENOMEM;
	collection->opts = *opts;
	*ret_collection = collection;
	return 0;
}

void collection__free(struct collection *collection)
{
	if (!collection)
		return;
	tracepoints__close(collection->tracepoints);
	drilldown__close(collection->detail);
	detail_names__free(collection->detail_names);
	detail_spec__done(&collection->spec);
	event_names_list__done(&collection->event_names);
	free(collection->fields);
	free(collection);
}
