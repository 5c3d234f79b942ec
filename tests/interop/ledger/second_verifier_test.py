#!/usr/bin/env python3
"""The second verifier's own parts over published vectors: it must not err as ours does.

    second_verifier_test.py        TIDEWAITER_SHARED names the folder that has `vectors`
"""
import base64
import json
import os
import struct
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import ed25519
import second_verifier

SHARED = os.environ.get("TIDEWAITER_SHARED") or str(Path(__file__).resolve().parents[4] / "shared")
VECTORS = Path(SHARED) / "vectors"


def read(path):
    return json.loads((VECTORS / path).read_text())


class Vectors(unittest.TestCase):
    def test_ed25519_edge_cases_are_judged_as_libsodium_does(self):
        cases = read("cctv-ed25519/ed25519vectors.json")
        self.assertEqual(len(cases), 914)
        accepted = [c for c in cases if ed25519.ed25519_holds(
            bytes.fromhex(c["key"]), c["msg"].encode(), bytes.fromhex(c["sig"]))]
        self.assertEqual(len(accepted), 43)  # libsodium 1.0.18

    def test_wycheproof(self):
        run = 0
        for group in read("wycheproof/ed25519_test.json")["testGroups"]:
            key = bytes.fromhex(group["publicKey"]["pk"])
            for c in group["tests"]:
                signature = bytes.fromhex(c["sig"])
                held = len(signature) == 64 and ed25519.ed25519_holds(
                    key, bytes.fromhex(c["msg"]), signature)
                self.assertEqual(held, c["result"] == "valid", c["comment"])
                run += 1
        self.assertEqual(run, 151)

    def test_rfc_8032_signatures(self):
        # RFC 8032, 7.1: the seed, the key and the signature of tests 1 and 2.
        for seed, key, message, start in (
                ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                 "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac72"),
                ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
                 "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8")):
            self.assertEqual(ed25519.public_key(bytes.fromhex(seed)).hex(), key)
            signature = ed25519.sign(bytes.fromhex(seed), bytes.fromhex(message))
            self.assertEqual(signature[:8].hex(), start)
            self.assertTrue(ed25519.ed25519_holds(bytes.fromhex(key), bytes.fromhex(message), signature))

    def test_es6_numbers(self):
        run = 0
        for line in (VECTORS / "jcs/es6numbers-10000.txt").read_text().splitlines():
            bits, written = line.split(",")
            number = struct.unpack(">d", int(bits, 16).to_bytes(8, "big"))[0]
            if abs(number) >= 2**53 and written.lstrip("-").isdigit():
                self.assertRaises(ValueError, second_verifier.jcs, number)  # the page refuses those
            else:
                self.assertEqual(second_verifier.jcs(number), written)
            run += 1
        self.assertEqual(run, 10000)

    def test_canonical_documents(self):
        run = 0
        for file in sorted((VECTORS / "jcs/outhex").iterdir()):
            canonical = bytes.fromhex("".join(file.read_text().split()))
            self.assertIsNotNone(second_verifier.unjcs(canonical), file.name)
            self.assertIsNone(second_verifier.unjcs(canonical + b"\n"), file.name)
            run += 1
        self.assertEqual(run, 6)

    def test_signed_notes(self):
        vectors, run = read("c2sp-examples/signed-note.json"), 0
        for c in vectors["cases"] + vectors["extra"]:
            note = second_verifier.read_note(c["note"].encode())
            keys = [second_verifier.verifier_key(k) for k in c["vkeys"]]
            self.assertTrue(all(keys))
            # A note holds if a known key signed it and no known key's signature fails.
            known = [k for k in keys if note and any((n, i) == k[:2] for n, i, _ in note[1])]
            held = bool(known) and all(second_verifier.signed_by(note, k) for k in known)
            self.assertEqual(held, c["valid"], c["name"])
            run += 1
        self.assertEqual(run, 13)
        for bad in vectors["bad_vkeys"]:
            self.assertIsNone(second_verifier.verifier_key(bad["vkey"]), bad["why"])

    def test_inclusion_proofs(self):
        run = 0
        for file in sorted((VECTORS / "merkle/testdata/inclusion").rglob("*.json")):
            c = json.loads(file.read_text())
            leaf, root, *path = (base64.b64decode(h) for h in [c["leafHash"], c["root"], *(c["proof"] or [])])
            index, size = c["leafIdx"], c["treeSize"]
            held = len(leaf) == 32 and index < size and second_verifier.included(
                leaf, index, size, path, root)
            self.assertEqual(held, not c["wantErr"], file)
            run += 1
        self.assertEqual(run, 98)

    def test_paths_of_tiles(self):
        # C2SP tlog-tiles, "Merkle Tree": the tiles of 70,000 leaves.
        level = [list(second_verifier.tiles(70000, n)) for n in range(4)]
        self.assertEqual(len(level[0]), 274)
        self.assertEqual(level[0][-1], ("273.p/112", 112))
        self.assertEqual(level[1], [("000", 256), ("001.p/17", 17)])
        self.assertEqual(level[2:], [[("000.p/1", 1)], []])
        last = list(second_verifier.tiles(256 * 1000 + 1, 0))[-1]
        self.assertEqual(last, ("x001/000.p/1", 1))


class Followers(unittest.TestCase):
    """docs/ledger-format.md, section 14: what a report that follows another one may be."""
    def setUp(self):
        self.entries = object.__new__(second_verifier.Entries)  # of no ledger: this rule alone
        self.entries.issued = {}
        self.entries.merged = {"c-1": "c-2", "c-2": "c-3"}
        self.entries.issued["r-1"] = {
            "index": 3, "manifest": "aa", "withdrawn": False, "corrected": set(), "counsel": False, "kind": "k",
            "about": "c-1", "from": "2026-10-02T00:00:00Z", "to": "2026-10-03T00:00:00Z"}

    def judged(self, how, day, to, about="c-1"):
        later = {"kind": "k", "from": f"2026-10-{day}T00:00:00Z", "to": f"2026-10-{to}T00:00:00Z",
                 "follows": {"as": how, "report": "r-1", "manifest": "aa"}}
        later |= {"about": about} if about else {}
        try:
            self.entries.judge_followed(9, later)
        except second_verifier.Refused as failed:
            return str(failed)
        return "holds"

    def test_a_correction_covers_no_less(self):
        self.assertEqual(self.judged("corrects", "02", "03"), "holds")
        self.assertEqual(self.judged("corrects", "01", "04"), "holds")
        for day, to in (("01", "02"), ("03", "04")):
            self.assertIn("covers less", self.judged("corrects", day, to))
            self.assertEqual(self.judged("supplements", day, to), "holds")

    def test_both_are_about_one_case(self):
        for how in ("corrects", "supplements"):
            self.assertEqual(self.judged(how, "02", "03", "c-3"), "holds")
            self.assertIn("another case", self.judged(how, "02", "03", "c-4"))
            self.assertIn("another case", self.judged(how, "02", "03", None))
        self.entries.merged["c-3"] = "c-1"
        self.assertIn("another case", self.judged("corrects", "02", "03", "c-4"))


if __name__ == "__main__":
    if not VECTORS.is_dir():
        print(f"SKIPPED: no vectors at {VECTORS}; set TIDEWAITER_SHARED to the folder that has them")
        sys.exit(77)
    unittest.main()
