// SPDX-License-Identifier: GPL-2.0
/*
 * kvm_stats: see kvm_stats.h. What a refresh found is kept until the next one: read() fills it, merge() hands it on.
 */
#include "kvm_stats.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/clock.h"
#include "../model/inventory.h"
#include "../model/snapshot.h"
#include "../model/stats.h"
#include "bpf_stats.h"
#include "debugfs.h"
#include "kvm_layout.h"
#include "limits.h"
#include "proc.h"
#include "stats_fd.h"

#define WHY_LEN 160

/* How often all files of the host are looked through, for VMs that nobody told us of. */
#define FIND_INTERVAL_NS 60000000000ull
/* How soon the statistics fds of a VMM are looked for again; the next time twice as late, up to the above. */
#define FIND_FIRST_NS 1000000000ull

struct found_vcpu {
	uint32_t vcpu_id;
	pid_t tid;
	enum stats_source source;
	const uint64_t *values;
};

struct found_vm {
	struct vm_ident ident;
	const uint64_t *values;
	const uint64_t *vcpu_sums; /* debugfs */
	struct found_vcpu *vcpus;
	size_t n_vcpus;
};

/* A VMM that is known to have VMs. */
struct vmm {
	pid_t pid;
	int *stats_fds; /* it holds, by vCPU id; see stats_fd.h */
	size_t n_stats_fds;
	uint64_t looked_for; /* struct kvm of the VM for which we looked for those; 0: not yet */
	uint64_t look_ns;    /* when we look again */
	uint64_t look_gap_ns;
};

struct kvm_stats {
	struct kvm_stats_opts opts;
	enum stats_source source;
	char error[2 * WHY_LEN], layout_error[WHY_LEN], debugfs_error[WHY_LEN]; /* empty: none */
	char read_error[WHY_LEN];		     /* of the last refresh; empty: none */
	struct stat_layout *vm_layout, *vcpu_layout; /* binary, or NULL */
	/* What debugfs shows of them; without them vm has all there is. From the first VM on. */
	struct stat_layout *debugfs_vm, *debugfs_vcpu;
	struct bpf_stats *iterator;
	uint64_t found_ns; /* when all files were looked through last; 0: never */
	/* How long that took, and how long all VMMs one by one; 0: not known. */
	uint64_t all_took_ns, one_by_one_took_ns;

	struct vmm *vmms; /* no pid twice */
	size_t n_vmms;

	/* Of this refresh. */
	struct arena *arena;
	struct found_vm *vms;
	size_t n_vms;
	size_t last_vm; /* that an item was for: the next one often is, too */
};

/* ---- what works here */

static void open_iterator(struct kvm_stats *stats)
{
	const struct bpf_stats_opts opts = {
		.vm_bytes = stats->vm_layout->bytes,
		.vcpu_bytes = stats->vcpu_layout->bytes,
		.types = stats->opts.types,
	};

	if (!bpf_stats__open(&opts, stats->error, sizeof(stats->error), &stats->iterator) &&
	    stats->opts.only != STATS_DEBUGFS)
		stats->source = STATS_ITERATOR;
}

/* The iterator where it works, else debugfs. error says of the first that does not why. */
static void choose_source(struct kvm_stats *stats)
{
	const enum stats_source only = stats->opts.only;

	/* It also tells which VMs there are. */
	if (stats->vm_layout)
		open_iterator(stats);
	if (only == STATS_DEBUGFS)
		stats->error[0] = '\0';
	if (stats->source != STATS_NONE || only == STATS_ITERATOR || only == STATS_FD)
		return;
	if (!stats->debugfs_error[0])
		stats->source = STATS_DEBUGFS;
	else
		snprintf(stats->error + strlen(stats->error),
			 sizeof(stats->error) - strlen(stats->error), "%sdebugfs %s",
			 stats->error[0] ? "; " : "", stats->debugfs_error);
}

int kvm_stats__open(const struct kvm_stats_opts *opts, struct kvm_stats **ret_stats)
{
	struct kvm_stats *stats = calloc(1, sizeof(*stats));
	char why[WHY_LEN];
	int err;

	if (!stats)
		return -ENOMEM;
	stats->opts = *opts;
	if (!debugfs_probe(DEBUGFS_KVM_ROOT, why, sizeof(why)))
		why[0] = '\0';
	memcpy(stats->debugfs_error, why, sizeof(why));
	err = kvm_layout_from_vm(stats->layout_error, sizeof(stats->layout_error),
				 &stats->vm_layout, &stats->vcpu_layout);
	/* Bytes that are wrong are not replaced by a guess. */
	if (err && err != -EBADMSG)
		err = kvm_layout_from_btf(opts->types, why, sizeof(why), &stats->vm_layout,
					  &stats->vcpu_layout);
	if (!err)
		stats->layout_error[0] = '\0';
	memcpy(stats->error, stats->layout_error, sizeof(stats->layout_error));
	choose_source(stats);
	stats->opts.types = NULL;
	*ret_stats = stats;
	return 0;
}

