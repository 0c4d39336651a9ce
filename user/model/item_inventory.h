/* SPDX-License-Identifier: GPL-2.0 */
/*
 * item_inventory: finds which items of the event view a frame has. Pure.
 */
#ifndef KVMTOP_MODEL_ITEM_INVENTORY_H
#define KVMTOP_MODEL_ITEM_INVENTORY_H

struct item_defs;
struct item_opts;
struct frame;

/*
 * The items that @frame has, and those of @before (NULL: none). @before itself when nothing is new. 0 or
 * -ENOMEM.
 */
int item_inventory(const struct item_defs *before, const struct item_opts *opts,
		   const struct frame *frame, const struct item_defs **ret_defs);

#endif
