// SPDX-License-Identifier: GPL-2.0
#include "time_bounds.h"

#include "../base/cleanup.h"

/* Twice as long each up to 65 us, where most exits are; then four times. */
static const struct time_bound bounds[] = {
	{ 1u << 8, "2.56e-07" },
	{ 1u << 9, "5.12e-07" },
	{ 1u << 10, "1.024e-06" },
	{ 1u << 11, "2.048e-06" },
	{ 1u << 12, "4.096e-06" },
	{ 1u << 13, "8.192e-06" },
	{ 1u << 14, "1.6384e-05" },
	{ 1u << 15, "3.2768e-05" },
	{ 1u << 16, "6.5536e-05" },
	{ 1u << 18, "0.000262144" },
	{ 1u << 20, "0.001048576" },
	{ 1u << 22, "0.004194304" },
	{ 1u << 24, "0.016777216" },
	{ 1u << 26, "0.067108864" },
	{ 1u << 28, "0.268435456" },
	{ 1u << 30, "1.073741824" },
	{ UINT64_C(1) << 32, "4.294967296" },
};

const struct time_bound *time_bound(size_t i)
{
	return i < ARRAY_SIZE(bounds) ? &bounds[i] : NULL;
}
