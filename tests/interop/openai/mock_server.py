"""Servers that nobody here wrote, and a source that reads them: what the tests of this folder share."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

SKIPPED = 77


def skip(why):
    print("SKIPPED: " + why)
    sys.exit(SKIPPED)


def published_specification(root):
    """OpenAI's specification; ends the test as skipped where it is not there."""
    shared = pathlib.Path(os.environ.get("TIDEWAITER_SHARED", pathlib.Path(root, "..", "shared")))
    published = shared / "specs" / "openai-openapi.json"
    if not published.exists():
        skip(f"there is no {published}; set TIDEWAITER_SHARED")
    return published


def peer_program(node, peer, *path):
    """A program of an installed package; ends the test as skipped where it is not there."""
    program = pathlib.Path(peer, "node_modules", *path)
    if not os.access(node, os.X_OK) or not program.exists():
        skip(f"{'/'.join(path[:2])} is not installed; it needs Node.js and npm")
    return [node, str(program)]


def write_specification(published, path):
    """One thing is added: the end of a bucket, which a mock else puts at its start, and which no
    reader may take for a bucket."""
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
            sys.exit("the server ended by itself:\n" + log.read_text()[-2000:])
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/organization/users", timeout=5)
        except urllib.error.HTTPError:
            return  # it asks for a key: it is there
        except OSError:
            time.sleep(0.1)
            continue
        return
    sys.exit("the server did not come up:\n" + log.read_text()[-2000:])


def await_silence(port):
    for _ in range(100):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.1)
    sys.exit(f"the server at port {port} outlived its test")


@contextlib.contextmanager
def served(command, port, log):
    """Runs a server, which answers at `port`, until the block ends.

    What a package calls its program may be a script that starts another: the whole group is ended,
    and the port has to be silent then."""
    with log.open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT,
                                  start_new_session=True)
    try:
        await_answer(server, port, log)
        yield
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        await_silence(port)


def configuration(port, source):
    return (f"state: state\nsources:\n  - name: mock\n    kind: openai\n"
            f"    url: http://127.0.0.1:{port}\n    private_addresses: true\n"
            f"    token: {{env: MOCK_KEY}}\n" + source)


def pull(tidewaiter, folder, port, source):
    """`source pull` into a new folder; its exit status, and what it said."""
    folder.mkdir()
    folder.joinpath("tidewaiter.yaml").write_text(configuration(port, source))
    env = dict(os.environ, MOCK_KEY="any")
    done = subprocess.run([tidewaiter, "source", "pull"], cwd=folder, env=env, capture_output=True,
                          text=True, timeout=120, check=False)
    return done.returncode, done.stdout + done.stderr


def expect(what, text, *parts):
    for part in parts:
        if part not in text:
            sys.exit(f"{what}: expected `{part}` in\n{text}")
    print(f"{what}: as it should be")
