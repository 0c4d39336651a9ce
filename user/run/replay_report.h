/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay_report: messages on stderr about a recording that is shown (--replay).
 */
#ifndef KVMTOP_RUN_REPLAY_REPORT_H
#define KVMTOP_RUN_REPLAY_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct codec_run;
struct options;
struct replay;
struct replay_item;

/* What of it is damaged or cut off, if anything is. */
void replay_report_damage(const struct options *options, const struct replay *replay);

/* -v: how much there is, from when to when. */
void replay_report_info(const struct options *options, const struct replay *replay);

/* -v: by what a run was recorded. */
void replay_report_run(const struct codec_run *run);

/* An error of reading, unless it is -ENODATA or -ENOMEM; returns @err. */
int replay_report_error(const struct options *options, int err);

/*
 * Whether something that the options ask for was not measured in the run of @item, so that it
 * cannot be shown. Then @why has it in one line; otherwise it is unchanged.
 */
bool replay_lacks(const struct options *options, const struct replay_item *item, char *why,
		  size_t size);

/* What the options ask for and was not measured either, but the rest can be shown without it. */
void replay_report_missing(const struct options *options, const struct replay_item *item);

/* What no recording can be asked for. 0 or -EINVAL. */
int replay_report_choice(const struct options *options);

/*
 * At the end, after @frames: what could not be read, and what runs lack that were left out; @lacks NULL: there were none. 0, or -ENODATA: there
 * was no frame.
 */
int replay_report_end(const struct options *options, const struct replay *replay, uint64_t frames,
		      const char *lacks);

#endif
