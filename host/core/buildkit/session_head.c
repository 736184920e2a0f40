/* session_head: the HTTP/1.1 request that turns a connection into a build session. */
#include "core/buildkit/session_head.h"

#include <string.h>

typedef struct text_buffer {
  char *text;
  size_t room, len;
} text_buffer;

/* Returns path and query of a URL. */
static const char *session_head_target_of(const char *url) {
  const char *host = strstr(url, "://");
  const char *target = strchr(host != NULL ? host + 3 : url, '/');
  return target != NULL ? target : "/";
}

/* Appends to the request. The first piece that does not fit ends it. */
static void session_head_append(text_buffer *out, const char *text) {
  size_t len = strlen(text), room = out->room - out->len;
  if (len < room) memcpy(out->text + out->len, text, len + 1);
  out->len += len < room ? len : room;
}

static void session_head_add_line(text_buffer *out, const char *name, const char *value) {
  session_head_append(out, name);
  session_head_append(out, value);
  session_head_append(out, "\r\n");
}

int os2_session_write_head(char *text, size_t room, const os2_session_request *request,
                           const os2_grpc_method *methods) {
  text_buffer out = {text, room, 0};
  session_head_append(&out, "POST ");
  session_head_append(&out, session_head_target_of(request->url));
  session_head_append(&out, " HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\n"
                            "Upgrade: h2c\r\nContent-Length: 0\r\n");
  session_head_add_line(&out, "X-Docker-Expose-Session-Uuid: ", request->id);
  session_head_add_line(&out, "X-Docker-Expose-Session-Name: ", "os2");
  session_head_add_line(&out, "X-Docker-Expose-Session-Sharedkey: ",
                        request->shared_key != NULL ? request->shared_key : "");
  for (const os2_grpc_method *method = methods; method->path != NULL; method++)
    session_head_add_line(&out, "X-Docker-Expose-Session-Grpc-Method: ", method->path);
  for (const char *const *header = request->headers; header != NULL && *header != NULL; header++)
    session_head_add_line(&out, "", *header);
  session_head_append(&out, "\r\n");
  return out.len < room ? 0 : -1;
}
