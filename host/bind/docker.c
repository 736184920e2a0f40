/* host.docker: builds and their contexts, BuildKit's trace, the operations of the Engine API. */

#include <string.h>

#include "bind/bind.h"
#include "bind/docker_context.h"
#include "bind/docker_frames.h"
#include "bind/docker_trace.h"
#include "bind/rest.h"
#include "bind/route.h"
#include "core/base/base64.h"
#include "core/base/random.h"
#include "core/buildkit/build.h"
#include "core/buildkit/grpc.h"
#include "core/buildkit/session.h"
#include "core/rest/docker.h"

/* ---- the build ---- */

static void docker_push_typed(lua_State *L, const char *type) {
  lua_createtable(L, 0, 3);
  bind_set_text(L, "type", type);
}

static int docker_push_line(lua_State *L, const os2_event *event) {
  docker_push_typed(L, "line");
  bind_set_bytes(L, "text", event->data, event->len);
  return 1;
}

static int docker_push_question(lua_State *L, const os2_event *event, const char *type,
                                const char *key) {
  int32_t id;
  const char *about;
  os2_session_read_question(event, &id, &about);
  docker_push_typed(L, type);
  bind_set_integer(L, "id", id);
  bind_set_text(L, key, about);
  return 1;
}

static int docker_push_sent(lua_State *L, const os2_op *op) {
  docker_push_typed(L, "sent");
  bind_set_integer(L, "bytes", os2_build_sent(op));
  return 1;
}

static int docker_push_event(lua_State *L, os2_op *op, const os2_event *event) {
  if (event->type == OS2_BUILD_LINE) return docker_push_line(L, event);
  if (event->type == OS2_BUILD_CREDENTIALS)
    return docker_push_question(L, event, "credentials", "host");
  if (event->type == OS2_BUILD_SECRET) return docker_push_question(L, event, "secret", "name");
  return docker_push_sent(L, op);
}

static int docker_push_result(lua_State *L, os2_op *op) {
  const os2_http_response *response = os2_build_response(op);
  lua_createtable(L, 0, 4);
  bind_set_integer(L, "status", response->status);
  bind_set_bytes(L, "body", response->body, response->body_len);
  bind_set_integer(L, "bytes_sent", os2_build_sent(op));
  if (os2_build_files_sent(op) >= 0) bind_set_integer(L, "files_sent", os2_build_files_sent(op));
  return 1;
}

static int32_t docker_check_question(lua_State *L, int arg) {
  lua_Integer id = luaL_checkinteger(L, arg);
  luaL_argcheck(L, id > 0 && id <= INT32_MAX, arg, "no such question");
  return (int32_t)id;
}

// op:answer(id: integer, username: string, secret: string)
// Answers a credentials event. Two empty strings mean "anonymous"; an empty username with a secret
// is an identity token.
static int docker_l_answer(lua_State *L) {
  os2_op *op = bind_checkop(L, 1);
  int32_t id = docker_check_question(L, 2);
  os2_build_answer(op, id, bind_checktext(L, 3), bind_checktext(L, 4));
  return 0;
}

// op:answer_secret(id: integer, bytes: string|nil): answers a secret event; nil: there is none
static int docker_l_answer_secret(lua_State *L) {
  os2_op *op = bind_checkop(L, 1);
  int32_t id = docker_check_question(L, 2);
  size_t len = 0;
  const char *bytes = luaL_optlstring(L, 3, NULL, &len);
  os2_build_answer_secret(op, id, bytes, len);
  return 0;
}

static const luaL_Reg build_methods[] = {
    {"answer", docker_l_answer}, {"answer_secret", docker_l_answer_secret}, {NULL, NULL}};

static const bind_op_class build_class = {
    .push_event = docker_push_event, .push_result = docker_push_result, .methods = build_methods};

static const bind_opt build_opts[] = {{"url", "string"},
                                      {"session_url", "string?"},
                                      {"session_id", "string?"},
                                      {"route", "table"},
                                      {"session_headers", "table?"},
                                      {"headers", "table"},
                                      {"context", "any"},
                                      {"timeout", "number"},
                                      {"shared_key", "string?"},
                                      {"agents", "table?"},
                                      {NULL, NULL}};

/* Reads "ID=PATH" texts into a list that is left on the stack; NULL where there are none. */
static const os2_ssh_agent *docker_opt_agents(lua_State *L, int arg) {
  const char *const *texts = bind_opt_strings(L, arg, "agents");
  size_t count = 0;
  while (texts != NULL && texts[count] != NULL) count++;
  if (count == 0) return NULL;
  os2_ssh_agent *agents = lua_newuserdatauv(L, (count + 1) * sizeof *agents, 0);
  for (size_t i = 0; i < count; i++) {
    const char *sign = strchr(texts[i], '=');
    luaL_argcheck(L, sign != NULL, arg, "an agent is ID=PATH");
    luaL_checkstack(L, 1, "agents");
    agents[i].id = lua_pushlstring(L, texts[i], (size_t)(sign - texts[i]));
    agents[i].path = sign + 1;
  }
  agents[count] = (os2_ssh_agent){NULL, NULL};
  return agents;
}

