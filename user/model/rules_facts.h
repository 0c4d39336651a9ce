/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rules_facts: the sums over a frame and over a VM that the rules of the diagnosis look at. Pure; knows no rule.
 */
#ifndef KVMTOP_MODEL_RULES_FACTS_H
#define KVMTOP_MODEL_RULES_FACTS_H

#include "../arch/classes.h"
#include "frame.h"

/* X(id, name): the statistics of KVM that rules look at; of vCPUs, summed, and then of the VM itself. */
#define RULE_VCPU_STATS(X)                          \
	X(POLL_FAIL_NS, "halt_poll_fail_ns")        \
	X(POLL_SUCCESS_NS, "halt_poll_success_ns")  \
	X(YIELDS, "directed_yield_attempted")       \
	X(YIELDS_DONE, "directed_yield_successful") \
	X(PF_TAKEN, "pf_taken")                     \
	X(PF_FIXED, "pf_fixed")                     \
	X(PF_FAST, "pf_fast")                       \
	X(EMULATED, "insn_emulation")               \
	X(EMULATED_FAIL, "insn_emulation_fail")     \
	X(IO_EXITS, "io_exits")                     \
	X(MMIO_EXITS, "mmio_exits")
#define RULE_VM_STATS(X)                   \
	X(TLB_FLUSHES, "remote_tlb_flush") \
	X(PAGES_4K, "pages_4k")            \
	X(PAGES_2M, "pages_2m")            \
	X(PAGES_1G, "pages_1g")            \
	X(SPLITS, "nx_lpage_splits")       \
	X(RECYCLED, "mmu_recycled")

enum rule_stat {
#define STAT(id, name) RULE_STAT_##id,
	RULE_VCPU_STATS(STAT) RULE_VM_STATS(STAT)
#undef STAT
		RULE_STAT_MAX,
	RULE_STAT_VM = RULE_STAT_TLB_FLUSHES, /* the first that is the VM's own */
};

struct rules_set;

/* What a frame says about the host. */
struct host_facts {
	const struct frame *frame;
	const struct rules_set *rules; /* of the run; NULL: those of the table */
	double want_cpus;	       /* as in struct findings */
	bool want_known;
	bool all_vms;		/* none was left out on purpose */
	bool counts_incomplete; /* something was dropped in the interval */
	bool waits_somewhere;	/* in some VM: the host is full (R1) */
	/* Where each statistic stands among those of a VM, in all VMs of the frame. */
	const struct stat_desc *stats[RULE_STAT_MAX]; /* NULL: this kernel does not have it */
	size_t stat_at[RULE_STAT_MAX];
};

/* Of more reasons the class is looked up again and again. */
#define RULE_REASONS_MAX 48

/* A sum over exits. */
struct exits_sum {
	uint64_t count;
	uint64_t ns;
};

/* What a frame says about a VM. */
struct vm_facts {
	const struct host_facts *host;
	const struct frame_vm *vm;
	uint32_t explained; /* the bits of the rules that apply, of those that were tried before */
	double seconds;	    /* of the interval */
	double wall_ns;	    /* of its vCPUs whose time is known */
	size_t n_vcpus;	    /* how many these are */
	bool delay_known;
	double delay_pct; /* 0 if it is not known */
	double vmm_pct;	  /* without the halts that are in the VMM */
	double halt_pct;  /* with these */
	unsigned char
		class_of[RULE_REASONS_MAX]; /* of its first reasons, as looking one up takes long */
	struct exits_sum exits;		    /* all */
	struct exits_sum nested;	    /* of its guests */
	struct exits_sum classes[REASON_CLASS_MAX]; /* without these; the VMM's time is in it */
	struct exits_sum user[REASON_CLASS_MAX];    /* exits to the VMM, by what they were about */
};

/* Not one exit of it was seen since kvmtop began to count: its times are not known, and none of its vCPUs runs. */
bool frame_vm_is_silent(const struct frame_vm *vm);

/* @drops_before: frame->drops of the frame before, or NULL. @all_vms: no VM of the host was left out on purpose. */
void host_facts__make(const struct frame *frame, const uint64_t *drops_before, bool all_vms,
		      struct host_facts *ret_facts);

/* false: too little is known of the VM for any rule. */
bool vm_facts__make(const struct host_facts *host, const struct frame_vm *vm,
		    struct vm_facts *ret_facts);

/* The class of the VM's reason number @i; of a nested guest's exit, that of its reason. */
enum reason_class vm_facts__class(const struct vm_facts *facts, size_t i);

/* What an exit to the VMM was about. */
enum reason_class user_exit_class(uint64_t code);

/* Time as a share of all vCPUs' time, in percent, at most 100. */
double vm_facts__pct(const struct vm_facts *facts, double ns);

/* The same of a state. */
double vm_facts__state_pct(const struct vm_facts *facts, enum vcpu_state state);

/* Per second and vCPU. */
double vm_facts__per_s_vcpu(const struct vm_facts *facts, double count);

/* The time that exits of @class took in KVM, without the VMM's, of @ns that some of them took. */
double vm_facts__kvm_ns(const struct vm_facts *facts, enum reason_class class, uint64_t ns);

/* By how much a statistic grew, or changed (pages). false: it is not known. */
bool vm_facts__stat(const struct vm_facts *facts, enum rule_stat stat, double *ret_delta);

#endif
