# SPDX-License-Identifier: GPL-2.0
"""
The golden files of metrics, by promtool, by OpenMetrics' reference parser and by Google's protobuf. The queries of
the Grafana dashboard and the alerts, by promtool.
"""
import glob
import importlib
import json
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile

from dashboard import DASHBOARD, queries

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
GOLDEN = f'{TOP}/tests/golden'
PROTO = f'{TOP}/user/sinks/metrics.proto'

# How far off a quantile of native buckets may be, as the documentation has it.
NATIVE_ERROR = 0.14


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def promtool(*args, **kwargs):
    """What it finds wrong; None: nothing."""
    done = subprocess.run(['promtool', *args], capture_output=True, text=True, check=False, **kwargs)
    found = (done.stdout + done.stderr).strip()
    return found or 'it failed' if done.returncode else None


def prometheus_text(path):
    fault = promtool('check', 'metrics', input=read(path))
    broken = promtool('check', 'metrics', input=re.sub('# HELP kvmtop_vms .*\n', '', read(path)))
    return fault or (None if broken else 'promtool finds no fault where there is one')


def openmetrics(path):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
    try:
        samples = sum(len(family.samples) for family in parse(read(path)))
    except ValueError as error:
        return str(error)
    lines = sum(not line.startswith('#') for line in read(path).splitlines())
    return None if samples == lines else f'{samples} samples in {lines} lines'


# ---- protobuf


