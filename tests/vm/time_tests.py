# SPDX-License-Identifier: GPL-2.0
"""
Where the time of vCPUs goes, against what the scheduler says of their threads and what the guests do.

In a bed that measures. Its time is that of its instructions, so it goes on only while the bed runs, however busy the
machine is.
"""
import calendar
import contextlib
import itertools
import json
import os
import re
import signal
import subprocess
import threading
import time
from statistics import mean

import vendor
from bed import CHILDREN, HURRY, KVMTOP, Kvmtop, Late, Simguest, again, equal, needs, read, require, run, wait_until
from registry import DELAYS_DEQUEUE, SLOW, over_paths, test

US = vendor.NS_PER_INSTRUCTION  # times given to simguests and kvmtop are longer where an instruction takes longer
INTERVAL_S = 0.3 * US
FRAMES = 3  # of these the first is left out: the threads' times were not read when it began

# How far, in points of 100, shares may be from those that the test works out itself. It reads the threads' times some
# ms after kvmtop has read its own.
SLACK = 2.5


def time_test(name, **kwargs):
    return test(name, boot='measuring', **kwargs)


class Threads:
    """Time, time on a CPU and run delay of threads, in ns, at one moment."""

    def __init__(self, tids):
        self.at = {}
        for pid, tid in tids:
            on_cpu, delay, _ = read(f'/proc/{pid}/task/{tid}/schedstat').split()
            self.at[tid] = (time.monotonic_ns(), int(on_cpu), int(delay))

    def shares_since(self, earlier):
        """In %, of each thread: on a CPU, waiting for one, asleep."""
        shares = {}
        for tid, now in self.at.items():
            if tid not in earlier.at:
                continue
            wall, on_cpu, delay = (b - a for a, b in zip(earlier.at[tid], now))
            shares[tid] = {'cpu': 100 * on_cpu / wall, 'delay': 100 * delay / wall,
                           'sleep': 100 * (wall - on_cpu - delay) / wall}
        return shares


def vcpus_of(frame):
    """By thread, with the process and the interval."""
    return {vcpu['tid']: {**vcpu, 'pid': vm['pid'], 'vm_held': vm['held'], 'interval_s': frame['interval_s']}
            for vm in frame['vms'] for vcpu in vm['vcpus'] if vcpu['tid']}


def vms_of(frame):
    """Its VMs, whose vCPUs have the interval."""
    return [{**vm, 'vcpus': [{**vcpu, 'interval_s': frame['interval_s']} for vcpu in vm['vcpus']]} for vm in frame['vms']]


@contextlib.contextmanager
def hurrying():
    """We come before the vCPUs, too: what kvmtop has just read is read right after it."""
    os.setpriority(os.PRIO_PROCESS, 0, -20)
    try:
        yield
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, 0)


def watch(pids, *args):
    """
    Frames of kvmtop. Yields for each but the first: by thread of the processes @pids its vCPU in the frame, and the shares that its
    thread had meanwhile.
    """
    tids = [(pid, int(tid)) for pid in pids for tid in os.listdir(f'/proc/{pid}/task')]
    with subprocess.Popen([*HURRY, '-o', 'json', '-s', str(INTERVAL_S), '-n', str(FRAMES), *args],
                          stdout=subprocess.PIPE, text=True) as process, hurrying():
        CHILDREN.add(process)
        before = None
        for line in process.stdout:
            threads = Threads(tids)  # first: to parse a frame takes some percent of a short interval
            if before:
                yield vcpus_of(json.loads(line)), threads.shares_since(before)
            before = threads


def near(where, got, want):
    """Two readings are compared: what comes between them is Late, and they are made again."""
    if abs(got - want) > SLACK:
        raise Late(f'{where}: {got:.2f} %, expected {want:.2f} %')


def check_parts(where, ns):
    parts = dict(ns)
    wall_ns = parts.pop('wall')
    require(sum(parts.values()) == wall_ns, f'{where}: parts {parts} do not add up to {wall_ns} ns')


def check_sum(where, vcpu):
    check_parts(where, vcpu['time_ns'])
    near(f'{where}, wall time in the interval', 100 * vcpu['time_ns']['wall'] / (vcpu['interval_s'] * 1e9), 100)


