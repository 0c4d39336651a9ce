/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vms: the VMs of the host. It owns the inventory (model/inventory.h says when a VM has ended),
 * which all sources add to. It also finds out the names and fds of VMs, and whether they have
 * ended. It knows no source.
 */
#ifndef KVMTOP_SOURCES_VMS_H
#define KVMTOP_SOURCES_VMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../model/inventory.h"

/*
 * Looks through all files of each of these processes now, and calls @see for those of VMs and vCPUs. In @errors, for each: 0, or a
 * negative errno if that failed; -EOPNOTSUPP: it cannot be done here.
 */
typedef void (*vms_see_fn)(const struct vm_file *file, void *arg);
typedef void (*vms_look_fn)(void *arg, const pid_t *pids, int *errors, size_t n, vms_see_fn see,
			    void *see_arg);

struct vms {
	struct inventory inventory;
	const char *proc_root; /* "/proc" */
	vms_look_fn look;      /* NULL: no source assigns files to VMs */
	void *look_arg;
};

/* Reads the names of new VMs, and notes which have ended. */
void vms__look_after(struct vms *vms);

/*
 * Looks for the fds of new VMs that have none, and whether those have ended whose fds new ones have. True: some have, so their last
 * slots are to be looked for.
 */
bool vms__look_at_new(struct vms *vms);

/* Closes the VMs that were seen to have ended. */
void vms__close_ended(struct vms *vms);

/* Gives all VMs their names and ids that do not have them yet. */
void vms__give_ids(struct vms *vms);

/* Whether process @tgid is still the one that began at @start_ns (CLOCK_BOOTTIME). */
bool vms__process_alive(const struct vms *vms, uint32_t tgid, uint64_t start_ns);

/* The VM of this key; NULL: there is none. Valid until it is removed from the inventory. */
struct inventory_vm *vms__find(const struct vms *vms, uint64_t key);

/* The VM that slot @slot belongs to; NULL: it is none's, or not known yet. As above. */
struct inventory_vm *vms__owner_of(const struct vms *vms, uint32_t slot);

/* Empties it. */
void vms__done(struct vms *vms);

#endif
