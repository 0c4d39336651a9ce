// SPDX-License-Identifier: GPL-2.0
#include "json_keys.h"

#include "../arch/words.h"
#include "json_fields.h"

/* The shapes of values. */
#define TEXT .shapes = JSON_SHAPE_TEXT
#define NUMBER .shapes = JSON_SHAPE_NUMBER
#define BOOLEAN .shapes = JSON_SHAPE_BOOLEAN
#define NUMBERS .shapes = JSON_SHAPE_NUMBERS
#define OBJECT(kind) .shapes = JSON_SHAPE_OBJECT, .object = JSON_OBJECT_##kind
#define OBJECTS(kind) .shapes = JSON_SHAPE_OBJECTS, .object = JSON_OBJECT_##kind
#define BY_NAME(kind) .shapes = JSON_SHAPE_BY_NAME, .object = JSON_OBJECT_##kind
#define KEY(name_, help_, ...)                                \
	{                                                     \
		.name = (name_), .help = (help_), __VA_ARGS__ \
	}
#define END                  \
	{                    \
		.name = NULL \
	}
/* Here are the columns that the object has. */
static const char columns_here[] = "";
#define COLUMNS                      \
	{                            \
		.name = columns_here \
	}
/* Those that have occurred (-t). */
#define EVENTS_KEY(help_) \
	KEY("events", help_, BY_NAME(COUNTER), .null = "they are not counted (-t)")
/* The rows of the event view. */
#define ITEM_ROWS_KEY(whose_, missing_)                                                          \
	KEY("event_rows",                                                                        \
	    "The events of the event view that ever happened, of " whose_ ", as the rows of it " \
	    "in CSV.",                                                                           \
	    OBJECTS(ITEM), .missing = (missing_))

/* When a value is null. */
static const char not_known[] = "it is not known";
static const char no_name[] = "it has none";
static const char not_timed[] = "nothing was timed (--latency off), or it went backwards";
static const char no_hist[] = "there are no histograms (--latency mean), or some vCPU has none";
static const char none_timed[] = "none was timed";
static const char no_total_percentiles[] =
	"none was timed, there are no histograms (--latency mean), or some vCPU has none";
static const char no_reset_delta[] = "it was reset, or was not there when the interval began";
static const char no_stats[] = "no statistics of KVM are known";
static const char no_day[] = "there is no such day";

static const struct json_key frame_keys[] = {
	KEY("schema", "kvmtop.frame/1.", TEXT),
	KEY("time", "End of the interval, UTC, ISO 8601.", TEXT, .null = no_day),
	KEY("interval_s", "Real length of the interval.", NUMBER, .unit = "s"),
	KEY("host", "The host.", OBJECT(HOST)),
	KEY("sources", "Sources of data: ok, or why it does not work.",
	    .shapes = JSON_SHAPE_TEXTS_BY_NAME, .null = "it was not asked for"),
	KEY("drops", "What could not be counted since kvmtop was started, by cause.",
	    .shapes = JSON_SHAPE_NUMBERS_BY_NAME),
	KEY("hist_full",
	    "Reasons of vCPUs that count without a histogram, as there was no room for more.",
	    NUMBER),
	EVENTS_KEY("Tracepoints of KVM, by name: of all VMs and, without -p, -g and --vcpu, those "
		   "of no VM that is known."),
	ITEM_ROWS_KEY("all VMs together", "without -f and -x"),
	KEY("vms", "The VMs that are selected.", OBJECTS(VM)),
	KEY("findings",
	    "Why VMs are slow: what needs action first, then by cost. A finding appears when its "
	    "rule applied in 3 of the last 5 frames and for 3 s. It disappears after 5 below 80 % "
	    "of its limits.",
	    OBJECTS(FINDING), .null = "nothing was timed (--latency off)"),
	END,
};

static const struct json_key host_keys[] = {
	KEY("name", "Its name.", TEXT, .null = not_known),
	KEY("kernel", "Release of its kernel.", TEXT, .null = not_known),
	KEY("arch", "Its architecture.", TEXT, .null = not_known),
	KEY("cpus", "Number of its CPUs.", NUMBER, .null = not_known),
	END,
};

