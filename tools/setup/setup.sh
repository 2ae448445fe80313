#!/usr/bin/env bash
# Installs what the project needs on Debian or Ubuntu: system packages and the .venv.
# Run by `make setup` and by the images in docker/; safe to run again.
# Usage: setup.sh [more lists of packages]
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")

mapfile -t packages < <(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' "$here/apt-packages.txt" "$@")
missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [[ $state == "install ok installed" ]] || missing+=("$package")
done

if ((${#missing[@]})); then
  sudo=()
  if [[ $(id -u) != 0 ]]; then
    if ! sudo -n true 2>/dev/null && [[ ! -t 0 ]]; then
      printf 'These system packages are missing and neither root nor sudo is available:\n  %s\n' \
        "${missing[*]}" >&2
      printf 'Ask an administrator to run:\n  apt-get install --no-install-recommends %s\n' \
        "${missing[*]}" >&2
      exit 1
    fi
    sudo=(sudo)
  fi
  echo "Installing ${#missing[@]} system packages: ${missing[*]}"
  "${sudo[@]}" apt-get update -qq
  DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends \
    "${missing[@]}" >/dev/null
fi

# The distribution's Python: PyGObject from PyPI lacks the Gst overrides (Gst.Fraction(30, 1)).
venv=$root/.venv
[[ -x $venv/bin/python ]] || /usr/bin/python3 -m venv --system-site-packages "$venv"
# The distributions' pip is too old for --config-settings.
"$venv/bin/pip" install -q --disable-pip-version-check --upgrade "pip>=23.1"
"$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements-dev.txt"
# Its dependency PyGObject is the distribution's; resolving it would build another one.
"$venv/bin/pip" install -q --disable-pip-version-check --no-deps pygobject-stubs
