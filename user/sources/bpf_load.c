// SPDX-License-Identifier: GPL-2.0
#include "bpf_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../base/cleanup.h"
#include "../base/log.h"
#include "../model/snapshot.h"
#include "bpf_object.h"
#include "bpf_programs.h"
#include "bpf_types.h"
#include "features.h"
#include "kernel_btf.h"
#include "kvmtop.skel.h"
#include "limits.h"
#include "proc.h"

/* Room at least for this many vCPUs: 1,000 VMs of a few vCPUs each, in 25 MB with their histograms. */
#define MIN_SLOTS 4096
/* Room for so many times the vCPUs there are, and so many per CPU. */
#define SLOTS_PER_VCPU 4
#define SLOTS_PER_CPU 16
#define MAX_SLOTS (1u << 18)
/* So that the slots in use have some 16 on average, as many as an own cell: a vCPU has some ten reasons. */
#define HISTS_PER_SLOT 4

_Static_assert(KVMTOP_HIST_SLOTS == HIST_SLOTS && KVMTOP_HIST_SUB_BITS == HIST_SUB_BITS,
	       "the histograms are those of base/hist.h");
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

static size_t slots_for(const struct bpf_exit_opts *opts)
{
	size_t slots = MIN_SLOTS;

	if (opts->knobs.n_slots)
		return opts->knobs.n_slots + 1;
	if (slots < opts->n_vcpus * SLOTS_PER_VCPU)
		slots = opts->n_vcpus * SLOTS_PER_VCPU;
	if (slots < (size_t)libbpf_num_possible_cpus() * SLOTS_PER_CPU)
		slots = (size_t)libbpf_num_possible_cpus() * SLOTS_PER_CPU;
	return slots < MAX_SLOTS ? slots : MAX_SLOTS;
}

/* One per CPU, where there are filters and CPUs share none. */
static size_t marks_for(const struct bpf_filtered *filtered)
{
	size_t n = (size_t)libbpf_num_possible_cpus();

	if (!filtered->pids && !filtered->vcpus && !filtered->names)
		return 0;
	return n <= KVMTOP_HINTS ? n : 0;
}

static size_t hists_for(const struct bpf_exit_opts *opts, size_t slots)
{
	if (opts->latency != LATENCY_FULL)
		return 1;
	return opts->knobs.n_hists ? (size_t)opts->knobs.n_hists + 1 : slots * HISTS_PER_SLOT;
}

static int size_maps(struct bpf_exit *bpf)
{
	const struct {
		struct bpf_map *map;
		size_t entries;
	} sizes[] = {
		{ bpf->skel->maps.vcpus, bpf->n_slots + bpf->n_marks },
		{ bpf->skel->maps.spare_cells, bpf->n_spare },
		{ bpf->skel->maps.vcpu_threads, bpf->n_slots },
		{ bpf->skel->maps.free_vcpus, bpf->n_slots },
		{ bpf->skel->maps.free_cells, bpf->n_spare },
		{ bpf->skel->maps.hists, bpf->n_hists },
		{ bpf->skel->maps.free_hists, bpf->n_hists },
		{ bpf->skel->maps.by_vcpu, bpf->n_slots * 2 },
		{ bpf->skel->maps.by_tid, bpf->n_slots * 2 },
	};
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		err = bpf_map__set_max_entries(sizes[i].map, (uint32_t)sizes[i].entries);
		if (err)
			return err;
	}
	return 0;
}

static int map_arrays(struct bpf_exit *bpf)
{
	int err = bpf_map_array(bpf->skel->maps.vcpus, sizeof(*bpf->vcpus), (void **)&bpf->vcpus,
				&bpf->vcpus_bytes);

	if (!err)
		err = bpf_map_array(bpf->skel->maps.spare_cells, sizeof(*bpf->spare),
				    (void **)&bpf->spare, &bpf->spare_bytes);
	if (!err)
		err = bpf_map_array(bpf->skel->maps.hists, sizeof(*bpf->hists),
				    (void **)&bpf->hists, &bpf->hists_bytes);
	if (!err)
		err = bpf_map_array(bpf->skel->maps.vcpu_threads, sizeof(*bpf->threads),
				    (void **)&bpf->threads, &bpf->threads_bytes);
	return err;
}

