/* docker_context: build contexts as Lua objects. */
#include "bind/docker_context.h"

#include "bind/bind.h"
#include "core/context/context_archive.h"
#include "core/context/context_op.h"

#define CONTEXT_TYPE "host.docker.context"

typedef struct l_context {
  os2_shared_context *shared; /* NULL: the context is closed */
} l_context;

os2_shared_context *bind_docker_check_context(lua_State *L, int arg) {
  l_context *context = luaL_checkudata(L, arg, CONTEXT_TYPE);
  luaL_argcheck(L, context->shared != NULL, arg, "the context is closed");
  return context->shared;
}

static const os2_context *docker_context_check(lua_State *L) {
  return os2_shared_context_get(bind_docker_check_context(L, 1));
}

/* ---- methods ---- */

// context:count() -> {files, bytes, ignored, tar_size, capable, taken_files, taken_bytes}: numbers;
// sizes in bytes; capable: files with capabilities
static int docker_context_l_count(lua_State *L) {
  const os2_context_stats *stats = os2_context_count(docker_context_check(L));
  lua_createtable(L, 0, 7);
  bind_set_integer(L, "files", (lua_Integer)stats->files);
  bind_set_integer(L, "bytes", (lua_Integer)stats->bytes);
  bind_set_integer(L, "ignored", (lua_Integer)stats->ignored);
  bind_set_integer(L, "tar_size", (lua_Integer)stats->tar_size);
  bind_set_integer(L, "capable", (lua_Integer)stats->capable);
  bind_set_integer(L, "taken_files", (lua_Integer)stats->taken_files);
  bind_set_integer(L, "taken_bytes", (lua_Integer)stats->taken_bytes);
  return 1;
}

// context:key() -> the key of what was sent of it before, to be given to one build; nil: none
static int docker_context_l_key(lua_State *L) {
  const os2_sent_state *state = os2_shared_context_state(bind_docker_check_context(L, 1));
  lua_pushstring(L, state != NULL ? os2_sent_state_key(state) : NULL);
  return 1;
}

// context:is_generated() -> whether the Dockerfile's name in the tar is one that was made for it
static int docker_context_l_is_generated(lua_State *L) {
  lua_pushboolean(L, os2_context_is_generated(docker_context_check(L)));
  return 1;
}

// context:dockerfile_name() -> the Dockerfile's own name
static int docker_context_l_dockerfile_name(lua_State *L) {
  lua_pushstring(L, os2_context_dockerfile_name(docker_context_check(L)));
  return 1;
}

// context:dockerfile() -> the Dockerfile's name in the tar
static int docker_context_l_dockerfile(lua_State *L) {
  lua_pushstring(L, os2_context_dockerfile(docker_context_check(L)));
  return 1;
}

