#!/usr/bin/env python3
"""`tidewaiter link` over sets of others that say who belongs together, with precision and recall.

Usage: labelled_linkage.py TIDEWAITER SOURCE_DIR. TIDEWAITER_SHARED names the folder that has the sets under
`data`; beside the source's, if it is not set. Exit status 1: an answer differs from that of the second
implementation here; 77: a set or zstd is missing. No share is judged.

Two sets have labels: Senzing's truth set (people and companies with designed traps) and dedupe's example
of Chicago's early-childhood sites (names, addresses and telephones as several agencies wrote them). What
they tell of a party has no field of its own in records of accounts; the tables below say which field
stands in for it. The third has none: 35,125 shares of one study of coordination (CooRTweet), by which
lockstep links are held to co-actions that are counted here in another way.
"""

import collections
import csv
import datetime
import fractions
import io
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SENZING = """linkage: truth-set
title: Parties that have identifiers, addresses, names and dates in common
threshold: 20
links:
  - {field: identifiers, at_most: 16, weight: 40}             # numbers of documents and registers
  - {field: payment.fingerprints, at_most: 16, weight: 40}    # e-mail addresses
  - {field: devices, at_most: 16, weight: 12}                 # telephone numbers
  - {field: controllers, at_most: 16, weight: 12}             # postal addresses: number and street
  - {field: aliases, at_most: 16, weight: 14}                 # names
  - {field: owners, at_most: 16, weight: 24}                  # family name and date of birth
"""
SITES = """linkage: sites
title: Sites that have names, addresses and telephones in common
threshold: 20
links:
  - {field: devices, at_most: 32, weight: 36}       # telephone numbers
  - {field: controllers, at_most: 32, weight: 36}   # addresses
  - {field: aliases, at_most: 32, weight: 36}       # names
"""
SLOT = 300
OVER = 366 * 86400
AT_LEAST = 2
AT_MOST = 100
SHARES = f"""linkage: shares
title: Accounts that share the same thing at the same time
links:
  - {{lockstep: {SLOT}s, over: 366d, at_least: {AT_LEAST}, percent: PERCENT, at_most: {AT_MOST},
      target: prompt.template}}
"""


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def name_key(text):
    """The words of a name, in order: those of companies that say of which form it is are left out."""
    left_out = {"inc", "llc", "ltd", "limited", "the", "of", "and", "company", "co", "corp", "jr", "sr"}
    return " ".join(sorted(word for word in words(text) if word not in left_out and len(word) > 1))


def street_key(text):
    """Number and name of a street: words of direction and of kinds of streets are left out."""
    left_out = set("n s e w north south east west st street ave avenue av rd road blvd boulevard ln lane dr "
                   "drive ct court pl place unit apt suite ste main".split())
    number = re.match(r"\s*([0-9]+)", text)
    names = [word for word in words(text) if word not in left_out and not word.isdigit()]
    return f"{number.group(1)} {names[0]}" if number and names else ""


def date_key(text):
    """The numbers of a date, a month's name as its number, years of two digits as of the last century."""
    months = "jan feb mar apr may jun jul aug sep oct nov dec".split()
    parts = [str(months.index(w[:3]) + 1) if w[:3] in months else w for w in words(text)]
    return "-".join(sorted(p[-2:].zfill(2) for p in parts))


def senzing_party(line):
    held = collections.defaultdict(set)
    family, born = "", ""
    for feature in line["FEATURES"]:
        for key, value in feature.items():
            if key.endswith("_NUMBER") and key != "PHONE_NUMBER":
                held["identifiers"].add(f"{key.lower()}:{''.join(words(value))}")
            elif key == "PHONE_NUMBER":
                held["devices"].add("".join(re.findall(r"[0-9]", value))[-10:])
            elif key == "EMAIL_ADDRESS":
                held["payment.fingerprints"].add(value.lower())
            elif key in ("ADDR_LINE1", "ADDR_FULL"):
                held["controllers"].add(street_key(value))
            elif key in ("NAME_FULL", "NAME_ORG"):
                held["aliases"].add(name_key(value))
            elif key == "DATE_OF_BIRTH":
                born = date_key(value)
        if "NAME_LAST" in feature:
            family = name_key(feature["NAME_LAST"])
            held["aliases"].add(name_key(f"{feature.get('NAME_FIRST', '')} {family}"))
    if family and born:
        held["owners"].add(f"{family} {born}")
    return {field: sorted(texts - {""}) for field, texts in held.items() if texts - {""}}


