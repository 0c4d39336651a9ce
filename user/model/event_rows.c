// SPDX-License-Identifier: GPL-2.0
/*
 * event_rows: what each VM (and vCPU) has counted so far, and the sum of what they have grown by. What an event is called is
 * an entry of defs; what belongs to it in a scope is a cell of the same index.
 */
#include "event_rows.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "event_filter.h"
#include "frame.h"
#include "reasons.h"
#include "stats.h"

#define NO_DEF SIZE_MAX

/* Larger than any name of a reason with what is around it. */
#define NAME_SIZE 192

struct def {
	char *name;
	size_t parent; /* NO_DEF: none */
	enum event_origin source;
	enum event_kind kind;
	const struct stat_desc *desc;
	bool host;   /* a tracepoint that is counted for the whole host, too */
	bool wanted; /* -f asks for it or for one of its children */
};

/* What a scope has of an event in this frame, before it is compared with the last one. */
struct reading {
	bool fed;
	uint64_t total, delta;
	bool delta_valid;
	int64_t change; /* of a gauge */
	bool change_valid;
};

struct cell {
	bool had;      /* it was read at least once */
	bool valid;    /* the delta is known */
	bool lost;     /* of all VMs together: not that of one of them */
	uint64_t last; /* what it had when it was read last */
	uint64_t total;
	int64_t delta;
};

/* A VM, a vCPU of one, or all VMs together. */
struct scope {
	uint64_t key;
	uint64_t vcpu; /* ALL_VCPUS: the VM */
	bool seen;     /* in the last frame */
	struct cell *cells;
	size_t n_cells;
};

#define ALL_VCPUS UINT64_MAX

/* The event of a code, so that its name is made once. */
struct code {
	uint32_t isa;
	uint64_t code;
	size_t def;
};

struct event_rows {
	struct event_spec spec;
	struct event_filter *filter;
	struct def *defs;
	size_t n_defs, room_defs;
	struct code *codes; /* sorted */
	size_t n_codes;
	size_t exit_def, user_def;
	/* By the index in each: the event, or NO_DEF. */
	const struct stat_layout *vm_layout, *vcpu_layout;
	const struct event_names *event_names;
	size_t *vm_map, *vcpu_map, *event_map;
	struct scope all;
	struct scope *scopes; /* sorted by key and vCPU */
	size_t n_scopes;
	struct reading *readings; /* n_defs, of the scope in hand */
	double interval_s;
	bool begun; /* there was a frame */
};

/* ---- events */

static size_t find_def(const struct event_rows *rows, const char *name, enum event_origin source)
{
	for (size_t i = 0; i < rows->n_defs; i++)
		if (rows->defs[i].source == source && !strcmp(rows->defs[i].name, name))
			return i;
	return NO_DEF;
}

/* What would break a header or a reader of it. */
static void sanitize(char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("_-().:", *name))
			*name = '?';
}

static int make_room(struct event_rows *rows)
{
	size_t room = rows->room_defs ? 2 * rows->room_defs : 256;
	struct def *defs;
	struct reading *readings;

	if (rows->n_defs < rows->room_defs)
		return 0;
	defs = reallocarray(rows->defs, room, sizeof(*defs));
	if (defs)
		rows->defs = defs;
	readings = reallocarray(rows->readings, room, sizeof(*readings));
	if (readings)
		rows->readings = readings;
	if (!defs || !readings)
		return -ENOMEM;
	memset(&readings[rows->n_defs], 0, (room - rows->n_defs) * sizeof(*readings));
	rows->room_defs = room;
	return 0;
}

/* The event of that name, which begins to be one if it is none yet. */
static int add_def(struct event_rows *rows, const struct def *like, size_t *ret_index)
{
	char *name = strdup(like->name);
	size_t index;

	if (!name || make_room(rows)) {
		free(name);
		return -ENOMEM;
	}
	sanitize(name);
	index = find_def(rows, name, like->source);
	if (index != NO_DEF) {
		free(name);
		*ret_index = index;
		return 0;
	}
	index = rows->n_defs++;
	rows->defs[index] = *like;
	rows->defs[index].name = name;
	rows->defs[index].wanted = event_filter__matches(rows->filter, name);
	if (rows->defs[index].wanted && like->parent != NO_DEF)
		rows->defs[like->parent].wanted = true;
	*ret_index = index;
	return 0;
}

