# SPDX-License-Identifier: GPL-2.0
"""
Tests of what kvmtop writes, and to which readers. Some do not read; signals come at any moment, disks are full, and
another user has set up files as traps. On two kernels, as pipes and terminals are theirs.
"""
import json
import os
import pty
import signal
import subprocess
import tempfile
import threading
import time

from bed import (CHILDREN, HERE, KVMTOP, PATIENCE_S, Simguest, equal, fails_in_one_line, read, require, run,
                 wait_until, waits_in_poll)
from metrics_tests import PORT, get
from registry import test

ON = '6.1',  # nothing here is the kernel's, so once is enough
FOLDER = f'{HERE}/output'
OTHER = 1000  # a user


def output_test(name):
    return test(name, on=ON)


def full_pipe():
    """(read end, write end): nothing more goes into it."""
    reader, writer = os.pipe()
    fill(writer)
    return reader, writer


def fill(writer):
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b'.' * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)  # kvmtop gets the same open file


class Run:
    """A kvmtop whose stderr is a file."""

    def __init__(self, *args, stdout=subprocess.DEVNULL, stderr=None):
        self.errors = tempfile.NamedTemporaryFile('w+', encoding='utf-8')
        self.args = args
        self.process = CHILDREN.add(subprocess.Popen(
            [KVMTOP, *args], stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=self.errors if stderr is None else stderr, start_new_session=True))

    def said(self):
        return read(self.errors.name)

    def runs(self):
        status = self.process.poll()
        require(status is None, f'{self.args} ended with {status}: {self.said()}')
        return True

    def wait_said(self, words):
        wait_until(lambda: words in self.said() or not self.runs(), f'"{words}" on stderr')

    def wait_counting(self):
        wait_until(lambda: self.runs() and waits_in_poll(self.process.pid), f'{self.args} to count')

    def end(self, signum=signal.SIGTERM, status=(0,)):
        """By one signal."""
        self.process.send_signal(signum)
        try:
            got = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            require(False, f'{self.args}: one signal does not end it: {self.said()}')
        require(got in status, f'{self.args}: exit status {got}: {self.said()}')
        return self


def recorded(path):
    """The frames of a recording."""
    status, out, err = run(KVMTOP, '--replay', path, '-o', 'json')
    too_early = 'No such file', 'two for an interval', 'no snapshot', 'nothing to show'
    require(status == 0 or any(words in err for words in too_early), f'--replay: {err}')
    return [json.loads(line) for line in out.splitlines()]


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def wait_recorded(kvmtop, path):
    """Until more is recorded."""
    before = size(path)
    wait_until(lambda: kvmtop.runs() and size(path) > before + 1000, 'the recording to go on')


def many_vms():
    """VMs that make frames of JSON far larger than a pipe."""
    sim = Simguest('--cpuid', '5', '--vms', '20', '--vcpus', '2', hold=True)
    sim.wait_reports(40)
    return sim


def check_gaps(frames, every):
    """Each frame says how many are missing before it."""
    times = [frame['time'] for frame in every]
    for i, frame in enumerate(frames):
        equal(f'frame {i}: its place in the recording', times.index(frame['time']), i + frame['drops']['frames'])


@output_test('stdout without a reader stops neither recording nor metrics, and what is left out is counted')
def unread():
    path = f'{HERE}/unread.rec'
    sim = many_vms()
    reader, writer = os.pipe()
    kvmtop = Run('-o', 'json', '-s', '0.3', '--record', path, '--listen', str(PORT), stdout=writer)
    os.close(writer)
    kvmtop.wait_said('left out')
    for _ in range(4):
        wait_recorded(kvmtop, path)
        # A frame of the last three intervals, which is short on a slow day.
        wait_until(lambda: kvmtop.runs() and get('/healthz')[0] == 200, 'metrics that are fresh')
    lines = []
    with os.fdopen(reader, encoding='ascii') as stream:
        thread = threading.Thread(target=lambda: lines.extend(stream), daemon=True)
        thread.start()
        kvmtop.wait_said('is read again')
        count = len(lines)
        wait_until(lambda: len(lines) > count + 2, 'frames after that')
        kvmtop.end()
        thread.join(PATIENCE_S)
    frames = [json.loads(line) for line in lines]
    every = recorded(path)
    lost = frames[-1]['drops']['frames']
    require(lost > 0 and frames[0]['drops']['frames'] == 0, f'{lost} frames were left out')
    equal('frames that are there and left out', len(frames) + lost, len(every))
    check_gaps(frames, every)
    said = kvmtop.said().splitlines()
    equal('lines on stderr', len(said), 2)
    require(f': {lost} frames were left out' in said[1], f'stderr: {said}')
    sim.finish()


