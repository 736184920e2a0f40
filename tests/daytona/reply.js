// reply: an answer other than "200 and this JSON".
"use strict"

class Reply {
  constructor(status, body, headers = {}) {
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/** A handler's return value as an answer. */
function asReply(value) {
  return value instanceof Reply ? value : new Reply(200, value)
}

const empty = (status) => new Reply(status, undefined)

module.exports = { Reply, asReply, empty }
