// SPDX-License-Identifier: GPL-2.0
#include "cases.h"

#include "../../user/base/cleanup.h"
#include "../../user/sinks/openmetrics.h"
#include "snapshots.h"
#include "stats_snapshots.h"
#include "writers.h"

#define TEXT(file_, latency_, ...)                                                \
	{                                                                         \
		.file = file_ ".txt", .write = text__write, .make = make_several, \
		.latency = latency_, .view = {                                    \
			__VA_ARGS__                                               \
		}                                                                 \
	}
#define STATS(file_, make_, ...)                                             \
	{                                                                    \
		.file = file_ ".txt", .write = text__write, .make = (make_), \
		.latency = LATENCY_OFF, .view = {                            \
			.stats = true,                                       \
			__VA_ARGS__                                          \
		}                                                            \
	}
/* Not all names, as the build's headers may have more or fewer. */
#define EVENT_FIELDS                                                                     \
	"kvm_(userspace_)?exit($|.(HLT|NPF|CPUID|MSR|EPT_VIO|IOIO|IO.|MMIO|EINTR|[0-9]|" \
	"UNKNOWN_R))"
#define EVENTS(file_, write_, ...)                                                                \
	{                                                                                         \
		.file = (file_), .write = (write_), .make = make_several, .latency = LATENCY_OFF, \
		.selected = true, __VA_ARGS__                                                     \
	}
