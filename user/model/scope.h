/* SPDX-License-Identifier: GPL-2.0 */
/*
 * scope: which VMs and vCPUs were asked for (-p, -g, --vcpu). Callers ask here, or hand the lists
 * to the kernel. Pure. VMs by name are found by guest.h, as that takes all of them.
 */
#ifndef KVMTOP_MODEL_SCOPE_H
#define KVMTOP_MODEL_SCOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct scope {
	pid_t *pids; /* of VMMs: sorted, none twice; n_pids 0: all */
	size_t n_pids;
	uint32_t *vcpu_ids; /* likewise */
	size_t n_vcpu_ids;
	const char *guest; /* the name of VMs, or NULL: all; not owned */
};

/* What is there already is not added again. 0 or -ENOMEM. */
int scope__add_pid(struct scope *scope, pid_t pid);
int scope__add_vcpu(struct scope *scope, uint32_t id);

/* Whether all VMs with all their vCPUs are in it. */
bool scope__is_all(const struct scope *scope);

/* Whether the VMMs, or the vCPUs, that were asked for include this one. */
bool scope__has_pid(const struct scope *scope, pid_t pid);
bool scope__has_vcpu(const struct scope *scope, uint32_t id);

void scope__done(struct scope *scope);

#endif
