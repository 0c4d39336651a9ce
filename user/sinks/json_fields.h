/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_fields: which columns JSON's objects have, and what they are called there; the lists are in model/columns.h.
 */
#ifndef KVMTOP_SINKS_JSON_FIELDS_H
#define KVMTOP_SINKS_JSON_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "../model/registry.h"
#include "json_objects.h"

/* A column in an object; NULL where it is as in the registry. */
struct json_field {
	enum column_id id;
	const char *name;
	const char *help;
	const char *null; /* when it is null; NULL: never */
	const char *
		missing; /* when it is left out, which it is where it is unknown or false; NULL: never */
	bool text, boolean; /* otherwise it is a number */
	bool named;	    /* a text, or the number if it has no name */
};

/* The columns of @object, in order: *@ret_n of them, none for most. */
const struct json_field *json_fields(enum json_object object, size_t *ret_n);

const char *json_field_name(const struct json_field *field);

#endif