def check_shares(name, vcpu, thread, asleep):
    """
    On a CPU it is in the guest, in KVM, polling, or in a VMM that computes; asleep in @asleep.
    """
    where, pct = f'{name} vCPU', vcpu['time_pct']
    check_sum(where, vcpu)
    if DELAYS_DEQUEUE and thread['delay'] > pct['run_delay']:
        # Sleep that the scheduler takes for a wait: slow_migrated() in detail_tests.py has more of it.
        thread = {**thread, 'delay': pct['run_delay'], 'sleep': thread['sleep'] + thread['delay'] - pct['run_delay']}
    sleeps = {'halt_block': 0, 'vmm': 0, asleep: thread['sleep']}
    busy = pct['guest'] + pct['kvm'] + pct['halt_poll'] + pct['vmm'] - sleeps['vmm']
    print(f'{where:18} ' + '  '.join(
        f'{part} {got:.1f} ({want:.1f})' for part, got, want in (
            ('on a CPU', busy, thread['cpu']), ('run delay', pct['run_delay'], thread['delay']),
            ('blocked', pct['halt_block'], sleeps['halt_block']))))
    try:
        near('on a CPU', busy, thread['cpu'])
        near('run delay', pct['run_delay'], thread['delay'])
        near('blocked', pct['halt_block'], sleeps['halt_block'])
    except Late as late:
        raise Late(f'{where}, {late} (kvmtop: {pct}, scheduler: {thread})') from None


# What they do most of the time, which part of the time that is at least, and where they sleep. Falling asleep is part
# of a halt for KVM, and time on a CPU for the scheduler. So they do it only some times in an interval.
KINDS = {
    'idle': (['--halt-irqchip', '1', '--halt-us', str(400000 * US)], 'halt', 95, 'halt_block'),
    'halting': (['--halt-irqchip', '8', '--halt-us', str(8000 * US)], 'halt', 50, 'halt_block'),
    'VMM': (['--out', '10', '--user-sleep-us', str(2000 * US)], 'vmm', 50, 'vmm'),
    'long in VMM': (['--out', '1', '--user-sleep-us', str(400000 * US)], 'vmm', 95, 'vmm'),
    'busy': (['--spin', '20000000', '--cpuid', '5'], 'guest', 50, 'halt_block'),
}


def stop(sims):
    for sim in sims.values():
        sim.process.send_signal(signal.SIGINT)
    for sim in sims.values():
        sim.finish()


@time_test('the time of a vCPU is where it was: idle, halting, in the VMM, busy', intel=('6.12',))
def shares():
    sims = {name: Simguest(*args, '--forever') for name, (args, *_) in KINDS.items()}
    wait_for_threads(sims, 1)
    again(lambda: check_kinds({sim.pid: name for name, sim in sims.items()}))
    stop(sims)


def check_kinds(names):
    seen = {name: 0 for name in names.values()}
    for vcpus, threads in watch(names):
        for tid, vcpu in vcpus.items():
            name = names[vcpu['pid']]
            _, part, least, asleep = KINDS[name]
            # One that has slept since before kvmtop began is known as soon as it does something.
            if tid not in threads or vcpu['time_pct'][part] is None:
                continue
            check_shares(name, vcpu, threads[tid], asleep)
            require(vcpu['time_pct'][part] >= least, f'{name} vCPU: {part} is {vcpu["time_pct"][part]} %')
            seen[name] += 1
    require(min(seen.values()) > 0, f'frames with each: {seen}')


@time_test('more busy vCPUs than CPUs: what they wait for one is run delay', on=('5.10', '6.12'))
def overcommitted():
    cpus = os.cpu_count()
    sims = {'busy': Simguest('--spin', '20000000', '--cpuid', '5', '--vcpus', str(3 * cpus),
                             '--forever')}
    wait_for_threads(sims, 3 * cpus)
    again(lambda: check_overcommitted(cpus, sims['busy'].pid))
    stop(sims)


