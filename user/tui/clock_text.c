// SPDX-License-Identifier: GPL-2.0
#include "clock_text.h"

#include <time.h>

void clock_text(int64_t wall_ns, char buf[static CLOCK_TEXT])
{
	const time_t seconds = (time_t)(wall_ns / 1000000000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || !strftime(buf, CLOCK_TEXT, "%H:%M:%S", &tm))
		buf[0] = '\0';
}
