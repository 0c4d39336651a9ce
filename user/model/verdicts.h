/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verdicts: which findings were shown at each moment, few bytes of each, so that the past is judged as it was. Pure.
 *
 * A moment is known by when its frame ended (CLOCK_REALTIME). It takes 40 bytes, and 16 for each finding.
 */
#ifndef KVMTOP_MODEL_VERDICTS_H
#define KVMTOP_MODEL_VERDICTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct finding;
struct frame;
struct verdicts;

/* The finding is of no vCPU, but of the VM. */
#define VERDICT_OF_VM UINT32_MAX

/* No moment is before. */
#define VERDICTS_NONE INT64_MIN

/* A finding that was shown. */
struct verdict {
	uint64_t vm_key;
	uint32_t vcpu;		  /* its id, or VERDICT_OF_VM */
	uint32_t rule : 6;	  /* enum rule_id */
	uint32_t severity : 2;	  /* enum severity */
	uint32_t hundredths : 24; /* how long it had applied, in 10 ms; at most 46 hours */
};

/* NULL: no memory. More than @bytes_max are never kept: then the oldest are forgotten. */
struct verdicts *verdicts__new(size_t bytes_max);
/* Takes NULL. */
void verdicts__free(struct verdicts *verdicts);

/*
 * Notes the findings of @frame (none if it has not been judged), which comes after the one that ended at @before, or VERDICTS_NONE. What is
 * known of a moment stays. 0 or -ENOMEM.
 */
int verdicts__note(struct verdicts *verdicts, const struct frame *frame, int64_t before);

/* Whether the moment is known; then its verdicts, valid until the next call that notes or forgets. */
bool verdicts__find(const struct verdicts *verdicts, int64_t wall_ns, const struct verdict **ret,
		    size_t *ret_n);

/* Whether it is known which moment comes before or after the one at @wall_ns, and what its verdicts are. */
bool verdicts__before(const struct verdicts *verdicts, int64_t wall_ns, int64_t *ret_wall_ns);
bool verdicts__after(const struct verdicts *verdicts, int64_t wall_ns, int64_t *ret_wall_ns);

/* Whether at a moment that is known a finding of VM @vm_key was shown; 0: of any. */
bool verdicts__has_mark(const struct verdicts *verdicts, int64_t wall_ns, uint64_t vm_key);

/* What was before @wall_ns is not needed any more. */
void verdicts__forget_before(struct verdicts *verdicts, int64_t wall_ns);
/* Nothing is. */
void verdicts__clear(struct verdicts *verdicts);

#endif
