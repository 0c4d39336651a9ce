// SPDX-License-Identifier: GPL-2.0
/* vms: which VMs of process 7 have ended, by the links in a /proc of our own and by a look at its files. */
#include "unit.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../user/sources/vms.h"

#define START_TICKS 777

static char root[] = "/tmp/kvmtop-vms-XXXXXX";

static struct {
	struct vms vms;
	/* What a look finds, how it ends, and how often it was asked for. */
	const struct vm_file *files;
	size_t n_files;
	int error;
	unsigned n_looks;
} t;

static void look(void *arg, const pid_t *pids, int *errors, size_t n, vms_see_fn see, void *see_arg)
{
	(void)arg;
	assert_int_equal(n, 1);
	assert_int_equal(pids[0], 7);
	t.n_looks++;
	for (size_t i = 0; i < t.n_files; i++)
		see(&t.files[i], see_arg);
	errors[0] = t.error;
}

static void link_fd(const char *fd, const char *to)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/7/fd/%s", root, fd);
	unlink(path);
	if (to)
		assert_int_equal(symlink(to, path), 0);
}

static int begin(void **state)
{
	char path[256];
	FILE *f;

	(void)state;
	memset(&t, 0, sizeof(t));
	strcpy(root + strlen(root) - 6, "XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/7", root);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/7/fd", root);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/7/stat", root);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "7 (vmm) S 1 2 3 0 -1 4194560 1 0 0 0 5 6 0 0 20 0 4 0 %d 1000 20 1\n",
		START_TICKS);
	fclose(f);
	link_fd("0", "/dev/null");
	t.vms.proc_root = root;
	return 0;
}

static int end(void **state)
{
	char command[64];

	(void)state;
	vms__done(&t.vms);
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return system(command);
}

/* A VM with vCPU 0. */
static struct inventory_vm *add_vm(uint64_t kvm, int vm_fd)
{
	struct slot_ident ident = {
		.slot = (uint32_t)t.vms.inventory.last_key + 1,
		.tgid = 7,
		.start_ns = START_TICKS * NS_PER_TICK,
		.kvm = kvm,
		.vcpu = kvm + 0x100,
		.vm_fd = vm_fd,
	};

	assert_int_equal(inventory__add(&t.vms.inventory, &ident), 0);
	return t.vms.inventory.vms[t.vms.inventory.n_vms - 1];
}

static struct vm_file file_of(uint64_t kvm, uint64_t vcpu, int fd)
{
	return (struct vm_file){
		.pid = 7, .start_ns = START_TICKS * NS_PER_TICK, .kvm = kvm, .vcpu = vcpu, .fd = fd
	};
}

/* An fd that is known and open says all. */
static void open_fd(void **state)
{
	struct inventory_vm *vm = add_vm(0xa000, 4);

	(void)state;
	t.vms.look = look;
	link_fd("4", "anon_inode:kvm-vm");
	vms__look_after(&t.vms);
	assert_int_equal(t.n_looks, 0);
	assert_false(vm->ended);
}

static void closed_fd(void **state)
{
	struct inventory_vm *vm = add_vm(0xa000, 4);
	const struct vm_file vcpu = file_of(0xa000, 0xa100, 5);

	(void)state;
	t.vms.look = look;
	t.files = &vcpu;
	t.n_files = 1;
	for (int i = 0; i < 3; i++)
		vms__look_after(&t.vms);
	assert_int_equal(t.n_looks, 3);
	assert_false(vm->ended);
	/* Seen meanwhile by another look. */
	vm->noted = true;
	vms__look_after(&t.vms);
	assert_int_equal(t.n_looks, 3);
	/* Unknown is not ended. */
	t.n_files = 0;
	t.error = -EPERM;
	vms__look_after(&t.vms);
	assert_false(vm->ended);
	t.error = 0;
	vms__look_after(&t.vms);
	assert_true(vm->ended);
}

/* An fd beyond those that the kernel side looks at is found, and the VM has it from the first time on. */
static void fd_is_sought(void **state)
{
	struct inventory_vm *vm = add_vm(0xa000, -1), *other = add_vm(0xb000, -1);
	const struct vm_file files[] = { file_of(0xa000, 0, 300), file_of(0xb000, 0xb100, 302) };

	(void)state;
	t.vms.look = look;
	t.files = files;
	t.n_files = ARRAY_SIZE(files);
	assert_false(vms__look_at_new(&t.vms));
	vms__give_ids(&t.vms);
	assert_int_equal(t.n_looks, 1);
	assert_int_equal(vm->id_fd, 300);
	assert_int_equal(other->id_fd, -1);
	assert_false(vm->ended || other->ended);
	assert_false(vms__look_at_new(&t.vms));
	assert_int_equal(t.n_looks, 1);
}

/* A VM ends, and the next one has its fd, after it was looked after; or it lives on without. */
static void fd_has_another_vm(void **state)
{
	struct inventory_vm *first = add_vm(0xa000, 4), *next, *last;
	const struct vm_file files[] = { file_of(0xb000, 0, 4), file_of(0xb000, 0xb100, 5) };
	const struct vm_file both[] = { file_of(0xb000, 0xb100, 5), file_of(0xc000, 0, 4) };

	(void)state;
	t.vms.look = look;
	vms__give_ids(&t.vms);
	next = add_vm(0xb000, 4);
	t.files = files;
	t.n_files = ARRAY_SIZE(files);
	assert_true(vms__look_at_new(&t.vms));
	assert_true(first->ended);
	first->closed = true;
	assert_false(vms__look_at_new(&t.vms));
	vms__give_ids(&t.vms);
	assert_int_equal(next->id_fd, 4);

	last = add_vm(0xc000, 4);
	t.files = both;
	assert_false(vms__look_at_new(&t.vms));
	assert_false(next->ended);
	vms__give_ids(&t.vms);
	assert_int_equal(next->id_fd, 4);
	assert_int_equal(last->id_fd, -1);
}

static void process_has_ended(void **state)
{
	struct inventory_vm *vm = add_vm(0xa000, 4);
	char path[256];

	(void)state;
	t.vms.look = look;
	snprintf(path, sizeof(path), "%s/7/stat", root);
	assert_int_equal(unlink(path), 0);
	vms__look_after(&t.vms);
	assert_true(vm->ended);
	assert_int_equal(t.n_looks, 0);
}

/* No look says which VM a file is of. */
static void without_a_look(void **state)
{
	struct inventory_vm *known = add_vm(0xa000, 4), *unknown;

	(void)state;
	link_fd("5", "anon_inode:kvm-vcpu:0");
	vms__look_after(&t.vms);
	assert_false(known->ended); /* the vCPU is its */
	unknown = add_vm(0xb000, -1);
	vms__look_after(&t.vms);
	assert_true(known->ended); /* the vCPU may be the other one's */
	assert_false(unknown->ended);
	/* A process without any file: its first thread has ended, perhaps. */
	link_fd("5", NULL);
	link_fd("0", NULL);
	vms__look_after(&t.vms);
	assert_false(unknown->ended);
	link_fd("0", "/dev/null");
	vms__look_after(&t.vms);
	assert_true(unknown->ended);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(open_fd),		 TEST(closed_fd),	  TEST(fd_is_sought),
		TEST(fd_has_another_vm), TEST(process_has_ended), TEST(without_a_look),
	};

	return cmocka_run_group_tests_name("vms", tests, NULL, NULL);
}
