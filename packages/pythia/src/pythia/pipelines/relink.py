"""Links to pads that come and go, kept for the next run.

``decodebin ! fakesink`` in the text of a pipeline is linked when decodebin gets a pad. GStreamer
does that once: when the pipeline has stopped, the pad is gone, and the one of the next run would
have nobody to send to.
"""

from __future__ import annotations

from typing import Any

from pythia.utils.gst import Gst, gst_iter
from pythia.utils.weak import weak_method

__all__ = ["Relinker"]


class Relinker:
    """Remembers what the passing pads of a pipeline were linked to, and links their successors."""

    def __init__(self, pipeline: Any) -> None:
        self._pipeline = pipeline
        self._peers: dict[Any, list[Any]] = {}

    def remember(self) -> None:
        """Look at the links, before the pipeline stops."""
        for element in gst_iter(self._pipeline.iterate_elements()):
            for pad in gst_iter(element.iterate_src_pads()):
                template = pad.get_pad_template()
                peer = pad.get_peer()
                # uridecodebin3 makes its pads without one.
                if template is not None and template.presence != Gst.PadPresence.SOMETIMES:
                    continue
                if peer is None:
                    continue
                if element not in self._peers:
                    self._peers[element] = []
                    element.connect("pad-added", weak_method(self._pad_added))
                if peer not in self._peers[element]:
                    self._peers[element].append(peer)

    def _pad_added(self, element: Any, pad: Any) -> None:
        if pad.get_direction() != Gst.PadDirection.SRC or pad.is_linked():
            return
        for peer in self._peers[element]:
            if not peer.is_linked() and pad.link(peer) == Gst.PadLinkReturn.OK:
                return
