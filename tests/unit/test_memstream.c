// SPDX-License-Identifier: GPL-2.0
/* A text in memory is there as a whole, or it is not there and that is told. */
#include <errno.h>

#include "../../user/base/memstream.h"
#include "unit.h"

static void the_text_is_there(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *mem = open_memstream(&text, &len);

	(void)state;
	assert_non_null(mem);
	fputs("abc", mem);
	assert_int_equal(memstream_close(mem, &text), 0);
	assert_string_equal(text, "abc");
	assert_int_equal(len, 3);
	free(text);
}

/* As without memory: the stream is closed without an error, and has made no text. */
static void no_text(void **state)
{
	char *text = NULL;
	FILE *file = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(file);
	assert_int_equal(memstream_close(file, &text), -ENOMEM);
	assert_null(text);
}

static void closing_fails(void **state)
{
	char *text = strdup("ab");
	FILE *file = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(file);
	fputs("abc", file);
	assert_int_equal(memstream_close(file, &text), -ENOMEM);
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_text_is_there),
		cmocka_unit_test(no_text),
		cmocka_unit_test(closing_fails),
	};

	return cmocka_run_group_tests_name("memstream", tests, NULL, NULL);
}
