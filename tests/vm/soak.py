#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Long runs, which take hours ("make soak"), beside VMs under full load. They are --verify of a minute, many times in a
row, and a log that is rotated many times. Runs in the test bed.
"""
import argparse
import json
import os
import signal
import subprocess
import tempfile

from bed import HURRY, KVMTOP, PATIENCE_S, equal, install_programs, read, require, wait_until
from event_tests import Log, sums
from verify_tests import load


def verify_in_a_row(runs, seconds):
    with load():
        for number in range(1, runs + 1):
            done = subprocess.run([*HURRY, '--verify', '-o', 'json', '-n', str(seconds)], stdout=subprocess.PIPE,
                                  text=True, check=False)
            pairs = json.loads(done.stdout)['pairs']
            exact = [pair for pair in pairs if pair['class'] == 'exact']
            bad = [pair for pair in pairs if pair['verdict'] != 'ok']
            exits = sum(pair['stats'][0] for pair in pairs if pair['stat'] == 'exits')
            print(f'--verify {number} of {runs}: status {done.returncode}, {len(exact)} exact pairs, {exits} exits',
                  flush=True)
            require(done.returncode == 0 and exact and not bad, f'not as they should be: {bad}')


def rows_of(path):
    return read(path).count('\n') - 1


def rotate(log, path, rows):
    """Renames the log when it has so many rows; a new one is begun. Returns the old one's path."""
    while rows_of(path) < rows:
        log.wait_rows(20)
    moved = f'{path}.{len(os.listdir(os.path.dirname(path)))}'
    os.rename(path, moved)
    log.process.send_signal(signal.SIGHUP)
    wait_until(lambda: os.path.exists(path), 'the log to be there again')
    return moved


def rotated_log(rows, rotations):
    path = f'{tempfile.mkdtemp()}/kvm_stat.csv'
    log = Log(KVMTOP, '-tc', '-s', '0.1', '-n', str(rows), '-L', path, path=path)
    log.wait_rows(2)
    moved = []
    with load() as sims:
        for number in range(1, rotations + 1):
            moved.append(rotate(log, path, rows // (rotations + 1)))
            print(f'log: {number} of {rotations} rotations, {sum(map(rows_of, moved))} rows', flush=True)
        while sum(map(rows_of, [*moved, path])) < rows - 100:
            log.wait_rows(20)
    equal('exit status of the log', log.process.wait(PATIENCE_S), 0)
    equal('stderr of the log', read(log.errors.name), '')
    equal('rows', sum(map(rows_of, [*moved, path])), rows)
    equal('headers', [read(file).count('timestamp') for file in [*moved, path]], (rotations + 1) * [1])
    exits = sum(report['kvm_stats']['exits'] for sim in sims.values() for report in sim.reports())
    equal('exits in all rows', sums(*moved, path)['kvm_exit'], exits)
    print(f'log: {rows} rows in {rotations + 1} files have all {exits} exits', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--runs', type=int, default=20, help='of --verify (default 20)')
    parser.add_argument('--seconds', type=int, default=60, help='how long each (default 60)')
    parser.add_argument('--rows', type=int, default=10000, help='of the log (default 10000; 0: no log)')
    parser.add_argument('--rotations', type=int, default=20, help='of it (default 20)')
    args = parser.parse_args()
    install_programs()
    verify_in_a_row(args.runs, args.seconds)
    if args.rows:
        rotated_log(args.rows, args.rotations)


if __name__ == '__main__':
    main()
