#include "python_inference.h"

#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <tuple>

#include "infer/engine.h"
#include "infer/layers.h"
#include "infer/onnxruntime_library.h"
#include "infer/parser.h"
#include "infer/python_runtime.h"
#include "python_call.h"

namespace pyds::py {
namespace {

constexpr char kBridge[] = "pyds.inference._bridge";

// A Python object that may be dropped on any thread.
class Held {
 public:
  explicit Held(nb::object object) : object_(std::move(object)) {}
  ~Held() {
    const PythonCall python;
    if (!python) object_.release();  // the interpreter is gone, and the object with it
    object_.reset();
  }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  nb::handle get() const { return object_; }

 private:
  nb::object object_;
};

// Runs `function` with the GIL; what Python raises becomes an Error that says where.
template <typename Error, typename Function>
auto with_python(Function function) {
  const PythonCall python;
  if (!python) throw Error("Python is shutting down");
  try {
    return function();
  } catch (nb::python_error& error) {
    const nb::object text = nb::module_::import_(kBridge).attr("describe")(error.value());
    throw Error(nb::cast<std::string>(text));
  } catch (const nb::cast_error&) {
    throw Error("Python gave a value of an unexpected type");
  }
}

nb::dlpack::dtype dtype_of(NvDsInferDataType type) {
  switch (type) {
    case FLOAT:
      return nb::dtype<float>();
    case HALF:
      return {uint8_t(nb::dlpack::dtype_code::Float), 16, 1};
    case INT8:
      return nb::dtype<int8_t>();
    case INT32:
      return nb::dtype<int32_t>();
    case INT64:
      return nb::dtype<int64_t>();
    case UINT8:
      break;
  }
  return nb::dtype<uint8_t>();
}

nb::object make_array(void* data, const std::vector<size_t>& shape, NvDsInferDataType type,
                      std::shared_ptr<void> owner) {
  auto keeper = std::make_unique<std::shared_ptr<void>>(std::move(owner));
  const nb::capsule capsule(keeper.get(), [](void* pointer) noexcept {
    delete static_cast<std::shared_ptr<void>*>(pointer);
  });
  keeper.release();  // the capsule has it now
  return nb::cast(
      nb::ndarray<nb::numpy>(data, shape.size(), shape.data(), capsule, nullptr, dtype_of(type)));
}

NvDsInferDataType type_named(const std::string& name) {
  for (NvDsInferDataType type : {FLOAT, HALF, INT8, INT32, INT64, UINT8})
    if (name == type_name(type)) return type;
  throw EngineError("an engine's tensor is " + name +
                    "; float32, float16, int8, uint8, int32 and int64 can be used");
}

using Spec = std::tuple<std::string, std::string, std::vector<int64_t>>;  // name, dtype, shape

std::vector<TensorSpec> specs_from(nb::handle list) {
  std::vector<TensorSpec> specs;
  for (const auto& [name, dtype, shape] : nb::cast<std::vector<Spec>>(list))
    specs.push_back({name, type_named(dtype), shape});
  return specs;
}

// All sessions share one Python object. Unless it says that it is thread-safe, one runs at a time.
class PythonEngine : public Engine {
 public:
  explicit PythonEngine(nb::object bridge) : shared_(std::make_shared<Shared>(std::move(bridge))) {}

  const std::vector<TensorSpec>& inputs() const override { return shared_->inputs; }
  const std::vector<TensorSpec>& outputs() const override { return shared_->outputs; }
  std::string metadata(const std::string&) const override { return {}; }

  std::vector<Tensor> run(const std::vector<Tensor>& inputs) override {
    // Before the GIL: who has the turn gives the GIL away while it computes.
    std::unique_lock<std::mutex> turn(shared_->turn, std::defer_lock);
    if (!shared_->thread_safe) turn.lock();
    return with_python<EngineError>([&] {
      nb::list arrays;
      for (const Tensor& input : inputs)
        arrays.append(make_array(input.data, {input.shape.begin(), input.shape.end()}, input.type,
                                 input.owner));
      return outputs_from(shared_->bridge.get().attr("run")(arrays));
    });
  }

  std::unique_ptr<Engine> new_session() override {
    return std::unique_ptr<Engine>(new PythonEngine(*this));
  }

