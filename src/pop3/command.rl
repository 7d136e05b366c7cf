// The machine of pop3/command.h. Which octets are a command is said in
// grammar/rfc1939_command.rl: test proof_pop3_command_machine_is_the_grammar
// shows that main accepts exactly its command.

#include "pop3/command_machine.h"

%%{
  machine pop3_command;
  alphtype unsigned char;

  include rfc1939_command "rfc1939_command.rl";

  action capa { capa(); }
  action stls { stls(); }
  action user { user(); }
  action pass { pass(); }
  action auth { auth(); }
  action utf8 { utf8(); }
  action lang { lang(); }
  action quit { quit(); }
  action stat { stat(); }
  action list { list(); }
  action retr { retr(); }
  action dele { dele(); }
  action noop { noop(); }
  action rset { rset(); }
  action top { top(); }
  action uidl { uidl(); }
  action argument_octet { argument_octet(fc); }
  action initial_start { initial_start(); }
  action initial_octet { initial_octet(fc); }
  action initial_empty { initial_empty(); }
  action number_start { number_start(); }
  action number_digit { number_digit(fc); }

  number = DIGIT+ >number_start $number_digit;
  initial = ( initial_response - "=" ) >initial_start $initial_octet |
            "=" @initial_empty;

  main := "CAPA"i @capa CRLF |
          "STLS"i @stls CRLF |
          "USER"i @user SP name $argument_octet CRLF |
          "PASS"i @pass SP string $argument_octet CRLF |
          "AUTH"i @auth SP sasl_mech $argument_octet ( SP initial )? CRLF |
          "UTF8"i @utf8 CRLF |
          "LANG"i @lang ( SP language_range $argument_octet )? CRLF |
          "QUIT"i @quit CRLF |
          "STAT"i @stat CRLF |
          "LIST"i @list ( SP number )? CRLF |
          "RETR"i @retr SP number CRLF |
          "DELE"i @dele SP number CRLF |
          "NOOP"i @noop CRLF |
          "RSET"i @rset CRLF |
          "TOP"i @top SP number SP number CRLF |
          "UIDL"i @uidl ( SP number )? CRLF;
}%%

namespace postkeep::pop3 {

%% write data noentry noerror;

bool CommandMachine::run(std::string_view text) {
  int cs = 0;
  %% write init;
  machine_state_ = cs;
  constexpr std::string_view line_end = "\r\n";
  return run_on(octets(text)) == text.size() &&
         run_on(octets(line_end)) == line_end.size() &&
         machine_state_ >= pop3_command_first_final;
}

std::size_t CommandMachine::run_on(Octets octets) {
  int cs = machine_state_;
  const Octet* p = octets.data();
  const Octet* const pe = p + octets.size();
  %% write exec;
  machine_state_ = cs;
  return static_cast<std::size_t>(p - octets.data());
}

}  // namespace postkeep::pop3
