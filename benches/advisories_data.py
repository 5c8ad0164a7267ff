"""Advisories and SBOMs of any number, the same for the same number.

The packages of the advisories are spread as in the databases: most have one advisory, few have many. About
every fifth component of an SBOM has a package that some advisory names.
"""

import json
import random
import re
import subprocess
import tarfile
import zipfile
from pathlib import Path

ECOSYSTEMS = [("npm", "npm", 70), ("crates.io", "cargo", 15), ("Go", "golang", 15)]
WORDS = "able arc base bit bolt byte core data edge flux form gate grid hash icon jolt kern link lens mesh node path pipe rail ring root safe scan seed sort span tree type unit vault view wave wire yarn zone".split()
# Components in ten thousand that have a package with an advisory.
NAMED = 1900

SBOM_HEAD = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"timestamp": "2026-11-20T09:00:00Z", "component": {"type": "application", "bom-ref": "root", "name": "the-product", "version": "4.2.0"}},
}


def package(number: int) -> tuple[str, str, str]:
    """Ecosystem, type of the package URL and name of the package of a number."""
    chance = random.Random(number)
    ecosystem, kind, _ = chance.choices(ECOSYSTEMS, [one[2] for one in ECOSYSTEMS])[0]
    name = f"{chance.choice(WORDS)}-{chance.choice(WORDS)}-{number:x}"
    return ecosystem, kind, f"example.com/{chance.choice(WORDS)}/{name}" if ecosystem == "Go" else name


def advisory(number: int, packages: int, changed: bool = False) -> dict:
    chance = random.Random(f"advisory {number}")
    # The square makes few packages have many.
    ecosystem, _, name = package(int(packages * chance.random() ** 1.15))
    low = chance.randrange(3)
    fixed = f"{low + 1 + chance.randrange(3)}.{chance.randrange(20)}.{chance.randrange(10)}"
    vector = f"CVSS:3.1/AV:{chance.choice('NLA')}/AC:{chance.choice('LH')}/PR:{chance.choice('NLH')}/UI:{chance.choice('NR')}/S:U/C:{chance.choice('LHN')}/I:{chance.choice('LH')}/A:{chance.choice('LHN')}"
    if changed:
        vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"
    day = f"2026-{1 + chance.randrange(9):02}-{1 + chance.randrange(28):02}"
    return {
        "schema_version": "1.7.0",
        "id": f"GHSA-{number:08x}",
        "modified": "2026-11-26T06:00:00Z" if changed else f"{day}T10:00:00Z",
        "published": f"{day}T09:00:00Z",
        "aliases": [f"CVE-2026-{100000 + number}"],
        "summary": f"Improper handling of {chance.choice(WORDS)} in {name} allows an attacker to {chance.choice(WORDS)} the {chance.choice(WORDS)}",
        "details": f"In versions of {name} before {fixed} the {chance.choice(WORDS)} is not checked. " * 4,
        "severity": [{"type": "CVSS_V3", "score": vector}],
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": name},
                "ranges": [{"type": "SEMVER", "events": [{"introduced": "0" if low == 0 else f"{low}.0.0"}, {"fixed": fixed}]}],
                "database_specific": {"source": f"https://advisories.example/{number}.json"},
            }
        ],
        "references": [{"type": "WEB", "url": f"https://advisories.example/{number}"}, {"type": "PACKAGE", "url": f"https://code.example/{name}"}],
    }


def write_advisories(path: Path, numbers, packages: int, changed: bool = False) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in numbers:
            record = advisory(number, packages, changed)
            archive.writestr(f"{record['id']}.json", json.dumps(record))


def component(purl: str, name: str, version: str) -> dict:
    return {
        "type": "library",
        "bom-ref": purl,
        "supplier": {"name": "Supplier of " + name},
        "name": name,
        "version": version,
        "description": f"Does what {name} does in a large product, in one sentence that is not too short.",
        "scope": "required",
        "hashes": [{"alg": "SHA-256", "content": f"{random.Random(purl).getrandbits(256):064x}"}],
        "licenses": [{"license": {"id": "MIT"}}],
        "purl": purl,
        "externalReferences": [{"type": "website", "url": f"https://{name.rsplit('/', 1)[-1]}.example"}],
    }


def generated_component(chance: random.Random, packages: int) -> dict:
    if chance.randrange(10_000) < NAMED:
        number = int(packages * chance.random() ** 3)
    else:
        # Behind the packages of the advisories; some are used everywhere.
        number = packages + int(100_000 * chance.random() ** 3)
    _, kind, name = package(number)
    version = f"{chance.randrange(4)}.{chance.choice([0, 2, 5])}.{chance.choice([0, 1])}"
    return component(f"pkg:{kind}/{name}@{'v' if kind == 'golang' else ''}{version}", name, version)


