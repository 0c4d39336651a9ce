/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record_fields: tells a program on a classic tracepoint where the fields of its record are (bpf/record.h), from the text of the
 * tracepoint's "format" file, which is hostile until parsed. Pure.
 */
#ifndef KVMTOP_SOURCES_BPF_RECORD_FIELDS_H
#define KVMTOP_SOURCES_BPF_RECORD_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#include "../../../bpf/record.h"
#include "../../model/format_field.h"

/* A field that a program reads, and where the program's struct has it. */
struct record_field {
	const char *name;
	struct format_field at;
};

/*
 * Fills @record for a program that reads @fields; the first without a name ends them, if there are fewer than
 * KVMTOP_RECORD_FIELDS. 0; -ENOENT: a field is not there; -EINVAL: it is nowhere, or more than a program can read.
 */
int record_fields_parse(const char *text, const struct record_field *fields,
			struct kvmtop_record *record);

#endif
