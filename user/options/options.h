/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options: the command line, parsed once into one struct that is only read afterwards. Which options there are, their help
 * and their ranges is in one table, options_table.c.
 */
#ifndef KVMTOP_OPTIONS_H
#define KVMTOP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/listen_addr.h"
#include "../model/detail.h"
#include "../model/ids.h"
#include "../model/query.h"
#include "../model/scope.h"
#include "../model/when.h"

enum output { OUTPUT_TEXT, OUTPUT_CSV, OUTPUT_JSON, OUTPUT_OPENMETRICS, OUTPUT_PROMETHEUS };

struct options {
	struct scope scope; /* -p, -g, --vcpu */
	uint64_t interval_ns;
	bool interval_given; /* -s was given */
	uint64_t count;	     /* intervals; 0: until a signal */
	struct query query;
	bool by_given;	    /* --by was given: only that table */
	bool stats;	    /* -d: event view with KVM's statistics */
	bool tracepoints;   /* -t, or what implies it: with the kvm:* tracepoints */
	const char *fields; /* -f or NULL: only these events, a regular expression that compiles */
	bool list_events;   /* -f help */
	bool no_children;   /* -x */
	bool log;	    /* -l: the event view as a log */
	const char *log_file;	 /* -L or NULL: into this file */
	bool csv;		 /* -c */
	bool skip_zero;		 /* -z */
	bool once;		 /* -1 */
	bool hist;		 /* -H */
	const char *hist_reason; /* -H=REASON or NULL */
	enum output output;
	bool output_given;	   /* -o was */
	struct listen_addr listen; /* --listen; its length 0: it was not given */
	enum latency latency;
	struct detail_spec detail; /* --detail */
	uint64_t slower_than_ns;   /* --slower-than; 0: off */
	size_t detail_keys;	   /* hidden --detail-keys; 0: the default */
	bool include_past;	   /* -i: totals from the VM's start */
	bool verify;		   /* --verify: compare with KVM's statistics and end */
	bool features;		   /* --features: say what is possible here and end */
	const char *record;	   /* --record or NULL */
	uint64_t record_bytes;	   /* --record-size */
	const char *replay;	   /* --replay or NULL */
	struct when since, until;  /* of the replay; WHEN_NONE: all */
	unsigned int verbose;
	enum exit_path exit_path;	/* hidden --exit-path */
	enum stats_source stats_source; /* hidden --stats-source; STATS_NONE: the best that works */
	uint32_t n_slots;		/* hidden --slots; 0: as many as it takes */
	uint32_t n_hists;		/* hidden --hists; 0: as many as it takes */
	uint32_t lose_one_in;		/* hidden --lose-one-in, for tests of --verify */
	bool moved_records;		/* hidden --moved-records, for tests */
};

/* Whether anything is written to stdout: with --listen alone and with a log file it is not. */
static inline bool options__has_stdout(const struct options *options)
{
	return !options->log_file &&
	       (options->output_given || options->log || !options->listen.len);
}

/* What -V says of the version. */
const char *options__version(void);

/* Whether the event view is shown, and not VMs and exit reasons. */
static inline bool options__event_view(const struct options *options)
{
	return options->stats || options->tracepoints;
}

/*
 * Parses the command line. Returns 0 and the options, 1 when help or version was printed (exit status
 * 0 then), or -EINVAL after one line on stderr (exit status 2), -ENOMEM.
 */
int options__parse(int argc, char **argv, struct options **ret_options);
void options__free(struct options *options);

#endif
