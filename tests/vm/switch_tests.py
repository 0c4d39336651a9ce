# SPDX-License-Identifier: GPL-2.0
"""
Tests of what is switched while kvmtop runs. Nothing is lost or counted twice over a switch. What was switched on has no
deltas in the interval in which it began, and all of them from the next one on.
"""
import itertools
import os

from bed import Simguest, check_vms, equal, finish, require
from detail_tests import CREATION_ASKS_CPUID, Detail, counts, exits_for, others
from record_tests import FILE, frames, replayed
from registry import test

# A guest that is in the VMM nearly always, so that snapshots do not come into the middle of an exit. (Of an IN the event comes later.)
SLOW = '--out', '2', '--cpuid', '2', '--rounds', '90', '--user-sleep-us', '100000'
# What others do in a moment, of all kinds.
QUICK = '--out', '30', '--in', '20', '--rdmsr', '25', '--wrmsr', '15', '--cpuid', '40'


class Switched(Detail):
    """Keeps all frames whole."""

    def __init__(self, *args):
        self.whole = []
        super().__init__(*args)

    def take(self, entry):
        super().take(entry)
        self.whole.append(entry)

    def wait_number(self, number):
        """Waits for the frame of this number, counted from 1."""
        self.wait(lambda _: len(self.whole) >= number, f'the number {number}')

    def vms_in(self, first, end, pid):
        """The VM of @pid in the frames from @first to before @end, as far as it is there."""
        return [vm for frame in self.whole[first - 1:end - 1] for vm in frame['vms'] if vm['pid'] == pid]


def detail_deltas(vm):
    return [d['count']['delta'] for d in vm['details'] + vm['detail_others']]


def delta_of(vm, kind):
    """Of its keys and its others."""
    return sum(d['count']['delta'] for d in vm['details'] + vm['detail_others'] if d['kind'] == kind)


def exits_delta(vm, *names):
    return sum(r['count']['delta'] for r in vm['reasons'] if r['name'] in names)


