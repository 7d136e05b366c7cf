#include "io/channel.h"

#include <event2/event.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

#include "base/check.h"
#include "io/errno.h"

namespace postkeep::io {
namespace {

// Packets that one system call moves.
constexpr std::size_t packets_at_once_max = 8;
// Asked of the kernel for each end; it gives what net.core.wmem_max allows.
constexpr int send_buffer_octets = 1024 * 1024;
// The kernel refuses for a while when a uid has too many descriptors in
// flight: whoever they were sent to has to take them first.
constexpr std::chrono::milliseconds refused_pause_milliseconds{10};

struct alignas(cmsghdr) ControlRoom {
  std::array<char, CMSG_SPACE(sizeof(int) * packet_descriptors_max)> octets{};
};

struct Packet {
  std::vector<Octet> octets;
  std::vector<Descriptor> descriptors;
};

// Takes the descriptors out of a received message.
std::vector<Descriptor> descriptors_of(const msghdr& message) {
  std::vector<Descriptor> all;
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr;
       part = CMSG_NXTHDR(const_cast<msghdr*>(&message), part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int number = -1;
      std::memcpy(&number, CMSG_DATA(part) + i * sizeof(int), sizeof number);
      all.push_back(own(number));
    }
  }
  return all;
}

void put_descriptors(msghdr& message, ControlRoom& room,
                     const std::vector<Descriptor>& descriptors) {
  if (descriptors.empty()) return;
  message.msg_control = room.octets.data();
  message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
  cmsghdr* const part = CMSG_FIRSTHDR(&message);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
  for (std::size_t i = 0; i < descriptors.size(); ++i) {
    const int number = descriptors[i].number();
    std::memcpy(CMSG_DATA(part) + i * sizeof(int), &number, sizeof number);
  }
}

}  // namespace

struct PacketChannels::Shared {
  Loop& loop;
  // Where packets arrive; allocated once, touched as far as they are long: a
  // vector would fill it, and every process would have a mebibyte of zeros.
  std::unique_ptr<Octet[]> room = std::make_unique_for_overwrite<Octet[]>(
      packets_at_once_max * packet_octets_max);
};

namespace {

class PacketChannel final : public Channel, private EndOfRound {
 public:
  PacketChannel(std::shared_ptr<PacketChannels::Shared> shared,
                Descriptor socket);
  ~PacketChannel() override;
  PacketChannel(const PacketChannel&) = delete;
  PacketChannel& operator=(const PacketChannel&) = delete;

  void tell(ChannelEvents* events) override;
  [[nodiscard]] bool send(Octets packet,
                          std::vector<Descriptor> descriptors) override;
  [[nodiscard]] std::size_t unsent() const override { return unsent_; }
  void read_on(bool on) override;
  [[nodiscard]] std::expected<std::vector<Octet>, Trouble> wait_packet(
      int milliseconds) override;

 private:
  void round_ended() override;
  void readable();
  // Packets now waiting in the socket, into `arrived_`. False at the end.
  bool receive();
  void give_arrived();
  void wait_to_read(bool on);
  void flush();
  // How many packets the kernel took, or the error.
  std::expected<std::size_t, int> send_some();
  void end();

