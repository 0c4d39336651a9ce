# SPDX-License-Identifier: GPL-2.0
"""
Tests of -o csv: the rows of all intervals together are what the VMs did, whose every exit is known beforehand. What a row looks
like does not depend on the kernel, so one is enough.
"""
import csv
import io
from types import SimpleNamespace

from bed import KVMTOP, Kvmtop, Simguest, check_counts, equal, require, run, simguest, wait_until
from registry import test

PORT_COUNTED = '0x510'  # of tests/simguest/guest_x86.h
GUESTS = ['--cpuid', '200', '--rdmsr', '50', '--out', '20', '--mmio', '10', '--hypercall', '30',
          '--hlt', '10', '--vms', '2', '--vcpus', '2']


def csv_test(name):
    return test(name, on=('6.12',))


class Csv(Kvmtop):
    """A kvmtop that writes CSV, and all its rows so far."""

    def __init__(self, *args):
        self.rows = []
        super().__init__('-s', '0.5', '-o', 'csv', *args)

    def read_frames(self):
        lines = io.TextIOWrapper(self.process.stdout, encoding='utf-8', newline='')
        for row in csv.DictReader(lines, strict=True):
            with self.changed:
                if None in row or None in row.values() or row['kind'] == 'kind':
                    self.broken = f'not as many fields as columns, or a second header: {row}'
                self.rows.append(row)
                self.changed.notify_all()

    def of(self, kind, **fields):
        return [row for row in self.rows if row['kind'] == kind
                and all(row[name] == value for name, value in fields.items())]

    def wait_rows(self, count, kind, **fields):
        self.wait(lambda _: len(self.of(kind, **fields)) >= count,
                  f'{count} rows {kind} with {fields}')
        return self.of(kind, **fields)

    def only_drops(self, *names):
        equal('what was lost', [row for row in self.of('drop') if row['name'] not in names], [])


def total(rows, column='exits'):
    return sum(int(row[column]) for row in rows)


def by_name(rows, column='exits'):
    """The sums of the rows of each reason, as check_counts() takes them."""
    return {name: SimpleNamespace(count=total([row for row in rows if row['reason'] == name], column))
            for name in {row['reason'] for row in rows}}


def merged(reports):
    """The report of a VM, made of those of its vCPUs."""
    def merge(key):
        sums = {}
        for report in reports:
            for name, count in report[key].items():
                if isinstance(count, int):  # and no histogram
                    sums[name] = sums.get(name, 0) + count
        return sums
    return {key: merge(key) for key in ('expect', 'user', 'kvm_stats')}


def check_vm(kvmtop, reports):
    vm_id = f'{reports[0]["pid"]}-{reports[0]["vm_fd"]}'
    rows = kvmtop.of('vm', vm_id=vm_id)
    reasons = kvmtop.of('vm_reason', vm_id=vm_id)
    users = kvmtop.of('vm_user_exit', vm_id=vm_id)
    check_counts(f'VM {vm_id}', SimpleNamespace(reasons=by_name(reasons), user=by_name(users),
                                                exits=total(rows)), merged(reports))
    equal('columns of the last row, and sums', [rows[-1][name] for name in
                                                ('comm', 'vcpus', 'exits_total', 'user_exits_total')],
          ['simguest', '2', str(total(rows)), str(total(users))])
    last = [row for row in reasons if row['time'] == rows[-1]['time']]
    equal('totals of the reasons', {n: t.count for n, t in by_name(last, 'exits_total').items()},
          {n: t.count for n, t in by_name(reasons).items()})


@csv_test('csv: rows of VMs, reasons and slots add up to what the VMs did')
def rows_add_up():
    vms, hist = Csv(), Csv('-H')
    vms.ready()
    hist.ready()
    guests = simguest(*GUESTS)
    vms.wait_rows(2, 'vm', pid=str(next(iter(guests.pids()))), ended='1')
    for kvmtop in vms, hist:
        kvmtop.stop()
        kvmtop.only_drops()
    for reports in guests.vms():
        check_vm(vms, list(reports.values()))
    for name in 'cpuid', 'msr', 'hypercall':
        want = sum(report['expect'][name] for report in guests.reports)
        equal(f'{name}: exits, and those in slots',
              (total(hist.of('reason', reason=name)),
               total(hist.of('slot', reason=name), 'slot_exits')), (want, want))
    for row in hist.of('slot') + hist.of('user_slot'):
        require(int(row['slot_lo_ns']) < int(row['slot_hi_ns']), f'bounds: {row}')


