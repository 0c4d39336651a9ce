// SPDX-License-Identifier: GPL-2.0
/*
 * stream: finished text to the output.
 */
#include "stream.h"

#include <errno.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"
#include "../render/table.h"

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

int stream_print_table(const struct table *table, unsigned int width, FILE *out)
{
	struct table_layout layout __cleanup(table_layout__release) = { .gap = 0 };
	int err = table__fit(table, width, &layout);

	for (size_t i = 0; i <= table__n_rows(table) && !err; i++) {
		__autofree char *line = table__line(table, i ? i - 1 : TABLE_TITLES, &layout);

		if (!line)
			return -ENOMEM;
		stream_print_line(out, line, width);
	}
	return err;
}
