// SPDX-License-Identifier: GPL-2.0
/* item_filter: a compiled expression. */
#include "item_filter.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

struct item_filter {
	bool any; /* there is no expression */
	regex_t regex;
};

int item_filter__new(const char *regex, char *why, size_t why_size, struct item_filter **ret_filter)
{
	struct item_filter *filter = calloc(1, sizeof(*filter));
	int err;

	if (!filter)
		return -ENOMEM;
	filter->any = !regex || !*regex;
	err = filter->any ? 0 : regcomp(&filter->regex, regex, REG_EXTENDED);
	if (err) {
		regerror(err, &filter->regex, why, why_size);
		free(filter);
		return err == REG_ESPACE ? -ENOMEM : -EINVAL;
	}
	*ret_filter = filter;
	return 0;
}

void item_filter__free(struct item_filter *filter)
{
	if (!filter)
		return;
	if (!filter->any)
		regfree(&filter->regex);
	free(filter);
}

bool item_filter__matches(const struct item_filter *filter, const char *name)
{
	regmatch_t match;

	/* POSIX finds the leftmost match: if there is one at the start it is that. */
	return filter->any || (!regexec(&filter->regex, name, 1, &match, 0) && !match.rm_so);
}
