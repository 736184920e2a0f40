/* git_untracked: lists the files of a working tree that are neither tracked nor ignored.
   libgit2 has such a list, too, but it drops exceptions (`!name`) to rules of other ignore files,
   and treats links as directories: files would be missing from the list, or be overwritten. */
#include "core/git/git_untracked.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/git/git_ignore.h"

enum { IGNORE_LIMIT_BYTES = 16 * 1024 * 1024 }; /* most bytes that are read of one ignore file */

typedef struct walk {
  os2_git_job *job;
  git_repository *repository;
  git_index *index;
  os2_git_ignore *ignore;
  os2_git_on_untracked *on_path;
  void *arg;
  bool in_short;
} walk;

/* ---- ignore files ---- */

static char *git_untracked_read_open(int fd, size_t *len) {
  struct stat found;
  if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) return NULL;
  size_t room = found.st_size < IGNORE_LIMIT_BYTES ? (size_t)found.st_size : IGNORE_LIMIT_BYTES;
  char *text = os2_mem_resize(NULL, room, 1);
  ssize_t got = 1;
  for (*len = 0; got > 0 && *len<room; *len += got> 0 ? (size_t)got : 0)
    got = read(fd, text + *len, room - *len);
  return text;
}

/* Returns the content of a regular file; NULL when there is none. */
static char *git_untracked_read_file(const char *path, int flags, size_t *len) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
  if (fd < 0) return NULL;
  char *text = git_untracked_read_open(fd, len);
  close(fd);
  return text;
}

static bool git_untracked_add_file(os2_git_ignore *ignore, const char *path, int flags,
                                   const char *base) {
  size_t len = 0;
  char *text = git_untracked_read_file(path, flags, &len);
  if (text != NULL) os2_git_ignore_add(ignore, text, len, base);
  free(text);
  return text != NULL;
}

bool os2_git_is_skipped(const git_index_entry *entry) {
  return (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
}

/* Reads a skipped ignore file from the index: a sparse checkout may leave the file out of the
   working tree, but its rules still apply. */
static void git_untracked_add_skipped(const walk *it, const char *path, const char *base) {
  const git_index_entry *entry = git_index_get_bypath(it->index, path, 0);
  git_blob *blob = NULL;
  if (entry == NULL || !os2_git_is_skipped(entry)) return;
  if (git_blob_lookup(&blob, it->repository, &entry->id) == 0)
    os2_git_ignore_add(it->ignore, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob), base);
  git_blob_free(blob);
}

static void git_untracked_add_of_directory(const walk *it, const char *full, const char *base) {
  char *path = os2_mem_join(full, ".gitignore", "");
  char *inside = os2_mem_join(base, ".gitignore", "");
  if (!git_untracked_add_file(it->ignore, path, O_NOFOLLOW, base))
    git_untracked_add_skipped(it, inside, base);
  free(path);
  free(inside);
}

/* ---- the user's and the repository's ---- */

static git_config *git_untracked_config_of(git_repository *repository) {
  git_config *config = NULL;
  git_config *snapshot = NULL;
  if (git_repository_config(&config, repository) != 0) return NULL;
  git_config_snapshot(&snapshot, config);
  git_config_free(config);
  return snapshot;
}

static char *git_untracked_default_excludes(void) {
  const char *xdg = getenv("XDG_CONFIG_HOME");
  const char *home = getenv("HOME");
  if (xdg != NULL && xdg[0] != '\0') return os2_mem_join(xdg, "/git/ignore", "");
  return home != NULL ? os2_mem_join(home, "/.config/git/ignore", "") : NULL;
}

static char *git_untracked_excludes_file(git_config *config) {
  git_buf path = GIT_BUF_INIT;
  char *file = NULL;
  int code =
      config != NULL ? git_config_get_path(&path, config, "core.excludesfile") : GIT_ENOTFOUND;
  if (code == 0) file = os2_mem_text(path.ptr, path.size);
  git_buf_dispose(&path);
  return code == 0 ? file : git_untracked_default_excludes();
}

static bool git_untracked_has_no_case(const git_config *config) {
  int value = 0;
  return config != NULL && git_config_get_bool(&value, config, "core.ignorecase") == 0 &&
         value != 0;
}

/* Reads the rules of the user and the repository, those with the lowest precedence first. */
static os2_git_ignore *git_untracked_standard_rules(git_repository *repository) {
  git_config *config = git_untracked_config_of(repository);
  os2_git_ignore *ignore = os2_git_ignore_new(git_untracked_has_no_case(config));
  char *users = git_untracked_excludes_file(config);
  char *own = os2_mem_join(git_repository_commondir(repository), "info/exclude", "");
  if (users != NULL) git_untracked_add_file(ignore, users, 0, "");
  git_untracked_add_file(ignore, own, 0, "");
  free(users);
  free(own);
  git_config_free(config);
  return ignore;
}

/* ---- the walk ---- */

