// Makes C++ exceptions survive a process with two unwinders.
//
// Debian's GStreamer links libunwind.so.8, which exports _Unwind_RaiseException and _Unwind_Resume
// like libgcc_s. Imported into Python it puts them into the global scope, so which of the two a
// library uses depends on when that library was loaded: "import numpy" binds libstdc++ to libgcc_s,
// and after "from gi.repository import Gst" our libraries would resume in libunwind what libgcc_s
// raised. The first exception that passes a destructor then crashes.
//
// Each of our libraries therefore has an _Unwind_Resume of its own, hidden, that goes on in the
// unwinder that raises in this process.
#include <dlfcn.h>
#include <unwind.h>

#include <cstdint>
#include <cstdlib>

namespace {

using Resume = void (*)(_Unwind_Exception*);

// private_2 of an exception being handled is the stack address of the handler's frame in libgcc_s,
// and a code address in libunwind. The header lies right before the thrown object.
bool gcc_raises() {
  constexpr intptr_t kNear = 1 << 16;
  try {
    throw 0;
  } catch (const int& thrown) {
    const auto* header = reinterpret_cast<const _Unwind_Exception*>(
        reinterpret_cast<const char*>(&thrown) - sizeof(_Unwind_Exception));
    const auto here = reinterpret_cast<intptr_t>(__builtin_frame_address(0));
    const auto there = static_cast<intptr_t>(header->private_2);
    return there - here < kNear && here - there < kNear;
  }
}

Resume find_resume() {
  const char* name = gcc_raises() ? "libgcc_s.so.1" : "libunwind.so.8";
  void* library = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
  void* function = dlsym(library ? library : RTLD_DEFAULT, "_Unwind_Resume");
  if (!function) std::abort();
  return reinterpret_cast<Resume>(function);
}

}  // namespace

extern "C" __attribute__((visibility("hidden"))) void pyds_resume_unwinding(
    _Unwind_Exception* exception) __asm__("_Unwind_Resume");

extern "C" void pyds_resume_unwinding(_Unwind_Exception* exception) {
  static const Resume resume = find_resume();
  resume(exception);
  std::abort();
}
