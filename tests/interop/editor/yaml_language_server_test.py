#!/usr/bin/env python3
"""Gives the schema to yaml-language-server, the server behind most editors' YAML support.

It must find nothing in the policies that ship nor in documents of every other kind, find what is
wrong in broken ones, complete keys and explain them. Usage: yaml_language_server_test.py TIDEWAITER SOURCE_DIR NODE FOLDER, the server
being installed in FOLDER. Exit status 77: it is not.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

from lsp_client import Client


def check(condition, what):
    if not condition:
        raise SystemExit(f"failed: {what}")


# One file with a document of each other kind. Each misspelled key must be told, and no more.
OTHERS = """\
list: models
title: Models
values: [large, {value: small, until: 2026-12-31}]
---
exemption: partners
policies: [access.*]
where: {model: large}
until: 2026-12-31
approved_by: legal
reason: MSA-114
---
license: bis-1
number: D1234567
authority: BIS
in_force: [{from: 2026-01-01}]
items: [large]
---
pack: base
title: Base
includes: [lists/]
---
logsource_mapping: gateway
version: 1
sources:
  - {logsource: {product: gateway}, reads: audit}
---
title: A rule
logsource: {product: gateway}
detection:
  s: {action: delete}
  condition: s
"""
MISSPELLED = (("values:", "vlaues"), ("approved_by:", "aproved_by"), ("authority:", "autority"),
              ("includes:", "inclodes"), ("sources:", "sorces"), ("condition:", "conditon"))


# The server takes a schema that a comment names for the first document of a file alone.
MAPPED = ["others.yaml", "misspelled-*.yaml"]


def check_other_documents(client, folder):
    uri = f"file://{folder}/others.yaml"
    client.open(uri, OTHERS)
    told = client.diagnostics(uri)
    check(told == [], f"documents of every kind: {told}")
    for i, (key, wrong) in enumerate(MISSPELLED):
        uri = f"file://{folder}/misspelled-{i}.yaml"
        client.open(uri, OTHERS.replace(key, wrong + ":"))
        told = [d["message"] for d in client.diagnostics(uri)]
        found = any(key.rstrip(":") in message or wrong in message for message in told)
        check(found, f"`{wrong}`: {told}")
        check(len(told) <= 2, told)  # what is missing, and what is there instead


def main():
    program, root, node = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    server = pathlib.Path(sys.argv[4]) / "node_modules/yaml-language-server/bin/yaml-language-server"
    if not server.exists():
        print("SKIPPED: yaml-language-server is not installed")
        sys.exit(77)
    policies = sorted((root / "docs/examples").rglob("policies/*.yaml"))
    policies += sorted((root / "policies").rglob("*.yaml"))
    # Log source mappings of Sigma are YAML, too.
    policies = [p for p in policies if re.search(r"^policy:", p.read_text(encoding="utf-8"), re.M)]
    check(len(policies) >= 20, f"{len(policies)} policies were found")
    with tempfile.TemporaryDirectory() as folder:
        schema = pathlib.Path(folder) / "policy.schema.json"
        schema.write_bytes(subprocess.run([program, "policy", "schema"], check=True,
                                          capture_output=True).stdout)
        modeline = f"# yaml-language-server: $schema={schema.as_uri()}\n"
        client = Client([node, str(server), "--stdio"])
        client.request("initialize", {"processId": None, "rootUri": None, "capabilities": {
            "textDocument": {"publishDiagnostics": {}}}})
        client.notify("initialized", {})
        client.settings["yaml"] = {"validate": True, "hover": True, "completion": True,
                                   "schemas": {schema.as_uri(): MAPPED}}
        client.notify("workspace/didChangeConfiguration", {"settings": {}})
        for i, path in enumerate(policies):
            uri = f"file://{folder}/{i}.yaml"
            client.open(uri, modeline + path.read_text(encoding="utf-8"))
            told = client.diagnostics(uri)
            check(told == [], f"{path}: {told}")
        check_other_documents(client, folder)
        uri = f"file://{folder}/broken.yaml"
        text = modeline + "policy: a\nversoin: 1\nowner: team\nkind: misuse\n\n"
        client.open(uri, text)
        told = " ".join(d["message"] for d in client.diagnostics(uri))
        check("versoin" in told and '"title"' in told.replace("'", '"'), told)
        hover = client.request("textDocument/hover", {
            "textDocument": {"uri": uri}, "position": {"line": 3, "character": 1}})
        check(hover and "answers for the policy" in str(hover["contents"]), hover)
        answer = client.request("textDocument/completion", {
            "textDocument": {"uri": uri}, "position": {"line": 5, "character": 0}})
        labels = {item["label"] for item in answer["items"]}
        check({"severity", "report_when", "exempt"} <= labels, labels)
        client.stop()
    print(f"{len(policies)} policies accepted\n1 passed, 0 failed")


if __name__ == "__main__":
    main()