static int add_tracepoint(struct event_rows *rows, const char *name, size_t parent, bool host,
			  size_t *ret_index)
{
	char copy[NAME_SIZE];
	const struct def like = { .name = copy, .parent = parent, .host = host };

	snprintf(copy, sizeof(copy), "%s", name);
	return add_def(rows, &like, ret_index);
}

static int cmp_codes(const void *a, const void *b)
{
	const struct code *x = a, *y = b;

	if (x->isa != y->isa)
		return x->isa < y->isa ? -1 : 1;
	return (x->code > y->code) - (x->code < y->code);
}

static int insert_code(struct event_rows *rows, const struct code *code)
{
	struct code *v = reallocarray(rows->codes, rows->n_codes + 1, sizeof(*v));
	size_t at = 0;

	if (!v)
		return -ENOMEM;
	rows->codes = v;
	while (at < rows->n_codes && cmp_codes(&v[at], code) < 0)
		at++;
	memmove(&v[at + 1], &v[at], (rows->n_codes - at) * sizeof(*v));
	v[at] = *code;
	rows->n_codes++;
	return 0;
}

/* The child that a code is counted for: L2's and L1's exits have one. */
static int child_of(struct event_rows *rows, uint32_t isa, uint64_t code, size_t *ret_index)
{
	struct code key = { .isa = isa_base(isa), .code = code };
	const struct code *found = NULL;
	size_t parent = key.isa == ISA_USER ? rows->user_def : rows->exit_def;
	char name[NAME_SIZE], reason[NAME_SIZE / 2];
	int err;

	if (rows->n_codes)
		found = bsearch(&key, rows->codes, rows->n_codes, sizeof(key), cmp_codes);
	if (found) {
		*ret_index = found->def;
		return 0;
	}
	reason_names__short(rows->spec.names, key.isa, code, reason, sizeof(reason));
	snprintf(name, sizeof(name), "%s(%s)", rows->defs[parent].name, reason);
	err = add_tracepoint(rows, name, parent, false, &key.def);
	if (!err)
		err = insert_code(rows, &key);
	if (!err)
		*ret_index = key.def;
	return err;
}

struct child_arg {
	struct event_rows *rows;
	uint32_t isa;
};

/* A reason_code_fn. */
static int add_child(void *arg, uint64_t code)
{
	const struct child_arg *child = arg;
	size_t index;

	return child_of(child->rows, child->isa, code, &index);
}

/* kvm_exit, kvm_userspace_exit and their children, as far as they have names. */
static int add_exits(struct event_rows *rows)
{
	struct child_arg exits = { rows, rows->spec.isa }, user = { rows, ISA_USER };
	int err = add_tracepoint(rows, "kvm_exit", NO_DEF, false, &rows->exit_def);

	if (!err)
		err = add_tracepoint(rows, "kvm_userspace_exit", NO_DEF, false, &rows->user_def);
	if (!err && rows->spec.isa)
		err = reason_names__each(rows->spec.names, rows->spec.isa, add_child, &exits);
	if (!err)
		err = reason_names__each(rows->spec.names, ISA_USER, add_child, &user);
	/* KVM_RUN that a signal ended: no reason of KVM's, but of every VMM's. */
	return err ? err : add_child(&user, (uint64_t)-EINTR);
}

/* Nanoseconds and the like; where the layout does not know units the name tells. */
static enum event_kind kind_of(const struct stat_desc *desc)
{
	bool hist = desc->type == STAT_LINEAR_HIST || desc->type == STAT_LOG_HIST;
	size_t len = strlen(desc->name);

	if (desc->type == STAT_INSTANT || desc->type == STAT_PEAK)
		return EVENT_GAUGE;
	if (hist)
		return EVENT_COUNT;
	if (desc->unit == STAT_UNIT_BYTES || desc->unit == STAT_UNIT_SECONDS ||
	    desc->unit == STAT_UNIT_CYCLES)
		return EVENT_AMOUNT;
	return len > 3 && !strcmp(desc->name + len - 3, "_ns") ? EVENT_AMOUNT : EVENT_COUNT;
}

static int add_layout(struct event_rows *rows, const struct stat_layout *layout,
		      const struct stat_layout **known, size_t **map)
{
	if (!rows->spec.stats || layout == *known)
		return 0;
	*known = NULL;
	free(*map);
	*map = calloc(layout ? layout->n + 1 : 1, sizeof(**map));
	if (!*map)
		return -ENOMEM;
	for (size_t i = 0; layout && i < layout->n; i++) {
		const struct def like = { .name = layout->v[i].name,
					  .parent = NO_DEF,
					  .source = EVENT_STATISTIC,
					  .kind = kind_of(&layout->v[i]),
					  .desc = &layout->v[i] };
		int err = add_def(rows, &like, &(*map)[i]);

		if (err)
			return err;
	}
	*known = layout;
	return 0;
}

