// SPDX-License-Identifier: GPL-2.0
#include "replay_context.h"

#include <errno.h>
#include <stdlib.h>

#include "../base/cleanup.h"
#include "../model/codec.h"
#include "../model/event_names.h"
#include "../model/stats.h"

struct replay_context {
	struct kept_run *runs;
	size_t n_runs;
	const struct kept_run *run; /* of which snapshots are now */
	uint64_t last_number;
	const struct stat_layout **layouts; /* all different ones */
	size_t n_layouts;
	const struct event_names **events;
	size_t n_events;
	struct codec_context now; /* what it has is in those */
};

/* Makes room for one more in an array. */
#define GROW(v, n)                                                            \
	({                                                                    \
		typeof(v) __grown = reallocarray((v), (n) + 1, sizeof(*(v))); \
		if (__grown)                                                  \
			(v) = __grown;                                        \
		__grown != NULL;                                              \
	})

struct replay_context *replay_context__new(void)
{
	return calloc(1, sizeof(struct replay_context));
}

void replay_context__free(struct replay_context *about)
{
	if (!about)
		return;
	for (size_t i = 0; i < about->n_runs; i++)
		codec_reader__free(about->runs[i].reader);
	for (size_t i = 0; i < about->n_layouts; i++)
		stat_layout__free((struct stat_layout *)about->layouts[i]);
	for (size_t i = 0; i < about->n_events; i++)
		free((struct event_names *)about->events[i]);
	free(about->runs);
	free(about->layouts);
	free(about->events);
	free(about);
}

const struct kept_run *replay_context__run(const struct replay_context *about)
{
	return about->run;
}

const struct codec_context *replay_context__now(const struct replay_context *about)
{
	return &about->now;
}

void replay_context__forget(struct replay_context *about)
{
	about->now = (struct codec_context){ .id = 0 };
}

static const struct stat_layout *keep_layout(struct replay_context *about,
					     const struct stat_layout **layout)
{
	if (!*layout)
		return NULL;
	for (size_t i = 0; i < about->n_layouts; i++)
		if (stat_layout__equal(about->layouts[i], *layout))
			return about->layouts[i];
	if (!GROW(about->layouts, about->n_layouts))
		return NULL;
	return about->layouts[about->n_layouts++] = take_ptr(*layout);
}

static const struct event_names *keep_events(struct replay_context *about,
					     const struct event_names **events)
{
	if (!*events)
		return NULL;
	for (size_t i = 0; i < about->n_events; i++)
		if (event_names__equal(about->events[i], *events))
			return about->events[i];
	if (!GROW(about->events, about->n_events))
		return NULL;
	return about->events[about->n_events++] = take_ptr(*events);
}

/* What is the same is the same pointer: by it delta knows that two samples can be compared. */
int replay_context__read(struct replay_context *about, const uint8_t *payload, size_t n)
{
	__cleanup(codec_context__release) struct codec_context context = { .events = NULL };
	struct codec_context had;
	int err = codec_read_context(payload, n, &context);

	if (err)
		return err;
	if (!about->run || context.run_id != about->run->reader->run.id)
		return -EBADMSG;
	had = context;
	about->now = (struct codec_context){
		.run_id = context.run_id,
		.id = context.id,
		.vm_layout = keep_layout(about, &context.vm_layout),
		.vcpu_layout = keep_layout(about, &context.vcpu_layout),
		.events = keep_events(about, &context.events),
	};
	if ((had.vm_layout && !about->now.vm_layout) ||
	    (had.vcpu_layout && !about->now.vcpu_layout) || (had.events && !about->now.events))
		return -ENOMEM;
	return 0;
}

static const struct kept_run *find_run(const struct replay_context *about, struct position at)
{
	for (size_t i = 0; i < about->n_runs; i++)
		if (about->runs[i].at.piece == at.piece && about->runs[i].at.at == at.at)
			return &about->runs[i];
	return NULL;
}

/* A run may go on in a new file. */
static uint64_t number_of(struct replay_context *about, const struct codec_reader *reader)
{
	for (size_t i = 0; i < about->n_runs; i++)
		if (about->runs[i].reader->run.id == reader->run.id)
			return about->runs[i].number;
	return ++about->last_number;
}

static int keep_run(struct replay_context *about, struct position at, const uint8_t *payload,
		    size_t n)
{
	struct kept_run kept = { .at = at };
	const size_t before = about->run ? (size_t)(about->run - about->runs) : 0;
	int err = GROW(about->runs, about->n_runs) ? 0 : -ENOMEM;

	if (!err && about->run)
		about->run = &about->runs[before];
	if (!err)
		err = codec_read_run(payload, n, &kept.reader);
	if (err)
		return err;
	kept.number = number_of(about, kept.reader);
	about->runs[about->n_runs] = kept;
	about->run = &about->runs[about->n_runs++];
	return 0;
}

int replay_context__read_run(struct replay_context *about, struct position at,
			     const uint8_t *payload, size_t n)
{
	const struct kept_run *kept = find_run(about, at);
	int err = kept ? 0 : keep_run(about, at, payload, n);

	if (kept)
		about->run = kept;
	if (!err)
		about->now = (struct codec_context){ .events = NULL };
	return err;
}
