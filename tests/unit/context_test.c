/* context_test: what is listed of a tree on disk. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "context_tree.h"

enum { NOBODY = 65534 };

static void lists_in_order(void **state) {
  (void)state;
  sh("cd ctx && mkdir -p b/d a.d a && touch b/d/x b/c a/y a.d/z B z .hidden && mkdir empty");
  os2_context *ctx = open_with((os2_context_options){0});
  lists(ctx, ".hidden B Dockerfile a/ a/y a.d/ a.d/z b/ b/c b/d/ b/d/x empty/ z ");
  assert_string_equal(os2_context_dockerfile(ctx), "Dockerfile");
  assert_int_equal(os2_context_count(ctx)->files, 8);
  assert_int_equal(os2_context_count(ctx)->bytes, 13);
  assert_int_equal(os2_context_count(ctx)->ignored, 0);
  assert_null(os2_context_notice(ctx, 0));
  os2_context_close(ctx);
}

static void leaves_out_what_is_ignored(void **state) {
  (void)state;
  sh("cd ctx && mkdir -p a/b/c n/m && touch a/b/c/keep a/b/c/x a/y n/m/z x.log keep.log");
  lists_under("*.log\nn", "Dockerfile a/ a/b/ a/b/c/ a/b/c/keep a/b/c/x a/y ");
  lists_under("*\n!a/b/c/keep\n!Dockerfile", "Dockerfile a/ a/b/ a/b/c/ a/b/c/keep ");
  lists_under("*\n!**/keep*\n!Dockerfile", "Dockerfile a/ a/b/ a/b/c/ a/b/c/keep keep.log ");
  lists_under("a/**\nn\n*.log", "Dockerfile a/ ");
  lists_under("a\nn/*\n*.log\n!a/*/c", "Dockerfile a/ a/b/ a/b/c/ a/b/c/keep a/b/c/x n/ ");
  os2_context *ctx = open_rules("n\n*.log\na/b\n!a/b/c/keep");
  assert_int_equal(os2_context_count(ctx)->ignored, 4);
  os2_context_close(ctx);
}

static void finds_its_rules(void **state) {
  (void)state;
  sh("cd ctx && touch a b c && echo a > .dockerignore && cp Dockerfile other");
  os2_context *ctx = open_with((os2_context_options){0});
  lists(ctx, ".dockerignore Dockerfile b c other ");
  os2_context_close(ctx);
  sh("echo b > ctx/other.dockerignore");
  ctx = open_with((os2_context_options){.dockerfile = "ctx/other"});
  lists(ctx, ".dockerignore Dockerfile a c other other.dockerignore ");
  os2_context_close(ctx);
  sh("printf '%%s\\n' .dockerignore Dockerfile other '*.dockerignore' > out.dockerignore");
  sh("cp ctx/Dockerfile out");
  ctx = open_with((os2_context_options){.dockerfile = "out"});
  assert_non_null(strstr(os2_context_dockerfile(ctx), ".dockerfile."));
  assert_string_equal(os2_context_path(ctx, 0), os2_context_dockerfile(ctx));
  assert_string_equal(os2_context_path(ctx, 1), "a");
  os2_context_close(ctx);
  sh("printf 'x\\n[\\n' > ctx/.dockerignore");
  fails_with((os2_context_options){0}, OS2_INVALID, "ctx/.dockerignore:2: \"[\":");
  static const char *const no_files[] = {"mkdir ctx/.dockerignore", "mkfifo ctx/.dockerignore",
                                         "ln -s /dev/zero ctx/.dockerignore"};
  for (size_t i = 0; i < sizeof no_files / sizeof *no_files; i++) {
    sh("rm -rf ctx/.dockerignore");
    sh("%s", no_files[i]);
    fails_with((os2_context_options){0}, OS2_INVALID, "cannot read the ignore rules");
  }
}

static void sends_the_dockerfile_first(void **state) {
  (void)state;
  sh("cd ctx && mkdir -p .a d && touch .a/x && cp Dockerfile d/Dockerfile.prod");
  os2_context *ctx = open_with((os2_context_options){.dockerfile = "ctx/d/Dockerfile.prod"});
  assert_string_equal(os2_context_dockerfile(ctx), "d/Dockerfile.prod");
  unpack(ctx);
  os2_context_close(ctx);
  sh("tar tf out.tar > names && printf '%%s\\n' d/Dockerfile.prod .a/ .a/x Dockerfile d/ | cmp - "
     "names");
  sh("diff -r ctx out");
}

/* Sent under a generated name, with these contents. */
static void sends_generated(os2_context_options options) {
  os2_context *ctx = open_with(options);
  const char *name = os2_context_dockerfile(ctx);
  assert_int_equal(strlen(name), strlen(".dockerfile.") + 16);
  unpack(ctx);
  sh("test \"$(tar tf out.tar | head -1)\" = %s && test \"$(cat out/%s)\" = 'FROM scratch'", name,
     name);
  os2_context_close(ctx);
}

static void generates_a_name(void **state) {
  (void)state;
  sh("mkdir elsewhere && cp ctx/Dockerfile elsewhere && ln -s ../elsewhere/Dockerfile ctx/link");
  sends_generated((os2_context_options){.dockerfile = "elsewhere/Dockerfile"});
  sends_generated((os2_context_options){.dockerfile = "ctx/link"});
  sends_generated((os2_context_options){.ignore_text = "Dockerfile", .ignore_len = 10});
  sh("test ! -e out/Dockerfile");
  sends_generated((os2_context_options){.dockerfile_text = "FROM scratch", .dockerfile_len = 12});
  sh("d=ctx/$(printf %%0120d 1); mkdir $d && cp ctx/Dockerfile $d/$(printf %%0120d 1)");
  char path[300];
  snprintf(path, sizeof path, "ctx/%0120d/%0120d", 1, 1);
  sends_generated((os2_context_options){.dockerfile = path});
}

