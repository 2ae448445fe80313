// Text: UTF-8 labels from glyphs that are rendered once per font and size.
//
// Glyphs are kept as coverage, so one rendering serves every colour and every picture format. Sizes
// are points at 96 dpi, as Pango counts them ("Serif 11" is 14.7 pixels high). A character the font
// lacks is taken from Sans; one that Sans lacks too shows as the missing-glyph box. Not
// thread-safe: one per element.
#pragma once

#include <cairo.h>

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "nvll_osd_struct.h"
#include "osd/canvas.h"

namespace pyds::osd {

struct Glyph {
  int left = 0;  // of the bitmap, from the pen
  int top = 0;   // of the bitmap, from the baseline (negative is up)
  int width = 0;
  int height = 0;
  int advance = 0;                // to the next pen position
  std::vector<uint8_t> coverage;  // width * height
};

// One family and style at one size. Family names may end in "Bold", "Italic" or "Oblique".
class Font {
 public:
  Font(const std::string& name, double size_pixels);
  ~Font();
  Font(const Font&) = delete;
  Font& operator=(const Font&) = delete;

  int ascent() const { return ascent_; }
  int line_height() const { return line_height_; }
  // Valid until the next trim().
  const Glyph& glyph(gunichar character);
  // Forgets all glyphs if there are more than `most`.
  void trim(size_t most) {
    if (glyphs_.size() > most) glyphs_.clear();
  }

 private:
  cairo_scaled_font_t* font_ = nullptr;
  cairo_scaled_font_t* fallback_ = nullptr;
  int ascent_ = 0;
  int line_height_ = 0;
  std::unordered_map<gunichar, Glyph> glyphs_;
};

class TextPainter {
 public:
  // Draws the text with its background (if set_bg_clr) behind it. (x_offset, y_offset) is the top
  // left corner of the background; '\n' starts a new line. Text beyond the picture is clipped. An
  // unset font name means Serif, size 0 means 12.
  void draw(Canvas& canvas, const NvOSD_TextParams& text);

 private:
  struct Placed {
    const Glyph* glyph;
    int x;  // of the pen, from the left edge of the text
    int line;
  };

  Font& font(const NvOSD_FontParams& params, int picture_height);

  std::map<std::pair<std::string, unsigned>, std::unique_ptr<Font>> fonts_;
  std::vector<Placed> placed_;  // of the text being drawn; kept for its memory
};

}  // namespace pyds::osd
