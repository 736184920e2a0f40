/* git_job: what the worker thread of every verb needs: progress, errors, cancellation. */
#include <errno.h>
#include <git2/sys/odb_backend.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/base/must.h"
#include "core/git/git_int.h"

enum { TELL_INTERVAL_NS = 100 * 1000 * 1000 }; /* nanoseconds */

bool os2_git_is_cancelled(const os2_git_job *job) {
  return atomic_load(&job->channel.is_cancelled);
}

int os2_git_tell(os2_git_job *job, const os2_git_progress *progress) {
  if (os2_git_is_cancelled(job)) return GIT_EUSER;
  uint64_t now = uv_hrtime();
  if (now - job->told_at < TELL_INTERVAL_NS) return 0;
  job->told_at = now;
  uv_mutex_lock(&job->channel.mutex);
  job->progress = *progress;
  job->has_progress = true;
  uv_mutex_unlock(&job->channel.mutex);
  uv_async_send(&job->bell);
  return 0;
}

/* ---- errors ---- */

static os2_kind git_job_kind_of_code(int code) {
  switch (code) {
  case GIT_ENOTFOUND:
  case GIT_EUNBORNBRANCH:
    return OS2_NOT_FOUND;
  case GIT_EEXISTS:
    return OS2_EXISTS;
  case GIT_ECONFLICT:
  case GIT_ELOCKED:
  case GIT_EMODIFIED:
  case GIT_EUNMERGED:
  case GIT_EUNCOMMITTED:
  case GIT_EMERGECONFLICT:
    return OS2_CONFLICT;
  case GIT_EAUTH:
  case GIT_ECERTIFICATE:
  case GIT_EOWNER:
    return OS2_DENIED;
  case GIT_EAMBIGUOUS:
  case GIT_EBAREREPO:
  case GIT_EINVALID:
  case GIT_EINVALIDSPEC:
  case GIT_EMISMATCH:
  case GIT_EPEEL:
  case GIT_EDIRECTORY:
  case GIT_ENOTSUPPORTED:
    return OS2_INVALID;
  case GIT_EEOF:
    return OS2_NETWORK;
  default:
    return OS2_INTERNAL;
  }
}

/* libgit2 does not return errno; only its text is at the end of the message. */
static os2_kind git_job_kind_of_text(const char *message) {
  static const int known[] = {ENOSPC, EDQUOT, EACCES, EPERM, EROFS, EMFILE, ENOTDIR, ENAMETOOLONG};
  char reason[128];
  if (strstr(message, "failed to lock") != NULL) return OS2_CONFLICT;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strstr(message, strerror_r(known[i], reason, sizeof reason)) != NULL)
      return os2_kind_of_errno(known[i]);
  return OS2_INTERNAL;
}

/* Damage in the repository's own files is not a bug of os2, so it is not OS2_INTERNAL. */
static os2_kind git_job_kind_of_class(int klass) {
  switch (klass) {
  case GIT_ERROR_NET:
  case GIT_ERROR_INDEXER:
    return OS2_PROTOCOL;
  case GIT_ERROR_OS: /* a disk that fails; the usual errors are recognized by their text before */
    return OS2_UNAVAILABLE;
  case GIT_ERROR_REFERENCE:
  case GIT_ERROR_ZLIB:
  case GIT_ERROR_REPOSITORY:
  case GIT_ERROR_CONFIG:
  case GIT_ERROR_ODB:
  case GIT_ERROR_INDEX:
  case GIT_ERROR_OBJECT:
  case GIT_ERROR_TREE:
  case GIT_ERROR_SUBMODULE:
  case GIT_ERROR_CHECKOUT:
  case GIT_ERROR_FILESYSTEM:
    return OS2_INVALID;
  default:
    return OS2_INTERNAL;
  }
}

static bool git_job_has_words(const git_error *last) {
  return last != NULL && last->klass != GIT_ERROR_NONE;
}

/* Returns true when the error is about the server's answer. libgit2 reports a bad line length
   without a message, and a bad pack as a zlib error. */
static bool git_job_is_of_answer(const os2_git_job *job, const git_error *last) {
  return job->has_answer && (!git_job_has_words(last) || last->klass == GIT_ERROR_ZLIB);
}

