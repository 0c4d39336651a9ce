/* SPDX-License-Identifier: GPL-2.0 */
/*
 * guest: the -g filter: VMs by name, exactly, or by regular expression if none is exactly so. Pure.
 */
#ifndef KVMTOP_MODEL_GUEST_H
#define KVMTOP_MODEL_GUEST_H

#include <stddef.h>

struct guest_filter;
struct snapshot;

/* Names that -g could have found, sorted, none twice. */
struct guest_names {
	char **v;
	size_t n;
};

/*
 * A filter for @pattern. Any text but the empty one (-EINVAL) may be a VM's name. An invalid (POSIX
 * extended) regex is only an error when it is needed, see guest_filter__error. @errmsg gets why it
 * is invalid, or "" (NULL: not asked for). 0, -EINVAL or -ENOMEM. A name that is too long to be
 * kept whole matches by the whole of it and by the kept part (fmt_limit). The regex sees the kept
 * part.
 */
int guest_filter__new(const char *pattern, char *errmsg, size_t errmsg_size,
		      struct guest_filter **ret_filter);
void guest_filter__free(struct guest_filter *filter);

/*
 * Keeps in @snapshot only the VMs that match. These are the VMs of exactly that name; if there is
 * none, those whose name the regex matches in whole or part. Once an exact name was seen the filter
 * stays exact. An alias is as good as an exact name. A VM without a name is matched by its comm.
 * Returns how many are left; the others are behind them, and a VM that does not match never will.
 */
size_t guest_filter__apply(struct guest_filter *filter, struct snapshot *snapshot);

/*
 * Why nothing can match: the pattern is an invalid regex and no VM had it as its exact name so far.
 * NULL when all is well. For after guest_filter__apply returned 0.
 */
const char *guest_filter__error(const struct guest_filter *filter);

/* Adds what the VMs in @snapshot are called. 0 or -ENOMEM. */
int guest_names__note(struct guest_names *names, const struct snapshot *snapshot);

/* "there are: db, web01 and 3 more", of long lists the first 20, escaped; "" if there are none. NULL: no memory. To be freed. */
char *guest_names__list(const struct guest_names *names);
void guest_names__done(struct guest_names *names);

#endif
