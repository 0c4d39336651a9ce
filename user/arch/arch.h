/* SPDX-License-Identifier: GPL-2.0 */
/*
 * arch: what kvmtop knows of an architecture: a struct, and a file that fills it. All architectures are there on
 * every host, as a recording may come from another one.
 *
 * To add an architecture: write NAME.c with its struct arch_NAME and NAME_words.h, and name it in
 * list.h. Its BPF programs are named in bpf/arch.bpf.h, and their tables are the files
 * user/sources/bpf/..._NAME.c.
 */
#ifndef KVMTOP_ARCH_ARCH_H
#define KVMTOP_ARCH_ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "classes.h"
#include "details.h"

struct pair;

/* A reason of exits and its name; NULL ends a table. */
struct arch_reason {
	uint64_t code;
	const char *name;
};

/*
 * A code space of exit reasons, and the part of KVM that counts in it. Its number is the kernel's own, or from 16 on where
 * that has none; no two have the same.
 */
struct arch_isa {
	uint32_t number;
	const char *name;     /* as outputs have it */
	const char *module;   /* of the kernel; NULL: it is KVM's own */
	const char *cpu_flag; /* of CPUs that have it, in /proc/cpuinfo; NULL: no flag shows it */
	const char *vcpu_struct; /* the module's, around struct kvm_vcpu */
	const char *
		cpu_data; /* the module's variable that says what a CPU ran last; NULL: none does */
	uint64_t reason_mask; /* what of a code has a name; above are flags */
	/*
	 * The bits of a code that decide how KVM handles the exit, and so which statistic counts
	 * it. These are the reason, and the flag of a failed entry, whose reason is not handled.
	 */
	uint64_t handled_mask;
	bool negative_is_u32; /* a negative code has 32 bits or 64: the low 32 count */
	bool traced_first;    /* kvm_exit always comes before KVM counts the exit */
	uint64_t halt;	      /* the reason of a vCPU that halts until it is woken up */
	/* Of the kernel's headers: the names that kvm_exit's format has, and the constants. */
	const struct arch_reason *names, *constants;
	const struct arch_class *classes; /* of its reasons; those of none are left out */
	size_t n_classes;
};

/* A form that the arguments of kvm_exit's raw tracepoint have, by the kernel's BTF. */
struct arch_exit_args {
	int n;
	int vcpu; /* which of them is the struct kvm_vcpu *; -1: none, the thread identifies it */
	bool has_reason; /* one is the reason: that is EXIT_PATH_ARGS; else the backend's struct has it */
};

/*
 * A statistic that had another name in debugfs, and so in kvm_stat, than in KVM's structs, before 5.14. What is
 * read-only there is a gauge.
 */
struct arch_old_stat {
	const char *member, *name;
	bool gauge;
};

struct arch {
	const struct arch_isa *isas; /* in the order in which modules are named */
	size_t n_isas;
	const struct pair *const
		*pairs; /* what --verify compares, in the order in which it is shown */
	size_t n_pairs;
	const struct detail_kind_def *kinds; /* of keys: DETAIL_KIND_MAX of them, or NULL */
	const struct detail_word *words;     /* of --detail, in the order in which they are shown */
	size_t n_words;
	const struct arch_exit_args *exit_args;
	size_t n_exit_args;
	const struct arch_old_stat *old_stats;
	size_t n_old_stats;
	const struct arch_class *user_classes; /* of KVM_EXIT_* that only it has */
	size_t n_user_classes;
	const struct arch_origin *origins; /* the likelier ones first */
	size_t n_origins;
	const struct arch_hint *hints; /* of keys, the more special ones first */
	size_t n_hints;
	/* A statistic of a vCPU that grows with each KVM_RUN, as bpf/vcpu_NAME.bpf.h has it, too; NULL: there is none. */
	const char *runs_stat;
	struct {
		const char *type, *member;
	} mode_flags;		   /* that say whether a vCPU runs a nested guest; NULL: none do */
	const char *cpuinfo_flags; /* what the line of flags in /proc/cpuinfo begins with */
};

/* How many isas an architecture may have. */
#define ARCH_ISAS_MAX 2

/* The architecture of this host; never NULL. */
const struct arch *arch_here(void);

/* The @i-th of all code spaces that there are, of every architecture; NULL: there are fewer. */
const struct arch_isa *arch_isa_at(size_t i);

/* The code space of this number; NULL: it is not known, as that of a backend which is not in the kernel's tree. */
const struct arch_isa *arch_isa(uint32_t number);

/* The architecture that has the code space; NULL: none has. */
const struct arch *arch_of(uint32_t isa);

/* What of @code has a name in the code space @isa, in the form that the tables have. @isa may be none that is known. */
uint64_t arch_reason_of(uint32_t isa, uint64_t code);

/* The flags of @code, which are shown behind the name; 0: none. */
uint64_t arch_flags_of(uint32_t isa, uint64_t code);

/* Whether @code means that the vCPU halts until it is woken up. */
bool arch_is_halt(uint32_t isa, uint64_t code);

/* The class of a reason; REASON_CLASS_OTHER for those in none. @isa may be a nested guest's code space without its bit, or none that is known. */
enum reason_class arch_class(uint32_t isa, uint64_t code);

/* The same of a KVM_EXIT_* that only one architecture has. */
enum reason_class arch_user_class(uint64_t code);

/* The @i-th of the exit reasons that lead to exits to the VMM, of all architectures; NULL: there are fewer. */
const struct arch_origin *arch_origin(size_t i);

/* What is known of a key; NULL: nothing. */
const struct arch_hint *arch_hint(enum detail_kind kind, uint64_t key);

/* A kind of keys, as the first architecture has it that has it; NULL: none has. */
const struct detail_kind_def *arch_detail_kind(enum detail_kind kind);

/* The @i-th word of --detail, of all architectures, as recordings of others are shown, too; NULL: there are fewer. */
const struct detail_word *arch_detail_word(size_t i);

#endif
