// Plugin entry point: registers every element of ours under its DeepStream name.
#include <gst/gst.h>

#include <vector>

#include "register.h"

namespace {

struct Element {
  const char* name;
  guint rank;
  GType (*get_type)();
};

const std::vector<Element> kElements = {
    {"nvvideoconvert", GST_RANK_NONE, gst_nv_video_convert_get_type},
    {"nvv4l2decoder", GST_RANK_PRIMARY + 10, gst_nv_v4l2_decoder_get_type},
    {"nveglglessink", GST_RANK_NONE, gst_nv_egl_gles_sink_get_type},
    {"nv3dsink", GST_RANK_NONE, gst_nv_3d_sink_get_type},
    {"nvstreammux", GST_RANK_PRIMARY, gst_nv_streammux_get_type},
    {"nvinfer", GST_RANK_PRIMARY, gst_nv_infer_get_type},
    {"nvinferserver", GST_RANK_PRIMARY, gst_nv_infer_server_get_type},
    {"nvtracker", GST_RANK_PRIMARY, gst_nv_tracker_get_type},
    {"nvmultistreamtiler", GST_RANK_PRIMARY, gst_nv_multi_stream_tiler_get_type},
    {"nvstreamdemux", GST_RANK_PRIMARY, gst_nv_stream_demux_get_type},
    {"nvdsanalytics", GST_RANK_PRIMARY, gst_nv_ds_analytics_get_type},
    {"nvdslogger", GST_RANK_NONE, gst_nv_ds_logger_get_type},
    {"nvurisrcbin", GST_RANK_NONE, gst_nv_uri_src_bin_get_type},
    {"nvdspreprocess", GST_RANK_NONE, gst_nv_ds_pre_process_get_type},
    {"nvof", GST_RANK_NONE, gst_nv_of_get_type},
    {"nvofvisual", GST_RANK_NONE, gst_nv_of_visual_get_type},
    {"nvv4l2h264enc", GST_RANK_NONE, gst_nv_v4l2_h264_enc_get_type},
    {"nvv4l2h265enc", GST_RANK_NONE, gst_nv_v4l2_h265_enc_get_type},
    {"nvsegvisual", GST_RANK_PRIMARY, gst_nv_seg_visual_get_type},
    {"nvmsgconv", GST_RANK_PRIMARY, gst_nv_msg_conv_get_type},
    {"nvmsgbroker", GST_RANK_PRIMARY, gst_nv_msg_broker_get_type},
    {"nvdsosd", GST_RANK_PRIMARY, gst_nv_ds_osd_get_type},
};

// With NVIDIA's own plugins installed theirs win: the same pipeline then runs on their hardware.
bool nvidia_deepstream_is_installed() {
  GstElementFactory* factory = gst_element_factory_find("nvinfer");
  if (!factory) return false;
  GstPlugin* plugin = gst_plugin_feature_get_plugin(GST_PLUGIN_FEATURE(factory));
  const bool foreign = plugin && g_strcmp0(gst_plugin_get_name(plugin), "pyds") != 0;
  gst_clear_object(&plugin);
  gst_object_unref(factory);
  return foreign;
}

gboolean plugin_init(GstPlugin* plugin) {
  if (nvidia_deepstream_is_installed()) return TRUE;
  for (const Element& element : kElements)
    if (!gst_element_register(plugin, element.name, element.rank, element.get_type())) return FALSE;
  return TRUE;
}

}  // namespace

#define PACKAGE "pyds"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, pyds,
                  "DeepStream's elements on stock GStreamer", plugin_init, "0.1.0",
                  GST_LICENSE_UNKNOWN, "pythia-pyds", "https://pypi.org/project/pythia-pyds/")
