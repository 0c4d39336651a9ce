# SPDX-License-Identifier: GPL-2.0
"""
Tests of the event view, side by side with the kernel's kvm_stat, whose command lines it takes. And tests of its logs,
while their file is renamed and its disk is full.
"""
import csv
import os
import signal
import subprocess
import tempfile

from bed import (CHILDREN, HERE, KVMTOP, PATIENCE_S, Simguest, Skip, equal, fails_in_one_line, read,
                 require, run, wait_until, waits_in_poll)
from registry import KERNEL, test

KVM_STAT = os.environ.get('KVM_STAT')
LOAD = ['--cpuid', '700', '--rdmsr', '30', '--out', '20', '--mmio', '10', '--hypercall', '5', '--vcpus', '2']


class Log:
    """A program that logs to its stdout, or (path) to a file."""

    def __init__(self, *command, path=None):
        self.output = tempfile.NamedTemporaryFile('w+', encoding='utf-8')
        self.errors = tempfile.NamedTemporaryFile('w+', encoding='utf-8')
        self.path = path or self.output.name
        self.process = CHILDREN.add(subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors))

    def lines(self):
        require(self.process.poll() is None, f'it ended: {read(self.errors.name)}')
        return read(self.path).count('\n') if os.path.exists(self.path) else 0

    def wait_rows(self, more):
        enough = self.lines() + more
        wait_until(lambda: self.lines() >= enough, f'row {enough}')

    def end(self):
        self.process.send_signal(signal.SIGINT)
        equal('exit status', self.process.wait(PATIENCE_S), 0)
        return sums(self.path)


def sums(*paths):
    """What the rows of CSV files add up to, by column. No row is torn."""
    total = {}
    for path in paths:
        with open(path, encoding='ascii', newline='') as file:
            for row in csv.DictReader(file):
                require(None not in row and None not in row.values(), f'{path}: a torn row: {row}')
                require(len(row.pop('timestamp')) == 19, f'{path}: a time of another form: {row}')
                for name, value in row.items():
                    total[name] = total.get(name, 0) + int(value or 0)
    return total


def is_hist(name):
    """debugfs, and so kvm_stat, has only the first bucket of a histogram."""
    return name.endswith('_hist')


def compare_names(theirs, ours):
    theirs, ours = set(theirs), set(ours)
    # kvm_stat leaves times out; and its list of exit reasons was typed by hand.
    more = {name for name in ours - theirs
            if not name.endswith('_ns') and not name.startswith(('kvm_exit(', 'kvm_userspace_exit('))}
    equal('events that kvm_stat has not', more, set())
    fewer = {name for name in theirs - ours}
    equal('events that only kvm_stat has', fewer, set())


@test('side by side with kvm_stat: the same events, the same totals of a known load, by one reader')
def side_by_side():
    if not KVM_STAT:
        raise Skip('on 6.1 and 6.12')
    sim = Simguest(*LOAD, go=True, hold=True)
    # Without a VM at its start kvm_stat would never have columns of statistics.
    logs = [Log('python3', '-u', KVM_STAT, '-dtcl', '-s', '1'), Log(KVMTOP, '-dtcl', '-s', '1')]
    for log in logs:
        log.wait_rows(2)
    sim.go()
    sim.wait_reports(2)
    for log in logs:
        log.wait_rows(3)
    theirs, ours = (log.end() for log in logs)
    expect = {name: sum(r['expect'][name] for r in sim.reports()) for name in ('cpuid', 'msr')}
    sim.finish()
    equal('CPUID', ours['kvm_exit(CPUID)'], expect['cpuid'])
    equal('MSR', ours['kvm_exit(MSR)'], expect['msr'])
    compare_names(theirs, ours)
    common = [name for name in theirs if name in ours and not is_hist(name)]
    require(len(common) > 150, f'only {len(common)} names in common')
    differ = {name: (ours[name], theirs[name]) for name in common if ours[name] != theirs[name]}
    equal('totals that differ, ours and kvm_stat\'s', differ, {})


