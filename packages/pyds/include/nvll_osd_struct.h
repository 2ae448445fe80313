// On-screen drawing primitives: what metadata says shall be drawn on a frame.
//
// Coordinates are pixels of the muxed frame, colours are 0..1. Field names and order follow the
// DeepStream API so that existing C, C++ and Python code compiles and runs.
#pragma once

#include <glib.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum { MODE_CPU, MODE_GPU, MODE_NONE } NvOSD_Mode;

typedef enum { START_HEAD, END_HEAD, BOTH_HEAD } NvOSD_Arrow_Head_Direction;

typedef struct _NvOSD_ColorParams {
  double red;
  double green;
  double blue;
  double alpha;
} NvOSD_ColorParams;

typedef struct _NvOSD_FontParams {
  char* font_name;  // interned (g_intern_string): never freed
  unsigned int font_size;
  NvOSD_ColorParams font_color;
} NvOSD_FontParams;

typedef struct _NvOSD_TextParams {
  char* display_text;  // g_malloc'ed, owned by the meta that holds this struct
  unsigned int x_offset;
  unsigned int y_offset;
  NvOSD_FontParams font_params;
  int set_bg_clr;
  NvOSD_ColorParams text_bg_clr;
} NvOSD_TextParams;

typedef struct _NvOSD_Color_info {
  int id;
  NvOSD_ColorParams color;
} NvOSD_Color_info;

typedef struct _NvOSD_RectParams {
  float left;
  float top;
  float width;
  float height;
  unsigned int border_width;
  NvOSD_ColorParams border_color;
  unsigned int has_bg_color;
  unsigned int reserved;
  NvOSD_ColorParams bg_color;
  int has_color_info;
  int color_id;
  float rotation_angle;
} NvOSD_RectParams;

typedef struct _NvOSD_MaskParams {
  float* data;        // g_malloc'ed, width * height values, owned by the meta
  unsigned int size;  // bytes
  float threshold;    // a pixel belongs to the object where data > threshold
  unsigned int width;
  unsigned int height;
} NvOSD_MaskParams;

typedef struct _NvOSD_LineParams {
  unsigned int x1;
  unsigned int y1;
  unsigned int x2;
  unsigned int y2;
  unsigned int line_width;
  NvOSD_ColorParams line_color;
} NvOSD_LineParams;

typedef struct _NvOSD_ArrowParams {
  unsigned int x1;
  unsigned int y1;
  unsigned int x2;
  unsigned int y2;
  unsigned int arrow_width;
  NvOSD_Arrow_Head_Direction arrow_head;
  NvOSD_ColorParams arrow_color;
  unsigned int reserved;
} NvOSD_ArrowParams;

typedef struct _NvOSD_CircleParams {
  unsigned int xc;
  unsigned int yc;
  unsigned int radius;
  NvOSD_ColorParams circle_color;
  unsigned int has_bg_color;
  NvOSD_ColorParams bg_color;
  unsigned int circle_width;
  unsigned int reserved;
} NvOSD_CircleParams;

// Everything of one kind to draw on a picture. The lists are borrowed.
struct NvBufSurfaceParams;

typedef struct _NvOSD_FrameTextParams {
  struct NvBufSurfaceParams* buf_ptr;
  NvOSD_Mode mode;
  int num_strings;
  NvOSD_TextParams* text_params_list;
} NvOSD_FrameTextParams;

typedef struct _NvOSD_FrameRectParams {
  struct NvBufSurfaceParams* buf_ptr;
  NvOSD_Mode mode;
  int num_rects;
  NvOSD_RectParams* rect_params_list;
} NvOSD_FrameRectParams;

typedef struct _NvOSD_FrameLineParams {
  struct NvBufSurfaceParams* buf_ptr;
  NvOSD_Mode mode;
  int num_lines;
  NvOSD_LineParams* line_params_list;
} NvOSD_FrameLineParams;

typedef struct _NvOSD_FrameArrowParams {
  struct NvBufSurfaceParams* buf_ptr;
  NvOSD_Mode mode;
  int num_arrows;
  NvOSD_ArrowParams* arrow_params_list;
} NvOSD_FrameArrowParams;

typedef struct _NvOSD_FrameCircleParams {
  struct NvBufSurfaceParams* buf_ptr;
  NvOSD_Mode mode;
  int num_circles;
  NvOSD_CircleParams* circle_params_list;
} NvOSD_FrameCircleParams;

#ifdef __cplusplus
}
#endif
