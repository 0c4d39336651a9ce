// SPDX-License-Identifier: GPL-2.0
#include "drilldown.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "../../base/arena.h"
#include "../../base/cleanup.h"
#include "../../base/once.h"
#include "../../model/snapshot.h"
#include "../features.h"
#include "../kernel_btf.h"
#include "../limits.h"
#include "collector.h"
#include "detail_cells.h"
#include "drilldown_priv.h"
#include "exits.h"
#include "object.h"
#include "object_types.h"
#include "slow_records.h"
#include "unkeyed.h"
#include "detail.skel.h"

/* Half a megabyte: 5,000 slow exits. */
#define RING_BYTES (512 * 1024)

_Static_assert(KVMTOP_DETAIL_MMIO == (int)DETAIL_MMIO && KVMTOP_DETAIL_PC == (int)DETAIL_PC &&
		       KVMTOP_DETAIL_ARCH == (int)DETAIL_ARCH &&
		       KVMTOP_DETAIL_MAX == (int)DETAIL_KIND_MAX,
	       "the kinds are those of the contract");
_Static_assert(KVMTOP_DETAIL_READ == DETAIL_READ && KVMTOP_DETAIL_WRITE == DETAIL_WRITE &&
		       KVMTOP_DETAIL_SIZE_SHIFT == DETAIL_SIZE_SHIFT &&
		       KVMTOP_PC_REASONS == DETAIL_PC_MAX,
	       "the numbers are those of the contract");

struct drilldown {
	struct detail_bpf *skel;
	struct exits *exits;
	struct collector collector; /* of @exits */
	struct slots slots;
	uint32_t kinds;			/* DETAIL_BIT; 0: only slow exits */
	bool timed;			/* exits are */
	struct unkeyed_reasons reasons; /* of @kinds */
	struct unkeyed *unkeyed;	/* by slot */
	struct slow_records *slow;	/* NULL: slow exits are not asked for */
	struct detail_cells *cells;
	size_t n_cells;
	struct kvmtop_detail_vcpu *vcpus; /* the map, in our memory */
	size_t vcpus_bytes;
};

static int share_maps(struct detail_bpf *skel, const struct exits *exits)
{
	return exits__share_maps(exits, &(struct shared_maps){
						.memory = skel->maps.memory_map,
						.vcpus = skel->maps.vcpus,
						.spare_cells = skel->maps.spare_cells,
						.by_vcpu = skel->maps.by_vcpu,
						.by_tid = skel->maps.by_tid,
						.filter_pids = skel->maps.filter_pids,
						.filter_vcpus = skel->maps.filter_vcpus,
						.ignored_pids = skel->maps.ignored_pids,
					});
}

static int size_maps(struct drilldown *detail, const struct drilldown_opts *opts)
{
	const struct {
		struct bpf_map *map;
		size_t entries;
	} sizes[] = {
		{ detail->skel->maps.detail_vcpus, detail->slots.n_slots },
		{ detail->skel->maps.detail_cells, detail->n_cells },
		{ detail->skel->maps.free_detail_cells, detail->n_cells },
		/* CPUs keep some free elements for themselves, so there are more than cells. */
		{ detail->skel->maps.detail_index,
		  detail->n_cells + 64 * (size_t)libbpf_num_possible_cpus() },
		{ detail->skel->maps.slow, opts->slow_ns ? RING_BYTES : (size_t)getpagesize() },
	};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		int err = bpf_map__set_max_entries(sizes[i].map, (uint32_t)sizes[i].entries);

		if (err)
			return err;
	}
	return 0;
}

static void set_knobs(struct drilldown *detail, const struct drilldown_opts *opts,
		      const struct features *features)
{
	struct detail_bpf *skel = detail->skel;
	const struct filtered filtered = exits__filtered(detail->exits);

	skel->rodata->cfg_reason_mask = detail->reasons.mask;
	skel->rodata->cfg_reason_kinds = detail->reasons.kinds;
	memcpy(skel->rodata->cfg_reasons, detail->reasons.ranges, sizeof(detail->reasons.ranges));
	skel->rodata->cfg_homes = exits__homes(detail->exits);
	skel->rodata->cfg_filter_pids = filtered.pids;
	skel->rodata->cfg_filter_vcpus = filtered.vcpus;
	skel->rodata->cfg_filter_names = filtered.names;
	skel->rodata->cfg_plain = features->v[FEATURE_PATH + EXIT_PATH_PLAIN].ok;
	skel->rodata->cfg_timed = opts->latency != LATENCY_OFF;
	skel->rodata->cfg_slow_ns = opts->slow_ns;
	skel->rodata->cfg_kinds = opts->kinds;
	if (!(opts->kinds & DETAIL_BIT(DETAIL_PC)))
		return;
	skel->rodata->cfg_pc = opts->pc_all ? 2 : 1;
	skel->rodata->cfg_n_pc_reasons = (uint32_t)opts->n_pc_reasons;
	for (size_t i = 0; i < opts->n_pc_reasons && i < KVMTOP_PC_REASONS; i++)
		skel->rodata->cfg_pc_reason[i] = opts->pc_reasons[i];
}

