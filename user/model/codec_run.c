// SPDX-License-Identifier: GPL-2.0
/* codec_run: what the snapshots of a recording are about: the run of kvmtop, its words and names, KVM's statistics. */
#include "codec.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../base/arena.h"
#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../base/wire.h"
#include "reasons.h"
#include "snapshot.h"
#include "stats.h"

/* /proc/ioports has a few KiB. */
#define IOPORTS_BYTES_MAX ((size_t)64 << 10)

/* A vocabulary: the words of an enum, NULL behind the last. */
typedef const char *(*word_fn)(size_t i);

static const char *source_word(size_t i)
{
	return i < SOURCE_ID_MAX ? source_id_name((enum source_id)i) : NULL;
}

static const char *drop_word(size_t i)
{
	return i < DROP_CAUSE_MAX ? drop_cause_name((enum drop_cause)i) : NULL;
}

static const char *state_word(size_t i)
{
	return i < STATE_MAX ? vcpu_state_name((enum vcpu_state)i) : NULL;
}

static const char *kind_word(size_t i)
{
	return i < DETAIL_KIND_MAX ? detail_kind_name((enum detail_kind)i) : NULL;
}

DEFINE_CLEANUP(reader, struct codec_reader, codec_reader__free)

/* ---- a run */

static void put_words(struct wire_out *out, word_fn word)
{
	size_t n = 0;

	while (word(n))
		n++;
	wire_put(out, n);
	for (size_t i = 0; i < n; i++)
		wire_put_text(out, word(i));
}

static void put_reasons(struct wire_out *out, const struct reason_names *names)
{
	struct reason_entry entry;
	size_t n = 0;

	while (names && reason_names__entry(names, n, &entry))
		n++;
	wire_put(out, n);
	for (size_t i = 0; i < n && reason_names__entry(names, i, &entry); i++) {
		wire_put(out, entry.isa);
		wire_put(out, entry.code);
		wire_put_text(out, entry.name);
	}
}

int codec_write_run(const struct codec_run *run, struct wire_out *out)
{
	__autofree char *ioports = run->details ? detail_names__ioports(run->details) : NULL;

	if (run->details && !ioports)
		return -ENOMEM;
	wire_put_text(out, run->version); /* first, so that any reader knows it */
	wire_put(out, run->id);
	wire_put_text(out, run->host.name);
	wire_put_text(out, run->host.kernel);
	wire_put_text(out, run->host.arch);
	wire_put(out, run->host.cpus);
	wire_put(out, run->interval_ns);
	put_words(out, source_word);
	put_words(out, drop_word);
	put_words(out, state_word);
	put_words(out, kind_word);
	wire_put(out, run->detail_kinds);
	put_reasons(out, run->reasons);
	wire_put_text(out, ioports);
	wire_put(out, run->isa);
	return wire_finish(out);
}

/* A copy of a text that may be none. */
static int get_text(struct wire_in *in, struct arena *arena, const char **ret_text)
{
	size_t len = 0;
	const char *text = wire_get_text(in, &len);
	char *copy;

	*ret_text = NULL;
	if (!text)
		return 0;
	copy = arena__alloc(arena, len + 1);
	if (!copy)
		return -ENOMEM;
	*ret_text = memcpy(copy, text, len);
	return 0;
}

/* Likewise; it is shown, and so it is no longer than other names. */
static int get_name(struct wire_in *in, struct arena *arena, const char **ret_name)
{
	const char *text;
	int err = get_text(in, arena, &text);

	if (!err && text)
		fmt_limit((char *)text);
	*ret_name = text;
	return err;
}

static int own_word(word_fn word, const char *text, size_t len)
{
	for (size_t i = 0; word(i); i++)
		if (strlen(word(i)) == len && !memcmp(word(i), text, len))
			return (int)i;
	return -1;
}

