// SPDX-License-Identifier: GPL-2.0
/* The writer of JSON against jansson, byte for byte, and what it needs of memory for very many VMs. */
#include "unit.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>

#include "../../user/base/fmt.h"
#include "../../user/sinks/json_writer.h"
#include "big.h"
#include "output.h"

/* A value by itself, as both write it. */
struct both {
	struct json_writer w;
	char *text;
	size_t len;
};

static void begin(struct both *both)
{
	*both = (struct both){ .text = NULL };
	both->w.out = open_memstream(&both->text, &both->len);
	assert_non_null(both->w.out);
}

/* Takes @expected. */
static void compare(struct both *both, json_t *expected)
{
	char *text =
		json_dumps(expected, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15) | JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_int_equal(json_writer__finish(&both->w), 0);
	fclose(both->w.out);
	assert_true(both->len);
	both->text[both->len - 1] = '\0'; /* the end of the line */
	assert_string_equal(both->text, text);
	free(both->text);
	free(text);
	json_decref(expected);
}

static void check_real(double value, unsigned int decimals)
{
	double unit = pow(10, decimals), scaled = value * unit, rounded = value;
	struct both both;

	if (isfinite(scaled) && fabs(scaled) < 1e15)
		rounded = (double)(int64_t)(scaled + (scaled < 0 ? -0.5 : 0.5)) / unit;
	begin(&both);
	json_writer__real(&both.w, value, decimals);
	compare(&both, isfinite(scaled) ? json_real(rounded) : json_null());
}

static void reals(void **state)
{
	static const double values[] = {
		0,
		-0.0,
		0.1,
		0.05,
		0.0499,
		1e-6,
		1e-5,
		0.00009999,
		0.0001,
		1.5e-5,
		12,
		12.5,
		99.9995,
		100,
		123456,
		30921.946158,
		1e14,
		1e15,
		1e16,
		-1e15,
		123e18,
		1.8e19,
		1e300,
		-1e-7,
		-0.3,
		-0.6,
		-12.125,
		0.999999,
		999999.9999999,
		4503599627370495.5,
		NAN,
		INFINITY,
		-INFINITY,
	};
	unsigned int seed = 1;

	(void)state;
	for (unsigned int decimals = 0; decimals <= 6; decimals++)
		for (size_t i = 0; i < ARRAY_SIZE(values); i++)
			check_real(values[i], decimals);
	for (int i = 0; i < 100000; i++) {
		double value = ldexp(rand_r(&seed), rand_r(&seed) % 60 - 60);

		check_real(rand_r(&seed) % 2 ? value : -value, (unsigned int)rand_r(&seed) % 7);
	}
}

static void check_integer(uint64_t value)
{
	struct both both;

	begin(&both);
	json_writer__u64(&both.w, value);
	compare(&both,
		value <= INT64_MAX ? json_integer((json_int_t)value) : json_real((double)value));
	begin(&both);
	json_writer__i64(&both.w, (int64_t)value);
	compare(&both, json_integer((json_int_t)value));
}

static void integers(void **state)
{
	(void)state;
	for (unsigned int shift = 0; shift < 64; shift++) {
		check_integer(UINT64_C(1) << shift);
		check_integer((UINT64_C(1) << shift) - 1);
		check_integer(-(UINT64_C(1) << shift));
	}
}

static void check_text(const char *text)
{
	char *valid = fmt_escape_dup(FMT_ESCAPE_INVALID, text);
	struct both both;

	begin(&both);
	json_writer__text(&both.w, text);
	compare(&both, json_string(valid));
	begin(&both);
	json_writer__object(&both.w);
	json_writer__key(&both.w, text);
	json_writer__text(&both.w, text);
	json_writer__end_object(&both.w);
	compare(&both, json_pack("{s:s}", valid, valid));
	free(valid);
}

