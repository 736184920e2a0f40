// A registry in trouble: `node faulty-registry.js`. What is asked of the repository mSTATUS/… is answered with
// that status and a page of HTML, of meof/… with a closed connection; all else with 200. Prints LISTENING=host:port.
"use strict"

const http = require("node:http")

const PAGE = "<html><head><title>no</title></head><body>no</body></html>"

function answer(request, response) {
  const [, mode] = /^\/v2\/m(\w+)\//.exec(request.url) || []
  if (mode === "eof") return request.socket.destroy()
  response.writeHead(Number(mode || 200), { "content-type": mode ? "text/html" : "application/json" })
  return response.end(mode ? PAGE : "{}")
}

const server = http.createServer(answer)
server.listen(0, "127.0.0.1", () => console.log(`LISTENING=127.0.0.1:${server.address().port}`))
