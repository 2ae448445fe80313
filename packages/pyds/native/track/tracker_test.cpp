#include "track/tracker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <set>

namespace pyds::track {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Detection at(float x, float y, float confidence = 0.9f, int class_id = 0) {
  return {{x, y, 40, 80}, confidence, class_id, 1};
}

// A tracker whose configuration a test changes before the first frame.
struct Scene {
  std::shared_ptr<Config> config = std::make_shared<Config>();
  std::unique_ptr<Tracker> tracker;
  uint32_t frame = 0;

  Tracker& get() {
    if (!tracker) tracker = std::make_unique<Tracker>(config, std::make_shared<IdSource>());
    return *tracker;
  }
  const FrameResult& see(const std::vector<Detection>& detections) {
    return get().update(frame++, detections);
  }
  const FrameResult& skip() { return get().predict(frame++); }
};

TEST(Tracker, KeepsIdsOfObjectsThatPassEachOther) {
  Scene scene;
  for (int i = 0; i < 40; ++i) {
    const auto& objects = scene.see({at(100.0f + 10 * i, 100), at(500.0f - 10 * i, 120)}).objects;
    ASSERT_THAT(objects, SizeIs(2)) << i;
    for (const TrackedObject& object : objects)
      EXPECT_EQ(object.id, static_cast<uint64_t>(object.detection)) << i;
  }
}

TEST(Tracker, KeepsTheIdAcrossAnOcclusion) {
  Scene scene;
  const auto walker = [](int i) { return at(50.0f + 6 * i, 200); };
  for (int i = 0; i < 20; ++i) scene.see({walker(i)});
  for (int i = 20; i < 40; ++i) scene.see({});
  for (int i = 40; i < 60; ++i) {
    const auto& objects = scene.see({walker(i)}).objects;
    ASSERT_THAT(objects, SizeIs(1)) << i;
    EXPECT_EQ(objects[0].id, 0u) << i;
  }
}

TEST(Tracker, ReassociatesATargetLostLongerThanTheShadowAge) {
  for (const bool enabled : {true, false}) {
    Scene scene;
    scene.config->trajectory.enable_reassociation = enabled;
    scene.config->targets.max_shadow_tracking_age = 5;
    const auto walker = [](int i) { return at(50.0f + 6 * i, 200); };
    for (int i = 0; i < 20; ++i) scene.see({walker(i)});
    for (int i = 20; i < 45; ++i) scene.see({});
    EXPECT_EQ(scene.get().target_count(), 0u);
    const auto& objects = scene.see({walker(45)}).objects;
    ASSERT_THAT(objects, SizeIs(1));
    EXPECT_EQ(objects[0].id, enabled ? 0u : 1u);
  }
}

TEST(Tracker, DoesNotReassociateWhatTurnsUpElsewhere) {
  Scene scene;
  scene.config->targets.max_shadow_tracking_age = 5;
  for (int i = 0; i < 20; ++i) scene.see({at(50.0f + 6 * i, 200)});
  for (int i = 20; i < 45; ++i) scene.see({});
  EXPECT_EQ(scene.see({at(50, 200)}).objects[0].id, 1u);
}

TEST(Tracker, ReportsOnlyAfterProbationAndHandsTheEarlierFramesOut) {
  Scene scene;
  scene.config->targets.probation_age = 3;
  for (int i = 0; i < 3; ++i) EXPECT_THAT(scene.see({at(10.0f + i, 20)}).objects, IsEmpty());
  const FrameResult& result = scene.see({at(13, 20)});
  ASSERT_THAT(result.objects, SizeIs(1));
  ASSERT_THAT(result.past_frames, SizeIs(1));
  EXPECT_EQ(result.past_frames[0].id, result.objects[0].id);
  ASSERT_THAT(result.past_frames[0].frames, SizeIs(3));
  for (uint32_t i = 0; i < 3; ++i) {
    const Sighting& past = result.past_frames[0].frames[i];
    EXPECT_EQ(past.frame_num, i);
    EXPECT_EQ(past.age, i + 1);
    EXPECT_EQ(past.state, TargetState::kTentative);
    EXPECT_NEAR(past.box.left, 10.0f + i, 1);
  }
  EXPECT_THAT(scene.see({at(14, 20)}).past_frames, IsEmpty());
}

TEST(Tracker, TentativeTargetsEndEarly) {
  Scene scene;
  scene.config->targets.probation_age = 5;
  scene.config->targets.early_termination_age = 2;
  scene.see({at(10, 20)});
  scene.see({});
  EXPECT_EQ(scene.get().target_count(), 1u);
  scene.see({});
  EXPECT_EQ(scene.get().target_count(), 0u);
}

TEST(Tracker, WeakDetectionsNeedCompany) {
  Scene scene;
  int reported_after = 0;
  for (int i = 1; i <= 10 && !reported_after; ++i)
    if (!scene.see({at(10, 20, 0.4f)}).objects.empty()) reported_after = i;
  EXPECT_EQ(reported_after, 4);  // 4 * 0.4^2 >= 0.7^2

  Scene confident;
  EXPECT_THAT(confident.see({at(10, 20, 0.8f)}).objects, SizeIs(1));
  Scene no_confidence_given;
  EXPECT_THAT(no_confidence_given.see({at(10, 20, -0.1f)}).objects, SizeIs(1));
  Scene too_weak;
  for (int i = 0; i < 20; ++i) EXPECT_THAT(too_weak.see({at(10, 20, 0.2f)}).objects, IsEmpty());
}

TEST(Tracker, AWeakDetectionKeepsATargetGoing) {
  Scene scene;
  scene.see({at(10, 20)});
  for (int i = 0; i < 10; ++i) {
    const auto& objects = scene.see({at(10, 20, 0.15f)}).objects;
    ASSERT_THAT(objects, SizeIs(1));
    EXPECT_EQ(objects[0].detection, 0);
    EXPECT_FLOAT_EQ(objects[0].confidence, 1);
  }
}

TEST(Tracker, AMissedTargetIsPredictedOnceThenGoesIntoShadow) {
  Scene scene;
  scene.config->targets.output_shadow_tracks = true;
  for (int i = 0; i < 10; ++i) scene.see({at(10.0f + 4 * i, 20)});
  const FrameResult& missed = scene.see({});
  ASSERT_THAT(missed.objects, SizeIs(1));
  EXPECT_EQ(missed.objects[0].detection, -1);
  EXPECT_LT(missed.objects[0].confidence, 0.5f);
  EXPECT_NEAR(missed.objects[0].box.left, 50, 2);
  EXPECT_THAT(missed.shadow, IsEmpty());
  for (int i = 11; i < 15; ++i) {
    const FrameResult& lost = scene.see({});
    EXPECT_THAT(lost.objects, IsEmpty());
    ASSERT_THAT(lost.shadow, SizeIs(1));
    EXPECT_EQ(lost.shadow[0].frames[0].state, TargetState::kShadow);
  }
  // Back again: the frames in shadow lie on the line between the two sightings.
  const FrameResult& found = scene.see({at(10.0f + 4 * 15, 20)});
  ASSERT_THAT(found.past_frames, SizeIs(1));
  ASSERT_THAT(found.past_frames[0].frames, SizeIs(4));
  for (const Sighting& past : found.past_frames[0].frames)
    EXPECT_NEAR(past.box.left, 10.0f + 4 * past.frame_num, 0.01f);
}

TEST(Tracker, FramesWithoutInferenceArePredicted) {
  Scene scene;
  for (int i = 0; i < 30; i += 3) {
    EXPECT_THAT(scene.see({at(10.0f + 5 * i, 20)}).objects, SizeIs(1));
    for (int skipped = 1; skipped < 3; ++skipped) {
      const auto& objects = scene.skip().objects;
      ASSERT_THAT(objects, SizeIs(1)) << i;
      EXPECT_EQ(objects[0].id, 0u);
      EXPECT_EQ(objects[0].detection, -1);
      if (i > 15) {
        EXPECT_NEAR(objects[0].box.left, 10.0f + 5 * (i + skipped), 4);
      }
    }
  }
}

TEST(Tracker, DroppedFramesCountAsTime) {
  Scene scene;
  for (int i = 0; i < 10; ++i) scene.see({at(10.0f + 12 * i, 20)});
  scene.frame += 4;
  const auto& objects = scene.see({at(10.0f + 12 * 14, 20)}).objects;
  ASSERT_THAT(objects, SizeIs(1));
  EXPECT_EQ(objects[0].id, 0u);
}

TEST(Tracker, ClassesAreKeptApartUnlessToldOtherwise) {
  for (const bool check : {true, false}) {
    Scene scene;
    scene.config->associator.check_class_match = check;
    scene.config->targets.min_iou_for_duplicate = 1;
    scene.see({at(10, 20, 0.9f, 0)});
    const auto& objects = scene.see({at(10, 20, 0.9f, 1)}).objects;
    const auto seen = std::find_if(objects.begin(), objects.end(),
                                   [](const TrackedObject& o) { return o.detection == 0; });
    ASSERT_NE(seen, objects.end());
    EXPECT_EQ(seen->id, check ? 1u : 0u);
  }
}

TEST(Tracker, DuplicateDetectionsStartNoTarget) {
  Scene scene;
  scene.see({at(10, 20), at(11, 20)});
  EXPECT_EQ(scene.get().target_count(), 1u);
}

TEST(Tracker, BoxesThatAreNoneAreIgnored) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float far = std::numeric_limits<float>::infinity();
  Scene scene;
  for (int i = 0; i < 3; ++i) {
    const auto& objects = scene
                              .see({{{nan, 1, 2, 3}, 0.9f},
                                    {{1, far, 2, 3}, 0.9f},
                                    {{1, 2, 0, 3}, 0.9f},
                                    {{1, 2, 3, -4}, 0.9f},
                                    at(10, 20, nan),
                                    at(10, 20)})
                              .objects;
    ASSERT_THAT(objects, SizeIs(1));
    EXPECT_EQ(objects[0].detection, 5);
  }
}

