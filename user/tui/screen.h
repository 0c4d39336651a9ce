/* SPDX-License-Identifier: GPL-2.0 */
/*
 * screen: what the user sees and does: views, selection, order, filters, input lines. Pure: frames and keys go in, a grid and wishes come out.
 *
 * It knows no terminal, no feed and no clock. Who runs it (run/screen_run.c) does what it wishes, and gives it what came of that.
 */
#ifndef KVMTOP_TUI_SCREEN_H
#define KVMTOP_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "glyphs.h"

struct frame;
struct grid;
struct screen;
struct slow_exit;

/* Keys that are no characters. A character is its code point; Ctrl-A to Ctrl-Z are 1 to 26. */
enum screen_key {
	KEY_CODE_FIRST = 0x110000, /* above all code points */
	KEY_CODE_UP,
	KEY_CODE_DOWN,
	KEY_CODE_LEFT,
	KEY_CODE_RIGHT,
	KEY_CODE_PAGE_UP,
	KEY_CODE_PAGE_DOWN,
	KEY_CODE_HOME,
	KEY_CODE_END,
	KEY_CODE_ENTER,
	KEY_CODE_BACKSPACE,
	KEY_CODE_DELETE,
	KEY_CODE_ESCAPE,
	KEY_CODE_TAB,
	KEY_CODE_BACK_TAB,
	KEY_CODE_F1,
	KEY_CODE_F2,
	KEY_CODE_F10,
	KEY_CODE_RESIZE, /* screen__resize() was called already */
};

/* What a key asks of the one who runs the screen. */
enum wish_kind {
	WISH_NOTHING,
	WISH_QUIT,
	WISH_QUIT_AND_PRINT, /* what is shown stays on the terminal */
	WISH_REPAINT,	     /* all of the terminal, and measure now if live */
	WISH_SUSPEND,
	WISH_PAUSE,
	WISH_LIVE,	   /* the newest frame, and those to come */
	WISH_STEP,	   /* wish.n frames on, back if below 0; pauses */
	WISH_SEEK,	   /* to the frame at wish.wall_ns; pauses */
	WISH_NEXT_FINDING, /* wish.n 1 or -1, of wish.vm_key if it is not 0; pauses */
	WISH_INTERVAL,	   /* wish.interval_s */
	WISH_DETAIL,	   /* wish.text as for --detail, "" for none */
	WISH_TRACEPOINTS,  /* wish.n 0 or 1 */
	WISH_SLOW,	   /* wish.text as for --slower-than, "" for none */
	WISH_LATENCY,	   /* wish.n: enum latency */
	WISH_RESET,	   /* totals begin at zero */
	WISH_WRITE,	   /* what is shown, to files */
	WISH_SAVE,	   /* the settings */
	WISH_MOUSE,	   /* wish.n 0 or 1 */
	WISH_SPEED,	   /* of a recording: wish.n 1 is faster, -1 slower */
};

#define WISH_TEXT 256

struct wish {
	enum wish_kind kind;
	int64_t n;
	int64_t wall_ns;
	uint64_t vm_key;
	double interval_s;
	char text[WISH_TEXT];
};

/* What is constant. Texts outlive the screen. */
struct screen_opts {
	const char *version;
	enum glyph_set glyphs;
	bool recorded; /* of --replay: there is no live */
	double interval_s;
	bool cursor_on_selection; /* for those who hear the screen read out */
};

/* How the picture relates to time. */
enum screen_mode { SCREEN_LIVE, SCREEN_PAUSED, SCREEN_PLAYING, SCREEN_AT_END };

struct screen_time {
	enum screen_mode mode;
	bool has_past; /* first_ns and last_ns (CLOCK_REALTIME) can be looked at */
	int64_t first_ns, last_ns;
	uint64_t frames; /* about how many these are */
	double interval_s;
	double took_s; /* how long the last refresh took; shown if it is more than the interval */
};

/* What kvmtop itself costs and lacks; below 0: not known. */
struct screen_self {
	double cpu_pct;
	uint64_t history_bytes, history_max_bytes;
	const char *recording; /* --record; NULL: none */
	uint64_t recorded_bytes, recorded_max_bytes;
};

/* 0 or -ENOMEM. */
int screen__new(const struct screen_opts *opts, struct screen **ret_screen);
/* Takes NULL. */
void screen__free(struct screen *screen);

/*
 * @frame is the one to show, whose owner the screen becomes one of (frame__share). @newest: it was just measured, and follows the one before: trends
 * and marks take it in. 0 or -ENOMEM.
 */
int screen__show(struct screen *screen, const struct frame *frame, bool newest,
		 const struct screen_time *time, const struct screen_self *self);

/*
 * While the past is shown: a frame that was just measured. Only trends and marks take it in. 0 or -ENOMEM.
 */
int screen__note(struct screen *screen, const struct frame *frame, const struct screen_time *time);

/* One line for the user: of a wish that failed, or from stderr. Goes to the help line and into the list of messages. 0 or -ENOMEM. */
int screen__tell(struct screen *screen, const char *message);

/* A slow exit came. 0 or -ENOMEM. */
int screen__add_slow(struct screen *screen, const struct slow_exit *slow);

/* 0 or -ENOMEM. */
int screen__resize(struct screen *screen, size_t width, size_t height);

/* @now_ns: CLOCK_MONOTONIC. What the user pressed. 0 or -ENOMEM. */
int screen__press(struct screen *screen, uint32_t key, uint64_t now_ns, struct wish *ret_wish);

/* The picture at @now_ns, in a grid that is the screen's; NULL: no memory. */
const struct grid *screen__draw(struct screen *screen, uint64_t now_ns);

#endif
