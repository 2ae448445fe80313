#include "payload/library_converter.h"

#include <stdexcept>

namespace pyds::payload {

LibraryConverter::LibraryConverter(const ConverterSettings& settings)
    : settings_(settings), library_(settings.library) {
  library_.find("nvds_msg2p_ctx_create", create_);
  library_.find("nvds_msg2p_ctx_destroy", destroy_);
  library_.find("nvds_msg2p_generate", generate_);
  library_.find("nvds_msg2p_generate_multiple", generate_multiple_);
  library_.find("nvds_msg2p_generate_new", generate_new_);
  library_.find("nvds_msg2p_generate_multiple_new", generate_multiple_new_);
  library_.find("nvds_msg2p_release", release_);
  require(create_, "nvds_msg2p_ctx_create");
  require(destroy_, "nvds_msg2p_ctx_destroy");
  require(generate_, "nvds_msg2p_generate");
  require(release_, "nvds_msg2p_release");
  if (settings_.multiple_payloads) require(generate_multiple_, "nvds_msg2p_generate_multiple");
  const char* config = settings_.config.empty() ? nullptr : settings_.config.c_str();
  context_ = create_(config, settings_.type);
  if (!context_)
    throw std::runtime_error(settings_.library +
                             ": nvds_msg2p_ctx_create() failed; see what the library printed, and "
                             "check config and payload-type.");
}

LibraryConverter::~LibraryConverter() { destroy_(context_); }

void LibraryConverter::require(bool is_there, const char* function) const {
  if (!is_there)
    throw std::runtime_error(settings_.library + " does not export " + function +
                             "(); see nvmsgconv.h for what it has to.");
}

std::vector<std::string> LibraryConverter::of_events(const Events& events) {
  std::vector<NvDsEvent> list;
  for (const NvDsEventMsgMeta* event : events)
    list.push_back({event->type, const_cast<NvDsEventMsgMeta*>(event)});
  if (is_about_frames(settings_.type)) return of_list(list.data(), guint(list.size()));
  std::vector<std::string> messages;
  for (NvDsEvent& event : list)
    for (std::string& message : of_list(&event, 1)) messages.push_back(std::move(message));
  return messages;
}

std::vector<std::string> LibraryConverter::of_nothing(NvDsFrameMeta& frame) {
  if (!is_about_frames(settings_.type)) return {};
  std::string timestamp = timestamp_of(frame);
  NvDsEventMsgMeta where_and_when = {};
  where_and_when.frameId = frame.frame_num;
  where_and_when.sensorId = gint(frame.source_id);
  where_and_when.ts = timestamp.data();
  NvDsEvent event = {where_and_when.type, &where_and_when};
  return of_list(&event, 0);
}

std::vector<std::string> LibraryConverter::of_frame(NvDsFrameMeta& frame) {
  if (is_about_frames(settings_.type)) return of_meta(frame, nullptr);
  std::vector<std::string> messages;
  for (GList* node = frame.obj_meta_list; node; node = node->next)
    for (std::string& message : of_meta(frame, static_cast<NvDsObjectMeta*>(node->data)))
      messages.push_back(std::move(message));
  return messages;
}

std::vector<std::string> LibraryConverter::of_list(NvDsEvent* events, guint size) {
  std::vector<std::string> messages;
  if (settings_.multiple_payloads) {
    guint count = 0;
    NvDsPayload** payloads = generate_multiple_(context_, events, size, &count);
    take(payloads, count, messages);
  } else {
    take(generate_(context_, events, size), messages);
  }
  return messages;
}

std::vector<std::string> LibraryConverter::of_meta(NvDsFrameMeta& frame, NvDsObjectMeta* object) {
  char video[] = "video";
  NvDsMsg2pMetaInfo info = {object, &frame, video, nullptr};
  std::vector<std::string> messages;
  if (settings_.multiple_payloads) {
    require(generate_multiple_new_, "nvds_msg2p_generate_multiple_new");
    guint count = 0;
    NvDsPayload** payloads = generate_multiple_new_(context_, &info, &count);
    take(payloads, count, messages);
  } else {
    require(generate_new_, "nvds_msg2p_generate_new");
    take(generate_new_(context_, &info), messages);
  }
  return messages;
}

void LibraryConverter::take(NvDsPayload* payload, std::vector<std::string>& messages) {
  if (!payload) return;
  if (payload->payload && payload->payloadSize)
    messages.emplace_back(static_cast<const char*>(payload->payload), payload->payloadSize);
  release_(context_, payload);
}

void LibraryConverter::take(NvDsPayload** payloads, guint count,
                            std::vector<std::string>& messages) {
  for (guint i = 0; payloads && i < count; ++i) take(payloads[i], messages);
  g_free(payloads);
}

}  // namespace pyds::payload
