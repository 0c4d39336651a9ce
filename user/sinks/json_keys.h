/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_keys: what each key of the JSON output is. For the man page, and for the test that finds
 * keys without a description.
 */
#ifndef KVMTOP_SINKS_JSON_KEYS_H
#define KVMTOP_SINKS_JSON_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "json_objects.h"

/* What a value may be. */
enum json_shape {
	JSON_SHAPE_TEXT = 1,
	JSON_SHAPE_NUMBER = 2,
	JSON_SHAPE_BOOLEAN = 4,
	JSON_SHAPE_NUMBERS = 8, /* an array of them */
	JSON_SHAPE_OBJECT = 16, /* of the kind in @object, as the next two */
	JSON_SHAPE_OBJECTS = 32,
	JSON_SHAPE_BY_NAME = 64, /* an object whose keys are names */
	JSON_SHAPE_TEXTS_BY_NAME = 128,
	JSON_SHAPE_NUMBERS_BY_NAME = 256,
};

struct json_key {
	const char *name;
	unsigned int shapes; /* one or more of enum json_shape */
	enum json_object object;
	const char *unit;    /* or NULL */
	const char *null;    /* when it is null, or a value of it is; NULL: never */
	const char *missing; /* when an object does not have it; NULL: never */
	const char *help;
};

/* The name of a kind of object, "VM"; and what it is. */
const char *json_object_name(enum json_object object);
const char *json_object_help(enum json_object object);

/* Its key number @i, in the order of the output. False: it has no more. */
bool json_object_key(enum json_object object, size_t i, struct json_key *ret_key);

#endif
