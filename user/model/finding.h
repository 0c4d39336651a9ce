/* SPDX-License-Identifier: GPL-2.0 */
/*
 * finding: what the diagnosis says about a VM or a vCPU: which rule, how bad, in words, and by which numbers. Plain data.
 */
#ifndef KVMTOP_MODEL_FINDING_H
#define KVMTOP_MODEL_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame_vcpu;
struct frame_vm;

/* The rules, called R1, R2 and so on; what they are is in rules_table.c. Numbers that are missing need what frames do not have. */
enum rule_id {
	RULE_R1 = 1,
	RULE_R2,
	RULE_R3,
	RULE_R4,
	RULE_R5,
	RULE_R6,
	RULE_R7,
	RULE_R8,
	RULE_R9,
	RULE_R10,
	RULE_R11,
	RULE_R12,
	RULE_R13,
	RULE_R14,
	RULE_R15,
	RULE_R16,
	RULE_R17,
	RULE_R18,
	RULE_R19,
	RULE_R20,
	RULE_R21,
	RULE_R22,
	RULE_R23,
	RULE_R24,
	RULE_R25,
	RULE_R27 = 27, /* from here on: states of a VM that has no finding */
	RULE_R28,
	RULE_R29,
	RULE_R30,
	RULE_ID_MAX,
};

/* A set of rules. */
#define RULE_BIT(rule) (UINT32_C(1) << (rule))

/* States of VMs have none. */
enum severity { SEVERITY_NONE, SEVERITY_LOOK, SEVERITY_ACT };

/* Bytes with the NUL: a short text has at most 36. */
#define FINDING_TEXT_SIZE 37
#define FINDING_LONG_SIZE 192
#define EVIDENCE_TEXT_SIZE 48
#define EVIDENCE_MAX 8

/* A number or a text that a finding rests on. The name ends with the unit. */
struct evidence {
	const char *name;
	bool is_text;
	double value;
	char text[EVIDENCE_TEXT_SIZE]; /* may come from outside; not escaped */
};

struct finding {
	enum rule_id rule;
	enum severity severity;
	const struct frame_vm *vm;
	const struct frame_vcpu *vcpu; /* NULL: it is of the VM */
	double cost_pct;	       /* of the VM's vCPU time, 0 to 100 */
	/* The least of the values that the rule looks at, each by its limit: from 1 on the rule applies. */
	double strength;
	double seconds; /* how long it has applied, at the end of the frame; 0: this is a single frame */
	bool incomplete; /* numbers are missing that could change it; the long text says so, too */
	bool fading; /* the rule does not apply now, but did shortly before: these are the numbers of then */
	char text[FINDING_TEXT_SIZE];	   /* may have a kernel's name of a reason; not escaped */
	char long_text[FINDING_LONG_SIZE]; /* likewise */
	const char *next;		   /* what can be done about it */
	struct evidence evidence[EVIDENCE_MAX];
	size_t n_evidence;
};

/* What a VM is in short. */
struct vm_state {
	enum rule_id rule; /* RULE_R27 to RULE_R30, also if it has findings; 0: nothing is known */
	const struct finding *worst; /* NULL: it has none */
	char text[FINDING_TEXT_SIZE];
};

/* The diagnosis of a frame. */
struct findings {
	const struct finding
		*v; /* those to act on first, each kind by its cost; all of them damped */
	size_t n;
	const struct vm_state *states; /* by frame->vms */
	double want_cpus; /* how many CPUs all VMs that are in the frame could have used */
	bool want_known;  /* false: of some VMs that is not known, or they are not in the frame */
};

/* "R1"; returns @buf. */
const char *rule_name(enum rule_id rule, char buf[static 8]);
/* "act", "look"; NULL for SEVERITY_NONE. */
const char *severity_name(enum severity severity);

#endif
