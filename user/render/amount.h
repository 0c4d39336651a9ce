/* SPDX-License-Identifier: GPL-2.0 */
/*
 * amount: a value of a statistic of KVM as the text of a table's cell. Pure.
 */
#ifndef KVMTOP_RENDER_AMOUNT_H
#define KVMTOP_RENDER_AMOUNT_H

#include <stddef.h>
#include <stdint.h>

struct stat_desc;

/* @desc NULL: it is a count. Short; nanoseconds are a duration. Returns @buf. */
char *amount_format(const struct stat_desc *desc, uint64_t value, char *buf, size_t size);

/* The same per second. Negative ones have a sign. */
char *amount_format_rate(const struct stat_desc *desc, double per_s, char *buf, size_t size);

#endif
