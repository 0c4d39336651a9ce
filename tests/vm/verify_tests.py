# SPDX-License-Identifier: GPL-2.0
"""
Tests of --verify: it holds whatever VMs do, as kvmtop loses nothing; and it finds what is lost on
purpose.
"""
import contextlib
import json
import os
import re
import signal
import subprocess

import vendor
from bed import (CHILDREN, FIRST, KVMTOP, PATIENCE_S, Simguest, check_lockdown, equal, fails_in_one_line, kvm_stat,
                 kvmtop_command, read, require, run, wait_until, waits_in_poll)
from registry import KERNEL, PATHS, SLOW, test
from stats_tests import without_debugfs

# Kernels without statistics fds have no histograms; all names are those of newer kernels.
EXACT = {'exits', 'irq_exits', 'io_exits', 'irq_window_exits', 'nmi_window_exits',
         'request_irq_exits', 'irq_injections'} | (set() if KERNEL == '5.10' else {'halt_wait_hist'})

# Set it higher if there is time: each takes 6 s in the bed, most of it to load the programs.
TIMES_IN_A_ROW = int(os.environ.get('KVMTOP_VERIFY_TIMES', '1'))
SHORT = ['-n', '1', '-s', '0.3']
LOSE_ONE_IN = ['--lose-one-in', '100']


@contextlib.contextmanager
def load():
    """Several VMs that exit as fast as they can, for all kinds of reasons; yields their simguests."""
    sims = {
        'mix': Simguest('--cpuid', '100', '--rdmsr', '30', '--out', '10', '--mmio', '10',
                        '--hypercall', '20', '--hlt', '5', '--vms', '2', '--vcpus', '2',
                        '--forever', '--name', 'mix'),
        'halts': Simguest('--cpuid', '100', '--halt-irqchip', '20', '--out', '5', '--vcpus', '2',
                          '--forever', '--name', 'halts'),
    }
    yield sims
    for sim in sims.values():
        sim.process.send_signal(signal.SIGINT)
    for sim in sims.values():
        sim.finish()


def verify(*args, status=0):
    """Runs it, which must end with this status. Its report."""
    return checked(args, status, *run(*FIRST, *kvmtop_command('--verify', '-o', 'json', *args)))


def checked(args, status, got, out, err):
    what = ' '.join(['kvmtop --verify', *args])
    report = json.loads(out) if out.count('\n') == 1 else {'pairs': []}
    bad = [pair for pair in report['pairs'] if pair['verdict'] == 'mismatch']
    equal(f'exit status of {what} ({err.strip()}, mismatches: {bad})', got, status)
    equal(f'{what}: schema', report['schema'], 'kvmtop.verify/1')
    equal(f'{what}: result', report['result'], {0: 'ok', 1: 'mismatch', 3: 'none'}[status])
    return report


def by_vm(report):
    """The pairs of each VM, by the name of the statistic."""
    vms = {}
    for pair in report['pairs']:
        vm = vms.setdefault((pair['pid'], pair['vm']), {})
        require(pair['stat'] not in vm, f'{pair["stat"]} of VM {pair["vm"]} is there twice')
        vm[pair['stat']] = pair
    return vms


def check_ranges(where, pair, debugfs):
    """What KVM has counted is known to the unit, or to within a reading."""
    known = [key for key in ('tracepoint', 'stats', 'debugfs') if pair[key] is not None]
    want = ['tracepoint', 'stats'] + (['debugfs'] if debugfs else [])
    equal(f'{where}: known', known, want)
    for key in known:
        low, high = pair[key]
        require(0 <= low <= high, f'{where}: {key} {pair[key]}')


def check_load(report, sims, debugfs=True):
    """All VMs are there and all their exact pairs hold."""
    vms = by_vm(report)
    equal('VMs by process', sorted(pid for pid, _ in vms),
          sorted([sims[name].pid for name in ('mix', 'mix', 'halts') if name in sims]))
    for (_, vm_id), pairs in vms.items():
        exact = {stat: pair for stat, pair in pairs.items() if pair['class'] == 'exact'}
        equal(f'VM {vm_id}: exact pairs', set(exact), EXACT)
        for stat, pair in exact.items():
            where = f'VM {vm_id}, {stat}'
            equal(f'{where}: verdict ({pair["why"]})', pair['verdict'], 'ok')
            check_ranges(where, pair, debugfs and stat != 'halt_wait_hist')


