#include "nvvideoconvert/conversion.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "gstnvdsmeta.h"
#include "surface/frame_memory.h"

namespace pyds {
namespace {

// A system-memory buffer mapped as a picture for a scope.
class MappedFrame {
 public:
  MappedFrame(const GstVideoInfo& info, GstBuffer* buffer, GstMapFlags flags)
      : mapped_(gst_video_frame_map(&frame_, &info, buffer, flags)) {}
  ~MappedFrame() {
    if (mapped_) gst_video_frame_unmap(&frame_);
  }
  MappedFrame(const MappedFrame&) = delete;
  MappedFrame& operator=(const MappedFrame&) = delete;

  explicit operator bool() const { return mapped_; }
  Picture picture() const { return Picture::of(frame_); }

 private:
  GstVideoFrame frame_;
  bool mapped_;
};

Rect clipped(const std::optional<Rect>& rect, const GstVideoInfo& info) {
  const int width = GST_VIDEO_INFO_WIDTH(&info), height = GST_VIDEO_INFO_HEIGHT(&info);
  if (!rect) return {0, 0, width, height};
  const int left = std::clamp(rect->left, 0, width), top = std::clamp(rect->top, 0, height);
  return {left, top, std::min(rect->width, width - left), std::min(rect->height, height - top)};
}

bool is_all_of(const Rect& rect, const GstVideoInfo& info) {
  return rect.left == 0 && rect.top == 0 && rect.width == GST_VIDEO_INFO_WIDTH(&info) &&
         rect.height == GST_VIDEO_INFO_HEIGHT(&info);
}

bool same_colorimetry(const GstVideoInfo& a, const GstVideoInfo& b) {
  return a.colorimetry.matrix == b.colorimetry.matrix && a.colorimetry.range == b.colorimetry.range;
}

void release_block(gpointer block) {
  auto* reference = static_cast<BlockRef*>(block);
  (*reference)->remove_owner();
  delete reference;
}

// The block as read-only memory. It counts as an owner: nobody may write to pixels that are being
// read here, and a writer here gets a copy.
GstMemory* memory_of(BlockRef block) {
  block->add_owner();
  uint8_t* data = block->data();
  const size_t size = GST_VIDEO_INFO_SIZE(&block->info());
  return gst_memory_new_wrapped(GST_MEMORY_FLAG_READONLY, data, size, 0, size,
                                new BlockRef(std::move(block)), release_block);
}

}  // namespace

std::optional<Rect> parse_rect(const char* text) {
  Rect rect;
  int end = 0;
  const int fields =
      std::sscanf(text, "%d:%d:%d:%d%n", &rect.left, &rect.top, &rect.width, &rect.height, &end);
  if (fields != 4 || text[end] != '\0') return std::nullopt;
  if (rect.left < 0 || rect.top < 0 || rect.width <= 0 || rect.height <= 0) return std::nullopt;
  return rect;
}

std::optional<VideoEnd> VideoEnd::from_caps(const GstCaps* caps) {
  VideoEnd end;
  end.nvmm = has_nvmm_feature(caps);
  if (!gst_video_info_from_caps(&end.info, caps)) return std::nullopt;
  if (!is_supported(GST_VIDEO_INFO_FORMAT(&end.info))) return std::nullopt;
  return end;
}

Conversion::Conversion(const VideoEnd& input, const VideoEnd& output,
                       const ConversionSettings& settings)
    : input_(input),
      output_(output),
      settings_(settings),
      source_(clipped(settings.source_crop, input.info)),
      destination_(clipped(settings.destination_crop, output.info)),
      fills_output_(is_all_of(destination_, output.info)),
      same_pixels_(GST_VIDEO_INFO_FORMAT(&input.info) == GST_VIDEO_INFO_FORMAT(&output.info) &&
                   same_colorimetry(input.info, output.info) && settings.flip == Flip::kNone &&
                   is_all_of(source_, input.info) && fills_output_ &&
                   source_.width == destination_.width && source_.height == destination_.height),
      pool_(BlockPool::create(output.info)) {}

bool Conversion::block_layout_is_default() const {
  const GstVideoInfo& ours = pool_->info();
  const GstVideoInfo& standard = output_.info;
  if (GST_VIDEO_INFO_SIZE(&ours) != GST_VIDEO_INFO_SIZE(&standard)) return false;
  for (unsigned plane = 0; plane < GST_VIDEO_INFO_N_PLANES(&ours); ++plane)
    if (GST_VIDEO_INFO_PLANE_STRIDE(&ours, plane) !=
            GST_VIDEO_INFO_PLANE_STRIDE(&standard, plane) ||
        GST_VIDEO_INFO_PLANE_OFFSET(&ours, plane) != GST_VIDEO_INFO_PLANE_OFFSET(&standard, plane))
      return false;
  return true;
}

void Conversion::convert_picture(const Picture& from, Picture& to) const {
  if (!fills_output_) fill_black(to, {0, 0, to.width, to.height});
  convert(from, source_, to, destination_, settings_.filter, settings_.flip);
}

bool Conversion::into_nvmm(GstBuffer* in, GstBuffer* out) {
  const auto append_converted = [this](FrameMemory* batch, const Picture& from) {
    BlockRef block = pool_->acquire();
    Picture to = Picture::of(*block);
    convert_picture(from, to);
    batch->append(std::move(block));
  };
  GstMemory* memory = nullptr;
  if (input_.nvmm) {
    const FrameMemory* batch = FrameMemory::from(in);
    if (!batch) return false;
    memory = FrameMemory::create(batch->capacity());
    for (unsigned index = 0; index < batch->size(); ++index)
      append_converted(FrameMemory::from(memory), Picture::of(batch->picture(index)));
  } else {
    const MappedFrame frame(input_.info, in, GST_MAP_READ);
    if (!frame) return false;
    memory = FrameMemory::create(1);
    append_converted(FrameMemory::from(memory), frame.picture());
  }
  gst_buffer_replace_all_memory(out, memory);
  return true;
}

bool Conversion::into_system(GstBuffer* in, GstBuffer* out) {
  const MappedFrame to(output_.info, out, GST_MAP_WRITE);
  if (!to) return false;
  Picture destination = to.picture();
  if (input_.nvmm) {
    const FrameMemory* batch = FrameMemory::from(in);
    if (!batch) return false;
    convert_picture(Picture::of(batch->picture(0)), destination);
    return true;
  }
  const MappedFrame from(input_.info, in, GST_MAP_READ);
  if (!from) return false;
  convert_picture(from.picture(), destination);
  return true;
}

void Conversion::wrap(GstBuffer* in, GstBuffer* out) {
  BlockRef block = FrameMemory::from(in)->share(0);
  GstVideoInfo layout = block->info();
  gst_buffer_replace_all_memory(out, memory_of(std::move(block)));
  gst_buffer_add_video_meta_full(out, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&layout),
                                 GST_VIDEO_INFO_WIDTH(&layout), GST_VIDEO_INFO_HEIGHT(&layout),
                                 GST_VIDEO_INFO_N_PLANES(&layout), layout.offset, layout.stride);
}

void Conversion::remap_metadata(GstBuffer* out) const {
  if (same_pixels_) return;
  if (NvDsBatchMeta* batch_meta = gst_buffer_get_nvds_batch_meta(out))
    remap_batch_meta(batch_meta, {source_, destination_, settings_.flip},
                     GST_VIDEO_INFO_WIDTH(&output_.info), GST_VIDEO_INFO_HEIGHT(&output_.info));
}

}  // namespace pyds
