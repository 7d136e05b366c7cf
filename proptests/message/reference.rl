// The oracles of this room: rules of the grammars, compiled without any action
// and by another back end of Ragel than the machines of src/message.

#include "message/reference.h"

namespace postkeep::message {

%%{
  machine reference_address;
  alphtype unsigned char;
  include rfc5322_address "rfc5322_address.rl";
  main := tolerated_address_list;
}%%

%% write data noentry;

bool reference_accepts_address(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_address_first_final;
}

%%{
  machine reference_address_elements;
  alphtype unsigned char;
  include rfc5322_address "rfc5322_address.rl";
  main := tolerated_elements;
}%%

%% write data noentry;

bool reference_accepts_address_elements(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_address_elements_first_final;
}

%%{
  machine reference_date_time;
  alphtype unsigned char;
  include rfc5322_date_time "rfc5322_date_time.rl";
  main := tolerated_date_time;
}%%

%% write data noentry;

bool reference_accepts_date_time(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_date_time_first_final;
}

%%{
  machine reference_message_ids;
  alphtype unsigned char;
  include rfc5322_message_id "rfc5322_message_id.rl";
  main := tolerated_msg_ids;
}%%

%% write data noentry;

bool reference_accepts_message_ids(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_message_ids_first_final;
}

%%{
  machine reference_received;
  alphtype unsigned char;
  include rfc5322_received "rfc5322_received.rl";
  main := tolerated_received;
}%%

%% write data noentry;

bool reference_accepts_received(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_received_first_final;
}

%%{
  machine reference_content_type;
  alphtype unsigned char;
  include rfc2045_mime "rfc2045_mime.rl";
  main := tolerated_content_type;
}%%

%% write data noentry;

bool reference_accepts_content_type(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_content_type_first_final;
}

%%{
  machine reference_disposition;
  alphtype unsigned char;
  include rfc2045_mime "rfc2045_mime.rl";
  main := tolerated_disposition;
}%%

%% write data noentry;

bool reference_accepts_disposition(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_disposition_first_final;
}

%%{
  machine reference_tokens;
  alphtype unsigned char;
  include rfc2045_mime "rfc2045_mime.rl";
  main := tolerated_tokens;
}%%

%% write data noentry;

bool reference_accepts_tokens(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_tokens_first_final;
}

%%{
  machine reference_encoded_word;
  alphtype unsigned char;
  include rfc2047_encoded_word "rfc2047_encoded_word.rl";
  main := tolerated_encoded_word;
}%%

%% write data noentry;

bool reference_accepts_encoded_word(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_encoded_word_first_final;
}

%%{
  machine reference_utf8;
  alphtype unsigned char;
  include rfc3629_utf8 "rfc3629_utf8.rl";
  main := UTF8_octets;
}%%

%% write data noentry;

bool reference_accepts_utf8(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_utf8_first_final;
}

%%{
  machine reference_header;
  alphtype unsigned char;
  include rfc5322_header "rfc5322_header.rl";
  main := tolerated_header;
}%%

%% write data noentry;

bool reference_accepts_header(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_header_first_final;
}

%%{
  machine reference_field_start;
  alphtype unsigned char;
  include rfc5322_header "rfc5322_header.rl";
  main := field_start;
}%%

%% write data noentry;

bool reference_accepts_field_start(Octets whole) {
  int cs = 0;
  %% write init;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write exec;
  return cs >= reference_field_start_first_final;
}

}  // namespace postkeep::message