def all_ran(report):
    """Whether all VMs had exits meanwhile: on a machine that is busy they may stand still for a short time."""
    return all(pair['stats'][0] > 0 for pair in report['pairs'] if pair['class'] == 'exact' and pair['stat'] == 'exits')


def check_verify(sims, *args, debugfs=True):
    """Runs --verify, which must hold, again if a VM stood still. The report."""
    def holds():
        report = verify(*args)
        check_load(report, sims, debugfs)
        return all_ran(report) and report
    return wait_until(holds, 'VMs that go on')


def exercised(report, sims):
    """The load is one that makes all kinds of events that it can make."""
    vms = by_vm(report)
    halts = next(pairs for (pid, _), pairs in vms.items() if pid == sims['halts'].pid)
    for stat in EXACT & {'io_exits', 'irq_injections', 'halt_wait_hist'}:
        require(halts[stat]['stats'][1] > 0, f'no {stat}: {halts[stat]}')


@test('--verify holds for VMs under full load, time and again', intel=('6.1',), intel_slow=('6.12', '7.2'))
def under_load():
    with load() as sims:
        report = check_verify(sims, '-n', '5')
        exercised(report, sims)
        equal('sources', report['sources'],
              {'tracepoints': 'ok', 'stats': 'ok', 'debugfs': 'ok'})
        if vendor.INTEL and not SLOW:
            return  # a start takes long there, and text does not depend on the CPU
        lines = verify_text(0, *SHORT)
        equal('the sources', lines[:3], ['tracepoints: ok', 'stats: ok', 'debugfs: ok'])
        equal('the last line', lines[-1], f'all {3 * len(EXACT)} exact pairs hold')
        rows = [line.split() for line in lines[4:-1]]
        equal('number of rows', len(rows), len(report['pairs']))
        require(not any('mismatch' in row for row in rows), f'{rows}')
        for _ in range(TIMES_IN_A_ROW):
            check_verify(sims, *SHORT)


def verify_text(status, *args):
    got, out, err = run(*FIRST, *kvmtop_command('--verify', *args))
    equal(f'exit status of --verify as text ({err.strip()}, {out})', got, status)
    return out.splitlines()


@test('--verify holds while VMs come and go')
def come_and_go():
    with load() as sims:
        short = [Simguest('--cpuid', '300', '--out', '30', '--vcpus', '2', '--processes', '100000'),
                 Simguest('--cpuid', '300', '--mmio', '30', '--hlt', '5', '--generations', '100000')]
        pids = {sim.pid for sim in sims.values()}

        def some_ended():
            pairs = verify('-n', '3')['pairs']
            check_load({'pairs': [pair for pair in pairs if pair['pid'] in pids]}, sims)
            return any('ended' in (pair['why'] or '') for pair in pairs if pair['pid'] not in pids)

        wait_until(some_ended, 'a pair that says that its VM ended')
        for sim in short:
            sim.process.terminate()


# VMs that one process has one after the other: of the same name in debugfs, maybe at the same addresses.
ONE_BY_ONE = [['--cpuid', '300', '--mmio', '30', '--hlt', '5'], ['--spin', '300000', '--cpuid', '20'],
              ['--spin', '2000000', '--cpuid', '5'], ['--cpuid', '2000', '--gap-ms', '20']]


@test('--verify takes no VM for the one that was in its place before', on=('6.12',))
def one_by_one():
    sims = [Simguest(*shape, '--generations', '100000') for shape in ONE_BY_ONE]
    wait_until(lambda: [pair for pair in verify('-n', '6')['pairs']
                        if pair['verdict'] == 'ok' and 'ended' in (pair['why'] or '')],
               'a VM that ended and was read twice')
    for sim in sims:
        sim.process.kill()


