/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ids: the small vocabularies that sources, model and sinks share: code spaces of exit
 * reasons, what is timed, why something was dropped, which sources there are.
 */
#ifndef KVMTOP_MODEL_IDS_H
#define KVMTOP_MODEL_IDS_H

#include <stdint.h>

/*
 * Code space that an exit reason is in. 1 and 2 are the kernel's own (KVM_ISA_VMX, KVM_ISA_SVM in
 * arch/x86/kvm/trace.h); other backends bring their own numbers, which are shown as numbers.
 */
enum {
	ISA_VMX = 1,
	ISA_SVM = 2,
	/* ours: the reasons of kvm_userspace_exit (KVM_EXIT_* or, when negative as int64_t, -errno) */
	ISA_USER = 0xffffffffu,
};

/* Code of an exit that was counted although its reason could not be read. */
#define REASON_UNKNOWN UINT64_MAX

/* Id of a vCPU whose thread left KVM_RUN but which never entered the guest: nobody told its id yet. */
#define VCPU_ID_UNKNOWN UINT32_MAX

enum latency {
	LATENCY_OFF,  /* counts only */
	LATENCY_MEAN, /* and sum and maximum of the handling time */
	LATENCY_FULL, /* and its log2 histogram */
};

/* Why an event was not counted, or not where it belongs. Order and number as in bpf/kvmtop.h. */
enum drop_cause {
	DROP_MAP_FULL, /* "map_full": no slot was left for the vCPU, or no cell for the reason */
	DROP_MISSED,   /* "missed": events the kernel did not hand to our programs (recursion) */
	DROP_CAUSE_MAX,
};

/*
 * How the reason of an exit is read, cheapest first (bpf/exit_x86.bpf.c says what each is). AUTO: the
 * first that this kernel offers.
 */
enum exit_path {
	EXIT_PATH_AUTO,
	EXIT_PATH_PLAIN,
	EXIT_PATH_PROBE,
	EXIT_PATH_ARGS,
	EXIT_PATH_CLASSIC,
	EXIT_PATH_MAX,
};

enum source_id {
	SOURCE_TRACEPOINTS,
	SOURCE_STATS,
	SOURCE_DEBUGFS,
	SOURCE_ID_MAX,
};

/* JSON and metric name of a drop cause or a source, e.g. "map_full"; never NULL for a valid one. */
const char *drop_cause_name(enum drop_cause cause);
const char *source_id_name(enum source_id source);

/*
 * Short lower-case name of a code space ("vmx", "svm", "user"), or NULL for one that has no name: it
 * is shown as a number.
 */
const char *isa_name(uint32_t isa);

#endif
