/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_filter: which items -f asks for. A POSIX extended regular expression that must match from
 * the start of the name, like Python's re.match() in kvm_stat. Pure.
 */
#ifndef KVMTOP_MODEL_ITEM_FILTER_H
#define KVMTOP_MODEL_ITEM_FILTER_H

#include <stdbool.h>
#include <stddef.h>

struct item_filter;

/* @regex NULL or empty: all. 0, -ENOMEM, or -EINVAL and in @why what is wrong with it. */
int item_filter__new(const char *regex, char *why, size_t why_size,
		     struct item_filter **ret_filter);
void item_filter__free(struct item_filter *filter);

bool item_filter__matches(const struct item_filter *filter, const char *name);

#endif