/* All slots are free at first but that of what is filtered out. */
static int fill_queues(struct bpf_exit *bpf)
{
	const struct bpf_program *fill = bpf->skel->progs.fill_free;

	_Static_assert(KVMTOP_SLOT_IGNORED == 0, "the others follow it");
	bpf->vcpus[KVMTOP_SLOT_IGNORED].state = KVMTOP_STATE_IGNORED;
	for (size_t i = 0; i < bpf->n_marks; i++)
		bpf->vcpus[bpf->n_slots + i].slot = (uint32_t)(bpf->n_slots + i);
	for (uint32_t slot = 1; slot < bpf->n_slots; slot++) {
		bpf->vcpus[slot].slot = slot;
		bpf->vcpus[slot].own[KVMTOP_OWN_CELLS - 1].isa = KVMTOP_ISA_NONE;
	}
	return bpf_fill(fill, KVMTOP_QUEUE_VCPUS, 1, bpf->n_slots) ?:
	       bpf_fill(fill, KVMTOP_QUEUE_CELLS, 0, bpf->n_spare) ?:
	       bpf_fill(fill, KVMTOP_QUEUE_HISTS, KVMTOP_HIST_NONE + 1, bpf->n_hists);
}

static void unload(struct bpf_exit *bpf)
{
	if (bpf->vcpus)
		munmap(bpf->vcpus, bpf->vcpus_bytes);
	if (bpf->spare)
		munmap(bpf->spare, bpf->spare_bytes);
	if (bpf->hists)
		munmap(bpf->hists, bpf->hists_bytes);
	if (bpf->threads)
		munmap(bpf->threads, bpf->threads_bytes);
	bpf->vcpus = NULL;
	bpf->spare = NULL;
	bpf->hists = NULL;
	bpf->threads = NULL;
	kvmtop_bpf__destroy(bpf->skel);
	bpf->skel = NULL;
}

static int load(struct bpf_exit *bpf, const struct bpf_exit_opts *opts,
		const struct features *features)
{
	struct bpf_types types __cleanup(bpf_types__close) = BPF_TYPES_NONE;
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = types.path);
	int err = bpf_types__open(features->types, &types);

	if (err)
		return err;
	bpf->skel = kvmtop_bpf__open_opts(&open_opts);
	if (!bpf->skel)
		return -errno;
	err = bpf_programs_choose(bpf->skel, bpf->path, opts, features);
	if (err)
		return err;
	err = size_maps(bpf) ?: bpf_exit_prepare_filters(bpf, opts->scope);
	if (err)
		return err;
	bpf->skel->rodata->cfg_latency = (uint32_t)opts->latency;
	bpf->skel->rodata->cfg_first_mark = (uint32_t)bpf->n_slots;
	bpf->skel->rodata->cfg_n_marks = (uint32_t)bpf->n_marks;
	bpf->skel->rodata->cfg_note_exit = opts->note_exit;
	err = bpf_programs_set_records(bpf->skel, opts->knobs.moved_records);
	if (err)
		return err;
	err = bpf_types__fill(&types, bpf->skel->obj)
		      ?: kernel_btf_error(kvmtop_bpf__load(bpf->skel));
	if (err)
		return err;
	err = map_arrays(bpf);
	if (err)
		return err;
	err = bpf_exit_fill_filters(bpf, opts->scope);
	if (err)
		return err;
	err = fill_queues(bpf);
	if (err)
		return err;
	err = bpf_programs_attach(bpf->skel, &bpf->events);
	if (!err)
		bpf_exit_begin_missed(bpf);
	return err;
}

/* Adds "PATH: REASON" to the line @why. */
static void add_why(char *why, size_t size, enum exit_path path, const char *reason)
{
	size_t used = strlen(why);

	snprintf(why + used, size - used, "%s%s: %s", used ? "; " : "", exit_path_name(path),
		 reason);
}