def load_messages():
    """The module that protoc makes of our .proto."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(['protoc', f'--proto_path={os.path.dirname(PROTO)}', f'--python_out={folder}', PROTO],
                       check=True)
        sys.path.insert(0, folder)
        try:
            return importlib.import_module('metrics_pb2')
        finally:
            sys.path.remove(folder)


def read_families(path):
    """Each is a message behind its length, of which seven bits at a time are in a byte."""
    with open(path, 'rb') as file:
        data = file.read()
    messages, families, at = load_messages(), [], 0
    while at < len(data):
        length, shift = 0, 0
        while data[at] & 0x80:
            length, shift, at = length | (data[at] & 0x7f) << shift, shift + 7, at + 1
        length, at = length | data[at] << shift, at + 1
        if at + length > len(data):
            raise ValueError('the last message is cut off')
        families.append(messages.MetricFamily.FromString(data[at:at + length]))
        at += length
    return families


def flat(families):
    """The samples as text has them: {(name, labels): value}. A histogram without a sum has no count there, either."""
    samples = {}

    def add(name, labels, value):
        key = name, frozenset(labels.items())
        if key in samples:
            raise ValueError(f'twice: {key}')
        samples[key] = value

    for family in families:
        for metric in family.metric:
            labels = {pair.name: pair.value for pair in metric.label}
            for bucket in metric.histogram.bucket:
                add(f'{family.name}_bucket', labels | {'le': bucket.upper_bound}, bucket.cumulative_count)
            if metric.HasField('histogram') and not math.isnan(metric.histogram.sample_sum):
                add(f'{family.name}_count', labels, metric.histogram.sample_count)
                add(f'{family.name}_sum', labels, metric.histogram.sample_sum)
            elif not metric.HasField('histogram'):
                add(family.name, labels, (metric.counter if family.type == 0 else metric.gauge).value)
    return samples


def flat_text(path):
    """The same of OpenMetrics."""
    from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse
    samples = {}
    for family in parse(read(path)):
        for sample in family.samples:
            labels = dict(sample.labels)
            if 'le' in labels:
                labels['le'] = float(labels['le'])
            samples[sample.name, frozenset(labels.items())] = sample.value
    return samples


def native_buckets(histogram):
    """[(lower bound, upper bound, count)], that of zero first."""
    buckets, index, count, deltas = [(0, 0, histogram.zero_count)], 0, 0, list(histogram.positive_delta)
    for number, span in enumerate(histogram.positive_span):
        if not span.length or number and span.offset <= 0:
            raise ValueError(f'span {span}')
        index += span.offset
        for _ in range(span.length):
            count += deltas.pop(0)
            if count < 0:
                raise ValueError(f'{count} in bucket {index}')
            base = 2 ** 2 ** -histogram.schema
            buckets.append((base ** (index - 1), base ** index, count))
            index += 1
    if deltas or sum(count for _, _, count in buckets) != histogram.sample_count:
        raise ValueError(f'{len(deltas)} deltas too many, or no sum of {histogram.sample_count}')
    return buckets


def bounds_of_rank(buckets, rank):
    """The bounds of the value of this rank, by the buckets."""
    seen = 0
    for low, high, count in buckets:
        seen += count
        if seen >= rank:
            return low, high
    raise ValueError(f'no rank {rank}')


def compare_quantiles(families, frame):
    """How many of our own percentiles agree with the native buckets; the JSON of the same frame has ours."""
    own = {(vm['id'], reason['name'], str(reason['isa'])): reason['time']['total']
           for vm in frame['vms'] for reason in vm['reasons']}
    compared = 0
    for metric in (m for family in families for m in family.metric if m.histogram.HasField('schema')):
        labels = {pair.name: pair.value for pair in metric.label}
        total = own[labels['vm'], labels['reason'], labels['isa']]
        buckets, n = native_buckets(metric.histogram), metric.histogram.sample_count
        for key, above in ('p50_ns', n // 2), ('p90_ns', n // 10), ('p99_ns', n // 100), ('p999_ns', n // 1000):
            if total[key] is None:
                continue
            for bound in bounds_of_rank(buckets, n - above):
                if abs(bound * 1e9 / total[key] - 1) > NATIVE_ERROR:
                    raise ValueError(f'{labels}: {key} is {total[key]}, by native buckets {bound * 1e9}')
                compared += 1
    return compared


def protobuf(path):
    """The samples are those of the text of the same frame. Where there is JSON, quantiles of native buckets agree with it."""
    twin = re.sub('protobuf(.*)[.]pb$', r'openmetrics\1.txt', path)
    frame = {'protobuf.pb': 'full.json', 'protobuf-hist-full.pb': 'hist-full.json'}.get(os.path.basename(path))
    try:
        families = read_families(path)
        got, want = flat(families), flat_text(twin)
        compared = compare_quantiles(families, json.loads(read(f'{GOLDEN}/{frame}'))) if frame else None
    except Exception as error:  # pylint: disable=broad-except # whatever is in the file
        return f'{type(error).__name__}: {error}'
    differ = {key for key in got.keys() | want.keys()
              if key not in got or key not in want or abs(got[key] - want[key]) > abs(want[key]) * 1e-15}
    if differ:
        return f'{len(differ)} samples are not as in {os.path.basename(twin)}: {sorted(differ, key=str)[:3]}'
    return None if compared is None or compared > 10 else f'only {compared} quantiles'


# ---- the dashboard


def dashboard(_):
    rules = [{'record': f'query:{number}', 'expr': query} for number, query in enumerate(queries())]
    if len(rules) < 20:
        return f'only {len(rules)} queries'
    with tempfile.NamedTemporaryFile('w', suffix='.yml') as file:
        json.dump({'groups': [{'name': 'dashboard', 'rules': rules}]}, file)  # JSON is YAML
        file.flush()
        return promtool('check', 'rules', '--lint=none', file.name)


def alerts(path):
    return promtool('check', 'rules', path)


def skips():
    """{check: why it cannot be made}"""
    why = {}
    if not shutil.which('promtool'):
        why = {check: 'no promtool here' for check in (prometheus_text, dashboard, alerts)}
    try:
        import prometheus_client  # noqa: F401, pylint: disable=unused-import
    except ImportError:
        why[openmetrics] = why[protobuf] = 'no python3-prometheus-client here'
    try:
        import google.protobuf  # noqa: F401, pylint: disable=unused-import
    except ImportError:
        why[protobuf] = 'no python3-protobuf here'
    if not shutil.which('protoc'):
        why[protobuf] = 'no protoc here'
    return why


def main():
    checks = [(prometheus_text, path) for path in sorted(glob.glob(f'{GOLDEN}/prometheus*.txt'))]
    checks += [(openmetrics, path) for path in sorted(glob.glob(f'{GOLDEN}/openmetrics*.txt'))]
    checks += [(protobuf, path) for path in sorted(glob.glob(f'{GOLDEN}/protobuf*.pb'))]
    checks += [(dashboard, DASHBOARD), (alerts, f'{TOP}/scripts/alerts/kvmtop.yaml')]
    skipped, failed = skips(), False
    for check, path in checks:
        name = f'metrics: {os.path.relpath(path, TOP)}'
        fault = None if check in skipped else check(path)
        if check in skipped:
            print(f'skip - {name}: {skipped[check]}')
        elif fault:
            failed = True
            print(f'not ok - {name}: {" / ".join(fault.splitlines())[:500]}')
        else:
            print(f'ok - {name}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