/* What VMs and vCPUs share. */
#define EXITS_KEYS                                                                   \
	KEY("exits", "VM exits.", OBJECT(COUNTER)),                                  \
		KEY("reasons", "Exit reasons that have occurred.", OBJECTS(REASON)), \
		KEY("userspace_exits", "Exits to user space that have occurred.", OBJECTS(REASON))
#define DETAIL_KEYS                                                                               \
	KEY("details", "What exits were about.", OBJECTS(DETAIL), .missing = "without --detail"), \
		KEY("detail_others",                                                              \
		    "By kind, all keys together that are not in details, and exits without one.", \
		    OBJECTS(DETAIL), .missing = "without --detail")
#define TIME_KEYS                                                                           \
	KEY("time_pct", "Where the time of the vCPUs went, in percent.", OBJECT(TIME_PCT)), \
		KEY("time_ns", "The same in nanoseconds.", OBJECT(TIME_NS))
#define STATS_SOURCE_KEY \
	KEY("stats_source", "How they were read: fd, iterator, debugfs.", TEXT, .null = no_stats)

static const struct json_key vm_keys[] = {
	COLUMNS,
	EXITS_KEYS,
	EVENTS_KEY("Tracepoints of KVM, by name: its vCPUs', and those of none of them."),
	ITEM_ROWS_KEY("the VM", "without --by vm and -f or -x"),
	KEY("stats", "KVM's statistics of the VM itself, by name.", BY_NAME(STAT),
	    .null = no_stats),
	KEY("vcpu_stats", "The sums over its vCPUs, without what has a value instead of a count.",
	    BY_NAME(STAT), .null = no_stats),
	STATS_SOURCE_KEY,
	DETAIL_KEYS,
	TIME_KEYS,
	KEY("held",
	    "What holds all of its vCPUs: stopped (SIGSTOP, a debugger), frozen (its cgroup's "
	    "freezer); "
	    "no: nothing holds one of them.",
	    TEXT, .null = not_known),
	KEY("vcpus", "Its vCPUs.", OBJECTS(VCPU)),
	END,
};

static const struct json_key vcpu_keys[] = {
	COLUMNS,
	EXITS_KEYS,
	EVENTS_KEY("Tracepoints of KVM, by name."),
	ITEM_ROWS_KEY("the vCPU", "without --by vcpu and -f or -x"),
	KEY("stats", "KVM's statistics of the vCPU, by name.", BY_NAME(STAT), .null = no_stats),
	STATS_SOURCE_KEY,
	DETAIL_KEYS,
	TIME_KEYS,
	KEY("held",
	    "What holds its thread: stopped (SIGSTOP, a debugger), frozen (its cgroup's freezer); "
	    "parked (no thread: its VMM has unplugged the vCPU); no: nothing.",
	    TEXT, .null = not_known),
	END,
};

static const struct json_key reason_keys[] = {
	COLUMNS,
	KEY("count", "How many.", OBJECT(COUNTER)),
	KEY("time", "Handling time; of exits to user space, the VMM's.", OBJECT(TIME),
	    .null = not_timed),
	END,
};

static const struct json_key item_keys[] = {
	KEY("name", "Its name, as in the event view.", TEXT),
	KEY("origin", "What counts it: tracepoint or statistic.", TEXT),
	KEY("total",
	    "How often it happened since kvmtop was started; with -i, statistics since the VM "
	    "began. Tracepoints begin at zero when T has more times taken. It does not shrink "
	    "when a VM ends.",
	    NUMBER, .missing = "if it has a value"),
	KEY("delta", "In the interval.", NUMBER, .null = no_reset_delta,
	    .missing = "if it has a value"),
	KEY("per_s", "The same per second.", NUMBER, .unit = "per second", .null = no_reset_delta,
	    .missing = "if it has a value"),
	KEY("value", "What it is now, or its peak.", NUMBER, .null = not_known,
	    .missing = "if it is counted"),
	END,
};