/* Tries the paths that could work, cheapest first. */
static int load_any(struct bpf_exit *bpf, const struct bpf_exit_opts *opts,
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
		bpf->path = path;
		bpf->classic = path == EXIT_PATH_CLASSIC || features->v[FEATURE_USER_RECORD].ok;
		err = limits_cause(load(bpf, opts, features));
		if (!err)
			return 0;
		unload(bpf);
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

int bpf_exit__open(const struct bpf_exit_opts *opts, const struct features *features, char *why,
		   size_t why_size, struct bpf_exit **ret_bpf)
{
	struct bpf_exit *bpf = calloc(1, sizeof(*bpf));
	int err;

	if (!bpf)
		return -ENOMEM;
	bpf_quiet_libbpf();
	bpf->vms = opts->vms;
	bpf->latency = opts->latency;
	bpf->n_slots = slots_for(opts);
	bpf->filtered = bpf_filtered_by(opts->scope);
	bpf->n_marks = marks_for(&bpf->filtered);
	bpf->run_delay = proc_has_run_delay(opts->proc_root);
	bpf->n_spare = bpf->n_slots;
	bpf->n_hists = hists_for(opts, bpf->n_slots);
	bpf->slots = calloc(bpf->n_slots, sizeof(*bpf->slots));
	bpf->vm_keys = calloc(bpf->n_slots, sizeof(*bpf->vm_keys));
	bpf->seen = calloc(bpf->n_slots * KVMTOP_OWN_CELLS + bpf->n_spare, sizeof(*bpf->seen));
	bpf->proc_root = strdup(opts->proc_root);
	bpf->open_stretches = calloc(bpf->n_slots, sizeof(*bpf->open_stretches));
	bpf->told_times = calloc(bpf->n_slots, sizeof(*bpf->told_times));
	bpf->parked = calloc(bpf->n_slots, sizeof(*bpf->parked));
	err = bpf->slots && bpf->vm_keys && bpf->seen && bpf->open_stretches && bpf->told_times &&
			      bpf->parked && bpf->proc_root
		      ? 0
		      : -ENOMEM;
	if (!err)
		err = load_any(bpf, opts, features, why, why_size);
	if (err) {
		bpf_exit__close(bpf);
		return err;
	}
	*ret_bpf = bpf;
	return 0;
}

enum exit_path bpf_exit__path(const struct bpf_exit *bpf)
{
	return bpf->path;
}

bool bpf_exit__takes_precedence(const struct bpf_exit *bpf)
{
	return bpf->classic;
}

int bpf_exit__try(struct bpf_exit *bpf)
{
	const uint32_t none = 0;
	uint32_t slot;

	if (bpf_map_lookup_elem(bpf_map__fd(bpf->skel->maps.by_tid), &none, &slot) &&
	    errno != ENOENT)
		return -errno;
	return bpf->latency == LATENCY_OFF ? 0 : bpf_threads_look(bpf);
}

/* Only slots that were looked at have anything: the rest of this memory was never touched. */
static void release_seen(struct bpf_exit *bpf)
{
	for (uint32_t slot = 1; bpf->vcpus && slot < bpf->n_slots; slot++) {
		const struct kvmtop_vcpu *v = &bpf->vcpus[slot];

		if (bpf->slots[slot] == SLOT_FREE)
			continue;
		for (uint32_t i = 0; i < KVMTOP_OWN_CELLS; i++)
			hist_total__release(&bpf_exit_own_seen(bpf, slot, i)->hist);
		for (uint32_t i = 0; i < v->n_spare && i < KVMTOP_SPARE_MAX; i++)
			hist_total__release(&bpf_exit_spare_seen(bpf, v->spare[i])->hist);
	}
}

void bpf_exit__close(struct bpf_exit *bpf)
{
	if (!bpf)
		return;
	release_seen(bpf);
	unload(bpf);
	free(bpf->seen);
	free(bpf->slots);
	free(bpf->vm_keys);
	free(bpf->open_stretches);
	free(bpf->told_times);
	free(bpf->parked);
	free(bpf->ignored);
	free(bpf->proc_root);
	free(bpf);
}
