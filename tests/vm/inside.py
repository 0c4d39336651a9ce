#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
The end-to-end tests: what kvmtop says of VMs whose every exit is known. Runs as root in the test
bed (see run, which boots it), prints a line for each test.

    inside.py BOOT [PATTERN]     run the tests of that kind of boot; of several one after the other, with commas
                                 between them
    inside.py --list BOOT        only print their names

A test "over paths" is one run of VMs watched by one kvmtop for each exit path at the same time, and
one result for each.
"""
import os
import re
import signal
import sys
import time
import traceback

import csv_tests  # noqa: F401, pylint: disable=unused-import
import detail_tests  # noqa: F401, pylint: disable=unused-import
import event_tests  # noqa: F401, pylint: disable=unused-import
import limit_tests  # noqa: F401, pylint: disable=unused-import
import linux_tests
import metrics_tests  # noqa: F401, pylint: disable=unused-import
import output_tests  # noqa: F401, pylint: disable=unused-import
import percentile_tests  # noqa: F401, pylint: disable=unused-import  # these only register tests
import privilege_tests  # noqa: F401, pylint: disable=unused-import
import record_tests  # noqa: F401, pylint: disable=unused-import
import rules_tests  # noqa: F401, pylint: disable=unused-import
import screen_tests  # noqa: F401, pylint: disable=unused-import
import service_tests  # noqa: F401, pylint: disable=unused-import
import slots_tests  # noqa: F401, pylint: disable=unused-import
import stats_tests  # noqa: F401, pylint: disable=unused-import
import switch_tests  # noqa: F401, pylint: disable=unused-import
import time_tests  # noqa: F401, pylint: disable=unused-import
import tracepoint_tests  # noqa: F401, pylint: disable=unused-import
import verify_tests  # noqa: F401, pylint: disable=unused-import
import why_tests  # noqa: F401, pylint: disable=unused-import
from bed import (CHILDREN, KVMTOP, LOCKDOWN, PATIENCE_S, Children, DebugfsStats, Failure, Guests, Kvmtop, Simguest, Skip,
                 abilities, as_nobody, check_lockdown, check_vms, equal, fails_in_one_line, features, finish, install_programs,
                 kvm_stat, read, require, run, run_on_terminal, simguest, vm_of, wait_until)
import vendor
from registry import DELAYS_DEQUEUE, KERNEL, KERNELS, PATHS, TESTS, over_paths, test

# ---- the tests

MIX = ['--cpuid', '2000', '--rdmsr', '500', '--wrmsr', '500', '--out', '500', '--in', '300',
       '--mmio', '300', '--hypercall', '700', '--hlt', '200']
SMALL = ['--cpuid', '200', '--rdmsr', '50', '--out', '20', '--mmio', '10', '--hypercall', '30',
         '--hlt', '10']
TINY = ['--cpuid', '50', '--out', '5']


def path_options(path):
    """What makes kvmtop take an exit path; the best one it must find by itself, in the program that is shipped."""
    return [] if path == PATHS[0] else ['--exit-path', path]


class Bed:
    """
    kvmtops for all paths. Those of sessions() go on from test to test, as in real life. A test that wants other options
    starts its own, and the sessions end.
    """

    def __init__(self, paths):
        self.paths = paths
        self.running = {}
        self.distrusted = set()
        self.children = {path: Children() for path in paths}

    def sessions(self):
        for path in self.paths:
            if path not in self.running:
                self.running[path] = Kvmtop(*path_options(path), children=self.children[path])
        return self.ready(self.running)

    def distrust(self, path):
        """Its books are wrong: the next test begins with new ones."""
        self.distrusted.add(path)

    def end_distrusted(self):
        for path in self.distrusted:
            self.children[path].end()
            self.running.pop(path, None)
        self.distrusted = set()

    def start(self, *args, **kwargs):
        """Starts one for each path; ready() waits until they count."""
        self.end_sessions()
        return {path: Kvmtop(*path_options(path), *args, **kwargs) for path in self.paths}

    @staticmethod
    def ready(*sets):
        for kvmtops in sets:
            for path, kvmtop in kvmtops.items():
                equal('exit path', kvmtop.ready().path(), path)
        return sets[0]

    def end_sessions(self):
        self.distrusted = set(self.paths)
        self.end_distrusted()


def check_ended(kvmtops, guests, mode='full'):
    """The usual check: all VMs were shown as ended, with exact counts."""
    def check(path):
        kvmtops[path].wait_ended(guests.pids())
        check_vms(kvmtops[path], guests, mode)
    return check


# ---- exact counts, whatever the VMs do


def exact(kvmtops, vcpus, *args):
    """As check_ended(), and compared with KVM's debugfs, too."""
    held = Simguest(*args, hold=True)
    held.wait_reports(vcpus)
    stats = DebugfsStats(held.reports())
    guests = finish(held)

    def check(path):
        check_ended(kvmtops, guests)(path)
        stats.check(kvmtops[path].ledger)
    return check


