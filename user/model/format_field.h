/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format_field: where a field is in a tracepoint's record, from its "format" file. The text is hostile until parsed.
 * Pure.
 */
#ifndef KVMTOP_MODEL_FORMAT_FIELD_H
#define KVMTOP_MODEL_FORMAT_FIELD_H

#include <stddef.h>
#include <stdint.h>

struct format_field {
	uint32_t offset, size; /* bytes */
};

/*
 * Finds "field:TYPE NAME; offset:N; size:N;" in @text (NUL-terminated). 0, -ENOENT, or -EINVAL when it is no number or
 * a record would be longer than 64 KiB.
 */
int format_field_find(const char *text, const char *name, struct format_field *ret_field);

#endif
