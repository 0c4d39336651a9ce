/* SPDX-License-Identifier: GPL-2.0 */
/*
 * features_summary: what works for the user, out of the features that were probed. Each thing has a line, with what to do
 * where it does not work. Pure.
 */
#ifndef KVMTOP_SOURCES_FEATURES_SUMMARY_H
#define KVMTOP_SOURCES_FEATURES_SUMMARY_H

#include "features.h"

enum ability_id {
	ABILITY_COUNTING,
	ABILITY_TIMES,
	ABILITY_NAMES,
	ABILITY_OTHERS,
	ABILITY_STATISTICS,
	ABILITY_DETAIL,
	ABILITY_SERVICES,
	ABILITY_MAX,
};

/* "counting", "times", ... */
const char *ability_name(enum ability_id id);

/*
 * Fills @ret_lines, of ABILITY_MAX. @no_statistics: why KVM's statistics cannot be had; NULL: they can.
 * @has_units: the units of the services are installed.
 */
void features_summary(const struct features *features, const char *no_statistics, bool has_units,
		      struct feature *ret_lines);

#endif
