#include "image/picture.h"

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace pyds {
namespace {

constexpr std::array<GstVideoFormat, 9> kFormats = {
    GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_RGBA,
    GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_RGB,  GST_VIDEO_FORMAT_GRAY8,
    GST_VIDEO_FORMAT_BGR,  GST_VIDEO_FORMAT_BGRA, GST_VIDEO_FORMAT_RGBx};

constexpr uint8_t kGuard = 0xa5;

bool is_yuv420(GstVideoFormat format) {
  return format == GST_VIDEO_FORMAT_NV12 || format == GST_VIDEO_FORMAT_I420;
}
bool is_gray(GstVideoFormat format) { return format == GST_VIDEO_FORMAT_GRAY8; }
bool is_rgb(GstVideoFormat format) { return !is_yuv420(format) && !is_gray(format); }

GstVideoColorimetry colorimetry(GstVideoColorMatrix matrix, bool full) {
  GstVideoColorimetry result = {};
  result.matrix = matrix;
  result.range = full ? GST_VIDEO_COLOR_RANGE_0_255 : GST_VIDEO_COLOR_RANGE_16_235;
  return result;
}
const GstVideoColorimetry kBt601 = colorimetry(GST_VIDEO_COLOR_MATRIX_BT601, false);
const GstVideoColorimetry kBt709 = colorimetry(GST_VIDEO_COLOR_MATRIX_BT709, false);

using Vec = std::array<double, 3>;

// Textbook equations, in double precision and written the long way round.
struct Equations {
  explicit Equations(const GstVideoColorimetry& c) {
    gst_video_color_matrix_get_Kr_Kb(c.matrix, &kr, &kb);
    full = c.range == GST_VIDEO_COLOR_RANGE_0_255;
  }
  double luma(const Vec& rgb) const { return kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2]; }
  Vec encode(const Vec& rgb) const {
    const double y = luma(rgb);
    const double u = (rgb[2] - y) / (2 * (1 - kb)), v = (rgb[0] - y) / (2 * (1 - kr));
    return full ? Vec{y, u + 128, v + 128}
                : Vec{y * 219 / 255 + 16, u * 224 / 255 + 128, v * 224 / 255 + 128};
  }
  Vec decode(const Vec& yuv) const {
    const double y = full ? yuv[0] : (yuv[0] - 16) * 255 / 219;
    const double u = full ? yuv[1] - 128 : (yuv[1] - 128) * 255 / 224;
    const double v = full ? yuv[2] - 128 : (yuv[2] - 128) * 255 / 224;
    const double r = y + 2 * (1 - kr) * v, b = y + 2 * (1 - kb) * u;
    return {r, (y - kr * r - kb * b) / (1 - kr - kb), b};
  }
  double kr = 0.299, kb = 0.114;
  bool full = false;
};

// Pixels in memory with room around every row, filled with a guard value.
struct Canvas {
  Canvas(GstVideoFormat format, int width, int height, const GstVideoColorimetry& colorimetry) {
    picture.format = format;
    picture.width = width;
    picture.height = height;
    picture.colorimetry = colorimetry;
    const int chroma_rows = (height + 1) / 2;
    const int luma_row = is_rgb(format) ? width * pixel_bytes() : width;
    add_plane(0, luma_row, height);
    if (format == GST_VIDEO_FORMAT_NV12) add_plane(1, (width + 1) / 2 * 2, chroma_rows);
    if (format == GST_VIDEO_FORMAT_I420) {
      add_plane(1, (width + 1) / 2, chroma_rows);
      add_plane(2, (width + 1) / 2, chroma_rows);
    }
  }

  int pixel_bytes() const {
    return picture.format == GST_VIDEO_FORMAT_RGB || picture.format == GST_VIDEO_FORMAT_BGR ? 3 : 4;
  }
  bool red_first() const {
    return picture.format == GST_VIDEO_FORMAT_RGBA || picture.format == GST_VIDEO_FORMAT_RGBx ||
           picture.format == GST_VIDEO_FORMAT_RGB;
  }

  uint8_t& luma(int x, int y) { return picture.plane[0][y * picture.stride[0] + x]; }
  uint8_t& chroma(int component, int x, int y) {  // 1 = U, 2 = V, in chroma samples
    if (picture.format == GST_VIDEO_FORMAT_NV12)
      return picture.plane[1][y * picture.stride[1] + 2 * x + component - 1];
    return picture.plane[component][y * picture.stride[component] + x];
  }
  uint8_t& colour(int channel, int x, int y) {  // 0 = red, 1 = green, 2 = blue, 3 = alpha
    const int byte = red_first() || channel == 3 ? channel : 2 - channel;
    return picture.plane[0][y * picture.stride[0] + x * pixel_bytes() + byte];
  }

  // Full-range RGB of a pixel by the textbook (unrounded, may lie outside 0..255).
  Vec rgb(int x, int y) {
    if (is_rgb(picture.format))
      return {double(colour(0, x, y)), double(colour(1, x, y)), double(colour(2, x, y))};
    const bool gray = is_gray(picture.format);
    return Equations(picture.colorimetry)
        .decode({double(luma(x, y)), gray ? 128.0 : chroma(1, x / 2, y / 2),
                 gray ? 128.0 : chroma(2, x / 2, y / 2)});
  }

  // Paints by a function of the pixel centre; YUV by the textbook.
  void paint(const std::function<Vec(double, double)>& rgb_at) {
    const Equations equations(picture.colorimetry);
    const auto byte = [](double value) {
      return uint8_t(std::lround(std::clamp(value, 0.0, 255.0)));
    };
    for (int y = 0; y < picture.height; ++y)
      for (int x = 0; x < picture.width; ++x) {
        const Vec rgb = rgb_at(x + 0.5, y + 0.5);
        if (is_rgb(picture.format)) {
          for (int channel = 0; channel < 3; ++channel) colour(channel, x, y) = byte(rgb[channel]);
          if (pixel_bytes() == 4) colour(3, x, y) = 255;
        } else {
          luma(x, y) = byte(equations.encode(rgb)[0]);
        }
      }
    if (!is_yuv420(picture.format)) return;
    for (int y = 0; y < (picture.height + 1) / 2; ++y)
      for (int x = 0; x < (picture.width + 1) / 2; ++x) {
        const Vec yuv = equations.encode(rgb_at(2 * x + 1, 2 * y + 1));
        chroma(1, x, y) = byte(yuv[1]);
        chroma(2, x, y) = byte(yuv[2]);
      }
  }

  void fill_with_noise(unsigned seed) {
    std::mt19937 random(seed);
    // Mid-range colours, so that no conversion clips and every error shows.
    std::uniform_int_distribution<int> level(70, 180);
    for (size_t plane = 0; plane < planes.size(); ++plane)
      for (int y = 0; y < rows[plane]; ++y)
        for (int x = 0; x < row_bytes[plane]; ++x)
          picture.plane[plane][y * picture.stride[plane] + x] = uint8_t(level(random));
  }

  bool guards_are_intact() const {
    for (size_t plane = 0; plane < planes.size(); ++plane) {
      const int stride = picture.stride[plane];
      for (size_t i = 0; i < planes[plane].size(); ++i) {
        const ptrdiff_t offset = ptrdiff_t(i) - kMargin;
        const bool inside =
            offset >= 0 && offset / stride < rows[plane] && offset % stride < row_bytes[plane];
        if (!inside && planes[plane][i] != kGuard) return false;
      }
    }
    return true;
  }

  Rect all() const { return {0, 0, picture.width, picture.height}; }

  static constexpr int kMargin = 64;
  Picture picture;
  std::vector<std::vector<uint8_t>> planes;
  std::vector<int> row_bytes, rows;

 private:
  void add_plane(int index, int bytes, int count) {
    // Strides of four-byte pixels are multiples of four everywhere; the others may be anything.
    picture.stride[index] = bytes + (pixel_bytes() == 4 && is_rgb(picture.format) ? 12 : 13);
    planes.emplace_back(size_t(picture.stride[index]) * count + 2 * kMargin, kGuard);
    row_bytes.push_back(bytes);
    rows.push_back(count);
    picture.plane[index] = planes.back().data() + kMargin;
  }
};

std::string describe(const Canvas& from, const Canvas& to) {
  const auto one = [](const Canvas& canvas) {
    return std::string(gst_video_format_to_string(canvas.picture.format)) + " " +
           std::to_string(canvas.picture.width) + "x" + std::to_string(canvas.picture.height) +
           " matrix " + std::to_string(canvas.picture.colorimetry.matrix) + " range " +
           std::to_string(canvas.picture.colorimetry.range);
  };
  return one(from) + " -> " + one(to);
}

double clipped_error(uint8_t actual, double expected) {
  return std::abs(actual - std::clamp(expected, 0.0, 255.0));
}

// The largest difference between `to` and what the textbook makes of `from` (equal sizes).
double worst_error(Canvas& from, Canvas& to) {
  const Equations equations(to.picture.colorimetry);
  double worst = 0;
  const int width = to.picture.width, height = to.picture.height;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      if (is_rgb(to.picture.format)) {
        const Vec rgb = from.rgb(x, y);
        for (int channel = 0; channel < 3; ++channel)
          worst = std::max(worst, clipped_error(to.colour(channel, x, y), rgb[channel]));
        continue;
      }
      double expected = equations.encode(from.rgb(x, y))[0];
      if (is_gray(to.picture.format) && is_yuv420(from.picture.format)) {
        // Grey of a YUV picture is its luma plane in the range of the destination.
        const double full =
            Equations(from.picture.colorimetry).decode({double(from.luma(x, y)), 128, 128})[0];
        expected = equations.encode({full, full, full})[0];
      }
      worst = std::max(worst, clipped_error(to.luma(x, y), expected));
    }
  if (!is_yuv420(to.picture.format)) return worst;
  for (int cy = 0; cy < (height + 1) / 2; ++cy)
    for (int cx = 0; cx < (width + 1) / 2; ++cx) {
      Vec mean = {0, 0, 0};
      int count = 0;
      for (int y = 2 * cy; y < std::min(2 * cy + 2, height); ++y)
        for (int x = 2 * cx; x < std::min(2 * cx + 2, width); ++x, ++count)
          for (int channel = 0; channel < 3; ++channel) mean[channel] += from.rgb(x, y)[channel];
      for (double& channel : mean) channel /= count;
      const Vec yuv = equations.encode(mean);
      worst = std::max({worst, clipped_error(to.chroma(1, cx, cy), yuv[1]),
                        clipped_error(to.chroma(2, cx, cy), yuv[2])});
    }
  return worst;
}

