"""Compatibility with NVIDIA's bindings and sample applications."""
