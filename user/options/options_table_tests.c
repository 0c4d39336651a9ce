// SPDX-License-Identifier: GPL-2.0
/*
 * options_table_tests: the options of a build for tests, which force what kvmtop finds out by itself otherwise. The program that is
 * shipped has a stand-in without any.
 */
#include "option_spec.h"
#include "options_parse.h"

static const struct option_word exit_path_words[] = {
	{ "auto", EXIT_PATH_AUTO, 0 },	     { "plain", EXIT_PATH_PLAIN, 0 },
	{ "probe", EXIT_PATH_PROBE, 0 },     { "args", EXIT_PATH_ARGS, 0 },
	{ "classic", EXIT_PATH_CLASSIC, 0 }, { NULL, 0, 0 },
};

static const struct option_word stats_source_words[] = {
	{ "auto", STATS_NONE, 0 },	 { "fd", STATS_FD, 0 }, { "iterator", STATS_ITERATOR, 0 },
	{ "debugfs", STATS_DEBUGFS, 0 }, { NULL, 0, 0 },
};

const struct option_spec test_option_specs[] = {
	{
		.name = "exit-path",
		.group = GROUP_TESTS,
		.arg = "auto|plain|probe|args|classic",
		.help = "how the exit reason is read",
		.parse = parse_word,
		FIELD(knobs.exit_path),
		.words = exit_path_words,
	},
	{
		.name = "stats-source",
		.group = GROUP_TESTS,
		.arg = "auto|fd|iterator|debugfs",
		.help = "how KVM's statistics are read",
		.parse = parse_word,
		FIELD(knobs.stats_source),
		.words = stats_source_words,
	},
	{
		.name = "slots",
		.group = GROUP_TESTS,
		.arg = "N",
		.help = "room for so many vCPUs",
		.parse = parse_number,
		FIELD(knobs.n_slots),
		.max = UINT32_MAX / 2,
	},
	{
		.name = "homes",
		.group = GROUP_TESTS,
		.arg = "N",
		.help = "so many vCPUs have a home, the others have slots further away",
		.parse = parse_number,
		FIELD(knobs.n_homes),
		.max = UINT32_MAX,
	},
	{
		.name = "hists",
		.group = GROUP_TESTS,
		.arg = "N",
		.help = "room for so many histograms",
		.parse = parse_number,
		FIELD(knobs.n_hists),
		.max = UINT32_MAX / 2,
	},
	{
		.name = "lose-one-in",
		.group = GROUP_TESTS,
		.arg = "N",
		.help = "do not count one exit in N",
		.parse = parse_number,
		FIELD(knobs.lose_one_in),
		.max = UINT32_MAX,
	},
	{
		.name = "long-path",
		.group = GROUP_TESTS,
		.help = "no exit takes the short path",
		.parse = parse_flag,
		FIELD(knobs.long_path),
	},
	{
		.name = "small-memory",
		.group = GROUP_TESTS,
		.help = "homes and histograms take the memory that all kernels allow",
		.parse = parse_flag,
		FIELD(knobs.small_memory),
	},
	{
		.name = "relocated-records",
		.group = GROUP_TESTS,
		.help = "take classic tracepoints, and read their fields by their place",
		.parse = parse_flag,
		FIELD(knobs.relocated_records),
	},
	{
		.name = "detail-keys",
		.group = GROUP_TESTS,
		.arg = "N",
		.help = "how many keys of --detail have counts of their own",
		.parse = parse_number,
		FIELD(knobs.detail_keys),
		.max = 1u << 20,
	},
	{
		.name = "switch-at",
		.group = GROUP_TESTS,
		.arg = "FRAME=PART:VALUE;...",
		.help = "switch what is collected after these frames",
		.parse = parse_text,
		FIELD(knobs.switch_at),
		.what = "needs a list",
	},
	{ .name = NULL },
};
