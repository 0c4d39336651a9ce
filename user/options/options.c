// SPDX-License-Identifier: GPL-2.0
/*
 * options: the command line. argp does the words and the help; every value has a parser of its own that
 * says in one line what is wrong with it. Letters are kvm_stat's wherever it has them.
 */
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/event_filter.h"

#ifndef KVMTOP_VERSION
#define KVMTOP_VERSION "dev"
#endif

#define NSEC_PER_SEC 1000000000ull
#define INTERVAL_MIN_NS (NSEC_PER_SEC / 10)
#define INTERVAL_MAX_NS (3600 * NSEC_PER_SEC)

/* Keys of options without a letter. */
enum {
	KEY_VCPU = 0x100,
	KEY_BY,
	KEY_SORT,
	KEY_TOP,
	KEY_LATENCY,
	KEY_FEATURES,
	KEY_EXIT_PATH,
	KEY_VERIFY,
	KEY_STATS_SOURCE,
	KEY_SLOTS,
	KEY_HISTS,
	KEY_LOSE_ONE_IN,
	KEY_MOVED_RECORDS,
	KEY_DETAIL,
	KEY_SLOWER_THAN,
	KEY_DETAIL_KEYS,
	KEY_LISTEN,
	KEY_RECORD,
	KEY_RECORD_SIZE,
	KEY_REPLAY,
	KEY_SINCE,
	KEY_UNTIL,
};

/* Groups of --help, in its order; argp itself puts "help" and "version" into the last one. */
enum {
	GROUP_WHICH = 1,
	GROUP_WHEN,
	GROUP_SHOW,
	GROUP_LOG,
	GROUP_HOW,
	GROUP_RECORD,
	GROUP_ABOUT = -1
};

