"""Other tools for SBOMs against the same job of mekiki, turn by turn in the same run.

Started by `../peers.sh`, which installs the tools and sets MEKIKI and FOLDER. To add a tool: a line that
installs it there, and an entry in `jobs` here.
"""

import os
import re
import sys
from dataclasses import dataclass, field
from importlib.metadata import distributions
from pathlib import Path

from documents import write
from measure import Series, measure, table

MEKIKI = os.environ["MEKIKI"]
FOLDER = Path(os.environ["FOLDER"])
HERE = Path(__file__).parent
TOOLS = FOLDER / "tools"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
LIMIT = float(os.environ.get("LIMIT", "120"))
COUNTS = [int(count) for count in sys.argv[1:]] or [1_000, 10_000]

# A tool whose first round takes longer than this in seconds runs once at that size.
LONG = 20.0


@dataclass
class Job:
    """What is asked of every tool: the commands, each without the files that are put behind it."""

    title: str
    format: str
    files: int
    mekiki: list[str]
    peers: dict[str, list[str]] = field(default_factory=dict)


def script(tool: str, name: str) -> str:
    return str(TOOLS / tool / "bin" / name)


def jobs() -> list[Job]:
    inspect = [MEKIKI, "sbom", "inspect"]
    check = [MEKIKI, "sbom", "check", "--profile", "ntia-2021"]
    python = [script("cyclonedx-python-lib", "python"), str(HERE / "cyclonedx_python.py")]
    node = ["node", str(HERE / "cyclonedx_npm.mjs"), str(TOOLS / "cyclonedx-library")]
    ossbomer = script("ossbomer", "ossbomer-schema")
    editor = script("cyclonedx-editor-validator", "cdx-ev")
    return [
        Job("validate CycloneDX 1.6 JSON (`sbom inspect`)", "cyclonedx-json", 1, inspect, {
            "cyclonedx-library": [*node, "json"],
            "cyclonedx-python-lib": [*python, "json"],
            "cyclonedx-editor-validator": [editor, "validate", "--no-filename-validation"],
            "ossbomer": [ossbomer],
        }),
        Job("validate CycloneDX 1.6 XML (`sbom inspect`)", "cyclonedx-xml", 1, inspect, {
            "cyclonedx-library": [*node, "xml"],
            "cyclonedx-python-lib": [*python, "xml"],
        }),
        Job("validate SPDX 2.3 JSON (`sbom inspect`)", "spdx-json", 1, inspect, {
            "spdx-tools": [script("spdx-tools", "pyspdxtools"), "--infile"],
            "ossbomer": [ossbomer],
        }),
        Job("NTIA minimum elements, SPDX 2.3 JSON (`sbom check`)", "spdx-json", 1, check, {
            "ntia-conformance-checker": [script("ntia-conformance-checker", "sbomcheck"), "--comply", "ntia"],
            "ossbomer": [script("ossbomer", "ossbomer-conformance"), "--profile", "ntia-min-elements", "--file"],
        }),
        Job("quality of CycloneDX 1.6 JSON (`sbom check`)", "cyclonedx-json", 1, check, {
            "sbomaudit": [script("sbomaudit", "sbomaudit"), "--offline", "--input-file"],
        }),
        Job("differences of two CycloneDX 1.6 JSON (`sbom diff`)", "cyclonedx-json", 2, [MEKIKI, "sbom", "diff"], {
            "sbomdiff": [script("sbomdiff", "sbomdiff")],
        }),
    ]


def in_turn(commands: dict[str, list[str]], files: list[Path]) -> dict[str, Series]:
    """Runs every command once a round, in turn."""
    measured = {name: Series() for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            runs = measured[name].runs
            if not runs or not (runs[0].fault or runs[0].seconds > LONG):
                runs.append(measure([*command, *map(str, files)], LIMIT))
    return measured


def judge(job: Job, given_up: dict[str, str]) -> list[list[str]]:
    """The rows of one job: each size with every tool that is installed and still takes part."""
    commands = {"mekiki": job.mekiki}
    commands |= {name: command for name, command in job.peers.items() if (TOOLS / name / ".installed").exists()}
    # A document of one component: what a tool needs before it begins.
    start = in_turn(commands, write(FOLDER, job.format, 1)[: job.files])
    rows = []
    for count in COUNTS:
        files = write(FOLDER, job.format, count)[: job.files]
        size = files[0].stat().st_size / 1e6
        left = {name: command for name, command in commands.items() if name not in given_up}
        measured = in_turn(left, files)
        own = measured["mekiki"].seconds()
        own_net = own - start["mekiki"].seconds()
        for name in commands:
            fault = given_up.get(name) or measured[name].fault()
            if fault:
                given_up[name] = fault
                rows.append([name, f"{size:.1f}", "–", "", fault, "", "", "", ""])
                continue
            one, begun = measured[name], start[name].seconds()
            net = max(one.seconds() - begun, 0.0)
            # Below some milliseconds the difference of two runs is noise.
            is_told = min(net, own_net) > 0.004
            ratios = [f"{one.seconds() / own:.1f}×", f"{net / own_net:.1f}×" if is_told else "–"]
            if name == "mekiki":
                ratios = ["", ""]
            times = [f"{begun:.3f}", f"{one.seconds():.3f}", f"{net:.3f}"]
            rows.append([name, f"{size:.1f}", str(len(one.runs)), *times, *ratios, f"{one.megabytes():.0f}"])
    return rows


def versions() -> None:
    for folder in sorted(TOOLS.iterdir()):
        if (folder / ".installed").exists():
            paths = [str(path) for path in folder.glob("lib/python*/site-packages")]
            found = [one.version for one in distributions(path=paths) if one.name.replace("_", "-") == folder.name]
            for manifest in folder.glob(f"node_modules/@cyclonedx/{folder.name}/package.json"):
                found += re.findall(r'"version": "(.+?)"', manifest.read_text())[:1]
            print(f"- {folder.name} {' '.join(found)}")
        else:
            print(f"- {folder.name}: could not be installed")


def main() -> None:
    print(f"Medians of {ROUNDS} rounds in turn; a tool that takes more than {LONG:.0f} s runs once.\n")
    versions()
    head = ["tool", "file (MB)", "rounds", "start-up (s)", "total (s)", "without start-up (s)"]
    head += ["total, ratio", "without start-up, ratio", "peak MB"]
    for job in jobs():
        print(f"\n### {job.title}\n\n{table(head, judge(job, {}))}", flush=True)


if __name__ == "__main__":
    main()
