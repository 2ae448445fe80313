/* cuframes: decoded video frames shared between processes without copies.
 *
 * One publisher owns a ring of frame slots in shared memory (a sealed memfd, or one CUDA
 * allocation). Readers lease slots; a leased slot is never written again until every lease on it
 * is returned. Nothing a reader does, or fails to do, can block the publisher or another reader.
 *
 * Conventions
 *   - Functions return a cuframes_status. Negative values are errors; the text and the details of
 *     the last error of the calling thread are in cuframes_last_error().
 *   - Times are nanoseconds. capture_ns and publish_ns are CLOCK_MONOTONIC, which is the same in
 *     every process and container of one machine. Timeouts: 0 does not wait, negative waits for
 *     ever.
 *   - Every function may be called from any thread, unless its comment says otherwise. No function
 *     throws or aborts. After fork() the child's handles are dead: calls on them return
 *     CUFRAMES_E_CLOSED and destroying them does nothing.
 *   - Structs that begin with struct_size may grow: initialise them with their _init function.
 */
#ifndef CUFRAMES_H_
#define CUFRAMES_H_

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define CUFRAMES_API __attribute__((visibility("default")))
#else
#define CUFRAMES_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Publishers and readers of another major version refuse each other; a minor version only adds. */
#define CUFRAMES_ABI_MAJOR 1
#define CUFRAMES_ABI_MINOR 0

#define CUFRAMES_MAX_PLANES 4
#define CUFRAMES_MAX_SLOTS 64
#define CUFRAMES_MAX_READERS 64
#define CUFRAMES_KEY_BYTES 65 /* longest stream key, with its final NUL */
#define CUFRAMES_TIME_NONE INT64_MIN

typedef enum cuframes_status {
  CUFRAMES_OK = 0,
  CUFRAMES_NONE = 1,              /* nothing new, and the call was not to wait */
  CUFRAMES_INTERRUPTED = 2,       /* run signal handlers and call again: one came, or may
                                     have in a wait without limit */
  CUFRAMES_E_PUBLISHER_GONE = -1, /* no publisher, or it died, or it closed the stream */
  CUFRAMES_E_TIMEOUT = -2,        /* no frame came in time */
  CUFRAMES_E_DEVICE_LOST = -3,    /* CUDA failed, is missing, or cannot reach the memory */
  CUFRAMES_E_SHM = -4,            /* shared memory or socket failure; see sys_errno */
  CUFRAMES_E_VERSION = -5,        /* the peer speaks another ABI version */
  CUFRAMES_E_PERMISSION = -6,     /* the socket's mode or the publisher's allow list refuses us */
  CUFRAMES_E_CAPACITY = -7,       /* no free reader place, lease or slot */
  CUFRAMES_E_FORMAT = -8,         /* unknown pixel format or impossible geometry */
  CUFRAMES_E_LEASE_LOST = -9,     /* the publisher evicted this reader */
  CUFRAMES_E_CLOSED = -10,  /* the object was closed, released, or belongs to a parent process */
  CUFRAMES_E_INVALID = -11, /* an argument is out of range */
  CUFRAMES_E_INTERNAL = -12 /* out of memory or a defect of this library */
} cuframes_status;

typedef struct cuframes_error {
  int32_t status;
  int32_t sys_errno;   /* 0 when no system call failed */
  int32_t cuda_code;   /* CUresult, 0 when CUDA did not fail */
  uint64_t generation; /* of the ring concerned, 0 when none */
  char key[CUFRAMES_KEY_BYTES];
  char message[512];
} cuframes_error;

/* Details of the last failed call of this thread; valid until its next failed call. */
CUFRAMES_API const cuframes_error* cuframes_last_error(void);

/* --- Pixel formats ---------------------------------------------------------------------------- */

typedef enum cuframes_format {
  CUFRAMES_FORMAT_NV12 = 1, /* Y, then interleaved UV at half size */
  CUFRAMES_FORMAT_P010 = 2, /* as NV12, 16 bit, the value in the 10 high bits */
  CUFRAMES_FORMAT_P016 = 3, /* as NV12, 16 bit */
  CUFRAMES_FORMAT_I420 = 4, /* Y, U, V */
  CUFRAMES_FORMAT_YV12 = 5, /* Y, V, U */
  CUFRAMES_FORMAT_RGB = 6,
  CUFRAMES_FORMAT_BGR = 7,
  CUFRAMES_FORMAT_RGBA = 8,
  CUFRAMES_FORMAT_BGRX = 9,
  CUFRAMES_FORMAT_RGBP = 10, /* three planes R, G, B */
  CUFRAMES_FORMAT_GRAY8 = 11,
  CUFRAMES_FORMAT_GRAY16 = 12
} cuframes_format;

