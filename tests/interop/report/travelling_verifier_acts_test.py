#!/usr/bin/env python3
"""The verifier that travels in each bundle, held against tidewaiter-verify and the second verifier
over folders that a house made up which holds all keys, and that lead out of themselves.

Usage: travelling_verifier_acts_test.py TIDEWAITER_VERIFY
"""

import base64
import contextlib
import io
import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import made_reports
from made_reports import House, Signer
from travelling_verifier_test import Comparison, SOURCE

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ledger"))
import mutations  # noqa: E402
import second_verifier  # noqa: E402

ENTRY, HEAD, SIGNATURE, FILES = 12, 14, 15, 21
OTHER, THIRD = "r-000000000002", "r-000000000003"
SPOILT, SECONDS = 500, 60  # folders, at most so long
CASES = {}


def case(status):
    """A way to make up a log, by what it ends with."""
    def add(make):
        CASES[make.__name__.replace("_", " ")] = (status, make)
        return make
    return add


@case(0)
def a_report_that_goes_out(house):
    house.go_out()


@case(0)
def with_members_and_disclosures(house):
    house.__dict__ = full_house().__dict__


@case(0)
def it_is_corrected_supplemented_and_withdrawn(house):
    issued = house.go_out()
    handed = house.hand_over(issued)
    house.receive(handed)
    later = {"gaps": 0, "follows": house.follow(), "manifest": "1" * 64}
    second = house.go_out(OTHER, **later)
    asked = house.withdraw(second, OTHER, manifest="1" * 64)
    house.approve(asked, OTHER, approves=False)
    asked = house.withdraw(second, OTHER, manifest="1" * 64)
    house.approve_all(asked, OTHER)
    house.go_out(THIRD, follows=house.follow("supplements"), manifest="2" * 64,
                 **{"from": "2026-10-15T00:00:00Z"})
    asked = house.withdraw(issued)
    house.approve_all(asked)


@case(0)
def what_no_one_corrects_any_more_is_corrected_again(house):
    house.go_out()
    second = house.go_out(OTHER, follows=house.follow(), manifest="1" * 64)
    house.approve_all(house.withdraw(second, OTHER, manifest="1" * 64), OTHER)
    house.go_out(THIRD, follows=house.follow(), manifest="2" * 64)


@case(ENTRY)
def approved_before_it_was_drawn(house):
    house.approve_all(house.next() + 2)
    house.issue(house.draw())


@case(ENTRY)
def approved_by_one_of_two_before_it_was_drawn(house):
    house.approve(house.next() + 1)
    draft = house.draw()
    house.approve(draft, by="cy", counsel=True)
    house.issue(draft)


@case(ENTRY)
def approved_after_it_was_issued(house):
    draft = house.draw()
    house.approve(draft, by="cy", counsel=True)
    house.issue(draft)
    house.approve(draft)


@case(ENTRY)
def issued_before_it_was_drawn(house):
    house.issue(house.next() + 1)
    house.approve_all(house.draw())


@case(ENTRY)
def rejected_and_issued(house):
    draft = house.draw()
    house.approve(draft, approves=False)
    house.approve_all(draft)
    house.issue(draft)


@case(ENTRY)
def approved_by_the_author_under_another_name(house):
    draft = house.draw()
    house.act("report.approved", "r-000000000001", "ada",
              {"draft": draft, "approves": True, "counsel": False}, signer=Signer("ada", "li"))
    house.approve(draft, by="cy", counsel=True)
    house.issue(draft)


@case(ENTRY)
def issued_twice(house):
    draft = house.draw()
    house.approve_all(draft)
    house.issue(draft)
    house.issue(draft)


@case(ENTRY)
def two_drafts_of_one_name(house):
    house.go_out()
    house.draw(manifest="1" * 64)


@case(ENTRY)
def another_report_is_issued_unapproved(house):
    house.go_out()
    house.issue(house.draw(OTHER, manifest="1" * 64), OTHER, manifest="1" * 64)


@case(ENTRY)
def follows_what_was_withdrawn(house):
    house.approve_all(house.withdraw(house.go_out()))
    house.go_out(OTHER, follows=house.follow(), manifest="1" * 64)


