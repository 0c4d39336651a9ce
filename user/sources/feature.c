// SPDX-License-Identifier: GPL-2.0
/* feature: one line of the list of features: its name, yes or no, and why. */
#include "features_priv.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "../arch/arch.h"

static const char *const path_names[EXIT_PATH_MAX] = {
	[EXIT_PATH_AUTO] = "auto", [EXIT_PATH_PLAIN] = "plain",	    [EXIT_PATH_PROBE] = "probe",
	[EXIT_PATH_ARGS] = "args", [EXIT_PATH_CLASSIC] = "classic",
};

static const char *const names[FEATURE_MAX] = {
	[FEATURE_CAPS] = "capabilities",
	[FEATURE_OTHERS] = "other users' VMs",
	[FEATURE_NAMESPACE] = "host's namespaces",
	[FEATURE_LOCKDOWN] = "not locked down",
	[FEATURE_KVM] = "KVM",
	[FEATURE_BTF] = "BTF",
	[FEATURE_USER_RECORD] = "userspace: classic",
	[FEATURE_USER_RESCUE] = "userspace: rescue",
	[FEATURE_SHORT] = "exit path: short",
	[FEATURE_SHORT_CPU] = "exit path: short, by CPU",
	[FEATURE_MIGRATED] = "run delay: corrected",
	[FEATURE_MEMLOCK] = "locked memory",
	[FEATURE_TRACEFS] = "tracefs",
	[FEATURE_PATH + EXIT_PATH_AUTO] = "exit path",
	[FEATURE_PATH + EXIT_PATH_PLAIN] = "exit path: plain",
	[FEATURE_PATH + EXIT_PATH_PROBE] = "exit path: probe",
	[FEATURE_PATH + EXIT_PATH_ARGS] = "exit path: args",
	[FEATURE_PATH + EXIT_PATH_CLASSIC] = "exit path: classic",
};

const char *feature_name(enum feature_id id)
{
	return (unsigned int)id < FEATURE_MAX ? names[id] : NULL;
}

const char *exit_path_name(enum exit_path path)
{
	return (unsigned int)path < EXIT_PATH_MAX ? path_names[path] : NULL;
}

void feature__set(struct feature *feature, bool ok, const char *fmt, ...)
{
	va_list args;

	feature->ok = ok;
	va_start(args, fmt);
	vsnprintf(feature->why, sizeof(feature->why), fmt, args);
	va_end(args);
}

bool features_exists(const char *path)
{
	return !faccessat(AT_FDCWD, path, F_OK, AT_EACCESS);
}

const char *features_vendors(const char *(*name)(const struct arch_isa *isa), char *buf,
			     size_t size)
{
	const struct arch *arch = arch_here();
	size_t len = (size_t)snprintf(buf, size, "%s", arch->n_isas ? "" : "kvm");

	for (size_t i = 0; i < arch->n_isas && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", i ? " or " : "",
					name(&arch->isas[i]));
	return buf;
}