static const struct argp_option option_table[] = {
	{ .doc = "Which VMs:", .group = GROUP_WHICH },
	{ "pid", 'p', "PID[,PID...]", 0, "only these VMM processes; repeatable", 0 },
	{ "guest", 'g', "NAME", 0, "only VMs of this name (exact, then as a regular expression)",
	  0 },
	{ "vcpu", KEY_VCPU, "ID[,ID...]", 0, "only these vCPU ids; repeatable", 0 },

	{ .doc = "When:", .group = GROUP_WHEN },
	{ "set-delay", 's', "SECONDS", 0, "interval, 0.1 to 3600 (default 1)", 0 },
	{ "count", 'n', "N", 0, "end after N intervals (default: at a signal)", 0 },
	{ "once", '1', NULL, 0, "one interval, then end", 0 },
	{ "batch", 0, NULL, OPTION_ALIAS, NULL, 0 },

	{ .doc = "What is shown:", .group = GROUP_SHOW },
	{ "by", KEY_BY, "vm|vcpu|reason", 0,
	  "only this table: a row is a VM, a vCPU or an exit reason", 0 },
	{ "sort", KEY_SORT, "COLUMN", 0, "order of the rows (default: most exits first)", 0 },
	{ "top", KEY_TOP, "N", 0, "only the first N rows", 0 },
	{ "hist", 'H', "REASON", OPTION_ARG_OPTIONAL,
	  "distribution of the handling time per exit reason; of one reason: -HREASON or "
	  "--hist=REASON",
	  0 },
	{ "debugfs", 'd', NULL, 0,
	  "event view: KVM's own statistics, of all VMs together; with --by vm or --by vcpu, of "
	  "each",
	  0 },
	{ "tracepoints", 't', NULL, 0,
	  "event view: kvm:* tracepoints, and what exits are for as their children; with -d, both",
	  0 },
	{ "fields", 'f', "REGEX", 0,
	  "only these events, by an extended regular expression that matches from the start; help "
	  "lists them",
	  0 },
	{ "no-children", 'x', NULL, 0, "event view without the children, as kvm_exit(HLT)", 0 },
	{ "detail", KEY_DETAIL, "KEY[,KEY...]", 0,
	  "what exits are about: msr, pio, mmio, rip:REASON, ...; help lists all; repeatable", 0 },
	{ "slower-than", KEY_SLOWER_THAN, "DURATION", 0,
	  "print each exit that takes at least so long (as 20us, 1ms, 0.5s), when it ends", 0 },
	{ "output", 'o', "text|csv|json|openmetrics|prometheus", 0, "format (default text)", 0 },
	{ "listen", KEY_LISTEN, "[ADDR:]PORT", 0,
	  "metrics for Prometheus by HTTP, at /metrics; of 127.0.0.1 unless ADDR is given; no "
	  "output "
	  "besides unless -o is given",
	  0 },

	{ .doc = "Logs of the event view:", .group = GROUP_LOG },
	{ "log", 'l', NULL, 0, "a row for each interval, of what came in it", 0 },
	{ "log-to-file", 'L', "FILE", 0,
	  "the same, appended to FILE; SIGHUP opens FILE anew, for logrotate", 0 },
	{ "csv", 'c', NULL, 0, "as CSV, with one header per file", 0 },
	{ "skip-zero-records", 'z', NULL, 0,
	  "no row for an interval in which nothing came; with -o csv and -o json: no VM, vCPU or "
	  "reason of which nothing came",
	  0 },

	{ .doc = "What is measured:", .group = GROUP_HOW },
	{ "latency", KEY_LATENCY, "full|mean|off", 0,
	  "time histograms, only means, or nothing but counts (default full)", 0 },
	{ "exit-path", KEY_EXIT_PATH, "auto|plain|probe|args|classic", OPTION_HIDDEN,
	  "how the exit reason is read, for tests", 0 },

	{ "debugfs-include-past", 'i', NULL, 0,
	  "statistics, and exits of VMs and vCPUs, in total from the start of the VM on, not of "
	  "kvmtop",
	  0 },
	{ "stats-source", KEY_STATS_SOURCE, "auto|fd|iterator|debugfs", OPTION_HIDDEN,
	  "how KVM's statistics are read, for tests", 0 },
	{ "slots", KEY_SLOTS, "N", OPTION_HIDDEN, "room for so many vCPUs, for tests", 0 },
	{ "hists", KEY_HISTS, "N", OPTION_HIDDEN, "room for so many histograms, for tests", 0 },
	{ "lose-one-in", KEY_LOSE_ONE_IN, "N", OPTION_HIDDEN,
	  "do not count one exit in N, for tests of --verify", 0 },
	{ "moved-records", KEY_MOVED_RECORDS, NULL, OPTION_HIDDEN,
	  "take classic tracepoints, and read their fields by their place, for tests", 0 },
	{ "detail-keys", KEY_DETAIL_KEYS, "N", OPTION_HIDDEN,
	  "how many keys of --detail have counts of their own, for tests", 0 },

	{ .doc = "Recordings:", .group = GROUP_RECORD },
	{ "record", KEY_RECORD, "FILE", 0, "append what is measured to FILE, too", 0 },
	{ "record-size", KEY_RECORD_SIZE, "MIB", 0,
	  "how large FILE and FILE.1, which has what is older, may become (default 1024)", 0 },
	{ "replay", KEY_REPLAY, "FILE", 0,
	  "show what was recorded (and, with -s, not each interval); needs no privileges and no "
	  "KVM",
	  0 },
	{ "since", KEY_SINCE, "TIME", 0,
	  "only what is after TIME: 2026-01-31T09:08:07Z, \"2026-01-31 09:08\" or 09:08 (local "
	  "time), "
	  "-10min (before the end; s, min, h, d)",
	  0 },
	{ "until", KEY_UNTIL, "TIME", 0, "only what is not after TIME", 0 },

	{ .doc = "About:", .group = GROUP_ABOUT },
	{ "verify", KEY_VERIFY, NULL, 0,
	  "compare what is counted with KVM's own statistics, over one interval (-n: over N), and "
	  "end",
	  0 },
	{ "features", KEY_FEATURES, NULL, 0, "what this kernel and this user allow, and why not",
	  0 },
	{ "verbose", 'v', NULL, 0, "say more; twice: all", 0 },
	{ "version", 'V', NULL, 0, "print the version", 0 },
	{ "help", 'h', NULL, 0, "print this", 0 },

	{ 0 },
};

/* A word that an option takes, and what it means. */
struct word {
	const char *name;
	int value;
};

static const struct word by_words[] = {
	{ "vm", BY_VM },
	{ "vcpu", BY_VCPU },
	{ "reason", BY_REASON },
	{ NULL, 0 },
};

static const struct word output_words[] = {
	{ "text", OUTPUT_TEXT },
	{ "csv", OUTPUT_CSV },
	{ "json", OUTPUT_JSON },
	{ "openmetrics", OUTPUT_OPENMETRICS },
	{ "prometheus", OUTPUT_PROMETHEUS },
	{ NULL, 0 },
};

static const struct word latency_words[] = {
	{ "full", LATENCY_FULL },
	{ "mean", LATENCY_MEAN },
	{ "off", LATENCY_OFF },
	{ NULL, 0 },
};

