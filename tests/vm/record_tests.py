# SPDX-License-Identifier: GPL-2.0
"""Tests of recordings: what is replayed is what was shown when it was recorded."""
import json
import os
import subprocess

from bed import (CHILDREN, HERE, KVMTOP, Failure, Simguest, as_nobody, equal, fails_in_one_line, read,
                 require, run, wait_until)
from registry import test

FILE = f'{HERE}/recording'
DIARY = f'{HERE}/diary'


def output_of(*command):
    status, out, err = run(*command)
    equal(f'exit status of {command} ({err.strip()})', status, 0)
    # A kvmtop may be killed in the middle of a write.
    require(not err or 'cut off' in err, f'{command} says {err}')
    return out


def live(*args):
    """What it prints; to its end."""
    return output_of(KVMTOP, '--record', FILE, '-s', '0.3', '-o', 'json', *args)


def replayed(*args, command=()):
    return output_of(*command, KVMTOP, '--replay', FILE, '-o', 'json', *args)


def frames(out):
    return [json.loads(line) for line in out.splitlines()]


def comparable(out):
    """Frames without the next step of a finding: of a recording there is another one."""
    some = frames(out)
    for frame in some:
        for finding in frame['findings'] or []:
            del finding['next']
    return some


def differs(got, want, where=''):
    """Where two JSON values first differ, and how; nothing if they do not."""
    if isinstance(got, dict) and isinstance(want, dict) and got.keys() == want.keys():
        found = [differs(got[key], want[key], f'{where}.{key}') for key in got]
    elif isinstance(got, list) and isinstance(want, list) and len(got) == len(want):
        found = [differs(*pair, f'{where}[{i}]') for i, pair in enumerate(zip(got, want))]
    else:
        found = [] if got == want else [f'{where}: {got}, expected {want}']
    return next(filter(None, found), None)


def equal_frames(what, got, want):
    if got != want:
        raise Failure(f'{what}: {differs(got, want)}')


def killed():
    """Records some frames more until it is killed in the middle of something."""
    enough = len(frames(replayed())) + 2
    kvmtop = CHILDREN.add(subprocess.Popen(
        [KVMTOP, '--record', FILE, '-s', '0.1'], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL))
    wait_until(lambda: len(frames(replayed())) >= enough, 'something to be recorded')
    kvmtop.kill()
    kvmtop.wait()


def record_and_replay():
    forever = Simguest('--cpuid', '100', '--out', '10', '--vcpus', '2', '--forever')
    Simguest('--cpuid', '200', '--mmio', '20', '--rounds', '40')  # ends in between
    shown = live('-n', '5', '--detail', 'msr,cpuid')
    equal_frames('the frames that are replayed', comparable(replayed()), comparable(shown))
    equal('mode of the file', os.stat(FILE).st_mode & 0o777, 0o600)

    # Another run, of the same file, that comes to a bad end; and one after it.
    for _ in range(2):
        killed()
        some = comparable(replayed())
        equal_frames('the first run, with another one behind it', some[:5], comparable(shown))
        require(len(some) > 5, 'nothing of a run that was killed')
    shown += live('-n', '3', '--latency', 'off')
    some = comparable(replayed())
    equal_frames('the first run and the last one', some[:5] + some[-3:], comparable(shown))
    return forever


def check_merged(pid, every):
    """Of intervals that are joined, here all of a run, the counters are the sums."""
    def exits(some):
        return sum(vm['exits']['delta'] for frame in some for vm in frame['vms']
                   if vm['pid'] == pid)

    merged = frames(replayed('-s', '3600'))
    for frame, parts in (merged[0], every[:5]), (merged[-1], every[-3:]):
        equal('time of a longer interval', frame['time'], parts[-1]['time'])
        equal('exits in a longer interval', exits([frame]), exits(parts))
    require(exits(merged[:1]) > 0, 'no exits in a longer interval')


def check_choices(pid):
    """What is shown of it may be less than what is in it."""
    every = frames(replayed())
    only = frames(replayed('-p', str(pid), '--vcpu', '1', '-n', '5'))
    equal('VMs and vCPUs with -p and --vcpu',
          [[(vm['pid'], [vcpu['id'] for vcpu in vm['vcpus']]) for vm in frame['vms']]
           for frame in only], [[(pid, [1])]] * 5)
    check_merged(pid, every)
    since = every[-2]['time']
    equal('frames with --since', frames(replayed('--since', since)), every[-1:])
    equal('frames with --until', frames(replayed('--until', every[1]['time'])), every[:2])


@test('a recording is replayed as it was shown', on=('6.1',))
def recordings():
    forever = record_and_replay()
    check_choices(forever.pid)
    fails_in_one_line(1, 'nothing was recorded then', '--replay', FILE, '--since', '2020-01-01',
                      '--until', '2020-01-02')
    with open(DIARY, 'w', encoding='ascii') as file:
        file.write('dear diary')
    fails_in_one_line(1, 'not a recording', '--replay', DIARY)
    fails_in_one_line(1, 'give another file', '--record', DIARY, '-1')
    equal('a foreign file', read(DIARY), 'dear diary')
    os.chmod(FILE, 0o644)
    equal('frames of another user', len(frames(replayed('-1', command=as_nobody()))), 1)
