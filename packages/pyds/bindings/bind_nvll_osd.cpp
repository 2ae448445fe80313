// nvll_osd_struct.h: what is to be drawn.
#include <cstring>

#include "bind.h"
#include "fields.h"
#include "nvbufsurface.h"
#include "nvll_osd_struct.h"

namespace pyds::py {
namespace {

using MaskArray = nb::ndarray<nb::numpy, float, nb::ndim<1>>;

MaskArray mask_array(nb::pointer_and_handle<Ref<NvOSD_MaskParams>> self) {
  const NvOSD_MaskParams& mask = **self.p;
  return MaskArray(mask.data, {mask.data ? mask.size / sizeof(float) : 0}, self.h);
}

MaskArray alloc_mask_array(nb::pointer_and_handle<Ref<NvOSD_MaskParams>> self) {
  NvOSD_MaskParams& mask = **self.p;
  g_free(mask.data);
  mask.data = g_new0(float, size_t{mask.width} * mask.height);
  mask.size = mask.width * mask.height * sizeof(float);
  return mask_array(self);
}

// NvOSD_FrameXParams: all X of a picture.
template <typename T, typename Item>
void bind_frame_params(nb::module_& module, const char* name, const char* count_name, int T::*count,
                       const char* list_name, Item* T::*list) {
  Binding<T>(module, name, "What to draw on a picture, of one kind.")
      .constructor()
      .reference("buf_ptr", &T::buf_ptr, PointerSlot::kContext, "The picture.")
      .field("mode", &T::mode)
      .field(count_name, count)
      .reference(list_name, list, PointerSlot::kPayload, "The first of them, or None.");
}

}  // namespace

void bind_nvll_osd(nb::module_& module) {
  nb::enum_<NvOSD_Mode>(module, "NvOSD_Mode", nb::is_arithmetic())
      .value("MODE_CPU", MODE_CPU)
      .value("MODE_GPU", MODE_GPU)
      .value("MODE_NONE", MODE_NONE)
      .export_values();

  nb::enum_<NvOSD_Arrow_Head_Direction>(module, "NvOSD_Arrow_Head_Direction", nb::is_arithmetic())
      .value("START_HEAD", START_HEAD)
      .value("END_HEAD", END_HEAD)
      .value("BOTH_HEAD", BOTH_HEAD)
      .export_values();

  Binding<NvOSD_ColorParams>(module, "NvOSD_ColorParams", "A colour; components are 0..1.")
      .constructor()
      .field("red", &NvOSD_ColorParams::red)
      .field("green", &NvOSD_ColorParams::green)
      .field("blue", &NvOSD_ColorParams::blue)
      .field("alpha", &NvOSD_ColorParams::alpha)
      .python()
      .def(
          "set",
          [](const Ref<NvOSD_ColorParams>& self, double red, double green, double blue,
             double alpha) {
            *self = {red, green, blue, alpha};
          },
          nb::arg("red"), nb::arg("green"), nb::arg("blue"), nb::arg("alpha"));

  Binding<NvOSD_FontParams>(module, "NvOSD_FontParams", "A font.")
      .constructor()
      .interned_string("font_name", &NvOSD_FontParams::font_name,
                       "Set with a str; reads as the address of the text (see get_string).")
      .field("font_size", &NvOSD_FontParams::font_size)
      .field("font_color", &NvOSD_FontParams::font_color);

  Binding<NvOSD_TextParams>(module, "NvOSD_TextParams", "A line of text.")
      .constructor()
      .address_string("display_text", &NvOSD_TextParams::display_text,
                      "Set with a str; reads as the address of the text (see get_string).")
      .field("x_offset", &NvOSD_TextParams::x_offset, "Left edge, pixels.")
      .field("y_offset", &NvOSD_TextParams::y_offset, "Top edge, pixels.")
      .field("font_params", &NvOSD_TextParams::font_params)
      .field("set_bg_clr", &NvOSD_TextParams::set_bg_clr, "1 to fill the background.")
      .field("text_bg_clr", &NvOSD_TextParams::text_bg_clr);

  Binding<NvOSD_Color_info>(module, "NvOSD_Color_info", "A colour with a number.")
      .constructor()
      .field("id", &NvOSD_Color_info::id)
      .field("color", &NvOSD_Color_info::color);

  Binding<NvOSD_RectParams>(module, "NvOSD_RectParams",
                            "A rectangle, in pixels of the muxed frame.")
      .constructor()
      .field("left", &NvOSD_RectParams::left)
      .field("top", &NvOSD_RectParams::top)
      .field("width", &NvOSD_RectParams::width)
      .field("height", &NvOSD_RectParams::height)
      .field("border_width", &NvOSD_RectParams::border_width, "Pixels; 0 draws no border.")
      .field("border_color", &NvOSD_RectParams::border_color)
      .field("has_bg_color", &NvOSD_RectParams::has_bg_color, "1 to fill with bg_color.")
      .field("reserved", &NvOSD_RectParams::reserved)
      .field("bg_color", &NvOSD_RectParams::bg_color)
      .field("has_color_info", &NvOSD_RectParams::has_color_info)
      .field("color_id", &NvOSD_RectParams::color_id)
      .field("rotation_angle", &NvOSD_RectParams::rotation_angle);

  Binding<NvOSD_MaskParams>(module, "NvOSD_MaskParams",
                            "Which pixels of a box belong to its object.")
      .constructor()
      .field("size", &NvOSD_MaskParams::size, "Bytes of the mask.")
      .field("threshold", &NvOSD_MaskParams::threshold,
             "A pixel belongs to the object where the mask is greater.")
      .field("width", &NvOSD_MaskParams::width)
      .field("height", &NvOSD_MaskParams::height)
      .python()
      .def_prop_ro(
          "data",
          [](const Ref<NvOSD_MaskParams>& self) -> std::optional<float> {
            if (!self->data || self->size < sizeof(float)) return std::nullopt;
            return self->data[0];
          },
          "The first value only; use get_mask_array().")
      .def("get_mask_array", mask_array,
           "The mask as a writable view, float32 of shape (width * height,); empty without mask.")
      .def("alloc_mask_array", alloc_mask_array,
           "Allocates width * height zeros, in place of the former mask, and returns their view.");

  Binding<NvOSD_LineParams>(module, "NvOSD_LineParams", "A line, in pixels of the muxed frame.")
      .constructor()
      .field("x1", &NvOSD_LineParams::x1)
      .field("y1", &NvOSD_LineParams::y1)
      .field("x2", &NvOSD_LineParams::x2)
      .field("y2", &NvOSD_LineParams::y2)
      .field("line_width", &NvOSD_LineParams::line_width)
      .field("line_color", &NvOSD_LineParams::line_color);

  Binding<NvOSD_ArrowParams>(module, "NvOSD_ArrowParams", "An arrow, in pixels of the muxed frame.")
      .constructor()
      .field("x1", &NvOSD_ArrowParams::x1)
      .field("y1", &NvOSD_ArrowParams::y1)
      .field("x2", &NvOSD_ArrowParams::x2)
      .field("y2", &NvOSD_ArrowParams::y2)
      .field("arrow_width", &NvOSD_ArrowParams::arrow_width)
      .field("arrow_head", &NvOSD_ArrowParams::arrow_head)
      .field("arrow_color", &NvOSD_ArrowParams::arrow_color)
      .field("reserved", &NvOSD_ArrowParams::reserved);

  Binding<NvOSD_CircleParams>(module, "NvOSD_CircleParams",
                              "A circle, in pixels of the muxed frame.")
      .constructor()
      .field("xc", &NvOSD_CircleParams::xc)
      .field("yc", &NvOSD_CircleParams::yc)
      .field("radius", &NvOSD_CircleParams::radius)
      .field("circle_color", &NvOSD_CircleParams::circle_color)
      .field("has_bg_color", &NvOSD_CircleParams::has_bg_color)
      .field("bg_color", &NvOSD_CircleParams::bg_color)
      .field("circle_width", &NvOSD_CircleParams::circle_width)
      .field("reserved", &NvOSD_CircleParams::reserved);

  bind_frame_params(module, "NvOSD_FrameTextParams", "num_strings",
                    &NvOSD_FrameTextParams::num_strings, "text_params_list",
                    &NvOSD_FrameTextParams::text_params_list);
  bind_frame_params(module, "NvOSD_FrameRectParams", "num_rects", &NvOSD_FrameRectParams::num_rects,
                    "rect_params_list", &NvOSD_FrameRectParams::rect_params_list);
  bind_frame_params(module, "NvOSD_FrameLineParams", "num_lines", &NvOSD_FrameLineParams::num_lines,
                    "line_params_list", &NvOSD_FrameLineParams::line_params_list);
  bind_frame_params(module, "NvOSD_FrameArrowParams", "num_arrows",
                    &NvOSD_FrameArrowParams::num_arrows, "arrow_params_list",
                    &NvOSD_FrameArrowParams::arrow_params_list);
  bind_frame_params(module, "NvOSD_FrameCircleParams", "num_circles",
                    &NvOSD_FrameCircleParams::num_circles, "circle_params_list",
                    &NvOSD_FrameCircleParams::circle_params_list);
}

}  // namespace pyds::py