def senzing(folder):
    """Parties by name, with the values that they hold, and the label of each."""
    parties = {}
    for name in ("customers", "reference", "watchlist"):
        for line in map(json.loads, (folder / f"{name}.jsonl").read_text("utf-8").splitlines()):
            parties[f"{line['DATA_SOURCE']}-{line['RECORD_ID']}"] = senzing_party(line)
    with open(folder / "actual_truthset_key.csv", newline="", encoding="utf-8") as key:
        labels = {f"{row['DATA_SOURCE']}-{row['RECORD_ID']}": row["CLUSTER_ID"] for row in csv.DictReader(key)}
    return parties, labels


def sites(folder):
    parties, labels = {}, {}
    with open(folder / "csv_example_input_with_true_ids.csv", newline="", encoding="utf-8") as table:
        for row in csv.DictReader(table):
            held = {"devices": "".join(re.findall(r"[0-9]", row["Phone"]))[-7:],
                    "controllers": street_key(row["Address"]), "aliases": name_key(row["Site name"])}
            parties[row["Id"]] = {field: [text] for field, text in held.items() if text}
            labels[row["Id"]] = row["True Id"]
    return parties, labels


def linked(tidewaiter, records, linkage):
    """What `tidewaiter link --json` says of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "records.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records), "utf-8")
        (path / "linkage.yaml").write_text(linkage, "utf-8")
        told = subprocess.run([tidewaiter, "link", "--input", "records.jsonl", "--linkage", "linkage.yaml",
                               "--json"], cwd=folder, stdout=subprocess.PIPE, check=True)
        return json.loads(told.stdout)


def components(names, pairs):
    """The sets that chains of pairs connect, by a union-find."""
    parent = {name: name for name in names}

    def root(name):
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in pairs:
        parent[root(one)] = root(other)
    groups = collections.defaultdict(set)
    for name in names:
        groups[root(name)].add(name)
    return {frozenset(group) for group in groups.values()}


def by_definition(parties, linkage):
    """The clusters of docs/linkage.md's formula: each two parties, with whole fractions."""
    threshold = int(re.search(r"threshold: (\d+)", linkage).group(1))
    links = re.findall(r"field: ([\w.]+), at_most: (\d+), weight: (\d+)", linkage)
    sums = collections.Counter()
    for field, at_most, weight in links:
        holders = collections.defaultdict(set)
        for name, held in parties.items():
            for text in held.get(field, []):
                holders[text].add(name)
        heaviest = collections.defaultdict(fractions.Fraction)
        for those in holders.values():
            if not 2 <= len(those) <= int(at_most):
                continue
            own = fractions.Fraction(int(weight), (len(those) - 1).bit_length())
            for pair in itertools.combinations(sorted(those), 2):
                heaviest[pair] = max(heaviest[pair], own)
        for pair, own in heaviest.items():
            sums[pair] += own
    return components(parties, [pair for pair, own in sums.items() if own >= threshold])


def pairs_of(groups):
    return {pair for group in groups for pair in itertools.combinations(sorted(group), 2)}


def labelled(tidewaiter, title, parties, labels, linkage):
    """Prints a row; false if the clusters are not those of the formula."""
    records = [{"kind": "account", "time": "2026-01-01T00:00:00Z", "account": name, **held}
               for name, held in parties.items()]
    clusters = {frozenset(account["account"] for account in cluster["accounts"])
                for cluster in linked(tidewaiter, records, linkage)["clusters"]}
    by_label = collections.defaultdict(set)
    for name in parties:
        by_label[labels[name]].add(name)
    found, true = pairs_of(clusters), pairs_of(by_label.values())
    whole = len(clusters & set(map(frozenset, by_label.values())))
    several = sum(len(group) > 1 for group in by_label.values())
    print(f"| {title} | {len(parties):,} | {several:,} | {len(clusters):,} | {whole:,} | "
          f"{len(found & true) / len(found):.3f} | {len(found & true) / len(true):.3f} |")
    if clusters == {group for group in by_definition(parties, linkage) if len(group) > 1}:
        return True
    print(f"{title}: the clusters are not those of the formula", file=sys.stderr)
    return False


