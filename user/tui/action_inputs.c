// SPDX-License-Identifier: GPL-2.0
#include "action_inputs.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../model/ids.h"
#include "../model/when.h"
#include "state.h"
#include "wish.h"

#define INTERVAL_MIN 0.1
#define INTERVAL_MAX 3600.0

void action_inputs_open(struct state *state, enum action action)
{
	static const enum input_kind kinds[ACTION_MAX] = {
		[ACTION_FILTER] = INPUT_FILTER,	  [ACTION_REGEX] = INPUT_REGEX,
		[ACTION_GO_TO] = INPUT_GO_TO,	  [ACTION_DETAIL] = INPUT_DETAIL,
		[ACTION_SLOW] = INPUT_SLOW,	  [ACTION_INTERVAL] = INPUT_INTERVAL,
		[ACTION_LATENCY] = INPUT_LATENCY,
	};
	const enum input_kind kind = kinds[action];
	char interval[32];
	const char *text = state->input.last[kind];

	if (kind == INPUT_FILTER)
		text = state->filter.words;
	if (kind == INPUT_REGEX)
		text = state->filter.regex;
	if (kind == INPUT_INTERVAL) {
		snprintf(interval, sizeof(interval), "%g", state->ctx.time.interval_s);
		text = interval;
	}
	input__open(&state->input, kind, text);
	state->hint[0] = '\0';
}

static void enter_interval(struct state *state, const char *text, struct wish *wish)
{
	char *end;
	const double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= INTERVAL_MIN && seconds <= INTERVAL_MAX)) {
		state__hint(state, "the interval is 0.1 to 3600 seconds");
		return;
	}
	wish->kind = WISH_INTERVAL;
	wish->interval_s = seconds;
}

static void enter_time(struct state *state, const char *text, struct wish *wish)
{
	struct when when;

	if (!*text)
		return;
	if (when_parse(text, &when) || when.kind == WHEN_NONE) {
		state__hint(state, when_problem(text));
		return;
	}
	/* The end of what is live is the newest, and those to come. */
	wish->kind = when.kind == WHEN_BEFORE_END && !when.ns && !state->ctx.opts.recorded
			     ? WISH_LIVE
			     : WISH_SEEK;
	wish->wall_ns = when_resolve_in(&when, state->ctx.time.first_ns, state->ctx.time.last_ns);
}

static void enter_latency(struct state *state, const char *text, struct wish *wish)
{
	static const char *const words[] = {
		[LATENCY_OFF] = "off", [LATENCY_MEAN] = "mean", [LATENCY_FULL] = "full"
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		wish->kind = WISH_LATENCY;
		wish->n = (int64_t)i;
		return;
	}
	if (*text)
		state__hint(state, "times are full, mean or off");
}

static void enter_text(enum wish_kind kind, const char *text, struct wish *wish)
{
	wish->kind = kind;
	snprintf(wish->text, sizeof(wish->text), "%s", text);
}

/* Filters are in force as they are typed. */
static int apply_filter(struct state *state, enum input_kind kind)
{
	if (kind == INPUT_FILTER)
		filter__set_words(&state->filter, state->input.text);
	else if (kind != INPUT_REGEX)
		return 0;
	else if (filter__set_regex(&state->filter, state->input.text))
		state__hint(state, "not valid yet: the one before is in force");
	else
		state->hint[0] = '\0';
	return state__refill(state, REFILL_CHANGED);
}

int action_inputs_press(struct state *state, uint32_t key, struct wish *wish)
{
	const enum input_kind kind = state->input.kind;
	const enum input_event event = input__press(&state->input, key);
	const char *text = state->input.text;

	if (event == INPUT_IGNORED)
		return 0;
	if (event == INPUT_ENTERED && kind == INPUT_INTERVAL)
		enter_interval(state, text, wish);
	else if (event == INPUT_ENTERED && kind == INPUT_GO_TO)
		enter_time(state, text, wish);
	else if (event == INPUT_ENTERED && kind == INPUT_DETAIL)
		enter_text(WISH_DETAIL, text, wish);
	else if (event == INPUT_ENTERED && kind == INPUT_LATENCY)
		enter_latency(state, text, wish);
	else if (event == INPUT_ENTERED && kind == INPUT_SLOW)
		enter_text(WISH_SLOW, text, wish);
	return apply_filter(state, kind);
}