static const struct word exit_path_words[] = {
	{ "auto", EXIT_PATH_AUTO }, { "plain", EXIT_PATH_PLAIN },     { "probe", EXIT_PATH_PROBE },
	{ "args", EXIT_PATH_ARGS }, { "classic", EXIT_PATH_CLASSIC }, { NULL, 0 },
};

static const struct word stats_source_words[] = {
	{ "auto", STATS_NONE },	      { "fd", STATS_FD }, { "iterator", STATS_ITERATOR },
	{ "debugfs", STATS_DEBUGFS }, { NULL, 0 },
};

/* What the parser carries along besides the options. */
struct parse {
	struct options *options;
	bool latency_given;
	bool done; /* help, version or a list was printed */
};

/* "a, b or c" of a word table, into @buf. */
static const char *list_words(const struct word *words, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; words[i].name && used < size; i++) {
		const char *between = !i ? "" : words[i + 1].name ? ", " : " or ";
		int n = snprintf(buf + used, size - used, "%s%s", between, words[i].name);

		used += n > 0 ? (size_t)n : 0;
	}
	return buf;
}

static int parse_word(const char *option, const char *arg, const struct word *words, int *ret_value)
{
	char list[128];

	for (size_t i = 0; words[i].name; i++) {
		if (!strcmp(words[i].name, arg)) {
			*ret_value = words[i].value;
			return 0;
		}
	}
	log_error("%s %s: must be %s", option, arg, list_words(words, list, sizeof(list)));
	return -EINVAL;
}

/* Decimal digits and nothing else up to @end. */
static bool parse_decimal(const char *s, const char *end, uint64_t max, uint64_t *ret_value)
{
	uint64_t v = 0;

	if (s == end)
		return false;
	for (; s < end; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v) || v > max)
			return false;
	}
	*ret_value = v;
	return true;
}

static int parse_positive(const char *option, const char *arg, uint64_t max, uint64_t *ret_value)
{
	uint64_t v;

	if (!parse_decimal(arg, arg + strlen(arg), max, &v) || !v) {
		log_error("%s %s: must be a whole number from 1 on", option, arg);
		return -EINVAL;
	}
	*ret_value = v;
	return 0;
}

/*
 * "12", "0.25", ".5" of @unit_ns (up to a second), up to @end; by hand, as strtod() takes "1e3", "nan", hex and the locale's
 * comma.
 */
static bool parse_time(const char *arg, const char *end, uint64_t unit_ns, uint64_t *ret_ns)
{
	const char *dot = memchr(arg, '.', (size_t)(end - arg));
	uint64_t whole = 0, fraction = 0, parts = 1;

	if (!dot || dot != arg) {
		if (!parse_decimal(arg, dot ? dot : end, INTERVAL_MAX_NS / unit_ns, &whole))
			return false;
	}
	if (dot) {
		if (end - dot - 1 > 9 || !parse_decimal(dot + 1, end, NSEC_PER_SEC, &fraction))
			return false;
		for (const char *p = dot + 1; p < end; p++)
			parts *= 10;
	}
	*ret_ns = whole * unit_ns + fraction * unit_ns / parts;
	return true;
}

static int parse_interval(const char *arg, uint64_t *ret_ns)
{
	uint64_t ns;

	if (!parse_time(arg, arg + strlen(arg), NSEC_PER_SEC, &ns) || ns < INTERVAL_MIN_NS ||
	    ns > INTERVAL_MAX_NS) {
		log_error("-s %s: the interval must be 0.1 to 3600 seconds", arg);
		return -EINVAL;
	}
	*ret_ns = ns;
	return 0;
}

/* Calls @add for each number of a comma list. -EINVAL at what is not one in @min..INT_MAX, told by @what. */
static int parse_list(const char *option, const char *what, const char *arg, uint64_t min,
		      int (*add)(struct options *options, uint64_t value), struct options *options)
{
	for (const char *p = arg;; p++) {
		const char *end = strchrnul(p, ',');
		uint64_t v;
		int err;

		if (!parse_decimal(p, end, INT_MAX, &v) || v < min) {
			log_error("%s %s: '%.*s' is not a %s: give decimal numbers, separated by "
				  "commas",
				  option, arg, (int)(end - p), p, what);
			return -EINVAL;
		}
		err = add(options, v);
		if (err || !*end)
			return err;
		p = end;
	}
}