static int add_event_names(struct event_rows *rows, const struct event_names *names)
{
	if (!rows->spec.tracepoints || names == rows->event_names)
		return 0;
	rows->event_names = NULL;
	free(rows->event_map);
	rows->event_map = calloc(names ? names->n + 1 : 1, sizeof(*rows->event_map));
	if (!rows->event_map)
		return -ENOMEM;
	for (size_t i = 0; names && i < names->n; i++) {
		size_t *index = &rows->event_map[i];
		int err = add_tracepoint(rows, names->v[i], NO_DEF, true, index);

		if (err)
			return err;
		/* These come from the reasons, so that they are the sums of their children. */
		if (*index == rows->exit_def || *index == rows->user_def)
			*index = NO_DEF;
	}
	rows->event_names = names;
	return 0;
}

/* ---- what a scope has in this frame */

static void read_count(struct event_rows *rows, size_t index, const struct counter *count)
{
	struct reading *reading = &rows->readings[index];

	reading->delta_valid = count->delta_valid && (!reading->fed || reading->delta_valid);
	reading->total += count->total;
	reading->delta += count->delta_valid ? count->delta : 0;
	reading->fed = true;
}

static int read_reasons(struct event_rows *rows, const struct frame_reasons *reasons, size_t parent)
{
	static const struct counter none = { .delta_valid = true };
	size_t index;
	int err;

	read_count(rows, parent, &none);
	for (size_t i = 0; i < reasons->n; i++) {
		const struct frame_reason *reason = &reasons->v[i];

		err = child_of(rows, reason->isa, reason->code, &index);
		if (err)
			return err;
		read_count(rows, parent, &reason->count);
		read_count(rows, index, &reason->count);
	}
	return 0;
}

static void read_tracepoints(struct event_rows *rows, const struct frame_tracepoints *tracepoints)
{
	for (size_t i = 0; rows->event_names && i < tracepoints->n && i < rows->event_names->n; i++)
		if (rows->event_map[i] != NO_DEF)
			read_count(rows, rows->event_map[i], &tracepoints->v[i]);
}

static uint64_t sum_of(const uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return sum;
}

static void read_gauge(struct event_rows *rows, size_t index, const struct frame_stat *stat)
{
	struct reading *reading = &rows->readings[index];

	reading->change_valid = stat->change_valid && (!reading->fed || reading->change_valid);
	reading->total += stat->totals ? sum_of(stat->totals, stat->desc->n) : stat->value;
	reading->change += stat->change;
	reading->fed = true;
}

static void read_stat(struct event_rows *rows, size_t index, const struct frame_stat *stat)
{
	struct counter count = stat->count;

	if (rows->defs[index].kind == EVENT_GAUGE) {
		read_gauge(rows, index, stat);
		return;
	}
	if (stat->totals) /* the samples of a histogram, or the sum of several values */
		count = (struct counter){
			.total = sum_of(stat->totals, stat->desc->n),
			.delta_valid = stat->deltas,
			.delta = stat->deltas ? sum_of(stat->deltas, stat->desc->n) : 0,
		};
	read_count(rows, index, &count);
}

enum which { ONLY_GAUGES, ALL_STATS };

static void read_stats(struct event_rows *rows, const struct frame_stats *stats,
		       const struct stat_layout *layout, const size_t *map, enum which which)
{
	for (size_t i = 0; layout && i < stats->n; i++) {
		size_t index = map[stats->v[i].desc - layout->v];

		if (which == ALL_STATS || rows->defs[index].kind == EVENT_GAUGE)
			read_stat(rows, index, &stats->v[i]);
	}
}

