"""Programs as children, with the processor time that they took."""

import json
import os
import subprocess
import tempfile
import time
from dataclasses import dataclass


class Failed(Exception):
    """A program that did not do what it was asked, in words."""


class Absent(Exception):
    """Something that a row needs and that is not there: the row is not measured."""


@dataclass
class Spent:
    """What one side took: user and system time of all its threads, and wall time, in seconds."""

    cpu_s: float
    wall_s: float

    def __add__(self, other):
        return Spent(self.cpu_s + other.cpu_s, self.wall_s + other.wall_s)


def run(command, *, cwd=None, stdout=None, allowed=(0,)):
    """Runs a program to its end. Gives its output (unless it goes to `stdout`), and what it took."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        child = subprocess.Popen([str(word) for word in command], cwd=cwd, stdout=stdout or out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in allowed:
            err.seek(0)
            words = _errors_of(err.read().decode(errors="replace"))
            raise Failed(f"`{os.path.basename(str(command[0]))}` ended with {child.returncode}: {words}")
        out.seek(0)
        return out.read(), Spent(usage.ru_utime + usage.ru_stime, wall)


def _errors_of(words):
    """What a program said, its errors first if it names any."""
    lines = words.strip().splitlines()
    errors = [line for line in lines if "error" in line.lower()]
    return "\n".join(errors[:5] or lines[-5:])


def run_json(command, **how):
    output, spent = run(command, **how)
    return json.loads(output), spent


_TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds(pid):
    """User and system time of a process that is still there, in ticks of the clock."""
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def seconds_so_far(pid):
    """The same of the threads that are there now, to the nanosecond rather than to the tick."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def stop(child):
    """Ends a child of ours, and waits for it."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(timeout=20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
