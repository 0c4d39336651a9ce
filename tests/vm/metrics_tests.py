# SPDX-License-Identifier: GPL-2.0
"""
Tests of the metrics: what a real Prometheus, promtool and OpenMetrics' reference parser make of them. They must be the
values of the JSON of the same kvmtop, and no client may disturb another.
"""
import http.client
import http.server
import json
import math
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

from bed import (CHILDREN, HERE, KVMTOP, PATIENCE_S, Kvmtop, Simguest, Skip, equal, fails_in_one_line, finish, needs, read,
                 require, run, time_text, wait_until)
from registry import test

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path.append(f'{TOP}/tests/metrics')
import dashboard  # noqa: E402, pylint: disable=wrong-import-position

PORT = 9100
TEXT_PORT = 9101
PROMETHEUS_PORT = 9090
OPENMETRICS = 'application/openmetrics-text; version=1.0.0'
SYSTEM_PYTHON = '/usr/bin/python3'  # where Debian's package of the parser is

# Nothing here depends on the kernel, so once is enough.
ONCE_ON = '6.12',


def once(name):
    """A test on one kernel."""
    return test(name, on=ONCE_ON)


class Exporter(Kvmtop):
    """A kvmtop that listens, and prints the same frames as JSON, which are kept whole, by their time."""

    def __init__(self, *args):
        self.by_time = {}
        super().__init__('--listen', str(PORT), *args)

    def read_frames(self):
        for line in self.process.stdout:
            frame = json.loads(line)
            with self.changed:
                self.by_time[frame['time']] = frame
                self.ledger.add(frame)
                self.changed.notify_all()

    def frame_at(self, seconds):
        """That of kvmtop_frame_timestamp_seconds."""
        ms = round(seconds * 1000)
        text = time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(ms // 1000)) + f'.{ms % 1000:03}Z'
        self.wait(lambda ledger: text in self.by_time, f'the time {text}')
        return self.by_time[text]


def get(path='/metrics', **headers):
    """(status, headers, text)"""
    connection = http.client.HTTPConnection('127.0.0.1', PORT, timeout=PATIENCE_S)
    try:
        connection.request('GET', path, headers=headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read().decode()
    finally:
        connection.close()


def get_fresh(**headers):
    """(headers, text) of metrics: there are none while the last frame is an old one."""
    def fresh():
        status, headers_, text = get(**headers)
        require(status in (200, 503), f'status {status}')
        return status == 200 and (headers_, text)
    return wait_until(fresh, 'fresh metrics')


def scrape(accept):
    return parse(get_fresh(Accept=accept)[1])


SAMPLE = re.compile(r'(\w+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def parse(text):
    """{(name, labels as a sorted tuple of pairs): value}. Of what has no escapes in it."""
    samples = {}
    for line in text.splitlines():
        if not line.startswith('#'):
            name, labels, value = SAMPLE.match(line).groups()
            samples[name, tuple(sorted(LABEL.findall(labels or '')))] = float(value)
    return samples


# ---- what the samples must be, by a frame of JSON


def stat_samples(labels, stats):
    for name, stat in (stats or {}).items():
        if 'hist' in stat:
            continue
        value = stat['total'] if 'total' in stat else stat['value']
        if stat.get('unit') == 'seconds':
            name = re.sub('_ns$', '', name) + '_seconds'
            value *= 10 ** stat['exponent']
        yield (f'kvmtop_stat_{name}' + ('_total' if 'total' in stat else ''), labels), value


def finding_samples(frame):
    pids = {vm['id']: str(vm['pid']) for vm in frame['vms'] if not vm['ended']}
    for finding in frame['findings']:
        if finding['vm'] not in pids:
            continue
        labels = {'pid': pids[finding['vm']], 'vm': finding['vm'], 'rule': finding['rule'], 'severity': finding['severity']}
        if finding['vcpu'] is not None:
            labels['vcpu'] = str(finding['vcpu'])
        yield ('kvmtop_finding', tuple(sorted(labels.items()))), finding['cost_pct']


OF_VMS = {'kvmtop_vm_lost_cpus': 'lost_cpus', 'kvmtop_vm_throttled_percent': 'quota_pct', 'kvmtop_vm_aux_percent': 'aux_pct'}


def expected(frame):
    """The samples of VMs that a frame has."""
    want = dict(finding_samples(frame))
    for vm in frame['vms']:
        if vm['ended']:
            continue
        labels = ('pid', str(vm['pid'])), ('vm', vm['id'])
        want['kvmtop_vm_vcpus', labels] = vm['vcpu_count']
        for name, key in OF_VMS.items():
            if vm[key] is not None:
                want[name, labels] = vm[key]
        if vm['wait_ns'] is not None:
            want['kvmtop_vm_wait_seconds', labels] = vm['wait_ns'] / 1e9
        for reason in vm['reasons']:
            of = tuple(sorted((*labels, ('reason', reason['name']), ('isa', reason['isa']))))
            want['kvmtop_exits_total', of] = reason['count']['total']
            want['kvmtop_exit_duration_seconds_count', of] = reason['time']['total']['count']
            want['kvmtop_exit_duration_seconds_sum', of] = reason['time']['total']['sum_ns'] / 1e9
        for reason in vm['userspace_exits']:
            of = tuple(sorted((*labels, ('reason', reason['name']))))
            want['kvmtop_userspace_exits_total', of] = reason['count']['total']
            want['kvmtop_userspace_exit_seconds_total', of] = reason['time']['total']['sum_ns'] / 1e9
        want.update(stat_samples(labels, vm['stats']))
        want.update(stat_samples(labels, vm['vcpu_stats']))
    return want


def times_until(kvmtop, until):
    """Time of each vCPU by state, summed up over all frames until that time, of VMs that began after kvmtop."""
    sums = {}
    for at in sorted(kvmtop.by_time):
        if at > until:
            break
        for vm in kvmtop.by_time[at]['vms']:
            for vcpu in vm['vcpus']:
                for state, ns in vcpu['time_ns'].items():
                    key = vm['id'], str(vcpu['id']), state
                    sums[key] = sums.get(key, 0) + (ns or 0)
    return sums


# In JSON these have three digits behind the point.
ROUNDED = 'kvmtop_finding', *OF_VMS
IGNORED = re.compile(r'_bucket$|_info$|^kvmtop_vcpu_time|^kvmtop_stat_.*_(count|sum)$')


def check_samples(kvmtop, samples):
    """Checks that they are those of the frame of their time: none is missing, and none is left over."""
    frame = kvmtop.frame_at(samples['kvmtop_frame_timestamp_seconds', ()])
    got = {key: value for key, value in samples.items() if dict(key[1]).get('vm') and not IGNORED.search(key[0])}
    want = expected(frame)
    equal(f'series at {frame["time"]}: missing, and left over',
          (sorted(want.keys() - got.keys())[:3], sorted(got.keys() - want.keys())[:3]), ([], []))
    for key, value in want.items():
        slack = 0.0006 if key[0] in ROUNDED else abs(value) * 1e-9
        require(abs(got[key] - value) <= slack,
                f'at {frame["time"]}: {key} is {got[key]}, by JSON {value}')
    equal('kvmtop_vms', samples['kvmtop_vms', ()], sum(not vm['ended'] for vm in frame['vms']))
    check_times(kvmtop, samples, frame)
    return len(got)


def check_times(kvmtop, samples, frame):
    sums = times_until(kvmtop, frame['time'])
    for (name, labels), value in samples.items():
        if name != 'kvmtop_vcpu_time_seconds_total':
            continue
        of = dict(labels)
        want = sums[of['vm'], of['vcpu'], of['state']] / 1e9
        require(abs(value - want) < 1e-6, f'at {frame["time"]}: {of} is {value} s, the sum of JSON\'s {want} s')


# ---- Prometheus


# One job gets protobuf, and with it native histograms; the other text.
CONFIG = f'''
global: {{scrape_interval: 2s, scrape_timeout: 2s}}
scrape_configs:
- {{job_name: protobuf, static_configs: [{{targets: ["127.0.0.1:{PORT}"]}}]}}
- {{job_name: text, static_configs: [{{targets: ["127.0.0.1:{TEXT_PORT}"]}}]}}
'''

# How far off a quantile of native buckets may be, as the documentation has it.
NATIVE_ERROR = 0.14


class AsText(http.server.BaseHTTPRequestHandler):
    """kvmtop's metrics as OpenMetrics, whatever is asked for: what Prometheus accepts is the same for all its jobs."""

    def do_GET(self):
        try:
            status, headers, text = get(Accept=OPENMETRICS)
            self.send_response(status)
            self.send_header('Content-Type', headers['Content-Type'])
            self.end_headers()
            self.wfile.write(text.encode())
        except OSError:
            pass  # one of the two has ended: Prometheus says that it is not up

    def log_message(self, *args):
        pass


class Prometheus:
    def __init__(self):
        needs('prometheus')
        with open(f'{HERE}/prometheus.yml', 'w', encoding='ascii') as file:
            file.write(CONFIG)
        self.log = f'{HERE}/prometheus.log'
        with open(self.log, 'w', encoding='utf-8') as log:
            self.process = CHILDREN.add(subprocess.Popen(
                ['prometheus', f'--config.file={HERE}/prometheus.yml', f'--storage.tsdb.path={HERE}/tsdb',
                 f'--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}', '--log.level=debug',
                 '--enable-feature=native-histograms'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        self.as_text = http.server.ThreadingHTTPServer(('127.0.0.1', TEXT_PORT), AsText)
        threading.Thread(target=self.as_text.serve_forever, daemon=True).start()

    def query(self, query, **params):
        url = f'http://127.0.0.1:{PROMETHEUS_PORT}/api/v1/query?' + urllib.parse.urlencode({'query': query, **params})
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as response:
            answer = json.load(response)
        equal(f'{query}: status', answer['status'], 'success')
        return answer['data']['result']

    def is_scraping(self):
        require(self.process.poll() is None, f'Prometheus ended: {read(self.log)[-300:]}')
        try:
            return len([s for s in self.query('kvmtop_vms') if float(s['value'][1]) > 0]) == 2
        except OSError:
            return None

    def jobs_of(self, pid):
        """Those whose last scrape has the VM of this process."""
        return {one['metric']['job'] for one in self.query(f'kvmtop_vm_vcpus{{pid="{pid}"}}')}

    def failed_scrapes(self):
        """What it says of each."""
        return [line for line in read(self.log).splitlines() if re.search('msg="(Scrape|Append) failed"', line)]

    def close(self):
        self.as_text.shutdown()
        self.as_text.server_close()


def plain(series):
    """Those of native histograms as series of the count and of the sum, as classic ones are."""
    for one in series:
        if 'histograms' not in one:
            yield one
        for part in 'count', 'sum':
            values = [(at, histogram[part]) for at, histogram in one.get('histograms', ())]
            if values:
                yield {'metric': one['metric'] | {'__name__': f'{one["metric"]["__name__"]}_{part}'}, 'values': values}


def check_monotonous(series):
    """Counters only grow while they are there. Returns how many there were that did."""
    grown = 0
    for one in series:
        name = one['metric']['__name__']
        values = [float(value) for _, value in one['values']]
        if not re.search('_(total|bucket|count|sum)$', name):
            continue
        if re.match('kvmtop_stat_.*_sum$', name):
            require(all(math.isnan(value) for value in values), f'{one["metric"]} has a sum: {values[:3]}')
            continue
        for before, after in zip(values, values[1:]):
            require(after >= before, f'{one["metric"]} goes back from {before} to {after}')
        grown += len(values) > 1 and values[-1] > values[0]
    return grown


def by_scrape(series):
    """{time of the scrape: its samples}"""
    scrapes = {}
    for one in series:
        labels = {k: v for k, v in one['metric'].items() if k not in ('__name__', 'job', 'instance')}
        key = one['metric']['__name__'], tuple(sorted(labels.items()))
        for at, value in one['values']:
            scrapes.setdefault(at, {})[key] = float(value)
    return scrapes


# ---- the formats, by the reference parsers


PARSE = '''
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
print(sum(len(family.samples) for family in text_string_to_metric_families(sys.stdin.read())))
'''


def reference_parser(text):
    """How many samples OpenMetrics' reference parser, which is strict, finds."""
    done = subprocess.run([SYSTEM_PYTHON, '-c', PARSE], input=text, capture_output=True, text=True, check=False)
    if 'ModuleNotFoundError' in done.stderr:
        raise Skip('no python3-prometheus-client here')
    equal(f'reference parser ({done.stderr.strip()[-200:]})', done.returncode, 0)
    return int(done.stdout)


def promtool(text):
    needs('promtool')
    done = subprocess.run(['promtool', 'check', 'metrics'], input=text, capture_output=True, text=True, check=False)
    equal('promtool check metrics', (done.returncode, done.stdout, done.stderr), (0, '', ''))


def check_formats(kvmtop):
    headers, text = get_fresh(Accept=OPENMETRICS)
    require(headers['Content-Type'].startswith('application/openmetrics-text'), str(headers))
    samples = reference_parser(text)
    equal('samples', samples, len(parse(text)))
    require(samples > 100, f'only {samples} samples')
    headers, older = get_fresh()
    require(headers['Content-Type'].startswith('text/plain; version=0.0.4'), str(headers))
    promtool(older)
    check_samples(kvmtop, parse(older))


# ---- clients


def dial(*text):
    client = socket.create_connection(('127.0.0.1', PORT))
    for piece in text:
        client.sendall(piece)
    return client


def read_all(client):
    text = b''
    while True:
        more = client.recv(65536)
        if not more:
            return text
        text += more


def threads_capabilities(pid):
    """{thread: its effective capabilities}"""
    return {int(tid): int(re.search(r'CapEff:\s*(\w+)', read(f'/proc/{pid}/task/{tid}/status'))[1], 16)
            for tid in os.listdir(f'/proc/{pid}/task')}


def ask_at_once():
    """Whether each of 100 clients gets the metrics."""
    clients = [dial(b'GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n') for _ in range(100)]
    try:
        return {read_all(client)[:15] for client in clients} == {b'HTTP/1.1 200 OK'}
    finally:
        for client in clients:
            client.close()


def disturb(kvmtop):
    """Slow clients, 100 at once and nonsense, for some frames: every client that asks is answered, and frames go on."""
    slow = dial(b'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n')
    # Clients that come while the last frame is an old one, or that wait too long for a CPU, are not answered.
    wait_until(ask_at_once, 'answers to 100 at once')
    for nonsense in b'\0\xff\r\n\r\n', b'GET /metrics', b'x' * 100000, b'POST /metrics HTTP/1.1\r\n\r\n':
        try:
            dial(nonsense).close()
        except OSError:
            pass  # it has hung up
    wait_until(lambda: overtake(kvmtop), 'an answer beside slow clients')
    slow.close()


def is_waiting(client):
    """Whether kvmtop has neither answered nor hung up."""
    client.setblocking(False)
    try:
        client.recv(1)
        return False
    except BlockingIOError:
        return True
    except OSError:
        return False


def overtake(kvmtop):
    """Whether a client is answered before others are cut off that have not finished asking: it does not wait for them."""
    slow = [dial(b'GET /metr') for _ in range(20)]
    kvmtop.wait_frames(1)
    samples = scrape(OPENMETRICS)
    waiting = any(is_waiting(client) for client in slow)
    for client in slow:
        client.close()
    check_samples(kvmtop, samples)
    return waiting


# ---- all of it, with one kvmtop: to start one takes seconds here


def series_of(prometheus, pids):
    """Of VMs of these processes, as they are now."""
    return [s['metric'] for s in prometheus.query('{__name__=~"kvmtop_.*",vm!=""}') if int(s['metric']['pid']) in pids]


def churn(kvmtop, prometheus):
    """VMs that come and go, which have all ended afterwards; their pids."""
    ended = set()
    for _ in range(2):
        sims = [Simguest('--cpuid', '100', '--out', '110', '--user-sleep-us', '10000', hold=True),
                Simguest('--hlt', '90', '--hypercall', '50', '--user-sleep-us', '10000', hold=True)]
        for sim in sims:
            wait_until(lambda pid=sim.pid: len(prometheus.jobs_of(pid)) == 2, 'both jobs of Prometheus to see it')
            sim.wait_reports(1)
        ended |= finish(*sims).pids()
    kvmtop.wait_ended(ended)
    kvmtop.wait_frames(2)
    wait_until(lambda: not any(map(prometheus.jobs_of, ended)), 'Prometheus to see that they have ended')
    return ended


def check_native(kvmtop, prometheus, at):
    """By Prometheus' functions of native histograms, at the time of a scrape."""
    time_s = prometheus.query('kvmtop_frame_timestamp_seconds{job="protobuf"}', time=at)[0]['value'][1]
    totals = {(vm['id'], reason['name']): reason['time']['total']
              for vm in kvmtop.frame_at(float(time_s))['vms'] for reason in vm['reasons'] if not vm['ended']}

    def ask(function):
        return {(s['metric']['vm'], s['metric']['reason']): float(s['value'][1]) for s in
                prometheus.query(function.format('kvmtop_exit_duration_seconds{job="protobuf"}'), time=at)}

    equal('histogram_count()', ask('histogram_count({})'), {key: total['count'] for key, total in totals.items()})
    quantiles = ask('histogram_quantile(0.9, {})')
    for key, total in totals.items():
        if total['count']:
            require(abs(quantiles[key] * 1e9 / total['p90_ns'] - 1) <= NATIVE_ERROR,
                    f'{key}: histogram_quantile() is {quantiles[key]} s, by JSON {total["p90_ns"]} ns')
    require(sum(total['count'] > 0 for total in totals.values()) > 1, f'hardly a histogram: {totals}')


def check_job(kvmtop, prometheus, job, ended):
    """Returns when it scraped last."""
    series = list(plain(prometheus.query(f'{{__name__=~"kvmtop_.*",job="{job}"}}[10m]')))
    require(check_monotonous(series) > 20, 'hardly a counter grew')
    seen = {one['metric']['pid'] for one in series if 'pid' in one['metric']}
    require(seen >= {str(pid) for pid in ended}, f'of those that ended only {seen} were seen')
    scrapes = {at: s for at, s in by_scrape(series).items() if ('kvmtop_frame_timestamp_seconds', ()) in s}
    require(sum(check_samples(kvmtop, scrape) for scrape in scrapes.values()) > 500, 'hardly a sample')
    return max(scrapes)


def check_dashboard(prometheus):
    """Each of its panels has something to show."""
    for query in dashboard.queries():
        wait_until(lambda query=query: prometheus.query(query), f'an answer to {query}')


# Why a scrape fails on a machine that is busy: it took longer than scrape_timeout, or the last frame was an old one.
LATE = re.compile('deadline exceeded|Timeout exceeded|HTTP status 503')


def check_up(prometheus):
    """Each scrape that came in time was taken."""
    down = sum(v == '0' for s in prometheus.query('up[10m]') for _, v in s['values'])
    failed = prometheus.failed_scrapes()
    equal('scrapes that were refused', [line for line in failed if not LATE.search(line)], [])
    require(down <= len(failed), f'{down} scrapes failed: {failed}')


def check_scraped(kvmtop, prometheus, ended):
    check_job(kvmtop, prometheus, 'text', ended)
    check_native(kvmtop, prometheus, check_job(kvmtop, prometheus, 'protobuf', ended))
    equal('series of VMs that have ended', series_of(prometheus, ended), [])
    check_up(prometheus)


@once('metrics: by a Prometheus they are what JSON has, and none goes back; slow and many clients delay no other')
def scraped():
    kvmtop = Exporter('-s', '1').ready()
    status, asked = get('/healthz')[0], time_text(time.time())
    kvmtop.wait_frames(1)
    require(status == 503 or min(kvmtop.by_time) <= asked, f'before the first frame: {status}')
    capabilities = threads_capabilities(kvmtop.process.pid)
    require(capabilities.pop(kvmtop.process.pid), 'kvmtop itself has no capabilities')
    equal('capabilities of its other threads', set(capabilities.values()), {0})
    guest = Simguest('--cpuid', '200', '--out', '5', '--mmio', '5', '--vcpus', '2', '--user-sleep-us', '30000',
                     '--forever', '--name', 'a"b\\c')
    prometheus = Prometheus()
    wait_until(prometheus.is_scraping, 'Prometheus to scrape')
    check_formats(kvmtop)
    disturb(kvmtop)
    check_scraped(kvmtop, prometheus, churn(kvmtop, prometheus))
    check_dashboard(prometheus)
    prometheus.close()
    wait_until(lambda: get('/healthz')[0] == 200, 'kvmtop to be healthy')
    guest.process.terminate()
    kvmtop.stop()


@once('metrics: --listen alone prints nothing; a port in use is an error; promtool takes what stdout has')
def daemon():
    process = CHILDREN.add(subprocess.Popen([KVMTOP, '--listen', f'0.0.0.0:{PORT}', '-s', '0.3'],
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                            stderr=subprocess.PIPE))
    process.stdout.close()  # nor does it need a reader

    def is_healthy():
        try:
            return get('/healthz')[0] == 200
        except OSError:
            return False

    wait_until(is_healthy, 'kvmtop to be healthy')
    fails_in_one_line(1, 'already', '--listen', f'{PORT}')
    code, out, err = run(KVMTOP, '-1', '-s', '0.3', '-o', 'prometheus')
    equal('exit status, errors of -o prometheus', (code, err), (0, ''))
    promtool(out)
    wait_until(is_healthy, 'kvmtop to be healthy still')
    process.send_signal(signal.SIGTERM)
    equal('exit status', process.wait(PATIENCE_S), 0)
    equal('errors', process.stderr.read(), b'')
    process.stderr.close()
