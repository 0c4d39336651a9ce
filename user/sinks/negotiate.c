// SPDX-License-Identifier: GPL-2.0
#include "negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"

/* An element of the list and its parameters, up to the next comma: "text/plain; version=0.0.4; q=0.5". */
struct element {
	const char *name;
	size_t name_len;
	const char *version; /* NULL: not given */
	size_t version_len;
	unsigned int q; /* 0 to 1000 */
};

static bool is_word(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && !strncasecmp(text, word, len);
}

/* "0.5" as 500; what is no such number is 0: not wanted. */
static unsigned int parse_q(const char *text, size_t len)
{
	unsigned int q = 0, unit = 1000;

	for (size_t i = 0; i < len; i++) {
		if (i == 1 && text[i] == '.')
			continue;
		if (text[i] < '0' || text[i] > '9' || i > 4)
			return 0;
		q += (unsigned int)(text[i] - '0') * unit;
		unit /= 10;
	}
	return q <= 1000 ? q : 0;
}

/* One "name=value" of @len bytes. */
static void take_parameter(struct element *element, const char *text, size_t len)
{
	const char *equals = memchr(text, '=', len);
	size_t name_len = equals ? (size_t)(equals - text) : len;
	const char *value = text + name_len + 1;
	size_t value_len = equals ? len - name_len - 1 : 0;

	if (value_len >= 2 && value[0] == '"' && value[value_len - 1] == '"') {
		value++;
		value_len -= 2;
	}
	if (is_word(text, name_len, "q"))
		element->q = parse_q(value, value_len);
	if (is_word(text, name_len, "version")) {
		element->version = value;
		element->version_len = value_len;
	}
}

/* Takes the next element; false at the end of the list. */
static bool next_element(const char **list, struct element *ret_element)
{
	const char *p = *list + strspn(*list, BLANKS ",");
	bool first = true;

	*ret_element = (struct element){ .q = 1000 };
	if (!*p)
		return false;
	for (;; p++) {
		const char *start = p + strspn(p, BLANKS);
		size_t len = strcspn(start, ",;");

		p = start + len;
		while (len && strchr(BLANKS, start[len - 1]))
			len--;
		if (first)
			ret_element->name = start, ret_element->name_len = len;
		else
			take_parameter(ret_element, start, len);
		first = false;
		if (*p != ';')
			break;
	}
	*list = p;
	return true;
}

/* Ours is 1.0.0; who asks for 0.0.1, its last draft, takes it, too. */
static bool is_openmetrics(const struct element *element)
{
	return is_word(element->name, element->name_len, "application/openmetrics-text") &&
	       (!element->version || is_word(element->version, element->version_len, "1.0.0") ||
		is_word(element->version, element->version_len, "0.0.1"));
}

static bool is_text(const struct element *element)
{
	return is_word(element->name, element->name_len, "text/plain") &&
	       (!element->version || is_word(element->version, element->version_len, "0.0.4"));
}

enum exposition_format negotiate_format(const char *accept)
{
	unsigned int openmetrics = 0, text = 0;
	struct element element;

	while (accept && next_element(&accept, &element)) {
		if (is_openmetrics(&element) && element.q > openmetrics)
			openmetrics = element.q;
		if (is_text(&element) && element.q > text)
			text = element.q;
	}
	return openmetrics && openmetrics >= text ? EXPOSITION_OPENMETRICS : EXPOSITION_PROMETHEUS;
}

bool negotiate_gzip(const char *accept_encoding)
{
	struct element element;

	while (accept_encoding && next_element(&accept_encoding, &element))
		if (is_word(element.name, element.name_len, "gzip"))
			return element.q;
	return false;
}
