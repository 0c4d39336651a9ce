/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_columns: the members of a JSON object that are columns of the registry.
 */
#ifndef KVMTOP_SINKS_JSON_COLUMNS_H
#define KVMTOP_SINKS_JSON_COLUMNS_H

#include "json_objects.h"

struct counter;
struct json_writer;
struct row;

/* All that @object has (json_fields.h), in order, as of @row. */
void json_columns__write(struct json_writer *w, enum json_object object, struct row *row);

/* Those of a COUNTER, and a member that is one. */
void json_columns__counter(struct json_writer *w, const struct counter *counter);
void json_columns__key_counter(struct json_writer *w, const char *key,
			       const struct counter *counter);

#endif