// Every result is rounded once from at least four fractional bits.
constexpr double kTolerance = 1.01;

void expect_textbook(Canvas& from, Canvas& to) {
  SCOPED_TRACE(describe(from, to));
  from.fill_with_noise(7);
  ASSERT_TRUE(convert(from.picture, from.all(), to.picture, to.all()));
  EXPECT_LE(worst_error(from, to), kTolerance);
  EXPECT_TRUE(to.guards_are_intact());
}

TEST(Convert, every_pair_of_formats_matches_the_textbook_at_even_and_odd_sizes) {
  for (const auto& [width, height] :
       {std::pair{64, 32}, {101, 37}, {66, 35}, {1, 1}, {2, 1}, {17, 16}, {351, 3}})
    for (const GstVideoFormat from_format : kFormats)
      for (const GstVideoFormat to_format : kFormats) {
        Canvas from(from_format, width, height, kBt601);
        Canvas to(to_format, width, height, kBt601);
        expect_textbook(from, to);
      }
}

TEST(Convert, colour_follows_matrix_and_range_of_both_sides) {
  std::vector<GstVideoColorimetry> spaces;
  for (const GstVideoColorMatrix matrix :
       {GST_VIDEO_COLOR_MATRIX_BT601, GST_VIDEO_COLOR_MATRIX_BT709, GST_VIDEO_COLOR_MATRIX_BT2020})
    for (const bool full : {false, true}) spaces.push_back(colorimetry(matrix, full));
  for (const GstVideoColorimetry& from_space : spaces)
    for (const GstVideoColorimetry& to_space : spaces)
      for (const auto& [from_format, to_format] :
           {std::pair{GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_RGBA},
            {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_RGB},
            {GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_NV12},
            {GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_I420},
            {GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_NV12},
            {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420},
            {GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_NV12},
            {GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_NV12},
            {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_GRAY8},
            {GST_VIDEO_FORMAT_GRAY8, GST_VIDEO_FORMAT_BGR}}) {
        Canvas from(from_format, 50, 21, from_space);
        Canvas to(to_format, 50, 21, to_space);
        expect_textbook(from, to);
      }
}

