// SPDX-License-Identifier: GPL-2.0
/*
 * format_symbols: reads the __print_symbolic() tables out of a tracepoint's print format.
 *
 * What is looked for (from a trace.h of KVM that has two isas, preprocessed; it is one line):
 *
 *   print fmt: "...", REC->vcpu_id, (REC->isa == 1) ? __print_symbolic(REC->exit_reason & 0xffff,
 *   { 0, "EXCEPTION_NMI" }, ...) : __print_symbolic(REC->exit_reason, { 0x040 + 6, "UD excp" },
 *   ..., { -1, "invalid_guest_state" }), ...
 *
 * This is no C parser. It reads the tokens once, remembers the last test of "isa" and the current
 * isa, and takes the tables on its way. Everything else is passed over. Only constant expressions
 * recurse, and no deeper than EXPR_DEPTH_MAX.
 */
#include "format_symbols.h"

#include <stdbool.h>
#include <string.h>

#include "../arch/arch.h"
#include "ids.h"

/* Formats have some 8 KiB; nothing after this much is looked at. */
#define TEXT_MAX ((size_t)1 << 20)
#define EXPR_DEPTH_MAX 16

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

/* Which isa the tokens at hand are for. */
struct branch {
	bool tested; /* in a chain of tests */
	bool isa_known;
	uint32_t isa;  /* that a table here belongs to, if known */
	uint32_t test; /* the isa in the last test */
	bool negated;  /* it was "!=" */
	const struct arch
		*arch; /* that has the isas tested so far in this chain, and which: a bit each */
	uint32_t seen;
	size_t depth; /* of parentheses at the '?': only a ':' there is its other half */
};

struct parser {
	const char *p, *end;
	struct token token; /* the current one */
	size_t depth;	    /* open parentheses */
	size_t expr_depth;
	struct branch branch;
	enum format_kind kind;
	size_t n_symbols;
	format_symbol_fn add;
	void *arg;
};

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

static void lex_word(struct parser *parser)
{
	struct token *token = &parser->token;

	while (parser->p < parser->end && is_word(*parser->p))
		parser->p++;
	token->len = (size_t)(parser->p - token->text);
	token->kind = TOKEN_WORD;
	if (is_digit(token->text[0]))
		token->kind = parse_number(token->text, token->len, &token->number) ? TOKEN_NUMBER
										    : TOKEN_OTHER;
}

/* A string or a character constant; one without an end ends the text. */
static void lex_quoted(struct parser *parser)
{
	struct token *token = &parser->token;
	char quote = *parser->p++;

	token->text = parser->p;
	while (parser->p < parser->end && *parser->p != quote) {
		if (*parser->p == '\\')
			parser->p++;
		if (parser->p < parser->end)
			parser->p++;
	}
	if (parser->p >= parser->end) {
		token->kind = TOKEN_END;
		return;
	}
	token->len = (size_t)(parser->p++ - token->text);
	token->kind = quote == '"' ? TOKEN_STRING : TOKEN_OTHER;
}

static void lex_punct(struct parser *parser)
{
	static const char pairs[][2] = {
		{ '-', '>' }, { '=', '=' }, { '!', '=' }, { '<', '<' }, { '>', '>' },
		{ '&', '&' }, { '|', '|' }, { '<', '=' }, { '>', '=' },
	};
	struct token *token = &parser->token;
	char first = *parser->p++;

	token->kind = first > ' ' && first < 0x7f ? TOKEN_PUNCT : TOKEN_OTHER;
	token->punct = first;
	if (parser->p == parser->end)
		return;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (pairs[i][0] != first || pairs[i][1] != *parser->p)
			continue;
		token->punct = TWO(first, *parser->p++);
		return;
	}
}

/* Makes the next token the current one. */
static void next_token(struct parser *parser)
{
	while (parser->p < parser->end && is_space(*parser->p))
		parser->p++;

	parser->token = (struct token){ .kind = TOKEN_END, .text = parser->p };
	if (parser->p == parser->end)
		return;
	if (is_word(*parser->p))
		lex_word(parser);
	else if (*parser->p == '"' || *parser->p == '\'')
		lex_quoted(parser);
	else
		lex_punct(parser);

	/* Nothing is read after the end, or a cut off string's inside would be. */
	if (parser->token.kind == TOKEN_END)
		parser->p = parser->end;
}

static bool is_punct(const struct parser *parser, int punct)
{
	return parser->token.kind == TOKEN_PUNCT && parser->token.punct == punct;
}

static bool is_the_word(const struct parser *parser, const char *word)
{
	return parser->token.kind == TOKEN_WORD && parser->token.len == strlen(word) &&
	       !memcmp(parser->token.text, word, parser->token.len);
}