def check_overcommitted(cpus, pid):
    seen = 0
    for vcpus, threads in watch([pid]):
        equal('number of vCPUs', len(vcpus), 3 * cpus)
        for vcpu in vcpus.values():
            check_sum('overcommitted vCPU', vcpu)
        # All together: a wait for a CPU is known to the scheduler's books only when it has ended.
        got, want = (mean(values) for values in (
            [vcpu['time_pct']['run_delay'] for vcpu in vcpus.values()],
            [threads[tid]['delay'] for tid in vcpus]))
        print(f'{len(vcpus)} vCPUs on {cpus} CPUs: run delay {got:.1f} ({want:.1f})')
        near('overcommitted vCPUs, run delay', got, want)
        require(got > 50, f'run delay of {len(vcpus)} vCPUs on {cpus} CPUs: {got} %')
        seen += 1
    equal('frames', seen, FRAMES - 1)


# ---- waits that are still going on when a frame ends

CGROUPS = '/sys/fs/cgroup'
# The vCPUs' threads of such a VM never sleep: when they are not on a CPU they wait for one.
SPINNING = ['--spin', '2000000', '--cpuid', '5', '--forever']
# CPU time and period, in us: 10 and 30 % of a CPU, by the hundredth of a second and by the tenth.
QUOTAS = [(share * period // 100, period) for share in (10, 30) for period in (10000, 100000)]
WAIT_INTERVAL_S = 0.3
WAIT_FRAMES = 8
WAIT_NS = 200000000  # where no thread is kept back, waits are shorter
READING_NS = 5000000  # how far off the moments are at which kvmtop reads a vCPU


class Cgroup:
    """A cgroup below the root's, with the CPU controller."""

    def __init__(self, name):
        self.name = name
        self.path = f'{CGROUPS}/{name}'
        with open(f'{CGROUPS}/cgroup.subtree_control', 'w', encoding='ascii') as file:
            file.write('+cpu')
        os.mkdir(self.path)

    def write(self, text, name):
        with open(f'{self.path}/{name}', 'w', encoding='ascii') as file:
            file.write(text)

    def command(self):
        """Begins a command line: what comes after it runs in the cgroup."""
        return 'sh', '-c', f'echo $$ > {self.path}/cgroup.procs; exec "$@"', 'sh'

    def remove(self):
        wait_until(lambda: not read(f'{self.path}/cgroup.procs'), f'{self.path} to be empty')
        os.rmdir(self.path)


class Books(threading.Thread):
    """
    The scheduler's books of threads, and those of cgroups, read all the time, with when they were read. Sources: a thread for its
    CPU time, -thread for its waits that have ended, both in ns; a Cgroup for its CPU time, in us.
    """

    def __init__(self, sims, cgroups=()):
        super().__init__(daemon=True)
        self.sources = {}
        for sim in sims:
            for tid in map(int, os.listdir(f'/proc/{sim.pid}/task')):
                fd = os.open(f'/proc/{sim.pid}/task/{tid}/schedstat', os.O_RDONLY)
                self.sources[tid] = fd, rb'(\d+)'
                self.sources[-tid] = fd, rb'\d+ (\d+)'
        for group in cgroups:
            self.sources[group] = os.open(f'{group.path}/cpu.stat', os.O_RDONLY), rb'usage_usec (\d+)'
        self.samples = []  # (before, after, {source: value})
        self.ended = False

    def run(self):
        while not self.ended:
            before = time.time_ns()
            values = {}
            for source, (fd, pattern) in self.sources.items():
                with contextlib.suppress(ProcessLookupError):
                    values[source] = int(re.match(pattern, os.pread(fd, 512, 0))[1])
            self.samples.append((before, time.time_ns(), values))
            time.sleep(0.005)

    def at(self, ns, source):
        """The least and the most that it was when kvmtop read it."""
        wait_until(lambda: self.samples[-1][0] > ns + READING_NS, 'the books to be read')
        least = max(values[source] for _, after, values in self.samples if after < ns)
        return least, min(values[source] for before, _, values in self.samples if before > ns + READING_NS)

    def growth(self, since_ns, until_ns, source):
        """The least and the most by which it grew, in ns."""
        (least0, most0), (least1, most1) = self.at(since_ns, source), self.at(until_ns, source)
        unit = 1 if isinstance(source, int) else 1000
        return unit * (least1 - most0), unit * (most1 - least0)

    def __enter__(self):
        # Neither we nor kvmtop may wait for a CPU.
        self.priority = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, 0, -20)
        self.start()
        wait_until(lambda: self.samples, 'the books to be read')
        return self

    def __exit__(self, *_):
        self.ended = True
        self.join()
        os.setpriority(os.PRIO_PROCESS, 0, self.priority)
        for fd in {fd for fd, _ in self.sources.values()}:
            os.close(fd)


def frames_between(count, interval_s=WAIT_INTERVAL_S):
    """Yields for each frame but the first, as it comes: its vCPUs by thread, and from when to when it is, in ns."""
    with subprocess.Popen([*HURRY, '-o', 'json', '-s', str(interval_s), '-n', str(count)],
                          stdout=subprocess.PIPE, text=True) as process:
        CHILDREN.add(process)
        before = None
        for line in process.stdout:
            frame = json.loads(line)
            seconds, _, milliseconds = frame['time'].rstrip('Z').partition('.')
            now = (calendar.timegm(time.strptime(seconds, '%Y-%m-%dT%H:%M:%S')) * 1000 + int(milliseconds)) * 10**6
            if before:
                yield vcpus_of(frame), before, now
            before = now


def moments(frames, tid):
    """
    When kvmtop read the vCPU of this thread, at the beginning of the first of these frames and at the end of each. It
    does so after the time of the frame, mostly at once. But now and then it has to wait for a CPU between the two.
    """
    walls = [0, *itertools.accumulate(vcpus[tid]['time_ns']['wall'] for vcpus, _, _ in frames)]
    times = [frames[0][1], *(until for _, _, until in frames)]
    return [wall + max(t - w for t, w in zip(times, walls)) for wall in walls]


def within(where, got_ns, least_ns, most_ns, wall_ns):
    """Whether the share is in the range, in points of 100, with SLACK."""
    if not least_ns - SLACK / 100 * wall_ns <= got_ns <= most_ns + SLACK / 100 * wall_ns:
        got, least, most = (round(100 * ns / wall_ns, 2) for ns in (got_ns, least_ns, most_ns))
        raise Late(f'{where}: {got} %, expected {least} to {most} %')


def handled_ns(vcpu):
    """How long KVM handled exits, by the exits' own times: without halts and waits, and without the VMM's time."""
    total, user = (sum(reason['time']['delta_ns'] for reason in vcpu[kind]) for kind in ('reasons', 'userspace_exits'))
    return total - user


ON_CPU = 'guest', 'kvm', 'vmm', 'halt_poll'


def check_waiting(where, vcpu, least_ns, most_ns):
    """Checks the times of a vCPU whose thread does not sleep, and was on a CPU for so long."""
    ns, wall_ns = vcpu['time_ns'], vcpu['time_ns']['wall']
    print(f'{where:24} on a CPU {100 - vcpu["time_pct"]["run_delay"]:5.1f} '
          f'({100 * least_ns / wall_ns:5.1f} to {100 * most_ns / wall_ns:5.1f})')
    check_parts(where, ns)
    within(f'{where}, on a CPU', sum(ns[part] for part in ON_CPU), least_ns, most_ns, wall_ns)
    within(f'{where}, run delay', ns['run_delay'], wall_ns - most_ns, wall_ns - least_ns, wall_ns)
    within(f'{where}, halted', ns['halt_block'], 0, 0, wall_ns)


def check_all_waiting(books, names, cgroups=()):
    """@names are those of processes. Returns how many vCPUs were compared, in how many frames."""
    frames = [(({tid: vcpu for tid, vcpu in vcpus.items() if vcpu['pid'] in names}), since_ns, until_ns)
              for vcpus, since_ns, until_ns in frames_between(WAIT_FRAMES)]
    for tid in frames[0][0]:
        vcpus = [vcpus[tid] for vcpus, _, _ in frames]
        where = names[vcpus[0]['pid']]
        for vcpu, (since_ns, until_ns) in zip(vcpus, itertools.pairwise(moments(frames, tid))):
            check_waiting(where, vcpu, *books.growth(since_ns, until_ns, tid))
        # Of all frames together: the time of an exit is counted when it ends.
        kvm_ns, handled, wall_ns = (sum(values) for values in zip(*(
            (vcpu['time_ns']['kvm'], handled_ns(vcpu), vcpu['time_ns']['wall']) for vcpu in vcpus)))
        within(f'{where}, in KVM by the times of exits', kvm_ns, handled, handled, wall_ns)
    for group in cgroups:
        mine = [tid for tid, vcpu in frames[0][0].items() if names[vcpu['pid']] == group.name]
        for (vcpus, _, _), (since_ns, until_ns) in zip(frames, itertools.pairwise(moments(frames, mine[0]))):
            ns = [vcpus[tid]['time_ns'] for tid in mine]
            within(f'{group.name}, on a CPU by the cgroup\'s books', sum(one[part] for one in ns for part in ON_CPU),
                   *books.growth(since_ns, until_ns, group), sum(one['wall'] for one in ns))
    return sum(len(vcpus) for vcpus, _, _ in frames)


def wait_for_threads(sims, vcpus):
    for sim in sims.values():
        wait_until(lambda sim=sim: len(os.listdir(f'/proc/{sim.pid}/task')) > vcpus, 'the threads of vCPUs')


def compare_waits(sims, vcpus, cgroups=()):
    names = {sim.pid: name for name, sim in sims.items()}
    wait_for_threads(sims, vcpus)
    with Books(sims.values(), cgroups) as books:
        equal('vCPUs compared', check_all_waiting(books, names, cgroups), len(sims) * vcpus * (WAIT_FRAMES - 1))


def quotas(vcpus):
    cgroups = []
    sims = {}
    for quota_us, period_us in QUOTAS:
        cgroups.append(Cgroup(f'quota-{quota_us}-{period_us}'))
        cgroups[-1].write(f'{quota_us} {period_us}', 'cpu.max')
        sims[cgroups[-1].name] = Simguest(*SPINNING, '--vcpus', str(vcpus), command=cgroups[-1].command())
    compare_waits(sims, vcpus, cgroups)
    stop(sims)
    for group in cgroups:
        group.remove()


@time_test('VMMs with a CPU quota: a wait that is still going on is run delay; 1 vCPU', on=('6.1', '7.2'))
def quotas_of_one():
    quotas(1)


@time_test('VMMs with a CPU quota: a wait that is still going on is run delay; 4 vCPUs', on=('5.10', '6.12'))
def quotas_of_four():
    quotas(4)


def why():
    """What --why says in JSON: the evidence by process and rule."""
    done = subprocess.run([KVMTOP, '--why', '-s', '5', '-o', 'json'], stdout=subprocess.PIPE, text=True, check=False)
    equal('exit status', done.returncode, 4)
    return {(int(finding['vm'].split('-')[0]), finding['rule']): finding['evidence']
            for finding in json.loads(done.stdout)['findings']}


@test('--why: a VM with a quota and one that shares its only CPU are found by name', on=('6.12',))
def why_quota():
    group = Cgroup('why-quota')
    group.write('30000 100000', 'cpu.max')
    on_one = 'taskset', '-c', '0'
    sims = {'quota': Simguest(*SPINNING, command=group.command()), 'confined': Simguest(*SPINNING, command=on_one)}
    wait_for_threads(sims, 1)
    with subprocess.Popen([*on_one, 'sh', '-c', 'while :; do :; done']) as busy:
        CHILDREN.add(busy)
        found = why()
        busy.kill()
    quota, confined = (found.get((sims[name].pid, rule)) for name, rule in (('quota', 'R3'), ('confined', 'R2')))
    require(quota and confined, f'{[*found]} of {[sim.pid for sim in sims.values()]}')
    equal('CPUs of the quota', quota['quota_cpus'], 0.3)
    require(quota['throttled_pct'] > 20, f'throttled {quota["throttled_pct"]} %')
    equal('CPUs that it may use', confined['cpus_allowed'], 1)
    require((sims['confined'].pid, 'R3') not in found, 'R3 without a quota')
    require((sims['quota'].pid, 'R2') not in found, 'R2 beside R3')
    stop(sims)
    group.remove()


@time_test('VMMs that others go before: SCHED_IDLE beside busy threads, one CPU shared with a real-time thread', on=('7.2',))
def behind_others():
    needs('chrt')
    for vcpus in (1, 4) if SLOW else (4,):
        behind((), 'idle class', vcpus, ('chrt', '-i', '0'))
    # But not before us and kvmtop.
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(2))
    try:
        behind(('chrt', '-f', '1'), 'behind real time', 1, ('chrt', '-o', '0'))
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def behind(first_command, name, vcpus, command):
    """A VM beside another that goes before it; only while they are compared, or it would take minutes to begin and to end."""
    sims = {name: Simguest(*SPINNING, '--vcpus', str(vcpus), command=command)}
    wait_for_threads(sims, vcpus)
    first = Simguest(*SPINNING, command=first_command)
    compare_waits(sims, vcpus)
    # Not by a signal that it handles: only the vCPU's thread of a real-time process runs.
    first.process.kill()
    first.process.wait()
    stop(sims)


