// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_reasons: the parsers of tracepoint formats against hostile text.
 *
 * With clang -fsanitize=fuzzer,address,undefined it is a libFuzzer target; the corpus is
 * tests/data/[...].format, the dictionary tests/fuzz/reasons.dict. With -DFUZZ_STANDALONE it is a
 * program that replays the files it is given, and then mutates them, the same way each time:
 * FUZZ_ITERATIONS times (default 10000).
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/arch/x86.h"
#include "../../user/base/cleanup.h"
#include "../../user/model/ids.h"
#include "../../user/model/reasons.h"

/* Ends the program when @ok is not true, also where assert() is compiled out. */
static void require(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_reasons: %s\n", what);
	abort();
}

static void check_code(const struct reason_names *names, uint32_t isa, uint64_t code)
{
	const char *name = reason_names__lookup(names, isa, code);
	char buf[100];

	reason_names__format(names, isa, code, buf, sizeof(buf));
	require(*buf, "a code is shown as nothing");
	for (const char *c = name; c && *c; c++)
		require(*c >= ' ' && *c <= '~', "a name is not printable");
	require(!name || (*name && strlen(name) < 64), "a name is empty or too long");
}

static void check_names(const struct reason_names *names)
{
	static const uint64_t codes[] = { 0x400,	  0x80000001, INT32_MAX,
					  UINT32_MAX,	  INT64_MAX,  (uint64_t)INT64_MIN,
					  UINT64_MAX - 3, UINT64_MAX };
	static const uint32_t isas[] = { 0, ISA_VMX, ISA_SVM, 3, ISA_USER };

	for (size_t i = 0; i < ARRAY_SIZE(isas); i++) {
		for (uint64_t code = 0; code < 128; code++)
			check_code(names, isas[i], code);
		for (size_t j = 0; j < ARRAY_SIZE(codes); j++)
			check_code(names, isas[i], codes[j]);
	}
}

static void check_result(int n)
{
	require(n == -EINVAL || n > 0, "a parser returned neither -EINVAL nor a number of names");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reason_names *names = reason_names__new();

	if (!names)
		return 0;
	check_result(reason_names__parse_exit_format(names, (const char *)data, size));
	check_result(reason_names__parse_userspace_exit_format(names, (const char *)data, size));
	check_names(names);
	reason_names__free(names);
	return 0;
}

#ifdef FUZZ_STANDALONE

#define INPUT_MAX ((size_t)1 << 16)

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

/* What tends to be special to the parser. */
static const char *const dictionary[] = {
	"print fmt:",
	"__print_symbolic(",
	"__print_flags(",
	"REC->isa == ",
	"(REC->isa == 1) ? ",
	"isa != ",
	"{ ",
	" }, ",
	"\"",
	"\\",
	"\\\"",
	"(",
	")",
	":",
	"?",
	",",
	"~",
	"-",
	"<<",
	">>",
	"0x",
	"0xffffffffffffffff",
	"18446744073709551616",
	"-1",
	"1 << 64",
	"'",
	"\n",
	"||",
};

/* Replaces @n_cut bytes at @at by @n_new at @new; returns the new size, INPUT_MAX at most. */
static size_t splice(char *text, size_t size, size_t at, size_t n_cut, const char *new,
		     size_t n_new)
{
	if (n_cut > size - at)
		n_cut = size - at;
	if (size - n_cut + n_new > INPUT_MAX)
		return size;
	memmove(text + at + n_new, text + at + n_cut, size - at - n_cut);
	memcpy(text + at, new, n_new);
	return size - n_cut + n_new;
}

static size_t mutate(char *text, size_t size, uint64_t *random)
{
	size_t at = below(random, size + 1);
	char piece[256];
	const char *word;
	size_t n;

	switch (below(random, 6)) {
	case 0: /* another byte */
		piece[0] = (char)next_random(random);
		return splice(text, size, at, 1, piece, 1);
	case 1: /* a piece less */
		return splice(text, size, at, below(random, 64), "", 0);
	case 2: /* the end is missing */
		return below(random, 8) ? size : at;
	case 3: /* a piece twice */
		n = below(random, sizeof(piece));
		n = n < size - at ? n : size - at;
		memcpy(piece, text + at, n);
		return splice(text, size, below(random, size + 1), 0, piece, n);
	case 4: /* a bit */
		if (at < size)
			text[at] = (char)(text[at] ^ (1 << below(random, 8)));
		return size;
	default:
		word = dictionary[below(random, ARRAY_SIZE(dictionary))];
		return splice(text, size, at, below(random, 4), word, strlen(word));
	}
}

/* Runs a copy of just @size bytes, so that ASan sees every read behind its end. */
static void run(const char *text, size_t size)
{
	__autofree char *copy = malloc(size ? size : 1);

	require(copy != NULL, "no memory");
	memcpy(copy, text, size);
	LLVMFuzzerTestOneInput((const uint8_t *)copy, size);
}

static void mutate_and_run(const char *seed, size_t seed_size, unsigned long iterations)
{
	__autofree char *text = malloc(INPUT_MAX);
	uint64_t random = 0x6b766d746f70; /* "kvmtop" */

	require(text != NULL, "no memory");
	for (unsigned long i = 0; i < iterations; i++) {
		size_t size = seed_size;

		memcpy(text, seed, size);
		for (size_t n = 1 + below(&random, 16); n; n--)
			size = mutate(text, size, &random);
		run(text, size);
	}
}

static int fuzz_file(const char *path, unsigned long iterations)
{
	__autofclose FILE *f = fopen(path, "r");
	__autofree char *seed = malloc(INPUT_MAX);
	size_t size;

	if (!f || !seed) {
		fprintf(stderr, "fuzz_reasons: cannot read %s\n", path);
		return 1;
	}
	size = fread(seed, 1, INPUT_MAX, f);
	run(seed, size);
	mutate_and_run(seed, size, iterations);
	return 0;
}

int main(int argc, char **argv)
{
	const char *iterations = getenv("FUZZ_ITERATIONS");
	unsigned long n = iterations ? strtoul(iterations, NULL, 10) : 10000;
	int n_files = argc - 1;

	if (n_files < 1) {
		fprintf(stderr, "usage: fuzz_reasons FILE... (tests/data/[...].format)\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		if (fuzz_file(argv[i], n / (unsigned long)n_files))
			return 1;
	printf("fuzz_reasons: %d files, %lu mutations\n", n_files, n);
	return 0;
}

#endif
