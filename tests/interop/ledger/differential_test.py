#!/usr/bin/env python3
"""Two verifiers over mutated ledgers, exports and proofs: they must end with the same status.

    differential_test.py VERIFIER WRITE_LEDGERS FOLDER CASES

Each case is copies of files that WRITE_LEDGERS made, changed by one to three mutations. The seed is
printed; TIDEWAITER_SEED repeats a run, up to the keys and nonces, which are new in every one. So the
files of a case on which the verifiers disagree are kept, below FOLDER/disagreements.
"""
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import mutations
import second_verifier


class Case:
    """Its files, and what both verifiers are told."""
    def __init__(self, bases, scratch, seed, number):
        self.random, self.folder, self.did = random.Random(f"{seed}/{number}"), scratch, []
        kind = self.random.choices(["small", "erased", "long", "small-tiles", "long-tiles", "proofs"],
                                   [40, 15, 3, 17, 3, 22])[0]
        if kind == "proofs":
            base = self.random.choice(sorted((bases / "proofs").iterdir()))
        else:
            base = bases / kind
        shutil.copytree(base, scratch)
        name = base.name.split("-")[0]
        self.log_key = (bases / name / "ledger.key").read_bytes()
        self.kind, self.base, self.failed = kind, base.name, False
        self.options = self.choose_options(bases / name)

    def choose_options(self, state):
        options = {}
        proof = self.kind == "proofs"
        if proof or self.random.random() < 0.7:
            options["key"] = (state / "vkey").read_text().strip()
            if self.random.random() < 0.03:
                name = options["key"].split("+")[0]
                options["key"] = mutations.verifier_key(mutations.OTHER_SEED, self.random.choice(
                    [name, "other.example/log"]))
        if self.kind in ("small", "long", "erased"):
            if self.random.random() < 0.6:
                options["lock"] = str(self.folder / "lock.db")
            options["all_signed"] = self.random.random() < 0.3
        if proof:
            options["entry"] = str(self.folder / "entry")
        return options

    def mutate(self):
        for _ in range(self.random.choice([1] * 8 + [2, 3])):
            try:
                if self.kind == "proofs":
                    did = mutations.proof(self.random, self.folder, self.log_key)
                elif self.kind.endswith("tiles"):
                    did = mutations.tiles(self.random, self.folder, self.log_key)
                else:
                    did = mutations.state(self.random, self.folder)
            except Exception as error:  # a file that an earlier mutation left in pieces, mostly
                did = f"half a mutation: {error}"
                self.failed = not self.did
            self.did.append(did)

    def path(self):
        return self.folder / "proof" if self.kind == "proofs" else self.folder


def arguments(path, options):
    words = [str(path)]
    for name, value in options.items():
        words += ["--all-signed"] * value if name == "all_signed" else [f"--{name}", value]
    return words


def statuses(verifier, path, options):
    """The exit status of each, and what it said."""
    first = subprocess.run([verifier, *arguments(path, options)], capture_output=True, timeout=300)
    second = second_verifier.verify(path, **options)
    return first.returncode, second[0], first.stdout.decode() + first.stderr.decode(), second[1]


def untouched(bases):
    """What nobody changed, with all that a verifier can be given."""
    for name in ("small", "long", "erased"):
        key = (bases / name / "vkey").read_text().strip()
        yield bases / name, {"key": key, "lock": str(bases / name / "lock.db")}
        yield bases / f"{name}-tiles", {"key": key}
        for proof in (bases / "proofs").glob(f"{name}-*"):
            yield proof / "proof", {"key": key, "entry": str(proof / "entry")}


def names_no_key_and_has_no_checkpoint(folder):
    """Entry 0 names no key, by the key's holder, and the lock store alone has a head of the log's."""
    store = mutations.Store(folder / "ledger.db")
    bodies = [body for [body] in store.db.execute("SELECT body FROM entry ORDER BY idx")]
    creation = json.loads(bodies[0]) | {"vkey": "+010000-01-01T00:00:00Z"}
    mutations.rewrite(store, [mutations.canonical(creation), *bodies[1:]], folder)
    store.db.execute("DELETE FROM checkpoint")
    store.close()


# What seeds of former runs found: how it is made, and its status by section 8 of the page.
FOUND_BEFORE = [(names_no_key_and_has_no_checkpoint, second_verifier.SIGNATURE)]


def judge_what_was_found_before(verifier, bases, scratch):
    for make, status in FOUND_BEFORE:
        for options in ({}, {"key": (bases / "small" / "vkey").read_text().strip()}):
            shutil.copytree(bases / "small", scratch)
            make(scratch)
            found = statuses(verifier, scratch, options | {"lock": str(scratch / "lock.db")})
            if found[:2] != (status, status):
                sys.exit(f"{make.__name__}, {options}: {status} is expected of both: {found}")
            shutil.rmtree(scratch)


def main():
    verifier, write_ledgers, folder, cases = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    seed = os.environ.get("TIDEWAITER_SEED") or str(random.SystemRandom().randrange(2**32))
    print(f"seed {seed} (TIDEWAITER_SEED repeats it)", flush=True)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    kept = folder / "disagreements"
    shutil.rmtree(kept, ignore_errors=True)
    seen, disagreements, failed = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory(dir=memory) as scratch:
        bases = Path(scratch) / "bases"
        subprocess.run([write_ledgers, str(bases)], check=True)
        for path, options in untouched(bases):
            found = statuses(verifier, path, options)
            if found[:2] != (0, 0):
                sys.exit(f"{path}, which nobody changed, does not hold: {found}")
        judge_what_was_found_before(verifier, bases, Path(scratch) / "case")
        for number in range(cases):
            case = Case(bases, Path(scratch) / "case", seed, number)
            case.mutate()
            first, second, words, other_words = statuses(verifier, case.path(), case.options)
            seen[first] += 1
            failed += case.failed
            if number % 1000 == 999:
                print(f"{number + 1} cases", flush=True)
            if first != second:
                disagreements += 1
                shutil.copytree(case.folder, kept / str(number))
                print(f"\ncase {number} ({case.base}): tidewaiter-verify {first}, second verifier {second}\n"
                      f"  did: {'; '.join(case.did)}\n  arguments: {arguments(case.path(), case.options)[1:]}\n"
                      f"  kept in {kept / str(number)}\n  second verifier: {other_words}\n{words}", flush=True)
            shutil.rmtree(case.folder)
    print(f"{cases} cases, {disagreements} disagreements; by status: {dict(sorted(seen.items()))}")
    if failed > cases // 10:
        sys.exit(f"{failed} mutations could not be made: they are what this test is made of")
    return disagreements > 0


if __name__ == "__main__":
    sys.exit(main())
