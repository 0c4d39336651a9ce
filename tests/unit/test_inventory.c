// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "../../user/model/inventory.h"

#define __autoinventory __cleanup(inventory__done)

/* vCPU @vcpu_id of the VM at @kvm of process @tgid, at an address that follows from both. */
static struct slot_ident ident(uint32_t slot, uint32_t tgid, uint64_t kvm, uint32_t vcpu_id)
{
	return (struct slot_ident){
		.slot = slot,
		.tgid = tgid,
		.start_ns = 1000,
		.registered_ns = slot,
		.kvm = kvm,
		.vcpu = kvm + 0x100 * (vcpu_id + 1),
		.vcpu_id = vcpu_id,
		.vm_fd = -1,
		.comm = "vmm",
	};
}

static void add(struct inventory *inventory, struct slot_ident id)
{
	assert_int_equal(inventory__add(inventory, &id), 0);
}

static void vcpus_of_a_vm(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	add(&inv, ident(1, 7, 0xa000, 1));
	assert_int_equal(inv.n_vms, 1);
	assert_int_equal(inv.vms[0]->n_vcpus, 2);
	assert_int_equal(inv.vms[0]->vcpus[1].slot, 1);
	assert_string_equal(inv.vms[0]->comm, "vmm");
}

static void fd_is_learnt_later(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct slot_ident second = ident(1, 7, 0xa000, 1);

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	assert_int_equal(inv.vms[0]->vm_fd, -1);
	second.vm_fd = 12;
	add(&inv, second);
	assert_int_equal(inv.vms[0]->vm_fd, 12);
}

static void two_vms_in_one_process(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	add(&inv, ident(1, 7, 0xb000, 0));
	add(&inv, ident(2, 7, 0xa000, 1));
	assert_int_equal(inv.n_vms, 2);
	assert_int_equal(inv.vms[0]->n_vcpus, 2);
	assert_int_equal(inv.vms[1]->n_vcpus, 1);
	assert_false(inv.vms[0]->gone || inv.vms[1]->gone);
}

/* The process closed a VM and created another elsewhere in memory; the new one has its fd. */
static void another_vm_under_the_same_fd(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct slot_ident first = ident(0, 7, 0xa000, 0), second = ident(1, 7, 0xb000, 0);
	struct slot_ident other_fd = ident(2, 7, 0xc000, 0), other_process = ident(3, 8, 0xd000, 0);

	(void)state;
	first.vm_fd = second.vm_fd = other_process.vm_fd = 12;
	other_fd.vm_fd = 13;
	add(&inv, first);
	add(&inv, other_fd);
	add(&inv, other_process);
	assert_false(inv.vms[0]->gone || inv.vms[1]->gone || inv.vms[2]->gone);
	add(&inv, second);
	assert_int_equal(inv.n_vms, 4);
	assert_true(inv.vms[0]->gone);
	assert_false(inv.vms[1]->gone || inv.vms[2]->gone || inv.vms[3]->gone);
}

/* The same pid and even the same addresses, but another process. */
static void reused_pid(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct slot_ident later = ident(1, 7, 0xa000, 0);

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	later.start_ns += NS_PER_TICK;
	add(&inv, later);
	assert_int_equal(inv.n_vms, 2);
	assert_int_not_equal(inv.vms[0]->key, inv.vms[1]->key);
}

/* A VM ends, and its process makes another at the same address: told by a second vCPU 0. */
static void another_vm_at_the_same_address(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct slot_ident moved = ident(2, 7, 0xa000, 0);
	struct slot_ident fresh = ident(3, 7, 0xa000, 0);

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	add(&inv, ident(1, 7, 0xa000, 1));
	moved.vcpu += 0x40;
	add(&inv, moved);
	assert_int_equal(inv.n_vms, 2);
	assert_true(inv.vms[0]->gone);
	assert_false(inv.vms[1]->gone);
	assert_int_equal(inv.vms[1]->n_vcpus, 1);

	fresh.vcpu = moved.vcpu; /* even there, but the kernel side saw the old one go */
	fresh.fresh = true;
	add(&inv, fresh);
	assert_int_equal(inv.n_vms, 3);
	assert_true(inv.vms[1]->gone);
	assert_int_equal(inv.vms[2]->key, 3);
}

static struct vm_ident vm_ident(pid_t pid, uint64_t kvm, int vm_fd)
{
	return (struct vm_ident){
		.pid = pid, .start_ns = 1000, .kvm = kvm, .vm_fd = vm_fd, .comm = "vmm"
	};
}

