/* SPDX-License-Identifier: GPL-2.0 */
/*
 * verify: compares what kvmtop counted with KVM's own statistics, by intervals and without tolerance. Pure: it is given
 * readings, and says which pairs hold.
 *
 * A reading has the statistics A read before and after our events B: so A_before <= A <= A_after at
 * the moment of B. For a pair that counts the same events, B = A - C. C is what happened before
 * kvmtop began, and never changes, but for one event that a vCPU may be in the middle of. So each
 * reading puts C into an interval. A pair holds as long as all intervals of all readings have a
 * number in common. A single lost event empties it, once both sides are tight.
 */
#ifndef KVMTOP_MODEL_VERIFY_H
#define KVMTOP_MODEL_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../arch/pairs.h"
#include "ids.h"

struct stat_layout;
struct tally;

enum verify_verdict { VERIFY_OK, VERIFY_MISMATCH, VERIFY_SKIPPED };

/* One reading of one vCPU, or of a VM as a whole (vcpu_id VCPU_ID_UNKNOWN: debugfs has sums only). */
struct verify_reading {
	uint64_t vm_key;
	pid_t pid;
	const char *vm_id; /* "3111-4" */
	uint32_t vcpu_id;
	enum source_id source; /* SOURCE_STATS or SOURCE_DEBUGFS */
	/* Tells the VM from the next one that has its name in this source; 0: here nothing does, or need. */
	uint64_t instance;
	const struct stat_layout *layout; /* of @before and @after */
	const uint64_t *before, *after;
	const struct tally *exits; /* B: tallies by (isa, code); only their counts are looked at */
	size_t n_exits;
	const struct tally *user_exits; /* isa ISA_USER */
	size_t n_user_exits;
	const struct tally *events; /* isa ISA_EVENT, code enum kvm_event */
	size_t n_events;
	/*
	 * How many vCPUs were, or may have been: between kvm_exit and kvm_entry, but not in user
	 * space; between kvm_entry and kvm_exit; between kvm_userspace_exit and kvm_entry. A vCPU
	 * whose place is not known counts in all three.
	 */
	uint32_t in_flight, in_guest, in_vmm;
};

/* Which events were counted, every one of them since kvmtop began. */
struct verify_coverage {
	bool room; /* none was dropped for lack of room */
	bool exits;
	bool user_exits;
	uint32_t events; /* bit 1 << enum kvm_event */
	bool no_events;	 /* they were not asked for: only --verify counts them */
};

/* One pair of one VM, over all its vCPUs. Growth from the first to the last reading. */
struct verify_pair {
	pid_t pid;
	const char *vm_id;
	const char *stat;  /* "exits" */
	const char *event; /* "kvm_exit", "kvm_userspace_exit(IRQ_WINDOW_OPEN)" */
	enum verify_class class;
	bool tracepoint_valid; /* there were two readings */
	uint64_t tracepoint
		[2]; /* lo, hi: what KVM should have counted; the same but for events in flight */
	bool stats_valid, debugfs_valid;
	uint64_t stats[2],
		debugfs[2]; /* lo, hi of the statistic's growth, by its bracketing readings */
	enum verify_verdict verdict;
	const char *
		why; /* of a mismatch (which vCPU, by how many), of a skip, or of a class that is not exact; or NULL */
};

/* What the readings of one counter say of C = A - B. Begins as zeroes. */
struct verify_bounds {
	bool any;	 /* there was a reading */
	__int128 lo, hi; /* greatest lower, least upper bound */
	__int128 fewer;	 /* by how much at least B grew less than A */
	__int128 more;	 /* by how much at least B grew more than A */
};

/*
 * Takes a reading of B between two of A. @lead events may be in B that are not yet in A, @lag the other way. For any
 * values: where @after is less than @before the bounds are empty.
 */
void verify_bounds__add(struct verify_bounds *bounds, uint64_t before, uint64_t after,
			uint64_t ours, uint64_t lead, uint64_t lag);

/* Whether a pair of this class holds. */
bool verify_bounds__hold(const struct verify_bounds *bounds, enum verify_class class);

enum verify_result { VERIFY_RESULT_OK, VERIFY_RESULT_MISMATCH, VERIFY_RESULT_NONE };

struct verify;

/* NULL: no memory. */
struct verify *verify__new(void);
void verify__free(struct verify *verify);

/* Takes what it needs of @reading. A statistic that went backwards was reset by root: its pair is skipped from then on. 0 or -ENOMEM. */
int verify__add(struct verify *verify, const struct verify_reading *reading);

/*
 * Sets what was counted, as known after the last reading. Before this call nothing was. Pairs of
 * what was not are skipped.
 */
void verify__set_coverage(struct verify *verify, const struct verify_coverage *coverage);

/* The VM has ended: what was compared until then counts; its pairs say so. */
void verify__vm_ended(struct verify *verify, uint64_t vm_key);

/*
 * All pairs of all VMs, by VM in order of appearance; they live as long as @verify and until its next change. A pair
 * whose statistic the kernel does not have is left out; one with fewer than two readings is skipped. Result: mismatch when
 * an exact, at-least or at-most pair does not hold; none when no such pair could be compared. 0 or -ENOMEM.
 */
int verify__pairs(struct verify *verify, const struct verify_pair **ret_pairs, size_t *ret_n,
		  enum verify_result *ret_result);

/* "exact", "at-least", "at-most", "near"; "ok", "mismatch", "skipped"; "ok", "mismatch", "none". */
const char *verify_class_name(enum verify_class class);
const char *verify_verdict_name(enum verify_verdict verdict);
const char *verify_result_name(enum verify_result result);

#endif
