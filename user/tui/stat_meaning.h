/* SPDX-License-Identifier: GPL-2.0 */
/*
 * stat_meaning: what KVM's statistics mean, in kvmtop's words.
 */
#ifndef KVMTOP_TUI_STAT_MEANING_H
#define KVMTOP_TUI_STAT_MEANING_H

/* NULL: it is not known. */
const char *stat_meaning(const char *name);

#endif