/* Appends nothing when it is there; keeps the array sorted. */
#define SORTED_INSERT(array, n, value)                                                             \
	({                                                                                         \
		size_t __i = 0, __n = (n);                                                         \
		int __err = 0;                                                                     \
		typeof(array) __new = NULL;                                                        \
		while (__i < __n && (array)[__i] < (value))                                        \
			__i++;                                                                     \
		if (__i == __n || (array)[__i] != (value)) {                                       \
			__new = reallocarray((array), __n + 1, sizeof(*(array)));                  \
			__err = __new ? 0 : -ENOMEM;                                               \
		}                                                                                  \
		if (__new) {                                                                       \
			(array) = __new;                                                           \
			memmove((array) + __i + 1, (array) + __i, (__n - __i) * sizeof(*(array))); \
			(array)[__i] = (value);                                                    \
			(n)++;                                                                     \
		}                                                                                  \
		__err;                                                                             \
	})

static int add_pid(struct options *options, uint64_t value)
{
	return SORTED_INSERT(options->pids, options->n_pids, (pid_t)value);
}

static int add_vcpu(struct options *options, uint64_t value)
{
	return SORTED_INSERT(options->vcpu_ids, options->n_vcpu_ids, (uint32_t)value);
}

/* One function per option that has a value. */
typedef int (*set_fn)(struct parse *parse, const char *arg);

static int set_pid(struct parse *parse, const char *arg)
{
	return parse_list("-p", "pid", arg, 1, add_pid, parse->options);
}

static int set_vcpu(struct parse *parse, const char *arg)
{
	return parse_list("--vcpu", "vCPU id", arg, 0, add_vcpu, parse->options);
}

static int set_guest(struct parse *parse, const char *arg)
{
	if (!*arg) {
		log_error("-g: the name is empty: give a VM's name or a regular expression");
		return -EINVAL;
	}
	parse->options->guest = arg;
	return 0;
}

static int set_interval(struct parse *parse, const char *arg)
{
	parse->options->interval_given = true;
	return parse_interval(arg, &parse->options->interval_ns);
}

static int set_count(struct parse *parse, const char *arg)
{
	return parse_positive("-n", arg, UINT64_MAX, &parse->options->count);
}

static int set_once(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->once = true;
	return 0;
}

static int set_by(struct parse *parse, const char *arg)
{
	int value, err = parse_word("--by", arg, by_words, &value);

	if (err)
		return err;
	parse->options->query.by = (enum row_by)value;
	parse->options->by_given = true;
	return 0;
}

static int set_sort(struct parse *parse, const char *arg)
{
	char list[256] = "";
	size_t used = 0;

	if (!order_parse(arg, &parse->options->query.order))
		return 0;
	for (int key = 0; key < SORT_KEY_MAX && used < sizeof(list); key++) {
		const char *name = sort_key_name((enum sort_key)key);
		int n = name ? snprintf(list + used, sizeof(list) - used, "%s%s", used ? ", " : "",
					name)
			     : 0;

		used += n > 0 ? (size_t)n : 0;
	}
	log_error("--sort %s: no such column; there are %s", arg, list);
	return -EINVAL;
}

static int set_top(struct parse *parse, const char *arg)
{
	uint64_t top;
	int err = parse_positive("--top", arg, SIZE_MAX, &top);

	if (!err)
		parse->options->query.top = (size_t)top;
	return err;
}

static int set_hist(struct parse *parse, const char *arg)
{
	parse->options->hist = true;
	if (arg && *arg == '=') /* "-H=npf": getopt takes the '=' for a part of the value */
		arg++;
	if (arg && !*arg) {
		log_error("-H=: the reason is empty: give its name or number, or -H alone for all");
		return -EINVAL;
	}
	parse->options->hist_reason = arg;
	return 0;
}

static int set_stats(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->stats = true;
	return 0;
}

static int set_tracepoints(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->tracepoints = true;
	return 0;
}

static int set_fields(struct parse *parse, const char *arg)
{
	struct event_filter *filter = NULL;
	char why[128];
	int err;

	parse->options->list_events = !strcmp(arg, "help");
	parse->options->fields = arg;
	err = event_filter__new(arg, why, sizeof(why), &filter);
	if (err == -EINVAL)
		log_error("-f %s: not a regular expression: %s", arg, why);
	event_filter__free(filter);
	return err;
}

static int set_no_children(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->no_children = true;
	return 0;
}

static int set_log(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->log = true;
	return 0;
}

static int set_log_file(struct parse *parse, const char *arg)
{
	if (!*arg) {
		log_error("-L: the name of the file is empty");
		return -EINVAL;
	}
	parse->options->log_file = arg;
	return 0;
}

static int set_csv(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->csv = true;
	return 0;
}

static int set_skip_zero(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->skip_zero = true;
	return 0;
}

static int set_output(struct parse *parse, const char *arg)
{
	int value, err;

	err = parse_word("-o", arg, output_words, &value);
	if (!err)
		parse->options->output = (enum output)value;
	parse->options->output_given = true;
	return err;
}

