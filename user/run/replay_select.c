// SPDX-License-Identifier: GPL-2.0
#include "replay_select.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../base/log.h"
#include "../model/guest.h"
#include "../model/snapshot.h"
#include "../model/snapshot_choice.h"
#include "../options/options.h"
#include "../sources/replay.h"

struct replay_select {
	const struct options *options;
	struct guest_filter *guest; /* NULL: all */
	struct guest_names names;   /* of the VMs in which it was not found */
	struct shown *passed;	    /* over last, and nothing was shown since */
	struct shown **kept;	    /* VMs that ended in them are still to be shown */
	size_t n_kept;
};

DEFINE_CLEANUP(select, struct replay_select, replay_select__free)
DEFINE_CLEANUP(shown, struct shown, shown__free)

/* ---- what there is */

/* What was asked for, and whether it has been seen. */
struct wanted {
	const struct scope *scope;
	bool *pids; /* those of the scope that were found */
	bool any_pid, all_pids, vcpu, guest;
	int64_t last_vcpu; /* the highest id that was seen, or -1 */
};

/* Notes which of -p are in @snapshot. */
static void find_pids(struct wanted *wanted, const struct snapshot *snapshot)
{
	const struct scope *scope = wanted->scope;

	wanted->all_pids = true;
	for (size_t i = 0; i < scope->n_pids; i++) {
		for (size_t j = 0; j < snapshot->n_vms && !wanted->pids[i]; j++)
			wanted->pids[i] = snapshot->vms[j].pid == scope->pids[i];
		wanted->any_pid |= wanted->pids[i];
		wanted->all_pids &= wanted->pids[i];
	}
}

/* Whether one of --vcpu is in @snapshot. */
static void find_vcpu(struct wanted *wanted, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_vms; i++) {
		const struct vm_sample *vm = &snapshot->vms[i];

		for (size_t j = 0; j < vm->n_vcpus; j++) {
			const uint32_t id = vm->vcpus[j].vcpu_id;

			if (id == VCPU_ID_UNKNOWN)
				continue;
			wanted->vcpu |= scope__has_vcpu(wanted->scope, id);
			wanted->last_vcpu = id > wanted->last_vcpu ? id : wanted->last_vcpu;
		}
	}
}

static bool find_guest(struct replay_select *select, const struct snapshot *snapshot)
{
	struct snapshot copy = *snapshot;
	__autofree struct vm_sample *vms = calloc(copy.n_vms + 1, sizeof(*vms));

	if (!select->guest)
		return true;
	if (!vms)
		return false;
	if (copy.n_vms)
		memcpy(vms, copy.vms, copy.n_vms * sizeof(*vms));
	copy.vms = vms;
	return guest_filter__apply(select->guest, &copy) > 0;
}

/* Looks for what was asked for until all is found. */
static int find_wanted(struct replay_select *select, struct replay *replay, int64_t until_ns,
		       struct wanted *wanted)
{
	bool over = false;

	while (!over && !(wanted->all_pids && wanted->vcpu && wanted->guest)) {
		struct replay_item *item;
		int err = replay__next(replay, &item);

		if (err == -ENODATA)
			break;
		if (err)
			return err;
		over = timespec_ns(&item->snapshot->wall) > until_ns;
		wanted->guest = wanted->guest || find_guest(select, item->snapshot);
		find_pids(wanted, item->snapshot);
		find_vcpu(wanted, item->snapshot);
		if (!wanted->guest || (wanted->scope->n_pids && !wanted->any_pid))
			err = guest_names__note(&select->names, item->snapshot);
		replay_item__put(item);
		if (err)
			return err;
	}
	return 0;
}

static void warn_of_pids(const struct wanted *wanted)
{
	const struct scope *scope = wanted->scope;

	for (size_t i = 0; i < scope->n_pids; i++)
		if (!wanted->pids[i])
			log_warning("pid %d is not in the recording: leave out -p to see all VMs",
				    scope->pids[i]);
}

/* Nothing of what was asked for will ever be there. */
static int report_missing(const struct replay_select *select, const struct wanted *wanted)
{
	const struct scope *scope = wanted->scope;
	__autofree char *list = guest_names__list(&select->names);
	const char *why = wanted->guest ? NULL : guest_filter__error(select->guest);

	if (!list)
		return -ENOMEM;
	if (!wanted->guest)
		log_error("no VM in the recording is called %s%s%s%s%s", scope->guest,
			  why ? ", and it is not a regular expression: " : "", why ? why : "",
			  *list ? "; " : "", list);
	else if (scope->n_pids && !wanted->any_pid)
		log_error("no VM in the recording has %s that -p asks for%s%s",
			  scope->n_pids > 1 ? "a pid" : "the pid", *list ? "; " : "", list);
	else if (!wanted->vcpu && wanted->last_vcpu < 0)
		log_error("there is no vCPU in the recording: --vcpu finds nothing");
	else if (!wanted->vcpu)
		log_error("no VM in the recording has a vCPU that --vcpu asks for; the highest is "
			  "%lld",
			  (long long)wanted->last_vcpu);
	else
		return 0;
	return -ENOENT;
}

int replay_select__new(const struct options *options, struct replay *replay, int64_t until_ns,
		       struct replay_select **ret_select)
{
	__cleanup(cleanup_select) struct replay_select *select = calloc(1, sizeof(*select));
	__autofree bool *pids = calloc(options->scope.n_pids + 1, sizeof(*pids));
	struct wanted wanted = { .scope = &options->scope,
				 .pids = pids,
				 .all_pids = !options->scope.n_pids,
				 .vcpu = !options->scope.n_vcpu_ids,
				 .last_vcpu = -1,
				 .guest = !options->scope.guest };
	int err = 0;

