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
	assert_false(inv.vms[0]->closed || inv.vms[1]->closed);
}

/* The process closed a VM's fd and created another elsewhere in memory, which has it now. The first one may run on. */
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
	assert_false(inv.vms[0]->closed || inv.vms[1]->closed || inv.vms[2]->closed);
	add(&inv, second);
	assert_int_equal(inv.n_vms, 4);
	assert_true(inv.vms[0]->fd_closed);
	assert_false(inv.vms[1]->fd_closed || inv.vms[2]->fd_closed || inv.vms[3]->fd_closed);
	assert_false(inv.vms[0]->closed || inv.vms[1]->closed || inv.vms[2]->closed ||
		     inv.vms[3]->closed);
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

/* A VM ends, and its process makes another at the same address: a second vCPU 0 shows it. */
static void another_vm_at_the_same_address(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct slot_ident second = ident(2, 7, 0xa000, 0);
	struct slot_ident fresh = ident(3, 7, 0xa000, 0);

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	add(&inv, ident(1, 7, 0xa000, 1));
	second.vcpu += 0x40;
	add(&inv, second);
	assert_int_equal(inv.n_vms, 2);
	assert_true(inv.vms[0]->closed);
	assert_false(inv.vms[1]->closed);
	assert_int_equal(inv.vms[1]->n_vcpus, 1);

	fresh.vcpu = second.vcpu; /* even there, but the kernel side saw the old one end */
	fresh.fresh = true;
	add(&inv, fresh);
	assert_int_equal(inv.n_vms, 3);
	assert_true(inv.vms[1]->closed);
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

/* Another VM has the fd of one that was closed. */
static void noted_after_another(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct vm_ident first = vm_ident(7, 0xa000, 12), second = vm_ident(7, 0xb000, 12);

	(void)state;
	assert_int_equal(inventory__note(&inv, &first), 0);
	assert_int_equal(inventory__note(&inv, &second), 0);
	assert_int_equal(inv.n_vms, 2);
	assert_true(inv.vms[0]->fd_closed);
	assert_false(inv.vms[1]->fd_closed);
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
	inv.vms[0]->closed = true;
	assert_int_equal(inventory__note(&inv, &old), 0);
	assert_int_equal(inv.n_vms, 2);
	assert_false(inv.vms[1]->closed);
}

/* ---- whether a VM has ended */

/* A file of process 7: of the VM at @kvm, or of vCPU @vcpu_id at the address that ident() gives it. */
static struct vm_file vm_file(uint64_t kvm, int fd)
{
	return (struct vm_file){ .pid = 7, .start_ns = 1000, .kvm = kvm, .fd = fd };
}

static struct vm_file vcpu_file(uint64_t kvm, uint32_t vcpu_id)
{
	return (struct vm_file){ .pid = 7,
				 .start_ns = 1000,
				 .kvm = kvm,
				 .vcpu = kvm + 0x100 * (vcpu_id + 1),
				 .vcpu_id = vcpu_id,
				 .fd = 50 + (int)vcpu_id };
}

/* A VM of process 7 with vCPUs 0 and 1, whose fd is 12 (-1: not known). */
static struct inventory_vm *add_vm(struct inventory *inv, uint64_t kvm, int vm_fd)
{
	struct slot_ident first = ident((uint32_t)inv->last_key * 2, 7, kvm, 0);
	struct slot_ident second = ident((uint32_t)inv->last_key * 2 + 1, 7, kvm, 1);

	first.vm_fd = vm_fd;
	add(inv, first);
	add(inv, second);
	return inv->vms[inv->n_vms - 1];
}

/* A look at the files of process 7, begun at @now_ns, of which @vm is not sure. */
static void look(struct inventory *inv, struct inventory_vm *vm, const struct vm_file *files,
		 size_t n, uint64_t now_ns)
{
	inventory__doubt(vm);
	for (size_t i = 0; i < n; i++)
		inventory__see(inv, &files[i]);
	inventory__judge(inv, 7, now_ns);
}

static void ends_with_its_last_file(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct inventory_vm *vm = add_vm(&inv, 0xa000, 12), *other = add_vm(&inv, 0xb000, 13);
	const struct vm_file all[] = { vm_file(0xa000, 12), vcpu_file(0xa000, 0),
				       vm_file(0xb000, 13) };
	const struct vm_file vcpus[] = { vcpu_file(0xa000, 1), vm_file(0xb000, 13) };
	const struct vm_file none[] = { vm_file(0xb000, 13), vcpu_file(0xb000, 0) };

	(void)state;
	look(&inv, vm, all, ARRAY_SIZE(all), 100);
	assert_false(vm->ended);
	look(&inv, vm, vcpus, ARRAY_SIZE(vcpus), 200);
	assert_false(vm->ended);
	look(&inv, vm, none, ARRAY_SIZE(none), 300);
	assert_true(vm->ended);
	assert_int_equal(vm->ended_ns, 300);
	/* Nothing was asked about this one. */
	assert_false(other->ended);
}

/* A look that failed is not judged, and proves nothing; nor does one at another process. */
static void unknown_is_not_ended(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct inventory_vm *vm = add_vm(&inv, 0xa000, -1);
	struct vm_file of_child = vm_file(0xa000, 12), of_next = vm_file(0xa000, 12);

	(void)state;
	inventory__doubt(vm);
	inventory__judge(&inv, 8, 100);
	assert_false(vm->ended);
	/* The same address in another process is another VM's, or a file that was handed on. */
	of_child.pid = 8;
	of_next.start_ns += NS_PER_TICK;
	inventory__see(&inv, &of_child);
	inventory__see(&inv, &of_next);
	inventory__judge(&inv, 7, 100);
	assert_true(vm->ended);
}

/* There is another VM now where one was, as its vCPUs show, or all that is known of it. */
static void another_one_in_its_place(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct inventory_vm *first = add_vm(&inv, 0xa000, 12), *second = add_vm(&inv, 0xb000, 13);
	struct inventory_vm *handed_on = add_vm(&inv, 0xc000, 14);
	struct vm_file same_fd[] = { vm_file(0xa000, 12), vcpu_file(0xa000, 0) };
	const struct vm_file other_fd[] = { vm_file(0xb000, 15) };
	const struct vm_file dup[] = { vm_file(0xc000, 16), vcpu_file(0xc000, 1) };

	(void)state;
	same_fd[1].vcpu += 0x40;
	look(&inv, first, same_fd, ARRAY_SIZE(same_fd), 100);
	assert_true(first->ended);
	look(&inv, second, other_fd, ARRAY_SIZE(other_fd), 100);
	assert_true(second->ended);
	look(&inv, handed_on, dup, ARRAY_SIZE(dup), 100);
	assert_false(handed_on->ended);
}

/* The next VM at its address had its first exit after the look began; what came before is of the VM that has ended. */
static void slots_of_what_has_ended(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct inventory_vm *vm = add_vm(&inv, 0xa000, 12);
	struct slot_ident before = ident(7, 7, 0xa000, 2), after = ident(8, 7, 0xa000, 3);

	(void)state;
	look(&inv, vm, NULL, 0, 100);
	before.registered_ns = 99;
	after.registered_ns = 101;
	add(&inv, before);
	add(&inv, after);
	assert_int_equal(inv.n_vms, 2);
	assert_int_equal(vm->n_vcpus, 3);
	assert_int_equal(inv.vms[1]->n_vcpus, 1);
}

/* Only its vCPUs' files are there: it is alive. */
static void noted_by_its_vcpus(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct inventory_vm *vm = add_vm(&inv, 0xa000, 12);
	struct vm_ident noted = vm_ident(7, 0xa000, -1);

	(void)state;
	assert_int_equal(inventory__note(&inv, &noted), 0);
	assert_true(vm->noted);
	assert_int_equal(inv.n_vms, 1);
	assert_int_equal(vm->vm_fd, 12);
}

/* debugfs names a VM by an fd, which may be that of a VM whose fd is not known. */
static void fd_of_a_vm_that_is_known(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct vm_ident noted = vm_ident(7, 0, 300);

	(void)state;
	add_vm(&inv, 0xa000, -1);
	assert_int_equal(inventory__note(&inv, &noted), 0);
	assert_int_equal(inv.n_vms, 1);
}

/* ---- ids */

static int id_of(struct inventory *inv, struct inventory_vm *vm)
{
	inventory__give_id(inv, vm);
	return vm->id_fd;
}

static void ids_are_unambiguous(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct inventory_vm *known = add_vm(&inv, 0xa000, 12), *first = add_vm(&inv, 0xb000, -1);
	struct inventory_vm *second = add_vm(&inv, 0xc000, -1), *again = add_vm(&inv, 0xd000, 12);
	const struct vm_file file = vm_file(0xb000, 300);
	struct slot_ident other = ident(20, 8, 0xe000, 0);

	(void)state;
	assert_int_equal(id_of(&inv, known), 12);
	assert_int_equal(id_of(&inv, first), -1);
	assert_int_equal(id_of(&inv, second), -2);
	/* Its fd is that of a VM which lives on without. */
	assert_int_equal(id_of(&inv, again), -3);
	add(&inv, other);
	assert_int_equal(id_of(&inv, inv.vms[4]), -1);
	/* They stay, whatever is learnt. */
	look(&inv, first, &file, 1, 100);
	assert_int_equal(first->vm_fd, 300);
	assert_int_equal(id_of(&inv, first), -1);
}

/* An fd is used again at once, as the kernel does it; a number of ours only when no frame has it any more. */
static void ids_are_used_again(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct inventory_vm *vms[] = { add_vm(&inv, 0xa000, 12), add_vm(&inv, 0xb000, -1),
				       add_vm(&inv, 0xc000, 12), add_vm(&inv, 0xd000, -1) };

	(void)state;
	assert_int_equal(id_of(&inv, vms[0]), 12);
	assert_int_equal(id_of(&inv, vms[1]), -1);
	vms[0]->closed = vms[1]->closed = true;
	assert_int_equal(id_of(&inv, vms[2]), 12);
	assert_int_equal(id_of(&inv, vms[3]), -2);
}

static void second_slot_of_a_vcpu(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };

	(void)state;
	add(&inv, ident(0, 7, 0xa000, 0));
	add(&inv, ident(1, 7, 0xa000, 0));
	assert_int_equal(inv.n_vms, 1);
	assert_int_equal(inv.vms[0]->n_vcpus, 2);
	assert_false(inv.vms[0]->closed);
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

/* Other programs count from now on, in slots of their own. The VM is the same one. */
static void slots_begin_anew(void **state)
{
	__autoinventory struct inventory inv = { .n_vms = 0 };
	struct slot_ident again = ident(1, 7, 0xa000, 0);

	(void)state;
	add(&inv, ident(1, 7, 0xa000, 3));
	add(&inv, ident(2, 7, 0xa000, 0));
	inventory__forget_slots(&inv);
	assert_int_equal(inv.n_vms, 1);
	assert_int_equal(inv.vms[0]->n_vcpus, 0);
	again.registered_ns = 99;
	add(&inv, again);
	assert_int_equal(inv.n_vms, 1);
	assert_int_equal(inv.vms[0]->key, 1);
	assert_int_equal(inv.vms[0]->n_vcpus, 1);
	assert_false(inv.vms[0]->closed);
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
		cmocka_unit_test(ends_with_its_last_file),
		cmocka_unit_test(unknown_is_not_ended),
		cmocka_unit_test(another_one_in_its_place),
		cmocka_unit_test(slots_of_what_has_ended),
		cmocka_unit_test(noted_by_its_vcpus),
		cmocka_unit_test(fd_of_a_vm_that_is_known),
		cmocka_unit_test(ids_are_unambiguous),
		cmocka_unit_test(ids_are_used_again),
		cmocka_unit_test(second_slot_of_a_vcpu),
		cmocka_unit_test(remove_keeps_the_others),
		cmocka_unit_test(slots_begin_anew),
	};

	return cmocka_run_group_tests_name("inventory", tests, NULL, NULL);
}
