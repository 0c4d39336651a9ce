// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <stdlib.h>

#include <linux/types.h>

#include "../../user/sources/bpf/typed.h"

/*
 * As when the programs of one path do not load, and those of the next one do. What libbpf has freed when there
 * is no handler left is ours by then: it must leave it alone.
 */
static void opened_again(void **state)
{
	static const char ours[64];
	struct typed *typed;
	char *blocks[8];

	(void)state;
	assert_int_equal(typed__open(NULL, &typed), 0);
	typed__close(typed);
	for (size_t i = 0; i < 8; i++) {
		blocks[i] = calloc(1, sizeof(ours) - 4 * i);
		assert_non_null(blocks[i]);
	}
	assert_int_equal(typed__open(NULL, &typed), 0);
	for (size_t i = 0; i < 8; i++) {
		assert_memory_equal(blocks[i], ours, sizeof(ours) - 4 * i);
		free(blocks[i]);
	}
	typed__close(typed);
}

/* As when a switch loads new programs before the old ones are taken away. */
static void opened_while_open(void **state)
{
	struct typed *first, *second;

	(void)state;
	assert_int_equal(typed__open(NULL, &first), 0);
	assert_int_equal(typed__open(NULL, &second), 0);
	typed__close(first);
	typed__close(second);
	assert_int_equal(typed__open(NULL, &first), 0);
	typed__close(first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opened_again),
		cmocka_unit_test(opened_while_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