static const struct json_key time_keys[] = {
	COLUMNS,
	KEY("log2_hist",
	    "Exits that took less than 2 ns, less than 4 ns, and so on; the last one has "
	    "all that took longer.",
	    NUMBERS, .null = no_hist),
	KEY("total",
	    "All exits since kvmtop was started. They begin at zero when T has more times taken.",
	    OBJECT(TIME_TOTAL)),
	END,
};

static const struct json_key time_total_keys[] = {
	KEY("count", "How many were timed.", NUMBER),
	KEY("sum_ns", "Their handling time.", NUMBER, .unit = "ns"),
	KEY("avg_ns", "Mean.", NUMBER, .unit = "ns", .null = none_timed),
#define PERCENTILE_KEY(id, name, label, one_in, help) \
	KEY(name, help, NUMBER, .unit = "ns", .null = no_total_percentiles),
	PERCENTILES(PERCENTILE_KEY)
		KEY("max_ns", "The longest.", NUMBER, .unit = "ns", .null = none_timed),
	END,
};

static const struct json_key only_columns[] = { COLUMNS, END };

static const struct json_key stat_keys[] = {
	KEY("total", "Since the VM began; of a histogram, of each bucket.",
	    .shapes = JSON_SHAPE_NUMBER | JSON_SHAPE_NUMBERS, .missing = "if it has a value"),
	KEY("delta", "In the interval.", .shapes = JSON_SHAPE_NUMBER | JSON_SHAPE_NUMBERS,
	    .null = no_reset_delta, .missing = "if it has a value"),
	KEY("rate", "The same per second.", NUMBER, .unit = "per second", .null = no_reset_delta,
	    .missing = "if it has a value or several counts"),
	KEY("value", "What it is now, or its peak.",
	    .shapes = JSON_SHAPE_NUMBER | JSON_SHAPE_NUMBERS, .missing = "if it is counted"),
	KEY("hist", "linear or log2.", TEXT, .missing = "if it is no histogram"),
	KEY("bucket_size", "Width of the buckets of a linear histogram.", NUMBER,
	    .missing = "if it is no histogram"),
	KEY("unit",
	    "Its unit: bytes, seconds, cycles, boolean; of a histogram, that of its buckets.", TEXT,
	    .missing = "if it has none"),
	KEY("exponent", "It is in units of base to the power of this.", NUMBER,
	    .missing = "if that is 0"),
	KEY("base", "2 or 10.", NUMBER, .missing = "if exponent is 0"),
	END,
};

/* Of a key of the drill-down, where it has them. */
#define ABOUT_KEYS(missing_)                                                                   \
	KEY("key", "The key; addresses as hexadecimal text.",                                  \
	    .shapes = JSON_SHAPE_NUMBER | JSON_SHAPE_TEXT, .missing = (missing_)),             \
		KEY("dir", "read or write.", TEXT, .missing = "if the kind has no direction"), \
		KEY("size", "How much was read or written.", NUMBER, .unit = "bytes",          \
		    .missing = "if it is not known"),                                          \
		KEY("error_code", "Why a page faulted, as the CPU reports it.", NUMBER,        \
		    .missing = "if it is no page"),                                            \
		KEY("name", "Its name.", TEXT, .null = no_name, .missing = (missing_))

static const struct json_key detail_keys[] = {
	KEY("kind", ARCH_KINDS "; see --detail.", TEXT),
	ABOUT_KEYS("in detail_others"),
	KEY("count", "How many.", OBJECT(COUNTER)),
	KEY("time", "Handling time of the exits in which it occurred.", OBJECT(KEY_TIME),
	    .null = not_timed),
	END,
};

static const struct json_key slow_keys[] = {
	KEY("schema", "kvmtop.slow/1.", TEXT),
	KEY("time", "When the exit ended, UTC, ISO 8601.", TEXT, .null = no_day),
	KEY("pid", "Process id of the VMM.", NUMBER),
	KEY("id", "The VM, as in a VM.", TEXT, .null = "which VM it is is not known"),
	COLUMNS,
	KEY("detail", "What it was about.", OBJECT(ABOUT), .null = not_known),
	END,
};

