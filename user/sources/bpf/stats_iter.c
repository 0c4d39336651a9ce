// SPDX-License-Identifier: GPL-2.0
#include "stats_iter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../../base/cleanup.h"
#include "../../model/snapshot.h"
#include "../kernel_btf.h"
#include "../kvm_layout.h"
#include "../limits.h"
#include "collector.h"
#include "object.h"
#include "object_types.h"
#include "statistics.skel.h"

#define KALLSYMS "/proc/kallsyms"

/* The largest record: a vCPU with its slot, all spare cells, and the statistics twice. */
#define RECORD_MAX                                                                              \
	(sizeof(struct kvmtop_stat_record) + 2 * KVMTOP_STAT_MAX + sizeof(struct kvmtop_vcpu) + \
	 64 + KVMTOP_SPARE_MAX * sizeof(struct kvmtop_cell))

#define CELLS_MAX (KVMTOP_OWN_CELLS + KVMTOP_SPARE_MAX)

struct stats_iter {
	struct statistics_bpf *skel;
	struct bpf_program *program;
	bool restrict_pid;
	const struct exits *verify; /* NULL: not verifying */
	/* What was read and not yet taken; starts at a record. */
	char *buffer;
	size_t used;
	/* Of the item at hand. */
	struct tally exits[CELLS_MAX], user_exits[CELLS_MAX], events[CELLS_MAX];
};

#define BUFFER_SIZE (2 * RECORD_MAX)

int stats_iter_find_ioctls(uint64_t *ret_vm_ioctl, uint64_t *ret_vcpu_ioctl)
{
	__autofclose FILE *file = fopen(KALLSYMS, "re");
	uint64_t vm = 0, vcpu = 0, address;
	char line[512], name[128], type;

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		/* All 200,000 symbols are read, but few closely. */
		if (!strstr(line, " kvm_v"))
			continue;
		if (sscanf(line, "%" SCNx64 " %c %127s", &address, &type, name) != 3)
			continue;
		if (!strcmp(name, "kvm_vm_ioctl"))
			vm = address;
		else if (!strcmp(name, "kvm_vcpu_ioctl"))
			vcpu = address;
	}
	if (!vm || !vcpu)
		return -ENOENT;
	*ret_vm_ioctl = vm;
	*ret_vcpu_ioctl = vcpu;
	return 0;
}

/*
 * Shares the maps of the main programs, which must have the same shape. Without them, the smallest
 * maps that load.
 */
static int share_maps(struct statistics_bpf *skel, const struct exits *exits)
{
	const struct shared_maps maps = {
		.memory = skel->maps.memory_map,
		.vcpus = skel->maps.vcpus,
		.spare_cells = skel->maps.spare_cells,
		.by_vcpu = skel->maps.by_vcpu,
	};

	if (!exits)
		return bpf_map__set_value_size(maps.memory, sizeof(uint64_t));
	skel->rodata->cfg_homes = exits__homes(exits);
	return exits__share_maps(exits, &maps);
}

static int load(struct stats_iter *stats, const struct stats_iter_opts *opts, bool plain)
{
	struct object_types types __cleanup(object_types__close) = OBJECT_TYPES_NONE;
	DECLARE_LIBBPF_OPTS(bpf_object_open_opts, open_opts, .btf_custom_path = types.path);
	int err = object_types__open(opts->types, &types);

	if (err)
		return err;
	stats->skel = statistics_bpf__open_opts(&open_opts);
	if (!stats->skel)
		return -errno;
	stats->skel->rodata->cfg_vm_bytes = (uint32_t)opts->vm_bytes;
	stats->skel->rodata->cfg_vcpu_bytes = (uint32_t)opts->vcpu_bytes;
	stats->skel->rodata->cfg_verify = opts->verify != NULL;
	stats->verify = opts->verify;
	err = share_maps(stats->skel, opts->verify);
	if (err)
		return err;
	stats->program = plain ? stats->skel->progs.stats_plain : stats->skel->progs.stats_probe;
	bpf_program__set_autoload(stats->program, true);
	bpf_program__set_autoload(stats->skel->progs.own_files, true);
	return object_types__fill(&types, stats->skel->obj)
		       ?: kernel_btf_error(statistics_bpf__load(stats->skel));
}

static void unload(struct stats_iter *stats)
{
	statistics_bpf__destroy(stats->skel);
	stats->skel = NULL;
}

/* An fd of the output of an iterator, over process @pid or all; or a negative errno. */
static int start(const struct bpf_program *program, pid_t pid)
{
	union bpf_iter_link_info info = { .task.pid = (uint32_t)pid };
	DECLARE_LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info,
			    .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(program, pid ? &opts : NULL);
	int fd;

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	bpf_link__destroy(link);
	return fd;
}

