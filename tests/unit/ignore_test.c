/* ignore_test: patterns against paths as BuildKit decides, refusals, and what may be pruned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/context/ignore.h"

static os2_ignore *parse(const char *text) {
  os2_ignore *ignore = NULL;
  os2_err err = {0};
  if (os2_ignore_parse(&ignore, text, strlen(text), ".dockerignore", &err) != 0)
    fail_msg("%s: %s", text, err.message);
  return ignore;
}

/* Walks down to the path as the context does; also checks that nothing that is included lies below
   a directory that could have been pruned. */
static bool is_ignored(const os2_ignore *ignore, const char *path) {
  size_t count = os2_ignore_count(ignore);
  bool *above = calloc(count + 1, sizeof *above);
  bool *own = calloc(count + 1, sizeof *own);
  bool ignored = false;
  bool is_pruned = false;
  for (size_t i = 1; i <= strlen(path); i++) {
    if (path[i] != '/' && path[i] != '\0') continue;
    const bool *known = memchr(path, '/', i) == NULL ? NULL : above;
    bool as_leaf = os2_ignore_match(ignore, path, i, known, NULL);
    ignored = os2_ignore_match(ignore, path, i, known, own);
    assert_int_equal(as_leaf, ignored);
    if (is_pruned) assert_true(ignored);
    if (ignored && !os2_ignore_may_descend(ignore, path, i, own)) is_pruned = true;
    memcpy(above, own, count * sizeof *own);
  }
  free(above);
  free(own);
  return ignored;
}

typedef struct match_case {
  const char *rules;
  const char *ignored[6];
  const char *included[6];
} match_case;