/* The statistics know it before it has an exit, or later; it stays one VM. */
static void noted_vms(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct vm_ident noted = vm_ident(7, 0xa000, 12), other = vm_ident(7, 0xb000, 13);
	struct slot_ident slot = ident(0, 7, 0xa000, 0);

	(void)state;
	assert_int_equal(inventory__note(&inv, &noted), 0);
	assert_int_equal(inventory__note(&inv, &noted), 0);
	assert_int_equal(inventory__note(&inv, &other), 0);
	assert_int_equal(inv.n_vms, 2);
	assert_int_equal(inv.vms[0]->vm_fd, 12);
	assert_int_equal(inv.vms[0]->n_vcpus, 0);
	slot.vm_fd = 12;
	add(&inv, slot);
	assert_int_equal(inv.n_vms, 2);
	assert_int_equal(inv.vms[0]->n_vcpus, 1);
}

/* debugfs knows the fd and not the address, and the start to a clock tick. */
static void noted_by_fd(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct vm_ident one = vm_ident(7, 0, 12), two = vm_ident(7, 0, 13);
	struct slot_ident slot = ident(0, 7, 0xb000, 0);

	(void)state;
	assert_int_equal(inventory__note(&inv, &one), 0);
	assert_int_equal(inventory__note(&inv, &two), 0);
	assert_int_equal(inv.n_vms, 2);
	slot.vm_fd = 13;
	slot.start_ns = NS_PER_TICK - 1;
	add(&inv, slot);
	assert_int_equal(inv.n_vms, 2);
	assert_int_equal(inv.vms[1]->n_vcpus, 1);
	assert_int_equal(inv.vms[1]->kvm, 0xb000);
	assert_int_equal(inventory__note(&inv, &two), 0);
	assert_int_equal(inv.n_vms, 2);
}

/* Another VM has the fd of one that was closed: that one is gone. */
static void noted_after_another(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct vm_ident first = vm_ident(7, 0xa000, 12), second = vm_ident(7, 0xb000, 12);

	(void)state;
	assert_int_equal(inventory__note(&inv, &first), 0);
	assert_int_equal(inventory__note(&inv, &second), 0);
	assert_int_equal(inv.n_vms, 2);
	assert_true(inv.vms[0]->gone);
	assert_false(inv.vms[1]->gone);
}

/* What the statistics said was read before the slots were: the VM has ended since, and the next one has its fd. */
static void noted_too_late(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct vm_ident old = vm_ident(7, 0xa000, 12);
	struct slot_ident slot = ident(0, 7, 0xa000, 0), next = ident(1, 7, 0xb000, 0);

	(void)state;
	slot.vm_fd = next.vm_fd = 12;
	add(&inv, slot);
	add(&inv, next);
	assert_int_equal(inventory__note(&inv, &old), 0);
	assert_int_equal(inv.n_vms, 2);
	assert_true(inv.vms[0]->gone);
	assert_false(inv.vms[1]->gone);
}

static void second_slot_of_a_vcpu(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	add(&inv, ident(1, 7, 0xa000, 0));
	assert_int_equal(inv.n_vms, 1);
	assert_int_equal(inv.vms[0]->n_vcpus, 2);
	assert_false(inv.vms[0]->gone);
}

static void remove_keeps_the_others(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		add(&inv, ident(i, 100 + i, 0xa000, 0));
	inv.vms[0]->name = strdup("web01"); /* is freed with it */
	inventory__remove(&inv, 0);
	assert_int_equal(inv.n_vms, 2);
	assert_int_equal(inv.vms[0]->tgid, 102);
	assert_int_equal(inv.vms[1]->tgid, 101);

	/* The same again is a new one: keys are never used twice. */
	add(&inv, ident(0, 100, 0xa000, 0));
	assert_int_equal(inv.vms[2]->key, 4);
	while (inv.n_vms)
		inventory__remove(&inv, 0);
	add(&inv, ident(0, 100, 0xa000, 0));
	assert_int_equal(inv.vms[0]->key, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vcpus_of_a_vm),
		cmocka_unit_test(fd_is_learnt_later),
		cmocka_unit_test(two_vms_in_one_process),
		cmocka_unit_test(another_vm_under_the_same_fd),
		cmocka_unit_test(reused_pid),
		cmocka_unit_test(another_vm_at_the_same_address),
		cmocka_unit_test(noted_vms),
		cmocka_unit_test(noted_by_fd),
		cmocka_unit_test(noted_after_another),
		cmocka_unit_test(noted_too_late),
		cmocka_unit_test(second_slot_of_a_vcpu),
		cmocka_unit_test(remove_keeps_the_others),
	};

	return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
