// The part of ONNX Runtime's C API we call, as positions in its table of functions.
//
// The onnxruntime wheel carries the library but no header. The table only ever grows at its end
// (that is its documented promise), so a function keeps its position for ever. The positions used
// are exercised by onnxruntime_engine_test.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pyds::ort {

struct Env;
struct Status;
struct MemoryInfo;
struct Session;
struct SessionOptions;
struct RunOptions;
struct Value;
struct TypeInfo;
struct TensorInfo;
struct ModelMetadata;
struct Allocator;

// Version 20 is ONNX Runtime 1.20, the oldest release we support.
inline constexpr uint32_t kApiVersion = 20;

struct ApiBase {
  const void* const* (*get_api)(uint32_t version);  // nullptr: the library is older
  const char* (*get_version)();
};
using GetApiBase = const ApiBase* (*)();

enum LoggingLevel { kVerbose, kInfo, kWarning, kError, kFatal };
enum OnnxType { kUnknownType, kTensorType };
enum ElementType {
  kUndefined,
  kFloat,
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kInt32,
  kInt64,
  kString,
  kBool,
  kFloat16,
  kDouble
};
inline constexpr int kDeviceAllocator = 0;
inline constexpr int kDefaultMemory = 0;
inline constexpr int kAllOptimizations = 99;

using LoggingFunction = void (*)(void* param, LoggingLevel level, const char* category,
                                 const char* id, const char* location, const char* message);

// One function of the table: its position and its signature.
template <size_t kSlot, typename Signature>
struct Function;
template <size_t kSlot, typename Result, typename... Arguments>
struct Function<kSlot, Result(Arguments...)> {
  const void* const* table = nullptr;
  Result operator()(Arguments... arguments) const {
    return reinterpret_cast<Result (*)(Arguments...)>(const_cast<void*>(table[kSlot]))(
        arguments...);
  }
};

// Each function returns nullptr or a Status to release, unless declared otherwise.
struct Api {
  explicit Api(const void* const* t)
      : table(t),
        get_error_message{t},
        create_env_with_logger{t},
        create_session{t},
        run{t},
        create_session_options{t},
        set_graph_optimization{t},
        set_intra_op_threads{t},
        set_inter_op_threads{t},
        get_input_count{t},
        get_output_count{t},
        get_input_type{t},
        get_output_type{t},
        get_input_name{t},
        get_output_name{t},
        create_tensor_with_data{t},
        get_tensor_data{t},
        as_tensor_info{t},
        get_onnx_type{t},
        get_element_type{t},
        get_dimension_count{t},
        get_dimensions{t},
        get_tensor_info{t},
        create_cpu_memory_info{t},
        free_with_allocator{t},
        get_default_allocator{t},
        release_status{t},
        release_memory_info{t},
        release_session{t},
        release_value{t},
        release_type_info{t},
        release_tensor_info{t},
        release_session_options{t},
        get_model_metadata{t},
        lookup_metadata{t},
        release_model_metadata{t},
        add_session_config{t} {}

  const void* const* table;
  Function<2, const char*(const Status*)> get_error_message;
  Function<4, Status*(LoggingFunction, void*, LoggingLevel, const char*, Env**)>
      create_env_with_logger;
  Function<7, Status*(const Env*, const char*, const SessionOptions*, Session**)> create_session;
  Function<9, Status*(Session*, const RunOptions*, const char* const*, const Value* const*, size_t,
                      const char* const*, size_t, Value**)>
      run;
  Function<10, Status*(SessionOptions**)> create_session_options;
  Function<23, Status*(SessionOptions*, int)> set_graph_optimization;
  Function<24, Status*(SessionOptions*, int)> set_intra_op_threads;
  Function<25, Status*(SessionOptions*, int)> set_inter_op_threads;
  Function<30, Status*(const Session*, size_t*)> get_input_count;
  Function<31, Status*(const Session*, size_t*)> get_output_count;
  Function<33, Status*(const Session*, size_t, TypeInfo**)> get_input_type;
  Function<34, Status*(const Session*, size_t, TypeInfo**)> get_output_type;
  Function<36, Status*(const Session*, size_t, Allocator*, char**)> get_input_name;
  Function<37, Status*(const Session*, size_t, Allocator*, char**)> get_output_name;
  Function<49,
           Status*(const MemoryInfo*, void*, size_t, const int64_t*, size_t, ElementType, Value**)>
      create_tensor_with_data;
  Function<51, Status*(Value*, void**)> get_tensor_data;
  Function<55, Status*(const TypeInfo*, const TensorInfo**)> as_tensor_info;  // borrowed
  Function<56, Status*(const TypeInfo*, OnnxType*)> get_onnx_type;
  Function<60, Status*(const TensorInfo*, ElementType*)> get_element_type;
  Function<61, Status*(const TensorInfo*, size_t*)> get_dimension_count;
  Function<62, Status*(const TensorInfo*, int64_t*, size_t)> get_dimensions;
  Function<65, Status*(const Value*, TensorInfo**)> get_tensor_info;
  Function<69, Status*(int, int, MemoryInfo**)> create_cpu_memory_info;
  Function<76, Status*(Allocator*, void*)> free_with_allocator;
  Function<78, Status*(Allocator**)> get_default_allocator;
  Function<93, void(Status*)> release_status;
  Function<94, void(MemoryInfo*)> release_memory_info;
  Function<95, void(Session*)> release_session;
  Function<96, void(Value*)> release_value;
  Function<98, void(TypeInfo*)> release_type_info;
  Function<99, void(TensorInfo*)> release_tensor_info;
  Function<100, void(SessionOptions*)> release_session_options;
  Function<111, Status*(const Session*, ModelMetadata**)> get_model_metadata;
  Function<116, Status*(const ModelMetadata*, Allocator*, const char*, char**)> lookup_metadata;
  Function<118, void(ModelMetadata*)> release_model_metadata;
  Function<130, Status*(SessionOptions*, const char*, const char*)> add_session_config;
};

}  // namespace pyds::ort
