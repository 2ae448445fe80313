#include "mux/fitter.h"

#include <algorithm>

namespace pyds::mux {
namespace {

bool is_rgb(GstVideoFormat format) {
  return GST_VIDEO_FORMAT_INFO_IS_RGB(gst_video_format_get_info(format));
}

}  // namespace

Fitter::Fitter(const GstVideoInfo& output, const Settings& settings)
    : output_(output), settings_(settings) {}

BlockRef Fitter::fit(const BlockRef& picture) {
  const GstVideoInfo& info = picture->info();
  if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_INFO_FORMAT(&output_) &&
      info.width == output_.width && info.height == output_.height)
    return picture;
  return fit(Picture::of(*picture));
}

BlockRef Fitter::fit(const Picture& picture) {
  if (!is_supported(picture.format)) return nullptr;
  BlockRef block = pool_for(picture).acquire();
  Picture destination = Picture::of(*block);
  const Rect place = this->place(picture.width, picture.height);
  if (place.top > 0) {
    fill_black(destination, {0, 0, output_.width, place.top});
    fill_black(destination, {0, place.top + place.height, output_.width,
                             output_.height - place.top - place.height});
  }
  if (place.left > 0) {
    fill_black(destination, {0, place.top, place.left, place.height});
    fill_black(destination, {place.left + place.width, place.top,
                             output_.width - place.left - place.width, place.height});
  }
  if (!convert(picture, {0, 0, picture.width, picture.height}, destination, place,
               settings_.filter))
    return nullptr;
  return block;
}

Rect Fitter::place(int width, int height) const {
  Rect all{0, 0, output_.width, output_.height};
  if (!settings_.keep_aspect || width <= 0 || height <= 0) return all;
  // Borders of even width, as chroma cannot begin at an odd pixel.
  const auto border = [](int room, int64_t used) {
    return static_cast<int>((room - std::clamp<int64_t>(used, 1, room)) / 2) & ~1;
  };
  Rect place = all;
  place.left = border(all.width, (int64_t{width} * all.height + height / 2) / height);
  place.top = border(all.height, (int64_t{height} * all.width + width / 2) / width);
  place.width = all.width - 2 * place.left;
  place.height = all.height - 2 * place.top;
  return place;
}

BlockPool& Fitter::pool_for(const Picture& picture) {
  GstVideoInfo info = output_;
  if (is_rgb(picture.format) == is_rgb(GST_VIDEO_INFO_FORMAT(&output_)))
    info.colorimetry = picture.colorimetry;
  if (!pool_ || !gst_video_colorimetry_is_equal(&pool_->info().colorimetry, &info.colorimetry))
    pool_ = BlockPool::create(info, settings_.max_idle_blocks);
  return *pool_;
}

}  // namespace pyds::mux