static void generates_the_same_name_unless_taken(void **state) {
  (void)state;
  os2_context_options options = {.dockerfile_text = "x", .dockerfile_len = 1};
  os2_context *first = open_with(options);
  os2_context *second = open_with(options);
  assert_string_equal(os2_context_dockerfile(first), os2_context_dockerfile(second));
  os2_context_close(second);
  sh("touch ctx/%s", os2_context_dockerfile(first));
  second = open_with(options);
  assert_string_not_equal(os2_context_dockerfile(first), os2_context_dockerfile(second));
  os2_context_close(first);
  os2_context_close(second);
}

static void finds_the_dockerfile(void **state) {
  (void)state;
  sh("mv ctx/Dockerfile ctx/dockerfile");
  os2_context *ctx = open_with((os2_context_options){0});
  assert_string_equal(os2_context_dockerfile(ctx), "dockerfile");
  os2_context_close(ctx);
  sh("mkdir ctx/d && cp ctx/dockerfile ctx/d/f && ln -s ctx/d ln && ln -s ctx root");
  ctx = open_with((os2_context_options){.dockerfile = "ln/f", .root = "root"});
  assert_string_equal(os2_context_dockerfile(ctx), "d/f");
  os2_context_close(ctx);
  assert_int_equal(chdir("ctx"), 0);
  ctx = open_with((os2_context_options){.dockerfile = "d/../d/f", .root = "."});
  assert_string_equal(os2_context_dockerfile(ctx), "d/f");
  os2_context_close(ctx);
  assert_int_equal(chdir(".."), 0);
  sh("rm ctx/dockerfile");
  fails_with((os2_context_options){0}, OS2_NOT_FOUND, "there is no Dockerfile at ctx/Dockerfile");
  fails_with((os2_context_options){.dockerfile = "ctx/d"}, OS2_INVALID, "is not a regular file");
  fails_with((os2_context_options){.root = "nix"}, OS2_NOT_FOUND, "the build context nix");
  fails_with((os2_context_options){.root = "ctx/d/f"}, OS2_INVALID, "is not a directory");
}

static void skips_special_files(void **state) {
  (void)state;
  sh("mkfifo ctx/fifo ctx/quiet");
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "ctx/sock"};
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
  close(fd);
  os2_context *ctx = open_rules("quiet");
  lists(ctx, "Dockerfile ");
  assert_string_equal(os2_context_notice(ctx, 0), "fifo: skipped, a FIFO cannot be sent");
  assert_string_equal(os2_context_notice(ctx, 1), "sock: skipped, a socket cannot be sent");
  assert_null(os2_context_notice(ctx, 2));
  os2_context_close(ctx);
}

/* Runs the test as a user for whom modes count. */
static void as_nobody(void (*test)(void)) {
  pid_t child = fork();
  if (child == 0) {
    if (getuid() == 0 && setuid(NOBODY) != 0) _exit(1);
    test();
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_int_equal(status, 0);
}

static void check(bool ok) {
  if (!ok) _exit(2);
}

/* Opening fails as denied and names the path; without a path it succeeds. */
static void check_denied(const char *rules, const char *path) {
  os2_context *ctx = NULL;
  os2_err err = {0};
  os2_context_options options = {.root = "ctx", .ignore_text = rules, .ignore_len = strlen(rules)};
  int result = os2_context_open(&ctx, &options, &err);
  if (path == NULL) check(result == 0);
  if (path != NULL) check(result != 0 && err.kind == OS2_DENIED && strstr(err.message, path));
  os2_context_close(ctx);
}

static void meets_unreadable_files(void) {
  check_denied("", "ctx/dir");
  check_denied("dir", "ctx/file");
  check_denied("file", "ctx/dir");
  check_denied("dir\nfile\nnosearch", NULL);
  check_denied("*\n!Dockerfile\n!**/y", NULL);
  check_denied("dir\nfile", "ctx/nosearch/x");
  check_denied("dir\nfile\nnosearch/*\n!nosearch/y", NULL);
}

static void refuses_what_it_cannot_read(void **state) {
  (void)state;
  sh("cd ctx && mkdir dir nosearch && touch dir/x file nosearch/x && chmod 0 dir file && "
     "chmod 0644 nosearch && chown -R %d .",
     getuid() == 0 ? NOBODY : (int)getuid());
  as_nobody(meets_unreadable_files);
}

static void passes_over_links_that_go(void **state) {
  (void)state;
  sh("ln -s a ctx/changing; ln -s a ctx/stays; ln -s a ctx/vanishing");
  os2_context *ctx = open_rules("");
  lists(ctx, "Dockerfile stays ");
  os2_context_close(ctx);
}

static int count_descriptors(void) {
  int count = 0;
  for (int fd = 0; fd < 256; fd++)
    if (fcntl(fd, F_GETFD) >= 0) count++;
  return count;
}

static void keeps_no_descriptor_of_a_failure(void **state) {
  (void)state;
  int before = count_descriptors();
  is_out_of_memory = true;
  fails_with((os2_context_options){0}, OS2_UNAVAILABLE, "cannot read the directory");
  is_out_of_memory = false;
  assert_int_equal(count_descriptors(), before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(lists_in_order),
      TEST(leaves_out_what_is_ignored),
      TEST(finds_its_rules),
      TEST(sends_the_dockerfile_first),
      TEST(generates_a_name),
      TEST(generates_the_same_name_unless_taken),
      TEST(finds_the_dockerfile),
      TEST(skips_special_files),
      TEST(refuses_what_it_cannot_read),
      TEST(passes_over_links_that_go),
      TEST(keeps_no_descriptor_of_a_failure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
