#include "message/shared_struct.h"

#include <array>
#include <mutex>
#include <unordered_map>

namespace pyds::message {
namespace {

struct Registry {
  std::mutex mutex;
  std::unordered_map<const void*, AnyShared*> structs;
};

// Never destroyed: metadata may be released during static destruction.
Registry& registry() {
  static auto& instance = *new Registry;
  return instance;
}

auto strings(NvDsVehicleObject& object) {
  return std::array{&object.type,  &object.make,   &object.model,
                    &object.color, &object.region, &object.license};
}
auto strings(NvDsVehicleObjectExt& object) {
  return std::array{&object.type,  &object.make,   &object.model,
                    &object.color, &object.region, &object.license};
}
auto strings(NvDsPersonObject& object) {
  return std::array{&object.gender, &object.hair, &object.cap, &object.apparel};
}
auto strings(NvDsPersonObjectExt& object) {
  return std::array{&object.gender, &object.hair, &object.cap, &object.apparel};
}
auto strings(NvDsFaceObject& object) {
  return std::array{&object.gender,     &object.hair, &object.cap,     &object.glasses,
                    &object.facialhair, &object.name, &object.eyecolor};
}
auto strings(NvDsFaceObjectWithExt& object) {
  return std::array{&object.gender,     &object.hair, &object.cap,     &object.glasses,
                    &object.facialhair, &object.name, &object.eyecolor};
}
auto strings(NvDsEventMsgMeta& event) {
  return std::array{&event.ts, &event.objectId, &event.sensorStr, &event.otherAttrs,
                    &event.videoPath};
}
auto strings(CustomDataStruct& custom) { return std::array{&custom.message}; }
auto strings(NvDsEvent&) { return std::array<char**, 0>(); }

// A copy of what extMsg points to, or nullptr if its type is not known.
AnyShared* clone_extended_message(const NvDsEventMsgMeta& event) {
  if (!event.extMsg || !event.extMsgSize) return nullptr;
  if (AnyShared* shared = find(event.extMsg)) return shared->clone();
  switch (event.objType) {
    case NVDS_OBJECT_TYPE_VEHICLE:
      return SharedStruct<NvDsVehicleObject>::clone_of(
          *static_cast<NvDsVehicleObject*>(event.extMsg));
    case NVDS_OBJECT_TYPE_PERSON:
      return SharedStruct<NvDsPersonObject>::clone_of(
          *static_cast<NvDsPersonObject*>(event.extMsg));
    case NVDS_OBJECT_TYPE_FACE:
      return SharedStruct<NvDsFaceObject>::clone_of(*static_cast<NvDsFaceObject*>(event.extMsg));
    default:
      return nullptr;
  }
}

// Gives `owner` the only reference to `shared`; returns its struct.
void* give(AnyShared& owner, AnyShared* shared) {
  if (!shared) return nullptr;
  owner.hold(shared);
  shared->unref();
  return shared->value();
}

template <typename T>
void copy_pointers(T&, AnyShared&) {}

void copy_pointers(NvDsEventMsgMeta& event, AnyShared& owner) {
  event.objSignature.signature = static_cast<gdouble*>(
      g_memdup2(event.objSignature.signature, event.objSignature.size * sizeof(gdouble)));
  event.extMsg = give(owner, clone_extended_message(event));
  if (!event.extMsg) event.extMsgSize = 0;
}

void copy_pointers(NvDsEvent& event, AnyShared& owner) {
  if (event.metadata)
    event.metadata = static_cast<NvDsEventMsgMeta*>(
        give(owner, SharedStruct<NvDsEventMsgMeta>::clone_of(*event.metadata)));
}

void drop_outline(...) {}
template <typename T>
auto drop_outline(T* object) -> decltype(static_cast<void>(object->mask)) {
  object->mask = nullptr;  // it belongs to whoever made it
}

gpointer copy_payload(gpointer data, gpointer) {
  AnyShared* shared = find(static_cast<NvDsUserMeta*>(data)->user_meta_data);
  return shared ? shared->clone()->value() : nullptr;
}

void release_payload(gpointer data, gpointer) {
  auto* user_meta = static_cast<NvDsUserMeta*>(data);
  if (AnyShared* shared = find(user_meta->user_meta_data)) shared->unref();
  user_meta->user_meta_data = nullptr;
}

}  // namespace

void AnyShared::hold(AnyShared* other) {
  if (other) other->ref();
  if (held_) held_->unref();
  held_ = other;
}

void AnyShared::enter(AnyShared* shared) {
  const std::lock_guard<std::mutex> guard(registry().mutex);
  registry().structs[shared->value()] = shared;
}

void AnyShared::leave(AnyShared* shared) {
  const std::lock_guard<std::mutex> guard(registry().mutex);
  registry().structs.erase(shared->value());
}

AnyShared* find(const void* value) {
  if (!value) return nullptr;
  const std::lock_guard<std::mutex> guard(registry().mutex);
  const auto found = registry().structs.find(value);
  return found == registry().structs.end() ? nullptr : found->second;
}

template <typename T>
void copy_contents(const T& from, T& to, AnyShared& owner) {
  to = from;
  for (char** text : strings(to)) *text = g_strdup(*text);
  drop_outline(&to);
  copy_pointers(to, owner);
}

template <typename T>
void free_contents(T& value) {
  for (char** text : strings(value)) g_free(*text);
  if constexpr (std::is_same_v<T, NvDsEventMsgMeta>) g_free(value.objSignature.signature);
}

#define INSTANTIATE(T)                                      \
  template void copy_contents<T>(const T&, T&, AnyShared&); \
  template void free_contents<T>(T&);
INSTANTIATE(NvDsEventMsgMeta)
INSTANTIATE(NvDsVehicleObject)
INSTANTIATE(NvDsPersonObject)
INSTANTIATE(NvDsFaceObject)
INSTANTIATE(NvDsVehicleObjectExt)
INSTANTIATE(NvDsPersonObjectExt)
INSTANTIATE(NvDsFaceObjectWithExt)
INSTANTIATE(NvDsEvent)
INSTANTIATE(CustomDataStruct)
#undef INSTANTIATE

void give_to(NvDsUserMeta* user_meta, AnyShared* shared) {
  take_from(user_meta);
  shared->ref();
  user_meta->user_meta_data = shared->value();
  user_meta->base_meta.copy_func = copy_payload;
  user_meta->base_meta.release_func = release_payload;
}

AnyShared* given_to(const NvDsUserMeta* user_meta) {
  return user_meta->base_meta.release_func == release_payload ? find(user_meta->user_meta_data)
                                                              : nullptr;
}

void take_from(NvDsUserMeta* user_meta) {
  if (user_meta->base_meta.release_func != release_payload) return;
  release_payload(user_meta, nullptr);
  user_meta->base_meta.copy_func = nullptr;
  user_meta->base_meta.release_func = nullptr;
}

}  // namespace pyds::message
