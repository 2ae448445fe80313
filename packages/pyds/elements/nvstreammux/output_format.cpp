#include "nvstreammux/output_format.h"

#include <memory>
#include <utility>
#include <vector>

#include "surface/frame_memory.h"

namespace pyds::mux {
namespace {

struct CapsUnref {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using CapsRef = std::unique_ptr<GstCaps, CapsUnref>;

std::string text_of(const GstCaps* caps) {
  gchar* text = gst_caps_to_string(caps);
  std::string result = text;
  g_free(text);
  return result;
}

// `allowed` narrowed to a picture format; empty if it is not among them.
CapsRef with_format(GstCaps* allowed, GstVideoFormat format) {
  CapsRef filter(gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING,
                                     gst_video_format_to_string(format), nullptr));
  gst_caps_set_features(filter.get(), 0, gst_caps_features_new(kNvmmFeature, nullptr));
  return CapsRef(gst_caps_intersect(allowed, filter.get()));
}

// `allowed` narrowed to a size; empty if it is not among them.
CapsRef with_size(GstCaps* allowed, int width, int height) {
  CapsRef filter(gst_caps_new_simple("video/x-raw", "width", G_TYPE_INT, width, "height",
                                     G_TYPE_INT, height, nullptr));
  gst_caps_set_features(filter.get(), 0, gst_caps_features_new(kNvmmFeature, nullptr));
  return CapsRef(gst_caps_intersect(allowed, filter.get()));
}

bool is_rgb(GstVideoFormat format) {
  return GST_VIDEO_FORMAT_INFO_IS_RGB(gst_video_format_get_info(format));
}

}  // namespace

std::string choose_output_format(GstPad* src_pad, const Settings& settings,
                                 const GstVideoInfo& first_source, bool source_is_nvmm,
                                 GstVideoInfo& output) {
  const CapsRef own(gst_pad_get_pad_template_caps(src_pad));
  const CapsRef allowed(gst_pad_peer_query_caps(src_pad, own.get()));

  std::vector<GstVideoFormat> formats = {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420,
                                         GST_VIDEO_FORMAT_RGBA};
  const GstVideoFormat source_format = GST_VIDEO_INFO_FORMAT(&first_source);
  if (source_is_nvmm) formats.insert(formats.begin(), source_format);
  CapsRef caps;
  GstVideoFormat format = GST_VIDEO_FORMAT_UNKNOWN;
  for (const GstVideoFormat candidate : formats) {
    caps = with_format(allowed.get(), candidate);
    format = candidate;
    if (!gst_caps_is_empty(caps.get())) break;
  }
  if (gst_caps_is_empty(caps.get()))
    return "the next element takes " + text_of(allowed.get()) + ", batches are " +
           text_of(own.get()) + "; put nvvideoconvert in between";

  // The next element may want a size of its own, which counts where ours is not set.
  int width = settings.width ? settings.width : first_source.width;
  int height = settings.height ? settings.height : first_source.height;
  if (CapsRef sized = with_size(caps.get(), width, height); !gst_caps_is_empty(sized.get()))
    caps = std::move(sized);
  caps.reset(gst_caps_truncate(caps.release()));
  caps.reset(gst_caps_make_writable(caps.release()));
  GstStructure* structure = gst_caps_get_structure(caps.get(), 0);
  for (const auto& [name, size] : {std::make_pair("width", &width), {"height", &height}}) {
    if (!gst_structure_has_field(structure, name)) continue;
    gst_structure_fixate_field_nearest_int(structure, name, *size);
    int allowed_size = *size;
    gst_structure_get_int(structure, name, &allowed_size);
    const bool is_set = *name == 'w' ? settings.width : settings.height;
    if (is_set && allowed_size != *size)
      return std::string(name) + "=" + std::to_string(*size) + ", but the next element takes " +
             std::to_string(allowed_size) + "; make them equal, or put nvvideoconvert in between";
    *size = allowed_size;
  }

  gst_video_info_set_format(&output, format, width, height);
  output.fps_n = first_source.fps_n;
  output.fps_d = first_source.fps_d;
  if (is_rgb(format) == is_rgb(source_format)) output.colorimetry = first_source.colorimetry;
  output.chroma_site = first_source.chroma_site;
  if (width == first_source.width && height == first_source.height) {
    output.par_n = first_source.par_n;
    output.par_d = first_source.par_d;
  }
  return {};
}

}  // namespace pyds::mux