 private:
  struct Shared {
    explicit Shared(nb::object object)
        : inputs(specs_from(object.attr("inputs"))),
          outputs(specs_from(object.attr("outputs"))),
          thread_safe(nb::cast<bool>(object.attr("thread_safe"))),
          bridge(std::move(object)) {}
    std::vector<TensorSpec> inputs, outputs;
    bool thread_safe;
    std::mutex turn;
    Held bridge;
  };

  std::vector<Tensor> outputs_from(nb::object list) const {
    std::vector<Tensor> tensors;
    const auto keeper = std::make_shared<Held>(list);
    for (const nb::handle item : list) {
      const auto array = nb::cast<nb::ndarray<nb::ro, nb::c_contig, nb::device::cpu>>(item);
      Tensor tensor = {shared_->outputs.at(tensors.size()).type, {}, nullptr, keeper};
      for (size_t axis = 0; axis < array.ndim(); ++axis)
        tensor.shape.push_back(int64_t(array.shape(axis)));
      tensor.data = const_cast<void*>(array.data());
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  }

  std::shared_ptr<Shared> shared_;
};

// A function of the user's file, called for each frame or object; see pyds.inference.
class ParserFunction {
 public:
  ParserFunction(nb::object function, const ParserSetup& setup)
      : function_(std::move(function)), network_(setup.network), num_classes_(setup.num_classes) {}

  unsigned num_classes() const { return num_classes_; }
  // Only with the GIL.
  nb::object operator()(const Layers& layers, float threshold) const {
    nb::dict arrays;
    for (const NvDsInferLayerInfo& layer : layers)
      arrays[layer.layerName] = array_of(layer, layers.owner);
    return function_.get()(arrays, network_.width, network_.height, num_classes_, threshold);
  }

 private:
  Held function_;
  NvDsInferNetworkInfo network_;
  unsigned num_classes_;
};

// x1, y1, x2, y2, confidence, class id
using Rows = nb::ndarray<const float, nb::shape<-1, 6>, nb::c_contig, nb::device::cpu>;

Detection detection_at(const Rows& rows, size_t i) {
  const float* row = rows.data() + 6 * i;
  return from_corners(unsigned(row[5]), row[4], row[0], row[1], row[2], row[3], i);
}

void append_rows(const Rows& rows, const Thresholds& thresholds, Detections* detections) {
  for (size_t i = 0; i < rows.shape(0); ++i)
    if (const Detection found = detection_at(rows, i);
        found.detectionConfidence >= thresholds.of(found.classId))
      detections->push_back(found);
}

class PythonParser : public DetectionParser {
 public:
  PythonParser(nb::object function, const ParserSetup& setup)
      : function_(std::move(function), setup) {}

  void parse(const Layers& layers, const Thresholds& thresholds,
             Detections* detections) const override {
    with_python<EngineError>([&] {
      append_rows(nb::cast<Rows>(function_(layers, thresholds.lowest())), thresholds, detections);
    });
  }

 private:
  ParserFunction function_;
};

// Boxes and masks as a function returned them.
class PythonMasks : public MaskSource {
 public:
  using Masks = nb::ndarray<const float, nb::shape<-1, -1, -1>, nb::c_contig, nb::device::cpu>;

  PythonMasks(const Rows& rows, const Masks& masks)
      : width_(unsigned(masks.shape(2))),
        height_(unsigned(masks.shape(1))),
        values_(masks.data(), masks.data() + masks.size()) {
    for (size_t i = 0; i < rows.shape(0); ++i) boxes_.push_back(detection_at(rows, i));
  }

  InstanceMask mask(const Detection& detection) const override {
    const float* values = values_.data() + size_t{detection.row} * width_ * height_;
    return cut_out(values, width_, height_, boxes_[detection.row], detection);
  }

 private:
  unsigned width_, height_;
  std::vector<float> values_;
  Detections boxes_;
};

class PythonInstanceParser : public InstanceParser {
 public:
  PythonInstanceParser(nb::object function, const ParserSetup& setup)
      : function_(std::move(function), setup) {}

  std::unique_ptr<MaskSource> parse(const Layers& layers, const Thresholds& thresholds,
                                    Detections* detections) const override {
    return with_python<EngineError>([&] {
      const auto [rows, masks] =
          nb::cast<std::tuple<Rows, PythonMasks::Masks>>(function_(layers, thresholds.lowest()));
      append_rows(rows, thresholds, detections);
      return std::make_unique<PythonMasks>(rows, masks);
    });
  }

