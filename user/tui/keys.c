// SPDX-License-Identifier: GPL-2.0
/* keys: the table, and what is made from it. */
#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "../base/cleanup.h"
#include "key_codes.h"

#define CTRL(letter) ((letter) - 'A' + 1)
#define V(name) VIEW_BIT(VIEW_##name)
#define VIEWS_LISTS (VIEWS_DATA | V(PICK))
/* Where there are VMs to choose from. */
#define VIEWS_OF_VMS (V(VMS) | V(VCPUS) | V(REASONS) | V(EVENTS) | V(STATS) | V(SLOW) | V(TIMELINE))

#define K(...)              \
	{                   \
		__VA_ARGS__ \
	}
#define KEY(keys_, views_, action_, n_, group_, ...)                                     \
	{                                                                                \
		.keys = keys_, .views = (views_), .action = ACTION_##action_, .n = (n_), \
		.group = KEYS_##group_, __VA_ARGS__                                      \
	}

static const struct key_def defs[] = {
	KEY(K(KEY_CODE_UP, 'k'), VIEWS_ALL, UP, -1, MOVE, .name = "Up k", .help = "move up",
	    .origin = "vi"),
	KEY(K(KEY_CODE_DOWN, 'j'), VIEWS_ALL, DOWN, 1, MOVE, .name = "Down j", .help = "move down",
	    .origin = "vi"),
	KEY(K(KEY_CODE_PAGE_UP, CTRL('B')), VIEWS_ALL, PAGE_UP, -1, MOVE, .name = "PgUp Ctrl-B",
	    .help = "a page up", .origin = "less"),
	KEY(K(KEY_CODE_PAGE_DOWN, CTRL('F')), VIEWS_ALL, PAGE_DOWN, 1, MOVE, .name = "PgDn Ctrl-F",
	    .help = "a page down", .origin = "less"),
	KEY(K(KEY_CODE_HOME), VIEWS_ALL, FIRST, 0, MOVE, .name = "Home",
	    .help = "to the top; nothing is selected any more", .origin = "less"),
	KEY(K(KEY_CODE_END, 'G'), VIEWS_ALL, LAST, 0, MOVE, .name = "End G", .help = "to the end",
	    .origin = "less"),
	KEY(K(KEY_CODE_ENTER, '\r', '\n'), VIEWS_LISTS, OPEN, 0, MOVE, .name = "Enter",
	    .brief = "open", .rank = 1, .past_rank = 9,
	    .help = "open the selected row; a slow exit and the timeline lead to that time",
	    .origin = ""),
	KEY(K(KEY_CODE_BACKSPACE, KEY_CODE_ESCAPE, '\b', 0x7f), VIEWS_ALL, BACK, 0, MOVE,
	    .name = "Backspace Esc", .label = "Backspace", .brief = "back", .rank = 5,
	    .past_rank = 3, .brief_views = VIEWS_ALL & ~VIEWS_TOP,
	    .help = "back; leaves an input line, then a view, then the past; never kvmtop",
	    .origin = ""),
	KEY(K('/'), VIEWS_DATA, FILTER, 0, FILTER, .name = "/", .brief = "filter", .rank = 2,
	    .help = "only rows with these words; -word excludes", .origin = "less"),
	KEY(K('f'), V(EVENTS) | V(STATS), REGEX, 0, FILTER, .name = "f", .brief = "regex",
	    .rank = 9, .help = "only events whose names begin as this regular expression says",
	    .origin = "kvm_stat"),
	KEY(K('c'), VIEWS_DATA, CLEAR, 0, FILTER, .name = "c", .brief = "clear", .rank = 14,
	    .help = "clear all filters", .origin = "kvm_stat"),
	KEY(K('g'), VIEWS_OF_VMS, GUEST, 0, FILTER, .name = "g",
	    .help = "only one VM: choose it by its name", .origin = "kvm_stat"),
	KEY(K('p'), VIEWS_OF_VMS, PID, 0, FILTER, .name = "p",
	    .help = "only one VM: choose it by its pid", .origin = "kvm_stat"),
	KEY(K('<'), VIEWS_DATA, SORT, -1, SORT, .name = "< >", .label = "<>", .brief = "sort",
	    .rank = 3, .help = "sort by the column to the left, to the right", .origin = "top"),
	KEY(K('>'), VIEWS_DATA, SORT, 1, SORT, .help = "sort by the column to the right",
	    .origin = "top"),
	KEY(K('R', 'I'), VIEWS_DATA, REVERSE, 0, SORT, .name = "R I", .label = "R",
	    .brief = "reverse", .rank = 10, .help = "reverse the order", .origin = "top"),
	KEY(K('o'), VIEWS_DATA, MENU, 0, SORT, .name = "o", .brief = "menu", .rank = 13,
	    .help = "choose the column to sort by", .origin = "kvm_stat"),
	KEY(K('F'), VIEWS_DATA, FOLLOW, 0, SET, .name = "F", .brief = "follow", .rank = 16,
	    .help = "the selection follows its row, or stays on its line", .origin = "htop"),
	KEY(K('z', 'i'), VIEWS_DATA & ~(V(EVENTS) | V(STATS) | V(SLOW)), IDLE, 0, FILTER,
	    .name = "z i", .label = "z", .brief = "hide idle", .rank = 12,
	    .help = "hide rows that are zero or idle", .origin = "top"),
	KEY(K('z', 'i'), V(EVENTS) | V(STATS), ZEROS, 0, FILTER, .name = "z i", .label = "z",
	    .brief = "zero", .rank = 10,
	    .help = "events and statistics that never happened: shown, or hidden",
	    .origin = "kvm_stat"),
	KEY(K('!'), VIEWS_OF_VMS, FINDINGS, 0, FILTER, .name = "!", .brief = "findings only",
	    .rank = 15, .help = "only rows with findings", .origin = ""),
	KEY(K('x'), V(VMS), CHILDREN, 0, SHOW, .name = "x", .brief = "vCPUs", .rank = 15,
	    .help = "vCPUs below their VMs: shown, or hidden", .origin = "kvm_stat"),
	KEY(K('x'), V(EVENTS), CHILDREN, 0, SHOW, .name = "x", .brief = "children", .rank = 9,
	    .help = "children of events", .origin = "kvm_stat"),
	KEY(K('b'), V(EVENTS) | V(STATS), BY, 0, SHOW, .name = "b", .brief = "by vm", .rank = 9,
	    .help = "events of all VMs together, by VM, by vCPU", .origin = "kvm_stat"),
	KEY(K(' ', 'Z'), VIEWS_DATA, PAUSE, 0, TIME, .name = "Space Z", .label = "Space",
	    .brief = "pause", .rank = 4, .past_rank = 1, .past_brief = "live",
	    .recorded_brief = "play", .help = "pause, or live again; of a recording: play, or stop",
	    .origin = "htop"),
	KEY(K(KEY_CODE_LEFT), VIEWS_DATA, STEP, -1, TIME, .name = "Left Right", .brief = "time",
	    .rank = 9, .past_rank = 2, .past_brief = "step",
	    .help = "a frame back, on; Left pauses", .origin = ""),
	KEY(K(KEY_CODE_RIGHT), VIEWS_DATA, STEP, 1, TIME, .help = "a frame on", .origin = ""),
	KEY(K('['), VIEWS_DATA, STEP, -10, TIME, .name = "[ ]", .brief = "x10", .past_rank = 4,
	    .help = "ten frames back, on", .origin = ""),
	KEY(K(']'), VIEWS_DATA, STEP, 10, TIME, .help = "ten frames on", .origin = ""),
	KEY(K('{'), VIEWS_DATA, STEP, -60, TIME, .name = "{ }", .help = "sixty frames back, on",
	    .origin = ""),
	KEY(K('}'), VIEWS_DATA, STEP, 60, TIME, .help = "sixty frames on", .origin = ""),
	KEY(K('n'), VIEWS_DATA, NEXT_FINDING, 1, TIME, .name = "n N", .label = "n",
	    .brief = "finding", .rank = 11, .past_rank = 3,
	    .help = "to the next, the previous frame with a finding", .origin = ""),
	KEY(K('N'), VIEWS_DATA, NEXT_FINDING, -1, TIME,
	    .help = "to the previous frame with a finding", .origin = ""),
	KEY(K('@'), VIEWS_DATA, GO_TO, 0, TIME, .name = "@", .brief = "go to", .rank = 17,
	    .past_rank = 5, .help = "go to a time: 12:33, -5min, 2026-01-31 03:00", .origin = ""),
	KEY(K('L'), VIEWS_DATA, LIVE, 0, TIME, .name = "L", .help = "live again", .origin = ""),
	KEY(K('e'), VIEWS_DATA, EXPLAIN, 0, SHOW, .name = "e", .brief = "explain", .rank = 5,
	    .help = "explain the selected row: rule, evidence, what to do next", .origin = ""),
	KEY(K('d'), VIEWS_DATA & ~V(EVENTS), DETAIL, 0, SHOW, .live = true, .name = "d",
	    .help = "what exits were about: all, or some kinds of it; empty for off", .origin = ""),
	KEY(K('d'), V(EVENTS), TRACEPOINTS, 0, SHOW, .live = true, .name = "d",
	    .brief = "tracepoints", .rank = 10,
	    .help = "all tracepoints of KVM one by one, on or off (in the view of events)",
	    .origin = ""),
	KEY(K('S'), VIEWS_DATA, SLOW, 0, SHOW, .live = true, .name = "S",
	    .help = "slow exits: how long makes one, as 10ms; empty for off", .origin = ""),
	KEY(K('T'), VIEWS_DATA, LATENCY, 0, SHOW, .live = true, .name = "T",
	    .help = "which times of exits are taken: full (percentiles), mean or off",
	    .origin = ""),
	KEY(K('V'), VIEWS_DATA, VERIFY, 0, SHOW, .live = true, .name = "V",
	    .help = "verify: kvmtop's counts and KVM's own, compared live; V again ends it",
	    .origin = ""),
	KEY(K('u'), VIEWS_DATA & ~(V(EVENTS) | V(STATS) | V(EVENT) | V(SLOW)), UNITS, 0, SHOW,
	    .name = "u", .help = "units: per second, per interval, total", .origin = ""),
	KEY(K('t'), VIEWS_DATA, TRENDS, 0, SHOW, .name = "t", .help = "trends on or off",
	    .origin = ""),
	KEY(K('+'), VIEWS_DATA, ZOOM, 1, SHOW, .name = "+ -",
	    .help = "panel taller, shorter; more, less time in a heat map or the trend of an "
		    "event; "
		    "a recording faster, slower",
	    .origin = ""),
	KEY(K('-'), VIEWS_DATA, ZOOM, -1, SHOW, .help = "the other way round", .origin = ""),
	KEY(K('s'), VIEWS_DATA, INTERVAL, 0, SET, .live = true, .name = "s",
	    .help = "the interval, in seconds", .origin = "kvm_stat"),
	KEY(K('r'), VIEWS_DATA, RESET, 0, SET, .live = true, .name = "r",
	    .help = "totals begin at zero", .origin = "kvm_stat"),
	KEY(K('W'), VIEWS_DATA, SAVE, 0, SET, .name = "W", .help = "save settings",
	    .origin = "top"),
	KEY(K('m'), VIEWS_ALL, MOUSE, 0, SET, .name = "m", .help = "mouse on or off",
	    .origin = "htop"),
	KEY(K(KEY_CODE_CLICK), VIEWS_ALL, CLICK, 0, MOVE, .name = "click",
	    .help = "with the mouse on: select a row, open it; sort by a column, reverse",
	    .origin = "htop"),
	KEY(K(KEY_CODE_F2), VIEWS_DATA, COLUMNS, 0, SET, .name = "F2",
	    .help = "columns: which are shown, and why others are not", .origin = "htop"),
	KEY(K(' '), V(PICK), OPEN, 0, SET, .name = "Space",
	    .help = "in the list of columns: switch the selected one on or off", .origin = ""),
	KEY(K('<'), V(PICK), MOVE_COLUMN, -1, SET, .name = "< >",
	    .help = "in the list of columns: move the selected one up, down", .origin = ""),
	KEY(K('>'), V(PICK), MOVE_COLUMN, 1, SET,
	    .help = "in the list of columns: move the selected one down", .origin = ""),
	KEY(K('w'), VIEWS_DATA, WRITE, 0, WRITE, .name = "w", .brief = "write", .past_rank = 6,
	    .help = "write this frame to files in the current folder", .origin = ""),
	KEY(K('Q'), VIEWS_ALL, QUIT_AND_PRINT, 0, WRITE, .name = "Q",
	    .help = "quit, and leave the picture printed", .origin = ""),
	KEY(K(CTRL('L')), VIEWS_ALL, REPAINT, 0, WRITE, .name = "Ctrl-L",
	    .help = "repaint all, and measure now", .origin = "htop"),
	KEY(K(CTRL('Z')), VIEWS_ALL, SUSPEND, 0, WRITE, .name = "Ctrl-Z",
	    .help = "suspend; fg comes back", .origin = "top"),
	KEY(K('1'), VIEWS_ALL & ~V(PICK), VIEW, VIEW_VMS, VIEWS, .name = "1", .help = "VMs",
	    .origin = ""),
	KEY(K('2'), VIEWS_ALL & ~V(PICK), VIEW, VIEW_VCPUS, VIEWS, .name = "2", .help = "vCPUs",
	    .origin = ""),
	KEY(K('3'), VIEWS_ALL & ~V(PICK), VIEW, VIEW_REASONS, VIEWS, .name = "3",
	    .help = "exit reasons", .origin = ""),
	KEY(K('4'), VIEWS_ALL & ~V(PICK), VIEW, VIEW_EVENTS, VIEWS, .name = "4", .help = "events",
	    .origin = ""),
	KEY(K('5'), VIEWS_ALL & ~V(PICK), VIEW, VIEW_STATS, VIEWS, .name = "5",
	    .help = "statistics of KVM", .origin = ""),
	KEY(K('6'), VIEWS_ALL & ~V(PICK), VIEW, VIEW_SLOW, VIEWS, .name = "6", .help = "slow exits",
	    .origin = ""),
	KEY(K('7'), VIEWS_ALL & ~V(PICK), VIEW, VIEW_TIMELINE, VIEWS, .name = "7",
	    .help = "timeline", .origin = ""),
	KEY(K(KEY_CODE_TAB, '\t'), VIEWS_DATA, NEXT_VIEW, 1, VIEWS, .name = "Tab", .brief = "views",
	    .rank = 6, .help = "the next view; in a VM: the next table", .origin = "htop"),
	KEY(K(KEY_CODE_BACK_TAB), VIEWS_DATA, PREVIOUS_VIEW, -1, VIEWS, .name = "Shift-Tab",
	    .help = "the view before", .origin = "htop"),
	KEY(K('M'), VIEWS_ALL & ~V(PICK), MESSAGES, 0, VIEWS, .name = "M",
	    .help = "messages: what was refused, dropped, written", .origin = ""),
	KEY(K(KEY_CODE_F1, 'h', '?'), VIEWS_ALL, HELP, 0, VIEWS, .name = "F1 h ?", .label = "h",
	    .brief_views = VIEWS_ALL & ~V(PICK), .brief = "help", .rank = 7, .past_rank = 7,
	    .help = "this help", .origin = "htop"),
	KEY(K('q', CTRL('C'), KEY_CODE_F10), VIEWS_ALL, QUIT, 0, WRITE, .name = "q Ctrl-C F10",
	    .label = "q", .brief_views = VIEWS_ALL & ~V(PICK), .brief = "quit", .rank = 8,
	    .past_rank = 8, .help = "quit", .origin = "top"),
};

