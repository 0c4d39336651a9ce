/* SPDX-License-Identifier: GPL-2.0 */
/* features_priv: what the parts of features share. No other module includes it. */
#ifndef KVMTOP_SOURCES_FEATURES_PRIV_H
#define KVMTOP_SOURCES_FEATURES_PRIV_H

#include <stddef.h>

#include "features.h"

struct arch_isa;

/* Yes or no, and why: as printf. */
__attribute__((format(printf, 3, 4))) void feature__set(struct feature *feature, bool ok,
							const char *fmt, ...);

/* Whether @path is there for us: access() checks the real user, which may have fewer rights than we. */
bool features_exists(const char *path);

/*
 * What @name is of each backend that this architecture has, with "or" between; "kvm" if it has one, in that. Returns
 * @buf.
 */
const char *features_vendors(const char *(*name)(const struct arch_isa *isa), char *buf,
			     size_t size);

/* All that shows in the kernel's types, which are kept in @features; tracefs and lockdown were probed. */
void features_probe_types(struct features *features);

#endif