static int read_vm(struct event_rows *rows, const struct frame_vm *vm)
{
	bool each = vm->vcpu_stats.source != STATS_NONE && vm->vcpu_stats.source != STATS_DEBUGFS;
	int err = 0;

	if (rows->spec.tracepoints) {
		read_tracepoints(rows, &vm->tracepoints);
		err = read_reasons(rows, &vm->reasons, rows->exit_def)
			      ?: read_reasons(rows, &vm->user_exits, rows->user_def);
	}
	if (!rows->spec.stats)
		return err;
	read_stats(rows, &vm->stats, rows->vm_layout, rows->vm_map, ALL_STATS);
	read_stats(rows, &vm->vcpu_stats, rows->vcpu_layout, rows->vcpu_map, ALL_STATS);
	/* The sums over vCPUs have no gauges. */
	for (size_t i = 0; each && i < vm->n_vcpus; i++)
		read_stats(rows, &vm->vcpus[i].stats, rows->vcpu_layout, rows->vcpu_map,
			   ONLY_GAUGES);
	return err;
}

static int read_vcpu(struct event_rows *rows, const struct frame_vcpu *vcpu)
{
	int err = 0;

	if (rows->spec.tracepoints) {
		read_tracepoints(rows, &vcpu->tracepoints);
		err = read_reasons(rows, &vcpu->reasons, rows->exit_def)
			      ?: read_reasons(rows, &vcpu->user_exits, rows->user_def);
	}
	if (rows->spec.stats)
		read_stats(rows, &vcpu->stats, rows->vcpu_layout, rows->vcpu_map, ALL_STATS);
	return err;
}

/* ---- what it has grown by */

static int scope_make_room(struct scope *scope, size_t n)
{
	struct cell *cells;

	if (scope->n_cells >= n)
		return 0;
	cells = reallocarray(scope->cells, n, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	memset(&cells[scope->n_cells], 0, (n - scope->n_cells) * sizeof(*cells));
	scope->cells = cells;
	scope->n_cells = n;
	return 0;
}

static void grow_gauge(struct cell *cell, const struct reading *reading)
{
	cell->valid = reading->change_valid;
	cell->delta = reading->change_valid ? reading->change : 0;
	cell->total = reading->total;
}

/*
 * What is seen for the first time: a tracepoint is counted since kvmtop attached, a statistic since its VM began. Returns
 * what the total grew by.
 */
static uint64_t begin_count(const struct event_rows *rows, const struct def *def, struct cell *cell,
			    const struct reading *reading)
{
	bool whole = rows->spec.past || (rows->begun && def->source == EVENT_TRACEPOINT);

	cell->valid = reading->delta_valid;
	cell->delta = reading->delta_valid ? (int64_t)reading->delta : 0;
	return whole ? reading->total : (uint64_t)cell->delta;
}

static uint64_t grow_count(struct cell *cell, const struct reading *reading)
{
	cell->valid = reading->total >= cell->last;
	cell->delta = cell->valid ? (int64_t)(reading->total - cell->last) : 0;
	return (uint64_t)cell->delta;
}

static void add_to_all(struct event_rows *rows, size_t index, const struct cell *cell,
		       uint64_t growth)
{
	struct cell *all = &rows->all.cells[index];

	all->delta += cell->delta;
	all->total += growth;
	all->had = true;
	all->lost |= !cell->valid;
	all->valid = !all->lost;
}

static void settle(struct event_rows *rows, struct scope *scope, size_t index, bool part_of_all)
{
	const struct reading *reading = &rows->readings[index];
	const struct def *def = &rows->defs[index];
	struct cell *cell = &scope->cells[index];
	uint64_t growth = 0;

	cell->valid = false;
	cell->delta = 0;
	if (!reading->fed)
		return;
	if (def->kind == EVENT_GAUGE)
		grow_gauge(cell, reading);
	else if (!cell->had)
		growth = begin_count(rows, def, cell, reading);
	else
		growth = grow_count(cell, reading);
	if (def->kind != EVENT_GAUGE)
		cell->total += growth;
	cell->last = reading->total;
	cell->had = true;
	if (part_of_all && def->kind != EVENT_GAUGE && (rows->spec.selected || !def->host))
		add_to_all(rows, index, cell, growth);
}

/* Takes the readings, which are zero afterwards, into @scope. */
static int settle_scope(struct event_rows *rows, struct scope *scope, bool part_of_all)
{
	int err = scope_make_room(scope, rows->n_defs) ?: scope_make_room(&rows->all, rows->n_defs);

	for (size_t i = 0; i < rows->n_defs && !err; i++)
		settle(rows, scope, i, part_of_all);
	if (rows->n_defs)
		memset(rows->readings, 0, rows->n_defs * sizeof(*rows->readings));
	return err;
}

/* ---- scopes */

static size_t find_place(const struct event_rows *rows, uint64_t key, uint64_t vcpu)
{
	size_t low = 0, high = rows->n_scopes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct scope *s = &rows->scopes[mid];

		if (s->key < key || (s->key == key && s->vcpu < vcpu))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct scope *find_scope(const struct event_rows *rows, uint64_t key, uint64_t vcpu)
{
	size_t at = find_place(rows, key, vcpu);
	struct scope *scope = &rows->scopes[at];

	return at < rows->n_scopes && scope->key == key && scope->vcpu == vcpu ? scope : NULL;
}

/* Its pointer is good until the next one. NULL: no memory. */
static struct scope *get_scope(struct event_rows *rows, uint64_t key, uint64_t vcpu)
{
	struct scope *scope = find_scope(rows, key, vcpu), *v;
	size_t at = find_place(rows, key, vcpu);

	if (!scope) {
		v = reallocarray(rows->scopes, rows->n_scopes + 1, sizeof(*v));
		if (!v)
			return NULL;
		rows->scopes = v;
		scope = &v[at];
		memmove(scope + 1, scope, (rows->n_scopes - at) * sizeof(*v));
		*scope = (struct scope){ .key = key, .vcpu = vcpu };
		rows->n_scopes++;
	}
	scope->seen = true;
	return scope;
}

static int update_vcpus(struct event_rows *rows, const struct frame_vm *vm)
{
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		struct scope *scope = get_scope(rows, vm->key, vm->vcpus[i].vcpu_id);
		int err = scope ? read_vcpu(rows, &vm->vcpus[i]) : -ENOMEM;

		if (!err)
			err = settle_scope(rows, scope, false);
		if (err)
			return err;
	}
	return 0;
}

static int update_vm(struct event_rows *rows, const struct frame_vm *vm)
{
	struct scope *scope = get_scope(rows, vm->key, ALL_VCPUS);
	int err = scope ? read_vm(rows, vm) : -ENOMEM;

	if (!err)
		err = settle_scope(rows, scope, true);
	return err || !rows->spec.per_vcpu ? err : update_vcpus(rows, vm);
}

void event_rows__restart(struct event_rows *rows)
{
	for (size_t i = 0; i < rows->n_scopes; i++)
		free(rows->scopes[i].cells);
	rows->n_scopes = 0;
	if (rows->all.n_cells)
		memset(rows->all.cells, 0, rows->all.n_cells * sizeof(*rows->all.cells));
	rows->begun = false;
}

/* Forgets what has ended. */
static void drop_scopes(struct event_rows *rows)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n_scopes; i++) {
		if (rows->scopes[i].seen)
			rows->scopes[n++] = rows->scopes[i];
		else
			free(rows->scopes[i].cells);
	}
	rows->n_scopes = n;
}

