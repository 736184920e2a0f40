/* git_glob: the patterns of git's ignore files, matched by following all states at the same time,
   so that no pattern causes backtracking. */
#include "core/git/git_glob.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

typedef enum token_kind {
  BYTE,  /* exactly this byte */
  ANY,   /* any byte but a slash */
  SET,   /* one byte of the set */
  STAR,  /* any number of bytes without a slash */
  STARS, /* any number of bytes */
  SKIP,  /* nothing; the token after the next one may match, too: directories are optional */
  BELOW  /* any number of bytes that end with a slash */
} token_kind;

typedef struct token {
  token_kind kind;
  unsigned char byte;
  uint8_t set[32];
} token;

struct os2_git_glob {
  bool no_case;
  bool is_broken;
  size_t count;
  token *tokens;
  /* the states: true for each token that may match next; the last state is success */
  bool *now, *then;
};

static token *git_glob_add(os2_git_glob *glob, token_kind kind) {
  token *new = &glob->tokens[glob->count++];
  *new = (token){.kind = kind};
  return new;
}

static unsigned char git_glob_folded(const os2_git_glob *glob, unsigned char byte) {
  return glob->no_case ? (unsigned char)tolower(byte) : byte;
}

/* ---- sets ---- */

typedef struct reader {
  const unsigned char *at, *end;
} reader;

static void git_glob_put(token *set, unsigned char byte) {
  set->set[byte / 8] |= (uint8_t)(1 << byte % 8);
}

static bool git_glob_is_in(const token *set, unsigned char byte) {
  return (set->set[byte / 8] >> byte % 8 & 1) != 0;
}

static void git_glob_put_range(const os2_git_glob *glob, token *set, unsigned first,
                               unsigned last) {
  for (unsigned byte = first; byte <= last; byte++) {
    git_glob_put(set, (unsigned char)byte);
    if (glob->no_case) git_glob_put(set, (unsigned char)tolower((int)byte));
  }
}

