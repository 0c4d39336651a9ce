/* SPDX-License-Identifier: GPL-2.0 */
/*
 * features: what this kernel and this user allow, and why not. Looks, and changes nothing.
 */
#ifndef KVMTOP_SOURCES_FEATURES_H
#define KVMTOP_SOURCES_FEATURES_H

#include <stdbool.h>

#include "../model/ids.h"

#define FEATURE_WHY_LEN 160

/* Yes or no, and in one line why, or what it is. */
struct feature {
	bool ok;
	char why[FEATURE_WHY_LEN];
};

enum feature_id {
	FEATURE_CAPS,	     /* the capabilities to count at all */
	FEATURE_OTHERS,	     /* the capabilities to look into other users' VMMs */
	FEATURE_NAMESPACE,   /* pids and start times in /proc are the kernel's own */
	FEATURE_LOCKDOWN,    /* ok: the kernel is not locked down */
	FEATURE_KVM,	     /* KVM is loaded */
	FEATURE_BTF,	     /* the kernel has its types */
	FEATURE_USER_RECORD, /* userspace exits are taken from the classic tracepoint */
	FEATURE_USER_RESCUE, /* further programs count those that the first one was not run for */
	FEATURE_SHORT,	     /* exits may take the short path (bpf/short.bpf.h) */
	FEATURE_SHORT_CPU,   /* there it is known what a CPU ran last */
	FEATURE_MIGRATED,    /* migrations of sleeping vCPU threads are watched */
	FEATURE_MEMLOCK,     /* BPF's memory is not limited as locked memory is */
	FEATURE_TRACEFS,     /* names of the exit reasons from the running kernel */
	FEATURE_PATH,	     /* FEATURE_PATH + enum exit_path: can exits be counted this way? */
	FEATURE_MAX = FEATURE_PATH + EXIT_PATH_MAX,
};

struct kernel_types;

struct features {
	struct feature v[FEATURE_MAX];
	struct kernel_types *
		types; /* that they were looked up in, for what is loaded next; NULL: there are none */
};

/* "capabilities", "exit path: plain", ... */
const char *feature_name(enum feature_id id);

/* "plain", "probe", ...; NULL for a number that is none. */
const char *exit_path_name(enum exit_path path);

/*
 * Probes everything. tracefs is set up first (see tracefs.h). An exit path is ok when what it needs is
 * there; whether the verifier takes it shows when it is loaded.
 */
void features__probe(struct features *features);

/* When all is loaded: the types take some MB. */
void features__forget_types(struct features *features);

/*
 * How many arguments raw programs on tracepoint @event get, by KVM's BTF; -ENOENT: BTF does not
 * have it.
 */
int features_raw_args(const struct features *features, const char *event);

#endif
