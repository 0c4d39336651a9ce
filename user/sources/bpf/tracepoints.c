// SPDX-License-Identifier: GPL-2.0
#include "tracepoints.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../../base/log.h"
#include "../../model/event_names.h"
#include "../features.h"
#include "../kernel_btf.h"
#include "../kvm_events.h"
#include "../limits.h"
#include "collector.h"
#include "object.h"
#include "object_types.h"
#include "stats_iter.h"
#include "tracepoints_priv.h"
#include "tracepoints.skel.h"

/* Elements of other_events: some events of each VM, and of each vCPU those between its return to user space and its next entry. */
#define OTHERS_PER_SLOT 8

/* Columns of a row: whole cache lines, so that no two vCPUs share one. */
#define ROW_STEP 8

/* kvm_entry has a program of its own where @exits does not count it, or has counted it for longer. */
static enum event_source source_of(const char *name, bool has_entries)
{
	static const struct {
		const char *name;
		enum event_source source;
	} counted[] = {
		{ "kvm_exit", EVENT_FROM_EXITS },
		{ "kvm_userspace_exit", EVENT_FROM_USER_EXITS },
		{ "kvm_entry", EVENT_FROM_ENTRIES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(counted); i++)
		if (!strcmp(counted[i].name, name) &&
		    (counted[i].source != EVENT_FROM_ENTRIES || has_entries))
			return counted[i].source;
	return EVENT_FROM_PROGRAM;
}

/* Lists the events, and keeps those that are wanted. */
static int choose_events(struct tracepoints *tp, const struct tracepoints_opts *opts)
{
	const bool has_entries = opts->at_start && exits__counts_entries(tp->exits);
	const char **names;
	int err = kvm_events_list(&tp->name_list, &tp->n_names);

	if (err)
		return err;
	names = calloc(tp->n_names, sizeof(*names));
	tp->names.v = names;
	tp->events = calloc(tp->n_names, sizeof(*tp->events));
	if (!names || !tp->events)
		return -ENOMEM;
	for (size_t i = 0; i < tp->n_names; i++) {
		if (opts->is_wanted && !opts->is_wanted(tp->name_list[i], opts->arg))
			continue;
		tp->events[tp->names.n] =
			(struct event){ source_of(tp->name_list[i], has_entries), -1, -1 };
		names[tp->names.n++] = tp->name_list[i];
	}
	return 0;
}

/*
 * What is loaded: a program to be copied, and the program that does the rest for all copies, or
 * NULL (bpf/tracepoints.bpf.c).
 */
struct templates {
	struct bpf_program *copied, *rest;
};

/* Raw programs may be skipped on kernels where classic ones are preferred (bpf/userexit.bpf.c). */
static struct templates choose_templates(const struct tracepoints_bpf *skel, bool classic)
{
	enum bpf_prog_type type = classic ? BPF_PROG_TYPE_TRACEPOINT : BPF_PROG_TYPE_RAW_TRACEPOINT;
	bool has_cookies = libbpf_probe_bpf_helper(type, BPF_FUNC_get_attach_cookie, NULL) == 1;

	if (classic)
		return has_cookies ? (struct templates){ skel->progs.short_classic,
							 skel->progs.rest_classic }
				   : (struct templates){ skel->progs.count_classic, NULL };
	return has_cookies ? (struct templates){ skel->progs.short_raw, skel->progs.rest_raw }
			   : (struct templates){ skel->progs.count_raw, NULL };
}

static int share_maps(struct tracepoints_bpf *skel, const struct exits *exits)
{
	return exits__share_maps(exits, &(struct shared_maps){
						.memory = skel->maps.memory_map,
						.vcpus = skel->maps.vcpus,
						.by_tid = skel->maps.by_tid,
						.filter_pids = skel->maps.filter_pids,
						.filter_vcpus = skel->maps.filter_vcpus,
						.ignored_pids = skel->maps.ignored_pids,
					});
}

static int load_templates(struct tracepoints *tp, const struct tracepoints_opts *opts,
			  const struct features *features, const struct object_types *types,
			  const struct templates *templates)
{
	struct tracepoints_bpf *skel = tp->skel;
	const struct filtered filtered = exits__filtered(tp->exits);
	uint64_t vm_ioctl = opts->vm_ioctl, vcpu_ioctl = opts->vcpu_ioctl;
	int err;

	if (!vm_ioctl && stats_iter_find_ioctls(&vm_ioctl, &vcpu_ioctl))
		log_info("events of ioctls are counted by process only: no kvm_vm_ioctl in "
			 "kallsyms");
	skel->rodata->cfg_plain = features->v[FEATURE_PATH + EXIT_PATH_PLAIN].ok;
	skel->rodata->cfg_row = (uint32_t)tp->row;
	skel->rodata->cfg_homes = exits__homes(tp->exits);
	skel->rodata->cfg_filter_pids = filtered.pids;
	skel->rodata->cfg_filter_vcpus = filtered.vcpus;
	skel->rodata->cfg_filter_names = filtered.names;
	skel->rodata->cfg_vm_ioctl = vm_ioctl;
	skel->rodata->cfg_vcpu_ioctl = vcpu_ioctl;
	bpf_program__set_autoload(templates->copied, true);
	if (templates->rest)
		bpf_program__set_autoload(templates->rest, true);
	err = share_maps(skel, tp->exits);
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.event_counts,
					       (uint32_t)(tp->slots.n_slots * tp->row));
	if (!err)
		err = bpf_map__set_max_entries(skel->maps.other_events, (uint32_t)tp->max_others);
	if (!err)
		err = object_types__fill(types, skel->obj);
	return err ? err : kernel_btf_error(tracepoints_bpf__load(skel));
}

