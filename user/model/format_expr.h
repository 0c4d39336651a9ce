/* SPDX-License-Identifier: GPL-2.0 */
/*
 * format_expr: the value of a constant expression of C, in 64 bits without a sign: -1 is UINT64_MAX. Pure.
 */
#ifndef KVMTOP_MODEL_FORMAT_EXPR_H
#define KVMTOP_MODEL_FORMAT_EXPR_H

#include <stdbool.h>
#include <stdint.h>

struct tokens;

/*
 * From the current token of @tokens on, which is behind the expression afterwards. False: there is none, or it is not understood or too deep;
 * then the current token is somewhere in it.
 */
bool format_expr_parse(struct tokens *tokens, uint64_t *ret_value);

/* The same without operators between operands: the other side of a comparison. */
bool format_expr_parse_unary(struct tokens *tokens, uint64_t *ret_value);

#endif
