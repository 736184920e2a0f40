/* upgrade_server: the server of the tests of upgrades, in the loop of the test. */
#ifndef OS2_TESTS_UPGRADE_SERVER_H
#define OS2_TESTS_UPGRADE_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/loop/loop.h"

/* The server's end. */
typedef struct {
  uv_pipe_t server, peer;
  char path[64];
  const char *answer; /* sent as soon as the request has come */
  size_t answer_len;
  bool is_ended;   /* nothing is read any more */
  bool is_closing; /* hangs up after the answer */
  char request[2048];
  size_t request_len;
  size_t received; /* bytes after the request */
  size_t wrong;    /* of them, those that are not as byte_at says */
  char input[64 * 1024];
} server;

/* What stands at a place of all that is sent, in both directions. */
char byte_at(size_t at);

/* Listens on a socket at s->path, and takes one connection. The answer is not copied. */
void server_open(server *s, const char *answer, size_t len);
void server_close(server *s);

/* Reads again, after the test has stopped it. */
void server_read_on(server *s);

/* The server writes from here on; what the connection holds back waits with the server. */
size_t server_send_most(server *s, size_t most);

#endif
