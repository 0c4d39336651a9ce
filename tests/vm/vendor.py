# SPDX-License-Identifier: GPL-2.0
"""
What the CPU's vendor changes. The tests know the reasons of exits by SVM's names. Here are VMX's for the same, and the
reasons that are one on SVM and several on VMX.
"""
import os

INTEL = os.environ.get('VMTEST_CPU') == 'intel'
ISA = 'vmx' if INTEL else 'svm'
NS_PER_INSTRUCTION = 10 if INTEL else 1  # of the bed's clock when it measures
MODULE = 'kvm_intel' if INTEL else 'kvm_amd'

NAMES = {
    'CPUID': 'cpuid',
    'IO_INSTRUCTION': 'io',
    'VMCALL': 'hypercall',
    'HLT': 'hlt',
    'EXTERNAL_INTERRUPT': 'interrupt',
    'INTERRUPT_WINDOW': 'vintr',
    'INVALID_STATE|0x80000000': 'INVALID_STATE',  # the flag says that it was a VM entry which failed
} if INTEL else {}

# The first access to a page of MMIO is a violation like that to memory, the others are misconfigurations: KVM's mark for MMIO.
PARTS = {
    'msr': ('MSR_READ', 'MSR_WRITE'),
    'npf': ('EPT_VIOLATION', 'EPT_MISCONFIG', 'APIC_ACCESS', 'APIC_WRITE'),
} if INTEL else {}


def merged(counts):
    """Counts by name, with PARTS added up."""
    counts = dict(counts)
    for name, parts in PARTS.items():
        found = [counts.pop(part) for part in parts if part in counts]
        if found:
            counts[name] = sum(found)
    return counts


def own(name):
    """What kvmtop itself calls it."""
    return next((own_name for own_name, common in NAMES.items() if common == name), name)