/* Makes the rest program known to the copies. 0 or a negative errno. */
static int set_rest(const struct tracepoints_bpf *skel, const struct bpf_program *rest)
{
	int program = bpf_program__fd(rest);
	uint32_t first = 0;

	return bpf_map__update_elem(skel->maps.rest, &first, sizeof(first), &program,
				    sizeof(program), BPF_ANY);
}

/* Makes the copy of @template for event @number. Its file descriptor or a negative errno. */
static int load_copy(const struct bpf_program *template, uint32_t number)
{
	DECLARE_LIBBPF_OPTS(bpf_prog_load_opts, opts);
	size_t n = bpf_program__insn_cnt(template);
	__autofree struct bpf_insn *insns = calloc(n, sizeof(*insns));
	int fd, found = 0;

	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(template), n * sizeof(*insns));
	for (size_t i = 0; i < n; i++) {
		bool is_move = insns[i].code == (BPF_ALU64 | BPF_MOV | BPF_K) ||
			       insns[i].code == (BPF_ALU | BPF_MOV | BPF_K);

		if (!is_move || insns[i].imm != KVMTOP_EVENT_NUMBER)
			continue;
		insns[i].imm = (int32_t)number;
		found++;
	}
	if (found != 1)
		return -EINVAL;
	fd = bpf_prog_load(bpf_program__type(template), "count_event", "GPL", insns, n, &opts);
	return fd < 0 ? -errno : fd;
}

/*
 * A link to a perf event, or the perf event itself where such links have no cookie. A file
 * descriptor or a negative errno.
 */
static int attach_classic(const char *name, int program, const struct templates *templates,
			  uint64_t number)
{
	DECLARE_LIBBPF_OPTS(bpf_link_create_opts, opts, .perf_event.bpf_cookie = number);
	int fd = object_open_tracepoint(name), link, err = 0;

	if (fd < 0)
		return fd;
	if (!templates->rest) {
		if (!ioctl(fd, PERF_EVENT_IOC_SET_BPF, program))
			return fd;
		err = -errno;
	} else {
		link = bpf_link_create(program, fd, BPF_PERF_EVENT, &opts);
		err = link < 0 ? -errno : link;
	}
	close(fd);
	return err;
}

/*
 * Attaches a raw program. A cookie of 0 is none. libbpf's own function has cookies from 1.5 on only, and so have the headers (union
 * bpf_attr).
 */
static int attach_raw(const char *name, int program, uint64_t cookie)
{
	const struct {
		uint64_t name;
		uint32_t prog_fd, pad;
		uint64_t cookie;
	} attr = { (uintptr_t)name, (uint32_t)program, 0, cookie };
	long fd = syscall(SYS_bpf, BPF_RAW_TRACEPOINT_OPEN, &attr, sizeof(attr));

	return fd < 0 ? -errno : (int)fd;
}

static int attach_event(const struct templates *templates, const char *name, uint32_t number,
			struct event *event)
{
	int fd = load_copy(templates->copied, number);

	if (fd < 0)
		return fd;
	event->program = fd;
	if (bpf_program__type(templates->copied) == BPF_PROG_TYPE_TRACEPOINT)
		event->link = attach_classic(name, fd, templates, number);
	else
		event->link = attach_raw(name, fd, templates->rest ? number : 0);
	if (event->link < 0) {
		close(fd);
		event->program = -1;
	}
	return event->link < 0 ? event->link : 0;
}

