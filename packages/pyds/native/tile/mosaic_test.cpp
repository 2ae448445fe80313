#include "tile/mosaic.h"

#include <gtest/gtest.h>

#include "tile/grid.h"

namespace pyds::tile {
namespace {

constexpr uint8_t kBlack = 16;

GstVideoInfo format(GstVideoFormat format, int width, int height) {
  GstVideoInfo info;
  gst_video_info_set_format(&info, format, width, height);
  return info;
}

// A batch of grey pictures, and a frame meta for each, as large as they are.
struct Batch {
  explicit Batch(std::initializer_list<int> greys, int width = 64, int height = 48)
      : memory(FrameMemory::create(8)), meta(nvds_create_batch_meta(8)) {
    for (int grey : greys) {
      BlockRef block = BlockPool::create(format(GST_VIDEO_FORMAT_NV12, width, height))->acquire();
      memset(block->data(), grey, GST_VIDEO_INFO_SIZE(&block->info()));
      NvDsFrameMeta* frame = nvds_acquire_frame_meta_from_pool(meta);
      frame->batch_id = pictures().append(std::move(block));
      frame->source_id = frame->pad_index = frame->batch_id;
      frame->frame_num = 100 + int(frame->batch_id);
      frame->pipeline_width = unsigned(width);
      frame->pipeline_height = unsigned(height);
      nvds_add_frame_meta_to_batch(meta, frame);
    }
  }
  ~Batch() {
    nvds_destroy_batch_meta(meta);
    gst_memory_unref(memory);
  }
  FrameMemory& pictures() { return *FrameMemory::from(memory); }
  NvDsFrameMeta* frame(unsigned index) {
    return nvds_get_nth_frame_meta(meta->frame_meta_list, index);
  }
  NvDsObjectMeta* add_object(unsigned index, float left, float top, NvDsObjectMeta* parent) {
    NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(meta);
    object->rect_params.left = left;
    object->rect_params.top = top;
    object->rect_params.width = 16;
    object->rect_params.height = 12;
    nvds_add_obj_meta_to_frame(frame(index), object, parent);
    return object;
  }

  GstMemory* memory;
  NvDsBatchMeta* meta;
};

int luma(const Block& block, int x, int y) { return block.plane(0)[y * block.stride(0) + x]; }

class MosaicTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
};

TEST(Grid, TilesCoverThePictureWithoutOverlapAtEvenPositions) {
  for (const Grid grid : {Grid{2, 3, 1280, 720}, Grid{3, 3, 1000, 500}, Grid{1, 7, 640, 2}}) {
    int64_t covered = 0;
    for (unsigned i = 0; i < grid.size(); ++i) {
      const Rect tile = grid.tile(i);
      covered += int64_t{tile.width} * tile.height;
      EXPECT_EQ(tile.left % 2, 0);
      EXPECT_EQ(tile.top % 2, 0);
      const bool ends_row = (i + 1) % grid.columns == 0;
      EXPECT_EQ(tile.left + tile.width, ends_row ? grid.width : grid.tile(i + 1).left);
    }
    EXPECT_EQ(covered, int64_t{grid.width} * grid.height);
  }
}

TEST(Grid, SquareHasRoomForAll) {
  EXPECT_EQ(Grid::square(0, 10, 10).size(), 1u);
  EXPECT_EQ(Grid::square(4, 10, 10).size(), 4u);
  EXPECT_EQ(Grid::square(5, 10, 10).size(), 9u);
}

TEST_F(MosaicTest, PicturesLieInTheirTilesAndTheRestIsBlack) {
  Batch batch({100, 200});
  const Grid grid{2, 2, 64, 48};
  Mosaic mosaic(format(GST_VIDEO_FORMAT_NV12, 64, 48), Filter::kBilinear, 2);
  for (int round = 0; round < 3; ++round) {  // recycled mosaics too
    const BlockRef block = mosaic.compose(
        batch.pictures(), {{batch.frame(0), grid.tile(1)}, {batch.frame(1), grid.tile(2)}});
    EXPECT_EQ(luma(*block, 48, 12), 100);
    EXPECT_EQ(luma(*block, 16, 36), 200);
    EXPECT_EQ(luma(*block, 16, 12), kBlack);
    EXPECT_EQ(luma(*block, 48, 36), kBlack);
  }
}

TEST_F(MosaicTest, PictureThatFitsIsNotCopied) {
  Batch batch({100, 200});
  Mosaic mosaic(batch.pictures().picture(1).info(), Filter::kBilinear, 2);
  const BlockRef block = mosaic.compose(batch.pictures(), {{batch.frame(1), {0, 0, 64, 48}}});
  EXPECT_EQ(block.get(), &batch.pictures().picture(1));
}

TEST_F(MosaicTest, ObjectsMoveIntoTheMosaicAndKeepParentAndOrigin) {
  Batch batch({1, 2, 3});
  batch.add_object(0, 8, 4, nullptr);
  NvDsObjectMeta* car = batch.add_object(1, 32, 24, nullptr);
  NvDsObjectMeta* plate = batch.add_object(1, 40, 30, car);
  batch.add_object(2, 0, 0, nullptr);
  const Grid grid{1, 2, 64, 48};
  NvDsFrameMeta* merged = merge_frames(
      batch.meta, {{batch.frame(0), grid.tile(0)}, {batch.frame(1), grid.tile(1)}}, 7, 64, 48);
  EXPECT_EQ(batch.meta->num_frames_in_batch, 1u);
  EXPECT_EQ(batch.frame(0), merged);
  EXPECT_EQ(merged->num_obj_meta, 3u);
  EXPECT_EQ(g_list_length(merged->obj_meta_list), 3u);
  EXPECT_EQ(merged->frame_num, 7);
  EXPECT_EQ(merged->source_frame_width, 32u);
  EXPECT_EQ(merged->pipeline_width, 64u);
  EXPECT_EQ(plate->parent, car);
  EXPECT_EQ(car->rect_params.left, 32 + 16);
  EXPECT_EQ(car->rect_params.top, 24);
  EXPECT_EQ(car->rect_params.width, 8);
  EXPECT_EQ(car->reserved[0], 1);
  EXPECT_EQ(car->reserved[1], 101);
  nvds_remove_obj_meta_from_frame(merged, plate);
  EXPECT_EQ(merged->num_obj_meta, 2u);
}

}  // namespace
}  // namespace pyds::tile