TEST(Tracker, NeverHoldsMoreTargetsThanAllowed) {
  Scene scene;
  scene.config->targets.max_targets_per_stream = 3;
  std::vector<Detection> many;
  for (int i = 0; i < 10; ++i) many.push_back(at(100.0f * i, 20));
  EXPECT_THAT(scene.see(many).objects, SizeIs(3));
}

TEST(Tracker, TerminatedTargetsAreListedWithTheirWholeLife) {
  Scene scene;
  scene.config->targets.output_terminated_tracks = true;
  scene.config->targets.max_shadow_tracking_age = 2;
  for (int i = 0; i < 5; ++i) scene.see({at(10, 20)});
  scene.see({});
  scene.see({});
  const FrameResult& result = scene.see({});
  ASSERT_THAT(result.terminated, SizeIs(1));
  EXPECT_THAT(result.terminated[0].frames, SizeIs(7));
  EXPECT_EQ(result.terminated[0].frames.front().frame_num, 0u);
}

TEST(Tracker, IdsOfStreamsThatShareASourceAreDistinct) {
  const auto ids = std::make_shared<IdSource>();
  const auto config = std::make_shared<Config>();
  Tracker first(config, ids), second(config, ids);
  const uint64_t a = first.update(0, {at(10, 20)}).objects[0].id;
  const uint64_t b = second.update(0, {at(10, 20)}).objects[0].id;
  EXPECT_NE(a, b);
  EXPECT_EQ(IdSource(0xABCD).next(), uint64_t{0xABCD} << 32);
}

