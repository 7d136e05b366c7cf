// Sends messages of 4 KiB over kept SMTP sessions, each to the next mailbox:
//
//   smtp_load PORT SESSIONS MESSAGES MAILBOXES DOMAIN
//
// Mailboxes are u0@DOMAIN, u1@DOMAIN, … . Loopback only. Prints how many
// messages were accepted. For tests/bench/against_postfix.py.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

struct Work {
  unsigned short port = 0;
  unsigned long messages = 0;
  unsigned long mailboxes = 0;
  std::string domain;
  std::atomic<unsigned long> next = 0;
  std::atomic<unsigned long> accepted = 0;
};

// Reads one reply; its last line has a space after the code.
bool reply(int s, char wanted) {
  std::string text;
  std::array<char, 4096> room{};
  while (true) {
    const ssize_t n = recv(s, room.data(), room.size(), 0);
    if (n <= 0) return false;
    text.append(room.data(), static_cast<std::size_t>(n));
    if (!text.ends_with("\r\n")) continue;
    const std::size_t before = text.rfind('\n', text.size() - 2);
    const std::size_t last = before == std::string::npos ? 0 : before + 1;
    if (text.size() > last + 3 && text[last + 3] == ' ') {
      return text[last] == wanted;
    }
  }
}

bool say(int s, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = send(s, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void session(Work& work) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(work.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool ok =
      connect(s, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      reply(s, '2') && say(s, "EHLO load.test\r\n") && reply(s, '2');
  std::string text = "Subject: load\r\n\r\n";
  while (text.size() < 4096) text += std::string(62, 'x') + "\r\n";
  text += ".\r\n";
  while (ok) {
    const unsigned long number = work.next++;
    if (number >= work.messages) break;
    const std::string to = "RCPT TO:<u" +
                           std::to_string(number % work.mailboxes) + '@' +
                           work.domain + ">\r\n";
    ok = say(s, "MAIL FROM:<sender@elsewhere.test>\r\n") && reply(s, '2') &&
         say(s, to) && reply(s, '2') && say(s, "DATA\r\n") && reply(s, '3') &&
         say(s, text) && reply(s, '2');
    if (ok) ++work.accepted;
  }
  if (ok) ok = say(s, "QUIT\r\n") && reply(s, '2');
  close(s);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "smtp_load PORT SESSIONS MESSAGES MAILBOXES DOMAIN\n");
    return 2;
  }
  Work work;
  work.port = static_cast<unsigned short>(std::strtoul(argv[1], nullptr, 10));
  work.messages = std::strtoul(argv[3], nullptr, 10);
  work.mailboxes = std::strtoul(argv[4], nullptr, 10);
  work.domain = argv[5];
  const unsigned long sessions = std::strtoul(argv[2], nullptr, 10);
  std::vector<std::thread> threads;
  for (unsigned long i = 0; i < sessions; ++i) {
    threads.emplace_back([&work] { session(work); });
  }
  for (std::thread& thread : threads) thread.join();
  std::printf("%lu\n", work.accepted.load());
  return work.accepted == work.messages ? 0 : 1;
}
