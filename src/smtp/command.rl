// The machine of smtp/command.h. Which octets are a command is said in
// grammar/rfc5321_command.rl: test proof_smtp_command_machine_is_the_grammar
// shows that main accepts exactly its profile_command.

#include "smtp/command_machine.h"

%%{
  machine smtp_command;
  alphtype unsigned char;

  include rfc5321_command "rfc5321_command.rl";

  action argument_octet { argument_octet(fc); }
  action path_octet { path_octet(fc); }
  action postmaster { postmaster(); }
  action parameter_start { parameter_start(); }
  action parameter_octet { parameter_octet(fc); }
  action chunk_digit { chunk_digit(fc); }
  action last_chunk { last_chunk(); }
  action initial_octet { initial_octet(fc); }

  client = tolerated_client_name $argument_octet;
  route = ( profile_A_d_l ":" )?;
  parameters = ( SP ( profile_esmtp_param
                      >parameter_start $parameter_octet ) )*;

  main :=
    "EHLO"i SP client tolerated_end |
    "HELO"i SP client tolerated_end |
    "LHLO"i SP client tolerated_end |
    "MAIL FROM:"i SP? "<" ( route profile_Mailbox $path_octet )? ">"
      parameters tolerated_end |
    "RCPT TO:"i SP?
      "<" ( route ( profile_Mailbox $path_octet ) ">" |
            "Postmaster"i ">" @postmaster ) parameters tolerated_end |
    tolerated_data | tolerated_rset | tolerated_quit | tolerated_starttls |
    tolerated_help | tolerated_noop |
    "VRFY"i SP ( tolerated_any_text $argument_octet ) CRLF |
    "EXPN"i SP ( tolerated_any_text $argument_octet ) CRLF |
    "BDAT"i SP ( profile_chunk_size $chunk_digit )
      ( SP ( end_marker @last_chunk ) )? tolerated_end |
    "AUTH"i SP ( tolerated_sasl_mech $argument_octet )
      ( SP ( initial_response $initial_octet ) )? tolerated_end;
}%%

namespace postkeep::smtp {

%% write data noentry noerror;

bool CommandMachine::run(std::string_view text) {
  int cs = 0;
  const Octets whole = octets(text);
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= smtp_command_first_final;
}

}  // namespace postkeep::smtp
