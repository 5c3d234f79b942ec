#!/usr/bin/env python3
"""compare.py PROGRAM: channels against receivers that others wrote.

A policy finds something in each round. aiosmtpd takes the mail, after it has deferred it;
standardwebhooks verifies the signature; a TLS socket takes syslog frames, whose form is read here by
the grammar of RFC 5424, and whose events jsonschema holds against OCSF's schemas. Nothing may be lost, and nothing sent twice under another id.
"""

import base64
import contextlib
import email
import email.policy
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from aiosmtpd.controller import Controller
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from standardwebhooks.webhooks import Webhook

KEY = "whsec_" + base64.b64encode(b"twenty-four bytes of key").decode()
POLICY = """policy: peer.many
version: 1
title: Many requests in an hour
status: active
owner: peer
basis: [{control: peer-test}]
kind: access
severity: high
window: {length: 1h, wait_for_late: 0s}
measure: {n: count()}
report_when: n >= 3
respond: [{notify: [mail, hook, collector, lake, pairs, pager, chat]}]
"""
CONFIG = """policies: [policy.yaml]
sources: [{name: gateway, kind: file, record: usage, path: usage.jsonl, format: jsonl}]
ledger: {origin: peer.example/ledger}
notify:
  channels:
    - {name: mail, kind: email, server: "smtp://127.0.0.1:%(mail)d", from: tide@example.org, to: [officer@example.org, second@example.org]}
    - {name: hook, kind: webhook, url: "http://127.0.0.1:%(http)d/hook", signing_key: {env: HOOK_KEY}}
    - {name: collector, kind: syslog, server: "tls://localhost:%(syslog)d", ca: ca.pem}
    - {name: lake, kind: syslog, server: "tls://localhost:%(lake)d", ca: ca.pem, format: ocsf}
    - {name: pairs, kind: syslog, server: "tls://localhost:%(pairs)d", ca: ca.pem, format: ocsf, group_by: policy, group_wait: 0s, group_interval: 0s}
    - {name: pager, kind: pagerduty, url: "http://127.0.0.1:%(http)d/pager", routing_key: {env: ROUTING_KEY}}
    - {name: chat, kind: slack, url: {env: CHAT_URL}}
"""
BASE_EVENT, DETECTION = 0, 2004  # classes of OCSF
SYSLOG = re.compile(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) (\S+) (\S+) - (.*)", re.S)


