# SPDX-License-Identifier: GPL-2.0
"""
The books that the tests keep of what a kvmtop said. Every frame is entered and checked against the ones before it.
Every VM has one account from its first frame to its last.

Pure: it is given frames (the objects of -o json) and asked for accounts.
"""
import operator


class Tally:
    """One reason of one vCPU, summed up over all frames."""

    def __init__(self):
        self.count = 0  # what kvmtop calls the total; it is also the sum of its deltas
        self.sum_ns = 0
        self.max_ns = 0
        self.hist = None
        self.time_seen = self.percentiles_seen = False

    def add_time(self, time):
        if time is None:
            return
        self.time_seen = True
        self.sum_ns += time['delta_ns']
        self.max_ns = max(self.max_ns, time['max_ns'] or 0)
        if time['p50_ns'] is not None:
            self.percentiles_seen = True
        if time['log2_hist'] is not None:
            new = time['log2_hist']
            self.hist = list(map(operator.add, self.hist, new)) if self.hist else new

    def timed(self):
        return sum(self.hist or [])


class Vcpu:
    def __init__(self):
        self.tid = None
        self.exits = 0
        self.reasons = {}  # by name
        self.user = {}


class Vm:
    def __init__(self, entry):
        self.id = entry['id']
        self.pid = entry['pid']
        self.name = self.comm = None
        self.exits = 0
        self.ended = False
        self.frames = []  # (number of the frame, its delta of exits)
        self.time_pct = []  # of each frame
        self.vcpus = {}  # by id

    def tids(self):
        return frozenset(vcpu.tid for vcpu in self.vcpus.values())

    def total(self, name):
        """Count of a reason, or of a userspace exit, of all vCPUs."""
        tallies = [t for v in self.vcpus.values() for t in (v.reasons.get(name), v.user.get(name))]
        return sum(t.count for t in tallies if t)


def time_faults(where, time):
    """
    What is wrong with the TIME object of one reason in one frame, by itself. Its maximum may be above its sum: an exit
    may end just while kvmtop reads, after the sum and before the maximum.
    """
    if time is None or time['p50_ns'] is None:
        return
    for part in time, time['total']:
        if not part['p50_ns'] <= part['p90_ns'] <= part['p99_ns'] <= part['p999_ns'] <= part['max_ns']:
            yield f'{where}: percentiles and maximum are not in order: {time}'


def sum_faults(where, entry, parts):
    """Whether a VM's or vCPU's counts are the sum of its reasons', and of its @parts'."""
    for field in 'total', 'delta':
        exits = entry['exits'][field]
        reasons = sum(r['count'][field] for r in entry['reasons'])
        if exits != reasons:
            yield f'{where}: {field} of exits {exits}, of all reasons {reasons}'
        if parts is not None and exits != sum(p['exits'][field] for p in parts):
            yield f'{where}: {field} of exits {exits} is not that of its vCPUs'


def merged_faults(where, entry, key):
    """Whether each reason of a VM is the sum of its vCPUs'."""
    def facts(reason):
        time = reason['time'] or {}
        total = time.get('total') or {}
        return (reason['count']['total'], reason['count']['delta'], time.get('delta_ns'),
                total.get('count'), total.get('sum_ns'))

    want, got = {}, {}
    for vcpu in entry['vcpus']:
        for reason in vcpu[key]:
            code = (reason.get('isa'), reason['code'], reason['name'])
            old = want.get(code, (0, 0, None, None, None))
            want[code] = tuple(None if b is None else (a or 0) + b
                               for a, b in zip(old, facts(reason)))
    for reason in entry[key]:
        got[(reason.get('isa'), reason['code'], reason['name'])] = facts(reason)
    if got != want:
        yield f'{where}: {key} of the VM {got}, of its vCPUs {want}'


def share_faults(where, entry):
    """Each moment of a vCPU is in one of the parts, so they add up, to the ns."""
    shares, ns = entry['time_pct'], dict(entry['time_ns'])
    known = [shares[k] for k in ('guest', 'kvm', 'vmm', 'halt', 'run_delay')]
    wall_ns = ns.pop('wall')
    if None in known or wall_ns is None:
        if set(shares.values()) != {None} or set(ns.values()) != {None} or wall_ns is not None:
            yield f'{where}: its time is known in part: {shares}'
    elif abs(sum(known) - 100) > 0.01 or sum(ns.values()) != wall_ns:
        yield f'{where}: the parts of its time do not add up: {shares}, {ns} of {wall_ns} ns'


