/* SPDX-License-Identifier: GPL-2.0 */
/*
 * idle: whether a part of a frame has nothing to show. Nothing was counted in the interval, and all
 * time was halted. What is not known is not idle. Pure.
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

/*
 * A value, such as the size of a cache, says nothing about the interval: it is not idle itself, and
 * makes no VM busy.
 */
bool item_row__is_idle(const struct item_row *row);
bool frame_stat__is_idle(const struct frame_stat *stat);

/* A VM that ended in the interval is not. */
bool frame_vcpu__is_idle(const struct frame_vcpu *vcpu);
bool frame_vm__is_idle(const struct frame_vm *vm);

#endif