// Embeddings by detection index.
struct Embeddings : EmbeddingSource {
  explicit Embeddings(std::vector<std::vector<float>> v) : vectors(std::move(v)) {}
  size_t size() const override { return 2; }
  void make(const std::vector<Detection>&, const std::vector<int>& wanted) override {
    made.insert(wanted.begin(), wanted.end());
  }
  const float* embedding(int detection) const override {
    return made.count(detection) ? vectors[detection].data() : nullptr;
  }
  std::vector<std::vector<float>> vectors;
  std::set<int> made;
};

TEST(Tracker, EmbeddingsTellTwoObjectsThatSwappedPlacesApart) {
  const auto config = std::make_shared<Config>();
  config->reid.type = ReidType::kBoth;
  config->associator.weight_reid_similarity = 1;
  config->associator.min_reid_similarity = 0.5f;
  config->trajectory.reid_extraction_interval = 0;
  Tracker tracker(config, std::make_shared<IdSource>());
  Embeddings looks({{1, 0}, {0, 1}});
  for (uint32_t i = 0; i < 5; ++i) tracker.update(i, {at(100, 100), at(115, 100)}, &looks);
  const auto& objects = tracker.update(5, {at(115, 100), at(100, 100)}, &looks).objects;
  ASSERT_THAT(objects, SizeIs(2));
  for (const TrackedObject& object : objects)
    EXPECT_EQ(object.id, static_cast<uint64_t>(object.detection));
}

