// SPDX-License-Identifier: GPL-2.0
#include "timeline_find.h"

#include <errno.h>

#include "../base/clock.h"
#include "../model/frame.h"
#include "judge.h"
#include "timeline.h"

struct search {
	struct timeline *timeline;
	bool on; /* else back */
	uint64_t vm_key;
	bool (*stop)(void *arg);
	void *arg;
	int64_t at_ns; /* what was looked at last */
	bool shown;    /* and it is what is shown */
	struct timeline_step *step;
};

static int64_t shown_ns(const struct search *search)
{
	return timespec_ns(&search->timeline->shown->wall);
}

static int show(struct search *search, int64_t wall_ns)
{
	int err = 0;

	if (shown_ns(search) != wall_ns)
		err = timeline__seek(search->timeline, wall_ns, search->step);
	search->at_ns = wall_ns;
	search->shown = true;
	return err;
}

/* Goes on by one moment. -ENODATA: there is none. */
static int go_on(struct search *search)
{
	int err;

	if (judge__next_known(search->timeline->judge, search->at_ns, search->on, &search->at_ns)) {
		search->shown = false;
		return 0;
	}
	/* Live, all that there is is known. */
	if (!search->timeline->recorded)
		return -ENODATA;
	err = search->shown ? 0 : show(search, search->at_ns);
	if (!err)
		err = timeline__step_once(search->timeline, search->on, search->step);
	if (!err)
		search->at_ns = shown_ns(search);
	return err;
}

static int search_all(struct search *search, enum timeline_found *ret_found)
{
	struct judge *judge = search->timeline->judge;
	int err = 0;

	for (;;) {
		err = go_on(search);
		*ret_found = err == -ENODATA ? TIMELINE_NONE : TIMELINE_FOUND;
		if (err || judge__has_mark(judge, search->at_ns, search->vm_key))
			return err == -ENODATA ? 0 : err;
		*ret_found = TIMELINE_STOPPED;
		if (search->stop(search->arg))
			return 0;
	}
}

int timeline__find(struct timeline *timeline, int64_t n, uint64_t vm_key, bool (*stop)(void *arg),
		   void *arg, struct timeline_step *ret_step, enum timeline_found *ret_found)
{
	struct search search = { .timeline = timeline,
				 .on = n > 0,
				 .vm_key = vm_key,
				 .stop = stop,
				 .arg = arg,
				 .shown = true,
				 .step = ret_step };
	const enum screen_mode mode = timeline->mode;
	int64_t from_ns;
	int err;

	*ret_step = (struct timeline_step){ .changed = false };
	*ret_found = TIMELINE_NONE;
	if (!timeline->shown || !timeline->judge)
		return 0;
	if (n > 0 && timeline->mode == SCREEN_AT_END)
		return 0;
	timeline->mode = SCREEN_PAUSED;
	from_ns = search.at_ns = shown_ns(&search);
	err = search_all(&search, ret_found);
	err = err ?: show(&search, *ret_found == TIMELINE_NONE ? from_ns : search.at_ns);
	/* Where there is none, nothing has happened. */
	if (*ret_found == TIMELINE_NONE)
		timeline->mode = mode;
	return err;
}
