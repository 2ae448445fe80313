#include "surface/descriptor.h"

#include <initializer_list>

namespace pyds {
namespace {

// Names of one 4:2:0 layout by matrix and range. BT.2020 has no full-range name.
struct YuvNames {
  NvBufSurfaceColorFormat bt601, bt601_full, bt709, bt709_full, bt2020;
};
constexpr YuvNames kNv12Names = {NVBUF_COLOR_FORMAT_NV12, NVBUF_COLOR_FORMAT_NV12_ER,
                                 NVBUF_COLOR_FORMAT_NV12_709, NVBUF_COLOR_FORMAT_NV12_709_ER,
                                 NVBUF_COLOR_FORMAT_NV12_2020};
constexpr YuvNames kI420Names = {NVBUF_COLOR_FORMAT_YUV420, NVBUF_COLOR_FORMAT_YUV420_ER,
                                 NVBUF_COLOR_FORMAT_YUV420_709, NVBUF_COLOR_FORMAT_YUV420_709_ER,
                                 NVBUF_COLOR_FORMAT_YUV420_2020};

NvBufSurfaceColorFormat yuv_name(const YuvNames& names, const GstVideoColorimetry& colorimetry) {
  const bool full = colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  switch (colorimetry.matrix) {
    case GST_VIDEO_COLOR_MATRIX_BT709:
      return full ? names.bt709_full : names.bt709;
    case GST_VIDEO_COLOR_MATRIX_BT2020:
      return names.bt2020;
    default:
      return full ? names.bt601_full : names.bt601;
  }
}

}  // namespace

NvBufSurfaceColorFormat color_format_of(const GstVideoInfo& info) {
  switch (GST_VIDEO_INFO_FORMAT(&info)) {
    case GST_VIDEO_FORMAT_NV12:
      return yuv_name(kNv12Names, GST_VIDEO_INFO_COLORIMETRY(&info));
    case GST_VIDEO_FORMAT_I420:
      return yuv_name(kI420Names, GST_VIDEO_INFO_COLORIMETRY(&info));
    case GST_VIDEO_FORMAT_RGBA:
      return NVBUF_COLOR_FORMAT_RGBA;
    case GST_VIDEO_FORMAT_BGRA:
      return NVBUF_COLOR_FORMAT_BGRA;
    case GST_VIDEO_FORMAT_RGBx:
      return NVBUF_COLOR_FORMAT_RGBx;
    case GST_VIDEO_FORMAT_BGRx:
      return NVBUF_COLOR_FORMAT_BGRx;
    case GST_VIDEO_FORMAT_RGB:
      return NVBUF_COLOR_FORMAT_RGB;
    case GST_VIDEO_FORMAT_BGR:
      return NVBUF_COLOR_FORMAT_BGR;
    case GST_VIDEO_FORMAT_GRAY8:
      return NVBUF_COLOR_FORMAT_GRAY8;
    default:
      return NVBUF_COLOR_FORMAT_INVALID;
  }
}

bool set_info(GstVideoInfo* info, NvBufSurfaceColorFormat format, unsigned width, unsigned height) {
  for (const GstVideoFormat video_format :
       {GST_VIDEO_FORMAT_NV12, GST_VIDEO_FORMAT_I420, GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_BGRA,
        GST_VIDEO_FORMAT_RGBx, GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_RGB, GST_VIDEO_FORMAT_BGR,
        GST_VIDEO_FORMAT_GRAY8}) {
    if (!gst_video_info_set_format(info, video_format, width, height)) return false;
    for (const char* name :
         {GST_VIDEO_COLORIMETRY_BT601, GST_VIDEO_COLORIMETRY_BT709, GST_VIDEO_COLORIMETRY_BT2020}) {
      if (!GST_VIDEO_INFO_IS_YUV(info)) {
        if (color_format_of(*info) == format) return true;
        break;
      }
      gst_video_colorimetry_from_string(&info->colorimetry, name);
      for (const GstVideoColorRange range :
           {GST_VIDEO_COLOR_RANGE_16_235, GST_VIDEO_COLOR_RANGE_0_255}) {
        info->colorimetry.range = range;
        if (color_format_of(*info) == format) return true;
      }
    }
  }
  return false;
}

NvBufSurfaceParams describe(const Block& block) {
  const GstVideoInfo& info = block.info();
  const GstVideoFormatInfo* format = info.finfo;
  NvBufSurfaceParams params = {};
  params.width = uint32_t(GST_VIDEO_INFO_WIDTH(&info));
  params.height = uint32_t(GST_VIDEO_INFO_HEIGHT(&info));
  params.pitch = uint32_t(block.stride(0));
  params.colorFormat = color_format_of(info);
  params.layout = NVBUF_LAYOUT_PITCH;
  params.dataSize = uint32_t(GST_VIDEO_INFO_SIZE(&info));
  params.dataPtr = block.data();

  NvBufSurfacePlaneParams& planes = params.planeParams;
  planes.num_planes = uint32_t(GST_VIDEO_INFO_N_PLANES(&info));
  // Backwards, so that each plane is described by its first component.
  for (int component = int(GST_VIDEO_INFO_N_COMPONENTS(&info)) - 1; component >= 0; --component) {
    const int plane = GST_VIDEO_FORMAT_INFO_PLANE(format, component);
    planes.width[plane] =
        uint32_t(GST_VIDEO_FORMAT_INFO_SCALE_WIDTH(format, component, params.width));
    planes.height[plane] =
        uint32_t(GST_VIDEO_FORMAT_INFO_SCALE_HEIGHT(format, component, params.height));
    planes.pitch[plane] = uint32_t(block.stride(plane));
    planes.offset[plane] = uint32_t(GST_VIDEO_INFO_PLANE_OFFSET(&info, plane));
    planes.psize[plane] = planes.pitch[plane] * planes.height[plane];
    planes.bytesPerPix[plane] = uint32_t(GST_VIDEO_FORMAT_INFO_PSTRIDE(format, component));
    params.mappedAddr.addr[plane] = block.plane(plane);
  }
  return params;
}

}  // namespace pyds
