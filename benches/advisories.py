"""How long it takes to match components against advisories, and to judge again what a change touches.

Started by `advisories.sh`, which sets MEKIKI, NAIVE and FOLDER. What is compared runs in turn in every round; the
tables show medians. «Cold» means that the files' pages were dropped from the page cache before each run.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from advisories_data import SHAPES, version_lines, write_advisories, write_corpus_sbom, write_sbom
from measure import Run, Series, measure, table

MEKIKI = os.environ["MEKIKI"]
NAIVE = os.environ["NAIVE"]
FOLDER = Path(os.environ["FOLDER"])
CORPUS = Path(os.environ["CORPUS"]) if os.environ.get("CORPUS") else None
CARGO_AUDIT = os.environ.get("CARGO_AUDIT")
ADVISORIES = int(os.environ.get("ADVISORIES", "300000"))
SBOMS = int(os.environ.get("SBOMS", "1000"))
ROUNDS = int(os.environ.get("ROUNDS", "11"))
# Packages that the generated advisories name.
PACKAGES = ADVISORIES * 4 // 5
DAY = "2026-11-26"
RECORDS = ["go.tar.zst", "pypi.tar.zst", "r.tar.zst", "rubysec.tar.zst", "rustsec.tar.zst", "records"]


def run(*arguments: str | Path) -> dict:
    """Runs mekiki and gives its JSON."""
    command = [MEKIKI, *map(str, arguments), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        sys.exit(f"{command}: {done.stderr}")
    return json.loads(done.stdout)


def drop(*paths: Path) -> None:
    """Drops the pages of files from the page cache; other processes keep theirs."""
    for path in paths:
        for file in [path] if path.is_file() else [one for one in path.rglob("*") if one.is_file()]:
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def in_turn(jobs: dict[str, list[str]], rounds: int = ROUNDS, cold: tuple[Path, ...] = ()) -> dict[str, Series]:
    series = {name: Series() for name in jobs}
    for _ in range(rounds):
        for name, command in jobs.items():
            drop(*cold)
            series[name].runs.append(measure(command))
    return series


def paired(one: Series, other: Series) -> float:
    """The median of the differences of a round, in milliseconds."""
    return statistics.median(a.seconds - b.seconds for a, b in zip(one.runs, other.runs, strict=True)) * 1000


def imported(name: str, *paths: Path) -> tuple[Path, Run]:
    folder = FOLDER / f"feed-{name}"
    took = measure([MEKIKI, "feed", "import", *map(str, paths), "--into", str(folder), "--retrieved", "2026-11-25"])
    if took.fault:
        sys.exit(f"import of {name}: {took.fault}")
    return folder, took


def snapshot(feed: Path) -> Path:
    return feed / "snapshots" / (feed / "current").read_text().strip()


def generated() -> Path:
    path = FOLDER / "advisories.zip"
    if not path.exists():
        write_advisories(path, range(ADVISORIES), PACKAGES)
    return path


def feeds() -> list[tuple[str, Path, Run, Path]]:
    found = []
    if CORPUS:
        sbom = FOLDER / "corpus-10000.cdx.json"
        write_corpus_sbom(sbom, CORPUS, 10_000)
        feed, took = imported("corpus", *(CORPUS / "osv" / one for one in RECORDS), *sorted((CORPUS / "kev").glob("*.json*")))
        found.append(("corpus", feed, took, sbom))
    sbom = FOLDER / "generated-10000.cdx.json"
    write_sbom(sbom, "ten thousand", 10_000, PACKAGES)
    feed, took = imported("generated", generated())
    found.append(("generated", feed, took, sbom))
    return found


def scan(found: list[tuple[str, Path, Run, Path]]) -> None:
    rows, opening = [], []
    for name, feed, took, sbom in found:
        shown = run("scan", sbom, "--feed", feed, "--as-of", DAY)
        advisories = shown["feed"]["advisories"]
        lies = snapshot(feed)
        sizes = [(lies / one).stat().st_size / 1e6 for one in ("index.bin", "records.bin")]
        inspect = [MEKIKI, "sbom", "inspect", str(sbom)]
        judge = [MEKIKI, "scan", str(sbom), "--feed", str(feed), "--as-of", DAY]
        for kind, cold in [("warm", ()), ("cold", (lies, sbom))]:
            took_in_turn = in_turn({"inspect": inspect, "scan": judge, "json": [*judge, "--format", "json"]}, cold=cold)
            one, other, long = took_in_turn["inspect"], took_in_turn["scan"], took_in_turn["json"]
            rows.append(
                [
                    f"{name}, {kind}",
                    f"{advisories:,}",
                    f"{len({json.dumps(one['component']) for one in shown['findings']}):,}",
                    f"{len(shown['findings']):,}",
                    f"{one.seconds() * 1000:.0f}",
                    f"{other.seconds() * 1000:.0f}",
                    f"{paired(other, one):+.0f}",
                    f"{paired(long, one):+.0f}",
                    f"{(min(a.seconds for a in other.runs) - min(a.seconds for a in one.runs)) * 1000:+.0f}",
                    f"{(other.processor() - one.processor()) * 1000:+.0f}",
                    f"{one.megabytes():.0f}",
                    f"{other.megabytes():.0f}",
                ]
            )
        # Nothing is asked, so the process starts, opens the index and ends.
        empty = FOLDER / "empty.txt"
        empty.write_text("")
        one_line = FOLDER / "one.txt"
        one_line.write_text("GHSA-00000001\tnpm\tno-such-package\t1.0.0\n")
        shell = ["sh", "-c", '"$0" "$@" < "$INPUT"']
        jobs = {}
        for job, command, text in [
            ("start", [MEKIKI, "version", "compare", "--stdin"], empty),
            ("open", [MEKIKI, "advisory", "affects", "--feed", str(feed), "--stdin"], empty),
            ("ask", [MEKIKI, "advisory", "affects", "--feed", str(feed), "--stdin"], one_line),
        ]:
            jobs[job] = ["env", f"INPUT={text}", *shell, *command]
        for kind, cold in [("warm", ()), ("cold", (lies,))]:
            times = in_turn(jobs, rounds=ROUNDS * 2 + 1, cold=cold)
            opening.append(
                [
                    f"{name}, {kind}",
                    f"{advisories:,}",
                    f"{times['start'].seconds() * 1000:.1f}",
                    f"{paired(times['open'], times['start']):+.1f}",
                    f"{paired(times['ask'], times['start']):+.1f}",
                    f"{took.seconds:.1f}",
                    f"{took.processor:.1f}",
                    f"{took.kilobytes / 1024:.0f}",
                    f"{sizes[0]:.1f}",
                    f"{sizes[1]:.1f}",
                ]
            )
    head = ["advisories", "number", "components touched", "findings", "inspect (ms)", "scan (ms)", "scan − inspect (ms)", "the same, JSON (ms)", "fastest rounds (ms)", "processor (ms)", "inspect (MB)", "scan (MB)"]
    print(f"### A fresh process, 10,000 components\n\nMedians of {ROUNDS} paired rounds.\n\n{table(head, rows)}\n", flush=True)
    head = ["advisories", "number", "start-up (ms)", "open (ms)", "open and ask once (ms)", "import (s)", "processor (s)", "import (MB)", "index (MB)", "records (MB)"]
    print(f"### Opening and importing\n\nMedians of {ROUNDS * 2 + 1} paired rounds; one import.\n\n{table(head, opening)}\n", flush=True)


def peers(found: list[tuple[str, Path, Run, Path]]) -> None:
    rows = []
    _, feed, _, sbom = found[-1]
    lies = snapshot(feed)
    for kind, cold in [("warm", ()), ("cold", (lies, sbom, generated()))]:
        jobs = {
            "mekiki": [MEKIKI, "scan", str(sbom), "--feed", str(feed), "--as-of", DAY],
            "naive": [NAIVE, str(generated()), str(sbom)],
        }
        times = in_turn(jobs, rounds=max(3, ROUNDS // 3), cold=cold)
        ours, theirs = times["mekiki"], times["naive"]
        rows.append(
            [
                f"read every record, {kind}",
                f"{ADVISORIES:,}",
                "10,000",
                f"{ours.seconds() * 1000:.0f}",
                f"{theirs.seconds() * 1000:.0f}",
                f"{theirs.seconds() / ours.seconds():.0f}×",
                f"{ours.megabytes():.0f}",
                f"{theirs.megabytes():.0f}",
            ]
        )
    if CARGO_AUDIT and CORPUS:
        rows.append(cargo_audit())
    head = ["beside", "advisories", "components", "mekiki (ms)", "other (ms)", "ratio", "mekiki (MB)", "other (MB)"]
    print(f"### Other ways to the same answer\n\nMedians of {max(3, ROUNDS // 3)} rounds in turn.\n\n{table(head, rows)}\n", flush=True)


def cargo_audit() -> list[str]:
    """The product's own lock file against the RustSec records of the corpus, offline on both sides."""
    database = FOLDER / "advisory-db"
    if not database.exists():
        database.mkdir()
        archive = CORPUS / "osv/rustsec.tar.zst"
        subprocess.run(f"zstd -dc '{archive}' | tar -x -C '{database}'", shell=True, check=True)
    roots = [database, *[one for one in database.iterdir() if one.is_dir()]]
    root = next(one for one in roots if (one / "crates").is_dir())
    feed, _ = imported("rustsec", CORPUS / "osv/rustsec.tar.zst")
    lock = Path(__file__).parent.parent / "Cargo.lock"
    jobs = {
        "mekiki": [MEKIKI, "scan", str(lock), "--feed", str(feed), "--as-of", DAY, "--max-age", "100000"],
        "audit": [CARGO_AUDIT, "audit", "--no-fetch", "--stale", "--db", str(root), "--file", str(lock)],
    }
    times = in_turn(jobs)
    ours, theirs = times["mekiki"], times["audit"]
    shown = run("scan", lock, "--feed", feed, "--as-of", DAY)
    return [
        "cargo audit, warm",
        f"{shown['feed']['advisories']:,}",
        f"{shown['components']:,}",
        f"{ours.seconds() * 1000:.0f}",
        theirs.fault() or f"{theirs.seconds() * 1000:.0f}",
        f"{theirs.seconds() / ours.seconds():.1f}×",
        f"{ours.megabytes():.0f}",
        f"{theirs.megabytes():.0f}",
    ]


