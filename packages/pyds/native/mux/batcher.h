// Batcher: decides which frames of several sources go into which batch, and when.
//
// Each source has a bounded queue that its own thread fills (and waits on when it is full); one
// thread takes batches. A batch is ready when
//   - batch_size sources have a frame, or
//   - every source that can be expected to deliver has one, or
//   - the first of its frames has waited for `timeout`.
// A batch holds at most one frame of a source, so that each element downstream sees every source
// advance by single frames. If more sources have frames than fit, those go first that have waited
// longest for their turn; within a batch frames stand in order of arrival.
//
// A source is waited for while it is linked, has not ended, and did not announce a gap. Frames that
// were accepted are delivered even if their source ends or is removed; only a flush drops them.
//
// Thread-safe. push() and take() block; stop() and, for one source, flush_start() and remove() wake
// them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "mux/frame.h"

namespace pyds::mux {

class Batcher {
 public:
  using Clock = std::chrono::steady_clock;

  struct Settings {
    unsigned batch_size = 1;                           // 0: as many as there are sources
    std::optional<std::chrono::microseconds> timeout;  // none: wait for all
    bool sort_by_source = false;                       // order frames by source instead of arrival
  };

  class Source;
  using SourceRef = std::shared_ptr<Source>;

  enum class Pushed {
    kAccepted,
    kFlushing,  // the source was flushed or removed, or the batcher stopped
    kEnded,     // after end() of this source
  };
  enum class Taken {
    kBatch,
    kSourceEnded,  // all frames of a source that ended have been taken
    kAllEnded,     // so have those of the last one
    kStopped,
  };
  // What happened to a source before the frames of a batch.
  struct Change {
    enum Kind { kAdded, kRemoved, kRestarted };
    Kind kind;
    unsigned source_id;
  };
  struct Batch {
    std::vector<Change> changes;  // of kBatch, in this order
    std::vector<Frame> frames;    // of kBatch
    unsigned source_id = 0;       // of kSourceEnded
  };

  // Takes effect at once.
  void set_settings(const Settings& settings);

  // Begins anew: nothing has ended, all queues are empty.
  void start();
  // Wakes everyone; until start() frames are refused and take() returns kStopped.
  void stop();

  // While held, take() returns kStopped but frames are still accepted (for a flushing seek).
  void hold(bool held);

  // A new source, not linked: it is not waited for, but the end of all waits for it.
  SourceRef add(unsigned source_id);
  void remove(Source& source);
  void set_linked(Source& source, bool linked);

  // Waits while the source's queue is full.
  Pushed push(Source& source, Frame frame);
  // The source has nothing to deliver for the moment: not waited for until its next frame.
  void gap(Source& source);
  void end(Source& source);
  // The source begins a new stream after its end.
  void resume(Source& source);
  // The source's next frame has nothing to do with those before it.
  void restart(Source& source);
  // Drops the source's frames and refuses more.
  void flush_start(Source& source);
  // Accepts frames again, also after end().
  void flush_stop(Source& source);

  // Waits for the next batch or event. For one thread.
  Taken take(Batch& batch);
  // After kAllEnded: lets take() say so again, if it is still true after this time.
  void repeat_end(std::chrono::milliseconds delay);

 private:
  using Lock = std::unique_lock<std::mutex>;

  size_t room() const;
  std::vector<Source*> ready_sources() const;
  bool is_waiting_for_others() const;
  bool report_ended(Batch& batch);
  bool all_ended() const;
  bool has_predecessor(const Source& source) const;
  void fill(Batch& batch, std::vector<Source*> ready);

  mutable std::mutex mutex_;
  std::condition_variable changed_;  // for take()
  Settings settings_;
  std::vector<SourceRef> sources_;  // removed ones stay until their frames are taken
  bool stopped_ = true;
  bool held_ = false;
  bool end_is_pending_ = false;   // a source ended since the last kAllEnded
  std::vector<Change> removals_;  // since the last batch
  uint64_t arrivals_ = 0;
  uint64_t batches_ = 0;
  Clock::time_point last_taken_;
};

}  // namespace pyds::mux
