# SPDX-License-Identifier: GPL-2.0
"""The list of all tests, which the modules of tests register themselves in."""
import os

import vendor

KERNEL = os.environ.get('VMTEST_KERNEL', '')
SLOW = bool(os.environ.get('VMTEST_SLOW', ''))  # run --slow

# What each kernel must offer, best first: listed here and not asked of kvmtop, which might be wrong.
PATHS = {
    '5.10': ['classic'],
    '6.1': ['probe', 'classic'],
    '6.1-rt': ['probe', 'classic'],
    '6.12': ['plain', 'probe', 'classic'],
    '7.2': ['plain', 'probe', 'classic'],
}.get(KERNEL, [])

# Those whose scheduler takes sleep for a wait at times (bpf/migrated.bpf.c).
DELAYS_DEQUEUE = KERNEL in ('6.12', '7.2')

# Not every test runs on each. What does not depend on the kernel runs on one, and what differs only between old and new
# kernels, on two. Any other kernel has all tests.
KERNELS = '5.10', '6.1', '6.12', '7.2'

TESTS = []


class Test:
    """
    @boot: the kind of boot, see run; @intel_boot: on Intel, where it is another. @on, @intel: the kernels of KERNELS
    that it runs on, on AMD and on Intel. The bed of Intel is slow, so what does not depend on the CPU is AMD's.
    @intel_slow: those that `make check` has no time for.
    """

    def __init__(self, name, function, over_paths_, boot='ordinary', on=KERNELS, intel=(), intel_slow=(), intel_boot=None):
        self.name = name
        self.function = function
        self.boot = intel_boot if vendor.INTEL and intel_boot else boot
        self.over_paths = over_paths_
        self.kernels = on
        if vendor.INTEL:
            self.kernels = intel + intel_slow if SLOW else intel
        for kernels in on, intel, intel_slow:
            assert isinstance(kernels, tuple) and {*kernels} <= {*KERNELS}, f'{name}: {kernels}'
        assert on or intel or intel_slow, f'{name}: runs nowhere'

    def is_here(self):
        return KERNEL in self.kernels or (KERNEL not in KERNELS and len(self.kernels) > 0)


def test(name, *args, **kwargs):
    """A test by itself: a function that raises Failure or Skip, or returns. The other arguments are those of Test."""
    def register(function):
        TESTS.append(Test(name, function, False, *args, **kwargs))
        return function
    return register


def over_paths(name, *args, **kwargs):
    """
    A test of every exit path: a function that is given a Bed, and returns another. That one is called with each path in
    turn, and fails or not.
    """
    def register(function):
        TESTS.append(Test(name, function, True, *args, **kwargs))
        return function
    return register
