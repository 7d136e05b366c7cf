#include "role/user_session.h"

#include "imap/session.h"
#include "pop3/session.h"
#include "role/login_configuration.h"

namespace postkeep::role {
namespace {

template <typename Session>
class SessionOf final : public UserSession {
 public:
  template <typename... Parts>
  explicit SessionOf(Parts&&... parts)
      : session_(std::forward<Parts>(parts)...) {}

  void received(Octets octets) override { session_.received(octets); }
  bool wants_input() const override { return session_.wants_input(); }
  bool has_work() const override { return session_.has_work(); }
  void step() override { session_.step(); }
  Octets output() const override { return session_.output(); }
  void output_taken(std::size_t octets) override {
    session_.output_taken(octets);
  }
  SteadyTime deadline() const override { return session_.deadline(); }
  void tick() override { session_.tick(); }
  void shut_down() override { session_.shut_down(); }
  bool wants_close() const override { return session_.wants_close(); }
  std::uint64_t commands() const override { return session_.commands(); }

 private:
  Session session_;
};

imap::FramerLimits command_limits(const config::Limits& limits) {
  imap::FramerLimits command =
      imap::limits_after_login(limits.message_octets_max);
  command.line_octets = static_cast<std::size_t>(limits.imap_line_octets_max);
  command.literal_octets = limits.imap_literal_octets_max;
  command.literals = static_cast<std::size_t>(limits.imap_literals_max);
  command.command_octets = limits.imap_command_octets_max;
  command.messages = static_cast<std::size_t>(limits.imap_append_messages_max);
  return command;
}

std::unique_ptr<UserSession> imap_session(const ipc::SessionHandOver& given,
                                          const UserMail& mail) {
  const config::Limits& limits = mail.config.limits;
  return std::make_unique<SessionOf<imap::Session>>(
      mail.store, mail.clock,
      imap::SessionStart{
          .tag = given.tag, .user_name = mail.user, .tls = given.tls},
      imap::SessionLimits{
          .command = command_limits(limits),
          .search_keys = static_cast<std::size_t>(limits.imap_search_keys_max),
          .bad_commands_max =
              static_cast<std::size_t>(limits.errors_per_session_max),
          .inactivity_seconds =
              static_cast<std::int64_t>(mail.config.timeouts.imap_idle_seconds),
          .offers_utf8 = mail.config.imap.utf8_accept,
          .separator = mail.config.imap.separator == "."
                           ? imap::Separator::dot
                           : imap::Separator::slash});
}

std::unique_ptr<UserSession> pop3_session(const ipc::SessionHandOver& given,
                                          const UserMail& mail) {
  login::Configuration offers = login_configuration(mail.config, given.tls);
  return std::make_unique<SessionOf<pop3::Session>>(
      mail.store, mail.maildrop_lock, mail.clock,
      pop3::SessionStart{.tls = given.tls,
                         .utf8 = given.utf8,
                         .offers_login = offers.tls || offers.plaintext_login,
                         .mechanisms = std::move(offers.mechanisms)},
      pop3::SessionLimits{.autologout_seconds = static_cast<std::int64_t>(
                              mail.config.timeouts.pop3_idle_seconds),
                          .bad_commands_max = static_cast<std::size_t>(
                              mail.config.limits.errors_per_session_max)});
}

}  // namespace

std::unique_ptr<UserSession> make_user_session(
    const ipc::SessionHandOver& given, const UserMail& mail) {
  if (given.service == "imap") return imap_session(given, mail);
  if (given.service == "pop3") return pop3_session(given, mail);
  return nullptr;
}

std::string write_unavailable(const ipc::SessionHandOver& given) {
  return given.service == "pop3" ? pop3::Session::write_unavailable()
                                 : imap::Session::write_unavailable(given.tag);
}

}  // namespace postkeep::role
