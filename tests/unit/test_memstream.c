// SPDX-License-Identifier: GPL-2.0
/* A text in memory is there as a whole, or it is not there and that is an error. */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../../user/base/memstream.h"
#include "unit.h"

/* With ASan an allocation that fails gives NULL, as it does without. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void the_text_is_there(void **state)
{
	char *text;
	size_t len;
	FILE *mem = memstream_open(&text, &len);

	(void)state;
	assert_non_null(mem);
	fputs("abc", mem);
	assert_int_equal(memstream_close(mem, &text), 0);
	assert_string_equal(text, "abc");
	assert_int_equal(len, 3);
	free(text);
}

static void nothing_is_a_text(void **state)
{
	char *text;
	size_t len = 1;
	FILE *mem = memstream_open(&text, &len);

	(void)state;
	assert_non_null(mem);
	assert_int_equal(memstream_close(mem, &text), 0);
	assert_string_equal(text, "");
	assert_int_equal(len, 0);
	free(text);
}

/* Of all lengths from one growth to the next but one, in pieces. */
static void it_grows(void **state)
{
	(void)state;
	for (size_t n = 1000; n < 5000; n++) {
		char *text;
		size_t len;
		FILE *mem = memstream_open(&text, &len);

		assert_non_null(mem);
		for (size_t i = 0; i < n; i++) {
			fputc('a' + (int)(i % 26), mem);
			if (i % 700 == 0)
				fflush(mem);
		}
		assert_int_equal(memstream_close(mem, &text), 0);
		assert_int_equal(len, n);
		assert_int_equal(strlen(text), n);
		assert_int_equal(text[n - 1], 'a' + (int)((n - 1) % 26));
		free(text);
	}
}

/* How many bytes of addresses the process has. */
static rlim_t address_bytes(void)
{
	FILE *statm = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	assert_non_null(statm);
	assert_int_equal(fscanf(statm, "%lu", &pages), 1);
	fclose(statm);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

/* An allocation fails in the middle; there is memory again for what comes after it. */
static void no_memory_to_grow(void **state)
{
	static char piece[1 << 20];
	struct rlimit before, little;
	char *text;
	size_t len;
	FILE *mem = memstream_open(&text, &len);

	(void)state;
	memset(piece, 'x', sizeof(piece));
	assert_non_null(mem);
	fputs("abc", mem);
	fflush(mem);
	assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
	little = before;
	little.rlim_cur = address_bytes() + 8 * sizeof(piece);
	assert_int_equal(setrlimit(RLIMIT_AS, &little), 0);
	for (int i = 0; i < 64; i++)
		fwrite(piece, 1, sizeof(piece), mem);
	assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
	fputs("def", mem);
	assert_int_equal(memstream_close(mem, &text), -ENOMEM);
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_there),
		cmocka_unit_test(nothing_is_a_text),
		cmocka_unit_test(it_grows),
		cmocka_unit_test(no_memory_to_grow),
	};

	return cmocka_run_group_tests_name("memstream", tests, NULL, NULL);
}