def shares_of(folder):
    text = subprocess.run(["zstd", "-dc", str(folder / "russian_coord_tweets.csv.zst")],
                          stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
    return [(row["account_id"], row["object_id"], int(row["timestamp_share"]))
            for row in csv.DictReader(io.StringIO(text))]


def co_actions(shares, percent):
    """Each two accounts that are in step, with how much they share and how much either does in the stretch
    in which the share is greatest, the first of equals: from all sets."""
    doers = collections.defaultdict(set)
    for account, thing, time in shares:
        doers[time // SLOT, thing].add(account)
    done, common = collections.Counter(), collections.Counter()
    for (slot, _), accounts in doers.items():
        if len(accounts) > AT_MOST:
            continue
        stretch = slot * SLOT // OVER
        done.update((stretch, account) for account in accounts)
        common.update((stretch, *pair) for pair in itertools.combinations(sorted(accounts), 2))
    pairs = collections.defaultdict(list)
    for (stretch, one, other), both in common.items():
        either = done[stretch, one] + done[stretch, other] - both
        if both >= AT_LEAST and both * 100 >= percent * either:
            pairs[one, other].append((fractions.Fraction(both, either), -stretch, both, either))
    return {pair: max(all_of)[2:] for pair, all_of in pairs.items()}


def near_pairs(shares):
    """CooRTweet's own measure: pairs that shared the same thing within SLOT seconds, for AT_LEAST things."""
    by_thing = collections.defaultdict(list)
    for account, thing, time in shares:
        by_thing[thing].append((time, account))
    times = collections.Counter()
    for acts in by_thing.values():
        acts.sort()
        near = set()
        for i, (time, account) in enumerate(acts):
            for later, other in itertools.takewhile(lambda act: act[0] - time <= SLOT, acts[i + 1:]):
                if other != account:
                    near.add((min(account, other), max(account, other)))
        times.update(near)
    return {pair for pair, count in times.items() if count >= AT_LEAST}


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def in_step(tidewaiter, shares, percent):
    """Prints a row; false if the pairs in step are not those that are counted here."""
    records = [{"kind": "usage", "account": account, "prompt.template": thing, "time": rfc3339(time)}
               for account, thing, time in shares]
    told = linked(tidewaiter, records, SHARES.replace("PERCENT", str(percent)))
    pairs = {}
    for cluster in told["clusters"]:
        for step in cluster["in_step"]:
            one, other = (account["account"] for account in step["accounts"])
            pairs[one, other] = (step["common"], step["either"])
    best = co_actions(shares, percent)
    clusters = {frozenset(a["account"] for a in cluster["accounts"]) for cluster in told["clusters"]}
    names = {name for pair in best for name in pair}
    near = near_pairs(shares)
    both = len(near & set(pairs))
    print(f"| {percent} % | {len(pairs):,} | {len(clusters):,} | {both / len(pairs):.3f} | {both / len(near):.3f} |")
    if pairs == best and clusters == components(names, best):
        return True
    print(f"at {percent} %: who is in step is not who is counted here", file=sys.stderr)
    return False


def main():
    tidewaiter, root = sys.argv[1], sys.argv[2]
    shared = pathlib.Path(os.environ.get("TIDEWAITER_SHARED") or pathlib.Path(root, "..", "shared"), "data")
    folders = [shared / "names/senzing-truthset", shared / "names/companies", shared / "clusters/coortweet"]
    if not all(folder.is_dir() for folder in folders) or shutil.which("zstd") is None:
        print(f"skipped: zstd or one of {', '.join(map(str, folders))} is missing")
        return 77
    print("| set | parties | of several records | clusters | whole ones | precision of pairs | recall of pairs |")
    print("|---|---|---|---|---|---|---|")
    right = labelled(tidewaiter, "Senzing's truth set", *senzing(folders[0]), SENZING)
    right &= labelled(tidewaiter, "dedupe's sites", *sites(folders[1]), SITES)
    shares = shares_of(folders[2])
    print(f"\n{len(shares):,} shares, in slots of {SLOT} s, {AT_LEAST} or more in common:\n")
    print("| of all | pairs in step | clusters | of these, near by CooRTweet | of those that are, in step |")
    print("|---|---|---|---|---|")
    for percent in (1, 50):
        right &= in_step(tidewaiter, shares, percent)
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
