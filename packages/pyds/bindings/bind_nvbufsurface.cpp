// nvbufsurface.h: pictures as NumPy arrays.
#include "nvbufsurface.h"

#include "bind.h"
#include "fields.h"
#include "frame.h"
#include "gst_argument.h"

namespace pyds::py {
namespace {

// The picture at `batch_id`, exclusive to this batch, if Python can have it as one array.
BlockRef packed_picture(BufferArgument buffer, int batch_id, const char* function) {
  FrameMemory& memory = pictures_of(buffer.buffer, batch_id, function);
  const auto index = static_cast<unsigned>(batch_id);
  const GstVideoFormat format = GST_VIDEO_INFO_FORMAT(&memory.picture(index).info());
  if (format != GST_VIDEO_FORMAT_RGBA && format != GST_VIDEO_FORMAT_RGB)
    throw std::runtime_error(std::string(function) + ": the picture is " +
                             gst_video_format_to_string(format) +
                             ", not RGBA or RGB; put nvvideoconvert and a capsfilter "
                             "'video/x-raw(memory:NVMM), format=RGBA' before the probe, or use "
                             "pyds.frame() for other formats");
  return writable_picture(memory, index);
}

PixelArray get_surface(BufferArgument buffer, int batch_id) {
  return Frame(packed_picture(buffer, batch_id, "get_nvds_buf_surface"), true).plane(0);
}

// An unnamed capsule of `address` that keeps the block alive.
nb::object address_capsule(uint64_t address, BlockRef block) {
  auto owner = std::make_unique<BlockRef>(std::move(block));
  nb::object capsule =
      nb::steal(PyCapsule_New(reinterpret_cast<void*>(address), nullptr, [](PyObject* self) {
        delete static_cast<BlockRef*>(PyCapsule_GetContext(self));
      }));
  if (!capsule.is_valid() || PyCapsule_SetContext(capsule.ptr(), owner.get()) != 0)
    throw nb::python_error();
  owner.release();
  return capsule;
}

nb::tuple get_surface_gpu(BufferArgument buffer, int batch_id) {
  constexpr char kName[] = "get_nvds_buf_surface_gpu";
  BlockRef block = packed_picture(buffer, batch_id, kName);
  uint64_t address = 0;
  std::string problem;
  {
    const nb::gil_scoped_release released;
    try {
      address = block->gpu_address();
    } catch (const std::runtime_error& error) {
      problem = error.what();
    }
  }
  if (!problem.empty())
    throw std::runtime_error(std::string(kName) + ": " + problem +
                             "; use get_nvds_buf_surface(), or pyds.frame(), which "
                             "torch.from_dlpack() takes without a copy");
  const GstVideoInfo info = block->info();
  const int height = GST_VIDEO_INFO_HEIGHT(&info);
  const int channels = GST_VIDEO_INFO_N_COMPONENTS(&info);
  const int stride = block->stride(0);
  return nb::make_tuple(nb::module_::import_("numpy").attr("dtype")("uint8"),
                        nb::make_tuple(height, GST_VIDEO_INFO_WIDTH(&info), channels),
                        nb::make_tuple(stride, channels, 1),
                        address_capsule(address, std::move(block)), height * stride);
}

void bind_enums(nb::module_& module) {
  nb::enum_<NvBufSurfaceMemType>(module, "NvBufSurfaceMemType", nb::is_arithmetic())
      .value("NVBUF_MEM_DEFAULT", NVBUF_MEM_DEFAULT)
      .value("NVBUF_MEM_CUDA_PINNED", NVBUF_MEM_CUDA_PINNED)
      .value("NVBUF_MEM_CUDA_DEVICE", NVBUF_MEM_CUDA_DEVICE)
      .value("NVBUF_MEM_CUDA_UNIFIED", NVBUF_MEM_CUDA_UNIFIED)
      .value("NVBUF_MEM_SURFACE_ARRAY", NVBUF_MEM_SURFACE_ARRAY)
      .value("NVBUF_MEM_HANDLE", NVBUF_MEM_HANDLE)
      .value("NVBUF_MEM_SYSTEM", NVBUF_MEM_SYSTEM)
      .export_values();

  nb::enum_<NvBufSurfaceLayout>(module, "NvBufSurfaceLayout", nb::is_arithmetic())
      .value("NVBUF_LAYOUT_PITCH", NVBUF_LAYOUT_PITCH)
      .value("NVBUF_LAYOUT_BLOCK_LINEAR", NVBUF_LAYOUT_BLOCK_LINEAR)
      .export_values();

  nb::enum_<NvBufSurfaceMemMapFlags>(module, "NvBufSurfaceMemMapFlags", nb::is_arithmetic())
      .value("NVBUF_MAP_READ", NVBUF_MAP_READ)
      .value("NVBUF_MAP_WRITE", NVBUF_MAP_WRITE)
      .value("NVBUF_MAP_READ_WRITE", NVBUF_MAP_READ_WRITE)
      .export_values();

  nb::enum_<NvBufSurfaceColorFormat>(module, "NvBufSurfaceColorFormat", nb::is_arithmetic())
      .value("NVBUF_COLOR_FORMAT_INVALID", NVBUF_COLOR_FORMAT_INVALID)
      .value("NVBUF_COLOR_FORMAT_GRAY8", NVBUF_COLOR_FORMAT_GRAY8)
      .value("NVBUF_COLOR_FORMAT_YUV420", NVBUF_COLOR_FORMAT_YUV420)
      .value("NVBUF_COLOR_FORMAT_YVU420", NVBUF_COLOR_FORMAT_YVU420)
      .value("NVBUF_COLOR_FORMAT_YUV420_ER", NVBUF_COLOR_FORMAT_YUV420_ER)
      .value("NVBUF_COLOR_FORMAT_YVU420_ER", NVBUF_COLOR_FORMAT_YVU420_ER)
      .value("NVBUF_COLOR_FORMAT_NV12", NVBUF_COLOR_FORMAT_NV12)
      .value("NVBUF_COLOR_FORMAT_NV12_ER", NVBUF_COLOR_FORMAT_NV12_ER)
      .value("NVBUF_COLOR_FORMAT_NV21", NVBUF_COLOR_FORMAT_NV21)
      .value("NVBUF_COLOR_FORMAT_NV21_ER", NVBUF_COLOR_FORMAT_NV21_ER)
      .value("NVBUF_COLOR_FORMAT_UYVY", NVBUF_COLOR_FORMAT_UYVY)
      .value("NVBUF_COLOR_FORMAT_UYVY_ER", NVBUF_COLOR_FORMAT_UYVY_ER)
      .value("NVBUF_COLOR_FORMAT_VYUY", NVBUF_COLOR_FORMAT_VYUY)
      .value("NVBUF_COLOR_FORMAT_VYUY_ER", NVBUF_COLOR_FORMAT_VYUY_ER)
      .value("NVBUF_COLOR_FORMAT_YUYV", NVBUF_COLOR_FORMAT_YUYV)
      .value("NVBUF_COLOR_FORMAT_YUYV_ER", NVBUF_COLOR_FORMAT_YUYV_ER)
      .value("NVBUF_COLOR_FORMAT_YVYU", NVBUF_COLOR_FORMAT_YVYU)
      .value("NVBUF_COLOR_FORMAT_YVYU_ER", NVBUF_COLOR_FORMAT_YVYU_ER)
      .value("NVBUF_COLOR_FORMAT_YUV444", NVBUF_COLOR_FORMAT_YUV444)
      .value("NVBUF_COLOR_FORMAT_RGBA", NVBUF_COLOR_FORMAT_RGBA)
      .value("NVBUF_COLOR_FORMAT_BGRA", NVBUF_COLOR_FORMAT_BGRA)
      .value("NVBUF_COLOR_FORMAT_ARGB", NVBUF_COLOR_FORMAT_ARGB)
      .value("NVBUF_COLOR_FORMAT_ABGR", NVBUF_COLOR_FORMAT_ABGR)
      .value("NVBUF_COLOR_FORMAT_RGBx", NVBUF_COLOR_FORMAT_RGBx)
      .value("NVBUF_COLOR_FORMAT_BGRx", NVBUF_COLOR_FORMAT_BGRx)
      .value("NVBUF_COLOR_FORMAT_xRGB", NVBUF_COLOR_FORMAT_xRGB)
      .value("NVBUF_COLOR_FORMAT_xBGR", NVBUF_COLOR_FORMAT_xBGR)
      .value("NVBUF_COLOR_FORMAT_RGB", NVBUF_COLOR_FORMAT_RGB)
      .value("NVBUF_COLOR_FORMAT_BGR", NVBUF_COLOR_FORMAT_BGR)
      .value("NVBUF_COLOR_FORMAT_NV12_10LE", NVBUF_COLOR_FORMAT_NV12_10LE)
      .value("NVBUF_COLOR_FORMAT_NV12_12LE", NVBUF_COLOR_FORMAT_NV12_12LE)
      .value("NVBUF_COLOR_FORMAT_YUV420_709", NVBUF_COLOR_FORMAT_YUV420_709)
      .value("NVBUF_COLOR_FORMAT_YUV420_709_ER", NVBUF_COLOR_FORMAT_YUV420_709_ER)
      .value("NVBUF_COLOR_FORMAT_NV12_709", NVBUF_COLOR_FORMAT_NV12_709)
      .value("NVBUF_COLOR_FORMAT_NV12_709_ER", NVBUF_COLOR_FORMAT_NV12_709_ER)
      .value("NVBUF_COLOR_FORMAT_YUV420_2020", NVBUF_COLOR_FORMAT_YUV420_2020)
      .value("NVBUF_COLOR_FORMAT_NV12_2020", NVBUF_COLOR_FORMAT_NV12_2020)
      .value("NVBUF_COLOR_FORMAT_NV12_10LE_ER", NVBUF_COLOR_FORMAT_NV12_10LE_ER)
      .value("NVBUF_COLOR_FORMAT_NV12_10LE_709", NVBUF_COLOR_FORMAT_NV12_10LE_709)
      .value("NVBUF_COLOR_FORMAT_NV12_10LE_709_ER", NVBUF_COLOR_FORMAT_NV12_10LE_709_ER)
      .value("NVBUF_COLOR_FORMAT_NV12_10LE_2020", NVBUF_COLOR_FORMAT_NV12_10LE_2020)
      .value("NVBUF_COLOR_FORMAT_SIGNED_R16G16", NVBUF_COLOR_FORMAT_SIGNED_R16G16)
      .value("NVBUF_COLOR_FORMAT_LAST", NVBUF_COLOR_FORMAT_LAST)
      .export_values();
}

void bind_structs(nb::module_& module) {
  Binding<NvBufSurfaceCreateParams>(module, "NvBufSurfaceCreateParams", "What to create.")
      .constructor()
      .field("gpuId", &NvBufSurfaceCreateParams::gpuId)
      .field("width", &NvBufSurfaceCreateParams::width, "Pixels.")
      .field("height", &NvBufSurfaceCreateParams::height, "Pixels.")
      .field("size", &NvBufSurfaceCreateParams::size)
      .field("isContiguous", &NvBufSurfaceCreateParams::isContiguous)
      .field("colorFormat", &NvBufSurfaceCreateParams::colorFormat)
      .field("layout", &NvBufSurfaceCreateParams::layout)
      .field("memType", &NvBufSurfaceCreateParams::memType);

  Binding<NvBufSurfacePlaneParams>(module, "NvBufSurfacePlaneParams", "The planes of a picture.")
      .constructor()
      .field("num_planes", &NvBufSurfacePlaneParams::num_planes)
      .field("width", &NvBufSurfacePlaneParams::width, "Pixels.")
      .field("height", &NvBufSurfacePlaneParams::height, "Rows.")
      .field("pitch", &NvBufSurfacePlaneParams::pitch, "Bytes of a row.")
      .field("offset", &NvBufSurfacePlaneParams::offset, "Bytes from dataPtr.")
      .field("psize", &NvBufSurfacePlaneParams::psize, "Bytes.")
      .field("bytesPerPix", &NvBufSurfacePlaneParams::bytesPerPix);

  Binding<NvBufSurfaceMappedAddr> mapped(module, "NvBufSurfaceMappedAddr",
                                         "Where the planes of a picture are.");
  mapped.constructor().read_only_pointer("eglImage", &NvBufSurfaceMappedAddr::eglImage);
  mapped.python().def_prop_ro(
      "addr",
      [](nb::pointer_and_handle<Ref<NvBufSurfaceMappedAddr>> self) {
        static_assert(sizeof(void*) == sizeof(uintptr_t));
        auto* addresses = reinterpret_cast<uintptr_t*>(&(*self.p)->addr[0]);
        return nb::ndarray<nb::numpy, uintptr_t, nb::shape<NVBUF_MAX_PLANES>>(
            addresses, {NVBUF_MAX_PLANES}, self.h);
      },
      "The address of each plane.");

  Binding<NvBufSurfaceParams>(module, "NvBufSurfaceParams", "A picture.")
      .constructor()
      .field("width", &NvBufSurfaceParams::width, "Pixels.")
      .field("height", &NvBufSurfaceParams::height, "Pixels.")
      .field("pitch", &NvBufSurfaceParams::pitch, "Bytes of a row of the first plane.")
      .field("colorFormat", &NvBufSurfaceParams::colorFormat)
      .field("layout", &NvBufSurfaceParams::layout)
      .field("bufferDesc", &NvBufSurfaceParams::bufferDesc)
      .field("dataSize", &NvBufSurfaceParams::dataSize, "Bytes.")
      .read_only_pointer("dataPtr", &NvBufSurfaceParams::dataPtr)
      .field("planeParams", &NvBufSurfaceParams::planeParams)
      .field("mappedAddr", &NvBufSurfaceParams::mappedAddr);

  Binding<NvBufSurface> surface(module, "NvBufSurface", "The pictures of a batch.");
  surface.constructor()
      .field("gpuId", &NvBufSurface::gpuId)
      .field("batchSize", &NvBufSurface::batchSize, "Room for pictures.")
      .field("numFilled", &NvBufSurface::numFilled, "Number of pictures.")
      .field("isContiguous", &NvBufSurface::isContiguous)
      .field("memType", &NvBufSurface::memType);
  surface.python().def_prop_ro(
      "surfaceList",
      [](const Ref<NvBufSurface>& self) -> std::optional<Ref<NvBufSurfaceParams>> {
        if (!self->surfaceList) return std::nullopt;
        return self.part(self->surfaceList);
      },
      "The first picture, or None.");
}

using Surface = Ref<NvBufSurface>;

// Its pictures belong to the C surface of which a Python object is a copy; they go with it.
void bind_create(nb::module_& module) {
  module.def(
      "NvBufSurfaceCreate",
      [](const Surface& surf, uint32_t batch_size, const Ref<NvBufSurfaceCreateParams>& params) {
        if (!surf.is_element())
          throw nb::value_error("NvBufSurfaceCreate: surf must be a new NvBufSurface()");
        NvBufSurface* made = nullptr;
        if (NvBufSurfaceCreate(&made, batch_size, params.get()) != 0) return -1;
        *surf.get() = *made;
        const nb::capsule owner(made, [](void* surface) noexcept {
          NvBufSurfaceDestroy(static_cast<NvBufSurface*>(surface));
        });
        keep_alive(surf, PointerSlot::kPayload, owner);
        return 0;
      },
      nb::arg("surf"), nb::arg("batchSize"), nb::arg("params"),
      "Gives a new NvBufSurface() zeroed pictures; 0, or -1 if the parameters are not possible.");
  module.def(
      "NvBufSurfaceDestroy",
      [](const Surface& surf) {
        if (!surf.is_element() || !surf->surfaceList) return -1;
        *surf.get() = {};
        keep_alive(surf, PointerSlot::kPayload, nb::none());
        return 0;
      },
      nb::arg("surf"), "Frees the pictures of NvBufSurfaceCreate(); -1 for any others.");
}

template <typename... Arguments>
void def_surface(nb::module_& module, const char* name,
                 int (*function)(NvBufSurface*, Arguments...), const nb::arg& first,
                 const nb::arg& second, const char* doc) {
  module.def(
      name,
      [function](const Surface& surf, Arguments... arguments) {
        return function(surf.get(), arguments...);
      },
      nb::arg("surf"), first, second, doc);
}

void bind_functions(nb::module_& module) {
  bind_create(module);
  constexpr char kCheckDoc[] =
      "Pictures in CPU memory need none of this: 0 if the picture and plane exist (-1: all), "
      "else -1.";
  module.def(
      "NvBufSurfaceMap",
      [](const Surface& surf, int index, int plane, AnyEnum<NvBufSurfaceMemMapFlags> type) {
        return NvBufSurfaceMap(surf.get(), index, plane, type.value);
      },
      nb::arg("surf"), nb::arg("index"), nb::arg("plane"), nb::arg("type"), kCheckDoc);
  def_surface(module, "NvBufSurfaceUnMap", NvBufSurfaceUnMap, nb::arg("index"), nb::arg("plane"),
              kCheckDoc);
  def_surface(module, "NvBufSurfaceSyncForCpu", NvBufSurfaceSyncForCpu, nb::arg("index"),
              nb::arg("plane"), kCheckDoc);
  def_surface(module, "NvBufSurfaceSyncForDevice", NvBufSurfaceSyncForDevice, nb::arg("index"),
              nb::arg("plane"), kCheckDoc);
  module.def(
      "NvBufSurfaceMemSet",
      [](const Surface& surf, int index, int plane, uint8_t value) {
        return NvBufSurfaceMemSet(surf.get(), index, plane, value);
      },
      nb::arg("surf"), nb::arg("index"), nb::arg("plane"), nb::arg("value"),
      "Sets every byte of a plane (-1: all); 0, or -1 if it does not exist.");
  module.def(
      "NvBufSurfaceCopy",
      [](const Surface& source, const Surface& destination) {
        return NvBufSurfaceCopy(source.get(), destination.get());
      },
      nb::arg("srcSurf"), nb::arg("dstSurf"),
      "Copies all pictures; 0, or -1 if the surfaces are not alike.");
  module.def(
      "NvBufSurfaceFromFd",
      [](int, nb::handle) -> int {
        throw std::runtime_error(
            "NvBufSurfaceFromFd: pictures in CPU memory have no file descriptors");
      },
      nb::arg("dmabuf"), nb::arg("buffer").none(),
      "Raises RuntimeError: there are no dmabufs here.");
  module.def(
      "NvBufSurfaceMapEglImage",
      [](const Surface&, int) -> int {
        throw std::runtime_error(
            "NvBufSurfaceMapEglImage: pictures in CPU memory have no EGL image; use "
            "get_nvds_buf_surface() or pyds.frame()");
      },
      nb::arg("surf"), nb::arg("index"), "Raises RuntimeError: there are no EGL images here.");
}

}  // namespace

void bind_nvbufsurface(nb::module_& module) {
  bind_enums(module);
  bind_structs(module);
  bind_functions(module);

  module.def("get_nvds_buf_surface", &get_surface, nb::arg("gst_buffer"), nb::arg("batchID"),
             "The RGBA or RGB picture at `frame_meta.batch_id` as a writable view, uint8 of shape "
             "(height, width, 4 or 3).\n\n"
             "What is written shows downstream of this buffer and nowhere else. The pixels stay "
             "valid as long as the array. Raises RuntimeError for other formats and for buffers "
             "without pictures, IndexError for a bad batchID.");
  module.def(
      "unmap_nvds_buf_surface", [](BufferArgument, int) {}, nb::arg("gst_buffer"),
      nb::arg("batchID"), "Does nothing: pictures in CPU memory need no unmapping.");
  module.def(
      "get_nvds_buf_surface_gpu", &get_surface_gpu, nb::arg("gst_buffer"), nb::arg("batchID"),
      nb::sig("def get_nvds_buf_surface_gpu(gst_buffer: int | gi.repository.Gst.Buffer, "
              "batchID: int) -> tuple[numpy.dtype, tuple[int, int, int], tuple[int, int, int], "
              "typing_extensions.CapsuleType, int]"),
      "The RGBA or RGB picture at `frame_meta.batch_id` for a kernel: dtype, shape, strides in "
      "bytes, an unnamed capsule of the address, size in bytes.\n\n"
      "The address is that of the picture in CPU memory, which a GPU reads and writes in place, "
      "over the bus. The first time a pool's memory is met it is pinned. It stays valid as long as "
      "the capsule; synchronize with your stream before the probe returns. Raises RuntimeError "
      "where there is no CUDA driver or GPU, for other formats and for buffers without pictures, "
      "IndexError for a bad batchID.");
}

}  // namespace pyds::py