size_t keys_count(void)
{
	return ARRAY_SIZE(defs);
}

const struct key_def *keys_at(size_t i)
{
	return &defs[i];
}

static bool has_key(const struct key_def *def, uint32_t key)
{
	for (size_t i = 0; i < KEYS_PER_DEF && def->keys[i]; i++)
		if (def->keys[i] == key)
			return true;
	return false;
}

const struct key_def *keys_find(uint32_t key, enum view_id view)
{
	for (size_t i = 0; key && i < ARRAY_SIZE(defs); i++)
		if (defs[i].views & VIEW_BIT(view) && has_key(&defs[i], key))
			return &defs[i];
	return NULL;
}

const char *key_group_name(enum key_group group)
{
	static const char *const names[KEYS_MAX] = {
		[KEYS_MOVE] = "Move",	  [KEYS_VIEWS] = "Views", [KEYS_SORT] = "Sort",
		[KEYS_FILTER] = "Filter", [KEYS_SHOW] = "Show",	  [KEYS_TIME] = "Time",
		[KEYS_WRITE] = "Other",	  [KEYS_SET] = "Set",
	};

	return names[group];
}

/* ---- the bottom line */

static unsigned int rank_of(const struct key_def *def, enum view_id view, bool past)
{
	const uint32_t views = def->brief_views ? def->brief_views : def->views;

	if (!def->brief || !(views & VIEW_BIT(view)))
		return 0;
	return past ? def->past_rank : def->rank;
}