#define EVENTS_UNREAD(file_, write_, ...)                                      \
	{                                                                      \
		.file = (file_), .write = (write_), .make = make_unread_stats, \
		.fields = "exits|pages_4k", .second = true, .view = {          \
			.stats = true,                                         \
			.fields = true,                                        \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define DETAIL(file_, latency_, ...)                                              \
	{                                                                         \
		.file = file_ ".txt", .write = text__write, .make = make_details, \
		.latency = latency_, .view = {                                    \
			__VA_ARGS__                                               \
		}                                                                 \
	}
#define CSV(file_, make_, latency_, ...)                                                        \
	{                                                                                       \
		.file = file_ ".csv", .write = write_csv, .make = (make_), .latency = latency_, \
		.view = {                                                                       \
			__VA_ARGS__                                                             \
		}                                                                               \
	}
#define JSON(file_, latency_, ...)                                                 \
	{                                                                          \
		.file = file_ ".json", .write = json__write, .make = make_several, \
		.latency = latency_, .view = {                                     \
			__VA_ARGS__                                                \
		}                                                                  \
	}

#define PROTOBUF(file_, make_, latency_)                                       \
	{                                                                      \
		.file = file_ ".pb", .write = write_protobuf, .make = (make_), \
		.latency = latency_, .view = {                                 \
			.version = "1.2-\"3\"",                                \
		}                                                              \
	}

#define METRICS(file_, write_, make_, latency_, ...)                                           \
	{                                                                                      \
		.file = file_ ".txt", .write = (write_), .make = (make_), .latency = latency_, \
		.view = {                                                                      \
			.version = "1.2-\"3\"",                                                \
			__VA_ARGS__                                                            \
		}                                                                              \
	}

const struct golden_case cases[] = {
	TEXT("default", LATENCY_FULL, .utf8 = true),
	TEXT("default-ascii", LATENCY_FULL, .utf8 = false),
	TEXT("default-120", LATENCY_FULL, .width = 120, .utf8 = true),
	TEXT("default-80", LATENCY_FULL, .width = 80, .utf8 = true),
	TEXT("default-60", LATENCY_FULL, .width = 60, .utf8 = true),
	TEXT("default-20", LATENCY_FULL, .width = 20, .utf8 = true),
	TEXT("default-top2", LATENCY_FULL, .query = { .top = 2 }),
	TEXT("default-high", LATENCY_FULL, .width = 80, .height = 4),
	TEXT("default-low", LATENCY_FULL, .width = 80, .height = 3),
	TEXT("default-low-40", LATENCY_FULL, .width = 40, .height = 3),
	TEXT("default-low-top2", LATENCY_FULL, .width = 80, .height = 3, .query = { .top = 2 }),
	TEXT("default-mean", LATENCY_MEAN, .width = 100),
	TEXT("default-off", LATENCY_OFF, .width = 100),
	TEXT("vm", LATENCY_FULL, .by_given = true,
	     .query = { .by = BY_VM, .order = { .key = SORT_PID } }),
	TEXT("vcpu", LATENCY_FULL, .by_given = true, .query = { .by = BY_VCPU }),
	TEXT("vcpu-80", LATENCY_FULL, .by_given = true, .width = 80, .query = { .by = BY_VCPU }),
	TEXT("reason", LATENCY_FULL, .by_given = true, .query = { .by = BY_REASON }),
	TEXT("reason-p99-top3", LATENCY_FULL, .by_given = true, .width = 80,
	     .query = { .by = BY_REASON, .order = { .key = SORT_P99 }, .top = 3 }),
	TEXT("hist", LATENCY_FULL, .hist = true),
	TEXT("hist-80-utf8", LATENCY_FULL, .hist = true, .width = 80, .utf8 = true,
	     .query = { .top = 2 }),
	TEXT("hist-40", LATENCY_FULL, .hist = true, .width = 40, .query = { .top = 1 }),
	TEXT("hist-npf", LATENCY_FULL, .hist = true, .hist_reason = "NPF"),
	TEXT("hist-user", LATENCY_FULL, .hist = true, .hist_reason = "kvm_exit_io"),
	TEXT("hist-number", LATENCY_FULL, .hist = true, .hist_reason = "0x78"),
	TEXT("hist-never", LATENCY_FULL, .hist = true,
	     .hist_reason = "n\x1b"
			    "ever"),
	TEXT("hist-mean", LATENCY_MEAN, .hist = true),
	JSON("full", LATENCY_FULL, .utf8 = true),
	JSON("mean", LATENCY_MEAN, .utf8 = true),
	JSON("off", LATENCY_OFF, .utf8 = true),
	JSON("sort-default", LATENCY_OFF, .query = { .order = { .given = true } }),
	JSON("top1", LATENCY_OFF, .query = { .order = { .key = SORT_NAME }, .top = 1 }),
	{ .file = "stats.json", .write = json__write, .make = make_stats, .latency = LATENCY_OFF },
	{ .file = "stats.json",
	  .write = json__write,
	  .make = make_stats,
	  .latency = LATENCY_OFF,
	  .view = { .stats = true, .query = { .top = 4, .order = { .key = SORT_NAME } } } },
	STATS("stats", make_steady_stats, .width = 80),
	STATS("stats-kinds", make_stats, .utf8 = true),
	STATS("stats-reset", make_host_stats, .utf8 = true),
	STATS("stats-unmounted", make_stats_unmounted, .width = 80),
	STATS("stats-top2", make_steady_stats,
	      .query = { .top = 2, .order = { .key = SORT_COUNT } }),
	STATS("stats-name", make_steady_stats, .query = { .order = { .key = SORT_NAME } }),
	STATS("stats-20", make_steady_stats, .width = 20),
	STATS("stats-vm", make_host_stats, .by_given = true,
	      .query = { .by = BY_VM, .order = { .key = SORT_P99 } }),
	STATS("stats-vm-kinds", make_stats, .by_given = true, .query = { .by = BY_VM, .top = 2 }),
	STATS("stats-vcpu", make_host_stats, .by_given = true,
	      .query = { .by = BY_VCPU, .top = 3 }),
	STATS("stats-vcpu-kinds", make_stats, .by_given = true, .query = { .by = BY_VCPU }),
	STATS("stats-denied", make_no_stats, .utf8 = true),
	STATS("stats-denied-vm", make_no_stats, .by_given = true, .query = { .by = BY_VM }),
	STATS("stats-denied-vcpu", make_no_stats, .by_given = true, .query = { .by = BY_VCPU }),
	STATS("stats-none", make_none, .utf8 = true),
	EVENTS("events.txt", text__write, .view = { .tracepoints = true, .width = 80 }),
	{ .file = "events-both.txt",
	  .write = text__write,
	  .make = make_both,
	  .latency = LATENCY_OFF,
	  .view = { .stats = true, .tracepoints = true, .width = 80 } },
	EVENTS("events-x.txt", text__write, .view = { .tracepoints = true }, .no_children = true),
	EVENTS("events-f.txt", text__write, .view = { .tracepoints = true },
	       .fields = "kvm_exit\\((HLT|NPF)"),
	EVENTS("events-top2.txt", text__write,
	       .view = { .tracepoints = true,
			 .query = { .top = 2, .order = { .key = SORT_COUNT } } }),
	EVENTS("events-vm.txt", text__write,
	       .view = { .tracepoints = true, .by_given = true, .query = { .by = BY_VM } }),
	EVENTS("events-vcpu.txt", text__write,
	       .view = { .tracepoints = true, .by_given = true, .query = { .by = BY_VCPU } }),
	EVENTS("events-once.txt", write_once, .view = { .tracepoints = true }),
	EVENTS("events-names.txt", write_names, .view = { .tracepoints = true }),
	EVENTS("events-o.csv", write_csv, .view = { .tracepoints = true }),
	EVENTS("events-o-f.csv", write_csv,
	       .view = { .tracepoints = true,
			 .fields = true,
			 .query = { .order = { .key = SORT_NAME } } },
	       .fields = "kvm_exit\\((HLT|NPF)"),
	EVENTS("events-o-vm.csv", write_csv,
	       .view = { .tracepoints = true, .by_given = true, .query = { .by = BY_VM } }),
	EVENTS("events-o-vcpu.csv", write_csv,
	       .view = { .tracepoints = true,
			 .by_given = true,
			 .query = { .by = BY_VCPU, .top = 2 } }),
	EVENTS("events-f.json", json__write,
	       .view = { .tracepoints = true, .fields = true, .query = { .top = 2 } },
	       .fields = "kvm_exit\\((HLT|NPF)"),
	EVENTS("events-top2.json", json__write,
	       .view = { .tracepoints = true,
			 .fields = true,
			 .query = { .top = 2, .order = { .key = SORT_COUNT } } }),
	{ .file = "events-x-vm.json",
	  .write = json__write,
	  .make = make_host_stats,
	  .view = { .stats = true,
		    .tracepoints = true,
		    .fields = true,
		    .by_given = true,
		    .query = { .by = BY_VM } },
	  .no_children = true },
	{ .file = "events-x-vcpu.json",
	  .write = json__write,
	  .make = make_host_stats,
	  .view = { .stats = true,
		    .fields = true,
		    .skip_idle = true,
		    .by_given = true,
		    .query = { .by = BY_VCPU, .order = { .key = SORT_NAME } } },
	  .no_children = true },
	EVENTS_UNREAD("events-unread.txt", text__write, .width = 80),
	EVENTS_UNREAD("events-unread.csv", write_csv, .by_given = true, .query = { .by = BY_VM }),
	EVENTS_UNREAD("events-unread.json", json__write, .by_given = true,
		      .query = { .by = BY_VM }),
	EVENTS("events.log", write_std, .view = { .tracepoints = true }),
	EVENTS("events.csv", write_log_csv, .view = { .tracepoints = true }),
	{ .file = "stats-once.txt",
	  .write = write_once,
	  .make = make_steady_stats,
	  .view = { .stats = true },
	  .no_past = true },
	{ .file = "stats.csv",
	  .write = write_log_csv,
	  .make = make_host_stats,
	  .view = { .stats = true } },
	{ .file = "stats.log",
	  .write = write_std,
	  .make = make_steady_stats,
	  .view = { .stats = true } },
	{ .file = "hist-full.txt",
	  .write = text__write,
	  .make = make_hist_full,
	  .latency = LATENCY_FULL },
	{ .file = "hist-full.json",
	  .write = json__write,
	  .make = make_hist_full,
	  .latency = LATENCY_FULL },
	DETAIL("detail", LATENCY_FULL, .utf8 = true),
	DETAIL("detail-80", LATENCY_FULL, .width = 80, .query = { .top = 3 }),
	DETAIL("detail-off", LATENCY_OFF, .by_given = true, .query = { .by = BY_VM }),
	DETAIL("detail-vcpu-time", LATENCY_MEAN, .by_given = true, .width = 120,
	       .query = { .by = BY_VCPU, .order = { .key = SORT_TIME } }),
	{ .file = "detail.json",
	  .write = json__write,
	  .make = make_details,
	  .latency = LATENCY_MEAN },
	{ .file = "slow.txt", .write = write_slow, .make = make_none, .latency = LATENCY_FULL },
	{ .file = "slow-40.txt",
	  .write = write_slow,
	  .make = make_none,
	  .latency = LATENCY_FULL,
	  .view = { .width = 40, .utf8 = true } },
	{ .file = "findings.json",
	  .write = json__write,
	  .make = make_details,
	  .latency = LATENCY_FULL,
	  .findings = true },
	{ .file = "openmetrics-findings.txt",
	  .write = openmetrics__write,
	  .make = make_details,
	  .latency = LATENCY_FULL,
	  .findings = true },
	{ .file = "slow.json",
	  .write = write_slow_json,
	  .make = make_none,
	  .latency = LATENCY_FULL },
	METRICS("openmetrics", openmetrics__write, make_several, LATENCY_FULL),
	METRICS("openmetrics-mean", openmetrics__write, make_several, LATENCY_MEAN),
	METRICS("openmetrics-off", openmetrics__write, make_several, LATENCY_OFF),
	METRICS("openmetrics-top1", openmetrics__write, make_several, LATENCY_OFF,
		.query = { .top = 1 }),
	METRICS("openmetrics-hist-full", openmetrics__write, make_hist_full, LATENCY_FULL),
	METRICS("openmetrics-kinds", openmetrics__write, make_stats, LATENCY_OFF),
	METRICS("openmetrics-stats", openmetrics__write, make_host_stats, LATENCY_OFF),
	METRICS("openmetrics-none", openmetrics__write, make_none, LATENCY_FULL),
	PROTOBUF("protobuf", make_several, LATENCY_FULL),
	PROTOBUF("protobuf-mean", make_several, LATENCY_MEAN),
	PROTOBUF("protobuf-hist-full", make_hist_full, LATENCY_FULL),
	PROTOBUF("protobuf-kinds", make_stats, LATENCY_OFF),
	PROTOBUF("protobuf-stats", make_host_stats, LATENCY_OFF),
	PROTOBUF("protobuf-none", make_none, LATENCY_FULL),
	METRICS("prometheus", prometheus__write, make_several, LATENCY_FULL),
	METRICS("prometheus-kinds", prometheus__write, make_stats, LATENCY_OFF),
	METRICS("prometheus-stats", prometheus__write, make_host_stats, LATENCY_OFF),
	{ .file = "none.txt", .write = text__write, .make = make_none, .latency = LATENCY_FULL },
	{ .file = "rare.json", .write = json__write, .make = make_rare, .latency = LATENCY_FULL },
	{ .file = "rare-off.json",
	  .write = json__write,
	  .make = make_rare,
	  .latency = LATENCY_OFF },
	CSV("csv", make_several, LATENCY_FULL, .utf8 = true),
	CSV("csv-ascii", make_several, LATENCY_OFF, .width = 80,
	    .query = { .order = { .key = SORT_PID } }),
	CSV("csv-top2", make_several, LATENCY_MEAN,
	    .query = { .top = 2, .order = { .key = SORT_NAME } }),
	CSV("csv-vm", make_several, LATENCY_FULL, .by_given = true, .query = { .by = BY_VM }),
	CSV("csv-vcpu", make_several, LATENCY_FULL, .by_given = true,
	    .query = { .by = BY_VCPU, .order = { .key = SORT_VCPU } }),
	CSV("csv-reason", make_several, LATENCY_FULL, .by_given = true,
	    .query = { .by = BY_REASON, .order = { .key = SORT_P99 }, .top = 4 }),
	CSV("csv-hist", make_several, LATENCY_FULL, .hist = true),
	CSV("csv-hist-npf", make_several, LATENCY_FULL, .hist = true, .hist_reason = "NPF"),
	CSV("csv-hist-full", make_hist_full, LATENCY_FULL, .hist = true),
	CSV("csv-stats", make_stats, LATENCY_OFF, .stats = true),
	CSV("csv-stats-vm", make_host_stats, LATENCY_OFF, .stats = true, .by_given = true,
	    .query = { .by = BY_VM, .order = { .key = SORT_NAME } }),
	CSV("csv-stats-vcpu", make_host_stats, LATENCY_OFF, .stats = true, .by_given = true,
	    .query = { .by = BY_VCPU, .top = 2 }),
	CSV("csv-stats-denied", make_no_stats, LATENCY_OFF, .stats = true),
	CSV("csv-detail", make_details, LATENCY_FULL, .detail = true, .by_given = true,
	    .query = { .by = BY_VM }),
	CSV("csv-detail-vcpu", make_details, LATENCY_MEAN, .detail = true, .by_given = true,
	    .query = { .by = BY_VCPU, .top = 2 }),
	CSV("csv-formulas", make_formulas, LATENCY_OFF, .by_given = true),
	CSV("csv-none", make_none, LATENCY_FULL, .utf8 = true),
	{ .file = "csv-slow.csv",
	  .write = write_slow_csv,
	  .make = make_none,
	  .latency = LATENCY_FULL,
	  .view = { .slow = true, .by_given = true } },
	{ .file = "none.json", .write = json__write, .make = make_none, .latency = LATENCY_FULL },
};

const size_t n_cases = ARRAY_SIZE(cases);
