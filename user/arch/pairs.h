/* SPDX-License-Identifier: GPL-2.0 */
/*
 * pairs: what --verify compares: a statistic of KVM's, and the events that it counts. Which there are is the architecture's; those of
 * several architectures are in pairs.c.
 */
#ifndef KVMTOP_ARCH_PAIRS_H
#define KVMTOP_ARCH_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

enum verify_class {
	VERIFY_EXACT,	 /* both count the same events */
	VERIFY_AT_LEAST, /* the statistic counts each of our events, and maybe more */
	VERIFY_AT_MOST,	 /* the statistic counts some of our events */
	VERIFY_NEAR,	 /* about the same; is shown and never fails */
	VERIFY_CLASS_MAX,
};

/*
 * Tracepoints other than exits that --verify counts, in the vCPU's thread. Order and number as in
 * bpf/kvmtop.h.
 */
enum kvm_event {
	KVM_EVENT_WAKEUP_WAITED, /* kvm_vcpu_wakeup with waited */
	KVM_EVENT_WAKEUP_POLLED, /* kvm_vcpu_wakeup without */
	KVM_EVENT_NESTED_ENTRY,	 /* into a guest of the guest's */
	KVM_EVENT_ARCH,		 /* from here on: those of one architecture */
	KVM_EVENT_MAX = 8,
};

#define PAIR_TERMS 2
#define PAIR_NAMES 2

/* Where the vCPU is, by its last tracepoint, while an event of a pair may be in flight. */
enum {
	PAIR_IN_GUEST = 1,
	PAIR_IN_KVM = 2,
	PAIR_IN_VMM = 4,
};

enum pair_set {
	PAIR_NONE,
	PAIR_ALL_EXITS,
	PAIR_EXITS,	 /* @code is a reason of @isa */
	PAIR_USER_EXITS, /* KVM_EXIT_*, or -errno */
	PAIR_EVENTS,	 /* enum kvm_event */
};

/* Tallies whose counts are summed. */
struct pair_term {
	enum pair_set set;
	uint32_t isa;
	uint64_t code;
};

/*
 * A pair. An event is traced a moment before KVM counts it (ours leads), or after (ours lags).
 * There are fewer tracepoints than ways through KVM_RUN. So everything between a userspace exit and
 * the next entry counts as PAIR_IN_VMM.
 */
struct pair {
	const char *stats[PAIR_NAMES]; /* its names, newest first */
	const char *event;
	struct pair_term terms[PAIR_TERMS];
	enum verify_class class;
	unsigned int lead, lag; /* PAIR_IN_* */
	bool by_reason; /* of an exit: not comparable if a nested guest ran, or reasons were not read */
	bool binary_only; /* debugfs does not have it whole */
	const char *why;  /* the class is not exact */
};

#define PAIR_USER_EXIT(reason)                            \
	{                                                 \
		.set = PAIR_USER_EXITS, .code = (reason), \
	}
#define PAIR_EVENT(event)                            \
	{                                            \
		.set = PAIR_EVENTS, .code = (event), \
	}
#define PAIR_EXIT(isa_, code_)                                     \
	{                                                          \
		.set = PAIR_EXITS, .isa = (isa_), .code = (code_), \
	}

/* Of several architectures. */
extern const struct pair pair_exits, pair_halt_wait, pair_signals, pair_mmio_to_vmm;

#endif
