// SPDX-License-Identifier: GPL-2.0
#include "features_summary.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"

static const char *const names[ABILITY_MAX] = {
	[ABILITY_COUNTING] = "counting",     [ABILITY_TIMES] = "times",
	[ABILITY_NAMES] = "names",	     [ABILITY_OTHERS] = "all users' VMs",
	[ABILITY_STATISTICS] = "statistics", [ABILITY_DETAIL] = "detail",
	[ABILITY_SERVICES] = "services",
};

const char *ability_name(enum ability_id id)
{
	return (unsigned int)id < ABILITY_MAX ? names[id] : NULL;
}

static void set(struct feature *line, bool ok, const char *why)
{
	line->ok = ok;
	snprintf(line->why, sizeof(line->why), "%s", why);
}

static bool is_confidential(const struct features *features)
{
	const struct feature *lockdown = &features->v[FEATURE_LOCKDOWN];

	return !lockdown->ok && strstr(lockdown->why, "confidentiality");
}

/* Why exits cannot be counted, and what to do; NULL: they can. */
static const char *no_counting(const struct features *features)
{
	static const enum feature_id needed[] = { FEATURE_CAPS, FEATURE_NAMESPACE, FEATURE_BTF,
						  FEATURE_KVM, FEATURE_MEMLOCK };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!features->v[needed[i]].ok)
			return features->v[needed[i]].why;
	if (features->v[FEATURE_PATH + EXIT_PATH_AUTO].ok)
		return NULL;
	return is_confidential(features)
		       ? "lockdown=confidentiality: needs Linux 6.2 or later, or lockdown=integrity"
		       : "this kernel shows no exit reasons: kvmtop --features -v says why";
}

static void set_if(struct feature *line, const char *missing, const char *works)
{
	set(line, !missing, missing ? missing : works);
}

static void set_names(struct feature *line, const struct feature *tracefs)
{
	line->ok = tracefs->ok;
	snprintf(line->why, sizeof(line->why), "%s%.*s",
		 tracefs->ok ? "" : "tracefs: ", (int)(sizeof(line->why) - sizeof("tracefs: ")),
		 tracefs->why);
}

void features_summary(const struct features *features, const char *no_statistics, bool has_units,
		      struct feature *ret_lines)
{
	const char *missing = no_counting(features);
	const char *after = missing ? "needs counting (above)" : NULL;
	const struct feature *others = &features->v[FEATURE_OTHERS];

	set_if(&ret_lines[ABILITY_COUNTING], missing, "every VM exit, by VM, vCPU and exit reason");
	set_if(&ret_lines[ABILITY_TIMES], after,
	       "how long exits take, and where the vCPUs' time goes");
	set_names(&ret_lines[ABILITY_NAMES], &features->v[FEATURE_TRACEFS]);
	set(&ret_lines[ABILITY_OTHERS], others->ok,
	    others->ok ? "found by name and pid" : others->why);
	if (no_statistics && !features->v[FEATURE_CAPS].ok)
		no_statistics = "needs the rights of counting (above)";
	set_if(&ret_lines[ABILITY_STATISTICS], no_statistics, "KVM's own (-d, --verify)");
	set_if(&ret_lines[ABILITY_DETAIL], after,
	       is_confidential(features)
		       ? "--detail, -t and --slower-than, but not all keys (lockdown)"
		       : "--detail, -t and --slower-than");
	set_if(&ret_lines[ABILITY_SERVICES],
	       has_units ? NULL : "not installed: make install, or the package",
	       "systemctl enable --now kvmtop (a log), kvmtop-exporter (metrics)");
}
