// SPDX-License-Identifier: GPL-2.0
/*
 * The log's file: nothing lost, nothing torn, whatever is done to it. Rows come from item_log, as they do in kvmtop.
 */
#include "item_feed.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../user/sinks/log_file.h"
#include "../../user/model/reasons.h"
#include "../../user/sinks/item_log.h"

#define HEADER "timestamp,kvm_exit\n"

static char dir[] = "/tmp/kvmtop-log-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	signal(SIGPIPE, SIG_IGN);
	snprintf(path, sizeof(path), "%s/log.csv", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static struct log_file *open_log(void)
{
	struct log_file *file = NULL;
	char why[256];

	assert_int_equal(log_file__open(path, why, sizeof(why), &file), 0);
	assert_int_equal(log_file__set_header(file, HEADER, false), 0);
	return file;
}

static void write_line(struct log_file *file, const char *line)
{
	assert_int_equal(log_file__write(file, line), 0);
}

static char *content(const char *of)
{
	__autofclose FILE *f = fopen(of, "r");
	char *text = NULL;
	size_t room = 0;

	if (f && getdelim(&text, &room, '\0', f) >= 0)
		return text;
	free(text);
	return strdup("");
}

/* What is in a file, which is removed. */
static void assert_content(const char *of, const char *expected)
{
	__autofree char *text = content(of);

	assert_string_equal(text, expected);
	unlink(of);
}

static void put(const char *text)
{
	__autofclose FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
}

/* stderr goes to a file meanwhile. */
static int hush(void)
{
	int saved = dup(STDERR_FILENO);
	__autoclose int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

	assert_true(saved >= 0 && fd >= 0);
	dup2(fd, STDERR_FILENO);
	return saved;
}

/* What was said on stderr since then. */
static char *unhush(int saved)
{
	off_t len = lseek(STDERR_FILENO, 0, SEEK_END);
	char *text = calloc(1, (size_t)len + 1);

	assert_true(text && pread(STDERR_FILENO, text, (size_t)len, 0) == len);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return text;
}

static size_t count(const char *text, const char *word)
{
	size_t n = 0;

	for (; (text = strstr(text, word)); text++)
		n++;
	return n;
}

static void new_file(void **state)
{
	struct log_file *file = open_log();
	struct stat st;
	mode_t mask = umask(022);
	char why[256];

	(void)state;
	umask(mask);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644 & ~mask);
	write_line(file, "a,1\n");
	log_file__close(file);
	file = open_log(); /* the header is there */
	write_line(file, "b,2\n");
	log_file__close(file);
	assert_content(path, HEADER "a,1\nb,2\n");
	file = NULL;
	log_file__close(file);
	assert_int_equal(log_file__open("/nowhere/log", why, sizeof(why), &file), -ENOENT);
	assert_string_equal(why, "No such file or directory: its folder must be there");
	assert_null(file);
}

/* Another one's columns, and a row that a power cut tore. */
static void other_header(void **state)
{
	struct log_file *file;
	char *said;
	int saved;

	(void)state;
	put("timestamp,exits\n2026-01-31 09:0");
	saved = hush();
	file = open_log();
	said = unhush(saved);
	assert_int_equal(count(said, "other columns"), 1);
	free(said);
	write_line(file, "a,1\n");
	log_file__close(file);
	assert_content(path, "timestamp,exits\n2026-01-31 09:0\n" HEADER "a,1\n");
}

static void always(void **state)
{
	struct log_file *file = NULL;
	char why[256];

	(void)state;
	put("before\n");
	assert_int_equal(log_file__open(path, why, sizeof(why), &file), 0);
	assert_int_equal(log_file__set_header(file, "names\n", true), 0);
	write_line(file, "1\n");
	log_file__close(file);
	assert_content(path, "before\nnames\n1\n");
}

/* logrotate's copytruncate. */
static void truncated(void **state)
{
	struct log_file *file = open_log();

	(void)state;
	write_line(file, "a,1\n");
	assert_int_equal(truncate(path, 0), 0);
	write_line(file, "b,2\n");
	log_file__close(file);
	assert_content(path, HEADER "b,2\n");
}

