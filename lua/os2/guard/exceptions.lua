--- What --read-only and --dry-run let through although it is more than a read: each exception has a
--- name, with which os2's own code asks for it, and the reason.
return {
  git = "the git program reads working trees; what it changes goes through os2.git instead",
  credentials = "a Docker credential helper is asked with `get` for what a read needs",
  engine = "a route to an engine may need ssh, and a ping changes nothing",
  df = "the doctor reads how much room the disks have",
  tar = "tar packs files into a stream; unpacking is not an exception",
  cat = "a program reads os2's stdin, so that the read does not block",
  events = "os2 sends only the handshake and answers to pings through the connection of events",
  logs = "a WebSocket of the toolbox that only carries output is a read",
  result = "the user names the file to which the run's own answer goes, as with `>`",
}