TEST(Convert, unknown_colorimetry_is_bt601_below_720_rows_and_bt709_above) {
  for (const auto& [height, matrix] :
       {std::pair{576, GST_VIDEO_COLOR_MATRIX_BT601}, {720, GST_VIDEO_COLOR_MATRIX_BT709}}) {
    Canvas from(GST_VIDEO_FORMAT_NV12, 16, height, {});
    Canvas to(GST_VIDEO_FORMAT_RGBA, 16, height, {});
    from.fill_with_noise(1);
    ASSERT_TRUE(convert(from.picture, from.all(), to.picture, to.all()));
    from.picture.colorimetry = colorimetry(matrix, false);
    EXPECT_LE(worst_error(from, to), kTolerance);
  }
}

TEST(Convert, alpha_is_kept_between_formats_that_have_it_and_opaque_otherwise) {
  Canvas from(GST_VIDEO_FORMAT_RGBA, 5, 2, {});
  from.fill_with_noise(3);
  Canvas with_alpha(GST_VIDEO_FORMAT_BGRA, 5, 2, {});
  Canvas without(GST_VIDEO_FORMAT_BGRx, 5, 2, {});
  ASSERT_TRUE(convert(from.picture, from.all(), with_alpha.picture, with_alpha.all()));
  ASSERT_TRUE(convert(from.picture, from.all(), without.picture, without.all()));
  EXPECT_EQ(with_alpha.colour(3, 4, 1), from.colour(3, 4, 1));
  EXPECT_EQ(without.colour(3, 4, 1), 255);
}

