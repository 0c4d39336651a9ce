// SPDX-License-Identifier: GPL-2.0
/*
 * What is opened to be written to, and what is a trap. Traps are set by another user, so most of it needs root; without it that is
 * skipped.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/base/own_file.h"

#define OTHER 1000

struct fixture {
	char dir[64];
	char why[256];
	struct stat st;
};

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	strcpy(f->dir, "/tmp/kvmtop-own-XXXXXX");
	*state = f;
	return mkdtemp(f->dir) && !chdir(f->dir) && !chmod(".", 0755) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
	(void)!chdir("/");
	free(f);
	return system(command);
}

static void needs_root(void)
{
	if (!geteuid())
		return;
	print_message("needs root, which sets traps for itself as another user: skipped\n");
	skip();
}

static int try_open(struct fixture *f, const char *path, bool special)
{
	const struct own_file_opts opts = { .flags = O_WRONLY | O_APPEND,
					    .mode = 0640,
					    .special = special };
	int fd = own_file__open(path, &opts, f->why, sizeof(f->why), &f->st);

	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

static void refused(struct fixture *f, const char *path, int err, const char *words)
{
	assert_int_equal(try_open(f, path, false), err);
	if (!strstr(f->why, words))
		fail_msg("'%s' is not in '%s'", words, f->why);
}

static void put(const char *path, uid_t uid, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);

	assert_true(fd >= 0);
	assert_int_equal(fchown(fd, uid, (gid_t)-1), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void put_folder(const char *path, uid_t uid, mode_t mode)
{
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(chown(path, uid, (gid_t)-1), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void put_link(const char *to, const char *path, uid_t uid)
{
	assert_int_equal(symlink(to, path), 0);
	assert_int_equal(lchown(path, uid, (gid_t)-1), 0);
}

/* ---- without another user */

static void plain(void **state)
{
	struct fixture *f = *state;
	mode_t mask = umask(022);
	char path[128];

	umask(mask);
	assert_int_equal(try_open(f, "file", false), 0);
	assert_true(S_ISREG(f->st.st_mode));
	assert_int_equal(f->st.st_mode & 07777, 0640 & ~mask);
	assert_int_equal(try_open(f, "file", false), 0);
	snprintf(path, sizeof(path), "%s/.//../%s/file", f->dir, strrchr(f->dir, '/') + 1);
	assert_int_equal(try_open(f, path, false), 0);
	refused(f, "nowhere/file", -ENOENT, "No such file");
	refused(f, "file/file", -ENOTDIR, "Not a directory");
	refused(f, "", -ENOENT, "No such file");
	refused(f, "/", -EISDIR, "directory");
	refused(f, ".", -EISDIR, "directory");
	refused(f, "folder/", -EISDIR, "directory");
}

static void our_links(void **state)
{
	struct fixture *f = *state;
	char path[128], name[16];

	put_folder("folder", geteuid(), 0700);
	put_link("folder", "to", geteuid());
	put_link("file", "folder/link", geteuid());
	assert_int_equal(try_open(f, "to/link", false), 0);
	assert_int_equal(access("folder/file", F_OK), 0);
	snprintf(path, sizeof(path), "%s/to/../folder/far", f->dir);
	put_link(path, "absolute", geteuid());
	assert_int_equal(try_open(f, "absolute", false), 0);
	assert_int_equal(access("folder/far", F_OK), 0);
	put_link("circle", "circle", geteuid());
	refused(f, "circle", -ELOOP, "symbolic links");
	snprintf(name, sizeof(name), "0");
	put(name, geteuid(), 0600);
	for (int i = 1; i < 50; i++) {
		char before[16];

		strcpy(before, name);
		snprintf(name, sizeof(name), "%d", i);
		put_link(before, name, geteuid());
	}
	assert_int_equal(try_open(f, "40", false), 0);
	refused(f, "41", -ELOOP, "symbolic links");
}

static void specials(void **state)
{
	struct fixture *f = *state;
	int fd;

	assert_int_equal(mkfifo("fifo", 0600), 0);
	refused(f, "fifo", -EINVAL, "not a regular file");
	refused(f, "/dev/null", -EINVAL, "not a regular file");
	assert_int_equal(try_open(f, "/dev/null", true), 0);
	assert_true(S_ISCHR(f->st.st_mode));
	assert_int_equal(try_open(f, "fifo", true), -ENXIO);
	assert_true(S_ISFIFO(f->st.st_mode));
	fd = open("fifo", O_RDONLY | O_NONBLOCK);
	assert_int_equal(try_open(f, "fifo", true), 0);
	close(fd);
	assert_int_equal(try_open(f, "nowhere/fifo", true), -ENOENT);
	assert_false(f->st.st_mode);
}

/* /dev/stdout, whatever it is. */
static void what_is_open(void **state)
{
	struct fixture *f = *state;
	int fds[2], fd = open("file", O_WRONLY | O_CREAT, 0600);
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	put_link(path, "link", geteuid());
	assert_int_equal(unlink("file"), 0);
	assert_int_equal(try_open(f, path, false), 0);
	assert_int_equal(try_open(f, "link", false), 0);
	close(fd);
	assert_int_equal(pipe(fds), 0);
	snprintf(path, sizeof(path), "/dev/fd/%d", fds[1]);
	assert_int_equal(try_open(f, path, true), 0);
	assert_true(S_ISFIFO(f->st.st_mode));
	refused(f, path, -EINVAL, "not a regular file");
	close(fds[0]);
	close(fds[1]);
}

