// SPDX-License-Identifier: GPL-2.0
/* ids: the names of the small vocabularies. */
#include "ids.h"

#include <stdio.h>

#include "../arch/arch.h"
#include "../base/fmt.h"
#include "column_families.h"

static const char *const drop_cause_names[DROP_CAUSE_MAX] = {
	[DROP_MAP_FULL] = "map_full", [DROP_MISSED] = "missed",		  [DROP_DETAIL] = "detail",
	[DROP_SLOW] = "slow",	      [DROP_TRACEPOINTS] = "tracepoints", [DROP_FRAMES] = "frames",
};

static const char *const vcpu_held_names[HELD_MAX] = {
	[HELD_NOT] = "no",
	[HELD_STOPPED] = "stopped",
	[HELD_FROZEN] = "frozen",
	[HELD_PARKED] = "parked",
};

static const char *const vcpu_state_names[STATE_MAX] = {
#define STATE_NAME(state, name, ...) [STATE_##state] = name,
	STATES(STATE_NAME)
#undef STATE_NAME
};

static const char *const source_id_names[SOURCE_ID_MAX] = {
	[SOURCE_TRACEPOINTS] = "tracepoints",
	[SOURCE_STATS] = "stats",
	[SOURCE_DEBUGFS] = "debugfs",
};

static const char *const stats_source_names[STATS_SOURCE_MAX] = {
	[STATS_NONE] = "none",
	[STATS_FD] = "fd",
	[STATS_ITERATOR] = "iterator",
	[STATS_DEBUGFS] = "debugfs",
};

void vm_id(pid_t pid, int vm_fd, char id[static VM_ID_SIZE])
{
	if (vm_fd >= 0)
		snprintf(id, VM_ID_SIZE, "%d-%d", pid, vm_fd);
	else if (vm_fd == -1)
		snprintf(id, VM_ID_SIZE, "%d-?", pid);
	else
		snprintf(id, VM_ID_SIZE, "%d-?%lld", pid, -(long long)vm_fd);
}

void vm_label(const char *name, const char *comm, const char *tag, char *buf, size_t size)
{
	if (name && *name)
		snprintf(buf, size, "%s", name);
	else if (comm && *comm)
		snprintf(buf, size, "%s%s[%s]", tag ? tag : "", tag ? " " : "", comm);
	else
		snprintf(buf, size, "%s", tag ? tag : FMT_UNKNOWN);
}

const char *drop_cause_name(enum drop_cause cause)
{
	return cause < DROP_CAUSE_MAX ? drop_cause_names[cause] : NULL;
}

const char *vcpu_state_name(enum vcpu_state state)
{
	return state < STATE_MAX ? vcpu_state_names[state] : NULL;
}

const char *vcpu_held_name(enum vcpu_held held)
{
	return held < HELD_MAX ? vcpu_held_names[held] : NULL;
}

const char *source_id_name(enum source_id source)
{
	return source < SOURCE_ID_MAX ? source_id_names[source] : NULL;
}

const char *stats_source_name(enum stats_source source)
{
	return source < STATS_SOURCE_MAX ? stats_source_names[source] : NULL;
}

bool isa_is_nested(uint32_t isa)
{
	return isa & ISA_L2 && arch_isa(isa & ~ISA_L2);
}

uint32_t isa_base(uint32_t isa)
{
	return isa_is_nested(isa) ? isa & ~ISA_L2 : isa;
}

const char *isa_name(uint32_t isa)
{
	const struct arch_isa *found = arch_isa(isa_base(isa));

	if (isa == ISA_USER)
		return "user";
	return found ? found->name : NULL;
}
