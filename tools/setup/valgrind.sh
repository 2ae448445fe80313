#!/usr/bin/env bash
# Runs the GoogleTest suites of pyds under valgrind: errors, and memory that nothing points to.
# With names of layers, only those: tools/setup/valgrind.sh meta mux
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
root=$(readlink -f "$here/../..")
build=${PYDS_VALGRIND_BUILD:-$root/build/pyds-dev}

if [[ ! ${PYDS_VALGRIND_BUILD:-} ]]; then
  cmake --preset dev -S "$root/packages/pyds" -B "$build" >/dev/null
  cmake --build "$build"
fi

if (($#)); then
  suites=("${@/#/$build/}")
  suites=("${suites[@]/%/_test}")
else
  suites=("$build"/*_test)
fi
failed=()
for suite in "${suites[@]}"; do
  echo "$(basename "$suite")"
  valgrind -q --error-exitcode=9 --num-callers=30 --leak-check=full \
    --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --suppressions="$here/valgrind.supp" "$suite" --gtest_brief=1 || failed+=("$suite")
done
if ((${#failed[@]})); then
  echo "failed: ${failed[*]}" >&2
  exit 1
fi