static const struct json_key about_keys[] = {
	KEY("kind", ARCH_KINDS "; see --detail.", TEXT),
	ABOUT_KEYS(NULL),
	END,
};

static const struct json_key verify_keys[] = {
	KEY("schema", "kvmtop.verify/1.", TEXT),
	KEY("result", "ok, mismatch, or none (nothing could be compared).", TEXT),
	KEY("interval_s", "From the first reading to the last.", NUMBER, .unit = "s",
	    .null = "there were fewer than two"),
	KEY("sources", "As in FRAME.", .shapes = JSON_SHAPE_TEXTS_BY_NAME,
	    .null = "it was not asked for"),
	KEY("pairs", "The pairs that were compared.", OBJECTS(PAIR)),
	END,
};

static const struct json_key pair_keys[] = {
	KEY("pid", "Process id of the VMM.", NUMBER),
	KEY("vm", "The VM, as the id of a VM.", TEXT),
	KEY("stat", "KVM's name of the statistic.", TEXT),
	KEY("event", "What kvmtop counts.", TEXT),
	KEY("class", "exact, at-least, at-most, near.", TEXT),
	KEY("tracepoint", "By how much it grew by kvmtop's count: least and most.", NUMBERS,
	    .null = "there were fewer than two readings"),
	KEY("stats", "By KVM's statistics: least and most.", NUMBERS, .null = not_known),
	KEY("debugfs", "By debugfs: least and most.", NUMBERS, .null = not_known),
	KEY("verdict", "ok, mismatch, skipped.", TEXT),
	KEY("why", "Why it is a mismatch, was skipped, or is not exact.", TEXT,
	    .null = "there is nothing to say"),
	END,
};

/* What findings of a frame and those of --why share. */
#define FINDING_KEYS                                                                               \
	KEY("rule", "The rule: R1 and so on, see FINDINGS.", TEXT),                                \
		KEY("severity", "look or act.", TEXT),                                             \
		KEY("vm", "The VM, as the id of a VM.", TEXT),                                     \
		KEY("vcpu", "Id of the vCPU.", NUMBER, .null = "it is of the whole VM"),           \
		KEY("cost_pct", "What it costs, of the VM's vCPU time.", NUMBER, .unit = "%"),     \
		KEY("text", "What is wrong, and by how much.", TEXT),                              \
		KEY("short", "The same in at most 36 characters.", TEXT),                          \
		KEY("incomplete", "Whether numbers are missing that could change it.", BOOLEAN),   \
		KEY("fading",                                                                      \
		    "Whether its rule no longer applies, but did shortly before; the numbers are " \
		    "those of "                                                                    \
		    "then.",                                                                       \
		    BOOLEAN),                                                                      \
		KEY("evidence", "What it rests on, by name; names end with the unit.",             \
		    .shapes = JSON_SHAPE_TEXTS_BY_NAME | JSON_SHAPE_NUMBERS_BY_NAME),              \
		KEY("next", "What can be done about it.", TEXT)

static const struct json_key finding_keys[] = { FINDING_KEYS, END };

static const struct json_key why_keys[] = {
	KEY("schema", "kvmtop.why/1.", TEXT),
	KEY("from", "When what was looked at begins, UTC, ISO 8601.", TEXT),
	KEY("to", "When it ends.", TEXT),
	KEY("seconds", "How long that is, without gaps.", NUMBER, .unit = "s"),
	KEY("vms", "Number of VMs, ended ones included.", NUMBER),
	KEY("want_cpus", "CPUs of the host that all VMs could have used.", NUMBER, .unit = "CPUs",
	    .null = "it is not known of all VMs, or -p, -g or --vcpu chose some"),
	KEY("to_act", "Whether a finding is to be acted on.", BOOLEAN),
	KEY("findings", "All findings, by the time when they began.", OBJECTS(WHY_FINDING)),
	END,
};

static const struct json_key why_finding_keys[] = {
	FINDING_KEYS,
	KEY("name", "The name that the VMM was given for the VM.", TEXT, .null = no_name),
	KEY("from", "When it began.", TEXT),
	KEY("to", "When it ended, or what was looked at did.", TEXT),
	KEY("peak", "When it cost most; cost, text and evidence are of then.", TEXT),
	KEY("mean_pct", "What it cost on average.", NUMBER, .unit = "%"),
	KEY("lost_cpus", "What the VM lost on average, as in a VM.", NUMBER, .unit = "CPUs",
	    .null = NO_DELAY),
	END,
};

