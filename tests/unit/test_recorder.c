// SPDX-License-Identifier: GPL-2.0
/* Recordings as files: written, appended to, cut off, damaged, full, and read again. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/base/clock.h"
#include "../../user/model/record.h"
#include "../../user/run/recorder.h"
#include "../../user/sources/replay.h"
#include "codec_samples.h"
#include "unit.h"

#define N 150 /* more than two snapshots by themselves */

struct fixture {
	struct sample_world w;
	char dir[32], path[64], older[64];
	struct snapshot *written[N];
	size_t n;
	char why[512];
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	sample_world__init(&f->w, 11);
	strcpy(f->dir, "/tmp/kvmtop-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/r", f->dir);
	snprintf(f->older, sizeof(f->older), "%s/r.1", f->dir);
	for (; f->n < N; f->n++)
		f->written[f->n] = sample_next(&f->w, f->n ? f->written[f->n - 1] : NULL);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	unlink(f->older);
	rmdir(f->dir);
	for (size_t i = 0; i < f->n; i++)
		snapshot__free(f->written[i]);
	sample_world__done(&f->w);
	free(f);
	return 0;
}

static int try_open(struct fixture *f, uint64_t bytes_max, struct recorder **ret_recorder)
{
	const struct recorder_opts opts = {
		.path = f->path,
		.bytes_max = bytes_max,
		.run = sample_run(&f->w),
	};

	return recorder__open(&opts, f->why, sizeof(f->why), ret_recorder);
}

/* Records the snapshots from @from to @to - 1. */
static void record(struct fixture *f, uint64_t bytes_max, size_t from, size_t to)
{
	struct recorder *recorder;

	assert_int_equal(try_open(f, bytes_max, &recorder), 0);
	for (size_t i = from; i < to; i++)
		assert_int_equal(recorder__write(recorder, f->written[i],
						 i > from ? f->written[i - 1] : NULL),
				 0);
	recorder__close(recorder);
}

static struct replay *open_replay(struct fixture *f)
{
	struct replay *replay;

	assert_int_equal(replay__open(f->path, true, f->why, sizeof(f->why), &replay), 0);
	return replay;
}

/* The next snapshot must be number @i; returns its run. */
static uint64_t expect(struct fixture *f, struct replay *replay, size_t i)
{
	struct replay_item *item;
	uint64_t run;

	assert_int_equal(replay__next(replay, &item), 0);
	if (!same_snapshots(&f->w, item->snapshot, f->written[i]))
		fail_msg("snapshot %zu is not what was recorded", i);
	run = item->run_number;
	replay_item__put(item);
	return run;
}

static void expect_end(struct replay *replay)
{
	struct replay_item *item;

	assert_int_equal(replay__next(replay, &item), -ENODATA);
	assert_int_equal(replay__next(replay, &item), -ENODATA);
}

static off_t size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static void what_is_recorded_is_replayed(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;
	struct stat st;

	record(f, 1 << 30, 0, N);
	stat(f->path, &st);
	assert_int_equal(st.st_mode & 0777, 0600);
	replay = open_replay(f);
	assert_int_equal(replay__info(replay)->n, N);
	assert_int_equal(replay__info(replay)->n_runs, 1);
	assert_true(replay__info(replay)->first_ns == timespec_ns(&f->written[0]->wall));
	assert_true(replay__info(replay)->last_ns == timespec_ns(&f->written[N - 1]->wall));
	for (size_t i = 0; i < N; i++)
		expect(f, replay, i);
	expect_end(replay);
	replay__close(replay);
}

static void seek(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;

	record(f, 1 << 30, 0, N);
	replay = open_replay(f);
	assert_int_equal(replay__seek(replay, timespec_ns(&f->written[119]->wall)), 0);
	expect(f, replay, 60);
	assert_int_equal(replay__seek(replay, timespec_ns(&f->written[120]->wall)), 0);
	for (size_t i = 120; i < N; i++)
		expect(f, replay, i);
	expect_end(replay);
	assert_int_equal(replay__seek(replay, 0), 0);
	expect(f, replay, 0);
	replay__close(replay);
}

/* A later run begins with a snapshot by itself, and is not to be compared with the one before. */
static void append(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;
	uint64_t first;

	record(f, 1 << 30, 0, 5);
	record(f, 1 << 30, 5, 9);
	replay = open_replay(f);
	assert_int_equal(replay__info(replay)->n_runs, 2);
	first = expect(f, replay, 0);
	for (size_t i = 1; i < 9; i++)
		assert_int_equal(expect(f, replay, i) == first, i < 5);
	expect_end(replay);
	replay__close(replay);
}

