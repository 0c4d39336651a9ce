/* SPDX-License-Identifier: GPL-2.0 */
/*
 * inventory: which slots of vCPUs belong to which VM. Pure: it decides from what was seen.
 *
 * A VM is a (process, start of the process, struct kvm address) while it lives. A process may end a
 * VM and begin another at the same addresses; the new VM shows by a vCPU that appears a second
 * time.
 *
 * A VM lives as long as some file of it, its own or a vCPU's, is open. Only threads of the process
 * that made it can run it, by such a file (KVM compares kvm->mm). So a VM has ended when - its
 * process has, or - a look through all files of its process found none of the VM's. The look must
 * have begun after the VM was known. A look that failed does not count. Or - its place is taken: a
 * vCPU that it cannot have has its address. That its fd was closed, or was never known, says
 * nothing. A file that was handed to another process and is later handed back begins a new VM here,
 * if all others were closed meanwhile.
 */
#ifndef KVMTOP_MODEL_INVENTORY_H
#define KVMTOP_MODEL_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ids.h"

#define INVENTORY_COMM_LEN 16

/* Unit of the start time in /proc/PID/stat: USER_HZ, 100 on every architecture that KVM runs on. */
#define NS_PER_TICK 10000000ull

/* What the kernel side says of a slot. */
struct slot_ident {
	uint32_t slot;
	uint32_t tgid;
	uint64_t start_ns;	/* of the process, CLOCK_BOOTTIME */
	uint64_t registered_ns; /* orders the slots */
	uint64_t kvm;		/* address of the struct kvm, 0: not known (yet) */
	uint64_t vcpu;		/* address of the struct kvm_vcpu */
	uint32_t vcpu_id;
	int vm_fd;  /* -1: not known */
	bool fresh; /* at the address of a destroyed vCPU */
	char comm[INVENTORY_COMM_LEN + 1];
};

struct inventory_vcpu {
	uint32_t slot;
	uint32_t vcpu_id;
	uint64_t vcpu;
};

struct inventory_vm {
	uint64_t key; /* never used twice */
	uint32_t tgid;
	uint64_t start_ns;
	uint64_t kvm;
	int vm_fd;	/* -1: not known */
	bool fd_closed; /* it was that, and is not any more */
	bool fd_sought; /* among all files of its process */
	/* What its id is made of, from when it is first shown on: its fd, or below 0; see struct vm_sample. */
	int id_fd;
	bool has_id;
	char comm[INVENTORY_COMM_LEN + 1];
	char *name; /* filled in by the caller that finds it; freed with the VM */
	bool name_read;
	bool later; /* added when the inventory was complete */
	bool noted; /* by inventory__note since the owner took this back: it is alive */
	/* Of the look at hand, if it is @in_doubt, see inventory__see. */
	bool in_doubt;
	bool seen, seen_fd, seen_other_fd, seen_vcpu, seen_other_vcpu;
	bool ended; /* was seen to have ended; slots that were taken until @ended_ns are still its */
	uint64_t ended_ns;
	bool closed; /* has ended, or another VM has its place: gets no slots any more */
	struct inventory_vcpu *vcpus; /* in order of appearance; two may have the same vcpu_id */
	size_t n_vcpus;
	/* As the name. */
	char *aliases[VM_ALIAS_MAX];
};

struct inventory {
	struct inventory_vm **vms;
	size_t n_vms;
	uint64_t last_key;
	bool complete; /* what is added from now on began later; set by the owner */
};

/* A VM that is known otherwise than by a slot. */
struct vm_ident {
	pid_t pid;
	uint64_t start_ns; /* as in slot_ident, or from /proc, to a clock tick */
	uint64_t kvm;	   /* 0: not known */
	int vm_fd;	   /* -1: not known */
	char comm[INVENTORY_COMM_LEN + 1];
};

/* An open file of a VM or of a vCPU. */
struct vm_file {
	pid_t pid;
	uint64_t start_ns; /* of the process */
	uint64_t kvm;
	uint64_t vcpu; /* 0: of the VM */
	uint32_t vcpu_id;
	int fd;
};

/*
 * The look at the files of VMs in doubt. inventory__judge is called after all files of the process
 * were seen. A VM without a file has then ended, at @now_ns, when the look began. Without that call
 * nothing changes.
 */
void inventory__doubt(struct inventory_vm *vm);
void inventory__see(struct inventory *inventory, const struct vm_file *file);
void inventory__judge(struct inventory *inventory, uint32_t tgid, uint64_t now_ns);

/* Gives @vm what its id is made of, if it does not have it yet. No two VMs of a process that live have the same. */
void inventory__give_id(const struct inventory *inventory, struct inventory_vm *vm);

/* Adds the VM if it is not there yet. 0 or -ENOMEM. */
int inventory__note(struct inventory *inventory, const struct vm_ident *ident);

/* Adds a slot that was not there before. In the order of registered_ns. 0 or -ENOMEM. */
int inventory__add(struct inventory *inventory, const struct slot_ident *ident);

/* No slot is any VM's any more: all of them begin anew, with other programs. The VMs stay. */
void inventory__forget_slots(struct inventory *inventory);

/* Removes and frees the VM at index @i; the last one takes its place. */
void inventory__remove(struct inventory *inventory, size_t i);

/* Empties it. */
void inventory__done(struct inventory *inventory);

#endif
