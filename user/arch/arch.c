// SPDX-License-Identifier: GPL-2.0
/*
 * arch: what is looked up in the architectures of the list.
 */
#include "arch.h"

#include "../base/cleanup.h"
#include "list.h"

#define ADDRESS(name) &arch_##name,

/* clang-format off */
static const struct arch *const archs[] = { ARCHS(ADDRESS) };
/* clang-format on */

const struct arch *arch_here(void)
{
	return &ARCH_HERE(arch);
}

const struct arch_isa *arch_isa_at(size_t i)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); i -= archs[a]->n_isas, a++)
		if (i < archs[a]->n_isas)
			return &archs[a]->isas[i];
	return NULL;
}

const struct arch_isa *arch_isa(uint32_t number)
{
	const struct arch_isa *isa;

	for (size_t i = 0; (isa = arch_isa_at(i)); i++)
		if (isa->number == number)
			return isa;
	return NULL;
}

const struct arch *arch_of(uint32_t isa)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); a++)
		for (size_t i = 0; i < archs[a]->n_isas; i++)
			if (archs[a]->isas[i].number == isa)
				return archs[a];
	return NULL;
}

uint64_t arch_reason_of(uint32_t number, uint64_t code)
{
	const struct arch_isa *isa = arch_isa(number);

	if (!isa)
		return code;
	if (isa->negative_is_u32 && code >= (uint64_t)INT32_MIN)
		return (uint32_t)code;
	return code & isa->reason_mask;
}

uint64_t arch_flags_of(uint32_t number, uint64_t code)
{
	const struct arch_isa *isa = arch_isa(number);

	return isa ? code & ~isa->reason_mask : 0;
}

bool arch_is_halt(uint32_t number, uint64_t code)
{
	const struct arch_isa *isa = arch_isa(number);

	return isa && (code & isa->reason_mask) == isa->halt;
}

static enum reason_class find_class(const struct arch_class *classes, size_t n, uint64_t code)
{
	for (size_t i = 0; i < n; i++)
		if (classes[i].code == code)
			return classes[i].class;
	return REASON_CLASS_OTHER;
}

enum reason_class arch_class(uint32_t number, uint64_t code)
{
	const struct arch_isa *isa = arch_isa(number);

	if (!isa)
		return REASON_CLASS_OTHER;
	return find_class(isa->classes, isa->n_classes, arch_reason_of(number, code));
}

enum reason_class arch_user_class(uint64_t code)
{
	enum reason_class class = REASON_CLASS_OTHER;

	for (size_t a = 0; a < ARRAY_SIZE(archs) && class == REASON_CLASS_OTHER; a++)
		class = find_class(archs[a]->user_classes, archs[a]->n_user_classes, code);
	return class;
}

const struct arch_origin *arch_origin(size_t i)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); i -= archs[a]->n_origins, a++)
		if (i < archs[a]->n_origins)
			return &archs[a]->origins[i];
	return NULL;
}

const struct arch_hint *arch_hint(enum detail_kind kind, uint64_t key)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); a++) {
		for (size_t i = 0; i < archs[a]->n_hints; i++) {
			const struct arch_hint *hint = &archs[a]->hints[i];

			if (hint->kind == (int)kind && key >= hint->first && key <= hint->last)
				return hint;
		}
	}
	return NULL;
}

const struct detail_kind_def *arch_detail_kind(enum detail_kind kind)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); a++)
		if (archs[a]->kinds && archs[a]->kinds[kind].name)
			return &archs[a]->kinds[kind];
	return NULL;
}

const struct detail_word *arch_detail_word(size_t i)
{
	for (size_t a = 0; a < ARRAY_SIZE(archs); i -= archs[a]->n_words, a++)
		if (i < archs[a]->n_words)
			return &archs[a]->words[i];
	return NULL;
}