static void folder(void **state)
{
	struct fixture *f = *state;
	__autofree char *name = NULL;
	int fd;

	put_folder("folder", geteuid(), 0700);
	put_link("nowhere", "folder/link", geteuid());
	fd = own_file__folder("folder/link", f->why, sizeof(f->why), &name);
	assert_true(fd >= 0);
	assert_string_equal(name, "link");
	assert_int_equal(faccessat(fd, "link", F_OK, AT_SYMLINK_NOFOLLOW), 0);
	close(fd);
	assert_int_equal(own_file__folder("nowhere/file", f->why, sizeof(f->why), &name), -ENOENT);
}

/* ---- traps */

static void links_of_others(void **state)
{
	struct fixture *f = *state;

	needs_root();
	put("victim", 0, 0600);
	put_folder("theirs", OTHER, 0755);
	put_link("../victim", "theirs/log", OTHER);
	refused(f, "theirs/log", -ELOOP, "log is a link of another user (uid 1000)");
	put_link("../new", "theirs/new", OTHER);
	refused(f, "theirs/new", -ELOOP, "link of another user");
	assert_int_not_equal(access("new", F_OK), 0);
	/* A link of root's that another user has put there. */
	put_link("../victim", "theirs/brought", 0);
	refused(f, "theirs/brought", -ELOOP, "in a folder of another user (uid 1000)");
	/* In the place of a folder. */
	put_link("..", "theirs/folder", OTHER);
	refused(f, "theirs/folder/victim", -ELOOP, "folder is a link of another user");
	/* In a folder that other users may write to, too. */
	put_folder("tmp", 0, 01777);
	put_link("../victim", "tmp/log", OTHER);
	refused(f, "tmp/log", -ELOOP, "link of another user");
	put_link("../victim", "tmp/ours", 0);
	assert_int_equal(try_open(f, "tmp/ours", false), 0);
}

static void a_new_file_in_their_folder(void **state)
{
	struct fixture *f = *state;

	needs_root();
	put_folder("theirs", OTHER, 0755);
	assert_int_equal(try_open(f, "theirs/log", false), 0);
	assert_int_equal(f->st.st_uid, 0);
	assert_int_equal(try_open(f, "theirs/log", false), 0);
}

static void files_of_others(void **state)
{
	struct fixture *f = *state;

	needs_root();
	put("file", OTHER, 0666);
	refused(f, "file", -EPERM, "belongs to another user (uid 1000)");
	put_folder("theirs", OTHER, 0755);
	put("theirs/file", OTHER, 0666);
	refused(f, "theirs/file", -EPERM, "belongs to another user");
	assert_int_equal(mkfifo("theirs/fifo", 0600), 0);
	assert_int_equal(chown("theirs/fifo", OTHER, OTHER), 0);
	assert_int_equal(try_open(f, "theirs/fifo", true), -EPERM);
	/* Only we can have put it here. */
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(chown("fifo", OTHER, OTHER), 0);
	assert_int_equal(try_open(f, "fifo", true), -ENXIO);
}

static void hard_links(void **state)
{
	struct fixture *f = *state;

	needs_root();
	put("victim", 0, 0600);
	put_folder("theirs", OTHER, 0755);
	put_folder("group", 0, 0775);
	assert_int_equal(link("victim", "theirs/log"), 0);
	assert_int_equal(link("victim", "group/log"), 0);
	refused(f, "theirs/log", -EPERM, "another name");
	refused(f, "group/log", -EPERM, "another name");
	assert_int_equal(try_open(f, "victim", false), 0);
}

/* As another user: what is root's is all right, and so is what is its own. */
static void as_another_user(void **state)
{
	struct fixture *f = *state;

	needs_root();
	put("file", 0, 0666);
	put_folder("folder", OTHER, 0755);
	put_link("own", "folder/link", OTHER);
	put_folder("theirs", 2000, 0777);
	put_link("own", "theirs/link", 2000);
	put_link("own", "theirs/ours", OTHER);
	assert_int_equal(seteuid(OTHER), 0);
	assert_int_equal(try_open(f, "file", false), 0);
	assert_int_equal(try_open(f, "folder/link", false), 0);
	assert_int_equal(try_open(f, "folder/own", false), 0);
	refused(f, "theirs/link", -ELOOP, "link of another user (uid 2000)");
	refused(f, "theirs/ours", -ELOOP, "in a folder of another user (uid 2000)");
	refused(f, "file2", -EACCES, "Permission denied");
	assert_int_equal(seteuid(0), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(plain),
		TEST(our_links),
		TEST(specials),
		TEST(what_is_open),
		TEST(folder),
		TEST(links_of_others),
		TEST(a_new_file_in_their_folder),
		TEST(files_of_others),
		TEST(hard_links),
		TEST(as_another_user),
	};

	return cmocka_run_group_tests_name("own_file", tests, NULL, NULL);
}
