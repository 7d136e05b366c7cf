// What the operator says of mail for other hosts, as values of route.
//
// Here:      connect_rules_of(), address_of(), prefixes_of().
// Not here:  the settings (config/settings.cc), what the rules mean
//            (route/connect_rules.h).
#pragma once

#include <string>
#include <vector>

#include "base/dialer.h"
#include "config/config.h"
#include "route/address.h"
#include "route/connect_rules.h"

namespace postkeep::role {

[[nodiscard]] route::IpAddress address_of(const DialAddress& address);
// Texts that are none are left out: config::read() has refused them.
[[nodiscard]] std::vector<route::AddressPrefix> prefixes_of(
    const std::vector<std::string>& texts);

[[nodiscard]] route::ConnectRules connect_rules_of(
    const config::Outbound& outbound);

}  // namespace postkeep::role
