# SPDX-License-Identifier: GPL-2.0
"""
Tests of the screen of a live host, in tmux: VMs that come, go and change places, and a pause. The terminal is given back
however the screen ends. What is waited for is what the screen shows. `run --slow` has them under each kernel.
"""
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import time

import vendor
from bed import CHILDREN, KVMTOP, Simguest, check_vms, equal, finish, needs, read, require, run, wait_until
from ledger import Ledger
from registry import KERNELS, SLOW, test

ON = KERNELS if SLOW else ('6.12',)
PAUSE_S = 30 if SLOW else 5
SLEEPY = '--halt-irqchip', '20', '--halt-us', '20000', '--forever'


class Screen:
    """A shell in tmux, in which kvmtop is started."""

    def __init__(self, columns=80, lines=24):
        needs('tmux')
        self.folder = tempfile.mkdtemp(dir='/tmp')
        with open(f'{self.folder}/rc', 'w', encoding='utf-8') as rc:
            rc.write(f'set +o history\nPS1="prompt> "\ncd {self.folder}\n')
        self.env = {name: value for name, value in os.environ.items() if name not in ('TMUX', 'NO_COLOR', 'COLUMNS', 'LINES')}
        self.env.update(LC_ALL='C.UTF-8', TZ='UTC', HOME=self.folder, TERM='xterm')
        # In the foreground, so that nothing of a test that fails is left for the next one.
        CHILDREN.add(subprocess.Popen(['tmux', '-D', '-S', f'{self.folder}/socket', '-f', '/dev/null'], env=self.env))
        wait_until(self.is_served, 'tmux')
        self.tmux('new-session', '-d', '-x', str(columns), '-y', str(lines), f'bash --rcfile {self.folder}/rc -i')
        self.shows('prompt>')

    def is_served(self):
        with socket.socket(socket.AF_UNIX) as client:
            return not client.connect_ex(f'{self.folder}/socket')

    def tmux(self, *args):
        status, out, err = run('tmux', '-S', f'{self.folder}/socket', '-f', '/dev/null', *args, env=self.env)
        equal(f'exit status of tmux {args} ({err})', status, 0)
        return out

    def keys(self, *keys):
        self.tmux('send-keys', *keys)

    def type_line(self, line):
        self.keys('-l', line)
        self.keys('Enter')

    def picture(self):
        return self.tmux('capture-pane', '-p')

    def mode(self):
        """Whether the alternate screen is on, and the cursor."""
        return self.tmux('display-message', '-p', '#{alternate_on} #{cursor_flag}').strip()

    def wait(self, fact, what):
        try:
            return wait_until(fact, what, pause_s=0.2)  # each look is a process
        except Exception:
            print(self.picture(), flush=True)
            raise

    def shows(self, text):
        self.wait(lambda: text in self.picture(), f'{text} on the screen')

    def start(self, *args):
        """Starts kvmtop, and waits for its first frame."""
        self.type_line('stty -g >before')
        self.run(shlex.join([KVMTOP, *args]))
        self.shows(' LIVE')

    def run(self, command):
        """In the foreground, until it ends or stops, see check_ended()."""
        if os.path.exists(f'{self.folder}/after'):
            os.unlink(f'{self.folder}/after')
        self.type_line(f'{command}; echo "status $? end"; stty -g >after')

    def pid(self):
        """Of kvmtop: the shell has no other child."""
        shell = self.tmux('display-message', '-p', '#{pane_pid}').strip()
        return int(read(f'/proc/{shell}/task/{shell}/children'))

    def check_ended(self, status):
        """It ends, or stops, with @status, and the terminal is as before."""
        self.shows(f'status {status} end')
        self.wait(lambda: os.path.exists(f'{self.folder}/after') and read(f'{self.folder}/after'), 'the shell to go on')
        equal('settings of the terminal', read(f'{self.folder}/after'), read(f'{self.folder}/before'))
        equal('alternate screen, cursor', self.mode(), '0 1')

    def rows(self):
        """The names of VMs from the top, and the one that is selected."""
        found = re.findall(r'^(.)[ !?] (?:\(\w+\) )?(vm\d)\b', self.picture(), re.MULTILINE)
        return [name for _, name in found], [name for mark, name in found if mark == '>']

    def select(self, name):
        while self.rows()[1] != [name]:
            before = self.rows()[1]
            self.keys('Down')
            self.wait(lambda: self.rows()[1] != before, f'the selection to leave {before} on the way to {name}')

    def close(self):
        self.tmux('kill-server')


def end(guest):
    guest.process.send_signal(signal.SIGINT)
    return finish(guest)


