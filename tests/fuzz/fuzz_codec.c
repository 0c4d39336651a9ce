// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_codec: the reader of recordings against hostile bytes, and what is made of what it takes: frames, text, JSON.
 *
 * An input that begins as a recording is read as one. In any other, CRCs would be in the way: it is a row of
 *
 *	| type 1: bits 0-1: run, context, snapshot by itself, snapshot after one | bytes of payload 2, little endian | payload |
 *
 * With clang -fsanitize=fuzzer,address,undefined it is a libFuzzer target. With -DFUZZ_STANDALONE it is a program that
 * replays the files it is given. Then it mutates rows and recordings that it makes itself, the same way each time:
 * FUZZ_ITERATIONS times (default 2000).
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/arch/x86.h"
#include "../../user/base/wire.h"
#include "../../user/model/codec.h"
#include "../../user/model/delta.h"
#include "../../user/model/record.h"
#include "../../user/sinks/sink.h"
#include "../unit/codec_samples.h"

#define MEMORY_MAX ((size_t)1 << 20)
#define ROW_HEAD 3

enum { ROW_RUN, ROW_CONTEXT, ROW_KEY, ROW_DELTA };

/* Ends the program when @ok is not true, also where assert() is compiled out. */
static void require(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_codec: %s\n", what);
	abort();
}

struct reading {
	struct codec_reader *reader;
	struct codec_context context;
	struct snapshot *before;
	size_t n_snapshots;
};

static void done(struct reading *r)
{
	snapshot__free(r->before);
	codec_reader__free(r->reader);
	codec_context__release(&r->context);
	*r = (struct reading){ .n_snapshots = r->n_snapshots };
}

static void check_error(int err)
{
	require(err == -EBADMSG || err == -EPROTO || err == -E2BIG || err == -ENOMEM,
		"an error that is none");
}

/* What sinks make of it must be text at least. */
static void write_frame(const struct frame *frame)
{
	static const struct view views[] = {
		{ .width = 80 },
		{ .hist = true, .utf8 = true },
		{ .stats = true, .by_given = true, .query = { .by = BY_VCPU } },
	};
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	require(out != NULL, "no memory");
	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		require(!text__write(out, frame, &views[i]), "text fails");
	require(!json__write(out, frame, &views[0]), "JSON fails");
	require(!fclose(out) && len > 0 && !memchr(text, '\x1b', len),
		"a text has an escape in it");
	free(text);
}

static void compare(const struct reading *r, const struct snapshot *cur)
{
	struct frame *frame = NULL;
	int err;

	if (!r->before)
		return;
	err = delta__compute(r->before, cur, &r->reader->run.host, r->reader->run.reasons, &frame);
	require(!err || err == -EINVAL, "delta fails");
	if (!err)
		write_frame(frame);
	frame__free(frame);
}

static void read_run(struct reading *r, const uint8_t *bytes, size_t n)
{
	struct codec_reader *reader = NULL;
	int err = codec_read_run(bytes, n, &reader);

	if (err) {
		check_error(err);
		return;
	}
	done(r);
	r->reader = reader;
}

static void read_context(struct reading *r, const uint8_t *bytes, size_t n)
{
	struct codec_context context;
	int err = codec_read_context(bytes, n, &context);

	if (err) {
		check_error(err);
		return;
	}
	snapshot__free(r->before); /* it has values by the context before */
	r->before = NULL;
	codec_context__release(&r->context);
	r->context = context;
}

static void read_snapshot(struct reading *r, bool alone, const uint8_t *bytes, size_t n)
{
	struct snapshot *cur = NULL;
	int err;

	if (!r->reader || (!alone && !r->before))
		return;
	err = codec_read_snapshot(r->reader, &r->context, alone ? NULL : r->before, bytes, n,
				  MEMORY_MAX, &cur);
	if (err) {
		check_error(err);
		return;
	}
	compare(r, cur);
	snapshot__free(r->before);
	r->before = cur;
	r->n_snapshots++;
}

static void read_row(struct reading *r, int type, const uint8_t *bytes, size_t n)
{
	if (type == ROW_RUN)
		read_run(r, bytes, n);
	else if (type == ROW_CONTEXT)
		read_context(r, bytes, n);
	else
		read_snapshot(r, type == ROW_KEY, bytes, n);
}

