/* SPDX-License-Identifier: GPL-2.0 */
/*
 * limits: what this process may have of memory and files. They are raised as far as possible, and
 * reported when they are too low.
 */
#ifndef KVMTOP_SOURCES_LIMITS_H
#define KVMTOP_SOURCES_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

struct btf;

/* Holds what limits_strerror() writes. */
#define LIMITS_WHY_LEN 160

/* Open files up to the hard limit; locked memory, which BPF's is before 5.11, without limit if we may. */
void limits_raise(void);

/* Whether this kernel (@vmlinux: its types) takes BPF's memory for locked memory, and that is limited. */
bool limits_has_memlock(const struct btf *vmlinux);

/*
 * The cause of @err, a negative errno of loading BPF. libbpf does not always report that no further
 * file could be opened.
 */
int limits_cause(int err);

/* Whether @err, a negative errno, is the doing of a limit: another try meets it, too. */
bool limits_hit(int err);

/* What @err means, and if a limit made it, what to do. Returns @buf. */
const char *limits_strerror(int err, char *buf, size_t size);

/* The same of loading BPF, where -vv says more, unless a limit is all there is to say. */
const char *limits_load_error(int err, char *buf, size_t size);

#endif
