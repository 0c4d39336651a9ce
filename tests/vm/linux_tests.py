# SPDX-License-Identifier: GPL-2.0
"""
Tests of QEMU's VMs: of a whole Linux under the system's QEMU, and of the firmware under another QEMU. That one holds a
statistics fd for each vCPU, which the system's may be too old for.
"""
import json
import os
import re
import shutil
import socket
import subprocess

from bed import (CHILDREN, HERE, KVMTOP, PATIENCE_S, Failure, equal, features, kvm_stat, needs, read, require, run,
                 vm_of, wait_until)
from registry import PATHS, over_paths
from stats_tests import check_debugfs, once, values_of, vms_of

# What TCG (seen with QEMU 7.2) does wrong that matters to a whole Linux under its SVM, and what helps:
# - helper_vmrun leaves exception_index set after it has injected an interrupt. If TCG then has to stop for another
#   reason than an exit, as when CPUs take turns, it injects the interrupt again. It does so also where the guest has
#   interrupts off, which then waits for a lock of its own for ever. So the bed has one CPU.
# - Now and then an interrupt of the bed itself stays pending in its APIC and is not delivered before the next one
#   comes. With its timer in one-shot mode there is no next one. So its timer is periodic.
BOOT = 'single'

GUEST_KERNEL = os.environ.get('GUEST_KERNEL')  # set on one kernel only: it takes a minute
GUEST_QEMU = os.environ.get('GUEST_QEMU')  # a QEMU of 8.1 or later
SYSTEM_QEMU = 'qemu-system-x86_64'

GUEST_INIT = '''#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
echo the guest is up
for i in $(/bin/busybox seq 30); do
	/bin/busybox sleep 0.1
	/bin/busybox cat /proc/interrupts >/dev/null
done
/bin/busybox poweroff -f
'''


def make_initrd():
    tree = f'{HERE}/initrd'
    for folder in 'bin', 'proc', 'dev':
        os.makedirs(f'{tree}/{folder}', exist_ok=True)
    shutil.copy(shutil.which('busybox'), f'{tree}/bin/busybox')
    with open(f'{tree}/init', 'w', encoding='ascii') as file:
        file.write(GUEST_INIT)
    os.chmod(f'{tree}/init', 0o755)
    subprocess.run(f'cd {tree} && find . | busybox cpio -o -H newc >{tree}.cpio', shell=True,
                   check=True, stderr=subprocess.DEVNULL)
    return f'{tree}.cpio'


class Qemu:
    """The VM "real01", with its monitor. Without @linux it has nothing to boot, and its firmware waits."""

    def __init__(self, program, linux):
        needs(program, 'busybox')
        self.console = f'{HERE}/console'
        self.errors = f'{HERE}/qemu.log'  # also that two vCPUs are many for a host of one CPU
        socket_path = f'{HERE}/qmp'
        command = [
            program, '-M', 'pc', '-accel', 'kvm',
            '-cpu', 'host', '-m', '256', '-smp', '2', '-name', 'guest=real01,debug-threads=on',
            '-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot',
            '-serial', f'file:{self.console}', '-qmp', f'unix:{socket_path},server=on,wait=off']
        if linux:
            command += ['-kernel', GUEST_KERNEL, '-initrd', make_initrd(), '-append', 'console=ttyS0 quiet panic=-1']
        with open(self.errors, 'w', encoding='utf-8') as errors:
            self.process = CHILDREN.add(subprocess.Popen(command, stdin=subprocess.DEVNULL,
                                                         stdout=errors, stderr=errors))
        self.pid = self.process.pid
        self.qmp = socket.socket(socket.AF_UNIX)
        self.qmp.settimeout(60)
        wait_until(lambda: self.runs() and self.qmp.connect_ex(socket_path) == 0, 'QEMU\'s monitor')
        self.answers = self.qmp.makefile('r', encoding='utf-8')
        self.command('qmp_capabilities')

    def runs(self):
        require(self.process.poll() is None, f'QEMU ended: {read(self.errors)!r}')
        return True

    def command(self, name):
        self.qmp.sendall(json.dumps({'execute': name}).encode())
        while 'return' not in json.loads(self.answers.readline()):
            pass

    def quit(self):
        """It may end before it answers."""
        self.qmp.sendall(json.dumps({'execute': 'quit'}).encode())

    def wait_up(self):
        try:
            wait_until(lambda: self.runs() and 'the guest is up' in read(self.console),
                       'the guest to boot', 600)
        except Failure as failure:
            raise Failure(f'{failure}; its console: {read(self.console)[-400:]!r}') from None

    def vcpu_tids(self):
        """By QEMU's names of the threads, which its debug-threads=on asks for."""
        tids = {}
        for tid in os.listdir(f'/proc/{self.pid}/task'):
            match = re.match(r'CPU (\d+)/KVM', read(f'/proc/{self.pid}/task/{tid}/comm'))
            if match:
                tids[int(match[1])] = int(tid)
        return tids


class Verify:
    """A --verify beside all that goes on, which must hold."""

    def __init__(self, *args):
        self.process = CHILDREN.add(subprocess.Popen(
            [KVMTOP, '--verify', '-o', 'json', *args], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True))

    def finish(self, pid):
        out, _ = self.process.communicate(timeout=PATIENCE_S)
        pairs = [pair for pair in json.loads(out)['pairs'] if pair['class'] == 'exact']
        equal('exit status of --verify, and exact pairs that do not hold',
              (self.process.returncode, [pair for pair in pairs if pair['verdict'] != 'ok']),
              (0, []))
        exits = [pair['stats'] for pair in pairs if (pair['pid'], pair['stat']) == (pid, 'exits')]
        require(len(exits) == 1 and exits[0][0] > 0, f'exits of QEMU\'s VM: {exits}')


