#include "encode/jpeg.h"

#include <turbojpeg.h>

namespace pyds {

JpegEncoder::JpegEncoder() : compressor_(tjInitCompress()) {}

JpegEncoder::~JpegEncoder() {
  if (compressor_) tjDestroy(compressor_);
}

const std::vector<uint8_t>& JpegEncoder::encode(const Picture& source, const Rect& rect, int width,
                                                int height, int quality) {
  constexpr int kChannels = 4;
  jpeg_.clear();
  // Through RGB: JPEG has its own matrix and range, and cuts at odd positions stay exact.
  pixels_.resize(size_t(width) * height * kChannels);
  Picture rgb;
  rgb.format = GST_VIDEO_FORMAT_RGBx;
  rgb.width = width;
  rgb.height = height;
  rgb.plane[0] = pixels_.data();
  rgb.stride[0] = width * kChannels;
  gst_video_colorimetry_from_string(&rgb.colorimetry, GST_VIDEO_COLORIMETRY_SRGB);
  if (!convert(source, rect, rgb, {0, 0, width, height}, Filter::kBox)) {
    error_ = "the format of the picture is not supported";
    return jpeg_;
  }
  jpeg_.resize(tjBufSize(width, height, TJSAMP_420));
  unsigned char* output = jpeg_.data();
  unsigned long size = jpeg_.size();
  if (!compressor_ ||
      tjCompress2(compressor_, pixels_.data(), width, rgb.stride[0], height, TJPF_RGBX, &output,
                  &size, TJSAMP_420, quality, TJFLAG_NOREALLOC) != 0) {
    error_ = tjGetErrorStr2(compressor_);
    size = 0;
  }
  jpeg_.resize(size);
  return jpeg_;
}

}  // namespace pyds
