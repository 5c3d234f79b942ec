#!/usr/bin/env python3
"""prism_proxy_test.py TIDEWAITER NODE PEER ROOT: Prism stands between the `openai` source and
`tidewaiter simulate provider`, and holds both against OpenAI's published specification.

What the source asks and what the provider answers is passed on if the specification allows it; what
it does not allow is answered with an error, and told in Prism's log. Neither side may give cause for
one, but a provider that is told to break the contract, by which the proxy is seen to be at work.
Exit 77: something is missing, all is skipped.
"""
import datetime
import pathlib
import sys
import tempfile

import mock_server

USAGE = "    since: {since}\n    endpoints: [completions]\n    bucket: {bucket}\n    lists: {lists}\n"
COSTS = "    since: {since}\n    endpoints: [costs]\n    lists: {lists}\n"
DIRECTORY = "    record: account\n    endpoints: [users, projects, api_keys, admin_api_keys]\n"
AUDIT = "    record: audit\n    since: {since}\n"
TOLD = "iolation"


def cases():
    """More than a page of minutes."""
    since = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).date()
    for lists in ("repeat", "brackets"):
        for bucket in ("1m", "1h", "1d"):
            yield f"usage by {bucket}, {lists}", USAGE.format(since=since, bucket=bucket, lists=lists)
        yield f"costs, {lists}", COSTS.format(since=since, lists=lists)
    yield "audit log, of the organisation and of its tenant", AUDIT.format(since=since)
    yield "directory", DIRECTORY


class Pair:
    """A provider behind a proxy."""

    def __init__(self, tidewaiter, prism, published, folder):
        self.tidewaiter, self.prism, self.published, self.folder = tidewaiter, prism, published, folder

    def pulled(self, name, hostile, sources):
        """Pulls each of the sources; their statuses and texts, and what Prism said."""
        provider_port, port = mock_server.free_port(), mock_server.free_port()
        provider = [self.tidewaiter, "simulate", "provider", "--customers", "3",
                    "--page-buckets", "480", "--hostile", hostile,
                    "--listen", f"127.0.0.1:{provider_port}"]
        proxy = [*self.prism, "proxy", "--errors", "--host", "127.0.0.1", "--port", str(port),
                 str(self.published), f"http://127.0.0.1:{provider_port}/v1"]
        log = self.folder / f"{name}.prism.log"
        answers = []
        with mock_server.served(provider, provider_port, self.folder / f"{name}.provider.log"):
            with mock_server.served(proxy, port, log):
                for number, source in enumerate(sources):
                    place = self.folder / f"{name}{number}"
                    answers.append(mock_server.pull(self.tidewaiter, place, port, source))
        return answers, log.read_text()


def main():
    tidewaiter, node, peer, root = sys.argv[1:5]
    prism = mock_server.peer_program(node, peer, "@stoplight", "prism-cli", "dist", "index.js")
    published = mock_server.published_specification(root)
    with tempfile.TemporaryDirectory() as name:
        pair = Pair(tidewaiter, prism, published, pathlib.Path(name))
        named = dict(cases())
        answers, said = pair.pulled("kept", "none", named.values())
        for what, (status, text) in zip(named, answers):
            if status != 0:
                sys.exit(f"{what}: it ended with status {status}:\n{text}\n{said[-4000:]}")
            print(f"{what}: as it should be")
        forwarded = said.count("Forwarding")
        if TOLD in said or forwarded < len(named):
            sys.exit(f"Prism forwarded {forwarded} requests, and said:\n{said[-4000:]}")
        print(f"{forwarded} requests and their answers keep the specification")

        [(status, text)], said = pair.pulled("broken", "wrong-object", [DIRECTORY])
        if status == 0 or "VIOLATIONS" not in said:
            sys.exit(f"a broken contract was not told: status {status}\n{text}\n{said[-4000:]}")
        print("a provider that breaks the contract is told of")


main()
