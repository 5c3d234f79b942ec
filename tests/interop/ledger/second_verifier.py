#!/usr/bin/env python3
"""A second verifier of Tidewaiter ledgers, written from docs/ledger-format.md alone.

It takes what tidewaiter-verify takes and ends with the same exit status, so that two programs with
nothing in common can be held against each other. It is a reference, not a tool: it keeps a ledger in
memory and names the worst fault alone. As the worst kind has the lowest status, it asks for the kinds
in that order and stops at the first. Tables and types are read from the page, which is the norm.
Time-stamp tokens and trust policies (sections 11 and 13) are not its business.
"""
import argparse, base64, functools, hashlib, json, re, shutil, sqlite3, sys, tempfile
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from ed25519 import ed25519_holds

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "ledger-format.md").read_text()
USAGE, NOTHING, UNREADABLE, SCHEMA, ENTRY, TREE, HEAD, SIGNATURE, LOCK, PROJECTION, UNSIGNED = (
    2, 9, *range(10, 19))

class Refused(Exception):
    """The worst fault: the exit status of its kind, and words."""
def need(condition, status, words):
    if not condition:
        raise Refused(status, words)

# Encodings: base64, canonical JSON, times.

def unbase64(text, url=False):
    """The bytes, or None unless `text` is exactly how they are written."""
    signs, padding = (b"-_", "=" * (-len(text) % 4)) if url else (b"+/", "")
    try:
        raw = base64.b64decode(text + padding, signs, validate=True)
    except ValueError:
        return None
    return raw if base64.b64encode(raw, signs).decode() == text + padding else None

def jcs(value, depth=0):
    if depth == 64 and isinstance(value, (list, dict)):
        raise ValueError("too deep")
    if isinstance(value, float):  # ECMA-262: the shortest digits
        form = "f" if 1e-6 <= abs(value) < 1e21 else "e"
        text = f"{Decimal(repr(value)).normalize():{form}}" if value else "0"
        if not abs(value) < float("inf") or text.lstrip("-").isdigit() and abs(value) >= 2**53:
            raise ValueError("a number that is not written")
        return text
    if isinstance(value, list):
        return "[" + ",".join(jcs(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(jcs(n) + ":" + jcs(value[n], depth + 1) for n in names) + "}"
    return json.dumps(value, ensure_ascii=False)

def unjcs(data):
    """The value, or None unless `data` is exactly its RFC 8785 form. All numbers are floats."""
    try:
        value = json.loads(data.decode(), parse_int=float)
        return value if jcs(value).encode() == data else None
    except (ValueError, RecursionError):
        return None

def micros(text):
    """Microseconds since 1970 of a time as the page writes it, or None."""
    form = r"(\d{4}|[+-]\d{6})(-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,5}[1-9])?)Z"
    found = re.fullmatch(form, text, re.ASCII) if isinstance(text, str) else None
    if not found or (len(found[1]) == 4) != (0 <= int(found[1]) <= 9999):
        return None
    cycles, year = divmod(int(found[1]), 400)  # 400 years of the calendar are 146,097 days
    try:
        since = datetime.fromisoformat(f"{2000 + year}{found[2]}") - datetime(1970, 1, 1)
    except ValueError:
        return None
    value = (since + timedelta(146097) * (cycles - 5)) // timedelta(microseconds=1)
    return value if -2**63 <= value < 2**63 else None

# C2SP: verifier keys, signed notes, checkpoints.

KEY_NAME = r"[^\s+\x00-\x1f\x7f]+"

def verifier_key(text):
    """(name, key id, public key) of an Ed25519 verifier key, or None."""
    found = re.fullmatch(f"({KEY_NAME})\\+([0-9a-f]{{8}})\\+(.+)", text)
    typed = found and unbase64(found[3])
    if not typed or len(typed) != 33 or typed[0] != 1:
        return None
    key_id = hashlib.sha256(found[1].encode() + b"\n" + typed).digest()[:4]
    return (found[1], key_id, typed[1:]) if key_id.hex() == found[2] else None

def read_note(data):
    """(text, [(name, key id, signature)]) of a signed note, or None."""
    note, signatures = data.decode("utf-8", "replace"), []
    if (end := note.rfind("\n\n")) < 0 or re.search(r"[\x00-\x09\x0b-\x1f]", note) or note.encode() != data:
        return None
    for line in note[end + 2:].split("\n")[:-1]:
        found = re.fullmatch(f"\u2014 ({KEY_NAME}) (.+)", line)
        raw = found and unbase64(found[2])
        if not raw or len(raw) < 5:
            return None
        signatures.append((found[1], raw[:4], raw[4:]))
    return (note[:end + 1], signatures) if 0 < len(signatures) <= 100 and note[-1] == "\n" else None

def signed_by(note, key):
    mine = [s for name, key_id, s in note[1] if (name, key_id) == key[:2]]
    return bool(mine) and len(mine[0]) == 64 and ed25519_holds(key[2], note[0].encode(), mine[0])

def read_head(note, status=HEAD):
    """(note, origin, size, root) of a checkpoint."""
    found = note and re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]*)\n(.+)\n", note[0])
    root = found and unbase64(found[3])
    need(root and len(root) == 32 and int(found[2]) < 2**63, status, "a malformed checkpoint")
    return note, found[1], int(found[2]), root

# The tree of RFC 6962.

leaf_hash = lambda entry: hashlib.sha256(b"\0" + entry).digest()
node_hash = lambda left, right: hashlib.sha256(b"\1" + left + right).digest()
root_of = lambda peaks: functools.reduce(lambda right, left: node_hash(left, right), reversed(peaks))

def append(peaks, index, leaf):
    """Adds leaf `index` to the roots of whole subtrees; the hashes of those that it ends."""
    nodes = [leaf]
    while index >> len(nodes) - 1 & 1:
        nodes.append(node_hash(peaks.pop(), nodes[-1]))
    peaks.append(nodes[-1])
    return nodes

def root_of_leaves(leaves):
    peaks = []
    for index, leaf in enumerate(leaves):
        append(peaks, index, leaf)
    return root_of(peaks)

def included(leaf, index, size, path, root):  # RFC 9162 2.1.3.2
    last, node = size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(beside, node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, beside)
        index, last = index >> 1, last >> 1
    return last == 0 and node == root