const char *kvm_stats__error(const struct kvm_stats *stats)
{
	if (stats->source == STATS_NONE)
		return stats->error;
	return stats->read_error[0] ? stats->read_error : NULL;
}

const char *kvm_stats__debugfs_error(const struct kvm_stats *stats)
{
	return stats->debugfs_error[0] ? stats->debugfs_error : NULL;
}

enum stats_source kvm_stats__source(const struct kvm_stats *stats)
{
	return stats->source;
}

int kvm_stats__try(struct kvm_stats *stats)
{
	return stats->iterator ? bpf_stats__try(stats->iterator) : 0;
}

const char *kvm_stats__layout_error(const struct kvm_stats *stats)
{
	return stats->layout_error;
}

bool kvm_stats__vm(const struct kvm_stats *stats, size_t i, const struct vm_ident **ret_ident,
		   enum stats_source *ret_source)
{
	if (i >= stats->n_vms)
		return false;
	*ret_ident = &stats->vms[i].ident;
	*ret_source = stats->source;
	if (stats->vms[i].n_vcpus)
		*ret_source = stats->vms[i].vcpus[0].source;
	return true;
}

int kvm_stats__id_fd(const struct kvm_stats *stats, size_t i)
{
	const struct vm_ident *ident = &stats->vms[i].ident;
	int id_fd = -1;

	if (ident->vm_fd >= 0)
		return ident->vm_fd;
	while (i--)
		id_fd -= stats->vms[i].ident.pid == ident->pid && stats->vms[i].ident.vm_fd < 0;
	return id_fd;
}

const struct stat_layout *kvm_stats__vm_layout(const struct kvm_stats *stats)
{
	return stats->vm_layout;
}

const struct stat_layout *kvm_stats__vcpu_layout(const struct kvm_stats *stats)
{
	return stats->vcpu_layout;
}

/* ---- VMMs */

static struct vmm *find_vmm(struct kvm_stats *stats, pid_t pid)
{
	for (size_t i = 0; i < stats->n_vmms; i++)
		if (stats->vmms[i].pid == pid)
			return &stats->vmms[i];
	return NULL;
}

