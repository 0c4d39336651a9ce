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

from bed import (HURRY, KVMTOP, Simguest, check_lockdown, equal, fails_in_one_line, require, run)
from registry import KERNEL, PATHS, test
from stats_tests import without_debugfs

# Kernels without statistics fds have no histograms; all names are those of newer kernels.
EXACT = {'exits', 'irq_exits', 'io_exits', 'irq_window_exits', 'nmi_window_exits',
         'request_irq_exits', 'irq_injections'} | (set() if KERNEL == '5.10' else {'halt_wait_hist'})

# More for who has time: each takes 6 s in the bed, most of it to load the programs.
TIMES_IN_A_ROW = int(os.environ.get('KVMTOP_VERIFY_TIMES', '1'))
SHORT = ['-n', '1', '-s', '0.3']
LOSE_ONE_IN = ['--lose-one-in', '2000']


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
    got, out, err = run(*HURRY, '--verify', '-o', 'json', *args)
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
        require(exact['exits']['stats'][0] > 0, f'VM {vm_id}: it stood still: {exact["exits"]}')


def exercised(report, sims):
    """The load is one that makes all kinds of events that it can make."""
    vms = by_vm(report)
    halts = next(pairs for (pid, _), pairs in vms.items() if pid == sims['halts'].pid)
    for stat in EXACT & {'io_exits', 'irq_injections', 'halt_wait_hist'}:
        require(halts[stat]['stats'][1] > 0, f'no {stat}: {halts[stat]}')


@test('--verify holds for VMs under full load, time and again', intel=('6.1',), intel_slow=('6.12', '7.2'))
def under_load():
    with load() as sims:
        report = verify('-n', '5')
        check_load(report, sims)
        exercised(report, sims)
        equal('sources', report['sources'],
              {'tracepoints': 'ok', 'stats': 'ok', 'debugfs': 'ok'})
        lines = verify_text(0, *SHORT)
        equal('the sources', lines[:3], ['tracepoints: ok', 'stats: ok', 'debugfs: ok'])
        equal('the last line', lines[-1], f'all {3 * len(EXACT)} exact pairs hold')
        rows = [line.split() for line in lines[4:-1]]
        equal('number of rows', len(rows), len(report['pairs']))
        require(not any('mismatch' in row for row in rows), f'{rows}')
        for _ in range(TIMES_IN_A_ROW):
            check_load(verify(*SHORT), sims)


def verify_text(status, *args):
    got, out, err = run(*HURRY, '--verify', *args)
    equal(f'exit status of --verify as text ({err.strip()}, {out})', got, status)
    return out.splitlines()


@test('--verify holds while VMs come and go')
def come_and_go():
    with load() as sims:
        short = [Simguest('--cpuid', '300', '--out', '30', '--vcpus', '2', '--processes', '200'),
                 Simguest('--cpuid', '300', '--mmio', '30', '--hlt', '5', '--generations', '200')]
        report = verify('-n', '3')
        for sim in short:
            sim.process.terminate()
        pids = {sim.pid for sim in sims.values()}
        check_load({'pairs': [pair for pair in report['pairs'] if pair['pid'] in pids]}, sims)
        others = [pair for pair in report['pairs'] if pair['pid'] not in pids]
        require(others, 'none of the VMs that came was seen')
        ended = [pair for pair in others if 'ended' in (pair['why'] or '')]
        require(ended, f'no pair says that its VM ended: {others[:20]}')


# VMs that one process has one after the other: of the same name in debugfs, maybe at the same addresses.
ONE_BY_ONE = [['--cpuid', '300', '--mmio', '30', '--hlt', '5'], ['--spin', '300000', '--cpuid', '20'],
              ['--spin', '2000000', '--cpuid', '5'], ['--cpuid', '2000', '--gap-ms', '20']]


@test('--verify takes no VM for the one that was in its place before', on=('6.12',))
def one_by_one():
    sims = [Simguest(*shape, '--generations', '100000') for shape in ONE_BY_ONE]
    pairs = verify('-n', '6')['pairs']
    for sim in sims:
        sim.process.kill()
    require([pair for pair in pairs if pair['verdict'] == 'ok' and 'ended' in (pair['why'] or '')],
            'no VM that ended was read twice')


@test('--verify finds what is lost on purpose', intel=('6.12',), intel_slow=('6.1', '7.2'))
def planted():
    with load() as sims:
        check_planted(verify(*LOSE_ONE_IN, '-n', '3', status=1), sims)


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
        check_load(verify(*SHORT, '-p', str(sims['halts'].pid)), {'halts': sims['halts']})
        check_load(verify(*SHORT, '-g', 'mix'), {'mix': sims['mix']})


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
    check_load(verify(*SHORT), {'mix': sim})
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
    check_load(verify(*SHORT), sims, debugfs=False)
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
    All events but exits may be missed here (see Limits in the README); then their pairs are skipped, and say so.
    """
    pairs = verify(*SHORT)['pairs']
    for pair in pairs:
        exits = pair['event'].startswith('kvm_exit')
        require(pair['verdict'] == 'ok' or (not exits and 'missed' in pair['why']), f'{pair}')
    require(any(pair['stat'] == 'exits' for pair in pairs), f'{pairs}')