# The form of an entry (section 3): an object's members, each with its check.

def fits(value, form, may={}):
    return (isinstance(value, dict) and form.keys() <= value.keys() <= (form | may).keys()
            and all((form | may)[name](member) for name, member in value.items()))

has = lambda value, form: fits({name: value[name] for name in form if name in value}, form)
text = lambda v: isinstance(v, str)
filled = lambda v: text(v) and v != ""
whole = lambda v: isinstance(v, float) and v.is_integer() and abs(v) < 2**53
time = lambda v: micros(v) is not None
hexadecimal = lambda digits: lambda v: text(v) and re.fullmatch(f"[0-9a-f]{{{digits}}}", v)
one_of = lambda *values: lambda v: any(type(v) is type(w) and v == w for w in values)
list_of = lambda check: lambda v: isinstance(v, list) and all(map(check, v))
coded = lambda size: lambda v: text(v) and len(unbase64(v, url=True) or b"") == size
int64 = lambda v: text(v) and re.fullmatch("0|-?[1-9][0-9]*", v) and -2**63 <= int(v) < 2**63

def double(value):
    """The shorter of the fixed and the exponential notation; fixed if they are equally long."""
    if not text(value) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[+-][0-9]+)?", value):
        return value in ("inf", "-inf", "nan")
    number = Decimal(repr(float(value))).normalize()
    fixed = f"{float(value):.0f}" if number == number.to_integral() else f"{number:f}"
    return value == min(fixed, re.sub(r"(?<=[+-])(\d)$", r"0\1", f"{number:e}"), key=len)

PERSONAL = ("string", "ip", "list of string")
OPEN = {"bool": one_of(True, False), "double": double} | dict.fromkeys(
    ("int64", "duration", "timestamp", "money"), int64)

def figure(value):
    may = {"exact": one_of(False)}
    return fits(value, {"name": text, "type": one_of(*PERSONAL)}, may | {"value": one_of(None)}) or any(
        fits(value, {"name": text, "type": one_of(kind), "value": lambda v: v is None or check(v)}, may)
        for kind, check in OPEN.items())

def evidence(value):
    return any(fits(value, {name: list_of(item), "total": whole}, {"chosen": one_of("last", "largest")})
               and (value[name] or value["total"])
               for name, item in (("seqs", whole), ("findings", hexadecimal(32))))

figures = lambda v: v != [] and list_of(figure)(v)
digests = lambda v: list_of(coded(32))(v) and v and v == sorted(set(v)) and len(v) % 4 == 0
run = lambda v: fits(v, {"from": time, "to": time}) and micros(v["from"]) <= micros(v["to"])
TYPES = re.findall("`([a-z_]+)\\.([a-z_|-]+)`", PAGE[PAGE.index("\nTypes: "):].split("A verifier")[0])
TYPES = [f"{group}.{kind}" for group, kinds in TYPES for kind in kinds.split("|")] + ["anchor"]
EVERY = {"v": one_of(1.0), "typ": one_of(*TYPES), "ts": lambda v: time(v) and v[4] == "-", "n": coded(16)}
ORIGIN = lambda v: text(v) and re.fullmatch(KEY_NAME, v)
STEP = EVERY | {"step": lambda v: fits(v, {"log": filled, "ordinal": whole, "seq": whole}),
                "policy": lambda v: fits(v, {"hash": hexadecimal(64), "id": text, "version": whole}),
                "severity": one_of("low", "medium", "high", "critical")}
MAY = {"historical": one_of(True), "reason": filled}
FINDING = STEP | {"finding": hexadecimal(32), "status": one_of("potential"), "windows": whole, "run": run}
FINDING_MAY = MAY | {"figures": figures, "evidence": evidence, "_sd": digests, "_sd_alg": one_of("sha-256")}
FORMER = {"checkpoint": text, "vkey": text, "kept": whole, "reason": filled}
FORMS = {"ledger.created": (EVERY | {"origin": ORIGIN, "vkey": text}, {"previous": lambda v: fits(v, FORMER)}),
         "coverage.gap": (STEP | {"count": whole}, MAY)} | dict.fromkeys(
    ("finding.opened", "finding.withdrawn", "finding.closed"), (FINDING, FINDING_MAY)) | {
    "finding.restated": (FINDING, FINDING_MAY | {"previous": figures})}
PUBLICATION = {"version": whole, "bundle": hexadecimal(64), "set": hexadecimal(64), "title": filled,
               "policies": lambda v: whole(v) and v >= 0, "note": filled,
               "signers": lambda v: list_of(text)(v) and len(v) == 2}

ACT = {"act": lambda v: isinstance(v, dict), "at": time, "by": filled, "case": filled,
       "seen": lambda v: whole(v) and v >= 0, "signer": filled, "note": filled}
