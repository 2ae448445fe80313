// nvbufsurface.h: pictures as NumPy arrays.
#include "nvbufsurface.h"

#include "bind.h"
#include "frame.h"
#include "gst_argument.h"

namespace pyds::py {
namespace {

PixelArray get_surface(BufferArgument buffer, int batch_id) {
  constexpr char kName[] = "get_nvds_buf_surface";
  FrameMemory& memory = pictures_of(buffer.buffer, batch_id, kName);
  const auto index = static_cast<unsigned>(batch_id);
  const GstVideoInfo& info = memory.picture(index).info();
  const GstVideoFormat format = GST_VIDEO_INFO_FORMAT(&info);
  if (format != GST_VIDEO_FORMAT_RGBA && format != GST_VIDEO_FORMAT_RGB)
    throw std::runtime_error(std::string(kName) + ": the picture is " +
                             gst_video_format_to_string(format) +
                             ", not RGBA or RGB; put nvvideoconvert and a capsfilter "
                             "'video/x-raw(memory:NVMM), format=RGBA' before the probe, or use "
                             "pyds.frame() for other formats");
  return Frame(writable_picture(memory, index), true).plane(0);
}

}  // namespace

void bind_nvbufsurface(nb::module_& module) {
  nb::enum_<NvBufSurfaceMemType>(module, "NvBufSurfaceMemType", nb::is_arithmetic())
      .value("NVBUF_MEM_DEFAULT", NVBUF_MEM_DEFAULT)
      .value("NVBUF_MEM_CUDA_PINNED", NVBUF_MEM_CUDA_PINNED)
      .value("NVBUF_MEM_CUDA_DEVICE", NVBUF_MEM_CUDA_DEVICE)
      .value("NVBUF_MEM_CUDA_UNIFIED", NVBUF_MEM_CUDA_UNIFIED)
      .value("NVBUF_MEM_SURFACE_ARRAY", NVBUF_MEM_SURFACE_ARRAY)
      .value("NVBUF_MEM_HANDLE", NVBUF_MEM_HANDLE)
      .value("NVBUF_MEM_SYSTEM", NVBUF_MEM_SYSTEM)
      .export_values();

  nb::enum_<NvBufSurfaceLayout>(module, "NvBufSurfaceLayout", nb::is_arithmetic())
      .value("NVBUF_LAYOUT_PITCH", NVBUF_LAYOUT_PITCH)
      .value("NVBUF_LAYOUT_BLOCK_LINEAR", NVBUF_LAYOUT_BLOCK_LINEAR)
      .export_values();

  module.def("get_nvds_buf_surface", &get_surface, nb::arg("gst_buffer"), nb::arg("batchID"),
             "The RGBA or RGB picture at `frame_meta.batch_id` as a writable view, uint8 of shape "
             "(height, width, 4 or 3).\n\n"
             "What is written shows downstream of this buffer and nowhere else. The pixels stay "
             "valid as long as the array. Raises RuntimeError for other formats and for buffers "
             "without pictures, IndexError for a bad batchID.");
  module.def(
      "unmap_nvds_buf_surface", [](BufferArgument, int) {}, nb::arg("gst_buffer"),
      nb::arg("batchID"), "Does nothing: pictures in CPU memory need no unmapping.");
}

}  // namespace pyds::py
