#include "surface/block.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace pyds {
namespace {

GstVideoInfo video_info(GstVideoFormat format, int width, int height) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, format, width, height);
  return info;
}

TEST(BlockPool, rows_start_on_cache_lines_for_every_format_and_odd_sizes) {
  for (const GstVideoFormat format :
       {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_RGB,
        GST_VIDEO_FORMAT_GRAY8}) {
    const auto pool = BlockPool::create(video_info(format, 101, 37));
    const BlockRef block = pool->acquire();
    const int planes = GST_VIDEO_INFO_N_PLANES(&block->info());
    for (int plane = 0; plane < planes; ++plane) {
      EXPECT_EQ(block->stride(plane) % 64, 0);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(block->plane(plane)) % 64, 0u);
    }
    EXPECT_EQ(GST_VIDEO_INFO_WIDTH(&block->info()), 101);
  }
}

TEST(BlockPool, planes_do_not_overlap) {
  const auto pool = BlockPool::create(video_info(GST_VIDEO_FORMAT_I420, 101, 37));
  const BlockRef block = pool->acquire();
  EXPECT_EQ(block->plane(1) - block->plane(0), 128 * 37);
  EXPECT_EQ(block->plane(2) - block->plane(1), 64 * 19);
  EXPECT_EQ(GST_VIDEO_INFO_SIZE(&block->info()), size_t(128 * 37 + 2 * 64 * 19));
}

TEST(BlockPool, an_unreferenced_block_is_used_again) {
  const auto pool = BlockPool::create(video_info(GST_VIDEO_FORMAT_NV12, 64, 64));
  const uint8_t* first = pool->acquire()->data();
  EXPECT_EQ(pool->acquire()->data(), first);
}

TEST(BlockPool, a_block_and_its_like_outlive_their_pool) {
  auto pool = BlockPool::create(video_info(GST_VIDEO_FORMAT_GRAY8, 64, 64));
  BlockRef block = pool->acquire();
  pool.reset();
  block->data()[0] = 42;
  const BlockRef like = block->make_like();
  copy_block(*block, *like);
  block.reset();
  EXPECT_EQ(like->data()[0], 42);
}

TEST(BlockPool, serves_several_threads) {
  const auto pool = BlockPool::create(video_info(GST_VIDEO_FORMAT_GRAY8, 64, 2), 4);
  std::vector<std::thread> threads;
  for (int id = 0; id < 4; ++id)
    threads.emplace_back([&pool, id] {
      for (int round = 0; round < 2000; ++round) {
        const BlockRef block = pool->acquire();
        block->data()[7] = uint8_t(id);
        ASSERT_EQ(block->data()[7], id);
      }
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace pyds
