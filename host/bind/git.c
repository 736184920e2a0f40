/* host.git: git repositories. Each verb is an operation that runs on a worker thread of its own. */
#include <limits.h>
#include <string.h>

#include "bind/bind.h"
#include "bind/git_request.h"
#include "core/git/git.h"

/* At the end of the process: how long the threads of cancelled operations may take to tidy up. */
enum { DRAIN_SECONDS = 5 };

/* ---- results ---- */

/* Returns NULL for an empty text, because no field is set for it. */
static const char *git_some(const char *text) {
  return text != NULL && text[0] != '\0' ? text : NULL;
}

static int git_push_head(lua_State *L, os2_op *op) {
  const os2_git_result *result = os2_git_result_of(op);
  lua_createtable(L, 0, 3);
  bind_set_text(L, "commit", git_some(result->commit));
  bind_set_text(L, "branch", result->branch);
  bind_set_text(L, "root", result->root);
  bind_set_text(L, "moved_to", result->moved_to);
  return 1;
}

static int git_push_look(lua_State *L, os2_op *op) {
  const os2_git_result *result = os2_git_result_of(op);
  git_push_head(L, op);
  bind_set_text(L, "directory", result->directory);
  bind_set_boolean(L, "is_shallow", result->is_shallow);
  return 1;
}

static int git_push_branch(lua_State *L, os2_op *op) {
  const os2_git_result *result = os2_git_result_of(op);
  if (result->commit[0] == '\0') {
    lua_pushnil(L);
    return 1;
  }
  lua_createtable(L, 0, 2);
  bind_set_text(L, "commit", git_some(result->commit));
  bind_set_boolean(L, "is_elsewhere", result->is_so);
  return 1;
}

static int git_push_answer(lua_State *L, os2_op *op) {
  lua_pushboolean(L, os2_git_result_of(op)->is_so);
  return 1;
}

static int git_push_fetched(lua_State *L, os2_op *op) {
  const os2_git_result *result = os2_git_result_of(op);
  lua_createtable(L, 0, 2);
  bind_set_text(L, "commit", git_some(result->commit));
  bind_set_text(L, "moved_to", result->moved_to);
  bind_set_boolean(L, "has_changed", result->has_changed);
  return 1;
}

