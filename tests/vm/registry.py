# SPDX-License-Identifier: GPL-2.0
"""The list of all tests, which the modules of tests register themselves in."""
import os

import vendor

KERNEL = os.environ.get('VMTEST_KERNEL', '')

# What each kernel must offer, best first: told here and not asked of kvmtop, which might be wrong.
PATHS = {
    '5.10': ['classic'],
    '6.1': ['probe', 'classic'],
    '6.1-rt': ['probe', 'classic'],
    '6.12': ['plain', 'probe', 'classic'],
    '7.2': ['plain', 'probe', 'classic'],
}.get(KERNEL, [])

# Those whose scheduler takes sleep for a wait at times (bpf/moved.bpf.c).
DELAYS_DEQUEUE = KERNEL in ('6.12', '7.2')

TESTS = []


class Test:
    def __init__(self, name, function, boot, over_paths_, cpus):
        self.name = name
        self.function = function
        self.boot = boot
        self.over_paths = over_paths_
        self.cpus = cpus


AMD, INTEL = 'amd', 'intel'


def here(tests):
    """Those of the tests that say something about this CPU. Its bed is slow: what does not depend on the CPU is AMD's."""
    return [t for t in tests if (INTEL if vendor.INTEL else AMD) in t.cpus]


def test(name, boot='ordinary', cpus=(AMD,)):
    """A test by itself: a function that raises Failure or Skip, or returns."""
    def register(function):
        TESTS.append(Test(name, function, boot, False, cpus))
        return function
    return register


def over_paths(name, boot='ordinary', cpus=(AMD,)):
    """
    A test of every exit path: a function that is given a Bed, and returns another that is called
    with each path in turn and fails or not.
    """
    def register(function):
        TESTS.append(Test(name, function, boot, True, cpus))
        return function
    return register


BOTH = (AMD, INTEL)
