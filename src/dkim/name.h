// Names that a signature holds: domains and selectors, as the grammar has them.
//
// Here:      is_in_domain_grammar(), is_in_selector_grammar().
// Not here:  their lengths (dkim/signature.h).
// Grammar:   grammar/rfc6376_dkim.rl, rules domain_name and selector.
// Laws:      proptests/dkim/signature_laws.h.
#pragma once

#include "base/octets.h"

namespace postkeep::dkim {

[[nodiscard]] bool is_in_domain_grammar(Octets text);
[[nodiscard]] bool is_in_selector_grammar(Octets text);

}  // namespace postkeep::dkim
