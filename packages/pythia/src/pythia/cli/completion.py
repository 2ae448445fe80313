"""What the tab key offers: options, parameters of the pipeline, elements and their properties."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

from pythia.cli.arguments import PREFIX
from pythia.pipelines.template import parameter_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["candidates"]

_ELEMENT = re.compile(r"[a-z][\w-]*")


def candidates(words: Sequence[str], incomplete: str, options: Iterable[str]) -> list[str]:
    """Return what the word that is being typed may become.

    Args:
        words: The words before it.
        incomplete: The word so far; may be empty.
        options: The tool's options.
    """
    if incomplete.startswith("-"):
        known = [*(f"--{name}=" for name in _parameters(words)), *options]
        if incomplete.startswith(PREFIX):
            known = [PREFIX + each[2:] for each in options if each.startswith("--")]
    elif words and words[-1] in ("-p", "--pipeline-file", f"{PREFIX}pipeline-file"):
        known = _files(incomplete)
    elif any(word in ("-p", "--pipeline-file") for word in words):
        return []
    else:
        known = _pipeline_words(words)
    return sorted({each for each in known if each.startswith(incomplete)})


def _parameters(words: Sequence[str]) -> tuple[str, ...]:
    for option, file in itertools.pairwise(words):
        if option in ("-p", "--pipeline-file") and Path(file).is_file():
            return parameter_names(Path(file).read_text(encoding="utf-8", errors="replace"))
    return parameter_names(" ".join(words))


def _files(incomplete: str) -> list[str]:
    folder = Path(incomplete).parent if not incomplete.endswith("/") else Path(incomplete)
    found = folder.iterdir() if folder.is_dir() else ()
    return [f"{each}/" if each.is_dir() else str(each) for each in found]


def _pipeline_words(words: Sequence[str]) -> list[str]:
    """Return elements at the start and after ``!``, else properties of the element before."""
    # Imported here: the registry takes a moment, and only these words need it.
    from pythia.utils.ds import import_pyds
    from pythia.utils.gst import Gst, gst_init

    gst_init()
    import_pyds()
    since_link = list(words)
    for position, word in enumerate(words):
        if word == "!":
            since_link = list(words[position + 1 :])
    element = next((word for word in since_link if _ELEMENT.fullmatch(word)), None)
    if element is None:
        features = Gst.Registry.get().get_feature_list(Gst.ElementFactory)
        return [str(feature.get_name()) for feature in features]
    factory = Gst.ElementFactory.find(element)
    made = factory.create(None) if factory is not None else None
    if made is None:
        return ["!"]
    return ["!", *(f"{spec.name}=" for spec in made.list_properties())]
