// SPDX-License-Identifier: GPL-2.0
#include "live_switch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/guest.h"
#include "../model/scope.h"
#include "../model/snapshot_choice.h"
#include "collection.h"
#include "feed_live.h"
#include "recorder.h"
#include "slow_exits.h"

/* How long what is left of slow exits is written, at most, before their programs go. */
#define SLOW_NS UINT64_C(500000000)

/* What is shown, with what it points to. */
struct chosen {
	struct snapshot_choice choice;
	struct scope scope;
	char *name; /* that scope.guest is; NULL: none */
};

struct live_switch {
	struct live_switch_opts opts;
	struct feed *feed;
	struct chosen *chosen;
	enum latency latency;		     /* what is measured, whatever is shown of it */
	const struct slow_exits *slow_exits; /* NULL: nobody reads them */
	struct verify_readings *readings;    /* NULL: nothing is compared */
};

static void chosen__free(struct chosen *chosen)
{
	if (!chosen)
		return;
	guest_filter__free(chosen->choice.guest);
	scope__done(&chosen->scope);
	free(chosen->name);
	free(chosen);
}

DEFINE_CLEANUP(chosen, struct chosen, chosen__free)

/* ---- what is collected */

static void begin_recorded_run(const struct live_switch *live_switch)
{
	const struct collection *collection = live_switch->opts.collection;

	if (live_switch->opts.recorder)
		recorder__begin_run(live_switch->opts.recorder, collection__kinds(collection),
				    collection__detail_names(collection));
}

int live_switch__detail(struct live_switch *live_switch, const struct detail_spec *spec, char *why,
			size_t why_size)
{
	struct collection *collection = live_switch->opts.collection;
	const bool changes = spec->kinds || collection__kinds(collection);
	int err = collection__set_detail(collection, spec, why, why_size);

	if (!err && changes)
		begin_recorded_run(live_switch);
	return err;
}

int live_switch__slow(struct live_switch *live_switch, uint64_t slow_ns, char *why, size_t why_size)
{
	struct collection *collection = live_switch->opts.collection;
	int err = collection__set_slow(collection, slow_ns, why, why_size);

	/* The keys began anew. */
	if (!err && collection__kinds(collection))
		begin_recorded_run(live_switch);
	return err;
}

int live_switch__tracepoints(struct live_switch *live_switch, bool on, const char *fields,
			     char *why, size_t why_size)
{
	struct collection *collection = live_switch->opts.collection;
	const bool changes = on || collection__has_tracepoints(collection);
	int err = collection__set_tracepoints(collection, on, fields, why, why_size);

	if (!err && changes)
		begin_recorded_run(live_switch);
	return err;
}

/* ---- what is shown */

static int no_memory(char *why, size_t why_size)
{
	snprintf(why, why_size, "%s", strerror(ENOMEM));
	return -ENOMEM;
}

/* 0 or -ENOMEM. */
static int copy_scope(const struct scope *scope, struct chosen *chosen)
{
	int err = 0;

	for (size_t i = 0; i < scope->n_pids && !err; i++)
		err = scope__add_pid(&chosen->scope, scope->pids[i]);
	for (size_t i = 0; i < scope->n_vcpu_ids && !err; i++)
		err = scope__add_vcpu(&chosen->scope, scope->vcpu_ids[i]);
	chosen->choice.scope = &chosen->scope;
	if (err || !scope->guest)
		return err;
	chosen->name = strdup(scope->guest);
	chosen->scope.guest = chosen->name;
	return chosen->name ? guest_filter__new(chosen->name, NULL, 0, &chosen->choice.guest)
			    : -ENOMEM;
}

static int make_chosen(const struct scope *scope, enum latency latency, struct chosen **ret_chosen)
{
	__cleanup(cleanup_chosen) struct chosen *chosen = calloc(1, sizeof(*chosen));
	int err = chosen ? copy_scope(scope, chosen) : -ENOMEM;

	if (err)
		return err;
	chosen->choice.latency = latency;
	*ret_chosen = take_ptr(chosen);
	return 0;
}

/* @others: other VMs or vCPUs are shown. */
static void take_chosen(struct live_switch *live_switch, struct chosen *chosen, bool others)
{
	feed_live__choose(live_switch->feed, &chosen->choice, others);
	chosen__free(live_switch->chosen);
	live_switch->chosen = chosen;
}

/* 0, or -ENOENT: what @scope asks for by number was left out at the start. */
static int check_counted(const struct scope *counted, const struct scope *scope, char *why,
			 size_t why_size)
{
	for (size_t i = 0; i < scope->n_pids; i++) {
		if (scope__has_pid(counted, scope->pids[i]))
			continue;
		snprintf(why, why_size, "pid %d is not counted: it is not among those of -p",
			 scope->pids[i]);
		return -ENOENT;
	}
	for (size_t i = 0; i < scope->n_vcpu_ids; i++) {
		if (scope__has_vcpu(counted, scope->vcpu_ids[i]))
			continue;
		snprintf(why, why_size, "vCPU %u is not counted: it is not among those of --vcpu",
			 scope->vcpu_ids[i]);
		return -ENOENT;
	}
	return 0;
}

