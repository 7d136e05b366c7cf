// BDAT (RFC 3030): chunks that are counted, not searched. A dot means nothing
// here.

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
  // Neither sum can overflow: what was read is below the limit.
  if (bdat.octets > limits.message_octets_max - transaction_.octets) {
    end_transaction();
    return pass_over(bdat.octets, ReplyName::message_too_large,
                     ServerState::idle);
  }
  if (bdat.octets + transaction_.octets > room_octets_) {
    end_transaction();
    return pass_over(bdat.octets, ReplyName::no_room, ServerState::idle);
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
  ReplyName reply = ReplyName::no_recipients;
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
                              ServerState after) {
  if (octets > options_->limits.refused_octets_max) {
    say(reply, std::to_string(options_->limits.message_octets_max));
    return close("endless");
  }
  data_started_ = now_;
  data_octets_ = 0;
  chunk_octets_left_ = octets;
  skip_reply_ = reply;
  skip_after_ = after;
  state_ = ServerState::skip;
}

void ServerSession::on_skip_end() {
  state_ = skip_after_;
  refuse(skip_reply_, std::to_string(options_->limits.message_octets_max));
}

void ServerSession::on_chunk_end() {
  const bool binary =
      transaction_.mail.parameters.body == BodyType::binary_mime;
  if (chunk_last_ && !binary && !text_check_.holds_at_end()) {
    transaction_.fault = ReplyName::bad_octets;
  }
  // RFC 3030 section 2: after a chunk that failed the message is over.
  if (transaction_.fault) return refuse_message(*transaction_.fault);
  if (chunk_last_) return offer_message();
  state_ = ServerState::chunks;
  say(ReplyName::chunk_ok, std::to_string(transaction_.octets));
}

}  // namespace postkeep::smtp