truth = one_of(True, False)
size = lambda v: whole(v) and v >= 0
PART = re.compile("p-[0-9a-f]{12}").fullmatch
VIEW = re.compile("v-[0-9a-f]{12}").fullmatch
ACTS = {"case.assigned": {"to": filled}, "case.commented": {"privileged": truth},
        "case.exhibit": {"privileged": truth},
        "case.action": {"taken": time}, "case.appealed": {}, "case.merged": {"into": filled},
        "case.decided": {"outcome": one_of("confirmed", "false-positive", "accepted-risk",
                                           "needs-information", "referred")},
        "case.approved": {"decision": size, "approves": truth},
        "case.clock": {"rule": filled, "from": time, "due": time},
        "case.licence": {"kind": one_of("licence", "general-licence", "exemption"), "authority": filled,
                         "number": filled, "from": time},
        "lead.received": {"received": time, "handling": text, "subjects": size},
        "evidence.viewed": {"findings": size},
        "report.drafted": {"kind": filled, "from": time, "to": time, "profile": filled, "handling": filled,
                           "counsel": truth, "gaps": size, "manifest": hexadecimal(64)},
        "report.approved": {"draft": size, "approves": truth, "counsel": truth},
        "report.issued": {"draft": size, "gaps": size, "manifest": hexadecimal(64)},
        "report.withdrawn": {"issued": size, "manifest": hexadecimal(64)},
        "request.received": {"received": time},
        "request.closed": {"end": one_of("answered", "refused", "taken-back")},
        "cluster.cut": {"values": lambda v: whole(v) and v > 0}, "cluster.joined": {}, "cluster.lifted": {},
        "cluster.approved": {"about": size, "approves": truth},
        "hold.placed": {}, "hold.released": {"hold": size}, "hold.approved": {"about": size, "approves": truth},
        "erasure.requested": {"despite_retention": truth},
        "erasure.approved": {"request": size, "approves": truth},
        "notice.silenced": {"from": time, "until": time}, "notice.unsilenced": {"silence": size},
        "notice.retried": {"channel": filled, "message": size},
        "clearance.given": {"finding": hexadecimal(32), "policy": filled, "version": lambda v: whole(v) and v > 0},
        "clearance.lifted": {}, "clearance.approved": {"about": size, "approves": truth},
        "case.split": {"into": lambda v: text(v) and PART(v), "findings": lambda v: list_of(hexadecimal(32))(v)
                       and 1 <= len(v) <= 400 and v == sorted(set(v))},
        "attribution.stated": {"confidence": one_of("low", "moderate", "high"),
                               "findings": lambda v: list_of(hexadecimal(32))(v) and v == sorted(set(v)),
                               "exhibits": lambda v: list_of(size)(v) and v == sorted(set(v))},
        "attribution.approved": {"statement": size, "approves": truth}, "attribution.withdrawn": {"statement": size},
        "conclusion.stated": {}, "conclusion.released": {"conclusion": size, "kind": filled},
        "report.handed-over": {"issued": size, "handed": time, "channel": filled, "form": one_of("folder", "archive"),
                               "sha256": hexadecimal(64)},
        "report.received": {"handover": size, "received": time}}
REGROUPING = {"case": filled, "into": filled, "finding": hexadecimal(32), "with": hexadecimal(32), "done": truth}
FOLLOWS = {"as": one_of("corrects", "supplements"), "report": filled, "manifest": hexadecimal(64)}
ACTS_MAY = {"report.drafted": {"about": filled, "request": filled, "follows": lambda v: fits(v, FOLLOWS),
                               "clock": size},
            "case.licence": {"until": time, "file": hexadecimal(64)},
            "case.exhibit": {"sha256": hexadecimal(64), "bytes": size, "payload": hexadecimal(32)},
            "request.received": {"rule": filled, "due": time, "about": filled}, "request.closed": {"report": filled},
            "case.decided": {"until": time}, "lead.received": {"file": hexadecimal(64)},
            "evidence.viewed": {"records": size}}