@over_paths('counts are exact: 2 VMs with 2 vCPUs', intel=KERNELS)
def exact_mix(bed):
    return exact(bed.sessions(), 4, *MIX, '--vms', '2', '--vcpus', '2')


@over_paths('counts are exact: 3 VMs with 1 vCPU and an irqchip', intel=KERNELS)
def exact_irqchip(bed):
    return exact(bed.sessions(), 3, '--vms', '3', '--cpuid', '300', '--wrmsr', '100',
                 '--in', '100', '--mmio', '50', '--halt-irqchip', '50')


# Older kernels map pages nearby as well.
@over_paths('counts are exact: page faults of memory that fills up; vCPUs that only halt', on=('6.12',))
def exact_touch(bed):
    return exact(bed.sessions(), 4, '--touch', '300', '--rounds', '3', '--halt-irqchip', '5', '--vcpus', '2', '--vms', '2',
                 '--others-halt')


# 5.10 enters the guest again without a kvm_entry then: counted, and not timed.
@over_paths('counts are exact: exits that KVM handles on its fast path', intel=KERNELS[1:])
def exact_fast_path(bed):
    """On VMX; on SVM they are exits like others. With timers that expire in the guest, and in a halt."""
    return exact(bed.sessions(), 2, '--tsc-deadline', '400', '--cpuid', '100', '--halt-irqchip', '20', '--spin', '20000',
                 '--vcpus', '2')


@over_paths('counts are exact: VM entries that the CPU refuses, whose reason has a flag', on=(), intel=KERNELS)
def exact_failed_entries(bed):
    return exact(bed.sessions(), 2, *TINY, '--fail-entry', '9', '--vcpus', '2')


@over_paths('counts are exact: two VMMs at once, with several VMs each', intel=KERNELS)
def exact_two_processes(bed):
    kvmtops = bed.sessions()
    return check_ended(kvmtops, finish(Simguest(*SMALL, '--vms', '2', '--vcpus', '2'),
                                       Simguest(*SMALL, '--vms', '3')))


@over_paths('counts are exact while threads migrate between CPUs', intel_slow=('6.12',), intel_boot='smp')
def exact_migration(bed):
    kvmtops = bed.sessions()
    return check_ended(kvmtops, simguest(*SMALL, '--rounds', '3', '--vcpus', '6', '--migrate'))


@over_paths('counts are exact when other threads go on with the vCPUs', intel=KERNELS)
def exact_handover(bed):
    kvmtops = bed.sessions()
    args = [*SMALL, '--passes', '4', '--handover']
    return check_ended(kvmtops, finish(Simguest(*args, '--vcpus', '3'),
                                       Simguest(*args, '--vms', '2')))


@over_paths('counts are exact: 200 VMs in one process', on=('6.1',))
def exact_many(bed):
    kvmtops = bed.ready(bed.start('-s', '2'))  # 200 VMs are some MB of JSON
    return check_ended(kvmtops, simguest('--vms', '200', '--cpuid', '20', '--rdmsr', '10',
                                         '--out', '5', '--mmio', '3'))


@over_paths('counts are exact: 20 processes, one after the other', on=('5.10', '6.12'))
def exact_processes(bed):
    kvmtops = bed.sessions()
    return check_ended(kvmtops, simguest(*TINY, '--processes', '20'))


def merges(path):
    """
    Whether a VM may look like the one that the same process had at the same address. Without KVM's types nothing
    distinguishes the two.
    """
    return path == 'classic' and not os.path.exists('/sys/kernel/btf/kvm')


