// SPDX-License-Identifier: GPL-2.0
#include "format_field.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define RECORD_MAX 65536u

/* Whether the line "\tfield:TYPE NAME;..." is about @name: the word before the first semicolon. */
static bool is_field(const char *line, const char *name)
{
	const char *end = line + strcspn(line, ";\n");
	size_t len = strlen(name);

	if (*end != ';' || strncmp(line, "\tfield:", 7) || (size_t)(end - line) < len + 8)
		return false;
	return !strncmp(end - len, name, len) && (end[-(ptrdiff_t)len - 1] == ' ');
}

int format_field_find(const char *text, const char *name, struct format_field *ret_field)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		unsigned long long offset, size;

		if (!is_field(line, name))
			continue;
		if (sscanf(strchr(line, ';'), ";\toffset:%5llu;\tsize:%5llu;", &offset, &size) != 2)
			return -EINVAL;
		if (!size || offset + size > RECORD_MAX)
			return -EINVAL;
		*ret_field = (struct format_field){ (uint32_t)offset, (uint32_t)size };
		return 0;
	}
	return -ENOENT;
}
