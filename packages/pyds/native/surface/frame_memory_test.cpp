#include "surface/frame_memory.h"

#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

namespace pyds {
namespace {

class FrameMemoryTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }

  void SetUp() override {
    GstVideoInfo info;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, 32, 16);
    pool_ = BlockPool::create(info);
  }

  BlockRef block(uint8_t value) {
    BlockRef block = pool_->acquire();
    std::memset(block->data(), value, GST_VIDEO_INFO_SIZE(&block->info()));
    return block;
  }

  // A buffer with one picture per value.
  GstBuffer* buffer(std::initializer_list<uint8_t> values) {
    GstMemory* memory = FrameMemory::create(8);
    for (const uint8_t value : values) FrameMemory::from(memory)->append(block(value));
    GstBuffer* buffer = gst_buffer_new();
    gst_buffer_append_memory(buffer, memory);
    return buffer;
  }

  std::shared_ptr<BlockPool> pool_;
};

TEST_F(FrameMemoryTest, map_yields_a_surface_description) {
  GstBuffer* buffer = this->buffer({10, 20});
  GstMapInfo map;
  ASSERT_TRUE(gst_buffer_map(buffer, &map, GST_MAP_READ));
  EXPECT_EQ(map.size, sizeof(NvBufSurface));
  const auto* surface = reinterpret_cast<const NvBufSurface*>(map.data);
  EXPECT_EQ(surface->batchSize, 8u);
  EXPECT_EQ(surface->numFilled, 2u);
  EXPECT_EQ(surface->memType, NVBUF_MEM_SYSTEM);
  const NvBufSurfaceParams& second = surface->surfaceList[1];
  EXPECT_EQ(second.width, 32u);
  EXPECT_EQ(second.height, 16u);
  EXPECT_EQ(second.colorFormat, NVBUF_COLOR_FORMAT_NV12);
  EXPECT_EQ(second.planeParams.num_planes, 2u);
  EXPECT_EQ(second.planeParams.width[1], 16u);
  EXPECT_EQ(second.planeParams.height[1], 8u);
  EXPECT_EQ(second.planeParams.bytesPerPix[1], 2u);
  EXPECT_EQ(second.planeParams.offset[1], second.pitch * 16);
  EXPECT_EQ(static_cast<uint8_t*>(second.dataPtr)[second.planeParams.offset[1]], 20);
  gst_buffer_unmap(buffer, &map);
  gst_buffer_unref(buffer);
}

TEST_F(FrameMemoryTest, an_empty_batch_can_be_mapped_and_copied) {
  GstBuffer* buffer = this->buffer({});
  GstBuffer* copy = gst_buffer_copy(buffer);
  for (GstBuffer* each : {buffer, copy}) {
    GstMapInfo map;
    ASSERT_TRUE(gst_buffer_map(each, &map, GST_MAP_READWRITE));
    EXPECT_EQ(reinterpret_cast<const NvBufSurface*>(map.data)->numFilled, 0u);
    gst_buffer_unmap(each, &map);
    gst_buffer_unref(each);
  }
}

TEST_F(FrameMemoryTest, foreign_memory_is_no_batch) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, 16, nullptr);
  EXPECT_EQ(FrameMemory::from(buffer), nullptr);
  EXPECT_EQ(FrameMemory::make_writable(buffer), nullptr);
  gst_buffer_unref(buffer);
  buffer = gst_buffer_new();
  EXPECT_EQ(FrameMemory::from(buffer), nullptr);
  gst_buffer_unref(buffer);
}

TEST_F(FrameMemoryTest, copying_a_buffer_shares_pixels) {
  GstBuffer* original = buffer({1});
  GstBuffer* copy = gst_buffer_copy(original);
  const Block& picture = FrameMemory::from(original)->picture(0);
  EXPECT_NE(FrameMemory::from(original), FrameMemory::from(copy));
  EXPECT_EQ(&picture, &FrameMemory::from(copy)->picture(0));
  EXPECT_EQ(picture.owners(), 2);
  gst_buffer_unref(copy);
  EXPECT_EQ(picture.owners(), 1);
  gst_buffer_unref(original);
}

TEST_F(FrameMemoryTest, the_only_owner_writes_in_place) {
  GstBuffer* buffer = this->buffer({1});
  FrameMemory* batch = FrameMemory::make_writable(buffer);
  const Block* before = &batch->picture(0);
  EXPECT_EQ(&batch->writable(0), before);
  gst_buffer_unref(buffer);
}

TEST_F(FrameMemoryTest, a_reference_that_is_no_owner_does_not_force_a_copy) {
  GstBuffer* buffer = this->buffer({1});
  FrameMemory* batch = FrameMemory::from(buffer);
  const BlockRef view = batch->share(0);
  EXPECT_EQ(&batch->writable(0), view.get());
  gst_buffer_unref(buffer);
  EXPECT_EQ(view->data()[0], 1);
  EXPECT_EQ(view->owners(), 0);
}