/* 0, -ENOMEM or -ENOENT: no VM is there that is asked for. */
static int check_there(const struct live_switch *live_switch, const struct chosen *chosen,
		       char *why, size_t why_size)
{
	const struct guest_filter *guest = chosen->choice.guest;
	const char *wrong;
	size_t n;

	if (feed_live__count_chosen(live_switch->feed, &chosen->choice, &n))
		return no_memory(why, why_size);
	if (n || (!guest && !chosen->scope.n_pids))
		return 0;
	wrong = guest ? guest_filter__error(guest) : NULL;
	if (wrong)
		snprintf(why, why_size,
			 "no VM is called so, and it is not a regular expression: %s", wrong);
	else
		snprintf(why, why_size, "there is no such VM");
	return -ENOENT;
}

int live_switch__scope(struct live_switch *live_switch, const struct scope *scope, char *why,
		       size_t why_size)
{
	__cleanup(cleanup_chosen) struct chosen *chosen = NULL;
	int err = check_counted(live_switch->opts.counted, scope, why, why_size);

	if (err)
		return err;
	err = make_chosen(scope, live_switch->chosen->choice.latency, &chosen);
	if (err == -EINVAL)
		snprintf(why, why_size, "the name of a VM is not empty");
	else if (err)
		no_memory(why, why_size);
	if (!err)
		err = check_there(live_switch, chosen, why, why_size);
	if (!err)
		take_chosen(live_switch, take_ptr(chosen), true);
	return err;
}

/* What is compared with KVM's statistics is read in the programs' maps, so it begins anew with them. */
static int measure(struct live_switch *live_switch, enum latency latency, char *why,
		   size_t why_size)
{
	const bool compares = live_switch->readings;
	char problem[128];
	int err;

	live_switch__verify(live_switch, false, problem, sizeof(problem));
	err = collection__set_latency(live_switch->opts.collection, latency, why, why_size);
	if (!err) {
		live_switch->latency = latency;
		begin_recorded_run(live_switch);
	}
	if (compares && live_switch__verify(live_switch, true, problem, sizeof(problem)))
		log_warning("counts are not compared with KVM's statistics: %s", problem);
	return err;
}

int live_switch__latency(struct live_switch *live_switch, enum latency latency, char *why,
			 size_t why_size)
{
	struct chosen *chosen;
	int err = 0;

	if (make_chosen(&live_switch->chosen->scope, latency, &chosen))
		return no_memory(why, why_size);
	if (latency > live_switch->latency)
		err = measure(live_switch, latency, why, why_size);
	if (err)
		chosen__free(chosen);
	else
		take_chosen(live_switch, chosen, false);
	return err;
}

enum latency live_switch__measured(const struct live_switch *live_switch)
{
	return live_switch->latency;
}

int live_switch__verify(struct live_switch *live_switch, bool on, char *why, size_t why_size)
{
	int err = 0;

	verify_readings__close(take_ptr(live_switch->readings));
	if (on && live_switch->latency == LATENCY_OFF) {
		snprintf(why, why_size, "verifying needs times, and --latency off takes none");
		return -EOPNOTSUPP;
	}
	if (on)
		err = verify_readings__open(&live_switch->opts.verify, &live_switch->readings);
	return err ? no_memory(why, why_size) : 0;
}

struct verify_readings *live_switch__readings(const struct live_switch *live_switch)
{
	return live_switch->readings;
}

void live_switch__reset(struct live_switch *live_switch)
{
	feed_live__choose(live_switch->feed, &live_switch->chosen->choice, true);
}

void live_switch__interval(struct live_switch *live_switch, uint64_t interval_ns)
{
	feed_live__set_interval(live_switch->feed, interval_ns);
}

bool live_switch__is_selected(const struct live_switch *live_switch)
{
	return !scope__is_all(&live_switch->chosen->scope);
}

/* ---- its life */

static void write_slow(void *arg)
{
	const struct live_switch *live_switch = arg;

	slow_exits__write(live_switch->slow_exits, clock_now_ns() + SLOW_NS, SLOW_TO_THE_END);
}

void live_switch__set_slow_exits(struct live_switch *live_switch,
				 const struct slow_exits *slow_exits)
{
	live_switch->slow_exits = slow_exits;
	collection__set_slow_writer(live_switch->opts.collection, slow_exits ? write_slow : NULL,
				    live_switch);
}

void live_switch__set_feed(struct live_switch *live_switch, struct feed *feed)
{
	live_switch->feed = feed;
}

int live_switch__new(const struct live_switch_opts *opts, struct live_switch **ret_switch)
{
	static const struct scope all;
	struct live_switch *live_switch = calloc(1, sizeof(*live_switch));

	if (!live_switch)
		return -ENOMEM;
	live_switch->opts = *opts;
	live_switch->latency = opts->latency;
	if (make_chosen(&all, opts->latency, &live_switch->chosen)) {
		free(live_switch);
		return -ENOMEM;
	}
	*ret_switch = live_switch;
	return 0;
}

void live_switch__free(struct live_switch *live_switch)
{
	if (!live_switch)
		return;
	chosen__free(live_switch->chosen);
	verify_readings__close(live_switch->readings);
	free(live_switch);
}
