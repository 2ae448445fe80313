#include "analytics/frame_analysis.h"

#include <memory>
#include <string>
#include <utility>

#include "analytics/overlay.h"

namespace pyds::analytics {
namespace {

// A user meta that owns its payload, a copyable C++ object.
template <typename Payload>
NvDsUserMeta* make_user_meta(NvDsBatchMeta* batch, NvDsMetaType type, Payload payload) {
  NvDsUserMeta* user = nvds_acquire_user_meta_from_pool(batch);
  user->base_meta.meta_type = type;
  user->base_meta.copy_func = [](gpointer data, gpointer) -> gpointer {
    return new Payload(*static_cast<Payload*>(static_cast<NvDsUserMeta*>(data)->user_meta_data));
  };
  user->base_meta.release_func = [](gpointer data, gpointer) {
    auto* user = static_cast<NvDsUserMeta*>(data);
    delete static_cast<Payload*>(std::exchange(user->user_meta_data, nullptr));
  };
  user->user_meta_data = std::make_unique<Payload>(std::move(payload)).release();
  return user;
}

// All of it in one line, "ROI:Gate LC:Exit DIR:South"; empty if there is nothing to say.
std::string summary_of(const NvDsAnalyticsObjInfo& info) {
  std::string summary;
  const auto add = [&](const char* kind, const std::string& label) {
    summary += (summary.empty() ? "" : " ") + std::string(kind) + ":" + label;
  };
  for (const std::string& label : info.roiStatus) add("ROI", label);
  for (const std::string& label : info.ocStatus) add("OC", label);
  for (const std::string& label : info.lcStatus) add("LC", label);
  if (!info.dirStatus.empty()) add("DIR", info.dirStatus);
  return summary;
}

}  // namespace

void analyze_frame(NvDsFrameMeta* frame, const Config& config, StreamAnalyzer& analyzer,
                   unsigned unique_id) {
  static const NvDsMetaType object_type = NVDS_USER_OBJ_META_NVDSANALYTICS;
  static const NvDsMetaType frame_type = NVDS_USER_FRAME_META_NVDSANALYTICS;
  const Scale scale = {double(frame->pipeline_width) / config.width,
                       double(frame->pipeline_height) / config.height};
  std::vector<NvDsObjectMeta*> metas;
  std::vector<Object> objects;
  for (GList* node = frame->obj_meta_list; node; node = node->next) {
    auto* meta = static_cast<NvDsObjectMeta*>(node->data);
    const NvOSD_RectParams& box = meta->rect_params;
    metas.push_back(meta);
    objects.push_back({meta->object_id,
                       meta->class_id,
                       {(box.left + box.width / 2) / scale.x, (box.top + box.height) / scale.y},
                       box.height / scale.y});
  }
  Analysis analysis = analyzer.analyze(objects, frame->buf_pts);
  NvDsBatchMeta* batch = frame->base_meta.batch_meta;
  for (size_t i = 0; i < metas.size(); ++i) {
    NvDsAnalyticsObjInfo& info = analysis.objects[i];
    info.objStatus = summary_of(info);
    if (info.objStatus.empty()) continue;
    info.unique_id = unique_id;
    nvds_add_user_meta_to_obj(metas[i], make_user_meta(batch, object_type, std::move(info)));
  }
  draw_overlay(frame, config, analysis.frame, scale);
  analysis.frame.unique_id = unique_id;
  nvds_add_user_meta_to_frame(frame, make_user_meta(batch, frame_type, std::move(analysis.frame)));
}

}  // namespace pyds::analytics
