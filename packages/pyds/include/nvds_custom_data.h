// An example of a user's own payload, with an allocator in the Python bindings.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _CustomDataStruct {
  int structId;
  char* message;  // g_malloc'ed, owned by this struct
  int sampleInt;
} CustomDataStruct;

#ifdef __cplusplus
}
#endif