def check_held(where, held, vcpu, cpu, delay):
    """Checks a vCPU that is @held in all of the interval, or "no"; None: in some of it."""
    ns, wall_ns = vcpu['time_ns'], vcpu['time_ns']['wall']
    print(f'{where:8} {held}: {vcpu["time_pct"]} held {vcpu["held"]} (on a CPU {cpu[0] / wall_ns:.3f} to {cpu[1] / wall_ns:.3f})')
    check_parts(where, ns)
    # It spends little time on a CPU in its VMM.
    within(f'{where}, in the guest and KVM', ns['guest'] + ns['kvm'], cpu[0] - min(ns['vmm'], wall_ns / 20), cpu[1], wall_ns)
    within(f'{where}, run delay', ns['run_delay'], *delay, wall_ns)
    within(f'{where}, halted', ns['halt_block'], 0, 0, wall_ns)
    if held:
        equal(f'{where}: held', (vcpu['vm_held'], vcpu['held']), (held, held))


@test('a VMM that is frozen or stopped says so, and is in its VMM meanwhile, also in parts of an interval', on=('6.1',))
def held():
    for vcpus in 1, 4:
        group = Cgroup('freezer')
        sims = {'frozen': Simguest(*SPINNING, '--vcpus', str(vcpus), command=group.command()),
                'stopped': Simguest(*SPINNING, '--vcpus', str(vcpus))}
        wait_for_threads(sims, vcpus)
        with Books(sims.values()) as books:
            again(lambda: check_holding(sims, group, vcpus, books))
        stop(sims)
        group.remove()


