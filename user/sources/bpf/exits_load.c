// SPDX-License-Identifier: GPL-2.0
#include "exits_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../../base/log.h"
#include "../../base/hist.h"
#include "../../model/snapshot.h"
#include "../features.h"
#include "../kernel_btf.h"
#include "../limits.h"
#include "../proc.h"
#include "object.h"
#include "object_types.h"
#include "programs.h"
#include "typed.h"
#include "kvmtop.skel.h"

/* Room at least for this many vCPUs: 1,000 VMs of four vCPUs each, in 30 MB with their histograms. */
#define MIN_SLOTS 4096
/* Room for so many times the vCPUs there are, and so many per CPU. */
#define SLOTS_PER_VCPU 4
#define SLOTS_PER_CPU 16
/* One more that is no home for so many. */
#define FAR_PER_SLOT 4
#define MAX_SLOTS (1u << 18)
/*
 * So that the slots in use have some 16 on average, one per own cell. A vCPU has some ten reasons.
 */
#define HISTS_PER_SLOT 4

_Static_assert(KVMTOP_HIST_SLOTS == HIST_SLOTS && KVMTOP_HIST_SUB_BITS == HIST_SUB_BITS,
	       "the histograms are those of base/hist.h");
_Static_assert(sizeof(struct kvmtop_bpf__bss) == sizeof(((struct kvmtop_bpf__bss *)NULL)->memory),
	       "no variable is behind the memory, which may be cut");
_Static_assert(KVMTOP_ISA_USER == ISA_USER && KVMTOP_ISA_L2 == ISA_L2 &&
		       KVMTOP_REASON_UNKNOWN == REASON_UNKNOWN &&
		       KVMTOP_ID_UNKNOWN == VCPU_ID_UNKNOWN,
	       "the model's numbers are those of the contract");
_Static_assert(KVMTOP_LATENCY_OFF == (int)LATENCY_OFF && KVMTOP_LATENCY_MEAN == (int)LATENCY_MEAN &&
		       KVMTOP_LATENCY_FULL == (int)LATENCY_FULL,
	       "the modes are those of the contract");
_Static_assert(KVMTOP_ISA_EVENT == ISA_EVENT &&
		       KVMTOP_EVENT_WAKEUP_WAITED == (int)KVM_EVENT_WAKEUP_WAITED &&
		       KVMTOP_EVENT_WAKEUP_POLLED == (int)KVM_EVENT_WAKEUP_POLLED &&
		       KVMTOP_EVENT_NESTED_ENTRY == (int)KVM_EVENT_NESTED_ENTRY &&
		       KVMTOP_EVENT_ARCH == (int)KVM_EVENT_ARCH &&
		       KVMTOP_EVENT_MAX == (int)KVM_EVENT_MAX,
	       "the events are those of the contract");

static uint32_t min_of(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static size_t slots_for(const struct exits_opts *opts)
{
	size_t slots = MIN_SLOTS;

	if (slots < opts->n_vcpus * SLOTS_PER_VCPU)
		slots = opts->n_vcpus * SLOTS_PER_VCPU;
	if (slots < (size_t)libbpf_num_possible_cpus() * SLOTS_PER_CPU)
		slots = (size_t)libbpf_num_possible_cpus() * SLOTS_PER_CPU;
	return slots < MAX_SLOTS ? slots : MAX_SLOTS;
}

/*
 * Slots that may all be homes, and others. These are for a vCPU whose homes are taken, maybe by those that have ended since the last
 * read. They are also for one whose address is not known.
 */
static size_t slots_with_far(const struct exits_opts *opts, size_t slots)
{
	return slots + (opts->knobs.n_homes ? KVMTOP_HOMES_LARGE : slots / FAR_PER_SLOT);
}

/* An array of one element of @bytes, or a negative errno. */
static int make_memory(size_t bytes)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "memory", sizeof(uint32_t), (uint32_t)bytes, 1,
				&opts);

	return fd < 0 ? -errno : fd;
}

/* The memory with so many homes, and with histograms if they are kept. */
static int make_memory_with(struct exits *exits, uint32_t homes)
{
	exits->n_homes = homes;
	exits->n_near_hists =
		exits->latency == LATENCY_FULL ? KVMTOP_NEAR_HISTS(homes) : KVMTOP_NEAR_LEAST;
	return make_memory(KVMTOP_HIST_AT(homes, exits->n_near_hists));
}