/* The format of this name ("NV12", "BGRx", ...), or 0. */
CUFRAMES_API uint32_t cuframes_format_from_name(const char* name);
/* The name of a format, or NULL. */
CUFRAMES_API const char* cuframes_format_name(uint32_t format);

typedef enum cuframes_memory {
  CUFRAMES_MEMORY_AUTO = 0,
  CUFRAMES_MEMORY_MEMFD = 1,    /* host memory */
  CUFRAMES_MEMORY_CUDA = 2,     /* one CUDA VMM allocation, passed as a file descriptor */
  CUFRAMES_MEMORY_CUDA_IPC = 3, /* cuMemAlloc and a legacy IPC handle, where VMM is missing: needs a
                                   shared pid namespace, and frames die with the publisher */
  CUFRAMES_MEMORY_HOST = 4,     /* private host memory of this process (a copied frame) */
  CUFRAMES_MEMORY_STAGED = 5    /* private memory of the reader's GPU: each frame is copied there */
} cuframes_memory;

typedef enum cuframes_policy {
  CUFRAMES_POLICY_NEWEST = 0,   /* the newest frame not seen yet; skipped ones are counted */
  CUFRAMES_POLICY_IN_ORDER = 1, /* the next frame while it is in the ring, else the oldest there */
  CUFRAMES_POLICY_BLOCK = 2     /* every frame: the publisher waits for this reader, bounded */
} cuframes_policy;

typedef struct cuframes_plane {
  uint64_t address;     /* first byte: a host pointer or a CUDA device pointer */
  uint32_t pitch_bytes; /* from row to row */
  uint32_t width;       /* pixels of this plane (samples = width * channels) */
  uint32_t height;
  uint32_t channels;
  uint32_t element_bytes;
  uint32_t reserved;
} cuframes_plane;

typedef struct cuframes_colour { /* ITU-T H.273 code points; 2 = unspecified */
  uint32_t matrix;
  uint32_t range; /* 0 unspecified, 1 full, 2 limited */
  uint32_t primaries;
  uint32_t transfer;
} cuframes_colour;

typedef struct cuframes_frame_info {
  uint64_t seq;        /* rises by one per published frame, from 1; never repeats in a generation */
  uint64_t generation; /* of the ring this frame lies in */
  uint64_t gap;        /* frames this reader missed just before this one */
  int64_t pts_ns;      /* CUFRAMES_TIME_NONE when the publisher gave none */
  int64_t duration_ns;
  int64_t capture_ns;
  int64_t publish_ns;
  uint32_t width;
  uint32_t height;
  uint32_t format;
  uint32_t bit_depth; /* significant bits per sample, in the high bits */
  uint32_t memory;    /* cuframes_memory */
  int32_t device;     /* CUDA ordinal in this process, -1 for host memory */
  uint32_t n_planes;
  uint32_t reserved;
  cuframes_plane planes[CUFRAMES_MAX_PLANES];
  cuframes_colour colour;
  const void* user_meta; /* the sidecar; lives as long as the lease */
  uint64_t user_meta_bytes;
  uint64_t nbytes; /* of pixels, without padding */
} cuframes_frame_info;

/* --- Publishing ------------------------------------------------------------------------------- */

typedef struct cuframes_publisher cuframes_publisher;
typedef struct cuframes_writable cuframes_writable;

typedef struct cuframes_publisher_options {
  uint32_t struct_size;
  const char* key;  /* stream name: 1 to 64 of A-Z a-z 0-9 . _ - ; not starting with a dot */
  const char* path; /* socket path; NULL: <runtime dir>/<key>.sock */
  uint32_t width;
  uint32_t height;
  uint32_t format;
  uint32_t slots;  /* 0: 2 + 2 * max_readers, at most CUFRAMES_MAX_SLOTS */
  uint32_t memory; /* cuframes_memory; AUTO is CUDA when device >= 0 */
  int32_t device;  /* CUDA ordinal, -1 for none */
  uint32_t max_readers;
  uint32_t socket_mode;       /* permission bits of the socket, 0660 by default */
  int64_t socket_group;       /* gid to give the socket, -1 leaves it */
  const uint32_t* allow_uids; /* when not NULL only these users may connect */
  uint32_t n_allow_uids;
  uint32_t user_meta_capacity; /* largest sidecar of a frame, in bytes (default 4096) */
  uint32_t overcommit;   /* 1: admit readers beyond the lease budget; frames may then be dropped */
  uint32_t forbid_block; /* 1: refuse readers with the policy "block" (live sources) */
  int64_t block_timeout_ns; /* longest wait for a "block" reader (default and maximum 1 s) */
  int64_t lease_timeout_ns; /* evict a reader that holds one frame longer; <= 0 never */
  double fps_hint;
  cuframes_colour colour;
  uint32_t host_mirror; /* 1: copy CUDA frames to host memory too, for readers without CUDA */
} cuframes_publisher_options;