def watch_holding(sims, group):
    """Frames between which VMs are held and let go: as those of frames_between(), each with how the VMs were held."""
    def hold(yes):
        group.write('1' if yes else '0', 'cgroup.freeze')
        sims['stopped'].process.send_signal(signal.SIGSTOP if yes else signal.SIGCONT)
        return time.time_ns()

    changed_ns, holds, frames, how = hold(False), False, [], []
    for frame in frames_between(WAIT_FRAMES + 1, 1.3):
        whole = changed_ns < frame[1] - READING_NS
        frames.append(frame)
        how.append(holds if whole else None)
        if whole and len(how) < WAIT_FRAMES - 2:
            holds = not holds
            changed_ns = hold(holds)
    hold(False)
    return frames, how


def check_holding(sims, group, vcpus, books):
    names = {sim.pid: name for name, sim in sims.items()}
    frames, how = watch_holding(sims, group)
    for tid in frames[0][0]:
        for (one, _, _), holds, (since_ns, until_ns) in zip(frames, how, itertools.pairwise(moments(frames, tid))):
            name = names[one[tid]['pid']]
            check_held(name, {None: None, True: name, False: 'no'}[holds], one[tid],
                       books.growth(since_ns, until_ns, tid), waited(books, since_ns, until_ns, tid))
    equal('vCPUs', len(frames[0][0]), 2 * vcpus)
    if {None, True, False} != set(how):
        raise Late(f'held: {how}')


