// SPDX-License-Identifier: GPL-2.0
#include "exit_origin.h"

#include "../arch/arch.h"
#include "frame.h"

const struct frame_reason *exit_origin(const struct frame_reasons *reasons, uint64_t user)
{
	const struct arch_origin *origin;

	for (size_t i = 0; (origin = arch_origin(i)); i++) {
		for (size_t j = 0; origin->user == user && j < reasons->n; j++) {
			const struct frame_reason *reason = &reasons->v[j];

			if (reason->isa == origin->isa && reason->code == origin->code)
				return reason;
		}
	}
	return NULL;
}
