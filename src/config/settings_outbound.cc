#include <array>

#include "config/setting_member.h"

namespace postkeep::config {
namespace {

const std::array table{
    Setting{"outbound", "port",
            NumberMember{in<&Config::outbound, &Outbound::port>}, 1, 65535, "",
            "The port at which other hosts take mail: 25, but for tests and "
            "for odd sites. No other port is ever connected to."},
    Setting{"outbound", "ipv4",
            FlagMember{in<&Config::outbound, &Outbound::ipv4>}, 0, 0, "",
            "Whether hosts are reached over IPv4."},
    Setting{"outbound", "ipv6",
            FlagMember{in<&Config::outbound, &Outbound::ipv6>}, 0, 0, "",
            "Whether hosts are reached over IPv6."},
    Setting{"outbound", "allow_private",
            TextsMember{in<&Config::outbound, &Outbound::allow_private>}, 0, 0,
            "",
            "Addresses and networks, as in 10.0.0.0/8, that mail may go to "
            "although they are private, of this host, or otherwise not of the "
            "open Internet. All others of that kind are refused, whatever the "
            "DNS says."},
    Setting{"outbound", "own_addresses",
            TextsMember{in<&Config::outbound, &Outbound::own_addresses>}, 0, 0,
            "",
            "Addresses under which the world knows this host, where it does "
            "not have them itself (behind NAT): mail is not sent there."},
    Setting{"outbound", "connects_max",
            NumberMember{in<&Config::outbound, &Outbound::connects_max>}, 1,
            8192, "connections",
            "The most connections that are being opened at a time."},
    Setting{"outbound", "connect_seconds",
            NumberMember{in<&Config::outbound, &Outbound::connect_seconds>}, 1,
            300, "seconds",
            "How long a host may take to answer that it is there."},
    Setting{"outbound", "sessions_max",
            NumberMember{in<&Config::outbound, &Outbound::sessions_max>}, 1,
            8000, "sessions",
            "The most sessions with other hosts that one process has."},
    Setting{"outbound", "command_seconds",
            NumberMember{in<&Config::outbound, &Outbound::command_seconds>}, 1,
            3600, "seconds",
            "How long a host may take to greet, and to answer each command "
            "(RFC 5321 section 4.5.3.2: 5 minutes)."},
    Setting{"outbound", "block_seconds",
            NumberMember{in<&Config::outbound, &Outbound::block_seconds>}, 1,
            3600, "seconds",
            "How long a host may take to accept a piece of a message (RFC 5321 "
            "section 4.5.3.2.5: 3 minutes)."},
    Setting{
        "outbound", "data_end_seconds",
        NumberMember{in<&Config::outbound, &Outbound::data_end_seconds>}, 1,
        7200, "seconds",
        "How long a host may take to say that it has a message (RFC 5321 "
        "section 4.5.3.2.6: 10 minutes). A shorter wait makes second copies."},
    Setting{
        "outbound", "idle_seconds",
        NumberMember{in<&Config::outbound, &Outbound::idle_seconds>}, 1, 290,
        "seconds",
        "How long a session without mail is kept for more to the same host."},
    Setting{
        "outbound", "authorities",
        TextMember{in<&Config::outbound, &Outbound::authorities>}, 0, 0, "",
        "The certificates, in PEM, of those who vouch for other hosts. Empty: "
        "/etc/ssl/certs/ca-certificates.crt, where there is such a file."},
    Setting{"queue", "retry_seconds_min",
            NumberMember{in<&Config::queue, &Queue::retry_seconds_min>}, 1,
            86400, "seconds",
            "How long a message for another host waits after its first failed "
            "attempt; after each that follows, twice as long."},
    Setting{"queue", "retry_seconds_max",
            NumberMember{in<&Config::queue, &Queue::retry_seconds_max>}, 1,
            86400, "seconds", "How long it waits at most."},
    Setting{"queue", "delay_notice_seconds",
            NumberMember{in<&Config::queue, &Queue::delay_notice_seconds>}, 0,
            2592000, "seconds",
            "When the sender is told that a message is late. 0: never."},
    Setting{"queue", "lifetime_seconds",
            NumberMember{in<&Config::queue, &Queue::lifetime_seconds>}, 60,
            2592000, "seconds",
            "When a message is given up and its sender told (RFC 5321 section "
            "4.5.4.1: after 4 to 5 days)."},
    Setting{"queue", "connections_max",
            NumberMember{in<&Config::queue, &Queue::connections_max>}, 1, 4000,
            "connections",
            "The most messages that leave at a time. Half of them are kept "
            "for what is tried for the first time."},
    Setting{"queue", "connections_per_destination_max",
            NumberMember{
                in<&Config::queue, &Queue::connections_per_destination_max>},
            1, 1000, "connections",
            "The most of them to one destination. It begins with two, and has "
            "more while all goes well."},
};

}  // namespace

std::span<const Setting> outbound_settings() { return table; }

}  // namespace postkeep::config
