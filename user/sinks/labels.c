// SPDX-License-Identifier: GPL-2.0
#include "labels.h"

#include <string.h>

#include "../base/cleanup.h"
#include "../base/fmt.h"

/* Whether nothing in it is to be escaped: most values are words, and there are very many. */
static bool is_plain(const char *value)
{
	for (; *value; value++)
		if (*value < ' ' || *value > '~' || *value == '\\' || *value == '"')
			return false;
	return true;
}

/* Visible escapes for what is no text, as a terminal may be what reads this; then the format's own. */
static void append_escaped(struct labels *labels, const char *value)
{
	__autofree char *visible = fmt_escape_dup(FMT_ESCAPE_TERMINAL, value);

	if (!visible) {
		labels->text.failed = true;
		return;
	}
	for (const char *p = visible; *p;) {
		size_t plain = labels->separate ? strlen(p) : strcspn(p, "\\\"");

		growing__append(&labels->text, p, plain);
		p += plain;
		if (*p) {
			growing__append(&labels->text, "\\", 1);
			growing__append(&labels->text, p++, 1);
		}
	}
}

static void begin_label(struct labels *labels, const char *name)
{
	if (labels->text.len && !labels->separate)
		growing__append(&labels->text, ",", 1);
	growing__append_text(&labels->text, name);
	if (labels->separate)
		growing__append(&labels->text, "", 1);
	else
		growing__append_text(&labels->text, "=\"");
}

static void end_label(struct labels *labels)
{
	growing__append(&labels->text, labels->separate ? "" : "\"", 1);
}

void labels__add(struct labels *labels, const char *name, const char *value)
{
	begin_label(labels, name);
	if (is_plain(value))
		growing__append_text(&labels->text, value);
	else
		append_escaped(labels, value);
	end_label(labels);
}

void labels__add_number(struct labels *labels, const char *name, int64_t value)
{
	begin_label(labels, name);
	if (value < 0)
		growing__append(&labels->text, "-", 1);
	growing__append_u64(&labels->text, value < 0 ? -(uint64_t)value : (uint64_t)value);
	end_label(labels);
}

void labels__cut(struct labels *labels, size_t len)
{
	labels->text.len = len;
}

void labels__done(struct labels *labels)
{
	growing__done(&labels->text);
}
