#include "infer/text_proto.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "infer/config.h"

namespace pyds {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TextMessage parse(const std::string& text) { return parse_text_proto(text, "config.txt"); }

std::string error_of(const std::string& text) {
  try {
    parse(text);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(TextProto, ReadsScalarsOfEachKind) {
  const TextMessage message = parse(
      "name: \"a\" count: -3 share: 1.5e-3f mode: MODE_A # a comment\n"
      "flag: true; mask: 0x1F, none: ''");
  ASSERT_THAT(message.fields, SizeIs(7));
  EXPECT_EQ(message.find("name")->kind, TextField::kString);
  EXPECT_EQ(message.find("name")->text, "a");
  EXPECT_EQ(message.find("count")->kind, TextField::kNumber);
  EXPECT_EQ(message.find("count")->text, "-3");
  EXPECT_EQ(message.find("share")->text, "1.5e-3f");
  EXPECT_EQ(message.find("mode")->kind, TextField::kIdentifier);
  EXPECT_EQ(message.find("mode")->text, "MODE_A");
  EXPECT_EQ(message.find("mask")->text, "0x1F");
  EXPECT_EQ(message.find("flag")->line, 2);
  EXPECT_EQ(message.find("none")->text, "");
  EXPECT_EQ(message.find("other"), nullptr);
}

TEST(TextProto, MessagesNestInEitherKindOfBrackets) {
  const TextMessage message = parse("a { b: { c < d: 1 > } } a {}");
  ASSERT_THAT(message.fields, SizeIs(2));
  const TextField& a = message.fields[0];
  ASSERT_EQ(a.kind, TextField::kMessage);
  const TextField* c = a.message->find("b")->message->find("c");
  EXPECT_EQ(c->message->find("d")->text, "1");
  EXPECT_THAT(message.fields[1].message->fields, SizeIs(0));
}

TEST(TextProto, ListsAreFieldsOfOneName) {
  const TextMessage message = parse("x: [1, 2,\n 3] x: 4 y: [] z [{a: 1}, {a: 2}]");
  ASSERT_THAT(message.fields, SizeIs(6));
  EXPECT_EQ(message.fields[2].text, "3");
  EXPECT_EQ(message.fields[2].line, 2);
  EXPECT_EQ(message.find("x")->text, "4");
  EXPECT_EQ(message.find("y"), nullptr);
  EXPECT_EQ(message.find("z")->message->find("a")->text, "2");
}

TEST(TextProto, StringsHaveEscapesAndMayBeDivided) {
  EXPECT_EQ(parse(R"(s: "a\n\t\"\x41\102\\" 'b')").find("s")->text, "a\n\t\"AB\\b");
  EXPECT_EQ(parse("s: 'a'\n  # between\n  'b'").find("s")->text, "ab");
}

TEST(TextProto, ErrorsSayWhereAndWhatWasExpected) {
  EXPECT_EQ(error_of("a: 1\nb 2"), "config.txt:2: expected ':' or '{' after 'b', found '2'");
  EXPECT_EQ(error_of("a {\n b: 1\n"),
            "config.txt:3: expected '}' for line 1, found the end of the file");
  EXPECT_EQ(error_of("a: }"), "config.txt:1: expected a value for 'a', found '}'");
  EXPECT_THAT(error_of("a: \"b\nc\""), HasSubstr("config.txt:1: expected a closing \""));
  EXPECT_THAT(error_of("a: [1 2]"), HasSubstr("expected ',' or ']', found '2'"));
  EXPECT_THAT(error_of("a [1]"), HasSubstr("':' before a list of scalars"));
  EXPECT_THAT(error_of("a: '\\q'"), HasSubstr("escape"));
  EXPECT_THAT(error_of("a: -"), HasSubstr("expected a number"));
  EXPECT_THAT(error_of("[property]"), HasSubstr("expected the name of a field, found '['"));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "a{";
  EXPECT_THAT(error_of(deep), HasSubstr("nested deeper"));
}

// Whatever the text: a message or a ConfigError, and never more.
TEST(TextProto, SurvivesAnyText) {
  const std::string pieces[] = {"a",  ":",  "{",  "}",   "<",   ">",  "[",    "]",    ",",
                                ";",  "\"", "'",  "\\",  "#",   "\n", " ",    "-",    "1",
                                ".5", "e+", "0x", "\\x", "inf", "\t", "\xff", "b: 1", "\0x"};
  std::mt19937 random(1);
  int understood = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (unsigned n = random() % 12; n > 0; --n) text += pieces[random() % std::size(pieces)];
    try {
      parse(text);
      ++understood;
    } catch (const ConfigError&) {
    }
  }
  EXPECT_GT(understood, 100);
}

}  // namespace
}  // namespace pyds
