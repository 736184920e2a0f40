/* git_filters: whether a filter may change files between a commit and the disk. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/git/git_int.h"

static int git_filters_is_attributes(const char *above, const git_tree_entry *entry, void *found) {
  (void)above;
  if (strcmp(git_tree_entry_name(entry), ".gitattributes") != 0) return 0;
  *(bool *)found = true;
  return -1; /* the first one found is enough */
}

static bool git_filters_has_attributes(const git_tree *tree) {
  bool found = false;
  git_tree_walk(tree, GIT_TREEWALK_PRE, git_filters_is_attributes, &found);
  return found;
}

static bool git_filters_is_configured(git_repository *repository) {
  static const char *const keys[] = {"core.autocrlf", "core.attributesfile"};
  git_config *config = NULL;
  if (git_repository_config(&config, repository) != 0) return true;
  bool found = false;
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
    git_config_entry *entry = NULL;
    if (git_config_get_entry(&entry, config, keys[i]) == 0) found = true;
    git_config_entry_free(entry);
  }
  git_config_free(config);
  return found;
}

static bool git_filters_has_file(int level, const char *name) {
  git_buf places = GIT_BUF_INIT;
  git_libgit2_opts(GIT_OPT_GET_SEARCH_PATH, level, &places);
  bool found = false;
  char *rest = NULL;
  for (char *at = strtok_r(places.ptr, ":", &rest); at != NULL; at = strtok_r(NULL, ":", &rest)) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", at, name);
    if (access(path, F_OK) == 0) found = true;
  }
  git_buf_dispose(&places);
  return found;
}

bool os2_git_needs_filters(git_repository *repository, const git_tree *tree) {
  return git_filters_is_configured(repository) ||
         git_filters_has_file(GIT_CONFIG_LEVEL_SYSTEM, "gitattributes") ||
         git_filters_has_file(GIT_CONFIG_LEVEL_XDG, "attributes") ||
         git_filters_has_attributes(tree);
}
