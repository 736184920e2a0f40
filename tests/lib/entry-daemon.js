// A daemon for the tests of the entry flow. What it does is asked for by path:
//   /api/health  200    /exit?N  ends with code N    /hang  never answers again    /env  its environment
// With IGNORE_TERM it does not end on SIGTERM, with a CHILD it starts a program that would outlive it.
const http = require('node:http');
const { spawn } = require('node:child_process');

let hangs = false;

const server = http.createServer((request, response) => {
  const url = new URL(request.url, 'http://daemon');
  if (hangs) return;
  if (url.pathname === '/hang') hangs = true;
  else if (url.pathname === '/exit') process.exit(Number(url.search.slice(1)));
  else if (url.pathname === '/env') response.end(JSON.stringify(process.env));
  else response.writeHead(url.pathname === '/api/health' ? 200 : 404).end();
});

process.on('SIGTERM', () => {
  console.log('daemon: SIGTERM');
  if (!process.env.IGNORE_TERM) process.exit(3);
});

server.listen(Number(process.env.PORT), process.env.HOSTNAME, () => {
  console.log(`daemon: serves ${server.address().address}:${server.address().port}`);
});

if (process.env.CHILD) {
  const child = spawn('sleep', ['3600'], { stdio: 'ignore' });
  console.log(`daemon: child ${child.pid}`);
}
