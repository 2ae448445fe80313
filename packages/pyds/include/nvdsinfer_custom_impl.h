// What a parser library written in C++ implements, for custom-lib-path of nvinfer.
//
//   #include "nvdsinfer_custom_impl.h"
//
//   extern "C" bool ParseMyModel(std::vector<NvDsInferLayerInfo> const& layers,
//                                NvDsInferNetworkInfo const& network,
//                                NvDsInferParseDetectionParams const& params,
//                                std::vector<NvDsInferParseObjectInfo>& objects) { ... }
//   CHECK_CUSTOM_PARSE_FUNC_PROTOTYPE(ParseMyModel);
//
//   c++ -O2 -shared -fPIC -I$(python -m pyds include-path) parser.cpp -o libparser.so
//
// Source written for DeepStream compiles as it is, unless it uses TensorRT or CUDA. A function is
// called once per frame (or object), on threads of nvinfer, one call at a time per element, but not
// always in the order of the frames. Returning false, or throwing, ends the stream with an error.
//
// Functions that build TensorRT engines, plugin factories and NvDsInferInitializeInputLayers are
// not here: engines are not built, and models have one input, the picture.
#pragma once

#include <string>
#include <vector>

#include "nvdsinfer.h"

// What the configuration says about detections. The vectors have numClassesConfigured elements.
typedef struct {
  unsigned int numClassesConfigured;
  std::vector<float> perClassPreclusterThreshold;   // less confident ones are dropped anyway
  std::vector<float> perClassPostclusterThreshold;  // applied after clustering
  std::vector<float>& perClassThreshold = perClassPreclusterThreshold;  // its old name
} NvDsInferParseDetectionParams;

// parse-bbox-func-name: appends the objects of one frame, in network pixels.
typedef bool (*NvDsInferParseCustomFunc)(std::vector<NvDsInferLayerInfo> const& outputLayersInfo,
                                         NvDsInferNetworkInfo const& networkInfo,
                                         NvDsInferParseDetectionParams const& detectionParams,
                                         std::vector<NvDsInferObjectDetectionInfo>& objectList);

// parse-bbox-instance-mask-func-name: the same, with a mask for each object.
typedef bool (*NvDsInferInstanceMaskParseCustomFunc)(
    std::vector<NvDsInferLayerInfo> const& outputLayersInfo,
    NvDsInferNetworkInfo const& networkInfo, NvDsInferParseDetectionParams const& detectionParams,
    std::vector<NvDsInferInstanceMaskInfo>& objectList);

// parse-classifier-func-name: appends the attributes that reach the threshold; descString, if set,
// is shown as the label.
typedef bool (*NvDsInferClassiferParseCustomFunc)(
    std::vector<NvDsInferLayerInfo> const& outputLayersInfo,
    NvDsInferNetworkInfo const& networkInfo, float classifierThreshold,
    std::vector<NvDsInferAttribute>& attrList, std::string& descString);

// parse-segmentation-func-name: writes the class of each pixel, row by row, or -1. The map has the
// height and width of the first output layer, in the order of segmentation-output-order, and is
// never smaller than the network's input. classProbabilityMap points to the first layer's values;
// it may be moved to those of another layer or set to NULL.
typedef bool (*NvDsInferSemSegmentationParseCustomFunc)(
    std::vector<NvDsInferLayerInfo> const& outputLayersInfo,
    NvDsInferNetworkInfo const& networkInfo, float segmentationThreshold, unsigned int numClasses,
    int* classificationMap, float*& classProbabilityMap);

// After a function's definition: the compiler complains here if it is not of the type that nvinfer
// will call it by. The semicolon is inside because existing source may have none.
#define NVDSINFER_CHECK_PROTOTYPE(function, type) \
  __attribute__((unused)) static const type checkFunc_##function = function;

#define CHECK_CUSTOM_PARSE_FUNC_PROTOTYPE(customParseFunc) \
  NVDSINFER_CHECK_PROTOTYPE(customParseFunc, NvDsInferParseCustomFunc)
#define CHECK_CUSTOM_INSTANCE_MASK_PARSE_FUNC_PROTOTYPE(customParseFunc) \
  NVDSINFER_CHECK_PROTOTYPE(customParseFunc, NvDsInferInstanceMaskParseCustomFunc)
#define CHECK_CUSTOM_CLASSIFIER_PARSE_FUNC_PROTOTYPE(customParseFunc) \
  NVDSINFER_CHECK_PROTOTYPE(customParseFunc, NvDsInferClassiferParseCustomFunc)
#define CHECK_CUSTOM_SEM_SEGMENTATION_PARSE_FUNC_PROTOTYPE(customParseFunc) \
  NVDSINFER_CHECK_PROTOTYPE(customParseFunc, NvDsInferSemSegmentationParseCustomFunc)
