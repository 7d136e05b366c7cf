// Loads an SMTP server with sessions under STARTTLS, each a full handshake:
//
//   tls_load PORT CONNECTIONS SESSIONS
//
// Loopback only. Prints sessions a second. For tests/bench/against_postfix.py.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

// Reads one reply; its last line has a space after the code.
template <typename Read>
bool reply(Read read) {
  std::string text;
  std::array<char, 4096> room{};
  while (true) {
    const long n = read(room.data(), room.size());
    if (n <= 0) return false;
    text.append(room.data(), static_cast<std::size_t>(n));
    if (!text.ends_with("\r\n")) continue;
    const std::size_t before = text.rfind('\n', text.size() - 2);
    const std::size_t last = before == std::string::npos ? 0 : before + 1;
    if (text.size() > last + 3 && text[last + 3] == ' ') {
      return text[last] == '2';
    }
  }
}

bool one_session(SSL_CTX* context, unsigned short port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bool ok =
      connect(s, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  const auto plain = [s](char* room, std::size_t octets) {
    return static_cast<long>(recv(s, room, octets, 0));
  };
  const auto say = [s](std::string_view text) {
    return send(s, text.data(), text.size(), MSG_NOSIGNAL) > 0;
  };
  ok = ok && reply(plain) && say("EHLO load.test\r\n") && reply(plain) &&
       say("STARTTLS\r\n") && reply(plain);
  if (ok) {
    SSL* tls = SSL_new(context);
    SSL_set_fd(tls, s);
    const auto secret = [tls](char* room, std::size_t octets) {
      return static_cast<long>(SSL_read(tls, room, static_cast<int>(octets)));
    };
    constexpr std::string_view ehlo = "EHLO load.test\r\n";
    constexpr std::string_view quit = "QUIT\r\n";
    ok = SSL_connect(tls) == 1 && SSL_session_reused(tls) == 0 &&
         SSL_write(tls, ehlo.data(), ehlo.size()) > 0 && reply(secret) &&
         SSL_write(tls, quit.data(), quit.size()) > 0 && reply(secret);
    SSL_free(tls);
  }
  close(s);
  return ok;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const auto port = static_cast<unsigned short>(std::stoi(argv[1]));
  const int connections = std::stoi(argv[2]);
  const int sessions = std::stoi(argv[3]);
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  std::atomic<int> left = sessions;
  std::atomic<int> failed = 0;
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < connections; ++i) {
    threads.emplace_back([&] {
      while (left.fetch_sub(1) > 0) {
        if (!one_session(context, port)) failed += 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> taken =
      std::chrono::steady_clock::now() - begun;
  std::printf("%.1f %d\n", sessions / taken.count(), failed.load());
  SSL_CTX_free(context);
  return failed == 0 ? 0 : 1;
}