/* Runs own_files over our files, or all. */
static int visit_own_files(const struct stats_iter *stats)
{
	__autoclose int fd =
		start(stats->skel->progs.own_files, stats->restrict_pid ? getpid() : 0);
	ssize_t n;
	char byte;

	if (fd < 0)
		return fd;
	while ((n = read(fd, &byte, 1)) < 0 && (errno == EINTR || errno == EAGAIN))
		;
	return n < 0 ? -errno : 0;
}

/* The addresses of KVM's functions by the files of a VM of ours. 0, or a negative errno and in @why one line. */
static int find_by_own_vm(struct stats_iter *stats, char *why, size_t why_size)
{
	struct statistics_bpf *skel = stats->skel;
	__autoclose int vm = -1, vcpu = -1;
	int err = kvm_create_own_vm(why, why_size, &vm, &vcpu);

	if (err)
		return err;
	skel->bss->own_vm_fd = (uint32_t)vm;
	skel->bss->own_vcpu_fd = (uint32_t)vcpu;
	err = visit_own_files(stats);
	if (!err && (!skel->bss->vm_ioctl || !skel->bss->vcpu_ioctl))
		err = -ENOENT;
	if (err)
		snprintf(why, why_size, "the files of kvmtop itself cannot be looked at: %s",
			 strerror(-err));
	return err;
}

static int find_functions(struct stats_iter *stats, char *why, size_t why_size)
{
	uint64_t vm_ioctl, vcpu_ioctl;
	char own_why[128];
	int fd = start(stats->program, getpid()), err;

	stats->restrict_pid = fd >= 0;
	if (fd >= 0)
		close(fd);
	if (!find_by_own_vm(stats, own_why, sizeof(own_why)))
		return 0;
	err = stats_iter_find_ioctls(&vm_ioctl, &vcpu_ioctl);
	if (!err) {
		stats->skel->bss->vm_ioctl = vm_ioctl;
		stats->skel->bss->vcpu_ioctl = vcpu_ioctl;
	} else {
		snprintf(why, why_size,
			 "KVM's functions are found neither by /dev/kvm (%s) nor in " KALLSYMS
			 " (%s): join the group of /dev/kvm",
			 own_why,
			 err == -ENOENT ? "hidden: needs CAP_SYSLOG, kernel.kptr_restrict below 2"
					: strerror(-err));
	}
	return err;
}

int stats_iter__open(const struct stats_iter_opts *opts, char *why, size_t why_size,
		     struct stats_iter **ret_stats)
{
	char reason[LIMITS_WHY_LEN];
	struct stats_iter *stats;
	int err;

	if (opts->vm_bytes > KVMTOP_STAT_MAX || opts->vcpu_bytes > KVMTOP_STAT_MAX) {
		snprintf(why, why_size, "statistics of more than %d bytes", KVMTOP_STAT_MAX);
		return -EOPNOTSUPP;
	}
	object_quiet_libbpf();
	stats = calloc(1, sizeof(*stats));
	if (!stats)
		return -ENOMEM;
	stats->buffer = malloc(BUFFER_SIZE);
	err = stats->buffer ? load(stats, opts, false) : -ENOMEM;
	if (err && !limits_hit(err)) {
		/* lockdown=confidentiality refuses probe reads; plain loads are slower, and need 6.2 */
		unload(stats);
		err = load(stats, opts, true);
	}
	if (err)
		snprintf(why, why_size, "no iterator over files: %s",
			 limits_strerror(err, reason, sizeof(reason)));
	else
		err = find_functions(stats, why, why_size);
	if (err) {
		stats_iter__close(stats);
		return err == -ENOMEM ? err : -EOPNOTSUPP;
	}
	*ret_stats = stats;
	return 0;
}

void stats_iter__ioctls(const struct stats_iter *stats, uint64_t *ret_vm_ioctl,
			uint64_t *ret_vcpu_ioctl)
{
	*ret_vm_ioctl = stats->skel->bss->vm_ioctl;
	*ret_vcpu_ioctl = stats->skel->bss->vcpu_ioctl;
}

static void add_cell(struct stats_iter_item *item, struct stats_iter *stats,
		     const struct kvmtop_cell *cell)
{
	struct tally tally = { .isa = cell->isa, .code = cell->reason, .count = cell->count };

	if (cell->isa == KVMTOP_ISA_USER)
		stats->user_exits[item->n_user_exits++] = tally;
	else if (cell->isa == KVMTOP_ISA_EVENT)
		stats->events[item->n_events++] = tally;
	else
		stats->exits[item->n_exits++] = tally;
}

