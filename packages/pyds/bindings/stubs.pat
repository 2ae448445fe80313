# What the generated stub leaves out. Regenerate it, with the built package on PYTHONPATH, by
# python -m nanobind.stubgen -q -m pyds._native -P -p bindings/stubs.pat -o src/pyds/_native.pyi
_missing_$:
