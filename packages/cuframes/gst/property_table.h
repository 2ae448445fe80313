#pragma once

#include <gst/gst.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cuframes::gst {

/// The settings of an element, declared, written and read from one list. Properties are numbered
/// from 1 in its order; "stats", which every element adds, comes behind them.
template <class Settings>
class PropertyTable {
 public:
  using Field =
      std::variant<std::string Settings::*, bool Settings::*, guint Settings::*, gint Settings::*>;
  struct Row {
    const char* name;
    const char* blurb;
    Field field;  // its default is that of a new Settings; a gint is an enumeration
    guint min = 0;
    guint max = G_MAXUINT;
    GType enumeration = G_TYPE_INVALID;
  };

  explicit PropertyTable(std::vector<Row> rows) : rows_(std::move(rows)) {}

  guint stats_id() const { return static_cast<guint>(rows_.size()) + 1; }

  void install(GObjectClass* klass) const {
    const auto rw = static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
    for (guint id = 1; id < stats_id(); ++id) {
      g_object_class_install_property(klass, id, spec(rows_[id - 1], rw));
    }
    g_object_class_install_property(
        klass, stats_id(),
        g_param_spec_boxed("stats", "stats", "Counters of the stream", GST_TYPE_STRUCTURE,
                           static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
  }

  void set(Settings& settings, guint id, const GValue* value) const {
    const Field& field = rows_[id - 1].field;
    if (const auto* text = std::get_if<std::string Settings::*>(&field)) {
      const gchar* given = g_value_get_string(value);
      settings.** text = given == nullptr ? "" : given;
    } else if (const auto* flag = std::get_if<bool Settings::*>(&field)) {
      settings.** flag = g_value_get_boolean(value) != FALSE;
    } else if (const auto* count = std::get_if<guint Settings::*>(&field)) {
      settings.** count = g_value_get_uint(value);
    } else {
      settings.*std::get<gint Settings::*>(field) = g_value_get_enum(value);
    }
  }

  void get(const Settings& settings, guint id, GValue* value) const {
    const Field& field = rows_[id - 1].field;
    if (const auto* text = std::get_if<std::string Settings::*>(&field)) {
      g_value_set_string(value, (settings.**text).c_str());
    } else if (const auto* flag = std::get_if<bool Settings::*>(&field)) {
      g_value_set_boolean(value, settings.**flag ? TRUE : FALSE);
    } else if (const auto* count = std::get_if<guint Settings::*>(&field)) {
      g_value_set_uint(value, settings.**count);
    } else {
      g_value_set_enum(value, settings.*std::get<gint Settings::*>(field));
    }
  }

 private:
  static GParamSpec* spec(const Row& row, GParamFlags flags) {
    const Settings defaults;
    if (const auto* text = std::get_if<std::string Settings::*>(&row.field)) {
      return g_param_spec_string(row.name, row.name, row.blurb, (defaults.**text).c_str(), flags);
    }
    if (const auto* flag = std::get_if<bool Settings::*>(&row.field)) {
      return g_param_spec_boolean(row.name, row.name, row.blurb, defaults.**flag ? TRUE : FALSE,
                                  flags);
    }
    if (const auto* count = std::get_if<guint Settings::*>(&row.field)) {
      return g_param_spec_uint(row.name, row.name, row.blurb, row.min, row.max, defaults.**count,
                               flags);
    }
    return g_param_spec_enum(row.name, row.name, row.blurb, row.enumeration,
                             defaults.*std::get<gint Settings::*>(row.field), flags);
  }

  std::vector<Row> rows_;
};

}  // namespace cuframes::gst
