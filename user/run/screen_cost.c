// SPDX-License-Identifier: GPL-2.0
#include "screen_cost.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "../base/clock.h"

static uint64_t used_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

double screen_cost__cpu_pct(struct screen_cost *cost)
{
	const uint64_t now_ns = clock_now_ns(), cpu_ns = used_ns();
	double pct = -1;

	if (cost->looked_ns && now_ns > cost->looked_ns)
		pct = 100.0 * (double)(cpu_ns - cost->cpu_ns) / (double)(now_ns - cost->looked_ns);
	*cost = (struct screen_cost){ cpu_ns, now_ns };
	return pct;
}

static uint64_t file_bytes(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : (uint64_t)st.st_size;
}

uint64_t screen_cost__recorded(const char *path)
{
	char older[4096];

	snprintf(older, sizeof(older), "%s.1", path);
	return file_bytes(path) + file_bytes(older);
}
