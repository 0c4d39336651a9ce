// SPDX-License-Identifier: GPL-2.0
#include "json_columns.h"

#include "json_fields.h"
#include "json_writer.h"

static void put_value(struct json_writer *w, const struct json_field *field,
		      const struct column_value *value)
{
	switch (value->type) {
	case VALUE_U64:
		if (field->boolean)
			json_writer__bool(w, value->u64);
		else
			json_writer__u64(w, value->u64);
		break;
	case VALUE_I64:
		json_writer__i64(w, value->i64);
		break;
	case VALUE_REAL:
		json_writer__real(w, value->real,
				  column_unit_decimals(registry_column(field->id)->unit));
		break;
	case VALUE_TEXT:
		json_writer__text(w, value->text);
		break;
	default:
		json_writer__null(w);
	}
}

void json_columns__write(struct json_writer *w, enum json_object object, struct row *row)
{
	struct column_value value;
	size_t n;
	const struct json_field *fields = json_fields(object, &n);

	for (size_t i = 0; i < n; i++) {
		registry_get(fields[i].id, row, &value);
		json_writer__key(w, json_field_name(&fields[i]));
		put_value(w, &fields[i], &value);
	}
}
