%%{
  # What Postkeep keeps of a password: grammar/abnf/postkeep_records.abnf.
  # Base64 as RFC 4648, without padding in the first form.
  machine postkeep_records;

  include rfc5234_core "rfc5234_core.rl";
  include rfc4648_base64 "rfc4648_base64.rl";

  # record-number = %x31-39 *9DIGIT
  record_number = 0x31..0x39 DIGIT{0,9};

  # record-salt = 21base64-char base64-last-of-2
  record_salt = base64_char{21} base64_last_of_2;

  # record-hash = 42base64-char base64-last-of-3
  record_hash = base64_char{42} base64_last_of_3;

  # password-record = "$argon2id$v=19$m=" record-number ",t=" record-number
  #                   ",p=1$" record-salt "$" record-hash
  password_record = "$argon2id$v=19$m=" record_number ",t=" record_number
                    ",p=1$" record_salt "$" record_hash;

  # scram-key = record-hash "="
  scram_key = record_hash "=";

  # scram-record = "SCRAM-SHA-256$" record-number ":" canonical-base64 "$"
  #                scram-key ":" scram-key
  scram_record = "SCRAM-SHA-256$" record_number ":" canonical_base64 "$"
                 scram_key ":" scram_key;
}%%
