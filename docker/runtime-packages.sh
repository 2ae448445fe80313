#!/usr/bin/env bash
# Prints the system packages that an installation of the wheels in a folder needs to run: those
# which apt-packages.txt marks with "run", and the owners of the libraries that our code links.
set -euo pipefail
wheels=$1
setup=$(dirname "$(readlink -f "$0")")/../tools/setup

sed -nE 's/^([^# ]+) +# run(:.*)?$/\1/p' "$setup/apt-packages.txt"

unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
for wheel in "$wheels"/*.whl; do
  python3 -m zipfile -e "$wheel" "$unpacked"
done
find "$unpacked" -name '*.so*' -exec ldd {} + 2>/dev/null |
  sed -nE 's/.* => (\/[^ ]+) .*/\1/p' | grep -v "^$unpacked" | sort -u |
  while read -r library; do
    # Merged /usr: dpkg knows a library by one of two paths.
    dpkg-query -S "$(readlink -f "$library")" 2>/dev/null ||
      dpkg-query -S "${library#/usr}" 2>/dev/null || true
  done | sed 's/:.*//' | sort -u
