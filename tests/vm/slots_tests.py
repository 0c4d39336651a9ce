# SPDX-License-Identifier: GPL-2.0
"""
Tests of what VMs take of kvmtop's room, and for how long. What is filtered out takes nothing. What a VM took comes back
when it has ended, however its VMM has treated its file descriptors. The ids of such VMs are tested, too.
"""
import json
import os
import signal
import tempfile

from bed import (KVMTOP, Kvmtop, Simguest, check_vm, check_vms, equal, finish, kvm_stat,
                 require, run, vm_of, wait_until)
from registry import over_paths, test

TINY = ['--cpuid', '50', '--out', '5']
FEW = ['--slots', '40', '-s', '0.3']
MANY = ['--vms', '2', '--vcpus', '16', *TINY]  # more in two generations than FEW has room for


class Stepper(Simguest):
    """One whose generations of VMs come when the test says so; it lives on in between, and after the last one."""

    def __init__(self, *args, **kwargs):
        self.steps = 0
        super().__init__(*args, step=True, **kwargs)

    def wait_gone(self):
        """Until the VMs of the generation have ended."""
        def ended():
            require(self.process.poll() is None, 'simguest ended early')
            return self.output_lines().count('no VM\n') > self.steps
        wait_until(ended, 'the end of a generation of VMs')

    def step(self):
        self.steps += 1
        self.process.stdin.write(b'\n')
        self.process.stdin.flush()

    def run_through(self, generations):
        for _ in range(generations - 1):
            self.wait_gone()
            self.step()
        self.wait_gone()


def drops(kvmtop):
    return {cause: n for cause, n in kvmtop.ledger.frames[-1]['drops'].items() if n}


@over_paths('vCPUs that have no home are counted and timed as exactly as the others')
def without_homes(bed):
    kvmtops = bed.ready(bed.start('--homes', '1', '-s', '0.3'))
    guests = finish(*(Simguest('--cpuid', '300', '--rdmsr', '50', '--out', '10', '--hlt', '3', '--vms', '2', '--vcpus', '2',
                               '--passes', '3') for _ in range(2)))
    return left_out(kvmtops, guests)


@test('a memory as small as older kernels have it: counts and times are as exact', on=('6.12',))
def small_memory():
    kvmtops = {name: Kvmtop('--small-memory', *more, '-s', '0.3').ready()
               for name, more in (('all homes', ()), ('one home', ('--homes', '1')))}
    guests = finish(*(Simguest('--cpuid', '300', '--rdmsr', '50', '--out', '10', '--hlt', '3', '--vms', '2', '--vcpus', '2',
                               '--passes', '3') for _ in range(2)))
    for name in kvmtops:
        left_out(kvmtops, guests)(name)


# ---- what is filtered out


def left_out(kvmtops, guests, others=()):
    """All that was asked for was counted, nothing else was shown, and nothing lost."""
    def check(path):
        kvmtop = kvmtops[path]
        for wanted in (guests, *others):
            kvmtop.wait_ended(wanted.pids())
        kvmtop.stop()
        equal('drops', drops(kvmtop), {})
        for wanted in (guests, *others):
            check_vms(kvmtop, wanted)
        equal('VMs shown', len(kvmtop.ledger.vms), sum(len(g.vms()) for g in (guests, *others)))
    return check


@over_paths('-p: VMs of another process take no room, however many it makes', on=('5.10', '6.12'))
def other_process(bed):
    one = Simguest(*TINY, '--vms', '2', '--vcpus', '3', '--generations', '2', go=True)
    kvmtops = bed.ready(bed.start(*FEW, '-p', str(one.pid)))
    other = Stepper(*MANY, '--generations', '4')
    other.run_through(4)
    one.go()
    guests = finish(one)
    other.step()
    other.finish()
    return left_out(kvmtops, guests)


@over_paths('-p: VMs of another process that run at the same time, on the same CPUs and at each other\'s addresses', on=('6.1', '7.2'))
def alternating(bed):
    one = Simguest(*TINY, '--vms', '2', '--vcpus', '3', '--generations', '6', go=True)
    kvmtops = bed.ready(bed.start(*FEW, '-p', str(one.pid)))
    others = [Simguest(*TINY, '--vcpus', '4', '--generations', '40', '--migrate') for _ in range(2)]
    one.go()
    guests = finish(one)
    for other in others:
        other.process.kill()
    return left_out(kvmtops, guests)


