// SPDX-License-Identifier: GPL-2.0
#include "json_details.h"

#include <inttypes.h>
#include <stdio.h>

#include "../model/frame.h"
#include "../model/idle.h"
#include "json_columns.h"
#include "json_members.h"

void json_details__key(struct json_writer *w, enum detail_kind kind, uint64_t key, uint64_t sub)
{
	unsigned int size = detail_size(kind, sub);
	char text[32];

	if (detail_kind_is_address(kind)) {
		/* As text: 64 bits are more than a number of JSON holds. */
		snprintf(text, sizeof(text), "0x%" PRIx64, key);
		key_text(w, "key", text);
	} else {
		key_u64(w, "key", true, key);
	}
	if (detail_kind_has_dir(kind))
		key_text(w, "dir", detail_dir_name(kind, sub));
	if (size)
		key_u64(w, "size", true, size);
	if (kind == DETAIL_PAGE)
		key_u64(w, "error_code", true, sub);
}

static void key_detail_time(struct json_writer *w, const struct frame_detail *detail)
{
	struct row row = { .kind = ROW_VM_DETAIL, .detail = detail };

	if (!detail->time.valid) {
		key_null(w, "time");
		return;
	}
	key_object(w, "time");
	json_columns__write(w, JSON_OBJECT_KEY_TIME, &row);
	json_writer__end_object(w);
}

static void put_detail(struct json_writer *w, const struct frame_detail *detail)
{
	json_writer__object(w);
	key_text(w, "kind", detail_kind_name(detail->kind));
	if (!detail->others) {
		json_details__key(w, detail->kind, detail->key, detail->sub);
		key_text(w, "name", detail->name);
	}
	json_columns__key_counter(w, "count", &detail->count);
	key_detail_time(w, detail);
	json_writer__end_object(w);
}

static void key_array_of(struct json_writer *w, const char *key, const struct frame_detail *v,
			 size_t n, bool skip_idle)
{
	key_array(w, key);
	for (size_t i = 0; i < n; i++)
		if (!skip_idle || !frame_detail__is_idle(&v[i]))
			put_detail(w, &v[i]);
	json_writer__end_array(w);
}

void json_details__write(struct json_writer *w, const struct frame_details *details, bool skip_idle)
{
	if (!details->valid)
		return;
	key_array_of(w, "details", details->v, details->n, skip_idle);
	key_array_of(w, "detail_others", details->others, details->n_others, skip_idle);
}
