// SPDX-License-Identifier: GPL-2.0
/* Files that a hostile VMM names: only what is harmless is read, and nothing waits. A made-up /proc, and a root of init's. */
#include "unit.h"

#include <sys/stat.h>
#include <unistd.h>

#include "../../user/sources/proc.h"
#include "../../user/sources/vmm_file.h"

static char root[] = "/tmp/kvmtop-vmm-file-XXXXXX";
static char proc[64];

#define CONFIG "[name]\n  guest = \"web01\"\n"
#define UID_OTHER 12345

static void make_dir(const char *path)
{
	char full[300];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(mkdir(full, 0755), 0);
}

static void make_link(const char *path, const char *to)
{
	char full[300];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(symlink(to, full), 0);
}

static void set_mode(const char *path, mode_t mode)
{
	char full[300];

	snprintf(full, sizeof(full), "%s/%s", root, path);
	assert_int_equal(chmod(full, mode), 0);
}

/* Process @pid, of user @uid, with its own view of @mounts below @its_root. */
static void make_process(const char *pid, unsigned int uid, const char *mounts,
			 const char *its_root)
{
	static const char cmdline[] = "kvm\0-readconfig\0etc/vm.cfg";
	char path[100], text[100];
	FILE *file;

	snprintf(path, sizeof(path), "proc/%s", pid);
	make_dir(path);
	snprintf(path, sizeof(path), "proc/%s/ns", pid);
	make_dir(path);
	snprintf(path, sizeof(path), "proc/%s/ns/mnt", pid);
	make_link(path, mounts);
	snprintf(path, sizeof(path), "proc/%s/root", pid);
	make_link(path, its_root);
	snprintf(path, sizeof(path), "proc/%s/cwd", pid);
	make_link(path, "/");
	snprintf(path, sizeof(path), "proc/%s/status", pid);
	snprintf(text, sizeof(text), "Name:\tUid: 0 0 0 0\nUid:\t0\t0\t0\t%u\n", uid);
	put_file(root, path, text);
	snprintf(path, sizeof(path), "proc/%s/stat", pid);
	snprintf(text, sizeof(text),
		 "%s (kvm) S 1 2 3 0 -1 4194560 1 0 0 0 5 6 0 0 20 0 4 0 777 1000 20\n", pid);
	put_file(root, path, text);
	snprintf(path, sizeof(path), "%s/proc/%s/cmdline", root, pid);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(cmdline, 1, sizeof(cmdline), file), sizeof(cmdline));
	fclose(file);
}

static int make_host(void **state)
{
	char full[300], *large = malloc(VMM_FILE_MAX + 2);

	(void)state;
	assert_non_null(mkdtemp(root));
	snprintf(proc, sizeof(proc), "%s/proc", root);
	make_dir("proc");
	make_dir("host");
	make_dir("host/etc");
	make_process("1", 0, "mnt:[1]", "../../host");
	make_process("100", UID_OTHER, "mnt:[1]", "/");
	make_process("200", UID_OTHER, "mnt:[2]", "/");
	make_process("300", UID_OTHER, "mnt:[1]", "/srv/jail");
	make_process("400", 0, "mnt:[1]", "/");
	put_file(root, "host/etc/vm.cfg", CONFIG);
	put_file(root, "host/etc/secret.cfg", CONFIG);
	set_mode("host/etc/secret.cfg", 0600);
	put_file(root, "outside.cfg", CONFIG);
	make_link("host/etc/link.cfg", "vm.cfg");
	make_link("host/etc/absolute.cfg", "/etc/vm.cfg");
	make_link("host/etc/escape.cfg", "../../outside.cfg");
	make_link("host/proc", "/proc");
	memset(large, '\n', VMM_FILE_MAX + 1);
	large[VMM_FILE_MAX + 1] = '\0';
	put_file(root, "host/etc/large.cfg", large);
	free(large);
	snprintf(full, sizeof(full), "%s/host/etc/fifo.cfg", root);
	assert_int_equal(mkfifo(full, 0666), 0);
	return 0;
}

static int remove_host(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void check(pid_t pid, const char *path, bool readable)
{
	char *text = vmm_file_read(proc, pid, path);

	if (!text != !readable)
		fail_msg("pid %d, %s: is %sread", (int)pid, path, text ? "" : "not ");
	if (text)
		assert_string_equal(text, CONFIG);
	free(text);
}

static void what_is_read(void **state)
{
	(void)state;
	check(100, "/etc/vm.cfg", true);
	check(100, "etc/vm.cfg", true);
	check(100, "/etc/link.cfg", true);
	check(100, "/etc/absolute.cfg", true); /* absolute in the root of init, wherever that is */
	check(100, "/../../etc/vm.cfg", true); /* above the root is the root */
	check(400, "/etc/secret.cfg", true);   /* root's own VMM */
}

static void what_is_not(void **state)
{
	(void)state;
	check(100, "/etc/escape.cfg", false);
	check(100, "/../outside.cfg", false);
	check(100, "/etc/secret.cfg", false);
	check(100, "/etc/fifo.cfg", false); /* and opening it does not wait */
	check(100, "/etc/large.cfg", false);
	check(100, "/etc", false);
	check(100, "/etc/none.cfg", false);
	check(100, "", false);
	check(200, "/etc/vm.cfg", false); /* other mounts */
	check(300, "/etc/vm.cfg", false); /* another root */
	check(999, "/etc/vm.cfg", false);
}

/* /proc is another mount, and has links that lead anywhere. */
static void other_mounts(void **state)
{
	char *text;

	(void)state;
	text = vmm_file_read("/proc", getpid(), "/proc/self/status");
	assert_null(text);
	text = vmm_file_read("/proc", getpid(), "/dev/zero");
	assert_null(text);
}

static void names_the_vm(void **state)
{
	struct vmm_info info;

	(void)state;
	assert_int_equal(proc_vmm_read(proc, 100, &info), 0);
	assert_string_equal(info.name, "web01");
	vmm_info__release(&info);
	assert_int_equal(proc_vmm_read(proc, 200, &info), 0);
	assert_null(info.name);
	vmm_info__release(&info);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read),
		cmocka_unit_test(what_is_not),
		cmocka_unit_test(other_mounts),
		cmocka_unit_test(names_the_vm),
	};

	return cmocka_run_group_tests_name("vmm_file", tests, make_host, remove_host);
}
