#!/usr/bin/env bash
# The demo year's reports, recomputed from its raw export by a program that shares nothing with the hub.
#
#     tests/report/run.sh target/debug/lectern [FOLDER]    keeps the year in FOLDER, for the next time
set -euo pipefail
folder=$(mktemp -d)
hub=""
trap '[ -z "$hub" ] || kill "$hub"; rm -rf "$folder"' EXIT
"$1" serve --port 0 --data "${2:-$folder/hub}" --clock 2026-11-02T09:00:00Z >"$folder/out" &
hub=$!
until grep -q '^listening on ' "$folder/out"; do
  kill -0 "$hub"
  sleep 1
done
python3 "$(dirname "$0")/recompute.py" "$(sed -n 's/^listening on //p' "$folder/out")" 2020-06 2020-10 2021-02 2020-21
