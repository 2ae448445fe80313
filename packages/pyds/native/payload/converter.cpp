#include "payload/converter.h"

#include <glib.h>

#include <stdexcept>

#include "payload/full_message.h"
#include "payload/library_converter.h"

namespace pyds::payload {
namespace {

class SchemaConverter final : public Converter {
 public:
  SchemaConverter(NvDsPayloadType type, Site site) : type_(type), site_(std::move(site)) {
    warnings = std::move(site_.warnings);
  }

  std::vector<std::string> of_events(const Events& events) override {
    if (is_about_frames(type_)) return {encoded(report_events(site_, events))};
    std::vector<std::string> messages;
    for (const NvDsEventMsgMeta* event : events) messages.push_back(full_message(site_, *event));
    return messages;
  }

  std::vector<std::string> of_nothing(NvDsFrameMeta& frame) override {
    if (!is_about_frames(type_)) return {};
    FrameReport report = report_frame(site_, frame);
    report.objects.clear();
    return {encoded(report)};
  }

  std::vector<std::string> of_frame(NvDsFrameMeta& frame) override {
    if (is_about_frames(type_)) return {encoded(report_frame(site_, frame))};
    std::vector<std::string> messages;
    for (GList* node = frame.obj_meta_list; node; node = node->next)
      messages.push_back(full_message(site_, frame, *static_cast<NvDsObjectMeta*>(node->data)));
    return messages;
  }

 private:
  std::string encoded(const FrameReport& report) const {
    return type_ == NVDS_PAYLOAD_DEEPSTREAM_PROTOBUF ? protobuf(report) : minimal_json(report);
  }

  const NvDsPayloadType type_;
  Site site_;
};

// NVIDIA's own library of schemas, where it is not installed: ours do the same.
bool is_stand_in_for_ours(const std::string& library) {
  return g_str_has_suffix(library.c_str(), "libnvds_msgconv.so") &&
         !g_file_test(library.c_str(), G_FILE_TEST_EXISTS);
}

}  // namespace

std::unique_ptr<Converter> make_converter(const ConverterSettings& settings) {
  if (!settings.library.empty() && !is_stand_in_for_ours(settings.library))
    return std::make_unique<LibraryConverter>(settings);
  switch (settings.type) {
    case NVDS_PAYLOAD_DEEPSTREAM:
      if (settings.config.empty())
        throw std::runtime_error(
            "No configuration is set, and messages of the full schema say what it says about "
            "sensors and places; set config, or payload-type to 1.");
      break;
    case NVDS_PAYLOAD_DEEPSTREAM_MINIMAL:
    case NVDS_PAYLOAD_DEEPSTREAM_PROTOBUF:
      break;
    default:
      throw std::runtime_error("payload-type " + std::to_string(settings.type) +
                               " is made by a library of your own; set msg2p-lib to its path.");
  }
  return std::make_unique<SchemaConverter>(
      settings.type, settings.config.empty() ? Site() : load_site(settings.config));
}

}  // namespace pyds::payload
