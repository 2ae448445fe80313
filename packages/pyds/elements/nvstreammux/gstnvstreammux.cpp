#include "nvstreammux/gstnvstreammux.h"

#include <new>

#include "nvstreammux/private.h"

GST_DEBUG_CATEGORY(gst_nv_streammux_debug);
#define GST_CAT_DEFAULT gst_nv_streammux_debug

#define NVMM_CAPS "video/x-raw(memory:NVMM), format = (string) { NV12, I420, RGBA }"
#define SYSTEM_CAPS \
  "video/x-raw, format = (string) { NV12, I420, RGBA, BGRx, RGBx, BGRA, RGB, BGR, GRAY8 }"

namespace {

GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE(
    "sink_%u", GST_PAD_SINK, GST_PAD_REQUEST, GST_STATIC_CAPS(NVMM_CAPS "; " SYSTEM_CAPS));
GstStaticPadTemplate src_template =
    GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS(NVMM_CAPS));

}  // namespace

G_DEFINE_FINAL_TYPE(GstNvStreammux, gst_nv_streammux, GST_TYPE_ELEMENT)

static GstPad* gst_nv_streammux_request_new_pad(GstElement* element, GstPadTemplate* pad_template,
                                                const gchar* name, const GstCaps*) {
  GstNvStreammux* self = GST_NV_STREAMMUX(element);
  GstNvStreammuxPad* pad = pyds::mux::make_input(self, pad_template, name);
  if (!pad) return nullptr;
  if (GST_STATE_TARGET(element) > GST_STATE_READY) gst_pad_set_active(GST_PAD(pad), TRUE);
  gst_element_add_pad(element, GST_PAD(pad));
  return GST_PAD(pad);
}

static void gst_nv_streammux_release_pad(GstElement* element, GstPad* pad) {
  GstNvStreammux* self = GST_NV_STREAMMUX(element);
  GST_DEBUG_OBJECT(pad, "releasing");
  // First wake its thread, which may be waiting for room, then wait until it has left the pad.
  self->state.batcher.remove(*GST_NV_STREAMMUX_PAD(pad)->state.queue);
  gst_pad_set_active(pad, FALSE);
  gst_element_remove_pad(element, pad);
}

static void gst_nv_streammux_set_property(GObject* object, guint id, const GValue* value,
                                          GParamSpec* pspec) {
  GstNvStreammux* self = GST_NV_STREAMMUX(object);
  GST_OBJECT_LOCK(self);
  const bool known = self->settings.set(id, value);
  const auto batching = self->settings.batching();
  GST_OBJECT_UNLOCK(self);
  if (!known) {
    G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
    return;
  }
  self->state.batcher.set_settings(batching);
}

static void gst_nv_streammux_get_property(GObject* object, guint id, GValue* value,
                                          GParamSpec* pspec) {
  GstNvStreammux* self = GST_NV_STREAMMUX(object);
  GST_OBJECT_LOCK(self);
  const bool known = self->settings.get(id, value);
  GST_OBJECT_UNLOCK(self);
  if (!known) G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
}

static void gst_nv_streammux_finalize(GObject* object) {
  GstNvStreammux* self = GST_NV_STREAMMUX(object);
  self->settings.~Settings();
  self->state.~State();
  G_OBJECT_CLASS(gst_nv_streammux_parent_class)->finalize(object);
}

static void gst_nv_streammux_init(GstNvStreammux* self) {
  new (&self->settings) pyds::mux::Settings();
  new (&self->state) pyds::mux::State();
  self->state.batcher.set_settings(self->settings.batching());
  self->src = gst_pad_new_from_static_template(&src_template, "src");
  pyds::mux::set_up_output(self);
  gst_element_add_pad(GST_ELEMENT(self), self->src);
}

static void gst_nv_streammux_class_init(GstNvStreammuxClass* klass) {
  GST_DEBUG_CATEGORY_INIT(gst_nv_streammux_debug, "nvstreammux", 0, "batches of several sources");
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_nv_streammux_set_property;
  object_class->get_property = gst_nv_streammux_get_property;
  object_class->finalize = gst_nv_streammux_finalize;
  pyds::mux::Settings::install(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  element_class->request_new_pad = gst_nv_streammux_request_new_pad;
  element_class->release_pad = gst_nv_streammux_release_pad;
  gst_element_class_add_static_pad_template_with_gtype(element_class, &sink_template,
                                                       GST_TYPE_NV_STREAMMUX_PAD);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "Stream muxer", "Generic/Video/Muxer",
      "Makes batches of the frames of several sources, scaled to one size", "pythia-pyds");
}