def boot_linux(program, attempts=3):
    """
    A guest that is up, and the --verify that began with it. Should it hang all the same (see BOOT), it gets
    another chance.
    """
    qemu = Qemu(program, linux=True)
    verify = Verify('-p', str(qemu.pid), '-n', '10')
    try:
        qemu.wait_up()
        return qemu, verify
    except Failure as failure:
        why = failure
    for process in verify.process, qemu.process:
        process.kill()
        process.wait()
    if attempts == 1:
        raise why
    return boot_linux(program, attempts - 1)


def stats_shown(vm):
    return {'exits': vm.exits, **{name: vm.total(name) for name in ('interrupt', 'vintr', 'io')}}


def stats_counted(pid, vm_fd):
    return {'exits': kvm_stat(pid, vm_fd, 'exits'),
            'interrupt': kvm_stat(pid, vm_fd, 'irq_exits'),
            'vintr': kvm_stat(pid, vm_fd, 'irq_window_exits'),
            'io': kvm_stat(pid, vm_fd, 'io_exits')}


# What each guest has exits for: Linux, and the firmware.
LINUX = 'npf', 'io', 'msr', 'hlt', 'cpuid', 'KVM_EXIT_IO', 'KVM_EXIT_MMIO'
FIRMWARE = 'npf', 'io', 'cpuid', 'KVM_EXIT_IO'


def watch_guest(bed, program, source, linux):
    """kvmtop from before its start to after its end; paused for a comparison to the unit."""
    kvmtops = bed.ready(bed.start('-s', '0.5'))
    # The firmware may be done before a --verify counts.
    qemu, verify = boot_linux(program) if linux else (Qemu(program, linux=False), None)
    reasons = LINUX if linux else FIRMWARE
    for kvmtop in kvmtops.values():
        kvmtop.wait(lambda ledger: any(all(vm.total(name) for name in reasons) for vm in ledger.of_pids({qemu.pid})),
                    f'all of {reasons}')
        kvmtop.wait_frames(2)
    qemu.command('stop')
    paused = {}
    vm_fd = int(vm_of(kvmtops[PATHS[0]], qemu.pid).id.split('-')[1])
    for path, kvmtop in kvmtops.items():
        kvmtop.wait_now()
        paused[path] = stats_shown(vm_of(kvmtop, qemu.pid))
    counted = stats_counted(qemu.pid, vm_fd)
    tids = qemu.vcpu_tids()
    check_sources(qemu.pid, source)
    if verify:
        verify.finish(qemu.pid)  # it began while the guest booted
    qemu.command('cont')
    if not linux:
        qemu.quit()
    equal('exit status of QEMU', qemu.process.wait(PATIENCE_S), 0)

    def check(path):
        kvmtops[path].wait_ended({qemu.pid})
        kvmtops[path].check()
        vm = vm_of(kvmtops[path], qemu.pid)
        equal('name', vm.name, 'real01')
        equal('threads of the vCPUs', {i: vcpu.tid for i, vcpu in vm.vcpus.items()}, tids)
        equal('counts while it was paused, compared with KVM\'s', paused[path], counted)
        require(vm.exits > paused[path]['exits'] or not linux, 'nothing was counted after the pause')
        require(all(vcpu.exits for vcpu in vm.vcpus.values()), 'a vCPU without exits')
        for name in reasons:
            require(vm.total(name), f'no {name} in {[*vm.vcpus[0].reasons]}')
    return check


# ---- where its statistics come from


def shown_by(pid, source, *args):
    """The VM's statistics and its vCPUs', which must be by @source and those of debugfs."""
    [vm] = vms_of(once(*args), {pid}).values()
    equal('sources of statistics, of the VM and of its vCPUs',
          (vm['stats_source'], [vcpu['stats_source'] for vcpu in vm['vcpus']]),
          ('iterator', [source, source]))
    missing, more = check_debugfs(f'VM {vm["id"]}, by {source}', vm)
    equal('names in debugfs only, and here only', (missing, more), (set(), set()))
    return {'vm': values_of(vm['stats']),
            **{vcpu['id']: values_of(vcpu['stats']) for vcpu in vm['vcpus']}}


def check_sources(pid, source):
    """All sources have the same of a VM that has been paused, histograms included."""
    want = shown_by(pid, source)
    require(want[0]['exits'] > 0, 'no exits of vCPU 0')
    for only in {source, 'iterator'}:
        equal(f'--stats-source {only}, compared with {source}',
              shown_by(pid, only, '--stats-source', only), want)
    listed = {name: fact for name, fact in features().items() if name.startswith(f'VM {pid}-')}
    equal('--features', list(listed.values()), [('yes', source)])


def system_source():
    """QEMU holds statistics fds since 8.1."""
    needs(SYSTEM_QEMU)
    _, out, _ = run(SYSTEM_QEMU, '--version')
    major, minor = re.search(r'version (\d+)\.(\d+)', out).groups()
    return 'fd' if (int(major), int(minor)) >= (8, 1) else 'iterator'


@over_paths('a Linux guest under QEMU', BOOT)
def system_qemu(bed):
    return watch_guest(bed, SYSTEM_QEMU, system_source(), linux=True)


@over_paths('the firmware under a QEMU that holds statistics fds', BOOT)
def newer_qemu(bed):
    return watch_guest(bed, GUEST_QEMU, 'fd', linux=False)
