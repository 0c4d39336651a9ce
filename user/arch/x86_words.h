/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86_words: words of outputs and of help, of x86.
 */
#ifndef KVMTOP_ARCH_X86_WORDS_H
#define KVMTOP_ARCH_X86_WORDS_H

/* The register that has the address of the guest's instruction, and when it is not known. */
#define ARCH_PC "rip"
#define ARCH_PC_MISSING "on Intel kvm_exit's record cannot be read"

/* What defines the code of an exit reason. */
#define ARCH_ISAS "vmx, svm, or the number of another backend"

/* Some kinds of keys, some words of --detail, and some keys. */
#define ARCH_KINDS "msr, pio, mmio, ..."
#define ARCH_DETAILS "msr, pio, mmio, " ARCH_PC ":REASON, ..."
#define ARCH_KEYS "MSR, port, address, number, ..."

#endif
