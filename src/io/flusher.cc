#include "io/flusher.h"

#include <event2/event.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/check.h"
#include "io/disk.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

// Wakes the loop from a thread: any number of wake-ups before the loop looks
// are one.
class Bell {
 public:
  Bell(Loop& loop, std::function<void()> rung)
      : rung_(std::move(rung)),
        number_(own(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))) {
    PK_CHECK(number_.holds());
    event_ = event_new(
        loop.base(), number_.number(), static_cast<short>(EV_READ | EV_PERSIST),
        [](int, short, void* self) { static_cast<Bell*>(self)->heard(); },
        this);
    PK_CHECK(event_ != nullptr && event_add(event_, nullptr) == 0);
  }
  ~Bell() { event_free(event_); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring() const {
    const std::uint64_t one = 1;
    // It can only fail when it is rung already.
    static_cast<void>(!write(number_.number(), &one, sizeof one));
  }

 private:
  void heard() {
    std::uint64_t count = 0;
    static_cast<void>(!read(number_.number(), &count, sizeof count));
    rung_();
  }

  std::function<void()> rung_;
  Descriptor number_;
  event* event_ = nullptr;
};

}  // namespace

struct ThreadFlusher::State {
  struct Request {
    FileHandle file = FileHandle::none;  // None: everything.
    std::function<void(DiskResult<>)> done;
    DiskResult<> result;
  };
  struct Ahead {
    std::shared_ptr<const Descriptor> directory;
    std::string name;
  };

  State(Loop& loop, Disk& wanted_disk)
      : disk(wanted_disk), bell(loop, [this] { tell(); }) {}

  // In the thread.
  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] {
        return ending || !waiting.empty() || !ahead.empty();
      });
      if (waiting.empty() && ending) return;
      if (waiting.empty()) {
        const Ahead next = std::move(ahead.front());
        ahead.pop_front();
        lock.unlock();
        io::read_ahead(*next.directory, next.name);
        lock.lock();
        continue;
      }
      // One flush serves all that wait at the front for the same file.
      std::vector<Request> group;
      const FileHandle file = waiting.front().file;
      while (!waiting.empty() && waiting.front().file == file) {
        group.push_back(std::move(waiting.front()));
        waiting.pop_front();
      }
      lock.unlock();
      const DiskResult<> result =
          file == FileHandle::none ? disk.flush_all() : disk.flush(file);
      lock.lock();
      for (Request& request : group) {
        request.result = result;
        finished.push_back(std::move(request));
      }
      bell.ring();
    }
  }

  // In the loop.
  void start(FileHandle file, std::function<void(DiskResult<>)> done) {
    {
      const std::scoped_lock lock(mutex);
      waiting.push_back({file, std::move(done), {}});
    }
    wake.notify_one();
  }

  void tell() {
    std::deque<Request> now;
    {
      const std::scoped_lock lock(mutex);
      now.swap(finished);
    }
    for (const Request& request : now) request.done(request.result);
  }

  Disk& disk;
  Bell bell;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Request> waiting;
  std::deque<Ahead> ahead;
  std::deque<Request> finished;
  bool ending = false;
  std::thread thread;
};

ThreadFlusher::ThreadFlusher(Loop& loop, Disk& disk)
    : state_(std::make_unique<State>(loop, disk)) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

// What was started is still flushed, but no one is told any more.
ThreadFlusher::~ThreadFlusher() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_one();
  state_->thread.join();
}

void ThreadFlusher::flush(FileHandle file,
                          std::function<void(DiskResult<>)> done) {
  PK_CHECK(file != FileHandle::none);
  state_->start(file, std::move(done));
}

void ThreadFlusher::flush_all(std::function<void(DiskResult<>)> done) {
  state_->start(FileHandle::none, std::move(done));
}

void ThreadFlusher::read_ahead(Descriptor directory,
                               std::vector<std::string> names) {
  const auto shared = std::make_shared<const Descriptor>(std::move(directory));
  {
    const std::scoped_lock lock(state_->mutex);
    for (std::string& name : names) {
      if (state_->ahead.size() == names_ahead_max) break;
      state_->ahead.push_back({shared, std::move(name)});
    }
  }
  state_->wake.notify_one();
}

struct ThreadWorkers::State {
  struct Job {
    std::function<void()> job;
    std::function<void()> done;
  };

  explicit State(Loop& loop) : bell(loop, [this] { tell(); }) {}

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return ending || !jobs.empty(); });
      if (ending) return;
      Job job = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      job.job();
      lock.lock();
      finished.push_back(std::move(job.done));
      bell.ring();
    }
  }

  void tell() {
    std::deque<std::function<void()>> now;
    {
      const std::scoped_lock lock(mutex);
      now.swap(finished);
    }
    for (const auto& done : now) done();
  }

  Bell bell;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Job> jobs;
  std::deque<std::function<void()>> finished;
  bool ending = false;
  std::vector<std::thread> threads;
};

ThreadWorkers::ThreadWorkers(Loop& loop, std::size_t threads)
    : state_(std::make_unique<State>(loop)) {
  PK_CHECK(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->run(); });
  }
}

ThreadWorkers::~ThreadWorkers() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void ThreadWorkers::run(std::function<void()> job, std::function<void()> done) {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->jobs.push_back({std::move(job), std::move(done)});
  }
  state_->wake.notify_one();
}

std::size_t ThreadWorkers::waiting() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->jobs.size();
}

std::size_t ThreadWorkers::threads() const { return state_->threads.size(); }

}  // namespace postkeep::io
