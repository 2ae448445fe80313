#include "nvv4l2decoder/decoder_choice.h"

#include <array>
#include <memory>
#include <vector>

namespace pyds {
namespace {

struct Codec {
  const char* caps;
  const char* package;
};

constexpr std::array<Codec, 9> kCodecs = {{
    {"video/x-h264, stream-format=(string){ byte-stream, avc, avc3 }, alignment=(string)au",
     "gstreamer1.0-libav"},
    {"video/x-h265, stream-format=(string){ byte-stream, hvc1, hev1 }, alignment=(string)au",
     "gstreamer1.0-libav"},
    {"video/mpeg, mpegversion=(int){ 1, 2 }, systemstream=(boolean)false", "gstreamer1.0-libav"},
    {"video/mpeg, mpegversion=(int)4, systemstream=(boolean)false", "gstreamer1.0-libav"},
    {"video/x-divx, divxversion=(int)[ 4, 5 ]", "gstreamer1.0-libav"},
    {"video/x-vp8", "gstreamer1.0-plugins-good"},
    {"video/x-vp9", "gstreamer1.0-plugins-good"},
    {"video/x-av1", "gstreamer1.0-plugins-bad"},
    {"image/jpeg", "gstreamer1.0-plugins-good"},
}};

struct FactoryDeleter {
  void operator()(GstElementFactory* factory) const { gst_object_unref(factory); }
};
using Factory = std::unique_ptr<GstElementFactory, FactoryDeleter>;

// By rank, highest first.
std::vector<Factory> software_decoders() {
  GList* factories = gst_element_factory_list_get_elements(
      GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO |
          GST_ELEMENT_FACTORY_TYPE_MEDIA_IMAGE,
      GST_RANK_MARGINAL);
  factories = g_list_sort(factories, gst_plugin_feature_rank_compare_func);
  std::vector<Factory> decoders;
  for (GList* node = factories; node; node = node->next) {
    auto* factory = GST_ELEMENT_FACTORY(node->data);
    if (gst_element_factory_list_is_type(factory, GST_ELEMENT_FACTORY_TYPE_HARDWARE)) continue;
    if (g_str_has_prefix(GST_OBJECT_NAME(factory), "nvv4l2")) continue;
    decoders.emplace_back(GST_ELEMENT_FACTORY(gst_object_ref(factory)));
  }
  gst_plugin_feature_list_free(factories);
  return decoders;
}

GstCaps* sink_caps_of(GstElementFactory* factory) {
  GstCaps* caps = gst_caps_new_empty();
  for (const GList* node = gst_element_factory_get_static_pad_templates(factory); node;
       node = node->next) {
    auto* pad_template = static_cast<GstStaticPadTemplate*>(node->data);
    if (pad_template->direction == GST_PAD_SINK)
      gst_caps_append(caps, gst_static_pad_template_get_caps(pad_template));
  }
  return caps;
}

}  // namespace

GstCaps* decodable_caps() {
  GstCaps* caps = gst_caps_new_empty();
  for (const Codec& codec : kCodecs) gst_caps_append(caps, gst_caps_from_string(codec.caps));
  return caps;
}

GstCaps* installed_decodable_caps() {
  GstCaps* installed = gst_caps_new_empty();
  for (const Factory& decoder : software_decoders())
    gst_caps_append(installed, sink_caps_of(decoder.get()));
  GstCaps* result = gst_caps_new_empty();
  for (const Codec& codec : kCodecs) {
    GstCaps* caps = gst_caps_from_string(codec.caps);
    GstCaps* taken = gst_caps_intersect(caps, installed);
    const bool has_decoder = !gst_caps_is_empty(taken);
    gst_caps_append(result, has_decoder ? taken : caps);
    gst_caps_unref(has_decoder ? caps : taken);
  }
  gst_caps_unref(installed);
  return result;
}

GstElementFactory* best_software_decoder(const GstCaps* caps) {
  for (Factory& decoder : software_decoders())
    if (gst_element_factory_can_sink_all_caps(decoder.get(), caps)) return decoder.release();
  return nullptr;
}

std::string package_with_decoder_for(const GstCaps* caps) {
  for (const Codec& codec : kCodecs) {
    GstCaps* known = gst_caps_from_string(codec.caps);
    const bool matches = gst_caps_can_intersect(known, caps);
    gst_caps_unref(known);
    if (matches) return codec.package;
  }
  return "gstreamer1.0-libav";
}

}  // namespace pyds
