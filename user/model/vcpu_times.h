/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_times: sums of where the time of a vCPU went, from one reading to the next. Pure.
 */
#ifndef KVMTOP_MODEL_VCPU_TIMES_H
#define KVMTOP_MODEL_VCPU_TIMES_H

#include <stdint.h>

#include "ids.h"

/*
 * What a vCPU seemed to do in a stretch that had not ended may turn out to be something else: then one part is less than it
 * was. It grew by nothing then, and those that grew most by so much less.
 */
void vcpu_times_grown(const uint64_t prev[STATE_MAX], const uint64_t cur[STATE_MAX],
		      uint64_t ret_grown[STATE_MAX]);

/* Brings @told up to date with @read: none of its parts gets less, and their sum is that of @read once that has caught up. */
void vcpu_times_take(uint64_t told[STATE_MAX], const uint64_t read[STATE_MAX]);

#endif
