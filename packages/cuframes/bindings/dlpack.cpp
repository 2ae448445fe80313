#include "dlpack.h"

#include <utility>

namespace dlpack {
namespace {

struct Device {
  int32_t type;
  int32_t id;
};

struct DataType {
  uint8_t code;  // 1: unsigned integer
  uint8_t bits;
  uint16_t lanes;
};

struct Tensor {
  void* data;
  Device device;
  int32_t ndim;
  DataType dtype;
  int64_t* shape;
  int64_t* strides;
  uint64_t byte_offset;
};

struct ManagedTensor {  // before DLPack 1.0
  Tensor tensor;
  void* context;
  void (*deleter)(ManagedTensor*);
};

struct ManagedTensorVersioned {
  uint32_t major;
  uint32_t minor;
  void* context;
  void (*deleter)(ManagedTensorVersioned*);
  uint64_t flags;
  Tensor tensor;
};

template <class Managed>
struct Export {
  Managed managed{};
  Array array;
  std::shared_ptr<const void> owner;
};

template <class Managed>
constexpr const char* kName = "dltensor";
template <>
constexpr const char* kName<ManagedTensorVersioned> = "dltensor_versioned";

template <class Managed>
void drop(Managed* managed) {
  const std::unique_ptr<Export<Managed>> end(static_cast<Export<Managed>*>(managed->context));
}

/// A capsule that nobody took still owns its tensor; a taken one was renamed "used_...".
template <class Managed>
void drop_unused(PyObject* capsule) {
  if (PyCapsule_IsValid(capsule, kName<Managed>) == 0) return;
  auto* managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, kName<Managed>));
  managed->deleter(managed);
}

template <class Managed>
nb::object capsule_of(std::unique_ptr<Export<Managed>> exported) {
  Managed& managed = exported->managed;
  const Array& array = exported->array;
  managed.context = exported.get();
  managed.deleter = drop<Managed>;
  Tensor& tensor = managed.tensor;
  tensor.data = reinterpret_cast<void*>(array.address);
  tensor.device = {array.device_type, array.device_id};
  tensor.ndim = array.ndim;
  tensor.dtype = {1, static_cast<uint8_t>(array.element_bytes * 8), 1};
  tensor.shape = exported->array.shape.data();
  tensor.strides = exported->array.strides.data();
  PyObject* capsule = PyCapsule_New(&managed, kName<Managed>, drop_unused<Managed>);
  if (capsule == nullptr) throw nb::python_error();
  static_cast<void>(exported.release());  // the capsule, then the consumer, owns it
  return nb::steal(capsule);
}

template <class Managed>
std::unique_ptr<Export<Managed>> export_of(const Array& array, std::shared_ptr<const void> owner) {
  auto exported = std::make_unique<Export<Managed>>();
  exported->array = array;
  exported->owner = std::move(owner);
  return exported;
}

}  // namespace

nb::object make_capsule(const Array& array, std::shared_ptr<const void> owner, bool versioned,
                        uint64_t flags) {
  if (!versioned) return capsule_of(export_of<ManagedTensor>(array, std::move(owner)));
  auto exported = export_of<ManagedTensorVersioned>(array, std::move(owner));
  exported->managed.major = 1;
  exported->managed.minor = 1;
  exported->managed.flags = flags;
  return capsule_of(std::move(exported));
}

}  // namespace dlpack
