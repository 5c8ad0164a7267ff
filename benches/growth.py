"""How the seconds and the peak memory of reading, judging and comparing grow with a document.

Started by `growth.sh`, which sets MEKIKI (the program) and FOLDER (where the documents are written).
"""

import os
import sys
from pathlib import Path

from documents import write
from measure import Series, measure, table

MEKIKI = os.environ["MEKIKI"]
FOLDER = Path(os.environ["FOLDER"])
ROUNDS = int(os.environ.get("ROUNDS", "3"))
COUNTS = [int(count) for count in sys.argv[1:]] or [10_000, 30_000, 100_000, 300_000]

# Format of the generator, and the most components that are measured in it.
FORMATS = [("cyclonedx-json", 300_000), ("spdx-json", 300_000), ("cyclonedx-xml", 100_000)]


def series(*arguments: str) -> Series:
    return Series([measure([MEKIKI, "sbom", *arguments]) for _ in range(ROUNDS)])


def cells(one: Series, count: int) -> list[str]:
    if one.fault():
        return [one.fault(), "", ""]
    # The time of the processors grows evenly on a busy machine too.
    each = one.processor() / count * 1e6
    return [f"{one.seconds():.2f}", f"{one.megabytes():.0f}", f"{each:.1f}"]


def main() -> None:
    print(f"Medians of {ROUNDS} rounds; seconds by the clock, peak resident MB, processor microseconds a component.\n")
    head = ["components", "file (MB)"]
    for job in ("inspect", "check", "diff"):
        head += [f"{job} (s)", "(MB)", "(µs each)"]
    for name, most in FORMATS:
        rows = []
        for count in (count for count in COUNTS if count <= most):
            document, changed = write(FOLDER, name, count)
            jobs = [
                series("inspect", str(document)),
                series("check", "--profile", "ntia-2021", str(document)),
                series("diff", str(document), str(changed)),
            ]
            size = document.stat().st_size / 1e6
            rows.append([f"{count:,}", f"{size:.0f}"] + [cell for job in jobs for cell in cells(job, count)])
            document.unlink()
            changed.unlink()
        print(f"### {name}\n\n{table(head, rows)}\n", flush=True)


if __name__ == "__main__":
    main()
