// SPDX-License-Identifier: GPL-2.0
#include "slow_exits.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "../base/clock.h"
#include "../model/reasons.h"
#include "../model/slow.h"
#include "../model/snapshot.h"
#include "../sources/bpf/drilldown.h"
#include "collection.h"
#include "outputs.h"
#include "selection.h"
#include "signals.h"

/* One writing: what it is until. */
struct writing {
	const struct slow_exits *slow_exits;
	uint64_t until_ns;
	enum slow_until until;
	struct ending *ending; /* NULL: no reader is waited for */
};

/* -g: a slow exit of a VM that is not asked for is not shown. */
static bool is_wanted(const struct slow_exits *slow_exits, const struct slow_exit *slow)
{
	struct vm_sample vm = { .pid = slow->pid, .name = slow->name, .comm = slow->comm };
	struct snapshot one = { .vms = &vm, .n_vms = 1 };

	memcpy(vm.aliases, slow->aliases, sizeof(vm.aliases));
	selection__apply(slow_exits->selection, NULL, &one);
	return one.n_vms;
}

static bool is_over(const struct writing *writing)
{
	return clock_now_ns() >= writing->until_ns ||
	       (writing->until == SLOW_TO_A_SIGNAL && signals__count());
}

static int hand_over(const struct writing *writing, const struct slow_exit *slow)
{
	const struct slow_exits *slow_exits = writing->slow_exits;
	struct outputs *outputs = slow_exits->outputs;
	int err = slow_exits->seen ? slow_exits->seen(slow_exits->arg, slow) : 0;

	if (!err && writing->ending)
		err = outputs__wait_for_room(outputs, writing->ending);
	return err && err != -EINTR ? err : outputs__write_slow(outputs, slow);
}

static int write_one(const struct slow_exit *found, void *arg)
{
	const struct writing *writing = arg;
	const struct slow_exits *slow_exits = writing->slow_exits;
	struct slow_exit slow = *found;
	char reason[128];
	int err;

	if (writing->until == SLOW_TO_A_SIGNAL)
		signals__look();
	if (!is_wanted(slow_exits, &slow))
		return is_over(writing) ? -ECANCELED : 0;
	slow.reason = reason_names__format(slow_exits->names, slow.isa, slow.code, reason,
					   sizeof(reason));
	if (slow.about_known && slow.kind == DETAIL_PC)
		slow.about_known = false; /* the address is there anyway */
	if (slow.about_known)
		slow.about = detail_names__lookup(collection__detail_names(slow_exits->collection),
						  slow.kind, slow.key);
	err = hand_over(writing, &slow);
	if (!err && is_over(writing))
		err = -ECANCELED;
	return err;
}

static int write_all(struct writing *writing)
{
	int err = drilldown__take_slow(collection__slow(writing->slow_exits->collection), write_one,
				       writing);

	return err == -ECANCELED ? 0 : err;
}

int slow_exits__write(const struct slow_exits *slow_exits, uint64_t until_ns, enum slow_until until)
{
	struct writing writing = { .slow_exits = slow_exits, .until_ns = until_ns, .until = until };

	return write_all(&writing);
}

int slow_exits__end(const struct slow_exits *slow_exits, struct ending *ending)
{
	struct writing writing = { .slow_exits = slow_exits,
				   .until_ns = UINT64_MAX,
				   .ending = ending };

	drilldown__end_slow(collection__slow(slow_exits->collection));
	return write_all(&writing);
}
