/* served: what a machine of the tests runs: says so, answers every request on port 3000 with
   200. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORT = 3000, BACKLOG = 16 };

static void end(int signal) { _exit(128 + signal); }

static int listen_on_port(void) {
  int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in place = {
      .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(INADDR_ANY)};
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&place, sizeof place) != 0 || listen(fd, BACKLOG) != 0) {
    perror("served");
    exit(1);
  }
  return fd;
}

static void answer(int fd) {
  static const char text[] =
      "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nserved\n";
  char request[4096] = "", path[256] = "";
  ssize_t len = read(fd, request, sizeof request - 1);
  // What is answered is in the log already: the asker may stop this program next.
  if (len > 0 && sscanf(request, "%*s %255s", path) == 1) {
    printf("a request for %s\n", path);
    if (write(fd, text, strlen(text)) < 0) perror("served");
  }
  close(fd);
}

/* served [SECONDS]: begins to listen after so long. */
int main(int argc, char **argv) {
  signal(SIGTERM, end);
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (argc > 1) sleep((unsigned)atoi(argv[1]));
  int listener = listen_on_port();
  puts("listening");
  fputs("ready for requests\n", stderr);
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0) answer(fd);
  }
}
