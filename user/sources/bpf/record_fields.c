// SPDX-License-Identifier: GPL-2.0
#include "record_fields.h"

#include <errno.h>
#include <stdint.h>

/* What record_read() in bpf/record.bpf.h has room for. */
#define FIELD_BYTES_MAX sizeof(uint64_t)

int record_fields_parse(const char *text, const struct record_field *fields,
			struct kvmtop_record *record)
{
	struct kvmtop_record found = { .relocated = 0 };

	for (int i = 0; i < KVMTOP_RECORD_FIELDS && fields[i].name; i++) {
		struct format_field at;
		int err = format_field_find(text, fields[i].name, &at);

		if (err)
			return err;
		if (at.size > FIELD_BYTES_MAX)
			return -EINVAL;
		found.field[i] = (struct kvmtop_field){ .offset = at.offset, .size = at.size };
		found.relocated |= at.offset != fields[i].at.offset || at.size != fields[i].at.size;
	}
	*record = found;
	return 0;
}
