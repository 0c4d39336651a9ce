/* SPDX-License-Identifier: GPL-2.0 */
/*
 * words: those of outputs and of help that are the architecture's, as text: they stand in constant tables. Each architecture has all
 * of them.
 */
#ifndef KVMTOP_ARCH_WORDS_H
#define KVMTOP_ARCH_WORDS_H

#include "list.h"

#include ARCH_WORDS

#endif