// A plane in colour space: linear interpolation reproduces it exactly, whatever the ratio.
Vec gradient(double x, double y) { return {60 + 120 * x, 180 - 100 * y, 70 + 50 * x + 60 * y}; }

std::function<Vec(double, double)> gradient_over(int width, int height) {
  return [=](double x, double y) { return gradient(x / width, y / height); };
}

// Largest difference to the ideal picture, `border` pixels at the edges apart, where an
// interpolator has only one side to look at.
double distance_to(const std::function<Vec(double, double)>& ideal, Canvas& canvas, int border) {
  Canvas expected(canvas.picture.format, canvas.picture.width, canvas.picture.height,
                  canvas.picture.colorimetry);
  expected.paint(ideal);
  double worst = 0;
  for (int y = border; y < canvas.picture.height - border; ++y)
    for (int x = border; x < canvas.picture.width - border; ++x) {
      const Vec a = canvas.rgb(x, y), b = expected.rgb(x, y);
      for (int channel = 0; channel < 3; ++channel)
        worst = std::max(worst, std::abs(a[channel] - b[channel]));
    }
  return worst;
}

TEST(Convert, scaling_keeps_a_colour_gradient_for_every_pair_of_formats) {
  for (const auto& [width, height] : {std::pair{150, 90}, {61, 47}, {333, 201}, {160, 45}})
    for (const Filter filter : {Filter::kBilinear, Filter::kBox})
      for (const GstVideoFormat from_format : kFormats)
        for (const GstVideoFormat to_format : kFormats) {
          if (is_gray(from_format) != is_gray(to_format)) continue;
          Canvas from(from_format, 160, 90, kBt709);
          Canvas to(to_format, width, height, kBt601);
          SCOPED_TRACE(describe(from, to));
          from.paint(gradient_over(160, 90));
          ASSERT_TRUE(convert(from.picture, from.all(), to.picture, to.all(), filter));
          if (is_gray(to_format)) to.picture.colorimetry = kBt709;  // luma stays the source's
          // The last chroma sample of an odd size stands for one pixel, not two.
          const double limit = width % 2 || height % 2 ? 12 : 8;
          EXPECT_LE(distance_to(gradient_over(width, height), to, 4), limit);
          EXPECT_TRUE(to.guards_are_intact());
        }
}

