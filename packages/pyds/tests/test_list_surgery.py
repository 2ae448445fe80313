"""Random work on lists, compared with a model in plain Python."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

import pyds


class ModelObject:
    def __init__(self, class_id, text, parent):
        self.class_id, self.text, self.parent = class_id, text, parent
        self.payloads: list[float] = []

    def value(self):
        parent = self.parent.class_id if self.parent else None
        return (self.class_id, self.text, parent, list(reversed(self.payloads)))


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
        self.made = self.released = 0
        self.next_class_id = 0

    def teardown(self):
        pyds.nvds_destroy_batch_meta(self.batch)
        assert self.released == self.made

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
        objects[:] = [entry for entry, kept in zip(objects, keep, strict=True) if kept]
        for _, model in objects:
            if model.parent in gone:
                model.parent = None

    @rule(frame=frames, left=st.integers(0, 1000), data=st.data())
    def attach_payload(self, frame, left, data):
        objects = self.objects_of(frame)
        if not objects:
            return
        item, model = data.draw(st.sampled_from(objects))
        user = pyds.nvds_acquire_user_meta_from_pool(self.batch)
        payload = pyds.NvOSD_RectParams()
        payload.left = left
        user.user_meta_data = payload
        pyds.set_user_copyfunc(user, self.copy)
        pyds.set_user_releasefunc(user, self.release)
        pyds.nvds_add_user_meta_to_obj(item, user)
        model.payloads.append(left)
        self.made += 1

    def copy(self, capsule, nothing):
        source = pyds.NvDsUserMeta.cast(capsule)
        payload = pyds.NvOSD_RectParams()
        payload.left = pyds.NvOSD_RectParams.cast(source.user_meta_data).left
        self.made += 1
        return payload

    def release(self, capsule, nothing):
        assert pyds.NvDsUserMeta.cast(capsule).user_meta_data is not None
        self.released += 1

    @rule(frame=frames)
    def clear(self, frame):
        pyds.nvds_clear_obj_meta_list(frame, frame.obj_meta_list)
        self.objects_of(frame).clear()

    @rule()
    def copy_and_continue_with_the_original(self):
        copy = pyds.nvds_batch_meta_copy_func(self.batch, None)
        assert self.values(copy) == self.values(self.batch)
        pyds.nvds_destroy_batch_meta(copy)

    @rule(source=frames, destination=frames)
    def copy_objects(self, source, destination):
        objects = self.objects_of(source)
        before = len(self.objects_of(destination))
        pyds.nvds_copy_obj_meta_list(source.obj_meta_list, destination)
        copies = list(destination.objects)[: len(objects)]
        models = {model: ModelObject(model.class_id, model.text, None) for _, model in objects}
        for model, copied in models.items():
            copied.parent = models.get(model.parent)
            copied.payloads = list(model.payloads)
        entries = list(zip(copies, [models[model] for _, model in objects], strict=True))
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
        listed = sum(map(len, expected))
        assert self.batch.obj_meta_pool.num_full_elements == listed
        assert self.batch.objects["class_id"].tolist() == [
            o[0] for frame in expected for o in frame
        ]


ListSurgery.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestListSurgery = ListSurgery.TestCase
