/* err: the error that a core function reports when the outside world refuses a request. */
#include "core/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = {
    [OS2_OK] = "ok",
    [OS2_NOT_FOUND] = "not_found",
    [OS2_EXISTS] = "exists",
    [OS2_DENIED] = "denied",
    [OS2_INVALID] = "invalid",
    [OS2_CONFLICT] = "conflict",
    [OS2_QUOTA] = "quota",
    [OS2_TIMEOUT] = "timeout",
    [OS2_CANCELLED] = "cancelled",
    [OS2_NETWORK] = "network",
    [OS2_PROTOCOL] = "protocol",
    [OS2_UNAVAILABLE] = "unavailable",
    [OS2_INTERNAL] = "internal",
};

const char *os2_kind_name(os2_kind kind) { return kind_names[kind]; }

/* Replaces control characters, so that a message is one line even when it quotes a path or an
   answer. */
static void err_make_one_line(char *message) {
  for (unsigned char *at = (unsigned char *)message; *at != '\0'; at++)
    if (*at < ' ' || *at == 0x7f) *at = '?';
}

/* Shortens a message that was cut, so that it ends with a whole word: the masking would not
   recognize half of a secret. When the second half contains no blank, it is all one word and is
   removed. */
static void err_end_with_word(char *message, size_t len) {
  static const char ellipsis[] = " ...";
  char *end = message + len - (sizeof ellipsis - 1);
  const char *half = message + len / 2;
  while (end > half && *end != ' ' && *end != '\n') end--;
  memcpy(end, ellipsis, sizeof ellipsis);
}

__attribute__((format(printf, 3, 0))) static void
err_set_message(os2_err *err, os2_kind kind, const char *format, va_list args) {
  err->kind = kind;
  err->status = 0;
  int len = vsnprintf(err->message, sizeof err->message, format, args);
  if (len >= (int)sizeof err->message) err_end_with_word(err->message, sizeof err->message - 1);
  err_make_one_line(err->message);
}

int os2_fail(os2_err *err, os2_kind kind, const char *format, ...) {
  if (err == NULL) return -1;
  va_list args;
  va_start(args, format);
  err_set_message(err, kind, format, args);
  va_end(args);
  return -1;
}

/* An errno value that is not listed means a bug. */
static const unsigned char errno_kinds[] = {
    [ENOENT] = OS2_NOT_FOUND,
    [ESRCH] = OS2_NOT_FOUND, /* a process that has ended: its files under /proc */
    [ENOTDIR] = OS2_NOT_FOUND,
    [EEXIST] = OS2_EXISTS,
    [EACCES] = OS2_DENIED,
    [EPERM] = OS2_DENIED,
    [EROFS] = OS2_DENIED,
    [EINVAL] = OS2_INVALID,
    [EISDIR] = OS2_INVALID,
    [ENOTEMPTY] = OS2_INVALID,
    [EFBIG] = OS2_INVALID,
    [ELOOP] = OS2_INVALID,
    [ENAMETOOLONG] = OS2_INVALID,
    [ENOEXEC] = OS2_INVALID,
    [E2BIG] = OS2_INVALID,
    [EXDEV] = OS2_INVALID,
    [EMLINK] = OS2_INVALID,
    [ENXIO] = OS2_INVALID,
    [ENODEV] = OS2_INVALID,
    [ENOTSUP] = OS2_INVALID,
    /* limits of this machine, not a quota of an organization */
    [ENOSPC] = OS2_INVALID,
    [EDQUOT] = OS2_INVALID,
    [EMFILE] = OS2_INVALID,
    [ENFILE] = OS2_INVALID,
    [ETIMEDOUT] = OS2_TIMEOUT,
    [ECANCELED] = OS2_CANCELLED,
    [ECONNREFUSED] = OS2_UNAVAILABLE,
    [EBUSY] = OS2_UNAVAILABLE,
    [ETXTBSY] = OS2_UNAVAILABLE,
    [ENOMEM] = OS2_UNAVAILABLE,
    [ESTALE] = OS2_UNAVAILABLE,
    [EAGAIN] = OS2_UNAVAILABLE,
    /* a disk that fails */
    [EIO] = OS2_UNAVAILABLE,
    [ECONNRESET] = OS2_NETWORK,
    [EPIPE] = OS2_NETWORK,
    [ENETUNREACH] = OS2_NETWORK,
    [EHOSTUNREACH] = OS2_NETWORK,
};

os2_kind os2_kind_of_errno(int error) {
  const int count = sizeof errno_kinds / sizeof *errno_kinds;
  os2_kind kind = error > 0 && error < count ? (os2_kind)errno_kinds[error] : OS2_OK;
  return kind != OS2_OK ? kind : OS2_INTERNAL;
}

static void err_append_reason(os2_err *err, int error) {
  size_t used = strlen(err->message);
  char reason[128];
  const char *text = strerror_r(error, reason, sizeof reason);
  snprintf(err->message + used, sizeof err->message - used, ": %s", text);
}

int os2_fail_errno(os2_err *err, int error, const char *format, ...) {
  if (err == NULL) return -1;
  va_list args;
  va_start(args, format);
  err_set_message(err, os2_kind_of_errno(error), format, args);
  va_end(args);
  err_append_reason(err, error);
  return -1;
}

int os2_fail_uv(os2_err *err, int code, const char *format, ...) {
  if (err == NULL) return -1;
  va_list args;
  va_start(args, format);
  err_set_message(err, os2_kind_of_errno(-code), format, args);
  va_end(args);
  err_append_reason(err, -code);
  return -1;
}