static void read_rows(struct reading *r, const uint8_t *data, size_t size)
{
	while (size >= ROW_HEAD) {
		size_t n = data[1] | (size_t)data[2] << 8;

		if (n > size - ROW_HEAD)
			n = size - ROW_HEAD;
		read_row(r, data[0] & 3, data + ROW_HEAD, n);
		data += ROW_HEAD + n;
		size -= ROW_HEAD + n;
	}
}

static int row_of(enum record_type type)
{
	switch (type) {
	case RECORD_RUN:
		return ROW_RUN;
	case RECORD_CONTEXT:
		return ROW_CONTEXT;
	default:
		return type == RECORD_KEY ? ROW_KEY : ROW_DELTA;
	}
}

static void read_recording(struct reading *r, const uint8_t *data, size_t size)
{
	while (size >= RECORD_HEAD_BYTES) {
		struct record_head head;
		uint8_t *payload = NULL;

		if (record_parse_head(data, &head) || head.bytes > size - RECORD_HEAD_BYTES)
			return;
		if (!record_unpack(&head, data + RECORD_HEAD_BYTES, &payload))
			read_row(r, row_of(head.type), payload, head.raw_bytes);
		free(payload);
		data += RECORD_HEAD_BYTES + head.bytes;
		size -= RECORD_HEAD_BYTES + head.bytes;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading r = { .n_snapshots = 0 };

	if (size >= RECORD_MAGIC_BYTES && !memcmp(data, RECORD_MAGIC, RECORD_MAGIC_BYTES))
		read_recording(&r, data, size);
	else
		read_rows(&r, data, size);
	done(&r);
	return 0;
}

#ifdef FUZZ_STANDALONE

#define FILE_MAX ((size_t)1 << 20)
#define ROWS 6

/* Seeds: a run, a context, and snapshots, as rows and as a recording. */
struct seed {
	uint8_t *bytes;
	size_t n, at[ROWS]; /* where the rows begin */
};

static void add(struct seed *seed, const void *bytes, size_t n)
{
	seed->bytes = realloc(seed->bytes, seed->n + n);
	require(seed->bytes != NULL, "no memory");
	memcpy(seed->bytes + seed->n, bytes, n);
	seed->n += n;
}

static void add_payload(struct seed *rows, struct seed *recording, size_t row, int type,
			const struct wire_out *out)
{
	static const enum record_type types[] = { RECORD_RUN, RECORD_CONTEXT, RECORD_KEY,
						  RECORD_DELTA };
	const uint8_t head[ROW_HEAD] = { (uint8_t)type, (uint8_t)out->n, (uint8_t)(out->n >> 8) };
	uint8_t *record;
	size_t n;

	require(out->n < 0x10000, "a seed is too large");
	rows->at[row] = rows->n;
	recording->at[row] = recording->n;
	add(rows, head, sizeof(head));
	add(rows, out->v, out->n);
	require(!record_make(types[type], 0, out->v, out->n, row & 1, &record, &n), "no record");
	add(recording, record, n);
	free(record);
}

/* Of few names of reasons, as most mutations should hit something else. */
static void make_seeds(uint64_t number, struct seed *rows, struct seed *recording)
{
	static const struct reason_entry names[] = { { ISA_SVM, 0x72, "cpuid" } };
	struct snapshot *before = NULL, *cur;
	struct wire_out out = { .v = NULL };
	struct sample_world w;
	struct codec_run run;
	struct codec_context context;

	sample_world__init(&w, number);
	w.max_vms = 2;
	run = sample_run(&w);
	run.reasons = NULL;
	require(!reason_names__replace(w.reasons, names, ARRAY_SIZE(names)), "no names");
	context = sample_context(&w);
	require(!codec_write_run(&run, &out), "no run");
	add_payload(rows, recording, 0, ROW_RUN, &out);
	wire_reset(&out);
	require(!codec_write_context(&context, &out), "no context");
	add_payload(rows, recording, 1, ROW_CONTEXT, &out);
	for (size_t i = 2; i < ROWS; i++) {
		cur = sample_next(&w, before);
		wire_reset(&out);
		require(!codec_write_snapshot(context.id, cur, before, &out), "no snapshot");
		add_payload(rows, recording, i, before ? ROW_DELTA : ROW_KEY, &out);
		snapshot__free(before);
		before = cur;
	}
	snapshot__free(before);
	wire_release(&out);
	sample_world__done(&w);
}

/* A byte that tends to be special to the reader: of a number, of a run of zeros, of a length. */
static uint8_t telling(uint64_t *dice)
{
	static const uint8_t bytes[] = { 0, 1, 2, 3, 0x7f, 0x80, 0x81, 0xfe, 0xff };

	return roll_below(dice, 2) ? bytes[roll_below(dice, sizeof(bytes))] : (uint8_t)roll(dice);
}

/* Mostly one of the rows, not the head of it; now and then the length. */
static void mutate(uint8_t *bytes, size_t *n, const struct seed *seed, uint64_t *dice)
{
	size_t row = roll_below(dice, ROWS);
	size_t from = seed->at[row], to = row + 1 < ROWS ? seed->at[row + 1] : seed->n;
	size_t at = from + roll_below(dice, to - from);

	if (at >= *n)
		return;
	switch (roll_below(dice, 5)) {
	case 0:
		bytes[at] ^= (uint8_t)(1u << roll_below(dice, 8));
		return;
	case 1:
		for (size_t i = 1 + roll_below(dice, 11); i && at < *n; i--)
			bytes[at++] = telling(dice);
		return;
	case 2: /* a part is missing, or is there twice */
		to = at + roll_below(dice, *n - at + 1);
		memmove(bytes + at, bytes + to, *n - to);
		*n -= to - at;
		return;
	case 3:
		*n = roll_below(dice, 8) ? *n : roll_below(dice, *n);
		return;
	default:
		bytes[at] = telling(dice);
	}
}

/* Runs a copy of just @n bytes, so that ASan sees reads behind its end. */
static void run(const uint8_t *bytes, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	require(copy != NULL, "no memory");
	memcpy(copy, bytes, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void mutate_and_run(unsigned long iterations)
{
	uint64_t dice = 0x6b766d746f70; /* "kvmtop" */

	for (unsigned long i = 0; i < iterations;) {
		struct seed seeds[2] = { { .n = 0 }, { .n = 0 } };

		make_seeds(1 + i / 64, &seeds[0], &seeds[1]);
		for (int k = 0; k < 64 && i < iterations; k++, i++) {
			const struct seed *seed = &seeds[k % 8 == 7];
			uint8_t *bytes = malloc(seed->n);
			size_t n = seed->n;

			require(bytes != NULL, "no memory");
			memcpy(bytes, seed->bytes, n);
			for (size_t m = roll_below(&dice, 4); m; m--)
				mutate(bytes, &n, seed, &dice);
			run(bytes, n);
			free(bytes);
		}
		free(seeds[0].bytes);
		free(seeds[1].bytes);
	}
}

/* Seeds that are not mutated must be taken, or nothing behind the reader is tested. */
static void check_seeds(void)
{
	for (uint64_t number = 1; number < 8; number++) {
		struct seed seeds[2] = { { .n = 0 }, { .n = 0 } };

		make_seeds(number, &seeds[0], &seeds[1]);
		for (int k = 0; k < 2; k++) {
			struct reading r = { .n_snapshots = 0 };

			if (k)
				read_recording(&r, seeds[k].bytes, seeds[k].n);
			else
				read_rows(&r, seeds[k].bytes, seeds[k].n);
			require(r.n_snapshots == ROWS - 2, "a seed is refused");
			done(&r);
			free(seeds[k].bytes);
		}
	}
}

static int replay(const char *path)
{
	FILE *f = fopen(path, "r");
	uint8_t *bytes = malloc(FILE_MAX);

	if (!f || !bytes) {
		fprintf(stderr, "fuzz_codec: cannot read %s\n", path);
		return 1;
	}
	run(bytes, fread(bytes, 1, FILE_MAX, f));
	free(bytes);
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	const char *iterations = getenv("FUZZ_ITERATIONS");
	unsigned long n = iterations ? strtoul(iterations, NULL, 10) : 2000;

	check_seeds();
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]))
			return 1;
	mutate_and_run(n);
	printf("fuzz_codec: %d files, %lu mutations\n", argc - 1, n);
	return 0;
}

#endif