class Entries:
    """All entries, judged in order and hashed (sections 3, 5, 9 and 14)."""
    def __init__(self, bodies):
        self.steps, self.published, self.unsigned, self.nodes, self.peaks = {}, [], None, [], [()]
        self.deciders, self.drafts, self.rulings, self.ruled = {}, {}, set(), {}
        self.holds, self.erasures = {}, {}
        self.silences, self.noticed, self.parts, self.payloads = {}, set(), set(), set()
        self.clearances, self.clocks, self.merged, self.by_program = {}, {}, {}, set()
        self.reports, self.issued, self.withdrawals, self.requests = set(), {}, {}, {}
        self.stated, self.handed = {}, {}
        peaks, last_time, last_step, opened = [], -2**63, None, {}
        self.opened = opened
        for index, body in enumerate(bodies):
            entry = unjcs(body)
            need(len(body) <= 16384 and isinstance(entry, dict) and has(entry, EVERY),
                 ENTRY, f"entry {index} is no entry")
            kind = entry["typ"]
            need(fits(entry, *FORMS[kind]) and ("_sd" in entry) == ("_sd_alg" in entry) if kind in FORMS
                 else not {"step", "_sd", "_sd_alg"} & entry.keys(), ENTRY, f"the form of entry {index}")
            need((kind == "ledger.created") == (index == 0), ENTRY, f"the type of entry {index}")
            need(micros(entry["ts"]) >= last_time, ENTRY, f"the time of entry {index}")
            last_time = micros(entry["ts"])
            if "step" in entry:
                step = (entry["step"]["seq"], entry["step"]["ordinal"])
                need(last_step is None or step > last_step, ENTRY, f"the step of entry {index}")
                last_step, self.steps[index] = step, entry
            if "finding" in entry and "step" in entry:
                need((kind == "finding.opened") == (entry["finding"] not in opened), ENTRY, f"{kind} {index}")
                opened.setdefault(entry["finding"], entry["policy"]["id"])
            self.first = entry if index == 0 else self.first
            self.judge_publication(index, entry)
            self.judge_act(index, entry)
            self.nodes.append(append(peaks, index, leaf_hash(body)))
            self.peaks.append(tuple(peaks))
        need(self.nodes, ENTRY, "there is no entry")
        self.key = verifier_key(self.first["vkey"])
        if former := self.first.get("previous"):
            key, note = verifier_key(former["vkey"]), read_note(former["checkpoint"].encode())
            need(key and note and signed_by(note, key) and key[0] == (head := read_head(note, ENTRY))[1]
                 != self.first["origin"] and 0 <= former["kept"] <= head[2] > 0, ENTRY, "the former ledger")

    def judge_publication(self, index, entry):
        if entry["typ"] == "policy.published":
            need((entry["bundle"], entry.get("set")) in self.published if "bundle" in entry
                 else entry.get("published_only") is not True, ENTRY, f"activation {index}")
        if entry["typ"] != "policy_set.published":
            return
        number, before = len(self.published) + 1, self.published[-1][0] if self.published else None
        need(has(entry, PUBLICATION) and entry["version"] == number and entry.get("previous") == before
             and ("previous" in entry) == (number > 1), ENTRY, f"publication {index}")
        keys, note = [verifier_key(k) for k in entry["signers"]], read_note(entry["note"].encode())
        signed = (f"tidewaiter.policy-set/v1\n{self.first['origin']}\nversion {number}\nbundle "
                  f"{entry['bundle']}\nset {entry['set']}\nprevious {before or 'none'}\n")
        if not (all(keys) and note and note[0] == signed and len(note[1]) == 2 and keys[0][0] != keys[1][0]
                and keys[0][2] != keys[1][2] and all(signed_by(note, key) for key in keys)):
            self.unsigned = f"publication {index} was not signed by two people"
        self.published.append((entry["bundle"], entry["set"]))

    def not_held(self, index, party):
        need(not any(h["keeps"] and h["party"] == party for h in self.holds.values()), ENTRY, f"{index} is held")

    def judge_party(self, index, entry, mine):
        """Holds and erasures. One that waits has the index of what waits, and who did that."""
        kind, act, name = entry["typ"], entry.get("act", {}), entry.get("case")
        if kind in ("hold.placed", "erasure.requested"):
            known = [one["name"] for one in [*self.holds.values(), *self.erasures.values()]]
            need(re.fullmatch(kind[0] + "-[0-9a-f]{12}", name) and name not in known
                 and hexadecimal(64)(entry.get("party")), ENTRY, f"the name or party of {index}")
            fresh = {"name": name, "party": entry["party"], "waits": index, "by": mine}
            if kind == "hold.placed":
                self.holds[index] = fresh | {"keeps": True, "releasing": False}
                return
            self.not_held(index, entry["party"])
            self.erasures[index] = fresh | {"approved": False}
        elif kind == "hold.released":
            hold = self.holds.get(int(act["hold"]))
            need(hold and hold["name"] == name and hold["keeps"] and hold["waits"] is None,
                 ENTRY, f"release {index} of no hold that stands")
            hold |= {"waits": index, "by": mine, "releasing": True}
        elif kind == "hold.approved":
            found = [h for h in self.holds.values() if h["name"] == name and h["waits"] == int(act["about"])]
            need(found and found[0]["by"] != mine, ENTRY, f"opinion {index} on no hold of another person")
            found[0].update(keeps=found[0]["releasing"] != act["approves"], waits=None, releasing=False)
        elif kind == "erasure.approved":
            one = self.erasures.get(int(act["request"]))
            need(one and one["name"] == name and one["waits"] is not None and one["by"] != mine,
                 ENTRY, f"opinion {index} on no erasure of another person")
            one |= {"waits": None, "approved": act["approves"]}
            if act["approves"]:
                self.not_held(index, one["party"])
        elif kind == "erasure.executed":
            need(has(entry, {"request": size, "records": size, "case": filled, "token": text})
                 and ("payloads" not in entry or size(entry["payloads"]) and entry["payloads"] > 0)
                 and re.fullmatch("erased-[0-9a-f]{32}", entry["token"]), ENTRY, f"the form of {index}")
            one = self.erasures.get(int(entry["request"]))
            need(one and one["name"] == name and one["approved"], ENTRY, f"{index} executes nothing approved")
            one["approved"] = False
            self.not_held(index, one["party"])

    def is_exhibit(self, act):
        sealed = int(act.get("bytes", 0)) - 56
        if "payload" in act and ("sha256" not in act or sealed < 0 or sealed % 16400 < 16
                                 or act["payload"] in self.payloads):
            return False
        self.payloads.add(act.get("payload"))
        return ("sha256" in act) == ("bytes" in act)

    def judge_act(self, index, entry):
        kind = entry["typ"]
        if kind == "erasure.executed":
            self.judge_party(index, entry, None)
        if kind in ("cluster.merged", "cluster.split"):
            self.judge_regrouping(index, entry)
        if kind not in ACTS:
            return
        need(has(entry, ACT) and fits(entry["act"], ACTS[kind], ACTS_MAY.get(kind, {}))
             and ("confidential" not in entry or hexadecimal(64)(entry["confidential"]))
             and (kind != "report.drafted" or micros(entry["act"]["from"]) < micros(entry["act"]["to"]))
             and (kind != "request.received" or ("rule" in entry["act"]) == ("due" in entry["act"])
                  and ("due" not in entry["act"] or micros(entry["act"]["received"]) <= micros(entry["act"]["due"])))
             and (kind != "request.closed" or ("report" in entry["act"]) == (entry["act"]["end"] == "answered"))
             and (kind != "evidence.viewed" or ("records" in entry["act"]) == bool(VIEW(entry["case"]))
                  and ("records" not in entry["act"] or int(entry["act"]["findings"]) == 0))
             and (kind != "notice.silenced" or micros(entry["act"]["from"]) < micros(entry["act"]["until"]))
             and (kind != "case.exhibit" or self.is_exhibit(entry["act"]))
             and (kind != "attribution.stated" or 1 <= len(entry["act"]["findings"] + entry["act"]["exhibits"]) <= 200)
             and (kind != "case.licence" or "until" not in entry["act"]
                  or micros(entry["act"]["from"]) <= micros(entry["act"]["until"]))
             and (kind != "case.clock" or micros(entry["act"]["from"]) <= micros(entry["act"]["due"])),
             ENTRY, f"act {index}")
        said = ("act", "at", "by", "case", "confidential", "seen", "typ")
        members = {name: entry[name] for name in said if name in entry} | {"origin": self.first["origin"]}
        signed = f"tidewaiter.act/v1\n{self.first['origin']}\n{hashlib.sha256(jcs(members).encode()).hexdigest()}\n"
        key, note = verifier_key(entry["signer"]), read_note(entry["note"].encode())
        if not (key and note and note[0] == signed and len(note[1]) == 1 and key[0] == entry["by"]
                and signed_by(note, key)):
            self.unsigned = f"act {index} was not signed by {entry['by']}"
        if kind == "case.decided":
            self.deciders[index] = key[2] if key else entry["signer"]
        if kind == "case.approved":
            need(self.deciders.get(int(entry["act"]["decision"]), mine := key[2] if key else entry["signer"])
                 != mine, ENTRY, f"act {index} is about no decision of another person")
        for name in (entry["case"], entry["act"]["into"] if kind == "case.merged" else ""):
            need(not PART(name) or name in self.parts, ENTRY, f"act {index} is about no case that was split off")
        if kind == "case.split":
            need(entry["act"]["into"] not in self.parts and self.opened.keys() >= set(entry["act"]["findings"]),
                 ENTRY, f"act {index} splits off a case again, or what was not found")
            self.parts.add(entry["act"]["into"])
        if kind == "case.clock":
            self.clocks.setdefault(entry["case"], set()).add(index)
        if kind == "case.merged":
            self.merged[entry["case"]] = entry["act"]["into"]
            self.by_program.discard(entry["case"])
            self.lapse(entry["case"], entry["act"]["into"])
        if kind in ("case.merged", "case.split"):
            self.give(entry["case"], entry["act"]["into"])
        if kind.startswith(("attribution.", "conclusion.")) or kind == "case.exhibit":
            self.judge_statement(index, entry, key[2] if key else entry["signer"])
        if kind.startswith(("hold.", "erasure.")):
            self.judge_party(index, entry, key[2] if key else entry["signer"])
        if kind.startswith("report."):
            self.judge_report(index, entry, key[2] if key else entry["signer"])

        if kind.startswith("request."):
            self.judge_request(index, entry)
        if kind.startswith("notice."):
            self.judge_notice(index, entry)
        if kind.startswith("clearance."):
            self.judge_clearance(index, entry, key[2] if key else entry["signer"])
        if kind.startswith("cluster."):
            self.judge_ruling(index, entry, key[2] if key else entry["signer"])

    def give(self, source, target):
        """A case has the clocks of those that it came from, and all that was attached to them."""
        self.clocks.setdefault(target, set()).update(self.clocks.get(source, ()))
        exhibits = {n: one for n, one in self.stated.get(source, {}).items() if one[0] == "case.exhibit"}
        self.stated[target] = exhibits | self.stated.get(target, {})

    def lapse(self, *cases):
        """What was stated about cases that become one is about neither any more."""
        for case in cases:
            self.stated[case] = {n: one for n, one in self.stated.get(case, {}).items() if one[0] == "case.exhibit"}

    def judge_regrouping(self, index, entry):
        need(has(entry, REGROUPING) and entry["case"] != entry["into"] and entry["finding"] != entry["with"]
             and ("because" not in entry if entry["done"] else filled(entry.get("because")))
             and {entry["finding"], entry["with"]} <= self.opened.keys()
             and all(not PART(entry[n]) or entry[n] in self.parts for n in ("case", "into")),
             ENTRY, f"{index} says of no cases how they go on")
        case, into, splits = entry["case"], entry["into"], entry["typ"] == "cluster.split"
        returns = into in self.by_program and self.merged[into] == case
        if not entry["done"] or case in self.merged or (into in self.merged and not (splits and returns)):
            return
        if not splits:
            self.lapse(case, into)
            self.merged[case] = into
            self.by_program.add(case)
        elif returns:
            self.by_program.discard(into)
            del self.merged[into]
        self.give(case, into)

    def judge_statement(self, index, entry, signer):
        """What a case has by entry: what it is, by whom, and 0 while it waits, 1 approved, 2 ended."""
        kind, act, here = entry["typ"], entry["act"], self.stated.setdefault(entry["case"], {})
        if kind in ("case.exhibit", "conclusion.stated", "attribution.stated"):
            need(set(act.get("findings", ())) <= self.opened.keys()
                 and all(here.get(int(n), "-")[0] == "case.exhibit" for n in act.get("exhibits", ())),
                 ENTRY, f"act {index} rests on what the case has not")
            here[index] = (kind, signer, 0)
            return
        number = int(act["conclusion" if kind == "conclusion.released" else "statement"])
        what, by, judged = here.get(number, ("", "", 2))
        need(what == kind.split(".")[0] + ".stated", ENTRY, f"act {index} is about nothing stated")
        if kind == "attribution.approved":
            need(by != signer and judged == 0, ENTRY, f"act {index} is about no statement of another that waits")
            here[number] = (what, by, 1 if act["approves"] else 2)
        if kind == "attribution.withdrawn":
            need(judged < 2, ENTRY, f"act {index} withdraws nothing that stands")
            here[number] = (what, by, 2)

    def judge_custody(self, index, entry):
        act, name = entry["act"], entry["case"]
        if entry["typ"] == "report.handed-over":
            need(name in self.issued and self.issued[name]["index"] == act["issued"], ENTRY, f"act {index}: not issued")
            self.handed[index] = (name, micros(act["handed"]))
            return
        given = self.handed.pop(int(act["handover"]), None)
        need(given and given[0] == name and given[1] <= micros(act["received"]), ENTRY, f"act {index}: not handed over")

    def judge_ruling(self, index, entry, signer):
        kind, name = entry["typ"], entry["case"]
        if kind == "cluster.approved":
            about = self.ruled.get(int(entry["act"]["about"]))
            need(about and about[0] == name and about[1] != signer, ENTRY, f"act {index} is about no ruling of another")
            return
        need((name in self.rulings) == (kind == "cluster.lifted"), ENTRY, f"act {index}: the ruling's name")
        self.rulings.add(name)
        self.ruled[index] = (name, signer)

    def judge_clearance(self, index, entry, signer):
        kind, name, act = entry["typ"], entry["case"], entry["act"]
        if kind == "clearance.given":
            need(self.opened.get(act["finding"]) == act["policy"], ENTRY, f"act {index} clears what its policy did not find")
            need(re.fullmatch("m-[0-9a-f]{12}", name) and name not in self.clearances, ENTRY, f"the name of {index}")
            self.clearances[name] = {"index": index, "signer": signer, "state": "given"}
            return
        one = self.clearances.get(name)
        need(one and one["state"] != "ended", ENTRY, f"act {index} is about no clearance that is there")
        if kind == "clearance.lifted":
            one["state"] = "ended"
            return
        need(one["index"] == act["about"] and one["signer"] != signer and one["state"] == "given", ENTRY,
             f"act {index} is about no clearance of another that nobody judged")
        one["state"] = "approved" if act["approves"] else "ended"

    def judge_notice(self, index, entry):
        kind, name = entry["typ"], entry["case"]
        if kind == "notice.unsilenced":
            need(self.silences.pop(int(entry["act"]["silence"]), None) == name, ENTRY, f"act {index} ends no silence")
            return
        letter = "s" if kind == "notice.silenced" else "n"
        need(re.fullmatch(letter + "-[0-9a-f]{12}", name) and name not in self.noticed, ENTRY, f"the name of {index}")
        self.noticed.add(name)
        if letter == "s":
            self.silences[index] = name

    def judge_request(self, index, entry):
        name, act = entry["case"], entry["act"]
        if entry["typ"] == "request.received":
            need(re.fullmatch("q-[0-9a-f]{12}", name) and name not in self.requests, ENTRY, f"the name of {index}")
            self.requests[name] = "open"
            return
        need(self.requests.get(name) == "open", ENTRY, f"act {index} closes no open request")
        self.requests[name] = "closed"
        answer = self.issued.get(act.get("report"))
        need("report" not in act or answer and not answer["withdrawn"], ENTRY, f"act {index}: the answer was not issued")

    def judge_followed(self, index, later):
        """An issued report that is corrected or supplemented."""
        follows = later["follows"]
        earlier = self.issued.get(follows["report"])
        need(earlier and earlier["manifest"] == follows["manifest"] and not earlier["withdrawn"]
             and not earlier["corrected"] and earlier["kind"] == later["kind"], ENTRY, f"act {index} follows no report that was issued so and holds")
        need(("about" in later) == (earlier["about"] is not None)
             and self.goes_on_as(later.get("about")) == self.goes_on_as(earlier["about"]), ENTRY, f"act {index} follows a report about another case")
        need(follows["as"] != "corrects" or (micros(later["from"]) <= micros(earlier["from"])
             and micros(earlier["to"]) <= micros(later["to"])), ENTRY, f"act {index} covers less than what it corrects")
        return earlier

    def goes_on_as(self, case):
        """The case in which this one goes on, each followed once."""
        passed = set()
        while case in self.merged and case not in passed:
            passed.add(case)
            case = self.merged[case]
        return case

    def judge_withdrawal(self, index, entry, signer):
        act, name = entry["act"], entry["case"]
        if entry["typ"] == "report.withdrawn":
            one = self.issued.get(name)
            need(one and one["index"] == act["issued"] and one["manifest"] == act["manifest"]
                 and not one["withdrawn"] and not one["corrected"] and all(w["name"] != name or w["ended"] for w in self.withdrawals.values()),
                 ENTRY, f"act {index} withdraws no report that was issued so and holds")
            self.withdrawals[index] = {"name": name, "signer": signer, "by": set(), "ended": False}
            return
        asked = self.withdrawals[int(act["draft"])]
        need(asked["name"] == name and asked["signer"] != signer and not asked["ended"]
             and not (act["approves"] and self.issued[name]["corrected"]),
             ENTRY, f"act {index} is about no withdrawal of another person that waits")
        asked["by"] |= {act["counsel"]} if act["approves"] else set()
        holds = act["approves"] and asked["by"] >= ({False, True} if self.issued[name]["counsel"] else {False})
        asked["ended"] = holds or not act["approves"]
        if holds:
            self.issued[name]["withdrawn"] = True
            for other in self.issued.values():
                other["corrected"] -= {name}

    def judge_report(self, index, entry, signer):
        act = entry["act"]
        if entry["typ"] in ("report.handed-over", "report.received"):
            self.judge_custody(index, entry)
            return
        if entry["typ"] == "report.withdrawn" or int(act.get("draft", -1)) in self.withdrawals:
            self.judge_withdrawal(index, entry, signer)
            return
        if entry["typ"] == "report.drafted":
            need(entry["case"] not in self.reports, ENTRY, f"the name of report {index}")
            self.reports.add(entry["case"])
            if "follows" in act:
                self.judge_followed(index, act)
            need("request" not in act or self.requests.get(act["request"]) == "open", ENTRY, f"act {index}: the request")
            need("clock" not in act or act["clock"] in self.clocks.get(act.get("about"), ()), ENTRY, f"act {index}: the clock")
            self.drafts[index] = {"entry": entry, "signer": signer, "by": set(), "rejected": False}
            return
        draft = self.drafts.get(int(act["draft"]))
        need(draft and draft["entry"]["case"] == entry["case"], ENTRY, f"act {index} is about no draft")
        if entry["typ"] == "report.approved":
            need(draft["signer"] != signer, ENTRY, f"act {index}: the author approves")
            draft["rejected"] |= not act["approves"]
            draft["by"] |= {act["counsel"]} if act["approves"] else set()
        else:
            drawn = draft["entry"]["act"]
            need((drawn["manifest"], drawn["gaps"]) == (act["manifest"], act["gaps"]) and not draft["rejected"]
                 and False in draft["by"] and (True in draft["by"] or not drawn["counsel"]),
                 ENTRY, f"act {index} issues what was not approved")
            need("request" not in drawn or self.requests[drawn["request"]] == "open", ENTRY, f"act {index}: the request")
            if "follows" in drawn:
                earlier = self.judge_followed(index, drawn)
                earlier["corrected"] |= {entry["case"]} if drawn["follows"]["as"] == "corrects" else set()
            need(entry["case"] not in self.issued, ENTRY, f"act {index} issues a report again")
            self.issued[entry["case"]] = {"index": index, "manifest": act["manifest"], "withdrawn": False,
                                          "corrected": set(), "counsel": drawn["counsel"], "kind": drawn["kind"],
                                          "about": drawn.get("about"), "from": drawn["from"], "to": drawn["to"]}

    def judge_signatures(self, notes, given):
        need(self.key and self.key[0] == self.first["origin"] and given in (None, self.key)
             and all(signed_by(note, self.key) for note in notes), SIGNATURE, "the log's key")
        need(not self.unsigned, SIGNATURE, self.unsigned)

