// What GMime reads in messages, asked and answered as outline.cc is.
#include <gmime/gmime.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

namespace {

std::string quoted(const char* text) {
  if (text == nullptr) return "null";
  std::string json = "\"";
  for (const char c : std::string_view{text}) {
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    const bool plain = c >= ' ' && c <= '~' && c != '"' && c != '\\';
    json += plain ? std::string(1, c) : escape;
  }
  return json + '"';
}

// The values that are of the class that GMime gives a part.
struct Shape {
  int kind = 0;  // As PartKind of src/message/structure.h.
  long long begin = 0;
  long long end = 0;
  const char* boundary = nullptr;
  const char* filename = nullptr;
};

Shape shape_of(GMimeObject* part) {
  Shape shape;
  if (GMIME_IS_MULTIPART(part)) {
    shape.kind = 1;
    shape.boundary = g_mime_multipart_get_boundary(GMIME_MULTIPART(part));
  } else if (GMIME_IS_MESSAGE_PART(part)) {
    shape.kind = 2;
  } else if (GMIME_IS_PART(part)) {
    shape.filename = g_mime_part_get_filename(GMIME_PART(part));
    GMimeDataWrapper* const content = g_mime_part_get_content(GMIME_PART(part));
    GMimeStream* const stream =
        content == nullptr ? nullptr : g_mime_data_wrapper_get_stream(content);
    if (stream != nullptr) shape.begin = stream->bound_start;
    if (stream != nullptr) shape.end = stream->bound_end;
  }
  return shape;
}

void write_part(GMimeObject* part, int depth, std::string& json) {
  const Shape shape = shape_of(part);
  GMimeContentType* const type = g_mime_object_get_content_type(part);
  char* const name = g_mime_content_type_get_mime_type(type);
  json += json.size() > 1 ? ", {" : "{";
  json += "\"depth\": " + std::to_string(depth) +
          ", \"kind\": " + std::to_string(shape.kind) +
          ", \"begin\": " + std::to_string(shape.begin) +
          ", \"end\": " + std::to_string(shape.end) +
          ", \"type\": " + quoted(name) +
          ", \"boundary\": " + quoted(shape.boundary) + ", \"encoding\": " +
          quoted(g_mime_object_get_header(part, "Content-Transfer-Encoding")) +
          ", \"disposition\": " + quoted(g_mime_object_get_disposition(part)) +
          ", \"filename\": " + quoted(shape.filename) + "}";
  g_free(name);
  if (shape.kind == 1) {
    GMimeMultipart* const parts = GMIME_MULTIPART(part);
    for (int i = 0; i < g_mime_multipart_get_count(parts); ++i) {
      write_part(g_mime_multipart_get_part(parts, i), depth + 1, json);
    }
  }
  if (shape.kind != 2) return;
  GMimeMessage* const message =
      g_mime_message_part_get_message(GMIME_MESSAGE_PART(part));
  GMimeObject* const inner =
      message == nullptr ? nullptr : g_mime_message_get_mime_part(message);
  if (inner != nullptr) write_part(inner, depth + 1, json);
}

std::string outline(const std::string& text) {
  GMimeStream* const stream =
      g_mime_stream_mem_new_with_buffer(text.data(), text.size());
  GMimeParser* const parser = g_mime_parser_new_with_stream(stream);
  g_mime_parser_set_persist_stream(parser, TRUE);
  GMimeMessage* const message =
      g_mime_parser_construct_message(parser, nullptr);
  std::string json = "[";
  GMimeObject* const part =
      message == nullptr ? nullptr : g_mime_message_get_mime_part(message);
  if (part != nullptr) write_part(part, 0, json);
  if (message != nullptr) g_object_unref(message);
  g_object_unref(parser);
  g_object_unref(stream);
  return json + "]";
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  g_mime_init();
  std::string kind;
  std::size_t size = 0;
  while (std::cin >> kind >> size && std::cin.get() == '\n') {
    std::string text(size, '\0');
    if (!std::cin.read(text.data(), static_cast<std::streamsize>(size))) {
      return 1;
    }
    std::cout << outline(text) << '\n' << std::flush;
  }
  return 0;
}
