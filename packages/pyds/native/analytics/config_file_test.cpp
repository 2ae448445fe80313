#include "analytics/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

namespace pyds::analytics {
namespace {

class ConfigFileTest : public testing::Test {
 protected:
  ConfigFile load(const std::string& text) {
    const std::string path = testing::TempDir() + "analytics.txt";
    std::ofstream(path) << text;
    return load_config(path);
  }

  std::string refusal(const std::string& text) {
    try {
      load(text);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(ConfigFileTest, ReadsEveryKindOfGroup) {
  const ConfigFile file = load(R"(
[property]
enable=1
config-width=768
config-height=432
osd-mode=1
display-font-size=9
display-obj-cnt=1
[roi-filtering-stream-0]
enable=1
roi-A=0;0;10;0;10;10;
  roi-B=1;1;2;1;2;2
inverse-roi=1
class-id=0;2;
[overcrowding-stream-0]
roi-C=0;0;10;0;10;10
object-threshold=3
time-threshold=500
class-id=-1
[line-crossing-stream-4]
line-crossing-In=1;2;3;4.5;5;6;7;8
extended=0
mode=strict
[direction-detection-stream-4]
direction-South=284;840;360;662;
# comments, and repeated keys: the last counts
class-id=1
class-id=0
)");
  EXPECT_THAT(file.warnings, testing::IsEmpty());
  const Config& config = file.config;
  EXPECT_EQ(config.width, 768);
  EXPECT_EQ(config.osd_mode, OsdMode::kShapes);
  EXPECT_EQ(config.font_size, 9u);
  EXPECT_TRUE(config.display_object_count);
  const StreamConfig& first = config.streams.at(0);
  EXPECT_EQ(first.roi->regions[1].label, "B");
  EXPECT_EQ(first.roi->regions[0].polygon.size(), 3u);
  EXPECT_TRUE(first.roi->inverse);
  EXPECT_THAT(first.roi->classes.ids, testing::ElementsAre(0, 2));
  EXPECT_EQ(first.overcrowding->object_threshold, 3u);
  EXPECT_EQ(first.overcrowding->time_threshold_ms, 500u);
  EXPECT_TRUE(first.overcrowding->classes.contain(99));
  const StreamConfig& fourth = config.streams.at(4);
  const Line& line = fourth.line_crossing->lines.at(0);
  EXPECT_EQ(line.label, "In");
  EXPECT_EQ(line.direction.y, 2.5);
  EXPECT_EQ(line.to.x, 7);
  EXPECT_FALSE(fourth.line_crossing->extended);
  EXPECT_EQ(fourth.line_crossing->mode, Mode::kStrict);
  EXPECT_EQ(fourth.direction->mode, Mode::kBalanced);
  EXPECT_THAT(fourth.direction->classes.ids, testing::ElementsAre(0));
}

TEST_F(ConfigFileTest, DisabledGroupsAreNotLookedFor) {
  const ConfigFile file = load("[roi-filtering-stream-1]\nenable=0\nroi-A=0;0;1;0;1;1\n");
  EXPECT_FALSE(file.config.streams.at(1).roi.has_value());
}

TEST_F(ConfigFileTest, UnknownKeysAndGroupsAreWarnedOf) {
  const ConfigFile file = load("[property]\ncolour=1\n[tripwire-stream-0]\nx=1\n");
  EXPECT_THAT(file.warnings, testing::ElementsAre(testing::HasSubstr("[property] colour"),
                                                  testing::HasSubstr("[tripwire-stream-0]")));
}

TEST_F(ConfigFileTest, ErrorsNameTheValueAndWhatIsAllowed) {
  using testing::AllOf;
  using testing::HasSubstr;
  EXPECT_THAT(refusal("[roi-filtering-stream-0]\nroi-A=0;0;1;0\n"),
              AllOf(HasSubstr("roi-A=0;0;1;0"), HasSubstr("corners")));
  EXPECT_THAT(refusal("[line-crossing-stream-0]\nline-crossing-X=0;0;1;0;2;2;3\n"),
              HasSubstr("liney2"));
  EXPECT_THAT(refusal("[line-crossing-stream-0]\nmode=tight\n"),
              AllOf(HasSubstr("mode=tight"), HasSubstr("loose, balanced or strict")));
  EXPECT_THAT(refusal("[property]\nosd-mode=3\n"), HasSubstr("from 0 to 2"));
  EXPECT_THAT(refusal("[overcrowding-stream-0]\nclass-id=car\n"), HasSubstr("class-id=car"));
  EXPECT_THROW(load_config("/no/such/file"), std::runtime_error);
}

}  // namespace
}  // namespace pyds::analytics
