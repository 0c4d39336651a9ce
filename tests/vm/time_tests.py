# SPDX-License-Identifier: GPL-2.0
"""
Where the time of vCPUs goes, against what the scheduler says of their threads and what the guests do.
"""
import json
import os
import re
import signal
import subprocess
import time
from statistics import mean

from bed import CHILDREN, HURRY, KVMTOP, Late, Simguest, again, bpftool, equal, read, require, run
from registry import DELAYS_DEQUEUE, over_paths, test

INTERVAL_S = 3
FRAMES = 3  # of these the first is left out: when it began nobody has read the threads' times

# How far, in points of 100, shares may be from those that the test works out itself: it reads the
# threads' times some ms after kvmtop has read its own.
SLACK = 2.5


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
    return {vcpu['tid']: {**vcpu, 'pid': vm['pid'], 'interval_s': frame['interval_s']}
            for vm in frame['vms'] for vcpu in vm['vcpus'] if vcpu['tid']}


def watch(*args):
    """
    Frames of kvmtop. Yields for each but the first: by thread its vCPU in the frame, and the shares that its
    thread had meanwhile.
    """
    with subprocess.Popen([*HURRY, '-o', 'json', '-s', str(INTERVAL_S), '-n', str(FRAMES), *args],
                          stdout=subprocess.PIPE, text=True) as process:
        CHILDREN.add(process)
        before = None
        for line in process.stdout:
            frame = json.loads(line)
            vcpus = vcpus_of(frame)
            threads = Threads([(vcpu['pid'], tid) for tid, vcpu in vcpus.items()])
            if before:
                yield vcpus, threads.shares_since(before)
            before = threads


def near(where, got, want):
    if abs(got - want) > SLACK:
        raise Late(f'{where}: {got:.2f} %, expected {want:.2f} %')


def check_sum(where, vcpu):
    ns = dict(vcpu['time_ns'])
    wall_ns = ns.pop('wall')
    require(sum(ns.values()) == wall_ns, f'{where}: parts {ns} do not add up to {wall_ns} ns')
    near(f'{where}, wall time in the interval', 100 * wall_ns / (vcpu['interval_s'] * 1e9), 100)


def check_shares(name, vcpu, thread, asleep):
    """
    On a CPU it is in the guest, in KVM, polling, or in a VMM that computes; asleep in @asleep.
    """
    where, pct = f'{name} vCPU', vcpu['time_pct']
    check_sum(where, vcpu)
    if DELAYS_DEQUEUE and thread['delay'] > pct['run_delay']:
        # Sleep that the scheduler takes for a wait: slow_moved() in detail_tests.py has more of it.
        thread = {**thread, 'delay': pct['run_delay'], 'sleep': thread['sleep'] + thread['delay'] - pct['run_delay']}
    sleeps = {'halt_block': 0, 'vmm': 0, asleep: thread['sleep']}
    busy = pct['guest'] + pct['kvm'] + pct['halt_poll'] + pct['vmm'] - sleeps['vmm']
    print(f'{where:18} ' + '  '.join(
        f'{part} {got:.1f} ({want:.1f})' for part, got, want in (
            ('on a CPU', busy, thread['cpu']), ('run delay', pct['run_delay'], thread['delay']),
            ('blocked', pct['halt_block'], sleeps['halt_block']))))
    near(f'{where}, on a CPU', busy, thread['cpu'])
    near(f'{where}, run delay', pct['run_delay'], thread['delay'])
    near(f'{where}, blocked', pct['halt_block'], sleeps['halt_block'])


# What they do most of the time, which part of the time that is at least, and where they sleep. To fall asleep is part of a
# halt for KVM, and time on a CPU for the scheduler; emulated it takes a third of a ms, so they do it ten times a second.
KINDS = {
    'idle': (['--halt-irqchip', '1', '--halt-us', '4000000'], 'halt', 95, 'halt_block'),
    'halting': (['--halt-irqchip', '8', '--halt-us', '80000'], 'halt', 50, 'halt_block'),
    'VMM': (['--out', '10', '--user-sleep-us', '20000'], 'vmm', 50, 'vmm'),
    'long in VMM': (['--out', '1', '--user-sleep-us', '4000000'], 'vmm', 95, 'vmm'),
    'busy': (['--spin', '20000000', '--cpuid', '5'], 'guest', 50, 'halt_block'),
}


def stop(sims):
    for sim in sims.values():
        sim.process.send_signal(signal.SIGINT)
    for sim in sims.values():
        sim.finish()


@test('the time of a vCPU is where it was: idle, halting, in the VMM, busy')
def shares():
    sims = {name: Simguest(*args, '--forever') for name, (args, *_) in KINDS.items()}
    time.sleep(1)
    again(lambda: check_kinds({sim.pid: name for name, sim in sims.items()}))
    stop(sims)