@case(ENTRY)
def is_withdrawn_between_draft_and_issue_of_what_follows(house):
    issued = house.go_out()
    draft = house.draw(OTHER, follows=house.follow("supplements"), manifest="1" * 64)
    house.approve_all(draft, OTHER)
    house.approve_all(house.withdraw(issued))
    house.issue(draft, OTHER, manifest="1" * 64)


@case(ENTRY)
def follows_what_was_corrected(house):
    house.go_out()
    house.go_out(OTHER, follows=house.follow(), manifest="1" * 64)
    house.go_out(THIRD, follows=house.follow("supplements"), manifest="2" * 64)


@case(ENTRY)
def follows_another_kind(house):
    house.go_out()
    house.go_out(OTHER, follows=house.follow(), kind="period-summary", manifest="1" * 64)


@case(ENTRY)
def follows_what_was_never_issued(house):
    house.go_out(follows=house.follow(report=OTHER))


@case(ENTRY)
def follows_another_manifest(house):
    house.go_out()
    house.go_out(OTHER, follows=house.follow(manifest="3" * 64), manifest="1" * 64)


@case(ENTRY)
def of_a_case_follows_one_of_none(house):
    house.go_out()
    house.go_out(OTHER, follows=house.follow(), about="c-1", manifest="1" * 64)


@case(ENTRY)
def corrects_less_time(house):
    house.go_out()
    house.go_out(OTHER, follows=house.follow(), manifest="1" * 64,
                 **{"from": "2026-10-01T00:00:00.000001Z"})


@case(ENTRY)
def withdraws_what_stands_corrected(house):
    issued = house.go_out()
    house.go_out(OTHER, follows=house.follow(), manifest="1" * 64)
    house.withdraw(issued)


@case(ENTRY)
def withdraws_another_issue(house):
    house.withdraw(house.go_out() - 1)


@case(ENTRY)
def withdraws_twice(house):
    issued = house.go_out()
    house.withdraw(issued)
    house.withdraw(issued)


@case(ENTRY)
def a_withdrawal_is_approved_by_who_asked(house):
    house.approve(house.withdraw(house.go_out()), by="li")


@case(ENTRY)
def a_withdrawal_that_was_rejected_is_approved(house):
    asked = house.withdraw(house.go_out())
    house.approve(asked, approves=False)
    house.approve(asked)


@case(ENTRY)
def handed_over_before_it_was_issued(house):
    draft = house.draw()
    house.approve_all(draft)
    house.hand_over(house.next() + 1)
    house.issue(draft)


@case(ENTRY)
def received_twice(house):
    handed = house.hand_over(house.go_out())
    house.receive(handed)
    house.receive(handed)


@case(ENTRY)
def received_before_it_was_handed_over(house):
    house.receive(house.hand_over(house.go_out()), received="2026-11-02T00:00:00.25Z")


@case(ENTRY)
def handed_over_in_another_form(house):
    house.hand_over(house.go_out(), act={"form": "letter"})


@case(SIGNATURE)
def handed_over_by_who_did_not_sign(house):
    house.hand_over(house.go_out(), signer=Signer("eve"))


@case(SIGNATURE)
def approved_by_a_name_alone(house):
    draft = house.draw(OTHER, manifest="1" * 64)
    house.act("report.approved", OTHER, "ada", {"draft": draft, "approves": True, "counsel": False},
              signer=Signer("eve"))
    house.go_out()


@case(ENTRY)
def an_act_has_a_member_more(house):
    house.go_out()
    house.draw(OTHER, manifest="1" * 64, more="x")


@case(ENTRY)
def an_act_has_no_time(house):
    house.draw(OTHER, manifest="1" * 64, **{"from": "2026-02-30T00:00:00Z"})
    house.go_out()


@case(ENTRY)
def an_act_ends_before_it_begins(house):
    house.draw(OTHER, manifest="1" * 64, **{"from": "2026-11-01T00:00:00Z"})
    house.go_out()


@case(ENTRY)
def an_act_is_written_with_a_blank(house):
    issued = house.go_out()
    house.act("report.withdrawn", "r-000000000001", "li",
              {"issued": issued, "manifest": made_reports.hexadecimal(house.manifest)},
              raw=lambda body: body.replace(b'"act":', b'"act": '))


