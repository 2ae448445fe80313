from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from pythia.applications.signature import Form, inspect_probe
from pythia.exceptions import ProbeSignatureError
from pythia.utils.gst import Gst

if TYPE_CHECKING:
    import pyds


class Probes:
    def batch(self, batch_meta):
        pass

    def pad(self, pad, info):
        yield 1

    @staticmethod
    def both(pad, info, batch_meta):
        pass

    def __call__(self, batch_meta):
        yield {}


def by_annotation(first: Gst.Pad, second: Gst.PadProbeInfo):
    pass


def by_text_annotation(x: pyds.NvDsBatchMeta):
    pass


def with_options(batch_meta, threshold=0.5, *, label="x"):
    pass


@pytest.mark.parametrize(
    ("function", "form", "is_generator"),
    [
        (lambda batch_meta: None, Form.BATCH_META, False),
        (lambda meta: None, Form.BATCH_META, False),
        (lambda _pad, _info: None, Form.PAD_INFO, False),
        (lambda gst_pad, gst_info: None, Form.PAD_INFO, False),
        (lambda pad, info, u_data: None, Form.PAD_INFO, False),
        (lambda pad, info, batch_meta: None, Form.PAD_INFO_BATCH_META, False),
        (lambda batch_meta: (yield 1), Form.BATCH_META, True),
        (Probes().batch, Form.BATCH_META, False),
        (Probes().pad, Form.PAD_INFO, True),
        (Probes.both, Form.PAD_INFO_BATCH_META, False),
        (Probes(), Form.BATCH_META, True),
        (by_annotation, Form.PAD_INFO, False),
        (by_text_annotation, Form.BATCH_META, False),
        (with_options, Form.BATCH_META, False),
        (functools.partial(lambda n, batch_meta: None, 3), Form.BATCH_META, False),
        (functools.partial(Probes().pad, info=1), None, None),
        (functools.partial(Probes.both), Form.PAD_INFO_BATCH_META, False),
    ],
)
def test_form_is_read_from_names_or_annotations(function, form, is_generator) -> None:
    if form is None:
        with pytest.raises(ProbeSignatureError):
            inspect_probe(function)
        return
    signature = inspect_probe(function)
    assert (signature.form, signature.is_generator) == (form, is_generator)


def test_own_arguments_follow_those_of_the_form() -> None:
    signature = inspect_probe(lambda batch_meta, queue, limit: None, ("q", 3))
    assert (signature.form, signature.args) == (Form.BATCH_META, ("q", 3))
    assert inspect_probe(with_options, (0.7,)).form is Form.BATCH_META


def test_user_data_of_gstreamer_style_probes_is_none_unless_given() -> None:
    assert inspect_probe(lambda pad, info, u_data: None).args == (None,)
    assert inspect_probe(lambda pad, info, u_data: None, (3,)).args == (3,)


async def coroutine(batch_meta):
    pass


async def async_generator(batch_meta):
    yield 1


class AsyncCallable:
    async def __call__(self, batch_meta):
        pass


@pytest.mark.parametrize(
    "function",
    [coroutine, async_generator, AsyncCallable(), functools.partial(coroutine)],
)
def test_asynchronous_probes_are_refused_with_the_reason(function) -> None:
    with pytest.raises(ProbeSignatureError, match=r"is asynchronous.*generator"):
        inspect_probe(function)


@pytest.mark.parametrize(
    "function", [lambda: 1, lambda x: 1, lambda info, pad: 1, lambda pad: 1, 3, dict]
)
def test_other_callables_are_refused_with_the_forms(function) -> None:
    with pytest.raises(ProbeSignatureError):
        inspect_probe(function)
    with pytest.raises(ProbeSignatureError, match=r"\(batch_meta\), \(pad, info\)"):
        inspect_probe(lambda one, two: None)
