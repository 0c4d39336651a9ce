/* SPDX-License-Identifier: GPL-2.0 */
/*
 * bar: where the time of a vCPU, of a VM or of all of them went, as a row of cells. Pure; knows no glyphs and no colours.
 */
#ifndef KVMTOP_RENDER_BAR_H
#define KVMTOP_RENDER_BAR_H

#include <stddef.h>
#include <stdint.h>

#include "../model/ids.h"

struct time_shares;

/* A cell is an enum vcpu_state or this. */
#define BAR_UNKNOWN STATE_MAX

/*
 * Shares out @n cells among the states, in the order of enum vcpu_state. Each gets as many as are full. Those that are left go to the largest
 * remainders, of equal ones to the first state. Then come waiting for a CPU, the VMM and KVM, in this order. One that has at least 2 % and no
 * cell gets one from the state that has most. The last cell of a state is not taken. Waiting that is not known counts as none, as
 * it is within the others. All are BAR_UNKNOWN if the shares are not known, or no time has passed.
 */
void bar_cells(const struct time_shares *shares, size_t n, uint8_t *ret_states);

#endif