@test('--verify finds what is lost on purpose', intel=('6.12',), intel_slow=('6.1', '7.2'))
def planted():
    args = '-s', '3600', *LOSE_ONE_IN
    with load() as sims:
        process = CHILDREN.add(subprocess.Popen([*FIRST, *kvmtop_command('--verify', '-o', 'json', *args)],
                                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        wait_until(lambda: waits_in_poll(process.pid), 'kvmtop to count')
        for count in 0, 5 * int(LOSE_ONE_IN[1]):
            wait_exits(sims, count)
            read_stopped(process.pid, sims)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_S)
        check_planted(checked(args, 1, process.returncode, out, err), sims)


def wait_exits(sims, count):
    """Until each has had more than so many from now on."""
    def exits():
        return [kvm_stat(sim.pid, 4, 'exits') for sim in sims.values()]

    enough = [n + count for n in exits()]
    wait_until(lambda: all(n > least for n, least in zip(exits(), enough)), f'{count} exits more')


def read_stopped(pid, sims):
    """Lets kvmtop read VMs that do not run. Then what is lost until the next time does not depend on how long a reading takes."""
    def rests():
        return int(re.search(r'^voluntary_ctxt_switches:\s+(\d+)', read(f'/proc/{pid}/status'), re.M)[1])

    for sim in sims.values():
        sim.process.send_signal(signal.SIGSTOP)
    for sim in sims.values():
        wait_until(lambda pid=sim.pid: all(is_stopped(pid, tid) for tid in os.listdir(f'/proc/{pid}/task')), 'VMs to stop')
    enough = rests() + 10  # it may have to wait in a reading, too
    wait_until(lambda: rests() >= enough, 'kvmtop to read')
    for sim in sims.values():
        sim.process.send_signal(signal.SIGCONT)


def is_stopped(pid, tid):
    return re.search(r'^State:\s+T', read(f'/proc/{pid}/task/{tid}/status'), re.M)


def check_planted(report, sims):
    """Only counts of exits are wrong, and they are too low."""
    bad = [pair for pair in report['pairs'] if pair['verdict'] == 'mismatch']
    require(any(pair['stat'] == 'exits' for pair in bad), f'the counts of exits hold: {bad}')
    for pair in bad:
        require(pair['event'].startswith('kvm_exit') and 'fewer than KVM' in pair['why'],
                f'not lost on purpose: {pair}')
        require(pair['pid'] in {sim.pid for sim in sims.values()}, f'not of these VMs: {pair}')


@test('--verify -p and -g look only at the VMs asked for', on=('6.1',))
def selected():
    with load() as sims:
        check_verify({'halts': sims['halts']}, *SHORT, '-p', str(sims['halts'].pid))
        check_verify({'mix': sims['mix']}, *SHORT, '-g', 'mix')


@test('--verify without a VM has nothing to compare', on=('5.10',))
def no_vm():
    equal('pairs', verify(*SHORT, status=3)['pairs'], [])
    status, out, err = run(KVMTOP, '--verify', *SHORT, '-p', '1')
    equal(f'exit status of -p 1 ({out})', status, 3)
    equal('text', out.splitlines()[-1], 'nothing could be compared')
    require(re.search(r'pid 1 \(.+\) has no VM', err), f'-p 1: {err!r}')
    fails_in_one_line(1, 'no VM', '--verify', '-g', 'nobody')


@test('--verify holds for VMs that another thread than the first created', on=('6.1', '7.2'))
def by_thread():
    sim = Simguest('--cpuid', '100', '--out', '10', '--in-thread', '--vms', '2', '--forever')
    check_verify({'mix': sim}, *SHORT)
    sim.process.send_signal(signal.SIGINT)
    sim.finish()


@test('--verify holds without debugfs, and says that it is not mounted', on=('5.10', '7.2'))
def unmounted():
    with without_debugfs(), load():
        check_line('debugfs: not mounted')


def check_line(line):
    lines = verify_text(0, *SHORT)
    require(line in lines, f'no line "{line}" in {lines}')


def check_locked_down(sims, mode):
    check_verify(sims, *SHORT, debugfs=False)
    check_line(f'debugfs: denied (lockdown={mode})')


@test('lockdown=integrity: --verify holds', 'integrity', on=('6.1',))
def integrity():
    check_lockdown('integrity')
    with load() as sims:
        check_locked_down(sims, 'integrity')


@test('lockdown=confidentiality: --verify holds', 'confidentiality')
def confidentiality():
    check_lockdown('confidentiality')
    if 'plain' not in PATHS:
        return fails_in_one_line(1, 'lockdown', '--verify')
    with load():
        return check_confidential()


def check_confidential():
    """
    All events but exits may be missed here (see user/docs/limits.md); then their pairs are skipped, and say so.
    """
    pairs = verify(*SHORT)['pairs']
    for pair in pairs:
        exits = pair['event'].startswith('kvm_exit')
        require(pair['verdict'] == 'ok' or (not exits and 'missed' in pair['why']), f'{pair}')
    require(any(pair['stat'] == 'exits' for pair in pairs), f'{pairs}')
