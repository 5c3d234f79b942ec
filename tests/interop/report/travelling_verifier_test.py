#!/usr/bin/env python3
"""The verifier that travels in each bundle, held against tidewaiter-verify: over whole folders,
over folders that went on, and over one of which bytes are changed, files removed and added.

Usage: travelling_verifier_test.py TIDEWAITER TIDEWAITER_VERIFY
"""

import base64
import hashlib
import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from drawn_reports import RingSite, Site

SOURCE = pathlib.Path(__file__).resolve().parents[3] / "daemon" / "report" / "verify.py"
# Of each file this many bytes are changed before both, and of each short one all before the one
# that travels: it needs no process.
BOTH, ALONE = 3, 60
SAME = ("ok", "report", "files", "disclosures", "members", "attested")


def load(path):
    """The script as a module, which is the one that is in the bundle."""
    spec = importlib.util.spec_from_file_location("travelling_verifier", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Comparison:
    def __init__(self, program, script, key):
        self.program, self.key = program, key
        self.script = load(script)
        self.faults, self.compared = [], 0

    def of_program(self, folder, key=None):
        done = subprocess.run([self.program, str(folder), "--key", key or self.key, "--json"],
                              capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, json.loads(done.stdout)

    def of_script(self, folder, key=None):
        bundle = self.script.Bundle(str(folder), self.script.Key(key or self.key))
        return bundle.status(), self.script.verdict_json(bundle)

    def hold(self, folder, what, key=None):
        """Both say the same of a folder. What the script says."""
        self.compared += 1
        status, told = self.of_program(folder, key)
        own_status, own = self.of_script(folder, key)
        if status != own_status:
            self.faults.append(f"{what}: {status} by the program, {own_status} by the script")
        files, own_files = ({fault["file"] for fault in one["faults"]} for one in (told, own))
        # Of a log that was changed each also tells what follows from that, as far as it reads it.
        changed_log = {file for file in files | own_files if file.startswith("log/")}
        if changed_log:
            if not any(file in files and file in own_files for file in changed_log):
                self.faults.append(f"{what}: the program names {files}, the script {own_files}")
            return own_status, own
        if files != own_files:
            self.faults.append(f"{what}: the program names {files}, the script {own_files}")
        for member in SAME:
            if told[member] != own[member]:
                self.faults.append(f"{what}: {member} is {told[member]}, and {own[member]}")
        return own_status, own

    def must_name(self, folder, file, what):
        """The script names a file of which a byte was changed, or the manifest that has it."""
        status, own = self.of_script(folder)
        named = any(file == fault["file"] or f"`{file}`" in fault["why"] for fault in own["faults"])
        if status != 21 or not named:
            self.faults.append(f"{what}: {status}, {own['faults']}")


def changed(data, at):
    return data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1:]


def sweep(comparison, folder):
    """Bytes of every file, one at a time."""
    swept = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        for at in range(0, len(data), max(1, len(data) // ALONE)):
            path.write_bytes(changed(data, at))
            comparison.must_name(folder, name, f"{name} at {at}")
            swept += 1
        for at in range(0, len(data), max(1, len(data) // BOTH)):
            path.write_bytes(changed(data, at))
            comparison.hold(folder, f"{name} at {at}")
        path.write_bytes(data)
    return swept


def missing_and_added(comparison, folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            path.unlink()
            comparison.hold(folder, f"without {path.relative_to(folder)}")
            path.write_bytes(data)
    for name in ("data/more.csv", "more.txt", "log/tile/0/001", "log/timestamps/1.checkpoint"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
        status, _ = comparison.hold(folder, f"with {name}")
        if status != 21:
            comparison.faults.append(f"{name} was added, and nothing says so")
        path.unlink()
    shutil.rmtree(folder / "log" / "timestamps")


def whole_folders(comparison, site):
    """Reports that were corrected, supplemented and withdrawn, and keys that are others."""
    case = next(iter(site.cases.values()))
    first = site.issue(site.referral(case, "subjects", "--no-pdf"), "first")
    second = site.issue(site.follow("correct", first), "second")
    site.run("report", "withdraw", second, "--reason", "Wrong", "--as", "li-wei")
    for who in ("ada", "cy"):
        site.run("report", "approve", second, "--reason", "So it is", "--as", who)
    site.issue(site.follow("supplement", first), "third")
    for report, again in ((first, "first-again"), (second, "second-again")):
        site.run("report", "issue", report, "--to", again, "--as", "li-wei")
    for name in ("first", "second", "third", "first-again", "second-again"):
        status, told = comparison.hold(site.folder / name, name)
        if status != 0 or told["attested"] < 12:
            comparison.faults.append(f"{name} does not hold: {told}")
    if told["report"]["withdrawn"]["by"] != "li-wei":
        comparison.faults.append("nothing says that the second one was withdrawn")
    name = comparison.key.split("+")[0]
    # RFC 8032 §7.1, test 1, under the name of the log.
    public = bytes.fromhex("01d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    digits = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4].hex()
    other = f"{name}+{digits}+{base64.b64encode(public).decode()}"
    status, _ = comparison.hold(site.folder / "first", "another key", other)
    if status != 15:
        comparison.faults.append(f"another key ends with {status}")


def named_accounts(verifier, place):
    """Faults of a report that names the accounts of a cluster."""
    site = RingSite(*place)
    key = (site.folder / "state" / "ledger.vkey").read_text().strip()
    comparison = Comparison(verifier, SOURCE, key)
    site.issue(site.referral("subjects"), "ring")
    status, told = comparison.hold(site.folder / "ring", "ring")
    if status != 0 or told["members"] != 3:
        comparison.faults.append(f"the accounts of a cluster do not hold: {told}")
    return comparison.faults


def as_a_program(site, key):
    """It runs as HOW-TO-CHECK.html says, and tells what is no folder of a report."""
    script = site.folder / "first" / "data" / "verify.py"
    for arguments, expected in (([str(site.folder / "first"), "--key", key], 0),
                                ([str(site.folder / "first"), "--key", "state/ledger.vkey"], 0),
                                ([str(site.folder / "first"), "--key", key, "--json"], 0),
                                ([str(site.folder / "first"), "--key", "state/no.vkey"], 2),
                                ([str(site.folder / "first")], 2),
                                ([str(site.folder / "state"), "--key", key], 9)):
        done = subprocess.run([sys.executable, "-I", "-B", str(script), *arguments],
                              cwd=site.folder, capture_output=True, text=True, timeout=60,
                              check=False)
        if done.returncode != expected:
            yield f"{arguments} ended with {done.returncode}: {done.stdout}{done.stderr}"
        if expected == 0 and "--json" not in arguments and "The bundle holds" not in done.stdout:
            yield f"{arguments} told {done.stdout}"


def main():
    tidewaiter, verifier = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as place, tempfile.TemporaryDirectory() as other:
        site = Site(tidewaiter, place)
        key = (site.folder / "state" / "ledger.vkey").read_text().strip()
        comparison = Comparison(verifier, SOURCE, key)
        whole_folders(comparison, site)
        faults = comparison.faults
        shipped = (site.folder / "first" / "data" / "verify.py").read_bytes()
        if shipped != SOURCE.read_bytes():
            faults.append("the script in the bundle is another one")
        faults += as_a_program(site, key)
        swept = sweep(comparison, site.folder / "first")
        missing_and_added(comparison, site.folder / "first")
        comparison.hold(site.folder / "first", "whole again")
        faults += named_accounts(verifier, (tidewaiter, other))
    for fault in faults[:40]:
        print(fault)
    print(f"{comparison.compared} folders by both, {swept} changed bytes by the script alone, "
          f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
