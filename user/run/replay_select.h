/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_select: which part of recorded snapshots is shown (-p, -g, --vcpu, --detail), and what of those that -s passes over.
 */
#ifndef KVMTOP_RUN_REPLAY_SELECT_H
#define KVMTOP_RUN_REPLAY_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;
struct replay;
struct replay_item;
struct replay_select;
struct snapshot;

/* A snapshot as it is shown. */
struct shown {
	struct replay_item *item;  /* what was recorded */
	struct snapshot *snapshot; /* what of it is shown; most of it is the item's */
	size_t n_own; /* of its VMs; the others ended in snapshots that were passed over */
};

/*
 * Reports which -p are not in the recording from here to @until_ns. It is an error when no VM there
 * matches -g. Leaves @replay anywhere. 0, or a negative errno: -ENOENT after one line on stderr.
 * @options outlive it.
 */
int replay_select__new(const struct options *options, struct replay *replay, int64_t until_ns,
		       struct replay_select **ret_select);
void replay_select__free(struct replay_select *select);

/* What is to be shown of @item, with what was passed over before it. 0 or -ENOMEM. */
int shown__new(struct replay_select *select, struct replay_item *item, struct shown **ret_shown);

/* Keeps of @shown, which it takes, what the next one must have, too. */
void replay_select__pass_over(struct replay_select *select, struct shown *shown);

/* The one that was passed over last, if nothing was shown since; the caller's then. NULL: there is none. */
struct shown *replay_select__take_passed(struct replay_select *select);

/* @shown was shown, or is a new begin: what was passed over is dropped. */
void replay_select__forget(struct replay_select *select, struct shown *shown);

void shown__free(struct shown *shown);

#endif
