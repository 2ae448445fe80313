#include "image/colour.h"

#include <libyuv.h>

#include "image/layout.h"
#include "image/matrix.h"
#include "image/rows.h"

namespace pyds {
namespace {

uint8_t* row(const Picture& picture, int plane, int y) {
  return picture.plane[plane] + ptrdiff_t(y) * picture.stride[plane];
}

void copy_plane(const Picture& source, Picture& destination, int plane, int row_bytes, int rows) {
  libyuv::CopyPlane(source.plane[plane], source.stride[plane], destination.plane[plane],
                    destination.stride[plane], row_bytes, rows);
}

// One row of planar chroma, read from or bound for either 4:2:0 layout.
struct ChromaRow {
  uint8_t* u;
  uint8_t* v;
};

ChromaRow scratch_chroma(int columns) {
  uint8_t* bytes = scratch_bytes(Scratch::kChroma, size_t(4) * columns);
  return {bytes, bytes + columns};
}

ChromaRow read_chroma(const Picture& picture, int y) {
  if (picture.format != GST_VIDEO_FORMAT_NV12) return {row(picture, 1, y), row(picture, 2, y)};
  const int columns = chroma_extent(picture.width);
  const ChromaRow split = scratch_chroma(columns);
  libyuv::SplitUVPlane(row(picture, 1, y), 0, split.u, 0, split.v, 0, columns, 1);
  return split;
}

// Calls `write` with rows to write to and puts the result into the picture.
template <typename Write>
void write_chroma(Picture& picture, int y, const Write& write) {
  if (picture.format != GST_VIDEO_FORMAT_NV12) {
    write(ChromaRow{row(picture, 1, y), row(picture, 2, y)});
    return;
  }
  const int columns = chroma_extent(picture.width);
  ChromaRow planar = scratch_chroma(columns);
  planar.u += 2 * columns;  // read_chroma() may have its samples in the first half
  planar.v += 2 * columns;
  write(planar);
  libyuv::MergeUVPlane(planar.u, 0, planar.v, 0, row(picture, 1, y), 0, columns, 1);
}

void grey_to_grey(const Picture& source, Picture& destination) {
  if (source.colorimetry.range == destination.colorimetry.range) {
    copy_plane(source, destination, 0, source.width, source.height);
    return;
  }
  const YuvMix mix = yuv_mix(source.colorimetry, destination.colorimetry);
  for (int y = 0; y < source.height; ++y)
    remap_grey_row(row(source, 0, y), source.width, mix, row(destination, 0, y));
}

void grey_to_yuv(const Picture& source, Picture& destination) {
  grey_to_grey(source, destination);
  const bool interleaved = destination.format == GST_VIDEO_FORMAT_NV12;
  const int columns = chroma_extent(source.width) * (interleaved ? 2 : 1);
  for (int plane = 1; plane <= (interleaved ? 1 : 2); ++plane)
    libyuv::SetPlane(destination.plane[plane], destination.stride[plane], columns,
                     chroma_extent(source.height), 128);
}

void grey_to_rgb(const Picture& source, Picture& destination) {
  const YuvMix mix = yuv_mix(source.colorimetry, destination.colorimetry);
  uint8_t* full_range = scratch_bytes(Scratch::kRows, size_t(source.width));
  for (int y = 0; y < source.height; ++y) {
    remap_grey_row(row(source, 0, y), source.width, mix, full_range);
    grey_to_rgb_row(full_range, source.width, bytes_per_pixel(destination.format),
                    row(destination, 0, y));
  }
}

void relayout_yuv(const Picture& s, Picture& d) {
  if (s.format == d.format) {
    const bool interleaved = s.format == GST_VIDEO_FORMAT_NV12;
    copy_plane(s, d, 0, s.width, s.height);
    for (int plane = 1; plane <= (interleaved ? 1 : 2); ++plane)
      copy_plane(s, d, plane, chroma_extent(s.width) * (interleaved ? 2 : 1),
                 chroma_extent(s.height));
  } else if (s.format == GST_VIDEO_FORMAT_I420) {
    libyuv::I420ToNV12(s.plane[0], s.stride[0], s.plane[1], s.stride[1], s.plane[2], s.stride[2],
                       d.plane[0], d.stride[0], d.plane[1], d.stride[1], s.width, s.height);
  } else {
    libyuv::NV12ToI420(s.plane[0], s.stride[0], s.plane[1], s.stride[1], d.plane[0], d.stride[0],
                       d.plane[1], d.stride[1], d.plane[2], d.stride[2], s.width, s.height);
  }
}

void yuv_to_other_yuv(const Picture& source, Picture& destination) {
  if (same_colour(source.colorimetry, destination.colorimetry)) {
    relayout_yuv(source, destination);
    return;
  }
  const YuvMix mix = yuv_mix(source.colorimetry, destination.colorimetry);
  for (int y = 0; y < source.height; ++y) {
    const ChromaRow in = read_chroma(source, y / 2);
    remap_luma_row(row(source, 0, y), in.u, in.v, source.width, mix, row(destination, 0, y));
    if (y % 2) continue;
    write_chroma(destination, y / 2, [&](const ChromaRow& out) {
      remap_chroma_row(in.u, in.v, chroma_extent(source.width), mix, out.u, out.v);
    });
  }
}

void yuv_to_rgb(const Picture& source, Picture& destination) {
  const YuvWeights weights =
      yuv_to_rgb_weights(source.colorimetry, red_comes_first(destination.format));
  const bool narrow = bytes_per_pixel(destination.format) == 3;
  uint8_t* wide = narrow ? scratch_bytes(Scratch::kRows, size_t(4) * source.width) : nullptr;
  for (int y = 0; y < source.height; ++y) {
    const ChromaRow chroma = read_chroma(source, y / 2);
    uint8_t* out = row(destination, 0, y);
    yuv_to_rgb32_row(row(source, 0, y), chroma.u, chroma.v, source.width, weights,
                     narrow ? wide : out);
    if (narrow) libyuv::ARGBToRGB24(wide, 4 * source.width, out, 0, source.width, 1);
  }
}

void rgb_to_rgb(const Picture& s, Picture& d) {
  const bool swap = red_comes_first(s.format) != red_comes_first(d.format);
  const int from = bytes_per_pixel(s.format);
  const int to = bytes_per_pixel(d.format);
  const auto run = [&](auto function) {
    function(s.plane[0], s.stride[0], d.plane[0], d.stride[0], s.width, s.height);
  };
  if (s.format == d.format) {
    copy_plane(s, d, 0, s.width * from, s.height);
  } else if (from == 4 && to == 4) {
    const bool keep_alpha = has_alpha(s.format) && has_alpha(d.format);
    for (int y = 0; y < s.height; ++y)
      reorder_rgb32_row(row(s, 0, y), s.width, swap, keep_alpha, row(d, 0, y));
  } else if (from == 3 && to == 3) {
    run(libyuv::RAWToRGB24);
  } else if (from == 3) {
    run(swap ? libyuv::RAWToARGB : libyuv::RGB24ToARGB);
  } else {
    run(swap ? libyuv::ARGBToRAW : libyuv::ARGBToRGB24);
  }
}

// One or two rows of any RGB format as four-byte pixels, red where it was.
struct WideRows {
  const uint8_t* first;
  const uint8_t* second;
};

WideRows wide_rows(const Picture& source, int y) {
  const int rows = y + 1 < source.height ? 2 : 1;
  const uint8_t* pixels = row(source, 0, y);
  int stride = source.stride[0];
  if (bytes_per_pixel(source.format) == 3) {
    const int wide_stride = 4 * source.width;
    uint8_t* wide = scratch_bytes(Scratch::kRows, size_t(2) * wide_stride);
    libyuv::RGB24ToARGB(pixels, stride, wide, wide_stride, source.width, rows);
    pixels = wide;
    stride = wide_stride;
  }
  return {pixels, pixels + (rows == 2 ? stride : 0)};
}

void rgb_to_other_yuv(const Picture& source, Picture& destination) {
  const RgbToYuv weights =
      rgb_to_yuv_weights(destination.colorimetry, red_comes_first(source.format));
  const bool has_chroma = family_of(destination.format) == Family::kYuv420;
  for (int y = 0; y < source.height; y += 2) {
    const WideRows rows = wide_rows(source, y);
    rgb32_to_luma_row(rows.first, source.width, weights.y, row(destination, 0, y));
    if (y + 1 < source.height)
      rgb32_to_luma_row(rows.second, source.width, weights.y, row(destination, 0, y + 1));
    if (!has_chroma) continue;
    write_chroma(destination, y / 2, [&](const ChromaRow& out) {
      rgb32_to_chroma_row(rows.first, rows.second, source.width, weights.u, weights.v, out.u,
                          out.v);
    });
  }
}

}  // namespace

void convert_colour(const Picture& source, Picture& destination) {
  const Family from = family_of(source.format);
  const Family to = family_of(destination.format);
  if (is_rgb(from)) {
    if (is_rgb(to))
      rgb_to_rgb(source, destination);
    else
      rgb_to_other_yuv(source, destination);
  } else if (is_rgb(to)) {
    if (from == Family::kGray)
      grey_to_rgb(source, destination);
    else
      yuv_to_rgb(source, destination);
  } else if (to == Family::kGray) {
    grey_to_grey(source, destination);
  } else if (from == Family::kGray) {
    grey_to_yuv(source, destination);
  } else {
    yuv_to_other_yuv(source, destination);
  }
}

}  // namespace pyds
