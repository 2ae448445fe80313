"""Pipelines and the templates they are made from."""

from __future__ import annotations

from pythia.pipelines.base import BasePipeline, Pipeline, StringPipeline

__all__ = ["BasePipeline", "Pipeline", "StringPipeline"]
