/* git_files: lists the files of a working tree: tracked files, and untracked ones that git would
   add. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/git/git_int.h"
#include "core/git/git_untracked.h"

/* One repository in the walk. Repositories inside it (submodules and others) are walked after
   it. */
typedef struct walk {
  os2_git_job *job;
  git_repository *repository;
  const char *base; /* path of the repository below the outermost one: "", or ending with a slash */
  /* the requested path below the outermost repository: "", or ending with a slash */
  const char *prefix;
} walk;

static int git_files_walk_in(const walk *outer, const char *path, bool *is_repository);

/* Returns true when path lies below root; "/a/bc" does not lie below "/a/b". */
static bool git_files_is_below(const char *path, const char *root, size_t len) {
  return strncmp(path, root, len) == 0 &&
         (path[len] == '/' || path[len] == '\0' || root[len - 1] == '/');
}

/* Returns the request's path below the working tree: "", or ending with a slash. Returns NULL when
   it lies outside. */
static char *git_files_prefix_in(const char *root, const char *path) {
  char *real_root = realpath(root, NULL);
  char *real_path = realpath(path, NULL);
  char *prefix = NULL;
  size_t len = real_root != NULL ? strlen(real_root) : 0;
  if (len > 0 && real_path != NULL && git_files_is_below(real_path, real_root, len)) {
    const char *rest = real_path + len + (real_path[len] == '/');
    prefix = os2_mem_join(rest, rest[0] != '\0' ? "/" : "", "");
  }
  free(real_root);
  free(real_path);
  return prefix;
}

static void git_files_add(const walk *it, const char *path) {
  size_t len = strlen(it->prefix);
  char *full = os2_mem_join(it->base, path, "");
  if (strncmp(full, it->prefix, len) == 0) os2_git_add_entry(it->job, full + len, NULL);
  free(full);
}

/* Adds the files of a repository inside this one. When the directory is not a repository (a
   submodule that was not checked out), adds the directory itself. */
static int git_files_add_directory(const walk *it, const char *path) {
  bool is_repository = false;
  int code = git_files_walk_in(it, path, &is_repository);
  if (!is_repository) git_files_add(it, path);
  return code;
}

/* A file in conflict has one index entry per side; the entries follow each other. */
static int git_files_add_tracked(const walk *it) {
  git_index *index = NULL;
  const char *last = "";
  int code = os2_git_open_index(&index, it->repository);
  size_t count = code == 0 ? git_index_entrycount(index) : 0;
  for (size_t i = 0; code == 0 && i < count; i++) {
    const git_index_entry *entry = git_index_get_byindex(index, i);
    if (strcmp(entry->path, last) == 0) continue;
    last = entry->path;
    if (entry->mode == GIT_FILEMODE_COMMIT)
      code = git_files_add_directory(it, entry->path);
    else
      git_files_add(it, entry->path);
  }
  git_index_free(index);
  return code;
}

static int git_files_add_new(const char *path, void *arg) {
  const walk *it = arg;
  size_t len = strlen(path);
  if (path[len - 1] != '/') {
    git_files_add(it, path);
    return 0;
  }
  char *directory = os2_mem_text(path, len - 1);
  int code = git_files_add_directory(it, directory);
  free(directory);
  return code;
}

static int git_files_walk_repository(walk *it) {
  int code = git_files_add_tracked(it);
  return code == 0 ? os2_git_walk_untracked(it->job, it->repository, false, git_files_add_new, it)
                   : code;
}

/* ---- repositories in a repository ---- */

/* Does not follow a link, which could lead to a directory above and so to an endless walk. */
static bool git_files_is_directory(const char *path) {
  struct stat found;
  return lstat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static bool git_files_is_asked_for(const char *base, const char *prefix) {
  size_t base_len = strlen(base);
  size_t prefix_len = strlen(prefix);
  return strncmp(base, prefix, base_len < prefix_len ? base_len : prefix_len) == 0;
}

static int git_files_walk_opened(const walk *outer, const char *full, const char *base,
                                 bool *is_repository) {
  walk inner = {.job = outer->job, .base = base, .prefix = outer->prefix};
  int code = os2_git_open_at(&inner.repository, full, GIT_REPOSITORY_OPEN_NO_SEARCH);
  if (code == GIT_ENOTFOUND) return 0;
  *is_repository = true;
  if (code == 0) code = os2_git_add_gate(outer->job, inner.repository);
  if (code == 0) code = git_files_walk_repository(&inner);
  git_repository_free(inner.repository);
  return code;
}

static int git_files_walk_in(const walk *outer, const char *path, bool *is_repository) {
  char *full = os2_mem_join(git_repository_workdir(outer->repository), path, "");
  char *base = os2_mem_join(outer->base, path, "/");
  bool is_wanted = git_files_is_asked_for(base, outer->prefix) && git_files_is_directory(full);
  int code = is_wanted ? git_files_walk_opened(outer, full, base, is_repository) : 0;
  free(full);
  free(base);
  return code;
}

/* ---- files ---- */

static int git_files_list(os2_git_job *job, git_repository *repository, os2_err *err) {
  const char *root = git_repository_workdir(repository);
  char *prefix = root != NULL ? git_files_prefix_in(root, job->request.path) : NULL;
  if (prefix == NULL)
    return os2_fail(err, OS2_INVALID, "%s is not in the working tree of a repository",
                    job->request.path);
  walk it = {.job = job, .repository = repository, .base = "", .prefix = prefix};
  int code = git_files_walk_repository(&it);
  free(prefix);
  return code == 0 ? 0 : os2_git_fail(job, code, err, "cannot list %s", job->request.path);
}

static int git_files_note(const char *path, void *job) {
  os2_git_add_entry(job, path, NULL);
  return 0;
}

int os2_git_untracked(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, false, err) != 0) return -1;
  int code = os2_git_walk_untracked(job, repository, false, git_files_note, job);
  if (code != 0) code = os2_git_fail(job, code, err, "cannot list %s", job->request.path);
  git_repository_free(repository);
  return code;
}

int os2_git_files(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, true, err) != 0) return -1;
  int code = git_files_list(job, repository, err);
  git_repository_free(repository);
  return code;
}
