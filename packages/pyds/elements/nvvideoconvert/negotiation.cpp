#include "nvvideoconvert/negotiation.h"

#include <gst/video/video.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "image/layout.h"
#include "surface/frame_memory.h"

namespace pyds {
namespace {

// Fields only a batch has.
constexpr const char* kBatchFields[] = {"batch-size", "num-surfaces-per-frame"};

using Formats = std::vector<GstVideoFormat>;

// The formats by what is lost on the way to them, best first.
const Formats& formats_by_loss(GstVideoFormat from) {
  static const Formats from_yuv = {
      GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_RGBA,
      GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_RGBx, GST_VIDEO_FORMAT_BGRA,
      GST_VIDEO_FORMAT_RGB,  GST_VIDEO_FORMAT_BGR,  GST_VIDEO_FORMAT_GRAY8};
  static const Formats from_rgb = {
      GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_RGBx,
      GST_VIDEO_FORMAT_BGRA, GST_VIDEO_FORMAT_RGB,  GST_VIDEO_FORMAT_BGR,
      GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_GRAY8};
  return is_rgb(family_of(from)) ? from_rgb : from_yuv;
}

void set_all_formats(GstStructure* structure) {
  GValue list = G_VALUE_INIT;
  g_value_init(&list, GST_TYPE_LIST);
  for (const GstVideoFormat format : formats_by_loss(GST_VIDEO_FORMAT_NV12)) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_static_string(&value, gst_video_format_to_string(format));
    gst_value_list_append_and_take_value(&list, &value);
  }
  gst_structure_take_value(structure, "format", &list);
}

bool is_ours(const GstCapsFeatures* features) {
  return gst_caps_features_is_equal(features, GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY) ||
         (gst_caps_features_get_size(features) == 1 &&
          gst_caps_features_contains(features, kNvmmFeature));
}

// What any conversion can change is open.
GstStructure* opened(const GstStructure* structure, bool nvmm) {
  GstStructure* open = gst_structure_copy(structure);
  set_all_formats(open);
  gst_structure_set(open, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT, "height", GST_TYPE_INT_RANGE, 1,
                    G_MAXINT, nullptr);
  gst_structure_remove_fields(open, "colorimetry", "chroma-site", "pixel-aspect-ratio", nullptr);
  if (!nvmm)
    for (const char* field : kBatchFields) gst_structure_remove_field(open, field);
  return open;
}

void append_opened(GstCaps* caps, const GstCaps* from, bool nvmm) {
  for (unsigned i = 0; i < gst_caps_get_size(from); ++i) {
    if (!is_ours(gst_caps_get_features(from, i))) continue;
    GstCaps* one = gst_caps_new_full(opened(gst_caps_get_structure(from, i), nvmm), nullptr);
    if (nvmm) gst_caps_set_features(one, 0, gst_caps_features_new(kNvmmFeature, nullptr));
    gst_caps_append(caps, one);
  }
}

// True if the field can have the value. Takes the value's content.
bool allows(const GstStructure* structure, const char* field, GValue value) {
  const GValue* allowed = gst_structure_get_value(structure, field);
  const bool result = !allowed || gst_value_intersect(nullptr, allowed, &value);
  g_value_unset(&value);
  return result;
}

bool allows_format(const GstStructure* structure, GstVideoFormat format) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_STRING);
  g_value_set_static_string(&value, gst_video_format_to_string(format));
  return allows(structure, "format", value);
}

bool allows_int(const GstStructure* structure, const char* field, int number) {
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_TYPE_INT);
  g_value_set_int(&value, number);
  return allows(structure, field, value);
}

struct Size {
  int width, height;
};

bool allows_size(const GstStructure* structure, Size size) {
  return allows_int(structure, "width", size.width) && allows_int(structure, "height", size.height);
}

struct Choice {
  unsigned structure = 0;
  GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;
};

// The first structure with this memory and format, rather one that allows the size.
std::optional<Choice> find(const GstCaps* candidates, bool nvmm, GstVideoFormat format, Size size) {
  std::optional<Choice> other_size;
  for (unsigned i = 0; i < gst_caps_get_size(candidates); ++i) {
    const GstStructure* structure = gst_caps_get_structure(candidates, i);
    const bool is_nvmm =
        gst_caps_features_contains(gst_caps_get_features(candidates, i), kNvmmFeature);
    if (is_nvmm != nvmm || !allows_format(structure, format)) continue;
    if (allows_size(structure, size)) return Choice{i, format};
    if (!other_size) other_size = Choice{i, format};
  }
  return other_size;
}

