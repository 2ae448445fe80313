#include "payload/json.h"

#include <glib.h>

namespace pyds::payload {

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string valid_utf8(const std::string& text) {
  g_autofree gchar* valid = g_utf8_make_valid(text.data(), gssize(text.size()));
  return valid;
}

}  // namespace pyds::payload
