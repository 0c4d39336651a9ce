// SPDX-License-Identifier: GPL-2.0
#include "live.h"

#include <stddef.h>

#include "../sources/bpf/exits.h"
#include "../sources/kvm_stats.h"
#include "../sources/vms.h"

void live__join(const struct live *live)
{
	live->vms->look = kvm_stats__look;
	live->vms->look_arg = live->stats;
}

/* VMs that have statistics may not have had an exit yet. Those that had one come first, see exits__find_vms(). */
static int note_vms(const struct live *live)
{
	const struct vm_ident *ident;
	enum stats_source source;
	int err = exits__find_vms(live->exits);

	for (size_t i = 0; !err && kvm_stats__vm(live->stats, i, &ident, &source); i++)
		err = inventory__note(&live->vms->inventory, ident);
	return err;
}

int live__read(const struct live *live, struct snapshot *snapshot)
{
	int err = kvm_stats__read(live->stats, snapshot);

	if (!err)
		err = note_vms(live);
	if (!err)
		err = exits__read(live->exits, snapshot);
	return err ? err : kvm_stats__merge(live->stats, snapshot);
}
