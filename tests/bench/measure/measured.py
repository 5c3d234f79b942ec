"""What a row of the table comes to: pairs of both sides, whether their answers are equal, a verdict."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Bar:
    """What is to be reached. `at_least`: a greater value is better."""

    floor: float
    goal: float
    at_least: bool = True

    def verdict(self, value):
        reached = (lambda bar: value >= bar) if self.at_least else (lambda bar: value <= bar)
        return "goal met" if reached(self.goal) else "floor met" if reached(self.floor) else "missed"


@dataclass
class Row:
    """One row. `value` is in the bar's own terms; `wall` is the same of wall time, where it says more."""

    name: str
    against: str
    unit: str  # of the value: "×", "records/s", …
    bar: Bar | None = None
    value: float | None = None
    wall: float | None = None
    spread: tuple | None = None  # least and greatest of the pairs
    equal: bool | None = None  # None: there is nothing to compare
    compared: str = ""  # what was compared
    ours_cpu_s: float | None = None
    theirs_cpu_s: float | None = None
    note: str = ""
    absent: str = ""  # why it is not measured
    facts: dict = field(default_factory=dict)

    @property
    def verdict(self):
        if self.absent:
            return "not measured"
        if self.equal is False:
            return "answers differ"
        return self.bar.verdict(self.value) if self.bar else ""

    def take_pairs(self, pairs, better_is_less=True):
        """From (ours, theirs), each Spent: how many times theirs ours is, or ours theirs."""
        turned = (lambda a, b: b / a) if better_is_less else (lambda a, b: a / b)
        cpu = [turned(ours.cpu_s, theirs.cpu_s) for ours, theirs in pairs]
        self.value = statistics.median(cpu)
        self.wall = statistics.median(turned(ours.wall_s, theirs.wall_s) for ours, theirs in pairs)
        self.spread = (min(cpu), max(cpu))
        self.ours_cpu_s = statistics.median(ours.cpu_s for ours, _ in pairs)
        self.theirs_cpu_s = statistics.median(theirs.cpu_s for _, theirs in pairs)

    def document(self):
        """As JSON."""
        return {
            "name": self.name, "against": self.against, "unit": self.unit, "value": self.value, "wall": self.wall, "spread": self.spread,
            "floor": self.bar and self.bar.floor, "goal": self.bar and self.bar.goal, "at_least": self.bar and self.bar.at_least,
            "equal": self.equal, "compared": self.compared, "verdict": self.verdict, "ours_cpu_s": self.ours_cpu_s,
            "theirs_cpu_s": self.theirs_cpu_s, "note": self.note, "absent": self.absent, "facts": self.facts,
        }  # fmt: skip


def interleaved(times, ours, theirs):
    """Pairs of what both sides took, now the one first and now the other."""
    pairs = []
    for turn in range(times):
        if turn % 2 == 0:
            mine = ours()
            pairs.append((mine, theirs()))
        else:
            other = theirs()
            pairs.append((ours(), other))
    return pairs
