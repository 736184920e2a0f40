/* route: how a connection reaches a server: through the host of the URL, a unix socket, or a
   program. The functions may be called on any thread. */
#ifndef OS2_CORE_HTTP_ROUTE_H
#define OS2_CORE_HTTP_ROUTE_H

#include <stdbool.h>

/* At most one of `unix_socket` and `command` is set. When both are NULL, the connection goes to the
   URL's host and port. */
typedef struct os2_route {
  const char *unix_socket; /* path */
  /* program and arguments, NULL at the end; the program's stdin and stdout are the connection */
  const char *const *command;
  const char *const *environment; /* environment of the program, "NAME=value"; NULL: that of os2 */
  const char *ca_file;            /* PEM bundle of trusted certificates; NULL: the system's */
  const char *cert_file;          /* PEM, the client's certificate; NULL: none */
  const char *key_file;           /* PEM, the private key of cert_file */
  bool is_unverified;             /* accept any certificate of the server */
  bool is_direct;                 /* use no proxy, whatever the environment says */
} os2_route;

/* Returns a copy that owns its strings. The caller frees it with os2_route_free. */
os2_route os2_route_copy(const os2_route *route);

void os2_route_free(os2_route *route);

#endif
