#!/usr/bin/env python3
"""steady_test.py TIDEWAITER NODE PEER ROOT: Steady judges what the `openai` source asks.

Steady is the mock with which OpenAI's own clients are tested. It holds each request against the
published specification, with lists in one of two forms, and refuses what does not fit with 400. Each
form has to be taken where it is the one that is expected, and brackets have to be refused where they
are not. What the pages say is the mock's affair. Exit 77: something is missing, all is skipped.
"""
import pathlib
import sys
import tempfile

import mock_server

SOURCES = {
    "usage": "    since: 1970-01-01\n    bucket: 1d\n    endpoints: [completions]\n    lists: {0}\n",
    "costs": "    since: 1970-01-01\n    endpoints: [costs]\n    lists: {0}\n",
}
REFUSED = "the server answered with status 400"


class Steady:
    def __init__(self, tidewaiter, steady, specification, folder):
        self.tidewaiter, self.steady, self.specification = tidewaiter, steady, specification
        self.folder = folder

    def asked(self, expected, lists):
        """What pulls with lists in one form come to where another, or the same, is expected, and
        what Steady noted of each request but the first, by which it was seen to be there."""
        name = f"{expected}-{lists}"
        port = mock_server.free_port()
        # Where the environment says CI, it would write other lines.
        command = [*self.steady, "--host", "127.0.0.1", "--port", str(port), "--no-color",
                   "--log-format=text", f"--validator-query-array-format={expected}", str(self.specification)]
        log = self.folder / f"{name}.log"
        texts = {}
        with mock_server.served(command, port, log):
            for what, source in SOURCES.items():
                place = self.folder / f"{name}-{what}"
                texts[what] = mock_server.pull(self.tidewaiter, place, port, source.format(lists))[1]
        return texts, [line for line in log.read_text().splitlines() if "group_by" in line]


def main():
    tidewaiter, node, peer, root = sys.argv[1:5]
    program = mock_server.peer_program(node, peer, "@stdy", "cli", "steady.js")
    published = mock_server.published_specification(root)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        specification = folder / "openapi.json"
        mock_server.write_specification(published, specification)
        steady = Steady(tidewaiter, program, specification, folder)
        for form in ("repeat", "brackets"):
            texts, requests = steady.asked(form, form)
            if len(requests) < len(SOURCES) or not all("200 OK" in line for line in requests):
                sys.exit(f"lists as `{form}` were not taken:\n" + "\n".join(requests) + str(texts))
            if any(REFUSED in text for text in texts.values()):
                sys.exit(f"lists as `{form}` were refused:\n{texts}")
            print(f"lists as `{form}`: {len(requests)} requests are taken")
        texts, requests = steady.asked("repeat", "brackets")
        for what, text in texts.items():
            mock_server.expect(f"brackets in {what} where none are expected", text, REFUSED)


main()