TEST(Tracker, EmbeddingsFindALostTargetAgainAnywhere) {
  const auto config = std::make_shared<Config>();
  config->reid.type = ReidType::kReassociation;
  config->targets.max_shadow_tracking_age = 3;
  Tracker tracker(config, std::make_shared<IdSource>());
  Embeddings one({{1, 0}}), other({{0, 1}});
  for (uint32_t i = 0; i < 5; ++i) tracker.update(i, {at(100, 100)}, &one);
  for (uint32_t i = 5; i < 20; ++i) tracker.update(i, {}, &one);
  EXPECT_EQ(tracker.update(20, {at(600, 300)}, &other).objects[0].id, 1u);
  EXPECT_EQ(tracker.update(21, {at(900, 300), at(600, 300)}, nullptr).objects.size(), 2u);
  Tracker again(config, std::make_shared<IdSource>());
  for (uint32_t i = 0; i < 5; ++i) again.update(i, {at(100, 100)}, &one);
  for (uint32_t i = 5; i < 20; ++i) again.update(i, {}, &one);
  EXPECT_EQ(again.update(20, {at(600, 300)}, &one).objects[0].id, 0u);
}

TEST(Tracker, AFoundTargetIsNotReportedBeforeItIsSeen) {
  const auto config = std::make_shared<Config>();
  config->reid.type = ReidType::kReassociation;
  config->targets.max_shadow_tracking_age = 3;
  Tracker tracker(config, std::make_shared<IdSource>());
  Embeddings one({{1, 0}}), two({{0, 1}, {1, 0}});
  uint32_t frame = 0;
  while (frame < 5) tracker.update(frame++, {at(100, 100)}, &one);
  while (frame < 20) tracker.update(frame++, {}, &one);
  const Detection nearer = at(300, 110);
  // It comes out from behind another one.
  for (float x = 305; x < 320; x += 5)
    EXPECT_THAT(tracker.update(frame++, {nearer, at(x, 100)}, &two).objects, SizeIs(1)) << x;
  const FrameResult& result = tracker.update(frame++, {nearer, at(330, 100)}, &two);
  ASSERT_THAT(result.objects, SizeIs(2));
  EXPECT_EQ(result.objects[1].id, 0u);
  ASSERT_THAT(result.past_frames, SizeIs(1));
  EXPECT_THAT(result.past_frames[0].frames, SizeIs(3));
}

TEST(Gallery, KeepsTheLatestEmbeddings) {
  Gallery gallery;
  const float x[] = {1, 0}, y[] = {0, 1};
  gallery.add(x, 2, 2);
  gallery.add(x, 2, 2);
  EXPECT_FLOAT_EQ(gallery.similarity(y, 2), 0);
  gallery.add(y, 2, 2);
  EXPECT_FLOAT_EQ(gallery.similarity(y, 2), 1);
  EXPECT_FLOAT_EQ(gallery.similarity(x, 2), 1);
  gallery.add(y, 2, 2);
  EXPECT_FLOAT_EQ(gallery.similarity(x, 2), 0);
  EXPECT_FLOAT_EQ(gallery.similarity(x, 1), 0);
}

}  // namespace
}  // namespace pyds::track
