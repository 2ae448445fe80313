#include "infer/model_repository.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "infer/config.h"
#include "infer/config_file.h"
#include "infer/proto_reader.h"
#include "infer/text_proto.h"

namespace pyds {
namespace {

namespace fs = std::filesystem;

// What engines of ours load, by the names that Triton gives the files.
constexpr const char* kModelFiles[] = {"model.onnx", "model.ort", "model.xml", "model.pt"};

struct ForeignModel {
  const char* file;
  const char* advice;
};
constexpr ForeignModel kForeignModels[] = {
    {"model.graphdef",
     "a TensorFlow graph: convert it with python -m tf2onnx.convert --graphdef model.graphdef ... "
     "--output model.onnx"},
    {"model.savedmodel",
     "a TensorFlow SavedModel: convert it with python -m tf2onnx.convert --saved-model "
     "model.savedmodel --output model.onnx"},
    {"model.plan",
     "a TensorRT engine, which runs on the GPU it was built for only: use the ONNX file that it "
     "was made from"},
    {"model.netdef", "a Caffe2 model: export the original to ONNX"},
    {"model.py", "a program for Triton's Python backend: only networks can run here"},
};

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error);
}

// The numbers among the names of the directories in `folder`, in ascending order.
std::vector<long> versions_in(const fs::path& folder) {
  std::vector<long> versions;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    const bool number = !name.empty() && name.size() < 18 &&
                        name.find_first_not_of("0123456789") == std::string::npos;
    if (number && entry.is_directory(error)) versions.push_back(std::stol(name));
  }
  std::sort(versions.begin(), versions.end());
  return versions;
}

std::string listed(const std::vector<long>& versions) {
  std::string text;
  for (long version : versions) text += (text.empty() ? "" : ", ") + std::to_string(version);
  return text.empty() ? "none" : text;
}

fs::path folder_of_version(const fs::path& folder, long version) {
  const std::vector<long> versions = versions_in(folder);
  const bool has =
      version < 0 ? !versions.empty() : std::count(versions.begin(), versions.end(), version) > 0;
  if (!has)
    throw ConfigError(
        "model repository '" + folder.string() + "' has no " +
        (version < 0 ? "version: expected a folder such as 1"
                     : "version " + std::to_string(version) + "; it has " + listed(versions)));
  return folder / std::to_string(version < 0 ? versions.back() : version);
}

fs::path model_in(const fs::path& folder, const std::string& named) {
  if (!named.empty() && is_there(folder / named)) return folder / named;
  for (const char* file : kModelFiles)
    if (is_there(folder / file)) return folder / file;
  for (const ForeignModel& foreign : kForeignModels)
    if (is_there(folder / foreign.file))
      throw ConfigError("'" + (folder / foreign.file).string() + "' is " + foreign.advice +
                        ", and put model.onnx in its place");
  throw ConfigError("model repository: there is no " + (named.empty() ? "model.onnx" : named) +
                    " in '" + folder.string() + "'");
}

// Most of it is about the server; unknown fields are none of ours.
void read_config(const fs::path& file, RepositoryModel* model, std::string* file_name) {
  const std::string name = file.string();
  const TextMessage message = parse_text_proto(read_config_text(name), name);
  std::vector<std::string> ignored;
  const ProtoPlace place{name, "", &ignored};
  if (const TextField* field = message.find("max_batch_size"))
    model->max_batch_size = ProtoValue(*field, place).integer(0, 1 << 20);
  if (const TextField* field = message.find("default_model_filename"))
    *file_name = ProtoValue(*field, place).text();
  for (const TextField& field : message.fields) {
    if (field.name != "output" || field.kind != TextField::kMessage) continue;
    const TextField* labels = field.message->find("label_filename");
    if (!labels || !model->label_file.empty()) continue;
    model->label_file = file.parent_path() / ProtoValue(*labels, place).text();
  }
}

}  // namespace

RepositoryModel find_repository_model(const std::vector<std::string>& roots,
                                      const std::string& name, long version) {
  std::string looked;
  for (const std::string& root : roots) {
    const fs::path folder = fs::path(root) / name;
    looked += (looked.empty() ? "'" : ", '") + folder.string() + "'";
    if (!is_there(folder)) continue;
    RepositoryModel model;
    std::string file_name;
    if (is_there(folder / "config.pbtxt")) read_config(folder / "config.pbtxt", &model, &file_name);
    model.file = model_in(folder_of_version(folder, version), file_name);
    return model;
  }
  throw ConfigError("there is no model '" + name + "' in the model repository: " + looked +
                    " does not exist");
}

}  // namespace pyds
