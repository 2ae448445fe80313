// LibraryConverter: messages by a user's library that exports what nvmsgconv.h says.
#pragma once

#include "base/shared_library.h"
#include "nvmsgconv.h"
#include "payload/converter.h"

namespace pyds::payload {

class LibraryConverter final : public Converter {
 public:
  // Throws std::runtime_error if the library cannot be used.
  explicit LibraryConverter(const ConverterSettings& settings);
  ~LibraryConverter() override;

  std::vector<std::string> of_events(const Events& events) override;
  std::vector<std::string> of_nothing(NvDsFrameMeta& frame) override;
  std::vector<std::string> of_frame(NvDsFrameMeta& frame) override;

 private:
  // The payloads of one call, copied and released.
  std::vector<std::string> of_list(NvDsEvent* events, guint size);
  std::vector<std::string> of_meta(NvDsFrameMeta& frame, NvDsObjectMeta* object);
  void take(NvDsPayload* payload, std::vector<std::string>& messages);
  void take(NvDsPayload** payloads, guint count, std::vector<std::string>& messages);
  // Throws std::runtime_error naming a function that is missing.
  void require(bool is_there, const char* function) const;

  const ConverterSettings settings_;
  SharedLibrary library_;
  NvDsMsg2pCtx* context_ = nullptr;
  decltype(nvds_msg2p_ctx_create)* create_;
  decltype(nvds_msg2p_ctx_destroy)* destroy_;
  decltype(nvds_msg2p_generate)* generate_;
  decltype(nvds_msg2p_generate_multiple)* generate_multiple_;
  decltype(nvds_msg2p_generate_new)* generate_new_;
  decltype(nvds_msg2p_generate_multiple_new)* generate_multiple_new_;
  decltype(nvds_msg2p_release)* release_;
};

}  // namespace pyds::payload