/* Makes the memory as large as this kernel allows, and the programs use it. */
static int size_memory(struct exits *exits, const struct test_knobs *knobs)
{
	int fd = exits->path == EXIT_PATH_PLAIN && !knobs->small_memory
			 ? make_memory_with(exits, KVMTOP_HOMES_LARGE)
			 : -E2BIG;
	int err;

	if (fd == -E2BIG)
		fd = make_memory_with(exits, KVMTOP_HOMES_SMALL);
	if (fd < 0)
		return fd;
	/* As it has a map already, libbpf copies no zeros into it. */
	err = bpf_map__reuse_fd(exits->skel->maps.bss, fd);
	close(fd);
	if (err)
		return err;
	exits->n_far = knobs->n_slots ? exits->n_homes : exits->n_slots;
	exits->max_with_homes =
		min_of(knobs->n_homes ?: knobs->n_slots ?: exits->n_homes, exits->n_homes);
	exits->skel->rodata->cfg_homes = exits->n_homes;
	exits->skel->rodata->cfg_near_hists = (uint32_t)exits->n_near_hists;
	return 0;
}

/* One per CPU, where there are filters and CPUs share none. */
static size_t marks_for(const struct filtered *filtered)
{
	size_t n = (size_t)libbpf_num_possible_cpus();

	if (!filtered->pids && !filtered->vcpus && !filtered->names)
		return 0;
	return n <= KVMTOP_HINTS ? n : 0;
}

static size_t hists_for(const struct exits_opts *opts, size_t slots)
{
	if (opts->latency != LATENCY_FULL)
		return 1;
	return opts->knobs.n_hists ? (size_t)opts->knobs.n_hists + 1 : slots * HISTS_PER_SLOT;
}

static int size_maps(struct exits *exits)
{
	const size_t n_far = exits->n_slots - exits->n_homes;
	const struct {
		struct bpf_map *map;
		size_t entries;
	} sizes[] = {
		{ exits->skel->maps.vcpus, n_far + exits->n_marks },
		{ exits->skel->maps.claims, exits->max_with_homes },
		{ exits->skel->maps.spare_cells, exits->n_spare },
		{ exits->skel->maps.vcpu_threads, exits->n_slots },
		{ exits->skel->maps.free_vcpus, n_far },
		{ exits->skel->maps.free_cells, exits->n_spare },
		{ exits->skel->maps.hists,
		  exits->n_hists > exits->n_near_hists ? exits->n_hists - exits->n_near_hists : 0 },
		{ exits->skel->maps.free_hists, exits->n_hists },
		{ exits->skel->maps.by_vcpu, exits->n_slots * 2 },
		{ exits->skel->maps.by_tid, exits->n_slots * 2 },
	};
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* There is no map without an element. */
		err = bpf_map__set_max_entries(sizes[i].map, (uint32_t)sizes[i].entries ?: 1);
		if (err)
			return err;
	}
	return 0;
}

/*
 * Slots and histograms that are in two maps each get one place in our memory, so that their numbers
 * are places in an array.
 */
static int map_arrays(struct exits *exits)
{
	const size_t after_homes = KVMTOP_HIST_AT(exits->n_homes, 0);
	const struct object_part homes = { exits->skel->maps.bss, 0, after_homes };
	const struct object_part hists = { exits->skel->maps.bss, after_homes,
					   exits->n_near_hists * sizeof(*exits->hists) };
	int err = object_map_arrays(&homes, exits->skel->maps.vcpus, sizeof(*exits->vcpus),
				    (void **)&exits->vcpus, &exits->vcpus_bytes);

	if (!err)
		err = object_map_array(exits->skel->maps.spare_cells, sizeof(*exits->spare),
				       (void **)&exits->spare, &exits->spare_bytes);
	if (!err)
		err = object_map_arrays(&hists, exits->skel->maps.hists, sizeof(*exits->hists),
					(void **)&exits->hists, &exits->hists_bytes);
	if (!err)
		err = object_map_array(exits->skel->maps.vcpu_threads, sizeof(*exits->threads),
				       (void **)&exits->threads, &exits->threads_bytes);
	return err;
}

/* All slots are free at first but KVMTOP_SLOT_IGNORED. */
static int fill_queues(struct exits *exits)
{
	const struct bpf_program *fill = exits->skel->progs.fill_free;

	_Static_assert(KVMTOP_SLOT_IGNORED == 0, "the others follow it");
	exits->vcpus[KVMTOP_SLOT_IGNORED].state = KVMTOP_STATE_IGNORED;
	for (size_t i = 0; i < exits->n_marks; i++)
		exits->vcpus[exits->n_slots + i].slot = (uint32_t)(exits->n_slots + i);
	for (uint32_t slot = 1; slot < exits->n_slots; slot++) {
		exits->vcpus[slot].slot = slot;
		exits->vcpus[slot].own[0].isa = KVMTOP_ISA_NONE;
		exits->vcpus[slot].own[0].code = KVMTOP_CODE_NONE;
	}
	return object_fill(fill, KVMTOP_MEMORY_ADDRESS, 0, 1) ?:
	       object_fill(fill, KVMTOP_QUEUE_VCPUS, exits->n_homes, exits->n_far) ?:
	       object_fill(fill, KVMTOP_QUEUE_CELLS, 0, exits->n_spare) ?:
	       object_fill(fill, KVMTOP_QUEUE_HISTS, KVMTOP_HIST_NONE + 1, exits->n_hists);
}