static int load(struct drilldown *detail, const struct drilldown_opts *opts,
		const struct features *features, const struct object_types *types, char *why,
		size_t why_size)
{
	struct detail_bpf *skel = detail->skel;
	int err = drilldown_choose(skel, opts, detail->exits, features, why, why_size);

	if (err)
		return err;
	if (opts->latency != LATENCY_OFF)
		bpf_program__set_autoload(skel->progs.detail_entry, true);
	bpf_program__set_autoload(skel->progs.fill_cells, true);
	set_knobs(detail, opts, features);
	err = share_maps(skel, detail->exits) ?:
	      size_maps(detail, opts) ?:
	      object_types__fill(types, skel->obj) ?:
	      kernel_btf_error(detail_bpf__load(skel));
	if (err)
		return err;
	return object_map_array(skel->maps.detail_vcpus, sizeof(*detail->vcpus),
				(void **)&detail->vcpus, &detail->vcpus_bytes)
		       ?:
		       /* Cell 0 means none; all others are free at first. */
		       object_fill(skel->progs.fill_cells, KVMTOP_QUEUE_CELLS, 1, detail->n_cells);
}

static struct unkeyed_view view_of(const struct drilldown *detail, uint32_t slot, bool ended)
{
	return (struct unkeyed_view){
		.vcpu = &detail->slots.vcpus[slot],
		.detail = &detail->vcpus[slot],
		.spare = detail->slots.spare,
		.n_spare = detail->slots.n_spare,
		.reasons = &detail->reasons,
		.timed = detail->timed,
		.ended = ended,
	};
}

/*
 * The main programs have counted exits before these ones were attached. If the last one is still handled its event may come yet. That is
 * not noted as keyed, as it would stand in for one that came later.
 */
static void begin_slot(struct drilldown *detail, uint32_t slot)
{
	const struct unkeyed_view view = view_of(detail, slot, false);
	struct unkeyed *unkeyed = &detail->unkeyed[slot];

	if (!READ_ONCE(view.vcpu->registered_ns))
		return;
	unkeyed__begin(unkeyed, &view);
	for (uint32_t kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		__u64 none = 0;

		/* The thread may have noted a later exit already. */
		__atomic_compare_exchange_n(&detail->vcpus[slot].keyed_exit[kind], &none,
					    unkeyed->last_exit, false, __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED);
	}
}

static void begin_unkeyed(struct drilldown *detail)
{
	for (uint32_t slot = 1; slot < detail->slots.n_slots; slot++)
		begin_slot(detail, slot);
}

/* The entry first, so that whatever the others begin gets its end. */
static int attach(struct drilldown *detail)
{
	struct bpf_object_skeleton *s = detail->skel->skeleton;

	for (int others = 0; others < 2; others++) {
		for (int i = 0; i < s->prog_cnt; i++) {
			const struct bpf_program *program = *s->progs[i].prog;
			bool is_other = program != detail->skel->progs.detail_entry;

			if (!bpf_program__autoload(program) || is_other != others ||
			    program == detail->skel->progs.fill_cells) /* see object_fill() */
				continue;
			*s->progs[i].link = object_attach(program);
			if (!*s->progs[i].link)
				return -errno;
		}
	}
	return 0;
}

/* ---- reading */

static int collect(void *arg)
{
	struct drilldown *detail = arg;

	if (detail->kinds)
		detail_cells__collect(detail->cells);
	return 0;
}

/* Sums by kind in @sample, beginning with those of the vCPU's other slots. NULL: no memory. */
static struct detail_sum *grow_sums(struct arena *arena, struct vcpu_sample *sample)
{
	struct detail_sum *sums = arena__calloc(arena, DETAIL_KIND_MAX, sizeof(*sums));

	if (!sums)
		return NULL;
	if (sample->detail_sums)
		memcpy(sums, sample->detail_sums, DETAIL_KIND_MAX * sizeof(*sums));
	sample->detail_sums = sums;
	return sums;
}

static int fill(void *arg, uint32_t slot, bool ended, struct arena *arena,
		struct vcpu_sample *sample)
{
	struct drilldown *detail = arg;
	struct unkeyed *unkeyed = &detail->unkeyed[slot];
	const struct unkeyed_view view = view_of(detail, slot, ended);
	const struct kvmtop_detail_vcpu *v = &detail->vcpus[slot];
	struct detail_sum *sums;

	if (!detail->kinds)
		return 0;
	sums = grow_sums(arena, sample);
	if (!sums)
		return -ENOMEM;
	unkeyed__look(unkeyed, &view);
	for (uint32_t kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		sums[kind].count +=
			READ_ONCE(v->others[kind].count) + unkeyed->reported[kind].count;
		sums[kind].sum_ns +=
			READ_ONCE(v->others[kind].sum_ns) + unkeyed->reported[kind].sum_ns;
	}
	return detail_cells__fill(detail->cells, slot, arena, sample, sums);
}

