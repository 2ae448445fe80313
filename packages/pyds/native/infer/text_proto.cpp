#include "infer/text_proto.h"

#include <algorithm>
#include <cctype>

#include "infer/config.h"

namespace pyds {
namespace {

constexpr int kMaxDepth = 64;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Value of a hexadecimal or octal digit, or a large number.
unsigned digit(char c) {
  if (is_digit(c)) return unsigned(c - '0');
  const char lower = char(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? unsigned(lower - 'a') + 10 : 255;
}

class Parser {
 public:
  Parser(const std::string& text, const std::string& file) : text_(text), file_(file) {}

  TextMessage parse() {
    TextMessage message;
    skip();
    while (!at_end()) parse_field(&message, 0);
    return message;
  }

 private:
  bool at_end() const { return at_ == text_.size(); }
  // The character `ahead`, or 0 at the end.
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool take(char c) {
    if (peek() != c || at_end()) return false;
    ++at_;
    skip();
    return true;
  }

  bool opens_message() const { return peek() == '{' || peek() == '<'; }

  // Over blanks and comments.
  void skip() {
    for (; !at_end(); ++at_) {
      if (peek() == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      if (at_end()) return;
      if (peek() == '\n') ++line_;
      if (!std::isspace(static_cast<unsigned char>(peek()))) return;
    }
  }

  [[noreturn]] void refuse(const std::string& expected) const {
    std::string seen = "the end of the file";
    if (!at_end()) {
      size_t end = at_;
      while (end < text_.size() && is_word(text_[end])) ++end;
      seen = "'" + text_.substr(at_, std::max<size_t>(end - at_, 1)) + "'";
    }
    throw ConfigError(file_ + ":" + std::to_string(line_) + ": expected " + expected + ", found " +
                      seen);
  }

  std::string word() {
    const size_t start = at_;
    while (is_word(peek())) ++at_;
    const std::string found = text_.substr(start, at_ - start);
    skip();
    return found;
  }

  void parse_field(TextMessage* message, int depth) {
    if (!is_word(peek()) || is_digit(peek())) refuse("the name of a field");
    TextField field;
    field.line = line_;
    field.name = word();
    const bool colon = take(':');
    if (!colon && !opens_message() && peek() != '[')
      refuse("':' or '{' after '" + field.name + "'");
    if (take('[')) {
      if (!take(']')) {
        do {
          field.line = line_;
          if (!colon && !opens_message()) refuse("'{', or ':' before a list of scalars");
          message->fields.push_back(parse_value(field, depth));
        } while (take(','));
        if (!take(']')) refuse("',' or ']'");
      }
    } else {
      message->fields.push_back(parse_value(field, depth));
    }
    if (!take(';')) take(',');
  }

  TextField parse_value(TextField field, int depth) {
    if (opens_message()) {
      field.kind = TextField::kMessage;
      field.message = parse_message(depth + 1);
    } else if (peek() == '"' || peek() == '\'') {
      field.kind = TextField::kString;
      // Strings side by side are one.
      while (peek() == '"' || peek() == '\'') field.text += parse_string();
    } else if (is_digit(peek()) || peek() == '.' || peek() == '-') {
      parse_number(&field);
    } else if (is_word(peek())) {
      field.kind = TextField::kIdentifier;
      field.text = word();
    } else {
      refuse("a value for '" + field.name + "'");
    }
    return field;
  }

  std::shared_ptr<const TextMessage> parse_message(int depth) {
    if (depth > kMaxDepth)
      throw ConfigError(file_ + ":" + std::to_string(line_) + ": messages are nested deeper than " +
                        std::to_string(kMaxDepth));
    const char end = peek() == '{' ? '}' : '>';
    const int line = line_;
    take(peek());
    auto message = std::make_shared<TextMessage>();
    while (!take(end)) {
      if (at_end()) refuse(std::string("'") + end + "' for line " + std::to_string(line));
      parse_field(message.get(), depth);
    }
    return message;
  }

  // A sign may stand before "inf" and "nan", too.
  void parse_number(TextField* field) {
    field->kind = TextField::kNumber;
    if (peek() == '-') {
      ++at_;
      skip();
      field->text = "-";
    }
    if (!is_word(peek()) && peek() != '.') refuse("a number");
    const bool hexadecimal = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
    while (is_word(peek()) || peek() == '.' ||
           // The sign of an exponent.
           ((peek() == '+' || peek() == '-') && !hexadecimal &&
            (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E')))
      field->text += text_[at_++];
    skip();
  }

  std::string parse_string() {
    const char quote = text_[at_++];
    std::string value;
    while (peek() != quote) {
      if (at_end() || peek() == '\n') refuse(std::string("a closing ") + quote);
      value += peek() == '\\' ? parse_escape() : std::string(1, text_[at_++]);
    }
    ++at_;
    skip();
    return value;
  }

  std::string parse_escape() {
    static const std::string letters = "abfnrtv\\'\"?", meanings = "\a\b\f\n\r\t\v\\'\"?";
    ++at_;
    const char c = peek();
    if (const size_t known = letters.find(c); c && known != std::string::npos) {
      ++at_;
      return std::string(1, meanings[known]);
    }
    if (c == 'x' && digit(peek(1)) < 16) {
      ++at_;
      return std::string(1, parse_digits(16, 2));
    }
    if (digit(c) < 8) return std::string(1, parse_digits(8, 3));
    refuse("an escape such as \\n, \\\\, \\x41 or \\101 after '\\'");
  }

  char parse_digits(unsigned base, int most) {
    unsigned value = 0;
    for (int i = 0; i < most && digit(peek()) < base; ++i)
      value = value * base + digit(text_[at_++]);
    return char(value);
  }

  const std::string& text_;
  const std::string& file_;
  size_t at_ = 0;
  int line_ = 1;
};

}  // namespace

const TextField* TextMessage::find(const std::string& name) const {
  const auto found = std::find_if(fields.rbegin(), fields.rend(),
                                  [&](const TextField& field) { return field.name == name; });
  return found == fields.rend() ? nullptr : &*found;
}

TextMessage parse_text_proto(const std::string& text, const std::string& file) {
  return Parser(text, file).parse();
}

}  // namespace pyds
