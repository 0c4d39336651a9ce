// SPDX-License-Identifier: GPL-2.0
/* proc: names from real command lines and hostile ones; a made-up /proc; our own process. */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../user/base/cleanup.h"
#include "../../user/sources/proc.h"

/* The arguments are written with '|' between them. */
struct name_case {
	const char *args, *cgroup, *name;
};

static const struct name_case name_cases[] = {
	/* QEMU by hand */
	{ "qemu-system-x86_64|-name|web01|-m|1G", NULL, "web01" },
	{ "qemu-system-x86_64|--name|web01", NULL, "web01" },
	{ "qemu-system-x86_64|-m|1G", NULL, NULL },
	{ "qemu-system-x86_64|-name", NULL, NULL },
	{ "qemu-system-x86_64|-name|", NULL, NULL },
	{ "qemu-system-x86_64|-name|debug-threads=on", NULL, NULL },
	{ "qemu-system-x86_64|-name|web01,process=vm1", NULL, "web01" },
	{ "qemu-system-x86_64|-name|process=vm1,guest=web01", NULL, "web01" },
	{ "qemu-system-x86_64|-name|a,,b", NULL, "a,b" },
	{ "qemu-system-x86_64|-name|guest=a,,b,,,debug-threads=on", NULL, "a,b," },
	{ "qemu-system-x86_64|-name|guest=a=b", NULL, "a=b" },
	{ "qemu-system-x86_64|-name|one|-name|two", NULL, "two" },
	{ "qemu-system-x86_64|-name|one|-name|debug-threads=on", NULL, "one" },
	{ "qemu-system-x86_64|-name=web01", NULL, NULL },
	/* libvirt, Red Hat and Debian */
	{ "/usr/libexec/"
	  "qemu-kvm|-name|guest=rhel9,debug-threads=on|-S|-object|{\"qom-type\":\"secret\"}",
	  "0::/machine.slice/machine-qemu\\x2d1\\x2drhel9.scope/libvirt/emulator\n", "rhel9" },
	{ "/usr/bin/kvm|-id|100|-name|pve1,debug-threads=on|-no-shutdown", NULL, "pve1" },
	{ "kvm|-name|guest=instance-0000002a,debug-threads=on", NULL, "instance-0000002a" },
	/* the control group when the command line is silent */
	{ "emulator", "0::/machine.slice/machine-qemu\\x2d3\\x2dweb01.scope\n", "web01" },
	{ "emulator", "0::/machine.slice/machine-qemu\\x2d3\\x2dmy\\x2dvm.scope/emulator\n",
	  "my-vm" },
	{ "emulator", "11:cpu:/\n0::/machine.slice/machine-qemu\\x2d12\\x2da.b.scope\n", "a.b" },
	{ "emulator", "0::/x/machine-qemu\\x2dbob\\x2d3\\x2dweb01.scope", "web01" },
	{ "emulator", "0::/x/machine-qemu\\x2dbob\\x2dk\\x2d3\\x2dweb\\x2d4\\x2dx.scope",
	  "web-4-x" },
	{ "emulator", "0::/x/machine-qemu\\x2dembed\\x2d1a2b3c4d\\x2d3\\x2dweb01.scope", "web01" },
	{ "emulator", "0::/x/machine-lxc\\x2d3\\x2da.scope/b/machine-qemu\\x2d4\\x2dc.scope", "c" },
	{ "emulator", "0::/x/machine-qemu\\x2dembed\\x2d12345678\\x2d3\\x2dweb.scope", "web" },
	/* machines of others */
	{ "emulator", "0::/machine.slice/machine-qemu\\x2dweb\\x2d01\\x2dblue.scope",
	  "qemu-web-01-blue" },
	{ "emulator", "0::/machine.slice/machine-db\\x2dprod.scope", "db-prod" },
	{ "emulator", "0::/machine.slice/machine-web\\x2d01\\x2dblue.scope", "web-01-blue" },
	{ "emulator", "0::/machine.slice/machine-qemu\\x2ddemo.scope", "qemu-demo" },
	{ "emulator", "0::/machine.slice/machine-qemux\\x2d3\\x2dx.scope", "qemux-3-x" },
	{ "emulator", "0::/machine.slice/machine-my.scope/payload\n", "my" },
	{ "emulator", "0::/machine.slice/machine-a\\x5fb\\x40c.scope", "a_b@c" },
	{ "emulator", "0::/machine.slice/systemd-vmspawn@db-prod.service\n", "db-prod" },
	{ "emulator", "0::/machine.slice/systemd-vmspawn@qemu-3-x.service/x", "qemu-3-x" },
	{ "emulator", "0::/machine.slice/systemd-vmspawn@web\\x2d01.service", "web-01" },
	{ "emulator", "0::/machine.slice/systemd-vmspawn@.service", NULL },
	/* QEMU without a name: what else it was given */
	{ "kvm|-id|100|-m|1G", NULL, "100" },
	{ "qemu-system-x86_64|-uuid|a0ee|-m|1G", NULL, "a0ee" },
	{ "qemu-system-x86_64|--uuid|a0ee", "0::/machine.slice/machine-db\\x2dprod.scope",
	  "db-prod" },
	{ "kvm|-id|100|-uuid|a0ee|-name|web01", NULL, "web01" },
	{ "kvm|-uuid|a0ee|-id|100", NULL, "100" },
	{ "kvm|-uuid", NULL, NULL },
	{ "kvm|-id|", NULL, NULL },
	{ "emulator", "0::/machine/qemu-3-web01.libvirt-qemu/emulator\n", "web01" },
	{ "cloud-hypervisor|--api-socket|fd=28",
	  "0::/machine.slice/machine-ch\\x2d2\\x2ddb.scope\n", "db" },
	{ "emulator", "0::/user.slice/user-0.slice/session-3.scope\n", NULL },
	{ "emulator", "0::/machine.slice/machine-.scope\n", NULL },
	{ "emulator", "0::/machine.slice/machine-\\x00\\xzz.scope\n", "\\x00\\xzz" },
	{ "", "0::/machine.slice/machine-qemu\\x2d3\\x2dweb01.scope\n", "web01" },
	/* Firecracker, alone and by its jailer */
	{ "firecracker|--api-sock|/tmp/fc.sock|--id|fc-1", NULL, "fc-1" },
	{ "/firecracker|--id=fc-2|--start-time-us|1", NULL, "fc-2" },
	{ "firecracker-v1.7.0-x86_64|--id|fc-3", NULL, "fc-3" },
	{ "firecracker|--api-sock|/tmp/fc.sock", NULL, NULL },
	{ "firecracker|--|--id|no", NULL, NULL },
	/* cloud-hypervisor */
	{ "cloud-hypervisor|--api-socket|/run/vms/web01.sock|--kernel|k", NULL, "web01" },
	{ "cloud-hypervisor|--api-socket|path=/tmp/web02.sock", NULL, "web02" },
	{ "cloud-hypervisor|--api-socket=/run/vc/vm/5ad1/clh-api.sock", NULL, "5ad1" },
	{ "cloud-hypervisor|--api-socket|/tmp/ch.sock|--platform|num_pci_segments=1,uuid=1b4e-28ba",
	  NULL, "1b4e-28ba" },
	{ "cloud-hypervisor|--api-socket|/tmp/ch.sock", NULL, NULL },
	{ "cloud-hypervisor|--kernel|k", NULL, NULL },
	/* crosvm, kvmtool */
	{ "crosvm|run|--name|arc|--cpus|2|vmlinux", NULL, "arc" },
	{ "/apex/com.android.virt/bin/crosvm|run|--name=microdroid", NULL, "microdroid" },
	{ "lkvm|run|--name|t1|-k|bzImage", NULL, "t1" },
	{ "lkvm|run|-n|mode=tap|-k|bzImage", NULL, NULL },
	/* another VMM, which follows QEMU */
	{ "stratovirt|-name|s1", NULL, "s1" },
	/* hostile text goes through as it is: sinks escape it */
	{ "qemu|-name|\x1b[2J\xff", NULL, "\x1b[2J\xff" },
};