/* What rescues userspace exits has one program that counts them. */
static int set_rescue_call(const struct exits *exits)
{
	const int program = bpf_program__fd(exits->skel->progs.rescue_count);
	const uint32_t first = 0;

	if (!programs_have(exits->skel, ROLE_BIT(ROLE_RESCUE)))
		return 0;
	return bpf_map_update_elem(bpf_map__fd(exits->skel->maps.rescue_call), &first, &program,
				   BPF_ANY)
		       ? -errno
		       : 0;
}

static void unload(struct exits *exits)
{
	if (exits->vcpus)
		munmap(exits->vcpus, exits->vcpus_bytes);
	if (exits->spare)
		munmap(exits->spare, exits->spare_bytes);
	if (exits->hists)
		munmap(exits->hists, exits->hists_bytes);
	if (exits->threads)
		munmap(exits->threads, exits->threads_bytes);
	exits->vcpus = NULL;
	exits->spare = NULL;
	exits->hists = NULL;
	exits->threads = NULL;
	kvmtop_bpf__destroy(exits->skel);
	exits->skel = NULL;
	typed__close(exits->typed);
	exits->typed = NULL;
}

/* The programs of exits to user space come first, see programs.h. */
static int attach(struct exits *exits)
{
	const uint32_t rescued = ROLE_BIT(ROLE_USER_EXIT) | ROLE_BIT(ROLE_RESCUE);
	int err;

	exits->events = 0;
	exits->missed_at_start = 0;
	err = programs_attach(exits->skel, rescued, &exits->events);
	if (!err && programs_have(exits->skel, ROLE_BIT(ROLE_RESCUE)))
		exits_begin_missed(exits);
	return err ? err : programs_attach(exits->skel, ~rescued, &exits->events);
}

static int load(struct exits *exits, const struct exits_opts *opts, const struct features *features)
{
	struct object_types types __cleanup(object_types__close) = OBJECT_TYPES_NONE;
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = types.path);
	int err = object_types__open(features->types, &types)
			  ?: typed__open(features->types, &exits->typed);

	if (err)
		return err;
	exits->skel = kvmtop_bpf__open_opts(&open_opts);
	if (!exits->skel)
		return -errno;
	err = size_memory(exits, &opts->knobs);
	if (err)
		return err;
	err = programs_choose(exits->skel, exits->path, exits->n_homes == KVMTOP_HOMES_LARGE, opts,
			      features);
	if (err)
		return err;
	err = size_maps(exits) ?: exits_prepare_filters(exits, opts->scope);
	if (err)
		return err;
	exits->skel->rodata->cfg_latency = (uint32_t)opts->latency;
	for (size_t ns = 0; ns < KVMTOP_HIST_TABLE; ns++)
		exits->skel->rodata->cfg_hist_slots[ns] = (uint8_t)hist_slot(ns);
	exits->skel->rodata->cfg_first_mark = (uint32_t)exits->n_slots;
	exits->skel->rodata->cfg_n_marks = (uint32_t)exits->n_marks;
	exits->skel->rodata->cfg_note_exit = opts->note_exit;
	err = programs_set_records(exits->skel, opts->knobs.relocated_records);
	if (err)
		return err;
	err = object_types__fill(&types, exits->skel->obj)
		      ?: kernel_btf_error(kvmtop_bpf__load(exits->skel));
	if (err)
		return err;
	err = map_arrays(exits);
	if (err)
		return err;
	err = exits_fill_filters(exits, opts->scope);
	if (err)
		return err;
	err = fill_queues(exits) ?: set_rescue_call(exits);
	return err ? err : attach(exits);
}

/* Adds "PATH: REASON" to the line @why. */
static void add_why(char *why, size_t size, enum exit_path path, const char *reason)
{
	size_t used = strlen(why);

	snprintf(why + used, size - used, "%s%s: %s", used ? "; " : "", exit_path_name(path),
		 reason);
}

