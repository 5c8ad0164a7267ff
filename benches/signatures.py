"""Verifies one bundle by each client in turn and prints medians. See signatures.sh."""

import os
import pathlib
import statistics
import subprocess
import sys
import time

FOLDER = pathlib.Path(os.environ["FOLDER"])
ROUNDS = int(os.environ.get("ROUNDS", "11"))
COUNT = os.environ.get("COUNT", "10000")

PYTHON = """
import sys, pathlib
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy
bundle, artifact, root = sys.argv[1:]
verifier = Verifier(trusted_root=TrustedRoot.from_file(root))
verifier.verify_artifact(
    pathlib.Path(artifact).read_bytes(),
    Bundle.from_json(pathlib.Path(bundle).read_bytes()),
    policy.UnsafeNoOp(),
)
"""

NODE = """
const fs = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { TrustedRoot } = require('@sigstore/protobuf-specs');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');
const [bundle, artifact, root] = process.argv.slice(2);
const json = (path) => JSON.parse(fs.readFileSync(path, 'utf8'));
const material = toTrustMaterial(TrustedRoot.fromJSON(json(root)));
const entity = toSignedEntity(bundleFromJSON(json(bundle)), fs.readFileSync(artifact));
new Verifier(material).verify(entity);
"""


def clients(bundle, artifact, root):
    """Every client that is there, as a name and a command."""
    anybody = ["--certificate-identity-regexp", ".*", "--certificate-oidc-issuer-regexp", ".*"]
    yield "mekiki", [
        os.environ["MEKIKI"], "signature", "verify", "--bundle", bundle, "--trusted-root", root, *anybody, artifact,
    ]
    if (FOLDER / "python/.installed").exists():
        script = FOLDER / "verify.py"
        script.write_text(PYTHON)
        yield "sigstore (Python)", [str(FOLDER / "python/bin/python"), str(script), bundle, artifact, root]
    if (FOLDER / "node/.installed").exists():
        script = FOLDER / "node/verify.js"
        script.write_text(NODE)
        yield "@sigstore/verify (Node.js)", ["node", str(script), bundle, artifact, root]


def main():
    paths = [os.path.abspath(path) for path in sys.argv[1:]]
    commands = dict(clients(*paths))
    for name, command in list(commands.items()):
        tried = subprocess.run(command, capture_output=True, text=True)
        if tried.returncode != 0:
            print(f"LEFT OUT: {name} does not verify the bundle: {tried.stderr[-400:]}", file=sys.stderr)
            del commands[name]
    times = {name: [] for name in commands}
    for _ in range(ROUNDS):
        # In turn, so that a busy machine slows all of them.
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times[name].append(time.perf_counter() - start)
    own = statistics.median(times["mekiki"])
    print(f"One bundle, a process of its own each time, medians of {ROUNDS} rounds\n")
    print("| client | ms | of mekiki |\n| --- | ---: | ---: |")
    for name, all_times in times.items():
        median = statistics.median(all_times)
        print(f"| {name} | {median * 1000:.1f} | {median / own:.1f} |")
    many = subprocess.run(
        [os.environ["VERIFY_BUNDLES"], *paths, COUNT], check=True, capture_output=True, text=True
    )
    print(f"\nIn one process on all cores: {many.stdout.strip()}")


main()
