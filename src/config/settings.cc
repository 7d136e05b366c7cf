#include "config/settings.h"

#include <algorithm>
#include <array>

#include "config/setting_member.h"

namespace postkeep::config {
namespace {

const std::array table{
    Setting{"", "hostname", TextMember{at<&Config::hostname>}, 0, 0, "",
            "The name of this host: what it says in greetings, and in "
            "Received fields. It should have an address record, and that "
            "address a name."},
    Setting{"", "domains", TextsMember{at<&Config::domains>}, 0, 0, "",
            "The domains whose mail is delivered here. Mail for any other "
            "domain is refused: this server is never an open relay."},
    Setting{"", "data", TextMember{at<&Config::data>}, 0, 0, "",
            "The directory of everything that is kept: spool, mailboxes, "
            "accounts. Paths below are taken from here unless they begin "
            "with a slash."},
    Setting{"", "processes", NumberMember{at<&Config::processes>}, 0, 64, "",
            "How many processes serve each protocol. 0 means one for each "
            "core."},
    Setting{"listen", "smtp", TextsMember{in<&Config::listen, &Listen::smtp>},
            0, 0, "",
            "Where mail from other hosts arrives (port 25, with "
            "STARTTLS)."},
    Setting{"listen", "submission",
            TextsMember{in<&Config::listen, &Listen::submission>}, 0, 0, "",
            "Where mail programs submit (port 587, STARTTLS and a login)."},
    Setting{"listen", "submissions",
            TextsMember{in<&Config::listen, &Listen::submissions>}, 0, 0, "",
            "The same with TLS from the first octet (port 465)."},
    Setting{"listen", "imap", TextsMember{in<&Config::listen, &Listen::imap>},
            0, 0, "", "Where mail programs read (port 143, with STARTTLS)."},
    Setting{"listen", "imaps", TextsMember{in<&Config::listen, &Listen::imaps>},
            0, 0, "", "The same with TLS from the first octet (port 993)."},
    Setting{"listen", "pop3", TextsMember{in<&Config::listen, &Listen::pop3>},
            0, 0, "",
            "Where mail programs fetch from INBOX (port 110, with STLS)."},
    Setting{"listen", "pop3s", TextsMember{in<&Config::listen, &Listen::pop3s>},
            0, 0, "", "The same with TLS from the first octet (port 995)."},
    Setting{"lmtp", "listen", TextsMember{in<&Config::lmtp, &Lmtp::listen>}, 0,
            0, "",
            "Where another mail server hands mail over: a local socket, as in "
            "\"unix:lmtp\" (below the data directory) or "
            "\"unix:/var/spool/postfix/private/postkeep\", or an address of "
            "this machine alone, as in \"127.0.0.1:2424\". Whoever may connect "
            "may deliver to every account."},
    Setting{"lmtp", "mode", TextMember{in<&Config::lmtp, &Lmtp::mode>}, 0, 0,
            "",
            "Who may connect to the local socket, as the mode of a file: 0600 "
            "for its owner alone, 0660 for its group too."},
    Setting{
        "lmtp", "owner", TextMember{in<&Config::lmtp, &Lmtp::owner>}, 0, 0, "",
        "Whose the local socket is, as in postfix or postfix:mail, by name "
        "or number. Empty: whoever starts the server. Only root can give it "
        "to others."},
    Setting{
        "lmtp", "sessions_max",
        NumberMember{in<&Config::lmtp, &Lmtp::sessions_max>}, 1, 10000,
        "sessions",
        "The most LMTP sessions of one process; then 421. They do not count "
        "among those of strangers."},
    Setting{
        "submission", "shared_aliases",
        FlagMember{in<&Config::submission, &Submission::shared_aliases>}, 0, 0,
        "",
        "Whether an account may write in the name of an alias that leads to "
        "other accounts too (info@, sales@). Its own address, its subaddresses "
        "and the aliases that lead to it alone it may always use."},
    Setting{"submission", "show_client",
            FlagMember{in<&Config::submission, &Submission::show_client>}, 0, 0,
            "",
            "Whether Received says the address and the name of the computer "
            "that a message was submitted from. Everyone who gets the message "
            "can read it; the log has it in any case."},
    Setting{"submission", "hidden_fields",
            TextsMember{in<&Config::submission, &Submission::hidden_fields>}, 0,
            0, "",
            "Fields that are taken out of submitted messages: what tells of "
            "the sender's program, computer or address. Bcc and Return-Path "
            "always go."},
    Setting{
        "submission", "messages_per_hour_max",
        NumberMember{
            in<&Config::submission, &Submission::messages_per_hour_max>},
        0, 1000000000, "messages",
        "The most messages that one account may send in an hour, counted from "
        "the first; then 450. A password that was stolen does less harm. 0: no "
        "limit; so for the next three."},
    Setting{"submission", "messages_per_day_max",
            NumberMember{
                in<&Config::submission, &Submission::messages_per_day_max>},
            0, 1000000000, "messages", "The same in 24 hours."},
    Setting{"submission", "recipients_per_hour_max",
            NumberMember{
                in<&Config::submission, &Submission::recipients_per_hour_max>},
            0, 1000000000, "recipients",
            "The most recipients of one account's messages in an hour."},
    Setting{"submission", "recipients_per_day_max",
            NumberMember{
                in<&Config::submission, &Submission::recipients_per_day_max>},
            0, 1000000000, "recipients", "The same in 24 hours."},
    Setting{"tls", "certificate",
            TextMember{in<&Config::tls, &Tls::certificate>}, 0, 0, "",
            "The certificate chain in PEM, this host's certificate first."},
    Setting{"tls", "key", TextMember{in<&Config::tls, &Tls::key>}, 0, 0, "",
            "Its private key in PEM. Only the role `keys` ever holds it."},
    Setting{"tls", "plaintext_login",
            FlagMember{in<&Config::tls, &Tls::plaintext_login>}, 0, 0, "",
            "Whether passwords may cross the network without TLS. They "
            "should not."},
    Setting{
        "imap", "utf8_accept",
        FlagMember{in<&Config::imap, &Imap::utf8_accept>}, 0, 0, "",
        "Whether UTF8=ACCEPT (RFC 6855) is offered: mailbox names and "
        "headers in UTF-8 for clients that enable it. From those that do "
        "not, as IMAP4rev1 clients, APPEND then refuses messages with 8-bit "
        "octets in their header, as section 4 demands. Before old mail "
        "with such headers is moved in by such a client (mbsync, "
        "imapsync), switch this off; `postkeep import` takes it "
        "either way."},
    Setting{"imap", "separator",
            TextMember{in<&Config::imap, &Imap::separator>}, 0, 0, "",
            "What clients see between the levels of a mailbox's name: / or "
            ". (Dovecot's Maildir++ and Courier have the dot). The directories "
            "are the same for both; where a level itself has the one that "
            "separates, clients see the other."},
    Setting{"accounts", "file",
            TextMember{in<&Config::accounts, &Accounts::file>}, 0, 0, "",
            "The file of accounts and aliases, kept by `postkeep "
            "account`."},
    Setting{"accounts", "separator",
            TextMember{in<&Config::accounts, &Accounts::separator>}, 0, 0, "",
            "What separates an account from a detail: "
            "user+detail@example.org is delivered to user@example.org. "
            "Empty: no subaddresses."},
    Setting{"accounts", "scram",
            FlagMember{in<&Config::accounts, &Accounts::scram>}, 0, 0, "",
            "Whether SCRAM-SHA-256 is offered. Programs prefer it, and it "
            "works only for accounts with a SCRAM verifier: with this on, "
            "every new password gets one. It is weaker at rest than "
            "argon2id."},
    Setting{"accounts", "argon2_passes",
            NumberMember{in<&Config::accounts, &Accounts::argon2_passes>}, 1,
            64, "", "The number of passes of argon2id over new passwords."},
    Setting{"accounts", "argon2_memory_kib",
            NumberMember{in<&Config::accounts, &Accounts::argon2_memory_kib>},
            8, 1048576, "KiB", "The memory of argon2id for new passwords."},
    Setting{"accounts", "workers",
            NumberMember{in<&Config::accounts, &Accounts::workers>}, 1, 64,
            "threads", "How many passwords are verified at once."},
    Setting{"accounts", "waiting_max",
            NumberMember{in<&Config::accounts, &Accounts::waiting_max>}, 1,
            65536, "logins",
            "How many logins may wait for a worker; more are told to come "
            "again."},
    Setting{"accounts", "delay_first_milliseconds",
            NumberMember{
                in<&Config::accounts, &Accounts::delay_first_milliseconds>},
            0, 60000, "milliseconds",
            "The delay after the first wrong password of an address or "
            "account; it doubles with each further one."},
    Setting{"accounts", "delay_seconds_max",
            NumberMember{in<&Config::accounts, &Accounts::delay_seconds_max>},
            0, 3600, "seconds", "The longest such delay."},
    Setting{"accounts", "verified_seconds",
            NumberMember{in<&Config::accounts, &Accounts::verified_seconds>}, 0,
            86400, "seconds",
            "How long a verified login is remembered in memory, so that "
            "reconnecting costs no argon2id. 0: never."},
    Setting{"limits", "message_octets_max",
            NumberMember{in<&Config::limits, &Limits::message_octets_max>},
            65536, 2147483647, "octets",
            "The largest message (RFC 1870); RFC 5321 section 4.5.3.1.7 "
            "asks for 64 KiB at least."},
    Setting{"limits", "recipients_max",
            NumberMember{in<&Config::limits, &Limits::recipients_max>}, 1, 1000,
            "recipients",
            "The most recipients of one message. RFC 5321 section "
            "4.5.3.1.8 asks for 100 at least."},
    Setting{
        "limits", "messages_per_session_max",
        NumberMember{in<&Config::limits, &Limits::messages_per_session_max>}, 1,
        1000000, "messages",
        "The most messages of one SMTP session; then 421."},
    Setting{
        "limits", "commands_per_session_max",
        NumberMember{in<&Config::limits, &Limits::commands_per_session_max>},
        10, 1000000000, "commands",
        "The most commands of one SMTP session; then 421."},
    Setting{"limits", "errors_per_session_max",
            NumberMember{in<&Config::limits, &Limits::errors_per_session_max>},
            1, 1000, "errors",
            "The most commands of one session that may fail; then 421."},
    Setting{"limits", "chunks_per_message_max",
            NumberMember{in<&Config::limits, &Limits::chunks_per_message_max>},
            1, 100000000, "chunks",
            "The most BDAT chunks of one message (RFC 3030)."},
    Setting{"limits", "received_fields_max",
            NumberMember{in<&Config::limits, &Limits::received_fields_max>}, 5,
            1000, "fields",
            "The most Received fields of a message that is not taken to "
            "be in a loop (RFC 5321 section 6.3)."},
    Setting{"limits", "sessions_per_role_max",
            NumberMember{in<&Config::limits, &Limits::sessions_per_role_max>},
            1, 100000, "sessions",
            "The most sessions of one process; more wait in the kernel's "
            "queue."},
    Setting{
        "limits", "sessions_per_address_max",
        NumberMember{in<&Config::limits, &Limits::sessions_per_address_max>}, 1,
        100000, "sessions",
        "The most sessions of one client address (of IPv6: one /64) in one "
        "process; then 421."},
    Setting{"limits", "octets_in_flight_max",
            NumberMember{in<&Config::limits, &Limits::octets_in_flight_max>},
            1048576, 68719476736, "octets",
            "The most octets of messages that one process holds at once; "
            "then 452."},
    Setting{"limits", "free_octets_min",
            NumberMember{in<&Config::limits, &Limits::free_octets_min>}, 0,
            1099511627776, "octets",
            "Mail is refused with 452 when the disk has less room than "
            "this, so that what was accepted can still be delivered, read "
            "and deleted."},
    Setting{"limits", "imap_line_octets_max",
            NumberMember{in<&Config::limits, &Limits::imap_line_octets_max>},
            8000, 1048576, "octets",
            "The longest line of an IMAP command after login, each of those "
            "between literals. RFC 2683 section 3.2.1.5 asks for 8,000 at "
            "least; clients with long sets of UIDs may want more."},
    Setting{"limits", "imap_literal_octets_max",
            NumberMember{in<&Config::limits, &Limits::imap_literal_octets_max>},
            1024, 16777216, "octets",
            "The largest IMAP literal that is not a message."},
    Setting{"limits", "imap_literals_max",
            NumberMember{in<&Config::limits, &Limits::imap_literals_max>}, 8,
            4096, "literals",
            "The most literals of one IMAP command, messages not counted."},
    Setting{"limits", "imap_command_octets_max",
            NumberMember{in<&Config::limits, &Limits::imap_command_octets_max>},
            65536, 67108864, "octets",
            "All lines and literals of one IMAP command, messages not "
            "counted."},
    Setting{
        "limits", "imap_append_messages_max",
        NumberMember{in<&Config::limits, &Limits::imap_append_messages_max>}, 1,
        10000, "messages",
        "The most messages of one APPEND (RFC 3502). All of them together may "
        "have message_octets_max."},
    Setting{"limits", "imap_search_keys_max",
            NumberMember{in<&Config::limits, &Limits::imap_search_keys_max>},
            16, 65536, "keys",
            "The most keys of one SEARCH, on all levels together."},
    Setting{"limits", "sessions_per_user_max",
            NumberMember{in<&Config::limits, &Limits::sessions_per_user_max>},
            1, 10000, "sessions",
            "The most IMAP and POP3 sessions of one account."},
    Setting{
        "timeouts", "greeting_milliseconds",
        NumberMember{in<&Config::timeouts, &Timeouts::greeting_milliseconds>},
        0, 60000, "milliseconds",
        "How long a client of port 25 is watched before it is "
        "greeted. One that talks before the greeting is sent away: it "
        "does not speak SMTP."},
    Setting{
        "timeouts", "smtp_command_seconds",
        NumberMember{in<&Config::timeouts, &Timeouts::smtp_command_seconds>}, 5,
        3600, "seconds",
        "How long a client may take for its next command. RFC 5321 "
        "section 4.5.3.2.7 asks for 300."},
    Setting{"timeouts", "smtp_data_seconds",
            NumberMember{in<&Config::timeouts, &Timeouts::smtp_data_seconds>},
            5, 3600, "seconds",
            "How long a client may be silent in the middle of a message. "
            "RFC 5321 section 4.5.3.2.5 gives it 180."},
    Setting{
        "timeouts", "smtp_session_seconds",
        NumberMember{in<&Config::timeouts, &Timeouts::smtp_session_seconds>},
        60, 86400, "seconds", "How long one SMTP session may last in all."},
    Setting{
        "timeouts", "tls_handshake_seconds",
        NumberMember{in<&Config::timeouts, &Timeouts::tls_handshake_seconds>},
        1, 600, "seconds", "How long a TLS handshake may take."},
    Setting{"timeouts", "login_seconds",
            NumberMember{in<&Config::timeouts, &Timeouts::login_seconds>}, 5,
            3600, "seconds",
            "How long a client that has not logged in may take for its next "
            "command or answer; then BYE. POP3 waits 600 whatever is set here, "
            "as RFC 1939 section 3 asks, or longer."},
    Setting{"timeouts", "imap_idle_seconds",
            NumberMember{in<&Config::timeouts, &Timeouts::imap_idle_seconds>},
            60, 86400, "seconds",
            "How long a logged-in IMAP client may be silent. RFC 9051 section "
            "5.4 asks for 1800 at least: with less, clients that send nothing "
            "while IDLE lose their connection."},
    Setting{"timeouts", "pop3_idle_seconds",
            NumberMember{in<&Config::timeouts, &Timeouts::pop3_idle_seconds>},
            600, 86400, "seconds",
            "How long a logged-in POP3 client may be silent. RFC 1939 section "
            "3 asks for 600 at least."},
    Setting{
        "timeouts", "mailbox_idle_seconds",
        NumberMember{in<&Config::timeouts, &Timeouts::mailbox_idle_seconds>}, 1,
        86400, "seconds",
        "How long a user's mailbox process stays when nobody needs "
        "it."},
    Setting{"timeouts", "drain_seconds",
            NumberMember{in<&Config::timeouts, &Timeouts::drain_seconds>}, 1,
            3600, "seconds",
            "How long sessions may go on after the server was told to "
            "end."},
    Setting{"spool", "segment_octets",
            NumberMember{in<&Config::spool, &Spool::segment_octets>}, 1048576,
            1073741824, "octets", "The size of one segment of the journal."},
    Setting{"spool", "memory_octets_max",
            NumberMember{in<&Config::spool, &Spool::memory_octets_max>},
            1048576, 68719476736, "octets",
            "How many octets of messages wait for delivery in memory; the "
            "rest is read back from the journal."},
    Setting{
        "spool", "delivery_flush_milliseconds",
        NumberMember{in<&Config::spool, &Spool::delivery_flush_milliseconds>},
        10, 10000, "milliseconds",
        "How long delivered messages wait to be flushed together. "
        "They are in the journal meanwhile, and readable."},
    Setting{"dns", "resolvers",
            TextsMember{in<&Config::dns, &DnsSettings::resolvers>}, 0, 0, "",
            "Whom to ask, in this order: an address, with a port where it is "
            "not 53, as in \"127.0.0.1\" or \"[::1]:5353\". Eight at most. "
            "Empty: those of /etc/resolv.conf. After a change of ports the "
            "server is to be restarted."},
    Setting{
        "dns", "trusted", TextsMember{in<&Config::dns, &DnsSettings::trusted>},
        0, 0, "",
        "Those of them whose word on DNSSEC is believed (the AD bit, RFC 4035 "
        "section 3.2.3). They must validate, and nobody must be able to change "
        "what they say on its way: a resolver on this machine. Without any, "
        "DANE is not used. Trusted ones beside others gain little: who keeps "
        "the trusted ones from answering has the others asked."},
    Setting{"dns", "attempt_milliseconds",
            NumberMember{in<&Config::dns, &DnsSettings::attempt_milliseconds>},
            100, 30000, "milliseconds",
            "How long one resolver may take for one answer, before the next "
            "one is asked."},
    Setting{
        "dns", "deadline_milliseconds",
        NumberMember{in<&Config::dns, &DnsSettings::deadline_milliseconds>},
        1000, 120000, "milliseconds",
        "How long all of that may take; then it is trouble, and mail waits."},
    Setting{"dns", "questions_max",
            NumberMember{in<&Config::dns, &DnsSettings::questions_max>}, 16,
            1000000, "questions", "How many may wait for answers at once."},
    Setting{"dns", "cache_entries_max",
            NumberMember{in<&Config::dns, &DnsSettings::cache_entries_max>}, 0,
            10000000, "answers", "How many answers are remembered. 0: none."},
    Setting{"dns", "cache_octets_max",
            NumberMember{in<&Config::dns, &DnsSettings::cache_octets_max>}, 0,
            17179869184, "octets", "How much memory they may take."},
    Setting{
        "dns", "ttl_seconds_min",
        NumberMember{in<&Config::dns, &DnsSettings::ttl_seconds_min>}, 0, 3600,
        "seconds",
        "Records are remembered for so long at least, whatever they say. RFC "
        "1035 has no such thing: leave it at 0 unless resolvers are far away."},
    Setting{"dns", "ttl_seconds_max",
            NumberMember{in<&Config::dns, &DnsSettings::ttl_seconds_max>}, 1,
            604800, "seconds", "Records are remembered for so long at most."},
    Setting{"dns", "denial_seconds_max",
            NumberMember{in<&Config::dns, &DnsSettings::denial_seconds_max>}, 0,
            86400, "seconds",
            "That there is no such name or record is remembered for so long at "
            "most (RFC 2308)."},
    Setting{"mbox", "directory",
            TextMember{in<&Config::mbox, &Mbox::directory>}, 0, 0, "",
            "Where the files are, each named by its local user. Other programs "
            "lock and change them there, so it must be theirs, too: a local "
            "file system, and writable by the group."},
    Setting{"mbox", "group", TextMember{in<&Config::mbox, &Mbox::group>}, 0, 0,
            "",
            "The group that may write the files and make their locks: a name "
            "of /etc/group or a number. Files are made for their user and "
            "this group, with mode 0660. As an ordinary user the server "
            "stays in its own."},
    Setting{
        "drop", "takes_mail", FlagMember{in<&Config::drop, &Drop::takes_mail>},
        0, 0, "",
        "Whether programs of this machine may send by the command sendmail. "
        "False: what they leave waits until it is true again."},
    Setting{"drop", "look_milliseconds",
            NumberMember{in<&Config::drop, &Drop::look_milliseconds>}, 10,
            60000, "milliseconds",
            "How often the drop directory is looked at for new messages."},
    Setting{"sandbox", "require",
            TextsMember{in<&Config::sandbox, &Sandbox::require>}, 0, 0, "",
            "What must hold for every role, or the server does not start: "
            "no_new_privs, seccomp, empty_root, landlock, separate_uids."},
    Setting{"sandbox", "user", TextMember{in<&Config::sandbox, &Sandbox::user>},
            0, 0, "",
            "Users of this prefix are taken for the roles when started as "
            "root: postkeep-smtp_in and so on. Where they are missing, "
            "uid_first counts."},
    Setting{"sandbox", "uid_first",
            NumberMember{in<&Config::sandbox, &Sandbox::uid_first>}, 1000,
            4294967200, "",
            "The first of the uids that the roles take when started as "
            "root and no such users exist."},
    Setting{"sandbox", "landlock_abi_max",
            NumberMember{in<&Config::sandbox, &Sandbox::landlock_abi_max>}, 0,
            99, "",
            "Use no newer interface of Landlock than this; 0 for none."},
    Setting{"log", "file", TextMember{in<&Config::log, &LogSettings::file>}, 0,
            0, "", "Where the log goes. Empty: standard output."},
    Setting{"log", "level", TextMember{in<&Config::log, &LogSettings::level>},
            0, 0, "",
            "The least severity that is logged: debug, info, notice, "
            "warning or error."},
};

struct Section {
  std::string_view name;
  std::string_view meaning;
};

constexpr std::array sections{
    Section{"listen",
            "Where the server listens: address:port, an IPv6 address in "
            "brackets. An empty list switches a service off."},
    Section{"lmtp",
            "LMTP (RFC 2033): another mail server, such as Postfix, receives "
            "and judges, and hands over what is for accounts here."},
    Section{"submission",
            "What accounts may send (ports 587 and 465), and what their "
            "messages give away."},
    Section{"tls", "The server's certificate."},
    Section{"imap", "What IMAP offers."},
    Section{"accounts",
            "Who has mail here, and how passwords are kept and tried."},
    Section{"limits", "How much of anything anyone may have."},
    Section{"timeouts", "How long anything may take."},
    Section{"spool", "The journal in which accepted mail is safe."},
    Section{"dns",
            "Who is asked for names and addresses, and what is remembered."},
    Section{
        "outbound",
        "Mail for other hosts: whom it may go to, and how long they may take."},
    Section{"queue", "Mail that waits for other hosts."},
    Section{"mbox",
            "mbox spool files, for accounts that `postkeep account` gives one "
            "instead of a mailbox here."},
    Section{"drop", "Mail of programs on this machine: the command sendmail."},
    Section{"sandbox", "What each process of the server may do."},
    Section{"log", "One line an event."},
};

}  // namespace

std::span<const Setting> settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> made(table.begin(), table.end());
    const auto outbound = outbound_settings();
    made.insert(std::ranges::find(made, "sandbox", &Setting::section),
                outbound.begin(), outbound.end());
    return made;
  }();
  return all;
}

std::string_view section_meaning(std::string_view section) {
  for (const Section& one : sections) {
    if (one.name == section) return one.meaning;
  }
  return {};
}

}  // namespace postkeep::config
