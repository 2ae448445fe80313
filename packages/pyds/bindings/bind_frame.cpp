// pyds.frame(): pictures of any format, without a copy.
#include "frame.h"

#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>

#include "bind.h"
#include "gst_argument.h"

namespace pyds::py {
namespace {

constexpr int kDlpackCpu = 1;

nb::tuple planes(const Frame& self) {
  nb::list list;
  for (unsigned i = 0; i < self.plane_count(); ++i) list.append(self.plane(i));
  return nb::tuple(list);
}

}  // namespace

void bind_frame(nb::module_& module) {
  nb::class_<Frame>(module, "Frame",
                    "One picture of a batch, shared with the pipeline (no copy).\n\n"
                    "The pixels stay valid as long as this object or any array made from it; what "
                    "the pipeline writes later may show in them. uint8, on the CPU.")
      .def_prop_ro(
          "format",
          [](const Frame& self) {
            return gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&self.info()));
          },
          "The GStreamer name, such as \"NV12\" or \"RGBA\".")
      .def_prop_ro("width", [](const Frame& self) { return GST_VIDEO_INFO_WIDTH(&self.info()); })
      .def_prop_ro("height", [](const Frame& self) { return GST_VIDEO_INFO_HEIGHT(&self.info()); })
      .def_prop_ro(
          "colorimetry",
          [](const Frame& self) -> std::string {
            gchar* text = gst_video_colorimetry_to_string(&self.info().colorimetry);
            const std::string result = text ? text : "";
            g_free(text);
            return result;
          },
          "The GStreamer name of matrix, range, transfer and primaries, such as \"bt709\".")
      .def_prop_ro("planes", &planes,
                   nb::for_getter(nb::sig("def planes(self, /) -> "
                                          "tuple[numpy.typing.NDArray[numpy.uint8], ...]")),
                   "Each plane as an array (rows, columns) or (rows, columns, channels). NV12: Y "
                   "(height, width) and UV (height / 2, width / 2, 2).")
      .def("to_rgb", &Frame::to_rgb, "A new array (height, width, 3), RGB, full range.")
      .def("__dlpack__", &Frame::dlpack,
           nb::sig("def __dlpack__(self, **kwargs: typing.Any) -> typing_extensions.CapsuleType"),
           "numpy() for torch.from_dlpack() and the like, also without a copy.")
      .def("__dlpack_device__", [](const Frame&) { return std::pair(kDlpackCpu, 0); })
      // Last: in the stub, the name hides the module of that name from what follows.
      .def("numpy", &Frame::numpy,
           "All pixels as one array: (height, width, channels) of packed formats, (height, width) "
           "of GRAY8, (height * 3 / 2, width) of NV12, which is what OpenCV's COLOR_YUV2*_NV12 "
           "take. Raises RuntimeError for I420 and odd sizes of NV12, whose planes are apart.");

  module.def(
      "frame",
      [](BufferArgument buffer, int batch_id, bool writable) {
        FrameMemory& memory = pictures_of(buffer.buffer, batch_id, "frame");
        const auto index = static_cast<unsigned>(batch_id);
        return Frame(writable ? writable_picture(memory, index) : memory.share(index), writable);
      },
      nb::arg("gst_buffer"), nb::arg("batch_id"), nb::kw_only(), nb::arg("writable") = false,
      "The picture at `frame_meta.batch_id` of a buffer, in whatever format it has.\n\n"
      "Arrays made from it are read-only unless `writable`, which first makes the picture "
      "exclusive to this buffer if another branch of the pipeline shares it.\n\n"
      "Raises RuntimeError if the buffer holds no pictures, IndexError for a bad batch_id.");
}

}  // namespace pyds::py
