// SPDX-License-Identifier: GPL-2.0
#include "json_events.h"

#include "../base/cleanup.h"
#include "../model/event_sort.h"
#include "../model/idle.h"
#include "json_members.h"
#include "sink.h"

static void put_row(struct json_writer *w, const struct event_row *row)
{
	json_writer__object(w);
	key_text(w, "name", row->name);
	key_text(w, "origin", event_origin_name(row->source));
	if (row->kind == EVENT_GAUGE) {
		key_u64(w, "value", !row->unread, row->total);
	} else {
		key_u64(w, "total", true, row->total);
		key_u64(w, "delta", row->delta_valid, (uint64_t)row->delta);
		key_real(w, "per_s", row->delta_valid, row->rate, UNIT_PER_S);
	}
	json_writer__end_object(w);
}

void json_events__write(struct json_writer *w, const struct view *view, const struct frame_vm *vm,
			const struct frame_vcpu *vcpu)
{
	struct event_table events __cleanup(event_table__done) = { .n = 0 };
	int err = event_table__of(view->events, vm, vcpu, &view->query, &events);

	if (err && !w->err)
		w->err = err;
	key_array(w, "event_rows");
	for (size_t i = 0; i < events.n; i++)
		if (!view->skip_idle || !event_row__is_idle(&events.v[i]))
			put_row(w, &events.v[i]);
	json_writer__end_array(w);
}