@case(ENTRY)
def a_type_is_a_list(house):
    house.append({"typ": ["report.drafted"]})
    house.go_out()


def other_logs():
    """A house, what its checkpoint says in the place of what is so, and the status."""
    staging = House("prod", origin="staging")
    yield "a log by another name than its key", staging, None, HEAD
    size = "9" * 5000
    yield "a size of 5000 digits", House(), f"made.example/log\n{size}\n{'A' * 43}=\n", FILES
    yield "a size of 2^63", House(), f"made.example/log\n{2**63}\n{'A' * 43}=\n", FILES
    yield "a size of nothing", House(), f"made.example/log\n0\n{'A' * 43}=\n", FILES


def made_up(comparison, folder):
    """By both the same, and by the second verifier of the log alone."""
    for what, (status, make) in CASES.items():
        house = House()
        make(house)
        house.write(folder / what)
        comparison.key = house.log_key.key
        own, _ = comparison.hold(folder / what, what)
        by_log, why = second_verifier.verify(folder / what / "log", house.log_key.key)
        if own != status or by_log != status:
            comparison.faults.append(
                f"{what}: {own}, by the second verifier {by_log} ({why}); expected {status}")
    for what, house, checkpoint, status in other_logs():
        house.go_out()
        house.write(folder / what, checkpoint=checkpoint)
        told = [one.status(folder / what, house.log_key.key)
                for one in (Program(comparison.program), Script(comparison.script))]
        if told != [status, status]:
            comparison.faults.append(f"{what}: {told}; expected {status}")


def encoded(value):
    return base64.urlsafe_b64encode(made_reports.canonical(value)).rstrip(b"=").decode()


def full_house(change=lambda what, value: value):
    """A report with members and disclosures; `change` alters what is sealed and said."""
    house = House()
    sealed = made_reports.canonical(change("members", [
        encoded("salt"), {"members": "account:a\naccount:b", "reason": "so"}]))
    salt = base64.urlsafe_b64encode(bytes(32)).rstrip(b"=").decode()
    text = encoded(change("disclosure", [salt, "subject", "account:a"]))
    entry = house.find([text])
    house.files["data/members.json"] = sealed
    house.files["data/disclosures.json"] = made_reports.canonical(
        change("disclosures", [{"entry": entry, "name": "subject", "text": text}]))
    draft = house.draw(sealed=sealed)
    house.approve_all(draft)
    house.receive(house.hand_over(house.issue(draft)))
    house.go_out(OTHER, follows=house.follow(), manifest="1" * 64)
    return house


