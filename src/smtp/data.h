// Mail data: DATA's octets up to CRLF "." CRLF, without the dots that were
// stuffed (RFC 5321 sections 4.1.1.4 and 4.5.2).
//
// Here:      DataReader.
// Not here:  whether the octets are fit for mail (smtp/text_check.h); BDAT,
//            which only counts (smtp/server_chunk.cc).
// Grammar:   grammar/rfc5321_data.rl, rule profile_data_stream.
// Laws:      proptests/smtp/data_laws.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/octets.h"

namespace postkeep::smtp {

// Told what the data is; borrowed until the call returns.
class DataSink {
 public:
  virtual void data_octets(Octets octets) = 0;

 protected:
  ~DataSink() = default;
};

// The end is CRLF "." CRLF and nothing else, whatever stands before it: a bare
// CR or LF never ends a line. The machine runs only where that can turn, so
// that a body moves at the speed of memory.
class DataReader {
 public:
  DataReader();
  void start();

  // Takes octets from the front of `input` and moves `input` past them; true
  // once the end was read: what follows is not touched.
  [[nodiscard]] bool read(Octets& input, DataSink& sink);

 private:
  // smtp/data.rl: the machine, from at_ on.
  void start_machine();
  void run();

  // smtp/data.cc: its actions.
  void cr();
  void line_end();
  void text();
  void dot();
  void data_end();

  void give_until(const Octet* end);
  void give_held_cr();

  // How much of the end has been seen: "." is 1, "." CR is 2.
  enum class Ending : std::uint8_t { none, dot, dot_cr };

  int machine_state_ = 0;
  bool in_text_ = false;
  bool complete_ = false;
  Ending ending_ = Ending::none;
  // The CR of "." CR was the last octet of the last input.
  bool held_cr_ = false;
  // Only while read() runs.
  const Octet* at_ = nullptr;
  const Octet* end_ = nullptr;
  const Octet* kept_from_ = nullptr;
  DataSink* sink_ = nullptr;
};

}  // namespace postkeep::smtp
