#include "osd/text.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pyds::osd {
namespace {

constexpr unsigned kDefaultSize = 12;  // points
constexpr char kDefaultFamily[] = "Serif";
constexpr char kFallbackFamily[] = "Sans";  // for characters the family lacks
constexpr double kPixelsPerPoint = 96.0 / 72.0;
// Applications use a handful of fonts; one that makes up sizes as it goes must not grow memory.
constexpr size_t kMaxFonts = 32;
constexpr size_t kMaxGlyphs = 4096;
constexpr int kTabSpaces = 4;
constexpr int kFar = 1 << 24;  // beyond any picture

struct Style {
  std::string family;
  cairo_font_slant_t slant = CAIRO_FONT_SLANT_NORMAL;
  cairo_font_weight_t weight = CAIRO_FONT_WEIGHT_NORMAL;
};

Style parse_style(const std::string& name) {
  Style style{name};
  const auto take = [&](const char* word) {
    const std::string suffix = std::string(" ") + word;
    const size_t length = style.family.size();
    if (length <= suffix.size()) return false;
    if (g_ascii_strcasecmp(style.family.c_str() + length - suffix.size(), suffix.c_str()) != 0)
      return false;
    style.family.resize(length - suffix.size());
    return true;
  };
  for (bool found = true; found;) {
    found = false;
    if (take("Bold")) style.weight = CAIRO_FONT_WEIGHT_BOLD, found = true;
    if (take("Italic")) style.slant = CAIRO_FONT_SLANT_ITALIC, found = true;
    if (take("Oblique")) style.slant = CAIRO_FONT_SLANT_OBLIQUE, found = true;
  }
  return style;
}

// The next character of `text`, which is advanced past it. Bytes that are not UTF-8 give U+FFFD.
gunichar next_character(const char*& text) {
  const gunichar character = g_utf8_get_char_validated(text, -1);
  if (character >= static_cast<gunichar>(-2)) {
    ++text;
    return 0xFFFD;
  }
  text = g_utf8_next_char(text);
  return character;
}

}  // namespace

namespace {

cairo_scaled_font_t* open_font(const Style& style, double size_pixels) {
  cairo_font_face_t* face =
      cairo_toy_font_face_create(style.family.c_str(), style.slant, style.weight);
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  // Stems snap to rows and pen positions to pixels, so a glyph looks the same wherever it stands.
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_ON);
  cairo_matrix_t scale, identity;
  cairo_matrix_init_scale(&scale, size_pixels, size_pixels);
  cairo_matrix_init_identity(&identity);
  cairo_scaled_font_t* font = cairo_scaled_font_create(face, &scale, &identity, options);
  cairo_font_options_destroy(options);
  cairo_font_face_destroy(face);
  return font;
}

// The glyphs of one character; none if the font cannot be used.
class GlyphRun {
 public:
  GlyphRun(cairo_scaled_font_t* font, gunichar character) {
    char text[8] = {};
    const int length = g_unichar_to_utf8(character, text);
    if (cairo_scaled_font_text_to_glyphs(font, 0, 0, text, length, &glyphs_, &count_, nullptr,
                                         nullptr, nullptr) != CAIRO_STATUS_SUCCESS)
      count_ = 0;
  }
  ~GlyphRun() { cairo_glyph_free(glyphs_); }
  GlyphRun(const GlyphRun&) = delete;
  GlyphRun& operator=(const GlyphRun&) = delete;

  const cairo_glyph_t* data() const { return glyphs_; }
  int count() const { return count_; }
  // Glyph 0 of a font is the one for characters it does not have.
  bool is_missing() const { return count_ == 0 || glyphs_[0].index == 0; }

 private:
  cairo_glyph_t* glyphs_ = nullptr;
  int count_ = 0;
};

Glyph render_glyph(cairo_scaled_font_t* font, const GlyphRun& run) {
  Glyph result;
  if (run.count() == 0) return result;
  cairo_text_extents_t extents{};
  cairo_scaled_font_glyph_extents(font, run.data(), run.count(), &extents);
  result.advance = static_cast<int>(std::lround(extents.x_advance));
  if (extents.width <= 0 || extents.height <= 0) return result;
  // A margin of one pixel holds what anti-aliasing adds to the outline.
  result.left = static_cast<int>(std::floor(extents.x_bearing)) - 1;
  result.top = static_cast<int>(std::floor(extents.y_bearing)) - 1;
  result.width = static_cast<int>(std::ceil(extents.width)) + 3;
  result.height = static_cast<int>(std::ceil(extents.height)) + 3;
  cairo_surface_t* surface =
      cairo_image_surface_create(CAIRO_FORMAT_A8, result.width, result.height);
  cairo_t* context = cairo_create(surface);
  cairo_set_scaled_font(context, font);
  cairo_translate(context, -result.left, -result.top);
  cairo_show_glyphs(context, run.data(), run.count());
  cairo_destroy(context);
  cairo_surface_flush(surface);
  if (const uint8_t* pixels = cairo_image_surface_get_data(surface)) {
    const ptrdiff_t stride = cairo_image_surface_get_stride(surface);
    result.coverage.resize(static_cast<size_t>(result.width) * result.height);
    for (int y = 0; y < result.height; ++y)
      std::memcpy(result.coverage.data() + static_cast<size_t>(y) * result.width,
                  pixels + y * stride, result.width);
  }
  cairo_surface_destroy(surface);
  return result;
}

}  // namespace