TEST(Convert, nearest_takes_pixels_and_mixes_none) {
  Canvas from(GST_VIDEO_FORMAT_GRAY8, 40, 30, {});
  for (int y = 0; y < 30; ++y)
    for (int x = 0; x < 40; ++x) from.luma(x, y) = (x / 10 + y / 10) % 2 ? 255 : 0;
  Canvas to(GST_VIDEO_FORMAT_GRAY8, 57, 43, {});
  ASSERT_TRUE(convert(from.picture, from.all(), to.picture, to.all(), Filter::kNearest));
  for (int y = 0; y < 43; ++y)
    for (int x = 0; x < 57; ++x) EXPECT_TRUE(to.luma(x, y) == 0 || to.luma(x, y) == 255);
}

TEST(Convert, a_crop_reads_its_part_and_nothing_else) {
  for (const GstVideoFormat from_format : kFormats)
    for (const GstVideoFormat to_format : {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_RGBA}) {
      Canvas from(from_format, 64, 48, kBt601);
      from.fill_with_noise(11);
      Canvas part(from_format, 24, 18, kBt601);
      ASSERT_TRUE(convert(from.picture, {20, 10, 24, 18}, part.picture, part.all()));
      Canvas expected(to_format, 24, 18, kBt601), actual(to_format, 24, 18, kBt601);
      SCOPED_TRACE(describe(from, actual));
      ASSERT_TRUE(convert(part.picture, part.all(), expected.picture, expected.all()));
      ASSERT_TRUE(convert(from.picture, {20, 10, 24, 18}, actual.picture, actual.all()));
      EXPECT_EQ(expected.planes, actual.planes);
      EXPECT_EQ(from.luma(0, 0) == part.luma(0, 0), false);
    }
}

TEST(Convert, a_destination_rectangle_leaves_the_rest_alone) {
  for (const GstVideoFormat format : kFormats) {
    Canvas from(GST_VIDEO_FORMAT_RGBA, 20, 12, kBt601);
    from.fill_with_noise(5);
    Canvas to(format, 64, 48, kBt601);
    SCOPED_TRACE(describe(from, to));
    to.paint([](double, double) { return Vec{10, 200, 30}; });
    Canvas before = to;
    for (size_t plane = 0; plane < before.planes.size(); ++plane)
      before.picture.plane[plane] = before.planes[plane].data() + Canvas::kMargin;
    ASSERT_TRUE(convert(from.picture, from.all(), to.picture, {8, 6, 20, 12}));
    Canvas inside(format, 20, 12, kBt601), expected(format, 20, 12, kBt601);
    ASSERT_TRUE(convert(to.picture, {8, 6, 20, 12}, inside.picture, inside.all()));
    ASSERT_TRUE(convert(from.picture, from.all(), expected.picture, expected.all()));
    EXPECT_EQ(inside.planes, expected.planes);
    ASSERT_TRUE(convert(before.picture, {8, 6, 20, 12}, to.picture, {8, 6, 20, 12}));
    EXPECT_EQ(to.planes, before.planes);
  }
}

TEST(Convert, rectangles_beyond_the_picture_are_clipped) {
  Canvas from(GST_VIDEO_FORMAT_NV12, 33, 21, kBt601), to(GST_VIDEO_FORMAT_RGB, 30, 30, kBt601);
  from.fill_with_noise(2);
  EXPECT_TRUE(convert(from.picture, {-5, 10, 500, 500}, to.picture, {15, -4, 99, 99}));
  EXPECT_TRUE(convert(from.picture, {40, 0, 5, 5}, to.picture, to.all()));
  EXPECT_TRUE(to.guards_are_intact());
}

