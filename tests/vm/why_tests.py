# SPDX-License-Identifier: GPL-2.0
"""
Tests of --why: a VM that does one thing all the time is found, and what it does; one that sleeps is not. What a finding
is does not depend on the kernel, so one is enough.
"""
import json
import signal

from bed import KVMTOP, Simguest, equal, require, run
from registry import test


def stop(guest):
    guest.process.send_signal(signal.SIGINT)
    guest.finish()


@test('why: a VM with costly exits, and what they are about', on=('6.12',))
def costly():
    guest = Simguest('--cpuid', '400', '--forever', '--name', 'storm')
    status, out, err = run(KVMTOP, '--why', '-s', '4', '--detail', 'cpuid')
    stop(guest)
    require(not err, err)
    equal(f'exit status ({out})', status, 4)
    lines = out.splitlines()
    require(lines[0].startswith('host ') and ' 1 VM, 1 vCPU on ' in lines[0], out)
    require([line for line in lines if line.startswith('! storm ') and 'R10' in line and 'CPUID 0x' in line], out)


@test('why: JSON', on=('6.12',))
def as_json():
    guest = Simguest('--cpuid', '400', '--forever', '--name', 'storm')
    status, out, err = run(KVMTOP, '--why', '-s', '4', '-o', 'json')
    stop(guest)
    require(not err, err)
    equal(f'exit status ({out})', status, 4)
    report = json.loads(out)
    found = [finding for finding in report['findings'] if finding['rule'] == 'R9']
    equal(f'findings of R9 ({out})', len(found), 1)
    equal('name and severity', (found[0]['name'], found[0]['severity']), ('storm', 'act'))
    equal('reason', found[0]['evidence']['reason'], 'cpuid')
    require(found[0]['lost_cpus'] > 0.1, out)


@test('why: VMs that want more CPUs than there are', on=('6.12',))
def host_full():
    guest = Simguest('--spin', '1000000', '--vms', '3', '--forever', '--name', 'full')
    status, out, err = run(KVMTOP, '--why', '-s', '2', '-o', 'json')
    stop(guest)
    require(not err, err)
    equal(f'exit status ({out})', status, 4)
    report = json.loads(out)
    equal('findings about waits', [(finding['rule'], finding['severity']) for finding in report['findings']
                                   if finding['rule'] in ('R1', 'R2', 'R4', 'R25')], [('R1', 'act')] * 3)
    require(report['want_cpus'] > 2, out)


@test('why: a VM that sleeps has nothing to act on', on=('6.12',))
def sleeps():
    guest = Simguest('--halt-irqchip', '20', '--halt-us', '200000', '--forever')
    status, out, err = run(KVMTOP, '--why', '-s', '4')
    stop(guest)
    require(not err, err)
    equal(f'exit status ({out})', status, 0)
    require('1 VM is fine or idle' in out, out)
