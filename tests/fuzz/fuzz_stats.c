// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_stats: the parser of KVM's statistics descriptors against hostile bytes.
 *
 * With clang -fsanitize=fuzzer,address,undefined it is a libFuzzer target. With -DFUZZ_STANDALONE it is a program that
 * replays the files it is given. Then it mutates blobs that it makes itself, the same way each time: FUZZ_ITERATIONS
 * times (default 100000).
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/base/cleanup.h"
#include "../../user/model/stats.h"
#include "../unit/stats_blob.h"

#define BYTES_MAX ((size_t)1 << 20)

/* Ends the program when @ok is not true, also where assert() is compiled out. */
static void require(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_stats: %s\n", what);
	abort();
}

static void check_printable(const char *text, char first)
{
	require(*text != '\0', "a text is empty");
	for (; *text; text++)
		require(*text >= first && *text <= '~', "a text is not printable");
}

static void check_desc(const struct stat_layout *layout, const struct stat_desc *desc)
{
	check_printable(desc->name, '!');
	require((unsigned int)desc->type < STAT_TYPE_MAX, "no type");
	require((unsigned int)desc->unit < STAT_UNIT_MAX, "no unit");
	require(desc->type != STAT_LINEAR_HIST || desc->bucket_size, "empty buckets");
	require(desc->n > 0, "a statistic has no values");
	require(desc->offset % 8 == 0, "a value is not aligned");
	require(desc->offset + 8 * (size_t)desc->n <= layout->bytes, "values behind the end");
	require(desc->first + desc->n <= layout->n_values, "values behind the sample's end");
}

/* Each byte of the data gets into one value at most, and all values are set. */
static void check_decode(const struct stat_layout *layout)
{
	__autofree uint8_t *data = malloc(layout->bytes);
	__autofree uint64_t *values = calloc(layout->n_values, sizeof(*values));

	require(data && values, "no memory");
	memset(data, 0xa5, layout->bytes);
	stat_layout__decode(layout, data, values);
	for (size_t i = 0; i < layout->n_values; i++)
		require(values[i] == UINT64_C(0xa5a5a5a5a5a5a5a5), "a value was not set");
}

