#include "nvds_obj_encode.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "encode/jpeg.h"
#include "meta/list.h"
#include "surface/descriptor.h"

GST_DEBUG_CATEGORY_STATIC(object_encoder_debug);
#define GST_CAT_DEFAULT object_encoder_debug

struct _NvDsObjEncCtx {
  pyds::JpegEncoder encoder;
};

namespace {

using pyds::Picture;
using pyds::Rect;

constexpr int kDefaultQuality = 95;

// Of no format if there is none for the surface's.
Picture picture_of(const NvBufSurfaceParams& params) {
  Picture picture;
  GstVideoInfo info;
  if (!pyds::set_info(&info, params.colorFormat, params.width, params.height)) return picture;
  picture.format = GST_VIDEO_INFO_FORMAT(&info);
  picture.colorimetry = info.colorimetry;
  picture.width = static_cast<int>(params.width);
  picture.height = static_cast<int>(params.height);
  for (uint32_t i = 0; i < params.planeParams.num_planes; ++i) {
    picture.plane[i] = static_cast<uint8_t*>(params.dataPtr) + params.planeParams.offset[i];
    picture.stride[i] = static_cast<int>(params.planeParams.pitch[i]);
  }
  return picture;
}

// The box of an object, within the picture; empty if it is outside.
Rect box_of(const NvDsObjectMeta& object, const Picture& picture) {
  const NvOSD_RectParams& box = object.rect_params;
  const auto within = [](double value, int size) {
    return static_cast<int>(std::lround(std::clamp(value, 0.0, static_cast<double>(size))));
  };
  const int left = within(box.left, picture.width);
  const int top = within(box.top, picture.height);
  return {left, top, within(double{box.left} + box.width, picture.width) - left,
          within(double{box.top} + box.height, picture.height) - top};
}

std::string file_name(const NvDsObjEncUsrArgs& arguments, const NvDsObjectMeta* object,
                      const NvDsFrameMeta& frame) {
  const size_t length = strnlen(arguments.fileNameImg, FILE_NAME_SIZE);
  if (length) return std::string(arguments.fileNameImg, length);
  std::string name =
      "frame" + std::to_string(frame.frame_num) + "_source" + std::to_string(frame.source_id);
  if (object)
    name +=
        "_object" + std::to_string(arguments.objNum) + "_class" + std::to_string(object->class_id);
  return name + ".jpg";
}

bool save(const std::string& name, const std::vector<uint8_t>& jpeg) {
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(name.c_str(), "wb"), std::fclose);
  return file && std::fwrite(jpeg.data(), 1, jpeg.size(), file.get()) == jpeg.size();
}

gpointer copy_jpeg(gpointer data, gpointer) {
  const auto& source =
      *static_cast<NvDsObjEncOutParams*>(static_cast<NvDsUserMeta*>(data)->user_meta_data);
  auto* copy = g_new(NvDsObjEncOutParams, 1);
  *copy = {static_cast<uint8_t*>(g_memdup2(source.outBuffer, source.outLen)), source.outLen};
  return copy;
}

void release_jpeg(gpointer data, gpointer) {
  auto* user_meta = static_cast<NvDsUserMeta*>(data);
  auto* jpeg = static_cast<NvDsObjEncOutParams*>(user_meta->user_meta_data);
  if (jpeg) g_free(jpeg->outBuffer);
  g_free(jpeg);
  user_meta->user_meta_data = nullptr;
}

void attach(const std::vector<uint8_t>& jpeg, NvDsObjectMeta* object, NvDsFrameMeta* frame) {
  NvDsBatchMeta* batch = frame->base_meta.batch_meta;
  const pyds::meta::BatchGuard guard(batch);
  NvDsUserMeta* user_meta = nvds_acquire_user_meta_from_pool(batch);
  auto* payload = g_new(NvDsObjEncOutParams, 1);
  *payload = {static_cast<uint8_t*>(g_memdup2(jpeg.data(), jpeg.size())), jpeg.size()};
  user_meta->user_meta_data = payload;
  user_meta->base_meta.meta_type = NVDS_CROP_IMAGE_META;
  user_meta->base_meta.copy_func = copy_jpeg;
  user_meta->base_meta.release_func = release_jpeg;
  if (object)
    nvds_add_user_meta_to_obj(object, user_meta);
  else
    nvds_add_user_meta_to_frame(frame, user_meta);
}

}  // namespace

NvDsObjEncCtxHandle nvds_obj_enc_create_context(int) {
  static const bool ready = [] {
    GST_DEBUG_CATEGORY_INIT(object_encoder_debug, "nvds_obj_encode", 0, "JPEGs of objects");
    return true;
  }();
  static_cast<void>(ready);
  return new _NvDsObjEncCtx;
}

void nvds_obj_enc_destroy_context(NvDsObjEncCtxHandle context) { delete context; }

bool nvds_obj_enc_process(NvDsObjEncCtxHandle context, NvDsObjEncUsrArgs* arguments,
                          NvBufSurface* surface, NvDsObjectMeta* object, NvDsFrameMeta* frame) {
  if (!context || !arguments || !surface || !frame || frame->batch_id >= surface->numFilled) {
    GST_ERROR("no context, no arguments, or the frame's picture is not in the surface");
    return false;
  }
  if (arguments->isFrame) object = nullptr;
  const Picture picture = picture_of(surface->surfaceList[frame->batch_id]);
  const Rect whole = {0, 0, picture.width, picture.height};
  const Rect rect = object ? box_of(*object, picture) : whole;
  const bool scale = arguments->scaleImg;
  const int width = scale ? arguments->scaledWidth : rect.width;
  const int height = scale ? arguments->scaledHeight : rect.height;
  if (rect.width <= 0 || rect.height <= 0 || width <= 0 || height <= 0) {
    GST_WARNING("nothing to encode: %d x %d pixels as %d x %d", rect.width, rect.height, width,
                height);
    return false;
  }
  const gint64 start = g_get_monotonic_time();
  const int quality = arguments->quality ? std::clamp(arguments->quality, 1, 100) : kDefaultQuality;
  const std::vector<uint8_t>& jpeg = context->encoder.encode(picture, rect, width, height, quality);
  if (jpeg.empty()) {
    GST_ERROR("JPEG of %d x %d pixels: %s", width, height, context->encoder.error());
    return false;
  }
  if (arguments->calcEncodeTime)
    GST_INFO("JPEG of %d x %d pixels took %" G_GINT64_FORMAT " us", width, height,
             g_get_monotonic_time() - start);
  if (arguments->attachUsrMeta) attach(jpeg, object, frame);
  if (arguments->saveImg) {
    const std::string name = file_name(*arguments, object, *frame);
    if (!save(name, jpeg)) {
      GST_ERROR("%s cannot be written: %s", name.c_str(), g_strerror(errno));
      return false;
    }
  }
  return true;
}

void nvds_obj_enc_finish(NvDsObjEncCtxHandle) {}