/* Tries the paths that could work, cheapest first. */
static int load_any(struct exits *exits, const struct exits_opts *opts,
		    const struct features *features, char *why, size_t why_size)
{
	char reason[LIMITS_WHY_LEN];
	int err = -EOPNOTSUPP;

	why[0] = '\0';
	for (enum exit_path path = EXIT_PATH_AUTO + 1; path < EXIT_PATH_MAX; path++) {
		const struct feature *feature = &features->v[FEATURE_PATH + path];

		if (opts->knobs.exit_path != EXIT_PATH_AUTO && opts->knobs.exit_path != path)
			continue;
		if (!feature->ok) {
			log_info("exit path %s: %s", exit_path_name(path), feature->why);
			add_why(why, why_size, path, feature->why);
			continue;
		}
		exits->path = path;
		exits->classic = path == EXIT_PATH_CLASSIC || features->v[FEATURE_USER_RECORD].ok;
		err = limits_cause(load(exits, opts, features));
		if (!err)
			return 0;
		unload(exits);
		limits_strerror(err, reason, sizeof(reason));
		log_info("exit path %s: %s", exit_path_name(path), reason);
		if (limits_hit(err)) {
			snprintf(why, why_size, "%s", reason);
			return err;
		}
		add_why(why, why_size, path, reason);
	}
	return err;
}

int exits__open(const struct exits_opts *opts, const struct features *features, char *why,
		size_t why_size, struct exits **ret_exits)
{
	struct exits *exits = calloc(1, sizeof(*exits));
	size_t n_slots;
	int err;

	if (!exits)
		return -ENOMEM;
	object_quiet_libbpf();
	exits->opts = *opts;
	exits->vms = opts->vms;
	exits->latency = opts->latency;
	exits->entries = opts->entries;
	n_slots = slots_for(opts);
	exits->n_slots = slots_with_far(opts, n_slots);
	exits->filtered = filtered_by(opts->scope);
	exits->n_marks = marks_for(&exits->filtered);
	exits->run_delay = proc_has_run_delay(opts->proc_root);
	exits->n_spare = opts->knobs.n_slots ? opts->knobs.n_slots + 1 : exits->n_slots;
	exits->n_hists = hists_for(opts, n_slots);
	exits->slots = calloc(exits->n_slots, sizeof(*exits->slots));
	exits->vm_keys = calloc(exits->n_slots, sizeof(*exits->vm_keys));
	exits->seen =
		calloc(exits->n_slots * KVMTOP_OWN_CELLS + exits->n_spare, sizeof(*exits->seen));
	exits->proc_root = strdup(opts->proc_root);
	exits->opts.proc_root = exits->proc_root;
	exits->open_stretches = calloc(exits->n_slots, sizeof(*exits->open_stretches));
	exits->reported_times = calloc(exits->n_slots, sizeof(*exits->reported_times));
	exits->parked = calloc(exits->n_slots, sizeof(*exits->parked));
	err = exits->slots && exits->vm_keys && exits->seen && exits->open_stretches &&
			      exits->reported_times && exits->parked && exits->proc_root
		      ? 0
		      : -ENOMEM;
	if (!err)
		err = load_any(exits, opts, features, why, why_size);
	if (err) {
		exits__close(exits);
		return err;
	}
	*ret_exits = exits;
	return 0;
}

enum exit_path exits__path(const struct exits *exits)
{
	return exits->path;
}

bool exits__takes_precedence(const struct exits *exits)
{
	return exits->classic;
}

int exits__try(struct exits *exits)
{
	const uint32_t none = 0;
	uint32_t slot;

	if (bpf_map_lookup_elem(bpf_map__fd(exits->skel->maps.by_tid), &none, &slot) &&
	    errno != ENOENT)
		return -errno;
	return exits->latency == LATENCY_OFF ? 0 : threads_look(exits);
}

/* Only slots that were read have anything. The rest of this memory was never touched. */
static void release_seen(struct exits *exits)
{
	for (uint32_t slot = 1; exits->vcpus && slot < exits->n_slots; slot++) {
		const struct kvmtop_vcpu *v = &exits->vcpus[slot];

		if (exits->slots[slot] == SLOT_FREE)
			continue;
		for (uint32_t i = 0; i < KVMTOP_OWN_CELLS; i++)
			hist_total__release(&exits_own_seen(exits, slot, i)->hist);
		for (uint32_t i = 0; i < v->n_spare && i < KVMTOP_SPARE_MAX; i++)
			hist_total__release(&exits_spare_seen(exits, v->spare[i])->hist);
	}
}

void exits__close(struct exits *exits)
{
	if (!exits)
		return;
	release_seen(exits);
	unload(exits);
	free(exits->seen);
	free(exits->slots);
	free(exits->vm_keys);
	free(exits->open_stretches);
	free(exits->reported_times);
	free(exits->parked);
	free(exits->ignored);
	free(exits->proc_root);
	free(exits);
}