static int set_listen(struct parse *parse, const char *arg)
{
	const char *why;

	if (!listen_addr__parse(arg, &parse->options->listen, &why))
		return 0;
	log_error("--listen %s: %s", arg, why);
	return -EINVAL;
}

static int set_latency(struct parse *parse, const char *arg)
{
	int value, err = parse_word("--latency", arg, latency_words, &value);

	if (!err)
		parse->options->latency = (enum latency)value;
	parse->latency_given = true;
	return err;
}

static int set_exit_path(struct parse *parse, const char *arg)
{
	int value, err = parse_word("--exit-path", arg, exit_path_words, &value);

	if (!err)
		parse->options->exit_path = (enum exit_path)value;
	return err;
}

static int set_stats_source(struct parse *parse, const char *arg)
{
	int value, err = parse_word("--stats-source", arg, stats_source_words, &value);

	if (!err)
		parse->options->stats_source = (enum stats_source)value;
	return err;
}

/* How much room there is for something. */
static int parse_room(const char *option, const char *arg, uint32_t *ret_room)
{
	uint64_t n;

	if (!parse_decimal(arg, arg + strlen(arg), UINT32_MAX / 2, &n) || !n) {
		log_error("%s '%s': not a number from 1 on", option, arg);
		return -EINVAL;
	}
	*ret_room = (uint32_t)n;
	return 0;
}

static int set_slots(struct parse *parse, const char *arg)
{
	return parse_room("--slots", arg, &parse->options->n_slots);
}

static int set_hists(struct parse *parse, const char *arg)
{
	return parse_room("--hists", arg, &parse->options->n_hists);
}

static int set_lose_one_in(struct parse *parse, const char *arg)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (!*arg || *end || !n || n > UINT32_MAX) {
		log_error("--lose-one-in '%s': not a number from 1 on", arg);
		return -EINVAL;
	}
	parse->options->lose_one_in = (uint32_t)n;
	return 0;
}

static int set_moved_records(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->moved_records = true;
	return 0;
}

/* Prints what --detail takes. */
static void print_details(void)
{
	const char *word, *help;

	for (size_t i = 0; detail_spec__word(i, &word, &help); i++)
		printf("%-12s %s\n", word, help);
}

static int set_detail(struct parse *parse, const char *arg)
{
	for (const char *p = arg;; p++) {
		const char *end = strchrnul(p, ',');
		int err;

		if (end - p == 4 && !strncmp(p, "help", 4)) {
			print_details();
			parse->done = true;
			return 0;
		}
		err = detail_spec__add(&parse->options->detail, p, (size_t)(end - p));
		if (err == -E2BIG)
			log_error("--detail %s: rip: of at most %d reasons", arg, DETAIL_RIP_MAX);
		else if (err == -EINVAL)
			log_error(
				"--detail %s: '%.*s' is nothing to look into: --detail help lists "
				"what is",
				arg, (int)(end - p), p);
		if (err)
			return err == -ENOMEM ? err : -EINVAL;
		if (!*end)
			return 0;
		p = end;
	}
}

/* "20us": a decimal number and its unit. */
static bool parse_duration(const char *arg, uint64_t *ret_ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", NSEC_PER_SEC } };
	const char *unit = arg + strspn(arg, "0123456789.");

	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			return parse_time(arg, unit, units[i].ns, ret_ns);
	return false;
}

static int set_slower_than(struct parse *parse, const char *arg)
{
	uint64_t ns;

	if (!parse_duration(arg, &ns) || !ns || ns > INTERVAL_MAX_NS) {
		log_error("--slower-than %s: must be a number with its unit, ns, us, ms or s, from "
			  "1ns "
			  "to 3600s",
			  arg);
		return -EINVAL;
	}
	parse->options->slower_than_ns = ns;
	return 0;
}

static int set_detail_keys(struct parse *parse, const char *arg)
{
	uint64_t keys;
	int err = parse_positive("--detail-keys", arg, 1u << 20, &keys);

	if (!err)
		parse->options->detail_keys = (size_t)keys;
	return err;
}

static int set_include_past(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->include_past = true;
	return 0;
}

static int set_file(const char *option, const char *arg, const char **ret_file)
{
	if (!*arg) {
		log_error("%s: the name is empty: give a file", option);
		return -EINVAL;
	}
	*ret_file = arg;
	return 0;
}

static int set_record(struct parse *parse, const char *arg)
{
	return set_file("--record", arg, &parse->options->record);
}

