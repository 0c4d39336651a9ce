// SPDX-License-Identifier: GPL-2.0
/*
 * stream: finished text to the output.
 */
#include "stream.h"

#include <errno.h>

#include "../base/fmt.h"

int stream_write(FILE *out, const char *text, size_t len)
{
	errno = 0;
	if (fwrite(text, 1, len, out) == len && !fflush(out) && !ferror(out))
		return 0;
	/* an error of an earlier write leaves no errno */
	return errno ? -errno : -EIO;
}

void stream_print_line(FILE *out, char *text, unsigned int width)
{
	if (width)
		fmt_cut(text, width);
	fprintf(out, "%s\n", text);
}
