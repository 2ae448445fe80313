#include "mux/batch_buffer.h"

#include <gtest/gtest.h>

#include "surface/frame_memory.h"

namespace pyds::mux {
namespace {

constexpr auto kType = static_cast<NvDsMetaType>(NVDS_DECODER_GST_META);
int alive = 0;  // payloads

gpointer make_payload(int value) {
  ++alive;
  return new int(value);
}
gpointer copy_meta_data(gpointer data, gpointer) { return make_payload(*static_cast<int*>(data)); }
void free_meta_data(gpointer data, gpointer) {
  --alive;
  delete static_cast<int*>(data);
}
gpointer copy_user_meta(gpointer data, gpointer) {
  return copy_meta_data(static_cast<NvDsUserMeta*>(data)->user_meta_data, nullptr);
}
void free_user_meta(gpointer data, gpointer) {
  auto* user = static_cast<NvDsUserMeta*>(data);
  free_meta_data(user->user_meta_data, nullptr);
  user->user_meta_data = nullptr;
}

class Payloads : public testing::Test {
 protected:
  Payloads() {
    gst_init(nullptr, nullptr);
    buffer = gst_buffer_new();
    alive = 0;
  }
  ~Payloads() override { gst_buffer_unref(buffer); }

  void attach(int value, bool becomes_user_meta) {
    NvDsMeta* meta = gst_buffer_add_nvds_meta(buffer, make_payload(value), nullptr, copy_meta_data,
                                              free_meta_data);
    meta->meta_type = NVDS_DECODER_GST_META;
    if (!becomes_user_meta) return;
    meta->gst_to_nvds_meta_transform_func = copy_user_meta;
    meta->gst_to_nvds_meta_release_func = free_user_meta;
  }

  GstBuffer* buffer;
};

std::vector<int> values_of(GstBuffer* batch, unsigned frame) {
  NvDsBatchMeta* meta = gst_buffer_get_nvds_batch_meta(batch);
  std::vector<int> values;
  for (GList* node = nvds_get_nth_frame_meta(meta->frame_meta_list, frame)->frame_user_meta_list;
       node; node = node->next) {
    auto* user = static_cast<NvDsUserMeta*>(node->data);
    EXPECT_EQ(user->base_meta.meta_type, kType);
    values.push_back(*static_cast<int*>(user->user_meta_data));
  }
  return values;
}

TEST_F(Payloads, become_user_metas_of_their_frame_and_live_as_long) {
  attach(7, true);
  attach(8, false);
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, 16, 16);
  const auto pool = BlockPool::create(info);
  std::vector<Frame> frames(2);
  for (Frame& frame : frames) frame.picture = pool->acquire();
  frames[1].user_payloads = UserPayload::of(buffer);
  EXPECT_EQ(alive, 3);
  GstBuffer* batch = make_batch_buffer(frames, 4);
  frames.clear();
  EXPECT_TRUE(values_of(batch, 0).empty());
  EXPECT_EQ(values_of(batch, 1), std::vector<int>{7});

  GstBuffer* copy = gst_buffer_copy(batch);
  EXPECT_EQ(values_of(copy, 1), std::vector<int>{7});
  gst_buffer_unref(batch);
  EXPECT_EQ(values_of(copy, 1), std::vector<int>{7});
  gst_buffer_unref(copy);
  EXPECT_EQ(alive, 2);  // those of the source's buffer
}

TEST_F(Payloads, of_a_frame_that_is_dropped_are_released) {
  attach(7, true);
  {
    Frame frame;
    frame.user_payloads = UserPayload::of(buffer);
    Frame moved = std::move(frame);
    frame = Frame();
    EXPECT_EQ(alive, 2);
  }
  EXPECT_EQ(alive, 1);
}

TEST(BatchBuffer, describes_every_frame) {
  gst_init(nullptr, nullptr);
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, 64, 48);
  std::vector<Frame> frames(2);
  for (unsigned i = 0; i < 2; ++i) {
    frames[i].picture = BlockPool::create(info)->acquire();
    frames[i].source_id = 5 + i;
    frames[i].number = 100 + static_cast<int>(i);
    frames[i].pts = 1000 + i;
    frames[i].ntp_time = 2000 + i;
    frames[i].source_width = 640;
    frames[i].source_height = 480;
  }
  const Block* second = frames[1].picture.get();
  GstBuffer* buffer = make_batch_buffer(frames, 8);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(buffer);
  EXPECT_EQ(batch->num_frames_in_batch, 2u);
  EXPECT_EQ(batch->max_frames_in_batch, 8u);
  const NvDsFrameMeta* frame = nvds_get_nth_frame_meta(batch->frame_meta_list, 1);
  EXPECT_EQ(frame->pad_index, 6u);
  EXPECT_EQ(frame->source_id, 6u);
  EXPECT_EQ(frame->batch_id, 1u);
  EXPECT_EQ(frame->frame_num, 101);
  EXPECT_EQ(frame->buf_pts, 1001u);
  EXPECT_EQ(frame->ntp_timestamp, 2001u);
  EXPECT_EQ(frame->source_frame_width, 640u);
  EXPECT_EQ(frame->source_frame_height, 480u);
  EXPECT_EQ(frame->pipeline_width, 64u);
  EXPECT_EQ(frame->pipeline_height, 48u);
  EXPECT_EQ(frame->num_surfaces_per_frame, 1);
  EXPECT_EQ(&FrameMemory::from(buffer)->picture(1), second);
  gst_buffer_unref(buffer);
}

}  // namespace
}  // namespace pyds::mux