static void forget(void *arg, uint32_t slot)
{
	struct drilldown *detail = arg;

	detail_cells__forget(detail->cells, slot);
	memset(&detail->vcpus[slot], 0, sizeof(detail->vcpus[slot]));
	detail->unkeyed[slot] = (struct unkeyed){ .last_exit = 0 };
}

/* Events that were not counted: no program ran, or the thread is not known as a vCPU's. */
static uint64_t lost_events(const struct drilldown *detail)
{
	const struct bpf_object_skeleton *s = detail->skel->skeleton;
	uint64_t lost = READ_ONCE(detail->skel->bss->detail_drops.unknown);

	for (int i = 0; i < s->prog_cnt; i++)
		lost += object_missed_by(bpf_program__fd(*s->progs[i].prog));
	return lost;
}

void drilldown__add_drops(const struct drilldown *detail, uint64_t *drops)
{
	if (!detail)
		return;
	drops[DROP_DETAIL] += lost_events(detail);
	drops[DROP_SLOW] += READ_ONCE(detail->skel->bss->detail_drops.slow);
}

static int fill_drops(void *arg, struct snapshot *snapshot)
{
	drilldown__add_drops(arg, snapshot->drops);
	return 0;
}

static const struct collector_ops collector_ops = {
	.collect = collect,
	/* Keys first: an exit is counted before its key is, so there are never more keys than exits. */
	.fill_before_exits = fill,
	.fill_host = fill_drops,
	.forget = forget,
};

/* ---- slow exits */

int drilldown__slow_fd(const struct drilldown *detail)
{
	return detail && detail->slow ? slow_records__fd(detail->slow) : -1;
}

int drilldown__take_slow(struct drilldown *detail, slow_fn fn, void *arg)
{
	return detail && detail->slow ? slow_records__take(detail->slow, fn, arg) : 0;
}

void drilldown__begin_slow(struct drilldown *detail)
{
	WRITE_ONCE(detail->skel->bss->detail_control.slow_ended, 0);
}

void drilldown__end_slow(struct drilldown *detail)
{
	if (detail)
		WRITE_ONCE(detail->skel->bss->detail_control.slow_ended, 1);
}

/* ---- open and close */

static int open_cells(struct drilldown *detail)
{
	const struct detail_cells_opts opts = {
		.exits = detail->exits,
		.map = detail->skel->maps.detail_cells,
		.free = detail->skel->maps.free_detail_cells,
		.index = detail->skel->maps.detail_index,
		.n = detail->n_cells,
	};

	return detail_cells__open(&opts, &detail->cells);
}

static int open_all(struct drilldown *detail, const struct drilldown_opts *opts,
		    const struct features *features, char *why, size_t why_size)
{
	struct object_types types __cleanup(object_types__close) = OBJECT_TYPES_NONE;
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = types.path);
	int err;

	detail->unkeyed = calloc(detail->slots.n_slots, sizeof(*detail->unkeyed));
	if (!detail->unkeyed)
		return -ENOMEM;
	err = object_types__open(features->types, &types);
	if (err)
		return err;
	detail->skel = detail_bpf__open_opts(&open_opts);
	if (!detail->skel)
		return -errno;
	err = load(detail, opts, features, &types, why, why_size);
	if (!err)
		err = open_cells(detail);
	if (!err && opts->slow_ns)
		err = slow_records__open(detail->skel->maps.slow, detail->exits, drilldown_decode,
					 &detail->slow);
	if (!err && opts->slow_held)
		drilldown__end_slow(detail);
	if (!err)
		err = attach(detail);
	if (!err)
		begin_unkeyed(detail);
	return err;
}

int drilldown__open(const struct drilldown_opts *opts, struct exits *exits,
		    const struct features *features, char *why, size_t why_size,
		    struct drilldown **ret_detail)
{
	struct drilldown *detail = calloc(1, sizeof(*detail));
	int err;

	if (!detail)
		return -ENOMEM;
	why[0] = '\0';
	detail->exits = exits;
	detail->slots = exits__slots(exits);
	detail->kinds = opts->kinds;
	detail->timed = opts->latency != LATENCY_OFF;
	drilldown_reasons(&detail->reasons);
	detail->reasons.kinds &= opts->kinds;
	detail->n_cells = opts->kinds ? (opts->knobs.detail_keys ?: DRILLDOWN_KEYS) + 1 : 1;
	err = open_all(detail, opts, features, why, why_size);
	if (err) {
		if (!why[0])
			limits_load_error(err, why, why_size);
		drilldown__close(detail);
		return err;
	}
	detail->collector = (struct collector){ .ops = &collector_ops, .arg = detail };
	exits__add_collector(exits, &detail->collector);
	*ret_detail = detail;
	return 0;
}

void drilldown__close(struct drilldown *detail)
{
	if (!detail)
		return;
	exits__remove_collector(detail->exits, &detail->collector);
	slow_records__close(detail->slow);
	detail_cells__close(detail->cells);
	if (detail->vcpus)
		munmap(detail->vcpus, detail->vcpus_bytes);
	detail_bpf__destroy(detail->skel);
	free(detail->unkeyed);
	free(detail);
}
