// nvdsmeta.h: the functions on pools and lists.
#include "batch_lock.h"
#include "bind.h"
#include "fields.h"
#include "meta/list.h"
#include "meta/object_table.h"
#include "nvdsmeta.h"

namespace pyds::py {
namespace {

using Batch = Ref<NvDsBatchMeta>;

void check(const char* function, const char* reason) {
  if (reason) throw nb::value_error((std::string(function) + ": " + reason).c_str());
}

// acquire: `T* nvds_acquire_*(batch)`.
template <typename T>
void def_acquire(nb::module_& module, const char* name, T* (*acquire)(NvDsBatchMeta*)) {
  module.def(
      name,
      [acquire](const Batch& batch) {
        const BatchLock lock(batch);
        T* meta = acquire(batch.get());
        return Ref<T>(meta, meta::element_of(meta));
      },
      nb::arg("batch_meta"), "A zeroed element of the batch's pool. Pools grow: never None.");
}

// add: `void nvds_add_*(parent, meta)`.
template <typename P, typename T>
void def_add(nb::module_& module, const char* name, void (*add)(P*, T*), const char* parent_name,
             const char* meta_name) {
  module.def(
      name,
      [name, add](const Ref<P>& parent, const Ref<T>& meta) {
        const BatchLock lock(batch_of(parent));
        T* const child = meta.get();
        check(name, meta.is_element() ? meta::reason_not_to_add(child, kMetaType<T>, parent.get())
                                      : "the meta was not acquired from a pool");
        add(parent.get(), child);
      },
      nb::arg(parent_name), nb::arg(meta_name));
}

// remove: `void nvds_remove_*(parent, meta)`.
template <typename P, typename T>
void def_remove(nb::module_& module, const char* name, void (*remove)(P*, T*),
                const char* parent_name, const char* meta_name) {
  module.def(
      name,
      [name, remove](const Ref<P>& parent, const Ref<T>& meta) {
        const BatchLock lock(batch_of(parent));
        T* const child = meta.get();
        check(name, meta.is_element()
                        ? meta::reason_not_to_remove(child, kMetaType<T>, parent.get())
                        : "the meta is not in this list");
        remove(parent.get(), child);
      },
      nb::arg(parent_name), nb::arg(meta_name),
      "Returns the meta, with everything in it, to its pool.");
}

// clear: `void nvds_clear_*(parent, list)`.
template <typename T, typename P>
void def_clear(nb::module_& module, const char* name, void (*clear)(P*, GList*),
               const char* parent_name) {
  module.def(
      name,
      [name, clear](const Ref<P>& parent, std::optional<Ref<GList>> list) {
        if (!list) return;
        const BatchLock lock(batch_of(parent));
        GList* node = list->get();
        check(name, meta::reason_not_to_remove(node->data, kMetaType<T>, parent.get()));
        clear(parent.get(), node);
      },
      nb::arg(parent_name), nb::arg("meta_list").none(),
      "Returns the elements from this node of the parent's list on to their pool.");
}

// copy: `void nvds_copy_*(source list, destination)`. Copying may call Python's copy functions and
// takes the locks of two batches, so it waits for them without the GIL.
template <typename P>
void def_copy(nb::module_& module, const char* name, void (*copy)(GList*, P*),
              const char* list_name, const char* parent_name) {
  module.def(
      name,
      [copy](std::optional<Ref<GList>> list, const Ref<P>& destination) {
        if (!list) return;
        batch_of(destination);
        batch_of(*list);
        GList* source = list->get();
        P* to = destination.get();
        const nb::gil_scoped_release released;
        copy(source, to);
      },
      nb::arg(list_name).none(), nb::arg(parent_name),
      "Deep copies of the list's elements, in their order. User metas without a copy function are "
      "left out.");
}

std::optional<Ref<GList>> clear_meta_list(const Batch& batch, std::optional<Ref<GList>> list,
                                          const Ref<NvDsMetaPool>& pool) {
  constexpr char kName[] = "nvds_clear_meta_list";
  if (!list) return std::nullopt;
  const BatchLock lock(batch);
  GList* node = list->get();
  meta::Element* element = list->element();
  if (!element || node != &element->node || element->memory != batch.element()->memory)
    check(kName, "the node is not one of a list of this batch");
  if (element->pool != pool.get()) check(kName, "the pool is not that of the elements in the list");
  void* const owner = element->owner;
  const NvDsMetaType type = element->pool->meta_type;
  check(kName, meta::reason_not_to_remove(node->data, type, owner));
  meta::clear(owner, type, node);
  GList* head = *meta::list_of(owner, type).head;
  if (!head) return std::nullopt;
  return Ref<GList>(head, meta::element_of(head->data));
}

void bind_batch_functions(nb::module_& module) {
  module.def(
      "nvds_create_batch_meta",
      [](unsigned max_batch_size) {
        NvDsBatchMeta* batch = nvds_create_batch_meta(max_batch_size);
        return Batch(batch, meta::element_of(batch));
      },
      nb::arg("max_batch_size"),
      "A batch of its own. It lives until nvds_destroy_batch_meta() or until the buffer it is "
      "added to is freed.");
  module.def(
      "nvds_destroy_batch_meta",
      [](const Batch& batch) {
        { const BatchLock checked(batch); }
        NvDsBatchMeta* meta = batch.get();
        const nb::gil_scoped_release released;
        return int{nvds_destroy_batch_meta(meta)};
      },
      nb::arg("batch_meta"), "Releases everything in the batch. Handles to it become stale.");
  module.def("nvds_acquire_meta_lock", &lock_batch, nb::arg("batch_meta"),
             "Locks the batch for this thread (recursive). Other Python threads run meanwhile.");
  // Not refused for a batch that is gone: its lock must not stay taken.
  module.def(
      "nvds_release_meta_lock",
      [](const Batch& batch) {
        nvds_release_meta_lock(static_cast<NvDsBatchMeta*>(batch.pointer()));
      },
      nb::arg("batch_meta"));
  module.def(
      "nvds_batch_meta_copy_func",
      [](const Batch& batch, nb::handle) {
        { const BatchLock checked(batch); }
        NvDsBatchMeta* meta = batch.get();
        NvDsBatchMeta* copy;
        {
          const nb::gil_scoped_release released;
          copy = static_cast<NvDsBatchMeta*>(nvds_batch_meta_copy_func(meta, nullptr));
        }
        return Batch(copy, meta::element_of(copy));
      },
      nb::arg("data"), nb::arg("user_meta").none() = nb::none(),
      "A deep copy. It lives until nvds_destroy_batch_meta().");
  module.def(
      "nvds_batch_meta_release_func",
      [](const Batch& batch, nb::handle) {
        { const BatchLock checked(batch); }
        nvds_batch_meta_release_func(batch.get(), nullptr);
      },
      nb::arg("data"), nb::arg("user_data").none() = nb::none(),
      "As nvds_destroy_batch_meta(): for a batch of nvds_create_batch_meta() or a copy, not for "
      "one of a buffer.");
  module.def(
      "nvds_get_current_metadata_info",
      [](const Batch& batch) {
        const BatchLock lock(batch);
        return int{meta::most_objects(batch.get()) > 0 || batch->frame_meta_list ||
                   batch->batch_user_meta_list};
      },
      nb::arg("batch_meta"), "1 if the batch holds any metadata, else 0.");
  module.def(
      "nvds_clear_meta_list", &clear_meta_list, nb::arg("batch_meta"), nb::arg("meta_list").none(),
      nb::arg("meta_pool"),
      "Returns the elements from this node of a list on, all of the pool's kind, to their pool. "
      "Returns the head of what is left of the list, None if nothing is.");
  module.def(
      "nvds_get_nth_frame_meta",
      [](std::optional<Ref<GList>> list, unsigned index) -> std::optional<Ref<NvDsFrameMeta>> {
        if (!list) return std::nullopt;
        return ref_to(nvds_get_nth_frame_meta(list->get(), index));
      },
      nb::arg("frame_meta_list").none(), nb::arg("index"), "None beyond the end of the list.");
}

}  // namespace

void bind_nvdsmeta_functions(nb::module_& module) {
  bind_batch_functions(module);

  def_acquire(module, "nvds_acquire_frame_meta_from_pool", nvds_acquire_frame_meta_from_pool);
  def_acquire(module, "nvds_acquire_obj_meta_from_pool", nvds_acquire_obj_meta_from_pool);
  def_acquire(module, "nvds_acquire_classifier_meta_from_pool",
              nvds_acquire_classifier_meta_from_pool);
  def_acquire(module, "nvds_acquire_label_info_meta_from_pool",
              nvds_acquire_label_info_meta_from_pool);
  def_acquire(module, "nvds_acquire_display_meta_from_pool", nvds_acquire_display_meta_from_pool);
  def_acquire(module, "nvds_acquire_user_meta_from_pool", nvds_acquire_user_meta_from_pool);

  module.def(
      "nvds_add_obj_meta_to_frame",
      [](const Ref<NvDsFrameMeta>& frame, const Ref<NvDsObjectMeta>& object,
         std::optional<Ref<NvDsObjectMeta>> parent) {
        constexpr char kName[] = "nvds_add_obj_meta_to_frame";
        const BatchLock lock(batch_of(frame));
        NvDsObjectMeta* const child = object.get();
        check(kName, object.is_element()
                         ? meta::reason_not_to_add(child, NVDS_OBJ_META, frame.get())
                         : "the object was not acquired from a pool");
        NvDsObjectMeta* const parent_meta = parent ? parent->get() : nullptr;
        if (parent &&
            (!parent->is_element() || parent->element()->memory != frame.element()->memory))
          check(kName, "the parent belongs to another batch");
        nvds_add_obj_meta_to_frame(frame.get(), child, parent_meta);
      },
      nb::arg("frame_meta"), nb::arg("obj_meta"), nb::arg("obj_parent").none() = nb::none(),
      "Adds the object in front of the frame's list.");
  def_add(module, "nvds_add_frame_meta_to_batch", nvds_add_frame_meta_to_batch, "batch_meta",
          "frame_meta");
  def_add(module, "nvds_add_classifier_meta_to_object", nvds_add_classifier_meta_to_object,
          "obj_meta", "classifier_meta");
  def_add(module, "nvds_add_label_info_meta_to_classifier", nvds_add_label_info_meta_to_classifier,
          "classifier_meta", "label_info_meta");
  def_add(module, "nvds_add_display_meta_to_frame", nvds_add_display_meta_to_frame, "frame_meta",
          "display_meta");
  def_add(module, "nvds_add_user_meta_to_batch", nvds_add_user_meta_to_batch, "batch_meta",
          "user_meta");
  def_add(module, "nvds_add_user_meta_to_frame", nvds_add_user_meta_to_frame, "frame_meta",
          "user_meta");
  def_add(module, "nvds_add_user_meta_to_obj", nvds_add_user_meta_to_obj, "obj_meta", "user_meta");

  def_remove(module, "nvds_remove_frame_meta_from_batch", nvds_remove_frame_meta_from_batch,
             "batch_meta", "frame_meta");
  def_remove(module, "nvds_remove_obj_meta_from_frame", nvds_remove_obj_meta_from_frame,
             "frame_meta", "obj_meta");
  def_remove(module, "nvds_remove_classifier_meta_from_obj", nvds_remove_classifier_meta_from_obj,
             "obj_meta", "classifier_meta");
  def_remove(module, "nvds_remove_label_info_meta_from_classifier",
             nvds_remove_label_info_meta_from_classifier, "classifier_meta", "label_info_meta");
  def_remove(module, "nvds_remove_display_meta_from_frame", nvds_remove_display_meta_from_frame,
             "frame_meta", "display_meta");
  def_remove(module, "nvds_remove_user_meta_from_batch", nvds_remove_user_meta_from_batch,
             "batch_meta", "user_meta");
  def_remove(module, "nvds_remove_user_meta_from_frame", nvds_remove_user_meta_from_frame,
             "frame_meta", "user_meta");
  def_remove(module, "nvds_remove_user_meta_from_object", nvds_remove_user_meta_from_object,
             "obj_meta", "user_meta");

  def_clear<NvDsFrameMeta>(module, "nvds_clear_frame_meta_list", nvds_clear_frame_meta_list,
                           "batch_meta");
  def_clear<NvDsObjectMeta>(module, "nvds_clear_obj_meta_list", nvds_clear_obj_meta_list,
                            "frame_meta");
  def_clear<NvDsDisplayMeta>(module, "nvds_clear_display_meta_list", nvds_clear_display_meta_list,
                             "frame_meta");
  def_clear<NvDsUserMeta>(module, "nvds_clear_batch_user_meta_list",
                          nvds_clear_batch_user_meta_list, "batch_meta");
  def_clear<NvDsUserMeta>(module, "nvds_clear_frame_user_meta_list",
                          nvds_clear_frame_user_meta_list, "frame_meta");
  def_clear<NvDsUserMeta>(module, "nvds_clear_obj_user_meta_list", nvds_clear_obj_user_meta_list,
                          "object_meta");

  def_copy(module, "nvds_copy_frame_meta_list", nvds_copy_frame_meta_list, "src_frame_meta_list",
           "dst_batch_meta");
  def_copy(module, "nvds_copy_obj_meta_list", nvds_copy_obj_meta_list, "src_obj_meta_list",
           "dst_object_meta");
  def_copy(module, "nvds_copy_display_meta_list", nvds_copy_display_meta_list, "src_display_meta",
           "dst_frame_meta");
  def_copy(module, "nvds_copy_batch_user_meta_list", nvds_copy_batch_user_meta_list,
           "src_user_meta_list", "dst_batch_meta");
  def_copy(module, "nvds_copy_frame_user_meta_list", nvds_copy_frame_user_meta_list,
           "src_user_meta_list", "dst_frame_meta");
}

}  // namespace pyds::py