static void docker_read_build(lua_State *L, os2_build_request *request) {
  bind_opts(L, 1, build_opts);
  lua_settop(L, 1);
  *request = (os2_build_request){
      .url = bind_opt_string(L, 1, "url", NULL),
      .session_url = bind_opt_string(L, 1, "session_url", NULL),
      .session_id = bind_opt_word(L, 1, "session_id", "0123456789-_"),
      .headers = bind_opt_headers(L, 1, "headers"),
      .session_headers = bind_opt_headers(L, 1, "session_headers"),
      .route = bind_opt_route(L, 1),
      .shared_key = bind_opt_word(L, 1, "shared_key", "0123456789abcdef"),
      .agents = docker_opt_agents(L, 1),
      .timeout = bind_opt_number(L, 1, "timeout", 0),
  };
  luaL_argcheck(L, (request->session_url == NULL) == (request->session_id == NULL), 1,
                "session_url and session_id go together");
  luaL_argcheck(L, request->agents == NULL || request->session_url != NULL, 1,
                "agents are a session's");
  luaL_argcheck(L, request->shared_key == NULL || request->session_url != NULL, 1,
                "a shared_key is a session's");
  luaL_argcheck(L, request->timeout > 0, 1, "a timeout is needed: every wait has a deadline");
}

// docker.build{url=, route=, headers=, context=, timeout=, session_url=?, session_id=?,
//   session_headers=?, shared_key=?, agents=?}
//   -> op | nil, err; route as in http.start. With a shared_key the session serves the context's
//   files, without one the context is the request's body, a tar. agents: "ID=PATH" of each agent's
//   socket that the session forwards.
// Events: {type = "line", text}, {type = "credentials", id, host} (to be answered with op:answer),
// {type = "secret", id, name} (to be answered with op:answer_secret),
// {type = "sent", bytes}; result {status, body, bytes_sent, files_sent = the session's count}, body
// only when the status is not 2xx.
static int docker_l_build(lua_State *L) {
  os2_err err;
  os2_body context;
  os2_build_request request;
  docker_read_build(L, &request);
  bind_opslot *slot = bind_newop(L, &build_class, "docker.build");
  lua_getfield(L, 1, "context");
  if (request.shared_key != NULL) {
    request.files = bind_docker_check_context(L, -1);
    request.state = os2_shared_context_claim_state(request.files);
  } else {
    if (bind_docker_open_body(L, -1, &context, &err) != 0)
      return bind_fail(L, "docker.build", &err);
    request.context = &context;
  }
  lua_pop(L, 1);
  os2_op *op = os2_build_start(os2_loop_get(), &request, &err);
  if (op == NULL) return bind_fail(L, "docker.build", &err);
  bind_setop(L, slot, op);
  return 1;
}

// docker.session_id() -> string: a random, unique id for a session
static int docker_l_session_id(lua_State *L) {
  char word[32 + 1];
  os2_random_word(word, sizeof word - 1);
  lua_pushstring(L, word);
  return 1;
}

/* ---- base64 ---- */

// docker.base64_url(bytes: string) -> string: padded, in the URL-safe alphabet
static int docker_l_base64_url(lua_State *L) {
  size_t len;
  const char *bytes = luaL_checklstring(L, 1, &len);
  char *out = lua_newuserdatauv(L, os2_base64_encoded_size(len) + 1, 0);
  os2_base64_encode(out, bytes, len, OS2_BASE64_URL);
  lua_pushstring(L, out);
  return 1;
}

// docker.base64_decode(text: string) -> bytes | nil when it is not standard base64
static int docker_l_base64_decode(lua_State *L) {
  size_t len, out_len;
  const char *text = luaL_checklstring(L, 1, &len);
  uint8_t *out = lua_newuserdatauv(L, os2_base64_decoded_max(len), 0);
  if (os2_base64_decode(out, &out_len, text, len) != 0) return 0;
  lua_pushlstring(L, (const char *)out, out_len);
  return 1;
}

static const luaL_Reg functions[] = {{"build", docker_l_build},
                                     {"context", bind_docker_context},
                                     {"frames", bind_docker_frames},
                                     {"decode_trace", bind_docker_decode_trace},
                                     {"session_id", docker_l_session_id},
                                     {"base64_url", docker_l_base64_url},
                                     {"base64_decode", docker_l_base64_decode},
                                     {NULL, NULL}};

int luaopen_host_docker(lua_State *L);
int luaopen_host_docker(lua_State *L) {
  bind_require_http(L);
  bind_docker_open_context(L);
  bind_docker_open_frames(L);
  luaL_newlib(L, functions);
  bind_rest(L, os2_docker_rows);
  lua_pushfstring(L, "libnghttp2 %s", os2_grpc_library_version());
  lua_setfield(L, -2, "version");
  return 1;
}
