// Functions on elements and buffers: events, clock synchronisation, latency.
#include <gst/gst.h>
#include <nanobind/stl/string.h>

#include <vector>

#include "bind.h"
#include "fields.h"
#include "gst-nvevent.h"
#include "gst_argument.h"
#include "gstnvdsmeta.h"
#include "nvds_latency_meta.h"

namespace pyds::py {
namespace {

constexpr char kReferenceTime[] = "add-reference-timestamp-meta";

bool send(GstElement* element, GstEvent* event) {
  const nb::gil_scoped_release released;
  return gst_element_send_event(element, event);
}

// rtspsrc says the sender's clock in a meta, which the muxer makes the frame's ntp_timestamp.
void ask_for_sender_time(GstBin*, GstBin*, GstElement* element, gpointer) {
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), kReferenceTime))
    g_object_set(element, kReferenceTime, TRUE, nullptr);
}

void configure_for_ntp(ElementArgument argument) {
  GstElement* source = argument.element;
  if (GST_IS_BIN(source)) {
    // The source inside may not exist before the bin starts.
    g_signal_connect(source, "deep-element-added", G_CALLBACK(ask_for_sender_time), nullptr);
    GstIterator* inside = gst_bin_iterate_recurse(GST_BIN(source));
    const auto visit = [](const GValue* item, gpointer) {
      ask_for_sender_time(nullptr, nullptr, GST_ELEMENT(g_value_get_object(item)), nullptr);
    };
    gst_iterator_foreach(inside, visit, nullptr);
    gst_iterator_free(inside);
  }
  ask_for_sender_time(nullptr, nullptr, source, nullptr);
  GstElementFactory* factory = gst_element_factory_find("rtspsrc");
  const bool is_supported = [factory] {
    if (!factory) return false;
    GstElement* probe = gst_element_factory_create(factory, nullptr);
    if (!probe) return false;
    gst_object_ref_sink(probe);
    const bool has =
        g_object_class_find_property(G_OBJECT_GET_CLASS(probe), kReferenceTime) != nullptr;
    gst_object_unref(probe);
    return has;
  }();
  if (factory) gst_object_unref(factory);
  if (!is_supported)
    throw std::runtime_error(
        "configure_source_for_ntp_sync: this GStreamer's rtspsrc does not tell the sender's time; "
        "it needs gstreamer1.0-plugins-good 1.22 or later");
}

unsigned measure_latency(BufferArgument argument) {
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(argument.buffer);
  if (!batch || !nvds_enable_latency_measurement) return 0;
  std::vector<NvDsFrameLatencyInfo> frames(batch->max_frames_in_batch);
  frames.resize(nvds_measure_buffer_latency(argument.buffer, frames.data()));
  for (const NvDsFrameLatencyInfo& frame : frames)
    PySys_WriteStdout("Source id = %u Frame_num = %u Frame latency = %f (ms)\n", frame.source_id,
                      frame.frame_num, frame.latency);
  return static_cast<unsigned>(frames.size());
}

}  // namespace

void bind_gst_elements(nb::module_& module) {
  module.def(
      "gst_element_send_nvevent_new_stream_reset",
      [](ElementArgument element, unsigned source_id) {
        return int{send(element.element, gst_nvevent_new_stream_reset(source_id))};
      },
      nb::arg("gst_element"), nb::arg("source_id"),
      "Tells an element and those after it that a source starts anew; 1 if it was handled.");
  module.def(
      "gst_element_send_nvevent_interval_update",
      [](ElementArgument element, const std::string& stream_id, unsigned interval) {
        return send(element.element,
                    gst_nvevent_infer_interval_update(stream_id.c_str(), interval));
      },
      nb::arg("gst_element"), nb::arg("stream_id"), nb::arg("interval"),
      "Asks nvinfer to pass over `interval` batches between two inferences; whether it was "
      "handled.");
  module.def("configure_source_for_ntp_sync", &configure_for_ntp, nb::arg("src_elem"),
             "Lets frames of an RTSP source, or of a bin with one, carry the sender's time. With "
             "nvstreammux attach-sys-ts=0 it is frame_meta.ntp_timestamp, ns since 1970; 0 until "
             "the sender's first report.");
  module.def("nvds_measure_buffer_latency", &measure_latency, nb::arg("gst_buffer"),
             "Prints, for each frame of the batch, how long ago it arrived at the muxer, and "
             "returns how many there are; 0 unless the environment variable "
             "NVDS_ENABLE_LATENCY_MEASUREMENT was 1 when the process started.");
}

}  // namespace pyds::py
