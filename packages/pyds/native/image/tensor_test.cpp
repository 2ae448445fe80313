#include "image/tensor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace pyds {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::FloatNear;

const GstVideoColorimetry kBt709 = {GST_VIDEO_COLOR_RANGE_16_235, GST_VIDEO_COLOR_MATRIX_BT709,
                                    GST_VIDEO_TRANSFER_UNKNOWN, GST_VIDEO_COLOR_PRIMARIES_UNKNOWN};

struct Rgb {
  double r, g, b;
};

// A picture whose colours are smooth functions of the position, so that every correct way of
// scaling it gives nearly the same.
Rgb smooth_colour(double x, double y) {
  return {128 + 100 * std::sin(6 * x), 128 + 100 * std::sin(5 * y + 1),
          128 + 100 * std::sin(4 * (x + y))};
}

// A YUV picture of these colours (BT.709, limited range) and its pixels.
struct Yuv {
  Yuv(GstVideoFormat format, int width, int height) {
    picture.format = format;
    picture.width = width;
    picture.height = height;
    picture.colorimetry = kBt709;
    const int columns = (width + 1) / 2, rows = (height + 1) / 2;
    const bool interleaved = format == GST_VIDEO_FORMAT_NV12;
    bytes.resize(size_t(width * height + 2 * columns * rows));
    uint8_t* const luma = bytes.data();
    uint8_t* const chroma = luma + width * height;
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x)
        luma[y * width + x] =
            uint8_t(std::lround(encode((x + 0.5) / width, (y + 0.5) / height, 0)));
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x)
        for (int c = 0; c < 2; ++c) {
          const double value = encode((x + 0.5) / columns, (y + 0.5) / rows, c + 1);
          chroma[interleaved ? 2 * (y * columns + x) + c : c * columns * rows + y * columns + x] =
              uint8_t(std::lround(value));
        }
    picture.plane[0] = luma;
    picture.stride[0] = width;
    picture.plane[1] = chroma;
    picture.stride[1] = interleaved ? 2 * columns : columns;
    if (!interleaved) {
      picture.plane[2] = chroma + columns * rows;
      picture.stride[2] = columns;
    }
  }

  static double encode(double x, double y, int component) {
    const Rgb c = smooth_colour(x, y);
    const double luma = 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
    if (component == 0) return 16 + luma * 219 / 255;
    const double difference = component == 1 ? (c.b - luma) / 1.8556 : (c.r - luma) / 1.5748;
    return 128 + difference * 224 / 255;
  }

  Picture picture;
  std::vector<uint8_t> bytes;
};

Picture rgba(std::vector<uint8_t>& bytes, int width, int height) {
  Picture picture;
  picture.format = GST_VIDEO_FORMAT_RGBA;
  picture.width = width;
  picture.height = height;
  picture.plane[0] = bytes.data();
  picture.stride[0] = 4 * width;
  return picture;
}

Rect all_of(const Picture& picture) { return {0, 0, picture.width, picture.height}; }

TensorFormat format_of(int width, int height) {
  TensorFormat format;
  format.width = width;
  format.height = height;
  return format;
}

std::vector<float> write_all(const Picture& picture, const TensorFormat& format) {
  std::vector<float> tensor(format.size(), -1000.0f);
  EXPECT_TRUE(
      write_tensor(picture, place(picture, all_of(picture), format), format, tensor.data()));
  return tensor;
}

struct Sizes {
  int source_width, source_height, width, height;
};

class YuvTensor : public ::testing::TestWithParam<Sizes> {};