def run(command):
    """What a verifier ends with and tells; that it hangs or takes all memory is no verdict."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False,
                              preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return "hangs", {}
    return done.returncode, json.loads(done.stdout) if done.stdout else {}


def put_pipe(place):
    place.unlink()
    os.mkfifo(place)


def put_link(target):
    def put(place):
        shutil.rmtree(place) if place.is_dir() else place.unlink()
        place.symlink_to(target)
    return put


def put_deep(place):
    """A folder that is deeper than Python calls itself, with a file at its end."""
    here = os.open(place, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("a", dir_fd=here)
        inner = os.open("a", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(os.open("more.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)


def hostile_folders(verifier, folder):
    """What is no regular file is named, and nothing else: it is not read, nor is what is beside."""
    house = full_house()
    house.write(folder / "whole")
    whole, key = folder / "whole", house.log_key.key
    # What is linked to is what has to be there: who follows the link finds that all holds.
    ways = [(name, "a link", put_link(whole / name))
            for name in ("log", "log/checkpoint", "bagit.txt", "data/members.json", "data",
                         "data/disclosures.json", "attestation.dsse.json", "manifest-sha256.txt")]
    for name in ("log/checkpoint", "data/report.json", "bagit.txt"):
        ways += [(name, "a pipe", put_pipe), (name, "a device", put_link("/dev/zero"))]
    for name, what, put in ways:
        shutil.rmtree(folder / "other", ignore_errors=True)
        shutil.copytree(whole, folder / "other")
        put(folder / "other" / name)
        for command in ([verifier], [sys.executable, "-I", "-B", str(SOURCE)]):
            status, told = run([*command, str(folder / "other"), "--key", key, "--json"])
            named = [fault["file"] for fault in told.get("faults", ())]
            if status != FILES or named != [name] or told["report"] or told["log"]["size"]:
                yield f"{name} is {what}: {command[-1]} ends with {status}, {told}"
    deep = folder / "deep"
    shutil.copytree(whole, deep)
    put_deep(deep)
    status, told = run([sys.executable, "-I", "-B", str(SOURCE), str(deep), "--key", key, "--json"])
    if status != FILES or not told["faults"]:
        yield f"a deep folder ends with {status}, {told}"
    subprocess.run(["rm", "-r", str(deep)], check=True)


def write_spoilt(chance, what, folder):
    """A report of which one thing was said otherwise, and all of it signed, or one file changed.
    The key."""
    def change(name, value):
        return mutations.spoil_json(chance, value) if name == what else value

    house = full_house(change)
    if what == "entry":
        at = chance.randrange(house.next())
        house.bodies[at] = made_reports.canonical(
            mutations.spoil_json(chance, json.loads(house.bodies[at])))
    house.write(folder, state=lambda statement: change("statement", statement))
    if what == "file":
        path = chance.choice(sorted(one for one in folder.rglob("*") if one.is_file()))
        spoil = chance.choice([mutations.spoil_bytes, mutations.spoil_lines])
        path.write_bytes(spoil(chance, path.read_bytes()))
    return house.log_key.key


def spoilt_folders(program, script, folder, seed):
    """Whatever is in a folder, the script ends with a verdict: with that of the program, but for
    entries that the program judges and it does not. Faults, and how many folders."""
    chance, faults, begun, number = random.Random(seed), [], time.monotonic(), 0
    while number < SPOILT and time.monotonic() - begun < SECONDS:
        number += 1
        shutil.rmtree(folder, ignore_errors=True)
        what = chance.choice(["members", "disclosure", "disclosures", "statement", "file", "file",
                              "entry", "entry", "entry"])
        key = write_spoilt(chance, what, folder)
        status, expected = script.status(folder, key), program.status(folder, key)
        judged_less = what == "entry" and status == 0 and expected in (ENTRY, FILES)
        if status != expected and not judged_less:
            faults.append(f"folder {number} of the seed {seed}, with another {what}, ends with "
                          f"{status}, by the program {expected}")
    return faults, number


def keys(script, folder):
    """What is said of what is no key says what is wrong with it."""
    good = House().log_key.key
    (folder / "vkey").write_text("made.example/log\n")
    for argument, words in (("missing.vkey", "no file that is there"),
                            (str(folder), "no file that is there"),
                            (str(folder / "vkey"), "no verifier key"),
                            (good[:-4] + "AAA=", "digits"), (good[:-2], "no verifier key")):
        told = script.told(folder, argument)
        if words not in told or "Traceback" in told:
            yield f"--key {argument} is told {told}"


class Program:
    def __init__(self, path):
        self.path = path

    def status(self, folder, key):
        return subprocess.run([self.path, str(folder), "--key", key], capture_output=True,
                              timeout=60, check=False).returncode


class Script:
    def __init__(self, module):
        self.module = module

    def status(self, folder, key):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return self.module.main([str(folder), "--key", key])

    def told(self, folder, key):
        with contextlib.redirect_stderr(io.StringIO()) as told:
            self.module.main([str(folder), "--key", key])
        return told.getvalue()


def main():
    verifier, seed = sys.argv[1], random.SystemRandom().randrange(2**32)
    comparison = Comparison(verifier, SOURCE, None)
    script, faults = Script(comparison.script), comparison.faults
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        made_up(comparison, folder)
        faults += hostile_folders(verifier, folder)
        faults += keys(script, folder)
        spoilt, number = spoilt_folders(Program(verifier), script, folder / "spoilt", seed)
        faults += spoilt
    for fault in faults[:40]:
        print(fault)
    print(f"{len(CASES)} logs, {number} spoilt folders of the seed {seed}, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
