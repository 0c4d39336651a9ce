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
#include "../base/memstream.h"
#include "snapshot.h"

struct guest_filter {
	char *pattern;
	regex_t regex;
	bool regex_valid; /* else @error says why not */
	bool exact;	  /* a VM was called exactly so: regex is not used any more */
	char error[128];
};

DEFINE_CLEANUP(filter, struct guest_filter, guest_filter__free)

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

	for (size_t i = 0; i < snapshot->n_vms; i++) {
		const struct vm_sample vm = snapshot->vms[i];

		if (!matches(filter, &vm))
			continue;
		snapshot->vms[i] = snapshot->vms[kept];
		snapshot->vms[kept++] = vm;
	}
	snapshot->n_vms = kept;
	return kept;
}

const char *guest_filter__error(const struct guest_filter *filter)
{
	return filter->exact || filter->regex_valid ? NULL : filter->error;
}

/* ---- what there is */

#define LIST_MAX 20
#define LIST_COLUMNS 64 /* of each name */

/* Where @name is or belongs. */
static size_t find_place(const struct guest_names *names, const char *name, bool *ret_found)
{
	size_t low = 0, high = names->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(names->v[mid], name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*ret_found = low < names->n && !strcmp(names->v[low], name);
	return low;
}

static int note(struct guest_names *names, const char *name)
{
	bool found;
	size_t at = find_place(names, name, &found);
	char **v, *copy;

	if (found)
		return 0;
	v = reallocarray(names->v, names->n + 1, sizeof(*v));
	if (!v)
		return -ENOMEM;
	names->v = v;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	memmove(&v[at + 1], &v[at], (names->n - at) * sizeof(*v));
	v[at] = copy;
	names->n++;
	return 0;
}

int guest_names__note(struct guest_names *names, const struct snapshot *snapshot)
{
	int err = 0;

	for (size_t i = 0; i < snapshot->n_vms && !err; i++)
		if (guest_name(&snapshot->vms[i]))
			err = note(names, guest_name(&snapshot->vms[i]));
	return err;
}

static int print_name(FILE *out, const char *name, bool first)
{
	__autofree char *escaped = fmt_escape_dup(FMT_ESCAPE_ASCII, name);

	if (!escaped)
		return -ENOMEM;
	fmt_cut(escaped, LIST_COLUMNS);
	fprintf(out, "%s%s", first ? "" : ", ", escaped);
	return 0;
}

char *guest_names__list(const struct guest_names *names)
{
	size_t n = names->n < LIST_MAX ? names->n : LIST_MAX, len;
	char *text = NULL;
	FILE *out = memstream_open(&text, &len);
	int err = 0;

	if (!out)
		return NULL;
	if (n)
		fprintf(out, "there %s: ", fmt_plural(names->n, "is", "are"));
	for (size_t i = 0; i < n && !err; i++)
		err = print_name(out, names->v[i], !i);
	if (names->n > n)
		fprintf(out, " and %zu more", names->n - n);
	if (memstream_close(out, &text) || err) {
		free(text);
		return NULL;
	}
	return text;
}

void guest_names__done(struct guest_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	*names = (struct guest_names){ .n = 0 };
}