def check_sum(kvmtop, guests):
    """The counts of all VMs of the processes together are right."""
    kvmtop.check()
    vms = kvmtop.ledger.of_pids(guests.pids())
    want = {}
    for report in guests.reports:
        for name, n in {**report['expect'], **report['user']}.items():
            want[name] = want.get(name, 0) + n
    want['npf'] = sum(want.pop(name) for name in ('npf_mmio', 'npf_apic', 'npf_first_touch'))
    equal('sum over all VMs', {name: sum(vm.total(part) for vm in vms for part in (name, *vendor.PARTS.get(name, ())))
                                for name in want}, want)


@over_paths('counts are exact: 20 VMs of one process, one after the other', intel=KERNELS)
def exact_generations(bed):
    kvmtops = bed.sessions()
    guests = simguest(*TINY, '--vcpus', '2', '--generations', '20')

    def check(path):
        if not merges(path):
            return check_ended(kvmtops, guests)(path)
        kvmtops[path].wait_ended(guests.pids())
        return check_sum(kvmtops[path], guests)
    return check


GAP_S = 0.7


@over_paths('the time between two VMs is charged to no exit', boot='measuring', on=('6.1', '7.2'))
def gaps(bed):
    kvmtops = bed.sessions()
    old = Simguest(*TINY, '--generations', '3', '--gap-ms', str(int(GAP_S * 1000)))
    all_guests = []
    for _ in range(3):
        all_guests.append(simguest(*TINY))
        time.sleep(GAP_S)
    generations = finish(old)

    def limit(vms, reasons):
        for vm in vms:
            for vcpu in vm.vcpus.values():
                for name, tally in [*vcpu.reasons.items(), *vcpu.user.items()]:
                    require(tally.max_ns < GAP_S * 0.9e9 or name not in reasons,
                            f'VM {vm.id}: a {name} that took {tally.max_ns} ns')

    def check(path):
        everything = ['cpuid', 'io', 'npf', 'interrupt', 'KVM_EXIT_IO']
        for guests in all_guests:
            check_ended(kvmtops, guests)(path)
            limit(kvmtops[path].ledger.of_pids(guests.pids()), everything)
        kvmtops[path].wait_ended(generations.pids())
        limit(kvmtops[path].ledger.of_pids(generations.pids()),
              ['cpuid'] if merges(path) else everything)
    return check


@over_paths('a VM that is killed while it is idle is shown with all its counts', intel=KERNELS)
def killed_idle(bed):
    kvmtops = bed.sessions()
    held = Simguest(*SMALL, '--vcpus', '2', hold=True)
    held.wait_reports(2)
    guests = Guests(held.reports(), held.wall_ns())
    held.process.kill()
    return check_ended(kvmtops, guests)


@over_paths('a VM that is killed while it runs is shown with its last counts')
def killed_running(bed):
    kvmtops = bed.sessions()
    busy = Simguest(*SMALL, '--vcpus', '2', '--forever')
    for kvmtop in kvmtops.values():
        kvmtop.wait(lambda ledger: any(len(vm.frames) > 1 for vm in ledger.of_pids({busy.pid})),
                    'the running VM')
    vm_fd = int(vm_of(kvmtops[PATHS[0]], busy.pid).id.split('-')[1])
    least = kvm_stat(busy.pid, vm_fd, 'exits')
    busy.process.kill()

    def check(path):
        kvmtops[path].wait_ended({busy.pid})
        kvmtops[path].check()
        vm = vm_of(kvmtops[path], busy.pid)
        equal('id', vm.id, f'{busy.pid}-{vm_fd}')
        require(vm.exits >= least, f'{vm.exits} exits; it had {least} when it was killed')
    return check


# ---- options


@over_paths('--latency full, mean and off at the same time', on=('5.10', '6.12'), intel=('6.1',),
            intel_slow=('6.12', '7.2'))
def latency(bed):
    kvmtops = {mode: bed.start('--latency', mode, '-s', '0.5') for mode in ('full', 'mean', 'off')}
    bed.ready(*kvmtops.values())
    guests = simguest(*SMALL, '--rounds', '3', '--vms', '2', '--vcpus', '2')

    def check(path):
        for mode, by_path in kvmtops.items():
            check_ended(by_path, guests, mode)(path)
    return check


