# SPDX-License-Identifier: GPL-2.0
"""The queries of the Grafana dashboard, as Grafana sends them to Prometheus."""
import json
import os

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
DASHBOARD = f'{TOP}/scripts/grafana/kvmtop.json'

# What Grafana puts in the place of its variables.
VARIABLES = {'$__rate_interval': '1m', '$__range': '1h', '$instance': '.*', '$name': '.*'}


def expressions(node):
    """Those of all panels, however deep."""
    if isinstance(node, dict):
        if 'expr' in node:
            yield node['expr']
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from expressions(part)


def queries():
    with open(DASHBOARD, encoding='utf-8') as file:
        for query in expressions(json.load(file)):
            for name, value in VARIABLES.items():
                query = query.replace(name, value)
            yield query