std::optional<Choice> choose(const GstCaps* candidates, GstVideoFormat input_format,
                             bool input_is_nvmm, Size size) {
  for (const bool nvmm : {true, false}) {
    const bool enters_nvmm = nvmm && !input_is_nvmm;
    Formats formats = formats_by_loss(input_format);
    formats.insert(formats.begin(), enters_nvmm ? GST_VIDEO_FORMAT_NV12 : input_format);
    for (const GstVideoFormat format : formats)
      if (const auto choice = find(candidates, nvmm, format, size)) return choice;
  }
  return std::nullopt;
}

void fixate_size(GstStructure* structure, int width, int height) {
  int fixed_width = 0, fixed_height = 0;
  const bool has_width = gst_structure_get_int(structure, "width", &fixed_width);
  const bool has_height = gst_structure_get_int(structure, "height", &fixed_height);
  if (has_width && !has_height)
    height = int(gst_util_uint64_scale_int_round(fixed_width, height, width));
  if (has_height && !has_width)
    width = int(gst_util_uint64_scale_int_round(fixed_height, width, height));
  gst_structure_fixate_field_nearest_int(structure, "width", std::max(width, 1));
  gst_structure_fixate_field_nearest_int(structure, "height", std::max(height, 1));
}

void fixate_aspect_ratio(GstStructure* structure, const GstVideoInfo& input, bool sideways) {
  int numerator = GST_VIDEO_INFO_PAR_N(&input), denominator = GST_VIDEO_INFO_PAR_D(&input);
  if (sideways) std::swap(numerator, denominator);
  if (gst_structure_has_field(structure, "pixel-aspect-ratio"))
    gst_structure_fixate_field_nearest_fraction(structure, "pixel-aspect-ratio", numerator,
                                                denominator);
  else
    gst_structure_set(structure, "pixel-aspect-ratio", GST_TYPE_FRACTION, numerator, denominator,
                      nullptr);
}

// Explicit, because what GStreamer assumes without it depends on the size, which may change.
void fixate_colorimetry(GstStructure* structure, const GstVideoInfo& input, Family output) {
  if (family_of(GST_VIDEO_INFO_FORMAT(&input)) != output || is_rgb(output)) return;
  char* colorimetry = gst_video_colorimetry_to_string(&GST_VIDEO_INFO_COLORIMETRY(&input));
  if (!colorimetry) return;
  if (gst_structure_has_field(structure, "colorimetry"))
    gst_structure_fixate_field_string(structure, "colorimetry", colorimetry);
  else
    gst_structure_set(structure, "colorimetry", G_TYPE_STRING, colorimetry, nullptr);
  g_free(colorimetry);
}

void fixate_chroma_site(GstStructure* structure, const GstStructure* input, Family output) {
  const char* site = gst_structure_get_string(input, "chroma-site");
  if (!site || output != Family::kYuv420) return;
  if (gst_structure_has_field(structure, "chroma-site"))
    gst_structure_fixate_field_string(structure, "chroma-site", site);
  else
    gst_structure_set(structure, "chroma-site", G_TYPE_STRING, site, nullptr);
}

}  // namespace

GstCaps* convertible_caps() {
  GstCaps* any = gst_caps_new_empty_simple("video/x-raw");
  GstCaps* caps = gst_caps_new_empty();
  append_opened(caps, any, true);
  append_opened(caps, any, false);
  for (unsigned i = 0; i < gst_caps_get_size(caps); ++i)
    gst_structure_set(gst_caps_get_structure(caps, i), "framerate", GST_TYPE_FRACTION_RANGE, 0, 1,
                      G_MAXINT, 1, nullptr);
  gst_caps_unref(any);
  return caps;
}

GstCaps* caps_of_other_pad(const GstCaps* caps) {
  GstCaps* other = gst_caps_copy(caps);
  append_opened(other, caps, true);
  append_opened(other, caps, false);
  return other;
}

GstCaps* fixate_output(const GstCaps* input, GstCaps* candidates, int width, int height,
                       bool sideways) {
  GstVideoInfo info;
  if (gst_caps_is_empty(candidates) || !gst_video_info_from_caps(&info, input))
    return gst_caps_fixate(candidates);
  const auto choice =
      choose(candidates, GST_VIDEO_INFO_FORMAT(&info), has_nvmm_feature(input), {width, height});
  if (!choice) return gst_caps_fixate(candidates);

  GstCaps* output = gst_caps_copy_nth(candidates, choice->structure);
  gst_caps_unref(candidates);
  GstStructure* structure = gst_caps_get_structure(output, 0);
  gst_structure_set(structure, "format", G_TYPE_STRING, gst_video_format_to_string(choice->format),
                    nullptr);
  fixate_size(structure, width, height);
  fixate_aspect_ratio(structure, info, sideways);
  fixate_colorimetry(structure, info, family_of(choice->format));
  fixate_chroma_site(structure, gst_caps_get_structure(input, 0), family_of(choice->format));
  return gst_caps_fixate(output);
}

}  // namespace pyds