static void texts(void **state)
{
	static const char *const pieces[] = {
		"web01",  "\"",		  "\\",	    "/",	  "\b\f\n\r\t", "\x01\x1f\x1b",
		"\u00e4", "\u3164",	  "\ufe0f", "\U0001f600", "\U0010ffff", "\xff",
		"\xc3",	  "\xed\xa0\x80", "\uffff", "\u2028",	  " ",		"",
	};
	unsigned int seed = 1;
	struct both both;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		check_text(pieces[i]);
	for (int round = 0; round < 20000; round++) {
		char text[64] = "";

		for (int i = rand_r(&seed) % 7; i; i--)
			strcat(text, pieces[(size_t)rand_r(&seed) % ARRAY_SIZE(pieces)]);
		check_text(text);
	}
	for (int round = 0; round < 20000; round++) { /* any bytes but NUL and DEL */
		char text[16] = "";

		for (int i = rand_r(&seed) % 15; i; i--)
			text[i - 1] = (char)(1 + rand_r(&seed) % 126 + rand_r(&seed) % 2 * 128);
		check_text(text);
	}
	/* which is a control character, and jansson's is not one of JSON's */
	begin(&both);
	json_writer__text(&both.w, "\x7f");
	json_writer__finish(&both.w);
	fclose(both.w.out);
	assert_string_equal(both.text, "\"\\u007F\"\n");
	free(both.text);
}

static void structures(void **state)
{
	struct both both;
	struct json_writer *w = &both.w;

	(void)state;
	begin(&both);
	json_writer__object(w);
	json_writer__key(w, "a");
	json_writer__array(w);
	json_writer__end_array(w);
	json_writer__key(w, "b");
	json_writer__array(w);
	json_writer__null(w);
	json_writer__bool(w, true);
	json_writer__bool(w, false);
	json_writer__array(w);
	json_writer__u64(w, 1);
	json_writer__end_array(w);
	json_writer__object(w);
	json_writer__end_object(w);
	json_writer__text(w, NULL);
	json_writer__end_array(w);
	json_writer__end_object(w);
	compare(&both, json_pack("{s:[],s:[n,b,b,[i],{},n]}", "a", "b", 1, 0, 1));
}

/* The reader has closed the pipe, the disk is full: that is reported, whenever it shows. */
static void errors(void **state)
{
	struct json_writer w = { .out = fopen("/dev/full", "w") };

	(void)state;
	assert_non_null(w.out);
	json_writer__array(&w);
	assert_int_equal(json_writer__finish(&w), -ENOSPC);
	fclose(w.out);

	w = (struct json_writer){ .out = fopen("/dev/full", "w") };
	json_writer__array(&w);
	for (int i = 0; i < 1000000; i++) {
		json_writer__array(&w);
		json_writer__end_array(&w);
	}
	assert_true(w.text.room < 1 << 20); /* it does not pile up */
	assert_int_equal(json_writer__finish(&w), -ENOSPC);
	fclose(w.out);
}

/* ---- a thousand VMs */

struct watcher {
	size_t before, most, bytes;
};

static ssize_t watch(void *cookie, const char *buf, size_t size)
{
	struct watcher *watcher = cookie;
	size_t now = in_use();

	(void)buf;
	if (now > watcher->before && now - watcher->before > watcher->most)
		watcher->most = now - watcher->before;
	watcher->bytes += size;
	return (ssize_t)size;
}

/* The frame is there anyway; what is written of it is not there a second time. */
static void memory(void **state)
{
	struct frame *frame = frame_between(big_snapshot(1, 10), big_snapshot(2, 21));
	const struct view view = { .utf8 = true };
	struct watcher watcher = { .most = 0 };
	FILE *out;

	(void)state;
	out = fopencookie(&watcher, "w", (cookie_io_functions_t){ .write = watch });
	assert_non_null(out);
	watcher.before = in_use();
	assert_int_equal(json__write(out, frame, &view), 0);
	fclose(out);
	assert_true(watcher.bytes > 10 << 20);
	if (watcher.most > 1 << 20)
		fail_msg("%zu bytes of memory for %zu of JSON", watcher.most, watcher.bytes);
	frame__free(frame);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reals),      cmocka_unit_test(integers), cmocka_unit_test(texts),
		cmocka_unit_test(structures), cmocka_unit_test(errors),	  cmocka_unit_test(memory),
	};

	return cmocka_run_group_tests_name("json_writer", tests, NULL, NULL);
}
