// SPDX-License-Identifier: GPL-2.0
#include "screen_move.h"

#include <stdio.h>

#include "../base/clock.h"
#include "../model/frame.h"
#include "../model/when.h"
#include "../tui/term.h"
#include "../tui/wish.h"
#include "feed.h"
#include "screen_stop.h"
#include "signals.h"
#include "timeline.h"
#include "timeline_find.h"

/* So long a moment with a finding is looked for. */
#define SEARCH_NS UINT64_C(2000000000)

struct looking {
	struct screen_stop *stop;
	uint64_t until_ns;
};

/* A search ends with the next key, or a signal, or when it has taken too long. */
static bool is_over(void *arg)
{
	const struct looking *looking = arg;
	struct screen_stop *stop = looking->stop;

	signals__look();
	return screen_stop__key_waits(stop, term__fd(stop->term)) || signals__count() ||
	       clock_now_ns() >= looking->until_ns;
}

static int find(struct timeline *timeline, const struct wish *wish, struct screen_stop *stop,
		struct timeline_step *step, char said[SCREEN_MOVE_SAID])
{
	struct looking looking = { stop, clock_now_ns() + SEARCH_NS };
	enum timeline_found found;
	int err = timeline__find(timeline, wish->n, wish->vm_key, is_over, &looking, step, &found);
	char when[32];

	if (!err && found == TIMELINE_NONE)
		snprintf(said, SCREEN_MOVE_SAID, "no finding%s %s this one",
			 wish->vm_key ? " of this VM" : "", wish->n > 0 ? "after" : "before");
	if (!err && found == TIMELINE_STOPPED && timeline->shown)
		snprintf(said, SCREEN_MOVE_SAID, "no finding up to %s: %s goes on",
			 when_format(timespec_ns(&timeline->shown->wall), when, sizeof(when)),
			 wish->n > 0 ? "n" : "N");
	return err;
}

/* What there is nothing of leads to the nearest that there is. */
static const char *what_is_shown(const struct timeline *timeline, int64_t wall_ns)
{
	const int64_t end_ns = timespec_ns(&timeline->shown->wall);
	const double early_s = ((double)end_ns - (double)wall_ns) / 1e9;
	struct feed_range range;

	if (!feed__range(timeline->feed, &range))
		return "there is no past";
	if (wall_ns < range.first_ns)
		return "that is before the first, which is shown";
	/* The time of day is shown without fractions. */
	if (early_s <= -1)
		return "that is after the last, which is shown";
	if (early_s > 1.5 * timeline->shown->interval_s)
		return "nothing was measured then: this is what comes next";
	return NULL;
}

static int seek(struct timeline *timeline, const struct wish *wish, struct timeline_step *step,
		char said[SCREEN_MOVE_SAID])
{
	int err = timeline__seek_to(timeline, wish->wall_ns, step);
	const char *what = err || !timeline->shown ? NULL : what_is_shown(timeline, wish->wall_ns);
	char when[32];

	if (what)
		snprintf(said, SCREEN_MOVE_SAID, "%s: %s",
			 when_format(wish->wall_ns, when, sizeof(when)), what);
	return err;
}

int screen_move__do(struct timeline *timeline, const struct wish *wish, struct screen_stop *stop,
		    struct timeline_step *ret_step, char said[SCREEN_MOVE_SAID])
{
	*ret_step = (struct timeline_step){ .changed = false };
	*said = '\0';
	switch (wish->kind) {
	case WISH_PAUSE:
		timeline__pause(timeline);
		return 0;
	case WISH_LIVE:
		return timeline__go_on(timeline, ret_step);
	case WISH_STEP:
		return timeline__step(timeline, wish->n, ret_step);
	case WISH_SEEK:
		return seek(timeline, wish, ret_step, said);
	case WISH_SPEED:
		timeline__set_speed(timeline, wish->n);
		return 0;
	default:
		return find(timeline, wish, stop, ret_step, said);
	}
}