static int docker_context_push_list(lua_State *L,
                                    const char *(*item)(const os2_context *, size_t)) {
  const os2_context *context = docker_context_check(L);
  const char *text;
  lua_newtable(L);
  for (size_t i = 0; (text = item(context, i)) != NULL; i++) {
    lua_pushstring(L, text);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

// context:paths() -> list of the paths that are sent; the path of a directory ends with a slash
static int docker_context_l_paths(lua_State *L) {
  return docker_context_push_list(L, os2_context_path);
}

// context:taken_paths() -> those of them that the build takes, as its Dockerfile tells
static int docker_context_l_taken_paths(lua_State *L) {
  const os2_context *context = docker_context_check(L);
  const os2_context_entry *entry;
  lua_newtable(L);
  for (size_t i = 0; (entry = os2_context_entry_at(context, i)) != NULL; i++) {
    if (!os2_context_is_selected(context, i)) continue;
    lua_pushstring(L, entry->tar.path);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  return 1;
}

// context:notices() -> list of lines about what was skipped
static int docker_context_l_notices(lua_State *L) {
  return docker_context_push_list(L, os2_context_notice);
}

// context:nest(name: string, mtime: integer) -> bytes of the archive | nil, err: the archive
// becomes one of the file `name`, which is the archive of what the build takes; every member has
// this mtime (seconds since 1970). To be called once.
static int docker_context_l_nest(lua_State *L) {
  os2_err err;
  os2_shared_context *shared = bind_docker_check_context(L, 1);
  const char *name = bind_checktext(L, 2);
  int64_t size = os2_shared_context_nest(shared, name, luaL_checkinteger(L, 3), &err);
  if (size < 0) return bind_fail(L, "docker.context", &err);
  lua_pushinteger(L, size);
  return 1;
}

static int docker_context_archive_piece(lua_State *L, os2_op *op, const os2_event *event) {
  (void)op;
  lua_pushlstring(L, event->data, event->len);
  return 1;
}

static int docker_context_archive_result(lua_State *L, os2_op *op) {
  (void)op;
  lua_pushboolean(L, 1);
  return 1;
}

static const bind_op_class archive_class = {.push_event = docker_context_archive_piece,
                                            .push_result = docker_context_archive_result};

// context:archive(timeout: seconds) -> op | nil, err: the archive from its beginning
// Events: its pieces; result true.
static int docker_context_l_archive(lua_State *L) {
  os2_err err;
  os2_shared_context *shared = bind_docker_check_context(L, 1);
  double timeout = luaL_checknumber(L, 2);
  luaL_argcheck(L, timeout > 0, 2, "a timeout is needed: every wait has a deadline");
  bind_opslot *slot = bind_newop(L, &archive_class, "docker.archive");
  os2_op *op = os2_context_archive_start(os2_loop_get(), shared, &err);
  if (op == NULL) return bind_fail(L, "docker.archive", &err);
  bind_setop(L, slot, op);
  os2_op_set_deadline(op, timeout);
  return 1;
}

// context:close(): drops the context; a request that sends it keeps its own reference
static int docker_context_l_close(lua_State *L) {
  l_context *context = luaL_checkudata(L, 1, CONTEXT_TYPE);
  os2_shared_context *shared = context->shared;
  context->shared = NULL;
  if (shared == NULL) return 0;
  os2_shared_context_unlock_state(shared);
  os2_shared_context_release(shared);
  return 0;
}

static const luaL_Reg methods[] = {{"count", docker_context_l_count},
                                   {"dockerfile", docker_context_l_dockerfile},
                                   {"is_generated", docker_context_l_is_generated},
                                   {"taken_paths", docker_context_l_taken_paths},
                                   {"key", docker_context_l_key},
                                   {"dockerfile_name", docker_context_l_dockerfile_name},
                                   {"paths", docker_context_l_paths},
                                   {"notices", docker_context_l_notices},
                                   {"nest", docker_context_l_nest},
                                   {"archive", docker_context_l_archive},
                                   {"close", docker_context_l_close},
                                   {NULL, NULL}};
static const luaL_Reg meta[] = {
    {"__gc", docker_context_l_close}, {"__close", docker_context_l_close}, {NULL, NULL}};

void bind_docker_open_context(lua_State *L) { bind_newtype(L, CONTEXT_TYPE, methods, meta); }

/* ---- opening ---- */

static int docker_context_push_result(lua_State *L, os2_op *op) {
  l_context *context = bind_newobject(L, sizeof *context, CONTEXT_TYPE, 0);
  context->shared = os2_context_result(op);
  return 1;
}

static const bind_op_class context_class = {.push_result = docker_context_push_result};

static const bind_opt context_opts[] = {
    {"path", "string"},          {"dockerfile", "string?"},
    {"only", "table?"},          {"is_unread_listed", "boolean?"},
    {"is_selected", "boolean?"}, {"sources", "table?"},
    {"state_path", "string?"},   {"state_limit", "number?"},
    {"timeout", "number"},       {NULL, NULL}};

int bind_docker_context(lua_State *L) {
  bind_check_may_wait(L, "docker.context");
  bind_opts(L, 1, context_opts);
  lua_settop(L, 1);
  os2_context_request request = {
      .root = bind_opt_string(L, 1, "path", NULL),
      .dockerfile = bind_opt_string(L, 1, "dockerfile", NULL),
      .is_unread_listed = bind_opt_boolean(L, 1, "is_unread_listed"),
      .is_selected = bind_opt_boolean(L, 1, "is_selected"),
      .state_path = bind_opt_string(L, 1, "state_path", NULL),
      .state_limit = (size_t)bind_opt_number(L, 1, "state_limit", 0),
  };
  double timeout = bind_opt_number(L, 1, "timeout", 0);
  const char *const *only = bind_opt_strings(L, 1, "only");
  request.sources = bind_opt_strings(L, 1, "sources");
  bind_opslot *slot = bind_newop(L, &context_class, "docker.context");
  if (only != NULL) request.only = os2_path_set_new(only);
  os2_op *op = os2_context_start(os2_loop_get(), &request);
  bind_setop(L, slot, op);
  os2_op_set_deadline(op, timeout);
  return bind_await(L);
}

int bind_docker_open_body(lua_State *L, int arg, os2_body *out, os2_err *err) {
  return os2_shared_context_body(out, bind_docker_check_context(L, arg), err);
}
