// The grammar and nothing else: the oracle of dsn/notification_laws.h.

#include "dsn/notification_laws.h"

%%{
  machine delivery_status_reference;
  alphtype unsigned char;

  include rfc3464_delivery_status "rfc3464_delivery_status.rl";

  main := written_delivery_status;
}%%

namespace postkeep::dsn {

%% write data noentry noerror;

bool reference_accepts_delivery_status(Octets whole) {
  int cs = 0;
  const Octet* p = whole.data();
  const Octet* const pe = p + whole.size();
  %% write init;
  %% write exec;
  return p == pe && cs >= delivery_status_reference_first_final;
}

}  // namespace postkeep::dsn
