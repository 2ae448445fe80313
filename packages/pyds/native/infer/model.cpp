#include "infer/model.h"

#include <algorithm>
#include <thread>

namespace pyds {
namespace {

// Results that come later need a track to come to, and something to remember.
void settle_async_mode(InferConfig* config, std::vector<std::string>* warnings) {
  if (!config->classifier_async_mode) return;
  if (config->process_mode == ProcessMode::kSecondary &&
      config->network_type() == NetworkType::kClassifier)
    return;
  config->classifier_async_mode = false;
  warnings->push_back(
      config->file +
      ": classifier-async-mode=1 is switched off; it works for classifiers of objects only "
      "(network-type=1, process-mode=2)");
}

}  // namespace

unsigned default_workers() { return std::clamp(std::thread::hardware_concurrency(), 1u, 8u); }

std::unique_ptr<Model> load_model(const InferConfig& config) {
  auto model = std::make_unique<Model>();
  model->config = config;
  model->warnings = config.warnings;
  settle_async_mode(&model->config, &model->warnings);
  const std::string file = model_file(config);
  model->network =
      std::make_shared<const Network>(config, load_engine(config.engine, file), &model->warnings);
  if (config.network_type() == NetworkType::kDetector ||
      config.network_type() == NetworkType::kInstanceSegmentation)
    model->detector =
        std::make_unique<Detector>(config, *model->network, &model->warnings, &model->notes);
  if (config.network_type() == NetworkType::kClassifier)
    model->classifier =
        std::make_unique<Classifier>(config, *model->network, &model->warnings, &model->notes);
  if (config.network_type() == NetworkType::kSegmentation) {
    std::string chosen;
    model->segmentation =
        make_segmentation_parser(config, parser_setup(config, *model->network), &chosen);
    model->notes.push_back(chosen);
  }
  const unsigned workers = config.workers ? config.workers : default_workers();
  for (unsigned i = 0; i < workers; ++i) model->sessions.push_back(model->network->new_session());
  model->notes.push_back(
      "model " + file + ", input " + std::to_string(model->network->format().width) + " x " +
      std::to_string(model->network->format().height) + ", batches of " +
      std::to_string(model->network->batch_size()) + ", " + std::to_string(workers) + " workers");
  return model;
}

}  // namespace pyds