static const match_case cases[] = {
    /* literal paths, at the root only, with all that lies below */
    {"a", {"a", "a/b", "a/b/c"}, {"b", "ab", "b/a", "A"}},
    {"a/b", {"a/b", "a/b/c"}, {"a", "b", "x/a/b", "a/bc"}},
    {"node_modules", {"node_modules", "node_modules/x/y"}, {"web/node_modules", "node_modules2"}},
    {"/foo", {"foo", "foo/x"}, {"a/foo"}},
    {"foo/", {"foo", "foo/x"}, {"a/foo"}},
    {"//foo//", {"foo"}, {"a/foo"}},
    {"./a", {"a"}, {"b"}},
    {"a//b/../c", {"a/c"}, {"a/b", "a/b/c"}},
    {"a/./b", {"a/b"}, {"a"}},
    {"a/b/..", {"a", "a/x"}, {"b"}},
    {".git", {".git", ".git/HEAD"}, {".gitignore", "sub/.git"}},
    {"caf\xC3\xA9", {"caf\xC3\xA9"}, {"cafe"}},
    {"a b", {"a b"}, {"a", "b"}},
    {"a.b+(c)|{d}$", {"a.b+(c)|{d}$"}, {"aXb+(c)|{d}$"}},
    {"\xFF", {"\xFF"}, {"\xFE"}},
    /* what does nothing */
    {"", {NULL}, {"a", "a/b"}},
    {"\n\r\n  \t \n", {NULL}, {"a"}},
    {".", {NULL}, {"a", ".a"}},
    {"/", {NULL}, {"a"}},
    {"..", {NULL}, {"a", "..a"}},
    {"../a", {NULL}, {"a", "b/a"}},
    {"a/../../a", {NULL}, {"a"}},
    {"/../a", {"a"}, {"b"}},
    {"# a", {NULL}, {"a", "# a"}},
    {"#a\n#b\nc", {"c"}, {"a", "b", "#a"}},
    /* lines */
    {" #a", {"#a"}, {"a"}},
    {"\xEF\xBB\xBF"
     "a",
     {"a"},
     {"b"}},
    {"\xEF\xBB\xBF# a\nb", {"b"}, {"a"}},
    {"a\n\xEF\xBB\xBF"
     "b",
     {"a", "\xEF\xBB\xBF"
           "b"},
     {"b"}},
    {"a\r\nb\r\n", {"a", "b"}, {"c", "a\r"}},
    {"a\n\n\nb", {"a", "b"}, {"c"}},
    {"  a  ", {"a"}, {"  a  "}},
    {"\ta\v\f", {"a"}, {"b"}},
    {"\xC2\xA0"
     "a\xE3\x80\x80",
     {"a"},
     {"b"}},
    {"a\xC3\xA9 ", {"a\xC3\xA9"}, {"a"}},
    {"a\xC2", {"a\xC2"}, {"a"}},
    /* star and question mark stay within a component */
    {"*", {"a", "a/b", ".x"}, {NULL}},
    {"*.log", {"x.log", ".log", "d.log/x"}, {"a/x.log", "x.logs", "xlog"}},
    {"*/x", {"a/x", "b/x/y"}, {"x", "a/b/x"}},
    {"a*c", {"ac", "abc", "abbc", "ac/d"}, {"ab/c", "abcd"}},
    {"a*b*c", {"abc", "aXbYc", "abbcc"}, {"acb", "ab"}},
    {"a?c",
     {"abc", "a.c",
      "a\xC3\xA9"
      "c"},
     {"ac", "a/c", "abbc"}},
    {"???", {"abc", "\xC3\xA9\xC3\xA9\xC3\xA9"}, {"ab", "abcd", "ab/"}},
    {"a?b",
     {"a\xFF"
      "b"},
     {"a\xC3\xA9\xC3\xA9"
      "b"}},
    {"temp?", {"tempa", "temp1/x"}, {"temp", "tempab"}},
    {"*/temp*", {"s/temporary.txt", "s/temp"}, {"temp", "a/b/temp"}},
    {"*/*/temp*", {"a/b/tempx"}, {"a/temp", "a/b/c/temp"}},
    {"a*", {"a\nb"}, {"b\na"}},
    {"*a*a*a*a*b", {"aaaab"}, {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}},
    /* two stars */
    {"**", {"a", "a/b/c"}, {NULL}},
    {"**/", {"a", "a/b"}, {NULL}},
    {"/**", {"a", "a/b"}, {NULL}},
    {"**/**", {"a", "a/b/c"}, {NULL}},
    {"**/x", {"x", "a/x", "a/b/x", "a/x/y"}, {"ax", "xa", "a/xb"}},
    {"**/x/y", {"x/y", "a/x/y", "a/x/y/z"}, {"x", "y", "x/a/y"}},
    {"**/*.log", {"x.log", "a/x.log", "a/b/.log", "a/b.log/c"}, {"x.txt", "a/log"}},
    {"a/**", {"a/b", "a/b/c"}, {"a", "ab", "b/a/c"}},
    {"a/**/b", {"a/b", "a/x/b", "a/x/y/b", "a/b/c"}, {"ab", "a/xb", "a", "x/a/b"}},
    {"a/**/*.c", {"a/x.c", "a/b/x.c"}, {"x.c", "b/a/x.c"}},
    {"**foo", {"foo", "xfoo", "a/b/xfoo", "foo/x"}, {"foox", "fo"}},
    {"foo**", {"foo", "foox", "foo/a", "foox/y"}, {"afoo", "a/foo"}},
    {"a**b", {"ab", "a/b", "ax/b", "a/x/b"}, {"axb", "a/xb"}},
    {"**foo*", {"foo", "foox", "a/foo1"}, {"xfoo", "a/xfoo"}},
    {"**/.foo", {".foo", "a/.foo"}, {"bar.foo"}},
    {"**/dir2/**", {"dir/dir2/x", "dir2/x/y"}, {"dir2", "dir/dir2"}},
    {"**/a/**/b", {"a/b", "x/a/y/b"}, {"a", "b"}},
    {"**/**/*.txt", {"x.txt", "a/b/x.txt"}, {"x.txt2"}},
    {"***", {"a", "a/b"}, {NULL}},
    {"a/***", {"a/b", "a/b/c"}, {"a"}},
    {"a**/*.txt", {"a/f.txt", "a/d/f.txt"}, {"f.txt"}},
    {"a/*.txt**", {"a/f.txt", "a/f.txt2"}, {"f.txt"}},
    {"**/caf\xC3\xA9", {"x/caf\xC3\xA9"}, {"x/cafe"}},
    {"**/a*", {"ab", "x/ab"}, {"b", "x\ny/ab"}},
    /* classes */
    {"[ab]", {"a", "b", "a/x"}, {"c", "ab"}},
    {"[a-c]x", {"ax", "bx", "cx"}, {"dx", "x"}},
    {"[^a]", {"b", "1"}, {"a", "bb"}},
    {"[!a]", {"!", "a"}, {"b"}},
    {"a[b-d]e", {"abe", "ace"}, {"ae", "aae"}},
    {"a[^b]c", {"axc", "a/c"}, {"abc", "ac"}},
    {"[\\]]", {"]"}, {"\\", "a"}},
    {"[\\-x]", {"-", "x"}, {"a"}},
    {"[.]x", {".x"}, {"ax"}},
    {"x[$+(]", {"x$", "x+", "x("}, {"x)"}},
    {"[0-9][0-9]*", {"12", "123a"}, {"1", "a1"}},
    {"[\xCE\xB1-\xCE\xB6]*", {"\xCE\xB2x"}, {"a", "\xCF\x89"}},
    {"[[:alpha:]]x", {"ax", "Zx"}, {"1x", ":x"}},
    {"[[:^digit:]]", {"a"}, {"1"}},
    {"[[:punct:]]", {"!", "~"}, {"a", "1"}},
    {"[\\d]", {"1"}, {"d", "a"}},
    {"[\\D]", {"a", "d"}, {"5"}},
    {"a*[b-]", {"axb", "a-"}, {"axc"}},
    {"a*[]b]", {"a]", "axb"}, {"axc"}},
    {"[a*]", {"]", "a/]", "^[]"}, {"a", "*"}},
    {"]", {"]"}, {"a"}},
    {"**/[Bb]in", {"bin", "x/Bin", "x/bin/y"}, {"BIN", "x/abin"}},
    /* escapes */
    {"\\*", {"*"}, {"a"}},
    {"a\\?", {"a?"}, {"ab"}},
    {"\\#a", {"#a"}, {"a"}},
    {"\\!a", {"!a"}, {"a"}},
    {"\\[a\\]", {"[a]"}, {"a"}},
    {"a\\\\b", {"a\\b"}, {"ab", "a/b"}},
    {"a\\.b", {"a.b"}, {"axb"}},
    {"a\\*b*", {"a*b", "a*bc"}, {"aab"}},
    {"x\\d", {"x1"}, {"xd"}},
    {"x\\s\\w\\S", {"x a-"}, {"xsws"}},
    {"x\\ty", {"x\ty"}, {"xty"}},
    {"src\\bin", {NULL}, {"src/bin", "src\\bin", "srcbin"}},
    {"a\\B?", {"ab"}, {"a-"}},
    {"*\\Aa", {"a"}, {"ba"}},
    {"a\\z*", {"a"}, {"ab"}},
    {"^a*", {"ab"}, {"^ab"}},
    {"^a", {"^a"}, {"a"}},
    {"b^a*", {NULL}, {"b^a", "ba"}},
    /* exceptions: the last rule that applies decides */
    {"*\n!a", {"b", "b/a"}, {"a", "a/x"}},
    {"!a\n*", {"a", "b"}, {NULL}},
    {"*\n!a\na/x", {"b", "a/x", "a/x/y"}, {"a", "a/y"}},
    {"*.md\n!README.md", {"a.md"}, {"README.md", "x/a.md"}},
    {"*.md\n!README*.md\nREADME-secret.md",
     {"a.md", "README-secret.md"},
     {"README.md", "README2.md"}},
    {"*.md\nREADME-secret.md\n!README*.md", {"a.md"}, {"README.md", "README-secret.md"}},
    {"a\n!a/b", {"a", "a/c", "a/bc"}, {"a/b", "a/b/c"}},
    {"a\n!a/b/c/keep.log", {"a", "a/b", "a/b/c", "a/b/c/x"}, {"a/b/c/keep.log"}},
    {"a\n!**/keep.log", {"a", "a/x", "a/b/x.log"}, {"a/keep.log", "a/b/c/keep.log", "keep.log"}},
    {"a\n!a/*/c/keep.log", {"a/b", "a/keep.log", "a/b/c/x"}, {"a/b/c/keep.log"}},
    {"**/*.log\n!**/keep.log", {"x.log", "a/x.log"}, {"keep.log", "a/keep.log", "a"}},
    {"**\n!src/**\n!package.json", {"a", "src", "lib/x"}, {"src/x", "src/a/b", "package.json"}},
    {"**\n!src", {"a", "srcs"}, {"src", "src/x"}},
    {"*\n!*.c\n!src/**/*.h", {"a", "src", "src/x.c"}, {"a.c", "src/x.h", "src/a/b.h"}},
    {"a/*\n!a/b", {"a/c"}, {"a", "a/b", "a/b/c"}},
    {"a/b\n!a", {NULL}, {"a", "a/b"}},
    {"a\n!a/b\na", {"a", "a/b"}, {"b"}},
    {"! a", {NULL}, {"a"}},
    {"a\n!  a  ", {NULL}, {"a"}},
    {"a\n!/a", {NULL}, {"a"}},
    {"a\n!./a/", {NULL}, {"a"}},
    {"*\n!!a", {"a"}, {"!a"}},
    {"a\n/!a", {NULL}, {"a", "!a"}},
    {"!.", {NULL}, {"a"}},
    {"!../a\na", {"a"}, {"b"}},
    {"node_modules\n!src/*.c", {"node_modules", "node_modules/x"}, {"src/a.c"}},
    {"Dockerfile\n.dockerignore", {"Dockerfile", ".dockerignore"}, {"a/Dockerfile"}},
};