static os2_kind git_job_kind_of(const os2_git_job *job, int code, const git_error *last) {
  os2_kind kind = git_job_kind_of_code(code);
  if (kind != OS2_INTERNAL) return kind;
  if (git_job_has_words(last) && last->message != NULL) kind = git_job_kind_of_text(last->message);
  if (kind != OS2_INTERNAL) return kind;
  if (git_job_is_of_answer(job, last)) return OS2_PROTOCOL;
  return git_job_has_words(last) ? git_job_kind_of_class(last->klass) : OS2_INTERNAL;
}

static const char *git_job_words_of(const os2_git_job *job, const git_error *last) {
  if (git_job_has_words(last)) return last->message;
  return job->has_answer ? "the server's answer is not in git's protocol"
                         : "libgit2 does not say why";
}

/* Names the path that git compares, the absolute root of the working tree, so that the command in
   the message works from every directory. */
static int git_job_fail_owner(const char *what, const char *path, os2_err *err) {
  git_buf found = GIT_BUF_INIT;
  char *real = realpath(path, NULL);
  const char *root = real != NULL ? real : path;
  if (git_repository_discover(&found, path, 0, NULL) == 0) {
    char *end = strstr(found.ptr, "/.git/");
    if (end != NULL) *end = '\0';
    root = found.ptr;
  }
  os2_fail(err, OS2_DENIED,
           "%s: it belongs to another user: git config --global --add safe.directory %s, if you "
           "trust it",
           what, root);
  git_buf_dispose(&found);
  free(real);
  return -1;
}

int os2_git_fail(os2_git_job *job, int code, os2_err *err, const char *format, ...) {
  const git_error *last = git_error_last();
  if (os2_git_is_cancelled(job)) return os2_fail(err, OS2_CANCELLED, "cancelled");
  if (job->fault.kind != OS2_OK) {
    *err = job->fault;
    return -1;
  }
  char what[512];
  va_list args;
  va_start(args, format);
  vsnprintf(what, sizeof what, format, args);
  va_end(args);
  if (code == GIT_EOWNER) return git_job_fail_owner(what, job->request.path, err);
  return os2_fail(err, git_job_kind_of(job, code, last), "%s: %s", what,
                  git_job_words_of(job, last));
}

/* ---- the gate: an object database backend that fails after a cancel ---- */

typedef struct gate {
  git_odb_backend parent;
  const os2_git_job *job;
} gate;

static int git_job_pass(const git_odb_backend *backend) {
  return os2_git_is_cancelled(((const gate *)backend)->job) ? GIT_EUSER : GIT_ENOTFOUND;
}

static int git_job_read_object(void **data, size_t *len, git_object_t *type,
                               git_odb_backend *backend, const git_oid *id) {
  (void)data, (void)len, (void)type, (void)id;
  return git_job_pass(backend);
}

static int git_job_read_header(size_t *len, git_object_t *type, git_odb_backend *backend,
                               const git_oid *id) {
  (void)len, (void)type, (void)id;
  return git_job_pass(backend);
}

static void git_job_free_gate(git_odb_backend *backend) { free(backend); }

int os2_git_add_gate(os2_git_job *job, git_repository *repository) {
  const int before_all = 1000;
  git_odb *odb = NULL;
  int code = git_repository_odb(&odb, repository);
  if (code != 0) return code;
  gate *it = os2_mem_zero(1, sizeof *it);
  git_odb_init_backend(&it->parent, GIT_ODB_BACKEND_VERSION);
  it->parent.read = git_job_read_object;
  it->parent.read_header = git_job_read_header;
  it->parent.free = git_job_free_gate;
  it->job = job;
  code = git_odb_add_backend(odb, &it->parent, before_all);
  if (code != 0) free(it);
  git_odb_free(odb);
  return code;
}

/* ---- trust ---- */

typedef struct trust {
  const char *root; /* of the working tree, ending with a slash */
  bool is_given;
} trust;

/* An empty entry cancels the entries before it. */
static int git_job_on_safe_directory(const git_config_entry *entry, void *arg) {
  trust *it = arg;
  const char *value = entry->value != NULL ? entry->value : "";
  size_t len = strlen(value);
  bool is_tree = len >= 2 && strcmp(value + len - 2, "/*") == 0;
  if (len == 0) it->is_given = false;
  if (is_tree && strncmp(value, it->root, len - 1) == 0) it->is_given = true;
  return 0;
}

/* Reads the user's and the system's configuration only: the repository's own configuration is not
   trusted. */
