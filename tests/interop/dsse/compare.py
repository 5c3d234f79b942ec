"""The attestation of an issued report, held against securesystemslib and in-toto-attestation.

Usage: compare.py TIDEWAITER
"""

import base64
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from google.protobuf import json_format
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "report"))
from drawn_reports import Site  # noqa: E402

ENVELOPE = "attestation.dsse.json"


def peer_key(vkey):
    """The log's key as the peer has keys. The id is all of the vkey but the key itself."""
    name, digits, key = vkey.split("+", 2)
    public = base64.b64decode(key)[1:].hex()
    return SSlibKey(f"{name}+{digits}", "ed25519", "ed25519", {"public": public})


def peer_holds(envelope, key):
    try:
        return bool(Envelope.from_dict(copy.deepcopy(envelope)).verify([key], 1))
    except VerificationError:
        return False


def statement_faults(payload, folder):
    """What in-toto's own classes, and the files, say against a statement."""
    proto = json_format.Parse(payload, statement_pb2.Statement())
    Statement.copy_from_pb(proto).validate()  # raises
    here = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    missing = here - {subject.name for subject in proto.subject}
    if missing != {ENVELOPE, "tagmanifest-sha256.txt"}:
        yield f"files without a subject: {missing}"
    if proto.predicate_type != "https://tidewaiter.invalid/report/v1":
        yield f"the predicate is {proto.predicate_type}"


def flipped(text):
    """The envelope's text with one bit at a time of what is base64 in it changed."""
    whole = json.loads(text)
    for place in ("payload", "sig"):
        at = whole if place == "payload" else whole["signatures"][0]
        kept, data = at[place], bytearray(base64.b64decode(at[place]))
        for index in range(0, len(data), max(1, len(data) // 40)):
            data[index] ^= 1 << index % 8
            at[place] = base64.b64encode(data).decode()
            yield json.loads(json.dumps(whole))
            data[index] ^= 1 << index % 8
        at[place] = kept


def main():
    faults, compared = [], 0
    with tempfile.TemporaryDirectory() as place:
        site = Site(sys.argv[1], place)
        vkey = (site.folder / "state" / "ledger.vkey").read_text().strip()
        key, other = peer_key(vkey), peer_key(vkey)
        other.keyval["public"] = bytes(range(32)).hex()
        case = next(iter(site.cases.values()))
        site.issue(site.referral(case, "subjects", "--no-pdf"), "first")
        folder = site.folder / "first"
        text = (folder / ENVELOPE).read_text()
        envelope = json.loads(text)
        if not peer_holds(envelope, key):
            faults.append("the peer does not take the envelope")
        if peer_holds(envelope, other):
            faults.append("the peer takes it by another key")
        faults += statement_faults(base64.b64decode(envelope["payload"]), folder)
        for changed in flipped(text):
            compared += 1
            (folder / ENVELOPE).write_text(
                json.dumps(changed, separators=(",", ":"), sort_keys=True) + "\n")
            done = subprocess.run([sys.argv[1], "verify", str(folder), "--key", vkey, "--json"],
                                  capture_output=True, text=True, timeout=60, check=False)
            named = {fault["file"] for fault in json.loads(done.stdout)["faults"]}
            if peer_holds(changed, key) or done.returncode != 21 or ENVELOPE not in named:
                faults.append(f"a changed envelope is taken: {done.returncode}, {named}")
        (folder / ENVELOPE).write_text(text)
        site.run("verify", str(folder), "--key", vkey)
    for fault in faults:
        print(fault)
    print(f"an envelope, {compared} changed ones, {len(faults)} faults")
    return 1 if faults or compared < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