@output_test('a terminal that is stopped, with stdout and stderr on it, stops nothing, and one signal ends it')
def stopped_terminal():
    path = f'{HERE}/terminal.rec'
    sim = many_vms()
    master, slave = pty.openpty()
    kvmtop = Run('-s', '0.1', '--by', 'vcpu', '-o', 'text', '--record', path, '-vv', stdout=slave,
                 stderr=slave)
    os.close(slave)
    # Long after it was said, on the terminal, that something is left out.
    wait_until(lambda: kvmtop.runs() and [f for f in recorded(path) if f['drops']['frames'] > 3],
               'frames to be recorded that are not shown')
    wait_recorded(kvmtop, path)
    kvmtop.end()
    os.close(master)
    sim.finish()


@output_test('-n N: a reader that comes late gets all, and a signal ends the wait for one')
def late_reader():
    path = f'{HERE}/late.rec'
    sim = many_vms()
    args = '-o', 'json', '-s', '0.1', '-n', '5'
    reader, writer = os.pipe()
    kvmtop = Run(*args, '--record', path, stdout=writer)
    os.close(writer)
    wait_until(lambda: kvmtop.runs() and len(recorded(path)) == 5, 'the last interval')
    with os.fdopen(reader, encoding='ascii') as stream:
        lines = list(stream)
    equal('exit status', kvmtop.process.wait(PATIENCE_S), 0)
    equal('frames', [json.loads(line) for line in lines], recorded(path))
    equal('stderr', kvmtop.said(), '')
    reader, writer = full_pipe()
    os.unlink(path)
    kvmtop = Run(*args, '--record', path, stdout=writer)
    wait_until(lambda: kvmtop.runs() and len(recorded(path)) == 5, 'the last interval')
    kvmtop.end()
    os.close(reader)
    os.close(writer)
    sim.finish()


# ---- signals


class Blocked:
    """All ways to be held up by a reader that does not read; what each needs is open until close()."""

    def __init__(self):
        self.fds = []
        self.names = 0

    def close(self):
        for fd in self.fds:
            os.close(fd)

    def pipe(self):
        reader, writer = full_pipe()
        self.fds += reader, writer
        return writer

    def fifo(self):
        self.names += 1
        path = f'{FOLDER}/fifo{self.names}'
        if os.path.exists(path):
            os.unlink(path)
        os.mkfifo(path)
        return path

    def full_fifo(self):
        path = self.fifo()
        self.fds.append(os.open(path, os.O_RDWR))
        fill(self.fds[-1])
        return path

    def start(self, path):
        both = self.pipe()
        return [
            Run('-t', '-s', '0.1', '-L', self.fifo()),
            Run('-tc', '-s', '0.1', '-L', self.full_fifo()),
            Run('-t', '-s', '0.1', '-n', '3', '-L', self.full_fifo()),
            Run('-s', '0.1', stdout=self.pipe()),
            Run('-s', '0.1', '-vv', '--slower-than', '1ns', stdout=both, stderr=both),
            Run('--verify', '-s', '0.5', stdout=self.pipe()),
            Run('--replay', path, '-o', 'json', stdout=self.pipe()),
            Run('--replay', path, '-t', '-L', self.fifo()),
        ]


STATUS = (0, 1, -signal.SIGTERM, -signal.SIGINT)  # rows are lost; it had not begun to take signals


@output_test('one signal ends it at any moment, whichever reader does not read: at the start, in between, and at the end')
def one_signal():
    path = f'{HERE}/signal.rec'
    os.makedirs(FOLDER, exist_ok=True)
    equal('exit status of --record', run(KVMTOP, '--record', path, '-s', '0.1', '-n', '3')[0], 0)
    sim = Simguest('--cpuid', '20', '--out', '5', '--forever')
    for moment, signum in (0, signal.SIGTERM), (1.5, signal.SIGINT), (4, signal.SIGTERM):
        blocked = Blocked()
        runs = blocked.start(path)
        time.sleep(moment)
        for kvmtop in runs:
            if kvmtop.process.poll() is None:
                kvmtop.end(signum, STATUS)
        blocked.close()
    blocked = Blocked()
    runs = blocked.start(path)
    for kvmtop in runs[:6]:
        if '1ns' not in kvmtop.args:  # which has no rest
            kvmtop.wait_counting()
    runs[0].process.send_signal(signal.SIGHUP)
    runs[1].process.send_signal(signal.SIGHUP)
    runs[0].wait_said('it has no reader yet')
    for kvmtop in runs:
        kvmtop.runs()
        kvmtop.end(signal.SIGTERM, STATUS)
    blocked.close()
    require('could not be written and are lost' in runs[0].said(), f'stderr: {runs[0].said()}')
    sim.process.terminate()