/* What cannot be attached is left out, as its count is not known. */
static int attach(struct tracepoints *tp, const struct templates *templates)
{
	const char **names = (const char **)tp->names.v;
	size_t n = 0;
	int err;

	for (size_t i = 0; i < tp->names.n; i++) {
		tp->events[n] = tp->events[i];
		if (tp->events[i].source == EVENT_FROM_PROGRAM) {
			err = attach_event(templates, names[i], (uint32_t)n, &tp->events[n]);
			if (limits_hit(err))
				return err;
			if (err) {
				log_info("%s is not counted: %s", names[i], strerror(-err));
				continue;
			}
		}
		names[n++] = names[i];
	}
	tp->names.n = n;
	return n ? 0 : -ENOENT;
}

static int make_room(struct tracepoints *tp)
{
	size_t n = tp->names.n;

	tp->row = (n + ROW_STEP - 1) / ROW_STEP * ROW_STEP;
	tp->max_others = tp->slots.n_slots * OTHERS_PER_SLOT;
	tp->keys = calloc(tp->max_others, sizeof(*tp->keys));
	tp->values = calloc(tp->max_others, sizeof(*tp->values));
	tp->by_slot = calloc(tp->slots.n_slots * tp->row, sizeof(*tp->by_slot));
	tp->host = calloc(n, sizeof(*tp->host));
	tp->pending = calloc(n, sizeof(*tp->pending));
	return tp->keys && tp->values && tp->by_slot && tp->host && tp->pending ? 0 : -ENOMEM;
}

static int open_all(struct tracepoints *tp, const struct tracepoints_opts *opts,
		    const struct features *features, char *why, size_t why_size)
{
	struct object_types types __cleanup(object_types__close) = OBJECT_TYPES_NONE;
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = types.path);
	struct templates templates;
	int err = choose_events(tp, opts);

	if (!err && !tp->names.n) {
		snprintf(why, why_size, "this kernel has no kvm:* tracepoint");
		return -ENOENT;
	}
	if (!err)
		err = make_room(tp);
	if (err)
		return err;
	err = object_types__open(features->types, &types);
	if (err)
		return err;
	tp->skel = tracepoints_bpf__open_opts(&open_opts);
	if (!tp->skel)
		return -errno;
	templates = choose_templates(tp->skel, features->v[FEATURE_USER_RECORD].ok);
	err = load_templates(tp, opts, features, &types, &templates);
	if (!err && templates.rest)
		err = set_rest(tp->skel, templates.rest);
	if (!err)
		err = object_map_array(tp->skel->maps.event_counts, sizeof(*tp->counts),
				       (void **)&tp->counts, &tp->counts_bytes);
	if (!err)
		err = attach(tp, &templates);
	return err ? err : event_names_list__keep(opts->kept, &tp->names, &tp->kept);
}

int tracepoints__open(const struct tracepoints_opts *opts, struct exits *exits,
		      const struct features *features, char *why, size_t why_size,
		      struct tracepoints **ret_tracepoints)
{
	struct tracepoints *tp = calloc(1, sizeof(*tp));
	int err;

	if (!tp)
		return -ENOMEM;
	why[0] = '\0';
	tp->exits = exits;
	tp->slots = exits__slots(exits);
	tp->only_some_vms = opts->only_some_vms;
	if (features->v[FEATURE_USER_RECORD].ok)
		exits__note_classic(exits);
	err = open_all(tp, opts, features, why, why_size);
	if (err) {
		if (!why[0])
			limits_load_error(err, why, why_size);
		tracepoints__close(tp);
		return err;
	}
	tp->collector = (struct collector){ .ops = &tracepoints_collector_ops, .arg = tp };
	exits__add_collector(exits, &tp->collector);
	*ret_tracepoints = tp;
	return 0;
}

const struct event_names *tracepoints__names(const struct tracepoints *tp)
{
	return tp->kept;
}

static void close_events(struct tracepoints *tp)
{
	for (size_t i = 0; tp->events && i < tp->names.n; i++) {
		if (tp->events[i].link >= 0)
			close(tp->events[i].link);
		if (tp->events[i].program >= 0)
			close(tp->events[i].program);
	}
	free(tp->events);
}

void tracepoints__close(struct tracepoints *tp)
{
	if (!tp)
		return;
	exits__remove_collector(tp->exits, &tp->collector);
	close_events(tp);
	if (tp->counts)
		munmap(tp->counts, tp->counts_bytes);
	tracepoints_bpf__destroy(tp->skel);
	for (size_t i = 0; i < tp->n_vms; i++)
		free(tp->vms[i].counts);
	free(tp->vms);
	free(tp->others);
	free(tp->keys);
	free(tp->values);
	free(tp->by_slot);
	free(tp->host);
	free(tp->pending);
	free((void *)tp->names.v);
	kvm_events_free(tp->name_list, tp->n_names);
	free(tp);
}