unsigned int keys_rank(const struct key_def *def, enum view_id view)
{
	return rank_of(def, view, false);
}

static const char *label_of(const struct key_def *def)
{
	return def->label ? def->label : def->name;
}

static const char *brief_of(const struct key_def *def, enum keys_time time)
{
	if (time == KEYS_TIME_RECORDED && def->recorded_brief)
		return def->recorded_brief;
	return time && def->past_brief ? def->past_brief : def->brief;
}

/* Up to which rank all have a place in @width columns. */
static unsigned int last_rank(enum view_id view, enum keys_time time, size_t width)
{
	size_t used = 0;
	unsigned int rank;

	for (rank = 1; rank <= UINT8_MAX; rank++) {
		for (size_t i = 0; i < ARRAY_SIZE(defs); i++)
			if (rank_of(&defs[i], view, time) == rank)
				used += (used ? 2 : 0) + strlen(label_of(&defs[i])) + 1 +
					strlen(brief_of(&defs[i], time));
		if (used > width)
			break;
	}
	return rank - 1;
}

void keys_line(enum view_id view, enum keys_time time, size_t width, char *buf, size_t size)
{
	const unsigned int last = last_rank(view, time, width);
	size_t used = 0;

	*buf = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(defs) && used < size; i++) {
		unsigned int rank = rank_of(&defs[i], view, time);

		if (rank && rank <= last)
			used += (size_t)snprintf(buf + used, size - used, "%s%s %s",
						 used ? "  " : "", label_of(&defs[i]),
						 brief_of(&defs[i], time));
	}
}