# A state folder (sections 2, 4, 5 and 6).

@functools.cache
def expected_schema(section):
    """What SQLite makes of the page's statements, with the triggers that it describes."""
    words = re.search(f"^## {section}\\..*?(?=^## )", PAGE, re.M | re.S)[0]
    tables, *triggers = re.findall(r"```sql\n(.*?)\n```", words, re.S)
    store = sqlite3.connect(":memory:")
    store.executescript(tables)
    for table in ("ledger", "entry", "checkpoint", "step", "disclosure") if triggers else ():
        for trigger in triggers[0].split("\n")[:1 if table == "disclosure" else 2]:
            store.execute(re.sub(r"\bT(?=\b|_no)", table, trigger))
    return sorted(store.execute("SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema"))

def open_store(path, application, section):
    """A database that is read and not written, after its form has been judged."""
    sides, options = [(s, Path(f"{path}{s}")) for s in ("-wal", "-journal")], "immutable=1"
    beside = [suffix for suffix, side in sides if side.is_file() and side.stat().st_size]
    with tempfile.TemporaryDirectory() as folder:
        if beside:
            for suffix in ["", *beside]:
                shutil.copyfile(f"{path}{suffix}", f"{folder}/copy{suffix}")
            path, options = f"{folder}/copy", "mode=rw"
        store = sqlite3.connect(f"{Path(path).resolve().as_uri()}?{options}", uri=True)
        store.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        store.executescript("PRAGMA ignore_check_constraints = ON; PRAGMA cell_size_check = ON")
        found = store.execute("PRAGMA integrity_check(1)").fetchone()[0]
    need(found == "ok", UNREADABLE, f"damaged: {found}")
    settings = [store.execute(f"PRAGMA {n}").fetchone()[0] for n in ("application_id", "user_version", "encoding")]
    need(settings == [application, 1, "UTF-8"], SCHEMA, f"settings {settings}")
    schema = store.execute("SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_schema")
    need(sorted(schema) == expected_schema(section), SCHEMA, "sqlite_schema")
    return store