static int set_record_size(struct parse *parse, const char *arg)
{
	uint64_t mib;
	int err = parse_positive("--record-size", arg, UINT64_C(1) << 40, &mib);

	if (!err)
		parse->options->record_bytes = mib << 20;
	return err;
}

static int set_replay(struct parse *parse, const char *arg)
{
	return set_file("--replay", arg, &parse->options->replay);
}

static int set_when(const char *option, const char *arg, struct when *ret_when)
{
	if (!when_parse(arg, ret_when))
		return 0;
	log_error("%s '%s': must be a time as 2026-01-31T09:08:07Z, or in local time "
		  "'2026-01-31 09:08' or 09:08, or -10min (s, min, h, d) before the end",
		  option, arg);
	return -EINVAL;
}

static int set_since(struct parse *parse, const char *arg)
{
	return set_when("--since", arg, &parse->options->since);
}

static int set_until(struct parse *parse, const char *arg)
{
	return set_when("--until", arg, &parse->options->until);
}

static int set_verify(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->verify = true;
	return 0;
}

static int set_features(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->features = true;
	return 0;
}

static int set_verbose(struct parse *parse, const char *arg)
{
	(void)arg;
	parse->options->verbose++;
	return 0;
}

static const struct {
	int key;
	set_fn set;
} setters[] = {
	{ 'p', set_pid },
	{ 'g', set_guest },
	{ KEY_VCPU, set_vcpu },
	{ 's', set_interval },
	{ 'n', set_count },
	{ '1', set_once },
	{ KEY_BY, set_by },
	{ KEY_SORT, set_sort },
	{ KEY_TOP, set_top },
	{ 'H', set_hist },
	{ 'd', set_stats },
	{ 'f', set_fields },
	{ 'x', set_no_children },
	{ 'l', set_log },
	{ 'L', set_log_file },
	{ 'c', set_csv },
	{ 'z', set_skip_zero },
	{ 'o', set_output },
	{ KEY_LISTEN, set_listen },
	{ KEY_LATENCY, set_latency },
	{ KEY_FEATURES, set_features },
	{ 'v', set_verbose },
	{ KEY_EXIT_PATH, set_exit_path },
	{ KEY_STATS_SOURCE, set_stats_source },
	{ KEY_SLOTS, set_slots },
	{ KEY_HISTS, set_hists },
	{ KEY_LOSE_ONE_IN, set_lose_one_in },
	{ KEY_MOVED_RECORDS, set_moved_records },
	{ KEY_DETAIL, set_detail },
	{ KEY_SLOWER_THAN, set_slower_than },
	{ KEY_DETAIL_KEYS, set_detail_keys },
	{ 'i', set_include_past },
	{ 't', set_tracepoints },
	{ KEY_VERIFY, set_verify },
	{ KEY_RECORD, set_record },
	{ KEY_RECORD_SIZE, set_record_size },
	{ KEY_REPLAY, set_replay },
	{ KEY_SINCE, set_since },
	{ KEY_UNTIL, set_until },
};

static int refuse_argument(const struct argp_state *state, const char *arg)
{
	const char *before = state->next >= 2 ? state->argv[state->next - 2] : "";

	if (!strcmp(before, "-H") || !strcmp(before, "--hist"))
		log_error("%s: not an option; the histogram of one reason is --hist=%s", arg, arg);
	else
		log_error("%s: not an option, and only options are taken: see kvmtop --help", arg);
	return -EINVAL;
}

/* kvm_stat shows tracepoints unless told otherwise; what only an event view has asks for them, too. */
static void imply_tracepoints(struct options *options)
{
	if (!options->stats &&
	    (options->fields || options->no_children || options->log || options->log_file ||
	     (options->skip_zero && options->output == OUTPUT_TEXT)))
		options->tracepoints = true;
}

static bool is_log(const struct options *options)
{
	return options->log || options->log_file;
}

static bool has_records(const struct options *options)
{
	return options->output == OUTPUT_CSV || options->output == OUTPUT_JSON;
}

/* What does not go together, and what to do about it. */
struct conflict {
	bool there;
	const char *text;
};

static int check_table(const struct conflict *conflicts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!conflicts[i].there)
			continue;
		log_error("%s", conflicts[i].text);
		return -EINVAL;
	}
	return 0;
}

