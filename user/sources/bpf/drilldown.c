// SPDX-License-Identifier: GPL-2.0
#include "drilldown.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/arena.h"
#include "../../base/cleanup.h"
#include "../../base/clock.h"
#include "../../base/once.h"
#include "../../model/inventory.h"
#include "../../model/snapshot.h"
#include "../features.h"
#include "../kernel_btf.h"
#include "../limits.h"
#include "collector.h"
#include "drilldown_priv.h"
#include "exits.h"
#include "object.h"
#include "object_types.h"
#include "unkeyed.h"
#include "detail.skel.h"

/* Half a megabyte: 5,000 slow exits. */
#define RING_BYTES (512 * 1024)

/* When more cells than that are in use, the coldest are taken back until only so many are. */
#define FULL(n) ((n) - (n) / 4)
#define ROOM(n) ((n) / 2)

/* System calls in a row that must not be preempted. */
#define PORTION 256

_Static_assert(KVMTOP_DETAIL_MMIO == (int)DETAIL_MMIO && KVMTOP_DETAIL_PC == (int)DETAIL_PC &&
		       KVMTOP_DETAIL_ARCH == (int)DETAIL_ARCH &&
		       KVMTOP_DETAIL_MAX == (int)DETAIL_KIND_MAX,
	       "the kinds are those of the contract");
_Static_assert(KVMTOP_DETAIL_READ == DETAIL_READ && KVMTOP_DETAIL_WRITE == DETAIL_WRITE &&
		       KVMTOP_DETAIL_SIZE_SHIFT == DETAIL_SIZE_SHIFT &&
		       KVMTOP_PC_REASONS == DETAIL_PC_MAX,
	       "the numbers are those of the contract");

/* A cell as it was read for this snapshot. */
struct cell_copy {
	uint32_t cell;
	uint32_t slot;
	bool retired; /* its counts are among the others */
	struct detail_tally tally;
	uint64_t growth; /* since the snapshot before */
};

struct drilldown {
	struct detail_bpf *skel;
	struct exits *exits;
	struct collector collector; /* of @exits */
	struct slots slots;
	uint32_t kinds;			/* DETAIL_BIT; 0: only slow exits */
	bool timed;			/* exits are */
	struct unkeyed_reasons reasons; /* of @kinds */
	struct unkeyed *unkeyed;	/* by slot */
	struct ring_buffer *ring;	/* NULL: slow exits are not asked for */

	/* The maps, in our memory. */
	struct kvmtop_detail_cell *cells;
	struct kvmtop_detail_vcpu *vcpus;
	size_t n_cells, cells_bytes, vcpus_bytes;

	uint64_t *seen;		     /* count of each cell at the last read */
	struct detail_sum *returned; /* by slot and kind: sums of the cells that were given back */
	struct cell_copy *copies;    /* of the cells in use, by slot */
	size_t n_copies;

	/* While drilldown__take_slow runs. */
	slow_fn slow_fn;
	void *slow_arg;
	struct timespec wall; /* now, by two clocks */
	uint64_t mono_ns;
};

