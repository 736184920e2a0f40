/* git_request: reads the options of each verb of host.git. */
#include "bind/git_request.h"

#include <limits.h>

#include "bind/bind.h"

/* ---- reading ---- */

static const char *git_request_text(lua_State *L, const char *key) {
  return bind_opt_string(L, 1, key, NULL);
}

static double git_request_seconds(lua_State *L, const char *key) {
  return bind_opt_number(L, 1, key, 0);
}

static int git_request_count(lua_State *L, const char *key) {
  double count = bind_opt_number(L, 1, key, 0);
  if (!(count >= 0 && count < INT_MAX))
    luaL_argerror(L, 1, lua_pushfstring(L, "option '%s' must be a number from 0 on", key));
  return (int)count;
}

static const char *git_request_credential_field(lua_State *L, const char *field, const char *host) {
  lua_pushstring(L, field);
  lua_rawget(L, -2);
  const char *value = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  if (value == NULL) luaL_error(L, "credentials for %s: '%s' must be a string", host, field);
  lua_pop(L, 1); /* the table keeps the string alive */
  return value;
}

/* Reads the pair at the top of the stack: host, {username, password}. */
static void git_request_read_credential(lua_State *L, os2_git_credential *out) {
  if (lua_type(L, -2) != LUA_TSTRING || !lua_istable(L, -1))
    luaL_error(L, "credentials: a table of host -> {username =, password =} is needed");
  out->host = lua_tostring(L, -2);
  out->username = git_request_credential_field(L, "username", out->host);
  out->password = git_request_credential_field(L, "password", out->host);
}

/* Reads the credentials. Userdata that is left on the stack owns the list. */
static void git_request_read_credentials(lua_State *L, os2_git_server *server) {
  if (lua_getfield(L, 1, "credentials") != LUA_TTABLE) return;
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1)) count++;
  os2_git_credential *list = lua_newuserdatauv(L, (count + 1) * sizeof *list, 0);
  lua_insert(L, -2);
  for (lua_pushnil(L); lua_next(L, -2) != 0; lua_pop(L, 1))
    git_request_read_credential(L, &list[server->credential_count++]);
  server->credentials = list;
}

static void git_request_read_server(lua_State *L, os2_git_server *server) {
  server->ca_file = git_request_text(L, "ca_file");
  server->list_limit = (size_t)bind_opt_size(L, 1, "list_limit", 0);
  server->move_limit = git_request_count(L, "move_limit");
  server->connect_timeout = git_request_seconds(L, "connect_timeout");
  server->idle_timeout = git_request_seconds(L, "idle_timeout");
  git_request_read_credentials(L, server);
}

/* ---- the verbs' options ---- */

#define LOCAL                                                                                      \
  {"path", "string"}, { "timeout", "number" }
#define SERVER                                                                                     \
  {"credentials", "table?"}, {"ca_file", "string?"}, {"list_limit", "number?"},                    \
      {"move_limit", "number?"}, {"connect_timeout", "number?"}, {                                 \
    "idle_timeout", "number?"                                                                      \
  }

static const bind_opt local_opts[] = {LOCAL, {NULL, NULL}};

static const bind_opt clone_opts[] = {
    LOCAL, SERVER, {"url", "string"}, {"branch", "string?"}, {"depth", "number?"}, {NULL, NULL}};

static void git_request_read_clone(lua_State *L, os2_git_request *request) {
  request->clone.url = git_request_text(L, "url");
  request->clone.branch = git_request_text(L, "branch");
  request->clone.depth = git_request_count(L, "depth");
  git_request_read_server(L, &request->server);
}

static const bind_opt fetch_opts[] = {
    LOCAL, SERVER, {"remote", "string?"}, {"branch", "string?"}, {NULL, NULL}};

static void git_request_read_fetch(lua_State *L, os2_git_request *request) {
  request->fetch.remote = git_request_text(L, "remote");
  request->fetch.branch = git_request_text(L, "branch");
  git_request_read_server(L, &request->server);
}

static const bind_opt reset_opts[] = {
    LOCAL, {"revision", "string"}, {"remote", "string?"}, {"branch", "string?"}, {NULL, NULL}};