def check_vcpu(stats, details, vm_id, report):
    """Before the VM ends."""
    exits = str(report['kvm_stats']['exits'])
    of_vcpu = {'vm_id': vm_id, 'vcpu': str(report['vcpu'])}
    row = stats.wait_rows(1, 'vcpu_stat', name='exits', total=exits, **of_vcpu)[-1]
    equal('tid, and the value of a counter', (row['tid'], row['value']), (str(report['tid']), ''))
    details.wait_rows(1, 'vcpu', exits_total=exits, **of_vcpu)
    equal('sum of the exits', total(details.of('vcpu', **of_vcpu)), int(exits))
    port = {**of_vcpu, 'detail': 'pio', 'key': PORT_COUNTED, 'dir': 'write'}
    details.wait_rows(1, 'vcpu_detail', total='20', **port)
    equal('writes to the port', total(details.of('vcpu_detail', **port), 'delta'), 20)


@csv_test('csv: vCPUs, statistics of KVM, keys and slow exits are as many as there were')
def statistics_and_details():
    stats = Csv('-d')
    details = Csv('--detail', 'pio', '--slower-than', '1ns', '--by', 'vcpu').ready()
    stats.ready()
    held = Simguest(*GUESTS, hold=True)
    reports = held.wait_reports(4)
    exits = {}
    for report in reports:
        vm_id = f'{held.pid}-{report["vm_fd"]}'
        exits[vm_id] = exits.get(vm_id, 0) + report['kvm_stats']['exits']
        check_vcpu(stats, details, vm_id, report)
    for vm_id, count in exits.items():
        stats.wait_rows(1, 'vm_stat', name='exits', vm_id=vm_id, total=str(count))
        stats.wait_rows(1, 'vm_stat', name='remote_tlb_flush', vm_id=vm_id)
    held.finish()
    most = sum(exits.values())  # the last of each vCPU does not end

    def slow_and_lost():
        return len(details.of('slow', pid=str(held.pid))), \
            int((details.of('drop', name='slow') or [{'total': 0}])[-1]['total'])

    # After a signal it does not wait for us any longer than for others.
    wait_until(lambda: sum(slow_and_lost()) >= most - len(reports), f'the last of {most} slow exits')
    stats.stop().only_drops()
    details.stop().only_drops('slow')
    require(sum(slow_and_lost()) <= most, f'slow exits and lost ones: {slow_and_lost()}, of {most}')
    slow = details.of('slow', pid=str(held.pid))
    require(all(int(row['time_ns']) > 0 and row['rip'].startswith('0x') for row in slow), 'no times')


@csv_test('csv: events of all VMs, of VMs and of vCPUs add up to what the VMs did, in the order that is asked for')
def events():
    whole, vms, vcpus = Csv('-t', '--sort', 'name:desc'), Csv('-t', '--by', 'vm'), Csv('-t', '--by', 'vcpu', '-f', 'kvm_exit$')
    for kvmtop in whole, vms, vcpus:
        kvmtop.ready()
    guests = simguest(*GUESTS)
    pid = str(next(iter(guests.pids())))
    exits = sum(sum(report['expect'].values()) for report in guests.reports)
    cpuids = sum(report['expect']['cpuid'] for report in guests.reports)
    vms.wait_rows(2, 'vm_event', pid=pid, name='kvm_exit(CPUID)', total=str(cpuids // 2))
    for kvmtop in whole, vms, vcpus:
        kvmtop.stop()
        kvmtop.only_drops()
    require(exits > cpuids, 'what the VMs did')
    equal('exits for CPUID, of all and by VM', [total(whole.of('event', name='kvm_exit(CPUID)'), 'delta'),
                                                total(vms.of('vm_event', name='kvm_exit(CPUID)'), 'delta')], [cpuids] * 2)
    by_vcpu = vcpus.of('vcpu_event', pid=pid)
    equal('names that were chosen', {row['name'] for row in by_vcpu}, {'kvm_exit'})
    equal('exits, by vCPU and of all', total(by_vcpu, 'delta'), total(whole.of('event', name='kvm_exit'), 'delta'))
    last = [row['name'] for row in whole.of('event', time=whole.rows[-1]['time']) if '(' not in row['name']]
    equal('order', last, sorted(last, reverse=True))


@csv_test('csv: the header comes first, and the end of the reader ends it')
def header():
    status, out, err = run('bash', '-c', f'set -o pipefail; {KVMTOP} -o csv --by reason -s 0.1 | head -n 1')
    equal('status and stderr', (status, err), (0, ''))
    require(out.startswith('time,interval_s,kind,isa,') and out.count('\n') == 1, f'output: {out!r}')
