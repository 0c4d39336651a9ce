# SPDX-License-Identifier: GPL-2.0
"""
Tests of KVM's own statistics: what kvmtop shows of VMs that have stopped. It is compared to the unit with debugfs, and
with what their VMM reads from statistics fds of its own.
"""
import contextlib
import json
import os
import signal
import stat
import subprocess
import tempfile

import vendor
from bed import (CHILDREN, DEBUGFS, KVMTOP, Kvmtop, Simguest, Skip, as_nobody, check_lockdown, equal,
                 features, finish, kvm_stat, kvmtop_command, read, require, run, wait_until)
from registry import KERNEL, PATHS, SLOW, test

# In debugfs, but no statistic.
NO_STATS = {'mmu_rmaps_stat'}

MIX = ['--cpuid', '200', '--rdmsr', '50', '--out', '20', '--mmio', '10', '--hypercall', '30']


# ---- what kvmtop says


def once(*args):
    """The frame of one short interval."""
    status, out, err = run(*kvmtop_command('-1', '-s', '0.2', '-o', 'json', *args))
    equal(f'exit status of kvmtop ({err.strip()})', status, 0)
    equal('frames', out.count('\n'), 1)
    return json.loads(out)


def vms_of(frame, pids):
    """The VMs of these processes, by id."""
    vms = {vm['id']: vm for vm in frame['vms'] if vm['pid'] in pids}
    equal('number of VMs with different ids', len(vms),
          sum(vm['pid'] in pids for vm in frame['vms']))
    return vms


def value_of(entry):
    """The total of a counter, the value of a gauge; a list for a histogram."""
    return entry['total'] if 'total' in entry else entry['value']


def values_of(stats):
    return {name: value_of(entry) for name, entry in stats.items()}


def sum_of(values):
    """The sum of numbers, or of histograms bucket by bucket."""
    if isinstance(values[0], list):
        return [sum(buckets) for buckets in zip(*values)]
    return sum(values)


# ---- what KVM says


def read_debugfs(vm_id):
    """All statistics of a VM, the sum over its vCPUs; of a histogram debugfs has the first bucket."""
    folder = f'{DEBUGFS}/{vm_id}'
    return {name: int(read(f'{folder}/{name}')) for name in os.listdir(folder)
            if name not in NO_STATS and stat.S_ISREG(os.stat(f'{folder}/{name}').st_mode)}


class Fleet:
    """VMs that have stopped and are still there: of two processes of root, and of another user."""

    def __init__(self, *args):
        os.chmod('/dev/kvm', 0o666)
        self.sims = [Simguest(*MIX, *args, '--vms', '2', '--vcpus', '2', hold=True),
                     Simguest(*MIX, *args, '--halt-irqchip', '20', hold=True),
                     Simguest(*MIX, *args, '--vcpus', '3', hold=True, command=as_nobody())]
        for sim, vcpus in zip(self.sims, (4, 1, 3)):
            sim.wait_reports(vcpus)
        self.pids = {sim.pid for sim in self.sims}
        self.reports = {}  # of each VM, by vCPU id
        for report in (report for sim in self.sims for report in sim.reports()):
            vm_id = f'{report["pid"]}-{report["vm_fd"]}'
            self.reports.setdefault(vm_id, {})[report['vcpu']] = report
        equal('number of VMs', len(self.reports), 4)

    def end(self):
        finish(*self.sims)


@contextlib.contextmanager
def fleet(*args):
    vms = Fleet(*args)
    yield vms
    vms.end()


# ---- the comparison


def check_debugfs(where, vm):
    """Compares vCPUs that are known one by one, and the VM's sums. Nothing that debugfs has is missing."""
    own = values_of(vm['stats'])
    sums = values_of(vm['vcpu_stats'])
    vcpus = [values_of(vcpu['stats']) for vcpu in vm['vcpus'] if vcpu['stats'] is not None]
    shown = {**sums, **own}
    if vcpus:
        shown.update((name, sum_of([values[name] for values in vcpus])) for name in vcpus[0])
        differ = [name for name, value in sums.items() if value != shown[name]]
        equal(f'{where}: sums that are not those of the vCPUs', differ, [])
    flat = {name: value[0] if isinstance(value, list) else value for name, value in shown.items()}
    want = read_debugfs(vm['id'])
    equal(f'{where}: exits', flat['exits'], want['exits'])
    differ = {name: (flat.get(name), value) for name, value in want.items()
              if name in flat and flat[name] != value}
    equal(f'{where}: statistics that differ from debugfs (kvmtop\'s, KVM\'s)', differ, {})
    return set(want) - set(flat), set(flat) - set(want)


