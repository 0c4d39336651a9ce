/* SPDX-License-Identifier: GPL-2.0 */
/*
 * filter: which rows are shown: words, one VM, findings only, no idle ones, a regular expression for events. Pure.
 */
#ifndef KVMTOP_TUI_FILTER_H
#define KVMTOP_TUI_FILTER_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILTER_TEXT 128

struct filter {
	char words[FILTER_TEXT]; /* as typed */
	char regex[FILTER_TEXT]; /* the last valid one; "": none */
	regex_t compiled;	 /* of it */
	uint64_t vm_key;	 /* 0: all */
	char vm_name[FILTER_TEXT];
	bool findings; /* only rows with them */
	bool no_idle;
};

struct frame;
struct frame_vm;

/* Also releases what it has. */
void filter__clear(struct filter *filter);

void filter__set_words(struct filter *filter, const char *words);

/* From the start of a name, extended. "": none. 0, or -EINVAL: the last valid one stays in force. */
int filter__set_regex(struct filter *filter, const char *regex);

/* Each word is in one of the @n @texts (NULL: not known), in any case of letters; and none of those with a leading '-' is in any. */
bool filter__has_words(const struct filter *filter, const char *const *texts, size_t n);

/* Name, command, pid and reasons of @vm; findings and idleness. @reasons: also the names of its exit reasons are looked through. */
bool filter__wants_vm(const struct filter *filter, const struct frame *frame,
		      const struct frame_vm *vm, bool reasons);

/* Whether the event or statistic @name is wanted. */
bool filter__wants_name(const struct filter *filter, const char *name);

/* "filter: web  findings only", escaped; "" if none is in force. */
void filter__describe(const struct filter *filter, char *buf, size_t size);

#endif
