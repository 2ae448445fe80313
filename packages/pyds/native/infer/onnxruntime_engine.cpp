#include "infer/onnxruntime_engine.h"

#include <filesystem>

#include "infer/onnxruntime_library.h"

namespace pyds {
namespace {

// A unique_ptr whose deleter is a function of the API's table.
template <typename T, typename Release>
class Handle {
 public:
  explicit Handle(Release release) : release_(release) {}
  ~Handle() {
    if (pointer_) release_(pointer_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  T* get() const { return pointer_; }
  T** out() { return &pointer_; }

 private:
  Release release_;
  T* pointer_ = nullptr;
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

// What a user can do about a message of ONNX Runtime, by the words it always uses.
std::string remedy(const std::string& message) {
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  if (says("Protobuf parsing failed") || says("ModelProto does not have a graph"))
    return "the file is damaged or is no ONNX model: export or download it again";
  if (says("opset") || says("Opset") || says("IR version"))
    return "the model is newer than this ONNX Runtime: pip install -U onnxruntime, or export with "
           "an older opset";
  if (says("is not a registered function/op") || says("No Op registered") ||
      says("Could not find an implementation"))
    return "ONNX Runtime has no such operator: export the model without custom operators (plugins "
           "of TensorRT do not exist here)";
  if (says("Got invalid dimensions for input"))
    return "the model is fixed to another size: set infer-dims or batch-size to what it expects";
  if (says("External data path") || says("external data"))
    return "the weights file that belongs to the model is missing beside it";
  return "check the file with onnx.checker.check_model, or export it again";
}

class OnnxRuntimeEngine : public Engine {
 public:
  explicit OnnxRuntimeEngine(const std::string& model_file)
      : runtime_(onnxruntime()), api_(runtime_.api), file_(model_file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file_, error))
      throw EngineError("model file '" + file_ +
                        "' does not exist: check onnx-file (relative paths start at the "
                        "configuration file)");
    load();
    read_specs();
    check(api_.create_cpu_memory_info(ort::kDeviceAllocator, ort::kDefaultMemory, &memory_),
          "has no memory");
  }

  ~OnnxRuntimeEngine() override {
    if (memory_) api_.release_memory_info(memory_);
  }

  const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  const std::vector<TensorSpec>& outputs() const override { return outputs_; }

  std::string metadata(const std::string& key) const override {
    Handle<ort::ModelMetadata, decltype(api_.release_model_metadata)> metadata(
        api_.release_model_metadata);
    check(api_.get_model_metadata(session_.get(), metadata.out()), "has unreadable metadata");
    char* text = nullptr;
    check(api_.lookup_metadata(metadata.get(), allocator(), key.c_str(), &text),
          "has unreadable metadata");
    return take_string(text);
  }

  std::vector<Tensor> run(const std::vector<Tensor>& inputs) override {
    auto values = std::make_shared<Values>(api_, output_names_.size());
    Values bound(api_, inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i)
      check(
          api_.create_tensor_with_data(
              memory_, inputs[i].data,
              element_count(inputs[i].shape) * element_size(inputs[i].type), inputs[i].shape.data(),
              inputs[i].shape.size(), onnx_type(inputs[i].type), &bound.list[i]),
          "does not accept its input");
    check(api_.run(session_.get(), nullptr, input_names_.data(), bound.list.data(), inputs.size(),
                   output_names_.data(), output_names_.size(), values->list.data()),
          "failed to run");
    std::vector<Tensor> outputs;
    for (size_t i = 0; i < values->list.size(); ++i) {
      outputs.push_back(describe(values->list[i], outputs_[i].type));
      outputs.back().owner = values;
    }
    return outputs;
  }

  // One ONNX Runtime session serves many threads: with one intra-op thread each run stays in its
  // caller's thread, and the weights exist once.
  std::unique_ptr<Engine> new_session() override {
    return std::unique_ptr<Engine>(new OnnxRuntimeEngine(*this));
  }

 private:
  struct Values {
    Values(const ort::Api& api, size_t count) : api(api), list(count) {}
    ~Values() {
      for (ort::Value* value : list)
        if (value) api.release_value(value);
    }
    const ort::Api& api;
    std::vector<ort::Value*> list;
  };

  OnnxRuntimeEngine(const OnnxRuntimeEngine& other)
      : runtime_(other.runtime_),
        api_(other.api_),
        file_(other.file_),
        session_(other.session_),
        inputs_(other.inputs_),
        outputs_(other.outputs_) {
    name_bindings();
    check(api_.create_cpu_memory_info(ort::kDeviceAllocator, ort::kDefaultMemory, &memory_),
          "has no memory");
  }

  void check(ort::Status* status, const char* what) const {
    if (!status) return;
    const std::string message = api_.get_error_message(status);
    api_.release_status(status);
    throw EngineError("model '" + file_ + "' " + what + ": " + first_line(message) + "; " +
                      remedy(message));
  }

  void load() {
    Handle<ort::SessionOptions, decltype(api_.release_session_options)> options(
        api_.release_session_options);
    check(api_.create_session_options(options.out()), "cannot be configured");
    check(api_.set_intra_op_threads(options.get(), 1), "cannot be configured");
    check(api_.set_inter_op_threads(options.get(), 1), "cannot be configured");
    check(api_.set_graph_optimization(options.get(), ort::kAllOptimizations),
          "cannot be configured");
    // Idle threads must not spin: the cores belong to decoding and to the other workers.
    check(api_.add_session_config(options.get(), "session.intra_op.allow_spinning", "0"),
          "cannot be configured");
    // Denormals make random or padded inputs up to ten times slower and change no result.
    check(api_.add_session_config(options.get(), "session.set_denormal_as_zero", "1"),
          "cannot be configured");
    ort::Session* session = nullptr;
    check(api_.create_session(runtime_.env, file_.c_str(), options.get(), &session),
          "cannot be loaded");
    session_.reset(session, [this_api = &api_](ort::Session* s) { this_api->release_session(s); });
  }

  void read_specs() {
    size_t count = 0;
    check(api_.get_input_count(session_.get(), &count), "has unreadable inputs");
    for (size_t i = 0; i < count; ++i) inputs_.push_back(read_spec(i, true));
    check(api_.get_output_count(session_.get(), &count), "has unreadable outputs");
    for (size_t i = 0; i < count; ++i) outputs_.push_back(read_spec(i, false));
    name_bindings();
  }

  void name_bindings() {
    for (const TensorSpec& spec : inputs_) input_names_.push_back(spec.name.c_str());
    for (const TensorSpec& spec : outputs_) output_names_.push_back(spec.name.c_str());
  }

  TensorSpec read_spec(size_t index, bool is_input) const {
    char* name = nullptr;
    Handle<ort::TypeInfo, decltype(api_.release_type_info)> type(api_.release_type_info);
    ort::Session* session = session_.get();
    const char* what = "has unreadable tensors";
    check(is_input ? api_.get_input_name(session, index, allocator(), &name)
                   : api_.get_output_name(session, index, allocator(), &name),
          what);
    TensorSpec spec;
    spec.name = take_string(name);
    check(is_input ? api_.get_input_type(session, index, type.out())
                   : api_.get_output_type(session, index, type.out()),
          what);
    ort::OnnxType kind = ort::kUnknownType;
    check(api_.get_onnx_type(type.get(), &kind), what);
    if (kind != ort::kTensorType)
      throw EngineError("model '" + file_ + "': '" + spec.name +
                        "' is a sequence or map, only tensors can be used: export the model "
                        "without it (for scikit-learn models: zipmap=False)");
    const ort::TensorInfo* info = nullptr;
    check(api_.as_tensor_info(type.get(), &info), what);
    spec.type = read_type(info, spec.name);
    spec.shape = read_shape(info);
    return spec;
  }

  NvDsInferDataType read_type(const ort::TensorInfo* info, const std::string& name) const {
    ort::ElementType type = ort::kUndefined;
    check(api_.get_element_type(info, &type), "has unreadable tensors");
    switch (type) {
      case ort::kFloat:
        return FLOAT;
      case ort::kFloat16:
        return HALF;
      case ort::kUint8:
      case ort::kBool:
        return UINT8;
      case ort::kInt8:
        return INT8;
      case ort::kInt32:
        return INT32;
      case ort::kInt64:
        return INT64;
      default:
        throw EngineError("model '" + file_ + "': tensor '" + name + "' has ONNX element type " +
                          std::to_string(type) +
                          "; float32, float16, int8, uint8, bool, int32 and int64 can be used: "
                          "add a Cast to the model when exporting");
    }
  }

  std::vector<int64_t> read_shape(const ort::TensorInfo* info) const {
    size_t axes = 0;
    check(api_.get_dimension_count(info, &axes), "has unreadable tensors");
    std::vector<int64_t> shape(axes);
    check(api_.get_dimensions(info, shape.data(), axes), "has unreadable tensors");
    return shape;
  }

  Tensor describe(ort::Value* value, NvDsInferDataType type) const {
    Handle<ort::TensorInfo, decltype(api_.release_tensor_info)> info(api_.release_tensor_info);
    check(api_.get_tensor_info(value, info.out()), "has unreadable results");
    Tensor tensor{type, read_shape(info.get()), nullptr, nullptr};
    check(api_.get_tensor_data(value, &tensor.data), "has unreadable results");
    return tensor;
  }

  static ort::ElementType onnx_type(NvDsInferDataType type) {
    switch (type) {
      case FLOAT:
        return ort::kFloat;
      case HALF:
        return ort::kFloat16;
      case INT8:
        return ort::kInt8;
      case INT32:
        return ort::kInt32;
      case INT64:
        return ort::kInt64;
      case UINT8:
        return ort::kUint8;
    }
    return ort::kUndefined;
  }

  ort::Allocator* allocator() const {
    ort::Allocator* allocator = nullptr;
    check(api_.get_default_allocator(&allocator), "has no memory");
    return allocator;
  }

  std::string take_string(char* text) const {
    if (!text) return {};
    std::string copy(text);
    check(api_.free_with_allocator(allocator(), text), "has unreadable texts");
    return copy;
  }

  const OnnxRuntime& runtime_;
  const ort::Api& api_;
  std::string file_;
  std::shared_ptr<ort::Session> session_;
  ort::MemoryInfo* memory_ = nullptr;
  std::vector<TensorSpec> inputs_, outputs_;
  std::vector<const char*> input_names_, output_names_;  // into inputs_ and outputs_
};

}  // namespace

std::unique_ptr<Engine> load_onnxruntime_engine(const std::string& model_file) {
  return std::make_unique<OnnxRuntimeEngine>(model_file);
}

}  // namespace pyds