static void cannot_reopen(void **state)
{
	struct log_file *file = open_log();
	char moved[96], *said;
	int saved;

	(void)state;
	snprintf(moved, sizeof(moved), "%s.1", path);
	write_line(file, "a,1\n");
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(mkdir(path, 0700), 0); /* no file can be there */
	saved = hush();
	for (int i = 0; i < 3; i++) {
		assert_false(log_file__reopen(file));
		assert_true(log_file__wants_reopen(file));
		write_line(file, "b,2\n");
	}
	rmdir(path);
	assert_true(log_file__reopen(file));
	assert_false(log_file__wants_reopen(file));
	said = unhush(saved);
	assert_int_equal(count(said, "cannot reopen"), 1);
	assert_int_equal(count(said, "is reopened"), 1);
	free(said);
	assert_int_equal(log_file__set_header(file, HEADER, false), 0);
	write_line(file, "c,3\n");
	log_file__close(file);
	assert_content(moved, HEADER "a,1\nb,2\nb,2\nb,2\n");
	assert_content(path, HEADER "c,3\n");
}

/* Takes no more than so many bytes. */
static void limit_file(rlim_t bytes)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The write that does not fit is cut short by the kernel, and taken back. */
static void full(void **state)
{
	struct log_file *file = open_log();
	char *said;
	int saved;

	(void)state;
	write_line(file, "a,1\n");
	saved = hush();
	limit_file(sizeof(HEADER) - 1 + 4 + 2);
	write_line(file, "b,2\n");
	assert_false(log_file__is_settled(file));
	write_line(file, "c,3\n");
	said = content(path);
	assert_string_equal(said, HEADER "a,1\n");
	free(said);
	limit_file(RLIM_INFINITY);
	write_line(file, "d,4\n");
	assert_true(log_file__is_settled(file));
	write_line(file, "e,5\n");
	said = unhush(saved);
	assert_int_equal(count(said, "cannot write"), 1);
	assert_int_equal(count(said, "can be written again; 0 rows were lost"), 1);
	free(said);
	log_file__close(file);
	assert_content(path, HEADER "a,1\nb,2\nc,3\nd,4\ne,5\n");
}

/* The oldest rows go when there are too many, and are counted. */
static void full_for_long(void **state)
{
	struct log_file *file = open_log();
	const size_t n = 3 * LOG_FILE_KEEP_BYTES / 128;
	char line[129], *said, *text;
	size_t lost = 0;
	int saved = hush();

	(void)state;
	limit_file(sizeof(HEADER) - 1);
	for (size_t i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "%0127zu\n", i);
		write_line(file, line);
	}
	limit_file(RLIM_INFINITY);
	write_line(file, "last\n");
	said = unhush(saved);
	assert_non_null(strstr(said, "again; "));
	lost = strtoul(strstr(said, "again; ") + 7, NULL, 10);
	free(said);
	log_file__close(file);
	text = content(path);
	assert_int_equal(count(text, "\n"), 1 + n - lost + 1);
	assert_true(lost >= n - LOG_FILE_KEEP_BYTES / 128 && lost < n);
	assert_true(strtoul(text + sizeof(HEADER) - 1, NULL, 10) ==
		    lost); /* the oldest that is left */
	free(text);
	unlink(path);
}

/* All is lost, and there are no other columns. */
static void full_at_the_end(void **state)
{
	struct log_file *file = NULL;
	char why[256], *said;
	int saved = hush();

	(void)state;
	assert_int_equal(log_file__open("/dev/full", why, sizeof(why), &file), 0);
	assert_int_equal(log_file__set_header(file, HEADER, false), 0);
	write_line(file, "a,1\n");
	write_line(file, "b,2\n");
	assert_false(log_file__waits_for_reader(file));
	assert_int_equal(log_file__finish(file), -EIO);
	assert_int_equal(log_file__finish(file), 0); /* nothing is left */
	log_file__close(file);
	said = unhush(saved);
	assert_int_equal(count(said, "\n"), 2);
	assert_int_equal(count(said, "cannot write /dev/full: No space left"), 1);
	assert_int_equal(count(said, "2 rows could not be written and are lost (No space left"), 1);
	free(said);
}

static void null(void **state)
{
	struct log_file *file = NULL;
	char why[256], *said;
	int saved = hush();

	(void)state;
	assert_int_equal(log_file__open("/dev/null", why, sizeof(why), &file), 0);
	assert_int_equal(log_file__set_header(file, HEADER, false), 0);
	write_line(file, "a,1\n");
	assert_true(log_file__reopen(file));
	assert_int_equal(log_file__set_header(file, HEADER, false), 0);
	assert_int_equal(log_file__finish(file), 0);
	log_file__close(file);
	said = unhush(saved);
	assert_string_equal(said, "");
	free(said);
}

/* ---- readers of a FIFO */

