// SPDX-License-Identifier: GPL-2.0
/* The options. Letters are kvm_stat's wherever it has them. */
#include "../arch/words.h"
#include "../base/cleanup.h"
#include "option_spec.h"
#include "options_parse.h"

#define GIVEN(member) .given = offsetof(struct options, member)

static const struct option_word by_words[] = {
	{ "vm", BY_VM, T(BY_MACHINE) },
	{ "vcpu", BY_VCPU, T(BY_MACHINE) },
	{ "reason", BY_REASON, T(BY_REASON) },
	{ NULL, 0, 0 },
};

static const struct option_word output_words[] = {
	{ "text", OUTPUT_TEXT, T(OUT_TEXT) },
	{ "csv", OUTPUT_CSV, T(OUT_CSV) },
	{ "json", OUTPUT_JSON, T(OUT_JSON) },
	{ "openmetrics", OUTPUT_OPENMETRICS, T(OUT_METRICS) },
	{ "prometheus", OUTPUT_PROMETHEUS, T(OUT_METRICS) },
	{ "screen", OUTPUT_SCREEN, T(OUT_SCREEN) },
	{ NULL, 0, 0 },
};

static const struct option_word latency_words[] = {
	{ "full", LATENCY_FULL, 0 },
	{ "mean", LATENCY_MEAN, 0 },
	{ "off", LATENCY_OFF, T(LATENCY_OFF) },
	{ NULL, 0, 0 },
};