static int share_maps(struct detail_bpf *skel, const struct exits *exits)
{
	return exits__share_maps(exits, &(struct shared_maps){
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
	return object_map_array(skel->maps.detail_cells, sizeof(*detail->cells),
			 (void **)&detail->cells, &detail->cells_bytes) ?:
	       object_map_array(skel->maps.detail_vcpus, sizeof(*detail->vcpus),
			 (void **)&detail->vcpus, &detail->vcpus_bytes) ?:
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

static struct detail_sum *returned_of(struct drilldown *detail, uint32_t slot, uint32_t kind)
{
	return &detail->returned[(size_t)slot * DETAIL_KIND_MAX + kind];
}

static void give_back(struct drilldown *detail, uint32_t cell)
{
	struct kvmtop_detail_cell *c = &detail->cells[cell];
	uint32_t seq = c->seq + 1;

	memset(c, 0, sizeof(*c));
	WRITE_ONCE(c->seq, seq);
	detail->seen[cell] = 0;
	bpf_map_update_elem(bpf_map__fd(detail->skel->maps.free_detail_cells), NULL, &cell,
			    BPF_ANY);
}

/* Cells that the read before took back. By now nothing writes to them. */
static void give_back_retired(struct drilldown *detail)
{
	uint32_t cell = 1;

	while (cell < detail->n_cells) {
		struct precedence precedence = exits__take_precedence(detail->exits);

		for (int i = 0; i < PORTION && cell < detail->n_cells; cell++) {
			const struct kvmtop_detail_cell *c = &detail->cells[cell];
			struct detail_sum *returned;

			if (READ_ONCE(c->state) != KVMTOP_CELL_RETIRED)
				continue;
			returned = returned_of(detail, c->key.slot, c->key.kind);
			returned->count += c->count;
			returned->sum_ns += c->sum_ns;
			give_back(detail, cell);
			i++;
		}
		exits__end_precedence(&precedence);
	}
}

static void copy_cell(struct drilldown *detail, uint32_t cell)
{
	const struct kvmtop_detail_cell *c = &detail->cells[cell];
	struct cell_copy *copy = &detail->copies[detail->n_copies];

	/* A cell that is just being taken may have any key yet. */
	if (READ_ONCE(c->state) != KVMTOP_CELL_USED || c->key.slot >= detail->slots.n_slots ||
	    c->key.kind >= DETAIL_KIND_MAX)
		return;
	*copy = (struct cell_copy){
		.cell = cell,
		.slot = c->key.slot,
		.tally = {
			.kind = (enum detail_kind)c->key.kind,
			.key = c->key.key,
			.sub = c->key.sub,
			.count = READ_ONCE(c->count),
			.sum_ns = READ_ONCE(c->sum_ns),
		},
	};
	copy->growth = copy->tally.count - detail->seen[cell];
	detail->seen[cell] = copy->tally.count;
	detail->n_copies++;
}

static int by_growth(const void *a, const void *b)
{
	const struct cell_copy *x = a, *y = b;

	return (x->growth > y->growth) - (x->growth < y->growth);
}

static int by_slot(const void *a, const void *b)
{
	const struct cell_copy *x = a, *y = b;

	return (x->slot > y->slot) - (x->slot < y->slot);
}

/*
 * From now on no event finds the cell. An event that has just found it has until the next read to
 * finish.
 */
static void retire(struct drilldown *detail, struct cell_copy *copy)
{
	struct kvmtop_detail_cell *c = &detail->cells[copy->cell];
	struct kvmtop_detail_key key = c->key;

	WRITE_ONCE(c->state, KVMTOP_CELL_RETIRED);
	bpf_map_delete_elem(bpf_map__fd(detail->skel->maps.detail_index), &key);
	copy->retired = true;
}

/* Takes the coldest cells back when most are in use. */
static void make_room(struct drilldown *detail)
{
	size_t done = 0, excess;

	if (detail->n_copies <= FULL(detail->n_cells))
		return;
	excess = detail->n_copies - ROOM(detail->n_cells);
	qsort(detail->copies, detail->n_copies, sizeof(*detail->copies), by_growth);
	while (done < excess) {
		struct precedence precedence = exits__take_precedence(detail->exits);

		for (int i = 0; i < PORTION && done < excess; i++)
			retire(detail, &detail->copies[done++]);
		exits__end_precedence(&precedence);
	}
}

static int collect(void *arg)
{
	struct drilldown *detail = arg;

	if (!detail->kinds)
		return 0;
	give_back_retired(detail);
	detail->n_copies = 0;
	for (uint32_t cell = 1; cell < detail->n_cells; cell++)
		copy_cell(detail, cell);
	make_room(detail);
	qsort(detail->copies, detail->n_copies, sizeof(*detail->copies), by_slot);
	return 0;
}

/* The first copy of @slot; they are sorted by it. */
static size_t first_copy(const struct drilldown *detail, uint32_t slot)
{
	size_t low = 0, high = detail->n_copies;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (detail->copies[middle].slot < slot)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Makes room in @sample for @more tallies, after those of the vCPU's other slots. */
static int grow_sample(struct arena *arena, struct vcpu_sample *sample, size_t more,
		       struct detail_sum **ret_sums)
{
	struct detail_tally *details =
		arena__calloc(arena, sample->n_details + more, sizeof(*details));
	struct detail_sum *sums = arena__calloc(arena, DETAIL_KIND_MAX, sizeof(*sums));

	if (!details || !sums)
		return -ENOMEM;
	if (sample->n_details)
		memcpy(details, sample->details, sample->n_details * sizeof(*details));
	if (sample->detail_sums)
		memcpy(sums, sample->detail_sums, DETAIL_KIND_MAX * sizeof(*sums));
	sample->details = details;
	sample->detail_sums = sums;
	*ret_sums = sums;
	return 0;
}

/*
 * The slot as it is now: the reasons of the vCPU's exits are read now, too, and not with the cells
 * of all vCPUs.
 */
static struct detail_tally tally_now(const struct drilldown *detail, const struct cell_copy *copy)
{
	const struct kvmtop_detail_cell *c = &detail->cells[copy->cell];
	struct detail_tally tally = copy->tally;

	tally.count = READ_ONCE(c->count);
	tally.sum_ns = READ_ONCE(c->sum_ns);
	return tally;
}

static int fill(void *arg, uint32_t slot, bool ended, struct arena *arena,
		struct vcpu_sample *sample)
{
	struct drilldown *detail = arg;
	struct unkeyed *unkeyed = &detail->unkeyed[slot];
	const struct unkeyed_view view = view_of(detail, slot, ended);
	const struct kvmtop_detail_vcpu *v = &detail->vcpus[slot];
	size_t first = first_copy(detail, slot), end = first;
	struct detail_sum *sums;
	int err;

	if (!detail->kinds)
		return 0;
	while (end < detail->n_copies && detail->copies[end].slot == slot)
		end++;
	err = grow_sample(arena, sample, end - first, &sums);
	if (err)
		return err;
	unkeyed__look(unkeyed, &view);
	for (uint32_t kind = 0; kind < DETAIL_KIND_MAX; kind++) {
		const struct detail_sum *returned = returned_of(detail, slot, kind);

		sums[kind].count += returned->count + READ_ONCE(v->others[kind].count) +
				    unkeyed->reported[kind].count;
		sums[kind].sum_ns += returned->sum_ns + READ_ONCE(v->others[kind].sum_ns) +
				     unkeyed->reported[kind].sum_ns;
	}
	for (size_t i = first; i < end; i++) {
		const struct detail_tally tally = tally_now(detail, &detail->copies[i]);

		sums[tally.kind].count += tally.count;
		sums[tally.kind].sum_ns += tally.sum_ns;
		if (!detail->copies[i].retired)
			sample->details[sample->n_details++] = tally;
	}
	return 0;
}

static void forget(void *arg, uint32_t slot)
{
	struct drilldown *detail = arg;

	for (uint32_t cell = 1; detail->kinds && cell < detail->n_cells; cell++) {
		const struct kvmtop_detail_cell *c = &detail->cells[cell];
		struct kvmtop_detail_key key = c->key;

		if (c->state == KVMTOP_CELL_FREE || key.slot != slot)
			continue;
		if (c->state == KVMTOP_CELL_USED)
			bpf_map_delete_elem(bpf_map__fd(detail->skel->maps.detail_index), &key);
		give_back(detail, cell);
	}
	memset(&detail->vcpus[slot], 0, sizeof(detail->vcpus[slot]));
	detail->unkeyed[slot] = (struct unkeyed){ .last_exit = 0 };
	memset(returned_of(detail, slot, 0), 0, DETAIL_KIND_MAX * sizeof(*detail->returned));
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

/* CLOCK_REALTIME at the moment @mono_ns, which is not in the future. */
static struct timespec wall_at(const struct drilldown *detail, uint64_t mono_ns)
{
	int64_t ns = detail->wall.tv_sec * 1000000000ll + detail->wall.tv_nsec -
		     (int64_t)(detail->mono_ns - mono_ns);

	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

/* The VM of the record; NULL: its slot has another vCPU by now, or the VM is not known. */
static const struct inventory_vm *vm_of_record(const struct drilldown *detail,
					       const struct kvmtop_slow_record *record)
{
	const struct inventory_vm *vm = exits__vm_of(detail->exits, record->slot);

	return vm && vm->tgid == record->tgid ? vm : NULL;
}

/* Whether it is of a VM that -g does not ask for, as the kernel side has just learnt. */
static bool is_retired(const struct drilldown *detail, uint32_t slot)
{
	return exits__filtered(detail->exits).names && exits__is_retired(detail->exits, slot);
}

static int report_slow(const struct drilldown *detail, const struct kvmtop_slow_record *record,
		       const struct inventory_vm *vm, const char *comm)
{
	struct slow_exit slow = {
		.wall = wall_at(detail, record->entry_ns),
		.pid = (pid_t)record->tgid,
		.vm_fd = vm ? vm->id_fd : VM_FD_NONE,
		.name = vm ? vm->name : NULL,
		.comm = vm ? vm->comm : comm,
		.vcpu_id = record->vcpu_id,
		.tid = (pid_t)record->tid,
		.ns = record->ns,
		.isa = record->isa,
		.code = record->reason,
		.pc_known = record->known & KVMTOP_EXIT_PC,
		.pc = record->pc,
		.about_known = record->kind < DETAIL_KIND_MAX,
		.kind = (enum detail_kind)record->kind,
		.key = record->key,
		.sub = record->sub,
	};

	for (size_t i = 0; vm && i < VM_ALIAS_MAX; i++)
		slow.aliases[i] = vm->aliases[i];
	drilldown_decode(record, &slow);
	return detail->slow_fn(&slow, detail->slow_arg);
}

static int take_record(void *arg, void *data, size_t size)
{
	const struct drilldown *detail = arg;
	struct kvmtop_slow_record record;
	const struct inventory_vm *vm;
	char comm[KVMTOP_COMM_LEN + 1] = "";

	if (size < sizeof(record))
		return 0;
	memcpy(&record, data, sizeof(record));
	if (record.slot >= detail->slots.n_slots)
		return 0;
	vm = vm_of_record(detail, &record);
	if (!vm && is_retired(detail, record.slot))
		return 0;
	memcpy(comm, detail->slots.vcpus[record.slot].comm, KVMTOP_COMM_LEN);
	return report_slow(detail, &record, vm, comm);
}

int drilldown__slow_fd(const struct drilldown *detail)
{
	return detail && detail->ring ? ring_buffer__epoll_fd(detail->ring) : -1;
}

int drilldown__take_slow(struct drilldown *detail, slow_fn fn, void *arg)
{
	int n;

	if (!detail || !detail->ring)
		return 0;
	detail->slow_fn = fn;
	detail->slow_arg = arg;
	detail->mono_ns = clock_now_ns();
	clock_gettime(CLOCK_REALTIME, &detail->wall);
	n = ring_buffer__consume(detail->ring);
	return n < 0 ? n : 0;
}

void drilldown__end_slow(struct drilldown *detail)
{
	if (detail)
		WRITE_ONCE(detail->skel->bss->detail_control.slow_ended, 1);
}

/* ---- open and close */

static int open_all(struct drilldown *detail, const struct drilldown_opts *opts,
		    const struct features *features, char *why, size_t why_size)
{
	struct object_types types __cleanup(object_types__close) = OBJECT_TYPES_NONE;
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = types.path);
	int err;

	detail->seen = calloc(detail->n_cells, sizeof(*detail->seen));
	detail->copies = calloc(detail->n_cells, sizeof(*detail->copies));
	detail->returned =
		calloc(detail->slots.n_slots * DETAIL_KIND_MAX, sizeof(*detail->returned));
	detail->unkeyed = calloc(detail->slots.n_slots, sizeof(*detail->unkeyed));
	if (!detail->seen || !detail->copies || !detail->returned || !detail->unkeyed)
		return -ENOMEM;
	err = object_types__open(features->types, &types);
	if (err)
		return err;
	detail->skel = detail_bpf__open_opts(&open_opts);
	if (!detail->skel)
		return -errno;
	err = load(detail, opts, features, &types, why, why_size);
	if (err)
		return err;
	if (opts->slow_ns) {
		detail->ring = ring_buffer__new(bpf_map__fd(detail->skel->maps.slow), take_record,
						detail, NULL);
		if (!detail->ring)
			return -errno;
	}
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
	ring_buffer__free(detail->ring);
	if (detail->cells)
		munmap(detail->cells, detail->cells_bytes);
	if (detail->vcpus)
		munmap(detail->vcpus, detail->vcpus_bytes);
	detail_bpf__destroy(detail->skel);
	free(detail->seen);
	free(detail->copies);
	free(detail->returned);
	free(detail->unkeyed);
	free(detail);
}
