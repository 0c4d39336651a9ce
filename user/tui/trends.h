/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trends: what the trail has of the thing that a row is about, up to the frame that is shown. Pure.
 */
#ifndef KVMTOP_TUI_TRENDS_H
#define KVMTOP_TUI_TRENDS_H

#include <stddef.h>
#include <stdint.h>

#include "../model/trail.h"

struct event_id;
struct frame_reason;
struct list_drawing;
struct list_row;
struct place;
struct subject;
struct view_ctx;

/* More columns than any trend has. */
#define TRENDS_MAX 512

/* Of all VMs if @vm_key is 0; of the VM if @vcpu is NULL. */
struct trail_row trail_row_of(uint64_t vm_key, const uint32_t *vcpu);
struct trail_row subject__trail_row(const struct subject *subject);

/* The moments up to the frame that is shown. */
size_t trends_end(const struct view_ctx *ctx);

/* The last @n values, NAN where there is none. */
void trends_values(const struct view_ctx *ctx, const struct trail_row *row,
		   enum trail_measure measure, size_t n, double *ret_values);

/* The same of the rate of a reason. */
void trends_reason(const struct view_ctx *ctx, const struct trail_row *row,
		   const struct frame_reason *reason, size_t n, double *ret_values);

/* The same of an event of KVM. */
void trends_event(const struct view_ctx *ctx, const struct trail_row *row,
		  const struct event_id *event, size_t n, double *ret_values);

/* The rows that are seen in @lines are to be compared: from now on all have the scale of the one with most exits. */
void trends_share_scale(struct list_drawing *drawing, size_t lines);

/* Draws the trend of a row in its column: of a reason's rate, or of @measure of a VM or vCPU. */
void trends_draw(const struct list_drawing *drawing, const struct list_row *row,
		 enum trail_measure measure, struct place place);

#endif