def check_own_fds(where, vm, reports):
    """What the VMM itself read from statistics fds: also histograms, and no other names."""
    for vcpu in vm['vcpus']:
        report = reports[vcpu['id']]
        if vcpu['stats'] is not None:
            equal(f'{where}, vCPU {vcpu["id"]}', values_of(vcpu['stats']), report['kvm_stats'])
        own = values_of(vm['stats'])
        want = {name: value for name, value in report['kvm_vm_stats'].items() if name in own}
        equal(f'{where}: its own statistics', own, want)


def check_vm(vm, reports, source, vm_source):
    where = f'VM {vm["id"]}, by {source}'
    equal(f'{where}: source', vm['stats_source'], vm_source)
    equal(f'{where}: vCPUs', [vcpu['id'] for vcpu in vm['vcpus']],
          [] if source == 'debugfs' else sorted(reports))
    equal(f'{where}: sources of its vCPUs', [vcpu['stats_source'] for vcpu in vm['vcpus']],
          [source] * len(vm['vcpus']))
    missing, more = check_debugfs(where, vm)
    equal(f'{where}: names that debugfs has not', more, set())
    if source == 'debugfs':  # it has numbers only, and gauges of vCPUs cannot be summed
        known = next(iter(reports.values()))['kvm_stats'] or {}
        hists = {name for name, value in known.items() if isinstance(value, list)}
        missing -= hists | {'blocking', 'guest_mode', 'preemption_other', 'nested_run'}
    equal(f'{where}: statistics of debugfs that it has not', missing, set())
    if next(iter(reports.values()))['kvm_stats']:
        check_own_fds(where, vm, reports)


def check_fleet(vms, source, *args, vm_source=None):
    frame = once(*args)
    equal('source "stats"', frame['sources']['stats'], 'ok')
    shown = vms_of(frame, vms.pids)
    equal('VMs', sorted(shown), sorted(vms.reports))
    for vm_id, reports in vms.reports.items():
        check_vm(shown[vm_id], reports, source, vm_source or source)
    return frame


@test('statistics are KVM\'s to the unit: by iterator and by debugfs, also of another user\'s VM', intel=('6.12',), intel_slow=('6.1', '7.2'))
def sources():
    with fleet() as vms:
        check_fleet(vms, 'debugfs', '--stats-source', 'debugfs')
        frame = check_fleet(vms, 'iterator')  # by itself, as no process holds statistics fds
        equal('source "debugfs"', frame['sources']['debugfs'], 'ok')
        if vendor.INTEL and not SLOW:
            return  # a start takes long there, and the rest does not depend on the CPU
        check_fleet(vms, 'iterator', '--stats-source', 'iterator')
        listed = features()
        equal('--features, the sources', [listed['KVM\'s statistics'], listed['debugfs'][0]],
              [('yes', 'iterator'), 'yes'])
        equal('--features, the VMs', {name: listed.get(f'VM {name}') for name in vms.reports},
              {name: ('yes', 'iterator') for name in vms.reports})


@test('statistics are KVM\'s to the unit: by the statistics fds that a VMM holds')
def held_fds():
    if KERNEL == '5.10':
        raise Skip('there are no statistics fds before 5.14')
    args = ['--keep-stats-fds', '--vcpus', '2', *MIX]
    sims = [Simguest(*args, hold=True), Simguest(*args, '--vms', '2', hold=True)]
    for sim, vcpus in zip(sims, (2, 4)):
        sim.wait_reports(vcpus)
    frame = once()
    # A statistics fd does not show which of several VMs of a process it belongs to.
    for sim, source in zip(sims, ('fd', 'iterator')):
        for vm_id, vm in vms_of(frame, {sim.pid}).items():
            reports = {r['vcpu']: r for r in sim.reports() if vm_id == f'{r["pid"]}-{r["vm_fd"]}'}
            check_vm(vm, reports, source, 'iterator')
            equal(f'--features, VM {vm_id}', features()[f'VM {vm_id}'], ('yes', source))
    finish(*sims)


@test('the statistics fds of a VM that has ended are not taken for those of the next one')
def held_fds_again():
    if KERNEL == '5.10':
        raise Skip('there are no statistics fds before 5.14')
    frames = Frames()
    frames.wait_more(1)
    sim = Simguest(*MIX, '--keep-stats-fds', '--generations', '3', '--gap-ms', '700', '--vcpus', '2',
                   hold=True)
    reports = sim.wait_reports(6)[4:]
    tids = [report['tid'] for report in reports]
    # It may have looked just before the VMM opened them, and looks again soon. A frame may still be of the VM before.
    wait_until(lambda: [vcpu['tid'] for vm in vms_of(frames.all()[-1], {sim.pid}).values() for vcpu in vm['vcpus']
                        if vcpu['stats_source'] == 'fd'] == tids, 'the statistics fds of the last VM')
    (vm,) = vms_of(frames.end()[-1], {sim.pid}).values()
    check_vm(vm, {report['vcpu']: report for report in reports}, 'fd', 'iterator')
    finish(sim)


