/* SPDX-License-Identifier: GPL-2.0 */
/*
 * programs: a table of the main BPF programs: what each is for, and on which exit path. Programs
 * are chosen by role, never by name.
 */
#ifndef KVMTOP_SOURCES_BPF_PROGRAMS_H
#define KVMTOP_SOURCES_BPF_PROGRAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "../../model/ids.h"

struct exits_opts;
struct features;
struct kvmtop_bpf;

/*
 * In the order of attaching. Exits come late, as they need the others in place. A rescue program
 * comes after the one that it backs up.
 */
enum program_role {
	ROLE_FILL,	   /* object_fill() runs it; not attached */
	ROLE_RESCUE_COUNT, /* ROLE_RESCUE goes on with it, by rescue_call; not attached */
	ROLE_USER_EXIT,
	ROLE_RESCUE, /* takes userspace exits that the kernel did not run the program above for */
	ROLE_HALT,
	ROLE_MIGRATED, /* threads that are migrated to another CPU in their sleep */
	ROLE_ENTRY,
	ROLE_VCPU_ENTRY, /* the same, where kvm_exit does not identify its vCPU */
	ROLE_COUNTED_ENTRY,
	ROLE_EXIT,
	ROLE_LOSSY_EXIT, /* for tests */
	ROLE_EVENT,	 /* of enum kvm_event */
	ROLE_THREADS,	 /* the iterator over threads; it does nothing until it is read */
	ROLE_MAX,
};

#define ROLE_BIT(role) (1u << (role))
#define ROLES_OF_EXITS                                                                     \
	(ROLE_BIT(ROLE_ENTRY) | ROLE_BIT(ROLE_VCPU_ENTRY) | ROLE_BIT(ROLE_COUNTED_ENTRY) | \
	 ROLE_BIT(ROLE_EXIT) | ROLE_BIT(ROLE_LOSSY_EXIT))

/*
 * Chooses what is loaded for @path, of an object that is open; @large: its memory is (bpf/kvmtop.h). 0 or a negative
 * errno; -EOPNOTSUPP: no program can count exits that way.
 */
int programs_choose(struct kvmtop_bpf *skel, enum exit_path path, bool large,
		    const struct exits_opts *opts, const struct features *features);

/*
 * Sets the knobs for the records that the chosen programs read. @relocated: for tests, as if the
 * fields were elsewhere. 0 or a negative errno.
 */
int programs_set_records(struct kvmtop_bpf *skel, bool relocated);

/*
 * Attaches what was chosen and is loaded, of @roles (ROLE_BIT) in their order. Adds to @events the bits of enum kvm_event that
 * are counted, as not every kernel has each of these tracepoints. 0 or a negative errno.
 */
int programs_attach(struct kvmtop_bpf *skel, uint32_t roles, uint32_t *events);

/* Whether a program with one of these roles is loaded. */
bool programs_have(const struct kvmtop_bpf *skel, uint32_t roles);

/* How many events the kernel did not run a program for, of those with these roles (ROLE_BIT). */
uint64_t programs_missed(const struct kvmtop_bpf *skel, uint32_t roles);

/* Bits of enum kvm_event of which at least one event was missed. */
uint32_t programs_missed_events(const struct kvmtop_bpf *skel);

#endif
