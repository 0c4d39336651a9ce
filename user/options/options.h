/* SPDX-License-Identifier: GPL-2.0 */
/*
 * options: what the command line asks for, which is only read once it is parsed (command_line.h).
 */
#ifndef KVMTOP_OPTIONS_H
#define KVMTOP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/listen_addr.h"
#include "../model/detail.h"
#include "../model/ids.h"
#include "../model/list_choice.h"
#include "../model/query.h"
#include "../model/rules_set.h"
#include "../model/scope.h"
#include "../model/test_knobs.h"
#include "../model/when.h"

enum output {
	OUTPUT_TEXT,
	OUTPUT_CSV,
	OUTPUT_JSON,
	OUTPUT_OPENMETRICS,
	OUTPUT_PROMETHEUS,
	OUTPUT_SCREEN, /* OUTPUT_TEXT, once the command line is parsed */
};

/* Whether there is to be a screen, if there can be one. */
enum screen_choice {
	SCREEN_NO,
	SCREEN_IF_TERMINAL,
	SCREEN_ASKED, /* -o screen */
};

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
	bool list_items;    /* -f help */
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
	enum screen_choice screen;
	bool on_screen;		/* there is a terminal that has one; otherwise it is text */
	uint64_t history_bytes; /* --history */
	bool history_given;
	bool ascii, no_color, no_settings;
	/* Of the settings: */
	bool mouse, no_sync;
	struct list_choice lists[LIST_KIND_MAX]; /* of the screen */
	struct rules_set rules;			 /* of the diagnosis */
	enum latency latency;
	bool latency_given;	   /* --latency was */
	struct detail_spec detail; /* --detail */
	uint64_t slower_than_ns;   /* --slower-than; 0: off */
	bool include_past;	   /* -i: totals from the VM's start */
	bool verify;		   /* --verify: compare with KVM's statistics and end */
	bool why;		   /* --why: the diagnosis, once */
	uint64_t why_ns;	   /* over so long; 0: of a recording */
	bool features;		   /* --features: say what is possible here and end */
	const char *record;	   /* --record or NULL */
	uint64_t record_bytes;	   /* --record-size */
	const char *replay;	   /* --replay or NULL */
	struct when since, until;  /* of the replay; WHEN_NONE: all */
	unsigned int verbose;
	struct test_knobs knobs; /* of a build for tests */
};

/* "20us": as --slower-than takes it. False: it is none, or out of range. */
bool options_duration(const char *text, uint64_t *ret_ns);

/* Whether anything is written to stdout: on a screen, with --listen alone and with a log file it is not. */
static inline bool options__has_stdout(const struct options *options)
{
	return !options->log_file && !options->on_screen &&
	       (options->output_given || options->log || !options->listen.len);
}

/* Whether the event view is shown, and not VMs and exit reasons. */
static inline bool options__event_view(const struct options *options)
{
	return options->stats || options->tracepoints;
}

#endif
