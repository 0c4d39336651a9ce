// SPDX-License-Identifier: GPL-2.0
#include "screen_wish.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../model/detail.h"
#include "../options/options.h"
#include "../tui/settings.h"
#include "../tui/wish.h"
#include "live_switch.h"
#include "outputs.h"
#include "screen_files.h"
#include "settings_file.h"

#define NS_PER_S 1e9

static void set_interval(struct screen_wish *screen_wish, double interval_s)
{
	const uint64_t ns = (uint64_t)(interval_s * NS_PER_S);

	screen_wish->interval_ns = ns;
	live_switch__interval(screen_wish->live_switch, ns);
	outputs__set_interval(screen_wish->outputs, ns);
}

/* As --detail has it; empty: none. */
static void set_detail(const struct screen_wish *screen_wish, const char *text, char *said,
		       size_t said_size)
{
	struct detail_spec spec __cleanup(detail_spec__done) = { 0 };

	for (const char *word = text; *word;) {
		const size_t n = strcspn(word, ",");

		if (detail_spec__add(&spec, word, n)) {
			snprintf(said, said_size, "'%.*s' is no key of exits", (int)n, word);
			return;
		}
		word += n;
		word += *word == ',';
	}
	if (live_switch__detail(screen_wish->live_switch, &spec, said, said_size))
		return;
	snprintf(said, said_size, "%s",
		 spec.kinds ? "details: on, for 150 to 850 instructions more per exit"
			    : "details: off");
}

/* As --slower-than has it; empty: none. */
static void set_slow(struct screen_wish *screen_wish, const char *text, char *said,
		     size_t said_size)
{
	char limit[FMT_SIZE];
	uint64_t slow_ns = 0;

	if (*text && !options_duration(text, &slow_ns)) {
		snprintf(said, said_size, "slow exits: a number with its unit, as 20us or 10ms");
		return;
	}
	if (live_switch__slow(screen_wish->live_switch, slow_ns, said, said_size))
		return;
	screen_wish->slow_ns = slow_ns;
	if (slow_ns)
		snprintf(said, said_size,
			 "from %s on: view 6 has them, for 450 to 800 instructions more per exit",
			 fmt_duration_ns(slow_ns, limit, sizeof(limit)));
	else
		snprintf(said, said_size, "slow exits: off");
}

static void set_tracepoints(const struct screen_wish *screen_wish, bool on, char *said,
			    size_t said_size)
{
	if (live_switch__tracepoints(screen_wish->live_switch, on, screen_wish->options->fields,
				     said, said_size))
		return;
	snprintf(said, said_size, "%s",
		 on ? "tracepoints: on, for 350 to 900 instructions more per exit"
		    : "tracepoints: off");
}

static void set_latency(const struct screen_wish *screen_wish, enum latency latency, char *said,
			size_t said_size)
{
	static const char *const texts[] = {
		[LATENCY_OFF] = "times of exits: off",
		[LATENCY_MEAN] = "times of exits: means only",
		[LATENCY_FULL] = "times of exits: full, with percentiles",
	};
	/* By what was measured before, see docs/cost.md. */
	static const char *const prices[] = {
		[LATENCY_OFF] = "130 to 250",
		[LATENCY_MEAN] = "10 to 40",
	};
	const enum latency before = live_switch__measured(screen_wish->live_switch);

	if (live_switch__latency(screen_wish->live_switch, latency, said, said_size))
		return;
	if (latency > before)
		snprintf(said, said_size,
			 "%s; counts begin anew, for %s instructions more per exit", texts[latency],
			 prices[before]);
	else
		snprintf(said, said_size, "%s", texts[latency]);
}

static void write_files(const struct screen_wish *screen_wish, char *said, size_t said_size)
{
	if (screen_wish->shown)
		screen_files__write(screen_wish->options, screen_wish->shown, said, said_size);
	else
		snprintf(said, said_size, "there is nothing to write yet");
}

/* What this version has a setting for, if it was there already or is not the default. 0 or a negative errno. */
static int change_setting(struct settings *settings, const char *key, const char *value,
			  const char *usual)
{
	if (!settings__get(settings, key) && !strcmp(value, usual))
		return 0;
	return settings__set(settings, key, value);
}

