/* SPDX-License-Identifier: GPL-2.0 */
/*
 * wish: what a key asks of the screen's runner.
 */
#ifndef KVMTOP_TUI_WISH_H
#define KVMTOP_TUI_WISH_H

#include <stdint.h>

#include "outside.h"

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
	WISH_VERIFY,	   /* wish.n 0 or 1: what is counted is compared with KVM's statistics */
	WISH_RESET,	   /* totals begin at zero */
	WISH_WRITE,	   /* what is shown, to files */
	WISH_SAVE,	   /* the settings; wish.chosen is how lists are */
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
	const struct list_choice *chosen; /* one for each enum list_kind; the screen's */
};

#endif
