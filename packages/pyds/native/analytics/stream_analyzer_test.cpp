#include "analytics/stream_analyzer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyds::analytics {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<Point> kSquare = {{100, 100}, {200, 100}, {200, 200}, {100, 200}};
constexpr uint64_t kSecond = 1000000000;

Object car(Point place, uint64_t id = 1, int class_id = 0) { return {id, class_id, place, 40}; }

// A horizontal line at y = 100 from x = 0 to 200; what goes down counts.
StreamConfig line_down(Mode mode = Mode::kLoose, bool extended = true) {
  StreamConfig config;
  config.line_crossing =
      LineCrossing{{{"Down", {0, 50}, {100, 50}, {0, 100}, {200, 100}}}, extended, mode, {}};
  return config;
}

// The crossings counted when an object goes along some places.
uint64_t crossings(const StreamConfig& config, const std::vector<Point>& places) {
  StreamAnalyzer analyzer(config);
  uint64_t sum = 0;
  Analysis analysis;
  for (const Point place : places) {
    analysis = analyzer.analyze({car(place)}, 0);
    sum += analysis.frame.objLCCurrCnt.at("Down");
    EXPECT_EQ(analysis.objects[0].lcStatus.size(), analysis.frame.objLCCurrCnt.at("Down"));
  }
  EXPECT_EQ(sum, analysis.frame.objLCCumCnt.at("Down"));
  return sum;
}

TEST(Geometry, PolygonMayBeConcave) {
  const std::vector<Point> arrow = {{0, 0}, {100, 50}, {0, 100}, {50, 50}};
  EXPECT_TRUE(contains(arrow, {60, 50}));
  EXPECT_FALSE(contains(arrow, {20, 50}));
}

TEST(Roi, CountsObjectsOfItsClassesInside) {
  StreamConfig config;
  config.roi = Roi{{{"RF", kSquare}}, false, {{0}}};
  const Analysis analysis =
      StreamAnalyzer(config).analyze({car({150, 150}), car({250, 150}), car({150, 150}, 3, 7)}, 0);
  EXPECT_EQ(analysis.frame.objInROIcnt.at("RF"), 1u);
  EXPECT_THAT(analysis.objects[0].roiStatus, ElementsAre("RF"));
  EXPECT_THAT(analysis.objects[1].roiStatus, IsEmpty());
  EXPECT_THAT(analysis.objects[2].roiStatus, IsEmpty());
  EXPECT_EQ(analysis.frame.objCnt.at(0), 2u);
  EXPECT_EQ(analysis.frame.objCnt.at(7), 1u);
}

TEST(Roi, InverseCountsObjectsOutside) {
  StreamConfig config;
  config.roi = Roi{{{"RF", kSquare}}, true, {}};
  const Analysis analysis = StreamAnalyzer(config).analyze({car({150, 150}), car({250, 150})}, 0);
  EXPECT_EQ(analysis.frame.objInROIcnt.at("RF"), 1u);
  EXPECT_THAT(analysis.objects[1].roiStatus, ElementsAre("RF"));
}

TEST(Overcrowding, NeedsManyObjectsForLong) {
  StreamConfig config;
  config.overcrowding = Overcrowding{{{"OC", kSquare}}, 2, 2000, {}};
  StreamAnalyzer analyzer(config);
  const auto crowded = [&](int objects, uint64_t time_ns) {
    const Analysis analysis =
        analyzer.analyze(std::vector<Object>(objects, car({150, 150})), time_ns);
    EXPECT_EQ(analysis.frame.objInROIcnt.at("OC"), unsigned(objects));
    return analysis.frame.ocStatus.at("OC");
  };
  EXPECT_FALSE(crowded(2, 0));
  EXPECT_FALSE(crowded(3, kSecond));
  EXPECT_TRUE(crowded(2, 2 * kSecond));
  EXPECT_FALSE(crowded(1, 3 * kSecond));
  EXPECT_FALSE(crowded(2, 4 * kSecond));
  EXPECT_TRUE(crowded(2, 6 * kSecond));
}

