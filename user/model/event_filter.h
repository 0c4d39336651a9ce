/* SPDX-License-Identifier: GPL-2.0 */
/*
 * event_filter: which events -f asks for: a POSIX extended regular expression that must match from the start of the
 * name on, as Python's re.match() does for kvm_stat. Pure.
 */
#ifndef KVMTOP_MODEL_EVENT_FILTER_H
#define KVMTOP_MODEL_EVENT_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct event_filter;

/* @regex NULL or empty: all. 0, -ENOMEM, or -EINVAL and in @why what is wrong with it. */
int event_filter__new(const char *regex, char *why, size_t why_size,
		      struct event_filter **ret_filter);
void event_filter__free(struct event_filter *filter);

bool event_filter__matches(const struct event_filter *filter, const char *name);

#endif
