/* git_request: the copy of a request that its job owns. */
#include "core/git/git_request.h"

#include "core/base/mem.h"
#include "core/git/git_http.h"

enum { MOST_TEXTS = 3 };
#define TEXT(member) offsetof(os2_git_request, member)

/* Offsets of the strings in each verb's own options. The list ends with 0, which is the offset of
   the verb. */
static const size_t texts[][MOST_TEXTS + 1] = {
    [OS2_GIT_CLONE] = {TEXT(clone.url), TEXT(clone.branch)},
    [OS2_GIT_FETCH] = {TEXT(fetch.remote), TEXT(fetch.branch)},
    [OS2_GIT_RESET] = {TEXT(reset.revision), TEXT(reset.remote), TEXT(reset.branch)},
    [OS2_GIT_HEAD] = {0},
    [OS2_GIT_BRANCH] = {TEXT(branch.name)},
    [OS2_GIT_IS_ANCESTOR] = {TEXT(is_ancestor.commit), TEXT(is_ancestor.revision)},
    [OS2_GIT_TREE] = {TEXT(tree.revision)},
    [OS2_GIT_UNTRACKED] = {0},
    [OS2_GIT_LOST_SUBMODULES] = {TEXT(tree.revision)},
    [OS2_GIT_STATUS] = {0},
    [OS2_GIT_FILES] = {0},
    [OS2_GIT_REMOTES] = {0},
    [OS2_GIT_LS_REMOTE] = {TEXT(ls_remote.url)},
    [OS2_GIT_CONFIG_GET] = {TEXT(config.key)},
    [OS2_GIT_CONFIG_SET] = {TEXT(config.key), TEXT(config.value)},
};

static const char **git_request_text(os2_git_request *request, size_t place) {
  return (const char **)((char *)request + place);
}

int os2_git_request_check(const os2_git_request *request, os2_err *err) {
  if (request->verb == OS2_GIT_CLONE) return os2_git_check_url(request->clone.url, err);
  if (request->verb == OS2_GIT_LS_REMOTE) return os2_git_check_url(request->ls_remote.url, err);
  return 0;
}

static void git_request_name_remote(os2_git_request *request) {
  if (request->verb == OS2_GIT_FETCH && request->fetch.remote == NULL)
    request->fetch.remote = "origin";
  if (request->verb == OS2_GIT_RESET && request->reset.remote == NULL)
    request->reset.remote = "origin";
}

static const os2_git_credential *git_request_copy_credentials(const os2_git_server *given) {
  os2_git_credential *list = os2_mem_zero(given->credential_count, sizeof *list);
  for (size_t i = 0; i < given->credential_count; i++)
    list[i] = (os2_git_credential){.host = os2_mem_copy(given->credentials[i].host),
                                   .username = os2_mem_copy(given->credentials[i].username),
                                   .password = os2_mem_copy(given->credentials[i].password)};
  return list;
}

os2_git_request os2_git_request_copy(const os2_git_request *given) {
  os2_git_request own = *given;
  git_request_name_remote(&own);
  own.path = os2_mem_copy(own.path);
  own.server.ca_file = os2_mem_copy(own.server.ca_file);
  own.server.credentials = git_request_copy_credentials(&given->server);
  for (const size_t *place = texts[own.verb]; *place != 0; place++) {
    const char **text = git_request_text(&own, *place);
    *text = os2_mem_copy(*text);
  }
  return own;
}

static void git_request_free_server(os2_git_server *own) {
  for (size_t i = 0; i < own->credential_count; i++) {
    os2_mem_drop(own->credentials[i].host);
    os2_mem_drop(own->credentials[i].username);
    os2_mem_drop_secret(own->credentials[i].password);
  }
  os2_mem_drop(own->credentials);
  os2_mem_drop(own->ca_file);
}

void os2_git_request_free(os2_git_request *own) {
  os2_mem_drop(own->path);
  git_request_free_server(&own->server);
  for (const size_t *place = texts[own->verb]; *place != 0; place++)
    os2_mem_drop(*git_request_text(own, *place));
}
