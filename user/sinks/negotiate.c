// SPDX-License-Identifier: GPL-2.0
#include "negotiate.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "../base/cleanup.h"

#define BLANKS " \t"

/* Some letters of the header; NULL: not given. */
struct piece {
	const char *v;
	size_t len;
};

/* An element of the list and its parameters, up to the next comma: "text/plain; version=0.0.4; q=0.5". */
struct element {
	struct piece name;
	struct piece version, proto, encoding;
	unsigned int q; /* 0 to 1000 */
};

static bool is_word(struct piece piece, const char *word)
{
	return piece.v && piece.len == strlen(word) && !strncasecmp(piece.v, word, piece.len);
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
	const struct {
		const char *name;
		struct piece *ret_value;
	} pieces[] = {
		{ "version", &element->version },
		{ "proto", &element->proto },
		{ "encoding", &element->encoding },
	};
	const char *equals = memchr(text, '=', len);
	struct piece name = { text, equals ? (size_t)(equals - text) : len };
	struct piece value = { text + name.len + 1, equals ? len - name.len - 1 : 0 };

	if (value.len >= 2 && value.v[0] == '"' && value.v[value.len - 1] == '"') {
		value.v++;
		value.len -= 2;
	}
	if (is_word(name, "q"))
		element->q = parse_q(value.v, value.len);
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++)
		if (is_word(name, pieces[i].name))
			*pieces[i].ret_value = value;
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
			ret_element->name = (struct piece){ start, len };
		else
			take_parameter(ret_element, start, len);
		first = false;
		if (*p != ';')
			break;
	}
	*list = p;
	return true;
}

static bool is_protobuf(const struct element *element)
{
	return is_word(element->name, "application/vnd.google.protobuf") &&
	       is_word(element->proto, "io.prometheus.client.MetricFamily") &&
	       is_word(element->encoding, "delimited");
}

/* Ours is 1.0.0; a client that asks for 0.0.1, its last draft, accepts it, too. */
static bool is_openmetrics(const struct element *element)
{
	return is_word(element->name, "application/openmetrics-text") &&
	       (!element->version.v || is_word(element->version, "1.0.0") ||
		is_word(element->version, "0.0.1"));
}

/* Wildcards are this, too. */
static bool is_text(const struct element *element)
{
	if (is_word(element->name, "*/*") || is_word(element->name, "text/*"))
		return true;
	return is_word(element->name, "text/plain") &&
	       (!element->version.v || is_word(element->version, "0.0.4"));
}

enum exposition_format negotiate_format(const char *accept)
{
	/* The richer format comes first, and is taken if all else is equal. */
	static const struct {
		bool (*is)(const struct element *element);
		enum exposition_format format;
	} formats[] = {
		{ is_protobuf, EXPOSITION_PROTOBUF },
		{ is_openmetrics, EXPOSITION_OPENMETRICS },
		{ is_text, EXPOSITION_PROMETHEUS },
	};
	unsigned int q[ARRAY_SIZE(formats)] = { 0 };
	enum exposition_format best = EXPOSITION_PROMETHEUS;
	unsigned int best_q = 0;
	struct element element;

	while (accept && next_element(&accept, &element))
		for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
			if (formats[i].is(&element) && element.q > q[i])
				q[i] = element.q;
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (q[i] <= best_q)
			continue;
		best_q = q[i];
		best = formats[i].format;
	}
	return best;
}

bool negotiate_gzip(const char *accept_encoding)
{
	struct element element;

	while (accept_encoding && next_element(&accept_encoding, &element))
		if (is_word(element.name, "gzip"))
			return element.q;
	return false;
}