class Ledger:
    """
    @midway: VMs may have run when kvmtop attached, so that those in the first frame have counts
    from before the interval that it is about. @names: what to call reasons, where not by their own names.
    """

    def __init__(self, midway=False, names=None):
        self.midway = midway
        self.names = names or {}
        self.frames = []  # the last ones only lose their VMs, see add()
        self.last = None  # the last one whole
        self.vms = []
        self.live = {}  # by id: shown, and not yet as ended
        self.faults = []

    # ---- entering frames

    def add(self, frame):
        number = len(self.frames)
        where = f'frame {number}'
        frame = {**frame, 'vms': self.without_kvmtops(where, frame['vms'])}
        self.last = frame
        self.frames.append({k: v for k, v in frame.items() if k != 'vms'})
        if frame['schema'] != 'kvmtop.frame/1':
            self.faults.append(f'{where}: schema {frame["schema"]}')
        for cause, n in frame['drops'].items():
            if n:
                self.faults.append(f'{where}: drops: {cause}={n}')
        live = [entry['id'] for entry in frame['vms'] if not entry['ended']]
        for vm_id in {vm_id for vm_id in live if live.count(vm_id) > 1}:
            self.faults.append(f'{where}: {live.count(vm_id)} VMs {vm_id} that have not ended')
        missing = set(self.live)
        # Those that were there before come first. Among them may be one that has ended, whose id has been taken by the
        # next one in the same frame.
        for entry in sorted(frame['vms'], key=lambda entry: not self.continues(entry)):
            self.add_vm(number, entry, missing)
        for vm_id in missing:
            self.faults.append(f'{where}: VM {vm_id} is missing, and it was never shown as ended')
            del self.live[vm_id]

    def without_kvmtops(self, where, vms):
        """All VMs but those by which other kvmtops that just start find KVM's statistics: none of them runs."""
        starting = [vm for vm in vms if vm['comm'] == 'kvmtop']
        self.faults += [f'{where}: the VM of a kvmtop that starts has run: {vm}' for vm in starting
                        if vm['exits']['total']]
        return [vm for vm in vms if vm not in starting]

    def add_vm(self, number, entry, missing):
        where = f'frame {number}, VM {entry["id"]}'
        self.check_entry(where, entry)
        if entry['exits']['delta'] is None:
            self.faults.append(f'{where}: a delta that is not known')
            return
        vm = self.account(entry, missing)
        opening = self.midway and number == 0
        vm.frames.append((number, entry['exits']['delta']))
        vm.name, vm.comm, vm.ended = entry['name'], entry['comm'], entry['ended']
        vm.time_pct.append(entry['time_pct'])
        self.advance(where, vm, entry, opening)
        for e in entry['vcpus']:
            vcpu = vm.vcpus.setdefault(e['id'], Vcpu())
            vcpu.tid = e['tid']
            self.add_vcpu(f'{where}, vCPU {e["id"]}', vcpu, e, opening)

    def account(self, entry, missing):
        """
        The account that the entry belongs to. An id may be used again for a later VM. A VM that is new has grown by all
        it has; one that is known, by what it had not before.
        """
        if self.continues(entry) and entry['id'] in missing:
            vm = self.live.pop(entry['id'])
            missing.discard(entry['id'])
        else:
            vm = Vm(entry)
            self.vms.append(vm)
        if not entry['ended']:
            self.live[entry['id']] = vm
        return vm

    def continues(self, entry):
        vm = self.live.get(entry['id'])
        exits = entry['exits']
        return vm and exits['delta'] is not None and exits['total'] - exits['delta'] == vm.exits

    def advance(self, where, vm, entry, opening):
        """Adds to a VM or vCPU what it has grown by. Its @opening entry may have more."""
        vm.exits += entry['exits']['delta']
        if opening:
            vm.exits = entry['exits']['total']
        if vm.exits != entry['exits']['total']:
            self.faults.append(f'{where}: total {entry["exits"]["total"]}, sum of deltas {vm.exits}')

    def add_vcpu(self, where, vcpu, entry, opening):
        self.advance(where, vcpu, entry, opening)
        for key, tallies in ('reasons', vcpu.reasons), ('userspace_exits', vcpu.user):
            for reason in entry[key]:
                name = self.names.get(reason['name'], reason['name'])
                tally = tallies.setdefault(name, Tally())
                tally.count += reason['count']['delta']
                tally.add_time(reason['time'])
                if opening:
                    tally.count = reason['count']['total']
                total = (reason['time'] or {}).get('total')
                if total and not self.midway and total['sum_ns'] != tally.sum_ns:
                    self.faults.append(f'{where}: {reason["name"]}: time in all '
                                       f'{total["sum_ns"]} ns, sum of deltas {tally.sum_ns}')
                if total and not self.midway and tally.hist and total['count'] != tally.timed():
                    self.faults.append(f'{where}: {reason["name"]}: timed in all '
                                       f'{total["count"]}, sum of deltas {tally.timed()}')
                if tally.count != reason['count']['total']:
                    self.faults.append(f'{where}: {reason["name"]}: total '
                                       f'{reason["count"]["total"]}, sum of deltas {tally.count}')

    def check_entry(self, where, entry):
        found = list(sum_faults(where, entry, entry['vcpus']))
        found += merged_faults(where, entry, 'reasons')
        found += merged_faults(where, entry, 'userspace_exits')
        found += share_faults(where, entry)
        if entry['vcpu_count'] != len(entry['vcpus']):
            found.append(f'{where}: vcpu_count {entry["vcpu_count"]}')
        for vcpu in entry['vcpus']:
            name = f'{where}, vCPU {vcpu["id"]}'
            found += sum_faults(name, vcpu, None)
            found += share_faults(name, vcpu)
            for reason in vcpu['reasons'] + vcpu['userspace_exits']:
                found += time_faults(f'{name}, {reason["name"]}', reason['time'])
        self.faults += found

    # ---- asking for accounts

    def of_pids(self, pids):
        return [vm for vm in self.vms if vm.pid in pids]
