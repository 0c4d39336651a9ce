// SPDX-License-Identifier: GPL-2.0
/* Whole pieces, in order, to readers of all kinds; and kvmtop does not wait for them. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../user/base/cleanup.h"
#include "../../user/base/outlet.h"

#define PIPE_BYTES 4096
#define KEEP_BYTES 20000
#define SECOND 1000000000ull

struct fixture {
	int pipe[2];
	struct outlet *outlet;
	char *text; /* that was read */
	size_t len;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct outlet_opts opts = { .keep_bytes = KEEP_BYTES };

	signal(SIGPIPE, SIG_IGN);
	if (!f || pipe2(f->pipe, O_CLOEXEC) || fcntl(f->pipe[1], F_SETPIPE_SZ, PIPE_BYTES) < 0)
		return -1;
	fcntl(f->pipe[0], F_SETFL, O_NONBLOCK);
	opts.fd = f->pipe[1];
	*state = f;
	return outlet__open(&opts, &f->outlet);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	outlet__close(f->outlet);
	if (f->pipe[0] >= 0)
		close(f->pipe[0]);
	close(f->pipe[1]);
	free(f->text);
	free(f);
	return 0;
}

static int put(struct outlet *outlet, int number, size_t len)
{
	FILE *out = outlet__begin(outlet);

	assert_non_null(out);
	fprintf(out, "%0*d\n", (int)len - 1, number);
	return outlet__end(outlet, 0);
}

/* What there is to be read now. */
static void drain(struct fixture *f)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(f->pipe[0], bytes, sizeof(bytes))) > 0) {
		f->text = realloc(f->text, f->len + (size_t)n + 1);
		assert_non_null(f->text);
		memcpy(f->text + f->len, bytes, (size_t)n);
		f->len += (size_t)n;
		f->text[f->len] = '\0';
	}
}

static void drain_all(struct fixture *f)
{
	const uint64_t ns = SECOND / 1000;
	sigset_t none;

	sigemptyset(&none);
	while (!outlet__is_idle(f->outlet)) {
		assert_int_equal(outlet__error(f->outlet), 0);
		drain(f);
		outlet__wait(f->outlet, ns, &none);
	}
	drain(f);
}

static void in_order(void **state)
{
	struct fixture *f = *state;
	char *at;

	for (int i = 0; i < 500; i++) {
		assert_int_equal(put(f->outlet, i, 100), 0);
		drain(f);
	}
	drain_all(f);
	assert_int_equal(f->len, 500 * 100);
	assert_int_equal(outlet__written(f->outlet), 500 * 100);
	at = f->text;
	for (int i = 0; i < 500; i++, at += 100)
		assert_int_equal(strtol(at, NULL, 10), i);
}

static void larger_than_all_room(void **state)
{
	struct fixture *f = *state;

	assert_true(outlet__has_room(f->outlet));
	assert_int_equal(put(f->outlet, 1, 10 * KEEP_BYTES), 0);
	assert_true(outlet__has_room(f->outlet));
	assert_int_equal(put(f->outlet, 2, 10 * KEEP_BYTES), 0);
	assert_false(outlet__has_room(f->outlet));
	drain_all(f);
	assert_true(outlet__has_room(f->outlet));
	assert_int_equal(f->len, 20 * KEEP_BYTES);
}

static void room_is_limited(void **state)
{
	struct fixture *f = *state;
	size_t n;

	for (n = 0; n < 1000 && outlet__has_room(f->outlet); n++)
		assert_int_equal(put(f->outlet, (int)n, 1000), 0);
	assert_true(n >= KEEP_BYTES / 1000 && n <= (KEEP_BYTES + PIPE_BYTES) / 1000 + 1);
	drain_all(f);
	assert_int_equal(f->len, n * 1000);
	assert_int_equal(f->text[f->len - 1], '\n');
}

static void an_error_of_the_maker(void **state)
{
	struct fixture *f = *state;
	FILE *out = outlet__begin(f->outlet);

	assert_non_null(out);
	fputs("half a frame", out);
	assert_int_equal(outlet__end(f->outlet, -ENOENT), -ENOENT);
	assert_non_null(outlet__begin(f->outlet));
	assert_int_equal(outlet__end(f->outlet, 0), 0);
	assert_true(outlet__is_idle(f->outlet));
	assert_int_equal(outlet__error(f->outlet), 0);
}

static void the_reader_goes(void **state)
{
	struct fixture *f = *state;
	sigset_t none;

	sigemptyset(&none);
	assert_int_equal(put(f->outlet, 1, 2 * PIPE_BYTES), 0);
	close(f->pipe[0]);
	f->pipe[0] = -1;
	while (!outlet__error(f->outlet))
		outlet__wait(f->outlet, SECOND, &none);
	assert_int_equal(outlet__error(f->outlet), -EPIPE);
	assert_int_equal(put(f->outlet, 2, 10), -EPIPE);
}

/* Also while it is being written: tear_down() must come to an end. */
static void closed_while_it_waits(void **state)
{
	struct fixture *f = *state;
	sigset_t none;

	sigemptyset(&none);
	assert_int_equal(put(f->outlet, 1, 2 * PIPE_BYTES), 0);
	while (outlet__written(f->outlet) < PIPE_BYTES)
		outlet__wait(f->outlet, SECOND / 1000, &none);
	assert_false(outlet__is_idle(f->outlet));
}

/* A piece of many lines: of those that are short enough the reader gets whole ones only. */
static void no_line_is_cut(void **state)
{
	struct fixture *f = *state;
	FILE *out = outlet__begin(f->outlet);
	sigset_t none;

	sigemptyset(&none);
	assert_non_null(out);
	for (int i = 0; i < 1000; i++)
		fprintf(out, "%099d\n", i);
	assert_int_equal(outlet__end(f->outlet, 0), 0);
	/* The pipe has room for one write. */
	while (!outlet__written(f->outlet))
		outlet__wait(f->outlet, SECOND / 1000, &none);
	outlet__close(take_ptr(f->outlet));
	drain(f);
	assert_true(f->len > 0 && f->len <= PIPE_BYTES);
	assert_int_equal(f->len % 100, 0);
}

/* Set by another process that has the pipe. */
static void nonblocking(void **state)
{
	struct fixture *f = *state;

	fcntl(f->pipe[1], F_SETFL, O_NONBLOCK);
	assert_int_equal(put(f->outlet, 1, 10 * PIPE_BYTES), 0);
	drain_all(f);
	assert_int_equal(f->len, 10 * PIPE_BYTES);
}

static void full(void **state)
{
	const struct outlet_opts opts = { .fd = open("/dev/full", O_WRONLY | O_CLOEXEC) };
	struct outlet *outlet;
	sigset_t none;
	int err;

	(void)state;
	sigemptyset(&none);
	assert_int_equal(outlet__open(&opts, &outlet), 0);
	err = put(outlet, 1, 10);
	assert_true(!err || err == -ENOSPC);
	while (!outlet__error(outlet))
		outlet__wait(outlet, SECOND, &none);
	assert_int_equal(outlet__error(outlet), -ENOSPC);
	outlet__close(outlet);
	close(opts.fd);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(in_order),
		TEST(larger_than_all_room),
		TEST(room_is_limited),
		TEST(an_error_of_the_maker),
		TEST(the_reader_goes),
		TEST(closed_while_it_waits),
		TEST(no_line_is_cut),
		TEST(nonblocking),
		TEST(full),
	};

	return cmocka_run_group_tests_name("outlet", tests, NULL, NULL);
}