/* Replaces '|' by NUL; @terminated: the last argument has its NUL, too, as in /proc. */
static char *parse_name(const struct name_case *c, bool terminated)
{
	char *copy = strdup(c->args);
	size_t len = strlen(c->args);
	char *name;

	assert_non_null(copy);
	for (char *p = copy; (p = strchr(p, '|'));)
		*p++ = '\0';
	name = vmm_name_parse(copy, len + (terminated && len), c->cgroup);
	free(copy);
	return name;
}

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(name_cases); i++) {
		const struct name_case *c = &name_cases[i / 2];
		char *name = parse_name(c, i % 2);

		if (!name != !c->name || (name && strcmp(name, c->name)))
			fail_msg("%s: got '%s', not '%s'", c->args, name ? name : "(none)",
				 c->name ? c->name : "(none)");
		free(name);
	}
	assert_null(vmm_name_parse(NULL, 0, NULL));
	assert_null(vmm_name_parse("\0\0\0", 3, NULL));
}

/* What -g finds a VM by that has another name. */
static void test_aliases(void **state)
{
	static const char args[] = "kvm\0-id\0"
				   "100\0-name\0web01\0-uuid\0a0ee\0-uuid\0b1";
	char *id = vmm_alias_parse(args, sizeof(args), VM_ALIAS_ID);
	char *uuid = vmm_alias_parse(args, sizeof(args), VM_ALIAS_UUID);

	(void)state;
	assert_string_equal(id, "100");
	assert_string_equal(uuid, "b1");
	free(id);
	free(uuid);
	assert_null(vmm_alias_parse("kvm", 4, VM_ALIAS_ID));
	assert_null(vmm_alias_parse(NULL, 0, VM_ALIAS_UUID));
}

