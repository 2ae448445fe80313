#include "osd/blur.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace pyds::osd {
namespace {

constexpr int kTiles = 8;
constexpr int kSmallestTile = 8;  // pixels

struct Area {
  int left, top, right, bottom;  // samples of a plane
};

void average(uint8_t* data, int stride, int channels, const Area& tile) {
  uint64_t sum[4] = {};
  for (int y = tile.top; y < tile.bottom; ++y)
    for (int x = tile.left; x < tile.right; ++x)
      for (int c = 0; c < channels; ++c)
        sum[c] += data[static_cast<ptrdiff_t>(y) * stride + x * channels + c];
  const uint64_t count = uint64_t(tile.right - tile.left) * (tile.bottom - tile.top);
  uint8_t mean[4];
  for (int c = 0; c < channels; ++c) mean[c] = static_cast<uint8_t>((sum[c] + count / 2) / count);
  for (int y = tile.top; y < tile.bottom; ++y)
    for (int x = tile.left; x < tile.right; ++x)
      std::copy_n(mean, channels, data + static_cast<ptrdiff_t>(y) * stride + x * channels);
}

// Rounded outwards: nothing of the object may stay visible at the edges.
bool area_of(const NvOSD_RectParams& box, const Picture& picture, Area& area) {
  const auto edge = [](double value, int size) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(size)));
  };
  if (!(box.width > 0) || !(box.height > 0) || std::isnan(box.left) || std::isnan(box.top))
    return false;
  area = {edge(std::floor(box.left), picture.width), edge(std::floor(box.top), picture.height),
          edge(std::ceil(double(box.left) + box.width), picture.width),
          edge(std::ceil(double(box.top) + box.height), picture.height)};
  return area.left < area.right && area.top < area.bottom;
}

void pixelate(Picture& picture, const Area& area) {
  const GstVideoFormatInfo* format = gst_video_format_get_info(picture.format);
  const int longer = std::max(area.right - area.left, area.bottom - area.top);
  // Even, so that tiles end where chroma samples do.
  const int tile = (std::max((longer + kTiles - 1) / kTiles, kSmallestTile) + 1) & ~1;
  for (unsigned i = 0; i < GST_VIDEO_FORMAT_INFO_N_PLANES(format); ++i) {
    const int shift = i > 0 ? 1 : 0;
    const int channels = picture.format == GST_VIDEO_FORMAT_NV12 && i == 1
                             ? 2
                             : GST_VIDEO_FORMAT_INFO_PSTRIDE(format, i);
    const Area samples{area.left >> shift, area.top >> shift, (area.right + shift) >> shift,
                       (area.bottom + shift) >> shift};
    const int step = tile >> shift;
    for (int y = samples.top; y < samples.bottom; y += step)
      for (int x = samples.left; x < samples.right; x += step)
        average(picture.plane[i], picture.stride[i], channels,
                {x, y, std::min(x + step, samples.right), std::min(y + step, samples.bottom)});
  }
}

}  // namespace

bool Blur::set_class_ids(const std::string& pairs) {
  std::vector<std::pair<int, int>> parsed;
  for (const char* rest = pairs.c_str(); *rest;) {
    char* end;
    const long component = std::strtol(rest, &end, 10);
    if (end == rest || *end != ':') return false;
    rest = end + 1;
    const long class_id = std::strtol(rest, &end, 10);
    if (end == rest || (*end && *end != ';')) return false;
    rest = *end ? end + 1 : end;
    parsed.emplace_back(static_cast<int>(component), static_cast<int>(class_id));
  }
  pairs_ = std::move(parsed);
  class_ids_ = pairs;
  return true;
}

bool Blur::selects(const NvDsObjectMeta& object) const {
  return pairs_.empty() ||
         std::find(pairs_.begin(), pairs_.end(),
                   std::make_pair(object.unique_component_id, object.class_id)) != pairs_.end();
}

bool Blur::applies_to(const NvDsFrameMeta& frame) const {
  if (!enabled) return false;
  for (const GList* node = frame.obj_meta_list; node; node = node->next)
    if (selects(*static_cast<const NvDsObjectMeta*>(node->data))) return true;
  return false;
}

void Blur::paint(Picture& picture, const NvDsFrameMeta& frame) const {
  for (const GList* node = frame.obj_meta_list; node; node = node->next) {
    const auto& object = *static_cast<const NvDsObjectMeta*>(node->data);
    Area area;
    if (selects(object) && area_of(object.rect_params, picture, area)) pixelate(picture, area);
  }
}

}  // namespace pyds::osd
