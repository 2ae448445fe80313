// A user's parser library, as the tests of custom-lib-path build it with the system's compiler.
#include <cstring>
#include <stdexcept>

#include "nvdsinfer_custom_impl.h"

using Layers = std::vector<NvDsInferLayerInfo>;

static const NvDsInferLayerInfo* find_layer(Layers const& layers, const std::string& name) {
  for (const NvDsInferLayerInfo& layer : layers)
    if (layer.layerName == name) return &layer;
  return nullptr;
}

static const float* values(const NvDsInferLayerInfo& layer) {
  return static_cast<const float*>(layer.buffer);
}

// SSD: two scores per prior, the first that of a vehicle; corners are fractions of the picture.
extern "C" bool ParseVehicles(Layers const& layers, NvDsInferNetworkInfo const& network,
                              NvDsInferParseDetectionParams const& params,
                              std::vector<NvDsInferParseObjectInfo>& objects) {
  const NvDsInferLayerInfo* scores = find_layer(layers, "scores");
  const NvDsInferLayerInfo* boxes = find_layer(layers, "boxes");
  if (!scores || !boxes || boxes->inferDims.numDims != 2) return false;
  const float width = float(network.width), height = float(network.height);
  for (unsigned i = 0; i < boxes->inferDims.d[0]; ++i) {
    const float score = values(*scores)[2 * i];
    const float* box = values(*boxes) + 4 * i;
    if (score < params.perClassPreclusterThreshold[0]) continue;
    NvDsInferParseObjectInfo object;
    object.classId = 0;
    object.detectionConfidence = score;
    object.left = box[0] * width;
    object.top = box[1] * height;
    object.width = box[2] * width - object.left;
    object.height = box[3] * height - object.top;
    objects.push_back(object);
  }
  return true;
}
CHECK_CUSTOM_PARSE_FUNC_PROTOTYPE(ParseVehicles);

// What a careless parser gives: a class nobody configured, and confidence below the threshold.
extern "C" bool ParseCarelessly(Layers const&, NvDsInferNetworkInfo const&,
                                NvDsInferParseDetectionParams const& params,
                                std::vector<NvDsInferParseObjectInfo>& objects) {
  const float threshold = params.perClassThreshold.at(0);
  objects.push_back({0, 1.0f, 1.0f, 20.0f, 20.0f, threshold});
  objects.push_back({0, 9.0f, 9.0f, 20.0f, 20.0f, threshold / 2});
  objects.push_back({params.numClassesConfigured, 1.0f, 1.0f, 20.0f, 20.0f, 1.0f});
  return true;
}
CHECK_CUSTOM_PARSE_FUNC_PROTOTYPE(ParseCarelessly)

extern "C" bool RefuseOutputs(Layers const&, NvDsInferNetworkInfo const&,
                              NvDsInferParseDetectionParams const&,
                              std::vector<NvDsInferParseObjectInfo>&) {
  return false;
}

extern "C" bool ThrowError(Layers const&, NvDsInferNetworkInfo const&,
                           NvDsInferParseDetectionParams const&,
                           std::vector<NvDsInferParseObjectInfo>&) {
  throw std::out_of_range("anchor seventeen");
}

extern "C" bool ThrowNumber(Layers const&, NvDsInferNetworkInfo const&,
                            NvDsInferParseDetectionParams const&,
                            std::vector<NvDsInferParseObjectInfo>&) {
  throw 17;
}

// The class with the highest score of each pixel, channels last, as 1000 + class.
extern "C" bool ParseClasses(Layers const& layers, NvDsInferNetworkInfo const&, float threshold,
                             unsigned int classes, int* map, float*& probabilities) {
  const NvDsInferDims& dims = layers.at(0).inferDims;
  if (dims.numDims != 3 || dims.d[2] != classes) return false;
  const float* scores = probabilities;
  for (unsigned i = 0; i < dims.d[0] * dims.d[1]; ++i, scores += classes) {
    unsigned best = 0;
    for (unsigned c = 1; c < classes; ++c)
      if (scores[c] > scores[best]) best = c;
    map[i] = scores[best] < threshold ? -1 : 1000 + int(best);
  }
  return true;
}
CHECK_CUSTOM_SEM_SEGMENTATION_PARSE_FUNC_PROTOTYPE(ParseClasses);

// Whether the middle of the picture is bright, as a label of its own and in words.
extern "C" bool ParseBrightness(Layers const& layers, NvDsInferNetworkInfo const&, float threshold,
                                std::vector<NvDsInferAttribute>& attributes, std::string& text) {
  const float brightness = values(layers.at(0))[layers[0].inferDims.numElements / 2] / 255;
  const bool bright = brightness > 0.5f;
  const float confidence = bright ? brightness : 1 - brightness;
  if (confidence < threshold) return true;
  attributes.push_back({3, bright ? 1u : 0u, confidence, strdup(bright ? "day" : "night")});
  text = bright ? "it is day" : "";
  return true;
}
CHECK_CUSTOM_CLASSIFIER_PARSE_FUNC_PROTOTYPE(ParseBrightness);

// Boxes, scores, classes and masks of the boxes.
extern "C" bool ParseMasks(Layers const& layers, NvDsInferNetworkInfo const&,
                           NvDsInferParseDetectionParams const& params,
                           std::vector<NvDsInferInstanceMaskInfo>& objects) {
  const NvDsInferLayerInfo* boxes = find_layer(layers, "boxes");
  const NvDsInferLayerInfo* scores = find_layer(layers, "scores");
  const NvDsInferLayerInfo* masks = find_layer(layers, "masks");
  if (!boxes || !scores || !masks) return false;
  const unsigned axes = masks->inferDims.numDims;
  const unsigned height = masks->inferDims.d[axes - 2], width = masks->inferDims.d[axes - 1];
  const unsigned pixels = width * height;
  for (unsigned i = 0; i < scores->inferDims.numElements; ++i) {
    if (values(*scores)[i] < params.perClassPreclusterThreshold[0]) continue;
    const float* box = values(*boxes) + 4 * i;
    NvDsInferInstanceMaskInfo object = {};
    object.detectionConfidence = values(*scores)[i];
    object.left = box[0];
    object.top = box[1];
    object.width = box[2] - box[0];
    object.height = box[3] - box[1];
    object.mask_width = width;
    object.mask_height = height;
    object.mask_size = pixels * sizeof(float);
    object.mask = new float[pixels];
    std::memcpy(object.mask, values(*masks) + i * pixels, object.mask_size);
    objects.push_back(object);
  }
  return true;
}
CHECK_CUSTOM_INSTANCE_MASK_PARSE_FUNC_PROTOTYPE(ParseMasks);
