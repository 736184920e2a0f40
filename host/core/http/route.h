/* route: how a server is reached: by its URL's host, on a unix socket, or through a program. */
#ifndef OS2_CORE_HTTP_ROUTE_H
#define OS2_CORE_HTTP_ROUTE_H

#include <stdbool.h>

/* Of `unix_socket` and `command` at most one is set; without both the URL's host and port hold. */
typedef struct os2_route {
  const char *unix_socket;        /* path */
  const char *const *command;     /* argv of a program whose stdin and stdout are the connection */
  const char *const *environment; /* of the program, "NAME=value"; NULL: ours */
  const char *ca_file;            /* PEM bundle; NULL: the system's */
  const char *cert_file;          /* PEM, shown to a server that asks; NULL: none */
  const char *key_file;           /* PEM, of cert_file */
  bool is_unverified;             /* take any certificate of the server's */
  bool is_direct;                 /* through no proxy, whatever the environment says */
} os2_route;

/* A copy that owns its strings, to be freed with os2_route_free. */
os2_route os2_route_copy(const os2_route *route);

void os2_route_free(os2_route *route);

#endif
