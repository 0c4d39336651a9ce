// SPDX-License-Identifier: GPL-2.0
#include "format_expr.h"

#include <stddef.h>

#include "format_tokens.h"

/* Parentheses and operators recurse no deeper. */
#define EXPR_DEPTH_MAX 16

struct expr {
	struct tokens *tokens;
	size_t depth;
};

static bool parse_expr(struct expr *expr, int min_level, uint64_t *ret_value);

static bool parse_operand(struct expr *expr, uint64_t *ret_value)
{
	uint64_t value;

	if (tokens__accept(expr->tokens, '(')) {
		if (!parse_expr(expr, 0, &value) || !tokens__accept(expr->tokens, ')'))
			return false;
	} else if (expr->tokens->now.kind == TOKEN_NUMBER) {
		value = expr->tokens->now.number;
		tokens__next(expr->tokens);
	} else {
		return false;
	}
	*ret_value = value;
	return true;
}

static bool parse_unary(struct expr *expr, uint64_t *ret_value)
{
	bool negate = false;
	bool invert = false;
	uint64_t value;

	if (tokens__accept(expr->tokens, '-'))
		negate = true;
	else if (tokens__accept(expr->tokens, '~'))
		invert = true;
	else
		tokens__accept(expr->tokens, '+');

	if (!parse_operand(expr, &value))
		return false;
	*ret_value = negate ? -value : invert ? ~value : value;
	return true;
}

/* How tight an operator binds; -1 for what is none. */
static int operator_level(const struct expr *expr)
{
	if (expr->tokens->now.kind != TOKEN_PUNCT)
		return -1;
	switch (expr->tokens->now.punct) {
	case '|':
		return 0;
	case '^':
		return 1;
	case '&':
		return 2;
	case TWO('<', '<'):
	case TWO('>', '>'):
		return 3;
	case '+':
	case '-':
		return 4;
	case '*':
		return 5;
	default:
		return -1;
	}
}

static bool apply_operator(int punct, uint64_t a, uint64_t b, uint64_t *ret_value)
{
	bool is_shift = punct == TWO('<', '<') || punct == TWO('>', '>');

	if (is_shift && b > 63)
		return false;
	switch (punct) {
	case '|':
		*ret_value = a | b;
		return true;
	case '^':
		*ret_value = a ^ b;
		return true;
	case '&':
		*ret_value = a & b;
		return true;
	case TWO('<', '<'):
		*ret_value = a << b;
		return true;
	case TWO('>', '>'):
		*ret_value = a >> b;
		return true;
	case '+':
		*ret_value = a + b;
		return true;
	case '-':
		*ret_value = a - b;
		return true;
	default:
		*ret_value = a * b;
		return true;
	}
}

/* Precedence climbing: operators that bind at least as tight as @min_level. */
static bool parse_operators(struct expr *expr, int min_level, uint64_t *ret_value)
{
	uint64_t value;
	int level;

	if (!parse_unary(expr, &value))
		return false;
	while ((level = operator_level(expr)) >= min_level && level >= 0) {
		int punct = expr->tokens->now.punct;
		uint64_t right;

		tokens__next(expr->tokens);
		if (!parse_expr(expr, level + 1, &right) ||
		    !apply_operator(punct, value, right, &value))
			return false;
	}
	*ret_value = value;
	return true;
}

static bool parse_expr(struct expr *expr, int min_level, uint64_t *ret_value)
{
	bool ok;

	if (expr->depth >= EXPR_DEPTH_MAX)
		return false;
	expr->depth++;
	ok = parse_operators(expr, min_level, ret_value);
	expr->depth--;
	return ok;
}

bool format_expr_parse(struct tokens *tokens, uint64_t *ret_value)
{
	struct expr expr = { .tokens = tokens };

	return parse_expr(&expr, 0, ret_value);
}

bool format_expr_parse_unary(struct tokens *tokens, uint64_t *ret_value)
{
	struct expr expr = { .tokens = tokens };

	return parse_unary(&expr, ret_value);
}
