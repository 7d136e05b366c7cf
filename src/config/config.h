// The operator's configuration, as a value.
//
// Here:      Config: every setting with its default.
// Not here:  reading it (config/reader.h), what each setting means for a person
//            (config/settings.cc: the one table of names, bounds and words).
// Grammar:   TOML, read by toml++.
// Laws:      tests/config: each member has one setting, each setting a member.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace postkeep::config {

struct Listen {
  std::vector<std::string> smtp = {"0.0.0.0:25", "[::]:25"};
  std::vector<std::string> submission = {"0.0.0.0:587", "[::]:587"};
  std::vector<std::string> submissions = {"0.0.0.0:465", "[::]:465"};
  std::vector<std::string> imap = {"0.0.0.0:143", "[::]:143"};
  std::vector<std::string> imaps = {"0.0.0.0:993", "[::]:993"};
  std::vector<std::string> pop3 = {"0.0.0.0:110", "[::]:110"};
  std::vector<std::string> pop3s = {"0.0.0.0:995", "[::]:995"};
};

// Another mail server of this site hands mail over (RFC 2033).
struct Lmtp {
  std::vector<std::string> listen;  // "unix:PATH", "127.0.0.1:2424".
  std::string mode = "0600";        // Of the local socket.
  std::string owner;                // "user" or "user:group".
  std::uint64_t sessions_max = 100;
};

// What mail programs may send, and what becomes of it on its way.
struct Submission {
  bool shared_aliases = true;
  bool show_client = false;
  std::vector<std::string> hidden_fields = {"User-Agent", "X-Mailer",
                                            "X-Originating-IP"};
  std::uint64_t messages_per_hour_max = 300;
  std::uint64_t messages_per_day_max = 2000;
  std::uint64_t recipients_per_hour_max = 1000;
  std::uint64_t recipients_per_day_max = 5000;
};

struct Tls {
  std::string certificate = "tls/certificate.pem";
  std::string key = "tls/key.pem";
  bool plaintext_login = false;
};

struct Imap {
  bool utf8_accept = true;
  std::string separator = "/";  // Or ".".
};

struct Accounts {
  std::string file = "accounts";
  std::string separator = "+";
  bool scram = false;
  std::uint64_t argon2_passes = 3;
  std::uint64_t argon2_memory_kib = 65536;
  std::uint64_t workers = 2;
  std::uint64_t waiting_max = 256;
  std::uint64_t delay_first_milliseconds = 500;
  std::uint64_t delay_seconds_max = 30;
  std::uint64_t verified_seconds = 600;
};

struct Limits {
  std::uint64_t message_octets_max = 52428800;
  std::uint64_t recipients_max = 100;
  std::uint64_t messages_per_session_max = 1000;
  std::uint64_t commands_per_session_max = 20000;
  std::uint64_t errors_per_session_max = 20;
  std::uint64_t chunks_per_message_max = 100000;
  std::uint64_t received_fields_max = 50;
  std::uint64_t sessions_per_role_max = 1000;
  std::uint64_t sessions_per_address_max = 200;
  std::uint64_t octets_in_flight_max = 268435456;
  std::uint64_t free_octets_min = 134217728;
  std::uint64_t imap_line_octets_max = 8192;
  std::uint64_t imap_literal_octets_max = 65536;
  std::uint64_t imap_literals_max = 64;
  std::uint64_t imap_command_octets_max = 262144;
  std::uint64_t imap_append_messages_max = 1000;
  std::uint64_t imap_search_keys_max = 256;
  std::uint64_t sessions_per_user_max = 64;
};

struct Timeouts {
  std::uint64_t greeting_milliseconds = 10;
  std::uint64_t smtp_command_seconds = 300;
  std::uint64_t smtp_data_seconds = 180;
  std::uint64_t smtp_session_seconds = 3600;
  std::uint64_t tls_handshake_seconds = 30;
  std::uint64_t login_seconds = 180;
  std::uint64_t imap_idle_seconds = 1830;
  std::uint64_t pop3_idle_seconds = 630;
  std::uint64_t mailbox_idle_seconds = 60;
  std::uint64_t drain_seconds = 30;
};

struct Spool {
  std::uint64_t segment_octets = 67108864;
  std::uint64_t memory_octets_max = 134217728;
  std::uint64_t delivery_flush_milliseconds = 500;
};

struct DnsSettings {
  std::vector<std::string> resolvers;  // Empty: those of /etc/resolv.conf.
  std::vector<std::string> trusted;
  std::uint64_t attempt_milliseconds = 4000;
  std::uint64_t deadline_milliseconds = 15000;
  std::uint64_t questions_max = 20000;
  std::uint64_t cache_entries_max = 20000;
  std::uint64_t cache_octets_max = 16777216;
  std::uint64_t ttl_seconds_min = 0;
  std::uint64_t ttl_seconds_max = 86400;
  std::uint64_t denial_seconds_max = 3600;
};

// Mail for other hosts.
struct Outbound {
  std::uint64_t port = 25;
  bool ipv4 = true;
  bool ipv6 = true;
  std::vector<std::string> allow_private;  // Networks: "10.0.0.0/8".
  std::vector<std::string> own_addresses;
  std::uint64_t connects_max = 256;
  std::uint64_t connect_seconds = 30;
  std::uint64_t sessions_max = 500;
  std::uint64_t command_seconds = 300;
  std::uint64_t block_seconds = 180;
  std::uint64_t data_end_seconds = 600;
  std::uint64_t idle_seconds = 60;
  // Empty: where Debian has them, if they are there.
  std::string authorities;
};

// Accounts whose mail is appended to a file of the classic kind.
struct Mbox {
  std::string directory = "/var/mail";
  std::string group = "mail";
};

struct Drop {
  bool takes_mail = true;
  std::uint64_t look_milliseconds = 1000;
};

struct Sandbox {
  // What must hold, or the server does not start.
  std::vector<std::string> require = {"no_new_privs", "seccomp", "empty_root"};
  std::string user = "postkeep";
  std::uint64_t uid_first = 61300;
  std::uint64_t landlock_abi_max = 99;
};

// Mail that waits for other hosts.
struct Queue {
  std::uint64_t retry_seconds_min = 300;
  std::uint64_t retry_seconds_max = 10800;
  std::uint64_t delay_notice_seconds = 14400;
  std::uint64_t lifetime_seconds = 432000;
  std::uint64_t connections_max = 200;
  std::uint64_t connections_per_destination_max = 20;
};

struct LogSettings {
  std::string file;  // Empty: standard output.
  std::string level = "info";
};

struct Config {
  std::string hostname = "localhost";
  std::vector<std::string> domains;
  std::string data = "/var/lib/postkeep";
  std::uint64_t processes = 0;  // 0: one per core.
  Listen listen;
  Lmtp lmtp;
  Submission submission;
  Tls tls;
  Imap imap;
  Accounts accounts;
  Limits limits;
  Timeouts timeouts;
  Spool spool;
  DnsSettings dns;
  Outbound outbound;
  Mbox mbox;
  Drop drop;
  Sandbox sandbox;
  Queue queue;
  LogSettings log;
};

}  // namespace postkeep::config
