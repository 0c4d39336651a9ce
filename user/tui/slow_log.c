// SPDX-License-Identifier: GPL-2.0
#include "slow_log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* A copy of @text in @buf; NULL stays NULL. */
static const char *copy(const char *text, char buf[SLOW_LOG_TEXT])
{
	if (text)
		snprintf(buf, SLOW_LOG_TEXT, "%s", text);
	return text ? buf : NULL;
}

static void set(struct slow_entry *entry, const struct slow_exit *slow, uint64_t vm_key)
{
	entry->slow = *slow;
	entry->vm_key = vm_key;
	entry->slow.name = copy(slow->name, entry->name);
	entry->slow.comm = copy(slow->comm, entry->comm);
	entry->slow.reason = copy(slow->reason, entry->reason);
	entry->slow.about = copy(slow->about, entry->about);
	for (size_t i = 0; i < VM_ALIAS_MAX; i++)
		entry->slow.aliases[i] = NULL;
}

/* Room for all of them, unless there is some. 0 or -ENOMEM. */
static int make_room(struct slow_entry **v)
{
	if (!*v)
		*v = calloc(SLOW_LOG_MAX, sizeof(**v));
	return *v ? 0 : -ENOMEM;
}

int slow_log__add(struct slow_log *log, const struct slow_exit *slow, uint64_t vm_key)
{
	int err = make_room(&log->v);

	if (!err)
		set(&log->v[log->n++ % SLOW_LOG_MAX], slow, vm_key);
	return err;
}

int slow_log__show(struct slow_log *log)
{
	int err = log->n == log->n_shown ? 0 : make_room(&log->shown);

	if (err)
		return err;
	/* Only those that came since. */
	if (log->n - log->n_shown > SLOW_LOG_MAX)
		log->n_shown = log->n - SLOW_LOG_MAX;
	for (; log->n_shown < log->n; log->n_shown++) {
		const struct slow_entry *entry = &log->v[log->n_shown % SLOW_LOG_MAX];

		set(&log->shown[log->n_shown % SLOW_LOG_MAX], &entry->slow, entry->vm_key);
	}
	return 0;
}

size_t slow_log__count(const struct slow_log *log)
{
	return log->n_shown < SLOW_LOG_MAX ? (size_t)log->n_shown : SLOW_LOG_MAX;
}

uint64_t slow_log__newer(const struct slow_log *log)
{
	return log->n - log->n_shown;
}

const struct slow_entry *slow_log__at(const struct slow_log *log, size_t i)
{
	return &log->shown[(log->n_shown - 1 - i) % SLOW_LOG_MAX];
}

void slow_log__release(struct slow_log *log)
{
	free(log->v);
	free(log->shown);
	*log = (struct slow_log){ .n = 0 };
}