 private:
  ParserFunction function_;
};

class PythonClassificationParser : public ClassificationParser {
 public:
  PythonClassificationParser(nb::object function, const ParserSetup& setup)
      : function_(std::move(function), setup) {}

  Classification parse(const Layers& layers, float threshold) const override {
    return with_python<EngineError>([&] {
      using Row = std::tuple<unsigned, unsigned, float, std::string>;
      Classification classification;
      for (const auto& [index, value, confidence, label] :
           nb::cast<std::vector<Row>>(function_(layers, threshold)))
        classification.push_back({index, value, confidence, label});
      return classification;
    });
  }

 private:
  ParserFunction function_;
};

class PythonSegmentationParser : public SegmentationParser {
 public:
  PythonSegmentationParser(nb::object function, const ParserSetup& setup, float threshold)
      : function_(std::move(function), setup), threshold_(threshold) {}

  ClassMap parse(const Layers& layers) const override {
    return with_python<EngineError>([&] {
      const nb::object classes = function_(layers, threshold_);
      using Classes = nb::ndarray<const int, nb::shape<-1, -1>, nb::c_contig, nb::device::cpu>;
      const auto pixels = nb::cast<Classes>(classes);
      ClassMap map;
      map.classes = function_.num_classes();
      map.width = unsigned(pixels.shape(1));
      map.height = unsigned(pixels.shape(0));
      map.pixels.reset(new int[pixels.size()]);
      std::copy_n(pixels.data(), pixels.size(), map.pixels.get());
      return map;
    });
  }

 private:
  ParserFunction function_;
  float threshold_;
};

class Runtime : public PythonRuntime {
 public:
  std::unique_ptr<DetectionParser> load_parser(const std::string& file, const std::string& function,
                                               const ParserSetup& setup) override {
    return load<PythonParser>("load_parser", file, function, setup);
  }
  std::unique_ptr<ClassificationParser> load_classification_parser(
      const std::string& file, const std::string& function, const ParserSetup& setup) override {
    return load<PythonClassificationParser>("load_classification_parser", file, function, setup);
  }
  std::unique_ptr<SegmentationParser> load_segmentation_parser(const std::string& file,
                                                               const std::string& function,
                                                               const ParserSetup& setup,
                                                               float threshold) override {
    return load<PythonSegmentationParser>("load_segmentation_parser", file, function, setup,
                                          threshold);
  }
  std::unique_ptr<InstanceParser> load_instance_parser(const std::string& file,
                                                       const std::string& function,
                                                       const ParserSetup& setup) override {
    return load<PythonInstanceParser>("load_instance_parser", file, function, setup);
  }

 private:
  template <typename Parser, typename... Arguments>
  static std::unique_ptr<Parser> load(const char* loader, const std::string& file,
                                      const std::string& function, Arguments&&... arguments) {
    return with_python<ConfigError>([&] {
      const nb::object callable = nb::module_::import_(kBridge).attr(loader)(file, function);
      return std::make_unique<Parser>(callable, arguments...);
    });
  }
};

// The engine `name` in Python: asked for when the C++ side has none of that name.
EngineFactory find_engine(const std::string& name) {
  const bool known = with_python<EngineError>(
      [&] { return nb::cast<bool>(nb::module_::import_(kBridge).attr("has_engine")(name)); });
  if (!known) return {};
  return [name](const std::string& model_file) {
    return with_python<EngineError>([&]() -> std::unique_ptr<Engine> {
      return std::make_unique<PythonEngine>(
          nb::module_::import_(kBridge).attr("load_engine")(name, model_file));
    });
  };
}

std::string find_onnxruntime() {
  return with_python<EngineError>([] {
    return nb::cast<std::string>(nb::module_::import_(kBridge).attr("onnxruntime_library")());
  });
}

}  // namespace

nb::object array_of(const NvDsInferLayerInfo& layer, std::shared_ptr<void> owner) {
  const NvDsInferDims& dims = layer.inferDims;
  return make_array(layer.buffer, {dims.d, dims.d + dims.numDims}, layer.dataType,
                    std::move(owner));
}

void connect_python_inference() {
  static Runtime runtime;
  set_python_runtime(&runtime);
  set_engine_finder(find_engine);
  set_onnxruntime_finder(find_onnxruntime);
}

}  // namespace pyds::py
