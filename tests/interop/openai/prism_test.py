#!/usr/bin/env python3
"""prism_test.py TIDEWAITER NODE PEER ROOT: reads a mock of OpenAI's published specification.

Prism answers each request that the specification allows with an example that it makes from the
schemas. So what is asked has to be valid, and its pages do not end: each leads to the page
`string` (but the list of admin keys, which has an example that ends it). A source has to read the
first and to end with "repeated token", or, of an audit log, at the event that comes again; and it
has to stop at rows of usage where costs were asked for, which the mock gives too. Exit 77:
something is missing, all is skipped.
"""
import pathlib
import sys
import tempfile

import mock_server

USAGE = "    since: 1970-01-01\n    bucket: 1d\n    endpoints: [{0}]\n    lists: {1}\n"
AUDIT = "    record: audit\n    since: 1970-01-01\n    endpoints: [{0}]\n"
DIRECTORY = "    record: account\n    endpoints: [{0}]\n"

# A configuration, and what a pull fails with: an endless list at its second page.
CASES = [
    ("usage, group_by repeated", USAGE.format("completions", "repeat"), "repeated token"),
    ("usage, group_by[] in brackets", USAGE.format("completions", "brackets"), "repeated token"),
    ("costs", "    since: 1970-01-01\n    endpoints: [costs]\n    lists: repeat\n",
     "`object` is not `organization.costs.result`"),
    ("users", DIRECTORY.format("users"), "repeated token"),
    ("projects", DIRECTORY.format("projects"), "repeated token"),
    ("keys of projects", DIRECTORY.format("api_keys"), "repeated token"),
    ("admin keys", DIRECTORY.format("admin_api_keys"), None),
    ("audit log", AUDIT.format("audit_logs"), "again that the page before it began with"),
    ("audit log of a tenant", AUDIT.format("tenant_audit_logs"),
     "again that the page before it began with"),
]


def main():
    tidewaiter, node, peer, root = sys.argv[1:5]
    prism = mock_server.peer_program(node, peer, "@stoplight", "prism-cli", "dist", "index.js")
    published = mock_server.published_specification(root)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        specification = folder / "openapi.json"
        mock_server.write_specification(published, specification)
        port = mock_server.free_port()
        command = [*prism, "mock", "--host", "127.0.0.1", "--port", str(port), str(specification)]
        with mock_server.served(command, port, folder / "prism.log"):
            for number, (what, source, end) in enumerate(CASES):
                status, text = mock_server.pull(tidewaiter, folder / str(number), port, source)
                if (status == 0) != (end is None):
                    sys.exit(f"{what}: it ended with status {status}:\n{text}")
                mock_server.expect(what, text, end or "mock")


main()