def read_lock(path, entries, key, last, last_note):
    """The size of the locked head, and whether it fits the numbers of the checkpoints."""
    try:
        [(_, origin, number, note)] = open_store(path, 0x54574C4B, 5).execute("SELECT * FROM head")
        head = read_head(read_note(note.encode("utf-8", "surrogateescape")))
    except (sqlite3.Error, Refused, ValueError, OSError) as error:
        raise Refused(LOCK, f"the lock store is of no use: {error}") from error
    need(origin == head[1] == entries.first["origin"] and len(head[0][1]) == 1
         and 0 < head[2] < len(entries.peaks) and head[3] == root_of(entries.peaks[head[2]])
         and (not key or signed_by(head[0], key)), LOCK, "the lock store is of another log")
    return head[2], (number, note) == (last[0], last_note) or number == last[0] + 1 and head[2] > last[1]

def read_disclosures(store, entries):
    """Name and value of each disclosed field, by entry."""
    shown, used = {}, set()
    for index, name, words in store.execute("SELECT idx, name, text FROM disclosure"):
        entry, field = entries.steps.get(index, {}), unjcs(unbase64(words, url=True) or b"")
        digest = hashlib.sha256(words.encode("utf-8", "surrogateescape")).digest()
        digest = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        need(digest in entry.get("_sd", []) and (index, digest) not in used,
             PROJECTION, f"a disclosure of entry {index} has no digest of its own")
        types = {f"{member}/{f['name']}": f["type"] for member in ("figures", "previous")
                 for f in entry.get(member, [])[::-1] if f["type"] in PERSONAL and "value" not in f}
        form = {"list of string": list_of(text), None: lambda _: False}.get(types.get(name), text)
        need(isinstance(field, list) and len(field) == 3 and coded(32)(field[0]) and field[1] == name
             and (text if name == "subject" else form)(field[2]), PROJECTION, f"`{name}` of {index}")
        used.add((index, digest))
        shown.setdefault(index, {})[name] = field[2]
    return shown

