// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tui/input.h"
#include "tui/key_codes.h"

static void type(struct input *input, const char *text)
{
	for (; *text; text++)
		assert_int_equal(input__press(input, (unsigned char)*text), INPUT_CHANGED);
}

/* What an input line opens with is there to be edited, or replaced by the first character. */
static void old_value(void **state)
{
	struct input input = { .kind = INPUT_NONE };

	(void)state;
	input__open(&input, INPUT_GO_TO, "04:47:50");
	type(&input, "12:33");
	assert_string_equal(input.text, "12:33");
	input__open(&input, INPUT_FILTER, "web");
	assert_int_equal(input__press(&input, KEY_CODE_BACKSPACE), INPUT_CHANGED);
	type(&input, "x");
	assert_string_equal(input.text, "wex");
	assert_int_equal(input__press(&input, KEY_CODE_ESCAPE), INPUT_CANCELLED);
	assert_string_equal(input.text, "web");
}

/* Up has what was entered last, and goes on from there. */
static void last_value(void **state)
{
	struct input input = { .kind = INPUT_NONE };

	(void)state;
	input__open(&input, INPUT_FILTER, "");
	type(&input, "web");
	assert_int_equal(input__press(&input, KEY_CODE_ENTER), INPUT_ENTERED);
	input__open(&input, INPUT_FILTER, "");
	assert_int_equal(input__press(&input, KEY_CODE_UP), INPUT_CHANGED);
	type(&input, "01");
	assert_string_equal(input.text, "web01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_value),
		cmocka_unit_test(last_value),
	};

	return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
