#!/usr/bin/env python3
"""Checks the folder of an issued report, with Python 3.8 or later and nothing else.

    python3 verify.py FOLDER --key VKEY|FILE [--json]

It lies in the folder that it checks, so read it before you run it, or take it from where you have
the key from: whoever makes a folder up can put a script into it that says what they like. The same
holds for the key: take it from whom you trust, never from the folder. A key is one line,
`<name of the log>+<8 digits>+<base64>`, and so is the first line of FILE.

What is checked:

  * Every file of the folder is the one that manifest-sha256.txt or tagmanifest-sha256.txt lists,
    none is missing and none was added (BagIt, RFC 8493).
  * log/ is the whole log of the house as C2SP tlog-tiles: its entries give the Merkle tree (RFC
    6962) whose root is in log/checkpoint, which the key has signed (Ed25519).
  * An entry of that log issued this very manifest, after it was drawn and then approved by another
    person than the author, and by counsel where the draft asks for it. Each act about a report that
    the log has, of this report and of others, is signed by who did it, and is done where it may be:
    a report is drawn and issued once, what is corrected, supplemented or withdrawn holds at that
    place, and what is received was issued and handed over.
  * data/members.json, where it is there, is what the entry that drew the report is sealed with.
  * Each value of data/disclosures.json hashes to a digest in its entry (RFC 9901).
  * attestation.dsse.json, a statement by in-toto in an envelope by DSSE, is signed by the key, and
    has each file of the folder, this report and this head of the log.

What is not checked here, and is by the program tidewaiter-verify: entries and acts that are not
about reports, and what of a report rests on them (that the request which it answers was open, that
the clock by which it is due is its case's, and that what it follows is about the same case); that
custody.json and custody.txt say what the log does (the attestation has their digests); cosignatures
of witnesses, and time-stamp tokens.

Where something in the folder is no regular file it is named, and nothing is read.

It writes nothing and opens no connection. Exit status: 0 all holds; 2 wrong usage; 5 the verdict
could not be written; 9 there is no report's folder; 12 an entry, 13 the tree, 14 the checkpoint or
15 a signature does not hold; 21 a file was changed, is missing or was added, or no entry issued it;
70 a defect of this script, which says nothing of the folder.
"""
import argparse
import base64
import datetime
import decimal
import hashlib
import json
import os
import re
import sys

USAGE, UNWRITTEN, NOTHING, ENTRY, TREE, HEAD, SIGNATURE = 2, 5, 9, 12, 13, 14, 15
FILES, DEFECT = 21, 70

# --- Ed25519 (RFC 8032) -------------------------------------------------------------------------
# The rule of libsodium's crypto_sign_verify_detached: key and R are canonical and not of small
# order, S is below the order of the group, and R is compared as bytes, without the cofactor.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)  # extended coordinates: x = X/Z, y = Y/Z, T = XY/Z


def add_points(a, b):  # the complete formulas of RFC 8032, 5.1.4
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * D * a[3] * b[3] % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, d - c, d + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(scalar, point):
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = add_points(total, point)
        point, scalar = add_points(point, point), scalar >> 1
    return total


