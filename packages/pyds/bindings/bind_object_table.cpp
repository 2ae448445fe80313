// The objects of a batch as one NumPy table.
#include "batch_lock.h"
#include "bind.h"
#include "fields.h"
#include "meta/object_table.h"

namespace pyds::py {
namespace {

using meta::ObjectRow;

nb::object make_dtype() {
  nb::list names, formats, offsets;
  const auto add = [&](const char* name, const char* format, size_t offset) {
    names.append(name);
    formats.append(format);
    offsets.append(offset);
  };
  add("frame_index", "u4", offsetof(ObjectRow, frame_index));
  add("batch_id", "u4", offsetof(ObjectRow, batch_id));
  add("source_id", "u4", offsetof(ObjectRow, source_id));
  add("frame_num", "i4", offsetof(ObjectRow, frame_num));
  add("unique_component_id", "i4", offsetof(ObjectRow, unique_component_id));
  add("class_id", "i4", offsetof(ObjectRow, class_id));
  add("object_id", "u8", offsetof(ObjectRow, object_id));
  add("confidence", "f4", offsetof(ObjectRow, confidence));
  add("tracker_confidence", "f4", offsetof(ObjectRow, tracker_confidence));
  add("left", "f4", offsetof(ObjectRow, left));
  add("top", "f4", offsetof(ObjectRow, top));
  add("width", "f4", offsetof(ObjectRow, width));
  add("height", "f4", offsetof(ObjectRow, height));
  add("label_id", "u4", offsetof(ObjectRow, label_id));
  nb::dict fields;
  fields["names"] = names;
  fields["formats"] = formats;
  fields["offsets"] = offsets;
  fields["itemsize"] = sizeof(ObjectRow);
  return nb::module_::import_("numpy").attr("dtype")(fields);
}

nb::object dtype() {
  static const nb::object& instance = *new nb::object(make_dtype());
  return instance;
}

nb::object read_table(const Ref<NvDsBatchMeta>& batch) {
  static const nb::module_& numpy = *new nb::module_(nb::module_::import_("numpy"));
  static const nb::object& from_buffer = *new nb::object(numpy.attr("frombuffer"));
  const BatchLock lock(batch);
  const size_t capacity = meta::most_objects(batch.get());
  PyObject* bytes =
      PyByteArray_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(capacity * sizeof(ObjectRow)));
  if (!bytes) nb::raise_python_error();
  const nb::object memory = nb::steal(bytes);
  const size_t count = meta::read_objects(
      batch.get(), reinterpret_cast<ObjectRow*>(PyByteArray_AS_STRING(bytes)), capacity);
  // numpy.frombuffer refuses an empty buffer.
  if (count == 0) return numpy.attr("empty")(0, dtype());
  if (PyByteArray_Resize(bytes, static_cast<Py_ssize_t>(count * sizeof(ObjectRow))) != 0)
    nb::raise_python_error();
  return from_buffer(memory, dtype());
}

size_t add_rows(const Ref<NvDsBatchMeta>& batch, nb::bytes rows) {
  const BatchLock lock(batch);
  const size_t count = rows.size() / sizeof(ObjectRow);
  const size_t done =
      meta::add_objects(batch.get(), static_cast<const ObjectRow*>(rows.data()), count);
  if (done < count)
    throw nb::index_error(
        ("add_objects: row " + std::to_string(done) + " has frame_index " +
         std::to_string(static_cast<const ObjectRow*>(rows.data())[done].frame_index) +
         ", but the batch has " + std::to_string(batch->num_frames_in_batch) +
         " frames. Nothing was added.")
            .c_str());
  return count;
}

}  // namespace

void bind_object_table(nb::module_& module) {
  module.attr("OBJECT_DTYPE") = dtype();
  nb::borrow<nb::class_<Ref<NvDsBatchMeta>, Handle>>(nb::type<Ref<NvDsBatchMeta>>())
      .def_prop_ro(
          "objects", &read_table,
          nb::for_getter(nb::sig("def objects(self, /) -> numpy.typing.NDArray[numpy.void]")),
          "All objects of all frames as a structured array of dtype OBJECT_DTYPE, a copy. Rows are "
          "in list order, frame by frame; coordinates are pixels of the muxed frame.")
      .def(
          "to_arrow",
          [](nb::handle self) {
            return nb::module_::import_("pyds._exports").attr("to_arrow")(self);
          },
          nb::sig("def to_arrow(self) -> typing.Any"),
          "The objects as a pyarrow.Table: the columns of OBJECT_DTYPE, with `label` (text) in "
          "place of `label_id`. Needs pyarrow.")
      .def(
          "to_supervision",
          [](nb::handle self) {
            return nb::module_::import_("pyds._exports").attr("to_supervision")(self);
          },
          nb::sig("def to_supervision(self) -> list[typing.Any]"),
          "One supervision.Detections for each frame, in the order of the frames. Needs "
          "supervision.");
  module.def("_add_object_rows", &add_rows, nb::arg("batch_meta"), nb::arg("rows"));
  module.def(
      "label_text",
      [](uint32_t label_id) -> std::optional<nb::str> {
        const char* text = meta::label_text(label_id);
        if (!text) return std::nullopt;
        return decode(text, strlen(text));
      },
      nb::arg("label_id"), "The label of a `label_id` in an object table; None for 0.");
  module.def(
      "label_id", [](const char* label) { return meta::label_id(label); }, nb::arg("label"),
      "The number of a label, the same for equal labels while the process runs; 0 for \"\".");
}

}  // namespace pyds::py