static int check_events(const struct options *options)
{
	bool view = options__event_view(options), by = options->by_given;
	bool looks_in = options->slower_than_ns || options->detail.kinds;
	const struct conflict conflicts[] = {
		{ options->csv && !is_log(options), "-c is for logs: give -l or -L FILE, too" },
		{ options->skip_zero && !is_log(options) && !has_records(options),
		  "-z is for logs, CSV and JSON: give -l or -L FILE, -o csv or -o json, too" },
		{ options->stats && options->hist,
		  "-d shows KVM's statistics, -H exit reasons: give one of them" },
		{ view && options->hist, "-H shows exit reasons, the event view (-t, -f, -x, -l, "
					 "-L) events: give one of them" },
		{ options->stats && by && options->query.by == BY_REASON,
		  "-d shows no exit reasons: leave --by away, or take --by vm or --by vcpu" },
		{ view && by && options->query.by == BY_REASON,
		  "-t has exit reasons as children: leave --by away, or take --by vm or --by "
		  "vcpu" },
		{ is_log(options) && by, "a log (-l, -L) is of all VMs together: leave --by away, "
					 "or choose VMs by -p or -g" },
		{ is_log(options) && (options->query.top || options->query.order.key ||
				      options->query.order.reversed),
		  "a log (-l, -L) has a column for each event: leave --top and --sort away, or "
		  "choose events by -f" },
		{ is_log(options) && options->output != OUTPUT_TEXT,
		  "-l and -L have a format of their own (-c: CSV): leave -o away" },
		{ is_log(options) && looks_in,
		  "-l and -L are a log of counts: leave --detail and --slower-than away" },
		{ view && options->once && !by && options->output == OUTPUT_TEXT && looks_in,
		  "-1 prints rows of counts for scripts: take -n 1 instead, or leave --detail and "
		  "--slower-than away" },
		{ (options->fields || options->no_children) && options->output != OUTPUT_TEXT &&
			  options->output != OUTPUT_CSV,
		  "-f and -x choose rows of the event view: take -o text or -o csv, or leave them "
		  "away" },
		{ options->list_events && (options->listen.len || options->record),
		  "-f help lists events and ends: leave --listen and --record away" },
		{ is_log(options) && options->verify, "--verify has no log: leave -l and -L away" },
		{ options->skip_zero && options->verify,
		  "--verify reports all that it compared: leave -z away" },
	};

	return check_table(conflicts, ARRAY_SIZE(conflicts));
}

static int check_others(const struct options *options)
{
	const struct conflict conflicts[] = {
		{ options->hist && options->by_given && options->query.by != BY_REASON,
		  "-H shows exit reasons: leave --by away, or take --by reason" },
		{ options->slower_than_ns && options->latency == LATENCY_OFF,
		  "--slower-than needs times, --latency off takes none: give one of them" },
		{ options->verify && (options->slower_than_ns || options->detail.kinds ||
				      options->tracepoints),
		  "--verify compares counts and ends: leave --detail, --slower-than, -t, -f and -x "
		  "away" },
	};

	return check_table(conflicts, ARRAY_SIZE(conflicts));
}

/* What does not go with --record, --replay, or without them. */
static int check_recording(const struct options *options)
{
	const struct conflict conflicts[] = {
		{ options->replay && options->record,
		  "--replay shows a recording, --record makes one: give one of them" },
		{ options->replay && options->listen.len,
		  "--listen serves what runs now: leave --replay away, or take -o openmetrics" },
		{ options->replay && options->verify,
		  "--verify compares with what runs now: leave --replay away" },
		{ options->replay && options->features,
		  "--features tells of this host: leave --replay away (--replay FILE -v tells of a "
		  "recording)" },
		{ options->record && options->log_file &&
			  !strcmp(options->record, options->log_file),
		  "-L and --record name one file: give each its own" },
		{ options->replay && options->slower_than_ns,
		  "slow exits are not recorded: leave --slower-than or --replay away" },
		{ options->record && options->verify,
		  "--verify compares and ends: leave --record away" },
		{ options->record && options->features,
		  "--features measures nothing: leave --record away" },
		{ options->record_bytes && !options->record,
		  "--record-size is of what --record writes: give --record, too" },
		{ (options->since.kind || options->until.kind) && !options->replay,
		  "--since and --until choose from a recording: give --replay, too" },
	};

	return check_table(conflicts, ARRAY_SIZE(conflicts));
}

/* What does not go with where frames go. */
static int check_outputs(const struct options *options)
{
	bool metrics =
		options->output == OUTPUT_OPENMETRICS || options->output == OUTPUT_PROMETHEUS;
	const struct conflict conflicts[] = {
		{ options->verify && metrics, "--verify is no metric: leave -o openmetrics away" },
		{ options->verify && options->listen.len,
		  "--verify is no metric: leave --listen away" },
		{ options->verify && options->output == OUTPUT_CSV,
		  "--verify prints a report: leave -o csv away, or take -o json" },
		{ options->slower_than_ns && (metrics || !options__has_stdout(options)),
		  "--slower-than prints lines, which metrics are not: give -o text, csv or json" },
	};

	return check_table(conflicts, ARRAY_SIZE(conflicts));
}

