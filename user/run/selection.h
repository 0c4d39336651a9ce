/* SPDX-License-Identifier: GPL-2.0 */
/* selection: which VMs were asked for (-p, -g), and the messages about those that are not there. */
#ifndef KVMTOP_RUN_SELECTION_H
#define KVMTOP_RUN_SELECTION_H

struct exits;
struct scope;
struct selection;
struct snapshot;

/*
 * A VM that -g names must be there now; later it may go and come back. Says what is wrong, and which -p is no VMM. 0, -ENOENT
 * (no VM matches) or another negative errno. @scope outlives it.
 */
int selection__new(const struct scope *scope, struct selection **ret_selection);

/* Says which of the VMMs asked for by -p are none any more; the rest goes on. */
void selection__check_pids(struct selection *selection);

/*
 * Leaves only the VMs in @snapshot that -g asks for. @exits, of which it is, ignores the others
 * from now on; NULL: no such call. (The sources handle -p.)
 */
void selection__apply(struct selection *selection, struct exits *exits, struct snapshot *snapshot);

void selection__free(struct selection *selection);

#endif
