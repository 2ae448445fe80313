// PropertyTable: the properties of an element, declared, written and read from one list.
//
//   const auto& properties() {
//     static const auto table = PropertyTable<Settings>()
//         .add("rows", "Rows of the mosaic", &Settings::rows, 1)
//         .add("show-source", "Show one source", &Settings::show_source, -1);
//     return table;
//   }
#pragma once

#include <gst/gst.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace pyds {

// Defaults are those of a default-constructed Settings. An enumeration is an `int` with a GType.
template <typename Settings>
class PropertyTable {
 public:
  PropertyTable& add(const char* name, const char* blurb, bool Settings::*field) {
    return append({name, blurb, field});
  }
  PropertyTable& add(const char* name, const char* blurb, std::string Settings::*field) {
    return append({name, blurb, field});
  }
  PropertyTable& add(const char* name, const char* blurb, guint Settings::*field, guint min = 0,
                     guint max = G_MAXUINT) {
    return append({name, blurb, field, gint64{min}, gint64{max}});
  }
  PropertyTable& add(const char* name, const char* blurb, int Settings::*field, int min = G_MININT,
                     int max = G_MAXINT) {
    return append({name, blurb, field, min, max});
  }
  PropertyTable& add(const char* name, const char* blurb, float Settings::*field, float min,
                     float max) {
    Row row = {name, blurb, field};
    row.least = min;
    row.most = max;
    return append(row);
  }
  PropertyTable& add_enum(const char* name, const char* blurb, int Settings::*field, GType type) {
    return append({name, blurb, field, 0, 0, type});
  }

  size_t size() const { return rows_.size(); }

  void install(GObjectClass* klass, GParamFlags extra = GParamFlags(0)) const {
    const Settings defaults;
    const auto flags = GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | extra);
    for (guint id = 1; id <= rows_.size(); ++id)
      g_object_class_install_property(klass, id, spec(rows_[id - 1], defaults, flags));
  }

  // Property ids count from 1 in the order of the table, as install() numbered them.
  void set(Settings& settings, guint id, const GValue* value) const {
    const auto& field = rows_[id - 1].field;
    if (const auto* flag = std::get_if<bool Settings::*>(&field)) {
      settings.** flag = g_value_get_boolean(value);
    } else if (const auto* text = std::get_if<std::string Settings::*>(&field)) {
      const gchar* given = g_value_get_string(value);
      settings.** text = given ? given : "";
    } else if (const auto* count = std::get_if<guint Settings::*>(&field)) {
      settings.** count = g_value_get_uint(value);
    } else if (const auto* share = std::get_if<float Settings::*>(&field)) {
      settings.** share = g_value_get_float(value);
    } else {
      settings.*std::get<int Settings::*>(field) =
          rows_[id - 1].type ? g_value_get_enum(value) : g_value_get_int(value);
    }
  }

  void get(const Settings& settings, guint id, GValue* value) const {
    const auto& field = rows_[id - 1].field;
    if (const auto* flag = std::get_if<bool Settings::*>(&field))
      g_value_set_boolean(value, settings.**flag);
    else if (const auto* text = std::get_if<std::string Settings::*>(&field))
      g_value_set_string(value, (settings.**text).c_str());
    else if (const auto* count = std::get_if<guint Settings::*>(&field))
      g_value_set_uint(value, settings.**count);
    else if (const auto* share = std::get_if<float Settings::*>(&field))
      g_value_set_float(value, settings.**share);
    else if (const int number = settings.*std::get<int Settings::*>(field); rows_[id - 1].type)
      g_value_set_enum(value, number);
    else
      g_value_set_int(value, number);
  }

 private:
  struct Row {
    const char* name;
    const char* blurb;
    std::variant<bool Settings::*, std::string Settings::*, guint Settings::*, int Settings::*,
                 float Settings::*>
        field;
    gint64 min = 0;
    gint64 max = 0;
    GType type = 0;  // of an enumeration
    float least = 0.0f, most = 0.0f;
  };

  PropertyTable& append(Row row) {
    rows_.push_back(std::move(row));
    return *this;
  }

  // Inlined, GCC warns about fields that a small Settings does not have.
  [[gnu::noinline]] static GParamSpec* spec(const Row& row, const Settings& defaults,
                                            GParamFlags flags) {
    if (const auto* flag = std::get_if<bool Settings::*>(&row.field))
      return g_param_spec_boolean(row.name, row.name, row.blurb, defaults.**flag, flags);
    if (const auto* text = std::get_if<std::string Settings::*>(&row.field))
      return g_param_spec_string(row.name, row.name, row.blurb, (defaults.**text).c_str(), flags);
    if (const auto* count = std::get_if<guint Settings::*>(&row.field))
      return g_param_spec_uint(row.name, row.name, row.blurb, guint(row.min), guint(row.max),
                               defaults.**count, flags);
    if (const auto* share = std::get_if<float Settings::*>(&row.field))
      return g_param_spec_float(row.name, row.name, row.blurb, row.least, row.most,
                                defaults.**share, flags);
    const int number = defaults.*std::get<int Settings::*>(row.field);
    if (row.type) return g_param_spec_enum(row.name, row.name, row.blurb, row.type, number, flags);
    return g_param_spec_int(row.name, row.name, row.blurb, int(row.min), int(row.max), number,
                            flags);
  }

  std::vector<Row> rows_;
};

}  // namespace pyds
