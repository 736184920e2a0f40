/* git_ignore: the rules of ignore files, as in gitignore(5). */
#include "core/git/git_ignore.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"
#include "core/git/git_glob.h"

typedef struct rule {
  char *pattern; /* without the leading ! and without slashes at its ends */
  size_t len;
  os2_git_glob *glob; /* NULL: the pattern has no wildcard and is compared as text */
  size_t base_len;    /* length of the path of the directory in which the rule applies */
  bool is_negative;
  bool is_of_directories;
  bool is_of_names; /* the pattern has no slash, so it matches a name at any depth */
} rule;

struct os2_git_ignore {
  bool no_case;
  rule *rules;
  size_t count, room;
};

os2_git_ignore *os2_git_ignore_new(bool no_case) {
  os2_git_ignore *ignore = os2_mem_zero(1, sizeof *ignore);
  ignore->no_case = no_case;
  return ignore;
}

void os2_git_ignore_free(os2_git_ignore *ignore) {
  os2_git_ignore_drop(ignore, 0);
  free(ignore->rules);
  free(ignore);
}

size_t os2_git_ignore_count(const os2_git_ignore *ignore) { return ignore->count; }

void os2_git_ignore_drop(os2_git_ignore *ignore, size_t count) {
  while (ignore->count > count) {
    rule *last = &ignore->rules[--ignore->count];
    free(last->pattern);
    if (last->glob != NULL) os2_git_glob_free(last->glob);
  }
}

/* ---- reading ---- */

static rule *git_ignore_new_rule(os2_git_ignore *ignore) {
  if (ignore->count == ignore->room) {
    ignore->room = ignore->room != 0 ? 2 * ignore->room : 16;
    ignore->rules = os2_mem_resize(ignore->rules, ignore->room, sizeof *ignore->rules);
  }
  return &ignore->rules[ignore->count++];
}

static bool git_ignore_has_wildcard(const char *pattern, size_t len) {
  for (size_t i = 0; i < len; i++)
    if (strchr("*?[\\", pattern[i]) != NULL) return true;
  return false;
}

/* Returns the length without trailing blanks; an escaped blank stays. */
static size_t git_ignore_without_blanks(const char *line, size_t len) {
  size_t kept = 0;
  for (size_t i = 0; i < len; i++) {
    if (line[i] == ' ') continue;
    if (line[i] == '\\' && ++i == len) return len;
    kept = i + 1;
  }
  return kept;
}

static void git_ignore_add_rule(os2_git_ignore *ignore, const char *line, size_t len,
                                const char *base) {
  rule it = {.base_len = strlen(base)};
  it.is_negative = len > 0 && line[0] == '!';
  if (it.is_negative) line++, len--;
  it.is_of_directories = len > 0 && line[len - 1] == '/';
  if (it.is_of_directories) len--;
  it.is_of_names = memchr(line, '/', len) == NULL;
  if (len > 0 && line[0] == '/') line++, len--;
  if (len == 0) return; /* a pattern without a name matches nothing */
  it.pattern = os2_mem_text(line, len);
  it.len = len;
  if (git_ignore_has_wildcard(line, len)) it.glob = os2_git_glob_new(line, len, ignore->no_case);
  *git_ignore_new_rule(ignore) = it;
}

void os2_git_ignore_add(os2_git_ignore *ignore, const char *text, size_t len, const char *base) {
  static const char mark[] = "\xEF\xBB\xBF";
  const char *end = text + len;
  if (len >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0) text += sizeof mark - 1;
  while (text < end) {
    const char *stop = memchr(text, '\n', (size_t)(end - text));
    if (stop == NULL) stop = end;
    size_t line_len = (size_t)(stop - text);
    if (line_len > 0 && text[line_len - 1] == '\r' && stop < end) line_len--;
    const char *zero = memchr(text, '\0', line_len);
    if (zero != NULL) line_len = (size_t)(zero - text);
    if (line_len > 0 && text[0] != '#')
      git_ignore_add_rule(ignore, text, git_ignore_without_blanks(text, line_len), base);
    text = stop + 1;
  }
}

/* ---- asking ---- */

static bool git_ignore_is_same(const os2_git_ignore *ignore, const rule *it, const char *name,
                               size_t len) {
  if (len != it->len) return false;
  return ignore->no_case ? strncasecmp(name, it->pattern, len) == 0
                         : memcmp(name, it->pattern, len) == 0;
}

static bool git_ignore_matches(const os2_git_ignore *ignore, const rule *it, const char *path,
                               bool is_directory) {
  if (it->is_of_directories && !is_directory) return false;
  const char *slash = strrchr(path, '/');
  const char *name = path + it->base_len;
  if (it->is_of_names && slash != NULL) name = slash + 1;
  size_t len = strlen(name);
  return it->glob != NULL ? os2_git_glob_matches(it->glob, name, len)
                          : git_ignore_is_same(ignore, it, name, len);
}

bool os2_git_ignore_has(os2_git_ignore *ignore, const char *path, bool is_directory) {
  for (size_t i = ignore->count; i > 0; i--)
    if (git_ignore_matches(ignore, &ignore->rules[i - 1], path, is_directory))
      return !ignore->rules[i - 1].is_negative;
  return false;
}