@over_paths('--vcpu: vCPUs of other ids take no room', on=('6.1',))
def other_ids(bed):
    kvmtops = bed.ready(bed.start(*FEW, '--vcpu', '1,40'))
    guests = [finish(Simguest(*MANY, '--handover', '--passes', '4')) for _ in range(3)]
    guests = [g.of_vcpus([1]) for g in guests]
    return left_out(kvmtops, guests[0], guests[1:])


@over_paths('-g: VMs of other names give their room back when they are known', on=('6.1',))
def other_names(bed):
    one = Simguest(*TINY, '--vcpus', '3', '--name', 'web01', go=True)
    kvmtops = bed.ready(bed.start('--slots', '60', '-s', '0.3', '-g', 'web01'))
    others = []
    for _ in range(4):
        others.append(Simguest(*MANY, '--name', 'db01', hold=True))
        others[-1].wait_reports(32)
        for kvmtop in kvmtops.values():
            kvmtop.wait_frames(3)  # one learns the name, one takes the room back, one gives it
    one.go()
    guests = finish(one)
    finish(*others)
    return left_out(kvmtops, guests)


# ---- VMs that have ended


def check_by_threads(kvmtop, guests):
    """As check_vms(), for VMs whose fds need not be known."""
    kvmtop.check()
    vms = kvmtop.ledger.of_pids(guests.pids())
    equal('number of VMs', len(vms), len(guests.vms()))
    by_tids = {vm.tids(): vm for vm in vms}
    for reports in guests.vms():
        tids = frozenset(report['tid'] for report in reports.values())
        require(tids in by_tids, f'no VM with the threads {sorted(tids)}')
        check_vm(by_tids[tids], reports, guests.wall_ns, 'full')


@over_paths('what VMs took comes back when they end, though their process lives on and their fds were never known', on=('5.10', '6.12'))
def unknown_fds(bed):
    kvmtops = bed.ready(bed.start(*FEW))
    sim = Stepper(*MANY, '--first-fd', '300', '--generations', '4')
    for generation in range(4):
        sim.wait_gone()
        for kvmtop in kvmtops.values():
            kvmtop.wait(lambda ledger, n=2 * generation + 2: len([vm for vm in ledger.of_pids({sim.pid})
                                                                 if vm.ended]) == n,
                        'the VMs of this generation, ended')
            kvmtop.wait_frames(2)
        sim.step()
    guests = finish(sim)

    def check(path):
        kvmtop = kvmtops[path].stop()
        check_by_threads(kvmtop, guests)
        equal('drops', drops(kvmtop), {})
        ids = {vm.id for vm in kvmtop.ledger.of_pids(guests.pids())}
        require(all(vm_id.startswith(f'{sim.pid}-') for vm_id in ids), f'ids: {ids}')
    return check


@over_paths('a VM with an fd of 300 has the id that debugfs gives it', on=('6.1',))
def high_fd(bed):
    kvmtops = bed.ready(bed.start('-s', '0.3'))
    sim = Simguest(*TINY, '--vms', '2', '--first-fd', '300', hold=True)
    sim.wait_reports(2)
    for kvmtop in kvmtops.values():
        kvmtop.wait(lambda ledger: len(ledger.of_pids({sim.pid})) == 2, 'the VMs')
    kvm_stat(sim.pid, 300, 'exits')
    guests = finish(sim)

    def check(path):
        kvmtops[path].wait_ended(guests.pids())
        check_vms(kvmtops[path], guests)
    return check


def has_vm_fd(pid):
    links = []
    for fd in os.listdir(f'/proc/{pid}/fd'):
        try:
            links.append(os.readlink(f'/proc/{pid}/fd/{fd}'))
        except FileNotFoundError:
            pass
    return 'anon_inode:kvm-vm' in links


