// SPDX-License-Identifier: GPL-2.0
#include "exposition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"

#define FIRST_ROOM 256

static void append(struct growing *text, const char *more, size_t len)
{
	if (text->failed)
		return;
	if (text->room - text->len < len) {
		size_t room = text->room ? text->room * 2 : FIRST_ROOM;
		char *v;

		while (room - text->len < len)
			room *= 2;
		v = realloc(text->v, room);
		if (!v) {
			text->failed = true;
			return;
		}
		text->v = v;
		text->room = room;
	}
	memcpy(text->v + text->len, more, len);
	text->len += len;
}

static void append_string(struct growing *text, const char *more)
{
	append(text, more, strlen(more));
}

static void append_u64(struct growing *text, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do {
		digits[sizeof(digits) - ++n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	append(text, digits + sizeof(digits) - n, n);
}

/* Whether nothing in it is to be escaped: most values are words, and there are very many. */
static bool is_plain(const char *value)
{
	for (; *value; value++)
		if (*value < ' ' || *value > '~' || *value == '\\' || *value == '"')
			return false;
	return true;
}

/* Visible escapes for what is no text, as a terminal may be what reads this; then the format's own. */
static void append_escaped(struct growing *text, const char *value)
{
	__autofree char *visible = fmt_escape_dup(FMT_ESCAPE_TERMINAL, value);

	if (!visible) {
		text->failed = true;
		return;
	}
	for (const char *p = visible; *p;) {
		size_t plain = strcspn(p, "\\\"");

		append(text, p, plain);
		p += plain;
		if (*p) {
			append(text, "\\", 1);
			append(text, p++, 1);
		}
	}
}

static void begin_label(struct growing *labels, const char *name)
{
	if (labels->len)
		append(labels, ",", 1);
	append_string(labels, name);
	append_string(labels, "=\"");
}

void labels__add(struct growing *labels, const char *name, const char *value)
{
	begin_label(labels, name);
	if (is_plain(value))
		append_string(labels, value);
	else
		append_escaped(labels, value);
	append(labels, "\"", 1);
}

void labels__add_number(struct growing *labels, const char *name, int64_t value)
{
	begin_label(labels, name);
	if (value < 0)
		append(labels, "-", 1);
	append_u64(labels, value < 0 ? -(uint64_t)value : (uint64_t)value);
	append(labels, "\"", 1);
}

void labels__cut(struct growing *labels, size_t len)
{
	labels->len = len;
}

void growing__done(struct growing *text)
{
	free(text->v);
	*text = (struct growing){ .v = NULL };
}

void exposition__family(struct exposition *e, const struct metric_family *family)
{
	e->family = family;
	e->has_samples = false;
}

/* What the names of all samples of a family of this type end with. */
static const char *type_suffix(const struct exposition *e)
{
	return e->family->type == METRIC_COUNTER ? "_total"
	       : e->family->type == METRIC_INFO	 ? "_info"
						 : "";
}

static void append_head(struct exposition *e, const char *word, const char *text)
{
	append_string(&e->text, "# ");
	append_string(&e->text, word);
	append_string(&e->text, " ");
	append_string(&e->text, e->family->name);
	/* In the older format a family has the name of its samples. */
	if (e->format == EXPOSITION_PROMETHEUS)
		append_string(&e->text, type_suffix(e));
	append_string(&e->text, " ");
	append_string(&e->text, text);
	append_string(&e->text, "\n");
}

static void append_family(struct exposition *e)
{
	static const char *const types[] = {
		[METRIC_COUNTER] = "counter",
		[METRIC_GAUGE] = "gauge",
		[METRIC_HISTOGRAM] = "histogram",
		[METRIC_INFO] = "info",
	};
	bool plain_info = e->family->type == METRIC_INFO && e->format == EXPOSITION_PROMETHEUS;

	append_head(e, "HELP", e->family->help);
	append_head(e, "TYPE", plain_info ? "gauge" : types[e->family->type]);
	if (e->family->unit && e->format == EXPOSITION_OPENMETRICS)
		append_head(e, "UNIT", e->family->unit);
}

/* The name of a sample. */
static void begin(struct exposition *e, const char *suffix)
{
	if (!e->has_samples)
		append_family(e);
	e->has_samples = true;
	append_string(&e->text, e->family->name);
	append_string(&e->text, type_suffix(e));
	append_string(&e->text, suffix);
}

/* All before the value. */
static void begin_value(struct exposition *e, const char *suffix, const struct growing *labels)
{
	begin(e, suffix);
	if (labels && labels->failed)
		e->text.failed = true;
	if (labels && labels->len) {
		append(&e->text, "{", 1);
		append(&e->text, labels->v, labels->len);
		append(&e->text, "}", 1);
	}
	append(&e->text, " ", 1);
}

void exposition__u64(struct exposition *e, const char *suffix, const struct growing *labels,
		     uint64_t value)
{
	begin_value(e, suffix, labels);
	append_u64(&e->text, value);
	append(&e->text, "\n", 1);
}

void exposition__decimal(struct exposition *e, const char *suffix, const struct growing *labels,
			 uint64_t value, unsigned int digits)
{
	uint64_t one = 1;
	char text[32];
	int n;

	for (unsigned int i = 0; i < digits; i++)
		one *= 10;
	begin_value(e, suffix, labels);
	append_u64(&e->text, value / one);
	n = digits ? snprintf(text, sizeof(text), ".%0*" PRIu64, (int)digits, value % one) : 0;
	while (n > 2 && text[n - 1] == '0')
		n--;
	append(&e->text, text, (size_t)n);
	append(&e->text, "\n", 1);
}

void exposition__double(struct exposition *e, const char *suffix, const struct growing *labels,
			double value)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%.17g\n", value);

	begin_value(e, suffix, labels);
	append(&e->text, text, (size_t)n);
}

void exposition__bucket(struct exposition *e, const struct growing *labels, const char *le,
			uint64_t count)
{
	begin(e, "_bucket");
	if (labels->failed)
		e->text.failed = true;
	append(&e->text, "{", 1);
	append(&e->text, labels->v, labels->len);
	append_string(&e->text, labels->len ? ",le=\"" : "le=\"");
	append_string(&e->text, le);
	append(&e->text, "\"} ", 3);
	append_u64(&e->text, count);
	append(&e->text, "\n", 1);
}

int exposition__finish(struct exposition *e)
{
	if (e->format == EXPOSITION_OPENMETRICS)
		append_string(&e->text, "# EOF\n");
	return e->text.failed ? -ENOMEM : 0;
}

void exposition__done(struct exposition *e)
{
	growing__done(&e->text);
}