static int open_reader(void)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* What there is to be read now. */
static char *drain(int fd, char *text)
{
	size_t len = text ? strlen(text) : 0;
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		text = realloc(text, len + (size_t)n + 1);
		assert_non_null(text);
		memcpy(text + len, bytes, (size_t)n);
		len += (size_t)n;
		text[len] = '\0';
	}
	return text ? text : strdup("");
}

/* It comes when there are rows already, goes, and comes again: each time it gets a header and whole rows. */
static void fifo_readers_come_and_go(void **state)
{
	struct log_file *file;
	char *text, *said;
	int fd, saved = hush();

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	file = open_log();
	write_line(file, "a,1\n");
	assert_true(log_file__waits_for_reader(file));
	fd = open_reader();
	write_line(file, "b,2\n");
	assert_true(log_file__is_settled(file));
	text = drain(fd, NULL);
	assert_string_equal(text, HEADER "a,1\nb,2\n");
	free(text);
	close(fd);
	write_line(file, "c,3\n");
	assert_false(log_file__is_settled(file));
	assert_false(log_file__waits_for_reader(file));
	fd = open_reader();
	log_file__retry(file);
	text = drain(fd, NULL);
	assert_string_equal(text, HEADER "c,3\n");
	free(text);
	close(fd);
	write_line(file, "d,4\n");
	assert_int_equal(log_file__finish(file), -EIO);
	log_file__close(file);
	said = unhush(saved);
	assert_int_equal(count(said, "it has no reader yet"), 1);
	assert_int_equal(count(said, "its reader has closed it"), 3); /* twice, and at the end */
	assert_int_equal(count(said, "1 row could not be written and is lost"), 1);
	free(said);
	unlink(path);
}

/* A reader that stops and goes on gets every row whole and once, however large. */
static void fifo_is_not_read(void **state)
{
	const size_t
		n = 90,
		len = 10007; /* each longer than what a pipe takes as a whole; together less than is kept */
	struct log_file *file;
	char *line = malloc(len + 1), *text = NULL, *at;
	int fd;

	(void)state;
	assert_non_null(line);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open_reader();
	file = open_log();
	for (size_t i = 0; i < n; i++) {
		memset(line, '.', len);
		snprintf(line, len, "%05zu", i);
		line[5] = '.';
		strcpy(line + len - 1, "\n");
		write_line(file, line);
		if (i % 20 == 19)
			text = drain(fd, text);
	}
	assert_true(log_file__waits_for_reader(file));
	while (log_file__waits_for_reader(file)) {
		text = drain(fd, text);
		log_file__retry(file);
	}
	text = drain(fd, text);
	assert_int_equal(log_file__finish(file), 0);
	log_file__close(file);
	at = text + sizeof(HEADER) - 1;
	assert_int_equal(strlen(at), n * len);
	for (size_t i = 0; i < n; i++, at += len)
		assert_true(strtoul(at, NULL, 10) == i && at[len - 1] == '\n');
	free(text);
	free(line);
	close(fd);
	unlink(path);
}

/* ---- what is exchanged under us */