@over_paths('-p and --vcpu count only what they select', on=('6.12',))
def filters(bed):
    one = Simguest(*SMALL, '--vcpus', '3', go=True)
    two = Simguest(*SMALL, '--vms', '2', '--vcpus', '2', go=True)
    by_pid = bed.start('-s', '0.5', '-p', str(one.pid))
    by_vcpu = bed.start('-s', '0.5', '--vcpu', '1')
    by_both = bed.start('-s', '0.5', '-p', f'1,{two.pid}', '--vcpu', '2,0')
    bed.ready(by_pid, by_vcpu, by_both)
    one.go()
    two.go()
    ones, twos = finish(one), finish(two)

    def check_only(kvmtop, *selected):
        for guests in selected:
            kvmtop.wait_ended(guests.pids())
        kvmtop.stop()
        for guests in selected:
            check_vms(kvmtop, guests)
        equal('VMs shown', len(kvmtop.ledger.vms), sum(len(g.vms()) for g in selected))

    def check(path):
        check_only(by_pid[path], ones)
        check_only(by_vcpu[path], ones.of_vcpus([1]), twos.of_vcpus([1]))
        check_only(by_both[path], twos.of_vcpus([0, 2]))
        complaints = by_both[path].complaints()
        require(any(re.search(r'pid 1 \(.+\) has no VM', line) for line in complaints),
                f'-p 1 does not say that this is no VMM: {complaints}')
        equal('complaints of --vcpu', by_vcpu[path].complaints(), [])
    return check


SLEEP_MS = 20
SLEEPS = 10


@over_paths('VMs that live shorter than an interval, and where their time went', boot='measuring', on=('5.10', '6.12'))
def short_lived(bed):
    kvmtops = bed.ready(bed.start('-s', '3600'))
    spinning = simguest('--spin', '20000000', '--cpuid', '5')
    sleeping = simguest('--out', str(SLEEPS), '--user-sleep-us', str(SLEEP_MS * 1000))
    short = simguest(*TINY, '--processes', '10')

    def share(kvmtop, guests):
        return vm_of(kvmtop, *guests.pids()).time_pct[0]

    def check(path):
        kvmtop = kvmtops[path].stop()
        equal('frames', len(kvmtop.ledger.frames), 1)
        for guests in short, sleeping, spinning:
            check_ended(kvmtops, guests)(path)
        check_sleeps(vm_of(kvmtop, *sleeping.pids()))
        require(share(kvmtop, sleeping)['vmm'] > 60,
                f'shares of time of a VMM that sleeps: {share(kvmtop, sleeping)}')
        require(share(kvmtop, spinning)['guest'] > 60,
                f'shares of time of a guest that computes: {share(kvmtop, spinning)}')
    return check


def check_sleeps(vm):
    """The VMM slept at every userspace exit but the last: before each OUT, and at the first of all."""
    for tally in vm.vcpus[0].user['KVM_EXIT_IO'], vm.vcpus[0].reasons['io']:
        slow = sum(tally.hist[(SLEEP_MS * 1000000).bit_length() - 1:])
        equal(f'exits of {SLEEP_MS} ms', slow, SLEEPS + 1)
        require(tally.sum_ns >= slow * SLEEP_MS * 1000000,
                f'{slow} exits of {SLEEP_MS} ms took {tally.sum_ns} ns')


@over_paths('kvmtop begins and ends while a VM runs', on=('5.10', '7.2'))
def midway(bed):
    bed.end_sessions()
    vm_fd = 4  # simguest's first, after /dev/kvm
    busy = Simguest(*SMALL, '--vcpus', '2', '--forever', '--name', 'busy')
    wait_until(lambda: os.path.exists(f'/sys/kernel/debug/kvm/{busy.pid}-{vm_fd}/exits'), 'KVM to show the VM')

    def exits():
        return kvm_stat(busy.pid, vm_fd, 'exits')

    def ran_thrice(ledger):
        return sum(delta > 0 for vm in ledger.of_pids({busy.pid}) for _, delta in vm.frames) >= 3

    def check(path):
        """One after the other: while one begins, its system calls have the kernel skip the classic programs of others (7.2)."""
        before = exits()
        kvmtop = bed.ready({path: Kvmtop(*path_options(path), '-s', '1', midway=True)})[path]
        begun = exits()
        kvmtop.wait(ran_thrice, 'exits of the VM, for the third time')
        seen = exits()
        kvmtop.stop()
        vm, least, most = vm_of(kvmtop, busy.pid), seen - begun, exits() - before
        equal('frames with the VM', len(vm.frames), len(kvmtop.ledger.frames))
        equal('name', vm.name, 'busy')
        require(0 < least <= vm.exits <= most, f'{vm.exits} exits, KVM counted {least} to {most} meanwhile')
        if path == bed.paths[-1]:
            busy.process.send_signal(signal.SIGINT)
            busy.finish()
    return check