@test('debugfs names a VM by the thread that created it: it is still its process\'s')
def by_thread():
    sim = Simguest(*MIX, '--in-thread', '--vcpus', '2', hold=True)
    vm_id = f'{sim.pid}-{sim.wait_reports(2)[0]["vm_fd"]}'
    (folder,) = (name for name in os.listdir(DEBUGFS) if name.endswith('-' + vm_id.split('-')[1]))
    require(folder != vm_id, f'{folder} is the process')
    frame = once('--stats-source', 'debugfs')
    equal('VMs', [vm['id'] for vm in frame['vms']], [vm_id])
    equal('exits', values_of(frame['vms'][0]['vcpu_stats'])['exits'],
          int(read(f'{DEBUGFS}/{folder}/exits')))
    finish(sim)


@test('debugfs does not pass off sums of all vCPUs as those of some', on=('6.1',))
def some_vcpus():
    sim = Simguest(*MIX, '--vcpus', '2', hold=True)
    sim.wait_reports(2)
    (vm,) = vms_of(once('--stats-source', 'debugfs', '--vcpu', '1'), {sim.pid}).values()
    equal('statistics of its vCPUs', vm['vcpu_stats'], None)
    finish(sim)


@contextlib.contextmanager
def without_dev_kvm():
    status, _, err = run('mount', '--bind', '/dev/null', '/dev/kvm')
    equal(f'exit status of mount ({err})', status, 0)
    try:
        yield
    finally:
        run('umount', '/dev/kvm')


@test('where /dev/kvm is refused, statistics are KVM\'s to the unit by the layout in BTF')
def by_btf():
    sim = Simguest(*MIX, '--vcpus', '2', hold=True)
    reports = {report['vcpu']: report for report in sim.wait_reports(2)}
    with without_dev_kvm():
        (vm,) = vms_of(once(), {sim.pid}).values()
    check_vm(vm, reports, 'iterator', 'iterator')
    finish(sim)


# ---- VMs that stopped before kvmtop began


@test('a VM that has stopped before kvmtop begins is shown with its statistics', on=('5.10', '6.12'))
def stopped_before():
    with fleet() as vms:
        for vm in vms_of(once(), vms.pids).values():
            equal(f'VM {vm["id"]}: exits', vm['exits'], {'total': 0, 'delta': 0, 'rate': 0})
        for vm in vms_of(once('-i'), vms.pids).values():
            check_past(vm, vms.reports[vm['id']])
        status, out, err = run(KVMTOP, '-1', '-s', '0.2')
        equal(f'exit status ({err})', status, 0)
        rows = [line.split()[:6] for line in out.splitlines()]
        for vm_id, reports in vms.reports.items():
            pid, vm_fd = vm_id.split('-')
            want = [pid, vm_fd, '[simguest]', str(len(reports)), '-', '0']  # what it lost is not known
            require(want in rows, f'no row {want} in {out!r}')


def check_past(vm, reports):
    """With -i exits are those that KVM has counted since the VM began."""
    where = f'VM {vm["id"]} with -i'
    exits = {'total': kvm_stat(*vm['id'].split('-'), 'exits'), 'delta': 0, 'rate': 0}
    equal(f'{where}: exits', vm['exits'], exits)
    equal(f'{where}: exits of its vCPUs', sum(v['exits']['total'] for v in vm['vcpus']),
          exits['total'])
    for vcpu in vm['vcpus']:
        stats = reports[vcpu['id']]['kvm_stats']
        if stats:
            equal(f'{where}, vCPU {vcpu["id"]}', vcpu['exits']['total'], stats['exits'])


# ---- a statistic that root sets to 0


class Frames:
    """The frames of a kvmtop that goes on."""

    def __init__(self, *args):
        self.output = tempfile.NamedTemporaryFile('w+', encoding='utf-8')
        self.process = CHILDREN.add(subprocess.Popen(
            kvmtop_command('-s', '0.2', '-o', 'json', *args), stdin=subprocess.DEVNULL, stdout=self.output))

    def all(self):
        lines = read(self.output.name).splitlines(True)
        return [json.loads(line) for line in lines if line.endswith('\n')]

    def wait_more(self, count):
        """So many more that begin from now on: the next one may have been read before."""
        enough = len(self.all()) + 1 + count
        wait_until(lambda: len(self.all()) >= enough, f'frame {enough} of kvmtop')

    def end(self):
        self.process.send_signal(signal.SIGINT)
        equal('exit status of kvmtop', self.process.wait(), 0)
        return self.all()


