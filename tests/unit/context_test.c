/* context_test: trees on disk, what is listed of them, and the tar stream they become. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/context/context.h"

enum { NOBODY = 65534 };

/* Instead of the C library's: a link "vanishing" goes as it is read, one "changing" becomes a
   directory. */
ssize_t readlinkat(int fd, const char *restrict path, char *restrict target, size_t room) {
  bool is_changing = strcmp(path, "changing") == 0;
  if (is_changing || strcmp(path, "vanishing") == 0) unlinkat(fd, path, 0);
  if (is_changing) mkdirat(fd, path, 0755);
  return syscall(SYS_readlinkat, fd, path, target, room);
}

static bool is_out_of_memory;

DIR *fdopendir(int fd) {
  DIR *(*real)(int);
  *(void **)&real = dlsym(RTLD_NEXT, "fdopendir");
  if (!is_out_of_memory) return real(fd);
  errno = ENOMEM;
  return NULL;
}

/* Each test has a directory of its own, stands in it and builds its context in `ctx`. */
static char base[] = "/tmp/os2-context-XXXXXX";

static void sh(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void sh(const char *format, ...) {
  char command[4096];
  va_list args;
  va_start(args, format);
  vsnprintf(command, sizeof command, format, args);
  va_end(args);
  if (system(command) != 0) fail_msg("%s", command);
}

static int set_up(void **state) {
  (void)state;
  strcpy(base, "/tmp/os2-context-XXXXXX");
  if (mkdtemp(base) == NULL || chmod(base, 0755) != 0 || chdir(base) != 0) return -1;
  if (mkdir("ctx", 0755) != 0) return -1;
  return system("printf 'FROM scratch\\n' > ctx/Dockerfile") == 0 ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  char command[100];
  snprintf(command, sizeof command, "chmod -R u+rwx %s; rm -rf %s", base, base);
  return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static os2_context *open_with(os2_context_options options) {
  os2_context *ctx = NULL;
  os2_err err = {0};
  if (options.root == NULL) options.root = "ctx";
  if (os2_context_open(&ctx, &options, &err) != 0) fail_msg("%s", err.message);
  return ctx;
}

static os2_context *open_rules(const char *rules) {
  return open_with((os2_context_options){.ignore_text = rules, .ignore_len = strlen(rules)});
}

static void fails_with(os2_context_options options, os2_kind kind, const char *message) {
  os2_context *ctx = NULL;
  os2_err err = {0};
  if (options.root == NULL) options.root = "ctx";
  assert_int_equal(os2_context_open(&ctx, &options, &err), -1);
  assert_null(ctx);
  if (err.kind != kind || strstr(err.message, message) == NULL)
    fail_msg("%s: %s", os2_kind_name(err.kind), err.message);
}

/* The paths, each followed by a blank. */
static void lists(const os2_context *ctx, const char *expected) {
  char text[8192] = "";
  size_t len = 0;
  const char *path;
  for (size_t i = 0; (path = os2_context_path(ctx, i)) != NULL; i++)
    len += (size_t)snprintf(text + len, sizeof text - len, "%s ", path);
  assert_string_equal(text, expected);
}

static void lists_under(const char *rules, const char *expected) {
  os2_context *ctx = open_rules(rules);
  lists(ctx, expected);
  os2_context_close(ctx);
}

/* Reads the whole stream in pieces of `step` bytes. */
static char *read_all(os2_context *ctx, size_t step, size_t *len) {
  size_t room = (size_t)os2_context_count(ctx)->tar_size;
  char *bytes = malloc(room + step);
  os2_err err = {0};
  ssize_t n;
  *len = 0;
  while ((n = os2_context_read(ctx, bytes + *len, step, &err)) > 0) {
    *len += (size_t)n;
    assert_true(*len <= room);
  }
  if (n < 0) fail_msg("%s", err.message);
  assert_int_equal(*len, room);
  return bytes;
}

/* Writes the stream to `out.tar` and unpacks it in `out`. */
static void unpack(os2_context *ctx) {
  size_t len;
  char *bytes = read_all(ctx, 65536, &len);
  FILE *file = fopen("out.tar", "wb");
  assert_int_equal(fwrite(bytes, 1, len, file), len);
  fclose(file);
  free(bytes);
  sh("rm -rf out && mkdir out && tar -C out -xpf out.tar");
}

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

static void keeps_what_files_are(void **state) {
  (void)state;
  sh("cd ctx && mkdir -m 1777 t && printf hello > s && chmod 6755 s && chmod 0600 Dockerfile && "
     "ln -s /nowhere dangling && ln -s ../.. up && ln -s t dirlink && : > zero && "
     "ln s hard && mkdir sub && ln s sub/hard && touch -d @86400 t/old");
  os2_context *ctx = open_with((os2_context_options){0});
  assert_int_equal(os2_context_count(ctx)->bytes, 18);
  unpack(ctx);
  os2_context_close(ctx);
  sh("test \"$(stat -c %%a out/t out/s out/Dockerfile | tr '\\n' ' ')\" = '1777 6755 600 '");
  sh("test \"$(readlink out/dangling out/up out/dirlink | tr '\\n' ' ')\" = '/nowhere ../.. t '");
  sh("test out/s -ef out/hard && test out/s -ef out/sub/hard && test ! -s out/zero");
  sh("test $(stat -c %%Y out/t/old) = 86400 && test -z \"$(tar tvf out.tar | grep -v ' 0/0 ')\"");
}

static void does_not_link_to_the_dockerfile(void **state) {
  (void)state;
  sh("cd ctx && ln Dockerfile A && ln Dockerfile z");
  os2_context *ctx = open_with((os2_context_options){0});
  unpack(ctx);
  os2_context_close(ctx);
  sh("diff -r ctx out && test out/A -ef out/z && ! test out/A -ef out/Dockerfile");
}

static void keeps_odd_names(void **state) {
  (void)state;
  sh("cd ctx && touch \"$(printf 'a\\nb')\" \"$(printf '\\377')\" \"$(printf 'caf\\303\\251')\" && "
     "touch $(printf %%0255d 7) && "
     "d=$(printf %%0200d 1) && mkdir -p $d/$d/$d && echo deep > $d/$d/$d/file && "
     "ln -s $d/$d/$d/file long");
  os2_context *ctx = open_with((os2_context_options){0});
  unpack(ctx);
  os2_context_close(ctx);
  sh("diff -r ctx out");
}

/* Deeper than a path or the descriptors of a process reach. */
static void goes_deep(void **state) {
  (void)state;
  enum { DEPTH = 3000 };
  assert_int_equal(chdir("ctx"), 0);
  for (int i = 0; i < DEPTH; i++) {
    assert_int_equal(mkdir("deep", 0755), 0);
    assert_int_equal(chdir("deep"), 0);
  }
  sh("echo bottom > file");
  assert_int_equal(chdir(base), 0);
  os2_context *ctx = open_with((os2_context_options){0});
  assert_int_equal(os2_context_count(ctx)->files, 2);
  size_t len;
  char *bytes = read_all(ctx, 1 << 20, &len);
  assert_non_null(memmem(bytes, len, "bottom\n", 7));
  free(bytes);
  os2_context_close(ctx);
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

static void gives_the_same_bytes_however_read(void **state) {
  (void)state;
  sh("cd ctx && head -c 100000 /dev/urandom > r && head -c 512 r > block && mkdir d && echo x > "
     "d/y");
  os2_context *ctx = open_with((os2_context_options){0});
  size_t len;
  char *whole = read_all(ctx, 1 << 20, &len);
  static const size_t steps[] = {1, 7, 511, 512, 513, 4096, 65536};
  for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
    char some[700];
    os2_err err;
    os2_context_rewind(ctx);
    assert_int_equal(os2_context_read(ctx, some, sizeof some, &err), sizeof some);
    os2_context_rewind(ctx);
    char *again = read_all(ctx, steps[i], &len);
    assert_memory_equal(again, whole, len);
    assert_int_equal(os2_context_read(ctx, again, 10, &err), 0);
    free(again);
  }
  free(whole);
  os2_context_close(ctx);
}

/* Reads the head, changes the tree, reads on: the error names the file. */
static void notices(const char *change) {
  sh("rm -rf ctx/* && cp /etc/hostname ctx/Dockerfile && mkdir ctx/d && head -c 9000 /dev/zero > "
     "ctx/d/f");
  os2_context *ctx = open_with((os2_context_options){0});
  size_t size = (size_t)os2_context_count(ctx)->tar_size;
  char *bytes = malloc(size);
  os2_err err = {0};
  size_t head = size - 1024 - 9000;
  assert_int_equal(os2_context_read(ctx, bytes, head, &err), head);
  sh("%s", change);
  ssize_t n;
  while ((n = os2_context_read(ctx, bytes, size, &err)) > 0) continue;
  assert_int_equal(n, -1);
  assert_int_equal(err.kind, OS2_INVALID);
  if (strstr(err.message, "ctx/d/f was taken away or made shorter") == NULL)
    fail_msg("%s: %s", change, err.message);
  free(bytes);
  os2_context_close(ctx);
}

static void changes_before(const char *change) {
  sh("rm -rf ctx/* && echo x > ctx/Dockerfile && mkdir ctx/d && echo 1234 > ctx/d/f");
  os2_context *ctx = open_with((os2_context_options){0});
  sh("%s", change);
  char bytes[8192];
  os2_err err = {0};
  assert_int_equal(os2_context_read(ctx, bytes, sizeof bytes, &err), -1);
  assert_int_equal(err.kind, OS2_INVALID);
  if (strstr(err.message, "ctx/d/f was taken away or made shorter") == NULL)
    fail_msg("%s: %s", change, err.message);
  os2_context_close(ctx);
}

static void notices_changes(void **state) {
  (void)state;
  notices("truncate -s 10 ctx/d/f");
  changes_before("rm ctx/d/f");
  changes_before("echo 123 > ctx/d/f");
  changes_before("rm ctx/d/f && ln -s ../Dockerfile ctx/d/f");
  changes_before("rm ctx/d/f && mkfifo ctx/d/f");
  changes_before("mv ctx/d ctx/e && ln -s e ctx/d");
}

/* Reads up to the contents of d/f, which grows then: what was listed of it is sent. */
static void sends_what_was_listed(void **state) {
  (void)state;
  sh("rm -rf ctx/* && echo x > ctx/Dockerfile && mkdir ctx/d && printf 1234 > ctx/d/f");
  os2_context *ctx = open_with((os2_context_options){0});
  size_t size = (size_t)os2_context_count(ctx)->tar_size;
  char *bytes = malloc(size);
  os2_err err = {0};
  size_t head = size - 1024 - 512; /* what stands behind: the contents, and the archive's end */
  sh("printf 5678 >> ctx/d/f");
  assert_int_equal(os2_context_read(ctx, bytes, head, &err), head);
  sh("printf 9 >> ctx/d/f");
  assert_int_equal(os2_context_read(ctx, bytes + head, size, &err), size - head);
  assert_memory_equal(bytes + head, "1234\0", 5);
  assert_int_equal(os2_context_read(ctx, bytes, size, &err), 0);
  free(bytes);
  os2_context_close(ctx);
}

static void sends_large_files(void **state) {
  (void)state;
  sh("truncate -s 9G ctx/big");
  os2_context *ctx = open_with((os2_context_options){0});
  assert_true(os2_context_count(ctx)->bytes == (UINT64_C(9) << 30) + 13);
  char head[4 * 512 + 1024];
  os2_err err;
  assert_int_equal(os2_context_read(ctx, head, sizeof head, &err), sizeof head);
  assert_non_null(memmem(head, sizeof head, "19 size=9663676416\n", 19));
  os2_context_close(ctx);
}

static void ends_when_cancelled(void **state) {
  (void)state;
  atomic_bool cancel = true;
  fails_with((os2_context_options){.cancel = &cancel}, OS2_CANCELLED, "cancelled");
  cancel = false;
  os2_context *ctx = open_with((os2_context_options){.cancel = &cancel});
  char bytes[100];
  os2_err err;
  assert_int_equal(os2_context_read(ctx, bytes, 100, &err), 100);
  cancel = true;
  assert_int_equal(os2_context_read(ctx, bytes, 100, &err), -1);
  assert_int_equal(err.kind, OS2_CANCELLED);
  os2_context_close(ctx);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(lists_in_order),
      TEST(leaves_out_what_is_ignored),
      TEST(finds_its_rules),
      TEST(sends_the_dockerfile_first),
      TEST(generates_a_name),
      TEST(generates_the_same_name_unless_taken),
      TEST(finds_the_dockerfile),
      TEST(keeps_what_files_are),
      TEST(does_not_link_to_the_dockerfile),
      TEST(keeps_odd_names),
      TEST(goes_deep),
      TEST(skips_special_files),
      TEST(refuses_what_it_cannot_read),
      TEST(gives_the_same_bytes_however_read),
      TEST(notices_changes),
      TEST(sends_what_was_listed),
      TEST(sends_large_files),
      TEST(ends_when_cancelled),
      TEST(passes_over_links_that_go),
      TEST(keeps_no_descriptor_of_a_failure),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
