// SPDX-License-Identifier: GPL-2.0
#include "trend.h"

#include <math.h>

double trend_max(const double *values, size_t n)
{
	double max = NAN;

	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]) && !(values[i] <= max))
			max = values[i];
	return max;
}

static int8_t level_of(double value, double max)
{
	double level = TREND_LEVELS * (value / max);

	if (!(level > 0))
		return 0;
	return level < TREND_LEVELS - 1 ? (int8_t)level : TREND_LEVELS - 1;
}

void trend_levels(const double *values, size_t n, double max, int8_t *ret_levels)
{
	for (size_t i = 0; i < n; i++)
		ret_levels[i] = isnan(values[i]) ? TREND_NONE
				: !(max > 0)	 ? TREND_BLANK
						 : level_of(values[i], max);
}