// Where the pixel (x, y) of a flipped picture comes from in a source of width x height.
std::pair<double, double> flip_origin(Flip flip, double x, double y, double w, double h) {
  switch (flip) {
    case Flip::kNone:
      return {x, y};
    case Flip::kCounterclockwise:
      return {w - y, x};
    case Flip::kRotate180:
      return {w - x, h - y};
    case Flip::kClockwise:
      return {y, h - x};
    case Flip::kHorizontal:
      return {w - x, y};
    case Flip::kUpperRightDiagonal:
      return {w - y, h - x};
    case Flip::kVertical:
      return {x, h - y};
    case Flip::kUpperLeftDiagonal:
      return {y, x};
  }
  return {x, y};
}

TEST(Convert, every_flip_moves_pixels_where_its_name_says) {
  for (const auto& [width, height] : {std::pair{40, 24}, {41, 23}})
    for (int method = 0; method < 8; ++method)
      for (const GstVideoFormat from_format : kFormats)
        for (const GstVideoFormat to_format : {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420,
                                               GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_BGR}) {
          if (is_gray(from_format)) continue;
          const Flip flip = Flip(method);
          const bool sideways = method % 2 == 1;
          const int w = width, h = height;
          Canvas from(from_format, w, h, kBt601);
          Canvas to(to_format, sideways ? h : w, sideways ? w : h, kBt601);
          SCOPED_TRACE("flip " + std::to_string(method) + ": " + describe(from, to));
          from.paint(gradient_over(w, h));
          ASSERT_TRUE(
              convert(from.picture, from.all(), to.picture, to.all(), Filter::kBilinear, flip));
          const auto ideal = [=](double x, double y) {
            const auto [source_x, source_y] = flip_origin(flip, x, y, w, h);
            return gradient(source_x / w, source_y / h);
          };
          // An odd size moves 4:2:0 chroma by up to half a sample.
          EXPECT_LE(distance_to(ideal, to, 0), w % 2 ? 14.0 : 8.0);
        }
}

TEST(Convert, flipping_twice_gives_the_same_pixels_back) {
  Canvas from(GST_VIDEO_FORMAT_RGBA, 31, 17, {}), once(GST_VIDEO_FORMAT_RGBA, 17, 31, {}),
      twice(GST_VIDEO_FORMAT_RGBA, 31, 17, {});
  from.fill_with_noise(9);
  ASSERT_TRUE(convert(from.picture, from.all(), once.picture, once.all(), Filter::kBilinear,
                      Flip::kClockwise));
  ASSERT_TRUE(convert(once.picture, once.all(), twice.picture, twice.all(), Filter::kBilinear,
                      Flip::kCounterclockwise));
  EXPECT_EQ(from.planes, twice.planes);
}

TEST(Convert, refuses_formats_it_does_not_know) {
  Canvas from(GST_VIDEO_FORMAT_RGBA, 4, 4, {}), to(GST_VIDEO_FORMAT_RGBA, 4, 4, {});
  from.picture.format = GST_VIDEO_FORMAT_P010_10LE;
  EXPECT_FALSE(is_supported(from.picture.format));
  EXPECT_FALSE(convert(from.picture, from.all(), to.picture, to.all()));
}

TEST(FillBlack, paints_black_and_only_inside_the_rectangle) {
  for (const GstVideoFormat format : kFormats)
    for (const bool full : {false, true}) {
      Canvas canvas(format, 33, 21, colorimetry(GST_VIDEO_COLOR_MATRIX_BT601, full));
      canvas.paint([](double, double) { return Vec{250, 250, 250}; });
      fill_black(canvas.picture, {8, 4, 10, 6});
      for (int y = 0; y < 21; ++y)
        for (int x = 0; x < 33; ++x) {
          const bool inside = x >= 8 && x < 18 && y >= 4 && y < 10;
          for (const double channel : canvas.rgb(x, y))
            EXPECT_NEAR(channel, inside ? 0 : 250, 1.5) << x << "," << y;
        }
      EXPECT_TRUE(canvas.guards_are_intact());
    }
}

}  // namespace
}  // namespace pyds
