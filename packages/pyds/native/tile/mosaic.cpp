#include "tile/mosaic.h"

#include "image/mapping.h"
#include "meta/list.h"

namespace pyds::tile {
namespace {

bool covers(const Rect& rect, const GstVideoInfo& info) {
  return rect.left == 0 && rect.top == 0 && rect.width == info.width && rect.height == info.height;
}

bool is_like(const GstVideoInfo& a, const GstVideoInfo& b) {
  return GST_VIDEO_INFO_FORMAT(&a) == GST_VIDEO_INFO_FORMAT(&b) && a.width == b.width &&
         a.height == b.height && gst_video_colorimetry_is_equal(&a.colorimetry, &b.colorimetry);
}

int64_t area(const Rect& rect) { return int64_t{rect.width} * rect.height; }

void remember_origin(NvDsFrameMeta* frame) {
  for (GList* node = frame->obj_meta_list; node; node = node->next) {
    auto* object = static_cast<NvDsObjectMeta*>(node->data);
    object->reserved[0] = frame->source_id;
    object->reserved[1] = frame->frame_num;
  }
}

}  // namespace

Mosaic::Mosaic(const GstVideoInfo& output, Filter filter, unsigned max_idle_blocks)
    : output_(output), filter_(filter), pool_(BlockPool::create(output, max_idle_blocks)) {}

BlockRef Mosaic::compose(const FrameMemory& pictures, const std::vector<Placement>& placements) {
  if (placements.size() == 1 && covers(placements[0].tile, output_)) {
    const unsigned index = placements[0].frame->batch_id;
    if (is_like(pictures.picture(index).info(), output_)) return pictures.share(index);
  }
  BlockRef block = pool_->acquire();
  Picture mosaic = Picture::of(*block);
  int64_t covered = 0;
  for (const Placement& placement : placements) covered += area(placement.tile);
  if (covered < int64_t{output_.width} * output_.height)
    fill_black(mosaic, {0, 0, output_.width, output_.height});
  for (const Placement& placement : placements) {
    const Picture picture = Picture::of(pictures.picture(placement.frame->batch_id));
    if (!convert(picture, {0, 0, picture.width, picture.height}, mosaic, placement.tile, filter_))
      return nullptr;
  }
  return block;
}

NvDsFrameMeta* merge_frames(NvDsBatchMeta* batch, const std::vector<Placement>& placements,
                            int frame_number, int width, int height) {
  const meta::BatchGuard guard(batch);
  NvDsFrameMeta* merged = nvds_acquire_frame_meta_from_pool(batch);
  merged->frame_num = frame_number;
  merged->num_surfaces_per_frame = 1;
  merged->pipeline_width = unsigned(width);
  merged->pipeline_height = unsigned(height);
  for (const auto& [frame, tile] : placements) {
    if (frame == placements.front().frame) {
      merged->buf_pts = frame->buf_pts;
      merged->ntp_timestamp = frame->ntp_timestamp;
      merged->source_frame_width = unsigned(tile.width);
      merged->source_frame_height = unsigned(tile.height);
    }
    merged->bInferDone |= frame->bInferDone;
    remember_origin(frame);
    const Rect whole = {0, 0, int(frame->pipeline_width), int(frame->pipeline_height)};
    remap_frame_meta(frame, {whole, tile}, width, height);
    for (NvDsMetaType type : {NVDS_OBJ_META, NVDS_DISPLAY_META, NVDS_USER_META})
      meta::move_all(frame, merged, type);
  }
  nvds_clear_frame_meta_list(batch, batch->frame_meta_list);
  nvds_add_frame_meta_to_batch(batch, merged);
  return merged;
}

}  // namespace pyds::tile