@test('the screen: VMs that start, change places, and end while selected', on=ON)
def vms_come_and_go():
    screen = Screen()
    screen.start('--sort', 'vmm')
    vms = {name: Simguest(*SLEEPY, '--name', name) for name in ('vm1', 'vm2')}
    screen.wait(lambda: {*screen.rows()[0]} == {*vms}, 'both VMs')
    vms['vm3'] = Simguest(*SLEEPY, '--name', 'vm3')
    screen.wait(lambda: {*screen.rows()[0]} == {*vms}, 'the VM that has started')
    # One that is stopped is in its VMM all the time: it comes to the top.
    for first, last in ('vm2', 'vm1'), ('vm1', 'vm2'):
        vms[first].process.send_signal(signal.SIGSTOP)
        vms[last].process.send_signal(signal.SIGCONT)
        screen.wait(lambda top=first: screen.rows()[0][0] == top, f'{first} at the top')
        if first == 'vm2':
            screen.select('vm2')
        equal('selected', screen.rows()[1], ['vm2'])
    vms['vm1'].process.send_signal(signal.SIGCONT)
    end(vms['vm2'])
    screen.wait(lambda: {*screen.rows()[0]} == {'vm1', 'vm3'} and 'vm2' not in screen.picture(), 'the VM that has ended to go')
    require(len(screen.rows()[1]) == 1, f'no VM is selected: {screen.rows()}')
    screen.keys('q')
    screen.check_ended(0)
    screen.close()
    for name in 'vm1', 'vm3':
        end(vms[name])


@test('the screen waits until KVM is loaded', on=ON)
def waits_for_kvm():
    modules = [*(name for name in ('kvm_amd', 'kvm_intel') if os.path.exists(f'/sys/module/{name}')), 'kvm']
    screen = Screen()
    equal('exit status of rmmod', run('rmmod', *modules)[0], 0)
    try:
        screen.type_line(shlex.join([KVMTOP]))
        screen.shows('kvmtop waits until it is loaded')
    finally:
        equal('exit status of modprobe', run('modprobe', modules[0])[0], 0)
    screen.shows(' LIVE')
    vm = Simguest(*SLEEPY, '--name', 'vm1')
    screen.wait(lambda: screen.rows()[0] == ['vm1'], 'the VM')
    screen.keys('q')
    screen.shows('prompt>')
    screen.close()
    end(vm)


class Recorded:
    """The books of a recording, as those of a kvmtop."""

    def __init__(self, path):
        self.ledger = Ledger(False, vendor.NAMES)
        status, out, err = run(KVMTOP, '--replay', path, '-o', 'json')
        equal(f'exit status of --replay ({err})', status, 0)
        for line in out.splitlines():
            self.ledger.add(json.loads(line))

    def check(self):
        equal('faults of the recording', self.ledger.faults, [])


@test('the screen: a pause loses nothing', on=ON)
def pause():
    screen = Screen()
    record = f'{screen.folder}/record'
    screen.start('-s', '0.5', '--record', record)
    guest = Simguest('--name', 'vm1', '--vcpus', '2', '--cpuid', '20', '--rdmsr', '4', '--out', '2', '--halt-irqchip', '1',
                     '--halt-us', '2000', '--forever')
    screen.wait(lambda: screen.rows()[0] == ['vm1'], 'the VM')
    screen.keys('Space')
    screen.shows('PAUSED')
    still = screen.rows(), [line for line in screen.picture().splitlines() if 'vm1' in line]
    began = time.monotonic()
    screen.wait(lambda: time.monotonic() - began > PAUSE_S, 'a pause')
    equal('the picture', (screen.rows(), [line for line in screen.picture().splitlines() if 'vm1' in line]), still)
    screen.keys('L')
    screen.shows(' LIVE')
    guests = end(guest)
    screen.wait(lambda: not screen.rows()[0], 'the VM to go')
    screen.keys('q')
    screen.check_ended(0)
    screen.close()
    check_vms(Recorded(record), guests)


@test('the screen: the terminal is as before after Ctrl-Z and fg, another size, SIGTERM, SIGHUP, SIGSEGV', on=ON)
def gives_back():
    guest = Simguest(*SLEEPY, '--name', 'vm1')
    screen = Screen()
    screen.start()
    screen.keys('C-z')
    screen.check_ended(128 + signal.SIGTSTP)
    screen.run('fg')
    screen.wait(lambda: screen.rows()[0] == ['vm1'], 'the screen after fg')
    for columns, lines in (120, 40), (40, 10), (80, 24):
        screen.tmux('resize-window', '-x', str(columns), '-y', str(lines))
        screen.wait(lambda wide=columns: max(map(len, screen.picture().splitlines())) in range(wide - 20, wide + 1)
                    and screen.rows()[0] == ['vm1'], f'a picture of {columns}x{lines}')
    for signum, status in (signal.SIGTERM, 0), (signal.SIGHUP, 0), (signal.SIGSEGV, 128 + signal.SIGSEGV):
        os.kill(screen.pid(), signum)
        screen.check_ended(status)
        if signum != signal.SIGSEGV:
            screen.type_line('clear')
            screen.wait(lambda: 'end' not in screen.picture(), 'a clear terminal')
            screen.start()
    screen.close()
    end(guest)
