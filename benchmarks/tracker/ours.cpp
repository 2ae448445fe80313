// Milliseconds that nvtracker spends on a frame: its tracker, reading and writing the metadata.
//
//   ours FILE   with one detection a line: frame left top width height confidence
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <vector>

#include "nvdsmeta.h"
#include "track/stream_tracker.h"

namespace track = pyds::track;

namespace {

using Frames = std::vector<std::vector<track::Detection>>;

Frames read(const char* path) {
  Frames frames;
  std::ifstream file(path);
  size_t frame = 0;
  track::Detection detection;
  track::Box& box = detection.box;
  while (file >> frame >> box.left >> box.top >> box.width >> box.height >> detection.confidence) {
    frames.resize(std::max(frames.size(), frame + 1));
    frames[frame].push_back(detection);
  }
  return frames;
}

NvDsFrameMeta* add_frame(NvDsBatchMeta* batch, int number,
                         const std::vector<track::Detection>& detections) {
  NvDsFrameMeta* frame = nvds_acquire_frame_meta_from_pool(batch);
  frame->frame_num = number;
  frame->bInferDone = TRUE;
  nvds_add_frame_meta_to_batch(batch, frame);
  for (const track::Detection& detection : detections) {
    NvDsObjectMeta* object = nvds_acquire_obj_meta_from_pool(batch);
    object->confidence = detection.confidence;
    object->rect_params.left = detection.box.left;
    object->rect_params.top = detection.box.top;
    object->rect_params.width = detection.box.width;
    object->rect_params.height = detection.box.height;
    object->text_params.display_text = g_strdup("person");
    nvds_add_obj_meta_to_frame(frame, object, nullptr);
  }
  return frame;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const Frames frames = read(argv[1]);
  track::StreamTracker tracker(std::make_shared<track::Config>(),
                               std::make_shared<track::IdSource>());
  track::ClassStyles styles;
  std::chrono::steady_clock::duration spent{};
  size_t reported = 0;
  for (size_t i = 0; i < frames.size(); ++i) {
    NvDsBatchMeta* batch = nvds_create_batch_meta(1);
    NvDsFrameMeta* frame = add_frame(batch, static_cast<int>(i), frames[i]);
    const auto start = std::chrono::steady_clock::now();
    track::BatchReport report;
    tracker.track(frame, {}, nullptr, &styles, &report);
    report.attach(batch);
    spent += std::chrono::steady_clock::now() - start;
    reported += frame->num_obj_meta;
    nvds_destroy_batch_meta(batch);
  }
  const double count = static_cast<double>(frames.size());
  std::printf("{\"ms_per_frame\": %.6f, \"reported_per_frame\": %.2f}\n",
              std::chrono::duration<double, std::milli>(spent).count() / count,
              static_cast<double>(reported) / count);
}
