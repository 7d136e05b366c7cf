// The octets of messages between roles: one visitor writes, its twin reads.
//
// Here:      Writer, Reader, and what a message must offer to both.
// Not here:  the messages (ipc/*_messages.h), packets (ipc/packets.h).
// Grammar:   integers big-endian; text as u32 length and octets; lists as u32
//            count and elements. Nothing is optional, nothing is left over.
// Laws:      proptests/ipc/wire_laws.h.
//
// A message is a struct with a static `kind` and
//     template <class Wire> void fields(Wire& wire) { wire(a); wire(b, max); }
// which names each field once, with its bound, for both directions.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/octets.h"

namespace postkeep::ipc {

// Bounds that many messages share, in octets.
inline constexpr std::size_t address_octets_max = 1024;  // RFC 5321: 64+1+255.
inline constexpr std::size_t name_octets_max = 512;
inline constexpr std::size_t text_octets_max = 8192;

class Writer {
 public:
  void operator()(bool& value) { put(value ? 1 : 0, 1); }
  template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  void operator()(T& value) {
    put(static_cast<std::uint64_t>(value), sizeof(T));
  }
  template <typename T>
    requires std::is_enum_v<T>
  void operator()(T& value, T /*last*/) {
    put(static_cast<std::uint64_t>(value), sizeof(T));
  }
  void operator()(std::string& text, std::size_t max);
  void operator()(std::vector<Octet>& octets, std::size_t max);
  template <std::size_t N>
  void operator()(std::array<Octet, N>& octets) {
    out_.insert(out_.end(), octets.begin(), octets.end());
  }
  template <typename T>
  void list(std::vector<T>& values, std::size_t max) {
    count(values.size(), max);
    for (T& value : values) value.fields(*this);
  }
  void texts(std::vector<std::string>& values, std::size_t count_max,
             std::size_t octets_max) {
    count(values.size(), count_max);
    for (std::string& value : values) (*this)(value, octets_max);
  }
  template <std::size_t N>
  void arrays(std::vector<std::array<Octet, N>>& values, std::size_t max) {
    count(values.size(), max);
    for (auto& value : values) (*this)(value);
  }

  [[nodiscard]] std::vector<Octet>& octets() { return out_; }

 private:
  void put(std::uint64_t value, std::size_t octets);
  void count(std::size_t value, std::size_t max);

  std::vector<Octet> out_;
};

// Reads what Writer wrote. After the first wrong octet ok() is false for good
// and every further field reads as zero or empty.
class Reader {
 public:
  explicit Reader(Octets octets) : rest_(octets) {}

  void operator()(bool& value) {
    const std::uint64_t octet = get(1);
    if (octet > 1) ok_ = false;
    value = octet == 1;
  }
  template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  void operator()(T& value) {
    value = static_cast<T>(get(sizeof(T)));
  }
  template <typename T>
    requires std::is_enum_v<T>
  void operator()(T& value, T last) {
    const std::uint64_t number = get(sizeof(T));
    if (number > static_cast<std::uint64_t>(last)) {
      ok_ = false;
      value = T{};
      return;
    }
    value = static_cast<T>(number);
  }
  void operator()(std::string& text, std::size_t max);
  void operator()(std::vector<Octet>& octets, std::size_t max);
  template <std::size_t N>
  void operator()(std::array<Octet, N>& octets) {
    const Octets part = take(N);
    if (part.size() == N) std::copy(part.begin(), part.end(), octets.begin());
  }
  template <typename T>
  void list(std::vector<T>& values, std::size_t max) {
    const std::size_t n = count(max);
    values.clear();
    for (std::size_t i = 0; i < n && ok_; ++i) {
      values.emplace_back().fields(*this);
    }
  }
  void texts(std::vector<std::string>& values, std::size_t count_max,
             std::size_t octets_max) {
    const std::size_t n = count(count_max);
    values.clear();
    for (std::size_t i = 0; i < n && ok_; ++i) {
      (*this)(values.emplace_back(), octets_max);
    }
  }
  template <std::size_t N>
  void arrays(std::vector<std::array<Octet, N>>& values, std::size_t max) {
    const std::size_t n = count(max);
    values.clear();
    for (std::size_t i = 0; i < n && ok_; ++i) (*this)(values.emplace_back());
  }

  // True when every field was well formed and nothing is left over.
  [[nodiscard]] bool complete() const { return ok_ && rest_.empty(); }

 private:
  std::uint64_t get(std::size_t octets);
  Octets take(std::size_t octets);
  std::size_t count(std::size_t max);

  Octets rest_;
  bool ok_ = true;
};

// The octets of a message.
template <typename Message>
[[nodiscard]] std::vector<Octet> write(const Message& message) {
  Writer writer;
  Message copy = message;
  copy.fields(writer);
  return std::move(writer.octets());
}

// The same for a message that may be used up: nothing large is copied twice.
template <typename Message>
[[nodiscard]] std::vector<Octet> write(Message&& message)
  requires(!std::is_lvalue_reference_v<Message>)
{
  Writer writer;
  message.fields(writer);
  return std::move(writer.octets());
}

// The message in `octets`, or false when they are not one.
template <typename Message>
[[nodiscard]] bool read(Octets octets, Message& message) {
  Reader reader(octets);
  message.fields(reader);
  return reader.complete();
}

}  // namespace postkeep::ipc
