// SPDX-License-Identifier: GPL-2.0
#include "bpf_programs.h"

#include <errno.h>
#include <stddef.h>

#include <linux/types.h>

#include <bpf/libbpf.h>

#include "../../bpf/kvmtop.h"
#include "../base/cleanup.h"
#include "bpf_exit.h"
#include "bpf_object.h"
#include "bpf_record.h"
#include "features.h"
#include "kvmtop.skel.h"

/* Which records of classic tracepoints programs read. */
enum record_id { RECORD_NONE, RECORD_EXIT, RECORD_USER_EXIT, RECORD_WAKEUP, RECORD_MAX };

/* Whether a program needs records to be preferred to raw arguments here (FEATURE_USER_RECORD), or not to be. */
enum taps { TAPS_ANY, TAPS_RAW, TAPS_RECORD };

struct program {
	size_t program, link; /* where they are in struct kvmtop_bpf */
	enum program_role role;
	uint32_t paths; /* PATH_BIT */
	enum taps taps;
	enum record_id record;
	uint32_t events; /* ROLE_EVENT: bits of enum kvm_event */
};

#define PATH_BIT(path) (1u << EXIT_PATH_##path)
#define ALL_PATHS (PATH_BIT(PLAIN) | PATH_BIT(PROBE) | PATH_BIT(ARGS) | PATH_BIT(CLASSIC))
#define NOT_PLAIN (ALL_PATHS & ~PATH_BIT(PLAIN))
#define EVENT_BIT(event) (1u << KVM_EVENT_##event)

#define PROGRAM(name) \
	offsetof(struct kvmtop_bpf, progs.name), offsetof(struct kvmtop_bpf, links.name)