/*
 * Reads what follows the statistics of @record when verifying. False: the record is shorter than it
 * claims.
 */
static bool take_slot(struct stats_iter *stats, const struct kvmtop_stat_record *record,
		      const char *p, struct stats_iter_item *item)
{
	const size_t spare_bytes = record->n_spare * sizeof(struct kvmtop_cell);
	struct kvmtop_vcpu slot, after = { .vcpu = 0 };
	uint32_t n_own;

	if (!stats->verify || record->slot_bytes != sizeof(slot) ||
	    record->n_spare > KVMTOP_SPARE_MAX ||
	    record->bytes !=
		    sizeof(*record) + 2 * record->stat_bytes + sizeof(slot) + spare_bytes + 64)
		return false;
	memcpy(&slot, p, sizeof(slot));
	p += sizeof(slot);
	n_own = slot.n_own < KVMTOP_OWN_CELLS ? slot.n_own : KVMTOP_OWN_CELLS - 1;
	for (uint32_t cell = 1; cell <= n_own; cell++)
		add_cell(item, stats, &slot.own[cell]);
	for (uint32_t i = 0; i < record->n_spare; i++, p += sizeof(struct kvmtop_cell)) {
		struct kvmtop_cell cell;

		memcpy(&cell, p, sizeof(cell));
		add_cell(item, stats, &cell);
	}
	memcpy(&after, p, 64);
	p += 64;
	exits__place(&slot, &after, &item->place);
	item->stats_after = p;
	item->vm_key = exits__vm_key(stats->verify, slot.slot);
	return true;
}

/* Hands on the record at @data, which is whole. */
static int take(struct stats_iter *stats, const char *data, stats_iter_fn fn, void *arg)
{
	struct kvmtop_stat_record record;
	char comm[KVMTOP_COMM_LEN + 1] = "";
	struct stats_iter_item item;

	memcpy(&record, data, sizeof(record));
	memcpy(comm, record.comm, sizeof(record.comm));
	item = (struct stats_iter_item){
		.kvm = record.kvm,
		.vcpu = record.vcpu,
		.start_ns = record.start_ns,
		.pid = (pid_t)record.tgid,
		.fd = (int)record.fd,
		.vcpu_id = record.vcpu_id,
		.tid = (pid_t)record.tid,
		.comm = comm,
		.stats = data + sizeof(record),
		.exits = stats->exits,
		.user_exits = stats->user_exits,
		.events = stats->events,
	};
	if (record.slot_bytes &&
	    !take_slot(stats, &record, data + sizeof(record) + record.stat_bytes, &item))
		return -EBADMSG;
	return fn(&item, arg);
}

/* Takes all records that are whole. */
static int take_all(struct stats_iter *stats, stats_iter_fn fn, void *arg)
{
	size_t done = 0;
	int err = 0;

	while (!err && stats->used - done >= sizeof(struct kvmtop_stat_record)) {
		struct kvmtop_stat_record record;

		memcpy(&record, stats->buffer + done, sizeof(record));
		if (record.bytes < sizeof(record) + record.stat_bytes || record.bytes > RECORD_MAX)
			return -EBADMSG;
		if (record.bytes > stats->used - done)
			break;
		err = take(stats, stats->buffer + done, fn, arg);
		done += record.bytes;
	}
	stats->used -= done;
	memmove(stats->buffer, stats->buffer + done, stats->used);
	return err;
}

int stats_iter__read(struct stats_iter *stats, pid_t pid, stats_iter_fn fn, void *arg)
{
	__autoclose int fd = start(stats->program, stats->restrict_pid ? pid : 0);
	int err = 0;

	if (fd < 0)
		return fd == -ENOENT ? -ESRCH : fd;
	stats->used = 0;
	while (!err) {
		ssize_t n = read(fd, stats->buffer + stats->used, BUFFER_SIZE - stats->used);

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return stats->used ? -EBADMSG : 0;
		stats->used += (size_t)n;
		err = take_all(stats, fn, arg);
	}
	return err;
}

static int take_none(const struct stats_iter_item *item, void *arg)
{
	(void)item;
	(void)arg;
	return 0;
}

int stats_iter__try(struct stats_iter *stats)
{
	return stats_iter__read(stats, getpid(), take_none, NULL);
}

bool stats_iter__can_restrict(const struct stats_iter *stats)
{
	return stats->restrict_pid;
}

void stats_iter__close(struct stats_iter *stats)
{
	if (!stats)
		return;
	unload(stats);
	free(stats->buffer);
	free(stats);
}