def state_finding(row, entry, told):
    """Puts into a row of `finding` what an entry of the finding says (section 6)."""
    span = {"run_from": micros(entry["run"]["from"]), "run_to": micros(entry["run"]["to"])}
    moved = entry["typ"] == "finding.restated" and not span.items() <= row.items()
    row["ended"] = 1 if entry["typ"] == "finding.closed" else 0 if moved else row["ended"]
    if "figures" in entry:
        row["figures"] = jcs([{"value": told[n]} | f if (n := f"figures/{f['name']}") in told else f
                              for f in entry["figures"]])
    if "evidence" in entry:
        row["evidence"] = jcs(entry["evidence"].get("findings", entry["evidence"].get("seqs")))
        row["evidence_total"] = entry["evidence"]["total"]
    policy = {f"policy_{name}": value for name, value in entry["policy"].items()}
    row |= span | {name: entry[name] for name in ("severity", "windows")} | {
        "state": entry["typ"], "policy": policy["policy_id"], "historical": "historical" in entry, **policy,
        "reason": entry.get("reason", ""), "subject": told.get("subject", row["subject"])}

def judge_projection(store, entries):
    shown, rows, steps = read_disclosures(store, entries), {}, []
    for index, entry in entries.steps.items():
        step = entry["step"]
        if "finding" in entry:
            row = rows.setdefault(entry["finding"], {
                "idx": index, "id": entry["finding"], "recorded": micros(entry["ts"]), "ended": 0,
                "figures": "[]", "evidence": "[]", "evidence_total": 0, "subject": "",
                "opened_seq": step["seq"], "opened_ordinal": step["ordinal"]})
            state_finding(row, entry, shown.get(index, {}))
        steps.append((step["seq"], step["ordinal"], index, rows.get(entry.get("finding"), {}).get("idx")))
    first, columns = entries.first, [c[0] for c in store.execute("SELECT * FROM finding").description]
    tables = {"finding": [tuple(row[column] for column in columns) for row in rows.values()], "step": steps,
              "ledger": [(1, first["origin"], first["vkey"], micros(first["ts"]))]}
    for name, expected in tables.items():
        stored = store.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()
        need(stored == expected, PROJECTION, f"table {name}")
    position = store.execute("SELECT log_id, seq, length(log_hash) FROM position").fetchall()
    need((not steps or position and position[0][0] == step["log"] and position[0][1] >= step["seq"])
         and (not position or position[0][2] == 32), PROJECTION, "table position")
    need(all(store.execute(f"SELECT one FROM {t}").fetchall() in ([], [(1,)])
             for t in ("position", "coverage")), PROJECTION, "more than one row")

