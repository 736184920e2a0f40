/* err: the error that a core function reports when the outside world refuses a request. All
   functions may be called on any thread. */
#ifndef OS2_CORE_BASE_ERR_H
#define OS2_CORE_BASE_ERR_H

/* The closed list of kinds. `os2_kind_name` gives the word that Lua sees. */
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
  int status;         /* HTTP status; 0 when there is none */
  char message[1024]; /* one line, without the name of the operation */
} os2_err;

/* Returns the word for a kind: "not_found", "exists", ... The text is static. */
const char *os2_kind_name(os2_kind kind);

/* Returns the kind that fits an errno value. */
os2_kind os2_kind_of_errno(int error);

/* Fills err, unless err is NULL, and returns -1, so that a function can end with `return
   os2_fail(...)`. */
int os2_fail(os2_err *err, os2_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As os2_fail, from an errno value: errno chooses the kind, and its text is appended after ": ". */
int os2_fail_errno(os2_err *err, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As os2_fail_errno, from one of libuv's negative error codes. */
int os2_fail_uv(os2_err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