@test('counts are exact: 960 vCPUs in the course of time, with room for 400 at once', on=('6.1',))
def exact_reuse():
    # Slots are given back when it looks, so each process waits until it has: on a slow machine that may take a while.
    kvmtop = Kvmtop('-s', '0.5', '--latency', 'off', '--slots', '400').ready()
    reports = []
    for _ in range(6):
        guests = simguest('--vms', '5', '--vcpus', '32', '--cpuid', '3')
        kvmtop.wait_ended(guests.pids())
        check_vms(kvmtop, guests, 'off')
        reports += guests.reports
    equal('vCPUs', len(reports), 960)


def check_selection(sims, wanted):
    """Which VMs each -g of wanted selects: names of sims, as kvmtop shows them."""
    kvmtops = {pattern: Kvmtop('-s', '0.5', '-g', pattern) for pattern in wanted}
    for kvmtop in kvmtops.values():
        kvmtop.ready()
    for sim in sims.values():
        sim.go()
        sim.wait_reports(1)
    for kvmtop in kvmtops.values():
        kvmtop.wait_frames(2)  # names are read while the VMs are there
    guests = {name: finish(sim) for name, sim in sims.items()}
    for pattern, names in wanted.items():
        for name in names:
            kvmtops[pattern].wait_ended(guests[name].pids())
        kvmtops[pattern].stop()
        for name in names:
            check_vms(kvmtops[pattern], guests[name])
        equal(f'names of the VMs with -g {pattern}',
              sorted(vm.name or '' for vm in kvmtops[pattern].ledger.vms), names)


@test('-g selects by name, by pattern, and by command', on=('6.1',))
def guest_names():
    sims = {name: Simguest(*TINY, *(['--name', name] if name else []), go=True, hold=True)
            for name in ('web01', 'web02', '')}
    check_selection(sims, {'web01': ['web01'], '^web0[0-9]$': ['web01', 'web02'], 'simguest': ['']})


@test('-g finds a name too long to be shown, and a UUID', on=('6.1',))
def guest_other_names():
    whole, shown = 'x' * 1000, 'x' * 253 + '...'
    uuid, other = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12'
    sims = {name: Simguest(*TINY, *options, go=True, hold=True) for name, options in (
        (shown, ['--name', whole]), ('web01', ['--name', 'web01', '--uuid', uuid]),
        (other, ['--uuid', other]))}
    check_selection(sims, {whole: [shown], uuid.upper(): ['web01'], other: [other]})


@test('-g without a match is an error', on=('6.1',))
def guest_unknown():
    sim = Simguest(*TINY, '--name', 'web01', go=True)
    fails_in_one_line(1, 'web02', '-g', 'web02')
    fails_in_one_line(1, 'regular expression', '-g', 'web(')
    sim.go()
    finish(sim)


@test('wrong usage is reported in one line', on=('6.1',))
def usage():
    for args, word in (
            (['--no-such-option'], 'no-such-option'), (['word'], 'word'), (['-s', '0'], '-s'),
            (['-s', 'x'], '-s'), (['-n', '0'], '-n'), (['-p', 'web01'], 'web01'),
            (['-p', ''], '-p'), (['--vcpu', '-1'], '-1'), (['--by', 'host'], 'host'), (['-o', 'xml'], 'xml'),
            (['--sort', 'colour'], 'colour'), (['--latency', 'some'], 'some'), (['-g', ''], '-g')):
        fails_in_one_line(2, word, *args)


