# SPDX-License-Identifier: GPL-2.0
"""
A full trace of KVM's events through tracefs, as an authority on how long each exit took. It is a trace instance of its
own. Its ring buffers are read as the kernel wrote them, as their text has no nanoseconds. The clock is the one that
kvmtop reads (CLOCK_MONOTONIC).
"""
import os
import re
import struct

from bed import Skip, equal, read, require

TRACEFS = '/sys/kernel/tracing'
PAGE = 4096
EVENTS = ('kvm/kvm_exit', 'kvm/kvm_entry', 'kvm/kvm_userspace_exit', 'sched/sched_switch',
          'sched/sched_wakeup')

# linux/ring_buffer.h; the smaller ones are the length of the data in words
PADDING, TIME_EXTEND, TIME_STAMP = 29, 30, 31


class Format:
    """Where the fields of an event are, from its format file."""

    def __init__(self, folder):
        text = read(f'{folder}/format')
        self.number = int(re.search(r'^ID: (\d+)$', text, re.MULTILINE)[1])
        self.fields = {m[1]: (int(m[2]), int(m[3]), m[4] == '1') for m in re.finditer(
            r'field:[^;]*?(\w+);\s*offset:(\d+);\s*size:(\d+);\s*signed:(\d);', text)}

    def get(self, record, name):
        offset, size, signed = self.fields[name]
        return int.from_bytes(record[offset:offset + size], 'little', signed=signed)


def records(page):
    """The (time, record) of a page of a ring buffer."""
    now, commit = struct.unpack_from('<QQ', page)
    end = 16 + (commit & 0xfffff)
    require(not commit >> 30 & 3, 'the trace has lost events')
    at = 16
    while at < end:
        word, = struct.unpack_from('<I', page, at)
        kind, delta = word & 31, word >> 5
        at += 4
        if kind == PADDING:
            return  # the rest of the page
        if kind in (TIME_EXTEND, TIME_STAMP):
            more, = struct.unpack_from('<I', page, at)
            at += 4
            low = delta | more << 27
            # An absolute one has no room for the highest bits, which are those of the page's time.
            now = now + low if kind == TIME_EXTEND else low | now >> 59 << 59
            continue
        length = kind * 4
        if not kind:
            length = struct.unpack_from('<I', page, at)[0]
        now += delta
        start = at if kind else at + 4
        yield now, page[start:at + length]
        at += length


class Trace:
    """Records from start() to stop()."""

    def __init__(self, mib_per_cpu):
        self.folder = f'{TRACEFS}/instances/kvmtop-tests'
        if not os.path.isdir(f'{TRACEFS}/instances'):
            raise Skip('no instances in tracefs')
        self.mib = mib_per_cpu
        self.formats = {}

    def write(self, path, text):
        with open(f'{self.folder}/{path}', 'w', encoding='utf-8') as file:
            file.write(text)

    def __enter__(self):
        os.mkdir(self.folder)
        try:
            self.write('tracing_on', '0')
            self.write('trace_clock', 'mono')
            self.write('buffer_size_kb', str(self.mib * 1024))
            for event in EVENTS:
                self.formats[event] = Format(f'{self.folder}/events/{event}')
                self.write(f'events/{event}/enable', '1')
            self.write('tracing_on', '1')
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        os.rmdir(self.folder)  # ends it, too

    def cpu_records(self, cpu):
        stats = read(f'{self.folder}/per_cpu/{cpu}/stats')
        for what in 'overrun', 'dropped events':
            equal(f'{what} of the trace of {cpu}', re.search(rf'^{what}: (\d+)$', stats, re.M)[1], '0')
        fd = os.open(f'{self.folder}/per_cpu/{cpu}/trace_pipe_raw', os.O_RDONLY | os.O_NONBLOCK)
        try:
            while True:
                page = os.read(fd, PAGE)
                if not page:
                    return
                yield from records(page)
        except BlockingIOError:
            return
        finally:
            os.close(fd)

    def stop(self):
        """All events, as (time, thread, name of the event, its fields), in order."""
        self.write('tracing_on', '0')
        by_number = {f.number: (event.split('/')[1], f) for event, f in self.formats.items()}
        fields = {'kvm_exit': ['exit_reason'], 'kvm_userspace_exit': ['reason'],
                  'sched_switch': ['prev_state', 'next_pid'], 'sched_wakeup': ['pid']}
        events = []
        for cpu in os.listdir(f'{self.folder}/per_cpu'):
            for time, record in self.cpu_records(cpu):
                name, form = by_number[struct.unpack_from('<H', record)[0]]
                values = [form.get(record, field) for field in fields.get(name, [])]
                events.append((time, form.get(record, 'common_pid'), name, values))
        return sorted(events, key=lambda event: event[0])


class RunDelays:
    """How long threads have waited for a CPU."""

    def __init__(self):
        self.sums = {}
        self.since = {}  # by thread that is on no CPU; None: asleep

    def take(self, time, thread, name, values):
        if name == 'sched_wakeup':
            if values[0] in self.since:
                self.since[values[0]] = time
            return
        state, runs = values
        # Preempted, it is still runnable: 0, or a bit above those of states (include/trace/events/sched.h).
        self.since[thread] = None if state & 0xff else time
        since = self.since.pop(runs, None)
        if since is not None:
            self.sums[runs] = self.sums.get(runs, 0) + time - since

    def of(self, thread):
        return self.sums.get(thread, 0)


def durations(events):
    """
    ({(thread, exit reason): times}, {(thread, userspace exit): times}): what kvmtop times, in ns. An exit lasts to the
    next entry of the same thread, an exit to user space to that or to the next one. What the thread waited for a CPU
    meanwhile is taken off, and comes with the time.
    """
    exits, user_exits = {}, {}
    exit_of, user_of = {}, {}
    delays = RunDelays()

    def end(begun, times, thread, now):
        if thread in begun:
            reason, since, delay = begun.pop(thread)
            waited = delays.of(thread) - delay
            times.setdefault((thread, reason), []).append((now - since - waited, waited))

    for time, thread, name, values in events:
        if name.startswith('sched_'):
            delays.take(time, thread, name, values)
            continue
        if name == 'kvm_exit':
            exit_of[thread] = values[0], time, delays.of(thread)
            continue
        end(user_of, user_exits, thread, time)
        if name == 'kvm_entry':
            end(exit_of, exits, thread, time)
        else:
            user_of[thread] = values[0], time, delays.of(thread)
    return exits, user_exits
