#!/bin/sh
# Measures other tools for SBOMs against the same job of mekiki: prints Markdown tables.
#
# benches/peers.sh [COMPONENTS...]       1000 10000 where none are given, about 1 MB and 10 MB
#
# Needs Python with venv, Node.js with npm, and their registries. Every tool is installed in an
# environment of its own below FOLDER and nowhere else; one that cannot be installed is named and left
# out. ROUNDS (5) and LIMIT (120 seconds a run) can be set. For people, not for automated checks: it
# takes some minutes, most of them for tools that end at the limit.

. "$(dirname "$0")/prepare.sh"

pip_install() {
    folder="$FOLDER/tools/$1"
    [ -e "$folder/.installed" ] && return
    if python3 -m venv "$folder" && "$folder/bin/pip" install --quiet --disable-pip-version-check "$2" >&2; then
        touch "$folder/.installed"
    else
        echo "NOT INSTALLED: $2 (Python); it is left out" >&2
    fi
}

npm_install() {
    folder="$FOLDER/tools/$1"
    shift
    [ -e "$folder/.installed" ] && return
    mkdir -p "$folder"
    if npm install --prefix "$folder" --silent --no-audit --no-fund "$@" >&2; then
        touch "$folder/.installed"
    else
        echo "NOT INSTALLED: $1 (npm); it is left out" >&2
    fi
}

pip_install cyclonedx-python-lib 'cyclonedx-python-lib[validation]'
pip_install spdx-tools spdx-tools
pip_install ntia-conformance-checker ntia-conformance-checker
pip_install ossbomer ossbomer
pip_install cyclonedx-editor-validator cyclonedx-editor-validator
pip_install sbomaudit sbomaudit
pip_install sbomdiff sbomdiff
npm_install cyclonedx-library @cyclonedx/cyclonedx-library ajv ajv-formats ajv-formats-draft2019 libxmljs2

python3 "$here/peers/compare.py" "$@"