static bool git_job_is_in_safe_tree(const char *root) {
  git_config *config = NULL;
  trust it = {.root = root};
  if (git_config_open_default(&config) != 0) return false;
  git_config_get_multivar_foreach(config, "safe.directory", NULL, git_job_on_safe_directory, &it);
  git_config_free(config);
  return it.is_given;
}

static bool git_job_is_trusted(const char *path, unsigned flags) {
  git_buf found = GIT_BUF_INIT;
  bool is_so = false;
  char *real = realpath(path, NULL);
  char *ceiling = (flags & GIT_REPOSITORY_OPEN_NO_SEARCH) != 0 ? real : NULL;
  if (real != NULL && git_repository_discover(&found, real, 0, ceiling) == 0) {
    char *own = strstr(found.ptr, "/.git/");
    if (own != NULL) own[1] = '\0';
    is_so = git_job_is_in_safe_tree(found.ptr);
  }
  git_buf_dispose(&found);
  free(real);
  return is_so;
}

/* protects the owner validation, which libgit2 can only switch for the whole process */
static uv_mutex_t opening;

static void git_job_make_opening(void) { os2_must(uv_mutex_init(&opening), "uv_mutex_init"); }

int os2_git_open_at(git_repository **out, const char *path, unsigned flags) {
  static uv_once_t once = UV_ONCE_INIT;
  uv_once(&once, git_job_make_opening);
  uv_mutex_lock(&opening);
  int code = git_repository_open_ext(out, path, flags, NULL);
  if (code == GIT_EOWNER && git_job_is_trusted(path, flags)) {
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    code = git_repository_open_ext(out, path, flags, NULL);
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
  } else if (code == GIT_EOWNER) {
    /* opened again, because only this sets libgit2's error message */
    git_repository_open_ext(out, path, flags, NULL);
  }
  uv_mutex_unlock(&opening);
  return code;
}

/* ---- repositories ---- */

int os2_git_open(os2_git_job *job, git_repository **out, bool is_above, os2_err *err) {
  unsigned flags = is_above ? 0 : GIT_REPOSITORY_OPEN_NO_SEARCH;
  int code = os2_git_open_at(out, job->request.path, flags);
  if (code == 0) code = os2_git_add_gate(job, *out);
  if (code == 0) return 0;
  os2_git_fail(job, code, err, "cannot open the repository %s", job->request.path);
  git_repository_free(*out);
  *out = NULL;
  return -1;
}

static void git_job_note_branch(os2_git_result *result, const char *reference) {
  static const char heads[] = "refs/heads/";
  if (strncmp(reference, heads, sizeof heads - 1) == 0)
    result->branch = os2_mem_copy(reference + sizeof heads - 1);
}

/* Before the first commit, HEAD names a branch that does not exist. */
static void git_job_note_unborn(os2_git_result *result, git_repository *repository) {
  git_reference *head = NULL;
  if (git_reference_lookup(&head, repository, "HEAD") != 0) return;
  const char *target = git_reference_symbolic_target(head);
  if (target != NULL) git_job_note_branch(result, target);
  git_reference_free(head);
}

int os2_git_note_head(os2_git_job *job, git_repository *repository, os2_err *err) {
  os2_git_result *result = &job->result;
  git_reference *head = NULL;
  result->root = os2_mem_copy(git_repository_workdir(repository));
  int code = git_repository_head(&head, repository);
  if (code == GIT_EUNBORNBRANCH) {
    git_job_note_unborn(result, repository);
    return 0;
  }
  if (code != 0) return os2_git_fail(job, code, err, "cannot read HEAD of %s", job->request.path);
  git_oid_tostr(result->commit, sizeof result->commit, git_reference_target(head));
  git_job_note_branch(result, git_reference_name(head));
  git_reference_free(head);
  return 0;
}

bool os2_git_is_shallow(git_repository *repository) {
  struct stat found;
  char *path = os2_mem_join(git_repository_commondir(repository), "shallow", "");
  bool is_there = stat(path, &found) == 0 && found.st_size > 0;
  free(path);
  return is_there;
}

void os2_git_add_entry(os2_git_job *job, const char *name, const char *value) {
  os2_git_result *result = &job->result;
  if ((result->count & (result->count - 1)) == 0) /* the room doubles */
    result->entries =
        os2_mem_resize(result->entries, 2 * result->count + 1, sizeof *result->entries);
  result->entries[result->count++] =
      (os2_git_entry){.name = os2_mem_copy(name), .value = os2_mem_copy(value)};
}
