/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exit_origin: which exit reason led to exits to the VMM: the two are names of one thing. Pure.
 */
#ifndef KVMTOP_MODEL_EXIT_ORIGIN_H
#define KVMTOP_MODEL_EXIT_ORIGIN_H

#include <stdint.h>

struct frame_reason;
struct frame_reasons;

/* The likeliest of @reasons, those of the same scope, for the KVM_EXIT_* number @user; NULL: none of them is known to lead there. */
const struct frame_reason *exit_origin(const struct frame_reasons *reasons, uint64_t user);

#endif