TEST(LineCrossing, CountsOnlyTheDirectionAskedFor) {
  EXPECT_EQ(crossings(line_down(), {{50, 60}, {50, 90}, {50, 120}, {50, 150}}), 1u);
  EXPECT_EQ(crossings(line_down(), {{50, 150}, {50, 120}, {50, 90}, {50, 60}}), 0u);
}

TEST(LineCrossing, ObjectMayJumpOverTheLine) {
  EXPECT_EQ(crossings(line_down(), {{50, 10}, {50, 400}}), 1u);
}

TEST(LineCrossing, TremblingOnTheLineCountsOnce) {
  EXPECT_EQ(crossings(line_down(), {{50, 95}, {50, 101}, {50, 98}, {50, 102}, {50, 99}, {50, 103}}),
            1u);
}

TEST(LineCrossing, GoingBackAndAgainCountsTwice) {
  EXPECT_EQ(crossings(line_down(), {{50, 80}, {50, 110}, {50, 80}, {50, 110}}), 2u);
}

TEST(LineCrossing, LineEndsUnlessExtended) {
  const std::vector<Point> beside = {{300, 80}, {300, 120}};
  EXPECT_EQ(crossings(line_down(Mode::kLoose, true), beside), 1u);
  EXPECT_EQ(crossings(line_down(Mode::kLoose, false), beside), 0u);
  EXPECT_EQ(crossings(line_down(Mode::kLoose, false), {{199, 80}, {199, 120}}), 1u);
}

TEST(LineCrossing, ModesDifferInHowFarOffTheDirectionMayBe) {
  const std::vector<Point> off_45 = {{50, 90}, {90, 130}}, off_72 = {{50, 90}, {140, 120}};
  EXPECT_EQ(crossings(line_down(Mode::kLoose), off_72), 1u);
  EXPECT_EQ(crossings(line_down(Mode::kBalanced), off_72), 0u);
  EXPECT_EQ(crossings(line_down(Mode::kBalanced), off_45), 1u);
  EXPECT_EQ(crossings(line_down(Mode::kStrict), off_45), 0u);
  EXPECT_EQ(crossings(line_down(Mode::kStrict), {{50, 90}, {60, 120}}), 1u);
}

TEST(LineCrossing, UntrackedObjectsAreNotCounted) {
  StreamAnalyzer analyzer(line_down());
  analyzer.analyze({car({50, 80}, UNTRACKED_OBJECT_ID)}, 0);
  const Analysis analysis = analyzer.analyze({car({50, 120}, UNTRACKED_OBJECT_ID)}, 0);
  EXPECT_EQ(analysis.frame.objLCCumCnt.at("Down"), 0u);
}

TEST(Direction, NamesTheClosestAndNothingForWhatStands) {
  StreamConfig config;
  config.direction = DirectionDetection{
      {{"South", {0, 0}, {0, 100}}, {"East", {0, 0}, {100, 0}}}, Mode::kBalanced, {}};
  StreamAnalyzer analyzer(config);
  const auto direction = [&](uint64_t id, Point place) {
    return analyzer.analyze({car(place, id)}, 0).objects[0].dirStatus;
  };
  EXPECT_EQ(direction(1, {0, 0}), "");
  EXPECT_EQ(direction(1, {2, 30}), "South");
  EXPECT_EQ(direction(2, {0, 0}), "");
  EXPECT_EQ(direction(2, {30, 10}), "East");
  EXPECT_EQ(direction(3, {0, 0}), "");
  EXPECT_EQ(direction(3, {-30, -30}), "");
  EXPECT_EQ(direction(4, {0, 0}), "");
  EXPECT_EQ(direction(4, {1, 1}), "");
}

}  // namespace
}  // namespace pyds::analytics
