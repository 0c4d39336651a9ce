// SPDX-License-Identifier: GPL-2.0
#include "base/cleanup.h"
#include "unit.h"

#include <stdalign.h>

DEFINE_CLEANUP(arena, struct arena, arena__free)

static void zeroed_aligned_apart(void **state)
{
	__cleanup(cleanup_arena) struct arena *arena = arena__new();
	unsigned char *before = NULL;

	(void)state;
	assert_non_null(arena);
	for (size_t size = 1; size < 3000; size += 7) {
		unsigned char *p = arena__alloc(arena, size);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, size); /* the next one must not see it */
		assert_ptr_not_equal(p, before);
		before = p;
	}
}

static void no_bytes_are_a_pointer(void **state)
{
	__cleanup(cleanup_arena) struct arena *arena = arena__new();

	(void)state;
	assert_non_null(arena__alloc(arena, 0));
	assert_non_null(arena__calloc(arena, 0, 8));
	assert_ptr_not_equal(arena__alloc(arena, 0), arena__alloc(arena, 0));
}

static void large_among_small(void **state)
{
	__cleanup(cleanup_arena) struct arena *arena = arena__new();
	char *small = arena__alloc(arena, 16);
	char *large = arena__alloc(arena, 5 << 20);
	char *next = arena__alloc(arena, 16);

	(void)state;
	assert_non_null(small);
	assert_non_null(large);
	memset(large, 1, 5 << 20);
	assert_ptr_equal(next, small + 16); /* the chunk at hand goes on being filled */
}

static void too_much_is_null(void **state)
{
	__cleanup(cleanup_arena) struct arena *arena = arena__new();

	(void)state;
	assert_null(arena__alloc(arena, SIZE_MAX));
	assert_null(arena__alloc(arena, SIZE_MAX - 20));
	assert_null(arena__calloc(arena, SIZE_MAX / 2, 3));
	assert_non_null(arena__alloc(arena, 8)); /* and it lives on */
	assert_null(arena__calloc(arena, SIZE_MAX / 2 + 1, 2));
	assert_non_null(arena__alloc(arena, 8));
}

static void strings(void **state)
{
	__cleanup(cleanup_arena) struct arena *arena = arena__new();
	char text[] = "web01";
	char *copy = arena__strdup(arena, text);

	(void)state;
	text[0] = 'X';
	assert_string_equal(copy, "web01");
	assert_string_equal(arena__strdup(arena, ""), "");
	assert_null(arena__strdup(arena, NULL));
}

static void free_takes_null(void **state)
{
	(void)state;
	arena__free(NULL);
	arena__free(arena__new());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeroed_aligned_apart),
		cmocka_unit_test(no_bytes_are_a_pointer),
		cmocka_unit_test(large_among_small),
		cmocka_unit_test(too_much_is_null),
		cmocka_unit_test(strings),
		cmocka_unit_test(free_takes_null),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
