# SPDX-License-Identifier: GPL-2.0
"""
Tests of the drill-down and of slow exits: what kvmtop says that the exits of VMs were about. Every port, MSR, address,
leaf and hypercall of these VMs is known beforehand.
"""
import json
import os
import re
import signal
import subprocess
import tempfile
import time

from bed import (CHILDREN, PATIENCE_S, Failure, Kvmtop, Simguest, Skip, bpftool, check_lockdown, check_vms, equal,
                 fails_in_one_line, finish, require, run, wait_until, waits_in_poll)
import vendor
from registry import KERNEL, PATHS, test

# Of tests/simguest/guest_x86.h.
PORT_COUNTED, PORT_READY, PORT_DONE, PORT_KEYED = 0x510, 0x511, 0x512, 0x600
MSR_APICBASE, MSR_UCODE_WRITE, MSR_KEYED = 0x1b, 0x79, 0x200
MSR_NONE, MSR_FILTERED_READ, MSR_FILTERED_WRITE = 0x12340, 0x606, 0x611
STRING_LEN = 4
HYPERCALL_KEYED = 100
MMIO_GPA, DOORBELL_GPA, PAGE, MMIO_STEP = 0xd0000000, 0xd8000000, 4096, 8
TIMER_VECTOR = 0x40
APIC_TMICT = 0xfee00380

# 5.10 traces one kvm_cpuid as it makes a vCPU, in a thread that is not (yet) known as a vCPU's: kvmtop calls it lost.
CREATION_ASKS_CPUID = KERNEL == '5.10'


