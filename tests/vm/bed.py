# SPDX-License-Identifier: GPL-2.0
"""
What the tests are made of: kvmtops that are being watched, VMs whose exits are known beforehand, and comparisons of
both.
"""
import fcntl
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time

import vendor
from ledger import Ledger

# In the guest, where /tmp is its own. Copies of the programs are there, for users that may not look into the folder
# that they come from. They also last if a build replaces the programs meanwhile.
HERE = '/tmp/kvmtop-tests'
KVMTOP = f'{HERE}/kvmtop'
KVMTOP_TESTS = f'{HERE}/tests/kvmtop'
SIMGUEST = f'{HERE}/simguest'

# With many vCPUs that never rest on few and emulated CPUs, kvmtop would wait for a CPU most of the time.
FIRST = ['nice', '-n', '-20']
HURRY = [*FIRST, KVMTOP]

# Only the kvmtop that is built for tests has these (user/options/options_table_tests.c).
TEST_OPTIONS = {'--exit-path', '--stats-source', '--slots', '--homes', '--small-memory', '--hists', '--lose-one-in',
                '--relocated-records', '--detail-keys', '--switch-at'}

DEBUGFS = '/sys/kernel/debug/kvm'
LOCKDOWN = '/sys/kernel/security/lockdown'
PATIENCE_S = 120  # for what takes a second or so, on a slow day beside another bed

# Beside those that the guest causes there are exits for interrupts of the host, and for windows to inject the guest's
# own. KVM counts both, under these names since 5.14 and before it.
NOISE = {
    'interrupt': ('irq_exits',),
    'vintr': ('irq_window_exits', 'irq_window'),
}
# By which the guest's own timer comes while it runs, which KVM counts with all exits only.
TIMERS = ['PREEMPTION_TIMER']


def install_programs():
    os.makedirs(os.path.dirname(KVMTOP_TESTS))
    for copy, name in (KVMTOP, 'KVMTOP'), (KVMTOP_TESTS, 'KVMTOP_TESTS'), (SIMGUEST, 'SIMGUEST'):
        shutil.copy(os.environ[name], copy)


def kvmtop_command(*args):
    """The program with these options: the one that is shipped, if it has them all."""
    return [KVMTOP_TESTS if TEST_OPTIONS & {*args} else KVMTOP, *args]


class Failure(Exception):
    """The test failed; says why in one line."""


class Late(Failure):
    """It took too long, or a time is not what it should be: see again()."""


class Skip(Exception):
    """The test makes no sense here; says why."""


def equal(what, got, want):
    if got != want:
        raise Failure(f'{what}: {got}, expected {want}')


def require(fact, why):
    if not fact:
        raise Failure(why)


def wait_until(fact, what, patience_s=PATIENCE_S, pause_s=0.05):
    """Waits until fact() is true, and returns it; looks every @pause_s."""
    deadline = time.monotonic() + patience_s
    while True:
        value = fact()
        if value:
            return value
        require(time.monotonic() < deadline, f'waited {patience_s} s for {what}')
        time.sleep(pause_s)


def again(measure):
    """
    Measures times, up to three times. On a machine that others use, too, the emulated CPUs may stand still between the
    two looks at the clock that are compared. Only what is Late: counts are exact at any speed.
    """
    for _ in range(2):
        try:
            return measure()
        except Late as late:
            print(f'again: {late}')
    return measure()


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def written(file):
    """
    What another process has written into a file that we have open. It is not opened again, as it is read often. The
    offset is our own: the writer's must not change.
    """
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode()