static int add_vmm(struct kvm_stats *stats, pid_t pid)
{
	struct vmm *more;

	if (find_vmm(stats, pid))
		return 0;
	more = realloc(stats->vmms, (stats->n_vmms + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	stats->vmms = more;
	more[stats->n_vmms++] = (struct vmm){ .pid = pid };
	return 0;
}

static void remove_vmm(struct kvm_stats *stats, size_t i)
{
	free(stats->vmms[i].stats_fds);
	stats->vmms[i] = stats->vmms[--stats->n_vmms];
}

/* ---- the iterator */

static bool is_wanted(const pid_t *pids, size_t n, pid_t pid)
{
	for (size_t i = 0; i < n; i++)
		if (pids[i] == pid)
			return true;
	return !n;
}

/* An address may be used by another process before we are through. */
static bool is_of(const struct bpf_stats_item *item, const struct vm_ident *ident)
{
	return ident->kvm == item->kvm && ident->pid == item->pid &&
	       ident->start_ns == item->start_ns;
}

/* The VM of an item, new if need be; NULL: no memory. */
static struct found_vm *vm_of(struct kvm_stats *stats, const struct bpf_stats_item *item)
{
	struct found_vm *more, *vm;

	if (stats->last_vm < stats->n_vms && is_of(item, &stats->vms[stats->last_vm].ident))
		return &stats->vms[stats->last_vm];
	for (size_t i = 0; i < stats->n_vms; i++) {
		if (is_of(item, &stats->vms[i].ident)) {
			stats->last_vm = i;
			return &stats->vms[i];
		}
	}
	more = realloc(stats->vms, (stats->n_vms + 1) * sizeof(*more));
	if (!more)
		return NULL;
	stats->vms = more;
	stats->last_vm = stats->n_vms;
	vm = &more[stats->n_vms++];
	*vm = (struct found_vm){
		.ident = { .pid = item->pid,
			   .start_ns = item->start_ns,
			   .kvm = item->kvm,
			   .vm_fd = -1 },
	};
	snprintf(vm->ident.comm, sizeof(vm->ident.comm), "%s", item->comm);
	return vm;
}

static uint64_t *decode(const struct kvm_stats *stats, const struct stat_layout *layout,
			const void *data)
{
	uint64_t *values = arena__calloc(stats->arena, layout->n_values, sizeof(*values));

	if (values)
		stat_layout__decode(layout, data, values);
	return values;
}

static int take_vcpu(struct kvm_stats *stats, struct found_vm *vm,
		     const struct bpf_stats_item *item)
{
	struct found_vcpu *more;

	for (size_t i = 0; i < vm->n_vcpus; i++)
		if (vm->vcpus[i].vcpu_id == item->vcpu_id)
			return 0;
	more = realloc(vm->vcpus, (vm->n_vcpus + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	vm->vcpus = more;
	more[vm->n_vcpus] = (struct found_vcpu){
		.vcpu_id = item->vcpu_id,
		.tid = item->tid,
		.source = STATS_ITERATOR,
		.values = decode(stats, stats->vcpu_layout, item->stats),
	};
	return more[vm->n_vcpus++].values ? 0 : -ENOMEM;
}

static int take_item(const struct bpf_stats_item *item, void *arg)
{
	struct kvm_stats *stats = arg;
	struct found_vm *vm;
	int err;

	if (!is_wanted(stats->opts.pids, stats->opts.n_pids, item->pid) || item->pid == getpid())
		return 0;
	vm = vm_of(stats, item);
	if (!vm)
		return -ENOMEM;
	if (item->vcpu)
		return is_id_wanted(stats->opts.vcpu_ids, stats->opts.n_vcpu_ids, item->vcpu_id)
			       ? take_vcpu(stats, vm, item)
			       : 0;
	/* The lowest of several fds. */
	if (vm->values)
		return 0;
	vm->ident.vm_fd = item->fd;
	vm->values = decode(stats, stats->vm_layout, item->stats);
	err = vm->values ? 0 : -ENOMEM;
	return err ? err : add_vmm(stats, item->pid);
}

static bool has_vm(const struct kvm_stats *stats, pid_t pid)
{
	for (size_t i = 0; i < stats->n_vms; i++)
		if (stats->vms[i].ident.pid == pid)
			return true;
	return false;
}

static int iterate_all(struct kvm_stats *stats)
{
	const uint64_t start_ns = clock_now_ns();
	int err;

	err = bpf_stats__read(stats->iterator, 0, take_item, stats);
	if (err)
		return err;
	for (size_t i = 0; i < stats->n_vmms;) {
		if (has_vm(stats, stats->vmms[i].pid))
			i++;
		else
			remove_vmm(stats, i);
	}
	stats->found_ns = start_ns;
	stats->all_took_ns = clock_now_ns() - start_ns;
	return 0;
}

/* A VMM that has ended is no error. */
static int iterate_one_by_one(struct kvm_stats *stats)
{
	const uint64_t start_ns = clock_now_ns();
	int failed = 0;
	size_t i = 0;

	while (i < stats->n_vmms) {
		size_t n_before = stats->n_vms;
		int err = bpf_stats__read(stats->iterator, stats->vmms[i].pid, take_item, stats);

		if (err == -ENOMEM)
			return err;
		if (err && err != -ESRCH)
			failed = err;
		if (stats->n_vms == n_before && (!err || err == -ESRCH))
			remove_vmm(stats, i);
		else
			i++;
	}
	stats->one_by_one_took_ns = clock_now_ns() - start_ns;
	return failed;
}

/*
 * Of those VMMs that are known, one by one. All files of the host now and then, where the kernel cannot do less, and
 * where it takes less time: each VMM has its price, and on a host for VMs few files are others'.
 */
static int iterate(struct kvm_stats *stats)
{
	const uint64_t age_ns = clock_now_ns() - stats->found_ns;
	bool all = !stats->found_ns || age_ns > FIND_INTERVAL_NS ||
		   stats->one_by_one_took_ns > stats->all_took_ns;
	int err;

	for (size_t p = 0; p < stats->opts.n_pids; p++) {
		err = add_vmm(stats, stats->opts.pids[p]);
		if (err)
			return err;
	}
	if (!bpf_stats__can_restrict(stats->iterator) || (!stats->opts.n_pids && all))
		return iterate_all(stats);
	return iterate_one_by_one(stats);
}

struct look {
	const pid_t *pids;
	size_t n_pids;
	void (*see)(const struct vm_file *file, void *arg);
	void *arg;
};

static int see_item(const struct bpf_stats_item *item, void *arg)
{
	const struct look *look = arg;
	const struct vm_file file = {
		.pid = item->pid,
		.start_ns = item->start_ns,
		.kvm = item->kvm,
		.vcpu = item->vcpu,
		.vcpu_id = item->vcpu_id,
		.fd = item->fd,
	};

	if (is_wanted(look->pids, look->n_pids, item->pid))
		look->see(&file, look->arg);
	return 0;
}

/* One pass over all files where the kernel cannot do less. */
void kvm_stats__look(void *arg, const pid_t *pids, int *errors, size_t n,
		     void (*see)(const struct vm_file *file, void *arg), void *see_arg)
{
	const struct kvm_stats *stats = arg;
	struct look all = { pids, n, see, see_arg };
	bool one_by_one;
	int err;

	for (size_t i = 0; i < n; i++)
		errors[i] = -EOPNOTSUPP;
	if (!stats->iterator)
		return;
	one_by_one = bpf_stats__can_restrict(stats->iterator);
	err = one_by_one ? 0 : bpf_stats__read(stats->iterator, 0, see_item, &all);
	for (size_t i = 0; i < n; i++) {
		struct look one = { &pids[i], 1, see, see_arg };

		errors[i] = one_by_one ? bpf_stats__read(stats->iterator, pids[i], see_item, &one)
				       : err;
	}
}

/* ---- statistics fds of the VMM's own */

static void read_stats_fds(struct kvm_stats *stats, const struct vmm *vmm, struct found_vm *vm)
{
	__autofree char *data = malloc(stats->vcpu_layout->bytes);
	__autoclose int pidfd = stats_fd_open_process(vmm->pid);

	if (!data || pidfd < 0)
		return;
	for (size_t i = 0; i < vm->n_vcpus; i++) {
		struct found_vcpu *vcpu = &vm->vcpus[i];
		uint64_t *values;

		if (vcpu->vcpu_id >= vmm->n_stats_fds || vmm->stats_fds[vcpu->vcpu_id] < 0)
			continue;
		if (stats_fd_read(pidfd, vmm->stats_fds[vcpu->vcpu_id], vcpu->vcpu_id,
				  stats->vcpu_layout, data))
			continue;
		values = decode(stats, stats->vcpu_layout, data);
		if (!values)
			return;
		vcpu->values = values;
		vcpu->source = STATS_FD;
	}
}

/*
 * Which VM a statistics fd is of nobody tells, so a process must have one only; and those of a VM that came in its
 * place are looked for anew.
 */
static void find_stats_fds(struct kvm_stats *stats, struct vmm *vmm, uint64_t kvm)
{
	const uint64_t now_ns = clock_now_ns();

	if (vmm->looked_for == kvm && now_ns < vmm->look_ns)
		return;
	/* Soon at first: the VMM may be about to open them. */
	if (vmm->looked_for != kvm)
		vmm->look_gap_ns = FIND_FIRST_NS;
	else if (vmm->look_gap_ns < FIND_INTERVAL_NS / 2)
		vmm->look_gap_ns *= 2;
	free(vmm->stats_fds);
	vmm->stats_fds = NULL;
	vmm->n_stats_fds = 0;
	vmm->looked_for = 0;
	for (size_t i = 0; i < stats->n_vms; i++)
		if (stats->vms[i].ident.pid == vmm->pid && stats->vms[i].ident.kvm != kvm)
			return;
	if (stats_fd_find(PROC_ROOT, vmm->pid, &vmm->stats_fds, &vmm->n_stats_fds))
		return;
	vmm->looked_for = kvm;
	vmm->look_ns = now_ns + vmm->look_gap_ns;
}

static void use_stats_fds(struct kvm_stats *stats)
{
	/* Without a statistics fd the place of the values in one is not known. */
	if (!stats->vcpu_layout->data_offset || stats->opts.only == STATS_ITERATOR)
		return;
	for (size_t i = 0; i < stats->n_vms; i++) {
		struct vmm *vmm = find_vmm(stats, stats->vms[i].ident.pid);

		if (!vmm)
			continue;
		find_stats_fds(stats, vmm, stats->vms[i].ident.kvm);
		if (vmm->n_stats_fds)
			read_stats_fds(stats, vmm, &stats->vms[i]);
	}
}

/* ---- debugfs */

/* The layouts follow from the files of the first VM there is. */
static int find_debugfs_layouts(struct kvm_stats *stats, const struct debugfs_vm *vm)
{
	int err = 0;

	if (!stats->debugfs_vm)
		err = debugfs_layout(DEBUGFS_KVM_ROOT, vm, stats->vm_layout, &stats->debugfs_vm);
	if (!err && stats->vcpu_layout && !stats->debugfs_vcpu)
		err = debugfs_layout(DEBUGFS_KVM_ROOT, vm, stats->vcpu_layout,
				     &stats->debugfs_vcpu);
	return err;
}

static uint64_t *read_debugfs(const struct kvm_stats *stats, const struct debugfs_vm *vm,
			      const struct stat_layout *layout)
{
	uint64_t *values;

	if (!layout)
		return NULL;
	values = arena__calloc(stats->arena, layout->n_values, sizeof(*values));
	if (!values || debugfs_read(DEBUGFS_KVM_ROOT, vm, layout, values))
		return NULL;
	return values;
}

static int take_debugfs_vm(struct kvm_stats *stats, const struct debugfs_vm *vm, pid_t pid)
{
	struct found_vm *more, *found;
	struct vmm_info info;

	if (find_debugfs_layouts(stats, vm) || proc_vmm_read(PROC_ROOT, pid, &info))
		return 0;
	more = realloc(stats->vms, (stats->n_vms + 1) * sizeof(*more));
	if (more) {
		stats->vms = more;
		found = &more[stats->n_vms++];
		*found = (struct found_vm){
			.ident = { .pid = pid,
				   .vm_fd = vm->fd,
				   .start_ns = info.start_ticks * NS_PER_TICK },
			.values = read_debugfs(stats, vm, stats->debugfs_vm),
			/* Sums over all vCPUs are not those of some. */
			.vcpu_sums = stats->opts.n_vcpu_ids
					     ? NULL
					     : read_debugfs(stats, vm, stats->debugfs_vcpu),
		};
		snprintf(found->ident.comm, sizeof(found->ident.comm), "%s",
			 info.comm ? info.comm : "");
	}
	vmm_info__release(&info);
	return more ? 0 : -ENOMEM;
}

static int look_into_debugfs(struct kvm_stats *stats)
{
	__autofree struct debugfs_vm *vms = NULL;
	size_t n;
	int err = debugfs_vms(DEBUGFS_KVM_ROOT, &vms, &n);

	if (err)
		return err;
	for (size_t i = 0; i < n && !err; i++) {
		pid_t pid;

		if (!proc_process_of(PROC_ROOT, vms[i].creator, &pid) &&
		    is_wanted(stats->opts.pids, stats->opts.n_pids, pid))
			err = take_debugfs_vm(stats, &vms[i], pid);
	}
	return err;
}

/* ---- a refresh */

static void forget_found(struct kvm_stats *stats)
{
	for (size_t i = 0; i < stats->n_vms; i++)
		free(stats->vms[i].vcpus);
	stats->n_vms = 0;
}

int kvm_stats__read(struct kvm_stats *stats, struct snapshot *snapshot)
{
	int err = 0;

	forget_found(stats);
	stats->arena = snapshot->arena;
	if (stats->source == STATS_ITERATOR) {
		err = iterate(stats);
		use_stats_fds(stats);
	} else if (stats->source == STATS_DEBUGFS) {
		err = look_into_debugfs(stats);
	}
	stats->read_error[0] = '\0';
	if (err)
		limits_strerror(err, stats->read_error, sizeof(stats->read_error));
	snapshot->sources[SOURCE_STATS] = (struct source_state){
		.used = true,
		.error = kvm_stats__error(stats),
	};
	snapshot->sources[SOURCE_DEBUGFS] = (struct source_state){
		.used = true,
		.error = kvm_stats__debugfs_error(stats),
	};
	return err == -ENOMEM ? err : 0;
}

/* Looks from number *@from on, as both are in about the same order; moves it behind what it finds. */
static const struct found_vm *find_found(const struct kvm_stats *stats, const struct vm_sample *vm,
					 size_t *from)
{
	for (size_t i = 0; i < stats->n_vms; i++) {
		size_t at = (*from + i) % stats->n_vms;
		const struct vm_ident *ident = &stats->vms[at].ident;

		if (ident->pid != vm->pid)
			continue;
		if (ident->kvm ? ident->kvm != vm->kvm : ident->vm_fd != vm->vm_fd)
			continue;
		*from = at + 1;
		return &stats->vms[at];
	}
	return NULL;
}

static int by_vcpu_id(const void *a, const void *b)
{
	const struct vcpu_sample *x = a, *y = b;

	return x->vcpu_id < y->vcpu_id ? -1 : x->vcpu_id > y->vcpu_id;
}

/* Puts the vCPUs' statistics into @vm, and those vCPUs that it has no events of. */
static int merge_vcpus(struct arena *arena, const struct found_vm *found, struct vm_sample *vm)
{
	struct vcpu_sample *all = arena__calloc(arena, vm->n_vcpus + found->n_vcpus, sizeof(*all));
	const size_t n_before = vm->n_vcpus;
	size_t n = n_before;

	if (!all)
		return -ENOMEM;
	if (n)
		memcpy(all, vm->vcpus, n * sizeof(*all));
	for (size_t i = 0; i < found->n_vcpus; i++) {
		const struct found_vcpu *vcpu = &found->vcpus[i];
		struct vcpu_sample key = { .vcpu_id = vcpu->vcpu_id };
		struct vcpu_sample *sample = bsearch(&key, all, n_before, sizeof(*all), by_vcpu_id);

		if (!sample) {
			sample = &all[n++];
			sample->vcpu_id = vcpu->vcpu_id;
			sample->tid = vcpu->tid;
		}
		sample->stats = vcpu->values;
		sample->stats_source = vcpu->source;
	}
	qsort(all, n, sizeof(*all), by_vcpu_id);
	vm->vcpus = all;
	vm->n_vcpus = n;
	return 0;
}

/* VMMs that bpf_exit has found since the read. */
static int read_new_vmms(struct kvm_stats *stats, const struct snapshot *snapshot)
{
	int err = 0;

	for (size_t i = 0; i < snapshot->n_vms && !err; i++) {
		const struct vm_sample *vm = &snapshot->vms[i];

		if (vm->gone || find_vmm(stats, vm->pid))
			continue;
		err = add_vmm(stats, vm->pid);
		if (!err && stats->iterator && bpf_stats__can_restrict(stats->iterator) &&
		    bpf_stats__read(stats->iterator, vm->pid, take_item, stats) == -ENOMEM)
			err = -ENOMEM;
	}
	return err;
}

int kvm_stats__merge(struct kvm_stats *stats, struct snapshot *snapshot)
{
	bool debugfs = stats->source == STATS_DEBUGFS;
	size_t from = 0;
	int err;

	err = read_new_vmms(stats, snapshot);
	if (err)
		return err;
	snapshot->vm_layout = debugfs ? stats->debugfs_vm : stats->vm_layout;
	snapshot->vcpu_layout = debugfs ? stats->debugfs_vcpu : stats->vcpu_layout;
	for (size_t i = 0; i < snapshot->n_vms; i++) {
		struct vm_sample *vm = &snapshot->vms[i];
		/* In the place of one that is gone there may be another. */
		const struct found_vm *found = vm->gone ? NULL : find_found(stats, vm, &from);

		if (!found)
			continue;
		vm->stats = found->values;
		vm->stats_source = found->values ? stats->source : STATS_NONE;
		vm->vcpu_sums = found->vcpu_sums;
		err = merge_vcpus(snapshot->arena, found, vm);
		if (err)
			return err;
	}
	return 0;
}

void kvm_stats__ioctls(const struct kvm_stats *stats, uint64_t *ret_vm_ioctl,
		       uint64_t *ret_vcpu_ioctl)
{
	*ret_vm_ioctl = *ret_vcpu_ioctl = 0;
	if (stats->iterator)
		bpf_stats__ioctls(stats->iterator, ret_vm_ioctl, ret_vcpu_ioctl);
}

void kvm_stats__close(struct kvm_stats *stats)
{
	if (!stats)
		return;
	forget_found(stats);
	free(stats->vms);
	while (stats->n_vmms)
		remove_vmm(stats, 0);
	free(stats->vmms);
	bpf_stats__close(stats->iterator);
	stat_layout__free(stats->vm_layout);
	stat_layout__free(stats->vcpu_layout);
	stat_layout__free(stats->debugfs_vm);
	stat_layout__free(stats->debugfs_vcpu);
	free(stats);
}