/* Records the first @to; returns how large the file was after @at of them. */
static off_t record_and_tell(struct fixture *f, size_t at, size_t to)
{
	struct recorder *recorder;
	off_t size = 0;

	assert_int_equal(try_open(f, 1 << 30, &recorder), 0);
	for (size_t i = 0; i < to; i++) {
		if (i == at)
			size = size_of(f->path);
		assert_int_equal(
			recorder__write(recorder, f->written[i], i ? f->written[i - 1] : NULL), 0);
	}
	recorder__close(recorder);
	return size;
}

/* However short the last record is cut, those before it are there, and one can go on. */
static void torn_tail(void **state)
{
	struct fixture *f = *state;
	struct recorder *recorder;
	struct replay *replay;
	off_t before, after;

	before = record_and_tell(f, 3, 4);
	after = size_of(f->path);
	for (off_t cut = after - 1; cut > before; cut -= 1 + (after - before) / 50) {
		assert_int_equal(truncate(f->path, cut), 0);
		replay = open_replay(f);
		assert_int_equal(replay__info(replay)->torn_bytes, cut - before);
		assert_int_equal(replay__info(replay)->damaged_bytes, 0);
		for (size_t i = 0; i < 3; i++)
			expect(f, replay, i);
		expect_end(replay);
		replay__close(replay);
	}
	assert_int_equal(try_open(f, 1 << 30, &recorder), 0);
	assert_true(recorder__cut_bytes(recorder) > 0);
	assert_int_equal(size_of(f->path), before);
	assert_int_equal(recorder__write(recorder, f->written[3], NULL), 0);
	recorder__close(recorder);
	replay = open_replay(f);
	for (size_t i = 0; i < 4; i++)
		expect(f, replay, i);
	expect_end(replay);
	replay__close(replay);
}

/* A killed kvmtop may leave a file without a whole record. */
static void torn_head(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;

	record(f, 1 << 30, 0, 2);
	for (off_t size = 40; size >= 0; size -= 5) {
		assert_int_equal(truncate(f->path, size), 0);
		replay = open_replay(f);
		assert_int_equal(replay__info(replay)->n, 0);
		expect_end(replay);
		replay__close(replay);
	}
	record(f, 1 << 30, 0, 2);
	replay = open_replay(f);
	expect(f, replay, 0);
	replay__close(replay);
}

/* Overwrites @n bytes at @at. */
static void damage(const char *path, off_t at, size_t n)
{
	int fd = open(path, O_WRONLY);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(pwrite(fd, "\xa5", 1, at + (off_t)i), 1);
	close(fd);
}

/* What is behind a damaged part is found again: at the next snapshot by itself. */
static void damaged_in_between(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;
	struct replay_item *item;
	off_t at;

	at = record_and_tell(f, 3, N);
	for (int head = 0; head < 2; head++) {
		damage(f->path, head ? at : at + RECORD_HEAD_BYTES, 10);
		replay = open_replay(f);
		assert_int_equal(replay__info(replay)->damaged_bytes > 0, head);
		for (size_t i = 0; i < 3; i++)
			expect(f, replay, i);
		for (size_t i = 60; i < N; i++)
			expect(f, replay, i);
		assert_int_equal(replay__next(replay, &item), -ENODATA);
		assert_int_equal(replay__lost(replay), head ? 56 : 57);
		replay__close(replay);
	}
}

/* Without the row that gives them their meaning, snapshots are not guessed at. */
static void damaged_context(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;

	record(f, 1 << 30, 0, 3);
	damage(f->path, RECORD_HEAD_BYTES + 3, 1); /* the run's payload */
	record(f, 1 << 30, 3, 6);
	replay = open_replay(f);
	for (size_t i = 3; i < 6; i++)
		expect(f, replay, i);
	expect_end(replay);
	assert_int_equal(replay__lost(replay), 3);
	replay__close(replay);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	fputs(text, file);
	fclose(file);
}

static void foreign_files(void **state)
{
	static const char *const texts[] = { "hello", "KVMTOP, a diary", "KVMTOPR2 and so on",
					     "K\n" };
	struct fixture *f = *state;
	struct recorder *recorder;
	struct replay *replay;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		write_file(f->path, texts[i]);
		assert_true(replay__open(f->path, true, f->why, sizeof(f->why), &replay) < 0);
		assert_non_null(strstr(f->why, i == 2 ? "another format" : "not a recording"));
		assert_true(try_open(f, 1 << 30, &recorder) < 0);
		assert_non_null(strstr(f->why, "left as it is: give another file"));
		assert_int_equal(size_of(f->path), strlen(texts[i]));
	}
	unlink(f->path);
	write_file(f->older, "a file of another program");
	assert_true(try_open(f, 1 << 30, &recorder) < 0);
	assert_non_null(strstr(f->why, "r.1: not a recording"));
	assert_int_equal(access(f->path, F_OK), -1);
	assert_int_equal(mkfifo(f->path, 0600), 0);
	assert_true(replay__open(f->path, false, f->why, sizeof(f->why), &replay) < 0);
	unlink(f->older);
	assert_true(try_open(f, 1 << 30, &recorder) < 0);
	assert_non_null(strstr(f->why, "not a regular file"));
}

