// gstnvdsmeta.h: metadata on buffers.
#include "gstnvdsmeta.h"

#include "batch_lock.h"
#include "bind.h"
#include "fields.h"
#include "gst_argument.h"

namespace pyds::py {
namespace {

// A C function given as a capsule or None.
template <typename F>
F function_from(nb::handle value, const char* what) {
  return reinterpret_cast<F>(handle_from(value, what, false).pointer());
}

Ref<NvDsMeta> add_meta(BufferArgument buffer, nb::handle meta_data, nb::handle user_data,
                       nb::handle copy_func, nb::handle release_func) {
  if (!gst_buffer_is_writable(buffer.buffer))
    throw nb::value_error(
        "gst_buffer_add_nvds_meta: the buffer is not writable (somebody else holds it too), as in "
        "a pad probe; add to the batch metadata the buffer already has");
  const Handle data = handle_from(meta_data, "meta_data", false);
  auto copy = function_from<NvDsMetaCopyFunc>(copy_func, "copy_func");
  auto release = function_from<NvDsMetaReleaseFunc>(release_func, "release_func");
  const bool is_batch = data.is_element() && meta_type_of(data) == NVDS_BATCH_META;
  if (is_batch && !copy && !release) {
    copy = nvds_batch_meta_copy_func;
    release = nvds_batch_meta_release_func;
  } else if (data.element()) {
    throw nb::value_error(
        "gst_buffer_add_nvds_meta: meta_data must be a batch of nvds_create_batch_meta() without "
        "functions, or a capsule of memory that is not Python's; the buffer outlives other "
        "structs");
  }
  NvDsMeta* meta =
      gst_buffer_add_nvds_meta(buffer.buffer, data.pointer(),
                               handle_from(user_data, "user_data", false).pointer(), copy, release);
  if (is_batch) meta->meta_type = NVDS_BATCH_GST_META;
  return Ref<NvDsMeta>(meta, data.element());
}

}  // namespace

void bind_gstnvdsmeta(nb::module_& module) {
  nb::enum_<GstNvDsMetaType>(module, "GstNvDsMetaType", nb::is_arithmetic())
      .value("NVDS_GST_INVALID_META", NVDS_GST_INVALID_META)
      .value("NVDS_BATCH_GST_META", NVDS_BATCH_GST_META)
      .value("NVDS_DECODER_GST_META", NVDS_DECODER_GST_META)
      .value("NVDS_DEWARPER_GST_META", NVDS_DEWARPER_GST_META)
      .value("NVDS_RESERVED_GST_META", NVDS_RESERVED_GST_META)
      .value("NVDS_GST_META_FORCE32", NVDS_GST_META_FORCE32)
      .export_values();

  Binding<NvDsMeta> meta(module, "NvDsMeta", "The GstMeta that carries metadata on a buffer.");
  meta.python().def_prop_ro(
      "meta", [](const Ref<NvDsMeta>& self) { return make_capsule(self.part(&self->meta)); },
      "The GstMeta itself, as a capsule.");
  meta.constructor()
      .pointer("meta_data", &NvDsMeta::meta_data, PointerSlot::kPayload)
      .pointer("user_data", &NvDsMeta::user_data, PointerSlot::kContext)
      .field("meta_type", &NvDsMeta::meta_type);

  module.def(
      "gst_buffer_get_nvds_batch_meta",
      [](BufferArgument buffer) { return ref_to(gst_buffer_get_nvds_batch_meta(buffer.buffer)); },
      nb::arg("buffer"), "The batch metadata of a Gst.Buffer or its hash(), or None.");
  module.def("gst_buffer_add_nvds_meta", &add_meta, nb::arg("buffer"), nb::arg("meta_data").none(),
             nb::arg("user_data").none() = nb::none(), nb::arg("copy_func").none() = nb::none(),
             nb::arg("release_func").none() = nb::none(),
             "Adds metadata to a writable buffer. A batch without functions is copied and released "
             "with the buffer and gets its meta_type set; for anything else the functions are "
             "capsules of C functions.");
}

}  // namespace pyds::py
