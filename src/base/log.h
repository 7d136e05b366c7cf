// The port of the log: one line an event, key=value.
//
// Here:      Log, Field.
// Not here:  where lines go (role/log); escaping (base/log_line.h).
// Laws:      no secrets, no text of messages; whatever a value holds, an event
//            is one line of printable ASCII.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace postkeep {

enum class Severity : std::uint8_t { debug, info, notice, warning, error };

struct Field {
  std::string_view key;  // snake_case.
  std::string value;
  Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, std::uint64_t v)
      : key(k), value(std::to_string(v)) {}
};

class Log {
 public:
  // `event` is snake_case and says what happened: "message_accepted".
  virtual void line(Severity severity, std::string_view event,
                    std::initializer_list<Field> fields) = 0;

 protected:
  ~Log() = default;
};

}  // namespace postkeep
