# SPDX-License-Identifier: GPL-2.0
"""
Tests of -t: every kvm:* tracepoint is counted, of each vCPU and VM and in all, as the kernel's own trace has it.
"""
import collections
import os
import re

from bed import (Guests, Kvmtop, Simguest, Skip, check_lockdown, equal, finish, read, require, run)
from kvm_trace import TRACEFS
from registry import PATHS, test

INSTANCE = f'{TRACEFS}/instances/kvmtop-events'

LOAD = ['--cpuid', '300', '--rdmsr', '50', '--wrmsr', '30', '--out', '40', '--in', '30', '--mmio', '20',
        '--mmio-read', '15', '--hypercall', '25', '--vcpus', '2']

# Without these it is not known which of the VMs of a process an ioctl is about (5.10).
TELLS_VMS = 'probe' in PATHS


class EventTrace:
    """All events of kvm, in a trace instance of their own: {name: how many}."""

    def __enter__(self):
        if not os.path.isdir(f'{TRACEFS}/instances'):
            raise Skip('no instances in tracefs')
        os.mkdir(INSTANCE)
        self.write('buffer_size_kb', '16384')
        self.write('events/kvm/enable', '1')
        return self

    @staticmethod
    def write(path, text):
        with open(f'{INSTANCE}/{path}', 'w', encoding='utf-8') as file:
            file.write(text)

    def counts(self):
        self.write('events/kvm/enable', '0')
        for cpu in os.listdir(f'{INSTANCE}/per_cpu'):
            require('\noverrun: 0\n' in read(f'{INSTANCE}/per_cpu/{cpu}/stats'),
                    'the trace has lost events')
        names = re.findall(r'^[^#].{16}.*?\d+\.\d+: (\w+): ', read(f'{INSTANCE}/trace'), re.MULTILINE)
        return dict(collections.Counter(names))

    def __exit__(self, *_):
        os.rmdir(INSTANCE)


def totals(entry):
    return {name: counter['total'] for name, counter in entry['events'].items()}


def total_of(entries):
    counts = collections.Counter()
    for entry in entries:
        counts.update(totals(entry))
    return dict(counts)


def expected(report):
    """What simguest says of a vCPU."""
    expect = report['expect']
    user = report['user']
    mmio = [int(LOAD[LOAD.index(name) + 1]) for name in ('--mmio', '--mmio-read')]
    return {'kvm_cpuid': expect['cpuid'], 'kvm_msr': expect['msr'], 'kvm_pio': expect['io'],
            'kvm_hypercall': expect['hypercall'], 'kvm_mmio': 1 + mmio[0] + 2 * mmio[1],
            'kvm_userspace_exit': sum(user.values())}


def check_vcpus(vms, guests):
    reports = {(r['pid'], r['vm_fd'], r['vcpu']): r for r in guests.reports}
    for vm in vms:
        for vcpu in vm['vcpus']:
            report = reports[vm['pid'], int(vm['id'].split('-')[1]), vcpu['id']]
            got, want = totals(vcpu), expected(report)
            where = f'VM {vm["id"]}, vCPU {vcpu["id"]}'
            equal(f'{where}: events', {name: got.get(name, 0) for name in want}, want)
            equal(f'{where}: kvm_exit, kvm_entry', (got['kvm_exit'], got['kvm_entry']),
                  (vcpu['exits']['total'],) * 2)


@test('-t: all events of all VMs are as the kernel\'s trace has them', on=('5.10', '6.1', '7.2'))
def against_trace():
    kvmtop = Kvmtop('-t', '-s', '3600').ready()
    with EventTrace() as trace:
        guests = finish(Simguest(*LOAD, '--vms', '2', '--irqs', '10'),
                        Simguest(*LOAD, '--processes', '2', '--irqs', '7'))
        want = trace.counts()
    fds = len(os.listdir(f'/proc/{kvmtop.process.pid}/fd'))
    kvmtop.stop()
    frame = kvmtop.ledger.last
    equal('events in all', totals(frame), want)
    equal('VMs', len(frame['vms']), 4 if TELLS_VMS else len(frame['vms']))
    events = sum(os.path.isdir(f'{TRACEFS}/events/kvm/{name}')
                 for name in os.listdir(f'{TRACEFS}/events/kvm'))
    require(fds <= 2 * events + 63, f'{fds} file descriptors for {events} events')
    if TELLS_VMS:
        check_vcpus(frame['vms'], guests)
        check_irqs(frame['vms'])


def check_irqs(vms):
    """Interrupts raised by a thread that is no vCPU's. They are of the VM, and of the right one of its process."""
    pids = [vm['pid'] for vm in vms]
    got = sorted(totals(vm).get('kvm_set_irq', 0) for vm in vms)
    equal(f'kvm_set_irq of the VMs of {pids}', got, [7, 7, 10, 20])
    for vm in vms:
        equal(f'kvm_set_irq of vCPUs of VM {vm["id"]}',
              total_of(vm['vcpus']).get('kvm_set_irq', 0), 0)


def ended(kvmtop, guests):
    """Totals stay when VMs have ended, and the deltas add up to them."""
    kvmtop.wait_ended(guests.pids())
    kvmtop.wait_frames(2)
    kvmtop.stop()
    sums = collections.Counter()
    for frame in kvmtop.ledger.frames:
        for name, counter in frame['events'].items():
            require(counter['delta'] >= 0, f'{name}: {counter}')
            sums[name] += counter['delta']
            equal(f'{name}: total, and the sum of its deltas', counter['total'], sums[name])
    want = collections.Counter()
    for report in guests.reports:
        want.update(expected(report))
    want['kvm_set_irq'] = 5 * len(guests.pids())
    equal('events in all', {name: sums[name] for name in want}, dict(want))


def selected(kvmtop, guests, all_guests):
    """Only of these VMs; what the VMM's memory management does to one is the VM's."""
    kvmtop.stop()
    frame = kvmtop.ledger.last
    check_vcpus(frame['vms'], all_guests)
    equal('VMs', [vm['pid'] for vm in frame['vms']], [*guests.pids()])
    equal('events in all', totals(frame), total_of(frame['vms']))
    require(any('hva' in name for name in totals(frame)), f'nothing was unmapped: {totals(frame)}')


@test('-t: totals stay when VMs have ended; -p shows only the VMs asked for', on=('6.12',))
def come_and_go():
    sims = [Simguest(*LOAD, '--irqs', '5', go=True) for _ in range(4)]
    every = Kvmtop('-t', '-s', '0.5').ready()
    # Later: it makes a VM as it starts, and what comes before the first look is in no delta.
    one = Kvmtop('-t', '-s', '3600', '-p', str(sims[0].pid)).ready()
    for sim in sims:
        sim.go()
    first = finish(sims[0])
    guests = Guests([*first.reports, *finish(*sims[1:]).reports], 0)
    ended(every, guests)
    selected(one, first, guests)


@test('lockdown=confidentiality: -t counts all the same', 'confidentiality')
def confidentiality():
    check_lockdown('confidentiality')
    if 'plain' not in PATHS:
        status, _, err = run(os.environ['KVMTOP'], '-t')
        return equal(f'exit status ({err.strip()})', status, 1)
    kvmtop = Kvmtop('-t', '-s', '3600').ready()
    guests = finish(Simguest(*LOAD, '--irqs', '3'))
    kvmtop.stop()
    check_vcpus(kvmtop.ledger.last['vms'], guests)
    return equal('kvm_set_irq', totals(kvmtop.ledger.last['vms'][0])['kvm_set_irq'], 3)