static void decides_as_buildkit(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    os2_ignore *ignore = parse(cases[i].rules);
    for (size_t k = 0; k < 6 && cases[i].ignored[k] != NULL; k++) {
      if (!is_ignored(ignore, cases[i].ignored[k]))
        fail_msg("rules <%s>: <%s> should be ignored", cases[i].rules, cases[i].ignored[k]);
    }
    for (size_t k = 0; k < 6 && cases[i].included[k] != NULL; k++) {
      if (is_ignored(ignore, cases[i].included[k]))
        fail_msg("rules <%s>: <%s> should be included", cases[i].rules, cases[i].included[k]);
    }
    os2_ignore_free(ignore);
  }
}

typedef struct bad_case {
  const char *rules;
  const char *message;
} bad_case;

static const bad_case bad_cases[] = {
    {"!", ".dockerignore:1: \"!\": an exception needs a pattern"},
    {"a\n\n ! ", ".dockerignore:3: \" ! \": an exception needs a pattern"},
    {"!/", "an exception needs a pattern"},
    {"a[", ".dockerignore:1: \"a[\": a class [...] needs its closing bracket"},
    {"[^bc", "needs its closing bracket"},
    {"a*[b", "needs its closing bracket"},
    {"[]", "must hold characters or ranges"},
    {"[]a]", "must hold characters or ranges"},
    {"[x-]", "must hold characters or ranges"},
    {"[-x]", "must hold characters or ranges"},
    {"?*[-x]", "must hold characters or ranges"},
    {"[b-a]", "must go upwards"},
    {"[[:nix:]]", "must be one that Go knows"},
    {"[a\xFF]", "must be UTF-8"},
    {"a\\", "a backslash needs a character behind it"},
    {"a*\\", "a backslash needs a character behind it"},
    {"x\\Q", "a backslash before this letter or digit"},
    {"x\\1", "a backslash before this letter or digit"},
    {"x\\\xC3\xA9", "a backslash before this letter or digit"},
};

