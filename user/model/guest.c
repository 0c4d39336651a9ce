// SPDX-License-Identifier: GPL-2.0
/* guest: the -g filter: VMs by name. */
#include "guest.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "snapshot.h"

struct guest_filter {
	char *pattern;
	regex_t regex;
	bool regex_valid; /* else @error says why not */
	bool exact;	  /* a VM was called exactly so: regex is not used any more */
	char error[128];
};

static void cleanup_filter(struct guest_filter **filter)
{
	guest_filter__free(*filter);
}

static void compile(struct guest_filter *filter)
{
	int err = regcomp(&filter->regex, filter->pattern, REG_EXTENDED | REG_NOSUB);

	filter->regex_valid = !err;
	if (err)
		regerror(err, &filter->regex, filter->error, sizeof(filter->error));
}

int guest_filter__new(const char *pattern, char *errmsg, size_t errmsg_size,
		      struct guest_filter **ret_filter)
{
	__cleanup(cleanup_filter) struct guest_filter *filter = NULL;

	if (errmsg)
		snprintf(errmsg, errmsg_size, "%s", *pattern ? "" : "empty name");
	if (!*pattern)
		return -EINVAL;

	filter = calloc(1, sizeof(*filter));
	if (!filter)
		return -ENOMEM;
	filter->pattern = strdup(pattern);
	if (!filter->pattern)
		return -ENOMEM;
	compile(filter);
	fmt_limit(filter->pattern); /* as the names that it is compared with */
	if (errmsg)
		snprintf(errmsg, errmsg_size, "%s", filter->error);
	*ret_filter = take_ptr(filter);
	return 0;
}

void guest_filter__free(struct guest_filter *filter)
{
	if (!filter)
		return;
	if (filter->regex_valid)
		regfree(&filter->regex);
	free(filter->pattern);
	free(filter);
}

static const char *guest_name(const struct vm_sample *vm)
{
	return vm->name ? vm->name : vm->comm;
}

static bool is_exactly(const struct guest_filter *filter, const struct vm_sample *vm)
{
	const char *name = guest_name(vm);

	if (name && !strcmp(name, filter->pattern))
		return true;
	for (size_t i = 0; i < VM_ALIAS_MAX; i++)
		if (vm->aliases[i] && !strcasecmp(vm->aliases[i], filter->pattern))
			return true; /* a UUID is hexadecimal */
	return false;
}

static bool matches(const struct guest_filter *filter, const struct vm_sample *vm)
{
	const char *name = guest_name(vm);

	if (filter->exact)
		return is_exactly(filter, vm);
	return name && filter->regex_valid && !regexec(&filter->regex, name, 0, NULL, 0);
}

size_t guest_filter__apply(struct guest_filter *filter, struct snapshot *snapshot)
{
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->n_vms && !filter->exact; i++)
		filter->exact = is_exactly(filter, &snapshot->vms[i]);

	for (size_t i = 0; i < snapshot->n_vms; i++)
		if (matches(filter, &snapshot->vms[i]))
			snapshot->vms[kept++] = snapshot->vms[i];
	snapshot->n_vms = kept;
	return kept;
}

const char *guest_filter__error(const struct guest_filter *filter)
{
	return filter->exact || filter->regex_valid ? NULL : filter->error;
}
