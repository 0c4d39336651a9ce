// SPDX-License-Identifier: GPL-2.0
#include "selection.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "model/guest.h"
#include "model/snapshot.h"
#include "options.h"
#include "sources/proc.h"

struct selection {
	const struct options *options;
	struct guest_filter *guest; /* NULL: all */
	bool *pid_ended;	    /* of options->pids: that was said */
	bool pids_checked;
};

static void cleanup_snapshot(struct snapshot **snapshot)
{
	snapshot__free(*snapshot);
}

static void cleanup_selection(struct selection **selection)
{
	selection__free(*selection);
}

void selection__check_pids(struct selection *selection)
{
	const struct options *options = selection->options;

	for (size_t i = 0; i < options->n_pids; i++) {
		__autofree int *fds = NULL;
		size_t n = 0;
		int err;

		if (selection->pid_ended[i])
			continue;
		err = proc_kvm_vm_fds(PROC_ROOT, options->pids[i], &fds, &n);
		if (err && err != -ESRCH)
			continue;
		if (!err && n)
			continue;
		selection->pid_ended[i] = true;
		if (selection->pids_checked)
			log_warning("pid %d: its VM has ended", options->pids[i]);
		else if (err)
			log_warning("pid %d: no such process", options->pids[i]);
		else
			log_warning("pid %d: not a VMM, it has no VM open", options->pids[i]);
	}
	selection->pids_checked = true;
}

/*
 * The VMMs that run now, as a snapshot without counters: exits come later. @ret_denied: how many processes we may
 * not look into.
 */
static int list_vmms(struct snapshot *snapshot, size_t *ret_denied)
{
	__autofree pid_t *pids = NULL;
	size_t n = 0;
	int err = proc_find_vmms(PROC_ROOT, &pids, &n, ret_denied);

	if (err)
		return err;
	snapshot->vms = arena__calloc(snapshot->arena, n + 1, sizeof(*snapshot->vms));
	if (!snapshot->vms)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct vmm_info info;

		if (proc_vmm_read(PROC_ROOT, pids[i], &info))
			continue;
		snapshot->vms[snapshot->n_vms++] = (struct vm_sample){
			.pid = pids[i],
			.name = arena__strdup(snapshot->arena, info.name),
			.comm = arena__strdup(snapshot->arena, info.comm),
		};
		for (size_t k = 0; k < VM_ALIAS_MAX; k++)
			snapshot->vms[snapshot->n_vms - 1].aliases[k] =
				arena__strdup(snapshot->arena, info.aliases[k]);
		vmm_info__release(&info);
	}
	return 0;
}

/* -g: a VM that matches must be there at the start; later it may go and come back. */
static int find_guest(struct selection *selection)
{
	__cleanup(cleanup_snapshot) struct snapshot *vmms = snapshot__new();
	const char *pattern = selection->options->guest;
	size_t denied = 0;
	const char *why;
	int err;

	if (!pattern)
		return 0;
	if (!vmms)
		return -ENOMEM;
	err = guest_filter__new(pattern, NULL, 0, &selection->guest);
	if (!err)
		err = list_vmms(vmms, &denied);
	if (err)
		return err;
	if (guest_filter__apply(selection->guest, vmms))
		return 0;
	why = guest_filter__error(selection->guest);
	if (why)
		log_error("-g '%s': no VM has this name, and it is not a regular expression: %s",
			  pattern, why);
	else if (denied)
		log_error("-g '%s': no VM matches, but %zu processes may not be looked into: "
			  "run it as root",
			  pattern, denied);
	else
		log_error("-g '%s': no VM that runs now has this name or matches it", pattern);
	return -ENOENT;
}

int selection__new(const struct options *options, struct selection **ret_selection)
{
	__cleanup(cleanup_selection) struct selection *selection = calloc(1, sizeof(*selection));
	int err;

	if (!selection)
		return -ENOMEM;
	selection->options = options;
	selection->pid_ended = calloc(options->n_pids + 1, sizeof(*selection->pid_ended));
	if (!selection->pid_ended)
		return -ENOMEM;
	selection__check_pids(selection);
	err = find_guest(selection);
	if (err)
		return err;
	*ret_selection = take_ptr(selection);
	return 0;
}

void selection__apply(struct selection *selection, struct snapshot *snapshot)
{
	if (selection->guest)
		guest_filter__apply(selection->guest, snapshot);
}

void selection__free(struct selection *selection)
{
	if (!selection)
		return;
	guest_filter__free(selection->guest);
	free(selection->pid_ended);
	free(selection);
}
