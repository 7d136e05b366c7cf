// What the operator's configuration says of logins.
#pragma once

#include <chrono>

#include "config/config.h"
#include "login/session.h"

namespace postkeep::role {

inline login::Configuration login_configuration(const config::Config& config,
                                                bool tls) {
  login::Configuration configuration;
  configuration.tls = tls;
  configuration.plaintext_login = config.tls.plaintext_login;
  configuration.mechanisms = {"PLAIN", "LOGIN"};
  if (config.accounts.scram) {
    configuration.mechanisms.emplace_back("SCRAM-SHA-256");
    if (tls) configuration.mechanisms.emplace_back("SCRAM-SHA-256-PLUS");
  }
  configuration.wait = std::chrono::seconds(config.timeouts.login_seconds);
  return configuration;
}

}  // namespace postkeep::role
