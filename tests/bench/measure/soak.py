"""A daemon at full rate for half an hour: whether it goes on growing."""

import os
import time

from .children import Failed, run, run_json
from .growth import Curve
from .measured import Bar, Row
from .rows_product import pack_of, ready_daemon, verify

CONFIGURATION = """state: state
policies: [{policies}/]
sources: [{{name: usage, kind: file, path: usage/, poll: {{every: 1s}}, gone: accept}}]
"""
LOOK_S = 2
MOST_DAYS = 300  # from the first of 2026 on: what lies ahead of the clock is not taken
DRAIN_S = 900  # at the most, from the last file to the last record


class Feed:
    """Days of usage, a file each, of which the daemon never has read all."""

    def __init__(self, bench, folder, records, accounts):
        self._bench, self._folder, self._records, self._accounts = bench, folder / "usage", records, accounts
        self._folder.mkdir()
        self.days = 0

    @property
    def written(self):
        return self.days * self._records

    def keep_ahead_of(self, read):
        """Files that were read long ago go: what is measured needs no room for them."""
        while self.written - read < 2 * self._records:
            self.days += 1
            if self.days > MOST_DAYS:
                raise Failed(f"{MOST_DAYS} days were read before the time was over: give it a larger memory_accounts")
            path = self._folder / f"{self.days:05}.jsonl"
            with open(path.with_name(f".{path.name}"), "wb") as file:
                run([self._bench.programs.usage, self._records, self.days, self._accounts, 24, 20, self.days], stdout=file)
            path.with_name(f".{path.name}").rename(path)
            (self._folder / f"{self.days - 5:05}.jsonl").unlink(missing_ok=True)


def status(bench, folder):
    return run_json([bench.programs.tidewaiter, "status", "--json", "--config", folder / "tidewaiter.yaml"], cwd=folder)[0]


def resident_mb(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def follow(bench, folder, child, feed):
    """Minutes, and the MB that the daemon holds then, until the time is over; then until all is judged."""
    points, begin = [], time.monotonic()
    while True:
        if child.poll() is not None:
            raise Failed("tidewaiterd has ended; see daemon.log")
        now = status(bench, folder)
        minutes = (time.monotonic() - begin) / 60
        points.append((round(minutes, 3), round(resident_mb(child.pid), 1)))
        if minutes * 60 < bench.sizes.soak_seconds:
            feed.keep_ahead_of(now["logged"])
        elif all(one["records_read"] >= feed.written for one in now["coverage"]):
            return points
        elif minutes * 60 > bench.sizes.soak_seconds + DRAIN_S:
            raise Failed("what was written has not been read to its end; see daemon.log")
        time.sleep(LOOK_S)


def part(points, least, most):
    """The most that is held between two shares of the time."""
    end = points[-1][0]
    return max(held for minutes, held in points if least * end <= minutes <= most * end)


def soak(bench):
    """Half an hour of days that follow one another, each account active on each."""
    return measured(bench)[0]


def curve(bench):
    return measured(bench)[1]


def measured(bench):
    """Both, of one run."""
    if not hasattr(bench, "soaked"):
        bench.soaked = run_soak(bench)
    return bench.soaked


def run_soak(bench):
    accounts = max(bench.sizes.memory_accounts // 2, 10)
    folder = bench.new_folder("soak")
    folder.mkdir()
    (folder / "tidewaiter.yaml").write_text(CONFIGURATION.format(policies=pack_of(bench, 1)))
    run_json([bench.programs.tidewaiter, "init", "--config", folder / "tidewaiter.yaml", "--json"], cwd=folder)
    feed = Feed(bench, folder, 10 * accounts, accounts)
    feed.keep_ahead_of(0)
    with ready_daemon(bench, folder) as child:
        points = follow(bench, folder, child, feed)
    read = {one["policy"]: one["records_read"] for one in status(bench, folder)["coverage"]}
    verify(bench, folder)
    asked = bench.sizes.soak_seconds
    time_of = f"{asked // 60} minutes" if asked >= 60 else f"{asked} seconds"
    row = Row(f"soak of {time_of} at full rate", "own memory in its second fifth", "× the memory", Bar(1.05, 1.01, at_least=False))
    row.value = part(points, 0.8, 1) / part(points, 0.2, 0.4)
    row.equal = len(read) == 2 and set(read.values()) == {feed.written}
    row.compared = "records that each policy has read, beside those that were written; the ledger verifies"
    row.facts = {"records": feed.written, "days": feed.days, "records_per_s": round(feed.written / (points[-1][0] * 60)), "mb": points[-1][1]}
    row.note = "the bar says no growth: 1.01 and 1.05 are how that is read here"
    held = Curve("soak", "A daemon at full rate", "minutes", "MB that the process holds")
    held.points = points[:: max(1, len(points) // 60)]
    return [row], [held]