/* ---- all VMs together */

static bool any_vm_lives(const struct frame *frame)
{
	for (size_t i = 0; i < frame->n_vms; i++)
		if (!frame->vms[i].gone)
			return true;
	return false;
}

/* What is known without any VM is zero, and not unknown. */
static void begin_all(struct event_rows *rows, const struct frame *frame)
{
	bool lives = any_vm_lives(frame);

	for (size_t i = 0; i < rows->n_defs; i++) {
		struct cell *cell = &rows->all.cells[i];

		cell->delta = 0;
		cell->lost = false;
		cell->valid = rows->defs[i].source == EVENT_STATISTIC ? !lives
			      : !rows->defs[i].host		      ? true
						    : rows->spec.selected && !lives;
	}
}

static void set_host_tracepoints(struct event_rows *rows, const struct frame *frame)
{
	const struct frame_tracepoints *host = &frame->tracepoints;

	for (size_t i = 0; rows->event_names && i < host->n && i < rows->event_names->n; i++) {
		size_t index = rows->event_map[i];
		struct cell *cell = index == NO_DEF ? NULL : &rows->all.cells[index];

		if (!cell)
			continue;
		cell->valid = host->v[i].delta_valid;
		cell->delta = cell->valid ? (int64_t)host->v[i].delta : 0;
		cell->total += cell->had || !rows->begun ? (uint64_t)cell->delta : host->v[i].total;
		cell->had = true;
	}
}