static bool git_glob_put_class(token *set, const char *name, size_t len) {
  static const struct {
    const char *name;
    int (*has)(int);
  } classes[] = {{"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
                 {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
                 {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit}};
  for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
    if (strlen(classes[i].name) != len || memcmp(classes[i].name, name, len) != 0) continue;
    for (int byte = 0; byte < 128; byte++)
      if (classes[i].has(byte)) git_glob_put(set, (unsigned char)byte);
    return true;
  }
  return false;
}

/* Reads a class "[:name:]" of a set. Returns false when the text is not a class but bytes of the
   set. */
static bool git_glob_read_class(os2_git_glob *glob, token *set, reader *in) {
  const unsigned char *start = in->at + 2;
  const unsigned char *close = memchr(start, ']', (size_t)(in->end - start));
  if (close == NULL || close == start || close[-1] != ':') return false;
  const char *name = (const char *)start;
  size_t len = (size_t)(close - 1 - start);
  if (!git_glob_put_class(set, name, len)) glob->is_broken = true;
  if (glob->no_case && len == 5 && memcmp(name, "upper", 5) == 0)
    git_glob_put_class(set, "lower", 5);
  in->at = close + 1;
  return true;
}

/* Returns one byte of a set, unescaped; -1 at the end of the pattern. */
static int git_glob_read_member(reader *in) {
  if (in->at < in->end && *in->at == '\\') in->at++;
  return in->at < in->end ? *in->at++ : -1;
}

static bool git_glob_is_range(const reader *in) {
  return in->end - in->at >= 2 && in->at[0] == '-' && in->at[1] != ']';
}

static void git_glob_read_members(os2_git_glob *glob, token *set, reader *in) {
  if (in->end - in->at >= 2 && in->at[0] == '[' && in->at[1] == ':' &&
      git_glob_read_class(glob, set, in))
    return;
  int first = git_glob_read_member(in);
  int last = first;
  if (git_glob_is_range(in)) {
    in->at++;
    last = git_glob_read_member(in);
    if (first >= 0 && last >= 0) git_glob_put_range(glob, set, (unsigned)first, (unsigned)last);
  }
  if (first < 0 || last < 0)
    glob->is_broken = true;
  else if (first == last)
    git_glob_put(set, (unsigned char)first);
}

/* Reads a set after its opening bracket. A closing bracket in the first place is a member. */
static void git_glob_read_set(os2_git_glob *glob, reader *in) {
  token *set = git_glob_add(glob, SET);
  bool is_negated = in->at < in->end && (*in->at == '!' || *in->at == '^');
  if (is_negated) in->at++;
  do git_glob_read_members(glob, set, in);
  while (!glob->is_broken && (in->at == in->end || *in->at != ']') && in->at <= in->end);
  if (glob->is_broken) return;
  in->at++;
  for (size_t i = 0; is_negated && i < sizeof set->set; i++) set->set[i] = (uint8_t)~set->set[i];
  set->set['/' / 8] &= (uint8_t) ~(1 << '/' % 8);
}

/* ---- stars ---- */

static bool git_glob_is_part_of_path(const reader *in, bool begins) {
  const unsigned char *at = in->at;
  return begins &&
         (at == in->end || *at == '/' || (in->end - at >= 2 && at[0] == '\\' && at[1] == '/'));
}

static void git_glob_read_stars(os2_git_glob *glob, reader *in, bool begins) {
  const unsigned char *first = in->at;
  while (in->at < in->end && *in->at == '*') in->at++;
  if (in->at - first < 2 || !git_glob_is_part_of_path(in, begins)) {
    git_glob_add(glob, STAR);
  } else if (in->at < in->end && *in->at == '/') {
    in->at++;
    git_glob_add(glob, SKIP);
    git_glob_add(glob, BELOW);
  } else {
    git_glob_add(glob, STARS);
  }
}

/* ---- compiling ---- */

static void git_glob_read_byte(os2_git_glob *glob, reader *in) {
  if (*in->at == '\\') in->at++;
  if (in->at == in->end)
    glob->is_broken = true;
  else
    git_glob_add(glob, BYTE)->byte = git_glob_folded(glob, *in->at++);
}

static void git_glob_compile(os2_git_glob *glob, const unsigned char *pattern, size_t len) {
  reader in = {.at = pattern, .end = pattern + len};
  bool is_first = true; /* no wildcard was read yet */
  while (in.at < in.end && !glob->is_broken) {
    bool begins = is_first || in.at == pattern || in.at[-1] == '/';
    if (strchr("*?[\\", *in.at) != NULL) {
      if (*in.at == '*') {
        git_glob_read_stars(glob, &in, begins);
      } else if (*in.at == '?') {
        in.at++;
        git_glob_add(glob, ANY);
      } else if (*in.at == '[') {
        in.at++;
        git_glob_read_set(glob, &in);
      } else {
        git_glob_read_byte(glob, &in);
      }
      is_first = false;
    } else {
      git_glob_read_byte(glob, &in);
    }
  }
}

os2_git_glob *os2_git_glob_new(const char *pattern, size_t len, bool no_case) {
  os2_git_glob *glob = os2_mem_zero(1, sizeof *glob);
  glob->no_case = no_case;
  glob->tokens = os2_mem_zero(len + 1, sizeof *glob->tokens);
  git_glob_compile(glob, (const unsigned char *)pattern, len);
  glob->now = os2_mem_zero(glob->count + 1, sizeof *glob->now);
  glob->then = os2_mem_zero(glob->count + 1, sizeof *glob->then);
  return glob;
}

void os2_git_glob_free(os2_git_glob *glob) {
  free(glob->tokens);
  free(glob->now);
  free(glob->then);
  free(glob);
}

/* ---- matching ---- */

/* Adds a state and all states that are reached from it without a byte. */
static void git_glob_enter(const os2_git_glob *glob, bool *states, size_t at) {
  for (; !states[at]; at++) {
    states[at] = true;
    if (at == glob->count) return;
    token_kind kind = glob->tokens[at].kind;
    if (kind == SKIP) git_glob_enter(glob, states, at + 2);
    if (kind != STAR && kind != STARS && kind != SKIP) return;
  }
}

static void git_glob_step(const os2_git_glob *glob, bool *next, size_t at, unsigned char byte) {
  const token *it = &glob->tokens[at];
  switch (it->kind) {
  case BYTE:
    if (it->byte == byte) git_glob_enter(glob, next, at + 1);
    break;
  case ANY:
    if (byte != '/') git_glob_enter(glob, next, at + 1);
    break;
  case SET:
    if (git_glob_is_in(it, byte)) git_glob_enter(glob, next, at + 1);
    break;
  case STAR:
    if (byte != '/') git_glob_enter(glob, next, at);
    break;
  case STARS:
    git_glob_enter(glob, next, at);
    break;
  case SKIP:
    break;
  case BELOW:
    git_glob_enter(glob, next, at);
    if (byte == '/') git_glob_enter(glob, next, at + 1);
    break;
  }
}

bool os2_git_glob_matches(const os2_git_glob *glob, const char *text, size_t len) {
  bool *now = glob->now;
  bool *then = glob->then;
  size_t size = (glob->count + 1) * sizeof *now;
  if (glob->is_broken) return false;
  memset(now, 0, size);
  git_glob_enter(glob, now, 0);
  for (size_t i = 0; i < len; i++) {
    unsigned char byte = git_glob_folded(glob, (unsigned char)text[i]);
    memset(then, 0, size);
    for (size_t at = 0; at < glob->count; at++)
      if (now[at]) git_glob_step(glob, then, at, byte);
    bool *swap = now;
    now = then;
    then = swap;
  }
  return now[glob->count];
}
