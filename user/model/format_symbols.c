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
 * recurse (format_expr.c).
 */
#include "format_symbols.h"

#include <stdbool.h>
#include <string.h>

#include "../arch/arch.h"
#include "format_expr.h"
#include "format_tokens.h"
#include "ids.h"

/* Formats have some 8 KiB; nothing after this much is looked at. */
#define TEXT_MAX ((size_t)1 << 20)

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
	struct tokens tokens;
	size_t depth; /* open parentheses */
	struct branch branch;
	enum format_kind kind;
	size_t n_symbols;
	format_symbol_fn add;
	void *arg;
};

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

	if (parser->tokens.now.kind != TOKEN_STRING)
		return false;
	while (parser->tokens.now.kind == TOKEN_STRING) {
		if (!append_string(&parser->tokens.now, name, &len))
			return false;
		tokens__next(&parser->tokens);
	}
	name[len] = '\0';
	return len > 0;
}

/* "{ code, "name" }" from after the brace. An entry that is not understood is passed over. */
static int parse_entry(struct parser *parser, bool wanted, uint32_t isa)
{
	char name[FORMAT_NAME_MAX + 1];
	uint64_t code;
	bool ok = format_expr_parse(&parser->tokens, &code) &&
		  tokens__accept(&parser->tokens, ',') && parse_name(parser, name) &&
		  tokens__is(&parser->tokens, '}');

	while (!tokens__is(&parser->tokens, '}') && parser->tokens.now.kind != TOKEN_END)
		tokens__next(&parser->tokens);
	tokens__next(&parser->tokens);

	if (!ok || !wanted || parser->n_symbols >= FORMAT_SYMBOLS_MAX)
		return 0;
	parser->n_symbols++;
	return parser->add(parser->arg, isa, code, name);
}

/* The value that a table is for, up to the comma behind it. */
static void skip_first_argument(struct parser *parser)
{
	size_t depth = 0;

	for (; parser->tokens.now.kind != TOKEN_END; tokens__next(&parser->tokens)) {
		if (tokens__is(&parser->tokens, '('))
			depth++;
		else if (tokens__is(&parser->tokens, ')') && !depth--)
			return;
		else if (tokens__is(&parser->tokens, ',') && !depth)
			return;
	}
}

/* From "__print_symbolic" on; leaves its closing parenthesis to the caller. */
static int parse_table(struct parser *parser)
{
	const struct branch *branch = &parser->branch;
	bool wanted = parser->kind == FORMAT_USER || branch->isa_known;
	uint32_t isa = parser->kind == FORMAT_USER ? ISA_USER : branch->isa;

	tokens__next(&parser->tokens);
	if (!tokens__accept(&parser->tokens, '('))
		return 0;
	parser->depth++;

	skip_first_argument(parser);
	while (tokens__accept(&parser->tokens, ',') && tokens__accept(&parser->tokens, '{')) {
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
	struct tokens before;
	bool negated;
	uint64_t isa;

	tokens__next(&parser->tokens);
	negated = tokens__is(&parser->tokens, TWO('!', '='));
	if (!negated && !tokens__is(&parser->tokens, TWO('=', '=')))
		return;
	tokens__next(&parser->tokens);
	before = parser->tokens;
	if (!format_expr_parse_unary(&parser->tokens, &isa)) {
		parser->tokens = before; /* or its parentheses would not be counted */
		return;
	}
	while (parser->depth && tokens__accept(&parser->tokens, ')'))
		parser->depth--;
	if (tokens__is(&parser->tokens, '?') && isa <= UINT32_MAX)
		branch_begin(&parser->branch, (uint32_t)isa, negated, parser->depth);
}

/* A token outside of tables and tests. */
static void pass_token(struct parser *parser)
{
	struct branch *branch = &parser->branch;

	if (tokens__is(&parser->tokens, '('))
		parser->depth++;
	else if (tokens__is(&parser->tokens, ')') && parser->depth)
		parser->depth--;
	else if (tokens__is(&parser->tokens, ',') && !parser->depth)
		*branch = (struct branch){ .tested = false }; /* the next argument */
	else if (tokens__is(&parser->tokens, ':') && branch->tested &&
		 parser->depth == branch->depth)
		branch_else(branch);
	tokens__next(&parser->tokens);
}

int format_symbols_parse(enum format_kind kind, const char *text, size_t len, format_symbol_fn add,
			 void *arg)
{
	static const char start[] = "print fmt:";
	struct parser parser = { .kind = kind, .add = add, .arg = arg };

	if (!len)
		return 0;
	parser.tokens.end = text + (len < TEXT_MAX ? len : TEXT_MAX);
	parser.tokens.p =
		memmem(text, (size_t)(parser.tokens.end - text), start, sizeof(start) - 1);
	if (!parser.tokens.p)
		return 0;
	parser.tokens.p += sizeof(start) - 1;

	tokens__next(&parser.tokens);
	while (parser.tokens.now.kind != TOKEN_END) {
		int err = 0;

		if (tokens__is_word(&parser.tokens, "__print_symbolic") ||
		    tokens__is_word(&parser.tokens, "__print_symbolic_u64"))
			err = parse_table(&parser);
		else if (tokens__is_word(&parser.tokens, "isa"))
			parse_isa_test(&parser);
		else
			pass_token(&parser);
		if (err)
			return err;
	}
	return 0;
}
