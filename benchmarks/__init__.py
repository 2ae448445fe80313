"""Benchmarks; run.py is the runner."""
