/* SPDX-License-Identifier: GPL-2.0 */
/*
 * timestat: sums of handling times: of a reason over vCPUs and VMs, of a scope over its reasons.
 * Pure.
 */
#ifndef KVMTOP_MODEL_TIMESTAT_H
#define KVMTOP_MODEL_TIMESTAT_H

struct time_stat;

/* Adds @part to @sum, which was zeroed before the first one. An unknown part adds nothing. */
void time_stat__add(struct time_stat *sum, const struct time_stat *part);

/* Once all is added: what is derived: average and percentiles. */
void time_stat__finish(struct time_stat *sum);

#endif
