/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tracefs: finds it, mounts it for this process alone if it is not mounted, and reads "format"
 * files.
 */
#ifndef KVMTOP_SOURCES_TRACEFS_H
#define KVMTOP_SOURCES_TRACEFS_H

#include <stddef.h>
#include <stdint.h>

#define TRACEFS_ROOT "/sys/kernel/tracing"

/*
 * Makes TRACEFS_ROOT/events readable: as it is, or by a mount in a mount namespace of our own (the
 * host does not see it). 0, -EPERM or -EACCES (no right to read or mount), -ENODEV (no tracefs in this kernel),
 * -ENODATA (there, but empty: lockdown=confidentiality).
 */
int tracefs_setup(void);

/* The "format" file of event kvm:@event, NUL-terminated, malloc'ed. 0 or negative errno. */
int tracefs_read_format(const char *event, char **ret_text, size_t *ret_len);

/* The number of event kvm:@event, as perf_event_open() wants it. 0 or negative errno. */
int tracefs_read_id(const char *event, uint64_t *ret_id);

#endif