TEST_P(YuvTensor, ColoursAreWithinTwoOf255) {
  const Sizes sizes = GetParam();
  for (const GstVideoFormat source : {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420}) {
    const Yuv yuv(source, sizes.source_width, sizes.source_height);
    const TensorFormat format = format_of(sizes.width, sizes.height);
    const std::vector<float> tensor = write_all(yuv.picture, format);
    const size_t plane = size_t(sizes.width) * sizes.height;
    double worst = 0.0, sum = 0.0;
    // The outermost pixels depend on how a filter continues the picture.
    constexpr int kMargin = 3;
    for (int y = kMargin; y < sizes.height - kMargin; ++y)
      for (int x = kMargin; x < sizes.width - kMargin; ++x) {
        const Rgb c = smooth_colour((x + 0.5) / sizes.width, (y + 0.5) / sizes.height);
        const size_t i = size_t(y) * sizes.width + x;
        for (const double d :
             {tensor[i] - c.r, tensor[plane + i] - c.g, tensor[2 * plane + i] - c.b}) {
          worst = std::max(worst, std::abs(d));
          sum += std::abs(d);
        }
      }
    // Bytes of YUV alone are up to 1.6 off.
    EXPECT_LE(worst, 3.6) << "of 255";
    EXPECT_LE(sum / (3.0 * plane), 0.75);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Ratios, YuvTensor,
    ::testing::Values(Sizes{1280, 720, 640, 640}, Sizes{640, 360, 320, 180},    // 1/2
                      Sizes{1280, 720, 320, 180}, Sizes{1920, 1080, 416, 234},  // 1/4, more
                      Sizes{641, 361, 320, 320}, Sizes{333, 251, 300, 200},     // odd
                      Sizes{320, 240, 320, 240}, Sizes{161, 121, 416, 416}));   // same, larger

TEST(Tensor, ChannelsAreRgbOrBgr) {
  std::vector<uint8_t> bytes;
  for (int i = 0; i < 16; ++i) bytes.insert(bytes.end(), {10, 20, 30, 255});
  const Picture picture = rgba(bytes, 4, 4);
  TensorFormat format = format_of(4, 4);
  std::vector<float> tensor = write_all(picture, format);
  EXPECT_EQ(tensor[0], 10.0f);
  EXPECT_EQ(tensor[16], 20.0f);
  EXPECT_EQ(tensor[47], 30.0f);
  format.blue_first = true;
  tensor = write_all(picture, format);
  EXPECT_EQ(tensor[0], 30.0f);
  EXPECT_EQ(tensor[47], 10.0f);
  format.channels_last = true;
  tensor = write_all(picture, format);
  EXPECT_THAT(std::vector<float>(tensor.begin() + 45, tensor.end()), ElementsAre(30, 20, 10));
}

TEST(Tensor, OffsetsAreInTheOrderOfTheChannelsAndComeBeforeTheScale) {
  std::vector<uint8_t> bytes = {10, 20, 30, 255};
  TensorFormat format = format_of(1, 1);
  format.blue_first = true;
  format.scale = 0.5f;
  format.offset[0] = 2;
  format.offset[1] = 4;
  format.offset[2] = 6;
  EXPECT_THAT(write_all(rgba(bytes, 1, 1), format), ElementsAre(14.0f, 8.0f, 2.0f));
}

TEST(Tensor, MeanPictureIsSubtractedPerValue) {
  std::vector<uint8_t> bytes = {10, 20, 30, 255, 40, 50, 60, 255};
  TensorFormat format = format_of(2, 1);
  format.scale = 2.0f;
  format.mean = {1, 2, 3, 4, 5, 6};
  EXPECT_THAT(write_all(rgba(bytes, 2, 1), format), ElementsAre(18, 76, 34, 92, 50, 108));
}

TEST(Tensor, GreyIsTheFullRangeLuma) {
  const Yuv yuv(GST_VIDEO_FORMAT_NV12, 64, 48);
  TensorFormat format = format_of(64, 48);
  format.channels = 1;
  const std::vector<float> tensor = write_all(yuv.picture, format);
  const Rgb c = smooth_colour(32.5 / 64, 24.5 / 48);
  EXPECT_NEAR(tensor[24 * 64 + 32], 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b, 1.5);
}

TEST(Tensor, BytesAreRoundedColours) {
  const Yuv yuv(GST_VIDEO_FORMAT_I420, 64, 48);
  for (const bool channels_last : {false, true}) {
    TensorFormat format = format_of(32, 32);
    format.channels_last = channels_last;
    const std::vector<float> floats = write_all(yuv.picture, format);
    std::vector<uint8_t> tensor(format.size());
    ASSERT_TRUE(write_tensor(yuv.picture, place(yuv.picture, all_of(yuv.picture), format), format,
                             tensor.data()));
    for (size_t i = 0; i < tensor.size(); ++i) ASSERT_NEAR(tensor[i], floats[i], 0.501) << i;
  }
}

TEST(Letterbox, KeepsTheAspectAndFillsTheBorder) {
  std::vector<uint8_t> bytes(4 * 8 * 4, 200);
  const Picture picture = rgba(bytes, 8, 4);
  TensorFormat format = format_of(8, 8);
  format.keep_aspect = true;
  format.border = 114;
  std::vector<float> tensor = write_all(picture, format);
  EXPECT_THAT(std::vector<float>(tensor.begin(), tensor.begin() + 32), Each(200.0f));
  EXPECT_THAT(std::vector<float>(tensor.begin() + 32, tensor.begin() + 64), Each(114.0f));

  format.centred = true;
  format.scale = 2.0f;
  tensor = write_all(picture, format);
  EXPECT_THAT(std::vector<float>(tensor.begin(), tensor.begin() + 16), Each(228.0f));
  EXPECT_THAT(std::vector<float>(tensor.begin() + 16, tensor.begin() + 48), Each(400.0f));
  EXPECT_THAT(std::vector<float>(tensor.begin() + 48, tensor.begin() + 64), Each(228.0f));
}

TEST(Letterbox, PlacementMapsPositionsBack) {
  const Yuv yuv(GST_VIDEO_FORMAT_NV12, 1920, 1080);
  TensorFormat format = format_of(416, 416);
  format.keep_aspect = true;
  format.centred = true;
  const Placement placement = place(yuv.picture, all_of(yuv.picture), format);
  EXPECT_EQ(placement.target.left, 0);
  EXPECT_EQ(placement.target.top, 91);
  EXPECT_EQ(placement.target.height, 234);
  EXPECT_FLOAT_EQ(placement.source_x(416), 1920.0f);
  EXPECT_FLOAT_EQ(placement.source_y(91), 0.0f);
  EXPECT_FLOAT_EQ(placement.source_y(91 + 117), 540.0f);
}

TEST(Crop, TakesAPartAndMapsPositionsBack) {
  std::vector<uint8_t> bytes(4 * 10 * 10);
  for (size_t pixel = 0; pixel < 100; ++pixel) bytes[4 * pixel] = uint8_t(pixel);
  const Picture picture = rgba(bytes, 10, 10);
  const TensorFormat format = format_of(4, 2);
  const Placement placement = place(picture, {3, 5, 4, 2}, format);
  std::vector<float> tensor(format.size());
  ASSERT_TRUE(write_tensor(picture, placement, format, tensor.data()));
  EXPECT_THAT(std::vector<float>(tensor.begin(), tensor.begin() + 8),
              ElementsAre(53, 54, 55, 56, 63, 64, 65, 66));
  EXPECT_FLOAT_EQ(placement.source_x(2), 5.0f);
}

TEST(Crop, OutsideOfThePictureIsAllBorder) {
  std::vector<uint8_t> bytes(4 * 10 * 10, 99);
  const Picture picture = rgba(bytes, 10, 10);
  TensorFormat format = format_of(4, 4);
  format.border = 7;
  std::vector<float> tensor(format.size());
  ASSERT_TRUE(write_tensor(picture, place(picture, {20, 20, 5, 5}, format), format, tensor.data()));
  EXPECT_THAT(tensor, Each(7.0f));
}

TEST(Tensor, UnsupportedFormatIsRefused) {
  std::vector<uint8_t> bytes(400);
  Picture picture = rgba(bytes, 4, 4);
  picture.format = GST_VIDEO_FORMAT_ARGB64;
  const TensorFormat format = format_of(4, 4);
  std::vector<float> tensor(format.size());
  EXPECT_FALSE(
      write_tensor(picture, place(picture, all_of(picture), format), format, tensor.data()));
}

}  // namespace
}  // namespace pyds