  std::shared_ptr<PacketChannels::Shared> shared_;
  Descriptor socket_;
  ChannelEvents* events_ = nullptr;
  event* read_ = nullptr;
  event* write_ = nullptr;
  std::deque<Packet> queue_;
  std::size_t unsent_ = 0;
  std::deque<Packet> arrived_;  // Not yet given: reading is off.
  bool reading_ = false;        // Wanted.
  bool waiting_ = false;        // The kernel tells us of packets.
  bool writing_ = false;
  bool in_round_ = false;
  bool ended_ = false;
  TimerId pause_ = TimerId::none;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

PacketChannel::PacketChannel(std::shared_ptr<PacketChannels::Shared> shared,
                             Descriptor socket)
    : shared_(std::move(shared)), socket_(std::move(socket)) {
  PK_CHECK(socket_.holds());
  event_base* const base = shared_->loop.base();
  read_ = event_new(
      base, socket_.number(), static_cast<short>(EV_READ | EV_PERSIST),
      [](int, short, void* self) {
        static_cast<PacketChannel*>(self)->readable();
      },
      this);
  write_ = event_new(
      base, socket_.number(), static_cast<short>(EV_WRITE | EV_PERSIST),
      [](int, short, void* self) {
        static_cast<PacketChannel*>(self)->flush();
      },
      this);
  PK_CHECK(read_ != nullptr && write_ != nullptr);
}

PacketChannel::~PacketChannel() {
  *alive_ = false;
  // What was said last still goes out, as far as the kernel takes it.
  while (!queue_.empty() && !ended_ && send_some()) {
  }
  if (in_round_) shared_->loop.forget(this);
  shared_->loop.cancel(pause_);
  event_free(read_);
  event_free(write_);
}

void PacketChannel::tell(ChannelEvents* events) {
  const bool first = events_ == nullptr;
  events_ = events;
  if (first) read_on(true);
}

// Off is only remembered: see readable().
void PacketChannel::read_on(bool on) {
  if (ended_ || on == reading_) return;
  reading_ = on;
  if (!on) return;
  wait_to_read(true);
  // What had arrived already is no longer visible to the kernel's wait.
  if (!arrived_.empty()) event_active(read_, EV_READ, 0);
}

void PacketChannel::wait_to_read(bool on) {
  if (on == waiting_) return;
  waiting_ = on;
  PK_CHECK((on ? event_add(read_, nullptr) : event_del(read_)) == 0);
}

bool PacketChannel::send(Octets packet, std::vector<Descriptor> descriptors) {
  PK_CHECK(!packet.empty() && packet.size() <= packet_octets_max);
  PK_CHECK(descriptors.size() <= packet_descriptors_max);
  const std::size_t cost = packet.size() + packet_cost_octets;
  if (ended_ || unsent_ + cost > channel_unsent_octets_max) return false;
  queue_.push_back({{packet.begin(), packet.end()}, std::move(descriptors)});
  unsent_ += cost;
  if (!writing_ && !in_round_ && pause_ == TimerId::none) {
    in_round_ = true;
    shared_->loop.at_end_of_round(this);
  }
  return true;
}

void PacketChannel::round_ended() {
  in_round_ = false;
  flush();
}

std::expected<std::size_t, int> PacketChannel::send_some() {
  std::array<mmsghdr, packets_at_once_max> messages{};
  std::array<iovec, packets_at_once_max> parts{};
  std::array<ControlRoom, packets_at_once_max> controls{};
  const std::size_t count = std::min(queue_.size(), messages.size());
  for (std::size_t i = 0; i < count; ++i) {
    Packet& packet = queue_[i];
    parts[i] = {packet.octets.data(), packet.octets.size()};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    put_descriptors(messages[i].msg_hdr, controls[i], packet.descriptors);
  }
  const int took =
      sendmmsg(socket_.number(), messages.data(), static_cast<unsigned>(count),
               MSG_NOSIGNAL | MSG_DONTWAIT);
  if (took < 0) return std::unexpected(errno);
  for (int i = 0; i < took; ++i) {
    unsent_ -= queue_.front().octets.size() + packet_cost_octets;
    queue_.pop_front();
  }
  return static_cast<std::size_t>(took);
}

void PacketChannel::flush() {
  if (ended_ || pause_ != TimerId::none) return;
  int error = 0;
  while (!queue_.empty() && error == 0) {
    const auto took = send_some();
    if (!took && took.error() != EINTR) error = took.error();
  }
  const bool full = error == EAGAIN;
  if (full != writing_) {
    writing_ = full;
    PK_CHECK((full ? event_add(write_, nullptr) : event_del(write_)) == 0);
  }
  if (error == 0 || full) return;
  if (error == ETOOMANYREFS || error == ENOBUFS || error == ENOMEM) {
    pause_ = shared_->loop.after(refused_pause_milliseconds, [this] {
      pause_ = TimerId::none;
      flush();
    });
    return;
  }
  // The other end has gone; what it sent before is read first, and then its
  // end is seen there.
  queue_.clear();
  unsent_ = 0;
}

bool PacketChannel::receive() {
  std::array<mmsghdr, packets_at_once_max> messages{};
  std::array<iovec, packets_at_once_max> parts{};
  std::array<ControlRoom, packets_at_once_max> controls{};
  for (std::size_t i = 0; i < messages.size(); ++i) {
    parts[i] = {shared_->room.get() + i * packet_octets_max, packet_octets_max};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_control = controls[i].octets.data();
    messages[i].msg_hdr.msg_controllen = controls[i].octets.size();
  }
  const int got =
      recvmmsg(socket_.number(), messages.data(), packets_at_once_max,
               MSG_DONTWAIT | MSG_CMSG_CLOEXEC, nullptr);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  bool more = got > 0;
  for (int i = 0; i < got; ++i) {
    const mmsghdr& message = messages[static_cast<std::size_t>(i)];
    std::vector<Descriptor> descriptors = descriptors_of(message.msg_hdr);
    // No role sends an empty packet: this is the end. Nor a longer one.
    if (message.msg_len == 0 || (message.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      more = false;
    }
    if (!more) continue;
    const Octet* const begin =
        shared_->room.get() + static_cast<std::size_t>(i) * packet_octets_max;
    arrived_.push_back(
        {{begin, begin + message.msg_len}, std::move(descriptors)});
  }
  return more;
}

void PacketChannel::readable() {
  if (!reading_) return wait_to_read(false);
  const std::shared_ptr<bool> alive = alive_;
  const bool more = !arrived_.empty() || receive();
  give_arrived();
  if (!*alive || more) return;
  if (arrived_.empty()) end();
}

void PacketChannel::give_arrived() {
  const std::shared_ptr<bool> alive = alive_;
  while (*alive && reading_ && !arrived_.empty()) {
    Packet packet = std::move(arrived_.front());
    arrived_.pop_front();
    events_->packet(packet.octets, std::move(packet.descriptors));
  }
}

void PacketChannel::end() {
  reading_ = false;
  wait_to_read(false);
  ended_ = true;
  if (writing_) event_del(write_);
  writing_ = false;
  queue_.clear();
  unsent_ = 0;
  ChannelEvents* const events = std::exchange(events_, nullptr);
  if (events != nullptr) events->channel_ended();
}

std::expected<std::vector<Octet>, Trouble> PacketChannel::wait_packet(
    int milliseconds) {
  if (!ended_) flush();
  while (arrived_.empty()) {
    if (ended_) return std::unexpected(Trouble::closed);
    pollfd wait{socket_.number(), POLLIN, 0};
    const int ready = poll(&wait, 1, milliseconds);
    if (ready == 0) return std::unexpected(Trouble::timed_out);
    if (ready < 0 && errno != EINTR) {
      return std::unexpected(trouble_of(errno));
    }
    if (ready > 0 && !receive() && arrived_.empty()) {
      // The loop finds the end too, and tells it then.
      return std::unexpected(Trouble::closed);
    }
  }
  Packet packet = std::move(arrived_.front());
  arrived_.pop_front();
  if (reading_ && !arrived_.empty()) event_active(read_, EV_READ, 0);
  return std::move(packet.octets);
}

}  // namespace

PacketChannels::PacketChannels(Loop& loop)
    : shared_(std::make_shared<Shared>(loop)) {}

PacketChannels::~PacketChannels() = default;

std::unique_ptr<Channel> PacketChannels::adopt(Descriptor socket) {
  return std::make_unique<PacketChannel>(shared_, std::move(socket));
}

std::expected<std::pair<Descriptor, Descriptor>, Trouble> packet_pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                 ends.data()) != 0) {
    return std::unexpected(trouble_of(errno));
  }
  for (const int end : ends) {
    // Beyond the limit of the system where we may (root), else up to it.
    if (setsockopt(end, SOL_SOCKET, SO_SNDBUFFORCE, &send_buffer_octets,
                   sizeof send_buffer_octets) != 0) {
      setsockopt(end, SOL_SOCKET, SO_SNDBUF, &send_buffer_octets,
                 sizeof send_buffer_octets);
    }
  }
  return std::pair{own(ends[0]), own(ends[1])};
}

}  // namespace postkeep::io
