// A hook that runs once at the start of every streaming thread our elements create.
//
// The Python bindings use it to pin a PyThreadState to the thread, which makes every Python probe
// on it five times cheaper. Without Python nothing is registered and nothing happens.
#pragma once

namespace pyds {

using StreamingThreadHook = void (*)();

// Thread-safe; nullptr removes the hook.
void set_streaming_thread_hook(StreamingThreadHook hook);
// Called by elements first thing in each thread they start.
void enter_streaming_thread();

}  // namespace pyds
