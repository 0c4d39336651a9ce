/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format_tokens: the tokens of C in a text, one at a time. The text is hostile. Pure.
 */
#ifndef KVMTOP_MODEL_FORMAT_TOKENS_H
#define KVMTOP_MODEL_FORMAT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum token_kind {
	TOKEN_END,
	TOKEN_NUMBER,
	TOKEN_WORD,
	TOKEN_STRING, /* quotes not included, escapes not decoded */
	TOKEN_PUNCT,  /* .punct: the character, or two of them as TWO() */
	TOKEN_OTHER,  /* anything invalid: malformed numbers, control characters */
};

#define TWO(a, b) ((int)(a) << 8 | (int)(b))

struct token {
	enum token_kind kind;
	const char *text;
	size_t len;
	uint64_t number;
	int punct;
};

/* From @p to before @end; @now is the current one, once tokens__next() was called. */
struct tokens {
	const char *p, *end;
	struct token now;
};

/* Makes the next token the current one; TOKEN_END at the end and ever after. */
void tokens__next(struct tokens *tokens);

/* Whether the current token is @punct, a character or TWO() of them; or @word. */
bool tokens__is(const struct tokens *tokens, int punct);
bool tokens__is_word(const struct tokens *tokens, const char *word);

/* Passes the current token if it is @punct. */
bool tokens__accept(struct tokens *tokens, int punct);

#endif
