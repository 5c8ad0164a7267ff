"""Runs a command and measures it: seconds by the clock, seconds of the processors, peak resident memory.

Memory is what GNU time reports where it is installed, else what the kernel counts for the child, which
includes the few megabytes of the Python that started it.
"""

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

GNU_TIME = shutil.which("time")

# What a program prints when it broke down, which an exit code of 1 does not tell from a finding.
BREAKDOWNS = ("Traceback (most recent call last)", "MemoryError", "heap out of memory", "Error: Cannot find")


@dataclass
class Run:
    """One run of a command; `fault` says why it gave no result."""

    seconds: float
    processor: float
    kilobytes: int
    fault: str = ""


@dataclass
class Series:
    """The runs of one command."""

    runs: list[Run] = field(default_factory=list)

    def fault(self) -> str:
        return next((run.fault for run in self.runs if run.fault), "")

    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    def processor(self) -> float:
        return statistics.median(run.processor for run in self.runs)

    def megabytes(self) -> float:
        return statistics.median(run.kilobytes for run in self.runs) / 1024


def measure(command: list[str], limit: float = 600.0) -> Run:
    """Runs a command to its end or to the limit in seconds."""
    with tempfile.NamedTemporaryFile() as memory, tempfile.TemporaryFile() as output:
        if GNU_TIME:
            command = [GNU_TIME, "-q", "-f", "%M", "-o", memory.name, *command]
        start = time.perf_counter()
        # A session of its own, so that the limit ends what the command itself started too.
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        watch = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        watch.cancel()
        fault = f"stopped after {limit:.0f} s" if seconds > limit else ""
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode("utf-8", "replace")
        kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss // 1024
        if GNU_TIME and not fault:
            kilobytes = int(memory.read().split()[-1])
    if not fault and (process.returncode < 0 or any(one in printed for one in BREAKDOWNS)):
        fault = "broke down: " + (printed.strip().splitlines() or ["no message"])[-1][:80]
    return Run(seconds, usage.ru_utime + usage.ru_stime, kilobytes, fault)


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
