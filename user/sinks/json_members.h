/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_members: members of JSON objects: a key and its value, null when that is not known.
 */
#ifndef KVMTOP_SINKS_JSON_MEMBERS_H
#define KVMTOP_SINKS_JSON_MEMBERS_H

#include <time.h>

#include "../base/fmt.h"
#include "../model/registry.h"
#include "json_writer.h"

static inline void key_u64(struct json_writer *w, const char *key, bool known, uint64_t v)
{
	json_writer__key(w, key);
	if (known)
		json_writer__u64(w, v);
	else
		json_writer__null(w);
}

static inline void key_i64(struct json_writer *w, const char *key, int64_t v)
{
	json_writer__key(w, key);
	json_writer__i64(w, v);
}

static inline void key_real(struct json_writer *w, const char *key, bool known, double v,
			    enum column_unit unit)
{
	json_writer__key(w, key);
	if (known)
		json_writer__real(w, v, column_unit_decimals(unit));
	else
		json_writer__null(w);
}

static inline void key_text(struct json_writer *w, const char *key, const char *text)
{
	json_writer__key(w, key);
	json_writer__text(w, text);
}

static inline void key_null(struct json_writer *w, const char *key)
{
	json_writer__key(w, key);
	json_writer__null(w);
}

static inline void key_object(struct json_writer *w, const char *key)
{
	json_writer__key(w, key);
	json_writer__object(w);
}

static inline void key_array(struct json_writer *w, const char *key)
{
	json_writer__key(w, key);
	json_writer__array(w);
}

/* "2026-01-31T09:08:07.654Z" */
static inline void key_wall(struct json_writer *w, const struct timespec *wall)
{
	char text[FMT_LONG_SIZE];

	key_text(w, "time", fmt_utc(wall, text, sizeof(text)));
}

#endif
