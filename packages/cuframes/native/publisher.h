#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "channel.h"
#include "publisher_ring.h"
#include "reactor.h"
#include "rendezvous.h"

namespace cuframes {

struct PublisherConfig {
  std::string key;
  std::string path;
  RingConfig ring;
  uint32_t socket_mode = 0660;
  int64_t socket_group = -1;
  bool restrict_users = false;
  std::vector<uint32_t> allow_uids;
  bool overcommit = false;
  bool forbid_block = false;
  int64_t block_timeout_ns = 0;
  int64_t lease_timeout_ns = 0;
  cuframes_colour colour{2, 0, 2, 2};
};

struct CommitTimes {
  int64_t pts_ns;
  int64_t duration_ns;
  int64_t capture_ns;
};

/// One stream: its ring, its socket and its readers. Thread-safe.
class Publisher final : public Reactor::Handler, public std::enable_shared_from_this<Publisher> {
 public:
  static std::shared_ptr<Publisher> create(PublisherConfig config);
  explicit Publisher(PublisherConfig config);
  ~Publisher() override;
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// An open slot of the ring that is current now. Throws CUFRAMES_E_CAPACITY or CUFRAMES_E_CLOSED.
  struct Claim {
    std::shared_ptr<PublisherRing> ring;
    uint32_t slot;
  };
  Claim begin(int64_t timeout_ns);
  /// Publishes a claimed slot, for CUDA when `stream` gets here.
  void commit(const Claim& claim, const CommitTimes& times, uintptr_t stream);
  /// The slot may be claimed again.
  void close_slot(const Claim& claim);

  void reconfigure(uint32_t format, uint32_t width, uint32_t height);
  void close();
  void info(cuframes_stream_info* info);
  std::vector<cuframes_reader_info> readers();
  const std::string& key() const { return config_.key; }
  cuframes_colour colour() const { return config_.colour; }

  void on_ready(int fd, uint32_t events) noexcept override;
  void on_timer() noexcept override;
  /// A stream reached the commit numbered `ticket`. Called inside a CUDA host function.
  void stream_reached(uint64_t ticket);

 private:
  struct Connection {
    GuardedFd socket;
    uint64_t token = 0;
    int64_t since_ns = 0;
    PeerCredentials peer{};
    bool greeted = false;
    bool is_reader = false;
    uint32_t reader_index = 0;
    uint32_t policy = 0;
    uint32_t budget = 0;
    std::string name;
  };
  struct Pending {  // a commit whose turn or whose stream has not come
    uint64_t ticket;
    std::shared_ptr<PublisherRing> ring;
    uint32_t slot;
    bool ready;
    bool closed;  // its handle is gone: close the slot once it is published
  };

  // All with mutex_ held.
  void accept_all();
  void serve(int fd);
  void greet(Connection& connection, const void* data, size_t size);
  void refuse(const Connection& connection, const class Error& error) const;
  void admit(Connection& connection);
  void send_welcome(const Connection& connection, const PublisherRing::Reader* reader);
  void drop(int fd, ReaderStatus status);
  void evict_offenders();
  void wait_for_progress(std::unique_lock<std::mutex>& lock, int64_t until_ns);
  /// Publishes what is due; true when a futex wake-up is needed.
  bool publish_due();
  void ring_doorbells();

  const PublisherConfig config_;
  std::shared_ptr<Reactor> reactor_;
  std::mutex mutex_;
  std::condition_variable progress_;
  uint64_t progress_count_ = 0;
  std::shared_ptr<PublisherRing> ring_;
  std::unique_ptr<Listener> listener_;
  std::map<int, Connection> connections_;
  std::deque<Pending> pending_;
  uint64_t next_ticket_ = 1;
  bool closed_ = false;
};

}  // namespace cuframes