def write_sbom(path: Path, seed: str, count: int, packages: int) -> None:
    chance = random.Random(seed)
    unique = {}
    while len(unique) < count:
        one = generated_component(chance, packages)
        unique[one["bom-ref"]] = one
    path.write_text(json.dumps(SBOM_HEAD | {"components": list(unique.values())}))


def corpus_packages(archive: Path) -> list[tuple[str, str, str]]:
    """Package URL type, name and an affected version out of an archive of OSV records in JSON or YAML."""
    found = []
    with subprocess.Popen(["zstd", "-dc", archive], stdout=subprocess.PIPE) as unpacked, tarfile.open(fileobj=unpacked.stdout, mode="r|") as members:
        for member in members:
            file = members.extractfile(member)
            text = file.read().decode("utf-8", "replace") if file else ""
            if member.name.endswith(".json"):
                for affected in json.loads(text).get("affected", []):
                    events = [event for one in affected.get("ranges", []) for event in one["events"]]
                    version = next((event["introduced"] for event in events if event.get("introduced", "0") != "0"), "0.0.1")
                    found.append(("golang", affected["package"]["name"], "v" + version))
            elif member.name.endswith((".yaml", ".yml")):
                name = re.search(r"name: (\S+)\n\s+ecosystem: PyPI", text)
                version = re.search(r"\n\s+versions:\n\s+- ['\"]?([0-9][^'\"\s]*)", text)
                if name:
                    found.append(("pypi", name[1], version[1] if version else "0.0.1"))
    return found


def write_corpus_sbom(path: Path, corpus: Path, count: int) -> None:
    """An SBOM in which about every fifth component has a package of the corpus."""
    chance = random.Random("corpus")
    # Each package once: a product has no hundred versions of the package with the most advisories.
    packages = {}
    for kind, name, version in corpus_packages(corpus / "osv/go.tar.zst") + corpus_packages(corpus / "osv/pypi.tar.zst"):
        packages.setdefault((kind, name), []).append(version)
    known = [(kind, name, chance.choice(versions)) for (kind, name), versions in packages.items()]
    chance.shuffle(known)
    unique = {}
    while len(unique) < count:
        if chance.randrange(10_000) < NAMED:
            kind, name, version = known[len(unique) % len(known)]
            one = component(f"pkg:{kind}/{name}@{version}", name, version)
        else:
            kind = chance.choice(["golang", "pypi"])
            name = f"example.com/{chance.choice(WORDS)}/p{len(unique)}" if kind == "golang" else f"p-{chance.choice(WORDS)}-{len(unique)}"
            one = component(f"pkg:{kind}/{name}@1.2.3", name, "1.2.3")
        unique[one["bom-ref"]] = one
    path.write_text(json.dumps(SBOM_HEAD | {"components": list(unique.values())}))


# Versions in the shapes that the packages of an ecosystem have.
SHAPES = {
    "npm": "{a}.{b}.{c}{pre}",
    "crates.io": "{a}.{b}.{c}{pre}",
    "Go": "v{a}.{b}.{c}{pre}",
    "PyPI": "{a}.{b}.{c}{pep}",
    "Maven": "{a}.{b}.{c}{mvn}",
    "NuGet": "{a}.{b}.{c}.{d}{pre}",
    "RubyGems": "{a}.{b}.{c}{gem}",
    "Packagist": "v{a}.{b}.{c}{pre}",
    "Pub": "{a}.{b}.{c}{pre}+{d}",
    "Hex": "{a}.{b}.{c}{pre}",
    "CRAN": "{a}.{b}-{c}",
    "Hackage": "{a}.{b}.{c}.{d}",
    "Debian:12": "{d}:{a}.{b}.{c}-{d}+deb12u{c}",
    "Ubuntu:22.04": "{a}.{b}.{c}-{d}ubuntu0.22.04.{c}",
    "Alpine:v3.20": "{a}.{b}.{c}-r{d}",
    "Rocky Linux:9": "{d}:{a}.{b}.{c}-{d}.el9_{c}",
}
ENDS = {
    "pre": ["", "", "-alpha.1", "-beta.2", "-rc.1"],
    "pep": ["", "", "a1", "rc2", ".post1", ".dev3"],
    "mvn": ["", "", "-alpha-1", "-SNAPSHOT", ".Final"],
    "gem": ["", "", ".pre.1", ".rc2"],
}


def version_lines(ecosystem: str, count: int) -> str:
    chance = random.Random(ecosystem)

    def one() -> str:
        numbers = {"a": chance.randrange(4), "b": chance.randrange(12), "c": chance.randrange(10), "d": chance.randrange(4)}
        return SHAPES[ecosystem].format(**numbers, **{name: chance.choice(ends) for name, ends in ENDS.items()})

    return "".join(f"{ecosystem}\t{one()}\t{one()}\n" for _ in range(count))
