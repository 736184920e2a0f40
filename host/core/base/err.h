/* err: what a plain C function says when the world said no. */
#ifndef OS2_CORE_BASE_ERR_H
#define OS2_CORE_BASE_ERR_H

/* The closed list of kinds; `os2_kind_name` gives the word that Lua sees. */
typedef enum os2_kind {
  OS2_OK = 0,
  OS2_NOT_FOUND,
  OS2_EXISTS,
  OS2_DENIED,
  OS2_INVALID,
  OS2_CONFLICT,
  OS2_QUOTA,
  OS2_TIMEOUT,
  OS2_CANCELLED,
  OS2_NETWORK,
  OS2_PROTOCOL,
  OS2_UNAVAILABLE,
  OS2_INTERNAL
} os2_kind;

typedef struct os2_err {
  os2_kind kind;
  int status;         /* HTTP status, 0 when there is none */
  char message[1024]; /* one line, without the operation's name */
} os2_err;

/* The word for a kind: "not_found", "exists", ... */
const char *os2_kind_name(os2_kind kind);

/* The kind that an errno value means. */
os2_kind os2_kind_of_errno(int error);

/* Fills err (may be NULL) and returns -1, so that a function can end with `return
   os2_fail(...)`. */
int os2_fail(os2_err *err, os2_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same from an errno value: the kind is chosen by it and its text is appended after ": ". */
int os2_fail_errno(os2_err *err, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same from libuv's negative error code. */
int os2_fail_uv(os2_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