def waited(books, since_ns, until_ns, tid):
    """
    Its waits for a CPU, the least and the most. The scheduler adds a wait when it ends, so one that goes on at either
    end is not in there. Where it takes sleep for a wait, there may be any number more.
    """
    least_ns, _ = books.growth(since_ns + WAIT_NS, until_ns, -tid)
    _, most_ns = books.growth(since_ns, until_ns + WAIT_NS, -tid)
    return 0 if DELAYS_DEQUEUE else least_ns, most_ns


@time_test('a vCPU that has lost its thread is parked, without shares, and goes on when it gets another', on=('5.10', '7.2'))
def parked():
    sim = Simguest('--spin', '200000', '--cpuid', '5', '--vcpus', '2', '--park', '1', '--forever', go=True)
    kvmtop = Kvmtop('-s', '0.1').ready()
    sim.go()

    def vm_now():
        frame = kvmtop.ledger.last
        return next((vm for vm in vms_of(frame) if vm['pid'] == sim.pid), {'vcpus': []}) if frame else {'vcpus': []}

    def vcpus_now():
        return {vcpu['id']: vcpu for vcpu in vm_now()['vcpus']}

    def wait_for(held_, shares_known):
        def arrived():
            vcpu = vcpus_now().get(1)
            return vcpu and vcpu['held'] == held_ and (vcpu['time_ns']['wall'] is not None) == shares_known and vcpus_now()
        return wait_until(arrived, f'the vCPU to be {held_}')

    wait_for('no', True)
    sim.process.send_signal(signal.SIGUSR1)  # its thread ends
    wait_for('parked', False)
    for _ in range(3):
        kvmtop.wait_frames(1)
        vm = vm_now()
        vcpus = {vcpu['id']: vcpu for vcpu in vm['vcpus']}
        equal('time of the parked vCPU', (vcpus[1]['held'], vcpus[1]['time_ns']['wall']), ('parked', None))
        equal('the VM is', (vm['held'], vm['vcpu_count']), ('no', 2))
        equal('time of the VM, that of its other vCPU', vm['time_ns'], vcpus[0]['time_ns'])
        require(vm['time_pct']['guest'] + vm['time_pct']['kvm'] > 50, f'the vCPU that goes on: {vm["time_pct"]}')
    sim.process.send_signal(signal.SIGUSR2)  # it gets another
    vcpu = wait_for('no', True)[1]
    check_parts('vCPU that was parked', vcpu['time_ns'])
    require(vcpu['time_pct']['vmm'] < 50, f'a vCPU that was parked, and runs: {vcpu["time_pct"]}')
    kvmtop.stop()
    stop({'parked': sim})