class MailBox:
    """Defers the first attempts, and takes what comes then."""

    def __init__(self, deferrals):
        self.deferrals = deferrals
        self.deferred = []
        self.taken = []

    async def handle_DATA(self, _server, _session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        if self.deferrals > 0:
            self.deferrals -= 1
            self.deferred.append(message["Message-ID"])
            return "451 4.7.1 greylisted, try again later"
        self.taken.append((list(envelope.rcpt_tos), message))
        return "250 taken"


class Posts(http.server.BaseHTTPRequestHandler):
    """Answers 503 once for each path, then 200; /gone always answers 410."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen = self.server.seen
        seen.append((self.path, dict(self.headers), body))
        first = sum(1 for path, _, _ in seen if path == self.path) == 1
        self.send_response(410 if self.path == "/gone" else 503 if first else 202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Collector:
    """Reads frames of RFC 5425 from every connection."""

    def __init__(self, folder):
        self.frames = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
        self._listener = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self._listener.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            with contextlib.suppress(OSError), peer:
                data = b"".join(iter(lambda: peer.recv(65536), b""))
                while data:
                    length, _, rest = data.partition(b" ")
                    self.frames.append(rest[: int(length)].decode())
                    data = rest[int(length) :]

    def close(self):
        self._listener.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def certificates(folder):
    """A certificate of this machine's own, which is its own authority."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-keyout", folder / "server.key", "-out", folder / "server.pem", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "ca.pem").write_bytes((folder / "server.pem").read_bytes())


def usage(hour, accounts=("acct-1",)):
    lines = (
        {"kind": "usage", "id": f"r{hour}-{account}-{i}", "time": f"2026-01-01T{hour:02}:0{i}:00Z", "account": account, "operation": "chat"}
        for i in range(5)
        for account in accounts
    )
    return "".join(json.dumps(line) + "\n" for line in lines)


def run(program, folder, *words, expected=0):
    environment = {
        **os.environ,
        "HOOK_KEY": KEY,
        "ROUTING_KEY": "R0UT1NG-CANARY",
        "CHAT_URL": f"http://127.0.0.1:{run.http_port}/chat/T0KEN-CANARY",
    }
    done = subprocess.run([program, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != expected:
        sys.exit(f"{words}: {done.returncode}, expected {expected}\n{done.stdout}\n{done.stderr}")
    for canary in ("CANARY", KEY):
        assert canary not in done.stdout + done.stderr, "a secret is told"
    return done.stdout


def check_mail(mailbox, findings):
    ids = [message["Message-ID"] for _, message in mailbox.taken]
    assert len(ids) == len(set(ids)) == findings, ids
    assert set(mailbox.deferred) <= set(ids), "a deferred message came under another id"
    for recipients, message in mailbox.taken:
        assert recipients == ["officer@example.org", "second@example.org"], recipients
        assert message["Subject"].startswith("[tidewaiter] potential violation of peer.many: finding "), message["Subject"]
        assert "tidewaiter finding show" in message.get_content(), message.get_content()
        assert "acct-1" not in message.as_string() + message.get_content(), "a subject is in a message"


def check_posts(seen, findings):
    hooks = [(headers, body) for path, headers, body in seen if path == "/hook"]
    for headers, body in hooks:
        verified = Webhook(KEY).verify(body, headers)  # raises where the signature does not fit
        assert verified["type"] == "finding.opened", verified
    # One answer of each path was 503: that message came again with the id that it had.
    assert len(hooks) == findings + 1 and len({headers["webhook-id"] for headers, _ in hooks}) == findings, len(hooks)
    events = [json.loads(body) for path, _, body in seen if path == "/pager"]
    assert len({event["dedup_key"] for event in events}) == findings and len(events) == findings + 1, events
    assert all(event["routing_key"] == "R0UT1NG-CANARY" and event["payload"]["severity"] == "error" for event in events)
    chats = [json.loads(body)["text"] for path, _, body in seen if path == "/chat/T0KEN-CANARY"]
    assert len(chats) == findings + 1 and all("potential violation" in text for text in chats), chats


def check_frames(frames, findings):
    assert len(frames) == findings, frames
    for frame in frames:
        match = SYSLOG.fullmatch(frame)
        assert match, frame
        assert match[1] == str(13 * 8 + 3) and match[3] == "peer.example" and match[6] == "finding.opened", frame
        assert match[7].startswith("CEF:0|Tidewaiter|tidewaiter|"), frame
        assert re.search(r" cs1=peer\.many$", frame), frame


def ocsf_faults(event):
    """What versions of the schema say of an event: those from where its classes begin to the newest."""
    for version in ("1.1.0", "1.3.0", "1.8.0"):
        schemas = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
        schema = schemas.get_class_schema(schemas.lookup_class_name_from_uid(event["class_uid"]), profiles=[])
        for fault in Draft202012Validator(schema).iter_errors(event):
            yield f"{version}: {fault.json_path}: {fault.message}"


def check_events(frames, class_uids):
    assert len(frames) == len(class_uids), frames
    for frame, class_uid in zip(frames, class_uids):
        event = json.loads(SYSLOG.fullmatch(frame)[7])
        assert event["class_uid"] == class_uid, event
        assert "acct-" not in frame, "a subject is in an event"
        faults = list(ocsf_faults(event))
        assert not faults, faults
    # The schema is held to say no where it should.
    spoilt = {**event, "severity_id": "high", "type_uid": None}
    assert any("severity_id" in fault for fault in ocsf_faults(spoilt)), "the schema takes anything"


def rounds(program, folder, mailbox):
    """Each hour has a finding; the last hour of all is open. Gives how many findings there are."""
    # What is there at first is stored history, of which there is one word for all.
    (folder / "usage.jsonl").write_text(usage(0).splitlines(keepends=True)[0])
    run(program, folder, "init")
    run(program, folder, "run", "--once")
    with open(folder / "usage.jsonl", "a", encoding="utf-8") as file:
        # Neighbouring hours would be one run. The last one has two findings at once, which go together
        # where a channel groups them.
        for lines in (usage(1), usage(4), usage(7, ("acct-1", "acct-2"))):
            file.write(lines)
            file.flush()
            run(program, folder, "run", "--once")
    for _ in range(20):
        waiting = json.loads(run(program, folder, "notify", "list", "--json"))["channels"]
        if not any(channel["waiting"] for channel in waiting):
            break
        run(program, folder, "run", "--once")
    assert not any(channel["waiting"] for channel in waiting), waiting
    return len(json.loads(run(program, folder, "finding", "list", "--json"))["findings"])


def check_tests_of_channels(program, folder, seen, mailbox):
    before = len(mailbox.taken)
    out = run(program, folder, "notify", "test")
    assert out.count(": sent\n") == 7, out
    assert len(mailbox.taken) == before + 1 and "test" in mailbox.taken[-1][1]["Subject"]
    config = (folder / "tidewaiter.yaml").read_text().replace("/hook", "/gone")
    (folder / "gone.yaml").write_text(config)
    out = run(program, folder, "--config", "gone.yaml", "notify", "test", "hook", expected=1)
    assert "not sent: status 410" in out, out
    assert seen[-1][0] == "/gone"


def main():
    program = str(Path(sys.argv[1]).resolve())
    mailbox = MailBox(deferrals=2)
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())  # it takes no 0
    controller.start()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Posts)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    run.http_port = server.server_address[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        certificates(folder)
        collector, lake, pairs = (Collector(folder) for _ in range(3))
        try:
            ports = {"mail": controller.server.sockets[0].getsockname()[1], "http": run.http_port, "syslog": collector.port, "lake": lake.port, "pairs": pairs.port}
            (folder / "tidewaiter.yaml").write_text(CONFIG % ports)
            (folder / "policy.yaml").write_text(POLICY)
            findings = rounds(program, folder, mailbox)
            assert findings == 4, findings
            assert len(mailbox.deferred) == 2, "the mail server deferred nothing"
            check_mail(mailbox, findings)
            check_posts(server.seen, findings)
            check_frames(collector.frames, findings)
            check_events(lake.frames, [DETECTION] * findings)
            check_events(pairs.frames, [DETECTION] * 3)
            together = json.loads(SYSLOG.fullmatch(pairs.frames[2])[7])
            assert len(together["finding_info"]["related_events"]) == 2, together
            check_tests_of_channels(program, folder, server.seen, mailbox)
            check_events(lake.frames[findings:], [BASE_EVENT])
        finally:
            for receiver in (collector, lake, pairs):
                receiver.close()
            controller.stop()
            server.shutdown()
    print(f"{findings} findings by seven channels, two mails deferred, each post refused once")


if __name__ == "__main__":
    main()
