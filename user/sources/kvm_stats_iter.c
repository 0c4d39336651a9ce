// SPDX-License-Identifier: GPL-2.0
/*
 * kvm_stats_iter: KVM's statistics by the BPF iterator over files, which also finds the VMs. It
 * looks through all files of the host now and then, and through those of known VMMs in between.
 */
#include "kvm_stats_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../base/clock.h"
#include "../model/scope.h"
#include "../model/snapshot.h"
#include "bpf/stats_iter.h"

/* ---- VMMs */

struct vmm *kvm_stats_find_vmm(struct kvm_stats *stats, pid_t pid)
{
	for (size_t i = 0; i < stats->n_vmms; i++)
		if (stats->vmms[i].pid == pid)
			return &stats->vmms[i];
	return NULL;
}

static int add_vmm(struct kvm_stats *stats, pid_t pid)
{
	struct vmm *more;

	if (kvm_stats_find_vmm(stats, pid))
		return 0;
	more = realloc(stats->vmms, (stats->n_vmms + 1) * sizeof(*more));
	if (!more)
		return -ENOMEM;
	stats->vmms = more;
	more[stats->n_vmms++] = (struct vmm){ .pid = pid };
	return 0;
}

void kvm_stats_remove_vmm(struct kvm_stats *stats, size_t i)
{
	free(stats->vmms[i].stats_fds);
	stats->vmms[i] = stats->vmms[--stats->n_vmms];
}

/* ---- what the iterator finds */

/* An address may be used by another process before we are through. */
static bool is_of(const struct stats_iter_item *item, const struct vm_ident *ident)
{
	return ident->kvm == item->kvm && ident->pid == item->pid &&
	       ident->start_ns == item->start_ns;
}

/* The VM of an item, new if need be; NULL: no memory. */
static struct found_vm *vm_of(struct kvm_stats *stats, const struct stats_iter_item *item)
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

static int take_vcpu(struct kvm_stats *stats, struct found_vm *vm,
		     const struct stats_iter_item *item)
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
		.values = kvm_stats_decode(stats, stats->vcpu_layout, item->stats),
	};
	return more[vm->n_vcpus++].values ? 0 : -ENOMEM;
}

static int take_item(const struct stats_iter_item *item, void *arg)
{
	struct kvm_stats *stats = arg;
	struct found_vm *vm;
	int err;

	if (!scope__has_pid(stats->opts.scope, item->pid) || item->pid == getpid())
		return 0;
	vm = vm_of(stats, item);
	if (!vm)
		return -ENOMEM;
	if (item->vcpu)
		return scope__has_vcpu(stats->opts.scope, item->vcpu_id)
			       ? take_vcpu(stats, vm, item)
			       : 0;
	/* The lowest of several fds. */
	if (vm->values)
		return 0;
	vm->ident.vm_fd = item->fd;
	vm->values = kvm_stats_decode(stats, stats->vm_layout, item->stats);
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

	err = stats_iter__read(stats->iterator, 0, take_item, stats);
	if (err)
		return err;
	for (size_t i = 0; i < stats->n_vmms;) {
		if (has_vm(stats, stats->vmms[i].pid))
			i++;
		else
			kvm_stats_remove_vmm(stats, i);
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
		int err = stats_iter__read(stats->iterator, stats->vmms[i].pid, take_item, stats);

		if (err == -ENOMEM)
			return err;
		if (err && err != -ESRCH)
			failed = err;
		if (stats->n_vms == n_before && (!err || err == -ESRCH))
			kvm_stats_remove_vmm(stats, i);
		else
			i++;
	}
	stats->one_by_one_took_ns = clock_now_ns() - start_ns;
	return failed;
}

/*
 * Of those VMMs that are known, one by one. All files of the host are read now and then, where the
 * kernel cannot do less, and where it is quicker. Each VMM has its price, and on a host for VMs
 * most files are theirs.
 */
int kvm_stats_iterate(struct kvm_stats *stats)
{
	const uint64_t age_ns = clock_now_ns() - stats->found_ns;
	bool all = !stats->found_ns || age_ns > FIND_INTERVAL_NS ||
		   stats->one_by_one_took_ns > stats->all_took_ns;
	int err;

	for (size_t p = 0; p < stats->opts.scope->n_pids; p++) {
		err = add_vmm(stats, stats->opts.scope->pids[p]);
		if (err)
			return err;
	}
	if (!stats_iter__can_restrict(stats->iterator) || (!stats->opts.scope->n_pids && all))
		return iterate_all(stats);
	return iterate_one_by_one(stats);
}

/* ---- other looks at files */

struct look {
	const pid_t *pids;
	size_t n_pids;
	void (*see)(const struct vm_file *file, void *arg);
	void *arg;
};

static int see_item(const struct stats_iter_item *item, void *arg)
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

	for (size_t i = 0; i < look->n_pids; i++)
		if (look->pids[i] == item->pid)
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
	one_by_one = stats_iter__can_restrict(stats->iterator);
	err = one_by_one ? 0 : stats_iter__read(stats->iterator, 0, see_item, &all);
	for (size_t i = 0; i < n; i++) {
		struct look one = { &pids[i], 1, see, see_arg };

		errors[i] = one_by_one ? stats_iter__read(stats->iterator, pids[i], see_item, &one)
				       : err;
	}
}

int kvm_stats_iterate_new(struct kvm_stats *stats, const struct snapshot *snapshot)
{
	int err = 0;

	for (size_t i = 0; i < snapshot->n_vms && !err; i++) {
		const struct vm_sample *vm = &snapshot->vms[i];

		if (vm->ended || kvm_stats_find_vmm(stats, vm->pid))
			continue;
		err = add_vmm(stats, vm->pid);
		if (!err && stats->iterator && stats_iter__can_restrict(stats->iterator) &&
		    stats_iter__read(stats->iterator, vm->pid, take_item, stats) == -ENOMEM)
			err = -ENOMEM;
	}
	return err;
}
