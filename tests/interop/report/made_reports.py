"""Folders of reports that a house makes up which holds all keys, the log's and its people's.

What the program itself never writes, an approval from before the draft, a report that is issued
twice, a log under another name, is made here by docs/ledger-format.md (§3, §10, §14, §15).
"""

import base64
import functools
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "ledger"))
import ed25519  # noqa: E402
import second_verifier  # noqa: E402
from mutations import canonical  # noqa: E402

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PREDICATE_TYPE = "https://tidewaiter.invalid/report/v1"


def root_of(leaves):
    """The root by RFC 6962, 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return second_verifier.node_hash(root_of(leaves[:left]), root_of(leaves[left:]))


def hexadecimal(data):
    return hashlib.sha256(data).hexdigest()


@functools.lru_cache(maxsize=4096)
def sign(seed, message):
    """Ed25519 in Python takes its time, and most of what houses sign is what others do."""
    return ed25519.sign(seed, message)


@functools.lru_cache
def public_key(seed):
    return ed25519.public_key(seed)


class Signer:
    def __init__(self, name, seed=None):
        self.name, self.seed = name, hashlib.sha256((seed or name).encode()).digest()
        typed = b"\1" + public_key(self.seed)
        self.id = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
        self.key = f"{name}+{self.id.hex()}+{base64.b64encode(typed).decode()}"

    def note(self, text):
        signature = base64.b64encode(self.id + sign(self.seed, text.encode())).decode()
        return f"{text}\n\u2014 {self.name} {signature}\n"


class House:
    """A log that somebody makes up, entry by entry. Acts have no time of their own: the log's
    entries are a second apart."""

    def __init__(self, name="made.example/log", origin=None):
        self.log_key, self.origin = Signer(name), origin or name
        self.bodies, self.said = [], []  # of the entries, as bytes and as they were said
        self.files = {"data/report.json": b'{"made":"up"}\n'}
        self.append({"typ": "ledger.created", "origin": self.origin, "vkey": self.log_key.key})

    @property
    def manifest(self):
        return "".join(f"{hexadecimal(data)}  {path}\n" for path, data in
                       sorted(self.files.items())).encode()

    def next(self):
        return len(self.bodies)

    def append(self, members, raw=None):
        """An entry; `raw` changes its bytes. Its index."""
        at = self.next()
        entry = {"v": 1, "ts": f"2026-11-01T00:{at // 60:02d}:{at % 60:02d}Z",
                 "n": base64.urlsafe_b64encode(hashlib.sha256(b"%d" % at).digest()[:16])
                 .rstrip(b"=").decode(), **members}
        body = canonical(entry)
        self.said.append(entry)
        self.bodies.append(raw(body) if raw else body)
        return at

    def act(self, kind, case, by, act, raw=None, signer=None, **more):
        """An act, signed by the person that it names, or by `signer`."""
        said = {"typ": kind, "case": case, "by": by, "at": "2026-11-01T00:00:00Z", "seen": 0,
                "act": act, **more}
        digest = hexadecimal(canonical({**said, "origin": self.origin}))
        person = signer or Signer(by)
        note = person.note(f"tidewaiter.act/v1\n{self.origin}\n{digest}\n")
        return self.append({**said, "signer": person.key, "note": note}, raw)

    def draw(self, report="r-000000000001", by="li", sealed=None, **changes):
        act = {"kind": "referral", "profile": "facts", "handling": "TLP:AMBER", "counsel": True,
               "from": "2026-10-01T00:00:00Z", "to": "2026-11-01T00:00:00Z", "gaps": 0,
               "manifest": hexadecimal(self.manifest), **changes}
        more = {"confidential": hexadecimal(sealed)} if sealed else {}
        return self.act("report.drafted", report, by, act, **more)

    def approve(self, about, report="r-000000000001", by="ada", approves=True, counsel=False):
        return self.act("report.approved", report, by,
                        {"draft": about, "approves": approves, "counsel": counsel})

    def approve_all(self, about, report="r-000000000001"):
        self.approve(about, report)
        self.approve(about, report, "cy", counsel=True)

    def issue(self, draft, report="r-000000000001", **changes):
        act = {"draft": draft, "gaps": 0, "manifest": hexadecimal(self.manifest), **changes}
        return self.act("report.issued", report, "li", act)

    def go_out(self, report="r-000000000001", **changes):
        """A report that is drawn, approved and issued. The index of the issue."""
        draft = self.draw(report, **changes)
        self.approve_all(draft, report)
        return self.issue(draft, report, manifest=changes.get("manifest",
                                                              hexadecimal(self.manifest)))

    def withdraw(self, issued, report="r-000000000001", **changes):
        act = {"issued": issued, "manifest": hexadecimal(self.manifest), **changes}
        return self.act("report.withdrawn", report, "li", act)

    def follow(self, how="corrects", report="r-000000000001", **changes):
        return {"as": how, "report": report, "manifest": hexadecimal(self.manifest), **changes}

    def hand_over(self, issued, report="r-000000000001", **changes):
        act = {"issued": issued, "handed": "2026-11-02T00:00:00.5Z", "channel": "courier",
               "form": "folder", "sha256": "0" * 64, **changes.pop("act", {})}
        return self.act("report.handed-over", report, "li", act, **changes)

    def receive(self, handover, report="r-000000000001", received="2026-11-02T00:00:01Z"):
        return self.act("report.received", report, "li",
                        {"handover": handover, "received": received})

    def find(self, texts):
        """A finding whose `_sd` has the digests of these disclosures. Its index."""
        digests = [base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
                   .decode() for text in [*texts, *"abcd"[:-len(texts) % 4]]]
        return self.append({
            "typ": "finding.opened", "finding": "0" * 32, "status": "potential", "windows": 1,
            "severity": "low", "policy": {"hash": "0" * 64, "id": "test.made", "version": 1},
            "run": {"from": "2026-10-01T00:00:00Z", "to": "2026-10-02T00:00:00Z"},
            "step": {"log": "made", "ordinal": 0, "seq": 1}, "_sd": sorted(digests),
            "_sd_alg": "sha-256"})

    def log_files(self, checkpoint=None):
        """The log as tiles: for as many entries as fit into one tile of each kind."""
        size = self.next()
        assert 0 < size < 256
        hashes = [second_verifier.leaf_hash(body) for body in self.bodies]
        root = base64.b64encode(root_of(hashes)).decode()
        note = self.log_key.note(checkpoint or f"{self.log_key.name}\n{size}\n{root}\n")
        entries = b"".join(len(body).to_bytes(2, "big") + body for body in self.bodies)
        return {"log/checkpoint": note.encode(), f"log/tile/entries/000.p/{size}": entries,
                f"log/tile/0/000.p/{size}": b"".join(hashes)}, root

    def write(self, folder, checkpoint=None, state=lambda statement: statement):
        """The folder of the first report that was issued. `checkpoint` is signed in the place of
        what is so, and what `state` makes of the statement."""
        log, root = self.log_files(checkpoint)
        files = {**self.files, **log, "bagit.txt": DECLARATION,
                 "manifest-sha256.txt": self.manifest}
        files["attestation.dsse.json"] = self.attestation(state(self.statement(files, root)))
        files["tagmanifest-sha256.txt"] = "".join(
            f"{hexadecimal(data)}  {path}\n" for path, data in sorted(files.items())
            if not path.startswith("data/")).encode()
        for path, data in files.items():
            place = pathlib.Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def statement(self, files, root):
        issued = next(at for at, one in enumerate(self.said) if one["typ"] == "report.issued")
        draft = self.said[issued]["act"]["draft"]
        drawn = self.said[draft]
        report = {"id": drawn["case"], "case": drawn["act"].get("about"), "draft": draft,
                  "issued": issued}
        report |= {name: drawn["act"].get(name)
                   for name in ("kind", "handling", "from", "to", "manifest")}
        return {"_type": "https://in-toto.io/Statement/v1", "predicateType": PREDICATE_TYPE,
                "subject": [{"name": path, "digest": {"sha256": hexadecimal(data)}}
                            for path, data in sorted(files.items())],
                "predicate": {"log": {"origin": self.log_key.name, "size": self.next(),
                                      "root": root}, "report": report}}

    def attestation(self, statement):
        statement, kind = canonical(statement), "application/vnd.in-toto+json"
        encoded = f"DSSEv1 {len(kind)} {kind} {len(statement)} ".encode() + statement
        signature = sign(self.log_key.seed, encoded)
        return canonical({
            "payload": base64.b64encode(statement).decode(), "payloadType": kind,
            "signatures": [{"keyid": f"{self.log_key.name}+{self.log_key.id.hex()}",
                            "sig": base64.b64encode(signature).decode()}]}) + b"\n"
