#include "payload/site.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "infer/config.h"

namespace pyds::payload {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string write(const std::string& name, const std::string& text) {
  const std::string file = testing::TempDir() + name;
  std::ofstream(file) << text;
  return file;
}

TEST(Site, OfAKeyFileKeepsNumbersAndLosesQuotes) {
  const Site site = load_site(write("site.txt", R"([sensor3]
enable=1
type=Camera
id=GATE
description="Entrance, right lane"
location=45.293701447;-75.8303914499;48.1557479338
coordinate=5.2;10.1;11.2
[place0]
id=7
place-sub-field2=lane1
[analytics1]
source=OpenALR
version=1.0
)"));
  EXPECT_EQ(site.sensors.at(3).description, "Entrance, right lane");
  EXPECT_DOUBLE_EQ(site.sensors.at(3).location.lon, -75.8303914499);
  EXPECT_DOUBLE_EQ(site.sensors.at(3).coordinate.z, 11.2);
  EXPECT_EQ(site.places.at(0).id, "7");
  EXPECT_THAT(site.places.at(0).sub_fields, ElementsAre("", "lane1", ""));
  EXPECT_EQ(site.modules.at(1).version, "1.0");
  EXPECT_TRUE(site.warnings.empty());
}

TEST(Site, OfYamlIsTheSame) {
  const Site site = load_site(write("site.yml",
                                    "sensor0:\n  enable: 1\n  id: GATE\n"
                                    "  location: 45.29;-75.83;48.15\n"
                                    "analytics0:\n  version: 1.0\n"));
  EXPECT_EQ(site.sensors.at(0).id, "GATE");
  EXPECT_DOUBLE_EQ(site.sensors.at(0).location.alt, 48.15);
  EXPECT_EQ(site.modules.at(0).version, "1.0");
}

TEST(Site, OfATableHasACameraInEveryRow) {
  const Site site = load_site(write("site.csv",
                                    "camera,sensor,description,id,f1,f2,f3\r\n"
                                    "0,A,North door,x,walsh,lane1,P2\r\n"
                                    "1,B,South door,y,main,lane2,P3\r\n\r\n"));
  ASSERT_EQ(site.sensors.size(), 2u);
  EXPECT_EQ(site.sensors.at(1).id, "B");
  EXPECT_EQ(site.sensors.at(1).description, "South door");
  EXPECT_THAT(site.places.at(1).sub_fields, ElementsAre("main", "lane2", "P3"));
}

TEST(Site, LeavesOutWhatIsNotEnabled) {
  EXPECT_TRUE(load_site(write("off.txt", "[sensor0]\nenable=0\nid=A\n")).sensors.empty());
}

TEST(Site, WarnsOfWhatItDoesNotKnow) {
  const Site site = load_site(write("odd.txt", "[sensor0]\nidd=A\n[sensors]\nid=B\n"));
  EXPECT_THAT(site.warnings, ElementsAre(HasSubstr("[sensor0] idd"), HasSubstr("[sensors]")));
}

void expect_refused(const std::string& file, const std::string& text, const std::string& reason) {
  try {
    load_site(write(file, text));
    FAIL() << text << " was read";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(reason));
  }
}

TEST(Site, SaysWhereAValueIsWrong) {
  expect_refused("bad.txt", "[sensor0]\nlocation=1;2\n", "[sensor0] location=1;2: expected three");
  expect_refused("bad.txt", "[place2]\ncoordinate=1;x;3\n", "[place2] coordinate=x");
  expect_refused("bad.csv", "a,b\n0,A,B\n", "row 1 has 3 columns; expected 7");
}

}  // namespace
}  // namespace pyds::payload