/* Passes the current token if it is @punct. */
static bool accept_punct(struct parser *parser, int punct)
{
	if (!is_punct(parser, punct))
		return false;
	next_token(parser);
	return true;
}

/* Constant expressions, 64 bits, unsigned: -1 is UINT64_MAX. */

static bool parse_expr(struct parser *parser, int min_level, uint64_t *ret_value);

static bool parse_operand(struct parser *parser, uint64_t *ret_value)
{
	uint64_t value;

	if (accept_punct(parser, '(')) {
		if (!parse_expr(parser, 0, &value) || !accept_punct(parser, ')'))
			return false;
	} else if (parser->token.kind == TOKEN_NUMBER) {
		value = parser->token.number;
		next_token(parser);
	} else {
		return false;
	}
	*ret_value = value;
	return true;
}

static bool parse_unary(struct parser *parser, uint64_t *ret_value)
{
	bool negate = false;
	bool invert = false;
	uint64_t value;

	if (accept_punct(parser, '-'))
		negate = true;
	else if (accept_punct(parser, '~'))
		invert = true;
	else
		accept_punct(parser, '+');

	if (!parse_operand(parser, &value))
		return false;
	*ret_value = negate ? -value : invert ? ~value : value;
	return true;
}

/* How tight an operator binds; -1 for what is none. */
static int operator_level(const struct parser *parser)
{
	if (parser->token.kind != TOKEN_PUNCT)
		return -1;
	switch (parser->token.punct) {
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
static bool parse_operators(struct parser *parser, int min_level, uint64_t *ret_value)
{
	uint64_t value;
	int level;

	if (!parse_unary(parser, &value))
		return false;
	while ((level = operator_level(parser)) >= min_level && level >= 0) {
		int punct = parser->token.punct;
		uint64_t right;

		next_token(parser);
		if (!parse_expr(parser, level + 1, &right) ||
		    !apply_operator(punct, value, right, &value))
			return false;
	}
	*ret_value = value;
	return true;
}

static bool parse_expr(struct parser *parser, int min_level, uint64_t *ret_value)
{
	bool ok;

	if (parser->expr_depth >= EXPR_DEPTH_MAX)
		return false;
	parser->expr_depth++;
	ok = parse_operators(parser, min_level, ret_value);
	parser->expr_depth--;
	return ok;
}

/* Tables */

/*
 * Appends the current string token to @name, which has @len characters. False when it is too long
 * or has anything but printable ASCII. The only escapes that stand for such a character are
 * themselves punctuation (\" \\ \' \?); all others are refused.
 */
static bool append_string(const struct token *token, char name[FORMAT_NAME_MAX + 1], size_t *len)
{
	for (size_t i = 0; i < token->len; i++) {
		char c = token->text[i];

		if (c == '\\') {
			c = token->text[++i]; /* there is one: an escaped quote ends no string */
			if (c != '"' && c != '\\' && c != '\'' && c != '?')
				return false;
		}
		if (c < ' ' || c > '~' || *len >= FORMAT_NAME_MAX)
			return false;
		name[(*len)++] = c;
	}
	return true;
}

/* One or more string literals, which C makes one. */
static bool parse_name(struct parser *parser, char name[FORMAT_NAME_MAX + 1])
{
	size_t len = 0;

	if (parser->token.kind != TOKEN_STRING)
		return false;
	while (parser->token.kind == TOKEN_STRING) {
		if (!append_string(&parser->token, name, &len))
			return false;
		next_token(parser);
	}
	name[len] = '\0';
	return len > 0;
}

/* "{ code, "name" }" from after the brace. An entry that is not understood is passed over. */
static int parse_entry(struct parser *parser, bool wanted, uint32_t isa)
{
	char name[FORMAT_NAME_MAX + 1];
	uint64_t code;
	bool ok = parse_expr(parser, 0, &code) && accept_punct(parser, ',') &&
		  parse_name(parser, name) && is_punct(parser, '}');

	while (!is_punct(parser, '}') && parser->token.kind != TOKEN_END)
		next_token(parser);
	next_token(parser);

	if (!ok || !wanted || parser->n_symbols >= FORMAT_SYMBOLS_MAX)
		return 0;
	parser->n_symbols++;
	return parser->add(parser->arg, isa, code, name);
}

/* The value that a table is for, up to the comma behind it. */
static void skip_first_argument(struct parser *parser)
{
	size_t depth = 0;

	for (; parser->token.kind != TOKEN_END; next_token(parser)) {
		if (is_punct(parser, '('))
			depth++;
		else if (is_punct(parser, ')') && !depth--)
			return;
		else if (is_punct(parser, ',') && !depth)
			return;
	}
}

/* From "__print_symbolic" on; leaves its closing parenthesis to the caller. */
static int parse_table(struct parser *parser)
{
	const struct branch *branch = &parser->branch;
	bool wanted = parser->kind == FORMAT_USER || branch->isa_known;
	uint32_t isa = parser->kind == FORMAT_USER ? ISA_USER : branch->isa;

	next_token(parser);
	if (!accept_punct(parser, '('))
		return 0;
	parser->depth++;

	skip_first_argument(parser);
	while (accept_punct(parser, ',') && accept_punct(parser, '{')) {
		int err = parse_entry(parser, wanted, isa);

		if (err)
			return err;
	}
	return 0;
}

/* Tests of "isa" */

static void branch_set_isa(struct branch *branch, uint32_t isa)
{
	branch->isa = isa;
	branch->isa_known = isa != ISA_USER; /* ours: no kernel has an isa of that number */
}

/* The isa when every test failed: the one of the architecture's isas that is left. */
static void branch_set_rest(struct branch *branch)
{
	const struct arch *arch = branch->arch;
	size_t n_left = 0;

	for (size_t i = 0; arch && i < arch->n_isas; i++) {
		if (branch->seen >> i & 1)
			continue;
		branch->isa = arch->isas[i].number;
		n_left++;
	}
	branch->isa_known = n_left == 1;
}

static void branch_note_isa(struct branch *branch, uint32_t isa)
{
	const struct arch *arch = arch_of(isa);

	if (arch && branch->arch != arch)
		branch->seen = 0;
	if (arch)
		branch->arch = arch;
	for (size_t i = 0; arch && i < arch->n_isas; i++)
		if (arch->isas[i].number == isa)
			branch->seen |= 1u << i;
}

static void branch_begin(struct branch *branch, uint32_t isa, bool negated, size_t depth)
{
	branch->tested = true;
	branch->test = isa;
	branch->negated = negated;
	branch->depth = depth;
	branch_note_isa(branch, isa);
	if (negated)
		branch_set_rest(branch);
	else
		branch_set_isa(branch, isa);
}

static void branch_else(struct branch *branch)
{
	if (branch->negated)
		branch_set_isa(branch, branch->test);
	else
		branch_set_rest(branch);
}

/* From "isa" on: "isa == N) ?" begins a branch; "isa == N && ..." and the like do not. */
static void parse_isa_test(struct parser *parser)
{
	struct parser before;
	bool negated;
	uint64_t isa;

	next_token(parser);
	negated = is_punct(parser, TWO('!', '='));
	if (!negated && !is_punct(parser, TWO('=', '=')))
		return;
	next_token(parser);
	before = *parser;
	if (!parse_unary(parser, &isa)) {
		*parser = before; /* or its parentheses would not be counted */
		return;
	}
	while (parser->depth && accept_punct(parser, ')'))
		parser->depth--;
	if (is_punct(parser, '?') && isa <= UINT32_MAX)
		branch_begin(&parser->branch, (uint32_t)isa, negated, parser->depth);
}

/* A token outside of tables and tests. */
static void pass_token(struct parser *parser)
{
	struct branch *branch = &parser->branch;

	if (is_punct(parser, '('))
		parser->depth++;
	else if (is_punct(parser, ')') && parser->depth)
		parser->depth--;
	else if (is_punct(parser, ',') && !parser->depth)
		*branch = (struct branch){ .tested = false }; /* the next argument */
	else if (is_punct(parser, ':') && branch->tested && parser->depth == branch->depth)
		branch_else(branch);
	next_token(parser);
}

int format_symbols_parse(enum format_kind kind, const char *text, size_t len, format_symbol_fn add,
			 void *arg)
{
	static const char start[] = "print fmt:";
	struct parser parser = { .kind = kind, .add = add, .arg = arg };

	if (!len)
		return 0;
	parser.end = text + (len < TEXT_MAX ? len : TEXT_MAX);
	parser.p = memmem(text, (size_t)(parser.end - text), start, sizeof(start) - 1);
	if (!parser.p)
		return 0;
	parser.p += sizeof(start) - 1;

	next_token(&parser);
	while (parser.token.kind != TOKEN_END) {
		int err = 0;

		if (is_the_word(&parser, "__print_symbolic") ||
		    is_the_word(&parser, "__print_symbolic_u64"))
			err = parse_table(&parser);
		else if (is_the_word(&parser, "isa"))
			parse_isa_test(&parser);
		else
			pass_token(&parser);
		if (err)
			return err;
	}
	return 0;
}
