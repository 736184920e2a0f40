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

static void err_set_message(os2_err *err, os2_kind kind, const char *format, va_list args) {
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

os2_kind os2_kind_of_errno(int error) {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return OS2_NOT_FOUND;
  case EEXIST:
    return OS2_EXISTS;
  case EACCES:
  case EPERM:
  case EROFS:
    return OS2_DENIED;
  case EINVAL:
  case EISDIR:
  case ENOTEMPTY:
  case EFBIG:
  case ELOOP:
  case ENAMETOOLONG:
  case ENOEXEC:
  case E2BIG:
  case EXDEV:
  case EMLINK:
  case ENXIO:
  case ENODEV:
  case ENOTSUP:
  case ENOSPC: /* limits of this machine, not a quota of an organization */
  case EDQUOT:
  case EMFILE:
  case ENFILE:
    return OS2_INVALID;
  case ETIMEDOUT:
    return OS2_TIMEOUT;
  case ECANCELED:
    return OS2_CANCELLED;
  case ECONNREFUSED:
  case EBUSY:
  case ETXTBSY:
  case ENOMEM:
  case EIO: /* a disk that fails */
  case ESTALE:
  case EAGAIN:
    return OS2_UNAVAILABLE;
  case ECONNRESET:
  case EPIPE:
  case ENETUNREACH:
  case EHOSTUNREACH:
    return OS2_NETWORK;
  default:
    return OS2_INTERNAL;
  }
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
