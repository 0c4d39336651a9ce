/* SPDX-License-Identifier: GPL-2.0 */
/*
 * json_items: the rows of the event view as the member "event_rows", in the words of CSV's columns.
 */
#ifndef KVMTOP_SINKS_JSON_ITEMS_H
#define KVMTOP_SINKS_JSON_ITEMS_H

struct frame_vcpu;
struct frame_vm;
struct json_writer;
struct view;

/* Those of @view->items that CSV has: of all VMs together (both NULL), of @vm, or of @vcpu. Without memory @w has the error. */
void json_items__write(struct json_writer *w, const struct view *view, const struct frame_vm *vm,
		       const struct frame_vcpu *vcpu);

#endif
