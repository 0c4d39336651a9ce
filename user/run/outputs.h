/* SPDX-License-Identifier: GPL-2.0 */
/*
 * outputs: where frames go, as the options say.
 */
#ifndef KVMTOP_RUN_OUTPUTS_H
#define KVMTOP_RUN_OUTPUTS_H

#include <stdbool.h>
#include <stdint.h>

struct ending;
struct item_opts;
struct frame;
struct options;
struct outputs;
struct reason_names;
struct slow_exit;

/*
 * Opens what @options asks for; they outlive it. Of a recording (--replay) all is written, however long the readers take; else
 * nothing ever waits for them. 0, or a negative errno after one line on stderr.
 */
int outputs__open(const struct options *options, struct outputs **ret_outputs);
void outputs__close(struct outputs *outputs);

/* Whether frames must have their findings, as they are written somewhere: there are none without times. */
bool outputs_want_findings(const struct options *options);

/* Whether snapshots must have the VMMs' load: the screen, findings, CSV, JSON and metrics show it, tables do not. A recording may be asked for it. */
bool outputs_want_load(const struct options *options);

/*
 * Whether frames must have what the event view counts, as it is written somewhere, and what that is. @isa: of the host's exit
 * reasons, which @names are of; 0: not known.
 */
bool outputs_want_items(const struct options *options, const struct reason_names *names,
			uint32_t isa, struct item_opts *ret_opts);

/* Whether anything is written to stdout. If not, a closed stdout does not matter. */
bool outputs__has_stdout(const struct outputs *outputs);

/* SIGHUP: files may have been renamed, and are reopened. */
void outputs__reopen(struct outputs *outputs);

/* The interval is another one from now on. */
void outputs__set_interval(struct outputs *outputs, uint64_t interval_ns);

/* Readable when outputs__check() has an error; -1: nothing is written to stdout. */
int outputs__fd(const struct outputs *outputs);

/*
 * 0; -EPIPE when the reader of stdout has closed it; or another negative errno after one line on
 * stderr.
 */
int outputs__check(struct outputs *outputs);

/*
 * Writes a frame, or a slow exit, to all outputs that take it. When stdout has no room, it is left
 * out there, and counted. @anew: it does not follow the one before. As outputs__check(), but that it may also be -ENOMEM.
 */
int outputs__write_frame(struct outputs *outputs, const struct frame *frame, bool anew);
int outputs__write_slow(struct outputs *outputs, const struct slow_exit *slow);

/* Whether --why has found something to act on, once all is finished. */
bool outputs__is_to_act(const struct outputs *outputs);

/* What stdout had no room for so far. */
uint64_t outputs__frames_left_out(const struct outputs *outputs);
uint64_t outputs__slow_left_out(const struct outputs *outputs);

/* Waits until stdout has room. -EINTR: it is not to be waited for. */
int outputs__wait_for_room(struct outputs *outputs, struct ending *ending);

/* Waits until the readers have all; what they do not take is lost. 0, or a negative errno after one line on stderr: rows of a log are lost. */
int outputs__finish(struct outputs *outputs, struct ending *ending);

#endif
