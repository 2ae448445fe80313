#include "track/looks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyds::track {
namespace {

using testing::ElementsAre;

// Gives every object the embedding (1, 0), and notes of whom it was asked.
struct Source : EmbeddingSource {
  size_t size() const override { return 2; }
  void make(const std::vector<Detection>&, const std::vector<int>& wanted) override {
    made.insert(made.end(), wanted.begin(), wanted.end());
  }
  const float* embedding(int detection) const override {
    static const float values[] = {1, 0};
    return testing::Value(made, testing::Contains(detection)) ? values : nullptr;
  }
  std::vector<int> made;
};

std::vector<int> seen(const std::vector<Detection>& detections, float min_visibility = 0.6f) {
  ReidConfig config;
  config.min_visibility = min_visibility;
  Source source;
  Looks looks(config, detections, &source);
  std::vector<int> all;
  for (size_t i = 0; i < detections.size(); ++i) all.push_back(static_cast<int>(i));
  looks.take(all);
  return source.made;
}

Detection person(float left, float bottom) { return {{left, bottom - 100, 50, 100}}; }

TEST(Looks, AreNotTakenOfWhoIsBehindAnother) {
  // The lower one is nearer to the camera.
  EXPECT_THAT(seen({person(0, 200), person(10, 210)}), ElementsAre(1));
  EXPECT_THAT(seen({person(0, 220), person(10, 210)}), ElementsAre(0));
  EXPECT_THAT(seen({person(0, 200), person(40, 210)}), ElementsAre(0, 1));
}

TEST(Looks, SeveralMayHideOne) {
  EXPECT_THAT(seen({person(0, 200), person(35, 201), person(-35, 202)}), ElementsAre(1, 2));
}

TEST(Looks, AreTakenOfAllIfToldSo) {
  EXPECT_THAT(seen({person(0, 200), person(1, 210)}, 0), ElementsAre(0, 1));
}

TEST(Looks, ObjectsOfOtherClassesHideNothing) {
  Detection bicycle = person(0, 210);
  bicycle.class_id = 1;
  EXPECT_THAT(seen({person(0, 200), bicycle}), ElementsAre(0, 1));
}

TEST(Looks, WithoutASourceThereAreNone) {
  const std::vector<Detection> detections = {person(0, 200)};
  const ReidConfig config;
  Looks looks(config, detections, nullptr);
  looks.take({0});
  Gallery gallery;
  EXPECT_FALSE(looks.exist());
  EXPECT_FALSE(looks.learn(0, 10, &gallery));
  EXPECT_LT(looks.similarity(gallery, 0), 0);
}

TEST(Looks, CompareToWhatWasLearned) {
  const std::vector<Detection> detections = {person(0, 200), person(200, 200)};
  const ReidConfig config;
  Source source;
  Looks looks(config, detections, &source);
  looks.take({0});
  Gallery gallery;
  EXPECT_LT(looks.similarity(gallery, 0), 0) << "nothing learned so far";
  EXPECT_TRUE(looks.learn(0, 10, &gallery));
  EXPECT_FLOAT_EQ(looks.similarity(gallery, 0), 1);
  EXPECT_LT(looks.similarity(gallery, 1), 0) << "not looked at";
}

}  // namespace
}  // namespace pyds::track
