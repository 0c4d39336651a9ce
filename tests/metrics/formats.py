# SPDX-License-Identifier: GPL-2.0
"""
The golden files of metrics, by promtool and by OpenMetrics' reference parser; and the queries of the Grafana dashboard,
by promtool.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
GOLDEN = f'{TOP}/tests/golden'
DASHBOARD = f'{TOP}/scripts/grafana/kvmtop.json'

# What Grafana puts in the place of its variables.
VARIABLES = {'$__rate_interval': '1m', '$__range': '1h', '$instance': '.*', '$name': '.*'}


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


def queries(node):
    """Those of all panels, however deep."""
    if isinstance(node, dict):
        if 'expr' in node:
            yield node['expr']
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from queries(part)


def dashboard(path):
    rules = []
    for number, query in enumerate(queries(json.loads(read(path)))):
        for name, value in VARIABLES.items():
            query = query.replace(name, value)
        rules.append({'record': f'query:{number}', 'expr': query})
    if len(rules) < 20:
        return f'only {len(rules)} queries'
    with tempfile.NamedTemporaryFile('w', suffix='.yml') as file:
        json.dump({'groups': [{'name': 'dashboard', 'rules': rules}]}, file)  # JSON is YAML
        file.flush()
        return promtool('check', 'rules', '--lint=none', file.name)


def skips():
    """{check: why it cannot be made}"""
    why = {}
    if not shutil.which('promtool'):
        why = {prometheus_text: 'no promtool here', dashboard: 'no promtool here'}
    try:
        import prometheus_client  # noqa: F401, pylint: disable=unused-import
    except ImportError:
        why[openmetrics] = 'no python3-prometheus-client here'
    return why


def main():
    checks = [(prometheus_text, path) for path in sorted(glob.glob(f'{GOLDEN}/prometheus*.txt'))]
    checks += [(openmetrics, path) for path in sorted(glob.glob(f'{GOLDEN}/openmetrics*.txt'))]
    checks.append((dashboard, DASHBOARD))
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