/* The event view has counts only: what nobody sees is not timed. */
static void choose_latency(const struct parse *parse)
{
	struct options *options = parse->options;

	if (options__event_view(options) && !parse->latency_given &&
	    options->output == OUTPUT_TEXT && !options->detail.kinds && !options->slower_than_ns &&
	    !options->verify && !options->listen.len && !options->record && !options->replay)
		options->latency = LATENCY_OFF;
}

/* What only the whole command line shows to be wrong. */
static int check_conflicts(const struct parse *parse)
{
	struct options *options = parse->options;
	int err;

	if (options->once && options->count > 1) {
		log_error("-1 is one interval, -n %llu is not: give one of them",
			  (unsigned long long)options->count);
		return -EINVAL;
	}
	imply_tracepoints(options);
	err = check_events(options) ?: check_others(options) ?: check_outputs(options)
			?: check_recording(options);
	if (err)
		return err;
	choose_latency(parse);
	if (options->list_events)
		options->interval_ns = NSEC_PER_SEC / 1000;
	if (options->once || options->list_events)
		options->count = 1;
	return 0;
}

static error_t parse_key(int key, char *arg, struct argp_state *state)
{
	struct parse *parse = state->input;

	if (key == ARGP_KEY_INIT)
		state->err_stream = NULL; /* getopt's one line is all; no "Try --help" below it */
	if (key == ARGP_KEY_ARG)
		return -refuse_argument(state, arg);
	if (key == ARGP_KEY_END)
		return -check_conflicts(parse);
	if (key == 'h')
		argp_state_help(state, stdout,
				ARGP_HELP_LONG | ARGP_HELP_PRE_DOC | ARGP_HELP_POST_DOC |
					ARGP_HELP_SHORT_USAGE);
	if (key == 'V')
		printf("kvmtop %s\n", KVMTOP_VERSION);
	if (key == 'h' || key == 'V') {
		parse->done = true;
		return ECANCELED; /* what follows does not matter any more */
	}
	for (size_t i = 0; i < ARRAY_SIZE(setters); i++) {
		if (setters[i].key == key) {
			int err = setters[i].set(parse, arg);

			return parse->done ? ECANCELED : -err;
		}
	}
	return ARGP_ERR_UNKNOWN;
}

static const struct argp parser = {
	.options = option_table,
	.parser = parse_key,
	.doc = "top for KVM: VM exits per VM, vCPU and exit reason, and where the time goes.\v"
	       "Without options: a table every second, of all VMs, until a signal.\n"
	       "Time in which a vCPU is halted, or its thread waits for a CPU, is in no exit's "
	       "handling "
	       "time: see BLOCK%, POLL% (or their sum, HALT%), DELAY%.\n"
	       "Exit status: 0 done, 1 failed or --verify found a mismatch, 2 wrong usage, 3 "
	       "--verify "
	       "found nothing to compare.",
};

const char *options__version(void)
{
	return KVMTOP_VERSION;
}

static struct options *options_new(void)
{
	struct options *options = calloc(1, sizeof(*options));

	if (!options)
		return NULL;
	options->interval_ns = NSEC_PER_SEC;
	options->latency = LATENCY_FULL;
	return options;
}

DEFINE_CLEANUP(options, struct options, options__free)

int options__parse(int argc, char **argv, struct options **ret_options)
{
	struct options *options __cleanup(cleanup_options) = options_new();
	__autofree char **args = calloc((size_t)(argc > 0 ? argc : 1) + 1, sizeof(*args));
	struct parse parse = { .options = options };
	char name[] = "kvmtop"; /* getopt's messages begin with argv[0], which may be a long path */
	int err;

	if (!options || !args)
		return -ENOMEM;
	for (int i = 1; i < argc; i++)
		args[i] = argv[i];
	args[0] = name;
	err = argp_parse(&parser, argc > 0 ? argc : 1, args,
			 ARGP_NO_EXIT | ARGP_NO_HELP | ARGP_IN_ORDER, NULL, &parse);
	if (parse.done)
		return 1;
	if (err)
		return err == ENOMEM ? -ENOMEM : -EINVAL;
	*ret_options = take_ptr(options);
	return 0;
}

void options__free(struct options *options)
{
	if (!options)
		return;
	free(options->pids);
	free(options->vcpu_ids);
	detail_spec__done(&options->detail);
	free(options);
}
