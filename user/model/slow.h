/* SPDX-License-Identifier: GPL-2.0 */
/*
 * slow: one exit that took long, as it is shown.
 */
#ifndef KVMTOP_MODEL_SLOW_H
#define KVMTOP_MODEL_SLOW_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "detail.h"
#include "ids.h"

#define VM_FD_NONE INT_MIN

struct slow_exit {
	struct timespec wall; /* CLOCK_REALTIME at its end */
	pid_t pid;	      /* of the VMM */
	int vm_fd;	      /* see vm_id(); VM_FD_NONE: the VM is not known */
	const char *name;     /* the VM's, or NULL; not escaped */
	const char *comm;     /* not escaped */
	uint32_t vcpu_id;
	pid_t tid;
	uint64_t ns; /* kvm_exit to kvm_entry, a stay in the VMM included */
	uint32_t isa;
	uint64_t code;
	const char *reason; /* its name; filled in by the loop */
	bool pc_known;
	uint64_t pc; /* the address of the guest's instruction */
	bool gpa_known;
	uint64_t gpa; /* guest physical address of a page fault */
	/* What it was about. */
	bool about_known;
	enum detail_kind kind;
	uint64_t key, sub;
	const char *about; /* the key's name or NULL; filled in by the loop */
	/* What else -g finds the VM by, or NULL. */
	const char *aliases[VM_ALIAS_MAX];
};

/* Called with each slow exit; what it points to is valid during the call only. A negative errno ends it, and is returned. */
typedef int (*slow_fn)(const struct slow_exit *slow, void *arg);

#endif