CUFRAMES_API void cuframes_publisher_options_init(cuframes_publisher_options* options);
CUFRAMES_API cuframes_status cuframes_publisher_create(const cuframes_publisher_options* options,
                                                       cuframes_publisher** publisher);
/* Ends the stream: readers keep the frames they hold and get CUFRAMES_E_PUBLISHER_GONE next. */
CUFRAMES_API void cuframes_publisher_close(cuframes_publisher* publisher);
CUFRAMES_API void cuframes_publisher_destroy(cuframes_publisher* publisher);
/* New size or format: a new ring and generation, same socket, same readers, seq goes on. */
CUFRAMES_API cuframes_status cuframes_publisher_reconfigure(cuframes_publisher* publisher,
                                                            uint32_t width, uint32_t height,
                                                            uint32_t format);

/* A free slot to draw into; several may be open at once. CUFRAMES_E_CAPACITY when every slot is
 * leased or open for longer than timeout_ns (counted as a dropped frame). */
CUFRAMES_API cuframes_status cuframes_publisher_begin(cuframes_publisher* publisher,
                                                      int64_t timeout_ns,
                                                      cuframes_writable** writable);
CUFRAMES_API const cuframes_frame_info* cuframes_writable_info(const cuframes_writable* writable);
CUFRAMES_API cuframes_status cuframes_writable_set_user_meta(cuframes_writable* writable,
                                                             const void* data, size_t bytes);
/* Copies one plane in. `source_device`: 1 when source is a CUDA device pointer, ordered on
 * `stream`. Returns when the source may be changed again, except for device sources. */
CUFRAMES_API cuframes_status cuframes_writable_copy_plane(cuframes_writable* writable,
                                                          uint32_t plane, const void* source,
                                                          size_t source_pitch_bytes,
                                                          int source_device, uintptr_t stream);
typedef struct cuframes_commit {
  uint32_t struct_size;
  int64_t pts_ns;
  int64_t duration_ns;
  int64_t capture_ns;
  uintptr_t stream; /* CUDA: the stream the pixels are written on; 0 is the legacy stream */
} cuframes_commit;
CUFRAMES_API void cuframes_commit_init(cuframes_commit* commit);
/* Publishes the slot, in the order of commit calls; for CUDA as soon as `stream` has got here, and
 * the call does not wait for it. The handle still keeps the slot from being reused until it is
 * destroyed, for a decoder that goes on reading its reference frames. */
CUFRAMES_API cuframes_status cuframes_writable_commit(cuframes_writable* writable,
                                                      const cuframes_commit* commit);
/* The slot may be reused from here on (unpublished, if it was not committed); its memory stays
 * mapped until the handle is destroyed. */
CUFRAMES_API void cuframes_writable_end(cuframes_writable* writable);
/* Ends and frees the handle. */
CUFRAMES_API void cuframes_writable_destroy(cuframes_writable* writable);

typedef struct cuframes_reader_info {
  uint32_t index;
  uint32_t policy; /* in effect now: a "block" reader that was too slow is shown as in_order */
  uint32_t budget; /* leases it may hold */
  uint32_t held;
  uint64_t cursor; /* seq of the last frame it took */
  uint64_t received;
  uint64_t dropped;
  uint32_t stalls; /* times the publisher gave up waiting for it */
  uint32_t uid;    /* as the publisher's user namespace sees it */
  int32_t pid;     /* as the publisher's pid namespace sees it; 0 when it cannot */
  char name[16];
} cuframes_reader_info;

typedef struct cuframes_stream_info {
  uint32_t struct_size;
  uint32_t state; /* cuframes_state */
  char key[CUFRAMES_KEY_BYTES];
  uint64_t generation;
  uint32_t width;
  uint32_t height;
  uint32_t format;
  uint32_t memory;
  uint32_t n_slots;
  uint32_t max_readers;
  uint32_t n_readers;
  uint32_t occupancy; /* slots leased by anybody or being written */
  uint64_t published;
  uint64_t dropped; /* frames the publisher could not place */
  uint64_t copied_in;
  uint64_t evictions;
  uint64_t stalls;
  uint64_t last_seq;
  int64_t last_publish_ns;
  uint64_t slot_bytes;
  uint64_t payload_bytes;
  double fps; /* the publisher's hint, 0 when it gave none */
} cuframes_stream_info;

