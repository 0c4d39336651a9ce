/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_details: what exits were about, as members of JSON objects.
 */
#ifndef KVMTOP_SINKS_JSON_DETAILS_H
#define KVMTOP_SINKS_JSON_DETAILS_H

#include <stdbool.h>
#include <stdint.h>

#include "../model/detail.h"

struct frame_details;
struct json_writer;

/* What of a key is a member of its own: of all kinds but its name. */
void json_details__key(struct json_writer *w, enum detail_kind kind, uint64_t key, uint64_t sub);

/* Members of a VM or a vCPU, when asked for. @skip_idle: without keys that did not occur. */
void json_details__write(struct json_writer *w, const struct frame_details *details,
			 bool skip_idle);

#endif
