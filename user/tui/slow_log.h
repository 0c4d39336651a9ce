/* SPDX-License-Identifier: GPL-2.0 */
/*
 * slow_log: the last slow exits, with copies of all that they point to; and those that are shown, which stay while more come. Pure.
 */
#ifndef KVMTOP_TUI_SLOW_LOG_H
#define KVMTOP_TUI_SLOW_LOG_H

#include <stddef.h>
#include <stdint.h>

#include "../model/slow.h"

/* So many are kept. */
#define SLOW_LOG_MAX 1000
#define SLOW_LOG_TEXT 80

struct slow_entry {
	struct slow_exit slow; /* its texts are those below, cut to their room */
	uint64_t vm_key;       /* 0: no frame had the VM yet */
	char name[SLOW_LOG_TEXT], comm[SLOW_LOG_TEXT], reason[SLOW_LOG_TEXT], about[SLOW_LOG_TEXT];
};

/* Begins as zeroes. */
struct slow_log {
	struct slow_entry *v; /* a ring; NULL: there was none yet */
	uint64_t n;	      /* how many there were in all */
	/* The same when they were shown last. */
	struct slow_entry *shown;
	uint64_t n_shown;
};

/* @vm_key is of its VM; 0: not known. 0 or -ENOMEM. */
int slow_log__add(struct slow_log *log, const struct slow_exit *slow, uint64_t vm_key);

/* From now on all that came are shown. 0 or -ENOMEM. */
int slow_log__show(struct slow_log *log);

/* How many are shown. */
size_t slow_log__count(const struct slow_log *log);

/* Number @i of these, from 0, the newest. It stays until slow_log__show(). */
const struct slow_entry *slow_log__at(const struct slow_log *log, size_t i);

/* How many came since. */
uint64_t slow_log__newer(const struct slow_log *log);

void slow_log__release(struct slow_log *log);

#endif
