/* SPDX-License-Identifier: GPL-2.0 */
/*
 * input: a line that the user types something into. Pure.
 */
#ifndef KVMTOP_TUI_INPUT_H
#define KVMTOP_TUI_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INPUT_TEXT 128

enum input_kind {
	INPUT_NONE,
	INPUT_FILTER,
	INPUT_REGEX,
	INPUT_INTERVAL,
	INPUT_DETAIL,
	INPUT_SLOW,
	INPUT_GO_TO,
	INPUT_LATENCY,
	INPUT_MAX,
};

struct input {
	enum input_kind kind;		  /* INPUT_NONE: nothing is typed */
	char text[INPUT_TEXT];		  /* UTF-8 of characters that are seen */
	char last[INPUT_MAX][INPUT_TEXT]; /* what was entered last, for Up */
	char before[INPUT_TEXT];	  /* what Escape goes back to */
	bool untouched; /* it has what it was opened with, and the first character replaces that */
};

enum input_event {
	INPUT_IGNORED,
	INPUT_CHANGED,
	INPUT_ENTERED, /* it is closed; the text is still there */
	INPUT_CANCELLED,
};

/* Opens it with @text in it. */
void input__open(struct input *input, enum input_kind kind, const char *text);

enum input_event input__press(struct input *input, uint32_t key);

/* "interval in seconds: "; a short one where there is not much room in @width columns for what is typed. */
const char *input_prompt(enum input_kind kind, size_t width);

#endif
