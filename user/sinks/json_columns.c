// SPDX-License-Identifier: GPL-2.0
#include "json_columns.h"

#include "json_fields.h"
#include "json_members.h"
#include "json_writer.h"

static bool is_left_out(const struct json_field *field, const struct column_value *value)
{
	return field->missing && (value->type == VALUE_UNKNOWN || (field->boolean && !value->u64));
}

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
		if (is_left_out(&fields[i], &value))
			continue;
		json_writer__key(w, json_field_name(&fields[i]));
		put_value(w, &fields[i], &value);
	}
}

/* By hand, as there is no row for it: making one costs more than all that is written. */
void json_columns__counter(struct json_writer *w, const struct counter *counter)
{
	size_t n;
	const struct json_field *fields = json_fields(JSON_OBJECT_COUNTER, &n);

	for (size_t i = 0; i < n; i++) {
		const char *name = json_field_name(&fields[i]);

		if (fields[i].id == COLUMN_TOTAL)
			key_u64(w, name, true, counter->total);
		else if (fields[i].id == COLUMN_DELTA)
			key_u64(w, name, counter->delta_valid, counter->delta);
		else
			key_real(w, name, counter->delta_valid, counter->rate,
				 registry_column(fields[i].id)->unit);
	}
}

void json_columns__key_counter(struct json_writer *w, const char *key,
			       const struct counter *counter)
{
	json_writer__key(w, key);
	json_writer__object(w);
	json_columns__counter(w, counter);
	json_writer__end_object(w);
}
