/* SPDX-License-Identifier: GPL-2.0 */
/*
 * classes: what an exit is about, whatever its architecture calls it: classes of exit reasons, and what is known of single keys.
 * The tables are the architectures'.
 */
#ifndef KVMTOP_ARCH_CLASSES_H
#define KVMTOP_ARCH_CLASSES_H

#include <stdint.h>

enum reason_class {
	REASON_CLASS_OTHER,	/* it is known by its name only */
	REASON_CLASS_HALT,	/* the vCPU has nothing to do */
	REASON_CLASS_FAULT,	/* guest memory that is not mapped, or is a device */
	REASON_CLASS_REGISTER,	/* a system register is read or written */
	REASON_CLASS_PORT,	/* port I/O */
	REASON_CLASS_CALL,	/* the guest calls the hypervisor */
	REASON_CLASS_IRQ,	/* an interrupt of the host's */
	REASON_CLASS_PAUSE,	/* the vCPU spins */
	REASON_CLASS_FEATURES,	/* the guest asks what the CPU can do */
	REASON_CLASS_CONTROL,	/* a control register of the CPU */
	REASON_CLASS_ENTRY,	/* enters a guest of the guest's */
	REASON_CLASS_BUS_LOCK,	/* locked access that stalls all CPUs */
	REASON_CLASS_ENCRYPTED, /* an encrypted guest asks for something */
	REASON_CLASS_MAX,
};

/* A code that is in a class. */
struct arch_class {
	uint64_t code;
	enum reason_class class;
};

/* The exit reason @code of @isa, by which exits to the VMM of KVM_EXIT_* number @user mostly come about. */
struct arch_origin {
	uint64_t user;
	uint32_t isa;
	uint64_t code;
};

/* What is known of the keys @first to @last of one kind. */
struct arch_hint {
	int kind; /* enum detail_kind */
	uint64_t first, last;
	const char *name; /* short; NULL: its own name is good enough */
	const char *next; /* what can be done about it; NULL: nothing is known */
};

#endif
