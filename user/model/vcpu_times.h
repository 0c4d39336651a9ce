/* SPDX-License-Identifier: GPL-2.0 */
/*
 * vcpu_times: sums of where the time of a vCPU went, from one reading to the next. Pure.
 */
#ifndef KVMTOP_MODEL_VCPU_TIMES_H
#define KVMTOP_MODEL_VCPU_TIMES_H

#include <stdint.h>

#include "ids.h"

/*
 * The state that a vCPU seemed to be in during an open stretch may turn out to be another one. Then
 * one part is less than it was. It has no growth then, and the parts that grew most have less
 * growth by that amount.
 */
void vcpu_times_grown(const uint64_t prev[STATE_MAX], const uint64_t cur[STATE_MAX],
		      uint64_t ret_grown[STATE_MAX]);

/*
 * Brings @reported up to date with @read. No part decreases, and the sum is that of @read once
 * @read has caught up.
 */
void vcpu_times_take(uint64_t reported[STATE_MAX], const uint64_t read[STATE_MAX]);

#endif
