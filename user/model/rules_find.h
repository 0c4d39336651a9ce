/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_find: what a rule is, and how one fills in its finding: limits, words, evidence. Pure.
 */
#ifndef KVMTOP_MODEL_RULES_FIND_H
#define KVMTOP_MODEL_RULES_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "finding.h"
#include "rules_facts.h"

/* From this strength on a finding that is shown stays. */
#define RULE_STAYS 0.8

/* What a rule compares with; 0: it does not look at it. */
struct rule_limits {
	double look, act;    /* cost, in % of the VM's vCPU time */
	double per_s;	     /* per second; of exits, and per vCPU */
	double per_s_max;    /* from here on it is something else */
	double share;	     /* some other share, in % */
	double share_max;    /* likewise, at most */
	double least;	     /* samples without which nothing is said of a distribution */
	uint64_t mean_ns;    /* mean duration */
	uint64_t p99_ns;     /* 99th percentile */
	uint64_t act_max_ns; /* the longest one: from here on it is one to act on */
};

struct rule;

/*
 * Whether @rule finds something in a VM; then all of *@ret_finding is filled in but for what is the
 * caller's: rule and VM. A severity that is set is the least that it has. Its strength may be below 1, but not below RULE_STAYS.
 */
typedef bool (*rule_find_fn)(const struct rule *rule, const struct vm_facts *facts,
			     struct finding *ret_finding);

struct rule {
	const char *title; /* in two or three words */
	const char *what;  /* when it applies, but for what it costs */
	struct rule_limits limits;
	uint32_t unless; /* bits of rules that explain the same, and are better at it */
	double seconds;	 /* it must hold so long before it is shown */
	bool never_act;	 /* its severity does not come from its cost */
	bool always_act;
	const char *data; /* that frames must have */
	const char *next; /* what can be done, where the finding has nothing better */
	const char *
		next_recorded; /* likewise, of a recording, if that is something else; NULL: it is not */
	rule_find_fn find;
};

/* A finding without words: its cost is cut to 0 to 100. Its strength is that of the cost, by the limit that a finding has first. */
void finding__begin(struct finding *finding, const struct rule *rule, double cost_pct);

/* And @value must be @limit at least, or at most. */
void finding__at_least(struct finding *finding, double value, double limit);
void finding__at_most(struct finding *finding, double value, double limit);

/* Whether it is strong enough to be filled in. */
static inline bool finding__is_strong(const struct finding *finding)
{
	return finding->strength >= RULE_STAYS;
}

/* What is too long is cut. */
void finding__text(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void finding__long(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* More than EVIDENCE_MAX are left out. */
void finding__number(struct finding *finding, const char *name, double value);
void finding__word(struct finding *finding, const char *name, const char *text);

/* Rounded, for text: what is printed as a whole number is much cheaper. */
static inline int whole(double value)
{
	return value >= 0 && value < 1e9 ? (int)(value + 0.5) : 0;
}

/* For text: "300", "1.2k", "23k", "1.2M". Returns @buf. */
char *short_count(double count, char buf[static 16]);
/* "60us", "4.2ms", "1.0s". Returns @buf. */
char *short_ns(double ns, char buf[static 16]);

#endif
