// SPDX-License-Identifier: GPL-2.0
#include "vmm_load_parse.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* A number without a sign, and where it ends. */
static bool parse_number(const char *text, uint64_t *ret_number, const char **ret_end)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*ret_number = strtoull(text, &end, 10);
	*ret_end = end;
	return !errno;
}

/* What stands behind @key and blanks, where @key begins a line; NULL: it does not occur. */
static const char *value_of(const char *text, const char *key)
{
	const size_t len = strlen(key);

	while (text && *text) {
		if (!strncmp(text, key, len))
			return text + len + strspn(text + len, " \t");
		text = strchr(text, '\n');
		text += text != NULL;
	}
	return NULL;
}

static bool number_of(const char *text, const char *key, uint64_t *ret_number)
{
	const char *value = value_of(text, key), *end;

	return value && parse_number(value, ret_number, &end);
}

bool vmm_load_parse_cpu_stat(const char *text, uint64_t *ret_throttles, uint64_t *ret_us)
{
	uint64_t throttles, us;

	if (!number_of(text, "nr_throttled ", &throttles) ||
	    !number_of(text, "throttled_usec ", &us) || us > UINT64_MAX / 1000)
		return false;
	*ret_throttles = throttles;
	*ret_us = us;
	return true;
}

bool vmm_load_parse_cpu_max(const char *text, uint32_t *ret_pct)
{
	uint64_t quota, period;
	const char *end;

	if (!strncmp(text, "max", 3) && isspace((unsigned char)text[3])) {
		*ret_pct = 0;
		return true;
	}
	if (!parse_number(text, &quota, &end) || *end != ' ' ||
	    !parse_number(end + 1, &period, &end) || !period || quota > UINT64_MAX / 100 ||
	    100 * quota / period > UINT32_MAX)
		return false;
	*ret_pct = (uint32_t)(100 * quota / period);
	*ret_pct += !*ret_pct;
	return true;
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=123" */
static bool parse_total(const char *text, const char *key, uint64_t *ret_us)
{
	const char *line = value_of(text, key), *total, *end;

	total = line ? strstr(line, "total=") : NULL;
	end = line ? strchr(line, '\n') : NULL;
	return total && (!end || total < end) && parse_number(total + 6, ret_us, &end) &&
	       *ret_us <= UINT64_MAX / 1000;
}

bool vmm_load_parse_pressure(const char *text, uint64_t *ret_some_us, uint64_t *ret_full_us)
{
	uint64_t some_us, full_us;

	if (!parse_total(text, "some ", &some_us) || !parse_total(text, "full ", &full_us))
		return false;
	*ret_some_us = some_us;
	*ret_full_us = full_us;
	return true;
}

bool vmm_load_parse_swap(const char *text, uint64_t *ret_bytes)
{
	uint64_t kib;

	if (!number_of(text, "VmSwap:", &kib) || kib > UINT64_MAX / 1024)
		return false;
	*ret_bytes = 1024 * kib;
	return true;
}

bool vmm_load_parse_stopped(const char *text)
{
	const char *state = value_of(text, "State:");

	return state && (*state == 'T' || *state == 't');
}

bool vmm_load_parse_threads(const char *text, uint32_t *ret_threads)
{
	uint64_t threads;

	if (!number_of(text, "Threads:", &threads) || threads > UINT32_MAX)
		return false;
	*ret_threads = (uint32_t)threads;
	return true;
}

/* "0-3,8" */
bool vmm_load_parse_cpus(const char *text, struct cpu_set *set)
{
	const char *p = value_of(text, "Cpus_allowed_list:");
	struct cpu_set more = *set;
	bool again;

	if (!p)
		return false;
	do {
		uint64_t first, last;

		if (!parse_number(p, &first, &p))
			return false;
		last = first;
		if (*p == '-' && !parse_number(p + 1, &last, &p))
			return false;
		if (last >= CPU_SET_MAX || first > last)
			return false;
		for (uint64_t cpu = first; cpu <= last; cpu++)
			more.bits[cpu / 64] |= UINT64_C(1) << cpu % 64;
		again = *p == ',';
		p += again;
	} while (again);
	if (*p && *p != '\n')
		return false;
	*set = more;
	return true;
}

uint32_t cpu_set__count(const struct cpu_set *set)
{
	uint32_t n = 0;

	for (size_t i = 0; i < CPU_SET_MAX / 64; i++)
		n += (uint32_t)__builtin_popcountll(set->bits[i]);
	return n;
}

bool vmm_load_parse_schedstat(const char *text, uint64_t *ret_run_ns, uint64_t *ret_delay_ns)
{
	uint64_t run, delay, slices;
	const char *p;

	if (!parse_number(text, &run, &p) || *p != ' ' || !parse_number(p + 1, &delay, &p) ||
	    *p != ' ' || !parse_number(p + 1, &slices, &p))
		return false;
	/* A thread that is there has run, but where nothing is kept. */
	if (!run && !delay && !slices)
		return false;
	*ret_run_ns = run;
	*ret_delay_ns = delay;
	return true;
}

bool vmm_load_parse_cgroup(const char *text, char *path, size_t size)
{
	const char *value = value_of(text, "0::");
	size_t len = value ? strcspn(value, "\n") : 0;

	/* In another namespace it begins with "/.."; a group that is gone ends with " (deleted)". */
	if (!len || len >= size || value[0] != '/')
		return false;
	memcpy(path, value, len);
	path[len] = '\0';
	if (strstr(path, "/../") || (len >= 3 && !strcmp(path + len - 3, "/..")))
		return false;
	return true;
}

bool vmm_load_parse_vhost(const char *comm, int *ret_tid)
{
	const char *end;
	uint64_t tid;

	if (strncmp(comm, "vhost-", 6) || !parse_number(comm + 6, &tid, &end) || tid > INT_MAX ||
	    (*end && *end != '\n'))
		return false;
	*ret_tid = (int)tid;
	return true;
}

bool cgroup_path__up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

bool cgroup_path__is_unit(const char *path)
{
	const char *dot = strrchr(path, '.'), *slash = strrchr(path, '/');

	return dot && dot > slash && (!strcmp(dot, ".scope") || !strcmp(dot, ".service"));
}
