// BDAT (RFC 3030; RFC 2033 section 4.3): chunks that are counted, not searched.
// A dot means nothing here.

#include "smtp/server_session.h"

namespace postkeep::smtp {

void ServerSession::on_bdat() {
  const Bdat bdat = std::get<Bdat>(command_);
  const ServerLimits& limits = options_->limits;
  if (!options_->chunking || !extended_) {
    return pass_over(bdat.octets, ReplyName::not_implemented, state_);
  }
  if (state_ == ServerState::recipients) start_message();
  transaction_.chunks_count += 1;
  if (transaction_.chunks_count > limits.chunks_max) {
    note(Noted::What::limit_reached, "chunks");
    say(ReplyName::closing_chunks, options_->hostname);
    return close("chunks");
  }
  const std::size_t replies_count = bdat.last ? end_replies_count() : 1;
  // Neither sum can overflow: what was read is below the limit.
  if (bdat.octets > limits.message_octets_max - transaction_.octets) {
    end_transaction();
    return pass_over(bdat.octets, ReplyName::message_too_large,
                     ServerState::idle, replies_count);
  }
  if (bdat.octets + transaction_.octets > room_octets_) {
    end_transaction();
    return pass_over(bdat.octets, ReplyName::no_room, ServerState::idle,
                     replies_count);
  }
  data_started_ = now_;
  data_octets_ = 0;
  chunk_octets_left_ = bdat.octets;
  chunk_last_ = bdat.last;
  state_ = ServerState::chunk;
}

// Its octets follow all the same, so they are passed over, not read as
// commands.
void ServerSession::on_stray_bdat() {
  ReplyName reply =
      is_lmtp() ? ReplyName::no_recipients_lmtp : ReplyName::no_recipients;
  if (state_ == ServerState::unidentified) {
    reply = ReplyName::hello_first;
  } else if (!options_->chunking || !extended_) {
    reply = ReplyName::not_implemented;
  } else if (state_ == ServerState::idle) {
    reply = ReplyName::mail_first;
  }
  pass_over(std::get<Bdat>(command_).octets, reply, state_);
}

void ServerSession::pass_over(std::uint64_t octets, ReplyName reply,
                              ServerState after, std::size_t replies_count) {
  if (octets > options_->limits.refused_octets_max) {
    say_at_end(reply, std::to_string(options_->limits.message_octets_max),
               replies_count);
    return close("endless");
  }
  data_started_ = now_;
  data_octets_ = 0;
  chunk_octets_left_ = octets;
  skip_reply_ = reply;
  skip_after_ = after;
  skip_replies_count_ = replies_count;
  state_ = ServerState::skip;
}

void ServerSession::on_skip_end() {
  state_ = skip_after_;
  const std::string detail =
      skip_reply_ == ReplyName::hello_first
          ? std::string{hello_verb()}
          : std::to_string(options_->limits.message_octets_max);
  say_at_end(skip_reply_, detail, skip_replies_count_);
  count_error();
}

void ServerSession::on_chunk_end() {
  const bool binary =
      transaction_.mail.parameters.body == BodyType::binary_mime;
  if (chunk_last_ && !binary && !text_check_.holds_at_end()) {
    transaction_.fault = ReplyName::bad_octets;
  }
  // RFC 3030 section 2: after a chunk that failed the message is over.
  if (transaction_.fault) {
    return refuse_message(*transaction_.fault,
                          chunk_last_ ? end_replies_count() : 1);
  }
  if (chunk_last_) return offer_message();
  state_ = ServerState::chunks;
  say(ReplyName::chunk_ok, std::to_string(transaction_.octets));
}

}  // namespace postkeep::smtp