static void refuses(const char *rules, size_t len, const char *message) {
  os2_ignore *ignore = NULL;
  os2_err err = {0};
  if (os2_ignore_parse(&ignore, rules, len, ".dockerignore", &err) == 0)
    fail_msg("rules <%s> should be refused", rules);
  assert_null(ignore);
  assert_int_equal(err.kind, OS2_INVALID);
  if (strstr(err.message, message) == NULL) fail_msg("rules <%s>: %s", rules, err.message);
}

static void names_the_bad_line(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++)
    refuses(bad_cases[i].rules, strlen(bad_cases[i].rules), bad_cases[i].message);
  refuses("a\nb\0c\n", 6, ".dockerignore:2: holds a NUL byte");
  char longest[5000];
  memset(longest, 'a', sizeof longest);
  refuses(longest, sizeof longest, "a pattern may be 4096 bytes long");
}

typedef struct prune_case {
  const char *rules;
  const char *dir;
  bool descends;
} prune_case;

static const prune_case prune_cases[] = {
    {"a", "a", false},
    {"a\n!b", "a", false},
    {"a\n!ab", "a", false},
    {"a\n!a/b", "a", true},
    {"!a/b\na", "a", false},
    {"*\n!a/b/c", "a", true},
    {"*\n!a/b/c", "a/b", true},
    {"*\n!a/b/c", "a/c", false},
    {"a\n!a/**", "a", true},
    {"a\n!**/x", "a", true},
    {"a\n!**", "b", true},
    {"a\n!*/x", "a", true},
    {"a\n!b*", "a", false},
    {"a\n!b*/x", "a", false},
    {"a\n!a*/x", "a", true},
    {"a\n!?/x", "a", true},
    {"a\n!*.c", "a", false},
    {"a\n!a**", "ax", true},
    {"node_modules\n!src/**/*.c", "node_modules", false},
    {"*\n!x[^y]z", "x", true},
};

