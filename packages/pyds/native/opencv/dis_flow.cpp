// Dense inverse search (Kroeger et al., ECCV 2016) as OpenCV implements it, behind flow::Estimator.
//
// A library of its own, opened when the first nvof starts: the plugin does not need OpenCV.
#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>
#include <stdexcept>
#include <string>

#include "flow/estimator.h"

namespace pyds::flow {
namespace {

constexpr float kUnitsPerPixel = 32;  // S10.5

// Below it OpenCV throws, which must not happen: see native/base/unwind_resume.cpp.
constexpr int kLeastExtent = 128;  // pixels

// OpenCV's presets search down to a quarter (ultrafast, fast) or half (medium) of the resolution
// and enlarge the result to all pixels. Pictures reduced before give the same vectors without the
// pixels nobody asked for.
struct Search {
  int preset;
  int reduction;  // of the pictures, each way
};

Search search_of(Preset preset) {
  switch (preset) {
    case Preset::kSlow:
      return {cv::DISOpticalFlow::PRESET_MEDIUM, 2};
    case Preset::kMedium:
      return {cv::DISOpticalFlow::PRESET_FAST, 4};
    case Preset::kFast:
      break;
  }
  return {cv::DISOpticalFlow::PRESET_ULTRAFAST, 4};
}

class DisFlow : public Estimator {
 public:
  explicit DisFlow(Search search)
      : reduction_(search.reduction), search_(cv::DISOpticalFlow::create(search.preset)) {
    search_->setFinestScale(0);
  }

  bool next(const GreyView& picture, NvOFFlowVector* vectors) override {
    if (picture.width < kLeastExtent || picture.height < kLeastExtent)
      throw std::runtime_error(
          "pictures of " + std::to_string(picture.width) + " x " + std::to_string(picture.height) +
          " pixels are too small, both must be " + std::to_string(kLeastExtent) + " or more");
    const Grid grid = Grid::of(picture.width, picture.height);
    const int blocks = kBlock / reduction_;  // reduced pixels of a block, each way
    const cv::Mat full(picture.height, picture.width, CV_8UC1, const_cast<uint8_t*>(picture.pixels),
                       size_t(picture.stride));
    cv::resize(full, current_, cv::Size(int(grid.columns) * blocks, int(grid.rows) * blocks), 0, 0,
               cv::INTER_AREA);
    const bool has_previous = full.size() == full_size_;
    if (has_previous) {
      search_->calc(previous_, current_, flow_);
      write(grid, picture, vectors);
    }
    full_size_ = full.size();
    std::swap(previous_, current_);
    return has_previous;
  }

 private:
  void write(const Grid& grid, const GreyView& picture, NvOFFlowVector* vectors) {
    // From reduced pixels to units of those of the picture.
    const float scale_x = kUnitsPerPixel * float(picture.width) / float(flow_.cols);
    const float scale_y = kUnitsPerPixel * float(picture.height) / float(flow_.rows);
    const cv::Size size(int(grid.columns), int(grid.rows));
    if (flow_.size() != size)
      cv::resize(flow_, of_blocks_, size, 0, 0, cv::INTER_AREA);
    else
      of_blocks_ = flow_;
    for (int row = 0; row < of_blocks_.rows; ++row) {
      const auto* motion = of_blocks_.ptr<cv::Vec2f>(row);
      for (int column = 0; column < of_blocks_.cols; ++column, ++vectors)
        *vectors = {cv::saturate_cast<short>(motion[column][0] * scale_x),
                    cv::saturate_cast<short>(motion[column][1] * scale_y)};
    }
  }

  const int reduction_;
  const cv::Ptr<cv::DISOpticalFlow> search_;
  cv::Size full_size_;
  cv::Mat previous_, current_;  // reduced
  cv::Mat flow_, of_blocks_;
};

}  // namespace
}  // namespace pyds::flow

extern "C" pyds::flow::Estimator* pyds_flow_make_estimator(pyds::flow::Preset preset) {
  return new pyds::flow::DisFlow(pyds::flow::search_of(preset));  // owned by the caller
}
