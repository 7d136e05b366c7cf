// A descriptor that is owned: closed once, when its owner ends. What it is a
// descriptor of, only io/ and sandbox/ know.
#pragma once

#include <utility>

namespace postkeep {

class Descriptor {
 public:
  using Close = void (*)(int);

  Descriptor() = default;
  // Takes over `number`; `close` is called with it at the end.
  Descriptor(int number, Close close) : number_(number), close_(close) {}
  Descriptor(Descriptor&& other) noexcept
      : number_(std::exchange(other.number_, -1)), close_(other.close_) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
      close_ = other.close_;
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  [[nodiscard]] bool holds() const { return number_ >= 0; }
  [[nodiscard]] int number() const { return number_; }
  // Gives the number away: the caller closes it.
  [[nodiscard]] int release() { return std::exchange(number_, -1); }
  void reset() {
    if (number_ >= 0 && close_ != nullptr) close_(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
  Close close_ = nullptr;
};

}  // namespace postkeep
