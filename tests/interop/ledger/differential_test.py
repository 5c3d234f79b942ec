#!/usr/bin/env python3
"""Two verifiers over mutated ledgers, exports and proofs: they must end with the same status.

    differential_test.py VERIFIER WRITE_LEDGERS FOLDER CASES

Each case is copies of files that WRITE_LEDGERS made, changed by one to three mutations. The seed is
printed; TIDEWAITER_SEED repeats a run, up to the keys and nonces, which are new in every one. So the
files of a case on which the verifiers disagree are kept, below FOLDER/disagreements.
"""
import collections
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
        kind = self.random.choices(["small", "long", "small-tiles", "long-tiles", "proofs"],
                                   [55, 3, 17, 3, 22])[0]
        if kind == "proofs":
            base = self.random.choice(sorted((bases / "proofs").iterdir()))
        else:
            base = bases / kind
        shutil.copytree(base, scratch)
        name = base.name.split("-")[0]
        self.log_key = (bases / name / "ledger.key").read_bytes()
        self.kind, self.base, self.options = kind, base.name, []
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
        if self.kind in ("small", "long"):
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
            except Exception as error:  # a file that an earlier mutation left in pieces
                if not self.did:
                    raise
                did = f"nothing more: {error}"
            self.did.append(did)

    def path(self):
        return self.folder / "proof" if self.kind == "proofs" else self.folder

    def arguments(self):
        names = {"key": "--key", "lock": "--lock", "entry": "--entry"}
        words = [str(self.path())]
        for name, value in self.options.items():
            words += ["--all-signed"] * value if name == "all_signed" else [names[name], value]
        return words

    def statuses(self, verifier):
        """The exit status of each, and what it said."""
        first = subprocess.run([verifier, *self.arguments()], capture_output=True, timeout=300)
        second = second_verifier.verify(self.path(), **self.options)
        return first.returncode, second[0], first.stdout.decode() + first.stderr.decode(), second[1]


def main():
    verifier, write_ledgers, folder, cases = sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    seed = os.environ.get("TIDEWAITER_SEED") or str(random.SystemRandom().randrange(2**32))
    print(f"seed {seed} (TIDEWAITER_SEED repeats it)", flush=True)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    kept = folder / "disagreements"
    shutil.rmtree(kept, ignore_errors=True)
    seen, disagreements = collections.Counter(), 0
    with tempfile.TemporaryDirectory(dir=memory) as scratch:
        bases = Path(scratch) / "bases"
        subprocess.run([write_ledgers, str(bases)], check=True)
        for number in range(cases):
            case = Case(bases, Path(scratch) / "case", seed, number)
            if number % 100:  # each hundredth is whole: both must accept it, or have nothing to judge
                case.mutate()
            first, second, words, other_words = case.statuses(verifier)
            seen[first] += 1
            if first != second:
                disagreements += 1
                shutil.copytree(case.folder, kept / str(number))
                print(f"\ncase {number} ({case.base}): tidewaiter-verify {first}, second verifier {second}\n"
                      f"  did: {'; '.join(case.did)}\n  arguments: {case.arguments()[1:]}\n"
                      f"  kept in {kept / str(number)}\n  second verifier: {other_words}\n{words}", flush=True)
            shutil.rmtree(case.folder)
    print(f"{cases} cases, {disagreements} disagreements; by status: {dict(sorted(seen.items()))}")
    return disagreements > 0


if __name__ == "__main__":
    sys.exit(main())