CUFRAMES_API cuframes_status cuframes_publisher_info(cuframes_publisher* publisher,
                                                     cuframes_stream_info* info);
/* Writes up to `capacity` readers and their number to *count. */
CUFRAMES_API cuframes_status cuframes_publisher_readers(cuframes_publisher* publisher,
                                                        cuframes_reader_info* readers,
                                                        uint32_t capacity, uint32_t* count);

/* --- Subscribing ------------------------------------------------------------------------------ */

typedef struct cuframes_subscriber cuframes_subscriber;
typedef struct cuframes_frame cuframes_frame; /* one reference to a lease */

typedef enum cuframes_state {
  CUFRAMES_STATE_ACTIVE = 0, /* a frame came within max(1 s, 5 frame intervals) */
  CUFRAMES_STATE_STALE = 1,  /* connected but silent: camera lost, publisher stopped */
  CUFRAMES_STATE_DEAD = 2    /* hung up or closed */
} cuframes_state;

typedef struct cuframes_subscriber_options {
  uint32_t struct_size;
  const char* key;
  const char* path;
  const char* name; /* shown to the publisher, at most 15 bytes; NULL: the program's name */
  uint32_t policy;
  uint32_t max_leases; /* frames held at once, 1 to 32 (default 2) */
  uint32_t memory;     /* AUTO takes what the publisher has; MEMFD the host mirror of CUDA frames;
                          STAGED copies each frame to GPU `device` when it is taken, from any memory */
  int32_t device;      /* map CUDA frames for this ordinal too, -1: the publisher's GPU */
  uintptr_t stream;    /* the reader's CUDA stream; 0: one of its own is made */
  int64_t timeout_ns;  /* how long to wait for a publisher */
  uint32_t reconnect;  /* 1: follow a publisher that restarts (default) */
  int64_t spin_ns; /* on a stream of steady cadence, be awake when a frame is due and look for it
                      for at most this long, instead of being woken; at most 1 ms, 0: never */
} cuframes_subscriber_options;

CUFRAMES_API void cuframes_subscriber_options_init(cuframes_subscriber_options* options);
/* Interrupted by a signal it returns CUFRAMES_INTERRUPTED and *subscriber is NULL. */
CUFRAMES_API cuframes_status cuframes_subscriber_create(const cuframes_subscriber_options* options,
                                                        cuframes_subscriber** subscriber);
/* Wakes a blocked cuframes_subscriber_next with CUFRAMES_E_CLOSED. Leases live on. */
CUFRAMES_API void cuframes_subscriber_close(cuframes_subscriber* subscriber);
CUFRAMES_API void cuframes_subscriber_destroy(cuframes_subscriber* subscriber);

/* The next frame by the subscriber's policy. Concurrent calls are served one after another. */
CUFRAMES_API cuframes_status cuframes_subscriber_next(cuframes_subscriber* subscriber,
                                                      int64_t timeout_ns, cuframes_frame** frame);
/* 1 when next() would not wait: a frame is there, or the call would fail at once. When 0, the
 * descriptor of fileno() is quiet and will become readable. */
CUFRAMES_API int cuframes_subscriber_ready(cuframes_subscriber* subscriber);
/* A descriptor that polls readable when ready() holds; owned by the subscriber. Poll, then call
 * next(..., 0, ...) until it returns CUFRAMES_NONE. Negative on error. */
CUFRAMES_API int cuframes_subscriber_fileno(cuframes_subscriber* subscriber);

typedef struct cuframes_subscriber_stats {
  uint32_t struct_size;
  uint32_t state;
  uint64_t generation;
  uint64_t frames_received;
  uint64_t drop_count; /* frames published while subscribed that this reader never got */
  uint64_t gap_count;  /* times drop_count rose */
  uint64_t last_seq;
  uint64_t timeouts;
  uint64_t errors;
  uint64_t restarts;
  uint64_t deferred_releases; /* leases returned by the reaper instead of their stream */
  uint32_t held;              /* leases this subscriber holds now */
  uint32_t held_peak;
  uint32_t max_leases;
  uint32_t ring_occupancy;
  uint32_t ring_capacity;
  uint32_t policy; /* in effect */
  uint32_t ended;  /* 1: the publisher closed the stream in good order (it did not just vanish) */
  uint32_t reserved;
  int64_t last_latency_ns; /* publish to taken, of the last frame; -1 before the first */
  int64_t last_publish_ns;
} cuframes_subscriber_stats;