def judge_ledger(path, given, lock, all_signed):
    store = open_store(path, 0x54574C47, 2)
    rows = store.execute("SELECT idx, nodes, body FROM entry ORDER BY idx").fetchall()
    need(all(row[0] == index for index, row in enumerate(rows)), ENTRY, "an entry is missing")
    entries = Entries(row[2] for row in rows)
    need(all(row[1] == b"".join(nodes) for row, nodes in zip(rows, entries.nodes)), TREE, "a node")
    last, words, notes, locked, fault = (0, 0), "", [], 0, None
    for number, size, words in store.execute("SELECT number, size, note FROM checkpoint ORDER BY 1"):
        head = read_head(read_note(words.encode("utf-8", "surrogateescape")))
        need(number == last[0] + 1 and last[1] < size == head[2] < len(entries.peaks)
             and head[1:] == (entries.first["origin"], size, root_of(entries.peaks[size]))
             and len(head[0][1]) == 1, HEAD, f"checkpoint {number}")
        last = number, size
        notes.append(head[0])
    try:
        locked, of_this_state = read_lock(lock, entries, given or entries.key, last, words) if lock else (0, True)
        fault = None if of_this_state else Refused(LOCK, "the lock store is of another state")
    except Refused as refused:
        fault = refused
    need(notes or locked, HEAD, "there is no checkpoint")
    entries.judge_signatures(notes, given)
    if fault:
        raise fault
    judge_projection(store, entries)
    need(not all_signed or max(last[1], locked) == len(rows), UNSIGNED, "entries without signature")

# A folder of tiles (section 10) and a proof (section 8).

def tiles(size, level):
    """(path below tile/LEVEL, width) of each tile of a level, whose nodes are in groups of 256."""
    for first in range(0, size >> 8 * level, 256):
        width, number = min(256, (size >> 8 * level) - first), f"{first // 256:03}"
        number = number.rjust(-(-len(number) // 3) * 3, "0")
        yield re.sub(r"(\d{3})(?=\d)", r"x\1/", number) + (f".p/{width}" if width < 256 else ""), width

def read_bundle(path, width):
    data, entries = path.read_bytes(), []
    while data and len(entries) < width:
        length = int.from_bytes(data[:2], "big")
        need(len(data) >= 2 + length, ENTRY, f"bundle {path} is cut")
        entries, data = entries + [data[2:2 + length]], data[2 + length:]
    need(len(entries) == width and not data, ENTRY, f"bundle {path} does not have {width} entries")
    return entries

def judge_tiles(folder, given):
    head = note, origin, size, root = read_head(read_note((folder / "checkpoint").read_bytes()))
    need(size > 0, HEAD, "a checkpoint of nothing")
    bodies, level = [], 0
    for path, width in tiles(size, 0):
        file = folder / "tile" / "entries" / path
        need(file.is_file(), ENTRY if not given or signed_by(note, given) else SIGNATURE, f"no {file}")
        bodies += read_bundle(file, width)
    entries, nodes = Entries(bodies), [leaf_hash(body) for body in bodies]
    while size >> 8 * level:
        files = [(folder / "tile" / str(level) / path, 32 * width) for path, width in tiles(size, level)]
        stored = [file.read_bytes() if file.is_file() else b"" for file, _ in files]
        whole_files = [len(data) for data in stored] == [length for _, length in files]
        data = b"".join(stored)
        if level == 0 and whole_files and data != b"".join(nodes):
            rebuilt = root_of_leaves(data[i:i + 32] for i in range(0, len(data), 32))
            need(rebuilt != root, ENTRY, "an entry is not the one whose hash is in its tile")
        need(whole_files and data == b"".join(nodes), TREE, f"a tile of level {level}")
        nodes, level = [root_of_leaves(nodes[i:i + 256]) for i in range(0, len(nodes) - 255, 256)], level + 1
    need(head[1:] == (entries.first["origin"], size, root_of(entries.peaks[size])), HEAD, "another head")
    entries.judge_signatures([note], given)

def judge_proof(path, key, entry):
    form = rb"c2sp\.org/tlog-proof@v1\n(?:extra ([^\n]*)\n)?index (0|[1-9][0-9]*)\n((?:[^\n]+\n){0,63})\n(.*)"
    found = re.fullmatch(form, path.read_bytes(), re.S)
    need(found and int(found[2]) < 2**63, UNREADABLE, "no proof")
    lines = [unbase64(line.decode("latin-1")) for line in found[3].split(b"\n")[:-1]]
    need(all(line and len(line) == 32 for line in lines) and (
        found[1] is None or unbase64(found[1].decode("latin-1")) is not None), UNREADABLE, "no proof")
    note = read_note(found[4])
    need(note and signed_by(note, key), SIGNATURE, "a checkpoint that the key did not sign")
    _, origin, size, root = read_head(note)
    need(origin == key[0], HEAD, "a checkpoint of another log")
    index, leaf = int(found[2]), leaf_hash(Path(entry).read_bytes())
    need(index < size and included(leaf, index, size, lines, root), TREE, "not the entry's bytes")

def kind_of(path):
    if path.is_dir():
        return "tiles" if (path / "checkpoint").is_file() else "ledger" * (path / "ledger.db").exists()
    first = path.read_bytes()[:23] if path.is_file() else b""
    return "ledger" if first[:16] == b"SQLite format 3\0" else "proof" * (first == b"c2sp.org/tlog-proof@v1\n")

def verify(path, key=None, lock=None, all_signed=False, entry=None):
    """(exit status, words) as section 8 has them."""
    path, given, kind = Path(path), key and verifier_key(key), kind_of(Path(path))
    try:
        need(key is None or given, USAGE, "that is no verifier key")
        need(kind, NOTHING, "neither a ledger nor a folder of tiles nor a proof")
        need((kind == "proof") == (entry is not None) and (kind == "ledger" or lock is None)
             and (kind != "proof" or given and not all_signed), USAGE, "options of something else")
        if kind == "ledger":
            judge_ledger(path / "ledger.db" if path.is_dir() else path, given, lock, all_signed)
        else:
            judge_tiles(path, given) if kind == "tiles" else judge_proof(path, given, entry)
        return 0, "holds"
    except Refused as refused:
        return refused.args
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return UNREADABLE, f"{path}: {error}"

if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    for name in ("path", "--key", "--lock", "--entry"):
        options.add_argument(name)
    options.add_argument("--all-signed", action="store_true")
    status, words = verify(**vars(options.parse_args()))
    print(words)
    sys.exit(status)
