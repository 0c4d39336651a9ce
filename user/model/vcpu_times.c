// SPDX-License-Identifier: GPL-2.0
/* vcpu_times: growth of the parts of a vCPU's time. */
#include "vcpu_times.h"

#include <stddef.h>

void vcpu_times_grown(const uint64_t prev[STATE_MAX], const uint64_t cur[STATE_MAX],
		      uint64_t ret_grown[STATE_MAX])
{
	uint64_t missing = 0;

	for (size_t i = 0; i < STATE_MAX; i++) {
		ret_grown[i] = cur[i] > prev[i] ? cur[i] - prev[i] : 0;
		missing += prev[i] > cur[i] ? prev[i] - cur[i] : 0;
	}
	/* Each time round, one part is used up or nothing is missing any more. */
	for (size_t round = 0; round < STATE_MAX && missing; round++) {
		size_t most = 0;
		uint64_t less;

		for (size_t i = 1; i < STATE_MAX; i++)
			if (ret_grown[i] > ret_grown[most])
				most = i;
		less = missing < ret_grown[most] ? missing : ret_grown[most];
		ret_grown[most] -= less;
		missing -= less;
	}
}

void vcpu_times_take(uint64_t reported[STATE_MAX], const uint64_t read[STATE_MAX])
{
	uint64_t grown[STATE_MAX];

	vcpu_times_grown(reported, read, grown);
	for (size_t i = 0; i < STATE_MAX; i++)
		reported[i] += grown[i];
}