/* A gauge is the sum over what there is: a VM that ended takes its part away. */
static void sum_gauge(struct event_rows *rows, size_t index)
{
	struct cell *all = &rows->all.cells[index];
	uint64_t sum = 0;
	int64_t change = 0;
	bool known = all->valid, changes = true;

	for (size_t i = 0; i < rows->n_scopes; i++) {
		const struct scope *scope = &rows->scopes[i];

		if (scope->vcpu != ALL_VCPUS || !scope->seen || index >= scope->n_cells ||
		    !scope->cells[index].had)
			continue;
		sum += scope->cells[index].total;
		/* values are whatever the kernel or a recording says */
		change = (int64_t)((uint64_t)change + (uint64_t)scope->cells[index].delta);
		changes &= scope->cells[index].valid;
		known = true;
	}
	if (rows->begun)
		change = (int64_t)(sum - all->total);
	all->valid = known && (rows->begun || changes);
	all->delta = all->valid ? change : 0;
	all->had |= known;
	all->total = sum;
}

int event_rows__update(struct event_rows *rows, const struct frame *frame)
{
	int err = add_layout(rows, frame->vm_layout, &rows->vm_layout, &rows->vm_map) ?:
		  add_layout(rows, frame->vcpu_layout, &rows->vcpu_layout, &rows->vcpu_map) ?:
		  add_event_names(rows, frame->event_names) ?:
		  scope_make_room(&rows->all, rows->n_defs);

	if (err)
		return err;
	begin_all(rows, frame);
	for (size_t i = 0; i < rows->n_scopes; i++)
		rows->scopes[i].seen = false;
	for (size_t i = 0; i < frame->n_vms && !err; i++)
		err = update_vm(rows, &frame->vms[i]);
	if (err)
		return err;
	drop_scopes(rows);
	if (!rows->spec.selected)
		set_host_tracepoints(rows, frame);
	for (size_t i = 0; i < rows->n_defs; i++)
		if (rows->defs[i].kind == EVENT_GAUGE)
			sum_gauge(rows, i);
	rows->interval_s = frame->interval_s;
	rows->begun = true;
	return 0;
}

/* ---- the list */

static int cmp_names(const void *a, const void *b)
{
	const struct event_row *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (int)x->source - (int)y->source;
}

static struct event_row row_of(const struct event_rows *rows, size_t index, const struct cell *cell)
{
	const struct def *def = &rows->defs[index];

	return (struct event_row){
		.name = def->name,
		.parent = def->parent == NO_DEF ? NULL : rows->defs[def->parent].name,
		.source = def->source,
		.kind = def->kind,
		.desc = def->desc,
		.total = cell->total,
		.delta_valid = cell->valid,
		.delta = cell->delta,
		.rate = (double)cell->delta / rows->interval_s,
	};
}

int event_rows__list(const struct event_rows *rows, const struct frame_vm *vm,
		     const struct frame_vcpu *vcpu, struct event_row **ret_list, size_t *ret_n)
{
	const struct scope *scope =
		vm ? find_scope(rows, vm->key, vcpu ? vcpu->vcpu_id : ALL_VCPUS) : &rows->all;
	struct event_row *list = calloc(rows->n_defs + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; scope && i < rows->n_defs && i < scope->n_cells; i++) {
		const struct def *def = &rows->defs[i];

		if (!def->wanted || (rows->spec.no_children && def->parent != NO_DEF))
			continue;
		if (scope->cells[i].had || !vm)
			list[n++] = row_of(rows, i, &scope->cells[i]);
	}
	qsort(list, n, sizeof(*list), cmp_names);
	*ret_list = list;
	*ret_n = n;
	return 0;
}

/* ---- life */

int event_rows__new(const struct event_spec *spec, struct event_rows **ret_rows)
{
	struct event_rows *rows = calloc(1, sizeof(*rows));
	char why[128];
	int err;

	if (!rows)
		return -ENOMEM;
	rows->spec = *spec;
	rows->exit_def = rows->user_def = NO_DEF;
	err = event_filter__new(spec->fields, why, sizeof(why), &rows->filter);
	if (!err && spec->tracepoints)
		err = add_exits(rows);
	if (err) {
		event_rows__free(rows);
		return err;
	}
	*ret_rows = rows;
	return 0;
}

void event_rows__free(struct event_rows *rows)
{
	if (!rows)
		return;
	for (size_t i = 0; i < rows->n_defs; i++)
		free(rows->defs[i].name);
	for (size_t i = 0; i < rows->n_scopes; i++)
		free(rows->scopes[i].cells);
	free(rows->all.cells);
	free(rows->scopes);
	free(rows->defs);
	free(rows->readings);
	free(rows->codes);
	free(rows->vm_map);
	free(rows->vcpu_map);
	free(rows->event_map);
	event_filter__free(rows->filter);
	free(rows);
}
