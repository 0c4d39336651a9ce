/* SPDX-License-Identifier: GPL-2.0 */
/*
 * negotiate: which format and encoding a client of HTTP wants, from its headers (RFC 9110, 12.5), which may be anything.
 * Pure.
 */
#ifndef KVMTOP_SINKS_NEGOTIATE_H
#define KVMTOP_SINKS_NEGOTIATE_H

#include <stdbool.h>

#include "exposition.h"

/* What "Accept" (NULL: there is none) names and likes best of what we have; text 0.0.4 when it names nothing of it. */
enum exposition_format negotiate_format(const char *accept);

/* Whether "Accept-Encoding" (NULL: there is none) takes gzip. */
bool negotiate_gzip(const char *accept_encoding);

#endif
