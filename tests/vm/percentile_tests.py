# SPDX-License-Identifier: GPL-2.0
"""
Percentiles, against those of every single exit, which a full trace of the same run has. And what is left of them
without room for histograms.
"""
import math

from bed import Kvmtop, Simguest, check_counts, equal, finish, require
from kvm_trace import Trace, durations
import vendor
from registry import test

PERMILLE = {'p50_ns': 500, 'p90_ns': 900, 'p99_ns': 990, 'p999_ns': 999}

# How often each guest goes round. A trace takes much longer where the CPU is emulated slowly.
ROUNDS, SLEEPER_ROUNDS = (15, 25) if vendor.INTEL else (40, 60)

# What kvmtop promises of the middle of a slot, beside the clocks; 10 % is asked for.
PRECISION = 1 / 16

# kvmtop's program and the trace's read the clock one after the other, so the one may time what the other does. In the
# measuring mode, that is instructions. The trace takes some 40 more at an exit than at an entry, and 240 more at the
# end of a page. kvmtop takes some 300 after an exit to user space. When no value differs by more than that, no
# percentile does.
SLACK_NS = 400 * vendor.NS_PER_INSTRUCTION
USER_SLACK_NS = 700 * vendor.NS_PER_INSTRUCTION

# A wait for a CPU begins and ends for the scheduler some us before it does in the trace. And their clocks go at
# different rates where the CPU is emulated.
WAIT_SLACK_NS = 5000 * vendor.NS_PER_INSTRUCTION
CLOCKS_APART = 0.02

# At an exit to user space, and on 6.1 at any exit, an interrupt may come between the two. So many values may differ by
# more. The timer goes by the clock: where instructions take longer, it meets more of them.
OUTLIERS = 3 * vendor.NS_PER_INSTRUCTION


def wait_slack_ns(waited_ns):
    return WAIT_SLACK_NS + waited_ns * CLOCKS_APART if waited_ns else 0


def check_percentiles(where, time, times, slack_ns):
    """Of one TIME, or its total, against all times and waits."""
    lows = sorted(ns - slack_ns - wait_slack_ns(waited) for ns, waited in times)
    highs = sorted(ns + slack_ns + wait_slack_ns(waited) for ns, waited in times)
    for name, permille in [*PERMILLE.items(), ('max_ns', 1000)]:
        rank = math.ceil(len(times) * permille / 1000)
        low = lows[max(rank - OUTLIERS, 1) - 1]
        high = highs[rank + OUTLIERS - 1] if rank + OUTLIERS <= len(times) else math.inf
        require(low * (1 - PRECISION) <= time[name] <= high * (1 + PRECISION),
                f'{where}: {name} {time[name]}, of {len(times)} in the trace {low} to {high} with '
                'the slack')


def check_scope(where, entry, tids, exits, user_exits):
    """The reasons of a vCPU or VM, whose threads are @tids. Returns how many were compared."""
    compared = 0
    for key, traced, slack_ns in (('reasons', exits, SLACK_NS),
                                  ('userspace_exits', user_exits, USER_SLACK_NS)):
        for reason in entry[key]:
            name = f'{where}, {reason["name"]}'
            times = [t for tid in tids for t in traced.get((tid, reason['code']), [])]
            equal(f'{name}: number of those that were timed', reason['time']['total']['count'],
                  len(times))
            if times:
                check_percentiles(name, reason['time'], times, slack_ns)
                check_percentiles(f'{name}, in all', reason['time']['total'], times, slack_ns)
                compared += 1
    return compared


@test('percentiles are those of a full trace', boot='measuring', on=('6.1', '7.2'), intel=('6.1',),
      intel_slow=('6.12', '7.2'))
def against_trace():
    """Exits of all kinds: fast ones, some of them preempted, and such that wait in the VMM."""
    kvmtop = Kvmtop('-s', '3600').ready()  # one interval, which ends with kvmtop
    with Trace(mib_per_cpu=48) as trace:
        sims = [Simguest('--cpuid', '300', '--rdmsr', '100', '--out', '30', '--mmio', '20', '--hlt',
                         '5', '--rounds', str(ROUNDS), '--vcpus', '2', hold=True),
                Simguest('--cpuid', '20', '--out', '10', '--mmio', '5', '--rounds', str(SLEEPER_ROUNDS),
                         '--user-sleep-us', '150', '--vms', '2', hold=True)]
        for sim in sims:
            sim.wait_reports(2)
        exits, user_exits = durations(trace.stop())
    kvmtop.stop()
    vms = kvmtop.ledger.last['vms']
    equal('VMs', sorted(vm['pid'] for vm in vms), sorted([sims[0].pid] + 2 * [sims[1].pid]))
    compared = 0
    for vm in vms:
        tids = [vcpu['tid'] for vcpu in vm['vcpus']]
        compared += check_scope(f'VM {vm["id"]}', vm, tids, exits, user_exits)
        for vcpu in vm['vcpus']:
            compared += check_scope(f'VM {vm["id"]}, vCPU {vcpu["id"]}', vcpu, [vcpu['tid']], exits,
                                    user_exits)
    require(compared > 40, f'only {compared} reasons were there to compare')


ROOM = 3


@test('without room for histograms the counts are exact and the percentiles unknown', on=('5.10', '6.12'))
def no_room():
    """And room that a VM leaves is another one's."""
    kvmtop = Kvmtop('-s', '0.3', '--hists', str(ROOM)).ready()
    missing = 0
    for _ in range(3):
        guests = finish(Simguest('--cpuid', '500', '--rdmsr', '50', '--out', '20', '--mmio', '10'))
        kvmtop.wait_ended(guests.pids())
        kvmtop.wait_frames(2)  # then what it had is free
        kvmtop.check()
        [vm] = kvmtop.ledger.of_pids(guests.pids())
        [report] = guests.reports
        check_counts('the VM', vm.vcpus[0], report)
        tallies = [*vm.vcpus[0].reasons.items(), *vm.vcpus[0].user.items()]
        with_room = [(name, tally) for name, tally in tallies if tally.hist is not None]
        equal(f'histograms, of {[*dict(tallies)]}', len(with_room), ROOM)
        for name, tally in with_room:
            require(tally.count - 1 <= tally.timed() <= tally.count,
                    f'{name}: {tally.timed()} in the histogram, of {tally.count}')
        require(all(tally.sum_ns > 0 for _, tally in tallies), 'some time is not known')
        missing += len(tallies) - ROOM
        equal('hist_full', kvmtop.ledger.frames[-1]['hist_full'], missing)


@test('histograms of VMs that end are free again', on=('6.1',))
def give_back():
    """As many vCPUs one after the other as have no room all at once."""
    kvmtop = Kvmtop('-s', '0.3', '--hists', '40').ready()
    for _ in range(8):
        guests = finish(Simguest('--cpuid', '50', '--out', '10', '--vcpus', '4'))
        kvmtop.wait_ended(guests.pids())
        kvmtop.wait_frames(2)
    kvmtop.check()
    equal('hist_full', kvmtop.ledger.frames[-1]['hist_full'], 0)
    equal('VMs', len(kvmtop.ledger.vms), 8)
