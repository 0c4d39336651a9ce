// SPDX-License-Identifier: GPL-2.0
#include "amount.h"

#include <stdbool.h>
#include <stdio.h>

#include "../base/fmt.h"
#include "../model/stats.h"

/* The unit of a histogram is that of its buckets. */
static bool is_ns(const struct stat_desc *desc)
{
	return desc && desc->unit == STAT_UNIT_SECONDS && !desc->pow2 && desc->exponent == -9 &&
	       desc->type != STAT_LINEAR_HIST && desc->type != STAT_LOG_HIST;
}

char *amount_format(const struct stat_desc *desc, uint64_t value, char *buf, size_t size)
{
	return is_ns(desc) ? fmt_duration_ns(value, buf, size) : fmt_count(value, buf, size);
}

char *amount_format_rate(const struct stat_desc *desc, double per_s, char *buf, size_t size)
{
	const bool negative = per_s < 0;
	const double amount = negative ? -per_s : per_s;

	if (negative && size > 1)
		*buf = '-';
	if (is_ns(desc) && amount < 0x1p63)
		fmt_duration_ns((uint64_t)(amount + 0.5), buf + negative, size - negative);
	else
		fmt_rate(amount, buf + negative, size - negative);
	return buf;
}
