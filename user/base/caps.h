/* SPDX-License-Identifier: GPL-2.0 */
/*
 * caps: capabilities of the calling thread, as the kernel reports them. Neither a user id nor /proc
 * is as exact.
 */
#ifndef KVMTOP_BASE_CAPS_H
#define KVMTOP_BASE_CAPS_H

#include <linux/capability.h>
#include <stddef.h>
#include <stdint.h>

/* Since 5.8, and so not in all headers. */
#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

#define CAP_BIT(cap) (1ull << (cap))

struct caps {
	uint64_t effective, permitted, inheritable;
};

/* 0 or a negative errno. */
int caps__get(struct caps *ret_caps);
int caps__set(const struct caps *caps);

/* Those of @needed that we do not have, nor another that stands in for them. */
uint64_t caps_missing(uint64_t needed);

/* "CAP_BPF, CAP_PERFMON", of those that this program knows; "none". Returns @buf. */
const char *caps_list(uint64_t caps, char *buf, size_t size);

#endif