static void test_config_paths(void **state)
{
	static const struct {
		const char *args, *path;
		size_t len;
	} cases[] = {
#define ARGS(args_, path_) { args_, path_, sizeof(args_) }
		ARGS("kvm\0-readconfig\0/etc/a.cfg", "/etc/a.cfg"),
		ARGS("kvm\0-readconfig\0a\0-readconfig\0b", "b"),
		ARGS("kvm\0-readconfig\0a\0-name\0web01", NULL),
		ARGS("kvm\0-readconfig\0a\0-name\0debug-threads=on", "a"),
		ARGS("firecracker\0-readconfig\0a", NULL),
		ARGS("kvm\0-readconfig", NULL),
#undef ARGS
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *path = vmm_config_path(cases[i].args, cases[i].len);

		assert_true(!path == !cases[i].path);
		if (path)
			assert_string_equal(path, cases[i].path);
		free(path);
	}
}

static void test_config_names(void **state)
{
	static const char *const cases[][2] = {
		{ "[name]\n  guest = \"web01\"\n", "web01" },
		{ "# x\n[machine]\n  type = \"q35\"\n\n[name]\r\n\tguest=\"a b\"\r\n", "a b" },
		{ "[name]\nguest = \"a\"\n[name]\nguest = \"b\"", "b" },
		{ "[name \"x\"]\n guest = \"a\"", "a" },
		{ "[machine]\n guest = \"a\"\n", NULL },
		{ "[name]\n[memory]\n guest = \"a\"\n", NULL },
		{ "[names]\n guest = \"a\"\n", NULL },
		{ "[name]\n guests = \"a\"\n", NULL },
		{ "[name]\n guest = a\n", NULL },
		{ "[name]\n guest = \"a", NULL },
		{ "[name]\n guest = \"\"\n", NULL },
		{ "[name]\n guest", NULL },
		{ "guest = \"a\"", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char *name = vmm_config_name(cases[i][0]);

		if (!name != !cases[i][1] || (name && strcmp(name, cases[i][1])))
			fail_msg("case %zu: got '%s'", i, name ? name : "(none)");
		free(name);
	}
}

/* However it was named: what is kept is 256 bytes, and is said to be cut. */
static void test_long_names(void **state)
{
	static char args[70000], cgroup[70000];
	const struct {
		const char *head, *cgroup;
	} cases[] = { { "kvm|-name|", NULL },	      { "kvm|-name|guest=", NULL },
		      { "kvm|-uuid|", NULL },	      { "firecracker|--id|", NULL },
		      { "crosvm|run|--name=", NULL }, { "cloud-hypervisor|--api-socket|/x/", NULL },
		      { "emulator|", cgroup } };

	(void)state;
	strcpy(cgroup, "0::/machine-");
	memset(cgroup + strlen(cgroup), 'x', 65536);
	strcat(cgroup, ".scope");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct name_case c = { args, cases[i].cgroup, NULL };
		char *name;

		strcpy(args, cases[i].head);
		memset(args + strlen(cases[i].head), 'x', 65536);
		args[strlen(cases[i].head) + 65536] = '\0';
		name = parse_name(&c, true);
		assert_non_null(name);
		assert_int_equal(strlen(name), 256);
		assert_string_equal(name + 252, "x...");
		free(name);
	}
}