static void exchanged(void **state)
{
	struct log_file *file = open_log();
	char moved[96], other[96], *said;
	int saved = hush();

	(void)state;
	snprintf(moved, sizeof(moved), "%s.1", path);
	snprintf(other, sizeof(other), "%s.other", path);
	write_line(file, "a,1\n");
	assert_int_equal(rename(path, moved), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(log_file__reopen(file));
	write_line(file, "b,2\n");
	unlink(path);
	/* Of a FIFO another FIFO. */
	log_file__close(file);
	assert_int_equal(mkfifo(path, 0600), 0);
	file = open_log();
	assert_int_equal(rename(path, other), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(log_file__reopen(file));
	log_file__close(file);
	/* Of a FIFO nothing, and a file. */
	file = open_log();
	unlink(path);
	assert_false(log_file__reopen(file));
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(close(creat(path, 0600)), 0);
	assert_false(log_file__reopen(file));
	log_file__close(file);
	said = unhush(saved);
	assert_int_equal(count(said, "not a regular file"), 1);
	assert_int_equal(count(said, "another one than at the start"), 1);
	free(said);
	assert_content(moved, HEADER "a,1\nb,2\n");
	unlink(other);
	unlink(path);
}

/* ---- rotation under load */

#define N_ROWS_MIN 10000
#define HANG_S 300
#define N_ROTATIONS 20

static volatile sig_atomic_t hung_up;

static void on_hangup(int number)
{
	(void)number;
	hung_up = 1;
}

/* What logrotate does, again and again, in a process of its own. */
static void rotate(pid_t who)
{
	alarm(HANG_S);
	for (int i = 0; i < N_ROTATIONS; i++) {
		char moved[96];

		snprintf(moved, sizeof(moved), "%s.%d", path, i);
		/* When the new one is there, and has something in it. */
		for (struct stat st; stat(path, &st) || st.st_size < 200;)
			usleep(100);
		if (rename(path, moved) || kill(who, SIGHUP))
			_exit(1);
	}
	_exit(0);
}

/* One frame's row, into the file that is to be open. */
static void log_frame(struct log_file *file, struct item_log *log, struct item_feed *feed,
		      uint64_t exits)
{
	struct frame_reason reason = { .count = { exits, exits, 0, true } };
	struct frame_vm vm = { .key = 1, .reasons = { &reason, 1 } };
	struct frame frame = { .interval_s = 1, .vms = &vm, .n_vms = 1 };
	const struct timespec wall = { 0 };
	__autofree char *row = NULL;

	item_feed__take(feed, &frame);
	if (hung_up) {
		hung_up = 0;
		assert_true(log_file__reopen(file));
		assert_int_equal(log_file__set_header(file, HEADER, false), 0);
	}
	row = item_log__row(log, feed->rows, &wall);
	assert_non_null(row);
	write_line(file, row);
}

/* Adds up the rows of a file, whose numbers go on from @next. */
static void check_rows(const char *of, uint64_t *next)
{
	__autofree char *text = content(of);
	char *save = NULL, *line = strtok_r(text, "\n", &save);

	assert_string_equal(line, "timestamp,kvm_exit");
	while ((line = strtok_r(NULL, "\n", &save))) {
		unsigned long long n;
		char after;

		assert_int_equal(sscanf(line, "1970-01-01 00:00:00,%llu%c", &n, &after), 1);
		assert_int_equal(n, ++*next);
	}
	unlink(of);
}

/* Rows until @child has rotated often enough, however long that takes; returns how many. */
static uint64_t log_until_ended(pid_t child, struct log_file *file, struct item_log *log,
				struct item_feed *feed)
{
	uint64_t exits = 0, n = 0;
	bool ended = false;
	int status = 0;

	while (n < N_ROWS_MIN || !ended) {
		/* Every row has its number, as so many exits come. */
		exits += ++n;
		log_frame(file, log, feed, exits);
		if (n % 20)
			continue;
		usleep(1000); /* leaves the child the CPU */
		if (!ended)
			ended = waitpid(child, &status, WNOHANG) == child;
	}
	assert_int_equal(status, 0);
	return n;
}

static void rotations(void **state)
{
	const struct sigaction action = { .sa_handler = on_hangup };
	const struct item_log_opts opts = { .csv = true };
	struct reason_names *names = reason_names__new();
	const struct asked asked = { .tracepoints = true, .fields = "kvm_exit$", .names = names };
	struct item_feed *feed = item_feed__new(&asked);
	struct item_log *log = item_log__new(&opts);
	struct frame empty = { .interval_s = 1 };
	uint64_t n_rows, next = 0;
	struct log_file *file;
	pid_t child;

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	item_feed__take(feed, &empty);
	assert_int_equal(item_log__take_columns(log, feed->rows), 0);
	file = open_log();
	sigaction(SIGHUP, &action, NULL);
	child = fork();
	if (!child)
		rotate(getppid());
	alarm(HANG_S);
	n_rows = log_until_ended(child, file, log, feed);
	alarm(0);
	log_file__close(file);
	for (int i = 0; i < N_ROTATIONS; i++) {
		char moved[96];

		snprintf(moved, sizeof(moved), "%s.%d", path, i);
		check_rows(moved, &next);
		assert_true(next && next <= n_rows);
	}
	if (!access(path, F_OK))
		check_rows(path, &next);
	assert_int_equal(next, n_rows);
	item_log__free(log);
	item_feed__free(feed);
	reason_names__free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_file),
		cmocka_unit_test(other_header),
		cmocka_unit_test(always),
		cmocka_unit_test(truncated),
		cmocka_unit_test(cannot_reopen),
		cmocka_unit_test(full),
		cmocka_unit_test(full_for_long),
		cmocka_unit_test(full_at_the_end),
		cmocka_unit_test(null),
		cmocka_unit_test(fifo_readers_come_and_go),
		cmocka_unit_test(fifo_is_not_read),
		cmocka_unit_test(exchanged),
		cmocka_unit_test(rotations),
	};

	return cmocka_run_group_tests_name("log_file", tests, make_dir, remove_dir);
}