@time_test('halts are not in the handling time of HLT', on=('5.10', '6.12'))
def halts_apart():
    halt_us = 2000
    sim = Simguest('--halt-irqchip', '20', '--halt-us', str(halt_us), '--forever')
    status, out, err = run(KVMTOP, '-1', '-s', '0.3', '-o', 'json')
    equal(f'exit status ({err})', status, 0)
    (vcpu,) = vcpus_of(json.loads(out)).values()
    (hlt,) = (reason for reason in vcpu['reasons'] if reason['name'] == 'hlt')
    require(hlt['count']['delta'] > 20, f'{hlt["count"]}')
    require(hlt['time']['p50_ns'] < halt_us * 1000 / 10,
            f'half of the halts of {halt_us} us took {hlt["time"]["p50_ns"]} ns at least')
    stop({'halting': sim})


@time_test('a halted vCPU that is woken up and waits for a CPU is halted until then, not busy', on=('6.12',))
def waking_up():
    """
    Its halts of 20 ms would be up to 20 % of an interval. It is in KVM for no longer than its thread was on a CPU.
    """
    sims = {'halting': Simguest('--halt-irqchip', '8', '--halt-us', '20000', '--vcpus', '4', '--forever'),
            'busy': Simguest('--spin', '20000000', '--cpuid', '5', '--vcpus', str(3 * os.cpu_count()), '--forever')}
    wait_for_threads({'halting': sims['halting']}, 4)
    check_waking_up(sims['halting'].pid)
    stop(sims)


def on_cpu_ns(pid):
    return {int(tid): int(read(f'/proc/{pid}/task/{tid}/schedstat').split()[0]) for tid in os.listdir(f'/proc/{pid}/task')}


def looks_at(pid):
    """The VMM's vCPUs in some frames, as they come, and how long its threads were on a CPU by then."""
    process = CHILDREN.add(subprocess.Popen([*HURRY, '-o', 'json', '-s', '0.1', '-n', '40'], stdout=subprocess.PIPE,
                                            text=True))
    for line in process.stdout:
        vcpus = {tid: vcpu for tid, vcpu in vcpus_of(json.loads(line)).items() if vcpu['pid'] == pid}
        yield vcpus, on_cpu_ns(pid)
    equal('exit status', process.wait(), 0)


