# Sourced by the scripts beside it: finds or builds the program and the generator of documents.
#
# MEKIKI  the program to measure; built in release mode where it is not given
# FOLDER  where everything is put; a temporary one, removed at the end, where it is not given

set -eu
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "${FOLDER:-}" ]; then
    FOLDER=$(mktemp -d)
    trap 'rm -rf "$FOLDER"' EXIT
fi
mkdir -p "$FOLDER"
FOLDER=$(cd "$FOLDER" && pwd)

if [ -z "${MEKIKI:-}" ]; then
    cargo build --release --manifest-path "$here/../Cargo.toml" >&2
    MEKIKI=${CARGO_TARGET_DIR:-$here/../target}/release/mekiki
fi
# The generator needs nothing but the standard library, so the dependencies of the tests are not built.
rustc --edition 2024 -O -o "$FOLDER/generate_sbom" "$here/../examples/generate_sbom.rs" >&2

export MEKIKI FOLDER
export PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1