static void prunes_what_no_exception_reaches(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof prune_cases / sizeof prune_cases[0]; i++) {
    const prune_case *it = &prune_cases[i];
    os2_ignore *ignore = parse(it->rules);
    bool own[8] = {false};
    os2_ignore_match(ignore, it->dir, strlen(it->dir), NULL, own);
    /* A directory below another one: the rules that apply to its parent apply to it. */
    if (strncmp(it->rules, "*", 1) == 0) own[0] = true;
    if (os2_ignore_may_descend(ignore, it->dir, strlen(it->dir), own) != it->descends)
      fail_msg("rules <%s>: %s", it->rules, it->dir);
    os2_ignore_free(ignore);
  }
}

/* A pattern and a path that cost a backtracking matcher 2^n steps: it would never end. */
static void takes_no_exponential_time(void **state) {
  (void)state;
  char rules[100 * 4 + 2];
  for (size_t i = 0; i < 100; i++) memcpy(rules + 4 * i, "**a/", 4);
  memcpy(rules + 400, "b", 2);
  char path[2 * 1000 + 1] = "";
  for (size_t i = 0; i < 1000; i++) memcpy(path + 2 * i, "a/", 3);
  path[sizeof path - 2] = '\0';
  os2_ignore *ignore = parse(rules);
  assert_false(os2_ignore_match(ignore, path, strlen(path), NULL, NULL));
  os2_ignore_free(ignore);
}

static void takes_patterns_up_to_the_limit(void **state) {
  (void)state;
  char rules[4097];
  memset(rules, '?', sizeof rules - 1);
  rules[4096] = '\0';
  char path[4097];
  memset(path, 'x', sizeof path - 1);
  path[4096] = '\0';
  os2_ignore *ignore = parse(rules);
  assert_true(os2_ignore_match(ignore, path, 4096, NULL, NULL));
  assert_false(os2_ignore_match(ignore, path, 4095, NULL, NULL));
  os2_ignore_free(ignore);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(decides_as_buildkit),
      cmocka_unit_test(names_the_bad_line),
      cmocka_unit_test(prunes_what_no_exception_reaches),
      cmocka_unit_test(takes_no_exponential_time),
      cmocka_unit_test(takes_patterns_up_to_the_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
