// SPDX-License-Identifier: GPL-2.0
#include "json_fields.h"

#include "../arch/words.h"
#include "../base/cleanup.h"

#define FIELD(id_, ...)                           \
	{                                         \
		.id = COLUMN_##id_, ##__VA_ARGS__ \
	}
#define OBJECT(kind, ...) static const struct json_field kind##_fields[] = { __VA_ARGS__ };
#include "../model/columns.h"

const struct json_field *json_fields(enum json_object object, size_t *ret_n)
{
	static const struct {
		const struct json_field *v;
		size_t n;
	} fields[JSON_OBJECT_MAX] = {
#define OBJECT(kind, ...) [JSON_OBJECT_##kind] = { kind##_fields, ARRAY_SIZE(kind##_fields) },
#include "../model/columns.h"
	};

	*ret_n = fields[object].n;
	return fields[object].v;
}

const char *json_field_name(const struct json_field *field)
{
	return field->name ? field->name : registry_column(field->id)->name;
}