/* ---- a made-up /proc */

static char root[] = "/tmp/kvmtop-proc-XXXXXX";

static void write_file(const char *pid, const char *name, const char *text, size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s/%s", root, pid, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

static void link_fd(const char *pid, const char *fd, const char *to)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s/fd/%s", root, pid, fd);
	assert_int_equal(symlink(to, path), 0);
}

static void make_process(const char *pid, const char *comm, const char *cmdline, size_t len,
			 const char *stat_tail)
{
	char path[256], stat[512];

	snprintf(path, sizeof(path), "%s/%s", root, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/fd", root, pid);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(stat, sizeof(stat), "%s (%s) %s", pid, comm, stat_tail);
	write_file(pid, "stat", stat, strlen(stat));
	snprintf(path, sizeof(path), "%s\n", comm);
	write_file(pid, "comm", path, strlen(path));
	write_file(pid, "cmdline", cmdline, len);
}

#define STAT_TAIL(state, threads, start)                                      \
	state " 1 2 3 0 -1 4194560 1 0 0 0 5 6 0 0 20 0 " threads " 0 " start \
	      " 1000 20 18446744073709551615\n"

static int make_proc(void **state)
{
	static const char qemu[] = "/usr/bin/kvm\0-name\0guest=web01,debug-threads=on";

	(void)state;
	if (!mkdtemp(root))
		return -1;
	make_process("100", "qemu) S (x", qemu, sizeof(qemu), STAT_TAIL("S", "4", "777"));
	link_fd("100", "0", "/dev/null");
	link_fd("100", "12", "anon_inode:kvm-vm");
	link_fd("100", "9", "anon_inode:kvm-vm");
	link_fd("100", "10", "anon_inode:kvm-vcpu:0");
	link_fd("100", "11", "anon_inode:kvm-vcpu:1");
	link_fd("100", "13", "anon_inode:kvm-vcpu:1");
	link_fd("100", "14", "anon_inode:kvm-vcpu-stats:2");
	link_fd("100", "15", "anon_inode:kvm-vm-stats");
	link_fd("100", "16", "/tmp/anon_inode:kvm-vm");
	make_process("200", "bash", "bash", 5, STAT_TAIL("S", "1", "888"));
	make_process("300", "late", "", 0, STAT_TAIL("Z", "1", "999"));
	make_process("400", "threads", "x", 2, STAT_TAIL("Z", "3", "1000"));
	make_process("50", "fc", "firecracker\0--id\0fc-1", 22, STAT_TAIL("S", "3", "1"));
	link_fd("50", "7", "anon_inode:kvm-vm");
	make_process("60", "closed", "x", 2, STAT_TAIL("S", "3", "1"));
	link_fd("60", "8", "anon_inode:kvm-vcpu:0");
	link_fd("60", "9", "anon_inode:kvm-vm-stats");
	write_file("50", "cgroup", "0::/\n", 5);
	write_file("50", "status", "Name:\tTgid:\n", 12);
	write_file("100", "status", "Name:\tqemu) S (x\nTgid:\t90\n", 26);
	return 0;
}

static int remove_proc(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

static void test_process_of(void **state)
{
	pid_t pid = 1;

	(void)state;
	assert_int_equal(proc_process_of(root, 50, &pid), -EINVAL); /* it is cut, or lies */
	assert_int_equal(proc_process_of(root, 999, &pid), -ESRCH);
	assert_int_equal(pid, 1);
	assert_int_equal(proc_process_of(root, 100, &pid), 0);
	assert_int_equal(pid, 90);
}

static void test_read(void **state)
{
	struct vmm_info info;

	(void)state;
	assert_int_equal(proc_vmm_read(root, 100, &info), 0);
	assert_string_equal(info.name, "web01");
	assert_string_equal(info.comm, "qemu) S (x");
	assert_int_equal(info.start_ticks, 777);
	vmm_info__release(&info);
	assert_int_equal(proc_vmm_read(root, 50, &info), 0);
	assert_string_equal(info.name, "fc-1");
	vmm_info__release(&info);
	assert_int_equal(proc_vmm_read(root, 300, &info), 0);
	assert_null(info.name);
	vmm_info__release(&info);
	assert_int_equal(proc_vmm_read(root, 101, &info), -ESRCH);
}

static void test_alive(void **state)
{
	(void)state;
	assert_true(proc_alive(root, 100, 777));
	assert_false(proc_alive(root, 100, 778)); /* the pid was reused */
	assert_false(proc_alive(root, 101, 777));
	assert_false(proc_alive(root, 300, 999));
	assert_true(proc_alive(root, 400, 1000)); /* only its main thread has ended */
}

static void test_fds(void **state)
{
	size_t n = 99;
	int *fds = NULL;

	(void)state;
	assert_int_equal(proc_kvm_vm_fds(root, 100, &fds, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(fds[0], 9);
	assert_int_equal(fds[1], 12);
	free(fds);
	assert_int_equal(proc_kvm_vm_fds(root, 200, &fds, &n), 0);
	assert_int_equal(n, 0);
	assert_null(fds);
	assert_int_equal(proc_kvm_vm_fds(root, 101, &fds, &n), -ESRCH);
	assert_int_equal(proc_vcpu_count(root, 100, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(proc_vcpu_count(root, 101, &n), -ESRCH);
}

static void test_find(void **state)
{
	size_t n, denied;
	bool is_vmm;
	pid_t *pids;

	(void)state;
	assert_int_equal(proc_find_vmms(root, &pids, &n, &denied), 0);
	assert_int_equal(n, 3);
	assert_int_equal(pids[0], 50);
	assert_int_equal(pids[1], 60); /* its VM goes on without its fd */
	assert_int_equal(pids[2], 100);
	assert_int_equal(denied, 0);
	free(pids);
	assert_int_equal(proc_is_vmm(root, 60, &is_vmm), 0);
	assert_true(is_vmm);
	assert_int_equal(proc_is_vmm(root, 200, &is_vmm), 0);
	assert_false(is_vmm);
	assert_int_equal(proc_is_vmm(root, 101, &is_vmm), -ESRCH);
	assert_int_equal(proc_find_vmms("/does/not/exist", &pids, &n, &denied), -ENOENT);
}

static void test_denied(void **state)
{
	char path[256];
	size_t n, denied;
	pid_t *pids;
	int *fds;

	(void)state;
	if (!geteuid())
		skip(); /* root may read everything */
	snprintf(path, sizeof(path), "%s/50/fd", root);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(proc_kvm_vm_fds(root, 50, &fds, &n), -EACCES);
	assert_int_equal(proc_find_vmms(root, &pids, &n, &denied), 0);
	assert_int_equal(chmod(path, 0700), 0);
	assert_int_equal(n, 2);
	assert_int_equal(denied, 1);
	free(pids);
}

/* The real thing: a VM and vCPUs of our own. */
static void test_own_vm(void **state)
{
	int kvm __autoclose = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm __autoclose = kvm < 0 ? -1 : ioctl(kvm, KVM_CREATE_VM, 0UL);
	int vcpu __autoclose = vm < 0 ? -1 : ioctl(vm, KVM_CREATE_VCPU, 3UL);
	struct vmm_info info;
	size_t n, denied;
	pid_t *pids;
	bool found = false;
	int *fds;

	(void)state;
	assert_int_equal(proc_vmm_read(PROC_ROOT, getpid(), &info), 0);
	assert_true(proc_alive(PROC_ROOT, getpid(), info.start_ticks));
	vmm_info__release(&info);
	if (vcpu < 0)
		skip();
	assert_int_equal(proc_kvm_vm_fds(PROC_ROOT, getpid(), &fds, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(fds[0], vm);
	free(fds);
	assert_int_equal(proc_vcpu_count(PROC_ROOT, getpid(), &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(proc_find_vmms(PROC_ROOT, &pids, &n, &denied), 0);
	for (size_t i = 0; i < n; i++)
		found |= pids[i] == getpid();
	free(pids);
	assert_true(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	     cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_config_paths), cmocka_unit_test(test_config_names),
		cmocka_unit_test(test_long_names),   cmocka_unit_test(test_read),
		cmocka_unit_test(test_alive),	     cmocka_unit_test(test_fds),
		cmocka_unit_test(test_find),	     cmocka_unit_test(test_denied),
		cmocka_unit_test(test_process_of),   cmocka_unit_test(test_own_vm),
	};

	return cmocka_run_group_tests_name("proc", tests, make_proc, remove_proc);
}
