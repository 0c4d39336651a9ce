# SPDX-License-Identifier: GPL-2.0
"""
Tests of the services as `make install` installs them, under a real systemd. They run with all that their units forbid,
they count, and their log is rotated. On one kernel: what differs by kernel are the capabilities (privilege_tests.py).
"""
import csv
import glob
import gzip
import os
import re
import urllib.error
import urllib.request

from bed import HERE, KVMTOP, PATIENCE_S, Simguest, equal, needs, read, require, run, wait_until
from privilege_tests import check_status
from registry import test

BOOT = 'systemd'
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))

LOG, EXPORTER = 'kvmtop.service', 'kvmtop-exporter.service'
LOG_FILES = '/var/log/kvmtop/*.csv*'
EXPORTER_URL = 'http://127.0.0.1:19435/metrics'
RUNTIME_UNITS = '/run/systemd/system'

# A second instead of ten; nothing else is changed.
FASTER = '''[Service]
ExecStart=
ExecStart={command}
'''


def service_test(name):
    return test(name, BOOT, on=('6.12',))


def do(*command):
    status, out, err = run(*command)
    equal(f'exit status of {" ".join(command)} ({err.strip()})', status, 0)
    return out


def mask_the_rest():
    """What a system starts at boot is of no use here, and takes its time."""
    for folder in '/usr/lib/systemd/system', '/etc/systemd/system':
        for target in 'sysinit', 'local-fs', 'swap', 'sockets', 'timers', 'basic':
            for path in glob.glob(f'{folder}/{target}.target.wants/*'):
                mask = f'{RUNTIME_UNITS}/{os.path.basename(path)}'
                if 'journald' not in path and not os.path.lexists(mask):
                    os.symlink('/dev/null', mask)


def install():
    needs('systemctl', 'systemd-sysusers', 'logrotate', 'make')
    mask_the_rest()
    do('make', '-s', '-C', TOP, '-o', KVMTOP, f'BIN={KVMTOP}', f'OBJ={HERE}/obj', 'install')
    do('systemd-sysusers')
    do('systemctl', 'daemon-reload')
    do('chgrp', 'kvm', '/dev/kvm')  # as udev does
    os.chmod('/dev/kvm', 0o660)


def make_faster(unit):
    [command] = re.findall('^ExecStart=(.*)$', do('systemctl', 'cat', unit), re.MULTILINE)
    require(' -s 10' in command, f'{unit} has no interval of ten seconds: {command}')
    os.makedirs(f'{RUNTIME_UNITS}/{unit}.d')
    with open(f'{RUNTIME_UNITS}/{unit}.d/faster.conf', 'w', encoding='ascii') as file:
        file.write(FASTER.format(command=command.replace(' -s 10', ' -s 1')))
    do('systemctl', 'daemon-reload')


def properties(unit, *names):
    return [do('systemctl', 'show', unit, '-p', name, '--value').strip() for name in names]


def journal(unit):
    return run('journalctl', '-u', unit, '-o', 'cat', '--no-pager')[1]


def status(pid, key):
    [value] = re.findall(f'^{key}:\\s+(.*)$', read(f'/proc/{pid}/status'), re.MULTILINE)
    return value


def start(unit):
    """Its main process, once that has given up what it does not need."""
    do('systemctl', 'start', unit)
    [pid] = map(int, properties(unit, 'MainPID'))
    wait_until(lambda: not os.path.exists(f'/proc/{pid}') or int(status(pid, 'CapPrm'), 16) < 1 << 38,
               f'{unit} to load')
    return pid


def check_runs(unit, pid):
    """It is still the process that was started, runs as its own user, and has only what it needs."""
    equal(f'{unit}: state, restarts and main process; its journal: {journal(unit)}',
          properties(unit, 'ActiveState', 'NRestarts', 'MainPID'), ['active', '0', str(pid)])
    equal(f'{unit}: seccomp', status(pid, 'Seccomp'), '2')
    equal(f'{unit}: ids', set(status(pid, 'Uid').split()), {do('id', '-u', 'kvmtop').strip()})
    check_status(pid, bounding=False)


def check_ended(unit):
    equal(f'{unit}: how it ended; its journal: {journal(unit)}', properties(unit, 'Result', 'ExecMainStatus'),
          ['success', '0'])


# ---- the log


def rows():
    """The rows of all log files, which have one header each."""
    for path in glob.glob(LOG_FILES):
        opener = gzip.open if path.endswith('.gz') else open
        with opener(path, 'rt', encoding='utf-8', newline='') as file:
            yield from csv.DictReader(file)


def logged(event):
    return sum(int(row[event] or 0) for row in rows())


def rotate():
    do('logrotate', '--force', '--state', f'{HERE}/logrotate.state', '/etc/logrotate.d/kvmtop')


def exits_of(sim):
    """What KVM has counted of a VM that has stopped."""
    return sum(report['kvm_stats']['exits'] for report in sim.wait_reports(2))


@service_test('kvmtop.service: runs hardened, logs every exit, and rotates without losing a row')
def log_service():
    install()
    make_faster(LOG)
    pid = start(LOG)
    check_runs(LOG, pid)
    sims, want = [], 0
    for turn in range(3):
        sim = Simguest('--cpuid', '3000', '--out', '100', '--vcpus', '2', hold=True)
        if turn:
            rotate()
        want += exits_of(sim)
        wait_until(lambda: logged('kvm_exit') >= want, f'{want} exits in the log')
        sims.append(sim)
    equal('exits in the log', logged('kvm_exit'), want)
    equal('log files', sorted(map(os.path.basename, glob.glob(LOG_FILES))),
          ['kvm_stat.csv', 'kvm_stat.csv.1', 'kvm_stat.csv.2.gz'])
    check_runs(LOG, pid)
    for sim in sims:
        sim.finish()
    do('systemctl', 'stop', LOG)
    check_ended(LOG)


# ---- the exporter


def scrape():
    """What it answers; nothing as long as there is no frame yet."""
    try:
        with urllib.request.urlopen(EXPORTER_URL, timeout=PATIENCE_S) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        equal('HTTP status', error.code, 503)
        return ''


def exported(pid):
    """Exits of the process' VMs."""
    return sum(float(value) for labels, value in
               re.findall(r'^kvmtop_exits_total\{([^}]*)\} (\S+)', scrape(), re.MULTILINE)
               if f'pid="{pid}"' in labels)


@service_test('kvmtop-exporter.service: answers Prometheus, hardened and without a network of its own')
def exporter_service():
    if not os.path.exists('/usr/local/lib/systemd/system/kvmtop.service'):
        install()
    pid = start(EXPORTER)
    check_runs(EXPORTER, pid)
    sim = Simguest('--cpuid', '3000', '--out', '100', '--vcpus', '2', hold=True)
    want = exits_of(sim)
    wait_until(lambda: exported(sim.pid) >= want, f'{want} exits to be exported')
    equal('exits', exported(sim.pid), want)
    check_runs(EXPORTER, pid)
    require(read(f'/proc/{pid}/net/dev').count(':') == 1, 'it has a network')
    sim.finish()
    do('systemctl', 'stop', EXPORTER, 'kvmtop-exporter.socket')
    check_ended(EXPORTER)
