/* ignore: the rules of a .dockerignore file. */
#include "core/context/ignore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/utf8.h"
#include "core/context/glob.h"
#include "core/context/path_clean.h"

typedef struct pattern_rule {
  os2_glob glob;
  bool is_exception;
} pattern_rule;

struct os2_ignore {
  pattern_rule *rules;
  size_t count;
};

/* A piece of text; a line while it is parsed. */
typedef struct span {
  const char *at;
  size_t len;
} span;

/* The origin of a line, for messages. */
typedef struct line_info {
  const char *file;
  size_t number;
  span text;
} line_info;

size_t os2_ignore_count(const os2_ignore *ignore) { return ignore->count; }

void os2_ignore_free(os2_ignore *ignore) {
  if (ignore == NULL) return;
  for (size_t i = 0; i < ignore->count; i++) os2_glob_free(&ignore->rules[i].glob);
  free(ignore->rules);
  free(ignore);
}

/* Returns true for Unicode white space, as Go's TrimSpace defines it. */
static bool ignore_is_space(uint32_t c) {
  if (c < 0x80) return c == ' ' || (c >= '\t' && c <= '\r');
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Returns the length in bytes of the last character. */
static size_t ignore_last_size(span text) {
  for (size_t size = 1; size <= 4 && size <= text.len; size++) {
    size_t taken;
    os2_utf8_decode(text.at + text.len - size, size, &taken);
    if (taken == size && size > 1) return size;
  }
  return 1;
}

static span ignore_trim(span text) {
  size_t size;
  while (text.len > 0 && ignore_is_space(os2_utf8_decode(text.at, text.len, &size))) {
    text.at += size;
    text.len -= size;
  }
  while (text.len > 0) {
    size_t tail = ignore_last_size(text);
    if (!ignore_is_space(os2_utf8_decode(text.at + text.len - tail, tail, &size))) break;
    text.len -= tail;
  }
  return text;
}

/* BuildKit trims and cleans once more, in place, when the leading slash is gone and the `!` back.
 */
static void ignore_tidy(char *pattern) {
  span rest = ignore_trim((span){pattern, strlen(pattern)});
  memmove(pattern, rest.at, rest.len);
  pattern[rest.len] = '\0';
  if (rest.len > 0) os2_path_clean(pattern);
}

/* Returns the pattern of a line that is not empty, including its `!`. The caller frees it. */
static char *ignore_pattern_of(span line) {
  bool inverted = *line.at == '!';
  if (inverted) line = ignore_trim((span){line.at + 1, line.len - 1});
  char *path = os2_mem_text(line.at, line.len);
  if (line.len > 0) os2_path_clean(path);
  size_t slash = path[0] == '/' && path[1] != '\0' ? 1 : 0;
  char *whole = os2_mem_resize(NULL, line.len + 3, 1);
  snprintf(whole, line.len + 3, "%s%s", inverted ? "!" : "", path + slash);
  ignore_tidy(whole);
  free(path);
  return whole;
}

static int ignore_fail_line(const line_info *line, const char *rule, os2_err *err) {
  int shown = line->text.len > 200 ? 200 : (int)line->text.len;
  return os2_fail(err, OS2_INVALID, "%s:%zu: \"%.*s\": %s", line->file, line->number, shown,
                  line->text.at, rule);
}

static int ignore_add_pattern(os2_ignore *ignore, const char *pattern, const line_info *line,
                              os2_err *err) {
  pattern_rule added = {.is_exception = *pattern == '!'};
  if (added.is_exception) pattern++;
  if (*pattern == '\0')
    return ignore_fail_line(line, "an exception needs a pattern after the !", err);
  const char *problem = os2_glob_compile(&added.glob, pattern, strlen(pattern));
  if (problem != NULL) return ignore_fail_line(line, problem, err);
  ignore->rules = os2_mem_resize(ignore->rules, ignore->count + 1, sizeof *ignore->rules);
  ignore->rules[ignore->count++] = added;
  return 0;
}

static int ignore_add_line(os2_ignore *ignore, const line_info *line, os2_err *err) {
  if (line->text.len > 0 && *line->text.at == '#') return 0;
  span text = ignore_trim(line->text);
  if (text.len == 0) return 0;
  if (memchr(text.at, '\0', text.len) != NULL)
    return os2_fail(err, OS2_INVALID, "%s:%zu: holds a NUL byte; the file must be UTF-8 text",
                    line->file, line->number);
  char *pattern = ignore_pattern_of(text);
  int result = *pattern == '\0' ? 0 : ignore_add_pattern(ignore, pattern, line, err);
  free(pattern);
  return result;
}

/* Removes the next line from the text and returns it without its end. */
static span ignore_next_line(span *rest) {
  const char *end = memchr(rest->at, '\n', rest->len);
  span line = {rest->at, end == NULL ? rest->len : (size_t)(end - rest->at)};
  size_t taken = line.len + (end == NULL ? 0 : 1);
  rest->at += taken;
  rest->len -= taken;
  if (line.len > 0 && line.at[line.len - 1] == '\r') line.len--;
  return line;
}

static span ignore_skip_byte_order_mark(span text) {
  static const char mark[] = "\xEF\xBB\xBF";
  if (text.len < 3 || memcmp(text.at, mark, 3) != 0) return text;
  return (span){text.at + 3, text.len - 3};
}

int os2_ignore_parse(os2_ignore **out, const char *text, size_t len, const char *name,
                     os2_err *err) {
  os2_ignore *ignore = os2_mem_zero(1, sizeof *ignore);
  span rest = ignore_skip_byte_order_mark((span){text, len});
  line_info line = {.file = name};
  *out = NULL;
  while (rest.len > 0) {
    line.text = ignore_next_line(&rest);
    line.number++;
    if (ignore_add_line(ignore, &line, err) != 0) {
      os2_ignore_free(ignore);
      return -1;
    }
  }
  *out = ignore;
  return 0;
}

static int ignore_add_listed(os2_ignore *ignore, const line_info *line, os2_err *err) {
  char *pattern = os2_mem_text(line->text.at, line->text.len);
  ignore_tidy(pattern);
  int result = *pattern == '\0' ? 0 : ignore_add_pattern(ignore, pattern, line, err);
  free(pattern);
  return result;
}

int os2_ignore_from_list(os2_ignore **out, const char *const *patterns, const char *what,
                         os2_err *err) {
  os2_ignore *ignore = os2_mem_zero(1, sizeof *ignore);
  line_info line = {.file = what};
  *out = NULL;
  for (; *patterns != NULL; patterns++) {
    line.text = (span){*patterns, strlen(*patterns)};
    line.number++;
    if (ignore_add_listed(ignore, &line, err) != 0) {
      os2_ignore_free(ignore);
      return -1;
    }
  }
  *out = ignore;
  return 0;
}

/* Without `own` the last rule that applies can be looked for from the end. */
static bool ignore_match_leaf(const os2_ignore *ignore, const char *path, size_t len,
                              const bool *above) {
  for (size_t i = ignore->count; i > 0; i--) {
    const pattern_rule *rule = &ignore->rules[i - 1];
    bool applies = (above != NULL && above[i - 1]) || os2_glob_match(&rule->glob, path, len);
    if (applies) return !rule->is_exception;
  }
  return false;
}

bool os2_ignore_match(const os2_ignore *ignore, const char *path, size_t len, const bool *above,
                      bool *own) {
  if (own == NULL) return ignore_match_leaf(ignore, path, len, above);
  bool excluded = false;
  for (size_t i = 0; i < ignore->count; i++) {
    const pattern_rule *rule = &ignore->rules[i];
    own[i] = (above != NULL && above[i]) || os2_glob_match(&rule->glob, path, len);
    if (own[i]) excluded = !rule->is_exception;
  }
  return excluded;
}

bool os2_ignore_may_descend(const os2_ignore *ignore, const char *dir, size_t len,
                            const bool *own) {
  for (size_t i = ignore->count; i > 0; i--) {
    const pattern_rule *rule = &ignore->rules[i - 1];
    if (!rule->is_exception && own[i - 1]) return false;
    if (rule->is_exception && os2_glob_may_match_below(&rule->glob, dir, len)) return true;
  }
  return true;
}

bool os2_ignore_may_match_below(const os2_ignore *ignore, const char *dir, size_t len) {
  for (size_t i = 0; i < ignore->count; i++) {
    const pattern_rule *rule = &ignore->rules[i];
    if (!rule->is_exception && os2_glob_may_match_below(&rule->glob, dir, len)) return true;
  }
  return false;
}
