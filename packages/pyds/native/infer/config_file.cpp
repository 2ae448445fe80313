#include "infer/config_file.h"

#include <glib.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>

#include "infer/config.h"

namespace pyds {
namespace {

std::string trimmed(std::string text) {
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  text.erase(0, text.find_first_not_of(" \t"));
  return text;
}

std::vector<ConfigGroup> read_key_file(const std::string& file, const std::string& content) {
  std::unique_ptr<GKeyFile, decltype(&g_key_file_free)> keys(g_key_file_new(), g_key_file_free);
  GError* error = nullptr;
  if (!g_key_file_load_from_data(keys.get(), content.data(), content.size(), G_KEY_FILE_NONE,
                                 &error)) {
    const std::string reason = error->message;
    g_error_free(error);
    throw ConfigError("configuration file '" + file + "' is not readable: " + reason +
                      " (expected [group] lines and key=value lines, comments on lines of their "
                      "own starting with #)");
  }
  std::vector<ConfigGroup> groups;
  g_auto(GStrv) names = g_key_file_get_groups(keys.get(), nullptr);
  for (char** name = names; *name; ++name) {
    ConfigGroup group{*name, {}};
    g_auto(GStrv) entries = g_key_file_get_keys(keys.get(), *name, nullptr, nullptr);
    for (char** key = entries; key && *key; ++key) {
      // The raw value: in a string value GKeyFile would treat backslashes as escapes.
      g_autofree char* text = g_key_file_get_value(keys.get(), *name, *key, nullptr);
      group.entries.push_back({*key, trimmed(text ? text : "")});
    }
    groups.push_back(std::move(group));
  }
  return groups;
}

std::string scalar_text(const YAML::Node& node) {
  if (node.IsNull()) return {};
  if (node.IsScalar()) return trimmed(node.Scalar());
  std::string list;
  for (const YAML::Node& item : node) list += (list.empty() ? "" : ";") + item.as<std::string>();
  return list;
}

void set_entry(ConfigGroup& group, ConfigEntry entry) {
  const auto same = std::find_if(group.entries.begin(), group.entries.end(),
                                 [&](const ConfigEntry& e) { return e.key == entry.key; });
  if (same == group.entries.end())
    group.entries.push_back(std::move(entry));
  else
    same->text = std::move(entry.text);
}

std::vector<ConfigGroup> read_yaml(const std::string& file, const std::string& content) try {
  const YAML::Node document = YAML::Load(content);
  if (!document.IsMap())
    throw ConfigError("configuration file '" + file + "' has no groups: expected 'property:'");
  std::vector<ConfigGroup> groups;
  for (const auto& item : document) {
    ConfigGroup group{item.first.as<std::string>(), {}};
    if (!item.second.IsMap() && !item.second.IsNull())
      throw ConfigError("configuration file '" + file + "': '" + group.name +
                        "' is not a group of keys; expected indented 'key: value' lines below it");
    for (const auto& entry : item.second)
      set_entry(group, {entry.first.as<std::string>(), scalar_text(entry.second)});
    groups.push_back(std::move(group));
  }
  return groups;
} catch (const YAML::Exception& error) {
  throw ConfigError("configuration file '" + file + "' is not YAML: " + error.what());
}

bool is_yaml(const std::string& file) {
  return g_str_has_suffix(file.c_str(), ".yml") || g_str_has_suffix(file.c_str(), ".yaml");
}

}  // namespace

std::string read_config_text(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || g_file_test(file.c_str(), G_FILE_TEST_IS_DIR))
    throw ConfigError("configuration file '" + file +
                      "' cannot be read: check config-file-path (relative paths start at the "
                      "working directory)");
  std::ostringstream text;
  text << stream.rdbuf();
  std::string content = text.str();
  // Editors on Windows begin files with a byte order mark.
  if (content.compare(0, 3, "\xEF\xBB\xBF") == 0) content.erase(0, 3);
  return content;
}

std::vector<ConfigGroup> read_config_file(const std::string& file) {
  const std::string content = read_config_text(file);
  return is_yaml(file) ? read_yaml(file, content) : read_key_file(file, content);
}

std::string unquoted(const std::string& text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"'
             ? text.substr(1, text.size() - 2)
             : text;
}

}  // namespace pyds