def check_goes_with(what, got, want):
    """
    Nothing is lost or counted twice: what @got is ahead of @want, summed up, is no more in the end than at first. A snapshot may come into the
    middle of something, and on a slow day takes a while: so it may be so now and then.
    """
    ahead = sorted(a - b for a, b in zip(itertools.accumulate(got), itertools.accumulate(want)))
    require(ahead[len(ahead) // 2] in (-1, 0, 1) and ahead.count(ahead[len(ahead) // 2]) > len(ahead) // 2,
            f'{what}: {got}, expected {want}')


def check_whole(where, vms, kinds):
    """In each interval the keys and the others of a kind are the exits about it. At least one frame has any."""
    require(vms, f'{where}: no frame')
    for kind, reason in kinds.items():
        deltas = [(delta_of(vm, kind), exits_delta(vm, reason)) for vm in vms]
        check_goes_with(f'{where}: {kind}: keys and others by frame', *zip(*deltas))
    require(any(exits_delta(vm, reason) for vm in vms for reason in kinds.values()), f'{where}: nothing happened')


def check_quick(kvmtop, sim, last, kinds):
    """A VM that began and ended while these were collected, as it was in the frame before @last."""
    vm, = [vm for vm in kvmtop.whole[last - 2]['vms'] if vm['pid'] == sim.pid]
    for kind in kinds:
        equal(f'{kind} of {vm["id"]}: keys and others', sum(counts(vm, kind).values()) + others(vm, kind),
              exits_for(vm, kind))
        require(counts(vm, kind), f'{vm["id"]} has no {kind}')


ON, CHANGED, OFF = 6, 20, 34


def run_switched(*args):
    """A slow guest over all of it, and a quick one each before, between and after; all frames."""
    kvmtop = Switched('-s', '0.5', *args).ready()
    slow = Simguest(*SLOW, hold=True)
    quick = [Simguest(*QUICK, hold=True)]
    for frame in ON, CHANGED, OFF:
        kvmtop.wait_number(frame + 2)
        quick.append(Simguest(*QUICK, hold=True))
        quick[-1].wait_reports(1)
    kvmtop.wait_number(OFF + 6)
    slow.wait_reports(1)
    kvmtop.wait_now()
    guests = finish(slow, *quick)
    kvmtop.wait_ended(guests.pids())
    kvmtop.stop()
    check_vms(kvmtop, guests)  # not one exit too many or too few
    return kvmtop, slow, quick


def without_findings(shown):
    """A replay takes a switch for another run, and its diagnosis begins anew there."""
    return [{**frame, 'findings': None} for frame in shown]


@test('--detail, switched on, changed and off: exits go on exactly, and keys are whole from the second frame on', on=('5.10', '6.12'))
def detail():
    if os.path.exists(FILE):
        os.unlink(FILE)
    kvmtop, slow, quick = run_switched('--switch-at', f'{ON}=detail:pio,msr;{CHANGED}=detail:cpuid;{OFF}=detail:',
                                       '--record', FILE)
    equal('frames that are replayed', without_findings(frames(replayed())), without_findings(kvmtop.whole))
    equal('what it says', kvmtop.complaints(), [])
    for number, frame in enumerate(kvmtop.whole, 1):
        for vm in frame['vms']:
            equal(f'frame {number}: has details', 'details' in vm, ON < number <= OFF)
    for frame in ON + 1, CHANGED + 1:
        for vm in kvmtop.vms_in(frame, frame + 1, slow.pid):
            equal(f'deltas in frame {frame}', {*detail_deltas(vm)} - {None}, set())
    check_whole('pio', kvmtop.vms_in(ON + 2, CHANGED + 1, slow.pid), {'pio': 'io'})
    check_whole('cpuid', kvmtop.vms_in(CHANGED + 2, OFF + 1, slow.pid), {'cpuid': 'cpuid'})
    check_quick(kvmtop, quick[1], CHANGED, ('pio', 'msr'))
    check_quick(kvmtop, quick[2], OFF, ('cpuid',))


EVENTS = '^kvm_(exit|entry|cpuid|msr|pio)$', '^kvm_(exit|entry|cpuid)$'


def event_deltas(vm, name):
    # Events that a VM never had are not there.
    return vm['events'].get(name, {'delta': 0})['delta']


def check_events(vms, names):
    """In each interval there are as many events as exits about them. The guest is in the VMM at its end."""
    require(vms, f'no frame with {names}')
    for vm in vms:
        require({*vm['events']} <= {*names, 'kvm_userspace_exit'}, f'events of {vm["id"]}: {vm["events"]}')
    about = {'kvm_exit': None, 'kvm_entry': None, 'kvm_cpuid': 'cpuid', 'kvm_pio': 'io', 'kvm_msr': 'msr'}
    for name in names:
        want = [exits_delta(vm, about[name]) if about[name] else vm['exits']['delta'] for vm in vms]
        check_goes_with(f'{name} by frame', [event_deltas(vm, name) for vm in vms], want)


def check_quick_events(kvmtop, sim, last, names):
    """A VM that began and ended while these were counted."""
    vm, = [vm for vm in kvmtop.whole[last - 2]['vms'] if vm['pid'] == sim.pid]
    expect = sim.reports()[0]['expect']
    want = {'kvm_cpuid': expect['cpuid'] + CREATION_ASKS_CPUID, 'kvm_msr': expect['msr'], 'kvm_pio': expect['io'],
            'kvm_exit': vm['exits']['total'], 'kvm_entry': vm['exits']['total']}
    equal(f'events of {vm["id"]}', {name: vm['events'][name]['total'] for name in names},
          {name: want[name] for name in names})


@test('-t, switched on, changed and off: exits go on exactly, and counts are whole from the second frame on', on=('6.12',))
def tracepoints():
    kvmtop, slow, quick = run_switched(
        '--switch-at', f'{ON}=tracepoints:{EVENTS[0]};{CHANGED}=tracepoints:{EVENTS[1]};{OFF}=tracepoints:')
    for number, frame in enumerate(kvmtop.whole, 1):
        for entry in frame, *frame['vms']:
            equal(f'frame {number}: has events', bool(entry.get('events')), ON < number <= OFF)
    for frame in ON + 1, CHANGED + 1:
        for vm in kvmtop.vms_in(frame, frame + 1, slow.pid):
            equal(f'deltas in frame {frame}', {c['delta'] for c in vm['events'].values()}, {None})
    first, second = ('kvm_exit', 'kvm_entry', 'kvm_cpuid', 'kvm_msr', 'kvm_pio'), ('kvm_exit', 'kvm_entry', 'kvm_cpuid')
    check_events(kvmtop.vms_in(ON + 2, CHANGED + 1, slow.pid), first)
    check_events(kvmtop.vms_in(CHANGED + 2, OFF + 1, slow.pid), second)
    check_quick_events(kvmtop, quick[1], CHANGED, first)
    check_quick_events(kvmtop, quick[2], OFF, second)


class Chosen(Switched):
    """VMs leave the picture and come back, so there are no books of them."""

    def take(self, entry):
        self.whole.append(entry)


def shown(frame):
    return sorted((vm['pid'], tuple(vcpu['id'] for vcpu in vm['vcpus'])) for vm in frame['vms'])


@test('-p, --vcpu and --latency, switched: what comes into the picture again has counted on', on=('6.12',))
def choices():
    first, second = (Simguest('--cpuid', '2', '--out', '2', '--rounds', '60', '--vcpus', '2', '--user-sleep-us', '50000', hold=True,
                              go=True) for _ in range(2))
    kvmtop = Chosen('-s', '0.5', '--switch-at',
                    f'4=pid:{first.pid};8=all:;12=vcpu:1;16=all:;20=pid:1;22=latency:off;26=latency:full').ready()
    for sim in first, second:
        sim.go()
    kvmtop.wait_number(32)
    for sim in first, second:
        sim.wait_reports(2)
    guests = finish(first, second)
    kvmtop.stop()
    equal('what it says', kvmtop.complaints(), ['kvmtop: there is no such VM'])
    one, both, halves = ([(first.pid, (0, 1))], sorted((sim.pid, (0, 1)) for sim in (first, second)),
                         sorted((sim.pid, (1,)) for sim in (first, second)))
    want = {range(3, 5): both, range(5, 9): one, range(9, 13): both, range(13, 17): halves, range(17, 30): both}
    for numbers, vms in want.items():
        for number in numbers:
            equal(f'VMs in frame {number}', shown(kvmtop.whole[number - 1]), vms)
    for number, frame in enumerate(kvmtop.whole[:30], 1):
        timed = [reason['time'] is not None for vm in frame['vms'] for reason in vm['reasons']]
        require(all(timed) if not 22 < number <= 26 else not any(timed), f'frame {number} has times: {timed}')
    check_deltas(kvmtop, first.pid)
    check_deltas(kvmtop, second.pid)
    for vm in kvmtop.whole[29]['vms']:
        reports = [r for r in guests.reports if r['pid'] == vm['pid']]
        equal(f'exits of {vm["id"]}', {r['name']: r['count']['total'] for r in vm['reasons'] if r['name'] in ('cpuid', 'io')},
              {name: sum(r['expect'][name] for r in reports) for name in ('cpuid', 'io')})


def check_deltas(kvmtop, pid):
    """From frame to frame a vCPU's total grows by its delta, also over frames that did not have it: there it is larger."""
    last = {}
    for number, frame in enumerate(kvmtop.whole[:30], 1):
        for vm in frame['vms']:
            for vcpu in vm['vcpus'] if vm['pid'] == pid else ():
                total, delta = vcpu['exits']['total'], vcpu['exits']['delta']
                before, at = last.get(vcpu['id'], (0, number - 1))
                grown = total - before
                require(delta == grown if at == number - 1 else delta <= grown,
                        f'vCPU {vcpu["id"]} of {pid} in frame {number}: {delta} of {grown}')
                last[vcpu['id']] = total, number


MEAN, FULL = 10, 24
GUEST_CAUSED = 'cpuid', 'msr', 'io'


def check_begun(kvmtop, number):
    """The frame in which exits began anew has no deltas of them. From then on all totals grow by their deltas."""
    for vm in kvmtop.whole[number - 1]['vms']:
        equal(f'delta of {vm["id"]} in frame {number}', [e['exits']['delta'] for e in (vm, *vm['vcpus'])],
              [None] * (1 + len(vm['vcpus'])))


def check_growth(kvmtop, first, end, pid):
    """Returns how many the VM had in the end, for reasons of the guest's own."""
    vms = kvmtop.vms_in(first, end, pid)
    totals, deltas = ([vm['exits'][which] for vm in vms] for which in ('total', 'delta'))
    equal(f'growth of exits from frame {first} on', [b - a for a, b in zip(totals, totals[1:])], deltas[1:])
    return sum(r['count']['total'] for r in vms[-1]['reasons'] if r['name'] in ('cpuid', 'io'))


def kinds_of_times(frame):
    """What the frame has of the reasons' times: percentiles, means, or neither."""
    return {'full' if reason['time'] and reason['time']['p50_ns'] is not None else 'mean' if reason['time'] else 'off'
            for vm in frame['vms'] for reason in vm['reasons'] if reason['count']['delta']}


@test('--latency, switched upwards: exits begin anew, and from then on each is counted once, timed, and with its key',
      on=('5.10', '6.12', '7.2'))
def latency_upwards():
    if os.path.exists(FILE):
        os.unlink(FILE)
    kvmtop = Chosen('-s', '0.5', '--latency', 'off', '--detail', 'cpuid,msr', '--record', FILE,
                    '--switch-at', f'{MEAN}=latency:mean;{FULL}=latency:full').ready()
    slow = Simguest(*SLOW, hold=True)
    quick = []
    for frame in 0, MEAN, FULL:
        kvmtop.wait_number(frame + 2)
        quick.append(Simguest(*QUICK, hold=True))
        quick[-1].wait_reports(1)
    kvmtop.wait_number(FULL + 14)
    slow.wait_reports(1)
    last = len(kvmtop.whole) + 2
    kvmtop.wait_number(last)
    finish(slow, *quick)
    kvmtop.stop()
    equal('what it says', kvmtop.complaints(), [])
    equal('frames that are replayed', without_findings(frames(replayed())), without_findings(kvmtop.whole))
    check_begun(kvmtop, MEAN + 1)
    check_begun(kvmtop, FULL + 1)
    parts = (2, MEAN + 1), (MEAN + 1, FULL + 1), (FULL + 1, last + 1)
    for (first, end), sim, times in zip(parts, quick, ('off', 'mean', 'full')):
        vm, = kvmtop.vms_in(end - 1, end, sim.pid)
        equal(f'exits of {vm["id"]}', {r['name']: r['count']['total'] for r in vm['reasons'] if r['name'] in GUEST_CAUSED},
              {name: sim.reports()[0]['expect'][name] for name in GUEST_CAUSED})
        check_quick(kvmtop, sim, end, ('cpuid', 'msr'))
        for number in range(first + 2, end):
            kinds = kinds_of_times(kvmtop.whole[number - 1])
            require(kinds <= {times}, f'frame {number}: times are {kinds}, expected {times}')
    # What came while the other programs were loaded is in no frame. Nothing is there twice.
    counted = sum(check_growth(kvmtop, *part, slow.pid) for part in parts)
    expect = sum(slow.reports()[0]['expect'][name] for name in ('cpuid', 'io'))
    require(0 < counted <= expect, f'{counted} exits of {expect} were counted')
