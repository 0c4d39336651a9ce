/* SPDX-License-Identifier: GPL-2.0 */
/*
 * programs_priv: what a program is in the table of the main programs, for programs.c and the tables of architectures,
 * programs_NAME.c.
 */
#ifndef KVMTOP_SOURCES_BPF_PROGRAMS_PRIV_H
#define KVMTOP_SOURCES_BPF_PROGRAMS_PRIV_H

#include <stddef.h>
#include <stdint.h>

#include <linux/types.h>

#include "../../../bpf/kvmtop.h"
#include "../../arch/list.h"
#include "../../arch/pairs.h"
#include "programs.h"
#include "record_fields.h"

/* Which records of classic tracepoints programs read. */
enum record_id { RECORD_NONE, RECORD_EXIT, RECORD_USER_EXIT, RECORD_WAKEUP, RECORD_MAX };

/*
 * Whether a program is for hosts where records are preferred to raw arguments
 * (FEATURE_USER_RECORD), or for the others.
 */
enum taps { TAPS_ANY, TAPS_RAW, TAPS_RECORD };

/*
 * For programs of exits and entries: whether they have a short path (bpf/short.bpf.h), and how they
 * read the reason there where there are two ways.
 */
enum reach {
	REACH_ANY,
	REACH_LONG,
	REACH_SHORT,
	REACH_SHORT_LARGE, /* by the size of the memory (bpf/kvmtop.h) */
	REACH_SHORT_SMALL,
	REACH_SHORT_CPU,
	REACH_SHORT_PROBE,
};

struct program {
	size_t program, link; /* where they are in struct kvmtop_bpf */
	enum program_role role;
	uint32_t paths; /* PATH_BIT */
	enum taps taps;
	enum record_id record;
	uint32_t events; /* ROLE_EVENT: bits of enum kvm_event */
	enum reach reach;
	uint32_t modes; /* MODE_BIT of what is timed; 0: any */
};

#define PATH_BIT(path) (1u << EXIT_PATH_##path)
#define ALL_PATHS (PATH_BIT(PLAIN) | PATH_BIT(PROBE) | PATH_BIT(ARGS) | PATH_BIT(CLASSIC))
#define NOT_PLAIN (ALL_PATHS & ~PATH_BIT(PLAIN))
#define MODE_BIT(latency) (1u << LATENCY_##latency)
#define TIMED (MODE_BIT(MEAN) | MODE_BIT(FULL))
#define EVENT_BIT(event) (1u << KVM_EVENT_##event)

#define PROGRAM(name) \
	offsetof(struct kvmtop_bpf, progs.name), offsetof(struct kvmtop_bpf, links.name)
/* An event's programs. @read: the record that the classic one reads. */
#define EVENT(name, read, bits)                                                                   \
	{ PROGRAM(event_plain_##name),                                                            \
	  ROLE_EVENT,                                                                             \
	  PATH_BIT(PLAIN),                                                                        \
	  TAPS_RAW,                                                                               \
	  RECORD_NONE,                                                                            \
	  bits,                                                                                   \
	  0,                                                                                      \
	  0 },                                                                                    \
		{ PROGRAM(event_probe_##name),                                                    \
		  ROLE_EVENT,                                                                     \
		  NOT_PLAIN,                                                                      \
		  TAPS_RAW,                                                                       \
		  RECORD_NONE,                                                                    \
		  bits,                                                                           \
		  0,                                                                              \
		  0 },                                                                            \
	{                                                                                         \
		PROGRAM(event_classic_##name), ROLE_EVENT, ALL_PATHS, TAPS_RECORD, read, bits, 0, \
			0                                                                         \
	}

/* A record that programs read, and where its knob is in their read-only data. */
struct program_record {
	const char *event;
	size_t knob;
	struct record_field fields[KVMTOP_RECORD_FIELDS];
};

/* What one architecture has in addition to the programs of all. */
struct arch_programs {
	const struct program *v;
	size_t n;
	struct program_record exit_record; /* of kvm_exit */
	/*
	 * For tests: the programs with ROLE_LOSSY_EXIT leave out one exit in this many. NULL: there
	 * are none.
	 */
	void (*lose)(struct kvmtop_bpf *skel, uint32_t one_in);
};

/* This architecture's. */
extern const struct arch_programs ARCH_HERE(arch_programs);

#endif
