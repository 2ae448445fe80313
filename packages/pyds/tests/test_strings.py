"""Strings: addresses, bounded arrays, buffers."""

from __future__ import annotations

import pytest

import pyds


def test_display_text_reads_as_an_address(add_object):
    text = add_object().text_params
    assert text.display_text == 0
    text.display_text = "Zürich 1"
    assert isinstance(text.display_text, int)
    assert pyds.get_string(text.display_text) == "Zürich 1"
    text.display_text = "again"
    assert pyds.get_string(text.display_text) == "again"
    with pytest.raises(TypeError):
        text.display_text = 12


def test_font_names_are_interned(add_object):
    font = add_object().text_params.font_params
    font.font_name = "Serif"
    address = font.font_name
    font.font_name = "Sans"
    font.font_name = "Serif"
    assert font.font_name == address
    assert pyds.get_string(address) == "Serif"


def test_labels_are_cut_at_a_character_and_leave_no_tail(add_object):
    item = add_object()
    item.obj_label = "é" * 100
    assert item.obj_label == "é" * 63
    item.obj_label = "x" * 127
    assert item.obj_label == "x" * 127
    item.obj_label = "car"
    assert item.obj_label == "car"
    item.obj_label = "a\0b"
    assert item.obj_label == "a"


def test_long_labels_of_a_classifier_read_as_text(batch):
    label = pyds.nvds_acquire_label_info_meta_from_pool(batch)
    assert label.pResult_label is None
    label.pResult_label = "x" * 1000
    assert label.pResult_label == "x" * 1000
    label.pResult_label = None
    assert label.pResult_label is None


def test_freeing_a_string_of_metadata_first_is_harmless(add_object):
    text = add_object().text_params
    text.display_text = "once"
    if text.display_text:
        pyds.free_buffer(text.display_text)
    text.display_text = "twice"
    assert pyds.get_string(text.display_text) == "twice"


def test_buffers_are_freed_once():
    buffer = pyds.alloc_buffer(33)
    assert pyds.get_string(buffer) == ""
    for _ in range(2):
        pyds.free_buffer(buffer)
    pyds.free_buffer(0)
    copy = pyds.alloc_char_buffer(8)
    pyds.free_buffer(copy)


def test_copies_of_strings_and_bytes(add_object):
    text = add_object().text_params
    text.display_text = "copied"
    for copy in (pyds.strdup(text.display_text), pyds.memdup(text.display_text, 7)):
        assert copy != text.display_text
        assert pyds.get_string(copy) == pyds.strdup2str(copy) == "copied"
        pyds.free_buffer(copy)


def test_no_address_is_no_string():
    assert pyds.get_string(0) is None
    assert pyds.strdup2str(0) == ""
    assert pyds.strdup(0) == pyds.memdup(0, 4) == pyds.get_ptr(None) == 0


def test_an_address_of_nothing_raises():
    with pytest.raises(ValueError, match="no memory at address 5"):
        pyds.get_string(5)


def test_bytes_that_are_not_utf8_are_replaced(add_object):
    import ctypes

    buffer = pyds.alloc_buffer(4)
    ctypes.memmove(buffer, b"a\xff", 2)
    assert pyds.get_string(buffer) == "a\ufffd"
    pyds.free_buffer(buffer)
