#include "frame.h"

#include <string>

#include "image/picture.h"

namespace pyds::py {
namespace {

constexpr int kChannelsOfRgb = 3;

std::string describe(const GstVideoInfo& info) {
  return std::string(gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info))) + " " +
         std::to_string(GST_VIDEO_INFO_WIDTH(&info)) + "x" +
         std::to_string(GST_VIDEO_INFO_HEIGHT(&info));
}

}  // namespace

FrameMemory& pictures_of(GstBuffer* buffer, int batch_id, const char* function) {
  FrameMemory* memory = FrameMemory::from(buffer);
  if (!memory)
    throw std::runtime_error(std::string(function) +
                             ": the buffer holds no video/x-raw(memory:NVMM) pictures; probe a pad "
                             "behind nvstreammux or nvvideoconvert");
  if (batch_id < 0 || static_cast<unsigned>(batch_id) >= memory->size())
    throw nb::index_error((std::string(function) + ": batch_id " + std::to_string(batch_id) +
                           " is not in this batch of " + std::to_string(memory->size()) +
                           "; use frame_meta.batch_id")
                              .c_str());
  return *memory;
}

BlockRef writable_picture(FrameMemory& memory, unsigned index) {
  const nb::gil_scoped_release released;
  memory.writable(index);
  return memory.share(index);
}

nb::capsule Frame::owner() const {
  return nb::capsule(new BlockRef(block_),
                     [](void* block) noexcept { delete static_cast<BlockRef*>(block); });
}

Frame::Layout Frame::plane_layout(unsigned index) const {
  const GstVideoFormatInfo* format = info().finfo;
  unsigned component = 0;
  while (GST_VIDEO_FORMAT_INFO_PLANE(format, component) != index) ++component;
  const int channels = GST_VIDEO_FORMAT_INFO_PSTRIDE(format, component);
  return {block_->plane(static_cast<int>(index)),
          channels > 1 ? size_t{3} : size_t{2},
          {static_cast<size_t>(GST_VIDEO_INFO_COMP_HEIGHT(&info(), component)),
           static_cast<size_t>(GST_VIDEO_INFO_COMP_WIDTH(&info(), component)),
           static_cast<size_t>(channels)},
          {block_->stride(static_cast<int>(index)), channels, 1}};
}

Frame::Layout Frame::layout() const {
  Layout layout = plane_layout(0);
  if (plane_count() == 1) return layout;
  const Layout second = plane_layout(1);
  const bool follows = plane_count() == 2 && second.strides[0] == layout.strides[0] &&
                       second.data == layout.data + layout.strides[0] * layout.shape[0] &&
                       second.shape[0] * 2 == layout.shape[0] &&
                       second.shape[1] * 2 == layout.shape[1];
  if (!follows)
    throw std::runtime_error("the planes of this " + describe(info()) +
                             " frame are not one array; use .planes or .to_rgb()");
  layout.shape[0] += second.shape[0];
  return layout;
}

nb::ndarray<nb::array_api> Frame::view(const Layout& layout) const {
  if (writable_)
    return nb::ndarray<nb::array_api>(nb::ndarray<uint8_t>(layout.data, layout.dimensions,
                                                           layout.shape, owner(), layout.strides));
  return nb::ndarray<nb::array_api>(nb::ndarray<const uint8_t>(
      layout.data, layout.dimensions, layout.shape, owner(), layout.strides));
}

PixelArray Frame::plane(unsigned index) const { return PixelArray(view(plane_layout(index))); }

PixelArray Frame::numpy() const { return PixelArray(view(layout())); }

nb::object Frame::dlpack(nb::kwargs arguments) const {
  return nb::cast(view(layout())).attr("__dlpack__")(**arguments);
}

PixelArray Frame::to_rgb() const {
  const int width = GST_VIDEO_INFO_WIDTH(&info()), height = GST_VIDEO_INFO_HEIGHT(&info());
  const size_t row = static_cast<size_t>(width) * kChannelsOfRgb;
  auto* data = static_cast<uint8_t*>(g_malloc(row * height));
  const nb::capsule keep(data, [](void* pixels) noexcept { g_free(pixels); });
  Picture target;
  target.format = GST_VIDEO_FORMAT_RGB;
  target.width = width;
  target.height = height;
  target.plane[0] = data;
  target.stride[0] = static_cast<int>(row);
  gst_video_colorimetry_from_string(&target.colorimetry, GST_VIDEO_COLORIMETRY_SRGB);
  const Rect all = {0, 0, width, height};
  bool converted;
  {
    const nb::gil_scoped_release released;
    converted = convert(Picture::of(*block_), all, target, all);
  }
  if (!converted) throw std::runtime_error("to_rgb: cannot convert " + describe(info()));
  return PixelArray(data, {static_cast<size_t>(height), static_cast<size_t>(width), 3}, keep);
}

}  // namespace pyds::py