static const struct {
	const char *name, *help;
	const struct json_key *keys;
} objects[JSON_OBJECT_MAX] = {
	[JSON_OBJECT_FRAME] = { "FRAME", "The line of an interval.", frame_keys },
	[JSON_OBJECT_SLOW] = { "SLOW", "The line of an exit that took long (--slower-than).",
			       slow_keys },
	[JSON_OBJECT_VERIFY] = { "VERIFY", "The report of --verify.", verify_keys },
	[JSON_OBJECT_HOST] = { "HOST", "The host.", host_keys },
	[JSON_OBJECT_VM] = { "VM", "A VM.", vm_keys },
	[JSON_OBJECT_VCPU] = { "VCPU", "A vCPU.", vcpu_keys },
	[JSON_OBJECT_REASON] = { "REASON", "An exit reason, or a kind of exit to user space.",
				 reason_keys },
	[JSON_OBJECT_COUNTER] = { "COUNTER", "What is counted.", only_columns },
	[JSON_OBJECT_ITEM] = { "EVENT", "A row of the event view.", item_keys },
	[JSON_OBJECT_TIME] = { "TIME", "The times of a reason in the interval.", time_keys },
	[JSON_OBJECT_TIME_TOTAL] = { "TIME_TOTAL", "The times of a reason in all.",
				     time_total_keys },
	[JSON_OBJECT_TIME_PCT] = { "TIME_PCT", "Shares of the vCPUs' time in the interval.",
				   only_columns },
	[JSON_OBJECT_TIME_NS] = { "TIME_NS", "Parts of the vCPUs' time in the interval.",
				  only_columns },
	[JSON_OBJECT_STAT] = { "STAT", "A statistic of KVM.", stat_keys },
	[JSON_OBJECT_DETAIL] = { "DETAIL", "A key of --detail.", detail_keys },
	[JSON_OBJECT_KEY_TIME] = { "KEY_TIME", "The times of a key.", only_columns },
	[JSON_OBJECT_ABOUT] = { "ABOUT", "The key of a slow exit.", about_keys },
	[JSON_OBJECT_WHY] = { "WHY", "The report of --why.", why_keys },
	[JSON_OBJECT_WHY_FINDING] = { "WHY_FINDING", "A finding while it lasted.",
				      why_finding_keys },
	[JSON_OBJECT_FINDING] = { "FINDING", "Why a VM is slow.", finding_keys },
	[JSON_OBJECT_PAIR] = { "PAIR", "What --verify compared, of one VM.", pair_keys },
};

const char *json_object_name(enum json_object object)
{
	return objects[object].name;
}

const char *json_object_help(enum json_object object)
{
	return objects[object].help;
}

static void from_field(const struct json_field *field, struct json_key *ret_key)
{
	const struct column *column = registry_column(field->id);

	*ret_key = (struct json_key){
		.name = json_field_name(field),
		.shapes = field->named	   ? JSON_SHAPE_TEXT | JSON_SHAPE_NUMBER
			  : field->text	   ? JSON_SHAPE_TEXT
			  : field->boolean ? JSON_SHAPE_BOOLEAN
					   : JSON_SHAPE_NUMBER,
		.unit = column_unit_name(column->unit),
		.null = field->null,
		.missing = field->missing,
		.help = field->help ? field->help : column->help,
	};
}

bool json_object_key(enum json_object object, size_t i, struct json_key *ret_key)
{
	size_t n;
	const struct json_field *fields = json_fields(object, &n);

	for (const struct json_key *key = objects[object].keys; key->name; key++) {
		size_t here = key->name == columns_here ? n : 1;

		if (i < here) {
			if (key->name == columns_here)
				from_field(&fields[i], ret_key);
			else
				*ret_key = *key;
			return true;
		}
		i -= here;
	}
	return false;
}