struct saved {
	const struct screen_wish *screen_wish;
	const struct list_choice *chosen;
};

/* How lists of one kind are. */
static int change_list(enum list_kind kind, const struct list_choice *chosen,
		       struct settings *settings)
{
	char sort[SETTINGS_KEY_SIZE], reverse[SETTINGS_KEY_SIZE], columns[SETTINGS_KEY_SIZE],
		off[SETTINGS_KEY_SIZE];

	settings_list_key(kind, "sort", sort);
	settings_list_key(kind, "reverse", reverse);
	settings_list_key(kind, "columns", columns);
	settings_list_key(kind, "columns.off", off);
	return change_setting(settings, sort, chosen->sort, "")
		       ?: change_setting(settings, reverse, chosen->reversed ? "yes" : "no", "no")
		       ?: change_setting(settings, columns, chosen->columns, "")
		       ?: change_setting(settings, off, chosen->off, "");
}

static int change_settings(void *arg, struct settings *settings)
{
	const struct saved *saved = arg;
	const struct screen_wish *screen_wish = saved->screen_wish;
	const struct options *options = screen_wish->options;
	char interval[FMT_LONG_SIZE], history[32];
	int err;

	fmt_decimal((double)screen_wish->interval_ns / NS_PER_S, 3, interval, sizeof(interval));
	snprintf(history, sizeof(history), "%llu",
		 (unsigned long long)(options->history_bytes >> 20));
	err = change_setting(settings, "mouse", screen_wish->mouse ? "yes" : "no", "no")
		      ?: change_setting(settings, "colour", options->no_color ? "never" : "auto",
					"auto")
		      ?: change_setting(settings, "glyphs", options->ascii ? "ascii" : "auto",
					"auto");
	for (int i = LIST_KIND_NONE + 1; i < LIST_KIND_MAX && !err; i++)
		err = change_list((enum list_kind)i, &saved->chosen[i], settings);
	/* Of a recording there is neither. */
	if (!err && screen_wish->live_switch)
		err = change_setting(settings, "interval", interval, "1")
			      ?: change_setting(settings, "history", history, "64");
	return err;
}

static void save_settings(const struct screen_wish *screen_wish, const struct list_choice *chosen,
			  char *said, size_t said_size)
{
	struct saved saved = { screen_wish, chosen };

	if (screen_wish->options->no_settings)
		snprintf(said, said_size, "not saved: kvmtop was started with --no-settings");
	else
		settings_file__save(change_settings, &saved, said, said_size);
}

/* What changes what is measured. */
static void switch_live(struct screen_wish *screen_wish, const struct wish *wish, char *said,
			size_t said_size)
{
	struct live_switch *live_switch = screen_wish->live_switch;

	switch (wish->kind) {
	case WISH_INTERVAL:
		set_interval(screen_wish, wish->interval_s);
		break;
	case WISH_DETAIL:
		set_detail(screen_wish, wish->text, said, said_size);
		break;
	case WISH_TRACEPOINTS:
		set_tracepoints(screen_wish, wish->n, said, said_size);
		break;
	case WISH_SLOW:
		set_slow(screen_wish, wish->text, said, said_size);
		break;
	case WISH_LATENCY:
		set_latency(screen_wish, (enum latency)wish->n, said, said_size);
		break;
	case WISH_RESET:
		live_switch__reset(live_switch);
		break;
	default:
		break;
	}
}

void screen_wish__do(struct screen_wish *screen_wish, const struct wish *wish, char *said,
		     size_t said_size)
{
	*said = '\0';
	if (wish->kind == WISH_WRITE)
		write_files(screen_wish, said, said_size);
	else if (wish->kind == WISH_SAVE)
		save_settings(screen_wish, wish->chosen, said, said_size);
	else if (screen_wish->live_switch)
		switch_live(screen_wish, wish, said, said_size);
	else
		snprintf(said, said_size, "of a recording that cannot be changed");
}