def check_kinds(names):
    seen = {name: 0 for name in names.values()}
    for vcpus, threads in watch():
        for tid, vcpu in vcpus.items():
            name = names[vcpu['pid']]
            _, part, least, asleep = KINDS[name]
            # One that has slept since before kvmtop began is known as soon as it does something.
            if tid not in threads or vcpu['time_pct'][part] is None:
                continue
            check_shares(name, vcpu, threads[tid], asleep)
            if vcpu['time_pct'][part] < least:
                raise Late(f'{name} vCPU: {part} is {vcpu["time_pct"][part]} %')
            seen[name] += 1
    if min(seen.values()) == 0:
        raise Late(f'frames with each: {seen}')


@test('more busy vCPUs than CPUs: what they wait for one is run delay')
def overcommitted():
    cpus = os.cpu_count()
    sims = {'busy': Simguest('--spin', '20000000', '--cpuid', '5', '--vcpus', str(3 * cpus),
                             '--forever')}
    time.sleep(1)
    again(lambda: check_overcommitted(cpus))
    stop(sims)


def check_overcommitted(cpus):
    seen = 0
    for vcpus, threads in watch():
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


@test('halts are not in the handling time of HLT')
def halts_apart():
    halt_us = 20000
    sim = Simguest('--halt-irqchip', '20', '--halt-us', str(halt_us), '--forever')
    time.sleep(1)
    status, out, err = run(KVMTOP, '-1', '-s', '3', '-o', 'json')
    equal(f'exit status ({err})', status, 0)
    (vcpu,) = vcpus_of(json.loads(out)).values()
    (hlt,) = (reason for reason in vcpu['reasons'] if reason['name'] == 'hlt')
    require(hlt['count']['delta'] > 20, f'{hlt["count"]}')
    require(hlt['time']['p50_ns'] < halt_us * 1000 / 10,
            f'half of the halts of {halt_us} us took {hlt["time"]["p50_ns"]} ns at least')
    stop({'halting': sim})


@test('a halted vCPU that is woken up and waits for a CPU is halted until then, not busy')
def waking_up():
    """Its halts of 100 ms would be up to 20 % of an interval; it is in KVM for some ms of that."""
    sims = {'halting': Simguest('--halt-irqchip', '8', '--halt-us', '100000', '--vcpus', '4', '--forever'),
            'busy': Simguest('--spin', '20000000', '--cpuid', '5', '--vcpus', str(3 * os.cpu_count()), '--forever')}
    time.sleep(1)
    again(lambda: check_waking_up(sims['halting'].pid))
    stop(sims)


def check_waking_up(pid):
    status, out, err = run(*HURRY, '-o', 'json', '-s', '0.5', '-n', '40')
    equal(f'exit status ({err})', status, 0)
    in_kvm = [vcpu['time_pct']['kvm'] for line in out.splitlines()[1:]
              for vcpu in vcpus_of(json.loads(line)).values()
              if vcpu['pid'] == pid and vcpu['time_pct']['kvm'] is not None]
    print(f'{len(in_kvm)} times: in KVM {mean(in_kvm):.1f} %, at most {max(in_kvm):.1f} %')
    require(len(in_kvm) > 100, f'only {len(in_kvm)} times are known')
    if max(in_kvm) > 12:
        raise Late(f'a halting vCPU is in KVM {max(in_kvm)} % of an interval')


PARTS = 'guest_ns', 'kvm_ns', 'vmm_ns', 'block_ns', 'poll_ns', 'delay_ns'

# One of them is busy, one in the VMM, one halted; of one other threads go on with the vCPUs. All at once on two CPUs.
BUSY = ['--cpuid', '200', '--out', '20', '--mmio', '10', '--hlt', '10', '--spin', '1000000', '--vcpus', '2']
STOPPING = [[*BUSY, '--rounds', '10'], [*BUSY, '--handover', '--passes', '4'],
            ['--out', '10', '--user-sleep-us', '10000', '--vcpus', '2'],
            ['--halt-irqchip', '20', '--halt-us', '10000', '--vcpus', '2']]
VCPUS = 2 * (1 + len(STOPPING))  # with one that runs before kvmtop does


def maps_of(pid):
    """The BPF maps that the process has open."""
    for fd in os.listdir(f'/proc/{pid}/fdinfo'):
        try:
            yield from re.findall(r'^map_id:\s*(\d+)$', read(f'/proc/{pid}/fdinfo/{fd}'), re.M)
        except FileNotFoundError:  # closed meanwhile
            pass


def slots(kvmtop, pids):
    """Those of these processes' vCPUs in the BPF map "vcpus"."""
    maps = list(maps_of(kvmtop.process.pid))
    # There is another one, empty, of the programs that read KVM's statistics.
    _, map_id = max((m['max_entries'], str(m['id'])) for m in bpftool('map', 'show')
                    if m.get('name') == 'vcpus' and str(m['id']) in maps)
    for slot in range(1, VCPUS + 10):
        key = map(str, slot.to_bytes(4, 'little'))
        v = bpftool('map', 'lookup', 'id', map_id, 'key', *key)['formatted']['value']
        if v['tgid'] in pids:
            yield v


@over_paths('the sums that BPF keeps of a vCPU are all of its time, to the ns')
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
