# SPDX-License-Identifier: GPL-2.0
"""
Tests of what kvmtop says when it lacks memory, files, a mount or a right: in one line, what it is and what to do.
"""
import os
import re

from bed import KVMTOP, Simguest, Skip, as_nobody, equal, fails_in_one_line, features, require, run
from registry import KERNEL, test
from stats_tests import without_debugfs

SHORT = ['-s', '0.1', '-n', '1']
CHARGES_MEMLOCK = KERNEL == '5.10'  # before 5.11
# What differs is how BPF's memory is charged (5.11), so two kernels are enough.
ON = '5.10', '6.12'
NOBODY = ['bpf', 'perfmon', 'sys_admin', 'sys_ptrace', 'dac_read_search']


def limit_test(name):
    return test(name, on=ON)


def under(*commands):
    """A command under limits of the shell, or under other things that it sets up."""
    return ['bash', '-c', ' && '.join([*commands, 'exec "$@"']), 'bash']


def works(*command, args=SHORT):
    status, out, err = run(*command, KVMTOP, *args)
    equal(f'{command}: exit status and stderr', (status, err), (0, ''))
    return out


def fails_or_works(words, *command):
    """Whether it fails, with these words in its one line."""
    status, _, err = run(*command, KVMTOP, *SHORT)
    if status == 0:
        equal(f'{command}: stderr', err, '')
        return False
    lines = err.splitlines()
    require(status == 1 and len(lines) == 1 and all(word in lines[0] for word in words),
            f'{command}: status {status}, {err!r}')
    return True


@limit_test('too little memory is reported as such, wherever it runs short')
def memory():
    for option, kib in ('-d', range(4000, 33000, 4000)), ('-v', range(20000, 117000, 16000)):
        words = ['memory is short', f'ulimit {option} (now ']
        failed = [n for n in kib if fails_or_works(words, *under(f'ulimit {option} {n}'))]
        require(len(failed) > 2 and failed[-1] != kib[-1], f'ulimit {option}: fails with {failed}')


@limit_test('too little memory in a control group is reported as such')
def memory_group():
    if CHARGES_MEMLOCK:
        raise Skip('BPF memory is in no control group here')
    group = '/sys/fs/cgroup/little-memory'
    with open('/sys/fs/cgroup/cgroup.subtree_control', 'w', encoding='ascii') as file:
        file.write('+memory')
    os.mkdir(group)
    try:
        # With 20M its own memory may be what is short, and the kernel kills it before it can say anything.
        with open(f'{group}/memory.max', 'w', encoding='ascii') as file:
            file.write('32M')
        fails_in_one_line(1, 'memory is short: free some, or raise memory.max', *SHORT,
                          command=under(f'echo $$ > {group}/cgroup.procs'))
    finally:
        os.rmdir(group)


@limit_test('locked memory: it is raised, or named')
def locked_memory():
    little = under('ulimit -l 64')
    works(*little)
    plain = [*little, *as_nobody(*NOBODY)]
    if not CHARGES_MEMLOCK:
        works(*plain)
        return
    fails_in_one_line(1, 'ulimit -l (now 64 KiB)', *SHORT, command=plain)
    works(*little, *as_nobody(*NOBODY, 'sys_resource'))
    # The soft limit alone.
    works('bash', '-c', 'ulimit -Hl unlimited && ulimit -Sl 64 && exec "$@"', 'bash', *as_nobody(*NOBODY))
    _, out, _ = run(*plain, KVMTOP, '--features', '-v')
    require([line for line in out.splitlines() if line.startswith('locked memory ') and 'ulimit -l' in line],
            f'--features: {out}')


@limit_test('open files: the soft limit is raised, a hard one that is too low is named')
def open_files():
    for limit in 6, 12, 20:
        fails_in_one_line(1, f'ulimit -n (now {limit})', *SHORT, command=under(f'ulimit -n {limit}'))
    fails_in_one_line(1, 'ulimit -n (now 64)', '-t', *SHORT, command=under('ulimit -n 64'))
    works(*under('ulimit -Sn 20'), args=['-dt', *SHORT])


@limit_test('/proc that is not mounted is reported as such')
def no_proc():
    command = ['unshare', '--mount', *under('umount -l /proc')]
    fails_in_one_line(1, '/proc is not mounted', *SHORT, command=command)
    _, out, _ = run(*command, KVMTOP, '--features', '-v')
    require(re.search('^capabilities +yes', out, re.MULTILINE), f'--features without /proc: {out}')


@limit_test('-g without a match lists the VMs that there are, and names a right only if it lacks one')
def no_such_guest():
    fails_in_one_line(1, 'no VM is called nosuch; no VM is running', '-g', 'nosuch')
    sims = [Simguest('--cpuid', '1', *name, hold=True) for name in (['--name', 'web01'], ['--name', 'db'], [])]
    for sim in sims:
        sim.wait_reports(1)
    fails_in_one_line(1, 'no VM is called nosuch; there are: db, simguest, web01\n', '-g', 'nosuch')
    fails_in_one_line(1, 'regular expression', '-g', 'web(')
    _, _, err = run(*as_nobody('bpf', 'perfmon', 'sys_admin', 'sys_resource', 'dac_read_search'), KVMTOP, '-g', 'nosuch')
    require(err.splitlines()[-1].endswith(' cannot be inspected without CAP_SYS_PTRACE: run it as root'),
            f'a plain user: {err}')
    # A root that lacks it.
    _, _, err = run('setpriv', '--bounding-set=-sys_ptrace', KVMTOP, '-g', 'nosuch')
    require(err.splitlines()[-1].endswith(' cannot be inspected without CAP_SYS_PTRACE'), f'root without it: {err}')
    for sim in sims:
        sim.finish()


@limit_test('-p of what has no VM is reported, with its name')
def no_such_pid():
    sim = Simguest('--cpuid', '1', hold=True)
    sim.wait_reports(1)
    status, _, err = run(KVMTOP, *SHORT, '-p', f'{os.getpid()},{sim.pid},4194304')
    with open('/proc/self/comm', encoding='utf-8') as file:
        comm = file.read().strip()
    advice = '-p takes the pid of a VMM (QEMU)'
    equal('reported', (status, sorted(err.splitlines())),
          (0, [f'kvmtop: pid {os.getpid()} ({comm}) has no VM: {advice}', f'kvmtop: there is no process 4194304: {advice}']))
    sim.finish()


@limit_test('a source that is not missed is named by --features and JSON, not in text')
def unmissed_source():
    with without_debugfs():
        require('debugfs' not in works(), 'debugfs is missed')
        require('"debugfs": "not mounted"' in works(args=[*SHORT, '-o', 'json']), 'nothing in JSON')
        equal('--features', features()['debugfs'], ('no', 'not mounted'))