@test('a log through rotations and a full disk has all rows', on=('6.12',))
def rotations():
    folder = f'{HERE}/log'
    os.mkdir(folder)
    equal('mount', run('mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder)[0], 0)
    path = f'{folder}/kvm_stat.csv'
    moved = [f'{path}.{i}' for i in range(3)]
    sim = Simguest('--cpuid', '20', '--user-sleep-us', '5000', '--out', '1', '--passes', '1', '--rounds',
                   '900', go=True, hold=True)
    log = Log(KVMTOP, '-tc', '-s', '0.1', '-f', 'kvm_exit', '-L', path, path=path)
    log.wait_rows(2)
    sim.go()
    for to in moved:
        log.wait_rows(4)
        os.rename(path, to)
        log.process.send_signal(signal.SIGHUP)
        wait_until(lambda: os.path.exists(path), 'the log to be there again')
    log.wait_rows(4)
    fill(f'{folder}/filler')
    rows = log.lines()
    wait_until(lambda: 'cannot write' in read(log.errors.name), 'the disk to be full')
    sim.wait_reports(1)
    os.unlink(f'{folder}/filler')
    log.wait_rows(4)
    require(log.lines() > rows, 'nothing was written later')
    log.end()
    said = read(log.errors.name).splitlines()
    equal('lines on stderr', len(said), 2)
    require('No space left' in said[0] and '; 0 rows were lost' in said[1], f'stderr: {said}')
    equal('stdout', read(log.output.name), '')
    for file in [path, *moved]:
        equal(f'{file}: headers', read(file).count('timestamp'), 1)
        equal(f'{file}: mode', os.stat(file).st_mode & 0o777, 0o644)
    equal('CPUID in all rows', sums(*moved, path)['kvm_exit(CPUID)'], sim.reports()[0]['expect']['cpuid'])
    sim.finish()
    run('umount', folder)


def fill(path):
    with open(path, 'wb', buffering=0) as file:
        try:
            while True:
                file.write(b'x' * 512)
        except OSError:
            pass


def once(*args):
    """The rows of -1: {name: (total, delta)}."""
    status, out, err = run(KVMTOP, '-1', *args)
    equal(f'exit status ({err.strip()})', status, 0)
    rows = [line.split() for line in out.splitlines()]
    return {name: (int(total), int(delta)) for name, total, delta in rows}


@test('the event view: -1, -i, -p, -f, -f help', on=('6.1',))
def views():
    sims = [Simguest('--cpuid', str(n), hold=True) for n in (300, 400)]
    for sim in sims:
        sim.wait_reports(1)
    stats = [sum(s['kvm_stats']['exits'] for s in sim.reports()) if sim.reports()[0]['kvm_stats'] else None
             for sim in sims]
    rows = once('-d', '-s', '0.2')
    equal('exits without the past', rows['exits'], (0, 0))
    if None not in stats:
        equal('exits with it', once('-di', '-s', '0.2')['exits'], (sum(stats), 0))
        equal('exits of one', once('-di', '-s', '0.2', '-p', str(sims[1].pid))['exits'], (stats[1], 0))
    for sim in sims:
        sim.finish()
    rows = once('-f', 'kvm_exit.HLT', '-s', '0.1')
    equal('rows of -f', sorted(rows), ['kvm_exit', 'kvm_exit(HLT)'])
    rows = once('-x', '-s', '0.1')
    require('kvm_exit' in rows and not [name for name in rows if '(' in name], f'rows of -x: {rows}')
    status, out, err = run(KVMTOP, '-f', 'help', '-dt')
    equal('-f help', (status, err), (0, ''))
    listed = dict(line.split() for line in out.splitlines())
    equal('sources', (listed['exits'], listed['kvm_exit'], listed['kvm_exit(HLT)']),
          ('statistic', 'tracepoint', 'tracepoint'))
    fails_in_one_line(2, 'regular expression', '-f', 'kvm_exit(')
    fails_in_one_line(1, 'nowhere', '-L', '/nowhere/log')


@test('totals of events stay when their VMs have ended', on=('5.10', '7.2'))
def totals_stay():
    log = Log(KVMTOP, '-dt', '-s', '0.2', '-f', 'kvm_exit.CPUID|exits$')
    wait_until(lambda: log.lines() and waits_in_poll(log.process.pid), 'kvmtop to count')
    totals = []

    def shown():
        tables = read(log.output.name).split('\n\n')
        lines = [line.split() for line in tables[-2].splitlines()] if len(tables) > 1 else []
        return {line[0]: int(line[1]) for line in lines if len(line) > 1 and line[1].isdigit()}

    for i in range(1, 3):
        sim = Simguest('--cpuid', '500', hold=True)
        sim.wait_reports(1)
        log.wait_rows(20)
        sim.finish()
        wait_until(lambda n=i: shown().get('kvm_exit(CPUID)') == 500 * n, f'{500 * i} CPUIDs')
        log.wait_rows(20)
        totals.append(shown())
    equal('CPUIDs', [t['kvm_exit(CPUID)'] for t in totals], [500, 1000])
    if KERNEL != '5.10':
        require(totals[0]['exits'] >= 500 and totals[1]['exits'] >= 500 + totals[0]['exits'],
                f'statistics: {totals}')
    log.process.send_signal(signal.SIGINT)
    equal('exit status', log.process.wait(PATIENCE_S), 0)
