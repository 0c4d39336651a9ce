// SPDX-License-Identifier: GPL-2.0
#include "growing.h"

#include <stdlib.h>

#define FIRST_ROOM 256

bool growing__widen(struct growing *bytes, size_t len)
{
	size_t room = bytes->room > FIRST_ROOM ? bytes->room * 2 : FIRST_ROOM;
	char *v;

	while (room - bytes->len < len)
		room *= 2;
	v = bytes->failed ? NULL : realloc(bytes->v, room);
	if (!v) {
		bytes->failed = true;
		bytes->room = bytes->len; /* nothing is appended any more */
		return false;
	}
	bytes->v = v;
	bytes->room = room;
	return true;
}

void growing__append_u64(struct growing *bytes, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[sizeof(digits) - ++n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	growing__append(bytes, digits + sizeof(digits) - n, n);
}

void growing__done(struct growing *bytes)
{
	free(bytes->v);
	*bytes = (struct growing){ .v = NULL };
}
