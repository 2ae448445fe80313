#include "nvvideoconvert/enums.h"

namespace pyds {

GType flip_method_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {
        {0, "Identity (no rotation)", "none"},
        {1, "Rotate counter-clockwise 90 degrees", "counterclockwise"},
        {2, "Rotate 180 degrees", "rotate-180"},
        {3, "Rotate clockwise 90 degrees", "clockwise"},
        {4, "Flip horizontally", "horizontal-flip"},
        {5, "Flip across upper right/lower left diagonal", "upper-right-diagonal"},
        {6, "Flip vertically", "vertical-flip"},
        {7, "Flip across upper left/lower right diagonal", "upper-left-diagonal"},
        {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvVideoConvertFlipMethod", values);
  }();
  return type;
}

GType interpolation_method_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {{0, "Nearest", "Nearest"},
                                        {1, "Bilinear", "Bilinear"},
                                        {2, "Box filter", "Algo-1"},
                                        {3, "Box filter", "Algo-2"},
                                        {4, "Box filter", "Algo-3"},
                                        {5, "Box filter", "Algo-4"},
                                        {kInterpolationDefault, "Bilinear", "Default"},
                                        {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvVideoConvertInterpolationMethod", values);
  }();
  return type;
}

Filter filter_of_interpolation(int method) {
  if (method == 0) return Filter::kNearest;
  return method == 1 || method == kInterpolationDefault ? Filter::kBilinear : Filter::kBox;
}

GType buffer_memory_type_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {{0, "Default", "nvbuf-mem-default"},
                                        {1, "Pinned", "nvbuf-mem-cuda-pinned"},
                                        {2, "Device", "nvbuf-mem-cuda-device"},
                                        {3, "Unified", "nvbuf-mem-cuda-unified"},
                                        {4, "Surface array", "nvbuf-mem-surface-array"},
                                        {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvVideoConvertMemoryType", values);
  }();
  return type;
}

GType compute_hw_get_type() {
  static const GType type = [] {
    static const GEnumValue values[] = {
        {0, "Default", "Default"}, {1, "GPU", "GPU"}, {2, "VIC", "VIC"}, {0, nullptr, nullptr}};
    return g_enum_register_static("GstNvVideoConvertComputeHw", values);
  }();
  return type;
}

}  // namespace pyds
