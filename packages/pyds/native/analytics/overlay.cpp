#include "analytics/overlay.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace pyds::analytics {
namespace {

constexpr NvOSD_ColorParams kYellow = {1, 1, 0, 1};
constexpr NvOSD_ColorParams kBlack = {0, 0, 0, 1};
constexpr unsigned kLineWidth = 4;

// Adds shapes to as many display metas as it takes.
class Overlay {
 public:
  Overlay(NvDsFrameMeta* frame, const Scale& scale, unsigned font_size)
      : frame_(frame), scale_(scale), font_size_(font_size) {}

  void line(Point from, Point to) {
    NvDsDisplayMeta* display = with_room(&NvDsDisplayMeta::num_lines);
    NvOSD_LineParams& line = display->line_params[display->num_lines++];
    place(from, line.x1, line.y1);
    place(to, line.x2, line.y2);
    line.line_width = kLineWidth;
    line.line_color = kYellow;
  }

  void arrow(Point from, Point to) {
    NvDsDisplayMeta* display = with_room(&NvDsDisplayMeta::num_arrows);
    NvOSD_ArrowParams& arrow = display->arrow_params[display->num_arrows++];
    place(from, arrow.x1, arrow.y1);
    place(to, arrow.x2, arrow.y2);
    arrow.arrow_width = kLineWidth;
    arrow.arrow_head = END_HEAD;
    arrow.arrow_color = kYellow;
  }

  void polygon(const std::vector<Point>& points) {
    for (size_t i = 0; i < points.size(); ++i) line(points[i], points[(i + 1) % points.size()]);
  }

  void text(Point at, const std::string& words) {
    NvDsDisplayMeta* display = with_room(&NvDsDisplayMeta::num_labels);
    NvOSD_TextParams& text = display->text_params[display->num_labels++];
    text.display_text = g_strdup(words.c_str());
    place(at, text.x_offset, text.y_offset);
    text.font_params.font_name = const_cast<char*>(g_intern_static_string("Serif"));
    text.font_params.font_size = font_size_;
    text.font_params.font_color = kYellow;
    text.set_bg_clr = 1;
    text.text_bg_clr = kBlack;
  }

 private:
  // What lies outside the frame begins at its edge.
  void place(Point point, unsigned& x, unsigned& y) const {
    x = unsigned(std::lround(std::max(point.x * scale_.x, 0.0)));
    y = unsigned(std::lround(std::max(point.y * scale_.y, 0.0)));
  }

  NvDsDisplayMeta* with_room(guint NvDsDisplayMeta::*count) {
    if (!display_ || display_->*count == MAX_ELEMENTS_IN_DISPLAY_META) {
      display_ = nvds_acquire_display_meta_from_pool(frame_->base_meta.batch_meta);
      nvds_add_display_meta_to_frame(frame_, display_);
    }
    return display_;
  }

  NvDsFrameMeta* frame_;
  const Scale& scale_;
  unsigned font_size_;
  NvDsDisplayMeta* display_ = nullptr;
};

template <typename Counts>
std::string count_of(const Counts& counts, const std::string& label) {
  const auto found = counts.find(label);
  return std::to_string(found == counts.end() ? 0 : found->second);
}

void draw_shapes(Overlay& overlay, const StreamConfig& stream, bool with_counts,
                 const NvDsAnalyticsFrameMeta& found) {
  const auto caption = [&](const std::string& label, const std::string& counts) {
    return with_counts ? label + "=" + counts : label;
  };
  if (stream.roi)
    for (const Region& region : stream.roi->regions) {
      overlay.polygon(region.polygon);
      overlay.text(region.polygon[0],
                   caption(region.label, count_of(found.objInROIcnt, region.label)));
    }
  if (stream.overcrowding)
    for (const Region& region : stream.overcrowding->regions) {
      const auto status = found.ocStatus.find(region.label);
      const bool crowded = status != found.ocStatus.end() && status->second;
      overlay.polygon(region.polygon);
      overlay.text(region.polygon[0],
                   caption(region.label, count_of(found.objInROIcnt, region.label) +
                                             (crowded ? " (overcrowded)" : "")));
    }
  if (stream.line_crossing)
    for (const Line& line : stream.line_crossing->lines) {
      overlay.line(line.from, line.to);
      overlay.arrow(line.arrow, line.arrow + line.direction);
      overlay.text(line.from, caption(line.label, count_of(found.objLCCumCnt, line.label)));
    }
  if (stream.direction)
    for (const Direction& direction : stream.direction->directions) {
      overlay.arrow(direction.from, direction.to);
      overlay.text(direction.from, direction.label);
    }
}

}  // namespace

void draw_overlay(NvDsFrameMeta* frame, const Config& config, const NvDsAnalyticsFrameMeta& found,
                  const Scale& scale) {
  if (config.osd_mode == OsdMode::kNothing) return;
  Overlay overlay(frame, scale, config.font_size);
  const bool with_counts = config.osd_mode == OsdMode::kShapesAndCounts;
  const auto stream = config.streams.find(frame->source_id);
  if (stream != config.streams.end()) draw_shapes(overlay, stream->second, with_counts, found);
  if (with_counts && config.display_object_count) {
    std::string words;
    for (const auto& [class_id, count] :
         std::map<int, uint32_t>(found.objCnt.begin(), found.objCnt.end()))
      words += (words.empty() ? "class " : ", class ") + std::to_string(class_id) + "=" +
               std::to_string(count);
    if (!words.empty()) overlay.text({0, 0}, words);
  }
}

}  // namespace pyds::analytics
