/* SPDX-License-Identifier: GPL-2.0 */
/*
 * other_words: words of outputs and of help, of an architecture without a file of its own.
 */
#ifndef KVMTOP_ARCH_OTHER_WORDS_H
#define KVMTOP_ARCH_OTHER_WORDS_H

#define ARCH_PC "pc"
#define ARCH_PC_MISSING "kvm_exit's record cannot be read"
#define ARCH_ISAS "the number of a backend"
#define ARCH_KINDS "mmio, page, ..."
#define ARCH_DETAILS "mmio, page, " ARCH_PC ":REASON, ..."
#define ARCH_KEYS "address, number, ..."

#endif
