// SPDX-License-Identifier: GPL-2.0
#include "programs.h"

#include <errno.h>
#include <stddef.h>

#include <linux/types.h>

#include <bpf/libbpf.h>

#include "../../../bpf/kvmtop.h"
#include "../../arch/list.h"
#include "../../base/cleanup.h"
#include "../features.h"
#include "exits.h"
#include "object.h"
#include "programs_priv.h"
#include "record_fields.h"
#include "kvmtop.skel.h"

/* clang-format off */
static const struct program programs[] = {
	{ PROGRAM(fill_free), ROLE_FILL, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(userspace_exit_plain), ROLE_USER_EXIT, PATH_BIT(PLAIN), .taps = TAPS_RAW },
	{ PROGRAM(userspace_exit_probe), ROLE_USER_EXIT, NOT_PLAIN, .taps = TAPS_RAW },
	{ PROGRAM(userspace_exit_record), ROLE_USER_EXIT, ALL_PATHS, TAPS_RECORD, RECORD_USER_EXIT, 0, 0, 0 },
	{ PROGRAM(rescue_count), ROLE_RESCUE_COUNT, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(rescue_userspace_exit1), ROLE_RESCUE, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(rescue_userspace_exit2), ROLE_RESCUE, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(rescue_userspace_exit3), ROLE_RESCUE, ALL_PATHS, .taps = TAPS_RAW },
	/* entry_plain reads KVM's own statistics of halts. */
	{ PROGRAM(halt_raw), ROLE_HALT, NOT_PLAIN, .taps = TAPS_RAW },
	{ PROGRAM(halt_classic), ROLE_HALT, NOT_PLAIN, TAPS_RECORD, RECORD_WAKEUP, 0, 0, 0 },
	{ PROGRAM(migrated), ROLE_MIGRATED, ALL_PATHS, .taps = TAPS_ANY },
	{ PROGRAM(threads), ROLE_THREADS, ALL_PATHS, .taps = TAPS_ANY },
	EVENT(wakeup, RECORD_WAKEUP, EVENT_BIT(WAKEUP_WAITED) | EVENT_BIT(WAKEUP_POLLED)),
};
/* clang-format on */

static const struct program_record records[RECORD_MAX] = {
	[RECORD_USER_EXIT] = { "kvm_userspace_exit",
			       offsetof(struct kvmtop_bpf__rodata, cfg_record_userspace_exit),
			       { { "reason", { 8, 4 } }, { "errno", { 12, 4 } } } },
	[RECORD_WAKEUP] = { "kvm_vcpu_wakeup",
			    offsetof(struct kvmtop_bpf__rodata, cfg_record_vcpu_wakeup),
			    { { "ns", { 8, 8 } }, { "waited", { 16, 1 } } } },
};

/* The @i-th program: of all architectures, then of this one; NULL: there are fewer. */
static const struct program *program_at(size_t i)
{
	const struct arch_programs *arch = &ARCH_HERE(arch_programs);

	if (i < ARRAY_SIZE(programs))
		return &programs[i];
	i -= ARRAY_SIZE(programs);
	return i < arch->n ? &arch->v[i] : NULL;
}

static const struct program_record *record_of(enum record_id id)
{
	return id == RECORD_EXIT ? &ARCH_HERE(arch_programs).exit_record : &records[id];
}

static struct bpf_program *program_of(const struct kvmtop_bpf *skel, const struct program *p)
{
	return *(struct bpf_program *const *)((const char *)skel + p->program);
}

static struct bpf_link **link_of(struct kvmtop_bpf *skel, const struct program *p)
{
	return (struct bpf_link **)((char *)skel + p->link);
}

/* ---- before they are loaded */

/*
 * Whether programs of this role are needed. Entries are not needed where nothing is timed, unless
 * they identify the vCPU.
 */
static bool is_role_needed(enum program_role role, const struct exits_opts *opts,
			   const struct features *features)
{
	const bool timed = opts->latency != LATENCY_OFF;

	switch (role) {
	case ROLE_RESCUE_COUNT:
	case ROLE_RESCUE:
		return features->v[FEATURE_USER_RESCUE].ok;
	case ROLE_HALT:
	case ROLE_THREADS:
		return timed;
	case ROLE_MIGRATED:
		return timed && features->v[FEATURE_MIGRATED].ok;
	case ROLE_ENTRY:
		return timed && !opts->entries;
	case ROLE_VCPU_ENTRY:
		return !opts->entries;
	case ROLE_COUNTED_ENTRY:
		return opts->entries;
	case ROLE_EXIT:
		return !opts->knobs.lose_one_in;
	case ROLE_LOSSY_EXIT:
		return opts->knobs.lose_one_in;
	case ROLE_EVENT:
		return opts->events;
	default:
		return true;
	}
}

/* Whether exits and entries on @path may take the short path. */
static bool may_be_short(enum exit_path path, const struct exits_opts *opts,
			 const struct features *features)
{
	if (opts->knobs.long_path || opts->knobs.lose_one_in ||
	    (opts->note_exit && opts->latency == LATENCY_OFF))
		return false;
	return path == EXIT_PATH_ARGS || path == EXIT_PATH_CLASSIC || features->v[FEATURE_SHORT].ok;
}