@test('-n and -1 end it, and without a VM it says so', on=('6.1',))
def counting():
    status, out, err = run(KVMTOP, '-s', '0.1', '-n', '1')
    equal(f'exit status ({err.strip()})', status, 0)
    require('no VM is running' in out, f'it does not say that there is no VM: {out!r}')
    # Both at once, as each takes its time to load.
    twice, once = Kvmtop('-s', '0.4', '-n', '2'), Kvmtop('-1', '-s', '0.2')
    for kvmtop, frames, least_s in (twice, 2, 0.39), (once, 1, 0.19):
        kvmtop.process.wait(PATIENCE_S)
        kvmtop.stop()
        equal('frames', len(kvmtop.ledger.frames), frames)
        equal('VMs', kvmtop.ledger.vms, [])
        # A frame that is late makes the next interval shorter, so that they do not drift
        whole_s = sum(frame['interval_s'] for frame in kvmtop.ledger.frames)
        require(whole_s >= least_s * frames, f'{frames} intervals of {whole_s} s')
        for frame in kvmtop.ledger.frames:
            equal('host', frame['host'], {'name': os.uname().nodename, 'arch': 'x86_64',
                                          'kernel': os.uname().release, 'cpus': os.cpu_count()})
            equal('source tracepoints', frame['sources']['tracepoints'], 'ok')


@test('SIGINT and SIGTERM give a last frame', on=('6.1',))
def signals():
    kvmtops = {signum: Kvmtop('-s', '3600') for signum in (signal.SIGINT, signal.SIGTERM)}
    for kvmtop in kvmtops.values():
        kvmtop.ready()
    sim = Simguest(*SMALL, hold=True)
    sim.wait_reports(1)
    for signum, kvmtop in kvmtops.items():
        kvmtop.stop(signum)
        equal('frames', len(kvmtop.ledger.frames), 1)
        require(not kvmtop.ledger.vms[0].ended, 'a VM that lives is said to have ended')
    guests = finish(sim)
    for kvmtop in kvmtops.values():
        check_vms(kvmtop, guests)


@test('it ends when its reader has ended', on=('6.1',))
def closed_pipe():
    for args, lines in ([], 3), (['-o', 'json'], 1):
        command = f'"$0" -s 0.2 {" ".join(args)} | head -n {lines}; ' \
                  'echo "${PIPESTATUS[0]}"'
        _, out, err = run('bash', '-c', command, KVMTOP)
        *shown, last = out.splitlines()
        equal('lines', len(shown), lines)
        equal(f'exit status with a closed pipe ({err.strip()})', last, '0')
        equal('stderr', err, '')


@test('text on a terminal of 80 columns', on=('6.1',))
def terminal():
    busy = Simguest(*SMALL, '--vcpus', '2', '--forever', '--name', 'busy-vm')
    # Its own width counts, and not what the environment says.
    status, lines = run_on_terminal(80, 'env', 'COLUMNS=40', KVMTOP, '-o', 'text', '-s', '1', '-n', '2')
    busy.process.send_signal(signal.SIGINT)
    busy.finish()
    equal('exit status', status, 0)
    wide = [line for line in lines if len(line) > 80]
    require(not wide, f'lines of more than 80 columns: {wide}')
    require([line for line in lines if len(line) > 60], f'it is narrower than the terminal: {lines}')
    rows = [line for line in lines
            if line.split()[:1] == [str(busy.pid)] and 'busy-vm' in line.split()]
    require(len(rows) == 2, f'{len(rows)} rows of the VM in two frames: {lines}')
    for word in 'EXITS/s', 'REASON', 'cpuid', 'npf', 'hypercall', 'KVM_EXIT_IO':
        require(any(word in line.split() for line in lines), f'no {word} in {lines}')


# ---- when something is missing


@test('for a plain user the missing capabilities are named')
def plain_user():
    for cap in 'CAP_BPF', 'CAP_PERFMON':
        fails_in_one_line(1, cap, command=as_nobody())


@test('a plain user with the capabilities can do all')
def capable_user():
    kvmtop = Kvmtop('-s', '0.5', command=as_nobody('bpf', 'perfmon', 'sys_admin',
                                                   'sys_resource', 'sys_ptrace',
                                                   'dac_read_search')).ready()
    guests = simguest(*SMALL, '--vcpus', '2')
    kvmtop.wait_ended(guests.pids())
    check_vms(kvmtop, guests)
    equal('path', kvmtop.path(), PATHS[0])


