/* SPDX-License-Identifier: GPL-2.0 */
/*
 * list_choice: what of the screen's lists a user can save: their order and columns, by kinds of rows. Pure.
 */
#ifndef KVMTOP_MODEL_LIST_CHOICE_H
#define KVMTOP_MODEL_LIST_CHOICE_H

#include <stdbool.h>

/* X(id, name): the name is in settings, before a '.'; that of VMs has none. */
#define LIST_KINDS(X)                    \
	X(VMS, "")                       \
	X(VCPUS, "vcpus")                \
	X(VCPUS_OF_VM, "vcpus_of_vm")    \
	X(REASONS, "reasons")            \
	X(USER_EXITS, "userspace_exits") \
	X(EVENTS, "events")              \
	X(STATS, "statistics")           \
	X(SLOW, "slow_exits")            \
	X(TIMELINE, "timeline")          \
	X(KEYS, "keys")

/* What is in a list; those of one kind have the same order and columns. */
enum list_kind {
	LIST_KIND_NONE, /* it is not saved */
#define LIST_KIND(id, name) LIST_KIND_##id,
	LIST_KINDS(LIST_KIND)
#undef LIST_KIND
		LIST_KIND_MAX,
};

#define LIST_CHOICE_COLUMNS 512

/* Columns are called as in CSV; "" is this version's default. */
struct list_choice {
	char sort[32]; /* or a word of --sort */
	bool reversed;
	/* With commas between. */
	char columns[LIST_CHOICE_COLUMNS]; /* from left to right; others come behind them */
	char off[LIST_CHOICE_COLUMNS];	   /* that are not wanted; LIST_CHOICE_ALL: all are */
};

#define LIST_CHOICE_ALL "none"

static inline const char *list_kind_name(enum list_kind kind)
{
	switch (kind) {
#define LIST_KIND(id, name)  \
	case LIST_KIND_##id: \
		return name;
		LIST_KINDS(LIST_KIND)
#undef LIST_KIND
	default:
		return "";
	}
}

#endif