/* An event's programs. @read: the record that the classic one reads. */
#define EVENT(name, read, bits)                                                                      \
	{ PROGRAM(event_plain_##name), ROLE_EVENT, PATH_BIT(PLAIN), TAPS_RAW, RECORD_NONE, bits },   \
		{ PROGRAM(event_probe_##name), ROLE_EVENT, NOT_PLAIN, TAPS_RAW, RECORD_NONE, bits }, \
	{                                                                                            \
		PROGRAM(event_classic_##name), ROLE_EVENT, ALL_PATHS, TAPS_RECORD, read, bits        \
	}

/* clang-format off */
static const struct program programs[] = {
	{ PROGRAM(fill_free), ROLE_FILL, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(userspace_exit_plain), ROLE_USER_EXIT, PATH_BIT(PLAIN), .taps = TAPS_RAW },
	{ PROGRAM(userspace_exit_probe), ROLE_USER_EXIT, NOT_PLAIN, .taps = TAPS_RAW },
	{ PROGRAM(userspace_exit_record), ROLE_USER_EXIT, ALL_PATHS, TAPS_RECORD, RECORD_USER_EXIT, 0 },
	{ PROGRAM(rescue_userspace_exit1), ROLE_RESCUE, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(rescue_userspace_exit2), ROLE_RESCUE, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(rescue_userspace_exit3), ROLE_RESCUE, ALL_PATHS, .taps = TAPS_RAW },
	/* entry_plain reads KVM's own statistics of halts. */
	{ PROGRAM(halt_raw), ROLE_HALT, NOT_PLAIN, .taps = TAPS_RAW },
	{ PROGRAM(halt_classic), ROLE_HALT, NOT_PLAIN, TAPS_RECORD, RECORD_WAKEUP, 0 },
	{ PROGRAM(moved), ROLE_MOVED, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(threads), ROLE_THREADS, ALL_PATHS, .taps = TAPS_ANY },
	EVENT(wakeup, RECORD_WAKEUP, EVENT_BIT(WAKEUP_WAITED) | EVENT_BIT(WAKEUP_POLLED)),
	EVENT(inj_virq, RECORD_NONE, EVENT_BIT(INJ_VIRQ)),
	EVENT(page_fault, RECORD_NONE, EVENT_BIT(PAGE_FAULT)),
	EVENT(emulate_insn, RECORD_NONE, EVENT_BIT(EMULATE_INSN)),
	EVENT(hypercall, RECORD_NONE, EVENT_BIT(HYPERCALL)),
	EVENT(hv_hypercall, RECORD_NONE, EVENT_BIT(HV_HYPERCALL)),
	EVENT(nested_vmenter, RECORD_NONE, EVENT_BIT(NESTED_VMENTER)),
	EVENT(nested_vmrun, RECORD_NONE, EVENT_BIT(NESTED_VMENTER)),
#if defined(__x86_64__)
	{ PROGRAM(entry_plain), ROLE_ENTRY, PATH_BIT(PLAIN), .taps = TAPS_ANY },
	{ PROGRAM(entry_probe), ROLE_ENTRY, PATH_BIT(PROBE) | PATH_BIT(ARGS), .taps = TAPS_ANY },
	{ PROGRAM(entry_classic), ROLE_VCPU_ENTRY, PATH_BIT(CLASSIC), .taps = TAPS_ANY },
	{ PROGRAM(entry_counted_plain), ROLE_COUNTED_ENTRY, PATH_BIT(PLAIN), .taps = TAPS_ANY },
	{ PROGRAM(entry_counted_probe), ROLE_COUNTED_ENTRY, NOT_PLAIN, .taps = TAPS_ANY },
	{ PROGRAM(exit_plain), ROLE_EXIT, PATH_BIT(PLAIN), .taps = TAPS_ANY },
	{ PROGRAM(exit_probe), ROLE_EXIT, PATH_BIT(PROBE), .taps = TAPS_ANY },
	{ PROGRAM(exit_args), ROLE_EXIT, PATH_BIT(ARGS), .taps = TAPS_ANY },
	{ PROGRAM(exit_classic), ROLE_EXIT, PATH_BIT(CLASSIC), TAPS_ANY, RECORD_EXIT, 0 },
	{ PROGRAM(exit_lossy_plain), ROLE_LOSSY_EXIT, PATH_BIT(PLAIN), .taps = TAPS_ANY },
	{ PROGRAM(exit_lossy_probe), ROLE_LOSSY_EXIT, PATH_BIT(PROBE), .taps = TAPS_ANY },
	{ PROGRAM(exit_lossy_classic), ROLE_LOSSY_EXIT, PATH_BIT(CLASSIC), TAPS_ANY, RECORD_EXIT, 0 },
#endif
};
/* clang-format on */

static const struct record {
	const char *event; /* NULL: it is not read on this architecture */
	size_t knob;	   /* where it is among the programs' */
	struct record_field fields[KVMTOP_RECORD_FIELDS];
} records[RECORD_MAX] = {
#if defined(__x86_64__)
	[RECORD_EXIT] = { "kvm_exit",
			  offsetof(struct kvmtop_bpf__rodata, cfg_record_exit),
			  { { "exit_reason", { 8, 4 } },
			    { "isa", { 24, 4 } },
			    { "vcpu_id", { 56, 4 } } } },
#endif
	[RECORD_USER_EXIT] = { "kvm_userspace_exit",
			       offsetof(struct kvmtop_bpf__rodata, cfg_record_userspace_exit),
			       { { "reason", { 8, 4 } }, { "errno", { 12, 4 } } } },
	[RECORD_WAKEUP] = { "kvm_vcpu_wakeup",
			    offsetof(struct kvmtop_bpf__rodata, cfg_record_vcpu_wakeup),
			    { { "ns", { 8, 8 } }, { "waited", { 16, 1 } } } },
};

static struct bpf_program *program_of(const struct kvmtop_bpf *skel, const struct program *p)
{
	return *(struct bpf_program *const *)((const char *)skel + p->program);
}

static struct bpf_link **link_of(struct kvmtop_bpf *skel, const struct program *p)
{
	return (struct bpf_link **)((char *)skel + p->link);
}

/* ---- before they are loaded */

/* Whether programs of this role are needed. Entries are not needed where nothing is timed, unless they tell the vCPU. */
static bool is_role_needed(enum program_role role, const struct bpf_exit_opts *opts,
			   const struct features *features)
{
	const bool timed = opts->latency != LATENCY_OFF;

	switch (role) {
	case ROLE_RESCUE:
		return features->v[FEATURE_USER_RESCUE].ok;
	case ROLE_HALT:
	case ROLE_THREADS:
		return timed;
	case ROLE_MOVED:
		return timed && features->v[FEATURE_MOVED].ok;
	case ROLE_ENTRY:
		return timed && !opts->entries;
	case ROLE_VCPU_ENTRY:
		return !opts->entries;
	case ROLE_COUNTED_ENTRY:
		return opts->entries;
	case ROLE_EXIT:
		return !opts->lose_one_in;
	case ROLE_LOSSY_EXIT:
		return opts->lose_one_in;
	case ROLE_EVENT:
		return opts->events;
	default:
		return true;
	}
}

static bool is_chosen(const struct program *p, enum exit_path path,
		      const struct bpf_exit_opts *opts, const struct features *features)
{
	const enum taps taps = features->v[FEATURE_USER_RECORD].ok ? TAPS_RECORD : TAPS_RAW;
	const bool plain = features->v[FEATURE_PATH + EXIT_PATH_PLAIN].ok;

	/* Events need not go the way of exits: they are on the best that works. */
	if (p->role == ROLE_EVENT)
		path = plain ? EXIT_PATH_PLAIN : EXIT_PATH_PROBE;
	return is_role_needed(p->role, opts, features) && p->paths & 1u << path &&
	       (p->taps == TAPS_ANY || p->taps == taps);
}

int bpf_programs_choose(struct kvmtop_bpf *skel, enum exit_path path,
			const struct bpf_exit_opts *opts, const struct features *features)
{
	uint32_t roles = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const struct program *p = &programs[i];
		bool chosen = is_chosen(p, path, opts, features);

		bpf_program__set_autoload(program_of(skel, p), chosen);
		if (chosen)
			roles |= ROLE_BIT(p->role);
	}
#if defined(__x86_64__)
	skel->rodata->cfg_lose_one_in = opts->lose_one_in;
#endif
	return roles & (ROLE_BIT(ROLE_EXIT) | ROLE_BIT(ROLE_LOSSY_EXIT)) ? 0 : -EOPNOTSUPP;
}

static bool is_read(const struct kvmtop_bpf *skel, enum record_id id)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i].record == id &&
		    bpf_program__autoload(program_of(skel, &programs[i])))
			return true;
	return false;
}

int bpf_programs_set_records(struct kvmtop_bpf *skel, bool moved)
{
	int err = 0;

	for (enum record_id id = RECORD_NONE + 1; id < RECORD_MAX && !err; id++) {
		const struct record *r = &records[id];

		if (is_read(skel, id))
			err = bpf_set_record(
				r->event, r->fields, moved,
				(struct kvmtop_record *)((char *)skel->rodata + r->knob));
	}
	return err;
}

/* ---- when they are loaded */

/* 0 or a negative errno. */
static int attach_one(struct kvmtop_bpf *skel, const struct program *p)
{
	const struct bpf_program *program = program_of(skel, p);
	struct bpf_link *link;

	if (p->role == ROLE_FILL)
		return 0;
	link = p->role == ROLE_THREADS ? bpf_program__attach_iter(program, NULL)
				       : bpf_attach(program);
	*link_of(skel, p) = link;
	return link ? 0 : -errno;
}

int bpf_programs_attach(struct kvmtop_bpf *skel, uint32_t *ret_events)
{
	*ret_events = 0;
	for (enum program_role role = 0; role < ROLE_MAX; role++) {
		for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
			const struct program *p = &programs[i];
			int err;

			if (p->role != role || !bpf_program__autoload(program_of(skel, p)))
				continue;
			err = attach_one(skel, p);
			if (err && role != ROLE_EVENT)
				return err;
			if (!err)
				*ret_events |= p->events;
		}
	}
	return 0;
}

uint64_t bpf_programs_missed(const struct kvmtop_bpf *skel, uint32_t roles)
{
	uint64_t missed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (roles & ROLE_BIT(programs[i].role))
			missed += bpf_missed_by(bpf_program__fd(program_of(skel, &programs[i])));
	return missed;
}

uint32_t bpf_programs_missed_events(const struct kvmtop_bpf *skel)
{
	uint32_t events = 0;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (programs[i].events &&
		    bpf_missed_by(bpf_program__fd(program_of(skel, &programs[i]))))
			events |= programs[i].events;
	return events;
}
