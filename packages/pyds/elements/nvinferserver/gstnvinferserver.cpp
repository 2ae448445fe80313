#include "nvinferserver/gstnvinferserver.h"

#include "infer/server_config.h"

struct _GstNvInferServer {
  GstNvInfer parent;
};

G_DEFINE_FINAL_TYPE(GstNvInferServer, gst_nv_infer_server, GST_TYPE_NV_INFER)

static void gst_nv_infer_server_init(GstNvInferServer*) {}

static void gst_nv_infer_server_class_init(GstNvInferServerClass* klass) {
  GST_NV_INFER_CLASS(klass)->read_config = pyds::read_server_config;
  gst_element_class_set_static_metadata(
      GST_ELEMENT_CLASS(klass), "Neural network inference from a model repository",
      "Filter/Analyzer/Video",
      "Runs a model of a Triton model repository on the frames or objects of a batch and writes "
      "what it says into the metadata",
      "pythia-pyds");
}
