// SPDX-License-Identifier: GPL-2.0
#include "messages.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/fmt.h"

int messages__add(struct messages *messages, const char *text)
{
	char *copy = fmt_escape_dup(FMT_ESCAPE_TERMINAL, text);
	size_t at = (messages->first + messages->n) % MESSAGES_MAX;

	if (!copy)
		return -ENOMEM;
	if (messages->n == MESSAGES_MAX) {
		free(messages->v[at]);
		messages->first = (messages->first + 1) % MESSAGES_MAX;
	} else {
		messages->n++;
	}
	messages->v[at] = copy;
	return 0;
}

const char *messages__at(const struct messages *messages, size_t i)
{
	return messages->v[(messages->first + i) % MESSAGES_MAX];
}

void messages__release(struct messages *messages)
{
	for (size_t i = 0; i < messages->n; i++)
		free(messages->v[(messages->first + i) % MESSAGES_MAX]);
	*messages = (struct messages){ .n = 0 };
}
