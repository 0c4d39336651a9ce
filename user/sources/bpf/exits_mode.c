// SPDX-License-Identifier: GPL-2.0
/*
 * exits_mode: the programs of one mode take the place of those of another. Both count for a moment, each in maps of their own. So no
 * map has an exit twice, and the new ones miss none from when they were attached.
 */
#include <errno.h>
#include <string.h>

#include "../../base/cleanup.h"
#include "../vms.h"
#include "exits_priv.h"

int exits__open_mode(const struct exits *exits, enum latency latency,
		     const struct features *features, char *why, size_t why_size,
		     struct exits **ret_next)
{
	struct exits_opts opts = exits->opts;
	size_t n_used = 0;

	/* The host may have more of them than at the start. */
	for (size_t i = 0; i < exits->n_slots; i++)
		n_used += exits->slots[i] != SLOT_FREE;
	if (opts.n_vcpus < n_used)
		opts.n_vcpus = n_used;
	opts.latency = latency;
	/* Who counts tracepoints from now on counts entries, too. */
	opts.entries = false;
	return exits__open(&opts, features, why, why_size, ret_next);
}

void exits__take_mode(struct exits *exits, struct exits *next)
{
	struct snapshot dropped = { .arena = NULL };
	struct exits before = *exits;

	exits_read_drops(exits, &dropped);
	memcpy(next->drops_before, dropped.drops, sizeof(next->drops_before));
	next->hist_full_before = dropped.hist_full;
	inventory__forget_slots(&exits->vms->inventory);
	*exits = *next;
	*next = before;
	exits__close(next);
}
