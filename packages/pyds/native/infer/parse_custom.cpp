// Parsers of a user's library, as nvdsinfer_custom_impl.h declares them.
#include <algorithm>
#include <cstdlib>

#include "infer/classification_parser.h"
#include "infer/custom_library.h"
#include "infer/engine.h"
#include "infer/instance_parser.h"
#include "infer/parser.h"
#include "infer/segmentation.h"
#include "nvdsinfer_custom_impl.h"

namespace pyds {
namespace {

// What is handed to parsers of objects. They index the thresholds by class, so the number of
// classes must be known.
NvDsInferParseDetectionParams detection_params(const InferConfig& config, const char* key,
                                               const std::string& name, unsigned num_classes) {
  if (num_classes == 0)
    throw ConfigError(std::string(key) + "=" + name +
                      ": set num-detected-classes, a parser in a library looks up thresholds of "
                      "that many classes");
  NvDsInferParseDetectionParams params{num_classes, {}, {}};
  for (unsigned id = 0; id < num_classes; ++id) {
    const ClassAttributes& attributes = config.attributes(int(id));
    params.perClassPreclusterThreshold.push_back(attributes.pre_cluster_threshold);
    params.perClassPostclusterThreshold.push_back(attributes.post_cluster_threshold);
  }
  return params;
}

bool is_wanted(const NvDsInferObjectDetectionInfo& object,
               const NvDsInferParseDetectionParams& params) {
  return object.classId < params.numClassesConfigured &&
         object.detectionConfidence >= params.perClassPreclusterThreshold[object.classId];
}

class CustomDetectionParser : public DetectionParser {
 public:
  CustomDetectionParser(const InferConfig& config, const ParserSetup& setup)
      : network_(setup.network),
        params_(detection_params(config, kKey, config.parse_bbox_func_name, setup.num_classes)),
        parse_(CustomLibrary(config.custom_lib_path)
                   .parser<NvDsInferParseCustomFunc>(kKey, config.parse_bbox_func_name)) {}

  void parse(const Layers& layers, const Thresholds&, Detections* detections) const override {
    std::vector<NvDsInferObjectDetectionInfo> found;
    parse_(layers, network_, params_, found);
    for (const NvDsInferObjectDetectionInfo& object : found)
      if (is_wanted(object, params_)) detections->push_back({object});
  }

 private:
  static constexpr char kKey[] = "parse-bbox-func-name";
  NvDsInferNetworkInfo network_;
  NvDsInferParseDetectionParams params_;
  CustomLibrary::Parser<NvDsInferParseCustomFunc> parse_;
};

bool is_inside(const float* values, const Layers& layers) {
  const auto* address = reinterpret_cast<const uint8_t*>(values);
  return std::any_of(layers.begin(), layers.end(), [&](const NvDsInferLayerInfo& layer) {
    const auto* start = static_cast<const uint8_t*>(layer.buffer);
    const size_t bytes = layer.inferDims.numElements * element_size(layer.dataType);
    return address >= start && address < start + bytes;
  });
}

class CustomSegmentationParser : public SegmentationParser {
 public:
  CustomSegmentationParser(const InferConfig& config, const ParserSetup& setup)
      : network_(setup.network),
        order_(config.segmentation_output_order),
        threshold_(config.segmentation_threshold.value_or(0.0f)),
        num_classes_(setup.num_classes),
        parse_(CustomLibrary(config.custom_lib_path)
                   .parser<NvDsInferSemSegmentationParseCustomFunc>(
                       "parse-segmentation-func-name", config.parse_segmentation_func_name)) {}

  ClassMap parse(const Layers& layers) const override {
    MapShape shape = map_shape(layers.at(0), order_);
    if (shape.pixels() == 0) shape = {network_.height, network_.width, num_classes_};
    const unsigned classes = num_classes_ ? num_classes_ : shape.classes;
    // Many parsers fill as many pixels as the network's input has, whatever the output is.
    const size_t room = std::max(shape.pixels(), size_t(network_.width) * network_.height);
    ClassMap map = {classes, shape.width, shape.height, std::unique_ptr<int[]>(new int[room]),
                    nullptr, nullptr};
    std::fill_n(map.pixels.get(), room, -1);
    auto* probabilities = static_cast<float*>(layers[0].buffer);
    parse_(layers, network_, threshold_, num_classes_, map.pixels.get(), probabilities);
    // Nobody knows how long memory of the parser's own would stay valid.
    if (is_inside(probabilities, layers)) {
      map.probabilities = probabilities;
      map.owner = layers.owner;
    }
    return map;
  }