/* Ours of the writer's words. -EPROTO: we lack one of which we @need all. */
static int get_words(struct wire_in *in, word_fn word, bool need, struct codec_words *words)
{
	int err = 0;

	words->n = wire_get_within(in, 0, CODEC_WORDS_MAX);
	for (size_t i = 0; i < words->n; i++) {
		size_t len = 0;
		const char *text = wire_get_text(in, &len);

		if (!text)
			return -EBADMSG;
		words->own[i] = own_word(word, text, len);
		if (need && words->own[i] < 0)
			err = -EPROTO;
	}
	return in->bad ? -EBADMSG : err;
}

/* Kinds of details are numbers in snapshots: theirs must be ours. */
static int get_kinds(struct wire_in *in, size_t *ret_n)
{
	struct codec_words kinds;
	int err = get_words(in, kind_word, true, &kinds);

	for (size_t i = 0; !err && i < kinds.n; i++)
		if (kinds.own[i] != (int)i)
			err = -EPROTO;
	*ret_n = err ? 0 : kinds.n;
	return err;
}

static int get_reasons(struct wire_in *in, struct codec_reader *reader)
{
	/* Each takes a byte at least. */
	size_t n = wire_get_within(in, 0, (uint64_t)(in->end - in->p));
	__autofree struct reason_entry *v = calloc(n + 1, sizeof(*v));

	reader->reasons = reason_names__new();
	if (!v || !reader->reasons)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		v[i].isa = (uint32_t)wire_get_within(in, 0, UINT32_MAX);
		v[i].code = wire_get(in);
		if (get_name(in, reader->arena, &v[i].name))
			return -ENOMEM;
		if (!v[i].name)
			return -EBADMSG;
	}
	reader->run.reasons = reader->reasons;
	return n ? reason_names__replace(reader->reasons, v, n) : 0;
}

static int get_ioports(struct wire_in *in, struct codec_reader *reader)
{
	const char *text;

	if (get_text(in, reader->arena, &text))
		return -ENOMEM;
	if (!text)
		return 0;
	if (strlen(text) > IOPORTS_BYTES_MAX)
		return -EBADMSG;
	reader->details = detail_names__new();
	if (!reader->details)
		return -ENOMEM;
	reader->run.details = reader->details;
	return detail_names__parse_ioports(reader->details, text);
}

static int get_host(struct wire_in *in, struct codec_reader *reader)
{
	struct codec_run *run = &reader->run;

	if (get_name(in, reader->arena, &run->version))
		return -ENOMEM;
	run->id = wire_get(in);
	if (get_name(in, reader->arena, &run->host.name) ||
	    get_name(in, reader->arena, &run->host.kernel) ||
	    get_name(in, reader->arena, &run->host.arch))
		return -ENOMEM;
	run->host.cpus = (unsigned int)wire_get_within(in, 0, INT_MAX);
	run->interval_ns = wire_get_within(in, 0, INT64_MAX);
	return in->bad ? -EBADMSG : 0;
}

static int get_run(struct wire_in *in, struct codec_reader *reader)
{
	int err = get_host(in, reader);

	if (!err)
		err = get_words(in, source_word, false, &reader->sources);
	if (!err)
		err = get_words(in, drop_word, false, &reader->drops);
	if (!err)
		err = get_words(in, state_word, true, &reader->states);
	if (!err)
		err = get_kinds(in, &reader->n_kinds);
	if (err)
		return err;
	reader->run.detail_kinds = (uint32_t)wire_get_within(in, 0, UINT32_MAX);
	err = get_reasons(in, reader);
	if (!err)
		err = get_ioports(in, reader);
	/* Recordings of before this was known end here. */
	if (!err && (in->p != in->end || in->zeros))
		reader->run.isa = isa_base((uint32_t)wire_get_within(in, 0, UINT32_MAX));
	return err ? err : in->bad ? -EBADMSG : 0;
}

