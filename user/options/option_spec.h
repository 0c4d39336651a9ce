/* SPDX-License-Identifier: GPL-2.0 */
/*
 * option_spec: what is known of one option: its words, its value, where that goes, and what it means for the others.
 * The table of them is the only list of options; the parser, --help and the man page's check read it. For user/options/
 * and what makes the man page.
 */
#ifndef KVMTOP_OPTIONS_OPTION_SPEC_H
#define KVMTOP_OPTIONS_OPTION_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "options.h"

/* Groups of --help, in its order; argp itself puts "help" and "version" into the last one. */
enum option_group {
	GROUP_WHICH = 1,
	GROUP_WHEN,
	GROUP_SHOW,
	GROUP_LOG,
	GROUP_SCREEN,
	GROUP_HOW,
	GROUP_RECORD,
	GROUP_TESTS,
	GROUP_ABOUT = -1
};

/*
 * What a command line asks for, as far as it matters to what goes together: modes to run in, and what is wanted of them.
 * An option, or a word that it takes, brings them; options_check.c says which exclude each other.
 */
enum option_trait {
	TRAIT_STATS,	   /* -d */
	TRAIT_TRACEPOINTS, /* -t, and what implies it */
	TRAIT_FIELDS,	   /* -f */
	TRAIT_LIST,	   /* -f help */
	TRAIT_NO_CHILDREN, /* -x */
	TRAIT_LOG,	   /* -l, -L */
	TRAIT_LOG_HERE,	   /* -l */
	TRAIT_LOG_CSV,	   /* -c */
	TRAIT_SKIP_ZERO,   /* -z */
	TRAIT_ONCE,	   /* -1 */
	TRAIT_COUNT,	   /* -n */
	TRAIT_HIST,	   /* -H */
	TRAIT_BY_MACHINE,  /* --by vm, --by vcpu */
	TRAIT_BY_REASON,   /* --by reason */
	TRAIT_SORT,	   /* --sort, but not by default */
	TRAIT_TOP,	   /* --top */
	TRAIT_DETAIL,	   /* --detail */
	TRAIT_SLOW,	   /* --slower-than */
	TRAIT_OUT_TEXT,	   /* -o text, given as such */
	TRAIT_OUT_CSV,	   /* -o csv */
	TRAIT_OUT_JSON,	   /* -o json */
	TRAIT_OUT_METRICS, /* -o openmetrics, -o prometheus */
	TRAIT_OUT_SCREEN,  /* -o screen */
	TRAIT_LISTEN,	   /* --listen */
	TRAIT_LATENCY,	   /* --latency, whichever */
	TRAIT_LATENCY_OFF, /* --latency off */
	TRAIT_VERIFY,	   /* --verify */
	TRAIT_FEATURES,	   /* --features */
	TRAIT_WHY,	   /* --why */
	TRAIT_RECORD,	   /* --record */
	TRAIT_RECORD_SIZE, /* --record-size */
	TRAIT_REPLAY,	   /* --replay */
	TRAIT_WHEN,	   /* --since, --until */
	TRAIT_ONE_FILE,	   /* -L and --record have one file */
};

/* One trait as a set of them. */
#define T(trait) (UINT64_C(1) << TRAIT_##trait)

/* A word that an option takes, what it means, and what it brings. */
struct option_word {
	const char *name;
	int value;
	uint64_t traits;
};

/* "--record-size", "-p": how messages call an option. */
#define OPTION_SHOWN_SIZE 32

struct option_spec;

/* What the parser carries along besides the options. */
struct option_parse {
	struct options *options;
	const struct option_spec *spec; /* whose value it is now */
	char shown[OPTION_SHOWN_SIZE];	/* how messages call it: by its letter if it has one */
	uint64_t traits;
	bool done; /* help, version or a list was printed */
	bool said; /* what is wrong was */
};

/* Puts the value @arg (NULL: there is none) of @parse->spec into the options; 0, -ENOMEM, or -EINVAL after one line. */
typedef int (*option_parse_fn)(struct option_parse *parse, const char *arg);

struct option_spec {
	const char *name;  /* without its dashes; NULL: the end of a table */
	const char *alias; /* another name or NULL */
	char letter;	   /* or 0 */
	bool arg_optional;
	enum option_group group;
	const char *arg; /* what --help calls the value; NULL: it takes none */
	const char *help;

	option_parse_fn parse;		 /* NULL: the parser itself prints something and ends */
	size_t offset, size;		 /* the field of struct options that it goes to */
	size_t given;			 /* the bool there which says that it was given; 0: none */
	const struct option_word *words; /* that it takes, the last without a name; or NULL */
	uint64_t max;			 /* of a number */
	const char *what; /* what one of a list is; or what is wrong when there is nothing */
	uint64_t traits;
};

/* The value of an option goes to this field. */
#define FIELD(member) \
	.offset = offsetof(struct options, member), .size = sizeof(((struct options *)0)->member)

/* The options by number, by group and as they are explained best; NULL: there are no more. */
const struct option_spec *option_spec(size_t i);

/* Those of a build for tests, which come last; the last of them has no name. */
extern const struct option_spec test_option_specs[];

/* The title of a group, as "When:". */
const char *option_group_title(enum option_group group);

#endif
