#include "flow/flow_meta.h"

#include <gtest/gtest.h>

#include "meta/test_batch.h"

namespace pyds::flow {
namespace {

TEST(FlowMeta, SharesItsVectorsWithCopiesOfTheBatch) {
  meta::BatchPtr batch = meta::make_batch(1);
  NvDsFrameMeta* frame = meta::add_frame(batch.get());
  frame->frame_num = 12;
  ASSERT_EQ(flow_of(frame), nullptr);
  auto vectors = std::make_shared<std::vector<NvOFFlowVector>>(6, NvOFFlowVector{64, -32});
  const std::weak_ptr<std::vector<NvOFFlowVector>> alive = vectors;
  attach_flow(frame, {3, 2}, std::move(vectors));

  meta::BatchPtr copy = meta::make_batch(1);
  nvds_copy_frame_meta_list(batch->frame_meta_list, copy.get());
  const NvDsOpticalFlowMeta* flow = flow_of(nvds_get_nth_frame_meta(copy->frame_meta_list, 0));
  ASSERT_NE(flow, nullptr);
  EXPECT_EQ(flow->data, flow_of(frame)->data);
  batch.reset();
  EXPECT_EQ(flow->rows, 2u);
  EXPECT_EQ(flow->cols, 3u);
  EXPECT_EQ(flow->mv_size, 4u);
  EXPECT_EQ(flow->frame_num, 12u);
  EXPECT_EQ(static_cast<const NvOFFlowVector*>(flow->data)[5].flowx, 64);
  copy.reset();
  EXPECT_TRUE(alive.expired());
}

}  // namespace
}  // namespace pyds::flow
