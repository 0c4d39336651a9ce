/* SPDX-License-Identifier: GPL-2.0 */
/*
 * messages: the last messages to the user. Pure.
 */
#ifndef KVMTOP_TUI_MESSAGES_H
#define KVMTOP_TUI_MESSAGES_H

#include <stddef.h>

#define MESSAGES_MAX 200

struct messages {
	char *v[MESSAGES_MAX]; /* a ring; escaped */
	size_t first, n;
};

/* @text may come from outside. 0 or -ENOMEM. */
int messages__add(struct messages *messages, const char *text);
/* The oldest is 0. */
const char *messages__at(const struct messages *messages, size_t i);
void messages__release(struct messages *messages);

#endif
