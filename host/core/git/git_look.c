/* git_look: the verbs that read a local repository. */
#include <stdlib.h>
#include <sys/stat.h>

#include "core/base/mem.h"
#include "core/git/git_int.h"
#include "core/git/git_untracked.h"

/* ---- head ---- */

int os2_git_head(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, true, err) != 0) return -1;
  int code = os2_git_note_head(job, repository, err);
  const char *directory = git_repository_path(repository);
  job->result.directory = os2_mem_copy(directory);
  job->result.is_shallow = os2_git_is_shallow(repository);
  git_repository_free(repository);
  return code;
}

/* ---- status ---- */

static const char *git_look_state_of(unsigned status) {
  if (status & GIT_STATUS_CONFLICTED) return "conflicted";
  if (status & (GIT_STATUS_INDEX_DELETED | GIT_STATUS_WT_DELETED)) return "deleted";
  if (status & (GIT_STATUS_INDEX_RENAMED | GIT_STATUS_WT_RENAMED)) return "renamed";
  if (status & GIT_STATUS_INDEX_NEW) return "added";
  if (status & GIT_STATUS_WT_NEW) return "untracked";
  return "modified";
}

static const char *git_look_path_of(const git_status_entry *entry) {
  const git_diff_delta *delta =
      entry->index_to_workdir != NULL ? entry->index_to_workdir : entry->head_to_index;
  return delta->new_file.path != NULL ? delta->new_file.path : delta->old_file.path;
}

int os2_git_list_status(git_status_list **out, git_repository *repository, git_status_show_t show,
                        unsigned flags) {
  git_status_options options;
  git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
  options.show = show;
  options.flags = flags;
  return git_status_list_new(out, repository, &options);
}

static bool git_look_has_entry(const git_config *config, const char *section, const char *name) {
  git_config_entry *entry = NULL;
  char *key = os2_mem_join(section, name, "");
  bool is_there = git_config_get_entry(&entry, config, key) == 0;
  if (is_there) git_config_entry_free(entry);
  free(key);
  return is_there;
}

/* Returns true when a filter driver or an encoding applies to the file: libgit2 supports
   neither. */
static bool git_look_is_converted(git_repository *repository, const char *path) {
  const char *driver = NULL;
  const char *encoding = NULL;
  git_config *config = NULL;
  git_attr_get(&encoding, repository, 0, path, "working-tree-encoding");
  if (git_attr_value(encoding) == GIT_ATTR_VALUE_STRING) return true;
  git_attr_get(&driver, repository, 0, path, "filter");
  if (git_attr_value(driver) != GIT_ATTR_VALUE_STRING) return false;
  if (git_repository_config(&config, repository) != 0) return true;
  char *section = os2_mem_join("filter.", driver, ".");
  bool is_so = git_look_has_entry(config, section, "clean") ||
               git_look_has_entry(config, section, "process");
  free(section);
  git_config_free(config);
  return is_so;
}

static int git_look_cannot_tell(os2_git_job *job, const char *path) {
  os2_fail(&job->fault, OS2_INVALID,
           "whether %s has changed cannot be told: its filter or encoding needs a git program",
           path);
  return GIT_EUSER;
}

/* Returns true when the times and the size in the index say that the file has not changed. */
static bool git_look_is_untouched(git_repository *repository, const git_index_entry *entry) {
  struct stat found;
  char *full = os2_mem_join(git_repository_workdir(repository), entry->path, "");
  bool is_there = lstat(full, &found) == 0;
  free(full);
  /* anything but a regular file needs no filter */
  if (!is_there || !S_ISREG(found.st_mode)) return true;
  return entry->file_size == (uint32_t)found.st_size &&
         entry->mtime.seconds == (int32_t)found.st_mtim.tv_sec &&
         (entry->mtime.nanoseconds == 0 ||
          entry->mtime.nanoseconds == (uint32_t)found.st_mtim.tv_nsec);
}

/* libgit2 reports a file whose bytes equal the commit as unchanged, although its filter may give
   other bytes. */