 private:
  NvDsInferNetworkInfo network_;
  InputOrder order_;
  float threshold_;
  unsigned num_classes_;
  CustomLibrary::Parser<NvDsInferSemSegmentationParseCustomFunc> parse_;
};

// Masks as a library made them.
class CustomMasks : public MaskSource {
 public:
  ~CustomMasks() override {
    for (const NvDsInferInstanceMaskInfo& object : objects) delete[] object.mask;
  }

  InstanceMask mask(const Detection& detection) const override {
    const NvDsInferInstanceMaskInfo& object = objects[detection.row];
    if (size_t{object.mask_width} * object.mask_height * sizeof(float) > object.mask_size)
      return {};
    return cut_out(object.mask, object.mask_width, object.mask_height, box_of(object), detection);
  }

  static NvDsInferObjectDetectionInfo box_of(const NvDsInferInstanceMaskInfo& object) {
    return {object.classId,
            object.left,
            object.top,
            object.width,
            object.height,
            object.detectionConfidence,
            0.0f};
  }

  std::vector<NvDsInferInstanceMaskInfo> objects;
};

class CustomInstanceParser : public InstanceParser {
 public:
  CustomInstanceParser(const InferConfig& config, const ParserSetup& setup)
      : network_(setup.network),
        params_(detection_params(config, kKey, config.parse_bbox_instance_mask_func_name,
                                 setup.num_classes)),
        parse_(CustomLibrary(config.custom_lib_path)
                   .parser<NvDsInferInstanceMaskParseCustomFunc>(
                       kKey, config.parse_bbox_instance_mask_func_name)) {}

  std::unique_ptr<MaskSource> parse(const Layers& layers, const Thresholds&,
                                    Detections* detections) const override {
    auto masks = std::make_unique<CustomMasks>();
    parse_(layers, network_, params_, masks->objects);
    for (size_t i = 0; i < masks->objects.size(); ++i) {
      const NvDsInferObjectDetectionInfo box = CustomMasks::box_of(masks->objects[i]);
      if (is_wanted(box, params_)) detections->push_back({box, unsigned(i)});
    }
    return masks;
  }

 private:
  static constexpr char kKey[] = "parse-bbox-instance-mask-func-name";
  NvDsInferNetworkInfo network_;
  NvDsInferParseDetectionParams params_;
  CustomLibrary::Parser<NvDsInferInstanceMaskParseCustomFunc> parse_;
};

class CustomClassificationParser : public ClassificationParser {
 public:
  CustomClassificationParser(const InferConfig& config, const ParserSetup& setup)
      : network_(setup.network),
        parse_(CustomLibrary(config.custom_lib_path)
                   .parser<NvDsInferClassiferParseCustomFunc>("parse-classifier-func-name",
                                                              config.parse_classifier_func_name)) {}

  Classification parse(const Layers& layers, float threshold) const override {
    std::vector<NvDsInferAttribute> attributes;
    Classification classification;
    parse_(layers, network_, threshold, attributes, classification.text);
    for (const NvDsInferAttribute& attribute : attributes) {
      const std::unique_ptr<char, decltype(&std::free)> label(attribute.attributeLabel, std::free);
      classification.push_back({attribute.attributeIndex, attribute.attributeValue,
                                attribute.attributeConfidence, label ? label.get() : ""});
    }
    return classification;
  }

 private:
  NvDsInferNetworkInfo network_;
  CustomLibrary::Parser<NvDsInferClassiferParseCustomFunc> parse_;
};

}  // namespace

std::unique_ptr<DetectionParser> make_custom_parser(const InferConfig& config,
                                                    const ParserSetup& setup) {
  return std::make_unique<CustomDetectionParser>(config, setup);
}

std::unique_ptr<SegmentationParser> make_custom_segmentation_parser(const InferConfig& config,
                                                                    const ParserSetup& setup) {
  return std::make_unique<CustomSegmentationParser>(config, setup);
}

std::unique_ptr<ClassificationParser> make_custom_classification_parser(const InferConfig& config,
                                                                        const ParserSetup& setup) {
  return std::make_unique<CustomClassificationParser>(config, setup);
}

std::unique_ptr<InstanceParser> make_custom_instance_parser(const InferConfig& config,
                                                            const ParserSetup& setup) {
  return std::make_unique<CustomInstanceParser>(config, setup);
}

}  // namespace pyds
