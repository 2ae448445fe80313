// nvds_obj_encode.h: JPEGs of objects and frames.
#include <unordered_map>

#include "batch_lock.h"
#include "bind.h"
#include "buffers.h"
#include "fields.h"
#include "frame.h"
#include "gst_argument.h"
#include "nvds_obj_encode.h"

namespace pyds::py {
namespace {

struct ContextDeleter {
  void operator()(NvDsObjEncCtxHandle context) const { nvds_obj_enc_destroy_context(context); }
};
using Context = std::unique_ptr<_NvDsObjEncCtx, ContextDeleter>;

// What Python knows by address. Guarded by the GIL.
std::unordered_map<Address, Context>& contexts() {
  static auto& instance = *new std::unordered_map<Address, Context>;
  return instance;
}

NvDsObjEncCtxHandle context_at(Address address, const char* function) {
  const auto found = contexts().find(address);
  if (found == contexts().end())
    throw nb::value_error((std::string(function) + ": " + std::to_string(address) +
                           " is not a context of nvds_obj_enc_create_context(), or it was "
                           "destroyed")
                              .c_str());
  return found->second.get();
}

Address create_context(int gpu_id) {
  Context context(nvds_obj_enc_create_context(gpu_id));
  const auto address = reinterpret_cast<Address>(context.get());
  contexts()[address] = std::move(context);
  return address;
}

// The pictures of a buffer while in scope.
class MappedSurface {
 public:
  explicit MappedSurface(GstBuffer* buffer) : memory_(gst_buffer_peek_memory(buffer, 0)) {
    if (!gst_memory_map(memory_, &map_, GST_MAP_READ))
      throw std::runtime_error("nvds_obj_enc_process: the buffer cannot be mapped");
  }
  ~MappedSurface() { gst_memory_unmap(memory_, &map_); }
  MappedSurface(const MappedSurface&) = delete;
  MappedSurface& operator=(const MappedSurface&) = delete;
  NvBufSurface* get() { return reinterpret_cast<NvBufSurface*>(map_.data); }

 private:
  GstMemory* memory_;
  GstMapInfo map_;
};

bool process(Address context, const Ref<NvDsObjEncUsrArgs>& arguments, BufferArgument buffer,
             std::optional<Ref<NvDsObjectMeta>> object, const Ref<NvDsFrameMeta>& frame) {
  constexpr char kName[] = "nvds_obj_enc_process";
  NvDsObjEncCtxHandle encoder = context_at(context, kName);
  pictures_of(buffer.buffer, static_cast<int>(frame->batch_id), kName);
  if (!object && !arguments->isFrame)
    throw nb::value_error("nvds_obj_enc_process: without obj_meta, args.isFrame must be 1");
  MappedSurface surface(buffer.buffer);
  batch_of(frame);  // raises if it has none
  NvDsObjectMeta* const object_meta = object ? object->get() : nullptr;
  NvDsFrameMeta* const frame_meta = frame.get();
  NvDsObjEncUsrArgs* const user_arguments = arguments.get();
  const nb::gil_scoped_release released;
  return nvds_obj_enc_process(encoder, user_arguments, surface.get(), object_meta, frame_meta);
}

}  // namespace

void bind_object_encoder(nb::module_& module) {
  Binding<NvDsObjEncUsrArgs>(module, "NvDsObjEncUsrArgs", "What to encode and where to put it.")
      .constructor()
      .field("saveImg", &NvDsObjEncUsrArgs::saveImg, "Write a file.")
      .field("attachUsrMeta", &NvDsObjEncUsrArgs::attachUsrMeta,
             "Attach a user meta of type NVDS_CROP_IMAGE_META to the object or frame.")
      .field("scaleImg", &NvDsObjEncUsrArgs::scaleImg)
      .field("scaledWidth", &NvDsObjEncUsrArgs::scaledWidth, "Pixels.")
      .field("scaledHeight", &NvDsObjEncUsrArgs::scaledHeight, "Pixels.")
      .field("fileNameImg", &NvDsObjEncUsrArgs::fileNameImg,
             "At most 1023 bytes; if empty, a name is made from frame, source and object.")
      .field("objNum", &NvDsObjEncUsrArgs::objNum, "Of the object in its frame, for that name.")
      .field("quality", &NvDsObjEncUsrArgs::quality, "1..100; 0 is the default, 95.")
      .field("isFrame", &NvDsObjEncUsrArgs::isFrame, "Encode the whole frame.")
      .field("calcEncodeTime", &NvDsObjEncUsrArgs::calcEncodeTime,
             "Log how long it took (GST_DEBUG=nvds_obj_encode:4).");

  Binding<NvDsObjEncOutParams> output(module, "NvDsObjEncOutParams",
                                      "A JPEG: payload of NVDS_CROP_IMAGE_META.");
  output.constructor();
  output.python()
      .def(
          "outBuffer",
          [](nb::pointer_and_handle<Ref<NvDsObjEncOutParams>> self) {
            const NvDsObjEncOutParams& jpeg = **self.p;
            return nb::ndarray<nb::numpy, uint8_t, nb::ndim<1>>(jpeg.outBuffer, {jpeg.outLen},
                                                                self.h);
          },
          "The bytes of the JPEG as a view, uint8; copy it to keep it beyond the buffer.")
      .def_prop_ro(
          "outLen", [](const Ref<NvDsObjEncOutParams>& self) { return self->outLen; }, "Bytes.");

  module.def("nvds_obj_enc_create_context", &create_context, nb::arg("gpu_id"),
             "A context for the other nvds_obj_enc_* functions, used by one thread at a time.");
  module.def(
      "nvds_obj_enc_destroy_context", [](Address context) { contexts().erase(context); },
      nb::arg("ctx"));
  module.def("nvds_obj_enc_process", &process, nb::arg("ctx"), nb::arg("args"),
             nb::arg("gst_buffer"), nb::arg("obj_meta").none(), nb::arg("frame_meta"),
             "Encodes an object, or the frame, as JPEG. False if nothing was encoded, such as for "
             "a box outside the picture or a file that cannot be written.");
  module.def(
      "nvds_obj_enc_finish",
      [](Address context) { nvds_obj_enc_finish(context_at(context, "nvds_obj_enc_finish")); },
      nb::arg("ctx"), "Waits until everything is encoded; here it already is.");
}

}  // namespace pyds::py
