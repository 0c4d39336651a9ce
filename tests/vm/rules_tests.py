# SPDX-License-Identifier: GPL-2.0
"""
Tests of the diagnosis on real KVM. Each load is found by its rule, and nothing else is to be acted on. An
instruction takes one ns (measuring mode), so what a load costs is the same on every machine. There is one CPU. VMs rest
most of the time, so that they do not wait for each other.
"""
import contextlib
import glob
import re
import signal
import subprocess

from bed import CHILDREN, DEBUGFS, KVMTOP, Failure, Kvmtop, Simguest, equal, read, require, run, wait_until
from registry import test

WITHIN_S = 5
REST = '--halt-irqchip', '1', '--halt-us', '6000'
PARAMETERS = '/sys/module/kvm/parameters'


@contextlib.contextmanager
def parameters(**values):
    """KVM's, as they are to be meanwhile."""
    before = {name: read(f'{PARAMETERS}/{name}') for name in values}
    try:
        set_parameters(values)
        yield
    finally:
        set_parameters(before)


def set_parameters(values):
    for name, value in values.items():
        with open(f'{PARAMETERS}/{name}', 'w', encoding='ascii') as file:
            file.write(str(value))


def end(guests):
    for guest in guests:
        guest.process.kill()
        guest.process.wait()


class Watch:
    """A kvmtop that sees all loads, one after the other."""

    def __init__(self):
        self.kvmtop = Kvmtop('--detail', 'msr,pio,mmio', command=['nice', '-n', '-20']).ready()

    def begin(self, load, *args):
        """Starts a load. It is in no frame before the next one."""
        guest = Simguest(*args, '--forever', '--name', load)
        guest.first_frame = len(self.kvmtop.ledger.frames)
        return guest

    def frames_of(self, guest):
        """Since the load began: the time of each frame, and its findings by rule."""
        return [(frame['interval_s'], {finding['rule']: finding for finding in frame['findings']
                                       if finding['vm'].startswith(f'{guest.pid}-')})
                for frame in self.kvmtop.ledger.frames[guest.first_frame:]]

    def check(self, load, rule, guest):
        """The rule is found in time, and no other is to be acted on until then."""
        self.kvmtop.wait(lambda _: len(self.frames_of(guest)) > WITHIN_S + 1 or
                         any(rule in findings for _, findings in self.frames_of(guest)), f'{rule}: {load}')
        passed = 0
        for interval_s, findings in self.frames_of(guest):
            others = [finding['text'] for name, finding in findings.items() if name != rule and finding['severity'] == 'act']
            equal(f'{load}: other findings to act on', others, [])
            passed += interval_s
            if rule in findings:
                print(f'{load}: after {passed:.1f} s: {rule} {findings[rule]["severity"]}: {findings[rule]["text"]}; all: '
                      f'{[(name, finding["severity"]) for name, finding in findings.items()]}', flush=True)
                return findings[rule]
        raise Failure(f'{load}: no {rule} after {passed:.1f} s: {self.frames_of(guest)[-1][1]}')

    def find(self, **loads):
        """Loads at once: the rule and the arguments of each. Returns the findings by load."""
        guests = {load: self.begin(load, *args) for load, (_, *args) in loads.items()}
        found = {load: self.check(load, loads[load][0], guest) for load, guest in guests.items()}
        end(guests.values())
        return found


def says(finding, **evidence):
    equal(f'evidence of {finding["text"]}', {name: finding['evidence'].get(name) for name in evidence}, evidence)


@test('the diagnosis: an MSR, a port, MMIO, page faults, nested, sleeps, a slow VMM, polling', boot='measuring',
      on=('6.12',))