def without_fds(*args):
    """VMs whose own fds are closed as soon as the file is there, or at once."""
    path = tempfile.mktemp(prefix='close')  # that it does not exist is what counts
    return Simguest(*args, '--close-vm-fds', path), path


def close_fds(sim, path):
    with open(path, 'x', encoding='utf-8'):
        pass
    wait_until(lambda: not has_vm_fd(sim.pid), 'simguest to close the fds of its VMs')
    os.unlink(path)


@over_paths('a VM whose fd is closed while its vCPUs run is one VM, with its id and counts', on=('5.10', '7.2'))
def closed_fd(bed):
    kvmtops = bed.ready(bed.start('-s', '0.3'))
    sim, path = without_fds(*TINY, '--vcpus', '2', '--user-sleep-us', '5000', '--forever')
    for kvmtop in kvmtops.values():
        kvmtop.wait(lambda ledger: any(len(vm.frames) > 1 for vm in ledger.of_pids({sim.pid})), 'the VM')
    close_fds(sim, path)
    for kvmtop in kvmtops.values():
        kvmtop.wait_frames(4)
    sim.process.send_signal(signal.SIGINT)
    guests = finish(sim)

    def check(path):
        kvmtop = kvmtops[path]
        kvmtop.wait_ended(guests.pids())
        check_vms(kvmtop, guests)
        vm = vm_of(kvmtop, sim.pid)
        numbers = [number for number, _ in vm.frames]
        equal('frames with the VM', numbers, list(range(numbers[0], numbers[-1] + 1)))
        require(not any('has ended' in line for line in kvmtop.complaints()), 'it says that the VM has ended')
    return check


@test('-p: a VMM whose VM goes on without its fd is still one', on=('6.12',))
def closed_fd_pid():
    sim, path = without_fds(*TINY, '--user-sleep-us', '5000', '--forever')
    wait_until(lambda: has_vm_fd(sim.pid), 'the VM')
    close_fds(sim, path)
    kvmtop = Kvmtop('-s', '0.2', '-p', str(sim.pid), midway=True).ready()
    kvmtop.wait_frames(3)
    kvmtop.stop()
    equal('complaints', kvmtop.complaints(), [])
    vm_of(kvmtop, sim.pid)
    sim.process.send_signal(signal.SIGINT)
    sim.finish()


# ---- ids


@test('VMs of one process whose fds are not known have ids of their own, in each output', on=('6.1',))
def unknown_ids():
    sim, path = without_fds(*TINY, '--vms', '3', '--user-sleep-us', '5000', '--forever')
    wait_until(lambda: has_vm_fd(sim.pid), 'the VMs')
    close_fds(sim, path)
    folder = tempfile.mkdtemp()
    record = f'{folder}/record'
    ids = [f'{sim.pid}-?', f'{sim.pid}-?2', f'{sim.pid}-?3']
    kvmtop = Kvmtop('-s', '0.3', '--record', record, midway=True).ready()
    kvmtop.wait_frames(4)
    kvmtop.stop()
    equal('ids in JSON', sorted(vm.id for vm in kvmtop.ledger.of_pids({sim.pid})), ids)

    def out(*args):
        status, text, err = run(KVMTOP, *args)
        equal(f'exit status of {args} ({err.strip()})', status, 0)
        return text

    frames = [json.loads(line) for line in out('--replay', record, '-o', 'json').splitlines()]
    equal('ids in a recording', sorted(vm['id'] for vm in frames[-1]['vms']), ids)
    for args in (['-o', 'csv'], ['-o', 'csv', '--by', 'vcpu'], ['-o', 'openmetrics'], ['-d', '--by', 'vm']):
        text = out('-1', '-s', '0.3', *args)
        for vm_id in ids:
            require(any(vm_id + end in text for end in '," :\n'), f'no {vm_id} with {args}: {text[:2000]}')
    rows = [line.split()[:2] for line in out('-1', '-s', '0.3').splitlines()
            if line.startswith(f'{sim.pid} ')]
    for fd in '-', '?2', '?3':
        require([str(sim.pid), fd] in rows, f'no FD {fd} in text: {rows}')
    sim.process.send_signal(signal.SIGINT)
    sim.finish()
