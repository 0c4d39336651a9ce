// SPDX-License-Identifier: GPL-2.0
/* debugfs: the statistics of a made-up KVM. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/model/stats.h"
#include "../../user/sources/debugfs.h"

static void make_folder(const char *root, const char *path)
{
	char full[300];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(mkdir(full, 0755), 0);
}

static void make_vm(const char *root, const char *exits)
{
	make_folder(root, "31-4");
	put_file(root, "31-4/exits", exits);
	put_file(root, "31-4/halt_wait_hist", "5\n");
}

static struct debugfs_vm only_vm(const char *root)
{
	__autofree struct debugfs_vm *vms = NULL;
	size_t n = 0;

	assert_int_equal(debugfs_vms(root, &vms, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(vms[0].creator, 31);
	assert_int_equal(vms[0].fd, 4);
	return vms[0];
}

static void remove_all(const char *root)
{
	char command[300];

	snprintf(command, sizeof(command), "rm -r '%s'", root);
	assert_int_equal(system(command), 0);
}

/* One that has just been made might not be complete. */
static void make_old(const char *root, const char *name)
{
	const struct timespec times[] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	char path[64];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void reads_values(void **state)
{
	char root[] = "/tmp/kvmtop-debugfs-XXXXXX";
	struct stat_layout *layout = NULL;
	struct debugfs_vm vm;
	uint64_t value = 0;

	(void)state;
	assert_non_null(mkdtemp(root));
	make_vm(root, "1234\n");
	make_folder(root, "no-vm");
	vm = only_vm(root);
	make_old(root, "31-4");
	assert_int_equal(debugfs_layout(root, &vm, NULL, &layout), 0);
	assert_int_equal(layout->n, 1);
	assert_string_equal(layout->v[0].name, "exits");
	assert_int_equal(debugfs_read(root, &vm, layout, &value), 0);
	assert_int_equal(value, 1234);
	put_file(root, "31-4/exits", "12x\n");
	assert_int_equal(debugfs_read(root, &vm, layout, &value), -EBADMSG);
	stat_layout__free(layout);
	remove_all(root);
}

/* A process ends its VM and makes another, which gets the same fd. */
static void replaced_vm(void **state)
{
	char root[] = "/tmp/kvmtop-debugfs-XXXXXX", from[64], to[64];
	const char *const names[] = { "exits" };
	struct stat_layout *layout = stat_layout__from_names(names, 1);
	struct debugfs_vm old, new;
	uint64_t value = 0;

	(void)state;
	assert_non_null(layout);
	assert_non_null(mkdtemp(root));
	make_vm(root, "1234\n");
	old = only_vm(root);
	snprintf(from, sizeof(from), "%s/31-4", root);
	/* It is still there, so that its inode is not taken again. */
	snprintf(to, sizeof(to), "%s/gone", root);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(debugfs_read(root, &old, layout, &value), -ENOENT);
	make_vm(root, "5\n");
	assert_int_equal(debugfs_read(root, &old, layout, &value), -ENOENT);
	new = only_vm(root);
	assert_true(new.inode != old.inode);
	assert_int_equal(debugfs_read(root, &new, layout, &value), 0);
	assert_int_equal(value, 5);
	stat_layout__free(layout);
	remove_all(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_values),
		cmocka_unit_test(replaced_vm),
	};

	return cmocka_run_group_tests_name("debugfs", tests, NULL, NULL);
}