def time_text(seconds):
    """A time as frames have it, so that the two can be compared."""
    milliseconds = int(seconds * 1000)
    return time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(milliseconds // 1000)) + \
        f'.{milliseconds % 1000:03}Z'


def run(*args, **kwargs):
    """A command to its end: (status, stdout, stderr)."""
    done = subprocess.run(args, capture_output=True, text=True, timeout=PATIENCE_S,
                          stdin=subprocess.DEVNULL, check=False, **kwargs)
    return done.returncode, done.stdout, done.stderr


def bpftool(*args):
    """What it prints as JSON. Ubuntu's runs only under the kernel that it came with."""
    status, _, err = run('bpftool', 'version')
    if status:
        raise Skip(f'bpftool: {err.strip()}')
    status, out, err = run('bpftool', '-j', *args)
    require(status == 0, f'bpftool {args}: {err.strip()}{out.strip()}')
    return json.loads(out)


def needs(*tools):
    for tool in tools:
        if not shutil.which(tool):
            raise Skip(f'no {tool} here')


def as_nobody(*caps):
    needs('setpriv')
    ids = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs']
    if caps:
        plus = ','.join(f'+{cap}' for cap in caps)
        ids += [f'--inh-caps={plus}', f'--ambient-caps={plus}']
    return ids


def check_lockdown(mode):
    require(f'[{mode}]' in read(LOCKDOWN),
            'the kernel is not locked down as it should be')


class Children:
    """All processes that a test started, so that none outlives it."""

    def __init__(self):
        self.processes = []

    def add(self, process):
        self.processes.append(process)
        return process

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            for stream in process.stdin, process.stdout:
                if stream:
                    stream.close()
        self.processes = []


CHILDREN = Children()


# ---- kvmtop


def waits_in_poll(pid):
    """Whether the process sleeps in poll(2) or the like (numbers of x86-64)."""
    try:
        return read(f'/proc/{pid}/syscall').split()[0] in ('7', '232', '271', '281')
    except (FileNotFoundError, ProcessLookupError):
        return False


class Kvmtop:
    """A running kvmtop with its books. Use ready() before anything that it should see begins."""

    def __init__(self, *args, command=(), midway=False, children=CHILDREN):
        self.ledger = Ledger(midway, vendor.NAMES)
        self.broken = None  # a line of output that is no frame
        self.stopped = False
        self.exit_path = None
        self.changed = threading.Condition()
        self.errors = tempfile.NamedTemporaryFile()
        self.process = children.add(subprocess.Popen(
            [*command, *kvmtop_command('-v', '-o', 'json', *args)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.errors))
        self.reader = threading.Thread(target=self.read_frames, daemon=True)
        self.reader.start()

    def read_frames(self):
        for line in self.process.stdout:
            with self.changed:
                try:
                    self.ledger.add(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    self.broken = (f'not a frame: {error!r}: {len(line)} bytes, {line[:100]!r} to {line[-50:]!r}; '
                                   f'{self.stderr()[-300:].strip()!r}')
                self.changed.notify_all()

    def stderr(self):
        return written(self.errors)

    def path(self):
        """The exit path that it says it uses, once it does."""
        if not self.exit_path:
            match = re.search(r'exit path: (\w+)$', self.stderr(), re.MULTILINE)
            self.exit_path = match and match[1]
        return self.exit_path

    def ready(self):
        """Waits until it counts and has read its counters for the first time."""
        def is_ready():
            require(self.process.poll() is None, f'kvmtop ended: {self.stderr().strip()}')
            return self.path() and waits_in_poll(self.process.pid)

        wait_until(is_ready, 'kvmtop to attach')
        return self

    def wait(self, fact, what):
        """Waits until fact(ledger) is true after some frame."""
        deadline = time.monotonic() + PATIENCE_S
        with self.changed:
            while not fact(self.ledger):
                require(not self.broken, self.broken)
                require(self.process.poll() is None,
                        f'kvmtop ended (status {self.process.poll()}) before a frame had {what}: '
                        f'{self.stderr().strip()}')
                self.changed.wait(0.5)
                require(time.monotonic() < deadline, f'no frame of kvmtop has {what}')

    def wait_frames(self, more):
        count = len(self.ledger.frames) + more
        self.wait(lambda ledger: len(ledger.frames) >= count, f'the number {count}')

    def wait_now(self):
        """Waits for a frame of the present state: kvmtop reads all of it after the time of the frame."""
        now = time_text(time.time())
        self.wait(lambda ledger: ledger.frames and ledger.frames[-1]['time'] > now, 'what is so now')

    def wait_ended(self, pids):
        """Waits until all VMs of these processes, which have ended, were shown as ended."""
        now = time_text(time.time())

        def all_ended(ledger):
            if not self.stopped and (not ledger.frames or ledger.frames[-1]['time'] <= now):
                return False  # it may be from a moment when there was none
            seen = {vm.pid for vm in ledger.of_pids(pids) if vm.ended}
            return seen == pids and not any(vm.pid in pids for vm in ledger.live.values())

        self.wait(all_ended, f'the VMs of the processes {sorted(pids)}, ended')

    def stop(self, signum=signal.SIGINT):
        """Ends it by a signal. It must end well."""
        if self.process.poll() is None:
            self.process.send_signal(signum)
        status = self.process.wait(PATIENCE_S)
        self.reader.join(PATIENCE_S)
        self.stopped = True
        equal(f'exit status of kvmtop ({self.stderr().strip()})', status, 0)
        self.check()
        return self

    def check(self):
        """Nothing is wrong with any frame so far."""
        with self.changed:
            require(not self.broken, self.broken)
            if self.ledger.faults:
                more = len(self.ledger.faults) - 1
                raise Failure(f'{self.path()}: {self.ledger.faults[0]}' + (f' (and {more} more)' if more else ''))

    def complaints(self):
        """What it said on stderr besides which paths, sources and tracepoints it took, and what it keeps."""
        return [line for line in self.stderr().splitlines() if not
                re.search(r'exit path|statistics of KVM: by |capabilities kept: |'
                          r'tracepoints: \d+ (is|are) counted', line)]


def fails_in_one_line(status, word, *args, command=()):
    got, out, err = run(*command, KVMTOP, *args)
    what = ' '.join(['kvmtop', *args])
    equal(f'exit status of {what} ({err.strip()})', got, status)
    equal(f'{what}: output', out, '')
    equal(f'{what}: lines on stderr ({err.strip()})', err.count('\n'), 1)
    require(word in err, f'{what}: nothing about {word}: {err.strip()}')


def features():
    """What --features -v says: {name: (yes or no, why)}. What works for the user comes first, which is abilities()."""
    return listed_features()[1]


def abilities():
    """What --features says, in the same way."""
    return listed_features()[0]


def listed_features():
    status, out, err = run(KVMTOP, '--features', '-v')
    equal('exit status', status, 0)
    equal('stderr', err, '')
    parts = out.split('\n\n')
    equal('parts of --features -v', len(parts), 2)
    equal('--features', run(KVMTOP, '--features'), (0, parts[0] + '\n', ''))
    lists = []
    for part in parts:
        matches = [re.match(r'(.*?) +(yes|no) +(.+)$', line) for line in part.splitlines()]
        require(all(matches), f'not a list of features: {out!r}')
        lists.append({m[1]: (m[2], m[3]) for m in matches})
    return lists


# ---- VMs


class Simguest:
    """A running simguest. It has a report for each vCPU, once they are there."""

    def __init__(self, *args, hold=False, step=False, go=False, command=(), children=CHILDREN):
        self.output = tempfile.NamedTemporaryFile('w+', encoding='utf-8')
        self.started = time.monotonic()
        self.go_file = self.output.name + '.go'
        args = [*args, *(['--hold'] if hold else []), *(['--step'] if step else [])]
        if go:
            args += ['--go-file', self.go_file, '--ready-fd', '1']
        self.process = children.add(subprocess.Popen(
            [*command, SIMGUEST, *args], stdin=subprocess.PIPE if hold or step else subprocess.DEVNULL,
            stdout=self.output))
        self.pid = self.process.pid
        self.ended = None
        if go:
            wait_until(self.output_lines, 'simguest to be ready')

    def output_lines(self):
        return [line for line in written(self.output).splitlines(True) if line.endswith('\n')]

    def go(self):
        with open(self.go_file, 'x', encoding='utf-8'):
            pass

    def reports(self):
        return [json.loads(line) for line in self.output_lines() if line[0] == '{']

    def wait_reports(self, count):
        """Waits for the reports of --hold, which come when all vCPUs have stopped."""
        def enough():
            require(self.process.poll() is None, 'simguest ended early')
            return len(self.reports()) >= count

        wait_until(enough, 'the reports of simguest')
        self.ended = time.monotonic()
        return self.reports()

    def finish(self):
        """Waits for its end, which must be a good one. Returns its reports."""
        if self.process.stdin:
            self.process.stdin.close()
        equal('exit status of simguest', self.process.wait(PATIENCE_S * 2), 0)
        self.ended = self.ended or time.monotonic()
        if os.path.exists(self.go_file):
            os.unlink(self.go_file)
        return self.reports()

    def wall_ns(self):
        return (self.ended - self.started) * 1e9


class Guests:
    """What simguests reported: reports of vCPUs, and how long they had for what they did."""

    def __init__(self, reports, wall_ns):
        self.reports = reports
        self.wall_ns = wall_ns

    def pids(self):
        return {report['pid'] for report in self.reports}

    def of_vcpus(self, vcpu_ids):
        """Of only these vCPUs."""
        return Guests([r for r in self.reports if r['vcpu'] in vcpu_ids], self.wall_ns)

    def vms(self):
        """The reports of each VM, by vCPU id."""
        vms = {}
        for report in self.reports:
            key = report['pid'], report['generation'], report['vm']
            vms.setdefault(key, {})[report['vcpu']] = report
        return list(vms.values())


def finish(*simguests):
    """Waits for the end of all of them."""
    reports = [report for s in simguests for report in s.finish()]
    return Guests(reports, max(s.wall_ns() for s in simguests))


def simguest(*args):
    """Runs one to its end."""
    return finish(Simguest(*args))


def kvm_stat(pid, vm_fd, *names):
    """A counter of a VM, the sum over its vCPUs, from debugfs: the first of @names there is."""
    paths = [f'{DEBUGFS}/{pid}-{vm_fd}/{name}' for name in names]
    for path in paths:
        if os.path.exists(path):
            return int(read(path))
    raise Failure(f'KVM has no {" or ".join(paths)}')


def vm_of(kvmtop, pid):
    """The only VM of this process."""
    vms = kvmtop.ledger.of_pids({pid})
    equal(f'number of VMs of {pid}', len(vms), 1)
    return vms[0]


# ---- comparison


def expected_reasons(report):
    expect = dict(report['expect'])
    npf = sum(expect.pop(name, 0) for name in ('npf_mmio', 'npf_apic', 'npf_first_touch', 'npf_touched'))
    return {name: n for name, n in {**expect, 'npf': npf}.items() if n}


def check_counts(where, vcpu, report):
    reasons = vendor.merged({name: tally.count for name, tally in vcpu.reasons.items()})
    noise = {name: reasons.pop(name, 0) for name in [*NOISE, *TIMERS]}
    expected = expected_reasons(report)
    # An emulated SVM now and then takes an APIC write twice, also for KVM. There npf is known only as what is left of
    # KVM's own count of exits, below or in DebugfsStats.
    if report['expect']['npf_apic'] and reasons.get('npf', 0) > expected['npf']:
        reasons['npf'] = expected['npf']
    equal(f'{where}: exit reasons', reasons, expected)
    equal(f'{where}: userspace exits', {name: tally.count for name, tally in vcpu.user.items()},
          {name: n for name, n in report['user'].items() if n})
    stats = report['kvm_stats']
    if not stats:  # before 5.14; see check_debugfs()
        return
    equal(f'{where}: exits, compared with KVM\'s own', vcpu.exits, stats['exits'])
    for name, stat in NOISE.items():
        equal(f'{where}: {name}, compared with KVM\'s {stat[0]}', noise[name], stats[stat[0]])


def check_histogram(where, tally):
    """The histogram fits the sum, and its last slot the maximum."""
    least = sum(n << i for i, n in enumerate(tally.hist) if i)
    most = sum(n << (i + 1) for i, n in enumerate(tally.hist))
    require(least <= tally.sum_ns < most,
            f'{where}: sum {tally.sum_ns} ns does not fit the histogram {tally.hist}')
    last = max(i for i, n in enumerate(tally.hist) if n)
    require(1 << last <= tally.max_ns < 2 << last,
            f'{where}: maximum {tally.max_ns} ns does not fit the histogram {tally.hist}')


def check_tally_time(where, tally, untimed, mode):
    timed = tally.count - untimed
    if mode == 'off':
        require(not tally.time_seen, f'{where}: has times, though nothing is timed')
        return
    require(tally.time_seen, f'{where}: has no times')
    if mode == 'mean':
        require(not tally.percentiles_seen and tally.hist is None,
                f'{where}: has percentiles, though only means are asked for')
        require(timed == 0 or tally.sum_ns > 0, f'{where}: took no time')
    else:
        equal(f'{where}: number of exits in the histogram', tally.timed(), timed)
        if timed:
            check_histogram(where, tally)
    if timed:
        average = tally.sum_ns / timed
        require(average <= tally.max_ns <= tally.sum_ns,
                f'{where}: maximum {tally.max_ns}, average {average}, sum {tally.sum_ns}')


def check_times(where, vcpu, wall_ns, mode):
    """
    An exit is timed when the guest is entered again, so the last one never is. That is the OUT by which simguest's
    program says that it is done.
    """
    for name, tally in vcpu.reasons.items():
        check_tally_time(f'{where}, {name}', tally, name == 'io', mode)
    for name, tally in vcpu.user.items():
        check_tally_time(f'{where}, {name}', tally, name == 'KVM_EXIT_IO', mode)
    if mode == 'off':
        return
    exits_ns = sum(tally.sum_ns for tally in vcpu.reasons.values())
    user_ns = sum(tally.sum_ns for tally in vcpu.user.values())
    require(exits_ns <= wall_ns, f'{where}: {exits_ns} ns for exits in {wall_ns} ns')
    require(user_ns < exits_ns, f'{where}: {user_ns} ns in the VMM, {exits_ns} ns for exits')


def check_vm(vm, reports, wall_ns, mode):
    where = f'VM {vm.id}'
    equal(f'{where}: vCPUs', sorted(vm.vcpus), sorted(reports))
    equal(f'{where}: comm', vm.comm, 'simguest')
    for vcpu_id, report in reports.items():
        vcpu = vm.vcpus[vcpu_id]
        name = f'{where}, vCPU {vcpu_id}'
        equal(f'{name}: tid', vcpu.tid, report['tid'])
        check_counts(name, vcpu, report)
        check_times(name, vcpu, wall_ns, mode)


def check_vms(kvmtop, guests, mode='full'):
    """
    Exactly the VMs that there were, each with its id and threads, and all counts to the unit.
    Without frames that are wrong.
    """
    kvmtop.check()
    accounts = {}
    for vm in kvmtop.ledger.of_pids(guests.pids()):
        accounts.setdefault((vm.id, vm.tids()), []).append(vm)
    equal('number of VMs', sum(map(len, accounts.values())), len(guests.vms()))
    for reports in guests.vms():
        first = next(iter(reports.values()))
        key = f'{first["pid"]}-{first["vm_fd"]}', frozenset(r['tid'] for r in reports.values())
        shown = [(vm_id, sorted(map(str, tids))) for vm_id, tids in accounts]
        require(key in accounts,
                f'no VM {key[0]} with the threads {sorted(key[1])} in the output: {shown}')
        check_vm(accounts[key].pop(), reports, guests.wall_ns, mode)


class DebugfsStats:
    """KVM's own counts of VMs that have stopped, to compare with later."""

    def __init__(self, reports):
        self.stats = {}
        for report in reports:
            pid, vm_fd = report['pid'], report['vm_fd']
            self.stats[f'{pid}-{vm_fd}'] = {
                'exits': kvm_stat(pid, vm_fd, 'exits'),
                **{name: kvm_stat(pid, vm_fd, *stat) for name, stat in NOISE.items()},
            }

    def check(self, ledger):
        for vm_id, stats in self.stats.items():
            vms = [vm for vm in ledger.vms if vm.id == vm_id]
            equal(f'VM {vm_id}: accounts', len(vms), 1)
            equal(f'VM {vm_id}: compared with KVM\'s debugfs',
                  {'exits': vms[0].exits, **{name: vms[0].total(name) for name in NOISE}}, stats)


# ---- a terminal


def run_on_terminal(columns, *args):
    """A command on a terminal of so many columns: (status, what appeared on it, as lines)."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    process = CHILDREN.add(subprocess.Popen(args, stdin=slave, stdout=slave,
                                            stderr=subprocess.DEVNULL, start_new_session=True))
    os.close(slave)
    text = b''
    try:
        while chunk := os.read(master, 65536):
            text += chunk
    except OSError:  # EIO: no process has the other end any more
        pass
    os.close(master)
    return process.wait(PATIENCE_S), text.decode().splitlines()