class Detail(Kvmtop):
    """A kvmtop that also keeps the slow exits, and the last frame of every VM."""

    def __init__(self, *args):
        self.slow = []
        self.slow_seen = {}  # number of slow exits by the time that each frame came
        self.vms = {}        # by id
        self.drops = {}
        self.ns = {}         # by VM, vCPU, kind and name: time in all frames
        super().__init__(*args)

    def read_frames(self):
        for line in self.process.stdout:
            with self.changed:
                try:
                    self.take(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    self.broken = f'no frame and no slow exit: {error!r}: {line[:200]!r}'
                self.changed.notify_all()

    def take(self, entry):
        if entry['schema'] == 'kvmtop.slow/1':
            self.slow.append(entry)
            return
        self.drops = entry['drops']
        # Slow exits may be lost, where a test means them to be; and see vms_of() for the other.
        faultless = {'slow': 0, **({'detail': 0} if CREATION_ASKS_CPUID else {})}
        self.ledger.add({**entry, 'drops': {**self.drops, **faultless}})
        for vm in entry['vms']:
            self.vms[vm['id']] = vm
            for vcpu in vm['vcpus']:
                for detail in vcpu.get('details', []):
                    key = vm['id'], vcpu['id'], detail['kind'], detail['name']
                    ns = detail['time']['delta_ns'] if detail['time'] else 0
                    self.ns[key] = self.ns.get(key, 0) + ns

    def vms_of(self, guests):
        """The entries of all VMs of @guests in their last frames, with their reports by vCPU."""
        self.wait_ended(guests.pids())
        self.check()
        drops = {name: n for name, n in self.drops.items() if n}
        if CREATION_ASKS_CPUID:
            require(drops.pop('detail', 0) <= len(guests.reports), f'too many drops: {self.drops}')
        equal('drops', drops, {})
        reports = {}
        for report in guests.reports:
            reports.setdefault(f'{report["pid"]}-{report["vm_fd"]}', {})[report['vcpu']] = report
        return [(self.vms[vm_id], by_vcpu) for vm_id, by_vcpu in reports.items()]


def watch(*args):
    return Detail('-s', '0.5', *args).ready()


# The exits that are about a kind of keys, on AMD; nested guests' ones have "L2:" in front.
REASONS_OF = {'msr': r'msr', 'pio': r'io', 'cpuid': r'cpuid', 'hypercall': r'hypercall', 'pf': r'npf', 'page': r'npf',
              'cr': r'(read|write)_cr\d+'}


def number(key):
    return int(key, 16) if isinstance(key, str) else key


def counts(entry, kind):
    """{(key, direction): count} of a VM or vCPU."""
    table = {}
    for detail in entry['details']:
        if detail['kind'] == kind:
            key = number(detail['key']), detail.get('dir')
            table[key] = table.get(key, 0) + detail['count']['total']
    return table


def others(entry, kind):
    return sum(o['count']['total'] for o in entry['detail_others'] if o['kind'] == kind)


def keyed(first, step, keys, times, direction=None):
    return {(first + i * step, direction): times // keys for i in range(keys)}


def check_sums(vm):
    """The vCPUs' details add up to the VM's, and the shares of a kind to 100."""
    for kind in {detail['kind'] for detail in vm['details']}:
        total = {}
        for vcpu in vm['vcpus']:
            for key, count in counts(vcpu, kind).items():
                total[key] = total.get(key, 0) + count
        equal(f'VM {vm["id"]}: {kind}: sum of the vCPUs\' counts', total, counts(vm, kind))
    equal(f'VM {vm["id"]}: others', vm['detail_others'], [])


def exits_for(entry, kind):
    return sum(reason['count']['total'] for reason in entry['reasons']
               if re.fullmatch(f'(L2:)?({REASONS_OF[kind]})', reason['name']))


def check_all_exits(entry, kinds=tuple(REASONS_OF)):
    """The keys of each kind and its others are all exits that are about it. @entry is a VM's or a vCPU's."""
    for kind in kinds:
        equal(f'{kind}: keys and others', sum(counts(entry, kind).values()) + others(entry, kind), exits_for(entry, kind))


ALL = 'msr,pio,mmio,hypercall,cpuid,vector,pf,page,cr,rip'
KEYS = 8
N = {'cpuid': 96, 'rdmsr': 48, 'wrmsr': 32, 'out': 16, 'in': 24, 'mmio': 32, 'mmio-read': 16,
     'hypercall': 40}
ARGS = [word for name, n in N.items() for word in (f'--{name}', str(n))]


def want_keyed(vcpu, rounds):
    """What a vCPU with --keys did, by kind."""
    gpa = MMIO_GPA + vcpu * PAGE
    n = {name: count * rounds for name, count in N.items()}
    mmio = keyed(gpa, MMIO_STEP, KEYS, n['mmio'], 'write')
    mmio[gpa, 'write'] += 1  # the first touch
    return {
        'msr': {**keyed(MSR_KEYED, 1, KEYS, n['rdmsr'], 'read'),
                **keyed(MSR_KEYED, 1, KEYS, n['wrmsr'], 'write')},
        'pio': {**keyed(PORT_KEYED, 1, KEYS, n['out'], 'write'),
                **keyed(PORT_KEYED, 1, KEYS, n['in'], 'read'),
                (PORT_READY, 'write'): 1, (PORT_DONE, 'write'): 1},
        'mmio': {**mmio, **keyed(gpa, MMIO_STEP, KEYS, n['mmio-read'], 'read')},
        'hypercall': keyed(HYPERCALL_KEYED, 1, KEYS, n['hypercall']),
        'cpuid': keyed(0, 1, KEYS, n['cpuid']),
    }


def check_rips(vcpu):
    """Each reason's instructions have as many exits as the reason."""
    rips = {}
    for detail in vcpu['details']:
        if detail['kind'] == 'rip':
            rips[detail['name']] = rips.get(detail['name'], 0) + detail['count']['total']
    equal('exits by instruction', rips,
          {reason['name']: reason['count']['total'] for reason in vcpu['reasons']})


def account(kvmtop, vm, vcpu):
    """What all frames together say of a vCPU."""
    return next(v for v in kvmtop.ledger.of_pids({vm['pid']}) if v.id == vm['id']).vcpus[vcpu['id']]


def check_times(kvmtop, vm, vcpu):
    """The instructions, and the leaves, of CPUID have all the time that the exits for CPUID have."""
    want = account(kvmtop, vm, vcpu).reasons['cpuid'].sum_ns
    require(want > 0, 'cpuid took no time')
    for kind, name in ('rip', 'cpuid'), ('cpuid', None):
        equal(f'time of cpuid by {kind}', kvmtop.ns[vm['id'], vcpu['id'], kind, name], want)


@test('--detail: every MSR, port, address, leaf and hypercall has its exact count', intel=('6.1', '7.2'))
def detail_exact():
    kvmtop = watch('--detail', ALL)
    guests = finish(Simguest(*ARGS, '--keys', str(KEYS), '--rounds', '3', '--vcpus', '3'),
                    Simguest(*ARGS, '--keys', str(KEYS), '--rounds', '3', '--vms', '2'))
    vms = kvmtop.vms_of(guests)
    equal('number of VMs', len(vms), 3)
    for vm, _ in vms:
        check_sums(vm)
        for vcpu in vm['vcpus']:
            for kind, want in want_keyed(vcpu['id'], 3).items():
                equal(f'VM {vm["id"]}, vCPU {vcpu["id"]}: {kind}', counts(vcpu, kind), want)
            check_rips(vcpu)
    kvmtop.stop()


@test('--detail: names, sizes, page faults', on=('5.10', '6.12'))
def detail_fields():
    kvmtop = watch('--detail', 'msr,pio,hypercall', '--detail', 'mmio,page,pf')
    guests = finish(Simguest('--rdmsr', '5', '--wrmsr', '6', '--out', '7', '--in', '3', '--mmio', '4',
                             '--hypercall', '2'))
    (vm, _), = kvmtop.vms_of(guests)
    details = vm['details']
    names = {(d['kind'], number(d['key']), d.get('dir')): (d['name'], d.get('size'), d['count']['total'])
             for d in details if d['kind'] not in ('page', 'pf')}
    equal('details', names, {
        ('msr', MSR_APICBASE, 'read'): ('MSR_IA32_APICBASE', None, 5),
        ('msr', MSR_UCODE_WRITE, 'write'): ('MSR_IA32_UCODE_WRITE', None, 6),
        ('pio', PORT_COUNTED, 'write'): (None, 1, 7), ('pio', PORT_COUNTED, 'read'): (None, 1, 3),
        ('pio', PORT_READY, 'write'): (None, 1, 1), ('pio', PORT_DONE, 'write'): (None, 1, 1),
        ('mmio', MMIO_GPA, 'write'): (None, 1, 5),
        ('hypercall', 1, None): ('KVM_HC_VAPIC_POLL_IRQ', None, 2)})
    pages = {number(d['key']) for d in details if d['kind'] == 'page'}
    equal('pages', pages, {0, MMIO_GPA})
    npf = next(r['count']['total'] for r in vm['reasons'] if r['name'] == 'npf')
    for kind in 'page', 'pf':
        equal(f'events of {kind}', sum(counts(vm, kind).values()), npf)
    require(all(d['error_code'] for d in details if d['kind'] == 'page'), 'no error codes')
    kvmtop.stop()


USER_MSRS = {'user-rdmsr': 6, 'user-wrmsr': 5, 'filter-rdmsr': 4, 'filter-wrmsr': 3, 'rdmsr': 8, 'wrmsr': 2}


@test('--detail msr: the MSRs that the VMM reads and writes, too')
def detail_user_msrs():
    kvmtop = watch('--detail', 'msr')
    rounds = 3
    guests = finish(Simguest(*[word for name, n in USER_MSRS.items() for word in (f'--{name}', str(n))],
                             '--rounds', str(rounds), '--vcpus', '2'))
    (vm, by_vcpu), = kvmtop.vms_of(guests)
    want = {(MSR_NONE, 'read'): 6, (MSR_NONE, 'write'): 5, (MSR_FILTERED_READ, 'read'): 4,
            (MSR_FILTERED_WRITE, 'write'): 3, (MSR_APICBASE, 'read'): 8, (MSR_UCODE_WRITE, 'write'): 2}
    for vcpu in vm['vcpus']:
        where = f'vCPU {vcpu["id"]}'
        equal(f'{where}: keys', counts(vcpu, 'msr'), {key: n * rounds for key, n in want.items()})
        equal(f'{where}: others', vcpu['detail_others'], [])
        check_all_exits(vcpu, ('msr',))
        equal(f'{where}: exits to user space for MSRs', by_vcpu[vcpu['id']]['user_msrs'],
              {'KVM_EXIT_X86_RDMSR': 10 * rounds, 'KVM_EXIT_X86_WRMSR': 8 * rounds})
    times = {name: ns for (_, _, kind, name), ns in kvmtop.ns.items() if kind == 'msr'}
    require(len(times) == 5 and all(times.values()), f'keys without time: {times}')
    kvmtop.stop()


UNKEYED = ['--cr', '12', '--cpuid', '7', '--rdmsr', '5', '--user-wrmsr', '4', '--string-out', '3', '--in', '2', '--mmio', '2',
           '--hypercall', '3', '--rounds', '4', '--vcpus', '2']


def check_unkeyed(vm, kinds=tuple(REASONS_OF)):
    """
    An emulated CPU has no decode assists, so KVM emulates MOV from CR4 without an event. It also exits for a REP OUTS of nothing,
    which KVM makes the guest execute in the end.
    """
    for vcpu in vm['vcpus']:
        where = f'vCPU {vcpu["id"]}'
        equal(f'{where}: ports', sum(counts(vcpu, 'pio').values()), 4 * (3 * STRING_LEN + 2) + 2)
        equal(f'{where}: others', {o['kind']: o['count']['total'] for o in vcpu['detail_others']},
              {'cr': 4 * 12, 'pio': 4 * 3})
        check_all_exits(vcpu, kinds)
    check_all_exits(vm, kinds)


@test('--detail mmio: doorbells that no VMM is asked about are among the addresses', intel=('6.12',))
def detail_doorbells():
    """Doorbells are ioeventfds without a length, for which KVM on VMX has an event of its own."""
    kvmtops = [watch('--detail', 'mmio'), watch('--detail', 'mmio', '--exit-path', 'classic')]
    guests = finish(Simguest('--doorbell', '20', '--mmio', '6', '--mmio-read', '4', '--rounds', '3', '--vcpus', '2'))
    for kvmtop in kvmtops:
        (vm, _), = kvmtop.vms_of(guests)
        check_vms(kvmtop, guests)
        for vcpu in vm['vcpus']:
            page = vcpu['id'] * PAGE
            equal(f'vCPU {vcpu["id"]}', counts(vcpu, 'mmio'),
                  {(MMIO_GPA + page, 'write'): 19, (MMIO_GPA + page, 'read'): 12, (DOORBELL_GPA + page, 'write'): 61})
        kvmtop.stop()


@test('--detail: exits that no event describes are among the others, in JSON and recordings', on=('5.10', '7.2'))
def detail_unkeyed():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'recording')
        kvmtop = watch('--detail', ALL, '--record', path)
        (vm, _), = kvmtop.vms_of(finish(Simguest(*UNKEYED)))
        check_unkeyed(vm)
        for other in vm['detail_others']:
            require(other['time'] is not None, f'the others have no time: {other}')
        kvmtop.stop()
        status, out, err = run(os.environ['KVMTOP'], '--replay', path, '-o', 'json')
        equal(f'--replay ({err.strip()})', status, 0)
        replayed = [v for line in out.splitlines() for v in json.loads(line)['vms'] if v['id'] == vm['id']]
        check_unkeyed(replayed[-1])


@test("--detail: a nested guest's exits that its hypervisor handles are among the others")
def detail_unkeyed_nested():
    kvmtop = watch('--detail', 'cpuid,msr')
    guests = finish(Simguest('--nested', '9', '--cpuid', '7', '--rdmsr', '5', '--rounds', '4', '--vcpus', '2'))
    (vm, _), = kvmtop.vms_of(guests)
    for vcpu in vm['vcpus']:
        equal(f'vCPU {vcpu["id"]}: keys', counts(vcpu, 'cpuid'), {(0, None): 28})
        equal(f'vCPU {vcpu["id"]}: others', others(vcpu, 'cpuid'), 36)
        check_all_exits(vcpu, ('cpuid', 'msr'))
    kvmtop.stop()


@test('--detail with --latency off: the others, too', on=('6.1',))
def detail_unkeyed_off():
    kvmtop = watch('--detail', 'cr,pio,msr', '--latency', 'off')
    (vm, _), = kvmtop.vms_of(finish(Simguest(*UNKEYED)))
    check_unkeyed(vm, ('cr', 'pio', 'msr'))
    kvmtop.stop()


@test('--detail: an exit whose key comes later is never among the others', boot='measuring', on=('5.10', '6.12'))
def detail_in_flight():
    kvmtop = Detail('-s', '0.1', '--detail', 'pio,mmio,msr,cr').ready()
    seen = []
    take = kvmtop.take
    kvmtop.take = lambda entry: (seen.append(entry), take(entry))
    sim = Simguest('--in', '8', '--mmio-read', '4', '--user-rdmsr', '4', '--out', '4', '--user-sleep-us', '30000',
                   '--vcpus', '2', '--forever')

    def entries_now():
        return [vcpu for entry in list(seen) for vm in entry.get('vms', []) for vcpu in vm['vcpus'] if 'details' in vcpu]

    kvmtop.wait(lambda _: len(entries_now()) >= 40, '40 vCPUs, with those before it')
    entries = entries_now()
    in_flight = 0
    for vcpu in entries:
        equal('others', vcpu['detail_others'], [])
        for kind in 'pio', 'msr':
            exits, keys = exits_for(vcpu, kind), sum(counts(vcpu, kind).values())
            # One that waits for its key, and one that came while they were read.
            require(exits - 2 <= keys <= exits, f'{kind}: {keys} keys of {exits} exits')
            in_flight += exits - keys
        require(all(d['count']['delta'] >= 0 for d in vcpu['details']), f'a negative key: {vcpu["details"]}')
    require(in_flight, 'no frame had an exit in flight, so nothing was tested')
    sim.process.send_signal(signal.SIGINT)
    sim.finish()
    kvmtop.stop()


def classic_reads():
    """By name: whether a classic program of the drill-down calls a helper for its record's fields."""
    reads = {}
    for program in bpftool('prog', 'list'):
        if program.get('name', '') == 'classic_cpuid':
            reads[program['name']] = 'probe_read_kernel' in str(bpftool('prog', 'dump', 'xlated', 'id', str(program['id'])))
    return reads


@test('--detail: the fields of classic records are where the format says, and not where they usually are', on=('5.10', '6.1'))
def detail_relocated_records():
    # Where plain loads work a program calls it for nothing else.
    if 'plain' in PATHS:
        kvmtop = watch('--detail', 'cpuid')
        equal('usual records are read by a helper', classic_reads(), {'classic_cpuid': False})
        kvmtop.stop()
    kvmtop = watch('--relocated-records', '--exit-path', 'classic', '--detail', 'msr,pio,mmio,hypercall,cpuid,rip:cpuid')
    equal('relocated records are read by a helper', classic_reads(), {'classic_cpuid': True})
    guests = finish(Simguest(*ARGS, '--keys', str(KEYS), '--user-rdmsr', '4', '--rounds', '2', '--vcpus', '2'))
    (vm, _), = kvmtop.vms_of(guests)
    check_sums(vm)
    for vcpu in vm['vcpus']:
        for kind, want in want_keyed(vcpu['id'], 2).items():
            if kind == 'msr':
                want = {**want, (MSR_NONE, 'read'): 8}
            equal(f'vCPU {vcpu["id"]}: {kind}', counts(vcpu, kind), want)
        equal(f'vCPU {vcpu["id"]}: instructions', sum(counts(vcpu, 'rip').values()), exits_for(vcpu, 'cpuid'))
    kvmtop.stop()


@test('--detail vmgexit: loads where the kernel has the event, and is refused in one line where it has not')
def detail_vmgexit():
    if os.path.exists('/sys/kernel/tracing/events/kvm/kvm_vmgexit_enter'):
        names = detail_programs('--detail', 'vmgexit,mmio', '--latency', 'off')
        require(any('vmgexit' in name for name in names), f'for vmgexit: {names}')
        require(any('fast_mmio' in name for name in names), f'for mmio: {names}')
        return
    fails_in_one_line(1, 'no tracepoint kvm_vmgexit_enter', '--detail', 'vmgexit')


@test('--detail vector, mmio: an in-kernel APIC and its timer')
def detail_vector():
    kvmtop = watch('--detail', 'vector,mmio')
    guests = finish(Simguest('--halt-irqchip', '30'))
    (vm, by_vcpu), = kvmtop.vms_of(guests)
    # The emulated CPU may deliver one twice, see simguest; then KVM injected it once.
    vectors = counts(vm, 'vector')
    equal('vectors', set(vectors), {(TIMER_VECTOR, None)})
    stats = by_vcpu[0]['kvm_stats']
    if stats:
        equal('injections, compared with KVM\'s own', vectors[TIMER_VECTOR, None],
              stats['irq_injections'])
    require(counts(vm, 'mmio')[APIC_TMICT, 'write'] >= 30, 'not all writes to the timer')
    kvmtop.stop()


@test('--detail rip:REASON: the instructions of one reason, with its time')
def detail_rip():
    kvmtop = watch('--detail', 'rip:cpuid,cpuid')
    guests = finish(Simguest('--cpuid', '400', '--rdmsr', '10'))
    (vm, _), = kvmtop.vms_of(guests)
    rips = [d for d in vm['details'] if d['kind'] == 'rip']
    equal('instructions', [(d['name'], d['count']['total']) for d in rips], [('cpuid', 400)])
    for vcpu in vm['vcpus']:
        check_times(kvmtop, vm, vcpu)
    kvmtop.stop()


@test('--detail: counts go with the vCPU when other threads run it', on=('6.1', '7.2'))
def detail_handover():
    kvmtop = watch('--detail', 'pio,cpuid,mmio')
    guests = finish(Simguest('--in', '16', '--cpuid', '8', '--mmio-read', '8', '--keys', '8', '--passes',
                             '4', '--handover', '--vcpus', '3'))
    (vm, _), = kvmtop.vms_of(guests)
    for vcpu in vm['vcpus']:
        where = f'vCPU {vcpu["id"]}'
        equal(f'{where}: cpuid', counts(vcpu, 'cpuid'), keyed(0, 1, 8, 8 * 4))
        equal(f'{where}: pio', counts(vcpu, 'pio'),
              {**keyed(PORT_KEYED, 1, 8, 16 * 4, 'read'), (PORT_READY, 'write'): 1,
               (PORT_DONE, 'write'): 4})
        equal(f'{where}: mmio', counts(vcpu, 'mmio'),
              {**keyed(MMIO_GPA + vcpu['id'] * PAGE, MMIO_STEP, 8, 8 * 4, 'read'),
               (MMIO_GPA + vcpu['id'] * PAGE, 'write'): 1})
    kvmtop.stop()


@test('--detail: with more keys than have room, what is shown and the others are all', on=('5.10', '6.12'))
def detail_others():
    keys, room, rounds = 512, 64, 40
    kvmtop = watch('--detail', 'pio', '--detail-keys', str(room))
    guests = finish(Simguest('--out', str(keys), '--in', str(keys), '--keys', str(keys), '--rounds',
                             str(rounds), '--vcpus', '2'))
    (vm, _), = kvmtop.vms_of(guests)
    want = 2 * keys * rounds + 2  # and OUT READY, OUT DONE
    for vcpu in vm['vcpus']:
        shown = counts(vcpu, 'pio')
        equal(f'vCPU {vcpu["id"]}: what is shown and the others', sum(shown.values()) +
              others(vcpu, 'pio'), want)
        require(others(vcpu, 'pio') > want // 2, f'vCPU {vcpu["id"]}: there should be many others')
        too_many = {key: n for key, n in shown.items() if n > rounds}
        equal(f'vCPU {vcpu["id"]}: keys with more than they can have', too_many, {})
    equal('all of the VM', sum(counts(vm, 'pio').values()) + others(vm, 'pio'), 2 * want)
    require(0 < len(vm['details']) <= room, f'{len(vm["details"])} keys have room')
    deltas = {detail['kind']: detail for detail in vm['detail_others']}
    require(deltas['pio']['time'] is not None, 'the others have no time')
    kvmtop.stop()


@test('--detail: a hot key has its count in spite of many cold ones', on=('6.1',))
def detail_hot():
    kvmtop = watch('--detail', 'pio', '--detail-keys', '64')
    cold = Simguest('--out', '512', '--keys', '512', '--rounds', '200')
    hot = Simguest('--in', '2000', '--rounds', '20')
    guests = finish(cold, hot)
    entries = {vm['pid']: vm for vm, _ in kvmtop.vms_of(guests)}
    vm = entries[hot.pid]
    equal('IN and others', counts(vm, 'pio').get((PORT_COUNTED, 'read'), 0) + others(vm, 'pio'), 40002)
    equal('the cold ones', sum(counts(entries[cold.pid], 'pio').values()) +
          others(entries[cold.pid], 'pio'), 512 * 200 + 2)
    kvmtop.stop()


@test('--detail: VMs that follow one another at the same addresses have their own counts', on=('5.10', '6.12'))
def detail_generations():
    kvmtop = watch('--detail', 'msr,cpuid')
    guests = finish(Simguest('--rdmsr', '16', '--cpuid', '16', '--keys', '16', '--processes', '8'))
    for vm, _ in kvmtop.vms_of(guests):
        equal('cpuid', counts(vm, 'cpuid'), keyed(0, 1, 16, 16))
        equal('msr', counts(vm, 'msr'), keyed(MSR_KEYED, 1, 16, 16, 'read'))
    kvmtop.stop()


@test('--detail with -p: only the VMs that are asked for', on=('6.1',))
def detail_filter():
    sim = Simguest('--cpuid', '100', go=True)
    kvmtop = watch('--detail', 'cpuid', '-p', str(sim.pid))
    finish(Simguest('--cpuid', '500'))
    sim.go()
    (vm, _), = kvmtop.vms_of(finish(sim))
    equal('cpuid', counts(vm, 'cpuid'), {(0, None): 100})
    equal('VMs', set(kvmtop.vms), {vm['id']})
    kvmtop.stop()


@test('--detail with --latency off: counts, and no times', on=('7.2',))
def detail_off():
    kvmtop = watch('--detail', 'msr', '--latency', 'off')
    (vm, _), = kvmtop.vms_of(finish(Simguest('--rdmsr', '50')))
    equal('msr', [(d['count']['total'], d['time']) for d in vm['details']], [(50, None)])
    kvmtop.stop()


# ---- slow exits

# A thread that is about to sleep may have to wait for a CPU instead, which is no exit's time.
SLOW_MS = 100
SLEEP_MS = 500


@test('--slower-than: the exits in which the VMM sleeps, and no others', boot='measuring', intel=('6.12',))
def slow_exits():
    kvmtop = watch('--slower-than', f'{SLOW_MS}ms')
    guests = finish(Simguest('--out', '4', '--cpuid', '2000', '--user-sleep-us', str(SLEEP_MS * 1000),
                             '--vcpus', '2'))
    vms = kvmtop.vms_of(guests)
    tids = {report['vcpu']: report['tid'] for report in guests.reports}
    kvmtop.stop()
    # The first, OUT READY, and the last, OUT DONE, which no entry ends.
    for vcpu in 0, 1:
        slow = [s for s in kvmtop.slow if s['vcpu'] == vcpu and s['reason'] == vendor.own('io')]
        equal(f'vCPU {vcpu}: slow exits', len(slow), 5)
        for entry in slow:
            equal('pid, tid, VM', (entry['pid'], entry['tid'], entry['id']),
                  (guests.reports[0]['pid'], tids[vcpu], vms[0][0]['id']))
            require(entry['duration_ns'] >= SLOW_MS * 1e6, f'too short: {entry}')
            equal('isa', entry['isa'], vendor.ISA)
        if PATHS[0] != 'classic':
            ports = [number(s['detail']['key']) for s in slow]
            equal(f'vCPU {vcpu}: ports', ports, [PORT_READY] + 4 * [PORT_COUNTED])
        rips = [number(s['rip']) for s in slow]
        equal(f'vCPU {vcpu}: instructions', len(set(rips)), 2)
        times = [s['time'] for s in slow]
        equal('times in order', times, sorted(times))
    require('details' not in vms[0][0], 'details that were not asked for')
    not_io = [s for s in kvmtop.slow if s['reason'] not in map(vendor.own, ('io', 'interrupt'))]
    equal('other slow exits', not_io, [])


def keep_migrating(sim):
    """Migrates the threads of @sim from one CPU to the next until they have done what they had to; all CPUs are busy."""
    cpus = sorted(os.sched_getaffinity(0))
    hogs = [CHILDREN.add(subprocess.Popen(['taskset', '-c', str(cpu), 'sh', '-c', 'while :; do :; done']))
            for cpu in cpus]
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    try:
        sim.go()
        wait_until(lambda: move_once(sim, 10 * cpus) or sim.reports(), 'the reports of simguest')
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        for hog in hogs:
            hog.kill()
            hog.wait()


def move_once(sim, cpus):
    require(sim.process.poll() is None, 'simguest ended early')
    for cpu in cpus:
        for tid in os.listdir(f'/proc/{sim.pid}/task'):
            try:
                os.sched_setaffinity(int(tid), {cpu})
            except ProcessLookupError:
                pass  # it has just ended
        time.sleep(0.0005)


@test('--slower-than: a sleep that the scheduler takes for a wait for a CPU is still a sleep', on=('6.12', '7.2'))
def slow_migrated():
    # A thread may be migrated when its timer runs already, and it does not sleep yet. Then it does wait for a CPU in
    # some of its 100 ms, but not in nearly all of them. One whose sleep is taken for a wait has next to nothing left.
    sleeps, sleep_ms = 60, 100
    kvmtop = Detail('-s', '0.5', '--slower-than', '2ms').ready()
    sim = Simguest('--out', '1', '--spin', '1000000', '--rounds', str(sleeps), '--user-sleep-us',
                   str(sleep_ms * 1000), hold=True, go=True)
    keep_migrating(sim)
    kvmtop.wait_frames(2)
    kvmtop.stop()
    sim.finish()
    slow = [s for s in kvmtop.slow if s['pid'] == sim.pid and s['reason'] == 'io']
    want = sleeps + 1  # and the first, OUT READY; the last, OUT DONE, is not over
    equal('slow exits', len(slow), want)


@test('--slower-than: an exit is printed when it ends, not at the end of the interval', on=('6.1',))
def slow_at_once():
    kvmtop = Detail('-s', '600', '--slower-than', f'{SLOW_MS}ms').ready()
    finish(Simguest('--out', '2', '--user-sleep-us', str(SLEEP_MS * 1000)))
    wait_until(lambda: len(kvmtop.slow) >= 3, 'three slow exits')
    equal('frames', len(kvmtop.ledger.frames), 0)
    kvmtop.stop()


@test('--slower-than as text: one line an exit', on=('6.1',))
def slow_text():
    process = CHILDREN.add(subprocess.Popen([os.environ['KVMTOP'], '-s', '600', '--slower-than', '1ns', '-p', '1'],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=subprocess.DEVNULL, text=True))
    wait_until(lambda: waits_in_poll(process.pid), 'kvmtop to count')
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=PATIENCE_S)
    equal('exit status', process.returncode, 0)
    require('no VM is running' in out, f'no last frame: {out!r}')


@test('--slower-than: what is lost is counted', on=('5.10', '7.2'))
def slow_lost():
    kvmtop = watch('--slower-than', '1ns')
    # Much less than the 8 MiB that may wait for us: we may be slow.
    guests = finish(Simguest('--cpuid', '6000', '--vcpus', '2'))
    kvmtop.wait_ended(guests.pids())
    # Each exit is slow but the last of each vCPU, which no entry ends.
    exits = sum(vm['exits']['total'] for vm in kvmtop.vms.values() if vm['pid'] in guests.pids())

    # Those that come late: after a signal it does not wait for us any longer than for others.
    wait_until(lambda: len(kvmtop.slow) + kvmtop.drops['slow'] >= exits - 2, f'the last of {exits - 2} slow exits')
    kvmtop.stop()
    seen = sum(s['pid'] in guests.pids() for s in kvmtop.slow)
    equal('slow exits seen and lost', seen + kvmtop.drops['slow'], exits - 2)


# ---- what is attached


def programs():
    """Names of all BPF programs that are loaded."""
    return sorted(program.get('name', '') for program in bpftool('prog', 'list'))


def detail_programs(*args):
    kvmtop = Detail('-s', '0.5', *args).ready()
    names = programs()
    kvmtop.stop()
    return [name for name in names if re.match(r'raw_|classic_|detail_', name)]


@test('--detail attaches what it needs, and nothing is attached without it', on=('5.10', '7.2'))
def detail_attached():
    equal('without', detail_programs(), [])
    names = detail_programs('--detail', 'msr')
    require('detail_entry' in names, f'for msr: {names}')
    # One of them for the MSRs that the VMM handles.
    equal(f'for msr: {names}', len(names), 3)
    equal('for msr without times', len(detail_programs('--detail', 'msr', '--latency', 'off')), 2)
    equal('for slow exits', len(detail_programs('--slower-than', '1s')), 2)
    equal('at the end', [n for n in programs() if re.match(r'raw_|classic_|detail_', n)], [])


@test('--detail, --slower-than: wrong usage is one line, and the list is there', on=('6.1',))
def detail_usage():
    fails_in_one_line(2, '--detail help', '--detail', 'nonsense')
    fails_in_one_line(2, 'unit', '--slower-than', '5')
    fails_in_one_line(1, 'no exit reason', '--detail', 'rip:nonsense')
    status, out, err = run(os.environ['KVMTOP'], '--detail', 'help')
    equal(f'--detail help ({err.strip()})', status, 0)
    require('rip:REASON' in out and 'hypercall' in out, f'not the list: {out}')


@test('lockdown=confidentiality: --detail counts by raw programs, or says why not', boot='confidentiality')
def detail_confidentiality():
    check_lockdown('confidentiality')
    if 'plain' not in PATHS:
        raise Skip('kvmtop counts nothing here')
    kvmtop = watch('--detail', 'msr,cpuid,rip:cpuid', '--slower-than', f'{SLOW_MS}ms')
    guests = finish(Simguest('--rdmsr', '64', '--cpuid', '64', '--keys', '8', '--out', '8',
                             '--user-sleep-us', str(SLEEP_MS * 1000)))
    kvmtop.wait_ended(guests.pids())
    vm = next(vm for vm in kvmtop.vms.values() if vm['pid'] in guests.pids())
    lost = kvmtop.drops['detail'] + kvmtop.drops['missed']
    for kind, want in (('msr', keyed(MSR_KEYED, 1, 8, 64, 'read')), ('cpuid', keyed(0, 1, 8, 64))):
        got = counts(vm, kind)
        if not lost:
            equal(kind, got, want)
        elif sum(want.values()) - sum(got.values()) > lost:
            raise Failure(f'{kind}: {got}, and only {lost} lost')
    kvmtop.stop()
    equal('slow exits', len([s for s in kvmtop.slow if s['reason'] == 'io']), 9)


@test('lockdown=confidentiality: on VMX slow exits are shown without rip, and all are counted', 'confidentiality', on=(),
      intel_slow=('7.2',))
def slow_confidentiality():
    """Where the rip takes a VMREAD, only the record of an event has it."""
    check_lockdown('confidentiality')
    fails_in_one_line(1, 'rip', '--detail', 'rip:CPUID')
    kvmtop = watch('--detail', 'msr', '--slower-than', f'{SLOW_MS}ms')
    guests = finish(Simguest('--rdmsr', '64', '--cpuid', '64', '--out', '8', '--user-sleep-us', str(SLEEP_MS * 1000)))
    kvmtop.wait_ended(guests.pids())
    check_vms(kvmtop, guests)
    complaints = kvmtop.stop().complaints()
    require(any('slow exits have no rip and no port' in line for line in complaints), f'nothing about rip: {complaints}')
    equal('slow exits', [(slow['reason'], slow['rip']) for slow in kvmtop.slow], 9 * [('IO_INSTRUCTION', None)])


@test('lockdown=integrity: --detail and --slower-than work', boot='integrity')
def detail_integrity():
    check_lockdown('integrity')
    kvmtop = watch('--detail', 'msr,rip:cpuid')
    (vm, _), = kvmtop.vms_of(finish(Simguest('--rdmsr', '64', '--cpuid', '64', '--keys', '8')))
    equal('msr', counts(vm, 'msr'), keyed(MSR_KEYED, 1, 8, 64, 'read'))
    equal('rip', sum(counts(vm, 'rip').values()), 64)
    kvmtop.stop()


# ---- nested guests


@test('exits of nested guests are shown apart from those of the VM', intel=('6.1', '6.12', '7.2'))
def nested_exits():
    paths = [path for path in PATHS if path != 'classic']
    if not paths:
        raise Skip('no type of KVM says what runs')
    kvmtops = [watch('--exit-path', path) for path in paths]
    guests = finish(Simguest('--nested', '500', '--cpuid', '70', '--rounds', '2', '--vcpus', '2'))
    for kvmtop in kvmtops:
        check_nested(kvmtop, guests)


def check_nested(kvmtop, guests):
    for vm, by_vcpu in kvmtop.vms_of(guests):
        for vcpu in vm['vcpus']:
            where = f'vCPU {vcpu["id"]}'
            report = by_vcpu[vcpu['id']]
            reasons = {reason['name']: reason for reason in vcpu['reasons']}
            got = {name: reason['count']['total'] for name, reason in reasons.items()}
            want = {**report['nested'], vendor.own('cpuid'): 140}
            equal(where, {name: got.get(name) for name in want}, want)
            for name, reason in reasons.items():
                equal(f'{where}: {name}', reason.get('nested', False), name.startswith('L2:'))
                equal(f'{where}: isa', reason['isa'], vendor.ISA)
            require(account(kvmtop, vm, vcpu).reasons['L2:' + vendor.own('cpuid')].sum_ns > 0,
                    f'{where}: L2 takes no time')
            equal(f'{where}: sum', vcpu['exits']['total'], report['kvm_stats']['exits'])
    kvmtop.stop()
