// SPDX-License-Identifier: GPL-2.0
#include "format_tokens.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The value of a digit in any base up to 16; 16 for no digit. */
static unsigned int digit_value(char c)
{
	if (is_digit(c))
		return (unsigned int)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

/* C's integer constants, with their suffixes. False for what is none or needs more than 64 bits. */
static bool parse_number(const char *s, size_t len, uint64_t *ret_number)
{
	unsigned int base = 10;
	uint64_t number = 0;
	size_t i = 0;
	size_t n_digits = 0;

	if (len > 1 && s[0] == '0') {
		base = (s[1] | 0x20) == 'x' ? 16 : 8;
		i = base == 16 ? 2 : 1;
	}
	for (; i < len && digit_value(s[i]) < base; i++, n_digits++)
		if (__builtin_mul_overflow(number, base, &number) ||
		    __builtin_add_overflow(number, digit_value(s[i]), &number))
			return false;
	if (!n_digits)
		return false;
	for (; i < len; i++)
		if ((s[i] | 0x20) != 'u' && (s[i] | 0x20) != 'l')
			return false;
	*ret_number = number;
	return true;
}

static void lex_word(struct tokens *tokens)
{
	struct token *token = &tokens->now;

	while (tokens->p < tokens->end && is_word(*tokens->p))
		tokens->p++;
	token->len = (size_t)(tokens->p - token->text);
	token->kind = TOKEN_WORD;
	if (is_digit(token->text[0]))
		token->kind = parse_number(token->text, token->len, &token->number) ? TOKEN_NUMBER
										    : TOKEN_OTHER;
}

/* A string or a character constant; one without an end ends the text. */
static void lex_quoted(struct tokens *tokens)
{
	struct token *token = &tokens->now;
	char quote = *tokens->p++;

	token->text = tokens->p;
	while (tokens->p < tokens->end && *tokens->p != quote) {
		if (*tokens->p == '\\')
			tokens->p++;
		if (tokens->p < tokens->end)
			tokens->p++;
	}
	if (tokens->p >= tokens->end) {
		token->kind = TOKEN_END;
		return;
	}
	token->len = (size_t)(tokens->p++ - token->text);
	token->kind = quote == '"' ? TOKEN_STRING : TOKEN_OTHER;
}

static void lex_punct(struct tokens *tokens)
{
	static const char pairs[][2] = {
		{ '-', '>' }, { '=', '=' }, { '!', '=' }, { '<', '<' }, { '>', '>' },
		{ '&', '&' }, { '|', '|' }, { '<', '=' }, { '>', '=' },
	};
	struct token *token = &tokens->now;
	char first = *tokens->p++;

	token->kind = first > ' ' && first < 0x7f ? TOKEN_PUNCT : TOKEN_OTHER;
	token->punct = first;
	if (tokens->p == tokens->end)
		return;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i][0] != first || pairs[i][1] != *tokens->p)
			continue;
		token->punct = TWO(first, *tokens->p++);
		return;
	}
}

void tokens__next(struct tokens *tokens)
{
	while (tokens->p < tokens->end && is_space(*tokens->p))
		tokens->p++;

	tokens->now = (struct token){ .kind = TOKEN_END, .text = tokens->p };
	if (tokens->p == tokens->end)
		return;
	if (is_word(*tokens->p))
		lex_word(tokens);
	else if (*tokens->p == '"' || *tokens->p == '\'')
		lex_quoted(tokens);
	else
		lex_punct(tokens);

	/* Nothing is read after the end, or a cut off string's inside would be. */
	if (tokens->now.kind == TOKEN_END)
		tokens->p = tokens->end;
}

bool tokens__is(const struct tokens *tokens, int punct)
{
	return tokens->now.kind == TOKEN_PUNCT && tokens->now.punct == punct;
}

bool tokens__is_word(const struct tokens *tokens, const char *word)
{
	return tokens->now.kind == TOKEN_WORD && tokens->now.len == strlen(word) &&
	       !memcmp(tokens->now.text, word, tokens->now.len);
}

bool tokens__accept(struct tokens *tokens, int punct)
{
	if (!tokens__is(tokens, punct))
		return false;
	tokens__next(tokens);
	return true;
}
