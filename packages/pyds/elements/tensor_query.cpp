#include "tensor_query.h"

namespace pyds {
namespace {

constexpr char kName[] = "pyds-tensor-size";

}  // namespace

std::optional<std::vector<unsigned>> ask_tensor_size(GstPad* sinkpad, unsigned unique_id) {
  GstQuery* query = gst_query_new_custom(
      GST_QUERY_CUSTOM, gst_structure_new(kName, "unique-id", G_TYPE_UINT, unique_id, nullptr));
  std::vector<unsigned> dims(3);
  const bool answered =
      gst_pad_peer_query(sinkpad, query) &&
      gst_structure_get(gst_query_get_structure(query), "channels", G_TYPE_UINT, &dims[0], "height",
                        G_TYPE_UINT, &dims[1], "width", G_TYPE_UINT, &dims[2], nullptr);
  gst_query_unref(query);
  if (!answered) return std::nullopt;
  return dims;
}

std::optional<unsigned> parse_tensor_query(GstQuery* query) {
  guint unique_id = 0;
  if (GST_QUERY_TYPE(query) != GST_QUERY_CUSTOM) return std::nullopt;
  const GstStructure* structure = gst_query_get_structure(query);
  if (!gst_structure_has_name(structure, kName) ||
      !gst_structure_get_uint(structure, "unique-id", &unique_id))
    return std::nullopt;
  return unique_id;
}

void answer_tensor_query(GstQuery* query, unsigned channels, unsigned height, unsigned width) {
  gst_structure_set(gst_query_writable_structure(query), "channels", G_TYPE_UINT, channels,
                    "height", G_TYPE_UINT, height, "width", G_TYPE_UINT, width, nullptr);
}

}  // namespace pyds
