"""Records that bench_usage writes, and what is made of them by hand."""

import calendar
import json
import time
from dataclasses import dataclass

from .children import run

HOUR_US = 3_600_000_000


@dataclass(frozen=True)
class Usage:
    """What bench_usage is asked for."""

    records: int
    accounts: int
    hours: int
    users: int = 20
    seed: int = 1


def write(usage, programs, folder):
    """The file of these records; made once."""
    path = folder / f"usage-{usage.records}-{usage.seed}-{usage.accounts}-{usage.hours}-{usage.users}.jsonl"
    if not path.exists():
        with open(path, "wb") as file:
            run(
                [programs.usage, usage.records, usage.seed, usage.accounts, usage.hours, usage.users],
                stdout=file,
            )
    return path


def read(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def time_us(text):
    """Microseconds since 1970 of `2026-01-01T00:00:00[.ffffff]Z`."""
    whole, _, fraction = text.removesuffix("Z").partition(".")
    seconds = calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S"))
    return seconds * 1_000_000 + int(fraction.ljust(6, "0") or 0)


def number_of_address(text):
    a, b, c, d = text.split(".")
    return (int(a) << 24) + (int(b) << 16) + (int(c) << 8) + int(d)
