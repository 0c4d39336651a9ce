// SPDX-License-Identifier: GPL-2.0
/* json_slow: an exit that took long as one line, schema kvmtop.slow/1. */
#include "../model/slow.h"
#include "json_columns.h"
#include "json_details.h"
#include "json_members.h"
#include "sink.h"

#define SCHEMA "kvmtop.slow/1"

static void key_about(struct json_writer *w, const struct slow_exit *slow)
{
	if (!slow->about_known) {
		key_null(w, "detail");
		return;
	}
	key_object(w, "detail");
	key_text(w, "kind", detail_kind_name(slow->kind));
	json_details__key(w, slow->kind, slow->key, slow->sub);
	key_text(w, "name", slow->about);
	json_writer__end_object(w);
}

int json__write_slow(FILE *out, const struct slow_exit *slow)
{
	struct json_writer line = { .out = out }, *w = &line;
	struct row row = { .kind = ROW_SLOW, .slow = slow };
	char id[VM_ID_SIZE];

	vm_id(slow->pid, slow->vm_fd, id);
	json_writer__object(w);
	key_text(w, "schema", SCHEMA);
	key_wall(w, &slow->wall);
	key_i64(w, "pid", slow->pid);
	key_text(w, "id", slow->vm_fd != VM_FD_NONE ? id : NULL);
	json_columns__write(w, JSON_OBJECT_SLOW, &row);
	key_about(w, slow);
	json_writer__end_object(w);
	return json_writer__finish(w);
}