static void one_writer_at_a_time(void **state)
{
	struct fixture *f = *state;
	struct recorder *one, *other;

	assert_int_equal(try_open(f, 1 << 30, &one), 0);
	assert_int_equal(try_open(f, 1 << 30, &other), -EBUSY);
	assert_non_null(strstr(f->why, "another kvmtop"));
	recorder__close(one);
}

/* The newest are kept, in two pieces, which are one run. */
static void bounded_size(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;
	uint64_t n, run;
	off_t largest;

	record(f, 1 << 30, 0, N);
	largest = size_of(f->path) / 3;
	unlink(f->path);
	record(f, (uint64_t)largest, 0, N);
	assert_true(size_of(f->path) + size_of(f->older) < largest + largest / 2);
	replay = open_replay(f);
	n = replay__info(replay)->n;
	assert_true(n > 10 && n < N);
	run = expect(f, replay, N - n);
	for (size_t i = N - n + 1; i < N; i++)
		assert_int_equal(expect(f, replay, i), run);
	expect_end(replay);
	replay__close(replay);
}

/* Between the two there is a moment without FILE. */
static void only_the_older_piece(void **state)
{
	struct fixture *f = *state;
	struct replay *replay;

	record(f, 1 << 30, 0, 3);
	assert_int_equal(rename(f->path, f->older), 0);
	replay = open_replay(f);
	for (size_t i = 0; i < 3; i++)
		expect(f, replay, i);
	expect_end(replay);
	replay__close(replay);
	unlink(f->older);
	assert_int_equal(replay__open(f->path, true, f->why, sizeof(f->why), &replay), -ENOENT);
}

/* A disk that is full for a while: what is in the file stays whole, and later it goes on. */
static void full_disk(void **state)
{
	struct fixture *f = *state;
	struct rlimit unlimited, full;
	struct recorder *recorder;
	struct replay *replay;
	int failed = 0;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &unlimited);
	assert_int_equal(try_open(f, 1 << 30, &recorder), 0);
	for (size_t i = 0; i < 12; i++) {
		full = unlimited;
		if (i >= 4 && i < 8)
			full.rlim_cur = (rlim_t)size_of(f->path) + 30;
		setrlimit(RLIMIT_FSIZE, &full);
		failed +=
			recorder__write(recorder, f->written[i], i ? f->written[i - 1] : NULL) != 0;
		setrlimit(RLIMIT_FSIZE, &unlimited);
	}
	recorder__close(recorder);
	assert_int_equal(failed, 4);
	replay = open_replay(f);
	assert_int_equal(replay__info(replay)->damaged_bytes, 0);
	for (size_t i = 0; i < 12; i++)
		if (i < 4 || i >= 8)
			expect(f, replay, i);
	expect_end(replay);
	assert_int_equal(replay__lost(replay), 0);
	replay__close(replay);
}

/* Statistics that become known later, and those that are the same as before. */
static void another_context(void **state)
{
	struct fixture *f = *state;
	const struct stat_layout *layouts[2];
	struct recorder *recorder;
	struct replay *replay;

	assert_int_equal(try_open(f, 1 << 30, &recorder), 0);
	for (size_t i = 0; i < 6; i++) {
		struct snapshot s = *f->written[i];

		if (i < 3) {
			s.event_names = NULL;
			s.host_tracepoints = NULL;
			s.n_vms = 0;
		}
		assert_int_equal(recorder__write(recorder, &s, NULL), 0);
	}
	recorder__close(recorder);
	replay = open_replay(f);
	for (size_t i = 0; i < 6; i++) {
		struct replay_item *item;

		assert_int_equal(replay__next(replay, &item), 0);
		assert_int_equal(item->snapshot->event_names != NULL, i >= 3);
		layouts[i >= 3] = item->snapshot->vcpu_layout;
		replay_item__put(item);
	}
	assert_ptr_equal(layouts[0], layouts[1]);
	replay__close(replay);
}