static void check_layout(const struct stat_layout *layout, const uint8_t *bytes, size_t size)
{
	size_t head = stat_layout_head_bytes(bytes, size);
	size_t n_values = 0;

	require(head && head <= size && head <= BYTES_MAX, "head and parser do not agree");
	require(layout->n > 0 && layout->bytes <= BYTES_MAX, "a layout is empty or too big");
	require(layout->data_offset >= BLOB_HEADER, "the data is in the header");
	for (size_t i = 0; i < layout->n; i++) {
		check_desc(layout, &layout->v[i]);
		require(layout->v[i].first == n_values, "values are not in order");
		n_values += layout->v[i].n;
		require(i > 256 || stat_layout__find(layout, layout->v[i].name) == &layout->v[i],
			"a name is not the only one");
	}
	require(layout->n_values == n_values && 8 * n_values <= layout->bytes, "values overlap");
	check_decode(layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stat_layout *layout = NULL;
	char why[160] = "";
	int err = stat_layout__parse(data, size, why, sizeof(why), &layout);

	if (!err)
		check_layout(layout, data, size);
	else
		require(!layout && (err == -ENOMEM || err == -EBADMSG), "no error and no layout");
	if (err == -EBADMSG)
		check_printable(why, ' ');
	stat_layout__free(layout);
	return 0;
}

#ifdef FUZZ_STANDALONE

#define INPUT_MAX 2048

static const struct blob_desc descs[] = {
	{ "halt_successful_poll", BLOB_FLAGS_OF(0, 0, 0), 0, 1, 0, 0 },
	{ "halt_wait_ns", BLOB_FLAGS_OF(0, 2, 0), -9, 1, 8, 0 },
	{ "halt_wait_hist", BLOB_FLAGS_OF(4, 2, 0), -9, 32, 16, 0 },
	{ "blocking", BLOB_FLAGS_OF(1, 4, 0), 0, 1, 272, 0 },
	{ "max_mmu_page_hash_collisions", BLOB_FLAGS_OF(2, 0, 0), 0, 1, 280, 0 },
	{ "linear", BLOB_FLAGS_OF(3, 1, 1), 10, 4, 296, 8 },
};

/* The kernel's size of names, and two that leave the descriptors unaligned. */
static const size_t name_sizes[] = { 48, 31, 50 };

/* xorshift64*: the same numbers on every machine. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545F4914F6CDD1D);
}

static size_t below(uint64_t *state, size_t n)
{
	return n ? (size_t)(next_random(state) % n) : 0;
}

/* A number that tends to be special to the parser. */
static uint32_t telling(uint64_t *random, size_t size)
{
	static const uint32_t numbers[] = {
		0,	    1,		7,	    8,		16,	 23,
		24,	    48,		1024,	    1025,	1 << 20, (1 << 20) - 8,
		0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff,
	};

	if (below(random, 3))
		return numbers[below(random, ARRAY_SIZE(numbers))];
	return (uint32_t)below(random, size + 32);
}

/* Changes one field of the header or of a descriptor, a byte, a bit, or the size, which is returned. */
static size_t mutate(uint8_t *bytes, size_t size, size_t name_size, uint64_t *random)
{
	size_t desc = blob_desc_at(name_size, below(random, ARRAY_SIZE(descs)));
	size_t at = below(random, size);

	switch (below(random, 6)) {
	case 0:
		blob_put32(bytes, 4 * below(random, BLOB_HEADER / 4), telling(random, size));
		return size;
	case 1:
		blob_put32(bytes, desc + 4 * below(random, BLOB_DESC / 4), telling(random, 512));
		return size;
	case 2:
		blob_put16(bytes, desc + BLOB_SIZE, (uint16_t)telling(random, 64));
		return size;
	case 3:
		bytes[at] = (uint8_t)next_random(random);
		return size;
	case 4:
		bytes[at] ^= (uint8_t)(1u << below(random, 8));
		return size;
	default: /* shorter or longer; what is behind the blob is 0 */
		return below(random, 4) ? size : below(random, INPUT_MAX - 1) + 1;
	}
}

/* Runs a copy of just @size bytes at an odd address: ASan sees reads behind its end, UBSan unaligned ones. */
static void run(const uint8_t *bytes, size_t size)
{
	__autofree uint8_t *copy = malloc(size + 1);

	require(copy != NULL, "no memory");
	memcpy(copy + 1, bytes, size);
	LLVMFuzzerTestOneInput(copy + 1, size);
}

static void mutate_and_run(unsigned long iterations)
{
	uint64_t random = 0x6b766d746f70; /* "kvmtop" */

	for (unsigned long i = 0; i < iterations; i++) {
		size_t name_size = name_sizes[i % ARRAY_SIZE(name_sizes)];
		uint8_t bytes[INPUT_MAX] = { 0 };
		size_t size = blob_make(bytes, name_size, descs, ARRAY_SIZE(descs));

		for (size_t n = below(&random, 5); n; n--)
			size = mutate(bytes, size, name_size, &random);
		run(bytes, size);
	}
}

/* Blobs that are not mutated must be taken, or nothing behind the parser is tested. */
static void check_seeds(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(name_sizes); i++) {
		uint8_t bytes[INPUT_MAX];
		size_t size = blob_make(bytes, name_sizes[i], descs, ARRAY_SIZE(descs));
		struct stat_layout *layout = NULL;
		char why[160];

		require(!stat_layout__parse(bytes, size, why, sizeof(why), &layout),
			"a seed is refused");
		stat_layout__free(layout);
	}
}

static int replay(const char *path)
{
	__autofclose FILE *f = fopen(path, "r");
	__autofree uint8_t *bytes = malloc(BYTES_MAX);

	if (!f || !bytes) {
		fprintf(stderr, "fuzz_stats: cannot read %s\n", path);
		return 1;
	}
	run(bytes, fread(bytes, 1, BYTES_MAX, f));
	return 0;
}

int main(int argc, char **argv)
{
	const char *iterations = getenv("FUZZ_ITERATIONS");
	unsigned long n = iterations ? strtoul(iterations, NULL, 10) : 100000;

	check_seeds();
	for (int i = 1; i < argc; i++)
		if (replay(argv[i]))
			return 1;
	mutate_and_run(n);
	printf("fuzz_stats: %d files, %lu mutations\n", argc - 1, n);
	return 0;
}

#endif
