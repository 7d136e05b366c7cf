// The elements that responses are made of (RFC 9051 section 9): atoms,
// strings, numbers, sets, flags. For tests/imap/response_syntax.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace postkeep::imap {

class ResponseReader {
 public:
  ResponseReader(std::string_view stream, bool rev2)
      : stream_(stream), rev2_(rev2) {}
  [[nodiscard]] bool failed() const { return fault_.has_value(); }
  [[nodiscard]] const std::optional<std::string>& fault() const {
    return fault_;
  }

 protected:
  ~ResponseReader() = default;

  [[nodiscard]] bool at_end() const { return at_ >= stream_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : stream_[at_]; }
  void skip() { ++at_; }
  void fail(std::string_view wanted);
  bool takes(std::string_view text);
  // The same in any case, with no ATOM-CHAR behind it.
  bool takes_word(std::string_view word);
  void need(std::string_view text);

  void tag();
  std::string atom();  // In capitals.
  std::string flag();  // In capitals.
  std::uint64_t number();
  std::uint64_t nz_number();
  std::uint64_t modification_sequence();  // RFC 7162: 63 bits, not 0.
  std::uint64_t set();                    // How many numbers it names.
  std::string string();
  void nstring();
  void astring();
  void binary();
  void flags(bool permanent);
  void date_time();
  void text_to_line_end();
  // "BODY[…]<…>" gives "BODY[".
  std::string section_or_atom();

  static std::string capitals(std::string text);

 private:
  std::string literal(bool may_hold_nul);

  std::string_view stream_;
  bool rev2_;
  std::size_t at_ = 0;
  std::optional<std::string> fault_;
};

}  // namespace postkeep::imap