def check_waking_up(pid):
    looks = list(looks_at(pid))
    compared = 0
    for before, (vcpus, _), after in zip(looks, looks[2:], looks[3:]):
        for tid, vcpu in vcpus.items():
            kvm_ns = vcpu['time_ns']['kvm']
            if kvm_ns is None:
                continue
            compared += 1
            # Around the interval, as we read the one after kvmtop has read the other.
            busy_ns = after[1][tid] - before[1][tid]
            require(kvm_ns <= busy_ns, f'a halting vCPU is in KVM for {kvm_ns} ns, and its thread was on a CPU for {busy_ns}')
    require(compared > 100, f'only {compared} times are known')


PARTS = 'guest_ns', 'kvm_ns', 'vmm_ns', 'block_ns', 'poll_ns', 'delay_ns'

# One of them is busy, one in the VMM, one halted; of one other threads go on with the vCPUs. All at once on two CPUs.
BUSY = ['--cpuid', '200', '--out', '20', '--mmio', '10', '--hlt', '10', '--spin', '1000000', '--vcpus', '2']
STOPPING = [[*BUSY, '--rounds', '10'], [*BUSY, '--handover', '--passes', '4'],
            ['--out', '10', '--user-sleep-us', '10000', '--vcpus', '2'],
            ['--halt-irqchip', '20', '--halt-us', '10000', '--vcpus', '2']]
VCPUS = 2 * (1 + len(STOPPING))  # with one that runs before kvmtop does


# Of struct kvmtop_vcpu in bpf/kvmtop.h: where its members are. Those that have not 8 bytes.
SLOT_BYTES, HOMES = 2048, (1024, 4096)  # one of them
MEMBERS = {'kvm_ns': 40, 'user_ns': 48, 'guest_ns': 64, 'vmm_ns': 72, 'registered_ns': 136,
           'tgid': 144, 'vcpu_id': 152, 'block_ns': 192, 'poll_ns': 200, 'delay_ns': 208}
WORDS = {'tgid': 4, 'vcpu_id': 4}


def slots(kvmtop, pids):
    """The slots of these processes' vCPUs in kvmtop's memory: the homes, and the first ones of the others behind."""
    pid = kvmtop.process.pid
    ranges = [[int(end, 16) for end in line.split()[0].split('-')]
              for line in read(f'/proc/{pid}/maps').splitlines() if 'bpf-map' in line]
    start = next(first for first, end in ranges if end - first in (SLOT_BYTES * n for n in HOMES))
    with open(f'/proc/{pid}/mem', 'rb') as memory:
        memory.seek(start)
        found = memory.read(SLOT_BYTES * (max(HOMES) + 64))
    for at in range(0, len(found), SLOT_BYTES):
        v = {name: int.from_bytes(found[at + i:at + i + WORDS.get(name, 8)], 'little')
             for name, i in MEMBERS.items()}
        if v['tgid'] in pids:
            yield v


@over_paths('the sums that BPF keeps of a vCPU are all of its time, to the ns', on=('5.10', '6.12'))
def sums(bed):
    """
    kvmtop takes their sum for the beginning of what the vCPU does now, so it would hide what is missing in them.
    """
    running = Simguest(*BUSY, '--forever')
    kvmtops = bed.ready(bed.start('-s', '3600'))
    stopped = [Simguest(*args) for args in STOPPING]
    for sim in stopped:
        sim.finish()
    stop({'running': running})
    pids = [sim.pid for sim in (running, *stopped)]

    def check(path):
        vcpus = list(slots(kvmtops[path], pids))
        equal('vCPUs', len(vcpus), VCPUS)
        for v in vcpus:
            where = f'vCPU {v["tgid"]}-{v["vcpu_id"]}'
            equal(f'{where}: until when there are sums, against the last exit to user space',
                  v['registered_ns'] + sum(v[part] for part in PARTS), v['user_ns'])
            require(v['guest_ns'] and v['kvm_ns'], f'{where}: {v}')
        for part in 'vmm_ns', 'block_ns', 'delay_ns':
            require(any(v[part] for v in vcpus), f'{part} is 0 everywhere')
    return check
