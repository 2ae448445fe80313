// ProtobufWriter: encodes one message in Protocol Buffers' wire format, field by field.
//
// As proto3 does, fields that have their default value are left out.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace pyds::payload {

class ProtobufWriter {
 public:
  void add_text(unsigned field, std::string_view text) {
    if (!text.empty()) add_bytes(field, text);
  }
  void add_float(unsigned field, float value) {
    if (value == 0) return;
    add_varint(field << 3 | kFourBytes);
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    for (int shift = 0; shift < 32; shift += 8) bytes_.push_back(char(bits >> shift));
  }
  void add_integer(unsigned field, int64_t value) {
    if (value == 0) return;
    add_varint(field << 3 | kVarint);
    add_varint(uint64_t(value));
  }
  // A message inside the message; it is there even when it is empty.
  void add_message(unsigned field, const ProtobufWriter& message) {
    add_bytes(field, message.bytes_);
  }
  // One pair of a map<string, string>.
  void add_pair(unsigned field, std::string_view key, std::string_view value) {
    ProtobufWriter pair;
    pair.add_text(1, key);
    pair.add_text(2, value);
    add_message(field, pair);
  }

  const std::string& bytes() const { return bytes_; }

 private:
  enum WireType { kVarint = 0, kLengthDelimited = 2, kFourBytes = 5 };

  void add_bytes(unsigned field, std::string_view bytes) {
    add_varint(field << 3 | kLengthDelimited);
    add_varint(bytes.size());
    bytes_.append(bytes);
  }
  void add_varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(char(value | 0x80));
    bytes_.push_back(char(value));
  }

  std::string bytes_;
};

}  // namespace pyds::payload