def loads():
    watch = Watch()
    slow_answers = '--user-sleep-us', '500', '--rounds', '10', *REST
    found = watch.find(msr=('R10', '--rdmsr', '200', *REST), port=('R11', '--out', '4', *slow_answers),
                       mmio=('R12', '--mmio', '4', *slow_answers), fills=('R15', '--touch', '80', '--touch-mib', '512', *REST),
                       # It rests in its VMM, as guests of its own do not go together with KVM's interrupt controllers here.
                       nested=('R20', '--nested', '100', '--hlt', '1', '--user-sleep-us', '6000', '--rounds', '100'))
    says(found['msr'], key='0x1b', direction='read', reason='msr')
    says(found['port'], key='port 0x510', reason='KVM_EXIT_IO')
    says(found['mmio'], key='MMIO 0xd0000000', reason='KVM_EXIT_MMIO')
    with parameters(halt_poll_ns=0):
        watch.find(sleeps=('R8', '--halt-irqchip', '100', '--halt-us', '140'),
                   slow=('R13', '--out', '1', '--vcpus', '4', '--halt-irqchip', '1', '--halt-us', '20000', '--user-sleep-us',
                         '12000', '--sleep-one-in', '40'))
    # The time that a poll may take grows to that of the halts, and then may be no longer than this. It does not shrink.
    with parameters(halt_poll_ns=20000000, halt_poll_ns_grow_start=1000000, halt_poll_ns_shrink=1):
        guest = watch.begin('polls', '--halt-irqchip', '10', '--halt-us', '8000')
        watch.kvmtop.wait_frames(1)
        set_parameters({'halt_poll_ns': 1500000})
        watch.check('polls', 'R7', guest)
        end([guest])
    watch.kvmtop.stop()


def exits_of(pid):
    """By KVM's debugfs; 0: the VM is not there yet."""
    return sum(int(read(path)) for path in glob.glob(f'{DEBUGFS}/{pid}-*/exits'))


def lines_of_why(*args):
    """What `--why -v` says of each VM: the first line by name."""
    status, out, err = run('nice', '-n', '-20', KVMTOP, '--why', '-v', '-s', '1', *args)
    print(out, flush=True)
    require(status in (0, 4), f'status {status}: {err}')
    lines = {}
    for line in out.splitlines():
        match = re.match(r'([!? ]) (\w+) +lost +\S+ CPUs  (R\d+)  (.*)', line)
        if match:
            lines.setdefault(match[2], []).append((match[1], match[3], match[4]))
    return lines


@test('the diagnosis: stopped, paused, idle, fine, busy, and a vCPU that starves', boot='measuring', on=('6.12',))
def states():
    spin = '--spin', '100000', '--forever', '--name'
    guests = {'stopped': Simguest(*spin, 'stopped'),
              'paused': Simguest('--in', '1', '--user-sleep-us', '600000000', '--name', 'paused'),
              'idle': Simguest('--halt-irqchip', '20', '--halt-us', '100000', '--forever', '--name', 'idle'),
              'fine': Simguest('--spin', '1000000', '--halt-irqchip', '1', '--halt-us', '10000', '--forever', '--name', 'fine')}
    for name in 'stopped', 'paused':
        wait_until(lambda pid=guests[name].pid: exits_of(pid), 'the VM to run')
    guests['stopped'].process.send_signal(signal.SIGSTOP)
    lines = lines_of_why()
    equal('rules', {name: found[0][:2] for name, found in lines.items()},
          {'stopped': ('?', 'R23'), 'paused': ('?', 'R23'), 'idle': (' ', 'R29'), 'fine': (' ', 'R30')})
    require('SIGSTOP' in lines['stopped'][0][2] and 'paused' in lines['paused'][0][2], str(lines))
    end(guests.values())
    guest = Simguest(*spin, 'busy')
    equal('rules', [line[:2] for line in lines_of_why()['busy']], [(' ', 'R27')])
    end([guest])
    guest = Simguest('--spin', '20000000', '--halt-irqchip', '1', '--halt-us', '10000', '--vcpus', '8', '--others-halt', '--forever',
                     '--name', 'starves')
    with subprocess.Popen(['nice', '-n', '4', 'sh', '-c', 'while :; do :; done']) as hog:
        CHILDREN.add(hog)
        found = lines_of_why()['starves']
        hog.kill()
    equal('rules', [line[:2] for line in found], [('?', 'R4')])
    require(found[0][2].startswith('vCPU 0 waits for a CPU'), str(found))
    end([guest])
