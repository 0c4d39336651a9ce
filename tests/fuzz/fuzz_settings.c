// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz_settings: the parser of saved settings against hostile text.
 *
 * With clang -fsanitize=fuzzer,address,undefined it is a libFuzzer target. With -DFUZZ_STANDALONE it is a program that takes the files it is given.
 * Then it mutates a text of its own, the same way each time: FUZZ_ITERATIONS times (default 20000).
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../user/base/cleanup.h"
#include "../../user/tui/settings.h"

/* Ends the program when @ok is not true, also where assert() is compiled out. */
static void require(int ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fuzz_settings: %s\n", what);
	abort();
}

static void note_bad(void *arg, size_t number, const char *key, const char *why)
{
	size_t *last = arg;

	(void)key;
	require(number > *last && *why, "a line is reported twice, or without a reason");
	*last = number;
}

/* What was not set is the same to the byte, but for the end of the last line. */
static void check_print(const struct settings *settings, const uint8_t *data, size_t size)
{
	size_t n;
	__autofree char *text = settings__print(settings, &n);

	require(text && n >= size && n <= size + 1, "the text has another length");
	require(!memcmp(text, data, size), "the text is another one");
	require(n == size || text[size] == '\n', "there is more text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "interval", "mouse",	"columns",
					    "history",	"rule.R13.p99", "rule.x" };
	struct settings *settings = NULL;
	size_t last = 0;
	int err = settings__parse((const char *)data, size, note_bad, &last, &settings);

	require(!err || err == -E2BIG || err == -EINVAL, "another error");
	if (err)
		return 0;
	check_print(settings, data, size);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *value = settings__get(settings, keys[i]);

		require(!value || !strchr(value, '\n'), "a value is more than a line");
		require(!value || !settings__set(settings, keys[i], value),
			"a value cannot be set again");
	}
	require(!settings__set(settings, "mouse", "yes"), "a value cannot be set");
	require(!strcmp(settings__get(settings, "mouse"), "yes"), "it was not set");
	settings__free(settings);
	return 0;
}

#ifdef FUZZ_STANDALONE

static void take_file(const char *path)
{
	__autofclose FILE *file = fopen(path, "r");
	static uint8_t data[2 * SETTINGS_BYTES_MAX];

	require(file != NULL, "a file cannot be opened");
	LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof(data), file));
}

static void mutate(size_t rounds)
{
	static const char text[] =
		"# settings\nsort = lost\nreverse = yes\ninterval = 0.5\n\n"
		"colour=never\n glyphs = auto\nmouse = no\nhistory = 64\nrule.x = 1\n";
	uint64_t random = 1;

	for (size_t i = 0; i < rounds; i++) {
		uint8_t data[sizeof(text)];

		memcpy(data, text, sizeof(text));
		for (int j = 0; j < 4; j++) {
			random = random * UINT64_C(6364136223846793005) + 1442695040888963407u;
			data[(random >> 33) % (sizeof(text) - 1)] =
				"\n= #.\r\t0ay\xff"[(random >> 20) % 11];
		}
		LLVMFuzzerTestOneInput(data, (random >> 40) % sizeof(text));
	}
	printf("fuzz_settings: %zu mutations\n", rounds);
}

int main(int argc, char **argv)
{
	const char *rounds = getenv("FUZZ_ITERATIONS");

	for (int i = 1; i < argc; i++)
		take_file(argv[i]);
	mutate(rounds ? strtoul(rounds, NULL, 10) : 20000);
	return 0;
}

#endif