@output_test('-L of a FIFO: its reader may come later')
def fifo_reader():
    os.makedirs(FOLDER, exist_ok=True)
    path = f'{FOLDER}/log.fifo'
    os.mkfifo(path)
    kvmtop = Run('-tc', '-s', '0.1', '-f', 'kvm_exit$', '-L', path)
    kvmtop.wait_said('it has no reader yet')
    with open(path, encoding='ascii') as stream:
        lines = [next(stream) for _ in range(10)]
        equal('header', lines[0], 'timestamp,kvm_exit\n')
        require(all(line.count(',') == 1 and line.endswith('\n') for line in lines), f'rows: {lines}')
        kvmtop.end()
    os.unlink(path)


# ---- full disks


@output_test('what is lost at the end for good is exit status 1: of a log, a recording, stdout')
def lost():
    path = f'{FOLDER}/full'
    os.makedirs(path)
    status, out, err = run(KVMTOP, '-t', '-s', '0.1', '-n', '3', '-L', '/dev/full')
    equal('-L /dev/full: exit status and stdout', (status, out), (1, ''))
    require('3 rows could not be written and are lost (No space' in err and 'columns' not in err, f'stderr: {err}')
    equal('-L /dev/null', run(KVMTOP, '-t', '-s', '0.1', '-n', '3', '-L', '/dev/null'), (0, '', ''))
    for args in ('-s', '0.1', '-n', '3'), ('--verify', '-s', '0.1'), ('--features',), ('-V',), ('--help',):
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([KVMTOP, *args], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                                  timeout=PATIENCE_S)
        require(done.returncode == 1 and 'No space left' in done.stderr,
                f'{args} to /dev/full: {done.returncode}, {done.stderr}')
    equal('mount', run('mount', '-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', path)[0], 0)
    sim = Simguest('--cpuid', '20', '--vms', '5', '--vcpus', '2', '--forever')
    status, _, err = run(KVMTOP, '-s', '0.1', '-n', '5', '--record', f'{path}/rec')
    equal(f'--record on a full disk: exit status ({err})', status, 1)
    require(' snapshots are not recorded' in err, f'stderr: {err}')
    sim.process.terminate()
    sim.process.wait()
    run('umount', path)


# ---- traps


def make(path, uid=0, mode=0o644, text=''):
    with open(path, 'w', encoding='ascii') as file:
        file.write(text)
    os.chown(path, uid, uid)
    os.chmod(path, mode)
    return path


def theirs():
    """A folder of another user, which is empty."""
    run('rm', '-rf', f'{HERE}/theirs')
    path = f'{HERE}/theirs'
    os.mkdir(path)
    os.chown(path, OTHER, OTHER)
    return path


def their_link(to, path):
    os.symlink(to, path)
    os.chown(path, OTHER, OTHER, follow_symlinks=False)


@output_test('root follows no link of another user, and writes to no file of theirs: at the start')
def traps():
    folder = theirs()
    victim = make(f'{HERE}/victim', text='root\n')
    new = f'{HERE}/new'
    their_link(victim, f'{folder}/victim')
    their_link(new, f'{folder}/new')
    their_link(HERE, f'{folder}/folder')
    os.link(victim, f'{folder}/hard')
    make(f'{folder}/own', OTHER, 0o666)
    os.mkfifo(f'{folder}/fifo')
    os.chown(f'{folder}/fifo', OTHER, OTHER)
    for name, words in (('victim', 'link of another user'), ('new', 'link of another user'),
                        ('folder/victim', 'link of another user'), ('hard', 'hard link'),
                        ('own', 'belongs to another user'), ('fifo', '')):
        fails_in_one_line(1, words, '-t', '-1', '-L', f'{folder}/{name}')
        fails_in_one_line(1, words, '-1', '-s', '0.1', '--record', f'{folder}/{name}')
    equal('the file of root', read(victim), 'root\n')
    require(not os.path.exists(new), 'a file was made behind a link')
    equal('the file of the user', (read(f'{folder}/own'), os.stat(f'{folder}/own').st_uid), ('', OTHER))


@output_test('root follows no link of another user: when a log is reopened')
def traps_later():
    folder = theirs()
    new, log = f'{HERE}/new', f'{folder}/log'
    kvmtop = Run('-tc', '-s', '0.1', '-f', 'kvm_exit$', '-L', log)
    wait_until(lambda: kvmtop.runs() and size(log) > 100, 'rows')
    os.rename(log, f'{log}.1')
    their_link(new, log)
    kvmtop.process.send_signal(signal.SIGHUP)
    kvmtop.wait_said('link of another user')
    before = size(f'{log}.1')
    wait_until(lambda: kvmtop.runs() and size(f'{log}.1') > before + 50, 'rows in the old file')
    os.unlink(log)
    wait_until(lambda: kvmtop.runs() and size(log), 'a new file')
    kvmtop.end()
    require(not os.path.exists(new), 'a file was made behind a link')
    equal('headers', [read(path).count('timestamp') for path in (log, f'{log}.1')], [1, 1])
