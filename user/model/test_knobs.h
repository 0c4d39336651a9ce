/* SPDX-License-Identifier: GPL-2.0 */
/*
 * test_knobs: what tests force, and kvmtop finds out by itself otherwise. Only the build for tests has options that set
 * them (options/options_table_tests.c): in the program that is shipped all of them are 0.
 */
#ifndef KVMTOP_MODEL_TEST_KNOBS_H
#define KVMTOP_MODEL_TEST_KNOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ids.h"

struct test_knobs {
	enum exit_path exit_path;	/* EXIT_PATH_AUTO: the first that loads */
	enum stats_source stats_source; /* STATS_NONE: the best that works */
	uint32_t n_slots;		/* room for so many vCPUs; 0: for a usual host */
	uint32_t n_homes;		/* so many of them have homes; 0: as many as may */
	uint32_t n_hists;		/* room for so many histograms; 0: for a usual host */
	size_t detail_keys; /* so many keys of --detail have counts of their own; 0: the default */
	uint32_t lose_one_in;	/* do not count one exit in so many; 0: count all */
	const char *switch_at;	/* what is switched when, see run/switch_tests.h; NULL: nothing */
	bool long_path;		/* no exit takes the short path */
	bool small_memory;	/* as on kernels that allow no other (bpf/kvmtop.h) */
	bool relocated_records; /* read records as if their fields were not in the usual place */
};

#endif
