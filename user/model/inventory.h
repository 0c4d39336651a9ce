/* SPDX-License-Identifier: GPL-2.0 */
/*
 * inventory: which slots of vCPUs belong to which VM. Pure: it is told what was seen, and decides.
 *
 * A VM is a (process, start of the process, struct kvm address) while it lives. A process may end a VM and begin
 * another at the same addresses; it is told by a vCPU that appears a second time.
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
	bool fresh; /* at the address of a vCPU that is gone */
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
	int vm_fd;
	char comm[INVENTORY_COMM_LEN + 1];
	char *name; /* filled in by whoever finds it; freed with the VM */
	bool name_read;
	bool later; /* added when the inventory was complete */
	bool noted; /* by inventory__note since the owner took this back: it is alive */
	bool ended; /* was seen to have ended; slots that were taken before are still its */
	bool gone;  /* ended, or another VM has its place: gets no slots any more */
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

/* Adds the VM if it is not there yet. 0 or -ENOMEM. */
int inventory__note(struct inventory *inventory, const struct vm_ident *ident);

/* Adds a slot that was not there before. In the order of registered_ns. 0 or -ENOMEM. */
int inventory__add(struct inventory *inventory, const struct slot_ident *ident);

/* Removes and frees the VM at index @i; the last one takes its place. */
void inventory__remove(struct inventory *inventory, size_t i);

/* Empties it. */
void inventory__done(struct inventory *inventory);

#endif
