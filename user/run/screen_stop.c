// SPDX-License-Identifier: GPL-2.0
#include "screen_stop.h"

#include <poll.h>

#include "../base/clock.h"
#include "../tui/key_codes.h"
#include "../tui/screen.h"
#include "../tui/term.h"
#include "judge.h"
#include "signals.h"

/* So long nobody waits for anything: keys that repeat do not end what they began. */
#define PATIENCE_NS UINT64_C(400000000)

void screen_stop__init(struct screen_stop *stop, struct screen *screen, struct term *term,
		       struct judge *judge)
{
	*stop = (struct screen_stop){ .screen = screen, .term = term, .judge = judge };
	judge__set_stop(judge, screen_stop__asked, stop);
}

void screen_stop__begin(struct screen_stop *stop)
{
	stop->begun_ns = clock_now_ns();
	stop->said = false;
}

int screen_stop__end(struct screen_stop *stop)
{
	if (stop->said)
		screen__hint(stop->screen, "");
	if (!judge__take_stopped(stop->judge))
		return 0;
	return screen__tell(stop->screen,
			    "stopped: findings that need what came before are missing");
}

bool screen_stop__key_waits(struct screen_stop *stop, int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	const bool waits = poll(&pollfd, 1, 0) > 0;

	stop->skips_escape |= waits;
	return waits;
}

bool screen_stop__takes(struct screen_stop *stop, uint32_t key)
{
	const bool takes = stop->skips_escape && key == KEY_CODE_ESCAPE;

	stop->skips_escape = false;
	return takes;
}

/* A picture that cannot be drawn now is no reason to end. */
static void say(struct screen_stop *stop)
{
	const struct grid *grid;

	stop->said = true;
	screen__hint(stop->screen, "judging what came before: any key stops it");
	grid = screen__draw(stop->screen, clock_now_ns());
	if (grid)
		term__show(stop->term, grid);
}

bool screen_stop__asked(void *arg)
{
	struct screen_stop *stop = arg;

	if (clock_now_ns() < stop->begun_ns + PATIENCE_NS)
		return false;
	if (!stop->said)
		say(stop);
	signals__look();
	return screen_stop__key_waits(stop, term__fd(stop->term)) || signals__count();
}
