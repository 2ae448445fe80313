"""User metadata: payloads and the callbacks of each meta."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest

import pyds


@pytest.fixture
def add_user_meta(batch, frame):
    def add(payload=None, meta_type="PYTHIA.TEST"):
        user = pyds.nvds_acquire_user_meta_from_pool(batch)
        user.user_meta_data = payload
        user.base_meta.meta_type = pyds.NvDsMetaType(pyds.nvds_get_user_meta_type(meta_type))
        pyds.nvds_add_user_meta_to_frame(frame, user)
        return user

    return add


def copied_user_metas(batch):
    copy = pyds.nvds_batch_meta_copy_func(batch, None)
    [frame] = copy.frames
    return copy, list(frame.user_metas)


def rect(left):
    made = pyds.NvOSD_RectParams()
    made.left = left
    return made


def test_a_payload_lives_as_long_as_its_meta(frame, add_user_meta):
    class Rect(pyds.NvOSD_RectParams):  # unlike its base, weakly referenceable
        pass

    made = Rect()
    made.left = 3.5
    gone = weakref.ref(made)
    add_user_meta(made)
    del made
    gc.collect()
    [user] = frame.user_metas
    assert gone() is not None
    assert pyds.NvOSD_RectParams.cast(user.user_meta_data).left == 3.5
    pyds.nvds_remove_user_meta_from_frame(frame, user)
    assert gone() is None


def test_a_payload_in_use_outlives_its_meta(frame, add_user_meta):
    user = add_user_meta(rect(3.5))
    payload = pyds.NvOSD_RectParams.cast(user.user_meta_data)
    user.user_meta_data = rect(4.5)
    pyds.nvds_remove_user_meta_from_frame(frame, user)
    assert payload.left == 3.5


def test_a_payload_of_two_metas_lives_as_long_as_either(frame, add_user_meta):
    first, second = add_user_meta(rect(3.5)), add_user_meta()
    second.user_meta_data = first.user_meta_data
    pyds.nvds_remove_user_meta_from_frame(frame, first)
    assert pyds.NvOSD_RectParams.cast(second.user_meta_data).left == 3.5


def test_payloads_are_capsules_objects_or_none_but_not_ints(add_user_meta):
    user = add_user_meta(rect(1))
    user.user_meta_data = user.user_meta_data
    assert pyds.NvOSD_RectParams.cast(user.user_meta_data).left == 1
    user.user_meta_data = None
    assert user.user_meta_data is None
    with pytest.raises(TypeError, match="user_meta_data"):
        user.user_meta_data = 1234


def test_each_meta_has_its_own_functions(batch, add_user_meta):
    released = []

    def functions(name, offset):
        def copy(capsule, nothing):
            assert nothing is None
            source = pyds.NvDsUserMeta.cast(capsule)
            return rect(pyds.NvOSD_RectParams.cast(source.user_meta_data).left + offset)

        def release(capsule, nothing):
            left = pyds.NvOSD_RectParams.cast(pyds.NvDsUserMeta.cast(capsule).user_meta_data).left
            released.append((name, left))

        return copy, release

    for name, offset in (("a", 10), ("b", 20)):
        user = add_user_meta(rect(1))
        copy_function, release_function = functions(name, offset)
        pyds.set_user_copyfunc(user, copy_function)
        pyds.user_releasefunc(user, release_function)

    copy, users = copied_user_metas(batch)
    assert [pyds.NvOSD_RectParams.cast(user.user_meta_data).left for user in users] == [21, 11]
    pyds.nvds_destroy_batch_meta(copy)
    assert sorted(released) == [("a", 11), ("b", 21)]
    pyds.nvds_destroy_batch_meta(batch)
    assert sorted(released) == [("a", 1), ("a", 11), ("b", 1), ("b", 21)]


def test_metas_without_a_copy_function_are_left_out(batch, add_user_meta):
    add_user_meta(rect(1))
    copy, users = copied_user_metas(batch)
    assert users == []
    pyds.nvds_destroy_batch_meta(copy)


def test_a_copy_function_that_returns_none_leaves_the_meta_out(batch, add_user_meta):
    pyds.set_user_copyfunc(add_user_meta(rect(1)), lambda capsule, nothing: None)
    copy, users = copied_user_metas(batch)
    assert users == []
    pyds.nvds_destroy_batch_meta(copy)


def test_an_exception_in_a_callback_is_reported_and_nothing_breaks(
    batch, add_user_meta, monkeypatch
):
    reported = []
    monkeypatch.setattr(sys, "unraisablehook", lambda event: reported.append(event.exc_value))
    user = add_user_meta(rect(1))
    pyds.set_user_copyfunc(user, lambda capsule, nothing: 1 / 0)
    pyds.set_user_releasefunc(user, lambda capsule, nothing: [][1])
    copy, users = copied_user_metas(batch)
    assert users == []
    pyds.nvds_destroy_batch_meta(copy)
    pyds.nvds_destroy_batch_meta(batch)
    assert [type(error) for error in reported] == [ZeroDivisionError, IndexError]


def test_functions_can_be_unset(batch, add_user_meta):
    calls = []
    user = add_user_meta(rect(1))
    pyds.set_user_releasefunc(user, lambda capsule, nothing: calls.append("old"))
    pyds.unset_callback_funcs()
    later = add_user_meta(rect(2))
    pyds.set_user_releasefunc(later, lambda capsule, nothing: calls.append("new"))
    pyds.nvds_destroy_batch_meta(batch)
    assert calls == ["new"]


def test_functions_and_payloads_are_let_go_with_the_meta(batch, add_user_meta):
    class Function:
        def __call__(self, capsule, nothing):
            return None

    function = Function()
    gone = weakref.ref(function)
    user = add_user_meta(rect(1))
    pyds.set_user_copyfunc(user, function)
    del function
    assert gone() is not None
    pyds.nvds_destroy_batch_meta(batch)
    assert gone() is None


def test_context_pointers_survive_a_copy(batch, frame):
    frame.base_meta.uContext = rect(8)
    copy = pyds.nvds_batch_meta_copy_func(batch, None)
    pyds.nvds_destroy_batch_meta(batch)
    [copied] = copy.frames
    assert pyds.NvOSD_RectParams.cast(copied.base_meta.uContext).left == 8
    pyds.nvds_destroy_batch_meta(copy)


def test_type_names_map_to_stable_numbers():
    number = pyds.nvds_get_user_meta_type("NVIDIA.DSANALYTICSOBJ.USER_META")
    assert number > pyds.NVDS_START_USER_META
    assert number == pyds.nvds_get_user_meta_type("NVIDIA.DSANALYTICSOBJ.USER_META")


def test_old_global_registration_is_accepted():
    pyds.register_user_copyfunc(lambda capsule, nothing: None)
    pyds.register_user_releasefunc(lambda capsule, nothing: None)


class Thing:
    """Weakly referenceable."""


def test_any_object_is_user_data_and_survives_deep_copies(batch, frame, add_user_meta):
    thing = Thing()
    gone = weakref.ref(thing)
    add_user_meta().user_data = thing
    del thing
    copy, [user] = copied_user_metas(batch)
    pyds.nvds_destroy_batch_meta(batch)
    gc.collect()
    assert user.user_data is gone()
    pyds.nvds_destroy_batch_meta(copy)
    assert gone() is None


def test_user_data_is_replaced_and_taken_off(add_user_meta):
    user = add_user_meta()
    assert user.user_data is None
    thing = Thing()
    gone = weakref.ref(thing)
    user.user_data = thing
    del thing
    user.user_data = {"speed": 50}
    assert gone() is None
    assert user.user_data == {"speed": 50}
    user.user_data = None
    assert user.user_data is None
    assert user.user_meta_data is None


def test_a_payload_takes_the_place_of_user_data_and_the_other_way_round(batch, add_user_meta):
    user = add_user_meta(rect(1))
    user.user_data = "text"
    user.user_meta_data = rect(2)
    assert user.user_data is None
    assert pyds.NvOSD_RectParams.cast(user.user_meta_data).left == 2
    copy, users = copied_user_metas(batch)
    assert users == []
    pyds.nvds_destroy_batch_meta(copy)


def test_user_data_does_not_replace_a_payload_with_functions(add_user_meta):
    user = add_user_meta(rect(1))
    pyds.set_user_releasefunc(user, lambda capsule, nothing: None)
    with pytest.raises(ValueError, match="acquire another one"):
        user.user_data = 1
