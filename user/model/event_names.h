/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_names: lists of the names of tracepoints that last as long as what points to them: snapshots, frames, the history. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_NAMES_H
#define KVMTOP_MODEL_EVENT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct event_names;

/* Whether both have the same names in the same order. */
bool event_names__equal(const struct event_names *a, const struct event_names *b);

/* Empty when it is all zeros. */
struct event_names_list {
	struct event_names **v;
	size_t n;
};

/*
 * @ret_kept: the same names, which are the list's and stay until it is done; equal ones are the same pointer. 0 or -ENOMEM.
 */
int event_names_list__keep(struct event_names_list *list, const struct event_names *names,
			   const struct event_names **ret_kept);
void event_names_list__done(struct event_names_list *list);

#endif
