# The chain of proof of this room: what the RFCs say (with the profile's named
# exceptions) is what the grammars say; what is tolerated is more than that;
# and the machines are what the grammars say.
set(abnf grammar/abnf)
set(rfc5322 ${abnf}/rfc5322.abnf+${abnf}/rfc3629.abnf+${abnf}/rfc6532.abnf)
set(profile ${rfc5322}+${abnf}/postkeep_rfc5322.abnf)
set(mime ${profile}+${abnf}/rfc2045.abnf+${abnf}/rfc2183.abnf)
string(APPEND mime +${abnf}/rfc2231.abnf+${abnf}/postkeep_mime.abnf)
set(encoded_word ${abnf}/rfc2047.abnf+${abnf}/postkeep_rfc2047.abnf)

# pk_prove_rule(<abnf> <rule> <grammar file>): comments nest 3 deep.
function(pk_prove_rule abnf rule file)
  string(REPLACE "-" "_" name ${rule})
  pk_prove(message_${name}_is_the_rfc ${abnf}:${rule}@3 grammar/${file}.rl:${name})
endfunction()

foreach(rule UTF8-non-ascii quoted-pair FWS CFWS comment atom dot-atom
        quoted-string word phrase unstructured)
  pk_prove_rule(${profile} ${rule} rfc5322_lexical)
endforeach()
pk_prove_rule(${profile} date-time rfc5322_date_time)
foreach(rule domain-literal domain local-part addr-spec angle-addr mailbox
        mailbox-list group address-list)
  pk_prove_rule(${profile} ${rule} rfc5322_address)
endforeach()
pk_prove_rule(${profile} msg-id rfc5322_message_id)
pk_prove_rule(${profile} msg-ids rfc5322_message_id)
pk_prove_rule(${profile} received-value rfc5322_received)
pk_prove_rule(${profile} field-name rfc5322_header)
pk_prove_rule(${profile} optional-field rfc5322_header)
pk_prove_rule(${profile} obs-optional rfc5322_header)
foreach(rule content-type-value encoding-value disposition-value
        language-value parameter-name extended-value)
  pk_prove_rule(${mime} ${rule} rfc2045_mime)
endforeach()
pk_prove_rule(${encoded_word} encoded-word rfc2047_encoded_word)

# The profile only takes away: what it accepts, the RFC accepts.
foreach(rule date-time address-list msg-id unstructured)
  pk_prove(message_profile_of_${rule}_is_inside_the_rfc --inside
    ${profile}:${rule}@3 ${rfc5322}:${rule}@3)
endforeach()

# What is tolerated takes nothing away.
function(pk_prove_tolerated file rule tolerated)
  pk_prove(message_${rule}_is_tolerated --inside
    grammar/${file}.rl:${rule} grammar/${file}.rl:${tolerated})
endfunction()
pk_prove_tolerated(rfc5322_date_time date_time tolerated_date_time)
pk_prove_tolerated(rfc5322_address address_list tolerated_address_list)
pk_prove_tolerated(rfc5322_address mailbox_list tolerated_address_list)
pk_prove_tolerated(rfc5322_message_id msg_ids tolerated_msg_ids)
pk_prove_tolerated(rfc5322_received received_value tolerated_received)
pk_prove_tolerated(rfc2045_mime content_type_value tolerated_content_type)
pk_prove_tolerated(rfc2045_mime disposition_value tolerated_disposition)
pk_prove_tolerated(rfc2045_mime language_value tolerated_tokens)
pk_prove_tolerated(rfc2045_mime encoding_value tolerated_tokens)
pk_prove_tolerated(rfc2045_mime parameter_name tolerated_parameter_name)
pk_prove_tolerated(rfc2045_mime extended_value tolerated_extended_value)
pk_prove_tolerated(rfc2047_encoded_word encoded_word tolerated_encoded_word)

# The machines.
function(pk_prove_machine stem file rule)
  pk_prove(message_${stem}_machine_is_the_grammar
    src/message/${stem}.rl:main grammar/${file}.rl:${rule})
endfunction()
pk_prove_machine(address rfc5322_address tolerated_address_list)
pk_prove_machine(address_cut rfc5322_address tolerated_elements)
pk_prove_machine(date_time rfc5322_date_time tolerated_date_time)
pk_prove_machine(encoded_word rfc2047_encoded_word tolerated_encoded_word)
pk_prove_machine(header rfc5322_header field_start)
pk_prove_machine(message_id rfc5322_message_id tolerated_msg_ids)
pk_prove_machine(mime_disposition rfc2045_mime tolerated_disposition)
pk_prove_machine(mime_extended_value rfc2045_mime tolerated_extended_value)
pk_prove_machine(mime_parameter_name rfc2045_mime tolerated_parameter_name)
pk_prove_machine(mime_tokens rfc2045_mime tolerated_tokens)
pk_prove_machine(mime_type rfc2045_mime tolerated_content_type)
pk_prove_machine(received rfc5322_received tolerated_received)
pk_prove_machine(utf8 rfc3629_utf8 UTF8_octets)

# Where a reader stops must not depend on what follows.
pk_prove(message_field_start_ends_by_itself --holds prefix_free,no_nul,no_8bit
  grammar/rfc5322_header.rl:field_start)
pk_prove(message_encoded_word_ends_by_itself --holds prefix_free,crlf,no_nul
  grammar/rfc2047_encoded_word.rl:tolerated_encoded_word)
foreach(rule address_list:rfc5322_address date_time:rfc5322_date_time
        content_type_value:rfc2045_mime msg_ids:rfc5322_message_id
        received_value:rfc5322_received unstructured:rfc5322_lexical)
  string(REPLACE ":" ";" parts ${rule})
  list(GET parts 0 name)
  list(GET parts 1 file)
  pk_prove(message_${name}_has_no_bare_line_end --holds crlf,no_nul
    grammar/${file}.rl:${name})
endforeach()

# Names of mailboxes.
set(name_abnf
  grammar/abnf/rfc3501_mailbox_name.abnf+grammar/abnf/rfc3629.abnf)
pk_prove(message_modified_utf_7_grammar_is_the_rfc
  ${name_abnf}:modified-UTF-7
  grammar/rfc3501_mailbox_name.rl:modified_UTF_7)
pk_prove(message_modified_utf_7_machine_is_the_grammar
  src/message/modified_utf_7.rl:main
  grammar/rfc3501_mailbox_name.rl:modified_UTF_7)
pk_prove(message_utf_8_name_grammar_is_the_rfc
  ${name_abnf}:UTF-8-name grammar/rfc3501_mailbox_name.rl:UTF_8_name)
pk_prove(message_utf_8_name_machine_is_the_grammar
  src/message/utf_8_name.rl:main grammar/rfc3501_mailbox_name.rl:UTF_8_name)
pk_prove(message_characters_machine_is_the_grammar
  src/message/name_characters.rl:main grammar/rfc3629_utf8.rl:UTF8_octets)
