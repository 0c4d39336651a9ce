// SPDX-License-Identifier: GPL-2.0
#include "input.h"

#include <stdio.h>
#include <string.h>

#include "../base/unicode.h"
#include "key_codes.h"

#define CTRL_U 21

/* A time with its date. */
#define ROOM_TO_TYPE 24

void input__open(struct input *input, enum input_kind kind, const char *text)
{
	input->kind = kind;
	snprintf(input->text, sizeof(input->text), "%s", text);
	snprintf(input->before, sizeof(input->before), "%s", input->text);
	input->untouched = true;
}

const char *input_prompt(enum input_kind kind, size_t width)
{
	static const char *const prompts[INPUT_MAX][2] = {
		[INPUT_NONE] = { "", "" },
		[INPUT_FILTER] = { "/", "/" },
		[INPUT_REGEX] = { "regex: ", "regex: " },
		[INPUT_INTERVAL] = { "interval in seconds: ", "seconds: " },
		[INPUT_DETAIL] = { "details of (all, or kinds; empty for none): ", "details: " },
		[INPUT_SLOW] = { "exits slower than (as 10ms; empty for none): ", "slower than: " },
		[INPUT_GO_TO] = { "go to (12:33, -5min, 2026-01-31 03:00): ", "go to: " },
		[INPUT_LATENCY] = { "times of exits (full, mean or off): ", "times: " },
	};

	return prompts[kind][width < strlen(prompts[kind][0]) + ROOM_TO_TYPE];
}

/* Without its last character and what combines with it. */
static void cut_last(char *text)
{
	size_t len = strlen(text);
	uint32_t cp = 0;

	do {
		size_t end = len;

		while (len && ((unsigned char)text[--len] & 0xc0) == 0x80)
			;
		if (!utf8_decode((const unsigned char *)text + len, end - len, &cp))
			cp = 0;
		text[len] = '\0';
	} while (len && unicode_kind(cp) == UNICODE_MARK);
}

static size_t encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

static bool append(char *text, uint32_t key)
{
	const size_t len = strlen(text);
	size_t n;
	char bytes[4];

	if (key < ' ' || key == 0x7f || key > 0x10ffff || (key >= 0xd800 && key < 0xe000) ||
	    (key >= 0x80 && unicode_kind(key) == UNICODE_UNSEEN))
		return false;
	n = encode(key, bytes);
	if (len + n >= INPUT_TEXT)
		return false;
	memcpy(text + len, bytes, n);
	text[len + n] = '\0';
	return true;
}

static enum input_event enter(struct input *input)
{
	memcpy(input->last[input->kind], input->text, sizeof(input->text));
	input->kind = INPUT_NONE;
	return INPUT_ENTERED;
}

enum input_event input__press(struct input *input, uint32_t key)
{
	const bool untouched = input->untouched;

	input->untouched = false;
	switch (key) {
	case KEY_CODE_ENTER:
	case '\r':
	case '\n':
		return enter(input);
	case KEY_CODE_ESCAPE:
		memcpy(input->text, input->before, sizeof(input->text));
		input->kind = INPUT_NONE;
		return INPUT_CANCELLED;
	case KEY_CODE_BACKSPACE:
	case '\b':
	case 0x7f:
		if (!input->text[0])
			return INPUT_IGNORED;
		cut_last(input->text);
		return INPUT_CHANGED;
	case CTRL_U:
		input->text[0] = '\0';
		return INPUT_CHANGED;
	case KEY_CODE_UP:
		memcpy(input->text, input->last[input->kind], sizeof(input->text));
		return INPUT_CHANGED;
	default:
		if (untouched && key < KEY_CODE_FIRST)
			input->text[0] = '\0';
		return append(input->text, key) ? INPUT_CHANGED : INPUT_IGNORED;
	}
}