static void git_push_pairs(lua_State *L, const os2_git_result *result, const char *name,
                           const char *value) {
  lua_createtable(L, result->count < INT_MAX ? (int)result->count : 0, 0);
  for (size_t i = 0; i < result->count; i++) {
    lua_createtable(L, 0, 2);
    bind_set_text(L, name, git_some(result->entries[i].name));
    bind_set_text(L, value, git_some(result->entries[i].value));
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static int git_push_status(lua_State *L, os2_op *op) {
  const os2_git_result *result = os2_git_result_of(op);
  lua_createtable(L, 0, 2);
  bind_set_boolean(L, "is_clean", result->count == 0);
  git_push_pairs(L, result, "path", "state");
  lua_setfield(L, -2, "changes");
  return 1;
}

static int git_push_files(lua_State *L, os2_op *op) {
  const os2_git_result *result = os2_git_result_of(op);
  lua_createtable(L, result->count < INT_MAX ? (int)result->count : 0, 0);
  for (size_t i = 0; i < result->count; i++) {
    lua_pushstring(L, result->entries[i].name);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static int git_push_remotes(lua_State *L, os2_op *op) {
  git_push_pairs(L, os2_git_result_of(op), "name", "url");
  return 1;
}

static int git_push_tree(lua_State *L, os2_op *op) {
  git_push_pairs(L, os2_git_result_of(op), "path", "mode");
  return 1;
}

static int git_push_references(lua_State *L, os2_op *op) {
  git_push_pairs(L, os2_git_result_of(op), "name", "commit");
  return 1;
}

static int git_push_value(lua_State *L, os2_op *op) {
  lua_pushstring(L, os2_git_result_of(op)->value); /* nil when it is not set */
  return 1;
}

static int git_push_progress(lua_State *L, os2_op *op, const os2_event *event) {
  static const char *const phases[] = {[OS2_GIT_RECEIVE] = "receive",
                                       [OS2_GIT_RESOLVE] = "resolve",
                                       [OS2_GIT_CHECKOUT] = "checkout"};
  os2_git_progress progress;
  (void)op;
  memcpy(&progress, event->data, sizeof progress);
  lua_createtable(L, 0, 5);
  bind_set_text(L, "type", "progress");
  bind_set_text(L, "phase", phases[progress.phase]);
  bind_set_integer(L, "done", (lua_Integer)progress.done);
  bind_set_integer(L, "total", (lua_Integer)progress.total);
  bind_set_integer(L, "bytes", (lua_Integer)progress.bytes);
  return 1;
}

/* ---- verbs ---- */

static const bind_op_class head_class = {.push_event = git_push_progress,
                                         .push_result = git_push_head};
static const bind_op_class look_class = {.push_result = git_push_look};
static const bind_op_class branch_class = {.push_result = git_push_branch};
static const bind_op_class answer_class = {.push_result = git_push_answer};
static const bind_op_class fetch_class = {.push_event = git_push_progress,
                                          .push_result = git_push_fetched};
static const bind_op_class status_class = {.push_result = git_push_status};
static const bind_op_class files_class = {.push_result = git_push_files};
static const bind_op_class remotes_class = {.push_result = git_push_remotes};
static const bind_op_class tree_class = {.push_result = git_push_tree};
static const bind_op_class references_class = {.push_result = git_push_references};
static const bind_op_class value_class = {.push_result = git_push_value};
static const bind_op_class done_class = {.push_result = NULL};

static int git_start(lua_State *L, os2_git_verb verb, const bind_op_class *class,
                     const char *name) {
  os2_git_request request;
  os2_err err;
  bind_git_request(L, verb, &request);
  bind_opslot *slot = bind_newop(L, class, name);
  os2_op *op = os2_git_start(os2_loop_get(), &request, &err);
  bind_setop(L, slot, op);
  return op != NULL ? 1 : bind_fail(L, name, &err);
}

static int git_run(lua_State *L, os2_git_verb verb, const bind_op_class *class, const char *name) {
  bind_check_may_wait(L, name);
  int count = git_start(L, verb, class, name);
  return count == 1 ? bind_await(L) : count;
}

// git.clone{path, url, branch?, depth?, credentials?, timeout, …} -> op | nil, err
// The result is {commit, branch, root, moved_to?}. credentials: host -> {username, password}.
static int git_l_clone(lua_State *L) {
  return git_start(L, OS2_GIT_CLONE, &head_class, "git.clone");
}

// git.fetch{path, remote?, branch?, credentials?, timeout, …} -> op | nil, err
// The result is {commit?, has_changed, moved_to?}.
static int git_l_fetch(lua_State *L) {
  return git_start(L, OS2_GIT_FETCH, &fetch_class, "git.fetch");
}

// git.reset{path, revision, branch?, remote?, timeout} -> op | nil, err
// The result is {commit, branch?, root}.
static int git_l_reset(lua_State *L) {
  return git_start(L, OS2_GIT_RESET, &head_class, "git.reset");
}

// git.head{path, timeout} -> {commit?, branch?, root?, directory, is_shallow} | nil, err
// Waits, as all verbs below do.
static int git_l_head(lua_State *L) { return git_run(L, OS2_GIT_HEAD, &look_class, "git.head"); }

// git.branch{path, branch, timeout} -> {commit, is_elsewhere} | nil: no such branch | nil, err
static int git_l_branch(lua_State *L) {
  return git_run(L, OS2_GIT_BRANCH, &branch_class, "git.branch");
}

// git.is_ancestor{path, commit, revision, timeout} -> boolean | nil, err
static int git_l_is_ancestor(lua_State *L) {
  return git_run(L, OS2_GIT_IS_ANCESTOR, &answer_class, "git.is_ancestor");
}

// git.tree{path, revision, timeout} -> {{path, mode}, …} | nil, err
// The files of a commit. mode: "100644", "160000" (a submodule), …
static int git_l_tree(lua_State *L) { return git_run(L, OS2_GIT_TREE, &tree_class, "git.tree"); }

// git.untracked{path, timeout} -> {path, …} | nil, err
// Files that are neither tracked nor ignored. Another repository is its directory, which ends with
// a slash.
static int git_l_untracked(lua_State *L) {
  return git_run(L, OS2_GIT_UNTRACKED, &files_class, "git.untracked");
}

// git.lost_submodules{path, revision, timeout} -> {path, …} | nil, err
// Submodules with work in them that a reset would remove.
static int git_l_lost_submodules(lua_State *L) {
  return git_run(L, OS2_GIT_LOST_SUBMODULES, &files_class, "git.lost_submodules");
}

// git.status{path, without_submodules?, timeout} -> {is_clean, changes = {{path, state}, …}} | nil,
// err
static int git_l_status(lua_State *L) {
  return git_run(L, OS2_GIT_STATUS, &status_class, "git.status");
}

// git.files{path, timeout} -> {path, …} | nil, err: tracked files, and untracked ones that are not
// ignored
static int git_l_files(lua_State *L) {
  return git_run(L, OS2_GIT_FILES, &files_class, "git.files");
}

// git.remotes{path, timeout} -> {{name, url}, …} | nil, err
static int git_l_remotes(lua_State *L) {
  return git_run(L, OS2_GIT_REMOTES, &remotes_class, "git.remotes");
}

// git.ls_remote{url, credentials?, timeout, …} -> {{name, commit}, …} | nil, err
static int git_l_ls_remote(lua_State *L) {
  return git_run(L, OS2_GIT_LS_REMOTE, &references_class, "git.ls_remote");
}

// git.config_get{path, key, timeout} -> string | nil: not set | nil, err
// Reads the repository's own configuration file.
static int git_l_config_get(lua_State *L) {
  return git_run(L, OS2_GIT_CONFIG_GET, &value_class, "git.config_get");
}

// git.config_set{path, key, value?, timeout} -> true | nil, err: without a value the entry is
// removed
static int git_l_config_set(lua_State *L) {
  return git_run(L, OS2_GIT_CONFIG_SET, &done_class, "git.config_set");
}

/* ---- the module ---- */

static const luaL_Reg functions[] = {{"clone", git_l_clone},
                                     {"fetch", git_l_fetch},
                                     {"reset", git_l_reset},
                                     {"head", git_l_head},
                                     {"branch", git_l_branch},
                                     {"is_ancestor", git_l_is_ancestor},
                                     {"tree", git_l_tree},
                                     {"untracked", git_l_untracked},
                                     {"lost_submodules", git_l_lost_submodules},
                                     {"status", git_l_status},
                                     {"files", git_l_files},
                                     {"remotes", git_l_remotes},
                                     {"ls_remote", git_l_ls_remote},
                                     {"config_get", git_l_config_get},
                                     {"config_set", git_l_config_set},
                                     {NULL, NULL}};

static int git_drain(lua_State *L) {
  (void)L;
  os2_git_drain(os2_loop_get(), DRAIN_SECONDS);
  return 0;
}

static const luaL_Reg closer_meta[] = {{"__gc", git_drain}, {NULL, NULL}};

/* lua_close runs finalizers in the reverse order of creation: those of all operations, then this
   one, then the one of the HTTP client, which the threads use. */
static void git_keep_closer(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "host.http");
  lua_call(L, 1, 0);
  bind_newtype(L, "host.git.closer", NULL, closer_meta);
  bind_newobject(L, 1, "host.git.closer", 0);
  luaL_ref(L, LUA_REGISTRYINDEX);
}

int luaopen_host_git(lua_State *L);
int luaopen_host_git(lua_State *L) {
  bind_require_http(L);
  git_keep_closer(L);
  luaL_newlib(L, functions);
  lua_pushfstring(L, "libgit2 %s", os2_git_version());
  lua_setfield(L, -2, "version");
  return 1;
}