int codec_read_run(const void *bytes, size_t n, struct codec_reader **ret_reader)
{
	__cleanup(cleanup_reader) struct codec_reader *reader = calloc(1, sizeof(*reader));
	struct wire_in in = wire_in_of(bytes, n);
	int err;

	if (!reader)
		return -ENOMEM;
	reader->arena = arena__new();
	err = reader->arena ? get_run(&in, reader) : -ENOMEM;
	if (err)
		return err;
	*ret_reader = take_ptr(reader);
	return 0;
}

void codec_reader__free(struct codec_reader *reader)
{
	if (!reader)
		return;
	reason_names__free(reader->reasons);
	detail_names__free(reader->details);
	arena__free(reader->arena);
	free(reader);
}

/* ---- a context */

static int put_layout(struct wire_out *out, const struct stat_layout *layout)
{
	__autofree void *bytes = NULL;
	size_t len = 0;

	if (layout && layout->n) {
		bytes = stat_layout__format(layout, &len);
		if (!bytes)
			return -ENOMEM;
	}
	wire_put(out, len);
	wire_put_bytes(out, bytes, len);
	return 0;
}

int codec_write_context(const struct codec_context *context, struct wire_out *out)
{
	const struct event_names *events = context->events;

	wire_put(out, context->run_id);
	wire_put(out, context->id);
	if (put_layout(out, context->vm_layout) || put_layout(out, context->vcpu_layout))
		return -ENOMEM;
	wire_put(out, events ? events->n + 1 : 0);
	for (size_t i = 0; events && i < events->n; i++)
		wire_put_text(out, events->v[i]);
	return wire_finish(out);
}

static int get_layout(struct wire_in *in, const struct stat_layout **ret_layout)
{
	struct stat_layout *layout = NULL;
	uint64_t len = wire_get(in);
	const void *bytes = wire_get_bytes(in, len);
	char why[128];
	int err;

	if (!bytes)
		return -EBADMSG;
	err = len ? stat_layout__parse(bytes, len, why, sizeof(why), &layout) : 0;
	*ret_layout = layout;
	return err;
}

/* One allocation: the names, and what they point to. */
static int get_events(struct wire_in *in, const struct event_names **ret_events)
{
	uint64_t n = wire_get_within(in, 0, (uint64_t)(in->end - in->p) + 1);
	__autofree struct event_names *events = NULL;
	size_t room = (size_t)(in->end - in->p) + n; /* each has a NUL more */
	const char **v;
	char *at;

	if (!n)
		return in->bad ? -EBADMSG : 0;
	n--;
	events = malloc(sizeof(*events) + n * sizeof(*v) + room);
	if (!events)
		return -ENOMEM;
	v = (const char **)(events + 1);
	at = (char *)(v + n);
	for (size_t i = 0; i < n; i++) {
		size_t len = 0;
		const char *text = wire_get_text(in, &len);

		if (!text)
			return -EBADMSG;
		v[i] = memcpy(at, text, len);
		at[len] = '\0';
		fmt_limit(at);
		at += len + 1;
	}
	*events = (struct event_names){ .v = v, .n = n };
	*ret_events = take_ptr(events);
	return 0;
}

int codec_read_context(const void *bytes, size_t n, struct codec_context *ret_context)
{
	__cleanup(codec_context__release) struct codec_context context = { .events = NULL };
	struct wire_in in = wire_in_of(bytes, n);
	int err;

	context.run_id = wire_get(&in);
	context.id = wire_get(&in);
	err = get_layout(&in, &context.vm_layout);
	if (!err)
		err = get_layout(&in, &context.vcpu_layout);
	if (!err)
		err = get_events(&in, &context.events);
	if (err)
		return err;
	*ret_context = context;
	context = (struct codec_context){ .events = NULL };
	return 0;
}

void codec_context__release(struct codec_context *context)
{
	stat_layout__free((struct stat_layout *)context->vm_layout);
	stat_layout__free((struct stat_layout *)context->vcpu_layout);
	free((struct event_names *)context->events);
	*context = (struct codec_context){ .events = NULL };
}
