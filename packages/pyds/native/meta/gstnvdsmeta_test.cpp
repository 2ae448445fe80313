#include "gstnvdsmeta.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "meta/test_batch.h"

namespace pyds::meta {
namespace {

class BatchOnABuffer : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
  void SetUp() override {
    buffer_ = gst_buffer_new();
    batch_ = nvds_create_batch_meta(1);
    NvDsMeta* meta = gst_buffer_add_nvds_meta(buffer_, batch_, nullptr, nvds_batch_meta_copy_func,
                                              nvds_batch_meta_release_func);
    meta->meta_type = NVDS_BATCH_GST_META;
  }
  void TearDown() override { gst_clear_buffer(&buffer_); }

  GstBuffer* buffer_ = nullptr;
  NvDsBatchMeta* batch_ = nullptr;
};

TEST_F(BatchOnABuffer, IsFoundAmongOtherMetas) {
  NvDsMeta* other = gst_buffer_add_nvds_meta(buffer_, nullptr, nullptr, nullptr, nullptr);
  other->meta_type = NVDS_DECODER_GST_META;
  EXPECT_EQ(gst_buffer_get_nvds_batch_meta(buffer_), batch_);
  EXPECT_STREQ(g_type_name(NVDS_META_API_TYPE), "NvDsMetaAPI");
  EXPECT_TRUE(gst_meta_api_type_has_tag(NVDS_META_API_TYPE, g_quark_from_string(NVDS_META_STRING)));
}

TEST_F(BatchOnABuffer, IsCopiedDeeplyWithTheBuffer) {
  add_object(add_frame(batch_), 3);
  GstBuffer* copy = gst_buffer_copy(buffer_);
  gst_clear_buffer(&buffer_);
  NvDsBatchMeta* batch = gst_buffer_get_nvds_batch_meta(copy);
  ASSERT_NE(batch, nullptr);
  EXPECT_NE(batch, batch_);
  EXPECT_THAT(class_ids(nvds_get_nth_frame_meta(batch->frame_meta_list, 0)),
              ::testing::ElementsAre(3));
  gst_buffer_unref(copy);
}

TEST_F(BatchOnABuffer, IsReleasedWithTheBuffer) {
  Element* element = element_of(batch_);
  element->memory->ref();
  EXPECT_TRUE(element->in_use());
  gst_clear_buffer(&buffer_);
  EXPECT_FALSE(element->in_use());
  element->memory->unref();
}

TEST_F(BatchOnABuffer, IsLeftOutOfOtherTransforms) {
  GstBuffer* other = gst_buffer_new();
  GstMeta* meta = gst_buffer_get_meta(buffer_, NVDS_META_API_TYPE);
  EXPECT_FALSE(meta->info->transform_func(other, meta, buffer_, g_quark_from_static_string("scale"),
                                          nullptr));
  EXPECT_EQ(gst_buffer_get_nvds_batch_meta(other), nullptr);
  gst_buffer_unref(other);
}

}  // namespace
}  // namespace pyds::meta