TEST_F(FrameMemoryTest, a_writer_copies_only_the_picture_it_writes_to) {
  GstBuffer* original = buffer({1, 2});
  GstBuffer* copy = gst_buffer_copy(original);
  FrameMemory* batch = FrameMemory::make_writable(copy);
  batch->writable(1).data()[5] = 99;
  EXPECT_EQ(FrameMemory::from(original)->picture(1).data()[5], 2);
  EXPECT_EQ(batch->picture(1).data()[5], 99);
  EXPECT_EQ(batch->picture(1).data()[6], 2);
  EXPECT_EQ(&batch->picture(0), &FrameMemory::from(original)->picture(0));
  gst_buffer_unref(original);
  gst_buffer_unref(copy);
}

TEST_F(FrameMemoryTest, map_for_writing_makes_every_picture_exclusive) {
  GstBuffer* original = buffer({1, 2});
  GstBuffer* copy = gst_buffer_copy(original);
  GstMapInfo map;
  ASSERT_TRUE(gst_buffer_map(copy, &map, GST_MAP_READWRITE));
  const auto* surface = reinterpret_cast<const NvBufSurface*>(map.data);
  for (unsigned index = 0; index < 2; ++index)
    static_cast<uint8_t*>(surface->surfaceList[index].dataPtr)[0] = 77;
  gst_buffer_unmap(copy, &map);
  EXPECT_EQ(FrameMemory::from(original)->picture(0).data()[0], 1);
  EXPECT_EQ(FrameMemory::from(original)->picture(1).data()[0], 2);
  EXPECT_EQ(FrameMemory::from(copy)->picture(1).data()[0], 77);
  gst_buffer_unref(original);
  gst_buffer_unref(copy);
}

TEST_F(FrameMemoryTest, one_memory_in_two_buffers_is_parted_before_writing) {
  GstBuffer* first = buffer({1});
  GstBuffer* second = gst_buffer_new();
  gst_buffer_append_memory(second, gst_memory_ref(gst_buffer_peek_memory(first, 0)));
  ASSERT_EQ(FrameMemory::from(first), FrameMemory::from(second));
  FrameMemory::make_writable(second)->writable(0).data()[0] = 50;
  EXPECT_EQ(FrameMemory::from(first)->picture(0).data()[0], 1);
  EXPECT_EQ(FrameMemory::from(second)->picture(0).data()[0], 50);
  gst_buffer_unref(first);
  gst_buffer_unref(second);
}

TEST_F(FrameMemoryTest, replacing_a_picture_releases_the_old_one) {
  GstBuffer* buffer = this->buffer({1});
  FrameMemory* batch = FrameMemory::from(buffer);
  const BlockRef old = batch->share(0);
  batch->replace(0, block(2));
  EXPECT_EQ(old->owners(), 0);
  EXPECT_EQ(batch->picture(0).owners(), 1);
  EXPECT_EQ(batch->picture(0).data()[0], 2);
  gst_buffer_unref(buffer);
}

TEST_F(FrameMemoryTest, owners_stay_exact_when_threads_copy_write_and_release) {
  GstBuffer* original = buffer({7, 8});
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int id = 0; id < 4; ++id)
    threads.emplace_back([&, value = uint8_t(100 + id)] {
      for (int round = 0; round < 1000; ++round) {
        GstBuffer* branch = gst_buffer_make_writable(gst_buffer_ref(original));
        Block& picture = FrameMemory::make_writable(branch)->writable(0);
        std::memset(picture.data(), value, 64);
        for (int byte = 0; byte < 64; ++byte) wrong += picture.data()[byte] != value;
        wrong += FrameMemory::from(branch)->picture(1).data()[0] != 8;
        gst_buffer_unref(branch);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(FrameMemory::from(original)->picture(0).data()[0], 7);
  EXPECT_EQ(FrameMemory::from(original)->picture(0).owners(), 1);
  EXPECT_EQ(FrameMemory::from(original)->picture(1).owners(), 1);
  gst_buffer_unref(original);
}

TEST_F(FrameMemoryTest, caps_round_trip) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, GST_VIDEO_FORMAT_NV12, 1280, 720);
  info.fps_n = 30000;
  info.fps_d = 1001;
  gst_video_colorimetry_from_string(&info.colorimetry, GST_VIDEO_COLORIMETRY_BT2020);
  GstCaps* caps = nvmm_caps_from_info(info);
  EXPECT_TRUE(has_nvmm_feature(caps));
  GstVideoInfo parsed;
  ASSERT_TRUE(gst_video_info_from_caps(&parsed, caps));
  EXPECT_EQ(GST_VIDEO_INFO_FORMAT(&parsed), GST_VIDEO_FORMAT_NV12);
  EXPECT_EQ(GST_VIDEO_INFO_WIDTH(&parsed), 1280);
  EXPECT_EQ(GST_VIDEO_INFO_HEIGHT(&parsed), 720);
  EXPECT_EQ(GST_VIDEO_INFO_FPS_N(&parsed), 30000);
  EXPECT_EQ(GST_VIDEO_INFO_FPS_D(&parsed), 1001);
  EXPECT_TRUE(gst_video_colorimetry_is_equal(&info.colorimetry, &parsed.colorimetry));
  gst_caps_unref(caps);
  caps = gst_video_info_to_caps(&info);
  EXPECT_FALSE(has_nvmm_feature(caps));
  gst_caps_unref(caps);
  EXPECT_FALSE(has_nvmm_feature(nullptr));
}

}  // namespace
}  // namespace pyds