CUFRAMES_API cuframes_status cuframes_subscriber_get_stats(cuframes_subscriber* subscriber,
                                                           cuframes_subscriber_stats* stats);
CUFRAMES_API cuframes_status cuframes_subscriber_info(cuframes_subscriber* subscriber,
                                                      cuframes_stream_info* info);
/* Registers the ring with CUDA, for frames in host memory that are uploaded: copies to `device` are
 * then DMA and asynchronous, and cuframes_frame_record_stream holds the lease for them. The rings
 * of later generations are registered too. CUFRAMES_E_INVALID for frames in CUDA memory. */
CUFRAMES_API cuframes_status cuframes_subscriber_pin(cuframes_subscriber* subscriber,
                                                     int32_t device);
/* The CUDA stream of this subscriber (its own when none was given), 0 for host memory. */
CUFRAMES_API cuframes_status cuframes_subscriber_stream(cuframes_subscriber* subscriber,
                                                        uintptr_t* stream);

typedef enum cuframes_event_kind {
  CUFRAMES_EVENT_RESTARTED = 1,    /* another publisher process took over */
  CUFRAMES_EVENT_RECONFIGURED = 2, /* same publisher, new ring (size or format) */
  CUFRAMES_EVENT_GONE = 3,         /* the publisher hung up or closed */
  CUFRAMES_EVENT_EVICTED = 4,
  CUFRAMES_EVENT_DEMOTED = 5 /* too slow for "block": in_order from now on */
} cuframes_event_kind;
typedef struct cuframes_event {
  uint32_t kind;
  uint32_t reserved;
  uint64_t generation;
  int64_t time_ns;
} cuframes_event;
/* Takes the oldest event not yet taken; CUFRAMES_NONE when there is none. The last 64 are kept. */
CUFRAMES_API cuframes_status cuframes_subscriber_poll_event(cuframes_subscriber* subscriber,
                                                            cuframes_event* event);

/* --- Frames ----------------------------------------------------------------------------------- */

CUFRAMES_API const cuframes_frame_info* cuframes_frame_get_info(const cuframes_frame* frame);
CUFRAMES_API cuframes_frame* cuframes_frame_ref(cuframes_frame* frame);
/* Drops one reference. The last one returns the lease: at once, or, if streams were recorded, when
 * all of them have got here. Safe in any thread, also while the process exits. */
CUFRAMES_API void cuframes_frame_unref(cuframes_frame* frame);
/* The frame is used on this CUDA stream: 0 or 1 legacy, 2 per-thread, else a CUstream. Frames in
 * host memory need cuframes_subscriber_pin first. */
CUFRAMES_API cuframes_status cuframes_frame_record_stream(cuframes_frame* frame, uintptr_t stream);
/* 0 once the publisher has evicted this reader: the pixels may be overwritten any time. */
CUFRAMES_API int cuframes_frame_valid(const cuframes_frame* frame);
/* A packed private copy (pitch = row bytes) in `memory` AUTO (where the frame is) or HOST, done
 * when the call returns. `reuse`: an earlier copy of the same geometry that is overwritten and
 * referenced again instead of allocating; NULL for none. */
CUFRAMES_API cuframes_status cuframes_frame_copy(cuframes_frame* frame, uint32_t memory,
                                                 cuframes_frame* reuse, cuframes_frame** copy);

/* --- Looking in without subscribing ----------------------------------------------------------- */

/* Where sockets are: $CUFRAMES_DIR, else $XDG_RUNTIME_DIR/cuframes, else /run/cuframes when it can
 * be written or exists, else /tmp/cuframes-<uid>. */
CUFRAMES_API const char* cuframes_runtime_dir(void);
/* State and readers of a stream, without taking a reader place. */
CUFRAMES_API cuframes_status cuframes_observe(const char* key, const char* path, int64_t timeout_ns,
                                              cuframes_stream_info* info,
                                              cuframes_reader_info* readers, uint32_t capacity,
                                              uint32_t* count);
/* 1 when a CUDA driver and device `ordinal` can be used here; else 0 and last_error says why. */
CUFRAMES_API int cuframes_cuda_available(int32_t ordinal);

#ifdef __cplusplus
}
#endif
#endif /* CUFRAMES_H_ */
