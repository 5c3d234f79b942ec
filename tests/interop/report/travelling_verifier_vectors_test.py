#!/usr/bin/env python3
"""The parts of the verifier that travels in each bundle, over published vectors.

    travelling_verifier_vectors_test.py    TIDEWAITER_SHARED names the folder that has `vectors`
"""

import base64
import hashlib
import importlib.util
import json
import os
import pathlib
import unittest

HERE = pathlib.Path(__file__).resolve()
SHARED = os.environ.get("TIDEWAITER_SHARED") or str(HERE.parents[4] / "shared")
VECTORS = pathlib.Path(SHARED) / "vectors"
SPEC = importlib.util.spec_from_file_location(
    "travelling_verifier", HERE.parents[3] / "daemon" / "report" / "verify.py")
verify = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(verify)


def read(path):
    return json.loads((VECTORS / path).read_text())


class Vectors(unittest.TestCase):
    def test_ed25519_edge_cases_are_judged_as_libsodium_does(self):
        cases = read("cctv-ed25519/ed25519vectors.json")
        self.assertEqual(len(cases), 914)
        accepted = [c for c in cases if verify.ed25519_holds(
            bytes.fromhex(c["key"]), c["msg"].encode(), bytes.fromhex(c["sig"]))]
        self.assertEqual(len(accepted), 43)  # libsodium 1.0.18

    def test_wycheproof(self):
        run = 0
        for group in read("wycheproof/ed25519_test.json")["testGroups"]:
            key = bytes.fromhex(group["publicKey"]["pk"])
            for c in group["tests"]:
                held = verify.ed25519_holds(key, bytes.fromhex(c["msg"]), bytes.fromhex(c["sig"]))
                self.assertEqual(held, c["result"] == "valid", c["comment"])
                run += 1
        self.assertEqual(run, 151)

    def test_keys_and_notes_of_the_specification(self):
        # C2SP signed-note.md.
        key = verify.Key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
        self.assertEqual(key.short, "example.com/foo+530d903a")
        note = ("This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv"
                "1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n").encode()
        self.assertTrue(verify.has_signed(key, verify.read_note(note)))
        self.assertFalse(verify.has_signed(key, verify.read_note(note.replace(b"This", b"That"))))
        self.assertIsNone(verify.read_note(note[:-1]))
        for other in ("example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
                      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
                      "example.com/foo+530d903a", ""):
            self.assertRaises(ValueError, verify.Key, other)

    def test_tree_of_the_certificate_transparency_repository(self):
        # The eight leaves and roots of google/certificate-transparency, merkle_tree_test.cc.
        leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                  "606162636465666768696a6b6c6d6e6f"]
        roots = ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                 "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                 "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                 "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                 "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                 "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                 "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"]
        hashes = [verify.leaf_hash(bytes.fromhex(leaf)) for leaf in leaves]
        for size, root in enumerate(roots, 1):
            self.assertEqual(verify.root_of(hashes[:size]).hex(), root)

    def test_paths_of_tiles(self):
        # By hand, from C2SP tlog-tiles.md: 256 leaves are a whole tile, one more begins another.
        self.assertEqual(list(verify.tile_paths(257, 0)), [("000", 256), ("001.p/1", 1)])
        self.assertEqual(list(verify.tile_paths(257, 1)), [("000.p/1", 1)])
        self.assertEqual(list(verify.tile_paths(256 * 1234068, 0))[-1], ("x001/x234/067", 256))

    def test_checkpoints(self):
        # By hand, from C2SP tlog-checkpoint.md; sizes are those of a signed number of 64 bits.
        root, signature = base64.b64encode(bytes(32)).decode(), base64.b64encode(bytes(68)).decode()

        def read_size(size):
            note = f"log\n{size}\n{root}\n\n\u2014 log {signature}\n"
            return (verify.read_checkpoint(note.encode()) or [None] * 3)[2]

        for size in (0, 1, 2**63 - 1):
            self.assertEqual(read_size(size), size)
        for size in (2**63, "9" * 5000, "01", "-1", ""):
            self.assertIsNone(read_size(size), size)

    def test_times(self):
        # docs/ledger-format.md, 3: in rising order, and what is none.
        times = ["-000001-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "2026-02-28T23:59:59Z",
                 "2026-02-28T23:59:59.000001Z", "2026-02-28T23:59:59.25Z",
                 "2026-02-28T23:59:59.5Z", "2026-03-01T00:00:00Z", "9999-12-31T23:59:59Z",
                 "+010000-01-01T00:00:00Z", "+010000-02-29T00:00:00Z"]
        self.assertEqual(sorted(reversed(times), key=verify.instant), times)
        for other in ("2026-02-29T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T00:00:00",
                      "2026-03-01T00:00:00.50Z", "2026-03-01T00:00:00.0000001Z", "2026-03-01",
                      "+002026-03-01T00:00:00Z", "2026-03-01T00:00:00+00:00", 20260301, None):
            self.assertIsNone(verify.instant(other), other)

    def test_canonical_json(self):
        # RFC 8785, 3.2.3: members by UTF-16 code units; an emoji's surrogates go before U+FB33.
        value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6,
                 "\u00f6": 7}
        names = list(json.loads(verify.canonical(value)))
        self.assertEqual(names, ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"])
        self.assertEqual(verify.canonical("\u000f\n\"\\\u007f\u20ac"),
                         b'"\\u000f\\n\\"\\\\\x7f\xe2\x82\xac"')
        # RFC 8785, 3.2.2.3 and appendix B: as ECMA-262 writes them.
        for number, text in ((333333333.33333329, b"333333333.3333333"), (4.50, b"4.5"),
                             (1e30, b"1e+30"), (2e-3, b"0.002"), (1e-27, b"1e-27"),
                             (-0.0, b"0"), (5e-324, b"5e-324"), (1.7976931348623157e308,
                                                                 b"1.7976931348623157e+308"),
                             (1e-6, b"0.000001"), (1e-7, b"1e-7"), (100, b"100")):
            self.assertEqual(verify.canonical(number), text)
        for number in (2**53, float("inf")):
            self.assertRaises(ValueError, verify.canonical, number)
        for text in (b'{"a":1,"a":1}', b"NaN", b"[1", b"\xff", b"1 1", b"9" * 5000):
            self.assertIsNone(verify.read_json(text))

    def test_disclosures_of_the_standard(self):
        # RFC 9901, 4.2.3: the digest of its disclosure, whose salt is shorter than ours.
        text = "WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
        digest = "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"
        shown = {"entry": 1, "name": "family_name", "text": text}
        self.assertEqual(verify.disclosure_fault(shown, {"_sd": []}), "hashes to no digest of it")
        self.assertEqual(verify.disclosure_fault(shown, {"_sd": [digest]}), "is no canonical JSON")

    def test_manifests(self):
        digest = hashlib.sha256(b"").hexdigest()
        line = f"{digest}  data/a\n"
        self.assertEqual(verify.read_manifest(line.encode()), {"data/a": digest})
        for other in (line[:-1], line + line, line.upper(), line.replace("  ", " "),
                      line.replace("data/a", "data/../a"), line.replace("data/a", "/a"), "\n"):
            self.assertIsNone(verify.read_manifest(other.encode()), other)


if __name__ == "__main__":
    if not VECTORS.is_dir():
        print(f"SKIPPED: there are no vectors in {VECTORS}")
        raise SystemExit(77)
    unittest.main()