int os2_git_open_index(git_index **out, git_repository *repository) {
  char *path = os2_mem_join(git_repository_path(repository), "index", "");
  int code = git_index_open(out, path);
  free(path);
  return code;
}

static bool git_untracked_is_tracked(const walk *it, const char *path) {
  size_t at;
  return git_index_find(&at, it->index, path) == 0;
}

static bool git_untracked_is_submodule(const walk *it, const char *path) {
  const git_index_entry *entry = git_index_get_bypath(it->index, path, 0);
  return entry != NULL && entry->mode == GIT_FILEMODE_COMMIT;
}

static bool git_untracked_has_tracked_below(const walk *it, const char *directory) {
  size_t at;
  return git_index_find_prefix(&at, it->index, directory) == 0;
}

/* Returns true for a repository, also one without a commit; a directory that is merely called .git
   is none. */
static bool git_untracked_is_repository(const char *full) {
  git_repository *found = NULL;
  char *own = os2_mem_join(full, ".git", "");
  bool is_it = access(own, F_OK) == 0 &&
               os2_git_open_at(&found, full, GIT_REPOSITORY_OPEN_NO_SEARCH) != GIT_ENOTFOUND;
  git_repository_free(found);
  free(own);
  return is_it;
}

static int git_untracked_walk_directory(walk *it, const char *base);

/* Stops the walk, because one path is enough. */
static int git_untracked_stop_at_first(const char *path, void *found) {
  (void)path;
  *(bool *)found = true;
  return 1;
}

static int git_untracked_tell_in_short(walk *it, const char *directory) {
  bool found = false;
  walk inner = *it;
  inner.on_path = git_untracked_stop_at_first;
  inner.arg = &found;
  inner.in_short = false;
  int code = git_untracked_walk_directory(&inner, directory);
  if (!found) return code;
  return it->on_path(directory, it->arg);
}

static int git_untracked_on_directory(walk *it, const char *path) {
  char *directory = os2_mem_join(path, "/", "");
  char *full = os2_mem_join(git_repository_workdir(it->repository), directory, "");
  int code;
  bool is_tracked_too = git_untracked_has_tracked_below(it, directory);
  if (!is_tracked_too && git_untracked_is_repository(full))
    code = it->on_path(directory, it->arg);
  else if (!is_tracked_too && it->in_short)
    code = git_untracked_tell_in_short(it, directory);
  else
    code = git_untracked_walk_directory(it, directory);
  free(directory);
  free(full);
  return code;
}

static int git_untracked_on_entry(walk *it, const char *path, mode_t mode) {
  bool is_directory = S_ISDIR(mode);
  if (!is_directory && !S_ISREG(mode) && !S_ISLNK(mode)) return 0;
  if (is_directory ? git_untracked_is_submodule(it, path) : git_untracked_is_tracked(it, path))
    return 0;
  if (os2_git_ignore_has(it->ignore, path, is_directory)) return 0;
  return is_directory ? git_untracked_on_directory(it, path) : it->on_path(path, it->arg);
}

static bool git_untracked_is_passed_over(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0;
}

static int git_untracked_walk_open(walk *it, DIR *directory, const char *base) {
  const struct dirent *entry;
  int code = 0;
  while (code == 0 && (entry = readdir(directory)) != NULL) {
    struct stat found;
    if (os2_git_is_cancelled(it->job)) return GIT_EUSER;
    if (git_untracked_is_passed_over(entry->d_name)) continue;
    if (fstatat(dirfd(directory), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) continue;
    char *path = os2_mem_join(base, entry->d_name, "");
    code = git_untracked_on_entry(it, path, found.st_mode);
    free(path);
  }
  return code;
}

static int git_untracked_walk_directory(walk *it, const char *base) {
  size_t rules = os2_git_ignore_count(it->ignore);
  char *full = os2_mem_join(git_repository_workdir(it->repository), base, "");
  DIR *directory = opendir(full);
  int code = 0;
  if (directory != NULL) {
    git_untracked_add_of_directory(it, full, base);
    code = git_untracked_walk_open(it, directory, base);
    closedir(directory);
  } else if (errno == EMFILE || errno == ENFILE) {
    os2_fail_errno(&it->job->fault, errno, "cannot list %s", full);
    code = GIT_EUSER;
  }
  os2_git_ignore_drop(it->ignore, rules);
  free(full);
  return code;
}

int os2_git_walk_untracked(os2_git_job *job, git_repository *repository, bool in_short,
                           os2_git_on_untracked *on_path, void *arg) {
  walk it = {
      .job = job, .repository = repository, .on_path = on_path, .arg = arg, .in_short = in_short};
  if (git_repository_workdir(repository) == NULL) return 0;
  int code = os2_git_open_index(&it.index, repository);
  if (code == 0) {
    it.ignore = git_untracked_standard_rules(repository);
    code = git_untracked_walk_directory(&it, "");
    os2_git_ignore_free(it.ignore);
  }
  git_index_free(it.index);
  return code;
}