static void git_request_read_reset(lua_State *L, os2_git_request *request) {
  request->reset.revision = git_request_text(L, "revision");
  request->reset.remote = git_request_text(L, "remote");
  request->reset.branch = git_request_text(L, "branch");
}

static const bind_opt branch_opts[] = {LOCAL, {"branch", "string"}, {NULL, NULL}};

static void git_request_read_branch(lua_State *L, os2_git_request *request) {
  request->branch.name = git_request_text(L, "branch");
}

static const bind_opt is_ancestor_opts[] = {
    LOCAL, {"commit", "string"}, {"revision", "string"}, {NULL, NULL}};

static void git_request_read_is_ancestor(lua_State *L, os2_git_request *request) {
  request->is_ancestor.commit = git_request_text(L, "commit");
  request->is_ancestor.revision = git_request_text(L, "revision");
}

static const bind_opt tree_opts[] = {LOCAL, {"revision", "string"}, {NULL, NULL}};

static void git_request_read_tree(lua_State *L, os2_git_request *request) {
  request->tree.revision = git_request_text(L, "revision");
}

static const bind_opt status_opts[] = {LOCAL, {"without_submodules", "boolean?"}, {NULL, NULL}};

static void git_request_read_status(lua_State *L, os2_git_request *request) {
  request->status.without_submodules = bind_opt_boolean(L, 1, "without_submodules");
}

static const bind_opt ls_remote_opts[] = {
    {"url", "string"}, {"timeout", "number"}, SERVER, {NULL, NULL}};

static void git_request_read_ls_remote(lua_State *L, os2_git_request *request) {
  request->ls_remote.url = git_request_text(L, "url");
  git_request_read_server(L, &request->server);
}

static const bind_opt config_get_opts[] = {LOCAL, {"key", "string"}, {NULL, NULL}};
static const bind_opt config_set_opts[] = {
    LOCAL, {"key", "string"}, {"value", "string?"}, {NULL, NULL}};

static void git_request_read_config(lua_State *L, os2_git_request *request) {
  request->config.key = git_request_text(L, "key");
  request->config.value = git_request_text(L, "value");
}

/* ---- a verb's request ---- */

typedef struct verb_options {
  const bind_opt *known;
  /* NULL: the verb has no options but path and timeout */
  void (*read)(lua_State *L, os2_git_request *request);
} verb_options;

static const verb_options options[] = {
    [OS2_GIT_CLONE] = {clone_opts, git_request_read_clone},
    [OS2_GIT_FETCH] = {fetch_opts, git_request_read_fetch},
    [OS2_GIT_RESET] = {reset_opts, git_request_read_reset},
    [OS2_GIT_HEAD] = {local_opts, NULL},
    [OS2_GIT_BRANCH] = {branch_opts, git_request_read_branch},
    [OS2_GIT_IS_ANCESTOR] = {is_ancestor_opts, git_request_read_is_ancestor},
    [OS2_GIT_TREE] = {tree_opts, git_request_read_tree},
    [OS2_GIT_UNTRACKED] = {local_opts, NULL},
    [OS2_GIT_LOST_SUBMODULES] = {tree_opts, git_request_read_tree},
    [OS2_GIT_STATUS] = {status_opts, git_request_read_status},
    [OS2_GIT_FILES] = {local_opts, NULL},
    [OS2_GIT_REMOTES] = {local_opts, NULL},
    [OS2_GIT_LS_REMOTE] = {ls_remote_opts, git_request_read_ls_remote},
    [OS2_GIT_CONFIG_GET] = {config_get_opts, git_request_read_config},
    [OS2_GIT_CONFIG_SET] = {config_set_opts, git_request_read_config},
};

void bind_git_request(lua_State *L, os2_git_verb verb, os2_git_request *request) {
  const verb_options *own = &options[verb];
  bind_opts(L, 1, own->known);
  lua_settop(L, 1);
  *request = (os2_git_request){.verb = verb,
                               .path = git_request_text(L, "path"),
                               .timeout = git_request_seconds(L, "timeout")};
  luaL_argcheck(L, request->timeout > 0, 1, "a timeout is needed: every wait has a deadline");
  if (own->read != NULL) own->read(L, request);
}
