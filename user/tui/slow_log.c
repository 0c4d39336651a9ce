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

int slow_log__add(struct slow_log *log, const struct slow_exit *slow)
{
	struct slow_entry *entry;

	if (!log->v)
		log->v = calloc(SLOW_LOG_MAX, sizeof(*log->v));
	if (!log->v)
		return -ENOMEM;
	entry = &log->v[log->n++ % SLOW_LOG_MAX];
	entry->slow = *slow;
	entry->slow.name = copy(slow->name, entry->name);
	entry->slow.comm = copy(slow->comm, entry->comm);
	entry->slow.reason = copy(slow->reason, entry->reason);
	entry->slow.about = copy(slow->about, entry->about);
	for (size_t i = 0; i < VM_ALIAS_MAX; i++)
		entry->slow.aliases[i] = NULL;
	return 0;
}

size_t slow_log__count(const struct slow_log *log)
{
	return log->n < SLOW_LOG_MAX ? (size_t)log->n : SLOW_LOG_MAX;
}

const struct slow_entry *slow_log__at(const struct slow_log *log, size_t i)
{
	return &log->v[(log->n - 1 - i) % SLOW_LOG_MAX];
}

void slow_log__release(struct slow_log *log)
{
	free(log->v);
	*log = (struct slow_log){ .n = 0 };
}