	if (!select || !pids)
		return -ENOMEM;
	select->options = options;
	if (options->scope.guest)
		err = guest_filter__new(options->scope.guest, NULL, 0, &select->guest);
	if (!err)
		err = find_wanted(select, replay, until_ns, &wanted);
	if (!err)
		err = report_missing(select, &wanted);
	if (err)
		return err;
	warn_of_pids(&wanted);
	*ret_select = take_ptr(select);
	return 0;
}

static void drop_kept(struct replay_select *select)
{
	for (size_t i = 0; i < select->n_kept; i++)
		shown__free(select->kept[i]);
	free(select->kept);
	select->kept = NULL;
	select->n_kept = 0;
}

void replay_select__free(struct replay_select *select)
{
	if (!select)
		return;
	guest_filter__free(select->guest);
	guest_names__done(&select->names);
	shown__free(select->passed);
	drop_kept(select);
	free(select);
}

/* ---- what of a snapshot is shown */

static int make_view(const struct replay_select *select, const struct snapshot *from, size_t more,
		     struct snapshot **ret_view)
{
	const struct options *options = select->options;
	const struct snapshot_choice choice = {
		.scope = &options->scope,
		.guest = select->guest,
		.detail_kinds = options->detail.kinds,
		.latency = options->latency,
		.include_past = options->include_past,
	};

	return snapshot_choice__apply(&choice, from, more, ret_view);
}

/* ---- what was passed over */

/* The maxima of @from, where there is the same in @to. They are of what passed between two snapshots. */
static void carry_tallies(const struct tally *from, size_t n_from, struct tally *to, size_t n_to)
{
	for (size_t i = 0; i < n_from; i++) {
		/* Mostly they are in the same place. */
		size_t at = i;

		if (at >= n_to || to[at].isa != from[i].isa || to[at].code != from[i].code)
			for (at = 0; at < n_to; at++)
				if (to[at].isa == from[i].isa && to[at].code == from[i].code)
					break;
		if (at < n_to && to[at].max_ns < from[i].max_ns)
			to[at].max_ns = from[i].max_ns;
	}
}

static void carry_vcpus(const struct vm_sample *from, struct vm_sample *to)
{
	size_t t = 0;

	for (size_t i = 0; i < from->n_vcpus; i++) {
		const struct vcpu_sample *f = &from->vcpus[i];

		while (t < to->n_vcpus && to->vcpus[t].vcpu_id < f->vcpu_id)
			t++;
		if (t == to->n_vcpus || to->vcpus[t].vcpu_id != f->vcpu_id)
			continue;
		carry_tallies(f->exits, f->n_exits, to->vcpus[t].exits, to->vcpus[t].n_exits);
		carry_tallies(f->user_exits, f->n_user_exits, to->vcpus[t].user_exits,
			      to->vcpus[t].n_user_exits);
	}
}

/* Those of @from that are no longer there have ended, and are to be shown once. */
static void carry_vms(const struct snapshot *from, struct snapshot *to, size_t n_own)
{
	size_t at = 0;

	for (size_t i = 0; i < from->n_vms; i++) {
		const struct vm_sample *vm = &from->vms[i];
		size_t looked = 0;

		while (looked < n_own && to->vms[at % n_own].key != vm->key) {
			looked++;
			at++;
		}
		if (looked < n_own)
			carry_vcpus(vm, &to->vms[at++ % n_own]);
		else if (vm->ended)
			to->vms[to->n_vms++] = *vm;
	}
}

/* What of @select->passed is to be seen in @shown; it stays as long as @shown has VMs of it. */
static int carry(struct replay_select *select, struct shown *shown)
{
	__cleanup(cleanup_shown) struct shown *passed = NULL;
	struct shown **kept;
	bool ended = false;

	/* That of another run is not about @shown, and is still to be shown itself. */
	if (!select->passed || select->passed->item->run_number != shown->item->run_number)
		return 0;
	passed = take_ptr(select->passed);
	carry_vms(passed->snapshot, shown->snapshot, shown->n_own);
	for (size_t i = 0; i < passed->n_own; i++)
		ended |= passed->snapshot->vms[i].ended;
	if (!ended)
		return 0;
	kept = reallocarray(select->kept, select->n_kept + 1, sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	select->kept = kept;
	kept[select->n_kept++] = take_ptr(passed);
	return 0;
}

int shown__new(struct replay_select *select, struct replay_item *item, struct shown **ret_shown)
{
	__cleanup(cleanup_shown) struct shown *shown = calloc(1, sizeof(*shown));
	size_t more = select->passed ? select->passed->snapshot->n_vms : 0;

	if (!shown)
		return -ENOMEM;
	shown->item = replay_item__get(item);
	if (make_view(select, item->snapshot, more, &shown->snapshot))
		return -ENOMEM;
	shown->n_own = shown->snapshot->n_vms;
	if (carry(select, shown))
		return -ENOMEM;
	*ret_shown = take_ptr(shown);
	return 0;
}

void replay_select__pass_over(struct replay_select *select, struct shown *shown)
{
	shown__free(select->passed);
	select->passed = shown;
}

struct shown *replay_select__take_passed(struct replay_select *select)
{
	return take_ptr(select->passed);
}

void replay_select__forget(struct replay_select *select, struct shown *shown)
{
	shown->snapshot->n_vms = shown->n_own;
	drop_kept(select);
}

void shown__free(struct shown *shown)
{
	if (!shown)
		return;
	snapshot__free(shown->snapshot);
	replay_item__put(shown->item);
	free(shown);
}
