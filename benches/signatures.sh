#!/bin/sh
# Measures the verification of one Sigstore bundle against other clients: prints Markdown tables.
#
# benches/signatures.sh BUNDLE ARTIFACT TRUSTED_ROOT
#
# ROUNDS          rounds of the cold runs (11)
# COUNT           how often the bundle is verified in one process, on all cores (10000)
# VERIFY_BUNDLES  the example of that name; built in release mode where it is not given
#
# Needs Python with venv, Node.js with npm, and their registries. Both clients are installed below FOLDER and
# nowhere else, and verify offline under the trusted root that is given; one that cannot be installed is named and
# left out. For people, not for automated checks.

. "$(dirname "$0")/prepare.sh"

if [ $# -ne 3 ]; then
    echo "give BUNDLE ARTIFACT TRUSTED_ROOT" >&2
    exit 2
fi
if [ -z "${VERIFY_BUNDLES:-}" ]; then
    cargo build --release --quiet --example verify_bundles --manifest-path "$here/../Cargo.toml" >&2
    VERIFY_BUNDLES=${CARGO_TARGET_DIR:-$here/../target}/release/examples/verify_bundles
fi
export VERIFY_BUNDLES

if [ ! -e "$FOLDER/python/.installed" ]; then
    if python3 -m venv "$FOLDER/python" && "$FOLDER/python/bin/pip" install --quiet --disable-pip-version-check sigstore >&2; then
        touch "$FOLDER/python/.installed"
    else
        echo "NOT INSTALLED: sigstore (Python); it is left out" >&2
    fi
fi
if [ ! -e "$FOLDER/node/.installed" ]; then
    mkdir -p "$FOLDER/node"
    if npm install --silent --no-fund --no-audit --prefix "$FOLDER/node" \
        @sigstore/verify @sigstore/bundle @sigstore/protobuf-specs >&2; then
        touch "$FOLDER/node/.installed"
    else
        echo "NOT INSTALLED: @sigstore/verify (Node.js); it is left out" >&2
    fi
fi
python3 "$here/signatures.py" "$@"