static const struct option_spec option_specs[] = {
	{
		.name = "pid",
		.letter = 'p',
		.group = GROUP_WHICH,
		.arg = "PID[,PID...]",
		.help = "only VMs of these processes (QEMU's pid, or another VMM's); repeatable",
		.parse = parse_pids,
		.what = "pid",
	},
	{
		.name = "guest",
		.letter = 'g',
		.group = GROUP_WHICH,
		.arg = "NAME",
		.help = "only VMs of this name (exact, then as a regular expression)",
		.parse = parse_text,
		FIELD(scope.guest),
		.what = "the name is empty: give a VM's name or a regular expression",
	},
	{
		.name = "vcpu",
		.group = GROUP_WHICH,
		.arg = "ID[,ID...]",
		.help = "only these vCPU ids; repeatable",
		.parse = parse_vcpus,
		.what = "vCPU id",
	},

	{
		.name = "set-delay",
		.letter = 's',
		.group = GROUP_WHEN,
		.arg = "SECONDS",
		.help = "interval, 0.1 to 3600 (default 1)",
		.parse = parse_interval,
		FIELD(interval_ns),
		GIVEN(interval_given),
	},
	{
		.name = "count",
		.letter = 'n',
		.group = GROUP_WHEN,
		.arg = "N",
		.help = "end after N intervals (default: at a signal)",
		.parse = parse_number,
		FIELD(count),
		.max = UINT64_MAX,
		.traits = T(COUNT),
	},
	{
		.name = "once",
		.alias = "batch",
		.letter = '1',
		.group = GROUP_WHEN,
		.help = "one interval, then end",
		.parse = parse_flag,
		FIELD(once),
		.traits = T(ONCE),
	},

	{
		.name = "why",
		.group = GROUP_SHOW,
		.help = "why VMs are slow: a line for each, after -s seconds (default 5); of a "
			"recording, findings joined over time; -v: with evidence",
		.parse = parse_flag,
		FIELD(why),
		.traits = T(WHY),
	},
	{
		.name = "by",
		.group = GROUP_SHOW,
		.arg = "vm|vcpu|reason",
		.help = "only this table: a row is a VM, a vCPU or an exit reason (default: VMs "
			"and reasons)",
		.parse = parse_word,
		FIELD(query.by),
		GIVEN(by_given),
		.words = by_words,
	},
	{
		.name = "sort",
		.group = GROUP_SHOW,
		.arg = "COLUMN",
		.help = "order of the rows (default: VMs and vCPUs by lost CPUs, others by how "
			"many)",
		.parse = parse_sort,
	},
	{
		.name = "top",
		.group = GROUP_SHOW,
		.arg = "N",
		.help = "only the first N rows",
		.parse = parse_number,
		FIELD(query.top),
		.max = SIZE_MAX,
		.traits = T(TOP),
	},
	{
		.name = "hist",
		.letter = 'H',
		.arg_optional = true,
		.group = GROUP_SHOW,
		.arg = "REASON",
		.help = "distribution of the handling time per exit reason; of one reason: "
			"-HREASON or --hist=REASON",
		.parse = parse_hist,
		.traits = T(HIST),
	},
	{
		.name = "debugfs",
		.letter = 'd',
		.group = GROUP_SHOW,
		.help = "event view: KVM's own statistics, of all VMs together; with --by vm or "
			"--by vcpu, of each",
		.parse = parse_flag,
		FIELD(stats),
		.traits = T(STATS),
	},
	{
		.name = "tracepoints",
		.letter = 't',
		.group = GROUP_SHOW,
		.help = "event view: kvm:* tracepoints, and what exits are for as their children; "
			"with -d, both",
		.parse = parse_flag,
		FIELD(tracepoints),
		.traits = T(TRACEPOINTS),
	},
	{
		.name = "fields",
		.letter = 'f',
		.group = GROUP_SHOW,
		.arg = "REGEX",
		.help = "only these events, by an extended regular expression that matches from "
			"the start; help lists them",
		.parse = parse_fields,
		.traits = T(FIELDS),
	},
	{
		.name = "no-children",
		.letter = 'x',
		.group = GROUP_SHOW,
		.help = "event view without the children, as kvm_exit(HLT)",
		.parse = parse_flag,
		FIELD(no_children),
		.traits = T(NO_CHILDREN),
	},
	{
		.name = "detail",
		.group = GROUP_SHOW,
		.arg = "KEY[,KEY...]",
		.help = "what exits are about: " ARCH_DETAILS "; help lists all; "
			"repeatable",
		.parse = parse_detail,
		.traits = T(DETAIL),
	},
	{
		.name = "slower-than",
		.group = GROUP_SHOW,
		.arg = "DURATION",
		.help = "print each exit that takes at least so long (as 20us, 1ms, 0.5s), when "
			"it ends",
		.parse = parse_duration,
		FIELD(slower_than_ns),
		.traits = T(SLOW),
	},
	{
		.name = "output",
		.letter = 'o',
		.group = GROUP_SHOW,
		.arg = "text|csv|json|openmetrics|prometheus|screen",
		.help = "format (default: screen on a terminal, otherwise text)",
		.parse = parse_word,
		FIELD(output),
		GIVEN(output_given),
		.words = output_words,
	},
	{
		.name = "listen",
		.group = GROUP_SHOW,
		.arg = "[ADDR:]PORT",
		.help = "metrics for Prometheus by HTTP, at /metrics; only for this host unless "
			"ADDR "
			"is given; nothing is printed unless -o is given",
		.parse = parse_listen,
		.traits = T(LISTEN),
	},

	{
		.name = "log",
		.letter = 'l',
		.group = GROUP_LOG,
		.help = "a row for each interval, of what came in it",
		.parse = parse_flag,
		FIELD(log),
		.traits = T(LOG) | T(LOG_HERE),
	},
	{
		.name = "log-to-file",
		.letter = 'L',
		.group = GROUP_LOG,
		.arg = "FILE",
		.help = "the same, appended to FILE; SIGHUP reopens FILE, for logrotate",
		.parse = parse_text,
		FIELD(log_file),
		.what = "the name of the file is empty",
		.traits = T(LOG),
	},
	{
		.name = "csv",
		.letter = 'c',
		.group = GROUP_LOG,
		.help = "as CSV, with one header per file",
		.parse = parse_flag,
		FIELD(csv),
		.traits = T(LOG_CSV),
	},
	{
		.name = "skip-zero-records",
		.letter = 'z',
		.group = GROUP_LOG,
		.help = "no row for an interval in which nothing came; with -o csv and -o json: no "
			"VM, vCPU or reason of which nothing came",
		.parse = parse_flag,
		FIELD(skip_zero),
		.traits = T(SKIP_ZERO),
	},

	{
		.name = "history",
		.group = GROUP_SCREEN,
		.arg = "MIB",
		.help = "memory for the past, to which one can go back (default 64; 0: none)",
		.parse = parse_mib_or_none,
		FIELD(history_bytes),
		GIVEN(history_given),
		.max = UINT64_C(1) << 20,
	},
	{
		.name = "ascii",
		.group = GROUP_SCREEN,
		.help = "only characters that every terminal has",
		.parse = parse_flag,
		FIELD(ascii),
	},
	{
		.name = "no-color",
		.group = GROUP_SCREEN,
		.help = "no colours, as if NO_COLOR was set; the cursor is on the selected row",
		.parse = parse_flag,
		FIELD(no_color),
	},
	{
		.name = "no-settings",
		.group = GROUP_SCREEN,
		.help = "leave the settings aside that the key W has saved",
		.parse = parse_flag,
		FIELD(no_settings),
	},

	{
		.name = "latency",
		.group = GROUP_HOW,
		.arg = "full|mean|off",
		.help = "time histograms, only means, or nothing but counts (default full)",
		.parse = parse_word,
		FIELD(latency),
		GIVEN(latency_given),
		.words = latency_words,
		.traits = T(LATENCY),
	},
	{
		.name = "debugfs-include-past",
		.letter = 'i',
		.group = GROUP_HOW,
		.help = "statistics, and exits of VMs and vCPUs, in total from the start of the VM "
			"on, not of kvmtop",
		.parse = parse_flag,
		FIELD(include_past),
	},

	{
		.name = "record",
		.group = GROUP_RECORD,
		.arg = "FILE",
		.help = "append what is measured to FILE; what is shown does not change",
		.parse = parse_text,
		FIELD(record),
		.what = "the name is empty: give a file",
		.traits = T(RECORD),
	},
	{
		.name = "record-size",
		.group = GROUP_RECORD,
		.arg = "MIB",
		.help = "how large FILE and FILE.1, which has what is older, may become (default "
			"1024)",
		.parse = parse_mib,
		FIELD(record_bytes),
		.max = UINT64_C(1) << 40,
		.traits = T(RECORD_SIZE),
	},
	{
		.name = "replay",
		.group = GROUP_RECORD,
		.arg = "FILE",
		.help = "show what was recorded (and, with -s, not each interval); needs no "
			"privileges and no KVM",
		.parse = parse_text,
		FIELD(replay),
		.what = "the name is empty: give a file",
		.traits = T(REPLAY),
	},
	{
		.name = "since",
		.group = GROUP_RECORD,
		.arg = "TIME",
		.help = "only what is after TIME: 2026-01-31T09:08:07Z, \"2026-01-31 09:08\" or "
			"09:08 (local time), -10min (before the end; s, min, h, d)",
		.parse = parse_when,
		FIELD(since),
		.traits = T(WHEN),
	},
	{
		.name = "until",
		.group = GROUP_RECORD,
		.arg = "TIME",
		.help = "only what is not after TIME",
		.parse = parse_when,
		FIELD(until),
		.traits = T(WHEN),
	},

	{
		.name = "verify",
		.group = GROUP_ABOUT,
		.help = "compare what is counted with KVM's own statistics, over one interval (-n: "
			"over N), and end",
		.parse = parse_flag,
		FIELD(verify),
		.traits = T(VERIFY),
	},
	{
		.name = "features",
		.group = GROUP_ABOUT,
		.help = "what works here, and how to get what does not; -v: how it is done",
		.parse = parse_flag,
		FIELD(features),
		.traits = T(FEATURES),
	},
	{
		.name = "verbose",
		.letter = 'v',
		.group = GROUP_ABOUT,
		.help = "more messages; twice: all, also libbpf's",
		.parse = parse_more,
		FIELD(verbose),
	},
	{
		.name = "version",
		.letter = 'V',
		.group = GROUP_ABOUT,
		.help = "print the version",
	},
	{
		.name = "help",
		.letter = 'h',
		.group = GROUP_ABOUT,
		.help = "print this",
	},
};

const struct option_spec *option_spec(size_t i)
{
	const size_t n = ARRAY_SIZE(option_specs);
	const struct option_spec *spec = i < n ? &option_specs[i] : &test_option_specs[i - n];

	return spec->name ? spec : NULL;
}

const char *option_group_title(enum option_group group)
{
	switch (group) {
	case GROUP_WHICH:
		return "Which VMs:";
	case GROUP_WHEN:
		return "When:";
	case GROUP_SHOW:
		return "What is shown:";
	case GROUP_LOG:
		return "Logs of the event view:";
	case GROUP_SCREEN:
		return "The screen:";
	case GROUP_HOW:
		return "What is measured:";
	case GROUP_RECORD:
		return "Recordings:";
	case GROUP_TESTS:
		return "For tests:";
	case GROUP_ABOUT:
		return "About:";
	}
	return "";
}
