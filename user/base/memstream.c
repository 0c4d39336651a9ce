// SPDX-License-Identifier: GPL-2.0
#include "memstream.h"

#include <errno.h>
#include <stdlib.h>

int memstream_close(FILE *mem, char **text)
{
	/* fclose() of glibc returns 0 also when there was no memory for the text. */
	if (!fclose(mem) && *text)
		return 0;
	free(*text);
	*text = NULL;
	return -ENOMEM;
}
