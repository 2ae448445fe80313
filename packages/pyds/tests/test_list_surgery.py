"""Random work on lists, copies and callbacks, compared with a model in plain Python."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

import pyds

LEAVE_OUT = "leave out"
COPIES = st.sampled_from(
    [None, LEAVE_OUT, 0, 1, 1000]
)  # what a copy function adds, if there is one


@dataclass
class ModelPayload:
    """The payload of a user meta and the functions it has."""

    left: float
    copies: int | str | None
    releases: bool

    def copy(self):
        """As a deep copy makes it; None if it is left out."""
        if self.copies is None or self.copies == LEAVE_OUT:
            return None
        return replace(self, left=self.left + self.copies)


class ModelObject:
    def __init__(self, class_id, text, parent, payloads=()):
        self.class_id, self.text, self.parent = class_id, text, parent
        self.payloads: list[ModelPayload] = list(payloads)  # newest first

    def copy(self):
        """Without its parent, which is another one in the copy."""
        payloads = filter(None, (payload.copy() for payload in self.payloads))
        return ModelObject(self.class_id, self.text, None, payloads)

    def value(self):
        parent = self.parent.class_id if self.parent else None
        return (self.class_id, self.text, parent, [payload.left for payload in self.payloads])


def copies_of(objects):
    """Deep copies of the objects of a list, in its order."""
    copies = {item: item.copy() for item in objects}
    for item, copy in copies.items():
        copy.parent = copies.get(item.parent)
    return list(copies.values())


def value_of(item):
    payloads = [pyds.NvOSD_RectParams.cast(user.user_meta_data).left for user in item.user_metas]
    text = pyds.get_string(item.text_params.display_text)
    parent = item.parent.class_id if item.parent else None
    return (item.class_id, text, parent, payloads)


class ListSurgery(RuleBasedStateMachine):
    """The model of a batch is a list of frames, each a list of objects, newest first."""

    frames = Bundle("frames")
    objects = Bundle("objects")

    def __init__(self):
        super().__init__()
        self.batch = pyds.nvds_create_batch_meta(2)
        self.model: list[tuple[pyds.NvDsFrameMeta, list]] = []
        self.released, self.expected_releases = Counter(), Counter()
        self.next_class_id = 0

    def teardown(self):
        pyds.nvds_destroy_batch_meta(self.batch)
        self.expect_releases(self.all_objects())
        assert self.released == self.expected_releases

    def all_objects(self):
        return [model for _, objects in self.model for _, model in objects]

    def expect_releases(self, objects):
        """The objects are gone, so are their payloads."""
        self.expected_releases.update(
            payload.left for item in objects for payload in item.payloads if payload.releases
        )

    def objects_of(self, frame):
        return next(objects for known, objects in self.model if known == frame)

    @rule(target=frames)
    def add_frame(self):
        frame = pyds.nvds_acquire_frame_meta_from_pool(self.batch)
        pyds.nvds_add_frame_meta_to_batch(self.batch, frame)
        self.model.append((frame, []))
        return frame

    @rule(frame=consumes(frames))
    def remove_frame(self, frame):
        pyds.nvds_remove_frame_meta_from_batch(self.batch, frame)
        self.expect_releases(model for _, model in self.objects_of(frame))
        self.model = [entry for entry in self.model if entry[0] != frame]
        with pytest.raises(pyds.StaleMetaError):
            frame.num_obj_meta  # noqa: B018

    @rule(frame=frames, text=st.text(st.characters(codec="utf-8", exclude_characters="\0")),
          data=st.data())  # fmt: skip
    def add_object(self, frame, text, data):
        objects = self.objects_of(frame)
        parent, parent_model = data.draw(st.sampled_from([(None, None), *objects]))
        item = pyds.nvds_acquire_obj_meta_from_pool(self.batch)
        item.class_id = self.next_class_id
        self.next_class_id += 1
        item.text_params.display_text = text
        pyds.nvds_add_obj_meta_to_frame(frame, item, parent)
        objects.insert(0, (item, ModelObject(item.class_id, text, parent_model)))

    @rule(frame=frames, data=st.data())
    def remove_objects_while_iterating(self, frame, data):
        objects = self.objects_of(frame)
        keep = data.draw(st.lists(st.booleans(), min_size=len(objects), max_size=len(objects)))
        for item, kept in zip(frame.objects, keep, strict=True):
            if not kept:
                pyds.nvds_remove_obj_meta_from_frame(frame, item)
        gone = [model for (_, model), kept in zip(objects, keep, strict=True) if not kept]
        self.expect_releases(gone)
        objects[:] = [entry for entry, kept in zip(objects, keep, strict=True) if kept]
        for _, model in objects:
            if model.parent in gone:
                model.parent = None

    @rule(frame=frames, left=st.integers(0, 1000), copies=COPIES, releases=st.booleans(),
          data=st.data())  # fmt: skip
    def attach_payload(self, frame, left, copies, releases, data):
        objects = self.objects_of(frame)
        if not objects:
            return
        item, model = data.draw(st.sampled_from(objects))
        user = pyds.nvds_acquire_user_meta_from_pool(self.batch)
        payload = pyds.NvOSD_RectParams()
        payload.left = left
        user.user_meta_data = payload
        payload_model = ModelPayload(left, None, releases=False)
        self.register(user, payload_model, copies, releases)
        pyds.nvds_add_user_meta_to_obj(item, user)
        model.payloads.insert(0, payload_model)

    @rule(frame=frames, copies=COPIES, releases=st.booleans(), data=st.data())
    def register_other_functions(self, frame, copies, releases, data):
        found = [
            pair
            for item, model in self.objects_of(frame)
            for pair in zip(item.user_metas, model.payloads, strict=True)
        ]
        if found:
            self.register(*data.draw(st.sampled_from(found)), copies, releases)

    @rule()
    def unset_all_functions(self):
        pyds.unset_callback_funcs()
        for item in self.all_objects():
            for payload in item.payloads:
                payload.copies, payload.releases = None, False

    def register(self, user, model, copies, releases):
        """Gives a user meta functions of its own; those it has stay where there is no new one."""
        if copies is not None:
            pyds.set_user_copyfunc(user, self.copy_function(copies))
            model.copies = copies
        if releases:
            pyds.set_user_releasefunc(user, self.release)
            model.releases = True

    @staticmethod
    def copy_function(copies):
        def copy(capsule, nothing):
            if copies == LEAVE_OUT:
                return None
            source = pyds.NvDsUserMeta.cast(capsule)
            payload = pyds.NvOSD_RectParams()
            payload.left = pyds.NvOSD_RectParams.cast(source.user_meta_data).left + copies
            return payload

        return copy

    def release(self, capsule, nothing):
        payload = pyds.NvDsUserMeta.cast(capsule).user_meta_data
        self.released[pyds.NvOSD_RectParams.cast(payload).left] += 1

    @rule(frame=frames)
    def clear(self, frame):
        pyds.nvds_clear_obj_meta_list(frame, frame.obj_meta_list)
        self.expect_releases(model for _, model in self.objects_of(frame))
        self.objects_of(frame).clear()

    @rule()
    def copy_and_continue_with_the_original(self):
        copy = pyds.nvds_batch_meta_copy_func(self.batch, None)
        expected = [copies_of(model for _, model in objects) for _, objects in self.model]
        assert self.values(copy) == [[item.value() for item in objects] for objects in expected]
        pyds.nvds_destroy_batch_meta(copy)
        for objects in expected:
            self.expect_releases(objects)

    @rule(source=frames, destination=frames)
    def copy_objects(self, source, destination):
        objects = self.objects_of(source)
        before = len(self.objects_of(destination))
        pyds.nvds_copy_obj_meta_list(source.obj_meta_list, destination)
        copies = list(destination.objects)[: len(objects)]
        entries = list(zip(copies, copies_of(model for _, model in objects), strict=True))
        self.objects_of(destination)[:0] = entries
        assert len(destination.objects) == before + len(entries)

    @staticmethod
    def values(batch):
        return [[value_of(item) for item in frame.objects] for frame in batch.frames]

    @invariant()
    def lists_are_as_in_the_model(self):
        expected = [[model.value() for _, model in objects] for _, objects in self.model]
        assert self.values(self.batch) == expected
        assert self.batch.num_frames_in_batch == len(self.model)
        assert [frame.num_obj_meta for frame in self.batch.frames] == [len(x) for x in expected]
        assert self.released == self.expected_releases
        listed = sum(map(len, expected))
        assert self.batch.obj_meta_pool.num_full_elements == listed
        assert self.batch.objects["class_id"].tolist() == [
            o[0] for frame in expected for o in frame
        ]


ListSurgery.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestListSurgery = ListSurgery.TestCase
