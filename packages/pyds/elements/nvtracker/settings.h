// The properties of nvtracker.
#pragma once

#include <glib-object.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pyds::nvtracker {

// Bits of tracking-id-reset-mode.
enum ResetMode : unsigned { kNewIdsAfterReset = 1, kFromZeroAfterEos = 2 };

// Which sources share a configuration of ll-config-file.
class SubBatches {
 public:
  // "0,1;2,3" lists the sources of each sub-batch, "2:2" gives their sizes, in order. Nothing when
  // the text is neither.
  static std::optional<SubBatches> parse(const std::string& text);
  // 0 for a source that is in none.
  size_t of_source(unsigned source_id) const;

 private:
  std::vector<std::set<unsigned>> sources_;
};

struct Settings {
  std::string config_files;  // as set, separated by ';'
  std::string library;
  bool display_id = true;
  unsigned reset_mode = 0;
  std::string class_ids_text;
  std::set<int> class_ids;
  std::string sub_batches_text;
  SubBatches sub_batches;
  // Have no effect here.
  unsigned width = 960;
  unsigned height = 544;
  unsigned gpu_id = 0;
  unsigned surface_type = 0;
  unsigned compute_hw = 0;
  bool input_tensor_meta = false;
  unsigned tensor_meta_gie_id = 0;
  unsigned user_meta_pool_size = 32;
  int recovery_trials = 0;

  // Returns why the value is not understood and was not taken, or an empty text.
  std::string set(guint property, const GValue* value);
  void get(guint property, GValue* value) const;
};

void install_properties(GObjectClass* object_class);
// Parts of a list, without the empty ones.
std::vector<std::string> split(const std::string& text, char separator);

}  // namespace pyds::nvtracker
