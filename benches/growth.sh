#!/bin/sh
# How time and memory grow with a document: prints Markdown tables.
#
# benches/growth.sh [COMPONENTS...]      10000 30000 100000 300000 where none are given
#
# The largest documents take about 350 MB each in FOLDER, and there are four of them at a time.

. "$(dirname "$0")/prepare.sh"
python3 "$here/growth.py" "$@"