@test('without tracefs and debugfs it has the kernel\'s names, and the mounts stay as they are', on=('5.10', '7.2'))
def unmounted():
    mounts = ['/sys/kernel/debug/tracing', '/sys/kernel/tracing', '/sys/kernel/debug']
    for path in mounts:
        run('umount', path)
    try:
        before = read('/proc/self/mountinfo')
        require('debugfs' not in before and 'tracefs' not in before, f'still there: {before}')
        kvmtops = [Kvmtop('-s', '0.5'), Kvmtop('-s', '0.5', '--exit-path', 'classic')]
        for kvmtop in kvmtops:
            kvmtop.ready()
        guests = simguest(*SMALL)
        for kvmtop in kvmtops:
            kvmtop.wait_ended(guests.pids())
            check_vms(kvmtop, guests)
            equal('mounts while it runs', read('/proc/self/mountinfo'), before)
            kvmtop.stop()
            equal('complaints', kvmtop.complaints(), [])
        equal('mounts afterwards', read('/proc/self/mountinfo'), before)
    finally:
        run('mount', '-t', 'debugfs', 'debugfs', '/sys/kernel/debug')
        run('mount', '-t', 'tracefs', 'tracefs', '/sys/kernel/tracing')


def check_features(paths, **others):
    got = features()
    want = {f'exit path: {path}': 'yes' if path in paths else 'no'
            for path in ('plain', 'probe', 'args', 'classic')}
    want['exit path'] = 'yes' if paths else 'no'
    want.update((name.replace('_', ' '), answer) for name, answer in others.items())
    want["other users' VMs"] = want["host's namespaces"] = 'yes'
    want["KVM's statistics"] = 'yes' if paths else 'no'
    want['debugfs'] = others['not_locked_down']
    # Of the kernels here those with the plain path are those with preemptible raw programs, maybe
    newer, tracefs = 'plain' in PATHS, others['tracefs'] == 'yes'
    want['userspace: classic'] = 'yes' if newer and tracefs else 'no'
    want['userspace: rescue'] = 'yes' if newer else 'no'
    want['locked memory'] = 'yes'
    want['run delay: corrected'] = 'yes' if DELAYS_DEQUEUE else 'no'
    # Each kernel here has struct kvm_vcpu_arch, 5.10 in vmlinux.
    want['exit path: short'] = 'yes'
    # Where plain loads work nobody needs it.
    by_cpu = 'yes' if 'probe' in PATHS and not vendor.INTEL else 'no'
    want['exit path: short, by CPU'] = got['exit path: short, by CPU'][0] if newer else by_cpu
    equal('features', {name: answer for name, (answer, _) in got.items()}, want)
    able = {'counting': want['exit path'], 'times': want['exit path'], 'names': others['tracefs'], "all users' VMs": 'yes',
            'statistics': want["KVM's statistics"], 'detail': want['exit path']}
    equal('abilities', {name: answer for name, (answer, _) in abilities().items() if name != 'services'}, able)
    if paths:
        equal('best path', got['exit path'][1], paths[0])
        equal('source of statistics', got["KVM's statistics"][1], 'iterator')
    return {name: why for name, (_, why) in got.items()}


@test('--features lists all paths and the rest')
def list_features():
    check_features(PATHS, capabilities='yes', not_locked_down='yes', KVM='yes', BTF='yes',
                   tracefs='yes')


# ---- other boots


def check_default(path):
    """The exactness test, on the path that it takes by itself."""
    kvmtop = Kvmtop('-s', '0.5').ready()
    equal('path', kvmtop.path(), path)
    guests = simguest(*MIX, '--vms', '2', '--vcpus', '2')
    kvmtop.wait_ended(guests.pids())
    check_vms(kvmtop, guests)
    return kvmtop.stop()


@test('lockdown=integrity: counts are exact', 'integrity', intel=('6.1',), intel_slow=('6.12', '7.2'))
def integrity():
    check_lockdown('integrity')
    equal('complaints', check_default(PATHS[0]).complaints(), [])


@test('lockdown=integrity: --features says so', 'integrity')
def integrity_features():
    whys = check_features(PATHS, capabilities='yes', not_locked_down='no', KVM='yes', BTF='yes',
                          tracefs='yes')
    for name in 'not locked down', 'debugfs':
        require('integrity' in whys[name], f'{name}: nothing about lockdown: {whys[name]}')


