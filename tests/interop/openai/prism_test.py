#!/usr/bin/env python3
"""prism_test.py TIDEWAITER NODE PEER ROOT: reads a mock of OpenAI's published specification.

Prism answers each request that the specification allows with an example that it makes from the
schemas. So what is asked has to be valid, and its pages do not end: each leads to the page
`string` (but the list of admin keys, which has an example that ends it). A source has to read the first and to end with "repeated token"; and it has to stop at
rows of usage where costs were asked for, which the mock gives too.

One thing is added to the specification: the end of a bucket, which the mock else puts at its
start, and which no reader may take for a bucket. Exit 77: something is missing, all is skipped.
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

SKIPPED = 77


def skip(why):
    print("SKIPPED: " + why)
    sys.exit(SKIPPED)


def write_specification(published, path):
    document = json.loads(published.read_text())
    bucket = document["components"]["schemas"]["UsageTimeBucket"]["properties"]
    bucket["start_time"]["example"] = 0
    bucket["end_time"]["example"] = 86400
    path.write_text(json.dumps(document))


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def await_answer(server, port, log):
    for _ in range(2400):
        if server.poll() is not None:
            sys.exit("Prism ended by itself:\n" + log.read_text()[-2000:])
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/organization/users", timeout=5)
        except urllib.error.HTTPError:
            return  # it asks for a key: it is there
        except OSError:
            time.sleep(0.1)
            continue
        return
    sys.exit("Prism did not come up:\n" + log.read_text()[-2000:])


def configuration(port, source):
    return (f"state: state\nsources:\n  - name: mock\n    kind: openai\n"
            f"    url: http://127.0.0.1:{port}\n    private_addresses: true\n"
            f"    token: {{env: MOCK_KEY}}\n" + source)


def run(tidewaiter, folder, *words):
    env = dict(os.environ, MOCK_KEY="any")
    done = subprocess.run([tidewaiter, *words], cwd=folder, env=env, capture_output=True,
                          text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def expect(what, text, *parts):
    for part in parts:
        if part not in text:
            sys.exit(f"{what}: expected `{part}` in\n{text}")
    print(f"{what}: as it should be")


USAGE = "    since: 1970-01-01\n    bucket: 1d\n    endpoints: [{0}]\n    lists: {1}\n"
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
]


def main():
    tidewaiter, node, peer, root = sys.argv[1:5]
    shared = pathlib.Path(os.environ.get("TIDEWAITER_SHARED", pathlib.Path(root, "..", "shared")))
    published = shared / "specs" / "openai-openapi.json"
    prism = pathlib.Path(peer, "node_modules", "@stoplight", "prism-cli", "dist", "index.js")
    if not os.access(node, os.X_OK) or not prism.exists():
        skip("Prism is not installed; it needs Node.js and npm")
    if not published.exists():
        skip(f"there is no {published}; set TIDEWAITER_SHARED")
    with tempfile.TemporaryDirectory() as folder:
        specification = pathlib.Path(folder, "openapi.json")
        write_specification(published, specification)
        port = free_port()
        log = pathlib.Path(folder, "prism.log")
        with log.open("w") as output:
            server = subprocess.Popen(
                [node, str(prism), "mock", "--host", "127.0.0.1", "--port", str(port),
                 str(specification)], stdout=output, stderr=subprocess.STDOUT)
        try:
            await_answer(server, port, log)
            for number, (what, source, end) in enumerate(CASES):
                place = pathlib.Path(folder, str(number))
                place.mkdir()
                place.joinpath("tidewaiter.yaml").write_text(configuration(port, source))
                status, text = run(tidewaiter, place, "source", "pull")
                if (status == 0) != (end is None):
                    sys.exit(f"{what}: it ended with status {status}:\n{text}")
                expect(what, text, end or "mock")
        finally:
            server.kill()
            server.wait()


main()
