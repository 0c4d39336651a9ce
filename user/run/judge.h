/* SPDX-License-Identifier: GPL-2.0 */
/*
 * judge: gives the frames of a feed the findings that they had when they were new, whichever way one comes to them.
 *
 * Of frames that are judged in order it notes what was shown. A frame of the past gets that again. If it was never judged, the frames
 * before it are, as many as it takes.
 */
#ifndef KVMTOP_RUN_JUDGE_H
#define KVMTOP_RUN_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

struct diagnosis_opts;
struct feed;
struct frame;
struct judge;

/* How one came to a frame: the feed's next one, also of a recording that is played; anywhere; backwards. */
enum judge_way { JUDGE_NEXT, JUDGE_ANYWHERE, JUDGE_BACK };

/* NULL: no memory. @feed outlives it. */
struct judge *judge__new(struct feed *feed, const struct diagnosis_opts *opts);
/* Takes NULL. */
void judge__free(struct judge *judge);

/*
 * While frames before another one are judged, which may take long, @stop is asked. True: that ends, and the frame is judged by itself, so that it
 * lacks findings. Those that come after it in a recording go on from it, and lack some for a while. NULL: it is never asked.
 */
void judge__set_stop(struct judge *judge, bool (*stop)(void *arg), void *arg);

/* Whether that has happened since the last call. */
bool judge__take_stopped(struct judge *judge);

/* Of a live feed: a frame that was just measured. 0 or -ENOMEM. */
int judge__measured(struct judge *judge, struct frame *frame);

/*
 * Any other frame, which the feed has given last. It may become another one that is equal. Of JUDGE_BACK more of those before it are judged, too,
 * as they are what comes next. 0 or a negative errno as of feed.h.
 */
int judge__given(struct judge *judge, struct frame **frame, enum judge_way way);

/* Which moment comes after, or @on false: before, the one that ended at @wall_ns. False: that is not known. */
bool judge__next_known(const struct judge *judge, int64_t wall_ns, bool on, int64_t *ret_wall_ns);

/* Whether a finding of VM @vm_key, 0: of any, was shown at a moment that is known. */
bool judge__has_mark(const struct judge *judge, int64_t wall_ns, uint64_t vm_key);

#endif