@test('lockdown=confidentiality: counts are exact on the plain path, or it says why not',
      'confidentiality')
def confidentiality():
    check_lockdown('confidentiality')
    if 'plain' not in PATHS:
        return fails_in_one_line(1, 'lockdown')
    complaints = check_default('plain').complaints()
    return require(any('names' in line for line in complaints),
                   f'nothing about where the names come from: {complaints}')


@test('lockdown=confidentiality: --features says why', 'confidentiality')
def confidentiality_features():
    paths = [path for path in PATHS if path == 'plain']
    whys = check_features(paths, capabilities='yes', not_locked_down='no', KVM='yes', BTF='yes',
                          tracefs='no')
    denied = {'not locked down', 'tracefs', 'exit path: classic', 'debugfs'}
    if 'probe' in PATHS:
        denied.add('exit path: probe')
    for name in denied:
        require('confidentiality' in whys[name], f'{name}: nothing about lockdown: {whys[name]}')


# ---- the last one, as it unloads KVM


@test('without KVM it says which module to load', intel_slow=('6.12',))
def reload_modules():
    for module in vendor.MODULE, 'kvm':
        status, _, err = run('rmmod', module)
        equal(f'exit status of rmmod {module} ({err.strip()})', status, 0)
    try:
        fails_in_one_line(1, f'modprobe {vendor.MODULE}')
        equal('feature KVM', features()['KVM'][0], 'no')
    finally:
        status, _, err = run('modprobe', vendor.MODULE)
    equal(f'exit status of modprobe ({err.strip()})', status, 0)
    check_default(PATHS[0])


# ---- running them


LABEL = KERNEL + (' on Intel' if vendor.INTEL else '')


def say(line):
    print(line, flush=True)


class Runner:
    def __init__(self):
        self.bed = Bed(PATHS)
        self.failed = 0

    def attempt(self, names, body, *args):
        """Runs body. If it does not pass, says so of all these names and returns None."""
        try:
            return body(*args) or True
        except Skip as why:
            for name in names:
                say(f'skip - {LABEL}: {name}: {why}')
            return None
        except Failure as failure:
            why = ' / '.join(str(failure).splitlines())
        except Exception as error:  # pylint: disable=broad-except
            traceback.print_exc()
            why = repr(error)
        for name in names:
            say(f'not ok - {LABEL}: {name}: {why[:800]}')
        self.failed += len(names)
        return None

    def run_over_paths(self, test_):
        """One run of the VMs; if that itself fails, no path has passed."""
        names = {path: f'{test_.name} [{path}]' for path in PATHS}
        check = self.attempt(names.values(), test_.function, self.bed)
        for path, name in names.items():
            if check and self.attempt([name], check, path):
                say(f'ok - {LABEL}: {name}')
            else:
                self.bed.distrust(path)
        self.bed.end_distrusted()

    def run(self, test_):
        say(f'# begin {test_.name}')
        if test_.over_paths:
            self.run_over_paths(test_)
        else:
            self.bed.end_sessions()
            if self.attempt([test_.name], test_.function):
                say(f'ok - {LABEL}: {test_.name}')
        CHILDREN.end()


def lock_down():
    """Integrity, as Secure Boot has it from the start. There is no way back."""
    with open(LOCKDOWN, 'w', encoding='ascii') as file:
        file.write('integrity')


def selected(boot, pattern):
    return [t for t in TESTS if t.is_here() and t.boot == boot and re.search(pattern, t.name)
            and (boot != linux_tests.BOOT or linux_tests.GUEST_KERNEL)]


def main():
    if sys.argv[1] == '--list':
        for boot in sys.argv[2].split(','):
            for test_ in selected(boot, ''):
                print(test_.name)
        return 0
    install_programs()
    runner = Runner()
    number = 0
    for boot in sys.argv[1].split(','):
        tests = selected(boot, sys.argv[2] if len(sys.argv) > 2 else '')
        if tests and boot == 'integrity':
            runner.bed.end_sessions()
            lock_down()
        for test_ in tests:
            runner.run(test_)
        number += len(tests)
    runner.bed.end_sessions()
    say(f'# end {number}')
    return 1 if runner.failed else 0


if __name__ == '__main__':
    sys.exit(main())