@test('a counter that root sets to 0 has no delta then, and has one again', on=('5.10', '7.2'))
def reset():
    sim = Simguest(*MIX, '--vcpus', '2', hold=True)
    vm_fd = sim.wait_reports(2)[0]['vm_fd']
    vm_id = f'{sim.pid}-{vm_fd}'
    total = kvm_stat(sim.pid, vm_fd, 'exits')
    frames = {source: Frames('--stats-source', source) for source in ('iterator', 'debugfs')}
    for source in frames.values():
        source.wait_more(2)
    with open(f'{DEBUGFS}/{vm_id}/exits', 'w', encoding='ascii') as file:
        file.write('0')
    for source in frames.values():
        source.wait_more(2)
    for source, kvmtop in frames.items():
        shown = [vms_of(frame, {sim.pid})[vm_id]['vcpu_stats']['exits'] for frame in kvmtop.end()]
        distinct = [entry for i, entry in enumerate(shown) if not i or entry != shown[i - 1]]
        equal(f'by {source}: exits in the course of time', distinct,
              [{'total': total, 'delta': 0, 'rate': 0},
               {'total': 0, 'delta': None, 'rate': None}, {'total': 0, 'delta': 0, 'rate': 0}])
    finish(sim)


@test('a VM that runs goes on when root sets KVM\'s counts of its exits to 0', on=('5.10', '6.12'))
def reset_running():
    sim = Simguest(*MIX, '--vcpus', '2', '--forever')
    wait_until(lambda: os.path.exists(f'{DEBUGFS}/{sim.pid}-4/exits'), 'KVM to show the VM')
    kvmtop = Kvmtop('-s', '0.3', midway=True).ready()
    kvmtop.wait_frames(2)
    for _ in range(2):
        with open(f'{DEBUGFS}/{sim.pid}-4/exits', 'w', encoding='ascii') as file:
            file.write('0')
        kvmtop.wait_frames(2)
    kvmtop.stop()
    equal('VMs', [(vm.id, vm.ended, len(vm.vcpus)) for vm in kvmtop.ledger.vms],
          [(f'{sim.pid}-4', False, 2)])
    sim.process.send_signal(signal.SIGINT)
    sim.finish()


# ---- when a source is not to be had


@contextlib.contextmanager
def without_debugfs():
    run('umount', '/sys/kernel/debug/tracing')
    status, _, err = run('umount', '/sys/kernel/debug')
    equal(f'exit status of umount ({err})', status, 0)
    try:
        yield
    finally:
        run('mount', '-t', 'debugfs', 'debugfs', '/sys/kernel/debug')


def check_without_debugfs(vms, why):
    """All by the iterator; and a line of --verify."""
    frame = once()
    equal('sources', (frame['sources']['stats'], frame['sources']['debugfs']), ('ok', why))
    for vm_id, vm in vms_of(frame, vms.pids).items():
        equal(f'VM {vm_id}: source', vm['stats_source'], 'iterator')
        if KERNEL != '5.10':
            check_own_fds(f'VM {vm_id}', vm, vms.reports[vm_id])
        require(values_of(vm['vcpu_stats'])['exits'], f'VM {vm_id}: no exits')
    frame = once('--stats-source', 'debugfs')
    require(why in frame['sources']['stats'], f'source "stats": {frame["sources"]["stats"]}')
    for vm in vms_of(frame, vms.pids).values():
        equal(f'VM {vm["id"]} without a source', [vm['stats'], vm['vcpu_stats']], [None, None])
    equal('--features: debugfs', features()['debugfs'], ('no', why))


@test('without debugfs there are statistics by the iterator')
def unmounted():
    with fleet() as vms, without_debugfs():
        check_without_debugfs(vms, 'not mounted')


@test('lockdown=integrity: statistics by the iterator', 'integrity')
def integrity():
    check_lockdown('integrity')
    with fleet() as vms:
        check_without_debugfs(vms, 'denied: lockdown=integrity')


@test('lockdown=confidentiality: statistics by the iterator', 'confidentiality')
def confidentiality():
    check_lockdown('confidentiality')
    if 'plain' not in PATHS:
        raise Skip('every exit path is refused here')
    with fleet() as vms:
        check_without_debugfs(vms, 'denied: lockdown=confidentiality')