def rescan() -> None:
    folder = FOLDER / "systems"
    if not folder.exists():
        folder.mkdir()
        for number in range(SBOMS):
            write_sbom(folder / f"system-{number:05}.cdx.json", f"system {number}", 1000, PACKAGES)
    inventory = FOLDER / "inventory"
    took = measure([MEKIKI, "inventory", "add", str(folder), "--into", str(inventory)])
    listed = run("inventory", "list", inventory)
    lies = next((inventory / "segments").iterdir())
    held = json.loads((lies / "manifest.json").read_text())
    size = sum(one.stat().st_size for one in inventory.rglob("*") if one.is_file()) / 1e6
    whole = sum(one.stat().st_size for one in folder.iterdir()) / 1e6
    again = measure([MEKIKI, "inventory", "add", str(first_changed(folder)), "--into", str(inventory)])
    print(
        f"### Judging again\n\n{len(listed['sboms']):,} SBOMs of 1,000 components ({whole:.0f} MB) make an inventory of {size:.0f} MB with "
        f"{held['items']:,} distinct components in {took.seconds:.1f} s ({took.kilobytes / 1024:.0f} MB); one more SBOM takes {again.seconds * 1000:.0f} ms.\n",
        flush=True,
    )
    feed = FOLDER / "feed-generated"
    if not feed.exists():
        imported("generated", generated())
    base = (feed / "current").read_text().strip()
    rows = []
    # The whole, once: as it would be done without an inventory.
    full = measure([MEKIKI, "scan", *map(str, sorted(folder.iterdir())), "--feed", str(feed), "--as-of", DAY])
    for changed in (10, 100, 1000, 10_000):
        if changed > ADVISORIES:
            continue
        batch = FOLDER / f"changed-{changed}.zip"
        step = ADVISORIES // changed
        write_advisories(batch, (number * step for number in range(changed)), PACKAGES, changed=True)
        subprocess.run([MEKIKI, "feed", "use", base, str(feed)], check=True, capture_output=True)
        imported("generated", batch)
        job = [MEKIKI, "inventory", "rescan", str(inventory), "--feed", str(feed), "--from", base, "--as-of", DAY]
        shown = run(*job[1:])
        times = in_turn({"warm": job}, rounds=ROUNDS)
        cold = in_turn({"cold": job}, rounds=max(3, ROUNDS // 3), cold=(inventory, snapshot(feed), feed / "snapshots" / base))
        places = sum(len(one["occurrences"]) for one in shown["findings"])
        rows.append(
            [
                f"{changed:,}",
                f"{shown['packages']:,}",
                f"{shown['judged']:,}",
                f"{len(shown['findings']):,}",
                f"{places:,}",
                f"{times['warm'].seconds() * 1000:.0f}",
                f"{cold['cold'].seconds() * 1000:.0f}",
                f"{times['warm'].megabytes():.0f}",
                f"{full.seconds / times['warm'].seconds():.0f}×",
            ]
        )
        (feed / "snapshots" / base).exists() or sys.exit("the base snapshot is gone")
    subprocess.run([MEKIKI, "feed", "use", base, str(feed)], check=True, capture_output=True)
    head = ["changed advisories", "packages", "components judged", "findings changed", "places", "rescan (ms)", "cold (ms)", "(MB)", "full scan, ratio"]
    print(f"A full scan of all SBOMs takes {full.seconds:.1f} s ({full.kilobytes / 1024:.0f} MB). Medians of {ROUNDS} rounds, cold of {max(3, ROUNDS // 3)}.\n\n{table(head, rows)}\n", flush=True)


def first_changed(folder: Path) -> Path:
    """A folder with one SBOM more, which is not among the others."""
    other = folder.parent / "one-more"
    other.mkdir(exist_ok=True)
    write_sbom(other / "one-more.cdx.json", f"one more {time.time()}", 1000, PACKAGES)
    return other


def versions() -> None:
    count = 200_000
    rows = []
    empty = FOLDER / "empty.txt"
    empty.write_text("")
    for ecosystem in SHAPES:
        lines = FOLDER / "versions.txt"
        lines.write_text(version_lines(ecosystem, count))
        shell = ["sh", "-c", '"$0" version compare --stdin < "$1"', MEKIKI]
        times = in_turn({"start": [*shell, str(empty)], "all": [*shell, str(lines)]}, rounds=max(3, ROUNDS // 3))
        seconds = paired(times["all"], times["start"]) / 1000
        rows.append([ecosystem, f"{count / seconds / 1e6:.2f}", f"{seconds / count * 1e9:.0f}"])
    head = ["ecosystem", "million comparisons a second", "ns each"]
    print(f"### `version compare --stdin`\n\n{count:,} lines of two versions each, without start-up; reading and writing included.\n\n{table(head, rows)}\n", flush=True)


def main() -> None:
    jobs = sys.argv[1:] or ["scan", "peers", "rescan", "versions"]
    found = feeds() if {"scan", "peers"} & set(jobs) else []
    if "scan" in jobs:
        scan(found)
    if "peers" in jobs:
        peers(found)
    if "rescan" in jobs:
        rescan()
    if "versions" in jobs:
        versions()


if __name__ == "__main__":
    main()
