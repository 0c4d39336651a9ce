/* SPDX-License-Identifier: GPL-2.0 */
/*
 * detail_other.h: an architecture without files of its own has the kinds of detail.h only.
 */
#ifndef KVMTOP_BPF_DETAIL_OTHER_H
#define KVMTOP_BPF_DETAIL_OTHER_H

#include "detail.h"

/* The kind whose exit reasons are those of exits about @kind. */
#define DETAIL_ABOUT(kind) (kind)

#endif
