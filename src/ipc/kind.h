// Every kind of message between roles, numbered once for all.
#pragma once

#include "ipc/packets.h"

namespace postkeep::ipc {

enum class Kind : std::uint16_t {
  // ipc/mail_messages.h: smtp_in and submission with spool.
  message_offered = 0x0101,
  offer_answer = 0x0102,
  // ipc/delivery_messages.h: spool with a user's mailbox.
  deliver = 0x0201,
  deliver_answer = 0x0202,
  deliveries_done = 0x0203,
  deliveries_forget = 0x0204,
  // ipc/drop_messages.h: spool with mbox.
  drop = 0x0205,
  drop_answer = 0x0206,
  drops_forget = 0x0207,
  drops_known = 0x0208,
  // ipc/auth_messages.h: smtp_in, submission and login with auth.
  recipient_question = 0x0301,
  recipient_answer = 0x0302,
  auth_step = 0x0303,
  auth_answer = 0x0304,
  auth_end = 0x0305,
  session_hand_over = 0x0306,
  sender_question = 0x0307,
  sender_answer = 0x0308,
  usage_report = 0x0309,
  // ipc/key_messages.h: every role with TLS, and keys.
  sign_request = 0x0401,
  sign_answer = 0x0402,
  ticket_keys = 0x0403,
  // ipc/access_messages.h: access with login.
  connection_opened = 0x0501,
  connection_start_tls = 0x0502,
  connection_tls_started = 0x0503,
  // ipc/control_messages.h: the command line with control, control with roles.
  control_request = 0x0601,
  control_answer = 0x0602,
  status_question = 0x0603,
  status_answer = 0x0604,
  // ipc/transfer_messages.h: the command line with a user's mailbox.
  transfer_request = 0x0605,
  transfer_answer = 0x0606,
  // ipc/supervisor_messages.h: every role with supervisor.
  start = 0x0701,
  give = 0x0702,
  enter = 0x0703,
  ready = 0x0704,
  reload = 0x0705,
  drain = 0x0706,
  drained = 0x0707,
  mailbox_wanted = 0x0708,
  mailbox_given = 0x0709,
  mailbox_idle = 0x070A,
  mailbox_idle_answer = 0x070B,
  reload_wanted = 0x070C,
  mailbox_birth = 0x070D,
  mailbox_born = 0x070E,
  spool_file_wanted = 0x070F,
  spool_file_made = 0x0710,
  // ipc/dns_messages.h: who asks for names, with dns.
  dns_ask = 0x0801,
  dns_reply = 0x0802,
  // ipc/outbound_messages.h: spool with connect.
  connect_ask = 0x0901,
  connect_answer = 0x0902,
  connect_forget = 0x0903,
  // The same: spool with smtp_out.
  remote_open = 0x0A01,
  remote_ready = 0x0A02,
  remote_mail = 0x0A03,
  remote_mail_ended = 0x0A04,
  remote_close = 0x0A05,
  remote_ended = 0x0A06,
};

}  // namespace postkeep::ipc