static int git_look_check_converted(os2_git_job *job, git_repository *repository,
                                    git_index *index) {
  size_t count = git_index_entrycount(index);
  for (size_t i = 0; i < count; i++) {
    const git_index_entry *entry = git_index_get_byindex(index, i);
    if (os2_git_is_cancelled(job)) return GIT_EUSER;
    if (S_ISREG(entry->mode) && !git_look_is_untouched(repository, entry) &&
        git_look_is_converted(repository, entry->path))
      return git_look_cannot_tell(job, entry->path);
  }
  return 0;
}

/* Returns true when git keeps the file out of the working tree (a sparse checkout). */
static bool git_look_is_left_out(git_index *index, const char *path) {
  const git_index_entry *entry = git_index_get_bypath(index, path, 0);
  return entry != NULL && os2_git_is_skipped(entry);
}

static int git_look_add_change(os2_git_job *job, git_repository *repository, git_index *index,
                               const git_status_entry *entry) {
  const char *path = git_look_path_of(entry);
  unsigned status = entry->status;
  if ((status & GIT_STATUS_WT_DELETED) && git_look_is_left_out(index, path))
    status &= ~(unsigned)GIT_STATUS_WT_DELETED;
  if (status == 0) return 0;
  if ((status & GIT_STATUS_WT_MODIFIED) && git_look_is_converted(repository, path))
    return git_look_cannot_tell(job, path);
  os2_git_add_entry(job, path, git_look_state_of(status));
  return 0;
}

static bool git_look_is_set(const git_config *config, const char *name) {
  int is_so = 0;
  return git_config_get_bool(&is_so, config, name) == 0 && is_so != 0;
}

/* Returns true when git compares a file with its commit although the index leaves it out of a
   sparse checkout. Source: git's documentation of core.sparseCheckout and sparse.* */
static bool git_look_takes_present(git_repository *repository) {
  git_config *config = NULL;
  if (git_repository_config_snapshot(&config, repository) != 0) return false;
  bool is_so = git_look_is_set(config, "core.sparsecheckout") &&
               !git_look_is_set(config, "sparse.expectfilesoutsideofpatterns");
  git_config_free(config);
  return is_so;
}

static int git_look_take_if_present(git_repository *repository, git_index *index,
                                    const git_index_entry *entry) {
  struct stat found;
  git_index_entry taken = *entry;
  char *full = os2_mem_join(git_repository_workdir(repository), entry->path, "");
  bool is_there = lstat(full, &found) == 0;
  free(full);
  if (!is_there) return 0;
  taken.flags_extended &= (uint16_t)~GIT_INDEX_ENTRY_SKIP_WORKTREE;
  return git_index_add(index, &taken);
}

/* libgit2 does not look at a file that the index leaves out, also where it is there all the same:
   git does. Changes the repository's index in memory only. */
static int git_look_take_present(git_repository *repository) {
  git_index *index = NULL;
  if (!git_look_takes_present(repository)) return 0;
  int code = git_repository_index(&index, repository);
  size_t count = code == 0 ? git_index_entrycount(index) : 0;
  for (size_t i = 0; code == 0 && i < count; i++) {
    const git_index_entry *entry = git_index_get_byindex(index, i);
    if (os2_git_is_skipped(entry)) code = git_look_take_if_present(repository, index, entry);
  }
  git_index_free(index);
  return code;
}

static bool git_look_has_renames(git_repository *repository) {
  git_config *config = NULL;
  int is_so = 1; /* stays 1 when the value is "copies" */
  if (git_repository_config_snapshot(&config, repository) != 0) return true;
  if (git_config_get_bool(&is_so, config, "status.renames") == GIT_ENOTFOUND)
    git_config_get_bool(&is_so, config, "diff.renames");
  git_config_free(config);
  return is_so != 0;
}

static int git_look_add_changes(os2_git_job *job, git_repository *repository) {
  git_status_list *list = NULL;
  git_index *index = NULL;
  unsigned flags = git_look_has_renames(repository) ? GIT_STATUS_OPT_RENAMES_HEAD_TO_INDEX : 0;
  if (job->request.status.without_submodules) flags |= GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
  int code = os2_git_open_index(&index, repository);
  if (code == 0) code = git_look_take_present(repository);
  if (code == 0) code = git_look_check_converted(job, repository, index);
  if (code == 0)
    code = os2_git_list_status(&list, repository, GIT_STATUS_SHOW_INDEX_AND_WORKDIR, flags);
  size_t count = code == 0 ? git_status_list_entrycount(list) : 0;
  for (size_t i = 0; code == 0 && i < count; i++)
    code = git_look_add_change(job, repository, index, git_status_byindex(list, i));
  git_status_list_free(list);
  git_index_free(index);
  return code;
}

