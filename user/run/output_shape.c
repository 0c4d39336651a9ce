// SPDX-License-Identifier: GPL-2.0
#include "output_shape.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../options/options.h"

/* Wider than any terminal. */
#define COLUMNS_MAX 10000

/* $COLUMNS, as for ps(1): for a pipe to something that shows it. 0: not given, or no number of columns. */
static unsigned int given_width(void)
{
	const char *text = getenv("COLUMNS");
	unsigned int width = 0;

	for (; text && *text >= '0' && *text <= '9' && width <= COLUMNS_MAX; text++)
		width = 10 * width + (unsigned int)(*text - '0');
	return text && !*text && width <= COLUMNS_MAX ? width : 0;
}

/* Only text is made to fit what is no terminal: the other formats are for programs. */
unsigned int output_width(const struct options *options)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return options->output == OUTPUT_TEXT ? given_width() : 0;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

unsigned int output_height(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ? size.ws_row : 0;
}

bool output_is_bold(const struct options *options)
{
	const char *plain = getenv("NO_COLOR"), *term = getenv("TERM");

	return options->output == OUTPUT_TEXT && isatty(STDOUT_FILENO) && !options->no_color &&
	       !(plain && *plain) && term && strcmp(term, "dumb") != 0;
}
