#!/usr/bin/env python3
"""Starts `tidewaiter policy lsp` as an editor does, and edits a policy with a mistake in it.

Usage: policy_lsp_test.py TIDEWAITER
"""

import pathlib
import subprocess
import sys
import tempfile

from lsp_client import Client


def check(condition, what):
    if not condition:
        raise SystemExit(f"failed: {what}")


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "mine policy.yaml"
        text = subprocess.run([program, "policy", "new", "extraction"], check=True,
                              capture_output=True, text=True).stdout
        path.write_text(text, encoding="utf-8")
        # A neighbour that is no policy must not disturb.
        (pathlib.Path(folder) / "other.yaml").write_text("a: [", encoding="utf-8")
        uri = path.as_uri()
        client = Client([program, "policy", "lsp"])
        result = client.request("initialize", {"processId": None, "rootUri": None,
                                               "capabilities": {}})
        check(result["capabilities"]["hoverProvider"], "hover is offered")
        client.notify("initialized", {})
        client.open(uri, text)
        codes = [d["code"] for d in client.diagnostics(uri)]
        check(codes == ["TW0904"], f"a skeleton is a draft and no more: {codes}")
        line = next(i for i, l in enumerate(text.splitlines()) if l.startswith("report_when:"))
        client.notify("textDocument/didChange", {
            "textDocument": {"uri": uri, "version": 2},
            "contentChanges": [{"range": {"start": {"line": line, "character": 13},
                                          "end": {"line": line, "character": 19}},
                                "text": "token"}]})
        told = [d for d in client.diagnostics(uri) if d["severity"] == 1]
        check(len(told) == 1 and "did you mean `tokens`?" in told[0]["message"], told)
        check(told[0]["range"] == {"start": {"line": line, "character": 13},
                                   "end": {"line": line, "character": 18}}, told)
        hover = client.request("textDocument/hover", {
            "textDocument": {"uri": uri}, "position": {"line": line, "character": 2}})
        check("is reported" in hover["contents"]["value"], hover)
        check(client.stop() == 0, "the exit status is 0")
    print("1 passed, 0 failed")


if __name__ == "__main__":
    main()