static bool is_reached(const struct program *p, enum exit_path path, bool large,
		       const struct exits_opts *opts, const struct features *features)
{
	const bool by_cpu = features->v[FEATURE_SHORT_CPU].ok;

	if (p->modes && !(p->modes & 1u << opts->latency))
		return false;
	switch (p->reach) {
	case REACH_LONG:
		return !may_be_short(path, opts, features);
	case REACH_SHORT:
		return may_be_short(path, opts, features);
	case REACH_SHORT_LARGE:
		return large && may_be_short(path, opts, features);
	case REACH_SHORT_SMALL:
		return !large && may_be_short(path, opts, features);
	case REACH_SHORT_CPU:
		return by_cpu && may_be_short(path, opts, features);
	case REACH_SHORT_PROBE:
		return !by_cpu && may_be_short(path, opts, features);
	default:
		return true;
	}
}

static bool is_chosen(const struct program *p, enum exit_path path, bool large,
		      const struct exits_opts *opts, const struct features *features)
{
	const enum taps taps = features->v[FEATURE_USER_RECORD].ok ? TAPS_RECORD : TAPS_RAW;
	const bool plain = features->v[FEATURE_PATH + EXIT_PATH_PLAIN].ok;

	/* Events need not use the exit path of exits. They use the best one that works. */
	if (p->role == ROLE_EVENT)
		path = plain ? EXIT_PATH_PLAIN : EXIT_PATH_PROBE;
	return is_role_needed(p->role, opts, features) && p->paths & 1u << path &&
	       (p->taps == TAPS_ANY || p->taps == taps) &&
	       is_reached(p, path, large, opts, features);
}

int programs_choose(struct kvmtop_bpf *skel, enum exit_path path, bool large,
		    const struct exits_opts *opts, const struct features *features)
{
	const struct program *p;
	uint32_t roles = 0;

	for (size_t i = 0; (p = program_at(i)); i++) {
		bool chosen = is_chosen(p, path, large, opts, features);

		bpf_program__set_autoload(program_of(skel, p), chosen);
		if (chosen)
			roles |= ROLE_BIT(p->role);
	}
	skel->rodata->cfg_short = !may_be_short(path, opts, features) ? KVMTOP_SHORT_NONE
				  : path == EXIT_PATH_CLASSIC	      ? KVMTOP_SHORT_THREAD
								      : KVMTOP_SHORT_VCPU;
	if (ARCH_HERE(arch_programs).lose)
		ARCH_HERE(arch_programs).lose(skel, opts->knobs.lose_one_in);
	return roles & (ROLE_BIT(ROLE_EXIT) | ROLE_BIT(ROLE_LOSSY_EXIT)) ? 0 : -EOPNOTSUPP;
}

static bool is_read(const struct kvmtop_bpf *skel, enum record_id id)
{
	const struct program *p;

	for (size_t i = 0; (p = program_at(i)); i++)
		if (p->record == id && bpf_program__autoload(program_of(skel, p)))
			return true;
	return false;
}

int programs_set_records(struct kvmtop_bpf *skel, bool relocated)
{
	int err = 0;

	for (enum record_id id = RECORD_NONE + 1; id < RECORD_MAX && !err; id++) {
		const struct program_record *r = record_of(id);

		if (is_read(skel, id))
			err = object_set_record(
				r->event, r->fields, relocated,
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

	if (p->role == ROLE_FILL || p->role == ROLE_RESCUE_COUNT)
		return 0;
	link = p->role == ROLE_THREADS ? bpf_program__attach_iter(program, NULL)
				       : object_attach(program);
	*link_of(skel, p) = link;
	return link ? 0 : -errno;
}

int programs_attach(struct kvmtop_bpf *skel, uint32_t roles, uint32_t *events)
{
	const struct program *p;

	for (enum program_role role = 0; role < ROLE_MAX; role++) {
		for (size_t i = 0; (p = program_at(i)); i++) {
			int err;

			if (p->role != role || !(roles & ROLE_BIT(role)) ||
			    !bpf_program__autoload(program_of(skel, p)))
				continue;
			err = attach_one(skel, p);
			if (err && role != ROLE_EVENT)
				return err;
			if (!err)
				*events |= p->events;
		}
	}
	return 0;
}

bool programs_have(const struct kvmtop_bpf *skel, uint32_t roles)
{
	const struct program *p;

	for (size_t i = 0; (p = program_at(i)); i++)
		if (roles & ROLE_BIT(p->role) && bpf_program__autoload(program_of(skel, p)))
			return true;
	return false;
}

uint64_t programs_missed(const struct kvmtop_bpf *skel, uint32_t roles)
{
	const struct program *p;
	uint64_t missed = 0;

	for (size_t i = 0; (p = program_at(i)); i++)
		if (roles & ROLE_BIT(p->role))
			missed += object_missed_by(bpf_program__fd(program_of(skel, p)));
	return missed;
}

uint32_t programs_missed_events(const struct kvmtop_bpf *skel)
{
	const struct program *p;
	uint32_t events = 0;

	for (size_t i = 0; (p = program_at(i)); i++)
		if (p->events && object_missed_by(bpf_program__fd(program_of(skel, p))))
			events |= p->events;
	return events;
}
