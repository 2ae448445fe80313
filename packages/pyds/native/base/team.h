// Team: threads that do the parts of one piece of work together with their caller.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pyds {

class Team {
 public:
  // Of `size` members, one of which is whoever calls run().
  explicit Team(unsigned size);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  unsigned size() const { return unsigned(helpers_.size()) + 1; }

  // Calls part(member, i) for every i below `count`, each in one of the threads, and returns when
  // all have returned. Parts of one member never overlap. If parts throw, the first exception is
  // thrown here, and parts not begun are left out. One caller at a time.
  using Part = std::function<void(unsigned member, size_t index)>;
  void run(size_t count, const Part& part);

 private:
  void help(unsigned member);
  void work(unsigned member, std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable begun_, done_;
  const Part* part_ = nullptr;
  size_t next_ = 0;    // part to begin
  size_t count_ = 0;   // parts in all
  unsigned busy_ = 0;  // members inside a part
  bool leave_ = false;
  std::exception_ptr error_;
  std::vector<std::thread> helpers_;
};

}  // namespace pyds