static int git_look_add_untracked(const char *path, void *job) {
  os2_git_add_entry(job, path, "untracked");
  return 0;
}

int os2_git_status(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  if (os2_git_open(job, &repository, true, err) != 0) return -1;
  int code = git_look_add_changes(job, repository);
  if (code == 0) code = os2_git_walk_untracked(job, repository, true, git_look_add_untracked, job);
  if (code != 0)
    os2_git_fail(job, code, err, "cannot compare %s with its commit", job->request.path);
  git_repository_free(repository);
  return code == 0 ? 0 : -1;
}

/* ---- remotes ---- */

static int git_look_add_remote(os2_git_job *job, git_repository *repository, const char *name) {
  git_remote *remote = NULL;
  int code = git_remote_lookup(&remote, repository, name);
  if (code != 0) return code;
  const char *url = git_remote_url(remote);
  char *shown = os2_git_url_without_user(url != NULL ? url : "");
  os2_git_add_entry(job, name, shown);
  free(shown);
  git_remote_free(remote);
  return 0;
}

int os2_git_remotes(os2_git_job *job, os2_err *err) {
  git_repository *repository = NULL;
  git_strarray names = {.count = 0};
  if (os2_git_open(job, &repository, true, err) != 0) return -1;
  int code = git_remote_list(&names, repository);
  for (size_t i = 0; code == 0 && i < names.count; i++)
    code = git_look_add_remote(job, repository, names.strings[i]);
  if (code != 0) os2_git_fail(job, code, err, "cannot list the remotes of %s", job->request.path);
  git_strarray_dispose(&names);
  git_repository_free(repository);
  return code == 0 ? 0 : -1;
}

/* ---- config ---- */

/* Opens the repository's own configuration file. The user's and the system's files are neither read
   nor changed. */
static int git_look_open_config(os2_git_job *job, git_repository **repository, git_config **own,
                                os2_err *err) {
  git_config *all = NULL;
  if (os2_git_open(job, repository, false, err) != 0) return -1;
  int code = git_repository_config(&all, *repository);
  if (code == 0) code = git_config_open_level(own, all, GIT_CONFIG_LEVEL_LOCAL);
  git_config_free(all);
  if (code == 0) return 0;
  os2_git_fail(job, code, err, "cannot read the configuration of %s", job->request.path);
  git_repository_free(*repository);
  return -1;
}

static int git_look_get(os2_git_job *job, git_config *own) {
  git_buf value = GIT_BUF_INIT;
  int code = git_config_get_string_buf(&value, own, job->request.config.key);
  if (code == 0) job->result.value = os2_mem_text(value.ptr, value.size);
  git_buf_dispose(&value);
  return code == GIT_ENOTFOUND ? 0 : code;
}

static int git_look_set(const os2_git_job *job, git_config *own) {
  const os2_git_request *asked = &job->request;
  if (asked->config.value != NULL)
    return git_config_set_string(own, asked->config.key, asked->config.value);
  int code = git_config_delete_entry(own, asked->config.key);
  return code == GIT_ENOTFOUND ? 0 : code;
}

static int git_look_use_config(os2_git_job *job, bool is_set, os2_err *err) {
  git_repository *repository = NULL;
  git_config *own = NULL;
  if (git_look_open_config(job, &repository, &own, err) != 0) return -1;
  int code = is_set ? git_look_set(job, own) : git_look_get(job, own);
  if (code != 0) code = os2_git_fail(job, code, err, "configuration %s", job->request.config.key);
  git_config_free(own);
  git_repository_free(repository);
  return code;
}

int os2_git_config_get(os2_git_job *job, os2_err *err) {
  return git_look_use_config(job, false, err);
}

int os2_git_config_set(os2_git_job *job, os2_err *err) {
  return git_look_use_config(job, true, err);
}
