// SPDX-License-Identifier: GPL-2.0
#include "json_items.h"

#include "../base/cleanup.h"
#include "../model/item_sort.h"
#include "../model/idle.h"
#include "json_members.h"
#include "sink.h"

static void put_row(struct json_writer *w, const struct item_row *row)
{
	json_writer__object(w);
	key_text(w, "name", row->name);
	key_text(w, "origin", item_origin_name(row->source));
	if (row->kind == ITEM_GAUGE) {
		key_u64(w, "value", !row->unread, row->total);
	} else {
		key_u64(w, "total", true, row->total);
		key_u64(w, "delta", row->delta_valid, (uint64_t)row->delta);
		key_real(w, "per_s", row->delta_valid, row->rate, UNIT_PER_S);
	}
	json_writer__end_object(w);
}

void json_items__write(struct json_writer *w, const struct view *view, const struct frame_vm *vm,
		       const struct frame_vcpu *vcpu)
{
	struct item_table items __cleanup(item_table__done) = { .n = 0 };
	int err = item_table__of(view->items, vm, vcpu, &view->query, &items);

	if (err && !w->err)
		w->err = err;
	key_array(w, "event_rows");
	for (size_t i = 0; i < items.n; i++)
		if (!view->skip_idle || !item_row__is_idle(&items.v[i]))
			put_row(w, &items.v[i]);
	json_writer__end_array(w);
}
