// SPDX-License-Identifier: GPL-2.0
/* What is written to standard error while there is a screen. In each test it is a file, or a terminal that nobody reads. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <unistd.h>

#include "run/stderr_lines.h"

static int saved; /* standard error of the test program */

struct taken {
	char text[8192];
	size_t n;
};

static int take(void *arg, const char *line)
{
	struct taken *taken = arg;

	assert_true(strlen(taken->text) + strlen(line) + 2 < sizeof(taken->text));
	strcat(taken->text, line);
	strcat(taken->text, "|");
	taken->n++;
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	saved = dup(STDERR_FILENO);
	return saved < 0;
}

static int tear_down(void **state)
{
	(void)state;
	dup2(saved, STDERR_FILENO);
	return close(saved);
}

static void put(const char *text)
{
	assert_int_equal(write(STDERR_FILENO, text, strlen(text)), strlen(text));
}

/* All that can be read from @fd, from its begin if it is a file. */
static char *read_all(int fd)
{
	char *text = calloc(1, 1 << 18);
	ssize_t n;
	size_t used = 0;

	lseek(fd, 0, SEEK_SET);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while ((n = read(fd, text + used, (1 << 18) - 1 - used)) > 0)
		used += (size_t)n;
	return text;
}

static void lines_come_whole(void **state)
{
	struct taken taken = { .n = 0 };
	struct stderr_lines *lines;
	FILE *file = tmpfile();
	char *text;

	(void)state;
	dup2(fileno(file), STDERR_FILENO);
	assert_int_equal(stderr_lines__new(&lines), 0);
	put("kvmtop: one\nkvmtop: tw");
	assert_int_equal(stderr_lines__take(lines, take, &taken), 0);
	assert_string_equal(taken.text, "one|");
	put("o\nthree \x1b[31m\n");
	assert_int_equal(stderr_lines__take(lines, take, &taken), 0);
	assert_string_equal(taken.text, "one|two|three \\x1b[31m|");
	put("the end");
	stderr_lines__free(lines);
	put("after");
	/* A file has all of it at once, in order and as it was. */
	text = read_all(fileno(file));
	assert_string_equal(text, "kvmtop: one\nkvmtop: two\nthree \x1b[31m\nthe end\nafter");
	free(text);
	fclose(file);
}

static void a_terminal_gets_them_at_the_end(void **state)
{
	struct taken taken = { .n = 0 };
	struct stderr_lines *lines;
	int master, slave;
	char *text;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	dup2(slave, STDERR_FILENO);
	assert_int_equal(stderr_lines__new(&lines), 0);
	put("one\ntwo\n");
	assert_int_equal(stderr_lines__take(lines, take, &taken), 0);
	assert_int_equal(taken.n, 2);
	text = read_all(master);
	assert_string_equal(text, "");
	free(text);
	stderr_lines__free(lines);
	text = read_all(master);
	assert_string_equal(text, "one\r\ntwo\r\n");
	free(text);
	close(master);
	close(slave);
}

/* Its writer is the same thread, which must not wait for itself. */
static void a_full_pipe_does_not_block(void **state)
{
	struct taken taken = { .n = 0 };
	struct stderr_lines *lines;
	FILE *file = tmpfile();
	char line[101];

	(void)state;
	memset(line, 'x', 99);
	strcpy(line + 99, "\n");
	dup2(fileno(file), STDERR_FILENO);
	assert_int_equal(stderr_lines__new(&lines), 0);
	for (int i = 0; i < 10000; i++)
		if (write(STDERR_FILENO, line, 100) < 0)
			assert_int_equal(errno, EAGAIN);
	assert_int_equal(stderr_lines__take(lines, NULL, NULL), 0);
	put("again\n");
	assert_int_equal(stderr_lines__take(lines, take, &taken), 0);
	assert_non_null(strstr(taken.text, "again|"));
	stderr_lines__free(lines);
	fclose(file);
}

static void the_newest_lines_are_kept(void **state)
{
	struct stderr_lines *lines;
	int master, slave;
	char line[101], *text;

	(void)state;
	assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
	dup2(slave, STDERR_FILENO);
	assert_int_equal(stderr_lines__new(&lines), 0);
	fcntl(slave, F_SETFL, O_NONBLOCK); /* its reader comes only then */
	for (int i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "%06u%093u\n", (unsigned int)i % 1000000, 0u);
		put(line);
		assert_int_equal(stderr_lines__take(lines, NULL, NULL), 0);
	}
	stderr_lines__free(lines);
	text = read_all(master);
	/* The first one that is left is whole. */
	assert_true(strspn(text, "0123456789") == 99 && text[99] == '\r');
	assert_true(strncmp(text, "001000", 6) > 0);
	free(text);
	close(master);
	close(slave);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lines_come_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_terminal_gets_them_at_the_end, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_pipe_does_not_block, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_newest_lines_are_kept, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