Font::Font(const std::string& name, double size_pixels) {
  Style style = parse_style(name);
  font_ = open_font(style, size_pixels);
  style.family = kFallbackFamily;
  fallback_ = open_font(style, size_pixels);

  cairo_font_extents_t extents{};
  cairo_scaled_font_extents(font_, &extents);
  ascent_ = static_cast<int>(std::ceil(extents.ascent));
  line_height_ = ascent_ + static_cast<int>(std::ceil(extents.descent));
}

Font::~Font() {
  cairo_scaled_font_destroy(font_);
  cairo_scaled_font_destroy(fallback_);
}

const Glyph& Font::glyph(gunichar character) {
  const auto found = glyphs_.find(character);
  if (found != glyphs_.end()) return found->second;
  const GlyphRun run(font_, character);
  const GlyphRun other(fallback_, character);
  const bool use_other = run.is_missing() && !other.is_missing();
  return glyphs_
      .emplace(character, use_other ? render_glyph(fallback_, other) : render_glyph(font_, run))
      .first->second;
}

Font& TextPainter::font(const NvOSD_FontParams& params, int picture_height) {
  const std::string name =
      params.font_name && *params.font_name ? params.font_name : kDefaultFamily;
  // Larger than the picture is never readable, but would cost memory without bound.
  const unsigned size = std::min<unsigned>(params.font_size ? params.font_size : kDefaultSize,
                                           std::max(picture_height, 1));
  auto found = fonts_.find({name, size});
  if (found == fonts_.end()) {
    if (fonts_.size() >= kMaxFonts) fonts_.clear();
    found = fonts_
                .emplace(std::make_pair(name, size),
                         std::make_unique<Font>(name, size * kPixelsPerPoint))
                .first;
  }
  found->second->trim(kMaxGlyphs);
  return *found->second;
}

void TextPainter::draw(Canvas& canvas, const NvOSD_TextParams& text) {
  if (!text.display_text || !*text.display_text) return;
  const Box picture = canvas.bounds();
  Font& font = this->font(text.font_params, picture.bottom);
  const int padding = text.set_bg_clr ? std::max(font.line_height() / 8, 1) : 0;
  const int left = std::clamp(static_cast<int>(text.x_offset), -kFar, kFar);
  const int top = std::clamp(static_cast<int>(text.y_offset), -kFar, kFar);

  placed_.clear();
  int pen = padding, width = 0, lines = 1;
  for (const char* rest = text.display_text; *rest;) {
    const gunichar character = next_character(rest);
    if (character == '\n') {
      if (top + lines * font.line_height() >= picture.bottom) break;
      pen = padding;
      ++lines;
    } else if (character == '\t') {
      pen += kTabSpaces * font.glyph(' ').advance;
    } else if (character != '\r' && left + pen < picture.right) {
      const Glyph& glyph = font.glyph(character);
      placed_.push_back({&glyph, pen, lines - 1});
      pen += glyph.advance;
    }
    width = std::max(width, pen);
  }
  const Box box{left, top, left + width + padding, top + lines * font.line_height()};
  if (text.set_bg_clr) canvas.fill(box, canvas.ink(text.text_bg_clr));

  // All glyphs of a label become one coverage, so that neighbours share chroma samples rightly.
  // Glyphs may lean over the ends of their line.
  Coverage coverage = canvas.coverage(
      {box.left - font.line_height(), box.top, box.right + font.line_height(), box.bottom});
  if (coverage.box.empty()) return;
  for (const Placed& placed : placed_) {
    const Glyph& glyph = *placed.glyph;
    if (glyph.coverage.empty()) continue;
    const int x = left + placed.x + glyph.left;
    const int y = top + placed.line * font.line_height() + font.ascent() + glyph.top;
    const Box visible =
        Box{x, y, x + glyph.width, y + glyph.height}.clipped_to(coverage.box).clipped_to(picture);
    for (int row = visible.top; row < visible.bottom; ++row) {
      const uint8_t* from = glyph.coverage.data() + (row - y) * glyph.width + (visible.left - x);
      uint8_t* to = coverage.row(row) + (visible.left - coverage.box.left);
      for (int i = 0; i < visible.right - visible.left; ++i) to[i] = std::max(to[i], from[i]);
    }
  }
  canvas.blend(coverage, canvas.ink(text.font_params.font_color));
}

}  // namespace pyds::osd
