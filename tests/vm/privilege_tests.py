# SPDX-License-Identifier: GPL-2.0
"""
Tests of what kvmtop gives up once BPF is loaded and attached, and that it counts all the same.
"""
import os

from bed import (Kvmtop, Simguest, as_nobody, check_vms, equal, features, finish, read, require, vm_of)
from registry import KERNEL, test
from stats_tests import check_debugfs

CAPS = {'DAC_READ_SEARCH': 2, 'SYS_PTRACE': 19, 'SYS_NICE': 23, 'BPF': 39}

# What reading takes: listed here, and not asked of kvmtop. BPF where this kernel refuses everything to processes that
# may not load (before 5.19), SYS_NICE where classic programs count.
KEPT = {
    '5.10': ['DAC_READ_SEARCH', 'SYS_PTRACE', 'SYS_NICE', 'BPF'],
    '6.1': ['DAC_READ_SEARCH', 'SYS_PTRACE'],
    '6.12': ['DAC_READ_SEARCH', 'SYS_PTRACE', 'SYS_NICE'],
    '7.2': ['DAC_READ_SEARCH', 'SYS_PTRACE', 'SYS_NICE'],
}.get(KERNEL, [])

SOURCES = ['iterator', 'debugfs']  # of KVM's statistics


def status_of(task):
    """The lines about capabilities, and NoNewPrivs, of a thread."""
    lines = (line.split(':') for line in read(f'{task}/status').splitlines())
    return {key: int(value, 16) for key, value in (line[:2] for line in lines)
            if key.startswith('Cap') or key == 'NoNewPrivs'}


def check_status(pid, bounding=True):
    """
    The main thread has what it needs, others nothing, and no way to get more. Without CAP_SETPCAP the bounding set
    stays.
    """
    for tid in os.listdir(f'/proc/{pid}/task'):
        caps = sum(1 << CAPS[name] for name in KEPT) if int(tid) == pid else 0
        got = status_of(f'/proc/{pid}/task/{tid}')
        want = {'CapInh': 0, 'CapPrm': caps, 'CapEff': caps, 'CapAmb': 0, 'NoNewPrivs': 1,
                'CapBnd': 0 if bounding else got['CapBnd']}
        equal('capabilities of a thread', {key: f'{got[key]:x}' for key in want},
              {key: f'{value:x}' for key, value in want.items()})


def check_stats(kvmtop, source, pid):
    """Of a VM that has stopped: the last frame has them, and they are debugfs's."""
    kvmtop.wait_frames(2)
    [vm] = [vm for vm in kvmtop.ledger.last['vms'] if vm['pid'] == pid]
    equal('source of statistics', vm['stats_source'], source)
    check_debugfs(f'VM {vm["id"]}, by {source}', vm)


@test('what loading takes is given up, and VMs that come later are counted exactly', on=('5.10', '6.1', '6.12'))
def given_up():
    require(len(KEPT) > 1, f'nothing is known about {KERNEL}')
    os.chmod('/dev/kvm', 0o666)
    by_source = {source: Kvmtop('-s', '0.5', '--stats-source', source) for source in SOURCES}
    looking = Kvmtop('-s', '0.5', '--detail', 'msr', '--slower-than', '1s')
    plain = Kvmtop('-s', '0.5', command=as_nobody('bpf', 'perfmon', 'sys_admin', 'sys_resource',
                                                  'sys_nice', 'sys_ptrace', 'dac_read_search'))
    kvmtops = [*by_source.values(), looking, plain]
    for kvmtop in kvmtops:
        check_status(kvmtop.ready().process.pid, bounding=kvmtop is not plain)
    sim = Simguest('--cpuid', '200', '--rdmsr', '50', '--out', '20', '--vcpus', '2', hold=True)
    sim.wait_reports(2)
    for source, kvmtop in by_source.items():
        check_stats(kvmtop, source, sim.pid)
    check_stats(plain, SOURCES[0], sim.pid)
    guests = finish(sim)
    for kvmtop in kvmtops:
        kvmtop.wait_ended(guests.pids())
        check_vms(kvmtop, guests)
        check_status(kvmtop.process.pid, bounding=kvmtop is not plain)
    equal('complaints', plain.complaints(), [])
    equal('exits', vm_of(looking, sim.pid).exits, vm_of(plain, sim.pid).exits)
    equal('--features', features()['capabilities'][0], 'yes')
