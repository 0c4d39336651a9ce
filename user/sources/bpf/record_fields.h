/* SPDX-License-Identifier: GPL-2.0 */
/*
 * record_fields: where the fields of a classic tracepoint's record are, for its program
 * (bpf/record.h). It parses the tracepoint's "format" file, whose text is not trusted. Pure.
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
