/* SPDX-License-Identifier: GPL-2.0 */
/*
 * idle: whether there is nothing to tell of a part of a frame: nothing was counted in the interval, and no time went but
 * to halts. What is not known is not idle. Pure.
 */
#ifndef KVMTOP_MODEL_IDLE_H
#define KVMTOP_MODEL_IDLE_H

#include <stdbool.h>

struct counter;
struct item_row;
struct frame_detail;
struct frame_reason;
struct frame_stat;
struct frame_vcpu;
struct frame_vm;

bool counter_is_idle(const struct counter *counter);
bool frame_reason__is_idle(const struct frame_reason *reason);
bool frame_detail__is_idle(const struct frame_detail *detail);

/* A value, as the size of a cache, tells nothing of the interval: it is not idle itself, and makes nobody busy. */
bool item_row__is_idle(const struct item_row *row);
bool frame_stat__is_idle(const struct frame_stat *stat);

/* A VM that ended in the interval is not. */
bool frame_vcpu__is_idle(const struct frame_vcpu *vcpu);
bool frame_vm__is_idle(const struct frame_vm *vm);

#endif