def point_of(data):
    """The point that 32 bytes say, or None."""
    sign, y = data[31] >> 7, int.from_bytes(data, "little") & (2**255 - 1)
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * ROOT_OF_MINUS_ONE % P
    if y >= P or v * x * x % P != u or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def bytes_of(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = point_of((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_holds(key, message, signature):
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = point_of(key), point_of(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    if any(bytes_of(multiply(8, point)) == bytes_of(NEUTRAL) for point in (a, r)):
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return bytes_of(add_points(multiply(s, BASE), multiply(k, minus_a))) == signature[:32]


# --- Encodings: base64, JSON, its canonical form (RFC 8785) --------------------------------------

def unbase64(text, url=False):
    """The bytes, or None unless `text` is exactly how they are written."""
    signs, padding = (b"-_", "=" * (-len(text) % 4)) if url else (b"+/", "")
    try:
        data = base64.b64decode(text + padding, signs, validate=True)
    except ValueError:
        return None
    return data if base64.b64encode(data, signs).decode() == text + padding else None


def read_json(data):
    """The value, or None: UTF-8, no member twice, no number that JSON does not have, none of more
    digits than a log can say."""
    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member twice")
        return dict(pairs)

    def whole(digits):
        return int(digits) if len(digits) <= 30 else refuse(digits)

    def refuse(name):
        raise ValueError(name)

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=once, parse_constant=refuse,
                          parse_int=whole)
    except (ValueError, RecursionError):
        return None


def number_text(value):
    """A number as ECMA-262 writes it, unless it is a whole one that others would round."""
    form = "f" if 1e-6 <= abs(value) < 1e21 else "e"
    text = f"{decimal.Decimal(repr(value)).normalize():{form}}" if value else "0"
    if abs(value) == float("inf") or (abs(value) >= 2**53 and text.lstrip("-").isdigit()):
        raise ValueError("a number that has no one form")
    return text


def canonical(value):
    """The bytes by RFC 8785."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_text(value).encode()
    if isinstance(value, list):
        return b"[" + b",".join(map(canonical, value)) + b"]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return b"{" + b",".join(canonical(n) + b":" + canonical(value[n]) for n in names) + b"}"
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def is_canonical(data):
    try:
        return canonical(read_json(data)) == data
    except (ValueError, RecursionError):
        return False


def is_text(value):
    return isinstance(value, str) and value != ""


def is_flag(value):
    return isinstance(value, bool)


def is_index(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def is_digest(value):
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def instant(text):
    """What compares as the times do that are written so; None for what is no time of a log."""
    form = r"(\d{4}|[+-]\d{6})(-\d\d-\d\dT(?!24)\d\d:\d\d:\d\d)(\.\d{0,5}[1-9])?Z"
    found = re.fullmatch(form, text, re.ASCII) if isinstance(text, str) else None
    if not found or (len(found[1]) == 4) != (0 <= int(found[1]) <= 9999):
        return None
    cycle, year = divmod(int(found[1]), 400)  # after which the calendar begins anew
    try:
        return cycle, datetime.datetime.fromisoformat(f"{2000 + year}{found[2]}"), found[3] or ""
    except ValueError:
        return None


def is_time(value):
    return instant(value) is not None


def fits(value, form, may=None):
    """Whether an object has these members, each by its check; with `may` only those besides."""
    known = {**form, **(may or {})}
    return (isinstance(value, dict) and all(name in value for name in form)
            and all(check(value[name]) for name, check in known.items() if name in value)
            and (may is None or all(name in known for name in value)))


def plain(text):
    """A text of somebody else, without what could act on a terminal."""
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in text)


# --- Keys and signed notes (C2SP signed-note) ----------------------------------------------------

KEY_NAME = r"[^\s+\x00-\x1f\x7f]+"


class Key:
    """An Ed25519 verifier key: `<name>+<8 digits>+<base64 of 0x01 and 32 bytes>`."""

    def __init__(self, text):
        found = re.fullmatch(f"({KEY_NAME})\\+([0-9a-f]{{8}})\\+(.+)", text)
        typed = found and unbase64(found[3])
        if not typed or len(typed) != 33 or typed[0] != 1:
            raise ValueError("it is no verifier key `<name>+<8 digits>+<base64>` of Ed25519")
        self.text, self.name, self.short = text, found[1], f"{found[1]}+{found[2]}"
        self.id, self.public = bytes.fromhex(found[2]), typed[1:]
        if hashlib.sha256(self.name.encode() + b"\n" + typed).digest()[:4] != self.id:
            raise ValueError("its digits are not those of its name and key")


def read_note(data):
    """(text, [(name, key id, signature)]) of a signed note, or None."""
    try:
        note = data.decode("utf-8")
    except ValueError:
        return None
    end = note.rfind("\n\n")
    if end < 0 or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        return None
    signatures = []
    for line in note[end + 2:].split("\n")[:-1]:
        found = re.fullmatch(f"\u2014 ({KEY_NAME}) (.+)", line)
        raw = found and unbase64(found[2])
        if not raw or len(raw) < 5:
            return None
        signatures.append((found[1], raw[:4], raw[4:]))
    whole = 0 < len(signatures) <= 100 and note.endswith("\n")
    return (note[:end + 1], signatures) if whole else None


def has_signed(key, note):
    mine = [s for name, key_id, s in note[1] if (name, key_id) == (key.name, key.id)]
    return bool(mine) and ed25519_holds(key.public, note[0].encode(), mine[0])


# --- The log (RFC 6962; C2SP tlog-checkpoint and tlog-tiles) --------------------------------------

def leaf_hash(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root_of(hashes):
    """The root of a tree with these leaves."""
    peaks = []  # roots of whole subtrees, the largest first, with their heights
    for leaf in hashes:
        height = 0
        while peaks and peaks[-1][0] == height:
            leaf, height = node_hash(peaks.pop()[1], leaf), height + 1
        peaks.append((height, leaf))
    root = peaks.pop()[1]
    while peaks:
        root = node_hash(peaks.pop()[1], root)
    return root


def tile_paths(size, level):
    """(path below its level, width) of each tile; 1234067 is x001/x234/067."""
    nodes = size >> 8 * level
    for number in range((nodes + 255) // 256):
        width, digits = min(256, nodes - 256 * number), str(number)
        digits = digits.rjust((len(digits) + 2) // 3 * 3, "0")
        groups = [digits[i:i + 3] for i in range(0, len(digits), 3)]
        path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
        yield path + (f".p/{width}" if width < 256 else ""), width


MOST_OF_NOTE, MOST_OF_ENTRIES = 1000000, 256 * (2 + 65535)


def read_checkpoint(data):
    """(note, origin, size, root), or None."""
    note = read_note(data)
    found = note and re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([^\n]+)\n", note[0])
    root = found and unbase64(found[3])
    if not root or len(root) != 32 or int(found[2]) >= 2**63:
        return None
    return note, found[1], int(found[2]), root


class Log:
    """A log of tiles. `read(path, most)` gives the bytes of a file of it, none where there is none
    of at most so many; entries are told to `take`. `problems` has (exit status, words)."""

    def __init__(self, read, key, take):
        self.read, self.key, self.take, self.problems = read, key, take, []
        self.origin, self.size, self.root, self.files = None, 0, None, {"checkpoint"}

    def check(self):
        checkpoint = read_checkpoint(self.read("checkpoint", MOST_OF_NOTE))
        if checkpoint is None or checkpoint[2] == 0:
            self.problems.append((HEAD, "log/checkpoint is no checkpoint"))
            return
        note, self.origin, claimed, root = checkpoint
        if not has_signed(self.key, note):
            self.problems.append((SIGNATURE, "log/checkpoint is not signed by the key"))
        leaves = self.read_entries(claimed)
        if leaves is None:
            return
        self.check_tiles(leaves, claimed)
        self.size, self.root = claimed, root_of(leaves)
        if self.root != root:
            self.problems.append((HEAD, "the entries do not give the root in log/checkpoint"))

    def read_entries(self, size):
        """The leaf hashes, or None if entries are missing."""
        leaves = []
        for path, width in tile_paths(size, 0):
            path = f"tile/entries/{path}"
            self.files.add(path)
            data, at = self.read(path, MOST_OF_ENTRIES), 0
            for _ in range(width):
                end = at + 2 + int.from_bytes(data[at:at + 2], "big")
                if at + 2 > len(data) or end > len(data):
                    # A size that nobody signed may ask for files that never were.
                    if not self.problems:
                        self.problems.append((ENTRY, f"log/{path} is missing, or was cut"))
                    return None
                self.take(len(leaves), data[at + 2:end])
                leaves.append(leaf_hash(data[at + 2:end]))
                at = end
            if at != len(data):
                self.problems.append((ENTRY, f"log/{path} has bytes behind its entries"))
        return leaves

    def check_tiles(self, nodes, size):
        level = 0
        while size >> 8 * level:
            for number, (path, width) in enumerate(tile_paths(size, level)):
                path = f"tile/{level}/{path}"
                self.files.add(path)
                expected = b"".join(nodes[256 * number:256 * number + width])
                if self.read(path, len(expected)) != expected:
                    self.problems.append((TREE, f"log/{path} is not what the entries give"))
            whole = len(nodes) // 256
            nodes, level = [root_of(nodes[256 * i:256 * i + 256]) for i in range(whole)], level + 1


# --- What people did about reports ---------------------------------------------------------------

FOLLOWS = {"as": lambda v: v in ("corrects", "supplements"), "report": is_text,
           "manifest": is_digest}
ACTS = {  # the members that a report's acts have, and those that they may have, each with its check
    "report.drafted": (
        {"kind": is_text, "profile": is_text, "handling": is_text, "from": is_time, "to": is_time,
         "counsel": is_flag, "gaps": is_index, "manifest": is_digest},
        {"about": is_text, "request": is_text, "clock": is_index,
         "follows": lambda v: fits(v, FOLLOWS, {})}),
    "report.approved": ({"draft": is_index, "approves": is_flag, "counsel": is_flag}, {}),
    "report.issued": ({"draft": is_index, "gaps": is_index, "manifest": is_digest}, {}),
    "report.withdrawn": ({"issued": is_index, "manifest": is_digest}, {}),
    "report.handed-over": (
        {"issued": is_index, "handed": is_time, "channel": is_text, "sha256": is_digest,
         "form": lambda v: v in ("folder", "archive")}, {}),
    "report.received": ({"handover": is_index, "received": is_time}, {}),
}
EVERY_ENTRY = {"v": lambda v: is_index(v) and v == 1, "typ": is_text, "ts": is_time,
               "n": lambda v: is_text(v) and len(unbase64(v, url=True) or b"") == 16}
EVERY_ACT = {"case": is_text, "by": is_text, "at": is_time, "seen": is_index, "signer": is_text,
             "note": is_text}
CREATION = {"origin": lambda v: is_text(v) and re.fullmatch(KEY_NAME, v) is not None,
            "vkey": lambda v: isinstance(v, str)}
MOST_OF_ENTRY = 16384


def is_entry(entry, data, form, may=None):
    return (len(data) <= MOST_OF_ENTRY and is_canonical(data)
            and fits(entry, {**EVERY_ENTRY, **form}, may))


def is_act(entry, data):
    """Whether an entry of a type of ACTS has the form of one."""
    form, may = ACTS[entry["typ"]]
    return (is_entry(entry, data, EVERY_ACT) and fits(entry.get("act"), form, may)
            and is_digest(entry.get("confidential", "0" * 64))
            and not {"step", "_sd", "_sd_alg"} & set(entry)
            and (entry["typ"] != "report.drafted"
                 or instant(entry["act"]["from"]) < instant(entry["act"]["to"])))


def key_of_signer(entry):
    """What tells signers apart: the public key, whatever name it has."""
    try:
        return Key(entry["signer"]).public
    except ValueError:
        return entry["signer"]


def is_signed(entry, origin):
    """Whether the act of an entry is signed by who it names."""
    try:
        key, note = Key(entry["signer"]), read_note(entry["note"].encode())
        members = ("act", "at", "by", "case", "confidential", "seen", "typ")
        said = {name: entry[name] for name in members if name in entry}
        digest = hashlib.sha256(canonical({**said, "origin": origin})).hexdigest()
    except ValueError:
        return False
    text = f"tidewaiter.act/v1\n{origin}\n{digest}\n"
    held = note and note[0] == text and len(note[1]) == 1 and key.name == entry["by"]
    return bool(held) and has_signed(key, note)


class Acts:
    """The acts about reports of a log, in order, each judged by those before it."""

    def __init__(self, problems):
        self.problems, self.kinds, self.said = problems, {kind: [] for kind in ACTS}, {}
        self.judges = {"report.drafted": self.draw, "report.approved": self.approve,
                       "report.issued": self.issue, "report.withdrawn": self.withdraw,
                       "report.handed-over": self.hand_over, "report.received": self.receive}
        self.drawn, self.asked = set(), {}  # ids; what waits for others, by index
        self.issued, self.handed = {}, {}  # what went out, by id; to whom, by index

    def take(self, index, entry, data, origin):
        kind = entry["typ"]
        if kind not in ACTS:
            return
        if not is_act(entry, data):
            self.problems.append((ENTRY, f"entry {index} is no act about a report"))
            return
        one = {"index": index, "typ": kind, "id": entry["case"], "by": entry["by"],
               "recorded": entry["ts"], "signer": key_of_signer(entry), "act": entry["act"],
               "sealed": entry.get("confidential")}
        if is_signed(entry, origin):
            self.kinds[kind].append(one)
            if kind == "report.approved":
                self.said.setdefault(one["act"]["draft"], []).append(one)
        else:
            self.problems.append((SIGNATURE, f"entry {index} is not signed by who it names"))
        why = self.judges[kind](one)
        if why:
            self.problems.append((ENTRY, f"entry {index} {why}"))

    # Each of these tells why an act may not be where it is, or nothing.

    def draw(self, one):
        self.asked[one["index"]] = {**one, "roles": set(), "rejected": False, "withdraws": None}
        if one["id"] in self.drawn:
            return "draws a report of a name that one before it has"
        self.drawn.add(one["id"])
        return self.following_fault(one["act"])

    def approve(self, one):
        act, asked = one["act"], self.asked.get(one["act"]["draft"])
        if asked is None or asked["id"] != one["id"]:
            return f"approves entry {act['draft']}, no draft or withdrawal of its report before it"
        if asked["signer"] == one["signer"]:
            return "is by who asked for what it approves"
        report = asked["withdraws"]
        if report and (asked["rejected"] or not report["waits"]):
            return "is about a withdrawal that does not wait"
        if report and act["approves"] and report["corrected_by"]:
            return "withdraws what stands corrected"
        if act["approves"]:
            asked["roles"].add(act["counsel"])
        else:
            asked["rejected"] = True
        if report:
            self.end_withdrawal(asked, report)
        return None

    def end_withdrawal(self, asked, report):
        report["withdrawn"] = not asked["rejected"] and asked["roles"] >= needed(report["draft"])
        report["waits"] = not asked["rejected"] and not report["withdrawn"]
        earlier = self.issued.get(report["draft"]["act"].get("follows", {}).get("report"))
        if report["withdrawn"] and earlier and earlier["corrected_by"] == asked["id"]:
            earlier["corrected_by"] = None

    def issue(self, one):
        act, draft = one["act"], self.asked.get(one["act"]["draft"])
        if draft is None or draft["withdraws"] or draft["id"] != one["id"]:
            return "issues what was not drawn before it"
        drawn = draft["act"]
        if any(drawn[name] != act[name] for name in ("manifest", "gaps")):
            return "issues another report than the one that was drawn"
        if draft["rejected"] or not draft["roles"] >= needed(draft):
            return "issues what was not approved by those who have to"
        if one["id"] in self.issued:
            return "issues what was issued before it"
        why, follows = self.following_fault(drawn), drawn.get("follows")
        self.issued[one["id"]] = {"index": one["index"], "draft": draft, "waits": False,
                                  "withdrawn": False, "corrected_by": None}
        if not why and follows and follows["as"] == "corrects":
            self.issued[follows["report"]]["corrected_by"] = one["id"]
        return why

    def following_fault(self, later):
        """Why a draft may not follow what it follows, at this place."""
        follows = later.get("follows")
        if not follows:
            return None
        report = self.issued.get(follows["report"])
        if report is None or report["draft"]["act"]["manifest"] != follows["manifest"]:
            return "follows what was not issued before it"
        earlier = report["draft"]["act"]
        if report["withdrawn"] or report["corrected_by"]:
            return "follows what was withdrawn or corrected before it"
        if earlier["kind"] != later["kind"] or ("about" in earlier) != ("about" in later):
            return "follows a report of another kind"
        covers = (instant(later["from"]) <= instant(earlier["from"])
                  and instant(earlier["to"]) <= instant(later["to"]))
        lacks = follows["as"] == "corrects" and not covers
        return "covers less than what it corrects" if lacks else None

    def withdraw(self, one):
        act, report = one["act"], self.issued.get(one["id"])
        if report is None or report["index"] != act["issued"] or (
                report["draft"]["act"]["manifest"] != act["manifest"]):
            return "withdraws what was not issued before it"
        if report["waits"] or report["withdrawn"] or report["corrected_by"]:
            return "withdraws what was withdrawn or corrected before it"
        report["waits"] = True
        self.asked[one["index"]] = {**one, "roles": set(), "rejected": False, "withdraws": report}
        return None

    def hand_over(self, one):
        report = self.issued.get(one["id"])
        if report is None or report["index"] != one["act"]["issued"]:
            return "hands over what was not issued before it"
        self.handed[one["index"]] = one
        return None

    def receive(self, one):
        given = self.handed.get(one["act"]["handover"])
        if given is None or given["id"] != one["id"] or (
                instant(one["act"]["received"]) < instant(given["act"]["handed"])):
            return "receives what was not handed over before it, or was received"
        del self.handed[given["index"]]
        return None

    # What is told of the acts whose signatures hold.

    def opinions_on(self, index):
        return self.said.get(index, [])

    def withdrawal_of(self, draft):
        """What asked that a report hold no more, if all approved that who have to; else None."""
        for asked in self.kinds["report.withdrawn"]:
            said = [one["act"] for one in self.opinions_on(asked["index"])]
            roles = {one["counsel"] for one in said if one["approves"]}
            rejected = any(not one["approves"] for one in said)
            if asked["id"] == draft["id"] and not rejected and roles >= needed(draft):
                return asked
        return None

    def issued_with(self, manifest):
        """(draft, opinions, issue) of the first report with this manifest, or None."""
        drafts = {one["index"]: one for one in self.kinds["report.drafted"]}
        for issue in self.kinds["report.issued"]:
            draft = drafts.get(issue["act"]["draft"])
            if issue["act"]["manifest"] == manifest and draft:
                opinions = self.opinions_on(draft["index"])
                return draft, [one for one in opinions if one["index"] < issue["index"]], issue
        return None

    def followers_of(self, report_id):
        """Drafts of issued reports that correct or add to it, and were not withdrawn."""
        issued = {one["act"]["draft"] for one in self.kinds["report.issued"]}
        drafts = [one for one in self.kinds["report.drafted"]
                  if one["act"].get("follows", {}).get("report") == report_id]
        return [one for one in drafts
                if one["index"] in issued and self.withdrawal_of(one) is None]


def needed(draft):
    """As what people a draft, or its withdrawal, has to be approved: as counsel too, or not."""
    return {False, True} if draft["act"]["counsel"] else {False}


# --- The folder ----------------------------------------------------------------------------------

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAGS = "manifest-sha256.txt", "tagmanifest-sha256.txt"
ATTESTATION = "attestation.dsse.json"
DISCLOSURES, MEMBERS = "data/disclosures.json", "data/members.json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://tidewaiter.invalid/report/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
# The most bytes that a file has which holds.
MOST_OF_MANIFEST, MOST_OF_MEMBERS = 64 << 20, 16 << 20
MOST_OF_DISCLOSURES = MOST_OF_ATTESTATION = 256 << 20


def is_path(path):
    return re.fullmatch(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*", path) is not None and not (
        {".", ".."} & set(path.split("/")))


def read_manifest(data):
    """{path: digest}, or None: a line is 64 digits, two blanks and a path, in the paths' order."""
    found, last = {}, ""
    for line in data.decode("utf-8", "replace").split("\n")[:-1]:
        parts = re.fullmatch("([0-9a-f]{64})  (.+)", line)
        if not parts or not is_path(parts[2]) or parts[2] <= last:
            return None
        last = parts[2]
        found[last] = parts[1]
    return found if data.endswith(b"\n") or not data else None


class Bundle:
    """One check of a folder, from its files to the verdict."""

    def __init__(self, folder, key):
        self.folder, self.key, self.faults, self.problems = folder, key, [], []
        self.digests, self.entries, self.wanted = {}, {}, set()
        self.checked = self.disclosed = self.members = self.attested = 0
        self.origin, self.report, self.acts = None, None, Acts(self.problems)
        self.log = Log(lambda path, most: self.read(f"log/{path}", most), key, self.take_entry)
        found = self.list_files()
        if not self.faults:
            self.hash_files(found)
            self.check()
        self.faults.sort(key=lambda fault: fault["file"])

    def check(self):
        self.compare(MANIFEST, lambda path: path.startswith("data/"))
        self.compare(TAGS, lambda path: not path.startswith("data/") and path != TAGS)
        if "bagit.txt" in self.digests and (
                self.read("bagit.txt", len(DECLARATION)) != DECLARATION):
            self.fault("bagit.txt", "was changed: a bundle has one text there")
        shown = self.read_disclosures()
        self.log.check()
        self.problems += self.log.problems
        self.check_origin()
        self.check_log_files()
        self.check_issue()
        self.check_members()
        self.check_disclosures(shown)
        self.check_attestation()

    def fault(self, path, why):
        self.faults.append({"file": plain(path), "why": why})

    def faulty(self):
        return {fault["file"] for fault in self.faults}

    def read(self, path, most):
        """A file that was listed; nothing where there is none of at most so many bytes."""
        if path not in self.digests:
            return b""
        try:
            with open(os.path.join(self.folder, *path.split("/")), "rb") as file:
                data = file.read(most + 1)
        except OSError:
            return b""
        return data if len(data) <= most else b""

    def list_files(self):
        """The paths, with `/`, of what is there. Anything but files and folders is a fault: it may
        lead out of the folder, or never end."""
        found, waiting = [], [""]
        while waiting:
            below = waiting.pop()
            try:
                with os.scandir(os.path.join(self.folder, below)) as names:
                    for one in names:
                        if one.is_dir(follow_symlinks=False):
                            waiting.append(f"{below}{one.name}/")
                        elif one.is_file(follow_symlinks=False):
                            found.append(below + one.name)
                        else:
                            self.fault(below + one.name, "is no regular file: nothing was read")
            except OSError as error:
                self.fault(below or ".", f"cannot be listed: {error.strerror}: nothing was read")
        return found

    def hash_files(self, found):
        """SHA-256 of each file, by its path."""
        for path in found:
            digest = hashlib.sha256()
            try:
                with open(os.path.join(self.folder, *path.split("/")), "rb") as file:
                    for block in iter(lambda: file.read(1 << 20), b""):
                        digest.update(block)
                self.digests[path] = digest.hexdigest()
            except OSError as error:
                self.fault(path, f"cannot be read: {error.strerror}")

    def compare(self, manifest, belongs):
        """The files that belong to a manifest against it."""
        if manifest not in self.digests:
            return self.fault(manifest, "is missing")
        listed = read_manifest(self.read(manifest, MOST_OF_MANIFEST))
        if listed is None:
            return self.fault(manifest, "was changed: it is no manifest")
        for path in sorted(filter(belongs, self.digests)):
            self.checked += path in listed
            if path not in listed:
                self.fault(path, f"was added: `{manifest}` does not have it")
            elif self.digests[path] != listed[path]:
                self.fault(path, f"was changed: its SHA-256 is not the one in `{manifest}`")
        tag_files = ("bagit.txt", "custody.json", "custody.txt", MANIFEST, ATTESTATION)
        for path in listed:
            if manifest == MANIFEST and not belongs(path):
                self.fault(manifest, f"was changed: it lists `{path}`, which is not below `data/`")
            elif path not in self.digests:
                self.fault(path, "is missing")
            elif manifest == TAGS and path not in tag_files and not path.startswith("log/"):
                self.fault(path, "is no file of a bundle")

    def read_disclosures(self):
        if DISCLOSURES not in self.digests:
            return []
        shown = read_json(self.read(DISCLOSURES, MOST_OF_DISCLOSURES))
        form = {"entry": is_index, "name": lambda v: isinstance(v, str),
                "text": lambda v: isinstance(v, str)}
        if not isinstance(shown, list) or not all(fits(one, form, {}) for one in shown):
            self.fault(DISCLOSURES, "is not a list of entry, name and text")
            return []
        self.wanted = {one["entry"] for one in shown}
        return shown

    def take_entry(self, index, data):
        entry = read_json(data)
        if not isinstance(entry, dict) or not is_text(entry.get("typ")):
            self.problems.append((ENTRY, f"entry {index} is no JSON object with a type"))
            return
        if index == 0:
            self.take_creation(entry, data)
        if index in self.wanted:
            self.entries[index] = entry
        if self.origin is not None:
            self.acts.take(index, entry, data, self.origin)

    def take_creation(self, entry, data):
        if entry["typ"] != "ledger.created" or (
                not is_entry(entry, data, CREATION, {"previous": lambda v: isinstance(v, dict)})):
            self.problems.append((ENTRY, "entry 0 does not create a log"))
            return
        self.origin = entry["origin"]
        if entry["vkey"] != self.key.text:
            self.problems.append((SIGNATURE, "the log names another key for itself"))
        if self.key.name != self.origin:
            self.problems.append((SIGNATURE, f"the verifier key is that of `{self.key.name}`, "
                                             "not of the ledger's origin"))

    def check_origin(self):
        """The head is of the log that the entries are of."""
        if None not in (self.origin, self.log.origin) and self.log.origin != self.origin:
            told = self.log.origin[:80]
            self.problems.append((HEAD, f"log/checkpoint is of the origin `{told}`"))

    def check_log_files(self):
        """What lies in log/ besides what its size asks for is covered by no signature of it."""
        if self.log.root is None:
            return
        for path in sorted(self.digests):
            name = path[4:]
            if path.startswith("log/") and not name.startswith("timestamps/") and (
                    name not in self.log.files):
                self.fault(path, f"is no file of a log of {self.log.size} entries")

    def check_issue(self):
        if MANIFEST not in self.digests:
            return
        self.report = self.acts.issued_with(self.digests[MANIFEST])
        if self.report is None:
            self.fault(MANIFEST,
                       "was changed, or never issued: no entry of the log has its SHA-256")

    def check_members(self):
        """The accounts of a cluster are the words that the draft is sealed with."""
        if MEMBERS not in self.digests or self.report is None:
            return
        if self.digests[MEMBERS] != self.report[0]["sealed"]:
            return self.fault(MEMBERS, "is not what the entry that drew the report is sealed with")
        # A salt, and the words by name.
        sealed = read_json(self.read(MEMBERS, MOST_OF_MEMBERS))
        pair = isinstance(sealed, list) and len(sealed) == 2 and isinstance(sealed[1], dict) and (
            all(isinstance(text, str) for text in (sealed[0], *sealed[1].values())))
        names = sealed[1].get("members") if pair else None
        if not is_text(names) or not names:
            return self.fault(MEMBERS, "names no accounts")
        self.members = 1 + names.count("\n")

    def check_disclosures(self, shown):
        for one in shown:
            entry = self.entries.get(one["entry"])
            why = "is of an entry that the log does not have" if entry is None else (
                disclosure_fault(one, entry))
            self.disclosed += not why
            if why:
                name = plain(one["name"][:80])
                self.fault(DISCLOSURES, f"the disclosure `{name}` of entry {one['entry']} {why}")

    def check_attestation(self):
        if ATTESTATION in self.faulty():
            return
        if ATTESTATION not in self.digests:
            return self.fault(ATTESTATION, "is missing")
        if any(status == SIGNATURE for status, _ in self.problems):
            return  # whose key it is not is told of the log
        statement = read_statement(self.read(ATTESTATION, MOST_OF_ATTESTATION), self.key)
        if statement is None:
            return self.fault(ATTESTATION, "was changed, or the key has not signed it")
        subjects, predicate = statement
        if not self.states_this(predicate):
            return self.fault(ATTESTATION, "states another report, or another head of the log")
        told = self.faulty()
        for path in sorted(set(subjects) | set(self.digests)):
            if path in (ATTESTATION, TAGS) and path not in subjects:
                continue
            if path in subjects and subjects[path] == self.digests.get(path) and (
                    path not in (ATTESTATION, TAGS)):
                self.attested += 1
            elif plain(path) not in told:
                self.fault(path, f"was changed, is missing or was added, by `{ATTESTATION}`")

    def states_this(self, predicate):
        log = {"origin": self.key.name}
        if not any(path.startswith("log/") for path in self.faulty()):
            root = base64.b64encode(self.log.root or b"").decode()
            log.update({"size": self.log.size, "root": root})
        if not has_all(predicate["log"], log):
            return False
        if self.report is None:
            return True  # that no entry issued it is told
        draft, _, issue = self.report
        said = {"id": draft["id"], "case": draft["act"].get("about"), "draft": draft["index"],
                "issued": issue["index"]}
        said.update((name, draft["act"][name])
                    for name in ("kind", "handling", "from", "to", "manifest"))
        return has_all(predicate["report"], said)

    def status(self):
        if self.faults:
            return FILES
        if self.problems:
            return min(status for status, _ in self.problems)
        return 0 if self.report else FILES


def has_all(value, members):
    """Whether an object has these members, of these types: in Python `true` is 1."""
    return all(name in value and type(value[name]) is type(said) and value[name] == said
               for name, said in members.items())


def disclosure_fault(shown, entry):
    """Why a disclosure is none of its entry; empty if it is."""
    text = shown["text"].encode("utf-8", "surrogatepass")
    digest = base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()
    digests = entry.get("_sd")
    if not isinstance(digests, list) or digest not in digests:
        return "hashes to no digest of it"
    data = unbase64(shown["text"], url=True)
    triple = read_json(data or b"")
    if not data or not is_canonical(data):
        return "is no canonical JSON"
    salted = isinstance(triple, list) and len(triple) == 3 and is_text(triple[0])
    if not salted or len(unbase64(triple[0], url=True) or b"") != 32:
        return "is not salt, name and value"
    return "" if triple[1] == shown["name"] else "is that of another name"


SUBJECT = {"name": is_text, "digest": lambda v: fits(v, {"sha256": is_digest}, {})}


def read_statement(data, key):
    """({path: digest}, predicate) of an envelope that `key` has signed; None for anything else."""
    envelope = read_json(data)
    try:
        [signature] = envelope["signatures"]
        payload, signed = unbase64(envelope["payload"]), unbase64(signature["sig"])
        form = {"payload": envelope["payload"], "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": key.short, "sig": signature["sig"]}]}
        if canonical(form) + b"\n" != data or payload is None or signed is None:
            return None
    except (KeyError, TypeError, ValueError):
        return None
    # Pre-Authentication Encoding of DSSE: lengths are of bytes.
    encoded = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
    if not ed25519_holds(key.public, encoded, signed):
        return None
    statement = read_json(payload)
    try:
        subjects = {one["name"]: one["digest"]["sha256"] for one in statement["subject"]}
        predicate = statement["predicate"]
        whole = (statement["_type"] == STATEMENT_TYPE and len(subjects) == len(statement["subject"])
                 and all(fits(one, SUBJECT, {}) for one in statement["subject"])
                 and list(subjects) == sorted(subjects)
                 and statement["predicateType"] == PREDICATE_TYPE
                 and isinstance(predicate["log"], dict) and isinstance(predicate["report"], dict))
    except (KeyError, TypeError):
        return None
    return (subjects, predicate) if whole else None


# --- The verdict ---------------------------------------------------------------------------------

def told_act(act, **more):
    said = {"entry": act["index"], "by": plain(act["by"]), "recorded": plain(act["recorded"])}
    return {**said, **more}


def told_report(bundle):
    if bundle.report is None:
        return None
    draft, opinions, issue = bundle.report
    drawn, follows = draft["act"], draft["act"].get("follows")
    withdrawn = bundle.acts.withdrawal_of(draft)
    return {
        "id": plain(draft["id"]), "kind": plain(drawn["kind"]),
        "handling": plain(drawn["handling"]), "from": plain(drawn["from"]),
        "to": plain(drawn["to"]), "gaps": drawn["gaps"], "clock": drawn.get("clock"),
        "drawn": told_act(draft),
        "opinions": [told_act(one, approves=one["act"]["approves"], counsel=one["act"]["counsel"])
                     for one in opinions],
        "issued": told_act(issue), "follows": follows if isinstance(follows, dict) else None,
        "withdrawn": told_act(withdrawn) if withdrawn else None,
        "followers": [told_act(one, report=plain(one["id"]),
                               **{"as": one["act"]["follows"].get("as")})
                      for one in bundle.acts.followers_of(draft["id"])]}


def verdict_json(bundle):
    log = {"origin": plain(bundle.log.origin or ""), "size": bundle.log.size,
           "root": base64.b64encode(bundle.log.root).decode() if bundle.log.root else None,
           "problems": [{"status": status, "message": plain(words)}
                        for status, words in sorted(set(bundle.problems))]}
    return {"ok": bundle.status() == 0, "faults": bundle.faults, "report": told_report(bundle),
            "files": bundle.checked, "disclosures": bundle.disclosed, "members": bundle.members,
            "attested": bundle.attested, "log": log}


def verdict_lines(verdict):
    report, log = verdict["report"], verdict["log"]
    yield "The bundle holds: it is what was approved and issued." if verdict["ok"] else (
        "The bundle does NOT hold.")
    for fault in verdict["faults"]:
        yield f"  `{fault['file']}` {fault['why']}"
    for problem in log["problems"]:
        yield f"  {problem['message']}"
    if report:
        if report["withdrawn"]:
            yield "The report was WITHDRAWN since: it holds no more."
        elif any(one["as"] == "corrects" for one in report["followers"]):
            yield "The report was CORRECTED since, by another report."
        yield f"Report {report['id']}, {report['kind']}, {report['handling']}"
        yield f"  covers    {report['from']} to {report['to']}"
        line = "  {0:9} entry {entry}, by {by}{1}, recorded {recorded}".format
        yield line("drawn", "", **report["drawn"])
        for one in report["opinions"]:
            yield line("approved" if one["approves"] else "rejected",
                       ", as counsel" if one["counsel"] else "", **one)
        yield line("issued", "", **report["issued"])
        if report["withdrawn"]:
            yield line("withdrawn", "", **report["withdrawn"])
        for one in report["followers"]:
            how = "corrected" if one["as"] == "corrects" else "added to"
            yield line(how, f", report {one['report']}", **one)
        if report["gaps"]:
            yield (f"  gaps      {report['gaps']} elements that its kind asks for are absent or "
                   "unknown")
    yield f"  files     {verdict['files']} held against the manifests; {verdict['disclosures']} " \
          "disclosures that their entries bear out"
    if verdict["members"]:
        yield f"  members   {verdict['members']} accounts of the cluster, which the draft is sealed " \
              "with"
    if verdict["attested"]:
        yield f"  attested  {verdict['attested']} files, by the log's key"
    yield "  log       " + (f"{log['size']} entries of {log['origin']}, root {log['root']}"
                            if log["root"] else "was not read to its end")
    yield "  not checked: entries and acts that are not about reports, and what rests on them (a " \
          "report's request, its clock, that it is about the case of what it follows); custody, " \
          "witnesses, timestamps"


def key_of(argument):
    """The key that is given, or that is the first line of the file that is named."""
    if os.path.isfile(argument):
        with open(argument, encoding="utf-8") as file:
            return Key(file.readline(MOST_OF_NOTE).rstrip("\r\n "))
    if not re.fullmatch(f"{KEY_NAME}\\+[0-9a-f]{{8}}\\+.+", argument):
        raise ValueError(f"`{plain(argument)}` is no file that is there, and no verifier key: give "
                         "`<name>+<8 digits>+<base64>`, or a file whose first line is that")
    return Key(argument)


def main(arguments):
    options = argparse.ArgumentParser(prog="verify.py", description="Checks a report's folder.")
    options.add_argument("folder", metavar="FOLDER")
    options.add_argument("--key", required=True,
                         help="the verifier key of the log, or a file with it")
    options.add_argument("--json", action="store_true", help="the verdict as one JSON object")
    given = options.parse_args(arguments)
    try:
        key = key_of(given.key)
    except (OSError, ValueError) as error:
        print(f"verify.py: --key: {error}", file=sys.stderr)
        return USAGE
    if not any(os.path.isfile(os.path.join(given.folder, name))
               for name in (MANIFEST, TAGS, "bagit.txt")):
        print(f"verify.py: nothing was checked: `{plain(given.folder)}` is no folder of a report",
              file=sys.stderr)
        return NOTHING
    try:
        bundle = Bundle(given.folder, key)
        verdict = verdict_json(bundle)
    except Exception as error:  # whatever it is, it is no verdict
        print(f"verify.py: a defect of this script: {error!r}", file=sys.stderr)
        return DEFECT
    try:
        print(json.dumps(verdict) if given.json else "\n".join(verdict_lines(verdict)), flush=True)
    except (OSError, UnicodeEncodeError):
        print("verify.py: cannot write the verdict to standard output", file=sys.stderr)
        return UNWRITTEN
    return bundle.status()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