/* Which is refused, and stays as it is. */
static void refused(struct fixture *f, const char *words)
{
	struct recorder *recorder;

	assert_true(try_open(f, 1 << 30, &recorder) < 0);
	if (!strstr(f->why, words))
		fail_msg("'%s' is not in '%s'", words, f->why);
}

static void files_of_another_user(void **state)
{
	struct fixture *f = *state;
	struct stat st;
	int fd;

	if (geteuid()) {
		print_message("needs root, to be another user, too: skipped\n");
		skip();
	}
	fd = open(f->path, O_WRONLY | O_CREAT, 0666);
	assert_int_equal(fchown(fd, 1000, 1000), 0);
	close(fd);
	refused(f, "belongs to another user (uid 1000)");
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_size, 0);
	unlink(f->path);
	assert_int_equal(symlink(f->older, f->path), 0);
	assert_int_equal(lchown(f->path, 1000, 1000), 0);
	refused(f, "link of another user (uid 1000)");
	assert_int_not_equal(access(f->older, F_OK), 0);
}

/* The folder becomes another user's link to a folder of root's, in which there is a recording, too. */
static void folder_is_exchanged(void **state)
{
	struct fixture *f = *state;
	char folder[64], moved[64], victim[64], there[96], moved_file[96];
	struct recorder *recorder;
	size_t i = 1;
	int err = 0;

	if (geteuid()) {
		print_message("needs root, to be another user, too: skipped\n");
		skip();
	}
	snprintf(folder, sizeof(folder), "%s/folder", f->dir);
	snprintf(moved, sizeof(moved), "%s/moved", f->dir);
	snprintf(victim, sizeof(victim), "%s/victim", f->dir);
	snprintf(there, sizeof(there), "%s/r", victim);
	snprintf(moved_file, sizeof(moved_file), "%s/r", moved);
	assert_int_equal(mkdir(folder, 0755) || mkdir(victim, 0755), 0);
	snprintf(f->path, sizeof(f->path), "%s/folder/r", f->dir);
	assert_int_equal(try_open(f, 20000, &recorder), 0);
	assert_int_equal(recorder__write(recorder, f->written[0], NULL), 0);
	assert_int_equal(rename(folder, moved), 0);
	assert_int_equal(symlink(victim, folder), 0);
	assert_int_equal(lchown(folder, 1000, 1000), 0);
	close(open(there, O_WRONLY | O_CREAT, 0600));
	for (; i < N && !err; i++)
		err = recorder__write(recorder, f->written[i], f->written[i - 1]);
	assert_int_equal(err, -ELOOP);
	recorder__close(recorder);
	assert_int_equal(size_of(there), 0);
	assert_int_equal(unlink(there) || rmdir(victim) || unlink(folder) || unlink(moved_file) ||
				 rmdir(moved),
			 0);
}

/* When FILE is to become FILE.1 there is something else in its place, which stays; without it recording goes on. */
static void exchanged(void **state)
{
	struct fixture *f = *state;
	const char text[] = "not a recording";
	char moved[96], there[32] = "";
	struct recorder *recorder;
	int fd, err = 0;
	size_t i;

	snprintf(moved, sizeof(moved), "%s.moved", f->path);
	assert_int_equal(try_open(f, 20000, &recorder), 0);
	assert_int_equal(recorder__write(recorder, f->written[0], NULL), 0);
	assert_int_equal(rename(f->path, moved), 0);
	fd = open(f->path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	for (i = 1; i < N && !err; i++)
		err = recorder__write(recorder, f->written[i], f->written[i - 1]);
	assert_int_equal(err, -EEXIST);
	assert_int_not_equal(access(f->older, F_OK), 0);
	assert_int_equal(pread(fd, there, sizeof(there), 0), sizeof(text));
	assert_string_equal(there, text);
	close(fd);
	unlink(f->path);
	assert_int_equal(recorder__write(recorder, f->written[i], f->written[i - 1]), 0);
	assert_int_equal(recorder__sync(recorder), 0);
	recorder__close(recorder);
	assert_true(size_of(f->path) > 0);
	unlink(moved);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_recorded_is_replayed),
		TEST(seek),
		TEST(append),
		TEST(torn_tail),
		TEST(torn_head),
		TEST(damaged_in_between),
		TEST(damaged_context),
		TEST(foreign_files),
		TEST(one_writer_at_a_time),
		TEST(bounded_size),
		TEST(only_the_older_piece),
		TEST(full_disk),
		TEST(another_context),
		TEST(files_of_another_user),
		TEST(folder_is_exchanged),
		TEST(exchanged),
	};

	return cmocka_run_group_tests_name("recorder", tests, NULL, NULL);
}
