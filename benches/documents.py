"""The documents that are measured, of any size and the same for the same number."""

import re
import subprocess
from pathlib import Path

ENDINGS = {"cyclonedx-json": "cdx.json", "cyclonedx-xml": "cdx.xml", "spdx-json": "spdx.json"}

VERSION = re.compile(r'("version(?:Info)?": ?"|<version>)(\d+)\.')


def write(folder: Path, name: str, count: int) -> list[Path]:
    """Writes a document of a format of the generator, and a copy of it that is changed; tells their paths."""
    document = folder / f"{count}.{ENDINGS[name]}"
    changed = folder / f"{count}-changed.{ENDINGS[name]}"
    with document.open("wb") as out:
        subprocess.run([folder / "generate_sbom", name, str(count)], stdout=out, check=True)
    change(document, changed)
    return [document, changed]


def change(source: Path, target: Path) -> None:
    """Copies a document with the first number of every tenth version raised by 100."""
    seen = 0

    def raised(match: re.Match[str]) -> str:
        nonlocal seen
        seen += 1
        number = int(match[2]) + (100 if seen % 10 == 0 else 0)
        return f"{match[1]}{number}."

    with source.open(encoding="utf-8") as lines, target.open("w", encoding="utf-8") as out:
        for line in lines:
            out.write(VERSION.sub(raised, line))
