#include "meta/batch_memory.h"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <set>

namespace pyds::meta {
namespace {

constexpr guint kLargestSlab = 512;  // elements
constexpr size_t kMostIdleBatches = 64;
constexpr size_t kMostIdleBytes = size_t{64} << 20;

void link_front(GList** head, GList* node) {
  node->prev = nullptr;
  node->next = *head;
  if (*head) (*head)->prev = node;
  *head = node;
}

void unlink(GList** head, GList* node) {
  if (node->prev)
    node->prev->next = node->next;
  else
    *head = node->next;
  if (node->next) node->next->prev = node->prev;
  node->prev = node->next = nullptr;
}

// Every batch memory there is, and the idle ones among them. Never destroyed: batches may be
// released by threads that outlive static destruction.
struct Registry {
  std::mutex mutex;
  std::set<BatchMemory*> all;
  std::vector<BatchMemory*> idle;
  size_t idle_bytes = 0;
};

Registry& registry() {
  static Registry& instance = *new Registry;
  return instance;
}

}  // namespace

struct Pool::Slab {
  struct Free {
    void operator()(unsigned char* data) const {
      ::operator delete (data, std::align_val_t{alignof(Element)});
    }
  };
  std::unique_ptr<unsigned char, Free> data;
  guint count;
};

Pool::Pool(Memory* memory, NvDsMetaType type, guint meta_size)
    : memory_(memory),
      stride_((sizeof(Element) + meta_size + alignof(Element) - 1) / alignof(Element) *
              alignof(Element)) {
  pool_.meta_type = type;
  pool_.element_size = meta_size;
}

Pool::~Pool() {
  for (Slab& slab : slabs_)
    for (guint i = 0; i < slab.count; ++i)
      reinterpret_cast<Element*>(slab.data.get() + i * stride_)->~Element();
}

void Pool::grow(guint count) {
  const size_t bytes = count * stride_;
  auto* data =
      static_cast<unsigned char*>(::operator new (bytes, std::align_val_t{alignof(Element)}));
  std::memset(data, 0, bytes);
  {
    // find_element() walks the slabs of all batches without their locks.
    const std::lock_guard<std::mutex> guard(registry().mutex);
    slabs_.push_back({std::unique_ptr<unsigned char, Slab::Free>(data), count});
  }
  for (guint i = count; i-- > 0;) {
    auto* element = new (data + i * stride_) Element;
    element->memory = memory_;
    element->pool = &pool_;
    element->node.data = element->pool_node.data = element->meta();
    link_front(&pool_.empty_list, &element->pool_node);
  }
  pool_.max_elements_in_pool += count;
  pool_.num_empty_elements += count;
}

void* Pool::acquire(NvDsBatchMeta* batch, guint first_slab) {
  if (!pool_.empty_list)
    grow(slabs_.empty() ? first_slab : std::min(pool_.max_elements_in_pool, kLargestSlab));
  void* meta = pool_.empty_list->data;
  Element* element = element_of(meta);
  unlink(&pool_.empty_list, &element->pool_node);
  link_front(&pool_.full_list, &element->pool_node);
  --pool_.num_empty_elements;
  ++pool_.num_full_elements;
  std::memset(meta, 0, pool_.element_size);
  base_of(meta)->batch_meta = batch;
  base_of(meta)->meta_type = pool_.meta_type;
  element->generation.fetch_add(1, std::memory_order_release);
  return meta;
}

void Pool::take_back(Element* element) {
  element->is_parent = false;
  unlink(&pool_.full_list, &element->pool_node);
  link_front(&pool_.empty_list, &element->pool_node);
  ++pool_.num_empty_elements;
  --pool_.num_full_elements;
}

Element* Pool::find(const void* address) const {
  const auto* wanted = static_cast<const unsigned char*>(address);
  for (const Slab& slab : slabs_) {
    const unsigned char* first = slab.data.get() + sizeof(Element);
    if (wanted < first || wanted >= slab.data.get() + slab.count * stride_) continue;
    return (wanted - first) % stride_ == 0 ? element_of(address) : nullptr;
  }
  return nullptr;
}

size_t Pool::bytes() const { return pool_.max_elements_in_pool * stride_; }

BatchMemory::BatchMemory()
    : frames_(this, NVDS_FRAME_META, sizeof(NvDsFrameMeta)),
      objects_(this, NVDS_OBJ_META, sizeof(NvDsObjectMeta)),
      classifiers_(this, NVDS_CLASSIFIER_META, sizeof(NvDsClassifierMeta)),
      labels_(this, NVDS_LABEL_INFO_META, sizeof(NvDsLabelInfo)),
      displays_(this, NVDS_DISPLAY_META, sizeof(NvDsDisplayMeta)),
      users_(this, NVDS_USER_META, sizeof(NvDsUserMeta)) {
  static_assert(offsetof(Storage, batch) == sizeof(Element));
  storage_.element.memory = this;
  g_rec_mutex_init(&storage_.batch.meta_mutex);
  NvDsBatchMeta& batch = storage_.batch;
  batch.base_meta.batch_meta = &batch;
  batch.base_meta.meta_type = NVDS_BATCH_META;
  batch.frame_meta_pool = frames_.c_pool();
  batch.obj_meta_pool = objects_.c_pool();
  batch.classifier_meta_pool = classifiers_.c_pool();
  batch.label_info_meta_pool = labels_.c_pool();
  batch.display_meta_pool = displays_.c_pool();
  batch.user_meta_pool = users_.c_pool();
}

BatchMemory::~BatchMemory() { g_rec_mutex_clear(&storage_.batch.meta_mutex); }

BatchMemory* BatchMemory::create(guint max_batch_size) {
  Registry& known = registry();
  const std::lock_guard<std::mutex> guard(known.mutex);
  BatchMemory* memory = nullptr;
  if (known.idle.empty()) {
    memory = new BatchMemory;
    known.all.insert(memory);
  } else {
    memory = known.idle.back();
    known.idle.pop_back();
    known.idle_bytes -= memory->bytes();
    memory->references_.store(1, std::memory_order_relaxed);
  }
  memory->start(max_batch_size);
  return memory;
}

void BatchMemory::start(guint max_batch_size) {
  NvDsBatchMeta& batch = storage_.batch;
  batch.base_meta.uContext = nullptr;
  batch.base_meta.copy_func = nullptr;
  batch.base_meta.release_func = nullptr;
  batch.max_frames_in_batch = max_batch_size;
  batch.num_frames_in_batch = 0;
  batch.frame_meta_list = batch.batch_user_meta_list = nullptr;
  std::fill(std::begin(batch.misc_batch_info), std::end(batch.misc_batch_info), 0);
  std::fill(std::begin(batch.reserved), std::end(batch.reserved), 0);
  storage_.element.generation.fetch_add(1, std::memory_order_release);
}

void BatchMemory::unreferenced() {
  Registry& known = registry();
  {
    const std::lock_guard<std::mutex> guard(known.mutex);
    const size_t mine = bytes();
    if (known.idle.size() < kMostIdleBatches && known.idle_bytes + mine <= kMostIdleBytes) {
      known.idle.push_back(this);
      known.idle_bytes += mine;
      return;
    }
    known.all.erase(this);
  }
  delete this;
}

Pool& BatchMemory::pool(NvDsMetaType type) {
  switch (type) {
    case NVDS_FRAME_META:
      return frames_;
    case NVDS_OBJ_META:
      return objects_;
    case NVDS_CLASSIFIER_META:
      return classifiers_;
    case NVDS_LABEL_INFO_META:
      return labels_;
    case NVDS_DISPLAY_META:
      return displays_;
    default:
      return users_;
  }
}

guint BatchMemory::first_slab(NvDsMetaType type) const {
  const guint frames = std::clamp(storage_.batch.max_frames_in_batch, 1u, kLargestSlab);
  switch (type) {
    case NVDS_FRAME_META:
      return frames;
    case NVDS_DISPLAY_META:
      return 4;  // 8 KiB each
    case NVDS_USER_META:
      return 8;
    default:
      return std::clamp(8 * frames, 32u, kLargestSlab);
  }
}

Element* BatchMemory::find(const void* address) {
  if (address == &storage_.batch) return &storage_.element;
  for (const Pool* pool : {&objects_, &frames_, &users_, &classifiers_, &labels_, &displays_})
    if (Element* element = pool->find(address)) return element;
  return nullptr;
}

size_t BatchMemory::bytes() const {
  size_t sum = sizeof(BatchMemory);
  for (const Pool* pool : {&objects_, &frames_, &users_, &classifiers_, &labels_, &displays_})
    sum += pool->bytes();
  return sum;
}

Element* find_element(const void* address) {
  Registry& known = registry();
  const std::lock_guard<std::mutex> guard(known.mutex);
  for (BatchMemory* memory : known.all)
    if (Element* element = memory->find(address)) return element;
  return nullptr;
}

}  // namespace pyds::meta
