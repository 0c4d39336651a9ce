// SPDX-License-Identifier: GPL-2.0
#include "selection.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/caps.h"
#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/log.h"
#include "../model/guest.h"
#include "../model/scope.h"
#include "../model/snapshot.h"
#include "../sources/bpf/exits.h"
#include "../sources/limits.h"
#include "../sources/proc.h"

struct selection {
	const struct scope *scope;
	struct guest_filter *guest; /* NULL: all */
	bool *pid_ended;	    /* of scope->pids: that was reported */
	bool pids_checked;
};

DEFINE_CLEANUP(snapshot, struct snapshot, snapshot__free)
DEFINE_CLEANUP(selection, struct selection, selection__free)

/* " without CAP_SYS_PTRACE": what we lack to look into processes; nothing if that is not it. */
static const char *missing_text(char *buf, size_t size)
{
	uint64_t missing = caps_missing(CAP_BIT(CAP_SYS_PTRACE) | CAP_BIT(CAP_DAC_READ_SEARCH));
	char list[48];

	buf[0] = '\0';
	if (missing)
		snprintf(buf, size, " without %s", caps_list(missing, list, sizeof(list)));
	return buf;
}

/* What to do about that; root has what can be had. */
static const char *root_text(void)
{
	return geteuid() ? ": run it as root" : "";
}

/* Why no VM of process @pid is found, @err, or 0: it has none. */
static void report_no_vm(pid_t pid, int err)
{
	struct vmm_info info = { .comm = NULL };
	__autofree char *comm = NULL;
	char why[64];

	if (err == -ESRCH) {
		log_warning("there is no process %d: -p takes the pid of a VMM (QEMU)", pid);
	} else if (err == -EACCES) {
		log_warning("pid %d cannot be inspected%s, so its VMs are not known%s", pid,
			    missing_text(why, sizeof(why)), root_text());
	} else if (err) {
		log_warning("pid %d cannot be inspected: %s", pid, strerror(-err));
	} else if (!proc_vmm_read(PROC_ROOT, pid, &info)) {
		comm = fmt_escape_dup(FMT_ESCAPE_ASCII, info.comm ? info.comm : FMT_UNKNOWN);
		log_warning("pid %d (%s) has no VM: -p takes the pid of a VMM (QEMU)", pid,
			    comm ? comm : FMT_UNKNOWN);
		vmm_info__release(&info);
	}
}

void selection__check_pids(struct selection *selection)
{
	const struct scope *scope = selection->scope;

	for (size_t i = 0; i < scope->n_pids; i++) {
		bool is_vmm = false;
		int err;

		if (selection->pid_ended[i])
			continue;
		err = proc_is_vmm(PROC_ROOT, scope->pids[i], &is_vmm);
		if (!err && is_vmm)
			continue;
		selection->pid_ended[i] = !err || err == -ESRCH;
		if (selection->pids_checked && selection->pid_ended[i])
			log_warning("the VM of pid %d has ended", scope->pids[i]);
		else if (!selection->pids_checked)
			report_no_vm(scope->pids[i], err);
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
	char why[LIMITS_WHY_LEN];

	if (err && err != -ENOMEM) /* which main says */
		log_error("cannot look for VMs: %s", limits_strerror(err, why, sizeof(why)));
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

/* "; 3 processes cannot be inspected without CAP_SYS_PTRACE": the VM may be one of theirs. */
static const char *denied_text(size_t denied, char *buf, size_t size)
{
	char without[64];

	missing_text(without, sizeof(without));
	buf[0] = '\0';
	if (denied && *without)
		snprintf(buf, size, "; %zu %s cannot be inspected%s%s", denied,
			 fmt_plural(denied, "process", "processes"), without, root_text());
	return buf;
}

static int no_such_guest(const struct selection *selection, const struct guest_names *names,
			 size_t denied)
{
	const char *why = guest_filter__error(selection->guest);
	__autofree char *list = guest_names__list(names);
	char rest[160];

	if (!list)
		return -ENOMEM;
	log_error("no VM is called %s%s%s; %s%s", selection->scope->guest,
		  why ? ", and it is not a regular expression: " : "", why ? why : "",
		  *list ? list : "no VM is running", denied_text(denied, rest, sizeof(rest)));
	return -ENOENT;
}

/* -g: a VM that matches must be there at the start; later it may go and come back. */
static int find_guest(struct selection *selection)
{
	__cleanup(cleanup_snapshot) struct snapshot *vmms = snapshot__new();
	const char *pattern = selection->scope->guest;
	struct guest_names names __cleanup(guest_names__done) = { 0 };
	size_t denied = 0;
	int err;

	if (!pattern)
		return 0;
	if (!vmms)
		return -ENOMEM;
	err = guest_filter__new(pattern, NULL, 0, &selection->guest);
	if (!err)
		err = list_vmms(vmms, &denied);
	if (!err)
		err = guest_names__note(&names, vmms);
	if (err)
		return err;
	return guest_filter__apply(selection->guest, vmms)
		       ? 0
		       : no_such_guest(selection, &names, denied);
}

int selection__new(const struct scope *scope, struct selection **ret_selection)
{
	__cleanup(cleanup_selection) struct selection *selection = calloc(1, sizeof(*selection));
	int err;

	if (!selection)
		return -ENOMEM;
	selection->scope = scope;
	selection->pid_ended = calloc(scope->n_pids + 1, sizeof(*selection->pid_ended));
	if (!selection->pid_ended)
		return -ENOMEM;
	selection__check_pids(selection);
	err = find_guest(selection);
	if (err)
		return err;
	*ret_selection = take_ptr(selection);
	return 0;
}

void selection__apply(struct selection *selection, struct exits *exits, struct snapshot *snapshot)
{
	const size_t n = snapshot->n_vms;

	if (!selection->guest)
		return;
	for (size_t i = guest_filter__apply(selection->guest, snapshot); exits && i < n; i++)
		exits__ignore_vm(exits, snapshot->vms[i].key);
}

void selection__free(struct selection *selection)
{
	if (!selection)
		return;
	guest_filter__free(selection->guest);
	free(selection->pid_ended);
	free(selection);
}
