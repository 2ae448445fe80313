// nvds_tracker_meta.h: targets that were not reported, and embeddings.
#include "nvds_tracker_meta.h"

#include "bind.h"
#include "fields.h"

namespace pyds::py {
namespace {

// X.list(value): the entries of a struct that holds an array.
template <typename T, typename Item>
void def_list(Binding<T>& binding, Item* T::*list, uint32_t T::*count, const char* item_name) {
  const std::string signature =
      std::string("def list(self, /) -> collections.abc.Iterator[") + item_name + "]";
  binding.python().def(
      "list",
      [list, count](const Ref<T>& self) {
        nb::list entries;
        Item* items = self.get()->*list;
        for (uint32_t i = 0; items && i < self.get()->*count; ++i)
          entries.append(self.part(items + i));
        return nb::iter(entries);
      },
      nb::sig(g_intern_string(signature.c_str())), "The entries, as references.");
}

void bind_targets(nb::module_& module) {
  Binding<NvDsTargetMiscDataFrame>(module, "NvDsTargetMiscDataFrame", "A target in one frame.")
      .constructor()
      .field("frameNum", &NvDsTargetMiscDataFrame::frameNum)
      .field("tBbox", &NvDsTargetMiscDataFrame::tBbox, "Pixels of the muxed frame.")
      .field("confidence", &NvDsTargetMiscDataFrame::confidence)
      .field("age", &NvDsTargetMiscDataFrame::age, "Frames since it was first seen, which is 1.");

  Binding<NvDsTargetMiscDataObject> object(module, "NvDsTargetMiscDataObject", "One target.");
  object.constructor()
      .field("numObj", &NvDsTargetMiscDataObject::numObj, "Number of frames.")
      .field("uniqueId", &NvDsTargetMiscDataObject::uniqueId, "Its object_id.")
      .field("classId", &NvDsTargetMiscDataObject::classId)
      .field("objLabel", &NvDsTargetMiscDataObject::objLabel);
  def_list(object, &NvDsTargetMiscDataObject::list, &NvDsTargetMiscDataObject::numObj,
           "NvDsTargetMiscDataFrame");

  Binding<NvDsTargetMiscDataStream> stream(module, "NvDsTargetMiscDataStream",
                                           "The targets of one source.");
  stream.constructor()
      .field("streamID", &NvDsTargetMiscDataStream::streamID, "The source_id of its frames.")
      .field("surfaceStreamID", &NvDsTargetMiscDataStream::surfaceStreamID)
      .field("numAllocated", &NvDsTargetMiscDataStream::numAllocated)
      .field("numFilled", &NvDsTargetMiscDataStream::numFilled, "Number of targets.");
  def_list(stream, &NvDsTargetMiscDataStream::list, &NvDsTargetMiscDataStream::numFilled,
           "NvDsTargetMiscDataObject");

  Binding<NvDsTargetMiscDataBatch> batch(module, "NvDsTargetMiscDataBatch",
                                         "Targets by source: payload of a batch user meta.");
  batch.constructor()
      .field("numAllocated", &NvDsTargetMiscDataBatch::numAllocated)
      .field("numFilled", &NvDsTargetMiscDataBatch::numFilled, "Number of sources.");
  def_list(batch, &NvDsTargetMiscDataBatch::list, &NvDsTargetMiscDataBatch::numFilled,
           "NvDsTargetMiscDataStream");

  // As they were called before DeepStream 6.3.
  module.attr("NvDsPastFrameObj") = module.attr("NvDsTargetMiscDataFrame");
  module.attr("NvDsPastFrameObjList") = module.attr("NvDsTargetMiscDataObject");
  module.attr("NvDsPastFrameObjStream") = module.attr("NvDsTargetMiscDataStream");
  module.attr("NvDsPastFrameObjBatch") = module.attr("NvDsTargetMiscDataBatch");
}

}  // namespace

void bind_tracker(nb::module_& module) {
  bind_targets(module);

  Binding<NvDsObjReid> reid(module, "NvDsObjReid", "The embedding of an object.");
  reid.constructor().field("featureSize", &NvDsObjReid::featureSize);
  reid.python().def(
      "get_host_reid_vector",
      [](const Ref<NvDsObjReid>& self) {
        const size_t size = self->ptr_host ? self->featureSize : 0;
        auto* copy = static_cast<float*>(g_memdup2(self->ptr_host, size * sizeof(float)));
        const nb::capsule owner(copy, [](void* memory) noexcept { g_free(memory); });
        return nb::ndarray<nb::numpy, float, nb::ndim<1>>(copy, {size}, owner);
      },
      "A copy of the vector, float32 of shape (featureSize,).");
}

}  // namespace pyds::py
