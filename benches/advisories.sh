#!/bin/sh
# Measures matching against advisories: prints Markdown tables.
#
# benches/advisories.sh [scan] [peers] [rescan] [versions]      all four where none is given
#
# CORPUS      a folder with osv/go.tar.zst, pypi.tar.zst and others, and with match/cargo-lock; what needs it is
#             left out where it is not given
# ADVISORIES  how many advisories are generated (300000)
# SBOMS       how many SBOMs of 1,000 components are judged again (1000); each takes about 0.6 MB in FOLDER
# ROUNDS      rounds of each measurement (11)
# CARGO_AUDIT the program cargo-audit; left out where it is not given
#
# Needs Python, and a Rust toolchain for the baseline in benches/naive. For people, not for automated checks: it
# takes a quarter of an hour.

. "$(dirname "$0")/prepare.sh"
NAIVE="$FOLDER/naive/release/naive"
cargo build --release --quiet --manifest-path "$here/naive/Cargo.toml" --target-dir "$FOLDER/naive" >&2
export NAIVE
python3 "$here/advisories.py" "$@"
